//! The real window on a desktop of its own: what an analyst is promised, from the form to the tray.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed, and says where"
)]
#![cfg(target_os = "linux")]

use serde_json::json;
use tempfile::tempdir;
use vigie_tests::desktop_session::{App, Session, TrayItem};
use vigie_tests::gateway::{self, GatewayProcess, program};
use vigie_tests::port::ReservedPort;
use vigie_tests::server::{Answer, Connection, Server, TOKEN, alert, alert_version, transaction};

const USER: &str = "ada";
const PASSWORD: &str = "password-77d0-not-to-be-seen";
/// The window's title.
const TITLE: &str = "Vigie";

/// Opens the application and signs in to a server.
async fn signed_in(session: &Session, server: &mut Server) -> (App, Connection) {
    let app = session.open().await;
    session.keep_picture(&app, "onboarding").await;
    app.sign_in(&server.url, USER, PASSWORD).await;
    let connection = server.connection().await;
    app.until_link(&["live"]).await;
    (app, connection)
}

/// Opens the application and signs in to a gateway.
async fn watching(session: &Session, gateway: &GatewayProcess) -> App {
    let app = session.open().await;
    app.sign_in(&gateway.url, gateway::USER, gateway::PASSWORD).await;
    app.until_link(&["live"]).await;
    app
}

/// Whether the tray says exactly this, in its tooltip below the program's name and at the top of its menu.
fn tells(item: &TrayItem, lines: &[&str]) -> bool {
    let menu = item.menu.iter().take_while(|line| !line.is_empty());
    item.tooltip.iter().skip(1).eq(lines) && menu.eq(lines)
}

#[tokio::test]
async fn an_alert_appears_in_the_window_and_a_click_on_its_notification_opens_it() {
    let (session, mut server) = (Session::start().await, Server::start().await);
    let (app, connection) = signed_in(&session, &mut server).await;
    app.script("window.sameDocument = true").await;
    connection.send(alert(1, "high")).await;
    connection.send(alert(2, "critical")).await;
    app.until_row("alert-row", "a-1").await;
    app.until_row("alert-row", "a-2").await;
    let raised = session.notifications().until(|one| one.urgency == Some(2)).await;
    assert_eq!((raised.app.as_str(), raised.summary.as_str()), ("Vigie", "Critical: Card testing"));
    let words = format!("{raised:?}");
    assert!(!words.contains("Ada") && !words.contains("12.5"), "{words}");
    session.notifications().click(raised.id, async || app.has_row("alert-detail", "a-2").await).await;
    session.keep_picture(&app, "alert").await;
    // With the window closed too.
    session.display.close(TITLE);
    session.display.until_shown(TITLE, false).await;
    connection.send(alert(3, "critical")).await;
    let other = session.notifications().until(|one| one.urgency == Some(2) && one.id != raised.id).await;
    session.notifications().click(other.id, async || app.has_row("alert-detail", "a-3").await).await;
    session.display.until_shown(TITLE, true).await;
    assert_eq!(app.script("return window.sameDocument === true").await, true, "the page was loaded anew");
}

