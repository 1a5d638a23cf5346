//! Reads the settings from their files, and writes the analyst's own.

use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use serde::Serialize;
use tokio::sync::watch;
use toml::{Table, Value};
use ts_rs::TS;

use super::Settings;
use crate::store::make_private;

/// The longest file that is read, in bytes: a hundred times what can be set.
const FILE_LIMIT: u64 = 1 << 20;
/// The longest that is said of what is wrong, in characters: a file may be one long line, which the reader would
/// repeat.
const MESSAGE_LIMIT: usize = 500;
/// What a file begins with that the program has written.
const HEAD: &str = "# The settings of Vigie. It writes this file when something is set in its window; it may be edited while Vigie is
# not running. What is not here is as usual.

";

/// Why settings could not be read or kept.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// The file says something that cannot be.
    #[error("{path}: {message}")]
    Wrong {
        /// The file.
        path: PathBuf,
        /// What is wrong, where, and the cure.
        message: String,
    },
    /// The system does not let us.
    #[error("{path} cannot be used: {error}; check its rights")]
    Unusable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// What was set cannot be.
    #[error("{0}")]
    Refused(String),
}

/// The settings as the window shows them.
#[derive(Debug, Clone, Default, PartialEq, Serialize, TS)]
pub struct SettingsView {
    /// What counts.
    pub settings: Settings,
    /// The analyst's own file; `None` where the system knows no folder for it.
    pub file: Option<String>,
    /// The administrator's file, if there is one.
    pub managed: Option<String>,
    /// What the administrator's file says, by names like `window.theme`: it cannot be changed here.
    pub locked: Vec<String>,
    /// What is wrong with a file, so that it does not count.
    pub problem: Option<String>,
}

/// Keeps the settings.
#[derive(Debug)]
pub struct Keeper {
    own: Option<PathBuf>,
    /// What the administrator's file says.
    locks: Table,
    view: SettingsView,
    changes: watch::Sender<Settings>,
}

impl Default for Keeper {
    /// The usual settings, which are kept nowhere.
    fn default() -> Self {
        Self::open(None, None)
    }
}

impl Keeper {
    /// Reads the analyst's own file, and the administrator's, which wins. One that is not there says nothing; one that
    /// is wrong does not count, and the view says why. Where it is the administrator's, notifications are private: that
    /// may have been its word.
    pub fn open(own: Option<PathBuf>, managed: Option<PathBuf>) -> Self {
        let mut problems = Vec::new();
        let cautious = Table::from_iter([(
            "notifications".to_owned(),
            Table::from_iter([("private".to_owned(), true.into())]).into(),
        )]);
        let mut tables = [(&managed, cautious), (&own, Table::new())].map(|(path, otherwise)| {
            let Some(path) = path else { return Table::new() };
            read(path).unwrap_or_else(|error| {
                // What it says may name a customer, whom a rule is about: that is for the window.
                tracing::warn!(path = %path.display(), "the settings in that file do not count; the window says why");
                problems.push(error.to_string());
                otherwise
            })
        });
        let [locks, mine] = &mut tables;
        let mut merged = std::mem::take(mine);
        lay_over(&mut merged, locks);
        let (locks, settings) = (std::mem::take(locks), settings_of(merged).unwrap_or_default());
        let view = SettingsView {
            settings: settings.clone(),
            file: own.as_deref().map(shown),
            managed: managed.as_deref().filter(|_| !locks.is_empty()).map(shown),
            locked: names(&locks),
            problem: (!problems.is_empty()).then(|| problems.join("\n")),
        };
        Self { own, locks, view, changes: watch::channel(settings).0 }
    }

    /// What counts.
    pub const fn settings(&self) -> &Settings {
        &self.view.settings
    }

    /// The settings, and where they come from.
    pub const fn view(&self) -> &SettingsView {
        &self.view
    }

    /// The settings as they change.
    pub fn watch(&self) -> watch::Receiver<Settings> {
        self.changes.subscribe()
    }

    /// Sets everything, and keeps it in the analyst's own file; what the administrator has set stays as it is. A file
    /// that is wrong is not written over: somebody may have meant something by it.
    pub fn set(&mut self, wanted: &Settings) -> Result<(), SettingsError> {
        if let Some(wrong) = wanted.wrong() {
            return Err(SettingsError::Refused(wrong));
        }
        let mut mine = table_of(wanted);
        if let Some(path) = &self.own {
            let before = read(path)?;
            keep_behind(&mut mine, &before, &self.locks);
            // What is as usual need not be said.
            leave_out(&mut mine, &table_of(&Settings::default()));
            write(path, &mine)?;
        }
        let mut merged = mine;
        lay_over(&mut merged, &self.locks);
        self.view.settings = settings_of(merged).map_err(SettingsError::Refused)?;
        self.changes.send_replace(self.view.settings.clone());
        Ok(())
    }
}

