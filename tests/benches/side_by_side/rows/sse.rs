//! **ingest, SSE**: the same messages through the same desk, once as Server-Sent Events and once over a WebSocket, both of
//! the backend of which only the address is known, which speaks both. Measured as **ingest** is.

use super::ingest::pour;
use crate::Bench;
use crate::flood::Way;
use crate::line::{Line, Unit, figure};
use crate::traffic::Identifiers;

/// The row's name.
pub const NAME: &str = "ingest, SSE";

/// Measures it.
pub async fn measure(bench: &Bench) -> Vec<Line> {
    let (sse, websocket) = (bench.folder(), bench.folder());
    let sse = pour(bench, sse.path(), "generic", Way::Sse, Identifiers::Growing).await.rate;
    let websocket = pour(bench, websocket.path(), "generic", Way::WebSocket, Identifiers::Growing).await.rate;
    let line = Line::new(NAME, "the same messages")
        .ours([figure("", sse, Unit::PerSecond)])
        .beside("over a WebSocket", [figure("", websocket, Unit::PerSecond)])
        .divided();
    vec![line.must_at_least(0.8)]
}
