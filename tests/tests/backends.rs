//! Every backend, against the gateway in a process of its own: what is stored is what the server says it sent, each
//! once; what it cannot give again is a gap.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed, and says where"
)]

#[path = "backends/contract.rs"]
mod contract;
#[path = "backends/stored.rs"]
mod stored;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tempfile::{TempDir, tempdir};
use vigie_core::desk::view::{Failure, FailureCode, GapView, Overview, SignIn};
use vigie_core::model::{Link, Parameters, SignedOutReason, SourceId, TransportKind};
use vigie_core::vault::SessionVault;
use vigie_tests::clock::LeapingClock;
use vigie_tests::desk::{IN_VAIN, TestDesk};
use vigie_tests::gateway::{GatewayProcess, Options, PASSWORD};
use vigie_tests::port::ReservedPort;
use vigie_tests::proxy::{Eats, Proxy};

use contract::{BACKENDS, Backend, named, pages};
use stored::stored;

/// Transactions a second while something happens.
const BUSY: u32 = 50;
/// What is stored of a busy server before anything is done to it.
const SOME: usize = 60;
/// The wait before a better transport is tried again, and a little.
const BETTER: Duration = Duration::from_secs(301);

/// A gateway's folder, a desk, and how they speak.
struct Stage {
    backend: Backend,
    gateway: TempDir,
    /// Where a gateway is that is started again.
    port: ReservedPort,
    runs: AtomicUsize,
    desk: TestDesk,
    clock: Arc<LeapingClock>,
    _folder: TempDir,
}

impl Stage {
    async fn of(backend: Backend) -> Self {
        let (gateway, folder) = (tempdir().unwrap(), tempdir().unwrap());
        let clock = Arc::new(LeapingClock::default());
        let vault = Arc::new(SessionVault::default());
        let desk = TestDesk::start_with(folder.path(), vault, clock.clone()).await;
        let (port, runs) = (ReservedPort::new(), AtomicUsize::new(0));
        Self { backend, gateway, port, runs, desk, clock, _folder: folder }
    }

    /// Starts the gateway, which writes down what it sends.
    async fn gateway(&self, options: Options) -> GatewayProcess {
        let run = self.runs.fetch_add(1, Ordering::Relaxed);
        let journal = Some(self.gateway.path().join(format!("journal-{run}")));
        let options = Options { profile: self.backend.name, journal, ..options };
        GatewayProcess::start_with(self.gateway.path(), options).await
    }

    async fn sign_in(&self, url: &str) -> Result<SourceId, Failure> {
        self.sign_in_with(url, if self.backend.has_password { PASSWORD } else { "" }).await
    }

    async fn sign_in_with(&self, url: &str, secret: &str) -> Result<SourceId, Failure> {
        self.desk.desk.sign_in(request(self.backend, url, secret)).await
    }

    /// Lets a desk whose clock was held connect: a gateway that is still starting would be tried by one way after the
    /// other, and the worse one taken.
    async fn try_now(&self, source: SourceId) {
        self.desk.desk.retry(source).await.unwrap();
        self.clock.hold(false);
    }

    /// What each connection of each run was told, by the gateway's own word.
    fn pages(&self) -> Vec<Vec<String>> {
        let runs = 0..self.runs.load(Ordering::Relaxed);
        runs.flat_map(|run| pages(self.backend.name, &self.gateway.path().join(format!("journal-{run}"))))
            .collect()
    }

    fn said(&self) -> BTreeSet<String> {
        self.pages().into_iter().flatten().collect()
    }

    /// Whether something of each event stream is stored.
    async fn has_stored_of_each_stream(&self) -> bool {
        let (pages, stored) = (self.pages(), self.stored().await);
        let heard = pages.iter().filter(|page| page.iter().any(|said| stored.contains(said))).count();
        heard >= if self.backend.name == "credit" { 2 } else { 1 }
    }

    /// What was sent and can be had again: the backend's own figures are measured anew instead.
    fn lasting(&self) -> BTreeSet<String> {
        self.said().into_iter().filter(|said| !said.starts_with("risk ")).collect()
    }

    async fn stored(&self) -> BTreeSet<String> {
        stored(self.backend.name, &self.desk.path).await
    }

    async fn gaps(&self) -> Vec<GapView> {
        self.desk.desk.diagnostics().await.unwrap().gaps
    }

