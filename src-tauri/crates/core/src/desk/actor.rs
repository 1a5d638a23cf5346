//! The desk's loop: one `select`, one thing at a time. What takes long (a sign-in, a notification) runs beside it
//! and comes back as a request.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio_util::task::AbortOnDropHandle;

use super::announcing::Announcing;
use super::choosing::Together;
use super::credentials::Credentials;
use super::desktop::{Desktop, Simulation, Tray};
use super::menu::{ALERTS_READ, ALERTS_SHOWN, Offered};
use super::news::Telling;
use super::outages::Outages;
use super::raising::Raises;
use super::requests::Request;
use super::setting::spoken;
use super::snoozing::Snoozing;
use super::sources::Entry;
use super::view::{Notice, OutboxCounts, Overview};
use super::window::{TrayTold, Window};
use super::{Setup, housekeeping, tray};
use crate::clock::Clock;
use crate::figures::Figures;
use crate::link::{Failing, Report, Reporter, Tools, Unseen};
use crate::model::{Link, SourceId, Time, Trouble};
use crate::profile::{Library, Profile};
use crate::settings::Keeper;
use crate::store::{SetAside, Store, Summary};
use crate::text::Language;
use crate::transport::http::Http;
use crate::transport::{Tls, TransportError};
use crate::updating::Updates;
use crate::vault::{Vault as _, VaultError};

/// As many sources as the window's small state has room for.
pub const SOURCES_LIMIT: usize = 16;
/// Reports on their way from the links; a link that is ahead of the desk waits.
const REPORTS: usize = 256;

/// The state behind the handle.
pub struct Actor {
    pub(super) tools: Tools,
    pub(super) credentials: Arc<Credentials>,
    pub(super) profiles: HashMap<String, Arc<Profile>>,
    /// Where the analyst's own are.
    pub(super) profile_folder: Option<PathBuf>,
    pub(super) sources: BTreeMap<SourceId, Entry>,
    pub(super) requests: mpsc::WeakSender<Request>,
    pub(super) reports: mpsc::Sender<(Reporter, Report)>,
    pub(super) simulation: Arc<dyn Simulation>,
    pub(super) desktop: Arc<dyn Desktop>,
    /// What is announced and on show, and where notifications wait to be shown.
    pub(super) announcing: Announcing,
    pub(super) raises: Raises,
    /// When what could not be shown is shown again, by [`Clock::elapsed`].
    pub(super) show_again: Option<Duration>,
    pub(super) settings: Keeper,
    pub(super) system_language: Language,
    /// What is spoken.
    pub(super) language: Language,
    pub(super) version: String,
    pub(super) inbox: mpsc::Receiver<Request>,
    link_reports: mpsc::Receiver<(Reporter, Report)>,
    pub(super) published: watch::Sender<Overview>,
    pub(super) notices: BTreeSet<Notice>,
    pub(super) paused_until: Option<Time>,
    /// When the pause ends, by [`Clock::elapsed`]: the wall clock may be set back meanwhile.
    pub(super) pause_ends: Duration,
    /// Until when it is quiet, by the quiet hours that are set.
    pub(super) quiet_until: Option<Time>,
    /// When quiet hours are looked at next: they may begin or end then.
    pub(super) quiet_change: Option<Time>,
    /// When that was looked for: before that, the wall clock was set back.
    pub(super) quiet_looked_at: Time,
    /// What rules want announced that is no alert.
    pub(super) telling: Telling,
    /// What is not connected.
    pub(super) outages: Outages,
    pub(super) snoozing: Snoozing,
    tray: Option<Tray>,
    /// What the tray offers beside what the overview tells.
    offered: Offered,
    /// The greatest change of any alert when its alerts were read.
    offered_change: i64,
    /// Alerts that were acknowledged together.
    pub(super) together: Together,
    pub(super) window: Window,
    pub(super) tray_told: TrayTold,
    /// Whether the window shows the list of alerts, or will when it is there again.
    pub(super) is_at_list: bool,
    pub(super) hidden_told: bool,
    /// The damaged database that was set aside at this start.
    pub(super) set_aside: Option<SetAside>,
    /// How it stands with newer versions of the program.
    pub(super) updates: Updates,
    /// What is stored, as it was last read.
    pub(super) summary: Summary,
    /// How the analyst's actions stand, as it was last read.
    pub(super) outbox: OutboxCounts,
    /// Why it could not be read since.
    pub(super) unreadable: Option<Trouble>,
    /// Whether the analyst was told by a notification that the store fails, and it has not worked since.
    pub(super) failing_told: bool,
    /// Looks after the database; ends with the desk.
    pub(super) care: Option<AbortOnDropHandle<()>>,
    /// Why the store did not take what was decided last: it is decided again.
    pub(super) undecided: Option<Trouble>,
    /// When it is decided again if nothing arrives before, by [`Clock::elapsed`].
    pub(super) decide_due: Duration,
    /// The tests that are under way or were; `None`: of a source that is still to be signed in to.
    pub(super) tests: HashMap<Option<SourceId>, AbortOnDropHandle<()>>,
    /// The number of the next supervisor.
    pub(super) next_run: u64,
    /// Ends with the desk.
    housekeeping: Option<AbortOnDropHandle<()>>,
}

