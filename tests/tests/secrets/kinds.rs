//! The same for every kind of sign-in, over every transport, also when it goes wrong.

use std::sync::Arc;

use tempfile::tempdir;
use vigie_core::desk::view::{AlertAction, Failure, FailureCode};
use vigie_core::model::ActionKind;
use vigie_core::model::{Link, SourceId};
use vigie_core::vault::SessionVault;
use vigie_tests::clock::ManualClock;
use vigie_tests::desk::TestDesk;
use vigie_tests::port::ReservedPort;
use vigie_tests::server::{Answer, Server, TOKEN, Wire};

use super::{PASSWORD, assert_all_clean, assert_clean, log};

/// A token or key.
pub const KEY: &str = "key-51e8-not-to-be-seen";
/// What a session's cookie holds.
pub const COOKIE: &str = "cookie-c44d-not-to-be-seen";

/// A kind of sign-in.
struct Kind {
    sign_in: &'static str,
    /// What its stream says of the token.
    stream: &'static str,
    /// What the analyst types.
    typed: &'static str,
    /// What goes with a request, as it stands there.
    sent: String,
    /// Whether the server gives a session for it.
    gives_session: bool,
}

fn kinds() -> [Kind; 6] {
    let key = |sign_in, sent| Kind { sign_in, stream: "", typed: KEY, sent, gives_session: false };
    let password =
        |sign_in, stream, sent| Kind { sign_in, stream, typed: PASSWORD, sent, gives_session: true };
    let token = "kind = \"password\"\npath = \"/auth/login\"\ntoken = \"/access_token\"\nexpires_in = \"/expires_in\"";
    [
        key("kind = \"bearer\"", format!("authorization: Bearer {KEY}")),
        key("kind = \"header\"\nheader = \"X-Api-Key\"", format!("x-api-key: {KEY}")),
        key("kind = \"query\"\nparameter = \"key\"", format!("key={KEY}")),
        password(token, "", format!("authorization: Bearer {TOKEN}")),
        password(token, "token_parameter = \"token\"", format!("token={TOKEN}")),
        password("kind = \"cookie\"\npath = \"/auth/login\"", "", format!("cookie: session={COOKIE}")),
    ]
}

impl Kind {
    fn profile(&self) -> String {
        format!(
            r#"
            name = "small"
            title = "Small"
            url = "http://localhost"
            [sign_in]
            {sign_in}
            [[transport]]
            kind = "sse"
            fetch = []
            [[transport.stream]]
            path = "/events"
            {stream}
            [[transport]]
            kind = "websocket"
            fetch = []
            [[transport.stream]]
            path = "/ws"
            {stream}
            [[transport]]
            kind = "polling"
            poll = ["all"]
            [[list]]
            name = "all"
            path = "/all"
            items = "/items"
            [[message]]
            type = "*"
            kind = "alert"
            id = "/id"
            [message.facts]
            severity = "/severity"
            [action.acknowledge]
            method = "POST"
            path = "/alerts/{{id}}/seen"
            "#,
            sign_in = self.sign_in,
            stream = self.stream,
        )
    }

    fn secrets(&self) -> String {
        format!("{}{TOKEN}{COOKIE}", self.typed)
    }
}

const LOGIN: &str = "POST /auth/login";
/// Every way to get at the news.
const NEWS: [&str; 3] = ["STREAM /events", "GET /ws", "GET /all"];

/// Answers of a server that tells the secrets that it knows, wherever it can.
fn indiscreet(secrets: &str, elsewhere: &str) -> Vec<Answer> {
    let telling = |status, headers: String| Answer { status, headers, body: secrets.as_bytes().to_vec() };
    vec![
        telling(500, format!("x-secret: {secrets}\r\n")),
        telling(404, format!("www-authenticate: Bearer realm=\"{secrets}\"\r\n")),
        telling(429, format!("retry-after: {secrets}\r\n")),
        telling(307, format!("location: {elsewhere}/{secrets}?key={secrets}\r\n")),
        telling(302, format!("location: /elsewhere?key={secrets}\r\n")),
        telling(302, format!("location: http://{secrets}@[\r\n")),
        telling(200, "content-type: text/html\r\n".to_owned()),
        telling(200, format!("content-encoding: {secrets}\r\n")),
        telling(200, format!("etag: \"{secrets}\"\r\ncontent-type: application/json\r\n")),
    ]
}

