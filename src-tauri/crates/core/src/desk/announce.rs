//! What the desk announces: what is pending in the store goes to the policy, the decision is stored, and only then
//! it is shown.

use std::collections::HashSet;
use std::sync::Arc;

use super::actor::{Actor, Request};
use super::desktop::Notification;
use super::view::Notice;
use super::words;
use crate::model::{AlertId, Link, Severity, SourceId};
use crate::policy::{self, Situation};
use crate::store::{SLICE, StoreError};

impl Actor {
    /// Asks the policy about what has not been decided, and announces it: first the decision is stored, then it is
    /// shown, so that no crash announces anything twice.
    pub(super) async fn announce(&mut self, with_digest: bool) {
        match self.decide(with_digest).await {
            Ok(notifications) => {
                for notification in notifications {
                    self.show(notification);
                }
            }
            Err(error) => {
                tracing::error!(%error, "alerts could not be announced; the window and the tray show them");
                self.set_notice(Notice::StoreFails, true);
            }
        }
    }

    async fn decide(&self, with_digest: bool) -> Result<Vec<Notification>, StoreError> {
        let catching_up =
            self.sources.iter().filter(|(_, entry)| matches!(entry.link, Link::CatchingUp { .. }));
        let situation = Situation {
            paused: self.paused_until.is_some(),
            catching_up: catching_up.map(|(id, _)| *id).collect(),
        };
        let (mut alone, mut digest): (Vec<AlertId>, Vec<(AlertId, Severity)>) = (Vec::new(), Vec::new());
        let mut digest_sources = HashSet::new();
        let mut after = 0;
        loop {
            let pending = self.store().pending(with_digest, after).await?;
            let Some(last) = pending.last() else { break };
            after = last.id;
            let plan = policy::plan(&pending, &situation);
            let announced: Vec<AlertId> =
                plan.alone.iter().copied().chain(plan.digest.iter().map(|(id, _)| *id)).collect();
            digest_sources.extend(
                pending
                    .iter()
                    .filter(|one| plan.digest.iter().any(|(id, _)| *id == one.id))
                    .map(|one| one.source),
            );
            if !plan.is_empty() {
                self.store().decide(&announced, &plan.quiet, &plan.held).await?;
            }
            alone.extend(plan.alone);
            digest.extend(plan.digest);
            if pending.len() < SLICE {
                break;
            }
        }
        if let [(only, _)] = digest[..] {
            alone.push(only);
            digest.clear();
        }
        let mut notifications = Vec::with_capacity(alone.len() + 1);
        for id in alone {
            let alert = self.store().alert_row(id).await?;
            notifications.push(words::alone(self.language, &alert, self.name_of(alert.source)));
        }
        if !digest.is_empty() {
            let severities: Vec<Severity> = digest.iter().map(|(_, severity)| *severity).collect();
            let mut names: Vec<&str> =
                digest_sources.into_iter().map(|source| self.name_of(source)).collect();
            names.sort_unstable();
            notifications.push(words::digest(self.language, &severities, &names));
        }
        Ok(notifications)
    }

    fn name_of(&self, source: SourceId) -> &str {
        self.sources.get(&source).map_or("", |entry| entry.source.name.as_str())
    }

    /// Shows a notification beside the loop: a notification service may take its time.
    pub(super) fn show(&self, notification: Notification) {
        let (desktop, requests) = (Arc::clone(&self.desktop), self.requests.clone());
        tokio::spawn(async move {
            let outcome = desktop.notify(notification).await;
            if let Some(requests) = requests.upgrade() {
                let _closing = requests.send(Request::Shown(outcome)).await;
            }
        });
    }

    /// Ends a pause that is over, and announces what it held back.
    pub(super) async fn end_pause(&mut self) {
        if self.paused_until.is_some_and(|until| self.clock().now() >= until) {
            self.paused_until = None;
            self.announce(true).await;
            self.changed().await;
        }
    }
}
