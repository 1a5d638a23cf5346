//! What the store holds, in figures.

use std::collections::BTreeMap;
use std::path::Path;

use super::announce::BEING_SHOWN;
use super::{Store, StoreError, names};
use crate::figures::{GapFigures, StoreFigures};
use crate::model::SourceId;

/// What the store holds, in figures.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Holdings {
    /// Events and bytes.
    pub store: StoreFigures,
    /// The gaps of each source that has any.
    pub gaps: BTreeMap<SourceId, GapFigures>,
    /// Alerts that wait for a digest.
    pub waiting: u64,
}

impl Store {
    /// What it holds now.
    pub async fn holdings(&self) -> Result<Holdings, StoreError> {
        let events =
            sqlx::query_scalar("SELECT COALESCE(SUM(events), 0) FROM tally").fetch_one(&self.readers).await?;
        let gaps = sqlx::query_as::<_, (i64, i64, i64, i64)>(
            "SELECT source, COUNT(*), COUNT(*) FILTER (WHERE end IS NULL),
                 COUNT(*) FILTER (WHERE end IS NOT NULL AND closed_at IS NULL)
             FROM gap GROUP BY source",
        )
        .fetch_all(&self.readers)
        .await?;
        let waiting =
            sqlx::query_scalar("SELECT COUNT(*) FROM alert WHERE pending = 1 AND away > 0 AND away <> ?")
                .bind(BEING_SHOWN)
                .fetch_one(&self.readers)
                .await?;
        let gaps = gaps.into_iter().map(|(source, all, lasting, lost)| {
            let gaps = GapFigures { all: count(all), lasting: count(lasting), lost: count(lost) };
            (SourceId(source), gaps)
        });
        Ok(Holdings {
            store: StoreFigures { events: count(events), bytes: bytes_of(self.path()) },
            gaps: gaps.collect(),
            waiting: count(waiting),
        })
    }
}

/// The size of the database at `path` and its journal, in bytes; a file that is not there has none.
pub fn bytes_of(path: &Path) -> u64 {
    let files = [path.to_owned(), names::beside(path, "-wal")];
    files.iter().filter_map(|file| std::fs::metadata(file).ok()).map(|file| file.len()).sum()
}

/// A number of rows.
fn count(rows: i64) -> u64 {
    u64::try_from(rows).unwrap_or_default()
}
