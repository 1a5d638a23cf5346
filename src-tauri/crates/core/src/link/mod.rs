//! Links: each source's connection, kept by its [`Supervisor`]: sign in, dial, catch up, live, and again.

mod backoff;
mod catch_up;
mod sign_in;
mod supervisor;

use url::Url;

pub use backoff::Backoff;
pub use sign_in::{SignInError, Token, sign_in};
pub use supervisor::{Report, Reporter, Supervisor, Tools};

/// Puts a profile's path below a base address, which may have a path of its own.
pub fn join(base: &Url, path: &str) -> Url {
    let mut url = base.clone();
    url.set_query(None);
    url.set_fragment(None);
    url.set_path(&format!("{}/{}", base.path().trim_end_matches('/'), path.trim_start_matches('/')));
    url
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_goes_below_the_base_whatever_the_slashes() {
        for (base, expected) in [
            ("https://bank.example", "https://bank.example/ws"),
            ("https://bank.example/", "https://bank.example/ws"),
            ("https://bank.example/fraud", "https://bank.example/fraud/ws"),
            ("https://bank.example/fraud/?a=b#c", "https://bank.example/fraud/ws"),
        ] {
            assert_eq!(join(&Url::parse(base).unwrap(), "/ws").as_str(), expected);
        }
    }
}