impl Actor {
    pub fn new(
        setup: Setup,
        inbox: mpsc::Receiver<Request>,
        requests: mpsc::WeakSender<Request>,
        published: watch::Sender<Overview>,
        figures: Figures,
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
            figures,
            unseen: Unseen::default(),
        };
        let (store, clock) = (tools.store.clone(), Arc::clone(&tools.clock));
        let unseen = tools.unseen.clone();
        let housekeeping = housekeeping::keep(store, clock, setup.settings.watch(), unseen, requests.clone());
        let snoozing = Snoozing::new(tools.clock.as_ref());
        let Library { profiles, problems, folder: profile_folder } = setup.profiles;
        let profiles = profiles.into_iter().map(|profile| (profile.name.clone(), Arc::new(profile)));
        let wrong = (!problems.is_empty()).then_some(Notice::ProfileWrong);
        let unset = setup.settings.view().problem.is_some().then_some(Notice::SettingsWrong);
        Ok(Self {
            tools,
            credentials,
            profiles: profiles.collect(),
            profile_folder,
            sources: BTreeMap::new(),
            reports,
            simulation: setup.simulation,
            announcing: Announcing::default(),
            raises: Raises::start(Arc::clone(&setup.desktop), requests.clone()),
            show_again: None,
            desktop: setup.desktop,
            requests,
            language: spoken(setup.settings.settings(), setup.language),
            system_language: setup.language,
            settings: setup.settings,
            quiet_until: None,
            quiet_change: None,
            quiet_looked_at: Time(i64::MIN),
            snoozing,
            version: setup.version,
            inbox,
            link_reports,
            published,
            notices: wrong.into_iter().chain(unset).collect(),
            paused_until: None,
            pause_ends: Duration::ZERO,
            telling: Telling::default(),
            outages: Outages::default(),
            tray: None,
            offered: Offered::default(),
            offered_change: -1,
            together: Together::default(),
            window: Window::default(),
            tray_told: TrayTold::default(),
            // It begins there.
            is_at_list: true,
            hidden_told: false,
            set_aside: None,
            updates: Updates::default(),
            summary: Summary::default(),
            outbox: OutboxCounts::default(),
            unreadable: None,
            failing_told: false,
            care: None,
            undecided: None,
            decide_due: Duration::ZERO,
            tests: HashMap::new(),
            next_run: 1,
            housekeeping: Some(AbortOnDropHandle::new(tokio::spawn(housekeeping))),
        })
    }

    pub async fn run(mut self) {
        let keeping = self.keep_figures();
        self.tell_links();
        self.probe_vault();
        if let Err(error) = self.start_sources().await {
            tracing::error!(%error, "the stored sources could not be read");
            self.note_failing(&Failing::of(&error));
        }
        if let Err(error) = self.tell_desktop() {
            tracing::warn!(%error, "it is said again at the next start");
        }
        self.keep_quiet();
        self.take_up_pause();
        self.end_snoozes().await;
        self.take_up_announcing().await;
        self.follow_rules().await;
        self.outbox_changed().await;
        loop {
            let clock = Arc::clone(&self.tools.clock);
            let due = self.due();
            tokio::select! {
                request = self.inbox.recv() => match request {
                    Some(Request::Close(reply)) => {
                        self.close(keeping).await;
                        let _gone = reply.send(());
                        return;
                    }
                    Some(request) => self.serve(request).await,
                    None => return self.close(keeping).await,
                },
                report = self.link_reports.recv() => {
                    if let Some((reporter, report)) = report {
                        self.note(reporter, report).await;
                    }
                }
                () = clock.sleep_until(due) => self.wake().await,
            }
            self.tell_outages();
            self.push().await;
        }
    }

    pub(super) fn clock(&self) -> &dyn Clock {
        self.tools.clock.as_ref()
    }

    pub(super) fn store(&self) -> &Store {
        &self.tools.store
    }

    pub(super) fn figures(&self) -> &Figures {
        &self.tools.figures
    }

    async fn close(&mut self, keeping: AbortOnDropHandle<()>) {
        self.end_showing().await;
        // Dropping an entry ends its link; a commit under way is finished or undone by the store.
        self.sources.clear();
        self.tests.clear();
        self.housekeeping = None;
        self.care = None;
        self.keep_last_figures(keeping).await;
        self.store().close().await;
    }

    /// Something the window or the tray shows has changed.
    pub(super) async fn changed(&mut self) {
        self.window.stale = true;
        let overview = self.overview().await;
        self.publish(overview).await;
    }

    /// Tells this to the tray, and to who does not paint.
    pub(super) async fn publish(&mut self, overview: Overview) {
        self.offer(overview.alerts_change).await;
        let tray = tray::tray(self.language, &overview, &self.offered, self.clock().now());
        if self.tray.as_ref() != Some(&tray) {
            self.tray = Some(tray.clone());
            self.desktop.set_tray(tray);
        }
        self.tray_told = TrayTold { at: Some(self.clock().elapsed()), due: None };
        self.published.send_replace(overview);
    }

    /// Brings what the tray offers to how things stand: first what the analyst is told of and has not seen. Alerts that
    /// cannot be read stay as they were: that is told by the overview.
    async fn offer(&mut self, change: i64) {
        self.offered.acknowledged = self.together.offered();
        if self.offered_change == change {
            return;
        }
        let from = self.settings.settings().notifications.from;
        if let Ok(newest) = self.store().foremost_alerts(from, ALERTS_READ, ALERTS_SHOWN).await {
            self.offered.newest = newest;
            self.offered_change = change;
        }
    }

    pub(super) fn set_notice(&mut self, notice: Notice, holds: bool) {
        self.window.stale |= if holds { self.notices.insert(notice) } else { self.notices.remove(&notice) };
    }

    /// Finds out, beside the loop, whether there is a vault, before the analyst trusts it with a password.
    pub(super) fn probe_vault(&self) {
        let (credentials, requests) = (Arc::clone(&self.credentials), self.requests.clone());
        tokio::spawn(async move {
            let available = match credentials.get("probe").await {
                Err(VaultError::Unavailable(why)) => {
                    tracing::warn!(why, "there is no vault; credentials are kept until the program ends");
                    false
                }
                _ => true,
            };
            if let Some(requests) = requests.upgrade() {
                let _closing = requests.send(Request::VaultProbed { available }).await;
            }
        });
    }

    /// Takes note of what a link reports.
    async fn note(&mut self, reporter: Reporter, report: Report) {
        let Some(entry) = self.sources.get_mut(&reporter.source) else { return };
        match report {
            Report::Link(_) | Report::CaughtUp | Report::StoredUntil(_) if entry.run != reporter.run => {}
            Report::Link(link) => {
                let is_another = std::mem::discriminant(&entry.link) != std::mem::discriminant(&link);
                let is_catching_up = matches!(link, Link::CatchingUp { .. });
                entry.link = link;
                if let Link::SignedOut { reason } = entry.link {
                    if is_another {
                        self.tell_signed_out(reporter.source, reason);
                    }
                    self.forgotten(reporter.source).await;
                }
                // A replay may go on while the link is live: what has come of it waits for nothing any more.
                if is_another && !is_catching_up {
                    self.announce(true).await;
                }
                if is_another {
                    self.post_anew(reporter.source).await;
                } else {
                    self.changed().await;
                }
            }
            Report::Committed(committed) => {
                entry.rejected = entry.rejected.saturating_add(committed.rejected);
                self.note_stored();
                if committed.alerts > 0 || self.undecided.is_some() {
                    // What could not be decided may have been a digest.
                    self.announce(self.undecided.is_some()).await;
                    self.look_at_shown().await;
                    self.arrived().await;
                } else if self.trouble().is_some() {
                    self.changed().await;
                } else {
                    self.window.stale |= committed.stored > 0 || committed.rejected > 0;
                }
                if committed.stored > committed.alerts {
                    self.has_news().await;
                }
            }
            Report::CaughtUp => {
                self.announce_also(reporter.source).await;
                self.changed().await;
            }
            Report::StoredUntil(until) => {
                entry.stored_until = Some(until);
                self.note_stored();
                if self.undecided.is_some() {
                    self.announce(true).await;
                }
            }
            Report::StoreFails(failing) => self.note_failing(&failing),
        }
    }
}
