//! Hostile input is only text, whatever carries it: the link survives, what can be shown is shown, what cannot is
//! counted and kept with its reason, and nothing after it is lost.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed, and says where"
)]

#[path = "bad_input/way.rs"]
mod way;

use tempfile::tempdir;
use vigie_core::desk::view::Overview;
use vigie_core::model::{AlertState, Kind, Severity};
use vigie_core::store::{REJECTED_HEAD, REJECTED_KEPT};
use vigie_tests::desk::TestDesk;
use vigie_tests::server::{Answer, Server, alert, transaction};

use way::{Way, after};

async fn reasons(desk: &TestDesk) -> Vec<String> {
    let mut rejected = desk.desk.diagnostics().await.unwrap().rejected;
    rejected.reverse();
    rejected.into_iter().map(|one| one.reason).collect()
}

/// What becomes of a frame that is asked for instead of pushed.
enum Polled {
    /// The same.
    Same,
    /// It is one item of a list, and an array has no items there.
    Once,
    /// An answer with it is no list.
    Nonsense,
    /// An answer with it is empty.
    Nothing,
}

#[tokio::test]
async fn what_is_no_message_is_kept_with_its_reason() {
    let deep = format!("{}1{}", "[".repeat(10_000), "]".repeat(10_000));
    let cases: &[(&[u8], &[&str], Polled)] = &[
        (b"this is not JSON", &["not_json"], Polled::Nonsense),
        (b"", &["not_json"], Polled::Nothing),
        (b"\xFF\xFE{\"type\":\"newTransaction\"}", &["not_text"], Polled::Nonsense),
        (b"\0\0\0", &["not_json"], Polled::Nonsense),
        (deep.as_bytes(), &["too_deep"], Polled::Same),
        // A frame that is an array is several messages.
        (b"[1,2]", &["not_a_message", "not_a_message"], Polled::Once),
        (b"[] text", &["not_json"], Polled::Nonsense),
        (br#"[{"type":"newTransaction"}] text"#, &["not_json"], Polled::Nonsense),
        (b"null", &["not_a_message"], Polled::Same),
        (br#""text""#, &["not_a_message"], Polled::Same),
        (br#"{"type":"newTransaction","payload":"text"}"#, &["not_a_message"], Polled::Same),
        (br#"{"type":"newTransaction","payload":1e999}"#, &["not_a_message"], Polled::Same),
        (br#"{"type":"newTransaction","payload":{"id":"#, &["not_json"], Polled::Nonsense),
        (br#"{"type":"newTransaction","payload":{"id":1}} {}"#, &["not_json"], Polled::Nonsense),
        (br#"{"type":"newTransaction","payload":{"id":01}}"#, &["not_json"], Polled::Nonsense),
        (b"{\"type\":\"newTransaction\",\"payload\":{\"id\":\"\x01\"}}", &["not_json"], Polled::Nonsense),
    ];
    for way in Way::ALL {
        let mut expected = Vec::new();
        let (desk, _folder) = after(way, async |mouth| {
            for (frame, reasons, polled) in cases {
                match polled {
                    _ if way != Way::Polling => {
                        mouth.say(frame).await;
                        expected.extend_from_slice(reasons);
                    }
                    Polled::Same | Polled::Once => {
                        mouth.say(frame).await;
                        expected.extend(reasons.first());
                    }
                    Polled::Nothing => mouth.say(frame).await,
                    Polled::Nonsense => mouth.say_nonsense(frame).await,
                }
            }
        })
        .await;
        assert_eq!(reasons(&desk).await, expected, "{way:?}");
        let rejected = desk.desk.diagnostics().await.unwrap().rejected;
        assert!(rejected.iter().all(|one| one.head.chars().count() <= REJECTED_HEAD), "{way:?}");
        assert!(rejected.iter().all(|one| (1..200).contains(&one.detail.len())), "{way:?}");
        let are_counted =
            |overview: &Overview| usize::try_from(overview.sources[0].rejected) == Ok(expected.len());
        desk.until(&format!("{way:?}: all are counted"), are_counted).await;
    }
}

#[tokio::test]
async fn nesting_that_hides_in_a_payload_is_found() {
    for way in Way::ALL {
        let (desk, _folder) = after(way, async |mouth| {
            let deep = format!("{}1{}", r#"{"a":"#.repeat(10_000), "}".repeat(10_000));
            mouth.say(format!(r#"{{"type":"fraudAlert","payload":{{"id":"a-1","x":{deep}}}}}"#)).await;
            let brackets = "[".repeat(10_000);
            mouth
                .say(format!(
                    r#"{{"type":"fraudAlert","payload":{{"id":"a-2","description":"{brackets}"}}}}"#
                ))
                .await;
        })
        .await;
        assert_eq!(reasons(&desk).await, ["too_deep"]);
        assert_eq!(desk.alerts().await[0].subject, "a-2", "brackets in a text are text");
    }
}

#[tokio::test]
async fn a_message_of_twenty_megabytes_is_counted_and_only_its_beginning_kept() {
    for way in Way::ALL {
        let (desk, folder) = after(way, async |mouth| {
            let huge = format!(
                r#"{{"type":"newTransaction","payload":{{"id":"t-1","x":"{}"}}}}"#,
                "y".repeat(20 << 20)
            );
            mouth.say(huge).await;
        })
        .await;
        let rejected = desk.desk.diagnostics().await.unwrap().rejected;
        assert_eq!((rejected.len(), rejected[0].reason.as_str()), (1, "too_large"));
        assert!(rejected[0].length > 20 << 20);
        let stored: u64 = std::fs::read_dir(folder.path())
            .unwrap()
            .map(|file| file.unwrap().metadata().unwrap().len())
            .sum();
        assert!(stored < 4 << 20, "{stored} bytes on disk");
    }
}

#[tokio::test]
async fn rejected_frames_are_kept_within_bounds() {
    for way in Way::ALL {
        let kept = usize::try_from(REJECTED_KEPT).unwrap();
        let (desk, _folder) = after(way, async |mouth| {
            let nonsense: Vec<String> =
                (0..kept + 50).map(|number| format!("\"nonsense {number}\"")).collect();
            mouth.say_all(&nonsense).await;
        })
        .await;
        let rejected = desk.desk.diagnostics().await.unwrap().rejected;
        assert_eq!(rejected.len(), kept);
        assert_eq!(rejected[0].head, format!("\"nonsense {}\"", kept + 49));
    }
}

#[tokio::test]
async fn unknown_types_are_kept_as_they_are() {
    for way in Way::ALL {
        let (desk, _folder) = after(way, async |mouth| {
            mouth.say(r#"{"type":"somethingNew","payload":{"a":[1,2,{"b":null}]}}"#).await;
            mouth.say(r#"{"type":42}"#).await;
            mouth.say("{}").await;
        })
        .await;
        assert_eq!(reasons(&desk).await, Vec::<String>::new());
        let mut others = Vec::new();
        for id in 1..=3 {
            others.push(desk.desk.event(id).await.unwrap());
        }
        assert!(others.iter().all(|event| event.kind == Kind::Other));
        assert_eq!(others[0].facts.title.as_deref(), Some("somethingNew"));
        assert_eq!(others[0].raw, r#"{"type":"somethingNew","payload":{"a":[1,2,{"b":null}]}}"#);
    }
}

#[tokio::test]
async fn missing_and_wrongly_typed_fields_cost_only_themselves() {
    for way in Way::ALL {
        let (desk, _folder) = after(way, async |mouth| {
        mouth.say(r#"{"type":"fraudAlert","payload":{}}"#).await;
        mouth
            .say(
                r#"{"type":"fraudAlert","payload":{"id":["a"],"severity":{"x":1},"status":7,"fraudProbability":"much",
                "amount":true,"description":null,"timestamp":"yesterday","customerName":["Ada"],"currency":3}}"#,
            )
            .await;
        mouth.say(r#"{"type":"fraudAlert","payload":{"id":3,"severity":"APOCALYPTIC","amount":"12.30"}}"#).await;
    })
    .await;
        assert_eq!(reasons(&desk).await, Vec::<String>::new());
        let alerts = desk.alerts().await;
        assert_eq!(alerts.len(), 3);
        // What does not say how bad it is must not be overlooked.
        assert!(
            alerts.iter().all(|alert| alert.severity == Severity::High && alert.state == AlertState::Open)
        );
        let numbered = alerts.iter().find(|alert| alert.subject == "3").unwrap();
        assert_eq!(numbered.facts.amount.as_deref(), Some("12.30"));
        let odd = alerts.iter().find(|alert| alert.facts.currency.is_some()).unwrap();
        assert_eq!((odd.facts.amount.as_deref(), odd.facts.score, odd.facts.occurred_at), (None, None, None));
        let raw = desk.desk.alert(odd.id).await.unwrap().raw;
        assert!(raw.contains(r#""timestamp":"yesterday""#), "the raw message still has it all");
    }
}

#[tokio::test]
async fn markup_directions_and_emoji_stay_text() {
    for way in Way::ALL {
        let hostile = "<img src=x onerror=alert(1)></b>\u{202E}gnp.exe \u{0645}\u{0631}\u{062D}\u{0628}\u{0627} 🦊 {{7*7}} %s";
        let (desk, _folder) = after(way, async |mouth| {
            let text = serde_json::to_string(hostile).unwrap();
            let fields = [
                "description",
                "customerName",
                "customerId",
                "merchant",
                "currency",
                "country",
                "type",
                "assignedTo",
            ];
            let fields: Vec<String> = fields.iter().map(|field| format!("\"{field}\":{text}")).collect();
            mouth
                .say(format!(
                    r#"{{"type":"fraudAlert","payload":{{"id":{text},"severity":"critical",{}}}}}"#,
                    fields.join(",")
                ))
                .await;
        })
        .await;
        let alert = desk.alerts().await.remove(0);
        for text in
            [&alert.facts.title, &alert.facts.customer_name, &alert.facts.merchant, &alert.facts.owner]
        {
            assert_eq!(text.as_deref(), Some(hostile));
        }
        let shown = desk.desktop.until(|shown| !shown.notifications.is_empty()).await;
        let notification = &shown.notifications[0];
        assert!(!notification.title.contains('\u{202E}'), "no text may turn the system's own words around");
    }
}

#[tokio::test]
async fn absurd_amounts_and_times_out_of_range_are_kept_or_left_out_but_never_invented() {
    for way in Way::ALL {
        let cases = [
            (r#""amount":-1"#, Some("-1")),
            (r#""amount":9007199254740993.10"#, Some("9007199254740993.10")),
            (r#""amount":1e308"#, Some("1e308")),
            (r#""amount":"1e999999""#, None),
            (r#""amount":"12,50 €""#, None),
            (r#""timestamp":"9999-12-30T00:00:00Z""#, None),
            (r#""timestamp":"0000-01-01T00:00:00Z""#, None),
            (r#""timestamp":1e300"#, None),
            (r#""timestamp":-5"#, None),
        ];
        let (desk, _folder) = after(way, async |mouth| {
            for (number, (field, _)) in cases.iter().enumerate() {
                mouth
                    .say(format!(r#"{{"type":"newTransaction","payload":{{"id":"c-{number}",{field}}}}}"#))
                    .await;
            }
        })
        .await;
        let stored = desk.transactions().await;
        for (number, (field, amount)) in cases.iter().enumerate() {
            let transaction = stored.iter().find(|one| one.subject == format!("c-{number}")).expect(field);
            assert_eq!(transaction.facts.amount.as_deref(), *amount, "{field}");
            let is_last_day = field.contains("9999-12-30");
            assert_eq!(transaction.facts.occurred_at.is_some(), is_last_day, "{field}");
        }
    }
}

#[tokio::test]
async fn texts_of_a_hundred_kilobytes_are_cut_and_the_raw_message_is_not() {
    for way in Way::ALL {
        let long = "x".repeat(100_000);
        let (desk, _folder) = after(way, async |mouth| {
            let payload =
                format!(r#"{{"id":"a-1","severity":"low","description":"{long}","customerName":"{long}"}}"#);
            mouth.say(format!(r#"{{"type":"fraudAlert","payload":{payload}}}"#)).await;
        })
        .await;
        let alert = desk.alerts().await.remove(0);
        assert!(alert.facts.title.as_ref().unwrap().chars().count() <= 1_001);
        assert!(desk.desk.alert(alert.id).await.unwrap().raw.len() > 200_000);
    }
}

#[tokio::test]
async fn good_messages_between_bad_ones_are_all_stored() {
    for way in Way::ALL {
        let (desk, _folder) = after(way, async |mouth| {
            for id in 1..=20 {
                mouth.say_nonsense("}{").await;
                mouth.say(alert(id, "low")).await;
                mouth.say_nonsense(b"\xC3\x28").await;
            }
        })
        .await;
        assert_eq!(desk.alerts().await.len(), 20);
        assert_eq!(reasons(&desk).await.len(), if way == Way::Polling { 0 } else { 40 });
    }
}

#[tokio::test]
async fn a_list_with_bad_items_gives_the_good_ones_and_the_link_goes_live() {
    let (folder, mut server) = (tempdir().unwrap(), Server::start().await);
    let deep = format!("{}1{}", r#"{"a":"#.repeat(10_000), "}".repeat(10_000));
    let mut page = format!(
        r#"{{"items":[{{"id":"t-1"}},{{"id":"t-2","x":{deep}}},7,null,{{"id":"t-3","x":"{}"}},{{"id":"t-4","x":""#,
        "y".repeat(5 << 20)
    )
    .into_bytes();
    page.extend(b"\xFF\xFE\"}],\"sequence\":9,\"more\":false}");
    server.answer("GET /transactions", Answer { body: page, ..Answer::json("") });
    let desk = TestDesk::start(folder.path()).await;
    desk.sign_in(&server.url, "ada", "secret").await.unwrap();
    let connection = server.connection().await;
    desk.until_live().await;
    connection.send(transaction(10)).await;
    desk.until_stored("the live one is there", |_, transactions| transactions.len() == 3).await;
    let stored: Vec<String> = desk.transactions().await.into_iter().map(|one| one.subject).collect();
    assert_eq!(stored, ["t-10", "t-4", "t-1"]);
    assert_eq!(reasons(&desk).await, ["too_deep", "not_a_message", "not_a_message", "too_large"]);
}

#[tokio::test]
async fn a_page_that_is_too_large_is_asked_for_in_smaller_ones() {
    let (folder, mut server) = (tempdir().unwrap(), Server::start().await);
    let huge = format!(r#"{{"items":[],"x":"{}","sequence":1,"more":false}}"#, "y".repeat(33 << 20));
    server.answer("GET /alerts", Answer::json(&huge));
    let desk = TestDesk::start(folder.path()).await;
    desk.sign_in(&server.url, "ada", "secret").await.unwrap();
    let _connection = server.connection().await;
    desk.until_link("it gives up in words", |link| matches!(link, vigie_core::model::Link::Retrying { .. }))
        .await;
    let asked: Vec<String> =
        server.requests().into_iter().filter(|request| request.starts_with("GET /alerts")).collect();
    let sizes = [500, 62, 7, 1].map(|size| format!("GET /alerts?limit={size}"));
    assert_eq!(asked[..4], sizes);
}

#[tokio::test]
async fn of_a_name_that_stands_twice_the_last_counts_and_broken_texts_cost_only_themselves() {
    for way in Way::ALL {
        let (desk, _folder) = after(way, async |mouth| {
            mouth
                .say(
                    r#"{"type":"fraudAlert","type":"newTransaction","payload":{"id":"a"},
                    "payload":{"id":"t-1","id":"t-2","amount":1,"amount":2}}"#,
                )
                .await;
            mouth.say(r#"{"type":"newTransaction","payload":{"id":"t-3","merchant":"\uD800","city":"a\u0000b"}}"#).await;
            mouth.say(r#"{"type":"\uDFFF","payload":{"id":"t-4"}}"#).await;
        })
        .await;
        assert_eq!(reasons(&desk).await, Vec::<String>::new(), "{way:?}");
        assert_eq!(desk.alerts().await.len(), 0, "{way:?}");
        let transactions = desk.transactions().await;
        let find = |subject: &str| transactions.iter().find(|one| one.subject == subject).unwrap();
        assert_eq!(find("t-2").facts.amount.as_deref(), Some("2"), "{way:?}");
        let facts = &find("t-3").facts;
        assert_eq!((facts.merchant.as_deref(), facts.city.as_deref()), (None, Some("a b")), "{way:?}");
        assert_eq!(desk.desk.event(3).await.unwrap().kind, Kind::Other, "{way:?}");
    }
}

#[tokio::test]
async fn odd_identifiers_stay_different() {
    for way in Way::ALL {
        let long = "i".repeat(5_000);
        let (desk, _folder) = after(way, async |mouth| {
            for id in [r"n\u0000ul", r"n\u0001ul", "n ul", &format!("{long}1"), &format!("{long}2"), "", "  "]
            {
                mouth.say(format!(r#"{{"type":"newTransaction","payload":{{"id":"{id}"}}}}"#)).await;
            }
        })
        .await;
        let subjects: std::collections::HashSet<String> =
            desk.transactions().await.into_iter().map(|one| one.subject).collect();
        assert_eq!(subjects.len(), 8);
        assert!(subjects.iter().all(|subject| subject.len() <= 200 && !subject.contains(char::is_control)));
    }
}

#[tokio::test]
async fn what_nobody_can_read_does_not_fill_the_disk() {
    for way in Way::ALL {
        let (desk, _folder) = after(way, async |mouth| {
            mouth.say(format!(r#"{{"type":"unknown","payload":"{}"}}"#, "x".repeat(100_000))).await;
        })
        .await;
        assert_eq!(reasons(&desk).await, ["too_large"]);
    }
}

#[tokio::test]
async fn a_version_from_the_future_hides_no_later_one() {
    for way in Way::ALL {
        let (desk, _folder) = after(way, async |mouth| {
        for (severity, updated) in [("low", r#""9999-12-30T00:00:00Z""#), ("critical", r#""2026-01-01T00:00:00Z""#)] {
            mouth
                .say(format!(
                    r#"{{"type":"fraudAlert","payload":{{"id":"a-1","severity":"{severity}","updatedAt":{updated}}}}}"#
                ))
                .await;
        }
    })
    .await;
        assert_eq!(desk.alerts().await[0].severity, Severity::Critical);
    }
}
