//! `cargo xtask icons`: every icon that the program and its packages carry, rendered from the SVG in `icons/`.

mod container;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::error::{Error, Result};
use crate::setup::packages::Purpose;
use crate::{paths, setup, shell};
use container::Image;

/// The application's icon as loose pictures: file name and size.
const PICTURES: [(&str, u32); 7] = [
    ("32x32.png", 32),
    ("48x48.png", 48),
    ("64x64.png", 64),
    ("128x128.png", 128),
    ("128x128@2x.png", 256),
    ("256x256.png", 256),
    ("512x512.png", 512),
];

const ICO_SIZES: [u32; 5] = [16, 24, 32, 48, 256];

/// The tray signs. Each exists for dark panels, for light ones, and for those of which nothing is known.
const TRAY: [&str; 6] = ["signed-out", "offline", "retrying", "live", "attention", "critical"];
const PANELS: [&str; 3] = ["dark", "light", "either"];
/// The sizes that panels ask for: 16 and 22 pixels as they are, and what larger scales make of them.
const TRAY_SIZES: [u32; 7] = [16, 20, 22, 24, 32, 48, 64];

/// Renders all of them.
pub fn render() -> Result<()> {
    setup::prepare_system(&[Purpose::Icons])?;
    let icons = paths::root().join("icons");
    let app = icons.join("vigie.svg");
    for (name, size) in PICTURES {
        write(&icons.join("png").join(name), &png(&app, size, None)?)?;
    }
    let image = |size| png(&app, size, None).map(|png| Image { size, png });
    let ico = ICO_SIZES.into_iter().map(image).collect::<Result<Vec<_>>>()?;
    write(&icons.join("icon.ico"), &container::ico(&ico))?;
    let icns = container::ICNS_SIZES.into_iter().map(image).collect::<Result<Vec<_>>>()?;
    write(&icons.join("icon.icns"), &container::icns(&icns))?;
    for name in TRAY {
        let sign = icons.join(format!("tray-{name}.svg"));
        for panel in PANELS {
            let style = icons.join(format!("tray-{panel}.css"));
            for size in TRAY_SIZES {
                let file = icons.join("tray").join(format!("{name}-{panel}-{size}.png"));
                write(&file, &png(&sign, size, Some(&style))?)?;
            }
        }
    }
    eprintln!("  The icons in {} are rendered anew.", icons.display());
    Ok(())
}

/// An SVG as a square PNG.
fn png(svg: &Path, size: u32, style: Option<&PathBuf>) -> Result<Vec<u8>> {
    let mut rsvg = Command::new("rsvg-convert");
    rsvg.args(["--width", &size.to_string(), "--height", &size.to_string()]);
    if let Some(style) = style {
        rsvg.arg("--stylesheet").arg(style);
    }
    let output = rsvg.arg(svg).stderr(Stdio::inherit()).output().map_err(shell::not_started(&rsvg))?;
    if output.status.success() {
        Ok(output.stdout)
    } else {
        Err(Error::Failed { command: shell::line(&rsvg), status: output.status })
    }
}

fn write(file: &Path, bytes: &[u8]) -> Result<()> {
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder).map_err(Error::file("created", folder))?;
    }
    fs::write(file, bytes).map_err(Error::file("written", file))
}
