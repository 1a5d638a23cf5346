//! A line of the table: what was measured, what stands beside it, and what must be reached.

use std::fmt;

use serde::Serialize;

/// What a number counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Unit {
    /// Things a second.
    #[serde(rename = "/s")]
    PerSecond,
    /// Milliseconds.
    #[serde(rename = "ms")]
    Milliseconds,
    /// Megabytes: 1,000,000 bytes.
    #[serde(rename = "MB")]
    Megabytes,
    /// Kilobytes: 1,000 bytes.
    #[serde(rename = "kB")]
    Kilobytes,
    /// Of a hundred.
    #[serde(rename = "%")]
    Percent,
}

/// A measured number.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Figure {
    /// Which of several it is: `p99`.
    pub name: &'static str,
    /// The number.
    pub value: f64,
    /// What it counts.
    pub unit: Unit,
}

/// A figure that is the only one of its kind has no name.
pub const fn figure(name: &'static str, value: f64, unit: Unit) -> Figure {
    Figure { name, value, unit }
}

impl fmt::Display for Figure {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let separator = if self.name.is_empty() { "" } else { " " };
        write!(out, "{}{separator}", self.name)?;
        match self.unit {
            Unit::PerSecond if self.value < 1_000.0 => write!(out, "{:.1}/s", self.value),
            Unit::PerSecond => write!(out, "{}/s", grouped(self.value)),
            Unit::Milliseconds if self.value < 10.0 => write!(out, "{:.2} ms", self.value),
            Unit::Milliseconds => write!(out, "{:.0} ms", self.value),
            Unit::Megabytes => write!(out, "{:.1} MB", self.value),
            Unit::Kilobytes => write!(out, "{:.1} kB", self.value),
            Unit::Percent => write!(out, "{:.2} %", self.value),
        }
    }
}

/// A whole number with a comma at every thousand.
pub fn grouped(value: f64) -> String {
    let digits = format!("{value:.0}");
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at) % 3 == 0 {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// What came of a line.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "is", content = "why", rename_all = "snake_case")]
pub enum Verdict {
    /// What must be reached is.
    Reached,
    /// It is not.
    Missed,
    /// Nothing has to be reached, or the run was too small to say.
    NotJudged,
    /// It did not run to its end.
    Failed(String),
}

/// A line of the table.
#[derive(Debug, Clone, Serialize)]
pub struct Line {
    /// The name of its row.
    pub row: &'static str,
    /// Which part of it.
    pub what: String,
    /// What was measured.
    pub ours: Vec<Figure>,
    /// What the peer reached in the same run.
    pub beside: Vec<Figure>,
    /// Who the peer is.
    pub peer: &'static str,
    /// Ours by the peer's.
    pub ratio: Option<f64>,
    /// What must be reached.
    pub must: String,
    /// What came of it.
    pub verdict: Verdict,
}

impl Line {
    /// A line of this row, with nothing on it.
    pub fn new(row: &'static str, what: impl Into<String>) -> Self {
        let what = what.into();
        Self {
            row,
            what,
            ours: Vec::new(),
            beside: Vec::new(),
            peer: "",
            ratio: None,
            must: String::new(),
            verdict: Verdict::NotJudged,
        }
    }

    /// A row that did not run to its end.
    pub fn failed(row: &'static str, why: impl Into<String>) -> Self {
        Self { verdict: Verdict::Failed(why.into()), ..Self::new(row, "") }
    }

    /// What was measured.
    pub fn ours(mut self, figures: impl Into<Vec<Figure>>) -> Self {
        self.ours = figures.into();
        self
    }

    /// What the peer reached.
    pub fn beside(mut self, peer: &'static str, figures: impl Into<Vec<Figure>>) -> Self {
        self.peer = peer;
        self.beside = figures.into();
        self
    }

    /// The first figure of ours by the first of the peer's.
    pub fn divided(mut self) -> Self {
        self.ratio =
            self.ours.first().zip(self.beside.first()).map(|(ours, theirs)| ours.value / theirs.value);
        self
    }

    /// What must be reached, and whether it is.
    pub fn must(mut self, must: impl Into<String>, is_reached: bool) -> Self {
        self.must = must.into();
        self.verdict = if is_reached { Verdict::Reached } else { Verdict::Missed };
        self
    }

    /// What must be reached by the ratio.
    pub fn must_at_least(self, least: f64) -> Self {
        let is_reached = self.ratio.is_some_and(|ratio| ratio >= least);
        self.must(format!("≥ {least}"), is_reached)
    }

    /// What must be reached by the ratio.
    pub fn must_at_most(self, most: f64) -> Self {
        let is_reached = self.ratio.is_some_and(|ratio| ratio <= most);
        self.must(format!("≤ {most}"), is_reached)
    }

    /// What must be reached, of which this run is too small to tell anything.
    pub fn too_small_for(mut self, must: impl Into<String>) -> Self {
        self.must = must.into();
        self.verdict = Verdict::NotJudged;
        self
    }
}
