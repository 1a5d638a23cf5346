//! Frames that a server counts: a number that is left out is a message that is missing.

/// What a stream counts to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Count {
    is_kept: bool,
    last: Option<i64>,
    is_broken: bool,
}

impl Count {
    /// Of a stream from which nothing has come yet. Without it nothing is counted.
    pub const fn of_stream() -> Self {
        Self { is_kept: true, last: None, is_broken: false }
    }

    /// Takes note of the next frame's number. The same again is a frame that came twice; any other than the next is a
    /// break, and what follows counts from there: the server may have begun anew.
    pub fn meet(&mut self, number: Option<i64>) {
        let Some(number) = number.filter(|_| self.is_kept) else { return };
        let is_next = |last: i64| number == last || last.checked_add(1) == Some(number);
        self.is_broken |= self.last.is_some_and(|last| !is_next(last));
        self.last = Some(number);
    }

    /// Whether a number was left out, or came before its turn, since the last [`Count::mend`].
    pub const fn is_broken(&self) -> bool {
        self.is_broken
    }

    /// What was left out is about to be fetched; what follows may be a break of its own.
    pub const fn mend(&mut self) {
        self.is_broken = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_broken(numbers: &[i64]) -> bool {
        let mut count = Count::of_stream();
        numbers.iter().for_each(|number| count.meet(Some(*number)));
        count.is_broken()
    }

    #[test]
    fn a_number_that_is_left_out_or_goes_back_is_a_break_and_one_that_comes_twice_is_none() {
        for whole in [&[][..], &[7], &[7, 8, 9], &[7, 7, 8, 8], &[i64::MAX, i64::MAX]] {
            assert!(!is_broken(whole), "{whole:?}");
        }
        for broken in [&[7, 9][..], &[7, 8, 10, 11], &[7, 8, 1, 2], &[i64::MAX, i64::MIN]] {
            assert!(is_broken(broken), "{broken:?}");
        }
    }

    #[test]
    fn it_goes_on_from_a_break_that_is_mended_and_what_has_no_number_counts_for_nothing() {
        let mut count = Count::of_stream();
        for number in [Some(1), None, Some(2), Some(5)] {
            count.meet(number);
        }
        assert!(count.is_broken());
        count.mend();
        count.meet(Some(6));
        assert!(!count.is_broken());
        let mut none = Count::default();
        [1, 5].into_iter().for_each(|number| none.meet(Some(number)));
        assert!(!none.is_broken(), "a list is not counted");
    }
}
