//! A launch agent, which lists program and arguments one by one.

/// The path of a program, as it is.
pub fn command(path: &str) -> String {
    path.to_owned()
}
