//! Which system packages are needed for what, as each package manager calls them.
//!
//! The names hold for Debian 12 and Ubuntu 24.04, Fedora and Arch.

/// What packages are needed for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Compiling the application.
    Build,
    /// A screen and a session bus where there are none, readable type, and a picture of it all.
    Display,
    /// Driving the real window and a real credential store.
    Test,
    /// Looking at the page without the application. Ubuntu has no such package, but a snap of the name.
    Browser,
    /// A bare Debian in a folder.
    Tree,
    /// Rendering the icons.
    Icons,
}

/// A package manager that this program can ask and use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manager {
    Apt,
    Dnf,
    Pacman,
}

struct Row {
    purpose: Purpose,
    apt: &'static [&'static str],
    dnf: &'static [&'static str],
    pacman: &'static [&'static str],
}

/// WebKitGTK needs the 4.1 series everywhere; its driver comes with the GTK 4 build on Fedora and Arch.
const TABLE: [Row; 6] = [
    Row {
        purpose: Purpose::Build,
        apt: &["build-essential", "pkg-config", "libwebkit2gtk-4.1-dev", "librsvg2-dev", "libdbus-1-dev"],
        dnf: &[
            "gcc",
            "gcc-c++",
            "make",
            "pkgconf-pkg-config",
            "webkit2gtk4.1-devel",
            "librsvg2-devel",
            "dbus-devel",
        ],
        pacman: &["base-devel", "webkit2gtk-4.1", "librsvg", "dbus"],
    },
    Row {
        purpose: Purpose::Display,
        apt: &["xvfb", "dbus", "imagemagick", "fonts-noto-core", "fonts-noto-mono", "fonts-noto-color-emoji"],
        dnf: &[
            "xorg-x11-server-Xvfb",
            "dbus-daemon",
            "ImageMagick",
            "google-noto-sans-fonts",
            "google-noto-sans-mono-fonts",
            "google-noto-color-emoji-fonts",
        ],
        pacman: &["xorg-server-xvfb", "dbus", "imagemagick", "noto-fonts", "noto-fonts-emoji"],
    },
    Row {
        purpose: Purpose::Test,
        apt: &["webkit2gtk-driver", "gnome-keyring", "xauth", "x11-utils"],
        dnf: &["webkitgtk6.0", "gnome-keyring", "xorg-x11-xauth", "xwininfo"],
        pacman: &["webkitgtk-6.0", "gnome-keyring", "xorg-xauth", "xorg-xwininfo"],
    },
    Row { purpose: Purpose::Browser, apt: &["chromium"], dnf: &["chromium"], pacman: &["chromium"] },
    Row {
        purpose: Purpose::Tree,
        apt: &["debootstrap", "debian-archive-keyring"],
        dnf: &["debootstrap", "debian-keyring"],
        pacman: &["debootstrap", "debian-archive-keyring"],
    },
    Row { purpose: Purpose::Icons, apt: &["librsvg2-bin"], dnf: &["librsvg2-tools"], pacman: &["librsvg"] },
];

/// The packages that the purposes need, each once.
pub fn wanted(manager: Manager, purposes: &[Purpose]) -> Vec<&'static str> {
    let mut wanted = Vec::new();
    for row in TABLE.iter().filter(|row| purposes.contains(&row.purpose)) {
        let names = match manager {
            Manager::Apt => row.apt,
            Manager::Dnf => row.dnf,
            Manager::Pacman => row.pacman,
        };
        wanted.extend(names.iter().copied().filter(|name| !wanted.contains(name)).collect::<Vec<_>>());
    }
    wanted
}

#[cfg(test)]
mod tests {
    use super::*;

    const MANAGERS: [Manager; 3] = [Manager::Apt, Manager::Dnf, Manager::Pacman];
    const PURPOSES: [Purpose; 6] =
        [Purpose::Build, Purpose::Display, Purpose::Test, Purpose::Browser, Purpose::Tree, Purpose::Icons];

    #[test]
    fn every_purpose_has_packages_with_every_manager() {
        for manager in MANAGERS {
            for purpose in PURPOSES {
                assert!(!wanted(manager, &[purpose]).is_empty(), "{manager:?} has nothing for {purpose:?}");
            }
        }
    }

    #[test]
    fn a_package_is_asked_for_once() {
        for manager in MANAGERS {
            let mut names = wanted(manager, &PURPOSES);
            names.sort_unstable();
            assert!(names.windows(2).all(|pair| pair[0] != pair[1]), "{names:?}");
        }
    }

    #[test]
    fn running_needs_no_test_packages() {
        let names = wanted(Manager::Apt, &[Purpose::Build, Purpose::Display]);
        assert!(names.contains(&"libwebkit2gtk-4.1-dev") && names.contains(&"xvfb"));
        assert!(!names.contains(&"webkit2gtk-driver"));
    }
}
