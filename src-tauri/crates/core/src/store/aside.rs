//! A damaged database is moved out of the way under a name that says when, never emptied, and another takes its place:
//! the newest sound backup, whose positions let the servers send what came since; or else an empty one. Sources that
//! can still be read from the damaged file are taken over, so that nobody has to type them again; what was stored of
//! them is a gap, which the servers fill as far as they can.

use std::io;
use std::path::{Path, PathBuf};

use serde::Serialize;
use sqlx::{Connection as _, SqliteConnection};
use ts_rs::TS;

use super::sources::{NewSource, SourceRecord, insert};
use super::{OpenError, Store, backup, health, names, opening, private};
use crate::clock::{Clock as _, SystemClock};
use crate::link::Cause;
use crate::model::{Source, SourceId, Time};

/// Stands in the name of a file that was set aside.
const DAMAGED: &str = ".damaged-";
/// What SQLite keeps beside a database.
const COMPANIONS: [&str; 2] = ["-wal", "-shm"];
/// Added to the name of the database that is to take the place of a damaged one.
const NEXT: &str = "-next";

/// A store, and what had to be done to have it.
pub struct Opened {
    /// The store.
    pub store: Store,
    /// The file in whose place it stands; `None` where all is well.
    pub set_aside: Option<SetAside>,
}

/// A damaged file that was set aside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct SetAside {
    /// Where it is now.
    pub path: String,
    /// What took its place.
    pub begun: Begun,
}

/// What took the place of a damaged file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "with", rename_all = "snake_case")]
pub enum Begun {
    /// A backup, with everything until then.
    Backup {
        /// When it was made.
        at: Time,
    },
    /// The sources alone.
    Sources,
    /// Nothing: not even the sources could be read.
    Nothing,
}

/// A damaged file that was set aside at some start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Aside {
    /// Where it is.
    pub path: PathBuf,
    /// When it was set aside.
    pub at: Time,
    /// Its size in bytes.
    pub bytes: u64,
}

/// The damaged files of this database that were set aside and are still there, newest first.
pub fn set_aside_files(database: &Path) -> io::Result<Vec<Aside>> {
    let folder = database.parent().unwrap_or(Path::new(""));
    let before = format!("{}{DAMAGED}", names::stem(database));
    let mut files: Vec<Aside> = names::dated(folder, &before, &names::extension(database))?
        .into_iter()
        .map(|(path, at, bytes)| Aside { path, at, bytes })
        .collect();
    files.sort_by_key(|file| std::cmp::Reverse(file.at));
    Ok(files)
}

impl Store {
    /// Opens the database at `path` as [`Store::open`] does; a damaged one is set aside and replaced. For the
    /// application alone: who names a file on a command line wants that file, or to be told.
    pub async fn open_or_replace(path: &Path) -> Result<Opened, OpenError> {
        let finished = finish(path).map_err(|error| OpenError::of(path, error))?;
        match Self::open(path).await {
            Ok(store) => {
                let Some(aside) = finished else { return Ok(Opened { store, set_aside: None }) };
                let begun = begun_with(&store).await.map_err(|error| OpenError::of(path, error))?;
                let aside = aside.display().to_string();
                tracing::error!(aside, ?begun, "the database was damaged and set aside; now it is replaced");
                Ok(Opened { store, set_aside: Some(SetAside { path: aside, begun }) })
            }
            Err(OpenError::Damaged { detail, .. }) => {
                let set_aside = replace(path).await?;
                let SetAside { path: aside, begun } = &set_aside;
                tracing::error!(
                    detail,
                    aside,
                    ?begun,
                    "the database was damaged; it was set aside and replaced"
                );
                Ok(Opened { store: Self::open(path).await?, set_aside: Some(set_aside) })
            }
            Err(error) => Err(error),
        }
    }
}

