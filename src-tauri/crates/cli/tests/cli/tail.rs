//! `tail` prints what is stored as it is stored: once each, with what became of the link and of what was missed.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};
use vigie_gateway::Gateway;

use crate::place::{IN_VAIN, Place, Said};
use crate::server::{PASSWORD, SPREE, USER, gateway, gateway_on, pay};

/// A running `tail`.
struct Tail {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
    said: Vec<String>,
}

impl Tail {
    fn start(command: &mut Command) -> Self {
        let mut child = command.env("VIGIE_PASSWORD", PASSWORD).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Self { child, lines, said: Vec::new() }
    }

    /// Reads until a line is what is waited for.
    async fn until(&mut self, what: &str, is_it: impl Fn(&str) -> bool) -> String {
        loop {
            let line = tokio::time::timeout(IN_VAIN, self.lines.next_line()).await;
            let line =
                line.unwrap_or_else(|_| panic!("waited in vain for {what}: {:#?}", self.said)).unwrap();
            let line = line.unwrap_or_else(|| panic!("it ended before {what}: {:#?}", self.said));
            self.said.push(line.clone());
            if is_it(&line) {
                return line;
            }
        }
    }

    /// Reads until every one of these is in some line.
    async fn until_all(&mut self, wanted: &[String]) {
        let mut missing: BTreeSet<&String> = wanted.iter().collect();
        for line in self.said.clone() {
            missing.retain(|id| !line.contains(*id));
        }
        while !missing.is_empty() {
            let line = self.until("what was sent", |_| true).await;
            missing.retain(|id| !line.contains(*id));
        }
    }

    /// Stops it as Ctrl-C does; gives its exit code and what it said on standard error.
    #[cfg(unix)]
    async fn stop(mut self) -> (Vec<String>, Option<i32>, String) {
        let id = self.child.id().unwrap().to_string();
        let killed = Command::new("kill").args(["-INT", &id]).status().await.unwrap();
        assert!(killed.success());
        let ending = async {
            while let Some(line) = self.lines.next_line().await.unwrap() {
                self.said.push(line);
            }
            let mut error = String::new();
            self.child.stderr.take().unwrap().read_to_string(&mut error).await.unwrap();
            (self.child.wait().await.unwrap().code(), error)
        };
        let (code, error) = tokio::time::timeout(IN_VAIN, ending).await.expect("Ctrl-C does not end it");
        (self.said, code, error)
    }

    /// Ends it without ado where there is no Ctrl-C to send.
    #[cfg(not(unix))]
    async fn stop(mut self) -> (Vec<String>, Option<i32>, String) {
        self.child.kill().await.unwrap();
        let mut error = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut error).await.unwrap();
        (self.said, Some(0), error)
    }
}

fn tail(place: &Place, gateway: &Gateway, more: &[&str]) -> Command {
    let mut command = place.program();
    command.args(["tail", "--url", &gateway.url(), "--user", USER]).args(more);
    command
}

fn objects(lines: &[String]) -> Vec<Value> {
    lines
        .iter()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}")))
        .collect()
}

fn subjects(objects: &[Value], kind: &str) -> Vec<String> {
    let of_kind = objects.iter().filter(|object| object["kind"] == kind);
    of_kind.map(|object| object["subject"].as_str().unwrap().to_owned()).collect()
}

/// The place of the first object after `from` of which this holds.
fn place_of(objects: &[Value], from: usize, is_it: impl Fn(&Value) -> bool) -> usize {
    let found = objects[from..].iter().position(is_it).unwrap_or_else(|| panic!("{:#?}", &objects[from..]));
    from + found
}

