//! What was handed to the program from outside: a link that was clicked, or a file that was opened.

use std::path::PathBuf;
use std::sync::Arc;

use tokio::sync::oneshot;

use super::actor::Actor;
use super::alert_link::AlertLink;
use super::desktop::Wanted;
use super::requests::Request;
use super::view::{Failure, FailureCode};
use super::words;
use crate::profile::{Profile, adopt};
use crate::store::StoreError;

/// How files of profiles end that can be handed to the program; what is in them is a profile's TOML.
pub const PROFILE_FILE: &str = "vigie-profile";

/// A file that cannot be used as a profile.
pub struct RefusedProfile {
    /// Its name.
    file: String,
    /// What is wrong with it.
    why: String,
}

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

    /// Adopts the profile in a file, beside the loop: where the file is may not answer. It comes back as a request.
    pub(super) fn open_profile(&self, file: PathBuf, reply: oneshot::Sender<()>) {
        let (folder, requests) = (self.profile_folder.clone(), self.requests.clone());
        tokio::task::spawn_blocking(move || {
            let adopted = match folder {
                Some(folder) => adopt(&folder, &file).map_err(|error| error.to_string()),
                None => Err("this program keeps no profiles".to_owned()),
            };
            let name = || file.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let adopted = adopted.map_err(|why| RefusedProfile { file: name(), why });
            if let Some(requests) = requests.upgrade() {
                let _closing = requests.blocking_send(Request::ProfileRead(adopted.map(Box::new), reply));
            }
        });
    }

    /// Offers an adopted profile to sign in with. Where it is none the window says so, and a notification what is wrong
    /// with it.
    pub(super) async fn offer_profile(&mut self, adopted: Result<Box<Profile>, RefusedProfile>) {
        let wanted = match adopted {
            Ok(profile) => {
                let name = profile.name.clone();
                self.profiles.insert(name.clone(), Arc::from(profile));
                Wanted::Profile(name)
            }
            Err(RefusedProfile { file, why }) => {
                self.show(words::profile_refused(self.language, &file, &why));
                Wanted::Told(Failure::new(FailureCode::BadProfile, why))
            }
        };
        self.open(wanted).await;
    }
}
