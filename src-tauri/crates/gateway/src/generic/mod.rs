//! A contract without a history: frames of whatever changed, at one address in three ways.

mod routes;

pub(crate) use routes::router;

use crate::{big_defend::frame, hub::News, projection::Message, store::StoreError};

/// A frame of the change.
pub(crate) fn project(change: &News) -> Result<Vec<Message>, StoreError> {
    let data = serde_json::value::RawValue::from_string(frame(change)?)?;
    Ok(vec![Message { kind: String::new(), tags: Vec::new(), data }])
}
