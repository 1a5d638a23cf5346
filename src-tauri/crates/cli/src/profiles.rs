//! Which profiles there are here.

use std::path::Path;

use vigie_core::profile::{Library, Profile, ProfileError};
use vigie_system::places;

/// Why a profile cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ProfilesError {
    /// Its file is wrong.
    #[error("{0}")]
    Wrong(String),
    /// There is none of this name.
    #[error("there is no profile `{name}`; there are {known}. A file is meant when the name ends in .toml")]
    Unknown {
        /// The name.
        name: String,
        /// Those that there are.
        known: String,
    },
}

impl ProfilesError {
    /// That this file is wrong.
    pub fn wrong(file: &Path, error: &ProfileError) -> Self {
        Self::Wrong(match error {
            // It names the file itself.
            ProfileError::Unreadable { .. } => error.to_string(),
            error => format!("{}: {error}", file.display()),
        })
    }
}

/// The built-in profiles and the analyst's own.
pub fn library() -> Result<Library, ProfileError> {
    places::profiles().map_or_else(Library::built_in, |folder| Library::open(&folder))
}

/// The profile of this name, or that of a file; alone, so that the name cannot mean another.
pub fn find(name: &str) -> Result<Profile, ProfilesError> {
    let path = Path::new(name);
    if path.extension().is_some_and(|extension| extension == "toml") || path.components().count() > 1 {
        let mut profile = Profile::read(path).map_err(|error| ProfilesError::wrong(path, &error))?;
        profile.own = true;
        return Ok(profile);
    }
    let Library { profiles, problems, .. } =
        library().map_err(|error| ProfilesError::Wrong(error.to_string()))?;
    let known: Vec<&str> = profiles.iter().map(|profile| profile.name.as_str()).collect();
    let known = known.join(", ");
    // A file that is wrong may be the one that is meant.
    let of_this_name = |file: &str| Path::new(file).file_stem().is_some_and(|stem| stem == name);
    if let Some(problem) = problems.into_iter().find(|problem| of_this_name(&problem.file)) {
        return Err(ProfilesError::Wrong(format!("{}: {}", problem.file, problem.message)));
    }
    let found = profiles.into_iter().find(|profile| profile.name == name);
    found.ok_or_else(|| ProfilesError::Unknown { name: name.to_owned(), known })
}
