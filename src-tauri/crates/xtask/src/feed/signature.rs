//! A package's signature (minisign), which the updater will hold against the key that is built into the program.

use std::fs;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use minisign_verify::{PublicKey, Signature};

use crate::error::{Error, Result};

/// The signature beside a package, as it goes into the feed; only if it is one by this key, of this very file and
/// version.
pub fn read(package: &Path, version: &str, key: &str) -> Result<String> {
    let mut beside = package.as_os_str().to_owned();
    beside.push(".sig");
    let beside = Path::new(&beside);
    let signature = fs::read_to_string(beside).map_err(Error::file("read", beside))?;
    let signature = signature.trim().to_owned();
    let bytes = fs::read(package).map_err(Error::file("read", package))?;
    check(&bytes, &signature, version, key)
        .map_err(|why| Error::Signature { package: package.to_owned(), why: why.to_string() })?;
    Ok(signature)
}

/// Both key and signature are minisign's text, packed as base64 by Tauri.
fn check(
    bytes: &[u8],
    signature: &str,
    version: &str,
    key: &str,
) -> std::result::Result<(), Box<dyn std::error::Error>> {
    let unpacked =
        |text: &str| Ok::<_, Box<dyn std::error::Error>>(String::from_utf8(STANDARD.decode(text.trim())?)?);
    let signature = Signature::decode(&unpacked(signature)?)?;
    PublicKey::decode(&unpacked(key)?)?.verify(bytes, &signature, false)?;
    // Part of what is signed: an old package cannot be passed off as a new one.
    let signed_version = format!("version:{version}");
    if signature.trusted_comment().split('\t').any(|part| part == signed_version) {
        Ok(())
    } else {
        Err(format!("it was not signed as {version} (tauri signer sign --app-version {version})").into())
    }
}

#[cfg(test)]
pub mod fixture {
    //! Made with a key that was thrown away: `tauri signer sign --app-version 1.2.3`.

    pub const SIGNED: &[u8] = b"a package";
    pub const VERSION: &str = "1.2.3";
    pub const KEY: &str = "dW50cnVzdGVkIGNvbW1lbnQ6IG1pbmlzaWduIHB1YmxpYyBrZXk6IDQ1NjMyMEY1MkFEREJGNTIKUldSU3Y5MHE5U0JqUmViVlRL\
        MU9mb3FWbmR2OUlyMWpjMmszVjQ5cVEwTUxnZ29TQjFWNVo4YnIK";
    pub const SIGNATURE: &str = "dW50cnVzdGVkIGNvbW1lbnQ6IHNpZ25hdHVyZSBmcm9tIHRhdXJpIHNlY3JldCBrZXkKUlVSU3Y5MHE5U0JqUll4bW9peWZuRDJa\
        bE0zWkhXQStwT2tEME50TnJsajMvai9ZNzhkMStBeUFpOFZ0bmZ6VDJTczJYaHY4ZXRibHk0QkJ2R25rL1RiZWxXS2lORm1FOEE4\
        PQp0cnVzdGVkIGNvbW1lbnQ6IHRpbWVzdGFtcDoxNzk1NzMxMjUxCWZpbGU6cGFja2FnZQl2ZXJzaW9uOjEuMi4zCmQ1QXB0WGVQ\
        RjBKUzJBa2U3WUp4M0huR0ZBSjZ6U1I4RG0xMGZ6U3FDM1NxQzFRR3JXc2t1N3FKUWVPZUFMODdHaUtzaTEyRHhCb1J0WldRdmlH\
        NUF3PT0K";
}

#[cfg(test)]
mod tests {
    use super::fixture::{KEY, SIGNATURE, SIGNED, VERSION};
    use super::*;

    #[test]
    fn a_signature_counts_for_its_file_alone() {
        assert!(check(SIGNED, SIGNATURE, VERSION, KEY).is_ok());
        assert!(check(b"another file", SIGNATURE, VERSION, KEY).is_err());
    }

    #[test]
    fn a_signature_counts_for_its_version_alone() {
        let error = check(SIGNED, SIGNATURE, "9.9.9", KEY).unwrap_err();
        assert!(error.to_string().contains("9.9.9"), "{error}");
    }

    #[test]
    fn what_is_no_signature_is_an_error() {
        assert!(check(SIGNED, "not base64!", VERSION, KEY).is_err());
        assert!(check(SIGNED, &STANDARD.encode("no signature"), VERSION, KEY).is_err());
    }
}
