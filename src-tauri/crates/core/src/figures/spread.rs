//! How long something took, over and over.

use std::time::Duration;

use hdrhistogram::Histogram;

use super::view::SpreadView;

/// Longer counts as this long.
pub const LONGEST: Duration = Duration::from_secs(24 * 3_600);
/// Exact to the millisecond up to a quarter of a second, and to a hundredth above: 10 KiB a histogram.
const DIGITS: u8 = 2;

/// How long something took, over and over; nothing is kept until the first time.
#[derive(Default)]
pub struct Spread(Option<Histogram<u32>>);

impl Spread {
    /// It took this long, so many times.
    pub fn record(&mut self, took: Duration, times: usize) {
        if self.0.is_none() {
            // Only more than five digits could fail.
            self.0 = Histogram::new_with_max(milliseconds(LONGEST), DIGITS).ok();
        }
        if let Some(histogram) = &mut self.0 {
            let times = u32::try_from(times).unwrap_or(u32::MAX);
            histogram.saturating_record_n(milliseconds(took.min(LONGEST)), times);
        }
    }

    /// In a few numbers; `None` where there is nothing.
    pub fn view(&self) -> Option<SpreadView> {
        let histogram = self.0.as_ref().filter(|histogram| !histogram.is_empty())?;
        let at = |quantile| histogram.value_at_quantile(quantile).min(histogram.max());
        Some(SpreadView { times: histogram.len(), p50: at(0.5), p99: at(0.99), max: histogram.max() })
    }
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
