//! What was made: gathered in one folder, with sizes and sums.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{fs, io};

use sha2::{Digest as _, Sha256};

use crate::error::{Error, Result};
use crate::shell;

/// What `sha256sum --check` reads.
const SUMS: &str = "SHA256SUMS";

/// The ends of the names of packages.
const PACKAGES: [&str; 6] = ["deb", "rpm", "AppImage", "exe", "msi", "dmg"];

/// Takes the packages from where the bundler put them, a folder for each kind. A Mac's application is a folder, which
/// the updater wants as an archive.
pub fn collect(made: &Path, folder: &Path, version: &str, processor: &str) -> Result<()> {
    for kind in entries(made)? {
        for package in entries(&kind)? {
            let Some(name) = package.file_name() else { continue };
            let extension = package.extension().unwrap_or_default().to_string_lossy();
            if package.is_dir() && extension == "app" {
                let archive = folder.join(format!("Vigie_{version}_{processor}.app.tar.gz"));
                let mut tar = Command::new("tar");
                // Without it Apple's tar adds files that only it understands.
                tar.env("COPYFILE_DISABLE", "1").arg("-czf").arg(archive).arg("-C").arg(&kind).arg(name);
                shell::run(&mut tar)?;
            } else if package.is_file() && PACKAGES.contains(&extension.as_ref()) {
                fs::copy(&package, folder.join(name)).map_err(Error::file("copied", &package))?;
            }
        }
    }
    Ok(())
}

/// Prints all files of a folder with size and sum, and writes the sums beside them.
pub fn list(folder: &Path) -> Result<()> {
    let mut lines = String::new();
    eprintln!("\n  In {}:", folder.display());
    for file in entries(folder)?.into_iter().filter(|file| file.is_file()) {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        let (sum, size) = sum(&file).map_err(Error::file("read", &file))?;
        eprintln!("  {:>9.1} kB  {sum}  {name}", size as f64 / 1000.0);
        lines += &format!("{sum}  {name}\n");
    }
    let file = folder.join(SUMS);
    fs::write(&file, lines).map_err(Error::file("written", &file))
}

/// A file's SHA-256, in hexadecimal, and how many bytes it has.
fn sum(file: &Path) -> io::Result<(String, usize)> {
    let bytes = fs::read(file)?;
    Ok((Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect(), bytes.len()))
}

/// What is in a folder, by name.
fn entries(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).and_then(|entries| entries.map(|entry| Ok(entry?.path())).collect());
    let mut entries: Vec<PathBuf> = entries.map_err(Error::file("read", folder))?;
    entries.sort();
    Ok(entries)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_are_gathered_and_nothing_else() {
        let (made, folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        fs::create_dir_all(made.path().join("deb/Vigie_1.2.3_amd64/data")).unwrap();
        fs::create_dir_all(made.path().join("macos/Vigie.app/Contents")).unwrap();
        for file in ["deb/Vigie_1.2.3_amd64.deb", "deb/control.tar.gz", "macos/Vigie.app/Contents/Info.plist"]
        {
            fs::write(made.path().join(file), file).unwrap();
        }
        collect(made.path(), folder.path(), "1.2.3", "universal").unwrap();
        let names: Vec<_> =
            entries(folder.path()).unwrap().iter().map(|file| file.file_name().unwrap().to_owned()).collect();
        assert_eq!(names, ["Vigie_1.2.3_amd64.deb", "Vigie_1.2.3_universal.app.tar.gz"]);
    }

    #[test]
    fn sums_are_as_everybody_reckons_them() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("a.deb"), "abc").unwrap();
        list(folder.path()).unwrap();
        let sums = fs::read_to_string(folder.path().join(SUMS)).unwrap();
        assert_eq!(sums, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  a.deb\n");
    }
}