#[tokio::test]
async fn a_wrong_password_is_said_in_words_and_nothing_is_kept_of_it() {
    let (session, server) = (Session::start().await, Server::start().await);
    server.answer("POST /auth/login", Answer::status(401));
    let app = session.open().await;
    app.sign_in(&server.url, USER, PASSWORD).await;
    assert_eq!(
        app.text(r#"[data-testid="sign-in-error"]"#).await,
        "The server refused the name or the password."
    );
    assert!(session.bus.secrets().await.is_empty());
    app.until_there("onboarding").await;
}

#[tokio::test]
async fn a_killed_server_leaves_everything_readable_and_comes_back_without_a_row_twice() {
    let (session, folder) = (Session::start().await, tempdir().unwrap());
    let port = ReservedPort::new();
    let gateway = GatewayProcess::start(folder.path(), port.number(), 5).await;
    let app = watching(&session, &gateway).await;
    app.until("there are alerts", r#"return document.querySelector('[data-testid="alert-row"]')"#).await;
    gateway.kill().await;
    app.until_link(&["retrying", "offline"]).await;
    let stored = (app.all_alerts().await, app.all_transactions().await);
    let drawn = app.rows("alert-row").await;
    app.until_there("offline-banner").await;
    assert!(!drawn.is_empty());
    assert_eq!(app.rows("alert-row").await, drawn, "what is stored stays where it was");
    session.keep_picture(&app, "offline").await;
    let _gateway = GatewayProcess::start(folder.path(), port.number(), 5).await;
    // Unless it has tried again by itself already.
    app.script(r#"document.querySelector('[data-testid="retry-now"]')?.click()"#).await;
    app.until_link(&["live"]).await;
    app.until_gone("offline-banner").await;
    let now = (app.all_alerts().await, app.all_transactions().await);
    assert!(now.0.is_superset(&stored.0) && now.1.is_superset(&stored.1), "something was lost");
    app.rows("alert-row").await;
}

#[tokio::test]
async fn the_overview_draws_what_is_stored_as_it_comes_and_without_the_server() {
    let (session, folder) = (Session::start().await, tempdir().unwrap());
    let gateway = GatewayProcess::start(folder.path(), 0, 20).await;
    let app = watching(&session, &gateway).await;
    let listen = "window.refused = []; document.addEventListener('securitypolicyviolation', (one) =>
        window.refused.push(one.violatedDirective))";
    app.script(listen).await;
    app.press("nav-overview").await;
    app.press("span-hour").await;
    let paid = "[...document.querySelectorAll('[data-chart=payments] td')].map((cell) =>
        Number(cell.textContent.replace(/\\D/g, ''))).reduce((sum, one) => sum + one, 0)";
    app.until("payments are drawn", "return document.querySelector('[data-chart=payments] canvas')").await;
    session.keep_picture(&app, "overview").await;
    // Each chart is a table too, which says how much is drawn.
    app.click(r#"[data-chart="payments"] [data-testid="as-table"]"#).await;
    let first = app.script(&format!("return {paid}")).await.as_u64().unwrap();
    app.until("it follows", &format!("return {paid} > {first}")).await;
    gateway.kill().await;
    app.until_link(&["retrying", "offline"]).await;
    app.press("nav-alerts").await;
    app.press("nav-overview").await;
    app.until("it is there", "return document.querySelector('[data-chart=payments] canvas')").await;
    app.click(r#"[data-chart="payments"] [data-testid="as-table"]"#).await;
    app.until("nothing is missing", &format!("return {paid} >= {first}")).await;
    assert_eq!(app.script("return window.refused").await, json!([]));
}

#[tokio::test]
async fn who_logs_out_ends_it_as_quit_does() {
    use rustix::process::Signal;
    let session = Session::start().await;
    for (times, signal) in (1..).zip([Signal::TERM, Signal::INT, Signal::HUP]) {
        session.open().await.end_by(signal).await;
        assert_eq!(session.place.log().matches("Vigie has ended").count(), times, "{signal:?}");
        let file = |suffix: &str| session.place.data().join(format!("vigie.sqlite{suffix}"));
        let health = std::fs::read_to_string(file("-health")).unwrap();
        assert!(health.contains(r#""running":false"#), "{signal:?}: {health}");
        assert!(file("").exists() && !file("-wal").exists(), "{signal:?}");
    }
}

#[tokio::test]
async fn after_a_restart_the_stored_shows_without_the_server_and_the_vault_signs_in_with_it() {
    let (session, folder) = (Session::start().await, tempdir().unwrap());
    let port = ReservedPort::new();
    let gateway = GatewayProcess::start(folder.path(), port.number(), 5).await;
    let app = watching(&session, &gateway).await;
    app.until("there are alerts", r#"return document.querySelector('[data-testid="alert-row"]')"#).await;
    gateway.kill().await;
    app.until_link(&["retrying", "offline"]).await;
    let drawn = app.drawn_alerts().await;
    session.tray().choose("Quit").await;
    app.until_ended().await;

    let app = session.open().await;
    app.until_rows("alert-row", &drawn).await;
    app.until_there("offline-banner").await;
    session.tray().choose("Quit").await;
    app.until_ended().await;

    let _gateway = GatewayProcess::start(folder.path(), port.number(), 5).await;
    let app = session.open().await;
    app.until_link(&["live"]).await;
    app.until_gone("offline-banner").await;
    assert!(app.all_alerts().await.is_superset(&drawn));
}

#[tokio::test]
async fn signing_out_removes_the_password_from_the_vault_and_keeps_what_is_stored() {
    let (session, mut server) = (Session::start().await, Server::start().await);
    let (app, connection) = signed_in(&session, &mut server).await;
    connection.send(alert(1, "high")).await;
    app.until_row("alert-row", "a-1").await;
    assert_eq!(session.bus.secrets().await, [format!("{USER}@{}/", server.url)]);
    app.press("nav-sources").await;
    app.until_there("sign-out").await;
    session.keep_picture(&app, "sources").await;
    app.press("sign-out").await;
    app.until_link(&["signed_out"]).await;
    app.until_gone("sign-out").await;
    session.bus.until_no_secret().await;
    app.press("nav-alerts").await;
    app.until_row("alert-row", "a-1").await;
}

#[tokio::test]
async fn the_tray_tells_the_state_and_outlives_the_window_until_quit() {
    let (session, mut server) = (Session::start().await, Server::start().await);
    let (app, connection) = signed_in(&session, &mut server).await;
    let calm = session.tray().until("is live", |item| tells(item, &["Live"])).await;
    assert_eq!(calm.title, "Vigie");
    connection.send(alert(1, "critical")).await;
    let counts = ["Live", "1 alert to look at: 1 critical"];
    let alarmed = session.tray().until("counts", |item| tells(item, &counts)).await;
    assert_ne!(alarmed.icon, calm.icon, "a critical alert has a sign of its own");

    session.display.close(TITLE);
    session.display.until_shown(TITLE, false).await;
    assert!(app.is_running());
    session.notifications().until(|one| one.summary == "Vigie keeps watching").await;
    session.tray().choose("Open Vigie").await;
    session.display.until_shown(TITLE, true).await;

    app.until_row("alert-row", "a-1").await;
    app.click(r#"[data-testid="alert-row"]"#).await;
    app.press("acknowledge").await;
    let seen = session.tray().until("is calm", |item| tells(item, &["Live"])).await;
    assert_eq!(seen.icon, calm.icon);
    session.tray().choose("Quit").await;
    app.until_ended().await;
}

#[tokio::test]
async fn a_second_start_shows_the_window_of_the_first_and_ends() {
    let session = Session::start().await;
    let app = session.open().await;
    session.tray().until("is there", |item| tells(item, &["Signed out"])).await;
    session.display.close(TITLE);
    session.display.until_shown(TITLE, false).await;
    assert!(session.open_again().await.success());
    session.display.until_shown(TITLE, true).await;
    assert!(app.is_running());
}

#[tokio::test]
async fn started_at_login_the_window_waits_in_the_tray_and_is_found_where_there_is_none() {
    let session = Session::start().await;
    let hidden = |session: &Session| [&session.arguments()[..], &["--hidden".to_owned()]].concat();
    let _app = session.run(&program("vigie"), &hidden(&session));
    session.tray().until("is there", |item| tells(item, &["Signed out"])).await;
    session.display.until_shown(TITLE, false).await;
    session.tray().choose("Open Vigie").await;
    session.display.until_shown(TITLE, true).await;

    let bare = Session::bare().await;
    let _app = bare.run(&program("vigie"), &hidden(&bare));
    bare.display.until_shown(TITLE, true).await;
}

#[tokio::test]
async fn without_vault_notifications_and_tray_the_window_says_so_and_the_session_works() {
    let (session, mut server) = (Session::bare().await, Server::start().await);
    let app = session.open().await;
    app.until_notice("no_vault").await;
    app.until_notice("no_tray").await;
    app.sign_in(&server.url, USER, PASSWORD).await;
    let connection = server.connection().await;
    app.until_link(&["live"]).await;
    connection.send(alert(1, "critical")).await;
    app.until_row("alert-row", "a-1").await;
    app.until_notice("notifications_fail").await;
    session.keep_picture(&app, "notices").await;
    app.kill().await;
    let app = session.open().await;
    app.until_row("alert-row", "a-1").await;
    app.until_link(&["signed_out"]).await;
}

#[tokio::test]
async fn whatever_a_server_writes_is_shown_as_text() {
    const HOSTILE: &str =
        "<img src=x onerror=\"window.__pwned=1\"><script>window.__pwned=1</script>\u{202E}txet";
    let (session, mut server) = (Session::start().await, Server::start().await);
    let (app, connection) = signed_in(&session, &mut server).await;
    let time = "2026-01-01T00:00:00Z";
    let texts = |id: &str| {
        json!({ "id": id, "transactionId": HOSTILE, "severity": "critical", "type": HOSTILE, "status": "open",
            "description": HOSTILE, "assignedTo": HOSTILE, "customerName": HOSTILE, "customerId": HOSTILE,
            "merchant": HOSTILE, "city": HOSTILE, "country": HOSTILE, "channel": HOSTILE, "amount": 1.5,
            "currency": HOSTILE, "timestamp": time, "updatedAt": time })
    };
    let frame = |kind, sequence, payload| {
        json!({ "type": kind, "sequence": sequence, "payload": payload }).to_string()
    };
    connection.send(frame("newTransaction", 1, texts(HOSTILE))).await;
    connection.send(frame("fraudAlert", 2, texts(HOSTILE))).await;
    app.click(r#"[data-testid="alert-row"]"#).await;
    app.until_there("alert-raw").await;
    let is_text = "return document.body.innerText.includes('<img src=x onerror=')";
    assert_eq!(app.script(is_text).await, true);
    session.keep_picture(&app, "hostile").await;
    // What turns the reading direction stays in a box of its own. What is only heard has none.
    let reordering = "return [...document.querySelectorAll('#window :not(.visually-hidden)')].filter((one) =>
        [...one.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.includes('\\u202E'))
        && !getComputedStyle(one).unicodeBidi.includes('isolate')).map((one) => one.outerHTML)";
    assert_eq!(app.script(reordering).await, json!([]));
    let elements = "return document.querySelectorAll('img, body script, [onerror]').length";
    assert_eq!(app.script(elements).await, 0);
    app.press("nav-transactions").await;
    app.click(r#"[data-testid="transaction-row"]"#).await;
    assert_eq!(app.script(is_text).await, true);
    assert_eq!(app.script(elements).await, 0);
    session.keep_picture(&app, "transactions").await;
    assert_eq!(app.script("return typeof window.__pwned").await, "undefined");
    let raised = session.notifications().until(|one| one.urgency == Some(2)).await;
    assert!(!raised.body.contains('<') && !raised.summary.contains('\u{202E}'), "{raised:?}");
}

#[tokio::test]
async fn no_token_and_no_password_is_written_or_shown_anywhere() {
    let (mut session, mut server) = (Session::start().await, Server::start().await);
    // Not even where somebody looks for a fault.
    session.log_filter = Some("trace");
    let (app, connection) = signed_in(&session, &mut server).await;
    connection.send(transaction(1)).await;
    connection.send(alert(1, "critical")).await;
    app.until_row("alert-row", "a-1").await;
    session.notifications().until(|one| one.urgency == Some(2)).await;
    // A link that breaks and comes back says the most in the log.
    drop(connection);
    let connection = server.connection().await;
    app.until_link(&["live"]).await;
    connection.send(alert_version(1, "critical", "investigating", 1)).await;
    app.until("the change is there", "return document.body.innerText.includes('Investigating')").await;
    let page = app.html().await;
    let kept =
        app.script("return JSON.stringify([{...localStorage}, {...sessionStorage}])").await.to_string();
    let inputs = "return [...document.querySelectorAll('input')].map((input) => input.value)";
    let shown = app.script(inputs).await.to_string();
    let raised = format!("{:?}", session.notifications().raised());
    let log = session.place.log();
    assert!(log.contains("TRACE") && log.contains("vigie_core"), "this is not the whole log: {log}");
    for secret in [TOKEN, PASSWORD] {
        for (place, text) in [
            ("page", &page),
            ("storage", &kept),
            ("inputs", &shown),
            ("notifications", &raised),
            ("log", &log),
        ] {
            assert!(!text.contains(secret), "{secret} is in the {place}: {text}");
        }
    }
    let files = session.place.data_files();
    let found_in = |text: &str| {
        let has_it = |bytes: &[u8]| bytes.windows(text.len()).any(|window| window == text.as_bytes());
        files.iter().find(|(_, bytes)| has_it(bytes)).map(|(path, _)| path)
    };
    assert!(found_in("Ada Lovelace").is_some(), "what is kept cannot be found, so neither can a secret");
    for secret in [TOKEN, PASSWORD] {
        assert_eq!(found_in(secret), None, "{secret} is in a file");
    }
    // Each day has a log of its own, and this may be two.
    let logs = files.iter().filter(|(path, _)| path.extension().is_some_and(|end| end == "log"));
    let text: String = logs.map(|(_, bytes)| String::from_utf8_lossy(bytes)).collect();
    assert!(text.contains("the link is live"), "{text}");
    assert!(!text.contains("Ada Lovelace"), "a customer is in the log: {text}");
}

#[tokio::test]
async fn the_window_tells_what_vigie_did_and_saves_a_report_that_names_nobody() {
    let (session, mut server) = (Session::start().await, Server::start().await);
    let (app, connection) = signed_in(&session, &mut server).await;
    connection.send(transaction(1)).await;
    connection.send(alert(1, "critical")).await;
    app.until_row("alert-row", "a-1").await;
    app.press("nav-sources").await;
    app.until_there("figures").await;
    let received = r#"[data-testid="figures"] tbody td:nth-child(2)"#;
    app.until(
        "both are counted",
        &format!("return document.querySelector('{received}')?.textContent === '2'"),
    )
    .await;
    session.keep_picture(&app, "diagnostics").await;
    app.press("save-report").await;
    app.until_there("report-saved").await;
    let report = std::fs::read_to_string(app.text(r#"[data-testid="report-saved"] code"#).await).unwrap();
    for private in ["Ada Lovelace", USER, PASSWORD, TOKEN, &server.url] {
        assert!(!report.contains(private), "{private} is in the report: {report}");
    }
    let report: serde_json::Value = serde_json::from_str(&report).unwrap();
    assert_eq!(report["figures"]["sources"][0]["stored"], 2);
    assert!(report["versions"]["webview"].is_string() && report["sources"][0]["link"]["state"] == "live");
}

#[tokio::test]
async fn a_killed_application_has_lost_nothing_that_was_seen() {
    let (session, folder) = (Session::start().await, tempdir().unwrap());
    let gateway = GatewayProcess::start(folder.path(), 0, 50).await;
    let app = watching(&session, &gateway).await;
    let more = app.all_transactions().await.len() + 200;
    app.until_transactions(more).await;
    app.until_there("alert-row").await;
    let seen = app.rows("alert-row").await;
    app.press("nav-transactions").await;
    app.until_there("transaction-row").await;
    let seen_transactions = app.rows("transaction-row").await;
    app.kill().await;
    assert!(!seen.is_empty() && !seen_transactions.is_empty());
    let app = session.open().await;
    assert!(app.all_alerts().await.is_superset(&seen));
    assert!(app.all_transactions().await.is_superset(&seen_transactions));
}

#[tokio::test]
async fn without_a_display_the_program_says_what_is_missing_and_ends() {
    let folder = tempdir().unwrap();
    let output = tokio::process::Command::new(program("vigie"))
        .arg("--data")
        .arg(folder.path())
        .env_clear()
        .env("HOME", folder.path())
        .kill_on_drop(true)
        .output()
        .await
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("neither WAYLAND_DISPLAY nor DISPLAY is set"), "{said}");
}
