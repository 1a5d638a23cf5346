//! The desk's loop: one `select`, one thing at a time. What takes long (a sign-in, a notification) runs beside it
//! and comes back as a request.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot, watch};

use super::credentials::Credentials;
use super::desktop::{Desktop, NotShown, Notification, Simulation, Tray};
use super::sources::{Entry, SignedIn};
use super::view::{Failure, Notice, Overview, ProfileView, SignIn};
use super::{Setup, announce, tray};
use crate::clock::Clock;
use crate::link::{Report, Reporter, Tools};
use crate::model::{AlertId, Link, Severity, SourceId, Time};
use crate::policy::{self, Situation};
use crate::profile::Profile;
use crate::store::{SLICE, Store, StoreError};
use crate::text::Language;
use crate::transport::http::Http;
use crate::transport::{Tls, TransportError};
use crate::vault::{Vault as _, VaultError};

/// As many sources as the window's small state has room for.
pub const SOURCES_LIMIT: usize = 16;
/// How long the window may take to paint before it is told more all the same: a message to it may be lost.
pub const PAINT_LIMIT: Duration = Duration::from_secs(1);
/// At most this often the window is told of changes: a frame of a slow screen.
const PUSH_EVERY: Duration = Duration::from_millis(33);
/// Reports on their way from the links; a link that is ahead of the desk waits.
const REPORTS: usize = 256;
/// The longest wait of the loop; any change ends it earlier.
const IDLE: Duration = Duration::from_secs(3_600);

type Reply<T> = oneshot::Sender<T>;
type Outcome<T> = Reply<Result<T, Failure>>;

/// What the desk can be asked.
pub enum Request {
    Overview(Outcome<Overview>),
    Watch(Reply<()>),
    Unwatch(Reply<()>),
    Painted(u64, Reply<()>),
    Profiles(Reply<Vec<ProfileView>>),
    SignIn(SignIn, Outcome<SourceId>),
    SignedIn(Box<Result<SignedIn, Failure>>, Outcome<SourceId>),
    Simulate(Outcome<SourceId>),
    SignOut(SourceId, Outcome<()>),
    Remove(SourceId, Outcome<()>),
    Retry(SourceId, Outcome<()>),
    Acknowledge(Vec<AlertId>, Outcome<()>),
    Pause(Option<Duration>, Reply<()>),
    Open(Option<AlertId>, Reply<()>),
    TrayAvailable(bool, Reply<()>),
    Hidden(Reply<()>),
    Shown(Result<(), NotShown>),
    NoVault,
    Close(Reply<()>),
}

/// What has been pushed to the window.
#[derive(Default)]
struct Window {
    watching: bool,
    /// The number of the last overview pushed.
    number: u64,
    /// Whether something has changed since.
    stale: bool,
    /// When the last one was pushed, by [`Clock::elapsed`]; `None` once it is painted.
    unpainted_since: Option<Duration>,
    pushed_at: Option<Duration>,
}

/// The state behind the handle.
pub struct Actor {
    pub(super) tools: Tools,
    pub(super) credentials: Arc<Credentials>,
    pub(super) profiles: HashMap<String, Arc<Profile>>,
    pub(super) sources: BTreeMap<SourceId, Entry>,
    pub(super) requests: mpsc::WeakSender<Request>,
    pub(super) reports: mpsc::Sender<(Reporter, Report)>,
    pub(super) simulation: Arc<dyn Simulation>,
    desktop: Arc<dyn Desktop>,
    language: Language,
    version: String,
    inbox: mpsc::Receiver<Request>,
    link_reports: mpsc::Receiver<(Reporter, Report)>,
    published: watch::Sender<Overview>,
    notices: BTreeSet<Notice>,
    paused_until: Option<Time>,
    tray: Option<Tray>,
    window: Window,
    hidden_told: bool,
    /// The number of the next supervisor.
    pub(super) next_run: u64,
}