    async fn until(&self, what: &str, mut holds: impl AsyncFnMut() -> bool) {
        let waiting = async {
            while !holds().await {
                // Another process decides when: there is nothing to wait on but what it writes.
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        if tokio::time::timeout(IN_VAIN, waiting).await.is_err() {
            let overview = self.desk.desk.overview().await.unwrap();
            let (said, stored) = (self.said(), self.stored().await);
            let missing: Vec<_> = said.difference(&stored).take(5).collect();
            panic!("{}: waited in vain until {what}; missing {missing:?}; {overview:#?}", self.backend.name);
        }
    }

    /// Waits until so much is stored.
    async fn until_stored(&self, count: usize) {
        self.until(&format!("{count} are stored"), async || self.stored().await.len() >= count).await;
    }

    /// Waits until everything that was ever sent is stored, then checks that nothing else is.
    async fn until_all_is_stored(&self) {
        self.until("all is stored", async || self.lasting().is_subset(&self.stored().await)).await;
        self.assert_nothing_is_invented().await;
    }

    async fn assert_nothing_is_invented(&self) {
        let (stored, said) = (self.stored().await, self.said());
        let invented: Vec<_> = stored.difference(&said).take(5).collect();
        assert!(invented.is_empty(), "{}: nobody sent {invented:?}", self.backend.name);
    }

    /// Checks that of what each connection was told, everything is stored up to where it broke.
    async fn assert_only_the_end_of_a_connection_is_missing(&self) {
        let stored = self.stored().await;
        for page in self.pages() {
            let cut = page.iter().position(|said| !stored.contains(said)).unwrap_or(page.len());
            let later: Vec<_> = page[cut..].iter().filter(|said| stored.contains(*said)).take(5).collect();
            assert!(later.is_empty(), "{}: {} is missing before {later:?}", self.backend.name, page[cut]);
        }
        self.assert_nothing_is_invented().await;
    }

    /// No alert was announced twice.
    fn assert_nothing_is_announced_twice(&self) {
        let mut announced = BTreeMap::new();
        for one in self.desk.desktop.shown().notifications {
            for (alert, severity) in &one.alerts {
                let before = announced.insert(*alert, *severity);
                assert!(
                    before.is_none_or(|before| before < *severity),
                    "{}: {alert} twice: {one:?}",
                    self.backend.name
                );
            }
        }
    }
}

fn request(backend: Backend, url: &str, secret: &str) -> SignIn {
    SignIn {
        source: None,
        name: backend.name.to_owned(),
        url: format!("{url}{}", backend.path),
        profile: backend.name.to_owned(),
        user: backend.user.to_owned(),
        parameters: Parameters::new(),
        password: secret.to_owned().into(),
        remember: true,
    }
}

fn is_live(link: &Link) -> bool {
    matches!(link, Link::Live { .. })
}

fn is_live_over(kind: TransportKind, is_fallback: bool) -> impl FnMut(&Link) -> bool {
    move |link| matches!(link, Link::Live { transport, fallback, .. } if (*transport, *fallback) == (kind, is_fallback))
}

/// Sign-in, what is there, and what happens: all of it is stored, each once.
async fn everything_sent_is_stored_once(backend: Backend) {
    let stage = Stage::of(backend).await;
    let gateway = stage.gateway(Options { simulate: BUSY, ..Options::default() }).await;
    stage.sign_in(&gateway.url).await.unwrap();
    stage.desk.until_link("the link is live", is_live).await;
    stage.until_stored(SOME).await;
    gateway.kill().await;
    stage.desk.until_link("the link is broken", |link| matches!(link, Link::Retrying { .. })).await;
    stage.assert_only_the_end_of_a_connection_is_missing().await;
    stage.assert_nothing_is_announced_twice();
}

/// Killed and started again: what the server can give again is there, and what it cannot is a gap with its reason.
async fn after_a_restart_nothing_is_missing_but_what_cannot_be_had(backend: Backend) {
    let stage = Stage::of(backend).await;
    let port = stage.port.number();
    let gateway = stage.gateway(Options { simulate: BUSY, port, ..Options::default() }).await;
    let source = stage.sign_in(&gateway.url).await.unwrap();
    stage.desk.until_link("the link is live", is_live).await;
    stage.until_stored(SOME).await;
    gateway.kill().await;
    stage.desk.until_link("the link is broken", |link| matches!(link, Link::Retrying { .. })).await;
    stage.clock.hold(true);
    let gateway = stage.gateway(Options { port, ..Options::default() }).await;
    stage.try_now(source).await;
    let over_the_best = |link: &Link| matches!(link, Link::Live { fallback: false, .. });
    stage.desk.until_link("the link is live again, over the best transport", over_the_best).await;
    if backend.replays {
        stage.until_all_is_stored().await;
    } else {
        stage.assert_only_the_end_of_a_connection_is_missing().await;
    }
    stage.until("the gap has ended", async || stage.gaps().await.iter().all(|gap| gap.end.is_some())).await;
    let gaps = stage.gaps().await;
    assert_eq!(gaps.len(), 1, "{gaps:?}");
    assert_eq!(gaps[0].closed_at.is_some(), backend.replays, "{gaps:?}");
    if !backend.replays {
        let expected = if backend.name == "trading" { "snapshot" } else { "not_replayable" };
        assert_eq!(gaps[0].how.as_deref(), Some(expected));
    }
    stage.assert_nothing_is_announced_twice();
    drop(gateway);
}

/// With ids, an event stream goes on after the last one: nothing is missing and no gap stays.
async fn with_ids_a_stream_goes_on_where_it_was(backend: Backend) {
    let stage = Stage::of(backend).await;
    let options = || Options { event_ids: true, ..Options::default() };
    let port = stage.port.number();
    let gateway = stage.gateway(Options { simulate: BUSY, port, ..options() }).await;
    let proxy = Proxy::start(port, Eats::WebSockets).await;
    let source = stage.sign_in(&proxy.url).await.unwrap();
    stage
        .desk
        .until_link("it comes over events", |link| {
            matches!(link, Link::Live { transport: TransportKind::Sse, .. })
        })
        .await;
    stage.until_stored(SOME).await;
    // A stream that never gave an id cannot go on after it.
    stage.until("each stream has spoken", async || stage.has_stored_of_each_stream().await).await;
    gateway.kill().await;
    stage.desk.until_link("the link is broken", |link| matches!(link, Link::Retrying { .. })).await;
    stage.clock.hold(true);
    // What happens while nobody is connected.
    let gateway = stage.gateway(Options { simulate: BUSY, port: 0, ..options() }).await;
    gateway.kill().await;
    let gateway = stage.gateway(Options { port, ..options() }).await;
    stage.try_now(source).await;
    stage.desk.until_link("the link is live again", is_live).await;
    stage.until_all_is_stored().await;
    stage
        .until("the gap is closed", async || stage.gaps().await.iter().all(|gap| gap.closed_at.is_some()))
        .await;
    stage.assert_nothing_is_announced_twice();
    drop(gateway);
}

/// A transport that does not come up is no end: the next one is taken, and the better one again when it is there.
async fn it_falls_back_and_returns(
    backend: Backend,
    eats: Eats,
    fallback: TransportKind,
    best: TransportKind,
) {
    let stage = Stage::of(backend).await;
    let gateway = stage.gateway(Options { simulate: BUSY, ..Options::default() }).await;
    let proxy = Proxy::start(gateway.port(), eats).await;
    stage.sign_in(&proxy.url).await.unwrap();
    stage.desk.until_link("it has fallen back", is_live_over(fallback, true)).await;
    stage.until_stored(SOME).await;
    proxy.eat(Eats::Nothing);
    stage.clock.leap(BETTER);
    stage.desk.until_link("it has returned", is_live_over(best, false)).await;
    let before = stage.stored().await.len();
    stage.until_stored(before + SOME).await;
    gateway.kill().await;
    stage.desk.until_link("the link is broken", |link| matches!(link, Link::Retrying { .. })).await;
    stage.assert_only_the_end_of_a_connection_is_missing().await;
    stage.assert_nothing_is_announced_twice();
}

/// A session that runs out is renewed before it does, without anything missing.
async fn a_session_is_renewed_before_it_runs_out(backend: Backend) {
    let stage = Stage::of(backend).await;
    let gateway = stage.gateway(Options { simulate: BUSY, token_lifetime: 12, ..Options::default() }).await;
    stage.sign_in(&gateway.url).await.unwrap();
    stage.desk.until_link("the link is live", is_live).await;
    let connections = || stage.pages().len();
    let before = connections();
    stage.until("it has come back with new sessions", async || connections() >= before + 2).await;
    let overview = stage.desk.desk.overview().await.unwrap();
    assert!(is_live(&overview.sources[0].link), "{:?}", overview.sources[0].link);
    assert_eq!(stage.gaps().await, [], "nothing was missed meanwhile");
    gateway.kill().await;
    stage.desk.until_link("the link is broken", |link| matches!(link, Link::Retrying { .. })).await;
    stage.assert_only_the_end_of_a_connection_is_missing().await;
}

/// Whom the server no longer takes is signed out, with what is stored still there.
async fn who_is_no_longer_taken_is_signed_out(backend: Backend) {
    let stage = Stage::of(backend).await;
    let token = (!backend.has_password && backend.user.is_empty()).then_some("token-of-the-day");
    let port = stage.port.number();
    let gateway = stage.gateway(Options { simulate: BUSY, port, token, ..Options::default() }).await;
    let secret = if backend.has_password { PASSWORD } else { token.unwrap_or_default() };
    if token.is_some() {
        for wrong in ["", "token-of-yesterday"] {
            let failure = stage.sign_in_with(&gateway.url, wrong).await.unwrap_err();
            assert_eq!(failure.code, FailureCode::CredentialRefused, "{failure:?}");
        }
    }
    let source = stage.sign_in_with(&gateway.url, secret).await.unwrap();
    stage.until_stored(SOME).await;
    gateway.kill().await;
    stage.desk.until_link("the link is broken", |link| matches!(link, Link::Retrying { .. })).await;
    let stored = stage.stored().await;
    let changed = Options {
        port,
        token: token.map(|_| "another-token"),
        users: &["somebody-else"],
        ..Options::default()
    };
    let _gateway = stage.gateway(changed).await;
    stage.desk.desk.retry(source).await.unwrap();
    let expected = if backend.has_password {
        SignedOutReason::PasswordRefused
    } else {
        SignedOutReason::CredentialRefused
    };
    stage
        .desk
        .until_link(
            "it is signed out",
            |link| matches!(link, Link::SignedOut { reason } if *reason == expected),
        )
        .await;
    assert_eq!(stage.stored().await, stored, "what was stored is still there");
}

/// All backends on one desk: each has its own link, and what becomes of one is nothing to the others.
#[tokio::test]
async fn several_sources_live_side_by_side() {
    let stage = Stage::of(Backend { name: "all", ..named("aml") }).await;
    let gateway = stage.gateway(Options { simulate: BUSY, ..Options::default() }).await;
    let journal = stage.gateway.path().join("journal-0");
    let mut sources = Vec::new();
    for backend in BACKENDS {
        let url = format!("{}/{}", gateway.url, backend.name);
        let request = request(backend, &url, if backend.has_password { PASSWORD } else { "" });
        sources.push((backend.name, stage.desk.desk.sign_in(request).await.unwrap()));
    }
    let all_live = |overview: &Overview| overview.sources.iter().all(|source| is_live(&source.link));
    stage.desk.until("all are live", all_live).await;
    for backend in BACKENDS {
        stage
            .until("something of each is stored", async || {
                stored(backend.name, &stage.desk.path).await.len() > 5
            })
            .await;
    }
    let (_, first) = sources[0];
    stage.desk.desk.sign_out(first).await.unwrap();
    let one_is_out = |overview: &Overview| {
        overview.sources.iter().all(|source| is_live(&source.link) != (source.id == first))
    };
    stage.desk.until("one is signed out and the others are live", one_is_out).await;
    gateway.kill().await;
    let none_is_live = |overview: &Overview| overview.sources.iter().all(|source| !is_live(&source.link));
    stage.desk.until("the links are broken", none_is_live).await;
    for backend in BACKENDS {
        let said: BTreeSet<String> = pages(backend.name, &journal).into_iter().flatten().collect();
        let stored = stored(backend.name, &stage.desk.path).await;
        assert!(!stored.is_empty() && stored.is_subset(&said), "{}", backend.name);
    }
}

/// A test of each promise for each backend named.
macro_rules! promises {
    ($($promise:ident: $($backend:ident = $name:literal),+;)+) => {$(
        mod $promise {
            $(#[tokio::test]
            async fn $backend() {
                super::$promise(super::named($name)).await;
            })+
        }
    )+};
}

promises! {
    everything_sent_is_stored_once:
        aml = "aml", big_defend = "big-defend", credit = "credit", flowfi = "flowfi", generic = "generic",
        trading = "trading";
    after_a_restart_nothing_is_missing_but_what_cannot_be_had:
        aml = "aml", big_defend = "big-defend", credit = "credit", flowfi = "flowfi", generic = "generic",
        trading = "trading";
    with_ids_a_stream_goes_on_where_it_was:
        aml = "aml", credit = "credit", flowfi = "flowfi", generic = "generic", trading = "trading";
    a_session_is_renewed_before_it_runs_out:
        big_defend = "big-defend", trading = "trading";
    who_is_no_longer_taken_is_signed_out:
        aml = "aml", big_defend = "big-defend", credit = "credit", flowfi = "flowfi", generic = "generic",
        trading = "trading";
}

mod it_falls_back_and_returns {
    use vigie_core::model::TransportKind::{Polling, Sse, WebSocket};
    use vigie_tests::proxy::Eats;

    use super::{it_falls_back_and_returns, named};

    #[tokio::test]
    async fn aml() {
        it_falls_back_and_returns(named("aml"), Eats::Streams, Polling, Sse).await;
    }

    #[tokio::test]
    async fn big_defend() {
        it_falls_back_and_returns(named("big-defend"), Eats::WebSockets, Polling, WebSocket).await;
    }

    #[tokio::test]
    async fn credit() {
        it_falls_back_and_returns(named("credit"), Eats::WebSockets, Sse, WebSocket).await;
    }

    #[tokio::test]
    async fn generic() {
        it_falls_back_and_returns(named("generic"), Eats::Streams, Polling, Sse).await;
    }

    #[tokio::test]
    async fn trading() {
        it_falls_back_and_returns(named("trading"), Eats::EventStreams, Polling, Sse).await;
    }
}
