//! Changing a source that is there: what it is called and what is wanted of it. Who changes where it is or who signs in
//! signs in anew (`signing_in.rs`).

use super::actor::Actor;
use super::signing_in::short;
use super::sources::gone;
use super::view::{Failure, FailureCode, SourceEdit};
use crate::model::{Link, Source, SourceId};

impl Actor {
    /// Keeps what the analyst has changed. A link that is up is started anew where something else is wanted.
    pub async fn edit(&mut self, edit: SourceEdit) -> Result<(), Failure> {
        let SourceEdit { source: id, name, parameters } = edit;
        let entry = self.sources.get(&id).filter(|entry| !entry.source.simulated).ok_or_else(gone)?;
        let profile = self.profile(&entry.source.profile)?;
        let parameters = profile
            .check_parameters(&parameters)
            .map_err(|why| Failure::new(FailureCode::BadParameter, why))?;
        let name = Some(short(&name)?).filter(|name| !name.is_empty());
        let name = name.unwrap_or_else(|| entry.source.name.clone());
        let is_wanted_otherwise = parameters != entry.source.parameters;
        let source = Source { name, parameters, ..entry.source.clone() };
        self.check_other_than(id, &source)?;
        self.store().update_source(&source).await?;
        self.rename_in_rules(id, &source.name);
        if let Some(entry) = self.sources.get_mut(&id) {
            entry.source = source;
            entry.endings += 1;
            let is_up = !matches!(entry.link, Link::SignedOut { .. } | Link::Paused);
            if is_up && is_wanted_otherwise {
                self.connect(id, None);
            }
        }
        Ok(())
    }

    /// Rules go by the names of sources. One that an administrator has made stays as it is.
    fn rename_in_rules(&mut self, id: SourceId, name: &str) {
        let before = self.sources.get(&id).map(|entry| entry.source.name.clone()).unwrap_or_default();
        let mut wanted = self.settings.settings().clone();
        let is_shared = self.sources.values().filter(|entry| entry.source.name == before).count() > 1;
        let of_it =
            wanted.notifications.rules.iter_mut().filter(|rule| rule.source.as_ref() == Some(&before));
        let renamed = of_it.map(|rule| rule.source = Some(name.to_owned())).count();
        if before == name || is_shared || renamed == 0 {
            return;
        }
        if let Err(error) = self.settings.set(&wanted) {
            tracing::warn!(%error, "a rule is still about the source's old name");
        }
    }

    /// Whether a source would be none that another is: what two have of one server would all be told twice.
    pub(super) fn check_other_than(&self, id: SourceId, source: &Source) -> Result<(), Failure> {
        let is_same = |other: &Source| {
            other.id != id
                && (&other.url, &other.profile, &other.user, &other.parameters)
                    == (&source.url, &source.profile, &source.user, &source.parameters)
        };
        match self.sources.values().find(|entry| is_same(&entry.source)) {
            Some(other) => Err(Failure::new(
                FailureCode::SameSource,
                format!("`{}` has the same address, user and parameters", other.source.name),
            )),
            None => Ok(()),
        }
    }
}
