//! Each deviation, made here: refused by the strict reader, named by the other.

use alloc::{vec, vec::Vec};
use der::asn1::ObjectIdentifier;

use super::crafted::{Owner, Pieces, algorithm, attribute, identifier, tlv, usual_attributes};
use crate::{
    Error,
    message::{
        Deviation::{self, *},
        Dialect, UnverifiedSignedData,
    },
    pki::oid,
    sm2::{CURVE_OID, SIGNATURE_OID, UserId, Za},
    sm3,
};

const CONTENT: &[u8] = b"octets of the content";

/// A way to bend a good message, and what it is then known for.
struct Bend {
    named: &'static [Deviation],
    attributes: bool,
    bend: fn(&mut Pieces, &Owner),
}

const BENDS: &[Bend] = &[
    Bend {
        named: &[],
        attributes: false,
        bend: |_, _| {},
    },
    Bend {
        named: &[],
        attributes: true,
        bend: |_, _| {},
    },
    Bend {
        named: &[ContentTypeOfRfc5652],
        attributes: false,
        bend: |pieces, _| pieces.outer_type = oid::PKCS7_SIGNED_DATA,
    },
    Bend {
        named: &[ContentTypeOfRfc5652],
        attributes: false,
        bend: |pieces, _| pieces.content_type = oid::PKCS7_DATA,
    },
    // The attribute says GM, the message RFC 5652: both mean data.
    Bend {
        named: &[ContentTypeOfRfc5652],
        attributes: true,
        bend: |pieces, _| pieces.content_type = oid::PKCS7_DATA,
    },
    Bend {
        named: &[DigestNamedHmac],
        attributes: true,
        bend: |pieces, _| name_digest(pieces, oid::HMAC_SM3),
    },
    Bend {
        named: &[DigestNamedUnkeyed],
        attributes: false,
        bend: |pieces, _| name_digest(pieces, oid::SM3_UNKEYED),
    },
    Bend {
        named: &[DigestNamedSignature],
        attributes: false,
        bend: |pieces, _| name_digest(pieces, SIGNATURE_OID),
    },
    // GmSSL #1701: in front alone.
    Bend {
        named: &[DigestNamedSignature, DigestAlgorithmsList],
        attributes: false,
        bend: |pieces, _| pieces.digests = vec![algorithm(SIGNATURE_OID)],
    },
    Bend {
        named: &[DigestAlgorithmsList],
        attributes: false,
        bend: |pieces, _| pieces.digests.clear(),
    },
    Bend {
        named: &[DigestAlgorithmsList],
        attributes: false,
        bend: |pieces, _| {
            let sha256 = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.1");
            pieces.digests.push(algorithm(sha256));
        },
    },
    Bend {
        named: &[SignatureNamedWithDigest],
        attributes: false,
        bend: |pieces, _| pieces.signers[0].algorithm = algorithm(SIGNATURE_OID),
    },
    Bend {
        named: &[SignatureNamedEncryption],
        attributes: false,
        bend: |pieces, _| pieces.signers[0].algorithm = algorithm(oid::SM2_ENCRYPT),
    },
    Bend {
        named: &[SignatureNamedCurve],
        attributes: false,
        bend: |pieces, _| pieces.signers[0].algorithm = algorithm(CURVE_OID),
    },
    Bend {
        named: &[SubjectKeyIdentifier],
        attributes: false,
        bend: |pieces, owner| pieces.signers[0].id = tlv(0x80, &[&[owner.serial; 20]]),
    },
    Bend {
        named: &[Version],
        attributes: false,
        bend: |pieces, _| pieces.version = 3,
    },
    Bend {
        named: &[Version],
        attributes: false,
        bend: |pieces, _| pieces.signers[0].version = 0,
    },
    Bend {
        named: &[UnorderedSet],
        attributes: false,
        bend: |pieces, _| {
            pieces.certificates.push(Owner::new(9).certificate);
            pieces.certificates.sort();
            pieces.certificates.reverse();
        },
    },
    Bend {
        named: &[UnorderedSet],
        attributes: false,
        bend: |pieces, _| pieces.crls = vec![vec![0x30, 1, 9], vec![0x30, 1, 8]],
    },
    // Signed in the order in which they came.
    Bend {
        named: &[UnorderedSet],
        attributes: true,
        bend: |pieces, owner| {
            let mut attributes = usual_attributes(CONTENT);
            attributes.reverse();
            pieces.signers[0].sign_attributes(owner, attributes);
        },
    },
    Bend {
        named: &[UnorderedSet],
        attributes: true,
        bend: |pieces, owner| {
            let mut attributes = usual_attributes(CONTENT);
            attributes.push(attribute(super::OWN, &[&[2, 1, 2], &[2, 1, 1]]));
            attributes.sort();
            pieces.signers[0].sign_attributes(owner, attributes);
        },
    },
    Bend {
        named: &[UnorderedSet],
        attributes: false,
        bend: |pieces, _| {
            pieces.signers[0].unsigned = Some(vec![
                attribute(super::OWN, &[&[2, 1, 2]]),
                attribute(super::OWN, &[&[2, 1, 1]]),
            ]);
        },
    },
    // PKCS#7 signs the inside of whatever the content is.
    Bend {
        named: &[ContentNotOctetString],
        attributes: false,
        bend: |pieces, _| pieces.content = tlv(0x30, &[CONTENT]),
    },
    Bend {
        named: &[TrailingOctets],
        attributes: true,
        bend: |pieces, _| pieces.behind = vec![0; 7],
    },
];

