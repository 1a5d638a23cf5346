//! Pictures of the virtual screen: every few seconds, and once more just before the end.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::error::{Error, Result};
use crate::paths;
use crate::started::Started;

/// The first picture: the window is up by then, or is not.
const FIRST: Duration = Duration::from_secs(3);

/// Between pictures: one takes half a second of a processor.
const EVERY: Duration = Duration::from_secs(5);

/// The last picture is begun this long before vigie ends.
const BEFORE_END: Duration = Duration::from_millis(1500);

/// Pictures the screen of a display into one file, which is always whole.
pub struct Camera {
    display: String,
    limit: Option<Duration>,
    next: Option<Duration>,
    shot: Option<Started>,
    warned: bool,
}

impl Camera {
    /// A camera for a display; `limit` is how long vigie will run, if that is known.
    pub fn new(display: String, limit: Option<Duration>) -> Result<Self> {
        // A picture of an earlier run would deceive.
        match fs::remove_file(picture()) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(Error::file("removed", &picture())(error))
            }
            _ => Ok(Self { display, limit, next: plan(None, limit), shot: None, warned: false }),
        }
    }

    /// Takes a picture when one is due and keeps the one that is ready. To be called only while vigie runs: what
    /// was pictured too late, on a screen without its window, is thus never kept.
    pub fn tick(&mut self, elapsed: Duration) -> Result<()> {
        if let Some(shot) = &mut self.shot {
            let Some(status) = shot.ended()? else { return Ok(()) };
            self.shot = None;
            if status.success() {
                fs::rename(unfinished(), picture()).map_err(Error::file("written", &picture()))?;
            } else if !self.warned {
                self.warned = true;
                eprintln!("  No picture: `import -window root` failed ({status}).");
            }
        }
        if self.next.is_some_and(|next| elapsed >= next) {
            self.next = plan(Some(elapsed), self.limit);
            let mut import = Command::new("import");
            import.env("DISPLAY", &self.display).args(["-silent", "-window", "root", "-depth", "8"]);
            import.arg(format!("png:{}", unfinished().display()));
            self.shot = Some(Started::new(import.stdin(Stdio::null()).stdout(Stdio::null()))?);
        }
        Ok(())
    }
}

impl Drop for Camera {
    fn drop(&mut self) {
        self.shot = None;
        // Mostly there is none.
        fs::remove_file(unfinished()).ok();
    }
}

/// When the next picture is due, after the one that is due now. All times count from vigie's start.
fn plan(now: Option<Duration>, limit: Option<Duration>) -> Option<Duration> {
    let next = now.map_or(FIRST, |now| now + EVERY);
    let Some(limit) = limit else { return Some(next) };
    let last = limit.saturating_sub(BEFORE_END);
    if now.is_some_and(|now| now >= last) { None } else { Some(next.min(last)) }
}

fn picture() -> PathBuf {
    paths::target().join("vigie.png")
}

fn unfinished() -> PathBuf {
    paths::target().join("vigie.png.unfinished")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pictures(limit: Option<u64>, until: u64) -> Vec<f64> {
        let limit = limit.map(Duration::from_secs);
        std::iter::successors(plan(None, limit), |&now| plan(Some(now), limit))
            .take_while(|&at| at <= Duration::from_secs(until))
            .map(|at| at.as_secs_f64())
            .collect()
    }

    #[test]
    fn pictures_go_on_while_vigie_does() {
        assert_eq!(pictures(None, 20), [3.0, 8.0, 13.0, 18.0]);
    }

    #[test]
    fn the_last_picture_is_just_before_the_end() {
        assert_eq!(pictures(Some(12), 60), [3.0, 8.0, 10.5]);
    }

    #[test]
    fn even_a_short_run_has_a_picture() {
        assert_eq!(pictures(Some(2), 60), [0.5]);
        assert_eq!(pictures(Some(1), 60), [0.0]);
    }
}
