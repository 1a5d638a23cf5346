//! A report that can be saved and sent to whoever helps. It has neither a credential nor a customer, and no name,
//! address or path: what a server wrote is left out, and sources are told apart by their numbers.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::FiguresView;
use super::file::write_private;
use crate::desk::view::{Diagnostics, GapView, Notice, Overview, RejectedView, SourceView};
use crate::model::{Link, SourceId, Time};

/// The report.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// When it was made, for people: `2026-01-31T14:02:07Z`.
    pub made_at: String,
    /// The versions of Vigie and of what it stands on.
    pub versions: BTreeMap<&'static str, String>,
    /// The operating system, its version and the processor's kind.
    pub system: String,
    /// What does not work on this computer.
    pub notices: Vec<Notice>,
    /// How many profile files are wrong.
    pub wrong_profiles: usize,
    /// How each source stands.
    pub sources: Vec<ReportedSource>,
    /// What the program did.
    pub figures: FiguresView,
    /// The newest gaps, newest first.
    pub gaps: Vec<GapView>,
    /// The newest messages that could not be read, newest first.
    pub rejected: Vec<ReportedRejected>,
}

/// A source without its name, address and user.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ReportedSource {
    /// Its number.
    pub source: SourceId,
    /// The name of its profile.
    pub profile: String,
    /// Whether it is the simulation.
    pub simulated: bool,
    /// How its connection stands.
    pub link: Link,
    /// Until when everything is stored.
    pub stored_until: Option<Time>,
}

/// A message that could not be read, without anything of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ReportedRejected {
    /// Where it came from.
    pub source: SourceId,
    /// When it arrived.
    pub received_at: Time,
    /// Why it was not read.
    pub reason: String,
    /// Its length in bytes.
    pub length: u32,
}

impl From<SourceView> for ReportedSource {
    fn from(source: SourceView) -> Self {
        let SourceView { id, profile, simulated, link, stored_until, .. } = source;
        Self { source: id, profile, simulated, link, stored_until }
    }
}

impl From<RejectedView> for ReportedRejected {
    fn from(rejected: RejectedView) -> Self {
        let RejectedView { source, received_at, reason, length, .. } = rejected;
        Self { source, received_at, reason, length }
    }
}

impl Report {
    /// A report of this moment. `versions` are those of what the program stands on, `system` is what it runs on.
    pub fn new(
        overview: Overview,
        diagnostics: Diagnostics,
        mut versions: BTreeMap<&'static str, String>,
        system: String,
    ) -> Self {
        versions.insert("vigie", overview.version);
        Self {
            made_at: instant(diagnostics.figures.until).to_string(),
            versions,
            system,
            notices: overview.notices,
            wrong_profiles: diagnostics.profiles.len(),
            sources: overview.sources.into_iter().map(Into::into).collect(),
            figures: diagnostics.figures,
            gaps: diagnostics.gaps,
            rejected: diagnostics.rejected.into_iter().map(Into::into).collect(),
        }
    }

    /// Saves it in `folder`, readable by this user alone, under a name with its time; gives where.
    pub fn save(&self, folder: &Path) -> io::Result<PathBuf> {
        let name = format!("vigie-report-{}", instant(self.figures.until).strftime("%Y%m%d-%H%M%S"));
        let path = folder.join(format!("{name}.json"));
        write_private(&folder.join(format!("{name}.json.new")), &path, self)?;
        Ok(path)
    }
}

/// To the second.
fn instant(time: Time) -> jiff::Timestamp {
    jiff::Timestamp::from_second(time.0.div_euclid(1_000)).unwrap_or_default()
}