struct Stage {
    desk: TestDesk,
    server: Server,
    source: SourceId,
    /// Its stream, until it breaks.
    wire: Option<Wire>,
}

impl Stage {
    /// A desk that is live by this kind of sign-in.
    async fn of(kind: &Kind, folder: &std::path::Path) -> Self {
        let (vault, clock) = (Arc::new(SessionVault::default()), Arc::new(ManualClock::default()));
        let desk = TestDesk::start_knowing(folder, vault, clock, &[&kind.profile()]).await;
        desk.desk.watch().await.unwrap();
        let mut server = Server::start().await;
        server.answer("GET /all", Answer::json(r#"{"items":[]}"#));
        server.answer("STREAM /elsewhere", Answer::status(404));
        let json = format!(r#"{{"access_token":"{TOKEN}","expires_in":3600}}"#);
        let headers = format!("set-cookie: session={COOKIE}; HttpOnly\r\n");
        server.answer(LOGIN, Answer { headers, ..Answer::json(&json) });
        let source = desk.sign_in_as("small", &server.url, "ada", kind.typed).await.unwrap();
        if !kind.gives_session {
            // Only to find out whether the server takes it.
            drop(server.wire().await);
        }
        let wire = Some(server.wire().await);
        desk.until_live().await;
        Self { desk, server, source, wire }
    }

    /// Has the server answer this to everything but a sign-in, and waits until the link has broken once more.
    async fn broken_by(&self, answer: &Answer) {
        for news in NEWS {
            self.server.answer(news, answer.clone());
        }
        let failures = |link: &Link| match link {
            Link::Retrying { attempts, .. } => *attempts,
            _ => 0,
        };
        let before = failures(&self.desk.desk.overview().await.unwrap().sources[0].link);
        self.desk.desk.retry(self.source).await.unwrap();
        self.desk.until_link("it is broken again", |link| failures(link) > before).await;
    }
}

#[tokio::test]
async fn no_kind_of_secret_is_seen_while_it_works_nor_when_news_go_wrong() {
    log::begin();
    for kind in kinds() {
        let (folder, other) = (tempdir().unwrap(), Server::start().await);
        let mut stage = Stage::of(&kind, folder.path()).await;
        let mut wire = stage.wire.take().unwrap();
        wire.event(r#"{"id":"a-1","severity":"critical"}"#).await;
        stage.desk.desktop.until(|shown| shown.notifications.len() == 1).await;
        let alert = stage.desk.alerts().await[0].id;
        let action = AlertAction { alert, action: ActionKind::Acknowledge, state: None, owner: None };
        for answer in indiscreet(&kind.secrets(), &other.url) {
            stage.server.answer("POST /alerts/a-1/seen", answer);
            let asked = stage.server.count("POST /alerts");
            let deed = stage.desk.desk.act(action.clone()).await.unwrap();
            // After a failure nothing is sent before it is time.
            stage.desk.desk.retry(stage.source).await.unwrap();
            stage.server.until_asked("POST /alerts", asked + 1).await;
            let mut overviews = stage.desk.desk.overviews();
            while let Err(Failure { code: FailureCode::BeingSent, .. }) = stage.desk.desk.withdraw(deed).await
            {
                overviews.changed().await.unwrap();
            }
        }
        let deeds = stage.desk.desk.alert(alert).await.unwrap().deeds;
        assert!(!deeds.is_empty());
        assert_clean("what became of an action", format!("{deeds:?}").as_bytes());
        assert_eq!(other.visits(), 0);

        drop(wire);
        stage.desk.until_link("it is closed", |link| matches!(link, Link::Retrying { .. })).await;
        for answer in indiscreet(&kind.secrets(), &other.url) {
            stage.broken_by(&answer).await;
        }
        assert_eq!(other.visits(), 0);

        for method in ["STREAM /events", "GET /all", "POST /alerts"] {
            let heads = stage.server.heads();
            let mut asked = heads.iter().filter(|head| head.starts_with(method));
            // The token stands in the address of a stream alone.
            let expected = if kind.stream.is_empty() || method == "STREAM /events" {
                kind.sent.clone()
            } else {
                format!("authorization: Bearer {TOKEN}")
            };
            assert!(asked.all(|head| head.contains(&expected)), "{method} goes without {expected}");
        }

        // Whoever does not take us any longer gives us no peace, or signs us out.
        for news in NEWS {
            stage.server.answer(news, Answer { body: kind.secrets().into(), ..Answer::status(401) });
        }
        stage.desk.desk.retry(stage.source).await.unwrap();
        stage.desk.until_link("it is signed out", |link| matches!(link, Link::SignedOut { .. })).await;
        assert_all_clean(&stage.desk, folder.path()).await;
    }
}

#[tokio::test]
async fn no_kind_of_secret_is_seen_when_a_sign_in_goes_wrong() {
    log::begin();
    for kind in kinds() {
        let (folder, other) = (tempdir().unwrap(), Server::start().await);
        let stage = Stage::of(&kind, folder.path()).await;
        let secrets = kind.secrets();
        let mut answers = indiscreet(&secrets, &other.url);
        answers.extend(
            [401, 403, 204].map(|status| Answer { body: secrets.clone().into(), ..Answer::status(status) }),
        );
        if kind.gives_session {
            let token = |json: String| Answer {
                headers: format!("set-cookie: {secrets}\r\n"),
                ..Answer::json(&json)
            };
            answers.extend([
                token(secrets.clone()),
                token(format!(r#"{{"access_token":{{"{secrets}":1}}}}"#)),
                token(format!(r#"{{"token":"{secrets}"}}"#)),
                token(format!(r#"{{"access_token":"{secrets}\n"}}"#)),
            ]);
        }
        let mut failures = Vec::new();
        for answer in answers {
            if kind.gives_session {
                stage.server.answer(LOGIN, answer);
            } else {
                NEWS.iter().for_each(|news| stage.server.answer(news, answer.clone()));
            }
            failures.extend(stage.desk.sign_in_as("small", &stage.server.url, "ada", kind.typed).await.err());
        }
        assert!(failures.len() > 8, "{failures:?}");
        // Nobody else is to take what is meant for a sign-in.
        let Stage { desk, mut server, source, .. } = stage;
        desk.desk.remove_source(source).await.unwrap();
        server.drop_open();
        NEWS.iter().for_each(|news| server.answer(news, Answer::status(500)));
        server.answer_by_hand(if kind.gives_session { LOGIN } else { NEWS[0] });
        let url = server.url.clone();
        for said in [format!("HTTP/1.1 500 {secrets}\r\n\r\n"), format!("{secrets}\r\n\r\n"), String::new()] {
            let (outcome, ()) = tokio::join!(desk.sign_in_as("small", &url, "ada", kind.typed), async {
                server.wire().await.send(said).await
            });
            failures.push(outcome.unwrap_err());
        }
        // One that no header can carry.
        let odd = format!("{}\n{0}", kind.typed);
        failures.extend(desk.sign_in_as("small", &other.url, "ada", &odd).await.err());
        let nobody = ReservedPort::new();
        let unreachable = desk.sign_in_as("small", &nobody.url(), "ada", kind.typed).await;
        failures.push(unreachable.unwrap_err());
        assert_clean("an error", format!("{failures:?}").as_bytes());
        assert_all_clean(&desk, folder.path()).await;
    }
}