impl Actor {
    pub fn new(
        setup: Setup,
        inbox: mpsc::Receiver<Request>,
        requests: mpsc::WeakSender<Request>,
        published: watch::Sender<Overview>,
    ) -> Result<Self, TransportError> {
        let (reports, link_reports) = mpsc::channel(REPORTS);
        let credentials = Arc::new(Credentials::new(setup.vault));
        let tls = Tls::new()?;
        let tools = Tools {
            http: Http::new(&tls)?,
            tls,
            store: setup.store,
            vault: credentials.clone(),
            clock: setup.clock,
        };
        let profiles = setup.profiles.into_iter().map(|profile| (profile.name.clone(), Arc::new(profile)));
        Ok(Self {
            tools,
            credentials,
            profiles: profiles.collect(),
            sources: BTreeMap::new(),
            requests,
            reports,
            simulation: setup.simulation,
            desktop: setup.desktop,
            language: setup.language,
            version: setup.version,
            inbox,
            link_reports,
            published,
            notices: BTreeSet::new(),
            paused_until: None,
            tray: None,
            window: Window::default(),
            hidden_told: false,
            next_run: 1,
        })
    }

    pub async fn run(mut self) {
        self.probe_vault();
        if let Err(error) = self.start_sources().await {
            tracing::error!(%error, "the stored sources could not be read");
            self.notices.insert(Notice::StoreFails);
        }
        self.announce(true).await;
        self.changed().await;
        loop {
            let clock = Arc::clone(&self.tools.clock);
            let wait = self.wait();
            tokio::select! {
                request = self.inbox.recv() => match request {
                    Some(Request::Close(reply)) => {
                        self.close().await;
                        let _gone = reply.send(());
                        return;
                    }
                    Some(request) => self.serve(request).await,
                    None => return self.close().await,
                },
                report = self.link_reports.recv() => {
                    if let Some((reporter, report)) = report {
                        self.note(reporter, report).await;
                    }
                }
                () = clock.sleep(wait) => self.end_pause().await,
            }
            self.push().await;
        }
    }

    pub(super) fn clock(&self) -> &dyn Clock {
        self.tools.clock.as_ref()
    }

    pub(super) fn store(&self) -> &Store {
        &self.tools.store
    }

    async fn close(&mut self) {
        // Dropping an entry ends its link; a commit under way is finished or undone by the store.
        self.sources.clear();
        self.store().close().await;
    }

    /// Something the window or the tray shows has changed.
    pub(super) async fn changed(&mut self) {
        self.window.stale = true;
        match self.overview().await {
            Ok(overview) => {
                let tray =
                    tray::tray(self.language, &overview.sources, overview.unacknowledged, self.paused_until);
                if self.tray.as_ref() != Some(&tray) {
                    self.tray = Some(tray.clone());
                    self.desktop.set_tray(tray);
                }
                self.published.send_replace(overview);
            }
            Err(error) => tracing::warn!(%error, "the overview could not be read; the tray stays as it was"),
        }
    }

    pub(super) fn set_notice(&mut self, notice: Notice, holds: bool) {
        self.window.stale |= if holds { self.notices.insert(notice) } else { self.notices.remove(&notice) };
    }

    /// Finds out, beside the loop, whether there is a vault, before the analyst trusts it with a password.
    fn probe_vault(&self) {
        let (credentials, requests) = (Arc::clone(&self.credentials), self.requests.clone());
        tokio::spawn(async move {
            if let Err(VaultError::Unavailable(why)) = credentials.get("probe").await {
                tracing::warn!(why, "there is no vault; credentials are kept until the program ends");
                if let Some(requests) = requests.upgrade() {
                    let _closing = requests.send(Request::NoVault).await;
                }
            }
        });
    }

