//! What was handed to the program from outside: a link that was clicked, or a file that was opened.

use std::path::Path;
use std::sync::Arc;

use super::actor::Actor;
use super::alert_link::AlertLink;
use super::desktop::Wanted;
use super::view::{Failure, FailureCode};
use crate::profile::adopt;
use crate::store::StoreError;

/// How files of profiles end that can be handed to the program; what is in them is a profile's TOML.
pub const PROFILE_FILE: &str = "vigie-profile";

impl Actor {
    /// Opens the alert of a link; says so where there is none. A link is text of anybody's: it is not logged.
    pub(super) async fn open_link(&mut self, link: &str) {
        let wanted = match self.linked(link).await {
            Ok(wanted) => wanted,
            Err(failure) => Wanted::Told(failure),
        };
        self.open(wanted).await;
    }

    async fn linked(&self, link: &str) -> Result<Wanted, Failure> {
        let AlertLink { subject, at } =
            AlertLink::read(link).map_err(|error| Failure::new(FailureCode::BadLink, error))?;
        let is_there = |url: &url::Url| at.as_ref().is_none_or(|at| at == url);
        let sources = self.sources.values().map(|entry| &entry.source);
        let sources =
            sources.filter(|source| is_there(&source.url)).map(|source| source.id).collect::<Vec<_>>();
        match self.store().alert_called(&sources, &subject).await {
            Ok(alert) => Ok(Wanted::Alert(alert)),
            Err(error @ StoreError::NotFound) => Err(Failure::new(FailureCode::AlertNotHere, error)),
            Err(error) => Err(error.into()),
        }
    }

    /// Adopts the profile in a file, and offers it to sign in with; says so where it is none.
    pub(super) async fn open_profile(&mut self, file: &Path) {
        let adopted = match &self.profile_folder {
            Some(folder) => adopt(folder, file).map_err(|error| error.to_string()),
            None => Err("this program keeps no profiles".to_owned()),
        };
        let wanted = match adopted {
            Ok(profile) => {
                let name = profile.name.clone();
                self.profiles.insert(name.clone(), Arc::new(profile));
                Wanted::Profile(name)
            }
            Err(why) => Wanted::Told(Failure::new(FailureCode::BadProfile, why)),
        };
        self.open(wanted).await;
    }
}
