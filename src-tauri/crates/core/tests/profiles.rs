//! Profiles: what is wrong with a file is said with its line and cure, and one for a backend that nobody here has seen
//! works.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed, and says where"
)]

use std::path::Path;

use bytes::Bytes;
use vigie_core::model::{AlertState, Event, Kind, Parameters, Severity, Time};
use vigie_core::profile::{Batch, Library, Profile};
use vigie_core::transport::Frame;

const NOW: Time = Time(1_790_000_000_000);

/// A profile for a backend that was made up for this test.
const UNSEEN: &str = include_str!("profiles/unseen.toml");

fn frame(json: &str) -> Frame {
    Frame {
        bytes: Bytes::from(json.to_owned()),
        length: json.len(),
        received_at: NOW,
        event: None,
        event_id: None,
    }
}

fn decoded(profile: &Profile, stream: usize, frame: &Frame) -> Batch {
    let mut batch = Batch::default();
    profile.decode(&profile.transports[0].streams[stream], frame, &mut batch);
    batch
}

fn built_in(name: &str) -> Profile {
    Library::built_in().unwrap().profiles.into_iter().find(|profile| profile.name == name).unwrap()
}

fn only(batch: Batch) -> Event {
    assert_eq!((batch.events.len(), batch.rejected.len()), (1, 0), "{batch:?}");
    batch.events.into_iter().next().unwrap()
}

fn details(event: &Event) -> Vec<(&str, &str)> {
    event.facts.details.iter().map(|detail| (&*detail.name, detail.value.as_str())).collect()
}

#[test]
fn the_built_in_profiles_are_right() {
    let library = Library::built_in().unwrap();
    let names: Vec<&str> = library.profiles.iter().map(|profile| profile.name.as_str()).collect();
    assert_eq!(names, ["aml", "big-defend", "credit", "flowfi", "generic", "trading"]);
}

#[test]
fn a_wrong_profile_names_the_line_the_field_and_the_cure() {
    // What is changed into what, the text in whose line the error is, the field and the cure.
    for (from, to, at, field, cure) in [
        ("title =", "titel =", "titel", "", "unknown field `titel`, expected one of"),
        ("name = \"unseen\"", "name = \"Un seen\"", "Un seen", "`name`", "lower case"),
        ("url = \"https", "url = \"ftp", "url =", "`url`", "https://fraud.bank.example"),
        ("kind = \"header\"", "kind = \"hader\"", "hader", "", "expected one of"),
        ("header = \"X-Api-Key\"\n", "", "kind = \"header\"", "`sign_in.kind`", "needs `header`"),
        (
            "header = \"X-Api-Key\"",
            "header = \"X\"\npath = \"/x\"",
            "path = \"/x\"",
            "`sign_in.path`",
            "remove it",
        ),
        (
            "silence_seconds = 40",
            "silence_seconds = 5",
            "silence_seconds = 5",
            "`transport[1].stream[1].silence_seconds`",
            "more than",
        ),
        ("{desk}\"", "{dask}\"", "{dask}", "`transport[1].stream[1].path`", "`dask` is not known"),
        ("/push/", "/push/./", "/push/", "`transport[1].stream[1].path`", "below the source's address"),
        (
            "[[parameter]]",
            "[action.analyse]\nmethod = \"POST\"\npath = \"/x?y\"\n[[parameter]]",
            "path = \"/x?y\"",
            "`action.analyse.path`",
            "a table of its own",
        ),
        ("poll = [\"recent\"]", "poll = [\"resent\"]", "resent", "`transport[2].poll`", "recent"),
        (
            "items = [\"/batches\", \"/entries\"]",
            "items = \"batches\"",
            "items",
            "`frame.items`",
            "begin with `/`",
        ),
        ("kind = \"alert\"", "kind = \"alart\"", "alart", "", "no kind of event"),
        ("country = ", "land = ", "land = ", "`message[1].facts.land`", "country"),
        (
            "= \"critical\"",
            "= \"awful\"",
            "awful",
            "`message[1].facts.severity`",
            "low, medium, high or critical",
        ),
        ("Europe/Paris", "Europe/Pari", "Europe/Pari", "`message[2].facts.occurred_at.zone`", "no time zone"),
        ("url =", "url = = ", "url =", "", ""),
    ] {
        assert!(UNSEEN.contains(from), "{from}");
        let text = UNSEEN.replacen(from, to, 1);
        let line = text.lines().position(|line| line.contains(at)).unwrap() + 1;
        let error = Profile::parse(&text).unwrap_err().to_string();
        let place = format!("line {line}");
        assert!(
            error.starts_with(&place) && error.contains(field) && error.contains(cure),
            "{to}\nexpected {place}, {field}, {cure}\nbut it is {error}"
        );
    }
}

