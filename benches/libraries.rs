//! Each library's way to do what `operations.rs` asks, in one file each.

#[cfg(feature = "peers")]
mod botan;
#[cfg(feature = "peers")]
mod libgcrypt;
mod libsm;
#[cfg(feature = "peers")]
mod openssl;
mod other_gm_crypto;
mod ours;
mod rustcrypto;

use crate::operations::Operation;
use std::hint::black_box;

/// One thing to time.
pub(crate) struct Row {
    /// What follows the library's name, where it has more than one way.
    pub(crate) variant: &'static str,
    pub(crate) run: Box<dyn FnMut()>,
}

/// No row where the library's surface has no such call.
pub(crate) type Library = fn(Operation) -> Vec<Row>;

/// In the order in which they run: neighbours in the table are neighbours in time.
pub(crate) const LIBRARIES: &[(&str, Library)] = &[
    ("ours", ours::rows),
    ("rustcrypto", rustcrypto::rows),
    ("libsm", libsm::rows),
    ("other-gm-crypto", other_gm_crypto::rows),
    #[cfg(feature = "peers")]
    ("openssl", openssl::rows),
    #[cfg(feature = "peers")]
    ("libgcrypt", libgcrypt::rows),
    #[cfg(feature = "peers")]
    ("botan", botan::rows),
];

/// The library's one way.
fn one(run: impl FnMut() + 'static) -> Vec<Row> {
    vec![way("", run)]
}

fn way(variant: &'static str, run: impl FnMut() + 'static) -> Row {
    Row {
        variant,
        run: Box::new(run),
    }
}

/// A mode that works in place; gives its tag, or nothing.
///
/// The first answer must be RustCrypto's.
#[track_caller]
fn in_place<T: AsRef<[u8]>>(
    operation: Operation,
    mut mode: impl FnMut(&mut [u8]) -> T + 'static,
) -> Vec<Row> {
    let mut octets = sevens(operation);
    let tag = mode(&mut octets);
    agree(operation, &[&octets, tag.as_ref()].concat());
    one(move || {
        black_box(mode(black_box(&mut octets)));
    })
}

/// A function of octets that gives new ones.
///
/// The first answer must be RustCrypto's.
#[track_caller]
fn of_octets<T: AsRef<[u8]>>(
    operation: Operation,
    mut function: impl FnMut(&[u8]) -> T + 'static,
) -> Vec<Row> {
    let octets = sevens(operation);
    agree(operation, function(&octets).as_ref());
    one(move || {
        black_box(function(black_box(&octets)));
    })
}

/// A mode that writes into a buffer that is there already, and says how much.
///
/// The first answer must be RustCrypto's.
#[cfg(feature = "peers")]
#[track_caller]
fn into_other(
    operation: Operation,
    mut mode: impl FnMut(&[u8], &mut [u8]) -> usize + 'static,
) -> Vec<Row> {
    let octets = sevens(operation);
    let mut output = vec![0; octets.len() + 64];
    let length = mode(&octets, &mut output);
    agree(operation, &output[..length]);
    one(move || {
        black_box(mode(black_box(&octets), black_box(&mut output)));
    })
}

/// The message of every mode and of the hash.
fn sevens(operation: Operation) -> Vec<u8> {
    vec![7; operation.size().unwrap_or_default()]
}

#[track_caller]
fn agree(operation: Operation, octets: &[u8]) {
    assert!(
        octets == rustcrypto::expected(operation),
        "{operation:?}: another answer than RustCrypto's"
    );
}
