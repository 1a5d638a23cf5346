//! What somebody usually spends.

/// How much the spread of people in general counts against the few amounts known of one, in amounts.
const PRIOR_COUNT: f64 = 12.0;

/// The spread of people in general, as a standard deviation of the logarithm.
const PRIOR_SPREAD: f64 = 0.9;

/// A median deviation is this much smaller than the standard deviation of a normal distribution.
const MEDIAN_DEVIATION: f64 = 1.4826;

/// The newest amounts, as logarithms of euros: amounts are spread in factors, not in differences.
#[derive(Debug, Clone)]
pub(super) struct Habit {
    amounts: Vec<f32>,
    most: usize,
}

impl Habit {
    /// A habit that remembers that many amounts.
    pub fn of(most: usize) -> Self {
        Self { amounts: Vec::new(), most }
    }

    /// Remembers an amount and forgets the oldest.
    pub fn learn(&mut self, euros: f64) {
        if self.amounts.len() == self.most {
            self.amounts.remove(0);
        }
        self.amounts.push(logarithm(euros) as f32);
    }

    /// How many amounts are known.
    pub fn known(&self) -> usize {
        self.amounts.len()
    }

    /// The usual amount, in euros.
    pub fn usual(&self) -> f64 {
        self.median().exp()
    }

    /// How far from the usual this is, in robust standard deviations: outliers shift neither median.
    pub fn z_score(&self, euros: f64) -> f64 {
        let median = self.median();
        let deviations = self.amounts.iter().map(|amount| (f64::from(*amount) - median).abs()).collect();
        let spread = middle(deviations) * MEDIAN_DEVIATION;
        let known = self.known() as f64;
        let variance = (known * spread.powi(2) + PRIOR_COUNT * PRIOR_SPREAD.powi(2)) / (known + PRIOR_COUNT);
        (logarithm(euros) - median) / variance.sqrt()
    }

    fn median(&self) -> f64 {
        middle(self.amounts.iter().copied().map(f64::from).collect())
    }
}

fn logarithm(euros: f64) -> f64 {
    euros.max(0.01).ln()
}

fn middle(mut values: Vec<f64>) -> f64 {
    if values.is_empty() {
        return 0.0;
    }
    let index = values.len() / 2;
    *values.select_nth_unstable_by(index, f64::total_cmp).1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_outlier_does_not_become_the_habit() {
        let mut habit = Habit::of(32);
        (0..20).for_each(|index| habit.learn(40.0 + f64::from(index)));
        let before = habit.z_score(5_000.0);
        habit.learn(90_000.0);
        assert!(before > 5.0);
        assert!((habit.z_score(5_000.0) - before).abs() < 0.3);
    }

    #[test]
    fn the_oldest_amounts_are_forgotten() {
        let mut habit = Habit::of(8);
        (0..8).for_each(|_| habit.learn(10.0));
        (0..8).for_each(|_| habit.learn(1_000.0));
        assert_eq!(habit.known(), 8);
        assert!((habit.usual() - 1_000.0).abs() < 1.0);
    }
}
