//! How a record's octets lie in a store: compressed by Zstandard (RFC 8878) against a dictionary
//! that comes with the library.
//!
//! A record's octets are JSON with DER in base64, and records are alike: what is new in one is
//! less than half of it. The chain, its proofs and whatever leaves a store are over the octets
//! themselves; nothing outside the stores' tables knows of this.

use std::{cell::RefCell, sync::LazyLock};
use zstd::{
    bulk::{Compressor, Decompressor},
    dict::{DecoderDictionary, EncoderDictionary},
    zstd_safe::{find_frame_compressed_size, get_frame_content_size},
};

/// The first octet of what is packed: the number of its dictionary. A record's own octets begin
/// with the brace of a JSON object, by which those that lie there as they are can be told.
const PACKED: u8 = 1;

/// Records of each kind as they are written, each value that differs from case to case cut short;
/// those that are met most stand last. The very octets belong to what was packed with them: they
/// never change, another dictionary has another number.
const DICTIONARY: &[u8] = include_bytes!("dictionary-1.txt");
/// A tool that changes ends of lines makes no dictionary of it that is not noticed.
const _: () = assert!(DICTIONARY.len() == 8_590);

/// Zstandard's own measure of effort: higher levels make records of this length no shorter.
const LEVEL: i32 = 1;

/// Octets of a record that are packed at most, and unpacked: what is longer, or says so, is left
/// as it is. A list of a million entries has less.
const LIMIT: usize = 256 << 20;

static WRITING: LazyLock<EncoderDictionary<'static>> =
    LazyLock::new(|| EncoderDictionary::copy(DICTIONARY, LEVEL));
static READING: LazyLock<DecoderDictionary<'static>> =
    LazyLock::new(|| DecoderDictionary::copy(DICTIONARY));

thread_local! {
    static COMPRESSOR: RefCell<Option<Compressor<'static>>> = const { RefCell::new(None) };
    static DECOMPRESSOR: RefCell<Option<Decompressor<'static>>> = const { RefCell::new(None) };
}

/// The octets as they are to lie in a table: packed, or as they are where that is no longer.
pub(crate) fn pack(octets: &[u8]) -> Vec<u8> {
    if octets.len() <= LIMIT
        && let Some(frame) = compressed(octets)
        && frame.len() < octets.len()
    {
        return frame;
    }
    octets.to_vec()
}

fn compressed(octets: &[u8]) -> Option<Vec<u8>> {
    COMPRESSOR.with_borrow_mut(|kept| {
        if kept.is_none() {
            *kept = Compressor::with_prepared_dictionary(&WRITING).ok();
        }
        let mut packed = vec![0; 1 + zstd::zstd_safe::compress_bound(octets.len())];
        packed[0] = PACKED;
        let length = kept.as_mut()?.compress_to_buffer(octets, &mut packed[1..]);
        packed.truncate(1 + length.ok()?);
        Some(packed)
    })
}

/// A record's octets from what lies in a table, which may be as it is.
///
/// # Errors
/// [`Damaged`] where it begins as what is packed does, and is no whole frame of ours.
pub(crate) fn unpack(stored: Vec<u8>) -> Result<Vec<u8>, Damaged> {
    let unpacked = match stored.split_first() {
        Some((&PACKED, frame)) => decompressed(frame),
        _ => return Ok(stored),
    };
    unpacked.ok_or(Damaged(stored))
}

/// What lies in a table, and can't be unpacked.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Damaged(Vec<u8>);

impl Damaged {
    /// The octets that lie there: they are no record's, and whoever reads them as one names it.
    pub(crate) fn into_octets(self) -> Vec<u8> {
        self.0
    }
}

/// How many octets [`unpack`] makes of it: a frame says so beforehand.
fn unpacked_length(stored: &[u8]) -> usize {
    match stored.split_first() {
        Some((&PACKED, frame)) => length_of(frame).unwrap_or(stored.len()),
        _ => stored.len(),
    }
}

/// Octets that the records of one page have together, unpacked: enough for a page of usual ones
/// many times over, and few enough to hold several pages.
const PAGE: usize = 64 << 20;

/// What a page of records still has room for.
#[derive(Debug)]
pub(crate) struct Room {
    left: usize,
    is_empty: bool,
}

impl Default for Room {
    fn default() -> Self {
        Self {
            left: PAGE,
            is_empty: true,
        }
    }
}

impl Room {
    /// Whether the next record is still of the page, by what lies in the table: the first always
    /// is, and none is behind one that is not.
    pub(crate) fn takes(&mut self, stored: &[u8]) -> bool {
        let left = self.left.checked_sub(unpacked_length(stored));
        let takes = self.is_empty || left.is_some();
        self.left = left.unwrap_or(0);
        self.is_empty = false;
        takes
    }
}

/// Octets of the content of what is one frame, and nothing behind it: there is one way for a
/// record to lie there packed by one compressor, and no room for anything else.
fn length_of(frame: &[u8]) -> Option<usize> {
    let length = usize::try_from(get_frame_content_size(frame).ok()??).ok()?;
    let is_one = find_frame_compressed_size(frame).ok() == Some(frame.len());
    (is_one && length <= LIMIT).then_some(length)
}

