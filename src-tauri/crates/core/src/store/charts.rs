//! One span of time in figures, read from what was counted as it was stored and never from the events themselves.

use std::collections::HashMap;

use super::bars::{BAR, Bar, Facet};
use super::list::Side;
use super::{Store, StoreError};
use crate::desk::charts::{Charts, CurrencyAmounts, Decisions, Ranked, Span};
use crate::model::{AlertState, Kind, Severity, SeverityCounts, SourceId, Time};

/// The most values of a ranking: what is read at a glance.
pub const TOP_LIMIT: u32 = 10;
/// The most currencies, each of which is a chart of its own.
pub const CURRENCIES_LIMIT: u32 = 4;
/// The most messages of the backends' own figures: one for each of a few sources.
pub const METRICS_LIMIT: u32 = 6;
/// How many of the alerts that changed last are looked at for how long a decision takes: a median of thousands moves no
/// more with further ones.
pub const DECISIONS_LIMIT: u32 = 5_000;
/// The alerts that changed last among which the names of customers are looked for.
const NAMED_FROM: u32 = 5_000;

impl Span {
    /// How many stretches there are, and how many [`BAR`]s make one: few enough to be told apart on a small window.
    const fn stretches(self) -> (usize, i64) {
        match self {
            Self::Hour => (12, 1),
            Self::Day => (48, 6),
            Self::Week => (56, 36),
        }
    }
}

/// The stretches of a span.
#[derive(Clone, Copy)]
struct Stretches {
    from: Time,
    until: Time,
    step: i64,
    count: usize,
}

impl Stretches {
    /// Those of a span that ends with the stretch that `now` is in.
    fn new(span: Span, now: Time) -> Self {
        let (count, bars) = span.stretches();
        let step = bars * BAR;
        let until = now.0.div_euclid(step).saturating_add(1).saturating_mul(step);
        let length = i64::try_from(count).unwrap_or(i64::MAX).saturating_mul(step);
        Self { from: Time(until.saturating_sub(length)), until: Time(until), step, count }
    }

    /// Nothing in each of them, and then what `add` adds for the bars of each.
    fn fill<T: Clone + Default>(self, bars: &[Bar], add: impl Fn(&mut T, &Bar)) -> Vec<T> {
        let mut filled = vec![T::default(); self.count];
        for bar in bars {
            let place = usize::try_from((bar.at.0 - self.from.0) / self.step).unwrap_or(usize::MAX);
            if let Some(stretch) = filled.get_mut(place) {
                add(stretch, bar);
            }
        }
        filled
    }
}

impl Store {
    /// The span that ends `now`, in figures; of one source or all.
    pub async fn charts(
        &self,
        span: Span,
        source: Option<SourceId>,
        now: Time,
    ) -> Result<Charts, StoreError> {
        let stretches = Stretches::new(span, now);
        let Stretches { from, until, step, .. } = stretches;
        let raised = self.bars(Facet::Severity, Kind::Alert, from, until, source).await?;
        let paid = self.bars(Facet::All, Kind::Transaction, from, until, source).await?;
        let (open, acknowledged) = self.open_now(source).await?;
        Ok(Charts {
            span,
            from,
            step,
            read_at: now,
            alerts: stretches.fill(&raised, |counts: &mut SeverityCounts, bar| {
                let severity = bar.value.parse().map_or(Severity::Critical, Severity::from_rank);
                let alerts = counts.of(severity);
                *alerts = alerts.saturating_add(bounded(bar.events));
            }),
            transactions: stretches.fill(&paid, |payments: &mut u32, bar| {
                *payments = payments.saturating_add(bounded(bar.events));
            }),
            amounts: self.amounts(stretches, source).await?,
            scenarios: self.ranked(Facet::Scenario, stretches, source).await?,
            countries: self.ranked(Facet::Country, stretches, source).await?,
            channels: self.ranked(Facet::Channel, stretches, source).await?,
            customers: self.named(self.ranked(Facet::Customer, stretches, source).await?, source).await?,
            open,
            acknowledged,
            decisions: self.decisions(from, source).await?,
            metrics: self.activity(source, Some(Kind::Metrics), Side::Newest, METRICS_LIMIT).await?.rows,
        })
    }

    async fn amounts(
        &self,
        stretches: Stretches,
        source: Option<SourceId>,
    ) -> Result<Vec<CurrencyAmounts>, StoreError> {
        let Stretches { from, until, .. } = stretches;
        let (facet, kind) = (Facet::Currency, Kind::Transaction);
        let mut amounts = Vec::new();
        for total in self.top_bars(facet, kind, from, until, source, CURRENCIES_LIMIT).await? {
            let bars = self.bars_of(facet, kind, &total.value, from, until, source).await?;
            amounts.push(CurrencyAmounts {
                sums: stretches.fill(&bars, |sum: &mut f64, bar| *sum += bar.amount),
                currency: total.value,
                payments: bounded(total.events),
                sum: total.amount,
            });
        }
        Ok(amounts)
    }

