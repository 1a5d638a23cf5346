//! How values are written in JSON, in every contract alike.

use jiff::Timestamp;
use serde::{Serialize as _, Serializer};
use serde_json::value::RawValue;

use crate::money::Money;

/// An amount as a JSON number with exactly the decimals of its currency, which no float would keep.
pub(crate) fn decimal<S: Serializer>(amount: &Money, serializer: S) -> Result<S::Ok, S::Error> {
    RawValue::from_string(amount.decimal()).map_err(serde::ser::Error::custom)?.serialize(serializer)
}

/// An instant as RFC 3339 with `Z` and exactly three decimals.
pub(crate) fn milliseconds<S: Serializer>(at: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&format_args!("{at:.3}"))
}

/// An instant as Python writes it: six decimals, and an offset of zero.
pub(crate) fn python_time(at: &Timestamp) -> String {
    format!("{}+00:00", format!("{at:.6}").trim_end_matches('Z'))
}

/// An instant as Python writes it.
pub(crate) fn isoformat<S: Serializer>(at: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&python_time(at))
}