fn name_digest(pieces: &mut Pieces, oid: ObjectIdentifier) {
    pieces.digests = vec![algorithm(oid)];
    pieces.signers[0].digest = algorithm(oid);
}

fn bent(bend: &Bend, owner: &Owner) -> Pieces {
    let mut pieces = if bend.attributes {
        Pieces::with_attributes(owner, CONTENT)
    } else {
        Pieces::new(owner, CONTENT)
    };
    (bend.bend)(&mut pieces, owner);
    pieces
}

#[test]
fn a_deviation_is_refused_by_the_strict_reader_and_named_by_the_other() {
    let owner = Owner::new(1);
    for (index, bend) in BENDS.iter().enumerate() {
        let der = bent(bend, &owner).to_der();
        match UnverifiedSignedData::from_der(&der) {
            Ok(message) => {
                assert!(bend.named.is_empty(), "{index}: {:?}", bend.named);
                assert!(message.deviations().is_empty());
                message.verify(&owner.certificate).unwrap();
            }
            Err(error) => assert!(!bend.named.is_empty(), "{index}: {error:?}"),
        }
        let message = UnverifiedSignedData::read(&der, Dialect::Field)
            .unwrap_or_else(|error| panic!("{index}: {error:?}"));
        assert_eq!(message.deviations(), bend.named, "{index}");
        let content = message
            .verify(&owner.certificate)
            .unwrap_or_else(|error| panic!("{index}: {error:?}"));
        assert_eq!(content.as_bytes(), CONTENT);
        assert_eq!(content.deviations(), bend.named);
    }
}

#[test]
fn no_deviation_excuses_a_signature_that_does_not_fit() {
    let owner = Owner::new(1);
    for (index, bend) in BENDS.iter().enumerate() {
        let mut pieces = bent(bend, &owner);
        let last = pieces.content.len() - 1;
        pieces.content[last] ^= 1;
        let message = UnverifiedSignedData::read(&pieces.to_der(), Dialect::Field).unwrap();
        let error = message.verify(&owner.certificate).unwrap_err();
        assert!(matches!(error, Error::Crypto), "{index}: {error:?}");
    }
}

