//! What is no alert, and is announced because a rule wants it: a payment above an amount, an order of a customer. One
//! notification for each rule, kept current.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::actor::Actor;
use super::words;
use crate::model::{EventId, Kind};
use crate::settings::{Rule, Then};
use crate::store::{News, StoreError};

/// The least time from one notification of what rules want to the next: what they want may arrive without end.
const TELL_EVERY: Duration = Duration::from_secs(30);
/// The least time from one look to the next, where there was nothing to tell.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Where the telling of news stands.
#[derive(Default)]
pub struct Telling {
    /// Whether something has arrived since.
    waits: bool,
    /// When the next may be told, by `Clock::elapsed`.
    not_before: Duration,
}

/// What one rule wants to be announced.
struct Wanted {
    count: u32,
    newest: EventId,
    sources: BTreeSet<String>,
}

impl Actor {
    /// The rules may have changed: news are looked for, or no more.
    pub(super) async fn follow_rules(&mut self) {
        self.telling = Telling { waits: true, not_before: Duration::ZERO };
        // Also while nothing is told: what comes in a pause is told after it.
        let followed = match self.news_kinds().is_empty() {
            true => self.store().leave_news().await,
            false => self.store().begin_news().await,
        };
        if let Err(error) = followed {
            tracing::warn!(%error, "a rule may tell of what came before it, or not of what comes now");
        }
        self.tell_news().await;
    }

    /// Something has arrived.
    pub(super) async fn has_news(&mut self) {
        self.telling.waits = true;
        self.tell_news().await;
    }

    /// When news are to be told, by `Clock::elapsed`; a pause and quiet hours hold them back.
    pub(super) fn news_due(&self) -> Option<Duration> {
        let is_held = self.paused_until.is_some() || self.quiet_until.is_some();
        (self.telling.waits && !is_held).then_some(self.telling.not_before)
    }

    /// Tells what the rules want, if it is time.
    pub(super) async fn tell_news(&mut self) {
        let elapsed = self.clock().elapsed();
        if self.news_due().is_none_or(|due| due > elapsed) {
            return;
        }
        let kinds = self.news_kinds();
        let told = if kinds.is_empty() { Ok(false) } else { self.tell(&kinds).await };
        if let Err(error) = &told {
            tracing::warn!(%error, "what rules want announced is looked for again");
        }
        let pause = if matches!(told, Ok(false)) { LOOK_EVERY } else { TELL_EVERY };
        self.telling = Telling { waits: told.is_err(), not_before: elapsed.saturating_add(pause) };
    }

    /// The kinds, alerts apart, that a rule wants announced.
    fn news_kinds(&self) -> Vec<Kind> {
        let rules = &self.settings.settings().notifications.rules;
        let announcing = || rules.iter().filter(|rule| rule.then == Then::Announce);
        let is_wanted = |kind: &Kind| *kind != Kind::Alert && announcing().any(|rule| rule.is_about(*kind));
        Kind::ALL.into_iter().filter(is_wanted).collect()
    }

    /// Whether there was anything to tell.
    async fn tell(&self, kinds: &[Kind]) -> Result<bool, StoreError> {
        let settings = &self.settings.settings().notifications;
        let mut wanted = BTreeMap::new();
        self.store().take_news(kinds, |news| want(&mut wanted, &settings.rules, news)).await?;
        for (place, wanted) in &wanted {
            // They are taken: of one that cannot be read it is still told that it came.
            let newest = if wanted.count == 1 && !settings.private {
                let newest = self.store().event(wanted.newest).await;
                newest.inspect_err(|error| tracing::warn!(%error, "it is announced without its words")).ok()
            } else {
                None
            };
            let sources = wanted.sources.iter().map(String::as_str).collect::<Vec<_>>();
            let name = settings.rules.get(*place).map_or("", |rule| rule.name.as_str());
            let facts = newest.as_ref().map(|newest| &newest.facts);
            self.show(words::news(self.language, *place, name, wanted.count, &sources, facts));
        }
        Ok(!wanted.is_empty())
    }
}

/// Adds this to what each rule, by its place, wants to be announced; the newest comes first.
fn want(wanted: &mut BTreeMap<usize, Wanted>, rules: &[Rule], News { id, traits }: News) {
    let holding = rules.iter().enumerate().find(|(_, rule)| rule.holds(&traits));
    if let Some((place, _)) = holding.filter(|(_, rule)| rule.then == Then::Announce) {
        let nothing = Wanted { count: 0, newest: id, sources: BTreeSet::new() };
        let one = wanted.entry(place).or_insert(nothing);
        one.count += 1;
        one.sources.insert(traits.source);
    }
}
