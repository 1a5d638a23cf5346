//! `profile` says what is right, what is wrong and where, and what a message becomes.

use crate::place::Place;

/// A backend that was made up for this test.
const SMALL: &str = r#"name = "small"
title = "A small one"
url = "https://small.example"

[[transport]]
kind = "sse"
[[transport.stream]]
path = "/events"
[[transport.stream]]
path = "/scores"
message = "score"

[frame]
type = "/t"
body = "/d"
position = "/n"

[[list]]
name = "recent"
path = "/recent"
items = "/rows"
message = "incident"
since = { parameter = "after", by = "position" }
next = "/last"

[[message]]
type = "incident"
kind = "alert"
list = "recent"
id = "/key"
version = "/rev"

[message.facts]
severity = { from = "/level", values = { "9" = "critical" } }
amount = "/sum"
title = "/text"

[message.details]
desk = "/desk"

[message.factors]
from = "/why"
name = "/r"
weight = "/w"

[[message]]
type = "score"
kind = "metrics"
id = { constant = "score" }

[message.facts]
score = "/p"

[[message]]
type = "tick"
kind = "signal"
"#;

#[tokio::test]
async fn the_list_names_the_built_in_ones_and_ones_own() {
    let place = Place::new();
    let said = place.run(&["profile", "list"]).await;
    assert_eq!(said.code, Some(0), "{said:?}");
    for name in ["aml", "big-defend", "credit", "flowfi", "generic", "trading"] {
        assert_eq!(said.lines(name).len(), 1, "{name}: {}", said.out);
    }
    assert!(said.out.contains("--set streams="), "{}", said.out);
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_file_of_ones_own_that_is_wrong_is_left_out_and_told() {
    let place = Place::new();
    place.write("config/app.vigie.desktop/profiles/small.toml", SMALL);
    place.write("config/app.vigie.desktop/profiles/wrong.toml", "name = 3");
    let said = place.run(&["profile", "list"]).await;
    assert_eq!(said.code, Some(1), "{said:?}");
    assert!(said.lines("small")[0].contains("your own"));
    assert!(said.error.contains("wrong.toml: line 1"), "{}", said.error);
}

#[tokio::test]
async fn a_built_in_profile_is_shown_to_copy_and_the_copy_is_right() {
    let place = Place::new();
    for name in ["aml", "big-defend", "credit", "flowfi", "generic", "trading"] {
        let said = place.run(&["profile", "show", name]).await;
        assert_eq!((said.code, said.error.as_str()), (Some(0), ""));
        let copy = place.write("copy.toml", &said.out);
        let said = place.run(&["profile", "check", copy.to_str().unwrap()]).await;
        assert_eq!(said.code, Some(0), "{said:?}");
        assert!(said.out.contains("copy.toml is right") && said.out.contains(name), "{}", said.out);
    }
    let said = place.run(&["profile", "show", "nobody"]).await;
    assert_eq!(said.code, Some(1));
    assert!(said.error.contains("there are aml, big-defend"), "{}", said.error);
}

#[tokio::test]
async fn what_is_wrong_is_said_with_file_line_field_and_cure() {
    let place = Place::new();
    for (from, to, at, words) in [
        ("kind = \"alert\"", "kind = \"alart\"", "alart", "alart"),
        ("amount =", "amont =", "amont", "`message[1].facts.amont`"),
        ("\"critical\"", "\"awful\"", "awful", "use low, medium, high or critical"),
        ("name = \"small\"", "name = ", "name =", ""),
    ] {
        let text = SMALL.replacen(from, to, 1);
        let line = text.lines().position(|line| line.contains(at)).unwrap() + 1;
        let file = place.write("small.toml", &text);
        let said = place.run(&["profile", "check", file.to_str().unwrap()]).await;
        assert_eq!((said.code, said.out.as_str()), (Some(1), ""), "{said:?}");
        let place = format!("small.toml: line {line}");
        assert!(
            said.error.contains(&place) && said.error.contains(words),
            "{place}, {words}: {}",
            said.error
        );
    }
    let said = place.run(&["profile", "check", "absent.toml"]).await;
    assert_eq!(said.code, Some(1));
    assert!(said.error.contains("absent.toml cannot be read"), "{}", said.error);
}

/// What `profile check` says of one sample, each line without the spaces around it and between its parts.
async fn sampled(place: &Place, sample: &str, more: &[&str]) -> (Option<i32>, Vec<String>, String) {
    let profile = place.write("small.toml", SMALL);
    let sample = place.write("sample.json", sample);
    let mut arguments =
        vec!["profile", "check", profile.to_str().unwrap(), "--sample", sample.to_str().unwrap()];
    arguments.extend(more);
    let said = place.run(&arguments).await;
    let line = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
    (said.code, said.out.lines().map(line).collect(), said.error)
}

#[tokio::test]
async fn a_sample_shows_what_a_message_becomes() {
    let place = Place::new();
    let frame = r#"{"t":"incident","n":17,"d":{"key":"A-1","rev":3,"level":9,"sum":"12.50",
        "text":"gone\u001b[2J","desk":"7","why":[{"r":"velocity","w":0.4},{"r":"country"}]}}"#;
    let (code, lines, _) = sampled(&place, frame, &[]).await;
    assert_eq!(code, Some(0));
    let expected = [
        "alert incident",
        "subject A-1",
        "version 3",
        "severity critical",
        "title gone [2J",
        "amount 12.50",
        "details.desk 7",
        "factor 1 velocity 0.4",
        "factor 2 country",
        "position of recent: 17",
    ];
    assert_eq!(lines[3..], expected);
}