#[tokio::test(flavor = "multi_thread")]
async fn every_event_is_printed_once_whatever_becomes_of_the_link() {
    let (place, gateway) = (Place::new(), gateway().await);
    let mut sent = pay(&gateway, "C-1", "Maison Verte", SPREE).await;
    let mut running = Tail::start(&mut tail(&place, &gateway, &["--json"]));
    running.until("the link is live", |line| line.contains(r#""state":"live""#)).await;
    sent.extend(pay(&gateway, "C-2", "Maison Verte", SPREE).await);
    running.until_all(&sent).await;
    gateway.disconnect_all();
    sent.extend(pay(&gateway, "C-3", "Maison Verte", SPREE).await);
    running.until("the gap is closed", |line| line.contains(r#""kind":"gap","state":"closed""#)).await;
    sent.extend(pay(&gateway, "C-4", "Maison Verte", SPREE).await);
    running.until_all(&sent).await;
    let (lines, code, error) = running.stop().await;
    assert_eq!((code, error.as_str()), (Some(0), ""));
    assert!(!lines.iter().any(|line| line.contains(PASSWORD)));

    let objects = objects(&lines);
    let mut printed = subjects(&objects, "transaction");
    printed.sort();
    sent.sort();
    assert_eq!(printed, sent, "all transactions, each once");
    let numbers: Vec<i64> = objects.iter().filter_map(|object| object["id"].as_i64()).collect();
    assert!(numbers.is_sorted_by(|one, next| one < next), "in the order stored, none twice: {numbers:?}");
    let alerts: BTreeSet<String> = subjects(&objects, "alert").into_iter().collect();
    assert!(alerts.len() >= 4, "one for each customer: {alerts:?}");
    let payment = objects.iter().find(|object| object["kind"] == "transaction").unwrap();
    let raw = lines.iter().find(|line| line.contains(&sent[0])).unwrap();
    let amount = payment["facts"]["amount"].as_str().unwrap();
    assert!(raw.contains(&format!(r#""amount":{amount}"#)), "with the server's digits: {raw}");
    assert_eq!(payment["raw"]["merchant"], "Maison Verte", "the message as it came");

    let is_link =
        |state: &'static str| move |object: &Value| object["kind"] == "link" && object["state"] == state;
    let is_gap =
        |state: &'static str| move |object: &Value| object["kind"] == "gap" && object["state"] == state;
    let live = place_of(&objects, 0, is_link("live"));
    assert_eq!(objects[live]["transport"], "websocket");
    let opened = place_of(&objects, live, is_gap("opened"));
    let closed = place_of(&objects, opened, is_gap("closed"));
    assert!(objects[closed]["end"].as_i64() >= objects[closed]["start"].as_i64());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_that_is_broken_says_so_and_when_it_is_live_again() {
    let (place, gateway) = (Place::new(), gateway().await);
    let port = gateway.url().rsplit(':').next().unwrap().parse().unwrap();
    let mut running = Tail::start(&mut tail(&place, &gateway, &["--json"]));
    running.until("the link is live", |line| line.contains(r#""state":"live""#)).await;
    // It stays away until that is told: what lasts a tenth of a second may not be.
    gateway.stop().await;
    let broken = running.until("the link is broken", |line| line.contains(r#""state":"retrying""#)).await;
    assert!(objects(&[broken])[0]["words"].as_str().unwrap().contains("tried again"));
    let _gateway = gateway_on(port).await;
    running.until("the link is live again", |line| line.contains(r#""state":"live""#)).await;
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn what_is_temporary_is_private_and_gone_at_the_end() {
    use std::os::unix::fs::PermissionsExt as _;
    let (place, gateway) = (Place::new(), gateway().await);
    let mut running = Tail::start(&mut tail(&place, &gateway, &[]));
    running.until("the link is live", |line| line.starts_with("link") && line.contains(" live ")).await;
    let entries = |place: &Place| std::fs::read_dir(place.folder().join("tmp")).unwrap().count();
    assert_eq!(entries(&place), 1);
    let folder = std::fs::read_dir(place.folder().join("tmp")).unwrap().next().unwrap().unwrap();
    assert_eq!(folder.metadata().unwrap().permissions().mode() & 0o777, 0o700);
    let (_, code, error) = running.stop().await;
    assert_eq!((code, error.as_str(), entries(&place)), (Some(0), "", 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn words_say_what_happened_and_move_no_cursor() {
    let (place, gateway) = (Place::new(), gateway().await);
    let hostile = "Evil\u{1b}[2J\u{9b}1A\u{202e}\r\nalert fake";
    let sent = pay(&gateway, "C-1", hostile, SPREE).await;
    for more in [&[][..], &["--json"]] {
        let mut running = Tail::start(&mut tail(&place, &gateway, more));
        running.until_all(&sent).await;
        running.until("the link is live", |line| line.contains("live")).await;
        let (lines, _, _) = running.stop().await;
        let mut seen = lines.iter().flat_map(|line| line.chars());
        assert!(!seen.any(|c| c.is_control() || c == '\u{202e}'), "{lines:#?}");
        assert!(!lines.iter().any(|line| line.starts_with("alert fake")));
    }
    let mut running = Tail::start(&mut tail(&place, &gateway, &[]));
    let alert = running.until("an alert", |line| line.starts_with("alert  ")).await;
    assert!(alert.contains(" open ") && alert.contains("EUR"), "{alert}");
    running.until_all(&sent).await;
    let payment = format!("transaction    {} ", sent[0]);
    assert!(running.said.iter().any(|line| line.starts_with(&payment)), "{:#?}", running.said);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_goes_on_where_it_was_and_belongs_to_one_source() {
    let (place, gateway) = (Place::new(), gateway().await);
    let file = place.folder().join("kept.sqlite");
    let store = ["--json", "--store", file.to_str().unwrap()];
    let first = pay(&gateway, "C-1", "Maison Verte", 2).await;
    let mut running = Tail::start(&mut tail(&place, &gateway, &store));
    running.until_all(&first).await;
    running.until("the link is live", |line| line.contains(r#""state":"live""#)).await;
    running.stop().await;
    let second = pay(&gateway, "C-1", "Maison Verte", 2).await;
    let mut running = Tail::start(&mut tail(&place, &gateway, &store));
    running.until_all(&second).await;
    running.until("the gap is closed", |line| line.contains(r#""state":"closed""#)).await;
    let (lines, _, _) = running.stop().await;
    assert_eq!(subjects(&objects(&lines), "transaction"), second);

    let other = crate::server::gateway().await;
    let said = Said::by(tail(&place, &other, &store).env("VIGIE_PASSWORD", PASSWORD)).await;
    assert_eq!(said.code, Some(1));
    assert!(said.error.contains("another source") && said.error.contains(&gateway.url()), "{}", said.error);
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn the_applications_own_database_is_left_alone() {
    let (place, gateway) = (Place::new(), gateway().await);
    let own = place.write("data/app.vigie.desktop/vigie.sqlite", "");
    let said = Said::by(&mut tail(&place, &gateway, &["--store", own.to_str().unwrap()])).await;
    assert_eq!(said.code, Some(1));
    assert!(said.error.contains("choose another file"), "{}", said.error);
    assert_eq!(std::fs::metadata(own).unwrap().len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_is_said_and_shown_nowhere() {
    let (place, gateway) = (Place::new(), gateway().await);
    for variable in ["VIGIE_PASSWORD", "VIGIE_SECRET"] {
        let wrong = "wrong-7b21-not-to-be-seen";
        let mut command = tail(&place, &gateway, &[]);
        let said = Said::by(command.env(variable, wrong).env("VIGIE_LOG", "trace")).await;
        assert_eq!(said.code, Some(1), "{said:?}");
        assert!(said.error.contains("refused the name or the password"), "{}", said.error);
        assert!(!said.error.contains(wrong) && !said.out.contains(wrong));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_password_and_a_terminal_it_says_what_to_set() {
    let (place, gateway) = (Place::new(), gateway().await);
    let said = Said::by(&mut tail(&place, &gateway, &[])).await;
    assert_eq!((said.code, said.out.as_str()), (Some(1), ""));
    assert!(said.error.contains("set VIGIE_PASSWORD"), "{}", said.error);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_makes_no_sense_is_refused_with_the_cure() {
    let place = Place::new();
    let url = "http://127.0.0.1:9";
    for (arguments, cure) in [
        (&["--url", url][..], "--user"),
        (&["--url", "http://bank.example", "--user", "ada"], "use https"),
        (&["--url", url, "--user", "ada", "--profile", "big-defent"], "there are aml, big-defend,"),
        (&["--url", url, "--user", "ada", "--set", "colour=red"], "no parameter `colour`"),
        (&["--url", url, "--user", "ada", "--profile", "none.toml"], "none.toml cannot be read"),
        (&["--url", url, "--user", "ada"], "cannot be reached"),
    ] {
        let said = Said::by(place.program().arg("tail").args(arguments).env("VIGIE_PASSWORD", "x")).await;
        assert_eq!(said.code, Some(1), "{said:?}");
        assert!(said.error.contains(cure) && said.error.lines().count() == 1, "{cure}: {}", said.error);
    }
    let said = Said::by(place.program().args(["tail", "--url", url, "--set", "colour"])).await;
    assert_eq!(said.code, Some(2));
    assert!(said.error.contains("NAME=VALUE"), "{}", said.error);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_cannot_be_kept_there_is_refused_before_anybody_is_asked_for_anything() {
    let place = Place::new();
    let (missing, folder) = (place.folder().join("none"), place.folder().join("data"));
    let before = place.files();
    for (file, cure) in [
        (missing.join("kept.sqlite"), format!("there is no folder {}; make it", missing.display())),
        (folder, "is a folder: name a file".to_owned()),
    ] {
        let arguments = ["tail", "--url", "http://127.0.0.1:9", "--user", "ada", "--store"];
        let said = Said::by(place.program().args(arguments).arg(file)).await;
        assert_eq!(said.code, Some(1), "{said:?}");
        assert!(said.error.contains(&cure) && said.error.lines().count() == 1, "{cure}: {}", said.error);
    }
    assert_eq!(place.files(), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_profile_of_ones_own_is_found_by_name_and_by_file() {
    let (place, gateway) = (Place::new(), gateway().await);
    let text = place.run(&["profile", "show", "big-defend"]).await.out;
    let file = place.write("mine.toml", &text.replacen("big-defend", "mine", 1));
    let mut names = vec![file.to_str().unwrap().to_owned()];
    if cfg!(target_os = "linux") {
        place.write("config/app.vigie.desktop/profiles/mine.toml", &std::fs::read_to_string(&file).unwrap());
        names.push("mine".to_owned());
    }
    let sent = pay(&gateway, "C-1", "Maison Verte", 1).await;
    for name in names {
        let mut running = Tail::start(&mut tail(&place, &gateway, &["--profile", &name]));
        running.until_all(&sent).await;
        running.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_who_reads_any_more_is_an_end_like_any_other() {
    let (place, gateway) = (Place::new(), gateway().await);
    let mut running = Tail::start(&mut tail(&place, &gateway, &[]));
    running.until("the link is live", |line| line.contains(" live ")).await;
    let Tail { mut child, lines, .. } = running;
    drop(lines);
    pay(&gateway, "C-1", "Maison Verte", 1).await;
    let status = tokio::time::timeout(IN_VAIN, child.wait()).await.expect("it goes on for nobody").unwrap();
    assert_eq!(status.code(), Some(0));
    assert!(is_empty(&place.folder().join("tmp")), "what is temporary is gone all the same");
}

fn is_empty(folder: &Path) -> bool {
    std::fs::read_dir(folder).unwrap().next().is_none()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_file_is_refused_and_neither_moved_nor_replaced() {
    let (place, gateway) = (Place::new(), gateway().await);
    let file = place.write("kept.sqlite", &"no database at all, whatever its name says".repeat(100));
    let before = place.files();
    let said = Said::by(
        tail(&place, &gateway, &["--store", file.to_str().unwrap()]).env("VIGIE_PASSWORD", PASSWORD),
    )
    .await;
    assert_eq!(said.code, Some(1), "{said:?}");
    assert!(said.error.contains("is damaged") && said.error.contains("move it away"), "{said:?}");
    assert_eq!(place.files(), before);
}
