//! What the changes mean for credit: scores, analyses, a portfolio, and alerts for the market.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::messages::{
    Analysis, AnalysisData, CALCULATION_PROGRESS, CREDIT_ANALYSIS, Factor, MARKET_ALERT, MarketAlert,
    PORTFOLIO_UPDATE, Portfolio, PortfolioUpdate, Progress, RISK_SCORE_UPDATE, RiskScore, Stamped,
};
use crate::{
    hub::News,
    model::{Alert, RiskMetrics, Sequence, Transaction, key, risk_level},
    money::{Currency, Money},
    projection::{Answer, Message, Users},
    store::{Book, StoreError},
};

/// Every payment of this number among a user's customers has its customer analysed.
const ANALYSED_EVERY: u64 = 10;

/// The steps of an analysis, in percent.
const STEPS: [(u32, &str); 5] = [
    (0, "analysis started"),
    (25, "payments collected"),
    (50, "risk scored"),
    (75, "factors weighed"),
    (100, "analysis complete"),
];

/// The worst and the best score.
const SCORES: (f64, f64) = (300.0, 850.0);

/// The analyses of a user that can still be asked for.
const CALCULATIONS: u32 = 1_000;

/// The kinds of things that are stored.
const CUSTOMER: &str = "customer";
const USER: &str = "user";
const PORTFOLIO: &str = "portfolio";
pub(super) const CALCULATION: &str = "calculation";

/// What is known of a customer.
#[derive(Serialize, Deserialize)]
struct Customer {
    name: String,
    payments: u64,
    /// In cents of a euro.
    spent: i64,
    risk: f64,
    risk_sum: f64,
}

/// The payments of everybody, in cents of a euro.
#[derive(Default, Serialize, Deserialize)]
struct Sum {
    cents: i64,
    payments: u64,
    /// What it was when it was told of last.
    told: i64,
}

/// A change, and whom it concerns.
#[derive(Clone, Copy)]
struct Occasion<'a> {
    user: &'a str,
    sequence: Sequence,
    at: Timestamp,
}

/// What listeners choose by: the user, and the calculation.
pub(super) fn user_tag(user: &str) -> String {
    format!("user:{user}")
}

pub(super) fn calculation_tag(calculation: &str) -> String {
    format!("calculation:{calculation}")
}

fn message(
    kind: &str,
    tags: Vec<String>,
    content: impl Serialize,
    timestamp: Timestamp,
) -> Result<Message, StoreError> {
    Ok(Message::new(kind, tags, &Stamped { kind, content, timestamp })?)
}

/// What a change means for credit.
pub(crate) async fn project(
    change: &News,
    users: &Users,
    book: &mut Book<'_>,
) -> Result<Vec<Message>, StoreError> {
    match change {
        News::Transaction(transaction) => paid(transaction, users, book).await,
        News::Alert(alert) if alert.added == alert.sequence => Ok(vec![alerted(alert)?]),
        News::Risk(metrics) => Ok(vec![measured(metrics, book).await?]),
        News::Alert(_) | News::Told(_) => Ok(Vec::new()),
    }
}

async fn paid(
    transaction: &Transaction,
    users: &Users,
    book: &mut Book<'_>,
) -> Result<Vec<Message>, StoreError> {
    let sequence = transaction.sequence;
    let cents = (transaction.amount.euros() * 100.0).round() as i64;
    let mut sum: Sum = book.get(PORTFOLIO, "").await?.unwrap_or_default();
    sum.cents = sum.cents.saturating_add(cents);
    sum.payments += 1;
    book.put((PORTFOLIO, "", ""), sequence, &sum).await?;

    let Some(user) = users.of(&transaction.customer_id) else { return Ok(Vec::new()) };
    let occasion = Occasion { user, sequence, at: transaction.timestamp };
    let id = transaction.customer_id.as_str();
    let before: Option<Customer> = book.get(CUSTOMER, id).await?;
    let previous = before.as_ref().map(|customer| customer.risk);
    let mut customer = before.unwrap_or_else(|| Customer {
        name: String::new(),
        payments: 0,
        spent: 0,
        risk: 0.0,
        risk_sum: 0.0,
    });
    customer.name.clone_from(&transaction.customer_name);
    customer.payments += 1;
    customer.spent = customer.spent.saturating_add(cents);
    customer.risk = transaction.risk_score;
    customer.risk_sum += transaction.risk_score;
    book.put((CUSTOMER, id, user), sequence, &customer).await?;

    let score = RiskScore {
        user_id: user,
        customer_id: id,
        customer_name: &customer.name,
        risk_score: customer.risk,
        previous,
    };
    let mut messages = vec![message(RISK_SCORE_UPDATE, vec![user_tag(user)], score, occasion.at)?];
    let payments = book.get::<u64>(USER, user).await?.unwrap_or(0) + 1;
    book.put((USER, user, ""), sequence, &payments).await?;
    if payments.is_multiple_of(ANALYSED_EVERY) {
        messages.extend(run(occasion, id, &customer, book).await?.messages);
    }
    Ok(messages)
}