#[tokio::test]
async fn a_sample_shows_what_cannot_be_read_and_what_becomes_nothing() {
    let place = Place::new();
    let (code, lines, _) =
        sampled(&place, r#"{"t":"incident","d":{"key":"A-1","level":"?","sum":"much"}}"#, &[]).await;
    assert_eq!((code, lines.last().unwrap().as_str()), (Some(0), "unreadable amount, severity"));
    let (code, lines, _) = sampled(&place, "{oops", &[]).await;
    assert_eq!(code, Some(1));
    assert!(lines.last().unwrap().starts_with("rejected (not_json): "), "{lines:?}");
    let (code, lines, _) = sampled(&place, r#"{"t":"tick"}"#, &[]).await;
    assert_eq!(code, Some(0));
    assert!(lines.last().unwrap().starts_with("nothing: "), "{lines:?}");
}

#[tokio::test]
async fn a_sample_may_be_a_named_event_another_stream_or_a_list() {
    let place = Place::new();
    let (_, lines, _) = sampled(&place, r#"{"d":{"key":"A-2"}}"#, &["--event", "incident"]).await;
    assert_eq!(lines[3..5], ["alert incident", "subject A-2"]);
    let (_, lines, _) = sampled(&place, r#"{"p":0.25}"#, &["--stream", "2"]).await;
    assert_eq!(lines[3..], ["metrics", "subject score", "score 0.25"]);
    let answer = r#"{"rows":[{"key":"A-3"},{"key":"A-4"}],"last":9}"#;
    let (_, lines, _) = sampled(&place, answer, &["--list", "recent"]).await;
    assert_eq!(lines[3..], ["alert", "subject A-3", "alert", "subject A-4", "position of recent: 9"]);
    for (sample, more, words) in [
        ("{}", ["--stream", "3"], "has 2 streams, and none with number 3"),
        ("{}", ["--list", "old"], "no list `old`; it has recent"),
        ("{}", ["--list", "recent"], "no list of items"),
    ] {
        let (code, _, error) = sampled(&place, sample, &more).await;
        assert_eq!(code, Some(1));
        assert!(error.contains(words), "{error}");
    }
}
