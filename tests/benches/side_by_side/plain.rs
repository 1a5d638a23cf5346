//! The peer of the store: bare SQLite by prepared statements (rusqlite, the same libsqlite3 as the store's), no indexes
//! beside the row's number, and nothing else done.

use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::types::Value;
use rusqlite::{Connection, OpenFlags, Statement, params_from_iter};

/// The rows of a transaction.
const BATCH: usize = 5_000;
/// The table that is compared: the store's rows of events.
pub const TABLE: &str = "event";

/// A row, whatever its columns are.
type Row = Vec<Value>;

/// Opens a database of the store's to read from.
pub fn open(path: &Path) -> Connection {
    Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap()
}

/// Reads what a statement gives.
pub fn rows(statement: &mut Statement<'_>, parameters: &[i64]) -> Vec<Row> {
    let columns = statement.column_count();
    let read = statement.query_map(params_from_iter(parameters), |row| {
        (0..columns).map(|column| row.get(column)).collect::<rusqlite::Result<Row>>()
    });
    read.unwrap().map(Result::unwrap).collect()
}

/// How many events are stored, and how many of them are not like any other.
pub fn count(path: &Path) -> (u64, u64) {
    let file = open(path);
    let query = format!(
        "SELECT COUNT(*), (SELECT COUNT(*) FROM (SELECT DISTINCT kind, subject FROM {TABLE})) FROM {TABLE}"
    );
    file.query_row(&query, [], |row| Ok((row.get::<_, i64>(0)? as u64, row.get::<_, i64>(1)? as u64)))
        .unwrap()
}

/// Writes the rows that the store has in `ours` once more, the same values in the same columns of a table without
/// indexes, into a new database; says how many there were and how long the writing alone took.
pub fn write_again(ours: &Path, peer: &Path) -> (u64, Duration) {
    let ours = open(ours);
    let peer = Connection::open(peer).unwrap();
    peer.pragma_update(None, "journal_mode", "WAL").unwrap();
    peer.pragma_update(None, "synchronous", "NORMAL").unwrap();
    let columns: Vec<(String, String)> = ours
        .prepare(&format!("SELECT name, type FROM pragma_table_info('{TABLE}')"))
        .unwrap()
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    let declared: Vec<String> = columns
        .iter()
        .map(|(name, kind)| format!("{name} {kind}{}", if name == "id" { " PRIMARY KEY" } else { "" }))
        .collect();
    peer.execute_batch(&format!("CREATE TABLE {TABLE} ({}) STRICT", declared.join(", "))).unwrap();
    let names: Vec<&str> = columns.iter().map(|(name, _)| name.as_str()).collect();
    let (names, places) = (names.join(", "), vec!["?"; columns.len()].join(", "));
    let mut insert = peer.prepare(&format!("INSERT INTO {TABLE} ({names}) VALUES ({places})")).unwrap();
    let mut read =
        ours.prepare(&format!("SELECT {names} FROM {TABLE} WHERE id > ? ORDER BY id LIMIT {BATCH}")).unwrap();
    let id = columns.iter().position(|(name, _)| name == "id").unwrap();
    let (mut after, mut written, mut took) = (0, 0, Duration::ZERO);
    loop {
        let batch = rows(&mut read, &[after]);
        let Some(Value::Integer(last)) = batch.last().map(|row| row[id].clone()) else { break };
        after = last;
        written += batch.len() as u64;
        let begun = Instant::now();
        let writing = peer.unchecked_transaction().unwrap();
        for row in &batch {
            insert.execute(params_from_iter(row)).unwrap();
        }
        writing.commit().unwrap();
        took += begun.elapsed();
    }
    (written, took)
}
