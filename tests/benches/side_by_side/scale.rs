//! How much of everything: the whole, or the little of a quick run.

use std::time::Duration;

/// How much of everything is done.
#[derive(Debug, Clone, Copy)]
pub struct Scale {
    /// Whether this is a quick run.
    pub is_quick: bool,
    /// How long each profile decodes.
    pub decode: Duration,
    /// The messages of each flood.
    pub flood: u64,
    /// How long 1,000 messages a second come to measure how late they are.
    pub latency: Duration,
    /// Commits of one event each.
    pub commits: u64,
    /// The events that are stored before anything is asked for.
    pub stored: u64,
    /// How often each page is asked for.
    pub pages: usize,
    /// How often each program is started.
    pub starts: usize,
    /// How long memory is watched at 1,000 messages a second.
    pub slope: Duration,
    /// How long frames are counted, at rest and under load.
    pub frames: Duration,
    /// Listeners of each kind at the gateway.
    pub listeners: usize,
    /// How long they listen.
    pub listening: Duration,
}

impl Scale {
    /// As the table asks for it.
    pub const WHOLE: Self = Self {
        is_quick: false,
        decode: Duration::from_secs(4),
        flood: 1_000_000,
        latency: Duration::from_secs(60),
        commits: 20_000,
        stored: 1_000_000,
        pages: 300,
        starts: 9,
        slope: Duration::from_secs(600),
        frames: Duration::from_secs(15),
        listeners: 1_000,
        listening: Duration::from_secs(30),
    };
    /// All of it within two minutes.
    pub const QUICK: Self = Self {
        is_quick: true,
        decode: Duration::from_millis(400),
        flood: 40_000,
        latency: Duration::from_secs(5),
        commits: 2_000,
        stored: 50_000,
        pages: 25,
        starts: 2,
        slope: Duration::from_secs(6),
        frames: Duration::from_secs(3),
        listeners: 100,
        listening: Duration::from_secs(5),
    };
}