/// Puts another database in the place of a damaged one. What is to take its place is made first: should that fail, or
/// the program end, the damaged file is where it was, for the next start; should it end between the two moves, the next
/// start finishes them.
async fn replace(path: &Path) -> Result<SetAside, OpenError> {
    let next = names::beside(path, NEXT);
    let sources = salvage(path).await;
    let mut backup_at = None;
    remove(&next).map_err(|error| OpenError::of(&next, error))?;
    if let Some(backup) = backup::newest_sound(path, SystemClock::default().now()).await {
        match copy(&backup.path, &next).await {
            Ok(()) => backup_at = Some(backup.at),
            Err(error) => {
                tracing::error!(%error, backup = %backup.path.display(), "the backup could not be put in place; it stays");
                remove(&next).map_err(|error| OpenError::of(&next, error))?;
            }
        }
    }
    let begun = add(&next, &sources, backup_at).await?;
    let aside = move_aside(path).map_err(|error| OpenError::of(path, error))?;
    take_place(&next, path).map_err(|error| OpenError::of(path, error))?;
    Ok(SetAside { path: aside.display().to_string(), begun })
}

fn take_place(next: &Path, path: &Path) -> io::Result<()> {
    std::fs::rename(next, path)?;
    health::Health::default().keep(path);
    Ok(())
}

/// Finishes a replacement that was interrupted when the damaged file was already aside; gives where that is. What was
/// to take its place was complete by then: one file without a journal.
fn finish(path: &Path) -> io::Result<Option<PathBuf>> {
    let next = names::beside(path, NEXT);
    if path.try_exists()? || !next.try_exists()? || names::beside(&next, COMPANIONS[0]).try_exists()? {
        return Ok(None);
    }
    let aside = set_aside_files(path)?.into_iter().next().map(|file| file.path);
    // SQLite would take a journal that was left behind for that of the new database.
    let is_alone = |aside: &&PathBuf| !COMPANIONS.iter().any(|suffix| names::beside(aside, suffix).exists());
    match aside.as_ref().filter(is_alone) {
        Some(aside) => move_companions(path, aside)?,
        None => move_companions(path, &unused(path)?)?,
    }
    take_place(&next, path)?;
    Ok(aside)
}

/// What took the place of a damaged file, by what is in it: events come from a backup alone.
async fn begun_with(store: &Store) -> Result<Begun, sqlx::Error> {
    let holds = "SELECT EXISTS (SELECT 1 FROM event), EXISTS (SELECT 1 FROM source)";
    let (events, sources) = sqlx::query_as::<_, (bool, bool)>(holds).fetch_one(&store.readers).await?;
    let now = SystemClock::default().now();
    let backup = if events { backup::newest_sound(store.path(), now).await } else { None };
    Ok(match backup {
        Some(backup) => Begun::Backup { at: backup.at },
        None if sources => Begun::Sources,
        None => Begun::Nothing,
    })
}

/// A source that can still be read.
struct Salvaged {
    source: Source,
    /// Since when something of it was stored, which is lost now; `None`: nothing was.
    since: Option<Time>,
}

/// The sources that can still be read.
async fn salvage(path: &Path) -> Vec<Salvaged> {
    if std::fs::metadata(path).is_ok_and(|file| file.len() == 0) {
        // SQLite would take away the journal beside it, even to read it.
        return Vec::new();
    }
    let Ok(mut reader) = opening::reader(path).await else { return Vec::new() };
    let records =
        sqlx::query_as::<_, SourceRecord>("SELECT * FROM source ORDER BY id").fetch_all(&mut reader).await;
    let mut salvaged = Vec::new();
    for record in records.unwrap_or_default() {
        let stored_until = record.stored_until();
        let Some(source) = record.source() else { continue };
        let first = sqlx::query_scalar("SELECT received_at FROM event WHERE source = ? ORDER BY id LIMIT 1");
        // It may be what is damaged.
        let first = first.bind(source.id.0).fetch_optional(&mut reader).await.ok().flatten();
        salvaged.push(Salvaged { source, since: first.map(Time).or(stored_until) });
    }
    opening::close(reader).await;
    salvaged
}