    /// The values with the most alerts; of those with as many, the ones with the most payments.
    async fn ranked(
        &self,
        facet: Facet,
        Stretches { from, until, .. }: Stretches,
        source: Option<SourceId>,
    ) -> Result<Vec<Ranked>, StoreError> {
        let rows = sqlx::query_as::<_, (String, i64, i64)>(
            "SELECT value, COALESCE(SUM(events) FILTER (WHERE kind = ?2), 0) AS alerts,
                 COALESCE(SUM(events) FILTER (WHERE kind = ?3), 0) AS payments
             FROM bar WHERE facet = ?1 AND kind IN (?2, ?3) AND at >= ?4 AND at < ?5 AND (?6 IS NULL OR source = ?6)
             GROUP BY value ORDER BY alerts DESC, payments DESC, value LIMIT ?7",
        )
        .bind(facet.code())
        .bind(Kind::Alert.code())
        .bind(Kind::Transaction.code())
        .bind(from.0)
        .bind(until.0)
        .bind(source.map(|source| source.0))
        .bind(TOP_LIMIT)
        .fetch_all(&self.readers)
        .await?;
        let ranked = rows.into_iter().map(|(value, alerts, payments)| Ranked {
            value,
            name: None,
            alerts: u32::try_from(alerts).unwrap_or(u32::MAX),
            transactions: u32::try_from(payments).unwrap_or(u32::MAX),
        });
        Ok(ranked.collect())
    }

    /// The same customers, with the names that the newest alerts have for them.
    async fn named(
        &self,
        customers: Vec<Ranked>,
        source: Option<SourceId>,
    ) -> Result<Vec<Ranked>, StoreError> {
        let values: Vec<&str> = customers.iter().map(|customer| customer.value.as_str()).collect();
        // Of each the name is that of its newest event: what stands beside a greatest number is of its row.
        let names: HashMap<String, String> = sqlx::query_as::<_, (String, String, i64)>(
            "SELECT customer, customer_name, MAX(event.id)
             FROM (SELECT event FROM alert WHERE ?1 IS NULL OR source = ?1 ORDER BY change DESC LIMIT ?2) AS recent
             CROSS JOIN event ON event.id = recent.event
             WHERE customer IN (SELECT value FROM json_each(?3)) AND customer_name IS NOT NULL
             GROUP BY customer",
        )
        .bind(source.map(|source| source.0))
        .bind(NAMED_FROM)
        .bind(serde_json::json!(values).to_string())
        .fetch_all(&self.readers)
        .await?
        .into_iter()
        .map(|(customer, name, _)| (customer, name))
        .collect();
        let named = |customer: Ranked| Ranked { name: names.get(&customer.value).cloned(), ..customer };
        Ok(customers.into_iter().map(named).collect())
    }

    /// The alerts that are open, and those of them that were acknowledged.
    async fn open_now(
        &self,
        source: Option<SourceId>,
    ) -> Result<(SeverityCounts, SeverityCounts), StoreError> {
        let rows = sqlx::query_as::<_, (i64, bool, i64)>(
            "SELECT severity, acknowledged, SUM(alerts) FROM alert_tally
             WHERE closed = 0 AND (?1 IS NULL OR source = ?1) GROUP BY severity, acknowledged",
        )
        .bind(source.map(|source| source.0))
        .fetch_all(&self.readers)
        .await?;
        let (mut open, mut acknowledged) = (SeverityCounts::default(), SeverityCounts::default());
        for (severity, is_acknowledged, alerts) in rows {
            let (severity, alerts) =
                (Severity::from_rank(severity), u32::try_from(alerts).unwrap_or(u32::MAX));
            *open.of(severity) += alerts;
            if is_acknowledged {
                *acknowledged.of(severity) += alerts;
            }
        }
        Ok((open, acknowledged))
    }

    /// How long decisions took since `from`, by our clock alone. What was fetched to catch up says nothing of it:
    /// nobody here knows when it came or was decided. An alert that is open again was not decided.
    async fn decisions(&self, from: Time, source: Option<SourceId>) -> Result<Decisions, StoreError> {
        // What changed last was decided last, so the index of changes finds it; the versions are found by their
        // identity.
        let mut took: Vec<i64> = sqlx::query_scalar(
            "SELECT MIN(version.received_at) FILTER (WHERE version.state IN (?1, ?2)) - recent.received_at
             FROM (SELECT id, source, subject, event, closed, received_at FROM alert ORDER BY change DESC LIMIT ?3)
                 AS recent
             CROSS JOIN event AS newest ON newest.id = recent.event
             CROSS JOIN event AS version
                 ON version.source = recent.source AND version.kind = ?4 AND version.subject = recent.subject
             WHERE recent.closed = 1 AND newest.received_at >= ?5 AND (?6 IS NULL OR recent.source = ?6)
             GROUP BY recent.id
             HAVING MAX(version.history) = 0 AND MIN(version.received_at) FILTER (WHERE version.state IN (?1, ?2)) >= ?5
                 AND MIN(version.id) FILTER (WHERE version.state IN (?1, ?2)) > MIN(version.id)",
        )
        .bind(AlertState::Resolved.word())
        .bind(AlertState::FalsePositive.word())
        .bind(DECISIONS_LIMIT)
        .bind(Kind::Alert.code())
        .bind(from.0)
        .bind(source.map(|source| source.0))
        .fetch_all(&self.readers)
        .await?;
        took.sort_unstable();
        let median = took.get(took.len().saturating_sub(1) / 2).map(|took| (*took).max(0));
        Ok(Decisions { made: u32::try_from(took.len()).unwrap_or(u32::MAX), median_ms: median })
    }
}

/// A number of events, as the window takes it.
fn bounded(events: u64) -> u32 {
    u32::try_from(events).unwrap_or(u32::MAX)
}
