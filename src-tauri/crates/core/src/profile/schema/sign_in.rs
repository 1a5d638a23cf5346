//! How to sign in.

use serde::Deserialize;

/// How to sign in. Which fields a kind needs stands at the kind.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignInFile {
    /// The way. Default: `none`.
    #[serde(default)]
    pub kind: SignInKind,
    /// `header`: the header that carries the key.
    pub header: Option<String>,
    /// `query`: the query parameter that carries the token.
    pub parameter: Option<String>,
    /// `bearer`, `header`, `query`: whether the token may be left empty. Default: no.
    #[serde(default)]
    pub optional: bool,
    /// `password`, `cookie`: where to post name and password.
    pub path: Option<String>,
    /// `password`, `cookie`: how to write them. Default: `json`.
    #[serde(default)]
    pub format: BodyFormat,
    /// `password`, `cookie`: the field of the name. Default: `username`.
    pub user_field: Option<String>,
    /// `password`, `cookie`: the field of the password. Default: `password`.
    pub password_field: Option<String>,
    /// `password`: where in the answer the token is.
    pub token: Option<String>,
    /// `password`: where in the answer its lifetime in seconds is. Without it the token itself is asked, if it is a
    /// JSON Web Token.
    pub expires_in: Option<String>,
    /// `password`, `cookie`: the statuses that mean "wrong name or password". Default: 400 and 401.
    pub refused: Option<Vec<u16>>,
}

/// A way of signing in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignInKind {
    /// Nobody has to.
    #[default]
    None,
    /// The backend only wants to know who: `{user}` in a path or query.
    User,
    /// A token from an administrator, in the `Authorization` header.
    Bearer,
    /// A key in a header of the backend's own; needs `header`.
    Header,
    /// A token in the address, for a backend that knows no other way; needs `parameter`.
    Query,
    /// A name and a password give a bearer token; needs `path` and `token`.
    Password,
    /// A name and a password give a session's cookie; needs `path`.
    Cookie,
}

/// How a name and a password are written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BodyFormat {
    /// As a JSON object.
    #[default]
    Json,
    /// As a web form.
    Form,
}
