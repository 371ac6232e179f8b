use crate::{Dialect, Error, Limits, UnverifiedCsr};
use der::{Encode, asn1::BitString};
use gm_crypto::{
    pki::{Sm2Sm3, assemble},
    sm2::{PublicKey, SecretKey, SigningKey, UserId},
};
use spki::{AlgorithmIdentifierOwned, DynSignatureAlgorithmIdentifier, EncodePublicKey};
use x509_cert::name::Name;

fn tlv(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let length = u8::try_from(content.len()).ok();
    let mut octets = vec![tag];
    match length {
        Some(length) if length < 128 => octets.push(length),
        Some(length) => octets.extend([0x81, length]),
        None => {
            let length = u16::try_from(content.len()).unwrap();
            octets.push(0x82);
            octets.extend(length.to_be_bytes());
        }
    }
    [octets, content].concat()
}

fn signer() -> SigningKey {
    let secret = SecretKey::from_bytes(&[5; 32]).unwrap();
    SigningKey::new(secret, UserId::default())
}

fn temporary() -> PublicKey {
    SecretKey::from_bytes(&[6; 32]).unwrap().public_key()
}

fn blob(key: &PublicKey) -> Vec<u8> {
    let point = key.to_uncompressed();
    let zeros = [0; 32];
    let prefix = [0, 0xB4, 0, 0, 0, 1, 0, 0];
    [&prefix, &point[1..33], &zeros, &point[33..], &zeros].concat()
}

const OID_63: &[u8] = &[
    0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09, 0x3F,
];

/// A request whose attributes are `attributes`, signed as it stands.
fn request(attributes: &[u8]) -> Vec<u8> {
    let key = signer();
    let name: Name = "CN=certRequisition,C=CN".parse().unwrap();
    let public = key.verifying_key().to_public_key_der().unwrap();
    let info = tlv(
        0x30,
        &[
            &[2, 1, 0],
            &name.to_der().unwrap(),
            public.as_bytes(),
            attributes,
        ],
    );
    let algorithm: AlgorithmIdentifierOwned = key.signature_algorithm_identifier().unwrap();
    let signature = key.sign_digest(&key.verifying_key().za().digest(&info));
    let signature = BitString::from_bytes(&signature.unwrap().to_der()).unwrap();
    assemble(&info, &algorithm, &signature).unwrap()
}

fn with_blob(blob: &[u8]) -> Vec<u8> {
    let inner = tlv(0x30, &[&[2, 1, 1], &tlv(4, &[blob])]);
    let password = tlv(
        0x30,
        &[
            &[
                0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09, 0x07,
            ],
            &tlv(0x13, &[b"111111"]),
        ],
    );
    let key = tlv(0x30, &[OID_63, &tlv(4, &[&inner])]);
    request(&tlv(0xA0, &[&password, &key]))
}

fn read(octets: &[u8]) -> Result<Option<PublicKey>, Error> {
    UnverifiedCsr::from_der_in(Dialect::Cfca, octets, &Limits::default())?
        .verify(&[&Sm2Sm3::default()])?
        .temporary_key()
}

#[test]
fn a_dual_key_request_gives_its_temporary_key() {
    let octets = with_blob(&blob(&temporary()));
    assert_eq!(read(&octets).unwrap(), Some(temporary()));
}

#[test]
fn rfc_2986_refuses_it_as_malformed() {
    let octets = with_blob(&blob(&temporary()));
    let refused = UnverifiedCsr::from_der(&octets, &Limits::default());
    assert!(matches!(refused, Err(Error::Malformed { .. })));
}

#[test]
fn a_request_of_rfc_2986_is_read_in_this_dialect_too() {
    let values = tlv(0x31, &[&tlv(0x13, &[b"111111"])]);
    let oid = [
        0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09, 0x07,
    ];
    let octets = request(&tlv(0xA0, &[&tlv(0x30, &[&oid, &values])]));
    assert_eq!(read(&octets).unwrap(), None);
    assert_eq!(read(&request(&[])).unwrap(), None, "without attributes");
    UnverifiedCsr::from_der(&octets, &Limits::default()).unwrap();
}

#[test]
fn a_changed_temporary_key_breaks_the_signature() {
    let mut octets = with_blob(&blob(&temporary()));
    let x = temporary().to_uncompressed();
    let at = octets.windows(32).position(|part| part == &x[1..33]);
    octets[at.unwrap()] ^= 1;
    assert!(matches!(read(&octets), Err(Error::ProofOfPossession)));
}

#[test]
fn what_is_no_such_key_is_refused() {
    let good = blob(&temporary());
    let with = |at: usize, octet: u8| {
        let mut blob = good.clone();
        blob[at] = octet;
        blob
    };
    let y_changed = with(72, good[72] ^ 1);
    for blob in [
        &good[..135],
        &[good.as_slice(), &[0]].concat(),
        &with(1, 0xB3),
        &with(40, 1),
        &with(135, 1),
        &y_changed,
    ] {
        assert!(matches!(read(&with_blob(blob)), Err(Error::Claim { .. })));
    }
}

#[test]
fn every_truncation_is_refused() {
    let octets = with_blob(&blob(&temporary()));
    for length in 0..octets.len() {
        assert!(read(&octets[..length]).is_err(), "{length} octets");
    }
}
