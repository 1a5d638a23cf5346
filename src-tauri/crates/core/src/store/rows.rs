//! Statements that take many rows at once. Most of the driver's cost is a statement's and not a row's: a row a
//! statement takes four times as long.

use std::ops::Range;
use std::sync::OnceLock;

/// How many rows a statement takes, most first: so any number below 512 takes nine of them or fewer. All are kept
/// prepared, and the largest is far from the 32,766 values that SQLite allows.
const SIZES: [usize; 9] = [256, 128, 64, 32, 16, 8, 4, 2, 1];

/// A statement with a list of rows in its middle.
pub struct ManyRows {
    before: &'static str,
    columns: usize,
    after: &'static str,
    texts: [OnceLock<String>; SIZES.len()],
}

impl ManyRows {
    /// A statement `before` and `after` its rows, of so many columns each.
    pub const fn new(before: &'static str, columns: usize, after: &'static str) -> Self {
        Self { before, columns, after, texts: [const { OnceLock::new() }; SIZES.len()] }
    }

    /// Cuts so many rows into pieces, each with the statement that takes it.
    pub fn pieces(&'static self, rows: usize) -> impl Iterator<Item = (Range<usize>, &'static str)> {
        let mut from = 0;
        std::iter::from_fn(move || {
            let index = SIZES.iter().position(|size| *size <= rows - from)?;
            let piece = from..from + SIZES[index];
            from = piece.end;
            Some((piece, self.texts[index].get_or_init(|| self.text(SIZES[index])).as_str()))
        })
    }

    fn text(&self, rows: usize) -> String {
        let row = format!("({})", vec!["?"; self.columns].join(", "));
        format!("{} {} {}", self.before, vec![row.as_str(); rows].join(", "), self.after)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    static TWO: ManyRows = ManyRows::new("INSERT INTO t VALUES", 2, "ON CONFLICT DO NOTHING");

    #[test]
    fn every_row_is_in_one_piece_in_its_order() {
        for rows in [0, 1, 5, 37, 255, 256, 1_000] {
            let mut next = 0;
            for (piece, text) in TWO.pieces(rows) {
                assert_eq!(piece.start, next);
                assert_eq!(text.matches("(?, ?)").count(), piece.len());
                next = piece.end;
            }
            assert_eq!(next, rows);
        }
    }

    #[test]
    fn a_statement_is_the_same_each_time() {
        let texts = |rows| TWO.pieces(rows).map(|(_, text)| text).collect::<Vec<_>>();
        assert_eq!(texts(1), ["INSERT INTO t VALUES (?, ?) ON CONFLICT DO NOTHING"]);
        assert!(std::ptr::eq(texts(1)[0], texts(5)[1]));
    }

    #[test]
    fn a_few_rows_are_few_statements() {
        assert!((1..512).all(|rows| TWO.pieces(rows).count() <= 9));
    }
}
