//! Numbers that follow from texts, the same on every machine and for ever.

use sha2::{Digest as _, Sha256};

/// What a text comes to.
pub(crate) struct Digest([u8; 32]);

/// The digest of a purpose and a text: for another purpose, the same text comes to something else.
pub(crate) fn digest(purpose: &str, text: &str) -> Digest {
    let hash = Sha256::new().chain_update(purpose).chain_update([0]).chain_update(text);
    Digest(hash.finalize().into())
}

impl Digest {
    /// A number below `end`.
    pub fn below(&self, end: u64) -> u64 {
        let head = self.0.first_chunk().copied().unwrap_or_default();
        u64::from_be_bytes(head) % end.max(1)
    }

    /// All of it, in hexadecimal.
    pub fn hex(&self) -> String {
        self.0.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// So many characters of the base 32 of RFC 4648.
    pub fn base32(&self, length: usize) -> String {
        const DIGITS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
        let digit = |index: usize| {
            let byte = |at: usize| u16::from(self.0[at % self.0.len()]);
            let pair = byte(index * 5 / 8) << 8 | byte(index * 5 / 8 + 1);
            char::from(DIGITS[usize::from(pair >> (11 - index * 5 % 8)) & 31])
        };
        (0..length).map(digit).collect()
    }
}
