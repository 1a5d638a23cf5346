//! The deb, packed once more: the bundler gives its files the time of day, so that no two are alike.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::error::{Error, Result};
use crate::shell;
use crate::source_date::SourceDate;

/// Packs every deb in a folder anew, with the one time that the sources have. Debian's own packer does that; where it
/// is not there, it is said.
pub fn repack(folder: &Path, date: SourceDate) -> Result<()> {
    if !folder.is_dir() {
        return Ok(());
    }
    if shell::find("dpkg-deb").is_none() {
        eprintln!("  The deb has the time of day in it: dpkg-deb, which knows better, is not here.");
        return Ok(());
    }
    for entry in fs::read_dir(folder).map_err(Error::file("read", folder))? {
        let package = entry.map_err(Error::file("read", folder))?.path();
        if package.extension().is_some_and(|end| end == "deb") {
            repack_one(&package, &folder.join("unpacked"), date)?;
        }
    }
    Ok(())
}

fn repack_one(package: &Path, unpacked: &Path, date: SourceDate) -> Result<()> {
    shell::run(Command::new("dpkg-deb").arg("--raw-extract").args([package, unpacked]))?;
    let sums = unpacked.join("DEBIAN/md5sums");
    let text = fs::read_to_string(&sums).map_err(Error::file("read", &sums))?;
    fs::write(&sums, sorted(&text)).map_err(Error::file("written", &sums))?;
    let mut build = Command::new("dpkg-deb");
    build.args(["--root-owner-group", "-Zxz", "--build"]).args([unpacked, package]);
    shell::run(date.tell(&mut build))?;
    fs::remove_dir_all(unpacked).map_err(Error::file("removed", unpacked))
}

/// The lines by the names of the files, and not as the disk gave them.
fn sorted(sums: &str) -> String {
    let mut lines: Vec<_> = sums.lines().collect();
    lines.sort_unstable_by_key(|line| line.split_once("  ").map(|(_, name)| name));
    lines.iter().map(|line| format!("{line}\n")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_stand_in_the_order_of_their_files() {
        assert_eq!(sorted("1  usr/b\n2  usr/a\n"), "2  usr/a\n1  usr/b\n");
    }

    #[test]
    fn the_same_files_make_the_same_package_whenever_it_is_made() {
        if shell::find("dpkg-deb").is_none() {
            return;
        }
        let november_2023 = SourceDate::read("1700000000").unwrap();
        let package = |day: &str| {
            let folder = tempfile::tempdir().unwrap();
            let tree = folder.path().join("tree");
            fs::create_dir_all(tree.join("DEBIAN")).unwrap();
            fs::write(tree.join("DEBIAN/control"), CONTROL).unwrap();
            fs::write(tree.join("DEBIAN/md5sums"), "0  a\n").unwrap();
            fs::write(tree.join("a"), "a").unwrap();
            let deb = folder.path().join("Vigie_1.2.3_all.deb");
            // As the bundler does: without any regard to when the sources were changed.
            let mut touch = Command::new("touch");
            assert!(shell::succeeds(touch.arg(format!("--date={day}")).arg(tree.join("a"))));
            let mut build = Command::new("dpkg-deb");
            build.env_remove("SOURCE_DATE_EPOCH").arg("--build").args([&tree, &deb]);
            assert!(shell::succeeds(&mut build));
            let before = fs::read(&deb).unwrap();
            repack(folder.path(), november_2023).unwrap();
            (before, fs::read(&deb).unwrap())
        };
        let (one, other) = (package("2024-01-02"), package("2024-01-03"));
        assert!(one.0 != other.0, "the day is not in the package that the bundler makes");
        assert!(one.1 == other.1, "the day is still in the package");
    }

    const CONTROL: &str = "Package: vigie\nVersion: 1.2.3\nArchitecture: all\nMaintainer: Ada <ada@example.org>\n\
        Description: a package\n";
}
