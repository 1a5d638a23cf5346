//! Chooses the transport: the best that comes up, another where that does not, and back to the better one later.

use std::time::Duration;

use super::connection::Connection;
use super::course::Course;
use super::moment::Moment;
use super::session::Session;
use super::supervisor::{End, Supervisor};
use crate::model::TransportKind;
use crate::transport::TransportError;

/// The wait before a better transport is tried again.
const BETTER_AFTER: Duration = Duration::from_secs(5 * 60);
/// The longest that a better transport may take, once it stands, to give a sign of life: nothing is polled meanwhile.
const SIGN_LIMIT: Duration = Duration::from_secs(10);

impl Supervisor {
    /// Opens the first transport that comes up, beginning with the one that is to be tried first.
    pub(super) async fn dial_first(&mut self, session: &Session) -> Result<Course, End> {
        let count = self.profile.transports.len();
        let first = if self.tools.clock.elapsed() < self.better_due { self.working } else { 0 };
        let mut failed = None;
        for index in (first..count).chain(0..first) {
            match self.dial(index, session).await {
                Ok(course) => return Ok(course),
                Err(End::Transport(error)) if !error.is_final() || self.is_eaten(index, &error) => {
                    let kind = self.profile.transports[index].kind;
                    tracing::warn!(source = %self.source.id, %error, transport = ?kind, "it does not come up");
                    failed = failed.or(Some(error));
                }
                Err(end) => return Err(end),
            }
        }
        // A profile has at least one transport.
        Err(failed
            .unwrap_or_else(|| TransportError::Protocol("the profile has no transport".to_owned()))
            .into())
    }

    async fn dial(&self, index: usize, session: &Session) -> Result<Course, End> {
        let clock = &self.tools.clock;
        let transport = self.profile.transports[index].clone();
        let positions = self.tools.store.positions(self.source.id).await?;
        let position = |name: &str| positions.get(name).cloned();
        let dialled = Moment::now(clock.as_ref());
        let (base, settings) = (&self.source.url, &self.settings);
        let connection =
            Connection::dial(&self.tools, &transport, base, settings, session, &position, &self.profile)
                .await?;
        Ok(Course::new(index, transport, connection, dialled, Moment::now(clock.as_ref())))
    }

    /// Whether this may be the word of something on the way, or of a server that knows no WebSocket here: both often
    /// say 403 to a handshake.
    fn is_eaten(&self, index: usize, error: &TransportError) -> bool {
        self.profile.transports[index].kind == TransportKind::WebSocket
            && self.profile.transports.len() > 1
            && matches!(error, TransportError::Status { status: 403, .. })
    }

    /// A transport has given what it has to give at first: it is up.
    pub(super) fn came_up(&mut self, index: usize) {
        if index > 0 && self.working != index {
            self.try_better_later();
        }
        self.working = index;
    }

    /// Why a connection ended. One that never gave a sign of life may be eaten on its way.
    pub(super) fn broke(&self, course: &Course, error: TransportError) -> End {
        let is_mute = matches!(error, TransportError::Silent(_) | TransportError::Closed(None));
        if is_mute && !course.connection.heard && self.profile.transports.len() > 1 {
            return End::Mute(course.index, error);
        }
        error.into()
    }

    /// Tries the transports that are better than `index`; `None`: none is up. One counts as up once it has given a sign
    /// of life: what eats a stream on its way often lets it stand.
    pub(super) async fn try_better(&self, index: usize, session: &Session) -> Result<Option<Course>, End> {
        for better in 0..index {
            let trial = async {
                let mut course = self.dial(better, session).await?;
                let arrived = tokio::select! {
                    arrived = course.connection.next(&self.profile) => arrived?,
                    () = self.tools.clock.sleep(SIGN_LIMIT) => return Err(TransportError::Silent(SIGN_LIMIT).into()),
                };
                course.queue.put(arrived);
                Ok::<_, End>(course)
            };
            match trial.await {
                Ok(course) => return Ok(Some(course)),
                Err(End::Transport(error)) => {
                    tracing::info!(source = %self.source.id, %error, "the better transport is still not up");
                }
                Err(end) => return Err(end),
            }
        }
        Ok(None)
    }

    /// Says when a better transport is tried again.
    pub(super) fn try_better_later(&mut self) -> Duration {
        self.better_due = self.tools.clock.elapsed() + BETTER_AFTER;
        self.better_due
    }

    /// A connection gave no sign of life: the next transport is to be tried first.
    pub(super) fn was_mute(&mut self, index: usize) {
        self.working = (index + 1) % self.profile.transports.len();
        self.try_better_later();
    }

    /// A new session, and a connection with it over the same transport.
    pub(super) async fn renew(&self, index: usize) -> Result<(Session, Course), End> {
        let session = self.new_session().await?;
        let course = self.dial(index, &session).await?;
        Ok((session, course))
    }
}
