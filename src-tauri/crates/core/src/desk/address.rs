//! The address of a source, as an analyst types it.

use url::{Host, Url};

use super::view::{Failure, FailureCode};

/// The address that was meant. A password goes there, so it must be encrypted, unless it is this very computer.
pub fn read(typed: &str) -> Result<Url, Failure> {
    let bad = |why: &str| Failure::new(FailureCode::BadAddress, why);
    let typed = typed.trim();
    let parse = |address: &str| Url::parse(address).map_err(|error| bad(&error.to_string()));
    let mut url = match typed.contains("://") {
        true => parse(typed)?,
        // A server on this very computer is one that is being tried out.
        false if is_here(&parse(&format!("http://{typed}"))?) => parse(&format!("http://{typed}"))?,
        false => parse(&format!("https://{typed}"))?,
    };
    let is_here = is_here(&url);
    if url.host().is_none() {
        return Err(bad("the address has no host"));
    }
    match url.scheme() {
        "https" => {}
        "http" if is_here => {}
        "http" => return Err(bad("http sends the password unprotected: use https")),
        _ => return Err(bad("the address must begin with https://")),
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(bad("the address must not hold a name or a password"));
    }
    url.set_query(None);
    url.set_fragment(None);
    Ok(url)
}

/// Whether the address is on this computer.
fn is_here(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_as_they_were_meant() {
        for (typed, meant) in [
            ("fraud.bank.example", "https://fraud.bank.example/"),
            (" https://bank.example/fraud?x=1#y ", "https://bank.example/fraud"),
            ("http://localhost:8000", "http://localhost:8000/"),
            ("127.0.0.1:8787", "http://127.0.0.1:8787/"),
            ("http://127.0.0.1:8787", "http://127.0.0.1:8787/"),
            ("http://[::1]:8787", "http://[::1]:8787/"),
        ] {
            assert_eq!(read(typed).unwrap().as_str(), meant);
        }
    }

    #[test]
    fn an_address_that_would_give_the_password_away_is_refused() {
        for typed in [
            "http://bank.example",
            "ftp://bank.example",
            "https://analyst:secret@bank.example",
            "https://",
            "",
            "javascript://x/%0aalert(1)",
            "http://localhost.bank.example",
        ] {
            let failure = read(typed).unwrap_err();
            assert_eq!(failure.code, FailureCode::BadAddress, "{typed}");
            assert!(!failure.message.contains("secret"));
        }
    }
}
