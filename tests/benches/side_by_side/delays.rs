//! Delays, and what they come to.

use std::time::Duration;

use crate::line::{Figure, Unit, figure};

/// Delays of one kind.
#[derive(Debug, Clone, Default)]
pub struct Delays {
    milliseconds: Vec<f64>,
}

impl Delays {
    /// Adds one.
    pub fn add(&mut self, delay: Duration) {
        self.milliseconds.push(delay.as_secs_f64() * 1e3);
    }

    /// Adds the time between two moments, in microseconds.
    pub fn add_between(&mut self, from: u64, until: u64) {
        self.add(Duration::from_micros(until.saturating_sub(from)));
    }

    /// The delay that this share of all stays below, in milliseconds; of none it is without end.
    pub fn quantile(&self, share: f64) -> f64 {
        let mut sorted = self.milliseconds.clone();
        sorted.sort_by(f64::total_cmp);
        let place = (sorted.len() as f64 * share).ceil() as usize;
        sorted.get(place.saturating_sub(1)).copied().unwrap_or(f64::INFINITY)
    }

    /// The delay that one in a hundred is above.
    pub fn p99(&self) -> f64 {
        self.quantile(0.99)
    }

    /// p99 and the median.
    pub fn usual(&self) -> Vec<Figure> {
        vec![self.figure("p99", 0.99), self.figure("p50", 0.5)]
    }

    /// p99, the median and the longest.
    pub fn all(&self) -> Vec<Figure> {
        vec![self.figure("p99", 0.99), self.figure("p50", 0.5), self.figure("max", 1.0)]
    }

    fn figure(&self, name: &'static str, share: f64) -> Figure {
        figure(name, self.quantile(share), Unit::Milliseconds)
    }
}
