//! A profile file that was handed to the program is kept among the analyst's own. Nothing is done with it until the
//! analyst signs in by it, to an address that the analyst gives.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use super::{Library, Profile, ProfileError};

/// Why a profile was not adopted.
#[derive(Debug, thiserror::Error)]
pub enum AdoptError {
    /// It is no profile.
    #[error(transparent)]
    Profile(#[from] ProfileError),
    /// Another has its name, and sources may go by that.
    #[error("there is another profile `{0}` already: give this one another name, or remove that one")]
    NameTaken(String),
    /// It cannot be kept.
    #[error("{path} cannot be written: {error}; check the rights of its folder")]
    NotKept {
        /// The file.
        path: PathBuf,
        /// What the system says.
        error: std::io::Error,
    },
}

/// Keeps the profile in `file` in `folder`, unless it is there already.
pub fn adopt(folder: &Path, file: &Path) -> Result<Profile, AdoptError> {
    let text = Profile::read_text(file)?;
    let mut profile = Profile::parse(&text)?;
    profile.own = true;
    let name = &profile.name;
    // A name has letters, digits and hyphens: it is a file's name as it is.
    let path = folder.join(format!("{name}.toml"));
    let known = Library::open(folder)?;
    if known.profile(name).is_some() {
        let is_the_same = fs::read_to_string(&path).is_ok_and(|kept| kept == text);
        return if is_the_same { Ok(profile) } else { Err(AdoptError::NameTaken(name.clone())) };
    }
    let not_kept = |error| AdoptError::NotKept { path: path.clone(), error };
    fs::create_dir_all(folder).map_err(not_kept)?;
    let mut kept = match OpenOptions::new().write(true).create_new(true).open(&path) {
        Ok(kept) => kept,
        // A file that is none, or has another's profile.
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            return Err(AdoptError::NameTaken(name.clone()));
        }
        Err(error) => return Err(not_kept(error)),
    };
    if let Err(error) = kept.write_all(text.as_bytes()).and_then(|()| kept.sync_all()) {
        // Half a profile would be told of as a wrong one at each start.
        drop(kept);
        let _not_removed_either = fs::remove_file(&path);
        return Err(not_kept(error));
    }
    Ok(profile)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_profile_is_kept_once_and_takes_the_place_of_none() {
        let folder = tempfile::tempdir().unwrap();
        let (own, handed) = (folder.path().join("profiles"), folder.path().join("bank.vigie-profile"));
        let text = Library::built_in_text("generic").unwrap();
        fs::write(&handed, text).unwrap();
        assert!(matches!(adopt(&own, &handed), Err(AdoptError::NameTaken(_))), "a built-in one has its name");
        let text = text.replacen("name = \"generic\"", "name = \"my-bank\"", 1);
        fs::write(&handed, &text).unwrap();
        for _ in 0..2 {
            let adopted = adopt(&own, &handed).unwrap();
            assert!(adopted.name == "my-bank" && adopted.own);
        }
        assert_eq!(fs::read_to_string(own.join("my-bank.toml")).unwrap(), text);
        fs::write(&handed, format!("{text}\n# another")).unwrap();
        assert!(matches!(adopt(&own, &handed), Err(AdoptError::NameTaken(_))));
        fs::write(&handed, "name = \"../../x\"").unwrap();
        assert!(matches!(adopt(&own, &handed), Err(AdoptError::Profile(_))));
        assert_eq!(fs::read_dir(&own).unwrap().count(), 1);
    }
}
