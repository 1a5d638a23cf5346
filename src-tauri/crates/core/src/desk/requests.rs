//! What the desk can be asked, and how it answers: what takes long is done beside the loop, and comes back as a
//! request.

use std::path::PathBuf;
use std::time::Duration;

use tokio::sync::{oneshot, watch};

use super::actor::Actor;
use super::desktop::{About, Button, Choice, NotShown, Wanted};
use super::handed::RefusedProfile;
use super::outbox::Sent;
use super::signing_in::SignedIn;
use super::view::{AlertAction, Failure, Notice, Overview, ProfileView, SignIn, SourceEdit, Tested};
use super::window::Window;
use crate::link::{Failing, Step};
use crate::model::{Alert, AlertId, DeedId, Severity, SnoozeId, SnoozeRequest, Snoozed, SourceId};
use crate::profile::Profile;
use crate::settings::{Settings, SettingsView};
use crate::store::SetAside;
use crate::text::Language;
use crate::updating::Updates;

type Reply<T> = oneshot::Sender<T>;
type Outcome<T> = Reply<Result<T, Failure>>;

/// What the desk can be asked.
pub enum Request {
    Overview(Outcome<Overview>),
    Watch(Reply<()>),
    Painted(u64, Reply<()>),
    Profiles(Reply<Vec<ProfileView>>),
    SignIn(SignIn, Outcome<SourceId>),
    SignedIn(Box<Result<SignedIn, Failure>>, Outcome<SourceId>),
    Simulate(Outcome<SourceId>),
    SignOut(SourceId, Outcome<()>),
    Remove(SourceId, Outcome<()>),
    Test(Tested, Outcome<watch::Receiver<Vec<Step>>>),
    StopTest(Option<SourceId>, Reply<()>),
    Edit(SourceEdit, Outcome<()>),
    PauseSource(SourceId, bool, Outcome<()>),
    Retry(SourceId, Outcome<()>),
    Acknowledge(Vec<AlertId>, Outcome<()>),
    Act(Box<Alert>, AlertAction, Outcome<DeedId>),
    Withdraw(DeedId, Outcome<()>),
    Insist(DeedId, Outcome<()>),
    Undo(DeedId, Outcome<()>),
    Unacknowledge(Vec<AlertId>, Outcome<()>),
    Snooze(SnoozeRequest, Outcome<Snoozed>),
    Updates(Updates, Reply<()>),
    UndoSnooze(Snoozed, Outcome<()>),
    Wake(Vec<AlertId>, Vec<SnoozeId>, Outcome<()>),
    Sent(SourceId, DeedId, Sent),
    Press(Box<Alert>, Button, Outcome<()>),
    Analyse(SourceId, String, Outcome<String>),
    Language(Reply<Language>),
    Settings(Reply<SettingsView>),
    Set(Box<Settings>, Outcome<SettingsView>),
    Pause(Option<Duration>, Reply<()>),
    Open(Option<AlertId>, Reply<()>),
    Dismissed(About, Reply<()>),
    At(bool, Reply<()>),
    Tell(Failure, Reply<()>),
    OpenLink(String, Reply<()>),
    OpenProfile(PathBuf, Reply<()>),
    ProfileRead(Result<Box<Profile>, RefusedProfile>, Reply<()>),
    Choose(Choice, Outcome<()>),
    TrayAvailable(bool, Reply<()>),
    Hidden(Reply<()>),
    Unseen(Reply<()>),
    Shown { about: About, alerts: Vec<(AlertId, Severity)>, outcome: Result<(), NotShown> },
    VaultProbed { available: bool },
    LookAfterStore(Option<SetAside>, Reply<()>),
    StoreFails(Failing),
    Close(Reply<()>),
}