    async fn serve(&mut self, request: Request) {
        // Who asked may be gone by now; then nobody waits for the answer.
        match request {
            Request::Overview(reply) => {
                let overview = self.overview().await.map_err(Failure::from);
                let _gone = reply.send(overview);
            }
            Request::Watch(reply) => {
                self.window =
                    Window { watching: true, stale: true, number: self.window.number, ..Window::default() };
                let _gone = reply.send(());
            }
            Request::Unwatch(reply) => {
                self.window.watching = false;
                let _gone = reply.send(());
            }
            Request::Painted(number, reply) => {
                if number >= self.window.number {
                    self.window.unpainted_since = None;
                }
                let _gone = reply.send(());
            }
            Request::Profiles(reply) => {
                let mut profiles: Vec<ProfileView> = self
                    .profiles
                    .values()
                    .map(|profile| ProfileView {
                        name: profile.name.clone(),
                        title: profile.title.clone(),
                        url: profile.url.to_string(),
                    })
                    .collect();
                profiles.sort_by(|one, other| one.title.cmp(&other.title));
                let _gone = reply.send(profiles);
            }
            Request::SignIn(request, reply) => self.sign_in(request, reply),
            Request::SignedIn(outcome, reply) => {
                let outcome = match *outcome {
                    Ok(signed_in) => self.signed_in(signed_in).await,
                    Err(failure) => Err(failure),
                };
                self.changed().await;
                let _gone = reply.send(outcome);
            }
            Request::Simulate(reply) => self.simulate(reply),
            Request::SignOut(source, reply) => {
                self.sign_out(source, reply).await;
                self.changed().await;
            }
            Request::Remove(source, reply) => {
                self.remove(source, reply).await;
                self.changed().await;
            }
            Request::Retry(source, reply) => {
                let _gone = reply.send(self.retry(source));
            }
            Request::Acknowledge(alerts, reply) => {
                let outcome =
                    self.store().acknowledge(&alerts, self.clock().now()).await.map_err(Failure::from);
                self.changed().await;
                let _gone = reply.send(outcome);
            }
            Request::Pause(pause, reply) => {
                self.paused_until = pause.map(|pause| self.clock().now().plus(pause));
                if self.paused_until.is_none() {
                    self.announce(true).await;
                }
                self.changed().await;
                let _gone = reply.send(());
            }
            Request::Open(alert, reply) => {
                self.desktop.show(alert);
                let _gone = reply.send(());
            }
            Request::TrayAvailable(available, reply) => {
                self.set_notice(Notice::NoTray, !available);
                let _gone = reply.send(());
            }
            Request::Hidden(reply) => {
                if !std::mem::replace(&mut self.hidden_told, true) {
                    self.show(announce::hidden(self.language));
                }
                let _gone = reply.send(());
            }
            Request::Shown(outcome) => {
                if let Err(error) = &outcome {
                    tracing::warn!(%error, "the window and the tray still show it");
                }
                self.set_notice(Notice::NotificationsFail, outcome.is_err());
            }
            Request::NoVault => self.set_notice(Notice::NoVault, true),
            Request::Close(_) => {}
        }
    }

    /// Takes note of what a link reports.
    async fn note(&mut self, reporter: Reporter, report: Report) {
        let Some(entry) = self.sources.get_mut(&reporter.source) else { return };
        match report {
            Report::Link(_) | Report::StoredUntil(_) if entry.run != reporter.run => {}
            Report::Link(link) => {
                let was_catching_up = matches!(entry.link, Link::CatchingUp { .. });
                let is_catching_up = matches!(link, Link::CatchingUp { .. });
                entry.link = link;
                if let Link::SignedOut { .. } = entry.link {
                    self.forgotten(reporter.source).await;
                }
                if was_catching_up && !is_catching_up {
                    self.announce(true).await;
                }
                self.changed().await;
            }
            Report::Committed(committed) => {
                entry.rejected = entry.rejected.saturating_add(committed.rejected);
                self.set_notice(Notice::StoreFails, false);
                if committed.alerts > 0 {
                    self.announce(false).await;
                    self.changed().await;
                } else {
                    self.window.stale |= committed.stored > 0 || committed.rejected > 0;
                }
            }
            Report::StoredUntil(until) => entry.stored_until = Some(until),
            Report::StoreFails => self.set_notice(Notice::StoreFails, true),
        }
    }

    /// Asks the policy about what has not been decided, and announces it: first the decision is stored, then it is
    /// shown, so that no crash announces anything twice.
    async fn announce(&mut self, with_digest: bool) {
        match self.decide(with_digest).await {
            Ok(notifications) => {
                for notification in notifications {
                    self.show(notification);
                }
            }
            Err(error) => {
                tracing::error!(%error, "alerts could not be announced; the window and the tray show them");
                self.set_notice(Notice::StoreFails, true);
            }
        }
    }

