//! What is no alert, and is announced because a rule wants it: a payment above an amount, an order of a customer. One
//! notification for each rule, kept current until the analyst looks.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::actor::Actor;
use super::desktop::About;
use super::raising::Raise;
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
    /// Whether something has arrived that was not looked at.
    waits: bool,
    /// When it is looked at, by `Clock::elapsed`.
    not_before: Duration,
    /// How far it has been looked at, and what of that is to be told: there may be more than is read at once.
    read: Option<(EventId, Wanted)>,
    /// What has been told since the analyst last looked.
    told: Wanted,
    /// The rules of which it could not be shown.
    not_shown: BTreeSet<usize>,
}

/// What the rules, by their places, want to be announced.
type Wanted = BTreeMap<usize, WantedBy>;

/// What one rule wants to be announced.
#[derive(Clone, Default)]
struct WantedBy {
    count: u32,
    newest: EventId,
    sources: BTreeSet<String>,
}

impl Actor {
    /// The rules have changed: news are looked for from now on, or no more.
    pub(super) async fn follow_rules(&mut self) {
        // The rules may have other places now.
        self.look_at_news();
        self.telling = Telling { waits: true, ..Telling::default() };
        // Now, also where a pause holds back what comes: that comes after it.
        let marked = if self.news_kinds().is_empty() {
            self.store().forget_news_mark().await
        } else {
            self.store().news_mark().await.map(drop)
        };
        if let Err(error) = marked {
            tracing::warn!(%error, "a rule may tell of what came before it");
        }
        self.tell_news().await;
    }

    /// Something has arrived.
    pub(super) async fn has_news(&mut self) {
        self.telling.waits = true;
        self.tell_news().await;
    }

    /// The analyst looks: what was told is on show no more, and what comes from now on is counted anew.
    pub(super) fn look_at_news(&mut self) {
        for place in std::mem::take(&mut self.telling.told).into_keys() {
            self.raises.push(Raise::Withdraw(About::Rule(place)));
        }
        self.telling.not_shown.clear();
    }

    /// The analyst has dismissed what this rule wanted: likewise.
    pub(super) fn dismiss_news(&mut self, place: usize) {
        self.telling.told.remove(&place);
    }

    /// When news are to be looked at, by `Clock::elapsed`.
    pub(super) fn news_due(&self) -> Option<Duration> {
        (self.telling.waits && !self.is_held()).then_some(self.telling.not_before)
    }

    /// A pause and quiet hours hold news back.
    pub(super) const fn is_held(&self) -> bool {
        self.paused_until.is_some() || self.quiet_until.is_some()
    }

    /// Tells what the rules want, if it is time.
    pub(super) async fn tell_news(&mut self) {
        let elapsed = self.clock().elapsed();
        if self.news_due().is_none_or(|due| due > elapsed) {
            return;
        }
        let kinds = self.news_kinds();
        let looked = if kinds.is_empty() { Ok(Looked::Nothing) } else { self.look(&kinds).await };
        let (waits, pause) = match looked {
            Ok(Looked::More) => (true, Duration::ZERO),
            Ok(Looked::Nothing) => (false, LOOK_EVERY),
            Ok(Looked::Told) => (false, TELL_EVERY),
            Err(error) => {
                tracing::warn!(%error, "what rules want announced is looked for again");
                (true, TELL_EVERY)
            }
        };
        self.telling.waits = waits;
        self.telling.not_before = elapsed.saturating_add(pause);
    }

    /// What this rule wants told could not be shown.
    pub(super) fn note_news_not_shown(&mut self, place: usize) {
        if self.telling.told.contains_key(&place) {
            self.telling.not_shown.insert(place);
        }
    }

    /// Tells again what could not be shown.
    pub(super) async fn tell_news_again(&mut self) {
        if self.is_held() && !self.telling.not_shown.is_empty() {
            return self.show_later();
        }
        for place in std::mem::take(&mut self.telling.not_shown) {
            if let Some(told) = self.telling.told.get(&place).cloned() {
                self.tell(place, &told, false).await;
            }
        }
    }

    /// The kinds, alerts apart, that a rule wants announced.
    fn news_kinds(&self) -> Vec<Kind> {
        self.announced_kinds().filter(|kind| *kind != Kind::Alert).collect()
    }

    /// The kinds of which a rule wants some announced.
    pub(super) fn announced_kinds(&self) -> impl Iterator<Item = Kind> {
        let rules = &self.settings.settings().notifications.rules;
        let announcing = move || rules.iter().filter(|rule| rule.then == Then::Announce);
        Kind::ALL.into_iter().filter(move |kind| announcing().any(|rule| rule.is_about(*kind)))
    }

    /// Looks at the next news, and tells once it has looked at all.
    async fn look(&mut self, kinds: &[Kind]) -> Result<Looked, StoreError> {
        let (mark, mut wanted) = match self.telling.read.take() {
            Some(read) => read,
            None => (self.store().news_mark().await?, Wanted::new()),
        };
        if let Some((until, news)) = self.store().news(mark, kinds).await? {
            choose(&self.settings.settings().notifications.rules, news, &mut wanted);
            self.telling.read = Some((until, wanted));
            return Ok(Looked::More);
        }
        self.store().move_news_mark(mark).await?;
        let is_any = !wanted.is_empty();
        for (place, wanted) in wanted {
            let told = self.telling.told.entry(place).or_default();
            let is_update = told.count > 0;
            told.count = told.count.saturating_add(wanted.count);
            told.newest = wanted.newest;
            told.sources.extend(wanted.sources);
            let told = told.clone();
            self.tell(place, &told, is_update).await;
        }
        Ok(if is_any { Looked::Told } else { Looked::Nothing })
    }

    async fn tell(&mut self, place: usize, told: &WantedBy, is_update: bool) {
        let settings = &self.settings.settings().notifications;
        let sources = told.sources.iter().map(String::as_str).collect::<Vec<_>>();
        let name = settings.rules.get(place).map_or("", |rule| rule.name.as_str());
        let newest = if told.count == 1 && !settings.private {
            // Without it, less is said.
            self.store().event(told.newest).await.ok()
        } else {
            None
        };
        let facts = newest.as_ref().map(|newest| &newest.facts);
        let mut notification = words::news(self.language, place, name, told.count, &sources, facts);
        if !is_update {
            let now = self.clock().elapsed();
            notification.sound = self.announcing.heard(notification.severity, now);
        }
        self.show(notification);
    }
}

/// What a look at the news came to.
enum Looked {
    /// There may be more.
    More,
    /// No rule wants any of it.
    Nothing,
    /// Something was told.
    Told,
}

/// Adds what the rules want of these.
fn choose(rules: &[Rule], news: Vec<News>, wanted: &mut Wanted) {
    for News { id, traits } in news {
        let first = rules.iter().enumerate().find(|(_, rule)| rule.holds(&traits));
        if let Some((place, Rule { then: Then::Announce, .. })) = first {
            let one = wanted.entry(place).or_default();
            one.count = one.count.saturating_add(1);
            one.newest = id;
            one.sources.insert(traits.source);
        }
    }
}
