use futures_util::StreamExt as _;
use tokio::net::TcpSocket;
use tokio_tungstenite::{MaybeTlsStream, client_async, tungstenite::Message};
use vigie_gateway::{Channel, Money, NewTransaction};

use crate::support::{Desktop, End, Stream, gateway, numbered, payment, spree};

#[tokio::test]
async fn everybody_hears_transactions_and_only_their_bank_its_alerts() {
    let gateway = gateway().await;
    let mut streams = Vec::new();
    // Two desktops of one user hear the same.
    for user in ["lead", "anna", "anna", "paul"] {
        streams.push(Desktop::sign_in(&gateway, user).await.listen().await);
    }
    spree(&gateway, "C-1", "Nordstern Bank", 7).await;
    let last = gateway.submit(payment("C-2", "Nordstern Bank", 10, Channel::Card)).await.unwrap();
    let mut alerts = Vec::new();
    for stream in &mut streams {
        let heard = stream.until(&last.id).await;
        assert_eq!(numbered(&heard, "newTransaction").len(), 8);
        alerts.push(numbered(&heard, "fraudAlert"));
    }
    assert_eq!(alerts[0].len(), 2, "raised with the sixth payment, and again with the seventh");
    assert_eq!(alerts[0][0]["id"], alerts[0][1]["id"], "one alert for an episode");
    assert_eq!((&alerts[1], &alerts[2]), (&alerts[0], &alerts[0]));
    assert!(alerts[3].is_empty());
}

#[tokio::test]
async fn what_is_heard_comes_in_order_and_is_listed_the_same() {
    let gateway = gateway().await;
    let desktop = Desktop::sign_in(&gateway, "lead").await;
    let mut stream = desktop.listen().await;
    let sprees = ["C-1", "C-2", "C-3"].map(|customer| spree(&gateway, customer, "Nordstern Bank", 9));
    futures_util::future::join_all(sprees).await;
    let last = gateway.submit(payment("C-4", "Nordstern Bank", 10, Channel::Card)).await.unwrap();

    let heard = stream.until(&last.id).await;
    let sequences: Vec<u64> = heard.iter().map(|frame| frame["sequence"].as_u64().unwrap()).collect();
    assert!(sequences.windows(2).all(|pair| pair[0] < pair[1]));
    assert_eq!(desktop.all("/transactions", 4).await, numbered(&heard, "newTransaction"));
    let alerts = numbered(&heard, "fraudAlert");
    let newest = |id: &str| alerts.iter().rev().find(|alert| alert["id"] == id).unwrap();
    let listed = desktop.all("/alerts", 2).await;
    assert_eq!(listed.len(), 3);
    assert!(listed.iter().all(|alert| alert == newest(alert["id"].as_str().unwrap())));
}

#[tokio::test]
async fn what_a_client_says_is_ignored_and_too_much_of_it_ends_the_connection() {
    let gateway = gateway().await;
    let mut stream = Desktop::sign_in(&gateway, "anna").await.listen().await;
    for text in ["", "{}", "\u{0}", r#"{"type":"subscribe"}"#] {
        stream.say(Message::text(text)).await.unwrap();
    }
    let id = &gateway.submit(payment("C-1", "Nordstern Bank", 10, Channel::Card)).await.unwrap().id;
    assert_eq!(stream.next().await["payload"]["id"], id.as_str());
    let _ = stream.say(Message::text("x".repeat(64 * 1024))).await;
    while stream.hear().await.is_ok() {}
}

#[tokio::test]
async fn a_slow_reader_is_closed_and_nothing_before_that_is_missing() {
    let gateway = gateway().await;
    let desktop = Desktop::sign_in(&gateway, "lead").await;
    let mut slow = unread(&desktop).await;

    let long =
        NewTransaction { merchant: "m".repeat(120), ..payment("C-1", "Nordstern Bank", 1, Channel::Card) };
    let mut number = 0;
    while gateway.connections() > 0 {
        // As many at once as one commit takes.
        let many = (0..512).map(|index| {
            let customer_id = format!("C-{}", number * 512 + index);
            gateway.submit(NewTransaction { customer_id, ..long.clone() })
        });
        for added in futures_util::future::join_all(many).await {
            added.unwrap();
        }
        number += 1;
    }

    let mut heard = Vec::new();
    let end = loop {
        match slow.hear().await {
            Ok(frame) => heard.push(frame),
            Err(end) => break end,
        }
    };
    assert_eq!(end, End::Closed(1013, "too far behind: reconnect and catch up".into()));
    let heard = numbered(&heard, "newTransaction");
    assert!(!heard.is_empty());
    let mut listed = desktop.all("/transactions", 1_000).await;
    assert!(listed.len() > heard.len());
    listed.truncate(heard.len());
    assert_eq!(heard, listed);
}

/// A connection that takes little before it is read.
async fn unread(desktop: &Desktop) -> Stream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4 * 1024).unwrap();
    let address = desktop.url.trim_start_matches("http://").parse().unwrap();
    let socket = MaybeTlsStream::Plain(socket.connect(address).await.unwrap());
    Stream(client_async(desktop.address(), socket).await.unwrap().0)
}

#[tokio::test]
async fn a_cut_connection_ends_without_a_word_and_a_stopping_gateway_says_so() {
    let gateway = gateway().await;
    let desktop = Desktop::sign_in(&gateway, "anna").await;
    let mut cut = desktop.listen().await;
    gateway.disconnect_all();
    assert_eq!(cut.hear().await, Err(End::Cut));

    let mut told = desktop.listen().await;
    let (end, ()) = tokio::join!(
        async {
            let end = told.hear().await;
            // Answers the close.
            while told.0.next().await.is_some() {}
            end
        },
        gateway.stop()
    );
    assert_eq!(end, Err(End::Closed(1001, "the gateway stops".into())));
}

#[tokio::test]
async fn a_user_has_so_many_connections_and_others_still_get_in() {
    let gateway = gateway().await;
    let (anna, paul) = (Desktop::sign_in(&gateway, "anna").await, Desktop::sign_in(&gateway, "paul").await);
    let mut open = Vec::new();
    while let Ok((stream, _)) = tokio_tungstenite::connect_async(anna.address()).await {
        open.push(stream);
    }
    assert_eq!((open.len(), gateway.connections()), (32, 32));
    paul.listen().await;
}

#[tokio::test]
async fn amounts_keep_the_decimals_of_their_currency() {
    let gateway = gateway().await;
    let mut stream = Desktop::sign_in(&gateway, "lead").await.listen().await;
    for (minor, code, written) in [(1_230, "EUR", "12.30"), (1_200, "JPY", "1200"), (1, "KWD", "0.001")] {
        let amount = Money::new(minor, vigie_gateway::Currency::of(code).unwrap());
        let new = NewTransaction { amount, ..payment("C-1", "Nordstern Bank", 1, Channel::Card) };
        gateway.submit(new).await.unwrap();
        let Some(Ok(Message::Text(text))) = stream.0.next().await else { panic!("no frame") };
        assert!(text.contains(&format!("\"amount\":{written},\"currency\":\"{code}\"")), "{text}");
    }
}
