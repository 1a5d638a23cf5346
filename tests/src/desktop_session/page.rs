//! What an analyst does in the window, and sees there.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{App, until};

/// The most rows that the page asks for at once.
const PAGE: u32 = 200;

impl App {
    /// Fills in the form and sends it.
    pub async fn sign_in(&self, url: &str, user: &str, password: &str) {
        self.click(r#"[data-testid="sign-in-profile"] option[value="big-defend"]"#).await;
        for (input, text) in [("url", url), ("user", user), ("password", password)] {
            self.fill(&format!(r#"[data-testid="sign-in-{input}"]"#), text).await;
        }
        self.click(r#"[data-testid="sign-in-submit"]"#).await;
    }

    /// Clicks what has this hook.
    pub async fn press(&self, hook: &str) {
        self.click(&format!(r#"[data-testid="{hook}"]"#)).await;
    }

    /// Waits until something with this hook is there.
    pub async fn until_there(&self, hook: &str) {
        let script = format!(r#"return document.querySelector('[data-testid="{hook}"]') !== null"#);
        self.until(&format!("there is {hook}"), &script).await;
    }

    /// Waits until nothing with this hook is there.
    pub async fn until_gone(&self, hook: &str) {
        let script = format!(r#"return document.querySelector('[data-testid="{hook}"]') === null"#);
        self.until(&format!("there is no {hook}"), &script).await;
    }

    /// Waits until the link is shown in one of these states.
    pub async fn until_link(&self, states: &[&str]) {
        let script = format!(
            r#"return {}.includes(document.querySelector('[data-testid="link-state"]')?.dataset.state)"#,
            json!(states)
        );
        self.until(&format!("the link is {states:?}"), &script).await;
    }

    /// Waits until the window shows a notice.
    pub async fn until_notice(&self, notice: &str) {
        let selector = format!(r#"[data-testid="notice"][data-notice="{notice}"]"#);
        let script = format!("return document.querySelector({}) !== null", json!(selector));
        self.until(&format!("there is the notice {notice}"), &script).await;
    }

    /// Waits until something with this hook shows this subject.
    pub async fn until_row(&self, hook: &str, subject: &str) {
        self.until(&format!("{hook} shows {subject}"), &row(hook, subject)).await;
    }

    /// Whether something with this hook shows this subject now.
    pub async fn has_row(&self, hook: &str, subject: &str) -> bool {
        self.script(&row(hook, subject)).await == true
    }

    /// The subjects of the rows that are drawn now; none may be there twice.
    pub async fn rows(&self, hook: &str) -> BTreeSet<String> {
        let script = format!(
            r#"return [...document.querySelectorAll('[data-testid="{hook}"]')].map((row) => row.dataset.subject)"#
        );
        once_each(&self.script(&script).await)
    }

    /// Waits until exactly these rows are drawn.
    pub async fn until_rows(&self, hook: &str, wanted: &BTreeSet<String>) {
        let look = async || (self.rows(hook).await == *wanted).then_some(());
        let drawn = until(look).await.is_some();
        assert!(drawn, "waited in vain for {wanted:?}; drawn are {:?}", self.rows(hook).await);
    }

    /// The alerts that are drawn, once they are the newest that are stored.
    pub async fn drawn_alerts(&self) -> BTreeSet<String> {
        let filter = json!({
            "severities": [], "source": null, "closed": false, "snoozed": false, "worst_first": false,
        });
        let look = async || {
            let drawn = self.rows("alert-row").await;
            let request = json!({ "filter": filter, "before": null, "limit": drawn.len() });
            let page = self.invoke("alerts", &request).await;
            let newest: BTreeSet<String> = page["rows"]
                .as_array()?
                .iter()
                .filter_map(|row| row["subject"].as_str().map(str::to_owned))
                .collect();
            (!drawn.is_empty() && drawn == newest).then_some(drawn)
        };
        until(look).await.expect("the newest alerts are not drawn")
    }

    /// Waits until more transactions than these are stored.
    pub async fn until_transactions(&self, more_than: usize) {
        let look = async || {
            let stored = self.invoke("overview", &json!({})).await["transactions"].as_u64().unwrap();
            (stored > more_than as u64).then_some(())
        };
        assert!(until(look).await.is_some(), "no more than {more_than} transactions are stored");
    }

    /// The subjects of all alerts, read page by page as the page does; none may be there twice.
    pub async fn all_alerts(&self) -> BTreeSet<String> {
        let filter = json!({ "severities": [], "source": null, "closed": true });
        self.all("alerts", json!({ "filter": filter })).await
    }

    /// The subjects of all transactions, read page by page as the page does; none may be there twice.
    pub async fn all_transactions(&self) -> BTreeSet<String> {
        self.all("transactions", json!({ "source": null, "after": null })).await
    }

    async fn all(&self, command: &str, mut request: Value) -> BTreeSet<String> {
        let (mut all, mut before) = (Vec::new(), Value::Null);
        loop {
            request["before"] = before;
            request["limit"] = json!(PAGE);
            let mut page = self.invoke(command, &request).await;
            all.extend(page["rows"].as_array().unwrap().iter().map(|row| row["subject"].clone()));
            before = page["next"].take();
            if before.is_null() {
                return once_each(&Value::Array(all));
            }
        }
    }
}

fn row(hook: &str, subject: &str) -> String {
    let selector = format!(r#"[data-testid="{hook}"][data-subject="{subject}"]"#);
    format!("return document.querySelector({}) !== null", json!(selector))
}

fn once_each(subjects: &Value) -> BTreeSet<String> {
    let subjects: Vec<&str> = subjects.as_array().unwrap().iter().filter_map(Value::as_str).collect();
    let set: BTreeSet<String> = subjects.iter().map(|subject| (*subject).to_owned()).collect();
    assert_eq!(set.len(), subjects.len(), "something is there twice: {subjects:?}");
    set
}
