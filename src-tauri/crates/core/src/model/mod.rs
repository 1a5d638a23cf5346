//! The words of the program as types: what arrives (events), what is kept (alerts, sources), and how a
//! source's connection stands (links). Nothing here does I/O.

mod alert;
mod backend;
mod deed;
mod event;
mod link;
mod pause;
mod severity;
mod snooze;
mod source;
mod time;
mod traits;

pub use alert::{Alert, AlertDetail, AlertId, AlertState, HistoryEntry};
pub use backend::{ActionKind, ProfileProblem, SecretKind, SignInView};
pub use deed::{Deed, DeedId, Standing};
pub use event::{Activity, Detail, Event, EventDetail, EventId, Factor, Facts, Kind, Transaction};
pub use link::{Link, SignedOutReason, TransportKind, Trouble};
pub use pause::PauseFor;
pub use severity::{Severity, SeverityCounts};
pub use snooze::{Snooze, SnoozeFor, SnoozeId, SnoozeOf, SnoozeRequest, Snoozed, SnoozedAlert, SnoozedOther};
pub use source::{Parameters, Source, SourceId};
pub use time::Time;
pub use traits::Traits;
