//! The profiles there are: those that come with the program, and the analyst's own.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use super::{Profile, ProfileError};
use crate::model::ProfileProblem;

/// The profiles that come with the program.
const BUILT_IN: [&str; 6] = [
    include_str!("../../profiles/aml.toml"),
    include_str!("../../profiles/big-defend.toml"),
    include_str!("../../profiles/credit.toml"),
    include_str!("../../profiles/flowfi.toml"),
    include_str!("../../profiles/generic.toml"),
    include_str!("../../profiles/trading.toml"),
];
/// The longest profile file that is read, in bytes: many times the longest of ours.
const FILE_LIMIT: u64 = 1 << 20;
/// The most files that are read: more than anybody has backends.
const FILES_LIMIT: usize = 100;

/// The profiles there are.
#[derive(Debug, Default)]
pub struct Library {
    /// The profiles; the names are all different.
    pub profiles: Vec<Profile>,
    /// The files that are wrong.
    pub problems: Vec<ProfileProblem>,
    /// Where the analyst's own are.
    pub folder: Option<PathBuf>,
}

impl Library {
    /// The profiles that come with the program, alone.
    pub fn built_in() -> Result<Self, ProfileError> {
        let profiles = BUILT_IN.into_iter().map(Profile::parse).collect::<Result<_, _>>()?;
        Ok(Self { profiles, problems: Vec::new(), folder: None })
    }

    /// The file of a built-in profile, to copy.
    pub fn built_in_text(name: &str) -> Option<&'static str> {
        BUILT_IN.into_iter().find(|text| Profile::parse(text).is_ok_and(|profile| profile.name == name))
    }

    /// The profile of this name.
    pub fn profile(&self, name: &str) -> Option<&Profile> {
        self.profiles.iter().find(|profile| profile.name == name)
    }

    /// The built-in profiles, and those in `folder`, which take the place of built-in ones of the same name. A folder
    /// that is not there is an empty one.
    pub fn open(folder: &Path) -> Result<Self, ProfileError> {
        let mut profiles: BTreeMap<String, Profile> =
            Self::built_in()?.profiles.into_iter().map(|profile| (profile.name.clone(), profile)).collect();
        let mut problems = Vec::new();
        let mut files: Vec<_> = match std::fs::read_dir(folder) {
            Ok(entries) => entries.filter_map(Result::ok).map(|entry| entry.path()).collect(),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Vec::new(),
            Err(error) => {
                problems.push(problem(folder, &ProfileError::Unreadable { path: folder.to_owned(), error }));
                Vec::new()
            }
        };
        files.retain(|file| file.extension().is_some_and(|extension| extension == "toml"));
        files.sort();
        for file in files.into_iter().take(FILES_LIMIT) {
            match Profile::read(&file) {
                Ok(profile) if profiles.get(&profile.name).is_some_and(|other| other.own) => {
                    let message =
                        format!("another file has the name `{}` already: give it another", profile.name);
                    problems.push(ProfileProblem { file: file.display().to_string(), message });
                }
                Ok(mut profile) => {
                    profile.own = true;
                    profiles.insert(profile.name.clone(), profile);
                }
                Err(error) => problems.push(problem(&file, &error)),
            }
        }
        Ok(Self { profiles: profiles.into_values().collect(), problems, folder: Some(folder.to_owned()) })
    }
}

fn problem(file: &Path, error: &ProfileError) -> ProfileProblem {
    ProfileProblem { file: file.display().to_string(), message: error.to_string() }
}

impl Profile {
    /// Reads and checks a profile file.
    pub fn read(path: &Path) -> Result<Self, ProfileError> {
        Self::parse(&Self::read_text(path)?)
    }

    /// Reads a profile file that may be one.
    pub(super) fn read_text(path: &Path) -> Result<String, ProfileError> {
        let unreadable = |error| ProfileError::Unreadable { path: path.to_owned(), error };
        // A pipe in its place would never end, nor begin.
        if !std::fs::metadata(path).map_err(unreadable)?.is_file() {
            return Err(unreadable(std::io::Error::other("it is no file")));
        }
        let file = std::fs::File::open(path).map_err(unreadable)?;
        let mut text = String::new();
        let length = file.take(FILE_LIMIT + 1).read_to_string(&mut text).map_err(unreadable)?;
        if length as u64 > FILE_LIMIT {
            return Err(ProfileError::TooLong(FILE_LIMIT));
        }
        Ok(text)
    }
}