#[test]
fn what_is_wrong_is_told_in_one_line_of_bounded_length() {
    let name = "a\\n".repeat(2_000);
    let text = UNSEEN.replacen("country = ", &format!("\"{name}\" = "), 1);
    let error = Profile::parse(&text).unwrap_err().to_string();
    assert!(!error.contains('\n') && error.len() < 3_000, "{error}");
}

#[test]
fn what_a_profile_puts_in_the_place_of_what_is_missing_is_as_clean_as_what_a_message_says() {
    let long = "x".repeat(5_000);
    let text = UNSEEN.replacen("id = \"/key\"", "id = { from = \"/key\", default = \"a\\nb\" }", 1).replacen(
        "probability = \"/p\"",
        &format!("probability = {{ from = \"/p\", default = \"{long}\" }}"),
        1,
    );
    let profile = Profile::parse(&text).unwrap();
    let event = only(decoded(&profile, 0, &frame(r#"{"what":"incident","doc":{}}"#)));
    assert!(event.subject.starts_with('~'), "{}", event.subject);
    assert_eq!(event.facts.details[0].value.chars().count(), 1_001);
}

#[test]
fn a_backend_that_nobody_has_seen_needs_a_file_and_no_code() {
    let profile = Profile::parse(UNSEEN).unwrap();
    let batch = decoded(
        &profile,
        0,
        &frame(
            r#"{"v":2,"batches":[
                {"shard":1,"entries":[
                    {"what":"incident","doc":{"key":90071992547409931,"ms":1790000000123,"level":9,
                        "p":0.93,"money":{"minor":123456789012345678901,"iso":"EUR"},"where":"FR","phase":"neu",
                        "why":[{"r":"new device","w":0.4},"velocity"],"text":"Geld weg"}},
                    {"what":"pay","doc":{"key":"p-1","at":"2026-07-01T12:00:00","money":{"minor":5,"iso":"EUR"}}}
                ]},
                {"shard":2,"entries":[{"what":"tick","doc":{}},{"what":"odd","doc":{"x":1}}]},
                {"shard":3,"entries":[]}
            ]}"#,
        ),
    );
    assert_eq!(batch.rejected, []);
    let kinds: Vec<Kind> = batch.events.iter().map(|event| event.kind).collect();
    assert_eq!(kinds, [Kind::Alert, Kind::Transaction, Kind::Other]);
    let alert = &batch.events[0];
    assert_eq!(alert.subject, "90071992547409931");
    assert_eq!(alert.facts.occurred_at, Some(Time(1_790_000_000_123)));
    assert_eq!(alert.facts.severity, Some(Severity::Critical));
    assert_eq!(alert.facts.state, Some(AlertState::Open));
    assert_eq!(alert.facts.amount.as_deref(), Some("1234567890123456789.01"));
    assert_eq!(alert.facts.title.as_deref(), Some("Geld weg (FR)"));
    assert_eq!(details(alert), [("probability", "0.93"), ("zeta", "Geld weg"), ("alpha", "FR")]);
    let factors: Vec<_> =
        alert.facts.factors.iter().map(|factor| (factor.name.as_str(), factor.weight)).collect();
    assert_eq!(factors, [("new device", Some(0.4)), ("velocity", None)]);
    // Noon in Paris, in summer.
    assert_eq!(batch.events[1].facts.occurred_at, Some(Time(1_782_900_000_000)));
    assert_eq!(batch.events[1].facts.amount.as_deref(), Some("0.05"));
    assert_eq!(batch.events[2].what.as_deref(), Some("odd"));
}

#[test]
fn thresholds_turn_numbers_into_words_and_words_of_another_language_are_known() {
    let profile = Profile::parse(UNSEEN).unwrap();
    let severity = |level: &str| {
        let json = format!(r#"{{"what":"incident","doc":{{"key":1,"level":{level}}}}}"#);
        only(decoded(&profile, 0, &frame(&json))).facts.severity
    };
    for (level, expected) in [
        ("9", Severity::Critical),
        ("\"ÉLEVÉ\"", Severity::High),
        ("\"élevé\"", Severity::High),
        // Nothing that the profile knows: it must not be overlooked.
        ("\"?\"", Severity::High),
        ("null", Severity::High),
        ("{}", Severity::High),
    ] {
        assert_eq!(severity(level), Some(expected), "{level}");
    }
    let credit = built_in("credit");
    let analysed = |score: &str| {
        let json = format!(r#"{{"type":"risk_score_update","customer_id":"c","risk_score":{score}}}"#);
        only(decoded(&credit, 0, &frame(&json)))
    };
    for (score, expected) in [
        ("0.95", Some(Severity::Critical)),
        ("0.9", Some(Severity::Critical)),
        ("0.75", Some(Severity::High)),
        ("0.1", Some(Severity::Low)),
        ("-1", None),
    ] {
        assert_eq!(analysed(score).facts.severity, expected, "{score}");
    }
    assert!(analysed("\"x\"").unreadable.contains(&"severity"));
}

#[test]
fn a_named_event_gives_the_type_and_an_id_the_position() {
    let profile = built_in("flowfi");
    let json = r#"{"streamId":"7","sender":"GA","recipient":"GB","tokenAddress":"C1","ratePerSecond":"1000000",
        "depositedAmount":"86400000000","startTime":1708560000,"transactionHash":"ab","timestamp":1708560000}"#;
    let frame = Frame { event: Some("stream.created".into()), event_id: Some("41".into()), ..frame(json) };
    let batch = decoded(&profile, 0, &frame);
    let moved: Vec<_> = batch
        .positions
        .iter()
        .map(|(name, step)| (name.clone(), step.after(Some("50")).to_owned()))
        .collect();
    assert_eq!(moved, [("stream /events/subscribe".to_owned(), "41".to_owned())]);
    let event = only(batch);
    assert_eq!(
        (event.kind, event.what.as_deref(), event.subject.as_str()),
        (Kind::PaymentStream, Some("stream.created"), "7")
    );
    assert_eq!(event.facts.amount.as_deref(), Some("8640.0000000"));
    assert_eq!(event.facts.occurred_at, Some(Time(1_708_560_000_000)));
}

#[test]
fn a_frame_that_cannot_be_read_moves_the_position_all_the_same() {
    let profile = built_in("flowfi");
    let frame = Frame { event_id: Some("42".into()), ..frame("not JSON") };
    let batch = decoded(&profile, 0, &frame);
    assert_eq!((batch.rejected.len(), batch.positions.is_empty()), (1, false));
}

#[test]
fn a_source_wants_what_was_chosen_for_it() {
    let (flowfi, credit) = (built_in("flowfi"), built_in("credit"));
    let base = "https://bank.example/pay".parse().unwrap();
    let asked = |streams: &[&str]| {
        let chosen =
            Parameters::from([("streams".to_owned(), streams.iter().map(|&id| id.to_owned()).collect())]);
        let checked = flowfi.check_parameters(&chosen).unwrap();
        let settings = flowfi.settings("", &checked);
        flowfi.transports[0].streams[0].address.below(&base, &settings).to_string()
    };
    assert_eq!(asked(&[]), "https://bank.example/pay/events/subscribe?all=true");
    assert_eq!(asked(&["1", " 2 "]), "https://bank.example/pay/events/subscribe?streams=1&streams=2");
    let mut settings = credit.settings("ada", &Parameters::new());
    settings.insert("client_id".to_owned(), vec!["desk-1".to_owned()]);
    let stream = &credit.transports[0].streams[0];
    assert_eq!(stream.address.below(&base, &settings).path(), "/pay/realtime/ws/desk-1");
    let said: Vec<String> = stream.subscribe.iter().flat_map(|text| text.json(&settings)).collect();
    assert_eq!(said.len(), 3);
    assert_eq!(said[0], r#"{"type":"subscribe","subscription":"credit_updates"}"#);
    let unknown = Parameters::from([("x".to_owned(), vec!["1".to_owned()])]);
    assert!(flowfi.check_parameters(&unknown).unwrap_err().contains("`x`"));
}

#[test]
fn files_of_ones_own_stand_beside_the_built_in_ones_and_wrong_ones_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write("unseen.toml", UNSEEN);
    write("aml.toml", &UNSEEN.replacen("\"unseen\"", "\"aml\"", 1));
    write("twice.toml", &UNSEEN.replacen("title", "#\ntitle", 1));
    write("wrong.toml", "name = 3");
    write("notes.txt", "no profile");
    let library = Library::open(folder.path()).unwrap();
    assert_eq!(library.profiles.len(), 7);
    assert!(library.profile("unseen").unwrap().own);
    assert!(library.profile("aml").unwrap().own, "the analyst's own takes the place of the built-in one");
    assert!(!library.profile("credit").unwrap().own);
    let problems: Vec<_> = library
        .problems
        .iter()
        .map(|problem| {
            (
                Path::new(&problem.file).file_name().unwrap().to_str().unwrap().to_owned(),
                problem.message.clone(),
            )
        })
        .collect();
    assert_eq!(problems.len(), 2, "{problems:?}");
    assert_eq!(problems[0].0, "unseen.toml");
    assert!(problems[0].1.contains("another file has the name `unseen`"));
    assert_eq!(problems[1].0, "wrong.toml");
    assert!(problems[1].1.starts_with("line 1"), "{}", problems[1].1);
    assert_eq!(Library::open(&folder.path().join("none")).unwrap().problems, []);
}
