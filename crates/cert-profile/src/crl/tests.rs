//! Lists, read back and verified; each refusal.

use super::*;
use crate::{CertRequest, Profile};
use der::{Decode, referenced::OwnedToRef};
use getrandom::SysRng;
use gm_crypto::{
    pki::{Signed, Sm2Sm3},
    sm2::{SecretKey, SigningKey, UserId},
};
use spki::{DynSignatureAlgorithmIdentifier, EncodePublicKey, SignatureBitStringEncoding};
use x509_cert::{
    Version,
    crl::CertificateList,
    ext::pkix::{AuthorityKeyIdentifier, CrlReason},
};

fn authority() -> (SigningKey, Issuer) {
    let key = SigningKey::new(SecretKey::generate(&mut SysRng).unwrap(), UserId::default());
    let spki = key.verifying_key().to_public_key_der().unwrap();
    let name = "CN=Root CA,O=Example,C=CN".parse().unwrap();
    let request = CertRequest::new(name, spki.decode_msg().unwrap());
    let issuer = Issuer::self_signed(&request, key.signature_algorithm_identifier().unwrap());
    let profile = Profile::shipped("root-ca").unwrap();
    let prepared = profile.prepare(&issuer, &request, &1u8.into(), at("2026-07-01T00:00:00Z"));
    let issuer = Issuer::from_certificate(&sign(prepared.unwrap(), &key)).unwrap();
    (key, issuer)
}

fn at(text: &str) -> DateTime {
    text.parse().unwrap()
}

fn sign(prepared: Prepared, key: &SigningKey) -> Vec<u8> {
    let signature = key.sign_hedged(&mut SysRng, prepared.tbs()).unwrap();
    prepared.attach(&signature.to_bitstring().unwrap()).unwrap()
}

fn entry(serial: u64, reason: Reason) -> RevokedEntry {
    RevokedEntry::new(serial.into(), at("2026-07-01T12:00:00Z"), reason)
}

fn draft(issuer: &Issuer) -> CrlDraft<'_> {
    let (this, next) = (at("2026-07-02T00:00:00Z"), at("2026-07-03T00:00:00Z"));
    CrlDraft::new(issuer, 300, this, next)
}

fn written(entries: Vec<RevokedEntry>) -> CertificateList {
    let (key, issuer) = authority();
    let der = sign(draft(&issuer).prepare(entries).unwrap(), &key);
    let signed = Signed::from_der("CertificateList", &der).unwrap();
    let spki = issuer.public_key().owned_to_ref();
    signed.verify(spki, &[&Sm2Sm3::default()]).unwrap();
    let list = CertificateList::from_der(&der).unwrap();
    assert_eq!(&list.tbs_cert_list.issuer, issuer.name());
    assert_eq!(list.signature_algorithm, list.tbs_cert_list.signature);
    let extensions = list.tbs_cert_list.crl_extensions.as_ref().unwrap();
    assert!(extensions.iter().all(|extension| !extension.critical));
    let identifier = AuthorityKeyIdentifier::from_der(extensions[0].extn_value.as_bytes()).unwrap();
    assert_eq!(
        identifier.key_identifier.unwrap().as_bytes(),
        issuer.key_identifier()
    );
    list
}

#[test]
fn a_list_without_entries_has_no_empty_one() {
    let list = written(Vec::new()).tbs_cert_list;
    assert_eq!(list.version, Version::V2);
    assert_eq!(list.revoked_certificates, None);
    assert_eq!(
        list.next_update.unwrap().to_date_time(),
        at("2026-07-03T00:00:00Z")
    );
    // 300 = 01 2C.
    assert_eq!(
        list.crl_extensions.unwrap()[1].extn_value.as_bytes(),
        [2, 2, 1, 0x2c]
    );
}

#[test]
fn entries_keep_order_date_and_reason() {
    let list = written(vec![
        entry(9, Reason::CertificateHold),
        entry(5, Reason::Unspecified),
    ]);
    let entries = list.tbs_cert_list.revoked_certificates.unwrap();
    assert_eq!(entries[0].serial_number, 9u8.into());
    let date = entries[0].revocation_date.to_date_time();
    assert_eq!(date, at("2026-07-01T12:00:00Z"));
    let extensions = entries[0].crl_entry_extensions.as_ref().unwrap();
    assert_eq!(extensions[0].extn_id.to_string(), "2.5.29.21");
    assert_eq!(extensions[0].extn_value.as_bytes(), [10, 1, 6]);
    assert_eq!(
        entries[1].crl_entry_extensions, None,
        "unspecified is not written"
    );
}

#[test]
fn a_list_that_contradicts_itself_is_refused() {
    let (_, issuer) = authority();
    let clause = |draft: CrlDraft<'_>, entries: &[RevokedEntry]| match draft.prepare(entries) {
        Err(Error::Invalid { clause, .. }) => clause,
        other => panic!("{other:?}"),
    };
    let mut backwards = draft(&issuer);
    backwards.next_update = backwards.this_update;
    assert_eq!(clause(backwards, &[]), "RFC 5280, 5.1.2.5");
    let mut future = draft(&issuer);
    future.this_update = at("2026-07-01T11:59:59Z");
    let one = [entry(1, Reason::Unspecified)];
    assert_eq!(clause(future, &one), "RFC 5280, 5.1.2.4");
    let zero = [entry(0, Reason::Unspecified)];
    assert_eq!(clause(draft(&issuer), &zero), "RFC 5280, 4.1.2.2");
    let twice = vec![
        entry(7, Reason::KeyCompromise),
        entry(7, Reason::Superseded),
    ];
    assert!(matches!(
        draft(&issuer).prepare(twice),
        Err(Error::DuplicateEntry { serial }) if *serial == 7u8.into()
    ));
}

#[test]
fn an_issuer_without_crl_sign_writes_no_list() {
    let (key, issuer) = authority();
    let spki = key.verifying_key().to_public_key_der().unwrap();
    let text = crate::SHIPPED[0].1.replace(", \"cRLSign\"", "");
    let profile = Profile::from_toml(&text).unwrap();
    let request = CertRequest::new(issuer.name().clone(), spki.decode_msg().unwrap());
    let alone = Issuer::self_signed(&request, key.signature_algorithm_identifier().unwrap());
    let now = at("2026-07-01T00:00:00Z");
    let prepared = profile.prepare(&alone, &request, &1u8.into(), now).unwrap();
    let issuer = Issuer::from_certificate(&sign(prepared, &key)).unwrap();
    assert!(matches!(
        draft(&issuer).prepare([] as [RevokedEntry; 0]),
        Err(Error::Invalid {
            clause: "RFC 5280, 4.2.1.3",
            ..
        })
    ));
}

#[test]
fn reasons_have_their_numbers() {
    for code in 0..=u8::MAX {
        let reason = Reason::from_code(code);
        assert_eq!(reason.map(Reason::code), reason.map(|_| code));
        assert_eq!(
            reason.is_some(),
            code <= 10 && ![7, 8].contains(&code),
            "{code}"
        );
        if let Some(reason) = reason {
            assert_eq!(Reason::from_x509(reason.to_x509()), Some(reason));
            assert_eq!(u32::from(code), reason.to_x509() as u32);
        }
    }
    assert_eq!(Reason::from_x509(CrlReason::RemoveFromCRL), None);
}