/// Makes or opens the database and adds those sources that are not in it, each with its gap; gives what there is then.
/// What is in it of a backup goes on from where that was.
async fn add(path: &Path, sources: &[Salvaged], backup_at: Option<Time>) -> Result<Begun, OpenError> {
    let failed = |error: sqlx::Error| OpenError::of(path, error);
    let mut writer = opening::writer(path).await?;
    let records = sqlx::query_as::<_, SourceRecord>("SELECT * FROM source").fetch_all(&mut writer).await;
    let known: Vec<Source> = records.map_err(failed)?.into_iter().filter_map(SourceRecord::source).collect();
    let same = |one: &Source, other: &Source| {
        (&one.url, &one.profile, &one.user, &one.parameters)
            == (&other.url, &other.profile, &other.user, &other.parameters)
    };
    let begun = match (backup_at.filter(|_| !known.is_empty()), sources) {
        (Some(at), _) => Begun::Backup { at },
        (None, []) => Begun::Nothing,
        (None, _) => Begun::Sources,
    };
    for Salvaged { source, since } in sources {
        if known.iter().any(|known| same(known, source)) {
            continue;
        }
        let new = NewSource::from(source.clone());
        let id = insert(&mut writer, &new, source.signed_out).await.map_err(failed)?;
        sqlx::query("UPDATE source SET paused = ? WHERE id = ?")
            .bind(source.paused)
            .bind(id.0)
            .execute(&mut writer)
            .await
            .map_err(failed)?;
        if let Some(since) = since {
            lose(&mut writer, id, *since).await.map_err(failed)?;
        }
    }
    // One file, which can be moved.
    writer.close().await.map_err(failed)?;
    Ok(begun)
}

/// What was stored of a source since then is lost, until the server has given it again.
async fn lose(writer: &mut SqliteConnection, source: SourceId, since: Time) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE source SET stored_until = ? WHERE id = ?")
        .bind(since.0)
        .bind(source.0)
        .execute(&mut *writer)
        .await?;
    sqlx::query("INSERT INTO gap (source, start, reason) VALUES (?, ?, ?)")
        .bind(source.0)
        .bind(since.0)
        .bind(Cause::DatabaseReplaced.word())
        .execute(writer)
        .await?;
    Ok(())
}

/// Moves the database and what SQLite keeps beside it, which belong together; never over another file. Of a database
/// that is gone there is its journal.
fn move_aside(path: &Path) -> io::Result<PathBuf> {
    let aside = unused(path)?;
    let moved = std::fs::rename(path, &aside);
    match &moved {
        Err(error) if error.kind() != io::ErrorKind::NotFound => moved?,
        _ => move_companions(path, &aside)?,
    }
    Ok(if aside.try_exists()? { aside } else { names::beside(&aside, COMPANIONS[0]) })
}

/// A name to set the database aside under, which tells when and which nothing has.
fn unused(path: &Path) -> io::Result<PathBuf> {
    let before = format!("{}{DAMAGED}", names::stem(path));
    let mut at = SystemClock::default().now();
    loop {
        let aside = path.with_file_name(names::with_time(&before, at, path));
        if !aside.try_exists()? {
            return Ok(aside);
        }
        at = at.plus(std::time::Duration::from_secs(1));
    }
}

fn move_companions(path: &Path, aside: &Path) -> io::Result<()> {
    for suffix in COMPANIONS {
        let companion = names::beside(path, suffix);
        if companion.try_exists()? {
            std::fs::rename(companion, names::beside(aside, suffix))?;
        }
    }
    Ok(())
}

async fn copy(from: &Path, to: &Path) -> io::Result<()> {
    private::make(to)?;
    let (from, to) = (from.to_owned(), to.to_owned());
    let copied = tokio::task::spawn_blocking(move || std::fs::copy(from, to).map(drop));
    copied.await.map_err(io::Error::other).flatten()
}

/// Removes what an earlier attempt has left.
fn remove(database: &Path) -> io::Result<()> {
    for suffix in ["", COMPANIONS[0], COMPANIONS[1]] {
        match std::fs::remove_file(names::beside(database, suffix)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(())
}
