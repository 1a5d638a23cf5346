//! Links: each source's connection, kept by its [`Supervisor`]: sign in, dial, catch up, live, and again.
//!
//! `supervisor` decides what to do when a connection ends, and `backoff` how long to wait; `course` is one connection
//! from its dial to its end. `dial` chooses the transport, and `connection` is its streams as one; `gather` takes what
//! arrives, and `commit` hands it to the store; `beside` does what takes long meanwhile. `lists` fetches what was
//! missed, and `schedule` says when again; `counting` finds what is missing on a live stream; `settling` tells a replay
//! from news; `moment` is a time by both clocks, and until when everything has come. `session` signs in, and `granted`
//! reads what that gives; `unseen` lets a link rest while nobody looks; `trial` tries a source step by step, beside its
//! link; `cause` is why something may have been missed; `act` does what an analyst asks of the server.

mod act;
mod backoff;
mod beside;
mod cause;
mod commit;
mod connection;
mod counting;
mod course;
mod dial;
mod gather;
pub mod granted;
mod lists;
mod moment;
mod schedule;
mod session;
mod settling;
mod supervisor;
mod trial;
mod unseen;

pub use act::act;
pub use backoff::Backoff;
pub(crate) use cause::Cause;
pub use commit::Failing;
pub(crate) use moment::Moment;
pub use session::{Session, SharedSession, SignInError, probe, sign_in};
pub use supervisor::{Report, Reporter, Supervisor, Tools};
pub use trial::{FIRST_EVENT_LIMIT, Found, Standing, Step, StepName, Trial};
pub use unseen::{Announced, Unseen};
