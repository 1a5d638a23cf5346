//! Pages of lists: each is read from one end of it or from a place within, in both directions, by an index for whatever
//! filter. A filter that allows several values of an indexed column is an arm for each, so that the index also orders,
//! and none but the rows of the page are looked at.

use sqlx::sqlite::SqliteArguments;
use sqlx::{Arguments as _, AssertSqlSafe, FromRow, SqliteConnection, query_with};

use super::StoreError;
use crate::model::{EventId, SourceId};

/// Where a page of a list begins; a place in it is `P`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Side<P = EventId> {
    /// At the newest.
    #[default]
    Newest,
    /// With the newest before this one.
    Before(P),
    /// With the oldest after this one.
    After(P),
}

impl<P: Copy> Side<P> {
    /// The side that a request names; the later one counts where it names both.
    pub fn of(before: Option<P>, after: Option<P>) -> Self {
        match (before, after) {
            (_, Some(after)) => Self::After(after),
            (Some(before), None) => Self::Before(before),
            (None, None) => Self::Newest,
        }
    }

    /// The place that it begins at, where `newest` is behind the newest.
    pub(super) const fn place(self, newest: P) -> P {
        match self {
            Self::Newest => newest,
            Self::Before(place) | Self::After(place) => place,
        }
    }

    pub(super) const fn is_forwards(self) -> bool {
        matches!(self, Self::After(_))
    }
}

/// Numbers of events in a table that has them by `kind` and `source`, newest first.
pub struct EventList<'a> {
    /// The table.
    pub table: &'static str,
    /// What its numbers of events are called.
    pub number: &'static str,
    /// The kinds that are wanted.
    pub kinds: &'a [i64],
    /// The sources that are wanted.
    pub sources: &'a [i64],
    /// Whether that is (almost) all of the table, whose own order is that of the numbers: then it is read as it stands.
    pub is_all: bool,
}

impl EventList<'_> {
    /// A page of them.
    pub async fn page(
        &self,
        reader: &mut SqliteConnection,
        side: Side,
        limit: u32,
    ) -> Result<Vec<EventId>, StoreError> {
        let Self { number, kinds, sources, .. } = self;
        if kinds.is_empty() || sources.is_empty() {
            return Ok(Vec::new());
        }
        let (is, order) = if side.is_forwards() { (">", "ASC") } else { ("<", "DESC") };
        let from_there = format!("AND {number} {is} ?1 ORDER BY {number} {order} LIMIT ?2");
        let query = if self.is_all { self.whole(&from_there) } else { self.arms(&from_there, order) };
        let mut numbers: Vec<EventId> = sqlx::query_scalar(AssertSqlSafe(query))
            .bind(side.place(EventId::MAX))
            .bind(limit)
            .fetch_all(reader)
            .await?;
        if side.is_forwards() {
            numbers.reverse();
        }
        Ok(numbers)
    }

    fn whole(&self, from_there: &str) -> String {
        let Self { table, number, kinds, sources, .. } = self;
        let any = |of: &[i64]| of.iter().map(i64::to_string).collect::<Vec<_>>().join(", ");
        format!(
            "SELECT {number} AS number FROM {table} NOT INDEXED
             WHERE kind IN ({}) AND source IN ({}) {from_there}",
            any(kinds),
            any(sources)
        )
    }

    fn arms(&self, from_there: &str, order: &str) -> String {
        let Self { table, number, kinds, sources, .. } = self;
        let arms: Vec<String> = kinds
            .iter()
            .flat_map(|kind| sources.iter().map(move |source| (kind, source)))
            .map(|(kind, source)| {
                format!(
                    "SELECT * FROM (SELECT {number} AS number FROM {table}
                         WHERE kind = {kind} AND source = {source} {from_there})"
                )
            })
            .collect();
        format!("{} ORDER BY number {order} LIMIT ?2", arms.join(" UNION ALL "))
    }
}

/// The rows of these events, newest first, as `columns` of `event`.
pub async fn rows<T>(
    reader: &mut SqliteConnection,
    columns: &str,
    numbers: &[EventId],
) -> Result<Vec<T>, StoreError>
where
    T: for<'r> FromRow<'r, sqlx::sqlite::SqliteRow> + Send + Unpin,
{
    let query =
        format!("SELECT {columns} FROM event WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id DESC");
    let mut values = SqliteArguments::default();
    values.add(serde_json::json!(numbers).to_string()).map_err(sqlx::Error::Encode)?;
    let rows = query_with(AssertSqlSafe(query), values).fetch_all(reader).await?;
    Ok(rows.iter().map(T::from_row).collect::<Result<_, _>>()?)
}

/// The sources that are shown: this one, or all that were not removed.
pub async fn sources(
    reader: &mut SqliteConnection,
    source: Option<SourceId>,
) -> Result<Vec<i64>, StoreError> {
    let shown = "SELECT id FROM source WHERE removed = 0 AND (?1 IS NULL OR id = ?1) ORDER BY id";
    Ok(sqlx::query_scalar(shown).bind(source.map(|source| source.0)).fetch_all(reader).await?)
}