fn alerted(alert: &Alert) -> Result<Message, StoreError> {
    message(MARKET_ALERT, Vec::new(), MarketAlert { alert: alert.into() }, alert.timestamp)
}

async fn measured(metrics: &RiskMetrics, book: &mut Book<'_>) -> Result<Message, StoreError> {
    let mut sum: Sum = book.get(PORTFOLIO, "").await?.unwrap_or_default();
    let change = match sum.told {
        0 => 0.0,
        told => rounded((sum.cents - told) as f64 / told as f64 * 100.0),
    };
    sum.told = sum.cents;
    book.put((PORTFOLIO, "", ""), metrics.sequence, &sum).await?;
    let euro = Currency::euro();
    let portfolio = Portfolio {
        portfolio_id: "PF-ALL",
        total_value: Money::new(sum.cents, euro),
        currency: euro.code(),
        change_percent: change,
        transactions: sum.payments,
    };
    message(PORTFOLIO_UPDATE, Vec::new(), PortfolioUpdate { portfolio }, metrics.timestamp)
}

/// Analyses a user's customer. `None` if the user has no such customer.
pub(crate) async fn analyze(
    (user, customer): (&str, &str),
    (sequence, at): (Sequence, Timestamp),
    users: &Users,
    book: &mut Book<'_>,
) -> Result<Option<Answer>, StoreError> {
    if users.of(customer) != Some(user) {
        return Ok(None);
    }
    let Some(known) = book.get::<Customer>(CUSTOMER, customer).await? else { return Ok(None) };
    run(Occasion { user, sequence, at }, customer, &known, book).await.map(Some)
}

/// Runs an analysis: its progress, and then what came of it.
async fn run(
    occasion: Occasion<'_>,
    id: &str,
    customer: &Customer,
    book: &mut Book<'_>,
) -> Result<Answer, StoreError> {
    let Occasion { user, sequence, at } = occasion;
    let (analysis_id, calculation_id) = (key("AN", sequence), key("CA", sequence));
    let mut messages = Vec::with_capacity(STEPS.len() + 1);
    for (progress, step) in STEPS {
        let tags = vec![user_tag(user), calculation_tag(&calculation_id)];
        let content = Progress { user_id: user, calculation_id: &calculation_id, progress, step };
        messages.push(message(CALCULATION_PROGRESS, tags, content, at)?);
    }
    let data = judged(&analysis_id, id, customer);
    messages.push(message(CREDIT_ANALYSIS, vec![user_tag(user)], Analysis { user_id: user, data }, at)?);
    book.put((CALCULATION, &calculation_id, user), sequence, &sequence).await?;
    book.keep_newest(CALCULATION, user, CALCULATIONS).await?;
    let body = json!({
        "status": "analysis_complete", "analysis_id": analysis_id, "calculation_id": calculation_id,
    });
    Ok(Answer { body, messages })
}

/// What a customer's payments say: the newest counts most.
fn judged<'a>(analysis_id: &'a str, id: &'a str, customer: &'a Customer) -> AnalysisData<'a> {
    let payments = customer.payments.max(1) as f64;
    let mean = customer.risk_sum / payments;
    let risk = rounded((0.7 * customer.risk + 0.3 * mean).clamp(0.0, 1.0));
    let points = SCORES.1 - SCORES.0;
    let level = risk_level(risk);
    AnalysisData {
        analysis_id,
        customer_id: id,
        customer_name: &customer.name,
        score: (SCORES.1 - risk * points).round() as u32,
        risk_score: risk,
        risk_level: level,
        factors: [
            Factor {
                factor: "newest_payment",
                impact: rounded(-0.7 * customer.risk * points),
                description: format!("The newest payment has a risk of {:.0} %", customer.risk * 100.0),
            },
            Factor {
                factor: "payment_history",
                impact: rounded(-0.3 * mean * points),
                description: format!(
                    "{} payments have a mean risk of {:.0} %",
                    customer.payments,
                    mean * 100.0
                ),
            },
            Factor {
                factor: "spending",
                impact: 0.0,
                description: format!(
                    "{:.2} EUR for a payment on average",
                    customer.spent as f64 / 100.0 / payments
                ),
            },
        ],
        recommendations: match level {
            "high" => vec!["Suspend the credit line", "Call the customer"],
            "medium" => vec!["Ask for proof of income before the limit is raised"],
            _ => vec!["Keep the present limit"],
        },
    }
}

/// To four decimals: more would pretend to know more.
fn rounded(number: f64) -> f64 {
    (number * 10_000.0).round() / 10_000.0
}
