use super::*;
use crate::{CsrDraft, Dialect, Limits, Note, UnverifiedCsr};
use gm_crypto::{
    pki::{Sm2Sm3, encode_pem, encode_public_key_bare},
    sm2::{SecretKey, SigningKey, UserId},
};
use signature::Signer;
use spki::{DynSignatureAlgorithmIdentifier, EncodePublicKey, SignatureBitStringEncoding};

fn secret(octet: u8) -> SecretKey {
    SecretKey::from_bytes(&[octet; 32]).unwrap()
}

fn request(temporary: Option<&PublicKey>) -> Vec<u8> {
    let key = SigningKey::new(secret(7), UserId::default());
    let mut draft = CsrDraft::new("CN=a,C=CN".parse().unwrap())
        .challenge_password("111111")
        .unwrap();
    if let Some(key) = temporary {
        draft = draft.cfca_temporary_key(key).unwrap();
    }
    let spki = key.verifying_key().to_public_key_der().unwrap();
    let algorithm = key.signature_algorithm_identifier().unwrap();
    let prepared = draft
        .prepare(spki.decode_msg().unwrap(), algorithm)
        .unwrap();
    let signature = key.sign(prepared.tbs()).to_bitstring().unwrap();
    prepared.attach(&signature).unwrap()
}

fn verified(dialect: Dialect, der: &[u8]) -> VerifiedCsr {
    UnverifiedCsr::from_der_in(dialect, der, &Limits::default())
        .and_then(|csr| csr.verify(&[&Sm2Sm3::default()]))
        .unwrap()
}

#[test]
fn cfcas_request_is_written_and_read() {
    let temporary = secret(9).public_key();
    let der = request(Some(&temporary));
    let csr = verified(Dialect::Cfca, &der);
    assert_eq!(csr.notes(), [Note::ValuesOutsideSet]);
    let password = csr.challenge_password().unwrap().unwrap();
    assert!(password.is("111111"));
    let dual = DualKeyRequest::from_attribute(csr).unwrap();
    assert_eq!(*dual.temporary_key(), temporary);
    assert_eq!(dual.request().der(), der);
    assert_eq!(dual.into_parts().1, temporary);
    // To the letter of RFC 2986 it is none.
    assert!(matches!(
        UnverifiedCsr::from_der(&der, &Limits::default()),
        Err(Error::Malformed { .. })
    ));
}

#[test]
fn a_temporary_key_may_come_beside_a_plain_request() {
    let temporary = secret(9).public_key();
    let plain = || verified(Dialect::Rfc2986, &request(None));
    let spki = temporary.to_public_key_der().unwrap();
    let pem = encode_pem("PUBLIC KEY", spki.as_bytes());
    for file in [
        spki.as_bytes(),
        pem.as_bytes(),
        &encode_public_key_bare(&temporary),
    ] {
        let dual = DualKeyRequest::with_key(plain(), file).unwrap();
        assert_eq!(*dual.temporary_key(), temporary);
    }
    let mut off_the_curve = encode_public_key_bare(&temporary);
    *off_the_curve.last_mut().unwrap() ^= 1;
    for file in [&b"no key"[..], &off_the_curve, &spki.as_bytes()[1..]] {
        assert!(matches!(
            DualKeyRequest::with_key(plain(), file),
            Err(Error::Claim { .. })
        ));
    }
    assert!(matches!(
        DualKeyRequest::from_attribute(plain()),
        Err(Error::NoTemporaryKey)
    ));
}

#[test]
fn two_temporary_keys_must_be_one() {
    let [one, other] = [9, 10].map(|octet| secret(octet).public_key());
    let csr = || verified(Dialect::Cfca, &request(Some(&one)));
    let file = encode_public_key_bare(&one);
    assert_eq!(
        *DualKeyRequest::with_key(csr(), &file)
            .unwrap()
            .temporary_key(),
        one
    );
    assert!(matches!(
        DualKeyRequest::with_key(csr(), &encode_public_key_bare(&other)),
        Err(Error::TemporaryKeysDiffer)
    ));
}
