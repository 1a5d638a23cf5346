use std::time::Duration;

use serde_json::Value;
use vigie_gateway::{Clock, Gateway, Simulation, State};

use crate::support::{Desktop, config, noon, numbered};

/// Runs a simulation for so many seconds of its own time, and returns what a desktop hears of one type.
async fn live(clock: &Clock, desktop: &Desktop, rate: f64, seconds: u32) -> Vec<Value> {
    let mut stream = desktop.listen().await;
    let mut heard: Vec<Value> = Vec::new();
    let payments = |heard: &[Value]| heard.iter().filter(|frame| frame["type"] == "newTransaction").count();
    for second in 1..=seconds {
        clock.advance(Duration::from_secs(1));
        // A little fewer than are due, since frauds come when they like.
        let due = (rate * f64::from(second) * 0.9) as usize;
        while payments(&heard) < due {
            heard.push(stream.next().await);
        }
    }
    heard
}

async fn simulated(clock: &Clock, seed: u64, history: u32) -> (Gateway, Desktop) {
    let simulation = Some(Simulation { rate: 20.0, seed, history });
    let gateway = Gateway::start_with_clock(config(State::Memory, simulation), clock.clone()).await.unwrap();
    let desktop = Desktop::sign_in(&gateway, "lead").await;
    (gateway, desktop)
}

/// Transactions and alerts without numbers: the risk is measured as well, and takes one whenever it comes.
fn unnumbered(mut heard: Vec<Value>) -> Vec<Value> {
    heard.retain(|frame| frame["type"] != "riskUpdate");
    for item in &mut heard {
        item.as_object_mut().unwrap().remove("sequence");
    }
    heard
}

#[tokio::test]
async fn the_same_seed_and_start_give_the_same_transactions_and_alerts() {
    let mut runs = Vec::new();
    for _ in 0..2 {
        let clock = noon();
        let (_gateway, desktop) = simulated(&clock, 7, 400).await;
        let past = (desktop.all("/transactions", 1_000).await, desktop.all("/alerts", 100).await);
        let mut present = unnumbered(live(&clock, &desktop, 20.0, 20).await);
        present.truncate(350);
        runs.push((past, present));
    }
    assert_eq!(runs[0], runs[1]);
    let ((transactions, alerts), present) = &runs[0];
    assert_eq!((transactions.len(), present.len()), (400, 350));
    assert!(!alerts.is_empty() && present.iter().any(|frame| frame["type"] == "fraudAlert"));
}

#[tokio::test]
async fn the_first_alert_comes_within_three_seconds() {
    let clock = noon();
    let (_gateway, desktop) = simulated(&clock, 11, 0).await;
    let heard = live(&clock, &desktop, 20.0, 4).await;
    let alerts = numbered(&heard, "fraudAlert");
    assert_eq!(alerts[0]["type"], "velocity");
    assert!(alerts[0]["timestamp"].as_str().unwrap() <= "2026-11-20T12:00:03.000Z");
}

#[tokio::test]
async fn the_past_is_a_day_long_and_mostly_worked_off() {
    let clock = noon();
    let (_gateway, desktop) = simulated(&clock, 7, 3_000).await;
    let transactions = desktop.all("/transactions", 1_000).await;
    let (first, last) = (&transactions[0]["timestamp"], &transactions[transactions.len() - 1]["timestamp"]);
    assert!(first.as_str().unwrap() < "2026-11-19T14:00:00.000Z", "{first}");
    assert!(
        ("2026-11-20T11:00:00.000Z".."2026-11-20T12:00:00.000Z").contains(&last.as_str().unwrap()),
        "{last}"
    );
    let alerts = desktop.all("/alerts", 100).await;
    let decided =
        alerts.iter().filter(|alert| alert["status"] == "resolved" || alert["status"] == "false_positive");
    assert!(alerts.len() >= 8 && decided.count() * 3 >= alerts.len() * 2, "{alerts:#?}");
}

#[tokio::test]
async fn the_risk_is_told_while_somebody_listens() {
    let clock = noon();
    let (_gateway, desktop) = simulated(&clock, 7, 0).await;
    let heard = live(&clock, &desktop, 20.0, 12).await;
    let risks = numbered(&heard, "riskUpdate");
    assert!(!risks.is_empty());
    let newest = desktop.get("/risk-metrics").await;
    assert!(newest["totalTransactions"].as_u64() >= risks[risks.len() - 1]["totalTransactions"].as_u64());
}
