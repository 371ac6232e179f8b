//! Packages as strangers send them: none but the exporter's own verifies.
//!
//! | first octet | what follows |
//! |---|---|
//! | [`EDITED`] | edits of the good archive, of five octets: place (three), value, what to do |
//! | anything else | the archive itself |

use crate::business::Log;
use gm_crypto::sm2::{SecretKey, SigningKey, UserId};
use hsm::{KeyHandle, SoftKey};
use lifecycle::{
    Actor, Seat,
    audit::package::{self, Believed, Package, PackageFault},
};
use std::sync::LazyLock;

/// The good archive, some of it changed.
pub const EDITED: u8 = 0;
/// How many kinds of edits there are.
pub const ACTS: u8 = 8;
/// The edit that adds an octet to a file and mends the archive around it. A place behind a file's
/// last octet is the one before that.
pub const MENDED: u8 = 7;
/// Edits that are carried out, at most.
const MAX_EDITS: usize = 16;
/// Octets of a block of an archive.
const BLOCK: usize = 512;

static LOG: LazyLock<Log> = LazyLock::new(Log::new);
static KEY: LazyLock<SoftKey> = LazyLock::new(|| {
    let secret = SecretKey::from_bytes(&[7; 32]).expect("a scalar in its range");
    SoftKey::new(SigningKey::new(secret, UserId::default()))
});
static GOOD: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let auditor = Actor::new(
        "zheng.he".to_owned().try_into().expect("a name"),
        Seat::Auditor,
    );
    let at = "2026-12-01T00:00:00Z".parse().expect("a time");
    let mut archive = Vec::new();
    let written = LOG
        .export
        .write((&auditor, "whom it is for", at), &*KEY, &mut archive);
    written.expect("an archive in memory");
    archive
});

/// An archive that is good.
pub fn valid() -> &'static [u8] {
    &GOOD
}

/// Reads octets as a package; `true` if they are the good one.
///
/// # Panics
/// When another one verifies, or the good one does not.
pub fn run(octets: &[u8]) -> bool {
    let archive = match octets {
        [EDITED, edits @ ..] => edited(edits),
        octets => octets.to_vec(),
    };
    let verified = verified(&archive);
    if let Err(PackageFault::Wrong(findings)) = &verified {
        assert!(!findings.is_empty(), "refused, and nothing is named");
    }
    assert_eq!(verified.is_ok(), archive == *GOOD);
    verified.is_ok()
}

fn verified(archive: &[u8]) -> Result<Package, PackageFault> {
    let cover_key = KEY.public_key().as_bytes();
    package::verify(archive, &Believed::new(&LOG.key, cover_key))
}

fn edited(edits: &[u8]) -> Vec<u8> {
    let mut archive = GOOD.clone();
    let (edits, _) = edits.as_chunks::<5>();
    for [high, middle, low, value, act] in edits.iter().take(MAX_EDITS) {
        let place = u32::from_be_bytes([0, *high, *middle, *low]) as usize;
        let place = place % archive.len().max(1);
        let block = place / BLOCK * BLOCK;
        let end = archive.len().min(block + BLOCK);
        match act % ACTS {
            0 if place < archive.len() => archive[place] = *value,
            1 if place < archive.len() => archive[place] ^= value,
            2 if place < archive.len() => drop(archive.remove(place)),
            3 => archive.truncate(place),
            4 => drop(archive.drain(block..end)),
            5 => {
                let again = archive[block..end].to_vec();
                archive.splice(block..block, again);
            }
            MENDED => add_to_a_file(&mut archive, place, *value),
            _ => archive.insert(place, *value),
        }
    }
    archive
}

/// An octet more in the file that lies there, as a writer of archives would have written it.
fn add_to_a_file(archive: &mut Vec<u8>, place: usize, value: u8) {
    let mut start = 0;
    while let Some(size) = size_at(archive, start) {
        let content = start + BLOCK;
        let end = content + size.next_multiple_of(BLOCK);
        if place < end {
            if size > 0 && end <= archive.len() {
                archive.insert(place.clamp(content, content + size - 1), value);
                if size.is_multiple_of(BLOCK) {
                    archive.splice(end + 1..end + 1, [0; BLOCK - 1]);
                } else {
                    archive.remove(end);
                }
                mend_header(&mut archive[start..content], size + 1);
            }
            return;
        }
        start = end;
    }
}

/// The size in the header that begins there, if one does.
fn size_at(archive: &[u8], start: usize) -> Option<usize> {
    let digits = archive
        .get(start..start.checked_add(BLOCK)?)?
        .get(124..135)?;
    usize::from_str_radix(str::from_utf8(digits).ok()?, 8).ok()
}

/// Another size, and the sum over all, as the exporter writes them: digits and a zero.
fn mend_header(header: &mut [u8], size: usize) {
    header[124..135].copy_from_slice(format!("{size:011o}").as_bytes());
    header[148..156].fill(b' ');
    let sum: u32 = header.iter().map(|octet| u32::from(*octet)).sum();
    header[148..155].copy_from_slice(format!("{sum:07o}").as_bytes());
    header[155] = 0;
}
