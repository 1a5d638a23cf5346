//! The licences of everything that other people wrote and the packages carry, in one text.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde::Deserialize;

use crate::error::{Error, Result};
use crate::setup::tools;
use crate::window_packages::{self, Package};
use crate::{paths, shell};

/// What it is called in every package.
pub const NAME: &str = "THIRD-PARTY-LICENSES.txt";

/// The manifests of the programs in a package.
const PROGRAMS: [&str; 2] = ["src-tauri/Cargo.toml", "src-tauri/crates/cli/Cargo.toml"];

/// The text of a licence, and what is under it. Texts differ by the names in them.
type Texts = BTreeMap<(String, String), BTreeSet<String>>;

/// Writes it into a folder; fails at a licence that is not on the list. Looking into all crates takes minutes, so that
/// is done again only when they, or the list, have changed.
pub fn write(folder: &Path) -> Result<PathBuf> {
    let list = list();
    let accepted = accepted(&list)?;
    let mut texts = Texts::new();
    for manifest in PROGRAMS {
        add_crates(&mut texts, &crates(manifest, &list)?)?;
    }
    for package in window_packages::all()? {
        add_package(&mut texts, &package, &accepted, &list)?;
    }
    let file = folder.join(NAME);
    fs::write(&file, text(&texts)).map_err(Error::file("written", &file))?;
    Ok(file)
}

/// Where it says what may be shipped.
fn list() -> PathBuf {
    paths::packages().join("licences.toml")
}

#[derive(Deserialize)]
struct List {
    accepted: Vec<String>,
}

fn accepted(list: &Path) -> Result<Vec<String>> {
    let text = fs::read_to_string(list).map_err(Error::file("read", list))?;
    let read: List = toml::from_str(&text).map_err(|source| Error::List { list: list.to_owned(), source })?;
    Ok(read.accepted)
}

/// What cargo-about says of all crates of a program.
fn crates(manifest: &str, list: &Path) -> Result<String> {
    let name = manifest.replace('/', "-").replace(".toml", "");
    let (answer, asked) = (
        paths::notes().join(format!("licences-{name}.json")),
        paths::notes().join(format!("licences-{name}.asked")),
    );
    let mut question = Vec::new();
    for file in [paths::root().join("Cargo.lock"), paths::root().join(manifest), list.to_owned()] {
        question.extend(fs::read(&file).map_err(Error::file("read", &file))?);
    }
    if !answer.is_file() || fs::read(&asked).ok().as_ref() != Some(&question) {
        let mut about = Command::new(tools::install(&tools::ABOUT)?);
        about.args([
            "generate",
            "--fail",
            "--locked",
            "--format",
            "json",
            "--manifest-path",
            manifest,
            "--config",
        ]);
        about.arg(list).arg("--output-file").arg(&answer).current_dir(paths::root());
        shell::run(&mut about)?;
        fs::write(&asked, question).map_err(Error::file("written", &asked))?;
    }
    fs::read_to_string(&answer).map_err(Error::file("read", &answer))
}

#[derive(Deserialize)]
struct Answer {
    licenses: Vec<Licence>,
}

#[derive(Deserialize)]
struct Licence {
    id: String,
    text: String,
    used_by: Vec<User>,
}

#[derive(Deserialize)]
struct User {
    #[serde(rename = "crate")]
    used: Crate,
}

#[derive(Deserialize)]
struct Crate {
    name: String,
    version: String,
    repository: Option<String>,
}

fn add_crates(texts: &mut Texts, answer: &str) -> Result<()> {
    let answer: Answer = serde_json::from_str(answer).map_err(Error::json("cargo-about"))?;
    for Licence { id, text, used_by } in answer.licenses {
        let users = used_by.into_iter().map(|User { used: Crate { name, version, repository } }| {
            let address = repository.unwrap_or_else(|| format!("https://crates.io/crates/{name}"));
            format!("{name} {version} ({address})")
        });
        texts.entry((id, text.trim().to_owned())).or_default().extend(users);
    }
    Ok(())
}

fn add_package(texts: &mut Texts, package: &Package, accepted: &[String], list: &Path) -> Result<()> {
    let Package { folder, name, version, licence } = package;
    let is_accepted = |licence: &str| accepted.iter().any(|accepted| accepted == licence);
    if !licence.trim_matches(['(', ')']).split(" OR ").any(is_accepted) {
        let (package, licence, list) = (format!("{name} {version}"), licence.clone(), list.to_owned());
        return Err(Error::Licence { package, licence, list });
    }
    let user = format!("{name} {version} (https://www.npmjs.com/package/{name})");
    for file in licence_files(&paths::ui().join(folder))? {
        let text = fs::read_to_string(&file).map_err(Error::file("read", &file))?;
        texts.entry((licence.clone(), text.trim().to_owned())).or_default().insert(user.clone());
    }
    Ok(())
}

/// The files of a package that begin as licences do.
fn licence_files(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).and_then(|entries| entries.map(|entry| Ok(entry?.path())).collect());
    let entries: Vec<PathBuf> = entries.map_err(Error::file("read", folder))?;
    let is_licence = |file: &PathBuf| {
        let name = file.file_name().unwrap_or_default().to_string_lossy().to_uppercase();
        ["LICENSE", "LICENCE", "COPYING", "NOTICE"].iter().any(|begin| name.starts_with(begin))
    };
    Ok(entries.into_iter().filter(is_licence).collect())
}

fn text(texts: &Texts) -> String {
    let mut text = "Vigie is built with the work of others. This is who they are, and under which licence they gave it.\n\
        The sources of each are at its address, unchanged.\n"
        .to_owned();
    for ((licence, words), users) in texts {
        text += &format!("\n{}\n{licence}\n\n", "=".repeat(80));
        text.extend(users.iter().map(|user| format!("  {user}\n")));
        text += &format!("\n{words}\n");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANSWER: &str = r#"{"licenses": [
        {"id": "MIT", "text": "Copyright Ada\n", "used_by": [
            {"crate": {"name": "a", "version": "1.0.0", "repository": "https://a.example"}},
            {"crate": {"name": "b", "version": "2.0.0", "repository": null}}]}]}"#;

    #[test]
    fn a_text_stands_once_with_all_that_are_under_it() {
        let mut texts = Texts::new();
        add_crates(&mut texts, ANSWER).unwrap();
        add_crates(&mut texts, ANSWER).unwrap();
        let text = text(&texts);
        assert_eq!(text.matches("Copyright Ada").count(), 1);
        assert!(
            text.contains("  a 1.0.0 (https://a.example)\n  b 2.0.0 (https://crates.io/crates/b)\n"),
            "{text}"
        );
    }

    #[test]
    fn a_licence_that_is_not_on_the_list_stops_the_packages() {
        let package = Package {
            folder: "node_modules/x".to_owned(),
            name: "x".to_owned(),
            version: "1.0.0".to_owned(),
            licence: "SSPL-1.0".to_owned(),
        };
        let outcome = add_package(&mut Texts::new(), &package, &["MIT".to_owned()], &list());
        assert!(matches!(outcome, Err(Error::Licence { licence, .. }) if licence == "SSPL-1.0"));
    }

    #[test]
    fn the_list_can_be_read() {
        assert!(accepted(&list()).unwrap().contains(&"MIT".to_owned()));
    }
}