    async fn decide(&self, with_digest: bool) -> Result<Vec<Notification>, StoreError> {
        let catching_up =
            self.sources.iter().filter(|(_, entry)| matches!(entry.link, Link::CatchingUp { .. }));
        let situation = Situation {
            paused: self.paused_until.is_some(),
            catching_up: catching_up.map(|(id, _)| *id).collect(),
        };
        let (mut alone, mut digest): (Vec<AlertId>, Vec<(AlertId, Severity)>) = (Vec::new(), Vec::new());
        let mut digest_sources = HashSet::new();
        let mut after = 0;
        loop {
            let pending = self.store().pending(with_digest, after).await?;
            let Some(last) = pending.last() else { break };
            after = last.id;
            let plan = policy::plan(&pending, &situation);
            let announced: Vec<AlertId> =
                plan.alone.iter().copied().chain(plan.digest.iter().map(|(id, _)| *id)).collect();
            digest_sources.extend(
                pending
                    .iter()
                    .filter(|one| plan.digest.iter().any(|(id, _)| *id == one.id))
                    .map(|one| one.source),
            );
            if !plan.is_empty() {
                self.store().decide(&announced, &plan.quiet, &plan.held).await?;
            }
            alone.extend(plan.alone);
            digest.extend(plan.digest);
            if pending.len() < SLICE {
                break;
            }
        }
        if let [(only, _)] = digest[..] {
            alone.push(only);
            digest.clear();
        }
        let mut notifications = Vec::with_capacity(alone.len() + 1);
        for id in alone {
            let alert = self.store().alert_row(id).await?;
            notifications.push(announce::alone(self.language, &alert, self.name_of(alert.source)));
        }
        if !digest.is_empty() {
            let severities: Vec<Severity> = digest.iter().map(|(_, severity)| *severity).collect();
            let mut names: Vec<&str> =
                digest_sources.into_iter().map(|source| self.name_of(source)).collect();
            names.sort_unstable();
            notifications.push(announce::digest(self.language, &severities, &names));
        }
        Ok(notifications)
    }

    fn name_of(&self, source: SourceId) -> &str {
        self.sources.get(&source).map_or("", |entry| entry.source.name.as_str())
    }

    /// Shows a notification beside the loop: a notification service may take its time.
    fn show(&self, notification: Notification) {
        let (desktop, requests) = (Arc::clone(&self.desktop), self.requests.clone());
        tokio::spawn(async move {
            let outcome = desktop.notify(notification).await;
            if let Some(requests) = requests.upgrade() {
                let _closing = requests.send(Request::Shown(outcome)).await;
            }
        });
    }

    async fn end_pause(&mut self) {
        if self.paused_until.is_some_and(|until| self.clock().now() >= until) {
            self.paused_until = None;
            self.announce(true).await;
            self.changed().await;
        }
    }

    async fn overview(&self) -> Result<Overview, StoreError> {
        let (open, unacknowledged) = self.store().counts().await?;
        let (newest_transaction, transactions) = self.store().transactions_summary().await?;
        Ok(Overview {
            number: self.window.number,
            version: self.version.clone(),
            language: self.language.code().to_owned(),
            sources: self.sources.values().map(Entry::view).collect(),
            open,
            unacknowledged,
            alerts_change: self.store().alerts_change().await?,
            newest_transaction,
            transactions,
            paused_until: self.paused_until,
            notices: self.notices.iter().copied().collect(),
        })
    }

    /// How long the loop may sleep: until a push is due or a pause ends.
    fn wait(&self) -> Duration {
        let pause = self.paused_until.map_or(IDLE, |until| until.since(self.clock().now()));
        let push = match (self.window.watching && self.window.stale, self.push_due()) {
            (true, due) => due.saturating_sub(self.clock().elapsed()),
            (false, _) => IDLE,
        };
        pause.min(push).min(IDLE)
    }

    /// When the window may next be told, by [`Clock::elapsed`].
    fn push_due(&self) -> Duration {
        let after_last = self.window.pushed_at.map_or(Duration::ZERO, |at| at + PUSH_EVERY);
        after_last.max(self.window.unpainted_since.map_or(Duration::ZERO, |since| since + PAINT_LIMIT))
    }

    async fn push(&mut self) {
        let now = self.clock().elapsed();
        if !self.window.watching || !self.window.stale || now < self.push_due() {
            return;
        }
        self.window.number += 1;
        match self.overview().await {
            Ok(overview) => {
                self.window.stale = false;
                self.published.send_replace(overview.clone());
                self.desktop.push(overview);
            }
            Err(error) => tracing::warn!(%error, "the overview could not be read; it is tried again"),
        }
        self.window.pushed_at = Some(now);
        self.window.unpainted_since = Some(now);
    }
}
