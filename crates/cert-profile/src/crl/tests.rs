//! Lists, read back and verified; each refusal.

mod numbers;
mod reader;
mod revocations;

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
    let again = upstream(&der).to_der().unwrap();
    assert_eq!(again, der, "upstream writes the same octets");
    let signed = Signed::from_der("CertificateList", &der).unwrap();
    let spki = issuer.public_key().owned_to_ref();
    signed.verify(spki, &[&Sm2Sm3::default()]).unwrap();
    let list = upstream(&der);
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
    let clause =
        |draft: CrlDraft<'_>, entries: &[RevokedEntry]| clause(draft.prepare(entries).unwrap_err());
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

/// As upstream reads it.
fn upstream(der: &[u8]) -> CertificateList {
    CertificateList::from_der(der).unwrap()
}

fn clause(error: Error) -> &'static str {
    match error {
        Error::Invalid { clause, .. } => clause,
        other => panic!("{other:?}"),
    }
}

/// The list in DER, written by `change`.
fn list(entries: &[RevokedEntry], change: impl FnOnce(CrlDraft<'_>) -> CrlDraft<'_>) -> Vec<u8> {
    let (key, issuer) = authority();
    let der = sign(change(draft(&issuer)).prepare(entries).unwrap(), &key);
    let again = upstream(&der).to_der().unwrap();
    assert_eq!(again, der, "upstream writes the same octets");
    der
}

fn extension_of(der: &[u8], oid: &str) -> Option<Extension> {
    let list = upstream(der);
    let mut extensions = list.tbs_cert_list.crl_extensions.unwrap().into_iter();
    extensions.find(|extension| extension.extn_id.to_string() == oid)
}

#[test]
fn a_delta_names_its_base_and_takes_entries_back() {
    let entries = [
        RevokedEntry::removed(5u8.into(), at("2026-07-01T12:00:00Z")),
        entry(6, Reason::CertificateHold),
    ];
    let der = list(&entries, |draft| draft.delta_to(0x1_0000u64 - 0xff00));
    let indicator = extension_of(&der, "2.5.29.27").unwrap();
    assert!(indicator.critical);
    assert_eq!(indicator.extn_value.as_bytes(), [2, 2, 1, 0]);
    let list = upstream(&der).tbs_cert_list;
    let first = &list.revoked_certificates.unwrap()[0];
    let reason = &first.crl_entry_extensions.as_ref().unwrap()[0];
    assert_eq!(reason.extn_value.as_bytes(), [10, 1, 8]);
}

#[test]
fn a_delta_that_is_none_is_refused() {
    let (_, issuer) = authority();
    let of = |base: u64| draft(&issuer).delta_to(base);
    let refused =
        |draft: CrlDraft<'_>, entries: &[RevokedEntry]| clause(draft.prepare(entries).unwrap_err());
    assert!(of(299).prepare([] as [RevokedEntry; 0]).is_ok());
    assert_eq!(refused(of(300), &[]), "RFC 5280, 5.2.4");
    assert_eq!(refused(of(301), &[]), "RFC 5280, 5.2.4");
    let freshest = of(1).freshest(["http://ca.example.cn/delta.crl"]).unwrap();
    assert_eq!(refused(freshest, &[]), "RFC 5280, 5.2.6");
    let removed = [RevokedEntry::removed(
        5u8.into(),
        at("2026-07-01T12:00:00Z"),
    )];
    assert_eq!(refused(draft(&issuer), &removed), "RFC 5280, 5.3.1");
}

fn is_odd(serial: &SerialNumber) -> bool {
    serial.as_bytes().last().is_some_and(|last| last % 2 == 1)
}

#[test]
fn a_shard_names_its_url_and_refuses_what_is_not_its_own() {
    let url = "http://ca.example.cn/3.crl";
    let point = IssuingDistributionPoint::at([url]).unwrap();
    let entries = [entry(5, Reason::Superseded), entry(7, Reason::Superseded)];
    let der = list(&entries, |draft| {
        draft.distribution_point(point.clone()).shard(&is_odd)
    });
    let extension = extension_of(&der, "2.5.29.28").unwrap();
    assert!(extension.critical);
    let value = extension.extn_value.as_bytes();
    // SEQUENCE { [0] { [0] { [6] url } } }
    let wanted = [&[0x30, 32, 0xa0, 30, 0xa0, 28, 0x86, 26], url.as_bytes()].concat();
    assert_eq!(value, wanted);

    let (_, issuer) = authority();
    let entries = [entry(5, Reason::Superseded), entry(6, Reason::Superseded)];
    let refused = draft(&issuer).shard(&is_odd).prepare(&entries);
    assert!(matches!(
        refused,
        Err(Error::OutsideShard { serial }) if *serial == 6u8.into()
    ));
}

#[test]
fn the_shards_of_a_profile_hold_each_certificate_once() {
    let profile = Profile::from_toml(
        r#"
        name = "sharded"
        kind = "end-entity"
        key_usage = ["digitalSignature"]
        crl_urls = ["http://ca.example.cn/{shard}.crl"]
        crl_shards = 3
        validity = { years = 1 }
        subject = { required = ["commonName"] }
        "#,
    )
    .unwrap();
    let (key, issuer) = authority();
    let all: Vec<_> = (1..=40)
        .map(|serial| entry(serial, Reason::Superseded))
        .collect();
    let mut listed = 0;
    for shard in 0..3 {
        let belongs = |serial: &SerialNumber| profile.shard(serial) == Some(shard);
        let point = IssuingDistributionPoint::at(profile.crl_urls(shard)).unwrap();
        let of = || {
            let draft = draft(&issuer).distribution_point(point.clone());
            draft.shard(&belongs)
        };
        assert!(matches!(
            of().prepare(&all),
            Err(Error::OutsideShard { .. })
        ));
        let own = all.iter().filter(|entry| belongs(entry.serial()));
        let der = sign(of().prepare(own).unwrap(), &key);
        let list = CrlReader::from_der(&der).unwrap();
        let urls = list.distribution_point().unwrap().urls();
        assert_eq!(urls.collect::<Vec<_>>(), profile.crl_urls(shard));
        listed += list.entries().count();
    }
    assert_eq!(listed, all.len());
}

#[test]
fn a_point_says_which_kind_of_certificate() {
    let at = IssuingDistributionPoint::at(["http://ca.example.cn/ca.crl"]).unwrap();
    for (point, last) in [
        (
            IssuingDistributionPoint::of(OnlyContains::UserCerts),
            [0x81, 1, 0xff],
        ),
        (
            IssuingDistributionPoint::of(OnlyContains::CaCerts),
            [0x82, 1, 0xff],
        ),
        (at.only(OnlyContains::CaCerts), [0x82, 1, 0xff]),
    ] {
        let der = list(&[], |draft| draft.distribution_point(point.clone()));
        let extension = extension_of(&der, "2.5.29.28").unwrap();
        assert!(extension.extn_value.as_bytes().ends_with(&last));
        let read = CrlReader::from_der(&der).unwrap();
        assert_eq!(read.distribution_point(), Some(&point));
    }
    for bad in [
        "",
        "http://",
        "http:///a.crl",
        "http://ca.example.cn/a b.crl",
        "http://ca.example.cn/\0",
        "ftp://ca.example.cn/a.crl",
        "http://示例/a.crl",
    ] {
        assert!(IssuingDistributionPoint::at([bad]).is_err(), "{bad}");
    }
    assert!(IssuingDistributionPoint::at([] as [&str; 0]).is_err());
}

#[test]
fn a_full_list_says_where_its_deltas_are() {
    let url = "http://ca.example.cn/delta.crl";
    let der = list(&[], |draft| draft.freshest([url]).unwrap());
    let extension = extension_of(&der, "2.5.29.46").unwrap();
    assert!(!extension.critical);
    let read = CrlReader::from_der(&der).unwrap();
    assert_eq!(read.freshest().collect::<Vec<_>>(), [url]);
}

#[test]
fn an_invalidity_date_is_a_generalized_time() {
    let date = at("2026-06-01T00:00:00Z");
    let der = list(
        &[entry(5, Reason::KeyCompromise).invalid_since(date)],
        |draft| draft,
    );
    let value = b"\x18\x0f20260601000000Z";
    assert!(der.windows(value.len()).any(|part| part == value));
    let mut entries = CrlReader::from_der(&der).unwrap().entries();
    assert_eq!(
        entries.next().unwrap().unwrap().invalidity_date(),
        Some(date)
    );
}

#[test]
fn the_years_from_2050_are_generalized_time() {
    let (key, issuer) = authority();
    let (this, next) = (at("2049-12-31T23:59:59Z"), at("2050-01-01T00:00:00Z"));
    let draft = CrlDraft::new(&issuer, 1u64, this, next);
    let der = sign(draft.prepare([] as [RevokedEntry; 0]).unwrap(), &key);
    let both = b"\x17\x0d491231235959Z\x18\x0f20500101000000Z";
    assert!(der.windows(both.len()).any(|part| part == both));
    let (this, next) = (next, at("2050-01-02T00:00:00Z"));
    let late = RevokedEntry::new(5u8.into(), this, Reason::Superseded);
    let draft = CrlDraft::new(&issuer, 2u64, this, next);
    let der = sign(draft.prepare([late.clone()]).unwrap(), &key);
    let mut entries = CrlReader::from_der(&der).unwrap().entries();
    assert_eq!(entries.next().unwrap().unwrap().to_owned().unwrap(), late);
    assert_eq!(upstream(&der).to_der().unwrap(), der);
}

#[test]
fn parameters_are_as_the_draft_says() {
    for (parameters, wanted) in [
        (SignatureParameters::Absent, None),
        (SignatureParameters::Null, Some(Any::null())),
    ] {
        let der = list(&[], |draft| draft.signature_parameters(parameters));
        let list = upstream(&der);
        assert_eq!(list.signature_algorithm.parameters, wanted);
        assert_eq!(list.tbs_cert_list.signature, list.signature_algorithm);
    }
}

#[test]
fn what_is_wrong_is_refused_before_the_list_is_written() {
    let (_, issuer) = authority();
    let begin = |draft: CrlDraft<'_>| draft.begin().map(drop);
    assert!(begin(draft(&issuer).delta_to(299u64)).is_ok());
    assert!(begin(draft(&issuer).delta_to(300u64)).is_err());
    let freshest = draft(&issuer)
        .freshest(["http://ca.example.cn/delta.crl"])
        .unwrap();
    assert!(begin(freshest.clone()).is_ok());
    assert!(begin(freshest.delta_to(299u64)).is_err());

    let mut list = draft(&issuer).begin().unwrap();
    let removed = RevokedEntry::removed(5u8.into(), at("2026-07-01T12:00:00Z"));
    assert_eq!(clause(list.push(&removed).unwrap_err()), "RFC 5280, 5.3.1");
    let late = RevokedEntry::new(5u8.into(), at("2026-07-02T00:00:01Z"), Reason::Superseded);
    assert_eq!(clause(list.push(&late).unwrap_err()), "RFC 5280, 5.1.2.4");
    let zero = entry(0, Reason::Superseded);
    assert_eq!(clause(list.push(&zero).unwrap_err()), "RFC 5280, 4.1.2.2");
}

#[test]
fn an_entry_that_is_refused_leaves_the_list_as_it_was() {
    let (_, issuer) = authority();
    let whole = draft(&issuer).prepare([entry(5, Reason::Superseded)]);
    let mut list = draft(&issuer).begin().unwrap();
    list.push(&entry(5, Reason::Superseded)).unwrap();
    assert!(list.push(&entry(0, Reason::Superseded)).is_err());
    assert_eq!(list.finish().unwrap(), whole.unwrap());
}

#[test]
fn a_serial_number_that_stands_twice_is_found_in_any_order() {
    let (_, issuer) = authority();
    // The same last octets: told apart by those in front.
    let serial = |first: u8| SerialNumber::new(&[first, 9, 9, 9, 9, 9, 9, 9, 9]).unwrap();
    let of = |serials: &[u8]| {
        let entries = serials.iter().map(|first| {
            RevokedEntry::new(
                serial(*first),
                at("2026-07-01T12:00:00Z"),
                Reason::Superseded,
            )
        });
        draft(&issuer).prepare(entries.collect::<Vec<_>>())
    };
    assert!(of(&[3, 1, 2]).is_ok());
    for order in [&[1, 2, 2][..], &[2, 1, 2], &[2, 2, 1], &[3, 1, 2, 3]] {
        let first = if order.contains(&3) { 3 } else { 2 };
        assert!(matches!(
            of(order),
            Err(Error::DuplicateEntry { serial: twice }) if *twice == serial(first)
        ));
    }
}

#[test]
fn whoever_counts_entries_wrong_gets_the_same_list() {
    struct Liar(std::vec::IntoIter<RevokedEntry>);
    impl Iterator for Liar {
        type Item = RevokedEntry;
        fn next(&mut self) -> Option<RevokedEntry> {
            self.0.next()
        }
        fn size_hint(&self) -> (usize, Option<usize>) {
            (usize::MAX, Some(0))
        }
    }
    let (_, issuer) = authority();
    let entries = vec![entry(5, Reason::Superseded), entry(6, Reason::Superseded)];
    let liar = draft(&issuer).prepare(Liar(entries.clone().into_iter()));
    assert_eq!(liar.unwrap(), draft(&issuer).prepare(entries).unwrap());
}

#[test]
fn zeros_in_front_make_no_other_serial_number() {
    let (_, issuer) = authority();
    let of = |octets: &[u8]| {
        let serial = SerialNumber::new(octets).unwrap();
        RevokedEntry::new(serial, at("2026-07-01T12:00:00Z"), Reason::Superseded)
    };
    let twice = draft(&issuer).prepare([of(&[0x80]), of(&[9]), of(&[0, 0, 0x80])]);
    assert!(matches!(twice, Err(Error::DuplicateEntry { .. })));
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
