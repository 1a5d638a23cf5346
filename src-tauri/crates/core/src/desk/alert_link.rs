//! Links to alerts: `vigie://alert/a-17?at=https%3A%2F%2Fbank.example%2F`. The server's identifier and the address of
//! its source name an alert on every desk; its number here names it on this one only. Who opens a link may be anybody:
//! it is read strictly.

use std::fmt;

use url::Url;
use url::form_urlencoded::byte_serialize;

/// What links begin with.
pub const SCHEME: &str = "vigie";
const ALERT: &str = "alert";
const AT: &str = "at";
/// The longest link, in bytes: longer than any that we make.
const LINK_LIMIT: usize = 4_096;
/// The longest identifier, in bytes.
const SUBJECT_LIMIT: usize = 512;

/// A link to an alert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlertLink {
    /// The server's identifier.
    pub subject: String,
    /// The address of its source; `None`: any source's.
    pub at: Option<Url>,
}

/// It is no link to an alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is no link to an alert: {0}; copy the link again")]
pub struct BadLink(&'static str);

impl AlertLink {
    /// Reads a link.
    pub fn read(text: &str) -> Result<Self, BadLink> {
        if text.len() > LINK_LIMIT {
            return Err(BadLink("it is too long"));
        }
        let link = Url::parse(text).map_err(|_| BadLink("it is not an address"))?;
        let has_more = link.port().is_some() || !link.username().is_empty() || link.password().is_some();
        if link.scheme() != SCHEME || link.host_str() != Some(ALERT) || has_more || link.fragment().is_some()
        {
            return Err(BadLink("it does not begin with vigie://alert/"));
        }
        let subject = link.path().strip_prefix('/').filter(|path| !path.is_empty() && !path.contains('/'));
        let subject = subject.ok_or(BadLink("it names no alert"))?;
        let subject = decoded(subject).ok_or(BadLink("its alert is not text"))?;
        if subject.len() > SUBJECT_LIMIT || subject.chars().any(char::is_control) {
            return Err(BadLink("no alert is called so"));
        }
        let mut at = None;
        for (name, value) in link.query_pairs() {
            let url = (name == AT && at.is_none()).then(|| Url::parse(&value).ok()).flatten();
            let is_plain = |url: &Url| {
                matches!(url.scheme(), "https" | "http")
                    && url.username().is_empty()
                    && url.password().is_none()
            };
            at = Some(url.filter(is_plain).ok_or(BadLink("it does not say where the alert is"))?);
        }
        Ok(Self { subject, at })
    }
}

/// A part of a path as it was before it was written as one.
fn decoded(part: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(part.len());
    let mut rest = part.as_bytes();
    while let [first, after @ ..] = rest {
        rest = after;
        if *first != b'%' {
            bytes.push(*first);
            continue;
        }
        let [high, low, after @ ..] = rest else { return None };
        let digit = |byte: u8| char::from(byte).to_digit(16);
        bytes.push(u8::try_from(digit(*high)? * 16 + digit(*low)?).ok()?);
        rest = after;
    }
    String::from_utf8(bytes).ok()
}

impl fmt::Display for AlertLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A space is a `+` only in a query.
        let encoded = |text: &str| byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20");
        write!(f, "{SCHEME}://{ALERT}/{}", encoded(&self.subject))?;
        match &self.at {
            Some(at) => write!(f, "?{AT}={}", encoded(at.as_str())),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_says_what_it_was_made_of() {
        let at = Some(Url::parse("https://bank.example/fraud/").unwrap());
        for subject in ["a-17", "é 1/2?#&%", "+", ".hidden"] {
            for at in [None, at.clone()] {
                let link = AlertLink { subject: subject.to_owned(), at };
                assert_eq!(AlertLink::read(&link.to_string()), Ok(link.clone()), "{link}");
            }
        }
        let link = AlertLink { subject: "a 17".into(), at };
        assert_eq!(link.to_string(), "vigie://alert/a%2017?at=https%3A%2F%2Fbank.example%2Ffraud%2F");
    }

    #[test]
    fn what_is_no_link_to_an_alert_is_refused() {
        let long = format!("vigie://alert/{}", "a".repeat(5_000));
        for text in [
            "",
            "a-17",
            "https://alert/a-17",
            "vigie:alert/a-17",
            "vigie://alert",
            "vigie://alert/",
            "vigie://alert/a/b",
            "vigie://alert/%ff",
            "vigie://alert/%0a",
            "vigie://alert/%4",
            "vigie://settings/a-17",
            "vigie://ada@alert/a-17",
            "vigie://alert:80/a-17",
            "vigie://alert/a-17#x",
            "vigie://alert/a-17?x=1",
            "vigie://alert/a-17?at=file%3A%2F%2F%2Fetc",
            "vigie://alert/a-17?at=https%3A%2F%2Fada%3Apw%40bank.example%2F",
            "vigie://alert/a-17?at=https%3A%2F%2Fb.example%2F&at=https%3A%2F%2Fb.example%2F",
            &long,
        ] {
            assert!(AlertLink::read(text).is_err(), "{text}");
        }
    }
}