#[test]
fn what_no_dialect_forgives() {
    let owner = Owner::new(1);
    let sha256 = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.1");
    let digest = |octets: &[u8]| attribute(oid::MESSAGE_DIGEST, &[&tlv(4, &[octets])]);
    let of_type = |oid| attribute(oid::CONTENT_TYPE, &[&identifier(oid)]);
    let right = sm3::digest(CONTENT);
    let cases: Vec<(&str, Pieces)> = vec![
        ("another kind of message", {
            let mut pieces = Pieces::new(&owner, CONTENT);
            pieces.outer_type = oid::ENVELOPED_DATA;
            pieces
        }),
        ("another digest", {
            let mut pieces = Pieces::new(&owner, CONTENT);
            name_digest(&mut pieces, sha256);
            pieces
        }),
        ("another signature algorithm", {
            let mut pieces = Pieces::new(&owner, CONTENT);
            let ecdsa = ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.2");
            pieces.signers[0].algorithm = algorithm(ecdsa);
            pieces
        }),
        ("parameters", {
            let mut pieces = Pieces::new(&owner, CONTENT);
            pieces.signers[0].algorithm = tlv(0x30, &[&identifier(oid::SM2_SIGN), &[2, 1, 1]]);
            pieces
        }),
        ("a certificate that is none", {
            let mut pieces = Pieces::new(&owner, CONTENT);
            pieces.certificates.insert(0, vec![4, 1, 1]);
            pieces
        }),
        ("no contentType", with_signed(&owner, vec![digest(&right)])),
        (
            "no messageDigest",
            with_signed(&owner, vec![of_type(oid::DATA)]),
        ),
        (
            "no attribute in the place of some",
            with_signed(&owner, vec![]),
        ),
        (
            "another contentType",
            with_signed(&owner, vec![of_type(oid::SIGNED_DATA), digest(&right)]),
        ),
        (
            "a short digest",
            with_signed(&owner, vec![of_type(oid::DATA), digest(&right[1..])]),
        ),
        (
            "two digests",
            with_signed(
                &owner,
                vec![of_type(oid::DATA), digest(&right), digest(&right)],
            ),
        ),
        (
            "a digest with two values",
            with_signed(&owner, {
                let value = tlv(4, &[&right]);
                let two = attribute(oid::MESSAGE_DIGEST, &[&value, &value]);
                vec![of_type(oid::DATA), two]
            }),
        ),
        (
            "a signingTime that is none",
            with_signed(&owner, {
                let time = attribute(oid::SIGNING_TIME, &[&tlv(0x17, &[b"2601010000Z"])]);
                let mut attributes = vec![of_type(oid::DATA), digest(&right), time];
                attributes.sort();
                attributes
            }),
        ),
        ("other content without attributes", {
            let mut pieces = Pieces::new(&owner, CONTENT);
            pieces.content_type = super::OWN;
            pieces
        }),
    ];
    for (what, pieces) in cases {
        for dialect in [Dialect::Strict, Dialect::Field] {
            let read = UnverifiedSignedData::read(&pieces.to_der(), dialect);
            assert!(read.is_err(), "{what} in {dialect:?}");
        }
    }
}

fn with_signed(owner: &Owner, attributes: Vec<Vec<u8>>) -> Pieces {
    let mut pieces = Pieces::new(owner, CONTENT);
    pieces.signers[0].sign_attributes(owner, attributes);
    pieces
}

#[test]
fn a_signature_that_does_not_fit_is_refused_in_every_dialect() {
    let owner = Owner::new(1);
    let public = owner.key.verifying_key().public_key();
    let za = Za::new(&UserId::default(), public);
    let mut empty_id = Pieces::new(&owner, CONTENT);
    let under_empty = Za::new(&UserId::new([]).unwrap(), public).digest(CONTENT);
    empty_id.signers[0].signature = owner.key.sign_digest(&under_empty).unwrap().to_der();
    let mut without_z = Pieces::new(&owner, CONTENT);
    let e = sm3::digest(CONTENT);
    without_z.signers[0].signature = owner.key.sign_digest(&e).unwrap().to_der();
    let mut content_signed = Pieces::with_attributes(&owner, CONTENT);
    content_signed.signers[0].signature = owner.sign(CONTENT).to_der();
    let digest_with_z = with_signed(
        &owner,
        vec![
            attribute(oid::CONTENT_TYPE, &[&identifier(oid::DATA)]),
            attribute(oid::MESSAGE_DIGEST, &[&tlv(4, &[&za.digest(CONTENT)])]),
        ],
    );
    let mut raw = Pieces::new(&owner, CONTENT);
    let both = crate::sm2::RawSignature::from(owner.sign(CONTENT));
    raw.signers[0].signature = both.as_bytes().to_vec();
    let mut other_attributes = Pieces::with_attributes(&owner, CONTENT);
    if let Some(attributes) = &mut other_attributes.signers[0].attributes {
        attributes.push(attribute(super::OWN, &[&[5, 0]]));
        attributes.sort();
    }
    let mut tagged = Pieces::with_attributes(&owner, CONTENT);
    let inside = usual_attributes(CONTENT).concat();
    // Signed under [0] as it stands in the message.
    tagged.signers[0].signature = owner.sign(&tlv(0xa0, &[&inside])).to_der();
    for (what, pieces) in [
        ("empty ID", empty_id),
        ("without Z", without_z),
        ("content in the place of attributes", content_signed),
        ("messageDigest with Z", digest_with_z),
        ("r and s in a row", raw),
        ("an attribute more", other_attributes),
        ("attributes under the wrong tag", tagged),
    ] {
        for dialect in [Dialect::Strict, Dialect::Field] {
            let message = UnverifiedSignedData::read(&pieces.to_der(), dialect)
                .unwrap_or_else(|error| panic!("{what}: {error:?}"));
            assert!(message.verify(&owner.certificate).is_err(), "{what}");
        }
    }
}
