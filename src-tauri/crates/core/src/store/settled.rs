//! For tests, also for those outside of the crate: a database that nobody uses any more.

use std::path::Path;
use std::time::Duration;

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection as _, SqliteConnection};

/// How long a connection waits for one that is being closed.
const CLOSING: Duration = Duration::from_secs(5);

/// Waits until the database is one file, and nothing of SQLite's beside it. The driver closes on a thread of its own; a
/// writer that closes last takes the journal away.
pub async fn settled(path: &Path) {
    let options = SqliteConnectOptions::new().filename(path).busy_timeout(CLOSING);
    while ["-wal", "-shm"].iter().any(|suffix| Path::new(&format!("{}{suffix}", path.display())).exists()) {
        SqliteConnection::connect_with(&options).await.unwrap().close().await.unwrap();
    }
}
