//! All of Vigie's behaviour, without a window.
//!
//! The way of an event: a [`transport`] turns bytes into frames; a [`profile`] turns frames into events; the
//! [`link`] of each source keeps the connection, catches up and hands batches to the [`store`]; what is committed
//! reaches the [`desk`], which asks the [`policy`] and drives notifications, tray and window. What all of them did is
//! counted in [`figures`].

pub mod clock;
pub mod desk;
pub mod figures;
pub mod link;
pub mod model;
pub mod policy;
pub mod profile;
pub mod settings;
pub mod store;
pub mod text;
pub mod transport;
pub mod updating;
pub mod vault;
