//! What is counted, and how.

use std::collections::BTreeMap;

use super::spread::Spread;
use super::view::{FiguresView, LatencyFigures, NotificationFigures, ReasonFigure, SourceFigures};
use crate::model::{SourceId, Time};
use crate::policy::{Plan, Quiet};
use crate::profile::{Batch, RejectedReason};
use crate::store::{Committed, Holdings};

/// So many stretches wait to be handed to the window at the most: there are as many when nobody watches, and they are
/// let go then. A window that watches is handed them every second.
const UNSHOWN_KEPT: usize = 4_096;

/// Of one source.
#[derive(Default)]
pub struct OfSource {
    pub connections: u64,
    pub received: u64,
    stored: u64,
    duplicates: u64,
    rejected: BTreeMap<RejectedReason, u64>,
    lag: Spread,
}

/// Of notifications.
#[derive(Default)]
pub struct OfNotifications {
    alone: u64,
    pub digests: u64,
    in_digests: u64,
    pub failed: u64,
    quiet: BTreeMap<Quiet, u64>,
    held: u64,
}

/// All that is counted.
#[derive(Default)]
pub struct Counted {
    pub sources: BTreeMap<SourceId, OfSource>,
    pub notifications: OfNotifications,
    committed: Spread,
    pub asked_for: Spread,
    handed: Spread,
    /// What is stored and was not handed to the window: when it was read, and how many events.
    pub unshown: Vec<(Time, usize)>,
}

impl Counted {
    pub fn source(&mut self, source: SourceId) -> &mut OfSource {
        self.sources.entry(source).or_default()
    }

    pub fn commit(&mut self, source: SourceId, batch: &Batch, committed: Committed, now: Time) {
        let of_source = self.sources.entry(source).or_default();
        of_source.stored += u64::from(committed.stored);
        of_source.duplicates += u64::from(committed.duplicates);
        for rejected in &batch.rejected {
            *of_source.rejected.entry(rejected.reason).or_default() += 1;
        }
        let is_alike = |one: &crate::model::Event, next: &crate::model::Event| {
            (one.received_at, one.is_history) == (next.received_at, next.is_history)
        };
        for alike in batch.events.chunk_by(is_alike) {
            let Some(first) = alike.first().filter(|first| !first.is_history) else { continue };
            let read_at = first.received_at;
            self.committed.record(now.since(read_at), alike.len());
            for occurred_at in alike.iter().filter_map(|event| event.facts.occurred_at) {
                of_source.lag.record(read_at.since(occurred_at), 1);
            }
            if self.unshown.len() == UNSHOWN_KEPT {
                self.unshown.clear();
            }
            self.unshown.push((read_at, alike.len()));
        }
    }

    pub fn hand(&mut self, unshown: usize, now: Time) {
        let all = self.unshown.len();
        for (read_at, events) in self.unshown.drain(..unshown.min(all)) {
            self.handed.record(now.since(read_at), events);
        }
    }

    pub fn view(&self, since: Time, now: Time, holdings: &Holdings) -> FiguresView {
        let sources = self.sources.iter().map(|(source, counted)| SourceFigures {
            source: *source,
            received: counted.received,
            stored: counted.stored,
            duplicates: counted.duplicates,
            rejected: counted
                .rejected
                .iter()
                .map(|(reason, frames)| ReasonFigure { reason: reason.word().to_owned(), frames: *frames })
                .collect(),
            reconnects: counted.connections.saturating_sub(1),
            gaps: holdings.gaps.get(source).copied().unwrap_or_default(),
            lag: counted.lag.view(),
        });
        FiguresView {
            since,
            until: now,
            sources: sources.collect(),
            notifications: self.notifications.view(holdings.waiting),
            latency: LatencyFigures {
                committed: self.committed.view(),
                asked_for: self.asked_for.view(),
                handed: self.handed.view(),
            },
            store: holdings.store,
        }
    }
}

impl OfNotifications {
    pub fn decide(&mut self, plan: &Plan) {
        self.alone += plan.alone.len() as u64;
        self.in_digests += plan.digest.len() as u64;
        self.held += plan.held.len() as u64;
        for (_, why) in &plan.quiet {
            *self.quiet.entry(*why).or_default() += 1;
        }
    }

    fn view(&self, waiting: u64) -> NotificationFigures {
        let quiet = |why| self.quiet.get(&why).copied().unwrap_or_default();
        NotificationFigures {
            alone: self.alone,
            digests: self.digests,
            in_digests: self.in_digests,
            failed: self.failed,
            below_level: quiet(Quiet::BelowLevel),
            known: quiet(Quiet::Known),
            closed: quiet(Quiet::Closed),
            acknowledged: quiet(Quiet::Acknowledged),
            held: self.held,
            waiting,
        }
    }
}