impl Actor {
    /// Answers a request, or has it answered beside the loop.
    pub(super) async fn serve(&mut self, request: Request) {
        // Who asked may be gone by now; then nobody waits for the answer.
        match request {
            Request::Overview(reply) => {
                let overview = self.overview().await;
                let _gone = reply.send(Ok(overview));
            }
            Request::Watch(reply) => {
                self.figures().watched();
                self.window = Window {
                    watching: true,
                    stale: true,
                    unpainted_since: None,
                    pushed_at: None,
                    ..self.window
                };
                let _gone = reply.send(());
            }
            Request::Painted(number, reply) => {
                if number >= self.window.number {
                    self.window.unpainted_since = None;
                }
                let _gone = reply.send(());
            }
            Request::Profiles(reply) => {
                // Somebody is about to sign in: the vault may have been unlocked since.
                self.probe_vault();
                let mut profiles: Vec<ProfileView> =
                    self.profiles.values().map(|profile| profile.as_ref().into()).collect();
                profiles.sort_by(|one, other| one.title.cmp(&other.title));
                let _gone = reply.send(profiles);
            }
            Request::SignIn(request, reply) => self.sign_in(request, reply),
            Request::SignedIn(outcome, reply) => match *outcome {
                Ok(signed_in) => self.signed_in(signed_in, reply).await,
                Err(failure) => {
                    self.changed().await;
                    let _gone = reply.send(Err(failure));
                }
            },
            Request::Simulate(reply) => self.simulate(reply),
            Request::SignOut(source, reply) => {
                self.sign_out(source, reply).await;
                // What it had fetched so far waits for nothing any more.
                self.announce(true).await;
                self.changed().await;
            }
            Request::Remove(source, reply) => {
                self.remove(source, reply).await;
                self.tell_no_more_of(source).await;
                // What was done to its alerts has gone with them, and what was snoozed of it.
                self.follow_snoozes().await;
                self.outbox_changed().await;
            }
            Request::Test(tested, reply) => {
                let _gone = reply.send(self.test(tested));
            }
            Request::StopTest(of, reply) => {
                self.stop_test(of);
                let _gone = reply.send(());
            }
            Request::Edit(edit, reply) => {
                let outcome = self.edit(edit).await;
                self.changed().await;
                let _gone = reply.send(outcome);
            }
            Request::PauseSource(source, paused, reply) => {
                let outcome = self.pause_source(source, paused).await;
                // What it had fetched so far waits for nothing any more.
                self.announce(true).await;
                self.changed().await;
                let _gone = reply.send(outcome);
            }
            Request::Retry(source, reply) => {
                let outcome = self.retry(source);
                self.post_anew(source).await;
                let _gone = reply.send(outcome);
            }
            Request::Acknowledge(alerts, reply) => {
                let outcome =
                    self.store().acknowledge(&alerts, self.clock().now()).await.map_err(Failure::from);
                self.look_at_shown().await;
                self.changed().await;
                let _gone = reply.send(outcome);
            }
            Request::Unacknowledge(alerts, reply) => {
                let outcome = self.store().unacknowledge(&alerts).await.map_err(Failure::from);
                self.changed().await;
                let _gone = reply.send(outcome);
            }
            Request::Snooze(request, reply) => {
                let _gone = reply.send(self.snooze(request).await);
            }
            Request::UndoSnooze(snoozed, reply) => {
                let _gone = reply.send(self.undo_snooze(&snoozed).await);
            }
            Request::Wake(alerts, snoozes, reply) => {
                let _gone = reply.send(self.wake_up(&alerts, &snoozes).await);
            }
            Request::Act(alert, action, reply) => {
                let _gone = reply.send(self.act(&alert, action).await);
            }
            Request::Withdraw(deed, reply) => {
                let _gone = reply.send(self.withdraw(deed).await);
            }
            Request::Insist(deed, reply) => {
                let _gone = reply.send(self.insist(deed).await);
            }
            Request::Undo(deed, reply) => {
                let _gone = reply.send(self.undo(deed).await);
            }
            Request::Sent(source, deed, sent) => self.sent(source, deed, sent).await,
            Request::Press(alert, button, reply) => {
                let _gone = reply.send(self.press(&alert, button).await);
            }
            Request::Analyse(source, subject, reply) => self.analyse(source, subject, reply),
            Request::Language(reply) => {
                let _gone = reply.send(self.language);
            }
            Request::Settings(reply) => {
                let _gone = reply.send(self.settings.view().clone());
            }
            Request::Set(settings, reply) => {
                let _gone = reply.send(self.set(&settings).await);
            }
            Request::Pause(pause, reply) => {
                self.pause(pause).await;
                let _gone = reply.send(());
            }
            Request::Open(alert, reply) => {
                self.open(alert.map_or(Wanted::Alerts, Wanted::Alert)).await;
                let _gone = reply.send(());
            }
            Request::Dismissed(about, reply) => {
                self.dismissed(about);
                let _gone = reply.send(());
            }
            Request::At(is_at_list, reply) => {
                self.be_at(is_at_list).await;
                let _gone = reply.send(());
            }
            Request::Tell(failure, reply) => {
                self.open(Wanted::Told(failure)).await;
                let _gone = reply.send(());
            }
            Request::OpenLink(link, reply) => {
                self.open_link(&link).await;
                let _gone = reply.send(());
            }
            Request::OpenProfile(file, reply) => self.open_profile(file, reply),
            Request::ProfileRead(adopted, reply) => {
                self.offer_profile(adopted).await;
                let _gone = reply.send(());
            }
            Request::Choose(choice, reply) => {
                let _gone = reply.send(self.choose(choice).await);
            }
            Request::TrayAvailable(available, reply) => {
                self.set_notice(Notice::NoTray, !available);
                // Who waits for it may have no window.
                self.changed().await;
                let _gone = reply.send(());
            }
            Request::Hidden(reply) => {
                self.hide();
                let _gone = reply.send(());
            }
            Request::Unseen(reply) => {
                self.tools.unseen.set(true);
                let _gone = reply.send(());
            }
            Request::Shown { about, alerts, outcome } => self.note_shown(about, &alerts, outcome).await,
            Request::Updates(updates, reply) => {
                self.updates = updates;
                self.changed().await;
                let _gone = reply.send(());
            }
            Request::VaultProbed { available } => self.set_notice(Notice::NoVault, !available),
            Request::LookAfterStore(set_aside, reply) => {
                self.look_after_store(set_aside);
                self.changed().await;
                let _gone = reply.send(());
            }
            Request::StoreFails(failing) => {
                self.note_failing(&failing);
                self.changed().await;
            }
            Request::Close(_) => {}
        }
    }
}
