//! `doctor` says what is wrong and the cure, and changes nothing.

use std::path::Path;

use vigie_core::model::{Parameters, Time};
use vigie_core::store::{NewSource, Store};

use crate::place::{Place, Said};
use crate::server::gateway;

/// A profile that asks nobody: the gateway says to all that it is well.
#[cfg(target_os = "linux")]
const OPEN: &str = r#"name = "open"
title = "Open to all"
url = "https://open.example"
[[transport]]
kind = "polling"
poll = ["health"]
[[list]]
name = "health"
path = "/health"
message = "health"
[[message]]
type = "health"
kind = "metrics"
id = { constant = "health" }
"#;

/// A database with sources: name, address, profile and user of each.
pub async fn store(path: &Path, sources: &[(&str, &str, &str, &str)]) {
    let store = Store::open(path).await.unwrap();
    for (name, url, profile, user) in sources {
        let new = NewSource {
            name: (*name).to_owned(),
            url: url.parse().unwrap(),
            profile: (*profile).to_owned(),
            user: (*user).to_owned(),
            parameters: Parameters::new(),
            simulated: false,
            remembered: true,
        };
        store.add_source(new).await.unwrap();
    }
    store.close().await;
}

/// Whether some line has this state and this thing, and says this.
#[track_caller]
pub fn assert_says(said: &Said, start: &str, words: &str) {
    let lines = said.lines(start);
    assert!(lines.iter().any(|line| line.contains(words)), "{start}, {words}:\n{}", said.out);
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn a_computer_without_anything_is_told_the_cures_and_nothing_is_made() {
    let place = Place::new();
    let before = place.files();
    let said = place.run(&["doctor"]).await;
    assert_eq!((said.code, said.error.as_str()), (Some(1), ""), "{said:?}");
    assert_says(&said, "fail vault", "unlock it");
    assert_says(&said, "fail notifications", "log in to a desktop session");
    assert_says(&said, "warn tray", "log in to a desktop session");
    assert_says(&said, "fail display", "neither WAYLAND_DISPLAY nor DISPLAY is set: log in");
    assert_says(&said, "ok database", "none yet");
    assert_says(&said, "ok profiles", "6 are right");
    assert_eq!(place.files(), before);
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn a_display_is_where_the_session_says() {
    let place = Place::new();
    for (name, value, words) in
        [("DISPLAY", ":7", "X11, :7"), ("WAYLAND_DISPLAY", "wayland-1", "Wayland, wayland-1")]
    {
        let said = Said::by(place.program().arg("doctor").env(name, value)).await;
        assert_says(&said, "ok display", words);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn json_says_the_same_an_object_a_line() {
    let place = Place::new();
    let said = place.run(&["doctor", "--json"]).await;
    let objects: Vec<serde_json::Value> =
        said.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    for what in ["vault", "notifications", "tray", "display", "database", "profiles"] {
        let found = objects.iter().filter(|object| object["what"] == what).count();
        assert_eq!(found, 1, "{what}: {}", said.out);
    }
    let has_failed = objects.iter().any(|object| object["state"] == "fail");
    assert_eq!(said.code, Some(i32::from(has_failed)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_is_damaged_or_absent_is_told_and_stays_as_it_is() {
    let place = Place::new();
    let file = place.write("vigie.sqlite", "no database at all, whatever its name says");
    let before = place.files();
    let said = place.run(&["doctor", "--store", file.to_str().unwrap()]).await;
    assert_eq!(said.code, Some(1));
    assert_says(&said, "fail database", "is damaged or no database of Vigie");
    assert_says(&said, "fail database", "move it away");
    let absent = place.folder().join("absent.sqlite");
    let said = place.run(&["doctor", "--store", absent.to_str().unwrap()]).await;
    assert_says(&said, "fail database", "check the path");
    assert_eq!(place.files(), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_size_of_a_database_in_use_is_that_of_its_journal_too() {
    let place = Place::new();
    let file = place.folder().join("vigie.sqlite");
    let in_use = Store::open(&file).await.unwrap();
    let length = |name: &str| std::fs::metadata(place.folder().join(name)).unwrap().len();
    let (alone, journal) = (length("vigie.sqlite"), length("vigie.sqlite-wal"));
    assert!(journal > 1 << 10, "{journal} bytes are not seen in KiB");
    let said = place.run(&["doctor", "--store", file.to_str().unwrap()]).await;
    assert_says(&said, "ok database", &format!(", {} KiB,", (alone + journal).div_ceil(1 << 10)));
    in_use.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn backups_and_what_was_set_aside_are_told() {
    let place = Place::new();
    let file = place.folder().join("vigie.sqlite");
    store(&file, &[]).await;
    let opened = Store::open(&file).await.unwrap();
    let long_ago = opened.back_up(Time(1_767_225_600_000)).await.unwrap();
    opened.close().await;
    place.write("vigie.damaged-2026-01-02T03-04-05Z.sqlite", "what is left of it");
    let file = file.to_str().unwrap();
    let said = place.run(&["doctor", "--store", file]).await;
    assert_says(&said, "warn backups", "1, the newest");
    assert_says(&said, "warn backups", long_ago.path.parent().unwrap().to_str().unwrap());
    assert_says(&said, "warn set aside", "vigie.damaged-2026-01-02T03-04-05Z.sqlite");
    assert_says(&said, "ok database", file);
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_profile_file_is_told_with_its_line() {
    let place = Place::new();
    place.write("config/app.vigie.desktop/profiles/wrong.toml", "\nname = 3");
    let said = place.run(&["doctor"]).await;
    assert_says(&said, "fail profiles", "wrong.toml: line 2");
    assert_says(&said, "ok profiles", "6 are right");
}

/// An address where nobody listens, as long as it is held.
fn nobody() -> (String, tokio::net::TcpSocket) {
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind(([127, 0, 0, 1], 0).into()).unwrap();
    (format!("http://{}", socket.local_addr().unwrap()), socket)
}

#[tokio::test(flavor = "multi_thread")]
async fn each_source_is_asked_whatever_becomes_of_the_others() {
    let (place, gateway) = (Place::new(), gateway().await);
    let (url, (gone, _held)) = (gateway.url(), nobody());
    let secure = url.replace("http:", "https:");
    let file = place.folder().join("vigie.sqlite");
    let sources = [
        ("Gone", gone.as_str(), "big-defend", "analyst"),
        ("Secure", &secure, "big-defend", "analyst"),
        ("Unknown\u{1b}[2J", &url, "nobody-has-it", ""),
        ("Unkept", &url, "big-defend", "analyst"),
    ];
    store(&file, &sources).await;
    let said = place.run(&["doctor", "--store", file.to_str().unwrap()]).await;
    assert_eq!(said.code, Some(1));
    assert_says(&said, "ok database", "version 10");
    assert_says(&said, "fail Gone", "cannot be reached");
    assert_says(&said, "fail Gone", "check the network and the address");
    assert_says(&said, "fail Secure", "https://");
    assert_says(&said, "ok Unkept", "answers");
    assert_says(&said, "warn Unkept", "the sign-in was not tried");
    assert!(said.out.contains("put its file back") && !said.out.contains('\u{1b}'), "{}", said.out);
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn a_source_that_asks_nobody_is_asked_for_its_events() {
    let (place, gateway) = (Place::new(), gateway().await);
    place.write("config/app.vigie.desktop/profiles/open.toml", OPEN);
    let file = place.folder().join("vigie.sqlite");
    store(&file, &[("Open", &gateway.url(), "open", "")]).await;
    let said = place.run(&["doctor", "--store", file.to_str().unwrap()]).await;
    assert_says(&said, "ok Open", "answers");
    assert_says(&said, "ok Open", "its events can be had");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_vigie_did_is_told_in_words_and_as_numbers() {
    let (place, gateway) = (Place::new(), gateway().await);
    let file = place.folder().join("vigie.sqlite");
    let path = file.to_str().unwrap();
    store(&file, &[("Retail", &gateway.url(), "big-defend", "analyst")]).await;
    let said = place.run(&["doctor", "--store", path]).await;
    assert_says(&said, "ok figures", "none yet");
    let figures = serde_json::json!({
        "since": 0, "until": 5_000,
        "sources": [{
            "source": 1, "received": 12, "stored": 7, "duplicates": 2,
            "rejected": [{"reason": "not_json", "frames": 3}], "reconnects": 4,
            "gaps": {"all": 6, "lasting": 1, "lost": 5}, "lag": null,
        }],
        "notifications": {
            "alone": 8, "digests": 1, "in_digests": 9, "failed": 0, "below_level": 10, "known": 0, "closed": 0,
            "acknowledged": 0, "by_rule": 0, "held": 11, "snoozed": 12, "waiting": 0,
            "storms": 2, "in_storms": 40, "missed": 5, "quiet_hours": 13,
        },
        "latency": {
            "committed": {"times": 7, "p50": 2, "p99": 13, "max": 14}, "asked_for": null, "handed": null,
        },
        "store": {"events": 77, "bytes": 2_048},
    });
    let of_before = serde_json::json!({"version": "0.9.8", "running": true, "figures": figures});
    let kept = serde_json::json!({
        "version": "0.9.9", "running": false, "figures": figures, "names": {"1": "Once Retail"}, "before": of_before,
    });
    place.write("vigie.figures.json", &kept.to_string());
    let said = place.run(&["doctor", "--store", path]).await;
    for words in [
        "days ago, when it ended: Vigie 0.9.9, 5 s after its start; 77 events stored, 2 KiB",
        "Retail: 12 received, 7 stored, 2 known already, 3 unreadable (not_json 3); 4 reconnects; 6 gaps, 1 lasting, 5 not",
        "8 of one alert, 2 of a storm with 40, 1 of 9 together (5 missed)",
        "10 not bad enough",
        "11 held by a pause, 13 by quiet hours, 12 by a snooze",
        "stored 2/13/14 ms",
    ] {
        assert_says(&said, "ok figures", words);
    }
    assert_says(&said, "ok run before", "before it was killed or crashed: Vigie 0.9.8, 5 s after its start");
    assert_says(&said, "ok run before", "Retail: 12 received");
    let said = place.run(&["doctor", "--json", "--store", path]).await;
    let told: Vec<serde_json::Value> = said
        .out
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap())
        .filter_map(|object| object.get("figures").cloned())
        .collect();
    assert_eq!(told, [figures.clone(), figures]);
    std::fs::write(&file, "damaged").unwrap();
    let said = place.run(&["doctor", "--store", path]).await;
    assert_says(&said, "ok figures", "Once Retail: 12 received");
    place.write("vigie.figures.json", "{}");
    assert_says(
        &place.run(&["doctor", "--store", path]).await,
        "warn figures",
        "holds no figures of this version",
    );
}
