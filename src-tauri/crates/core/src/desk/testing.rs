//! Tests a source, or what was typed to sign in to one, beside the loop and beside its link.

use secrecy::ExposeSecret as _;
use tokio::sync::watch;
use tokio_util::task::AbortOnDropHandle;

use super::actor::Actor;
use super::credentials::Credentials;
use super::sources::gone;
use super::view::{Failure, Tested};
use crate::link::{Step, Trial};
use crate::model::SourceId;
use crate::store::NewSource;

impl Actor {
    /// Begins a test and tells its steps, until nobody listens. One that is under way for the same source ends.
    pub fn test(&mut self, tested: Tested) -> Result<watch::Receiver<Vec<Step>>, Failure> {
        let (of, new, profile, typed) = match tested {
            Tested::Source(id) => {
                let source = &self.sources.get(&id).ok_or_else(gone)?.source;
                (Some(id), NewSource::from(source.clone()), self.profile(&source.profile)?, None)
            }
            Tested::SignIn(request) => {
                let of = request.source;
                let (new, profile, password) = self.prepare(request)?.into_parts();
                (of, new, profile, Some(password).filter(|password| !password.expose_secret().is_empty()))
            }
        };
        let (told, steps) = watch::channel(Step::all());
        let tools = self.tools.clone();
        let testing = async move {
            let settings = profile.settings(&new.user, &new.parameters);
            let credential = Credentials::name_of(&new);
            let trial = Trial { profile: &profile, url: new.url, settings, typed, credential };
            tokio::select! {
                () = trial.run(tools, &told) => {}
                () = told.closed() => {}
            }
        };
        self.tests.insert(of, AbortOnDropHandle::new(tokio::spawn(testing)));
        Ok(steps)
    }

    /// Ends the test of a source; `None`: of one that is still to be signed in to.
    pub fn stop_test(&mut self, of: Option<SourceId>) {
        self.tests.remove(&of);
    }
}
