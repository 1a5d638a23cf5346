//! The rows of the table.

mod decode;
mod gateway;
mod ingest;
mod latency;
mod memory;
mod pages;
mod scroll;
mod search;
mod sse;
mod start;
mod typing;
mod window;

use std::pin::Pin;

use clap::ValueEnum;

use crate::Bench;
use crate::line::Line;

/// A row of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Row {
    Decode,
    Ingest,
    Sse,
    Latency,
    Pages,
    Search,
    Typing,
    Scroll,
    Start,
    Memory,
    Window,
    Gateway,
}

impl Row {
    /// All of them, in the order of the table.
    pub const ALL: &[Self] = &[
        Self::Decode,
        Self::Ingest,
        Self::Sse,
        Self::Latency,
        Self::Pages,
        Self::Search,
        Self::Typing,
        Self::Scroll,
        Self::Start,
        Self::Memory,
        Self::Window,
        Self::Gateway,
    ];

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Decode => decode::NAME,
            Self::Ingest => ingest::NAME,
            Self::Sse => sse::NAME,
            Self::Latency => latency::NAME,
            Self::Pages => pages::NAME,
            Self::Search => search::NAME,
            Self::Typing => typing::NAME,
            Self::Scroll => scroll::NAME,
            Self::Start => start::NAME,
            Self::Memory => memory::NAME,
            Self::Window => window::NAME,
            Self::Gateway => gateway::NAME,
        }
    }

    /// Measures it.
    pub fn measure(self, bench: &Bench) -> Pin<Box<dyn Future<Output = Vec<Line>> + '_>> {
        match self {
            Self::Decode => Box::pin(async { decode::measure(bench) }),
            Self::Ingest => Box::pin(ingest::measure(bench)),
            Self::Sse => Box::pin(sse::measure(bench)),
            Self::Latency => Box::pin(latency::measure(bench)),
            Self::Pages => Box::pin(pages::measure(bench)),
            Self::Search => Box::pin(search::measure(bench)),
            Self::Typing => Box::pin(typing::measure(bench)),
            Self::Scroll => Box::pin(scroll::measure(bench)),
            Self::Start => Box::pin(start::measure(bench)),
            Self::Memory => Box::pin(memory::measure(bench)),
            Self::Window => Box::pin(window::measure(bench)),
            Self::Gateway => Box::pin(gateway::measure(bench)),
        }
    }
}
