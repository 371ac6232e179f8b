//! Octets that somebody bent with care, or without.

use alloc::{vec, vec::Vec};
use getrandom::SysRng;

use super::crafted::{Owner, Pieces, attribute, tlv};
use crate::{
    Error,
    message::{Dialect, UnverifiedSignedData},
};

const CONTENT: &[u8] = b"octets of the content";
const DIALECTS: [Dialect; 2] = [Dialect::Strict, Dialect::Field];

fn good(owner: &Owner) -> [Vec<u8>; 2] {
    let mut pieces = Pieces::with_attributes(owner, CONTENT);
    pieces.crls = vec![tlv(0x30, &[&[2, 1, 1]])];
    pieces.signers[0].unsigned = Some(vec![attribute(super::OWN, &[&[2, 1, 2]])]);
    [Pieces::new(owner, CONTENT).to_der(), pieces.to_der()]
}

#[test]
fn a_message_that_ends_too_early_is_refused_with_an_offset() {
    let owner = Owner::new(1);
    for der in good(&owner) {
        for length in 0..der.len() {
            for dialect in DIALECTS {
                let error = UnverifiedSignedData::read(&der[..length], dialect).unwrap_err();
                let Error::Malformed { source, .. } = error else {
                    panic!("{length}: {error:?}")
                };
                let at = source.position().map_or(0, |at| u32::from(at) as usize);
                assert!(at <= length, "{at} of {length}");
            }
        }
    }
}

#[test]
fn one_bent_octet_never_changes_what_is_verified() {
    let owner = Owner::new(1);
    for der in good(&owner) {
        let mut accepted = 0;
        for index in 0..der.len() {
            for bit in 0..8 {
                let mut bent = der.clone();
                bent[index] ^= 1 << bit;
                for dialect in DIALECTS {
                    let Ok(message) = UnverifiedSignedData::read(&bent, dialect) else {
                        continue;
                    };
                    let Ok(content) = message.verify(&owner.certificate) else {
                        continue;
                    };
                    assert_eq!(content.as_bytes(), CONTENT, "{index}");
                    accepted += 1;
                }
            }
        }
        // The certificate and CRL that came along are not looked into.
        assert!(accepted > 1000);
    }
}

#[test]
fn octets_behind_the_end_are_refused_or_named() {
    let owner = Owner::new(1);
    for mut der in good(&owner) {
        der.push(0);
        let error = UnverifiedSignedData::from_der(&der).unwrap_err();
        assert!(matches!(error, Error::Malformed { .. }), "{error:?}");
        UnverifiedSignedData::read(&der, Dialect::Field).unwrap();
    }
    // Inside they are nobody's practice.
    let mut pieces = Pieces::new(&owner, CONTENT);
    pieces.signers[0].signature.push(0);
    let message = UnverifiedSignedData::read(&pieces.to_der(), Dialect::Field).unwrap();
    assert!(message.verify(&owner.certificate).is_err());
    pieces = Pieces::new(&owner, CONTENT);
    pieces.content.extend_from_slice(&[5, 0]);
    for dialect in DIALECTS {
        assert!(UnverifiedSignedData::read(&pieces.to_der(), dialect).is_err());
    }
}

/// The length of the outermost element, written otherwise.
fn with_length(der: &[u8], length: &[u8]) -> Vec<u8> {
    assert_eq!(der[1], 0x82);
    [&der[..1], length, &der[4..]].concat()
}

#[test]
fn lengths_that_are_not_ders_are_refused_by_both_readers() {
    let owner = Owner::new(1);
    for der in good(&owner) {
        let (high, low) = (der[2], der[3]);
        let mut indefinite = with_length(&der, &[0x80]);
        indefinite.extend_from_slice(&[0, 0]);
        let bent = [
            indefinite,
            with_length(&der, &[0x83, 0, high, low]),
            with_length(&der, &[0x84, 0, 0, high, low]),
            with_length(&der, &[0x84, 0xff, 0xff, 0xff, 0xff]),
            with_length(&der, &[0x85, 1, 0, 0, high, low]),
            with_length(
                &der,
                &[0x88, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
            ),
            with_length(&der, &[0xff]),
            with_length(&der, &[0x7f]),
        ];
        for octets in bent {
            for dialect in DIALECTS {
                let error = UnverifiedSignedData::read(&octets, dialect).unwrap_err();
                assert!(matches!(error, Error::Malformed { .. }), "{error:?}");
            }
        }
    }
}

#[test]
fn numbers_are_neither_negative_nor_padded_nor_long() {
    let owner = Owner::new(1);
    let der = Pieces::new(&owner, CONTENT).to_der();
    // Behind the outer header, the type, [0] and the SEQUENCE.
    let at = 4 + 12 + 4 + 4;
    assert_eq!(der[at..at + 3], [2, 1, 1]);
    for version in [&[2, 1, 0x81][..], &[2, 2, 0, 1], &[2, 2, 1, 0], &[2, 0]] {
        let inside = [version, &der[at + 3..]].concat();
        let message = tlv(0x30, &[&der[4..16], &tlv(0xa0, &[&tlv(0x30, &[&inside])])]);
        for dialect in DIALECTS {
            assert!(
                UnverifiedSignedData::read(&message, dialect).is_err(),
                "{version:x?}"
            );
        }
    }
    let mut padded = Pieces::new(&owner, CONTENT);
    padded.signers[0].id = tlv(0x30, &[&owner.issuer, &[2, 2, 0, owner.serial]]);
    for dialect in DIALECTS {
        assert!(UnverifiedSignedData::read(&padded.to_der(), dialect).is_err());
    }
}

#[test]
fn many_elements_are_refused() {
    let owner = Owner::new(1);
    let mut pieces = Pieces::new(&owner, CONTENT);
    let signer = || Pieces::new(&owner, CONTENT).signers.remove(0);
    pieces.signers = (0..64)
        .map(|_| {
            let mut signer = signer();
            let signature = owner.key.sign_hedged(&mut SysRng, CONTENT).unwrap();
            signer.signature = signature.to_der();
            signer
        })
        .collect();
    UnverifiedSignedData::read(&pieces.to_der(), Dialect::Field)
        .unwrap()
        .verify(&owner.certificate)
        .unwrap();
    pieces.signers.push(signer());
    let error = UnverifiedSignedData::from_der(&pieces.to_der()).unwrap_err();
    assert!(
        matches!(error, Error::TooLarge { limit: 64, .. }),
        "{error}"
    );

    let mut pieces = Pieces::new(&owner, CONTENT);
    pieces.certificates = vec![vec![0x30, 0]; 1024];
    UnverifiedSignedData::from_der(&pieces.to_der()).unwrap();
    pieces.certificates.push(vec![0x30, 0]);
    let error = UnverifiedSignedData::from_der(&pieces.to_der()).unwrap_err();
    assert!(matches!(error, Error::Malformed { .. }), "{error}");
}

#[test]
fn a_deep_nest_is_not_climbed_down() {
    let owner = Owner::new(1);
    let mut nest = vec![5, 0];
    for _ in 0..10_000 {
        nest = tlv(0x30, &[&nest]);
    }
    let mut pieces = Pieces::new(&owner, CONTENT);
    pieces.certificates.push(nest.clone());
    pieces.certificates.sort();
    pieces.signers[0].unsigned = Some(vec![attribute(super::OWN, &[&nest])]);
    let message = UnverifiedSignedData::from_der(&pieces.to_der()).unwrap();
    message.clone().verify_with_carried_certificates().unwrap();
    message.verify(&owner.certificate).unwrap();
    assert!(UnverifiedSignedData::from_der(&nest).is_err());
}