/// What a file says; nothing if it is not there. It is checked by itself: what is wrong in it is said of it.
fn read(path: &Path) -> Result<Table, SettingsError> {
    let unusable = |error| SettingsError::Unusable { path: path.to_owned(), error };
    let wrong = |message: String| SettingsError::Wrong { path: path.to_owned(), message };
    let mut text = String::new();
    // A pipe in its place would never end.
    let file = std::fs::metadata(path).and_then(|about| match about.is_file() {
        true => std::fs::File::open(path),
        false => Err(io::Error::other("it is no file")),
    });
    match file.and_then(|file| file.take(FILE_LIMIT + 1).read_to_string(&mut text)) {
        Ok(length) if length as u64 > FILE_LIMIT => return Err(wrong("it is too long".to_owned())),
        Ok(_) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Table::new()),
        Err(error) if error.kind() == io::ErrorKind::InvalidData => {
            return Err(wrong("it is no UTF-8 text: save it as such".to_owned()));
        }
        Err(error) => return Err(unusable(error)),
    }
    // Once for what it says, which names line and field, and once for what of it is set.
    let settings: Settings = toml::from_str(&text).map_err(|error| wrong(said(&text, &error)))?;
    if let Some(message) = settings.wrong() {
        return Err(wrong(message.chars().take(MESSAGE_LIMIT).collect()));
    }
    toml::from_str(&text).map_err(|error| wrong(said(&text, &error)))
}

/// What is wrong with a text, and where; it shows the line, unless that is too long.
fn said(text: &str, error: &toml::de::Error) -> String {
    let shown = error.to_string();
    if shown.chars().count() <= MESSAGE_LIMIT {
        return shown;
    }
    let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
    let message = format!("line {}: {}", before.matches('\n').count() + 1, error.message());
    message.chars().take(MESSAGE_LIMIT).collect()
}

/// Writes it, for the owner only, in the place of the last: all or nothing, also where the power goes.
fn write(path: &Path, table: &Table) -> Result<(), SettingsError> {
    let unusable = |error| SettingsError::Unusable { path: path.to_owned(), error };
    let text = toml::to_string_pretty(table).map_err(|error| SettingsError::Refused(error.to_string()))?;
    let unfinished = path.with_extension("toml.new");
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(unusable)?;
    }
    make_private(&unfinished).map_err(unusable)?;
    let write = || {
        let mut file = std::fs::File::create(&unfinished)?;
        file.write_all(format!("{HEAD}{text}").as_bytes())?;
        file.sync_all()
    };
    write().map_err(unusable)?;
    std::fs::rename(&unfinished, path).map_err(unusable)
}

fn settings_of(table: Table) -> Result<Settings, String> {
    let settings: Settings = table.try_into().map_err(|error: toml::de::Error| error.to_string())?;
    settings.wrong().map_or(Ok(settings), Err)
}

/// Settings as a file would have them.
fn table_of(settings: &Settings) -> Table {
    // Only values that TOML has are in them.
    Table::try_from(settings).unwrap_or_default()
}

/// Lays what one table says over another.
fn lay_over(below: &mut Table, above: &Table) {
    for (name, value) in above {
        match (below.get_mut(name), value) {
            (Some(Value::Table(below)), Value::Table(above)) => lay_over(below, above),
            _ => {
                below.insert(name.clone(), value.clone());
            }
        }
    }
}

/// Where something is locked, what was said before stays said: it counts again when the lock goes.
fn keep_behind(mine: &mut Table, before: &Table, locks: &Table) {
    for (name, lock) in locks {
        match (mine.get_mut(name), lock, before.get(name)) {
            (Some(Value::Table(mine)), Value::Table(locks), before) => {
                let nothing = Table::new();
                keep_behind(mine, before.and_then(Value::as_table).unwrap_or(&nothing), locks);
            }
            (_, _, Some(before)) => {
                mine.insert(name.clone(), before.clone());
            }
            (_, _, None) => {
                mine.remove(name);
            }
        }
    }
}

/// Leaves out what is the same in another table.
fn leave_out(table: &mut Table, usual: &Table) {
    table.retain(|name, value| match (value, usual.get(name)) {
        (Value::Table(table), Some(Value::Table(usual))) => {
            leave_out(table, usual);
            !table.is_empty()
        }
        (value, usual) => usual != Some(value),
    });
}

/// The names of what a table says, like `window.theme`.
fn names(table: &Table) -> Vec<String> {
    let inner = |(name, value): (&String, &Value)| match value {
        Value::Table(table) => names(table).into_iter().map(|inner| format!("{name}.{inner}")).collect(),
        _ => vec![name.clone()],
    };
    table.iter().flat_map(inner).collect()
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}