fn decompressed(frame: &[u8]) -> Option<Vec<u8>> {
    let length = length_of(frame)?;
    DECOMPRESSOR.with_borrow_mut(|kept| {
        if kept.is_none() {
            *kept = Decompressor::with_prepared_dictionary(&READING).ok();
        }
        kept.as_mut()?.decompress(frame, length).ok()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use gm_crypto::sm3::digest::Digest;
    use proptest::prelude::*;

    const RECORD: &str = r#"{"seq":43,"stream":"case/li-si","version":7,"at":1796091196,"actor":{"person":"wang.wu","seat":"approver"},"event":{"case":"review-taken"}}"#;

    #[test]
    fn a_record_lies_there_in_less_than_half_of_its_octets() {
        let packed = pack(RECORD.as_bytes());
        assert!(packed.len() < RECORD.len() / 2, "{}", packed.len());
        assert_eq!(unpacked_length(&packed), RECORD.len());
        assert_eq!(unpack(packed).unwrap(), RECORD.as_bytes());
        assert_eq!(unpacked_length(RECORD.as_bytes()), RECORD.len());
    }

    /// The same octets of a record do not lie there in ways that nothing tells apart.
    #[test]
    fn what_stands_behind_a_frame_is_no_part_of_a_record() {
        let packed = pack(RECORD.as_bytes());
        let mut empty = compressed(b"").unwrap();
        empty.remove(0);
        // Nothing more, an empty frame, a frame that readers skip, the same again.
        let skipped = [0x50, 0x2a, 0x4d, 0x18, 2, 0, 0, 0, 7, 7].to_vec();
        for more in [vec![0], empty, skipped, packed[1..].to_vec()] {
            for stored in [
                [&packed[..], &more].concat(),
                [&packed[..1], &more, &packed[1..]].concat(),
            ] {
                assert_eq!(unpacked_length(&stored), stored.len());
                assert_eq!(unpack(stored.clone()), Err(Damaged(stored)));
            }
        }
    }

    /// Stores have what these octets packed.
    #[test]
    fn the_dictionary_is_the_one_that_stores_were_written_with() {
        let digest = gm_crypto::sm3::Sm3::digest(DICTIONARY);
        assert_eq!(crate::id::hexadecimal(&digest), DICTIONARY_DIGEST);
        let packed = crate::id::hexadecimal(&pack(RECORD.as_bytes()));
        let octets: Vec<u8> = (0..PACKED_RECORD.len())
            .step_by(2)
            .map(|at| u8::from_str_radix(&PACKED_RECORD[at..at + 2], 16).unwrap())
            .collect();
        let unpacked = unpack(octets).unwrap();
        assert_eq!(unpacked, RECORD.as_bytes(), "packed now: {packed}");
    }

    const DICTIONARY_DIGEST: &str =
        "b8d4c11ab6b405cdff69917469eaf6b8f42d50897b93eb00ed556a779cc863bf";
    const PACKED_RECORD: &str =
        "0128b52ffd208bd50000083707006c8405b60e3348d26c42405eca9c39e0081e9e330a04";

    #[test]
    fn what_is_not_packed_is_left_as_it_is() {
        for stored in [b"".to_vec(), b"{}".to_vec(), vec![2, 1]] {
            assert_eq!(unpacked_length(&stored), stored.len());
            assert_eq!(unpack(stored.clone()), Ok(stored));
        }
        for stored in [
            vec![PACKED],
            vec![PACKED, 0x28, 0xb5, 0x2f, 0xfd],
            // A frame that says that it has four gigabytes.
            vec![
                PACKED, 0x28, 0xb5, 0x2f, 0xfd, 0xa0, 0xff, 0xff, 0xff, 0xff, 1, 0, 0,
            ],
        ] {
            assert_eq!(unpacked_length(&stored), stored.len());
            let damaged = unpack(stored.clone()).unwrap_err();
            assert_eq!(damaged.into_octets(), stored);
        }
        // Octets without anything alike get no longer.
        let noise: Vec<u8> = (0..=255).rev().collect();
        assert_eq!(pack(&noise), noise);
    }

    proptest! {
        #[test]
        fn whatever_is_packed_comes_back(octets in prop::collection::vec(any::<u8>(), 0..2_000)) {
            // Octets of a record, which begin with a brace.
            let octets = [b"{".as_slice(), &octets].concat();
            let packed = pack(&octets);
            prop_assert_eq!(unpacked_length(&packed), octets.len());
            prop_assert_eq!(unpack(packed), Ok(octets));
        }

        #[test]
        fn a_damaged_frame_is_no_panic(
            at in 1_usize..40,
            octet in any::<u8>(),
            cut in 0_usize..20,
        ) {
            let mut packed = pack(RECORD.as_bytes());
            let length = packed.len();
            packed[at % length] = octet;
            packed.truncate(length - cut % length);
            let expected = unpacked_length(&packed);
            if let Ok(octets) = unpack(packed) {
                prop_assert_eq!(octets.len(), expected);
            }
        }
    }
}
