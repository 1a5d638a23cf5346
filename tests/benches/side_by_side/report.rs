//! The table: printed, kept as JSON, and written into `tests/BENCHMARKS.md`.

use std::fs;
use std::path::Path;

use serde::Serialize;

use crate::line::{Figure, Line, Verdict};
use crate::machine::Machine;

/// Where the table begins and ends in `BENCHMARKS.md`.
const MARKS: [&str; 2] =
    ["<!-- the table: written by `cargo xtask bench --write` -->", "<!-- end of the table -->"];

/// A run.
#[derive(Serialize)]
pub struct Report {
    /// What it ran on.
    pub machine: Machine,
    /// Whether it was a quick one, whose figures say little.
    pub quick: bool,
    /// How long it took, in seconds.
    pub took: f64,
    /// The table.
    pub lines: Vec<Line>,
}

impl Report {
    /// The table, as Markdown that can be read as it is.
    pub fn markdown(&self) -> String {
        let head = ["row", "what", "ours", "beside it", "ratio", "must reach", ""].map(str::to_owned);
        let mut rows = vec![head];
        let mut last = "";
        for line in &self.lines {
            let row = if line.row == last { "" } else { line.row };
            last = line.row;
            rows.push([
                row.to_owned(),
                line.what.clone(),
                words(&line.ours),
                beside(line),
                line.ratio.map(|ratio| format!("{ratio:.2}")).unwrap_or_default(),
                line.must.clone(),
                verdict(&line.verdict),
            ]);
        }
        let widths: Vec<usize> = (0..7)
            .map(|column| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0))
            .collect();
        let cells = |row: &[String; 7]| {
            let cells: Vec<String> =
                row.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}")).collect();
            format!("| {} |\n", cells.join(" | "))
        };
        let rule: Vec<String> = widths.iter().map(|width| "-".repeat(*width)).collect();
        let mut table = cells(&rows[0]);
        table.push_str(&format!("| {} |\n", rule.join(" | ")));
        table.extend(rows[1..].iter().map(cells));
        let kind = if self.quick { "Quick run" } else { "Whole run" };
        format!("{kind}, {:.0} s. {}\n\n{table}", self.took, self.machine.words())
    }

    /// Keeps it as JSON.
    pub fn keep(&self, file: &Path) {
        fs::write(file, serde_json::to_string_pretty(self).unwrap()).unwrap();
    }

    /// Puts the table in the place of the one in a document.
    pub fn write_into(&self, document: &Path) {
        let text = fs::read_to_string(document).unwrap();
        let (before, rest) = text.split_once(MARKS[0]).expect("the document has no place for the table");
        let (_, after) = rest.split_once(MARKS[1]).expect("the document's table has no end");
        let text = format!("{before}{}\n\n{}\n{}{after}", MARKS[0], self.markdown(), MARKS[1]);
        fs::write(document, text).unwrap();
    }
}

fn words(figures: &[Figure]) -> String {
    figures.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

fn beside(line: &Line) -> String {
    match (line.peer, words(&line.beside)) {
        ("", figures) => figures,
        (peer, figures) if figures.is_empty() => peer.to_owned(),
        (peer, figures) => format!("{peer}: {figures}"),
    }
}

fn verdict(verdict: &Verdict) -> String {
    match verdict {
        Verdict::Reached => "reached".to_owned(),
        Verdict::Missed => "**missed**".to_owned(),
        Verdict::NotJudged => String::new(),
        Verdict::Failed(why) => format!("**failed**: {}", why.lines().next().unwrap_or_default()),
    }
}
