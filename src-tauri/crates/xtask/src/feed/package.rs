//! The names that the bundler gives to packages, and those under which the updater looks for them:
//! `{system}-{processor}` and the kind of package that it was installed from.

use crate::error::{Error, Result};

/// What a package may be called, with the version between its parts, and for which platforms it then is. A plain
/// `system-processor` is what the updater falls back to where it does not know how it was installed.
const NAMES: [(&str, &str, &[&str]); 10] = [
    ("Vigie_", "_amd64.deb", &["linux-x86_64-deb"]),
    ("Vigie_", "_arm64.deb", &["linux-aarch64-deb"]),
    ("Vigie-", "-1.x86_64.rpm", &["linux-x86_64-rpm"]),
    ("Vigie-", "-1.aarch64.rpm", &["linux-aarch64-rpm"]),
    ("Vigie_", "_amd64.AppImage", &["linux-x86_64-appimage", "linux-x86_64"]),
    ("Vigie_", "_aarch64.AppImage", &["linux-aarch64-appimage", "linux-aarch64"]),
    ("Vigie_", "_x64-setup.exe", &["windows-x86_64-nsis", "windows-x86_64"]),
    ("Vigie_", "_arm64-setup.exe", &["windows-aarch64-nsis", "windows-aarch64"]),
    (
        "Vigie_",
        "_universal.app.tar.gz",
        &["darwin-x86_64-app", "darwin-x86_64", "darwin-aarch64-app", "darwin-aarch64"],
    ),
    ("Vigie_", "_aarch64.app.tar.gz", &["darwin-aarch64-app", "darwin-aarch64"]),
];

/// The platforms that a file is an update for; none where it is no package that the updater takes.
pub fn platforms(name: &str, version: &str) -> Result<Vec<String>> {
    let known = NAMES.iter().find_map(|(begin, end, platforms)| {
        name.strip_prefix(begin)?.strip_suffix(end).map(|found| (found, platforms))
    });
    match known {
        None => Ok(Vec::new()),
        Some((found, platforms)) if found == version => {
            Ok(platforms.iter().map(|&name| name.to_owned()).collect())
        }
        Some(_) => Err(Error::OtherVersion { package: name.to_owned(), version: version.to_owned() }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_is_for_the_kind_that_it_was_installed_from() {
        for (name, expected) in
            [("Vigie_1.2.3_arm64.deb", "linux-aarch64-deb"), ("Vigie-1.2.3-1.x86_64.rpm", "linux-x86_64-rpm")]
        {
            assert_eq!(platforms(name, "1.2.3").unwrap(), [expected]);
        }
    }

    #[test]
    fn one_file_is_for_both_processors_of_a_mac() {
        let found = platforms("Vigie_1.2.3_universal.app.tar.gz", "1.2.3").unwrap();
        assert!(
            found.contains(&"darwin-x86_64-app".to_owned())
                && found.contains(&"darwin-aarch64-app".to_owned())
        );
    }

    #[test]
    fn what_the_updater_does_not_take_is_left_out() {
        for name in [
            "SHA256SUMS",
            "Vigie_1.2.3_universal.dmg",
            "Vigie_1.2.3_x64_en-US.msi",
            "Vigie_1.2.3_amd64.deb.sig",
        ] {
            assert!(platforms(name, "1.2.3").unwrap().is_empty(), "{name}");
        }
    }

    #[test]
    fn a_package_of_another_version_stops_it() {
        assert!(matches!(platforms("Vigie_1.2.2_amd64.deb", "1.2.3"), Err(Error::OtherVersion { .. })));
    }
}
