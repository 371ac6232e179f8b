//! Lists as they come back, and those that are none.

use super::*;
use der::Tag;
use proptest::{collection, option, prelude::*, sample::Index};
use std::{collections::BTreeSet, sync::LazyLock};

static CA: LazyLock<(SigningKey, Issuer)> = LazyLock::new(authority);

/// SEQUENCE and the like, of at most 65,535 octets.
fn tlv(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let tag = Tag::from_der(&[tag]).unwrap();
    Any::new(tag, parts.concat()).unwrap().to_der().unwrap()
}

/// A list of these parts behind the algorithm, with a signature that is none.
fn forged(version: &[u8], parts: &[&[u8]]) -> Vec<u8> {
    let algorithm = CA.1.algorithm().to_der().unwrap();
    let tbs = tlv(0x30, &[version, &algorithm, &parts.concat()]);
    tlv(0x30, &[&tbs, &algorithm, &[3, 2, 0, 0]])
}

const V2: &[u8] = &[2, 1, 1];

fn name() -> Vec<u8> {
    CA.1.name().to_der().unwrap()
}

fn time() -> Vec<u8> {
    tlv(0x17, &[b"260701120000Z"])
}

/// A list of version 2 with these extensions.
fn with_extensions(extensions: &[&[u8]]) -> Vec<u8> {
    let extensions = tlv(0xa0, &[&tlv(0x30, extensions)]);
    forged(V2, &[&name(), &time(), &time(), &extensions])
}

/// A list with these entries.
fn with_entries(version: &[u8], entries: &[&[u8]]) -> Vec<u8> {
    forged(version, &[&name(), &time(), &time(), &tlv(0x30, entries)])
}

fn extension_with(arc: u8, critical: bool, value: &[u8]) -> Vec<u8> {
    let critical: &[u8] = if critical { &[1, 1, 0xff] } else { &[] };
    tlv(
        0x30,
        &[&[6, 3, 0x55, 0x1d, arc], critical, &tlv(4, &[value])],
    )
}

fn entry_with(extensions: &[&[u8]]) -> Vec<u8> {
    tlv(0x30, &[&[2, 1, 5], &time(), &tlv(0x30, extensions)])
}

fn first(der: &[u8]) -> Result<EntryRef<'_>, Error> {
    CrlReader::from_der(der).unwrap().entries().next().unwrap()
}

#[test]
fn the_head_says_what_was_written() {
    let der = list(&[entry(9, Reason::CertificateHold)], |draft| {
        draft.delta_to(7u64)
    });
    let list = CrlReader::from_der(&der).unwrap();
    assert_eq!(list.issuer().to_string(), "CN=Root CA,O=Example,C=CN");
    assert_eq!(list.this_update(), at("2026-07-02T00:00:00Z"));
    assert_eq!(list.next_update(), Some(at("2026-07-03T00:00:00Z")));
    assert_eq!(list.number(), Some(300.into()));
    assert_eq!(list.base_number(), Some(7.into()));
    assert_eq!(list.distribution_point(), None);
    assert_eq!(list.authority_key_identifier().map(<[u8]>::len), Some(20));
    assert_eq!(list.algorithm().oid.to_string(), "1.2.156.10197.1.501");
}

#[test]
fn the_signature_is_checked_over_the_octets_that_came() {
    let (key, issuer) = &*CA;
    let prepared = draft(issuer).prepare([entry(9, Reason::CertificateHold)]);
    let mut der = sign(prepared.unwrap(), key);
    let spki = issuer.public_key().owned_to_ref();
    let verify = |der: &[u8]| {
        let list = CrlReader::from_der(der).unwrap();
        list.verify(spki.clone(), &[&Sm2Sm3::default()])
    };
    verify(&der).unwrap();
    let date = der.windows(13).position(|part| part == b"260701120000Z");
    der[date.unwrap()] = b'1';
    assert!(matches!(verify(&der), Err(Error::Signature { .. })));
}

#[test]
fn an_entry_is_found_by_its_serial_number() {
    let entries = [
        entry(0x109, Reason::Superseded),
        entry(9, Reason::CertificateHold),
        entry(0x80, Reason::Superseded),
        entry(0x8000, Reason::Unspecified),
    ];
    let der = list(&entries, |draft| draft);
    let list = CrlReader::from_der(&der).unwrap();
    for entry in &entries {
        let found = list.find(entry.serial()).unwrap().unwrap();
        assert_eq!(found.to_owned().unwrap(), *entry);
    }
    for absent in [7u16, 0x209, 0x8001] {
        assert_eq!(list.find(&absent.into()).unwrap(), None);
    }
}

#[test]
fn a_removal_has_no_reason() {
    let removed = RevokedEntry::removed(5u8.into(), at("2026-07-01T12:00:00Z"));
    let der = list(std::slice::from_ref(&removed), |draft| draft.delta_to(7u64));
    let found = first(&der).unwrap();
    assert_eq!(found.reason(), None);
    assert_eq!(found.to_owned().unwrap(), removed);
}

#[test]
fn a_removal_in_a_full_list_is_refused() {
    let removal = entry_with(&[&extension_with(21, false, &[10, 1, 8])]);
    let full = with_entries(V2, &[&removal]);
    assert_eq!(clause(first(&full).unwrap_err()), "RFC 5280, 5.3.1");
    let list = CrlReader::from_der(&full).unwrap();
    assert!(list.find(&5u8.into()).is_err());
}

#[test]
fn what_is_no_list_has_its_own_reason() {
    let read = |der: &[u8]| CrlReader::from_der(der).unwrap_err();
    assert!(matches!(read(&[0x30, 0]), Error::Unreadable { .. }));
    let good = with_extensions(&[&extension_with(20, false, &[2, 1, 7])]);
    assert_eq!(CrlReader::from_der(&good).unwrap().number(), Some(7.into()));
    let behind = [&good[..], &[0]].concat();
    assert!(matches!(read(&behind), Error::Unreadable { .. }));

    let algorithm = CA.1.algorithm().to_der().unwrap();
    let tbs = tlv(0x30, &[V2, &algorithm, &name(), &time()]);
    let with_null = tlv(0x30, &[&algorithm[2..], &[5, 0]]);
    let other = tlv(0x30, &[&tbs, &with_null, &[3, 2, 0, 0]]);
    assert_eq!(clause(read(&other)), "RFC 5280, 5.1.1.2");

    assert!(CrlReader::from_der(&forged(&[], &[&name(), &time()])).is_ok());
    let version_3 = forged(&[2, 1, 2], &[&name(), &time()]);
    assert_eq!(clause(read(&version_3)), "RFC 5280, 5.1.2.1");
    let number = extension_with(20, false, &[2, 1, 7]);
    let extensions = tlv(0xa0, &[&tlv(0x30, &[&number])]);
    let version_1 = forged(&[], &[&name(), &time(), &extensions]);
    assert_eq!(clause(read(&version_1)), "RFC 5280, 5.1.2.1");

    let no_sequence = tlv(0xa0, &[&tlv(0x31, &[&number])]);
    let no_sequence = forged(V2, &[&name(), &time(), &no_sequence]);
    assert!(matches!(read(&no_sequence), Error::Malformed { .. }));
    let no_time = forged(V2, &[&name(), &tlv(0x17, &[b"2607011200Z"])]);
    assert!(matches!(read(&no_time), Error::Malformed { .. }));
}

#[test]
fn extensions_that_are_not_read_are_named() {
    let read = |der: &[u8]| CrlReader::from_der(der).unwrap_err();
    let unknown = extension_with(99, true, &[5, 0]);
    assert!(matches!(
        read(&with_extensions(&[&unknown])),
        Error::CriticalExtension { oid, .. } if oid.to_string() == "2.5.29.99"
    ));
    assert!(CrlReader::from_der(&with_extensions(&[&extension_with(99, false, &[5, 0])])).is_ok());
    let number = extension_with(20, false, &[2, 1, 7]);
    assert_eq!(
        clause(read(&with_extensions(&[&number, &number]))),
        "RFC 5280, 4.2"
    );
    for number in [&[2, 1, 0x87][..], &[2, 2, 0, 7], &[2, 0]] {
        let number = extension_with(20, false, number);
        assert!(matches!(
            read(&with_extensions(&[&number])),
            Error::Malformed { .. }
        ));
    }
    let long = extension_with(20, false, &tlv(2, &[&[0x12; 21]]));
    assert_eq!(clause(read(&with_extensions(&[&long]))), "RFC 5280, 5.2.3");
    // indirectCRL, onlyContainsAttributeCerts, onlySomeReasons, two kinds, nothing,
    // a directoryName.
    let nameless = tlv(0xa0, &[&tlv(0xa0, &[&tlv(0xa4, &[&name()])])]);
    for value in [
        &[0x84, 1, 0xff][..],
        &[0x85, 1, 0xff],
        &[0x83, 2, 1, 0x40],
        &[0x81, 1, 0xff, 0x82, 1, 0xff],
        &[],
        &nameless,
    ] {
        let point = extension_with(28, true, &tlv(0x30, &[value]));
        let refused = clause(read(&with_extensions(&[&point])));
        assert_eq!(refused, "RFC 5280, 5.2.5 and 4.2.1.13", "{value:02x?}");
    }
}

#[test]
fn a_head_has_its_limits() {
    let read = |der: &[u8]| CrlReader::from_der(der).unwrap_err();
    let many: Vec<_> = (0..33)
        .map(|arc| extension_with(60 + arc, false, &[5, 0]))
        .collect();
    let many: Vec<_> = many.iter().map(Vec::as_slice).collect();
    assert!(CrlReader::from_der(&with_extensions(&many[..32])).is_ok());
    assert!(matches!(
        read(&with_extensions(&many)),
        Error::TooMany {
            found: 33,
            limit: 32,
            ..
        }
    ));
    let attribute = |count| {
        let common_name = tlv(
            0x30,
            &[&[6, 3, 0x55, 4, 3], &tlv(12, &[&vec![b'a'; count]])],
        );
        tlv(0x30, &[&tlv(0x31, &[&common_name])])
    };
    let named = |count| forged(V2, &[&attribute(count), &time()]);
    assert!(CrlReader::from_der(&named(60_000)).is_ok());
    assert!(matches!(read(&named(65_500)), Error::TooLarge { .. }));
}

#[test]
fn an_entry_that_is_none_is_the_last() {
    let good = entry_with(&[&extension_with(21, false, &[10, 1, 1])]);
    assert_eq!(
        first(&with_entries(V2, &[&good])).unwrap().reason(),
        Some(Reason::KeyCompromise)
    );
    let malformed = |entry: &[u8]| {
        let der = with_entries(V2, &[&good, entry, &good]);
        let entries: Vec<_> = CrlReader::from_der(&der).unwrap().entries().collect();
        assert_eq!(entries.len(), 2);
        assert!(
            matches!(entries[1], Err(Error::Malformed { .. })),
            "{entries:?}"
        );
    };
    malformed(&entry_with(&[&extension_with(21, false, &[10, 1, 7])]));
    malformed(&entry_with(&[&extension_with(21, false, &[10, 1, 11])]));
    malformed(&entry_with(&[&extension_with(24, false, &time())]));
    malformed(&tlv(0x30, &[&[2, 2, 0, 5], &time()]));
    malformed(&tlv(0x30, &[&[2, 1, 5]]));
    malformed(&tlv(0x30, &[&[2, 1, 5], &time(), &[5, 0]]));
    malformed(&tlv(0x31, &[&[2, 1, 5], &time()]));
    malformed(&[0x30, 0x80, 0, 0]);

    let issuer = extension_with(29, true, &tlv(0x30, &[&tlv(0xa4, &[&name()])]));
    assert!(matches!(
        first(&with_entries(V2, &[&entry_with(&[&issuer])])),
        Err(Error::CriticalExtension { oid, .. }) if oid.to_string() == "2.5.29.29"
    ));
    let reason = extension_with(21, false, &[10, 1, 1]);
    let twice = with_entries(V2, &[&entry_with(&[&reason, &reason])]);
    assert_eq!(clause(first(&twice).unwrap_err()), "RFC 5280, 4.2");
    let version_1 = with_entries(&[], &[&good]);
    assert_eq!(clause(first(&version_1).unwrap_err()), "RFC 5280, 5.1.2.1");
    let negative = with_entries(V2, &[&tlv(0x30, &[&[2, 1, 0x85], &time()])]);
    let negative = first(&negative).unwrap().serial().to_vec();
    assert_eq!(negative, [0x85]);
}

fn entries() -> impl Strategy<Value = Vec<RevokedEntry>> {
    let serial = collection::vec(any::<u8>(), 1..20).prop_map(|mut octets| {
        octets[0] = octets[0] & 0x7f | 1;
        SerialNumber::new(&octets).unwrap()
    });
    let time = (0u64..4_000_000_000).prop_map(|seconds| {
        DateTime::from_unix_duration(std::time::Duration::from_secs(seconds)).unwrap()
    });
    let reason = prop::sample::select((0..=10).filter_map(Reason::from_code).collect::<Vec<_>>());
    let entry = (serial, time.clone(), option::of(reason), option::of(time));
    let entry = entry.prop_map(|(serial, at, reason, date)| {
        let entry = match reason {
            Some(reason) => RevokedEntry::new(serial, at, reason),
            None => RevokedEntry::removed(serial, at),
        };
        date.map_or(entry.clone(), |date| entry.invalid_since(date))
    });
    collection::vec(entry, 0..20)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_is_written_comes_back(
        entries in entries(),
        number in any::<[u8; 19]>(),
        base in any::<[u8; 18]>(),
        users in any::<bool>(),
        shard in option::of(0u32..1000),
    ) {
        let (key, issuer) = &*CA;
        let number = CrlNumber::from_be_bytes(&number).unwrap();
        let base = CrlNumber::from_be_bytes(&base).unwrap();
        let point = match (shard, users) {
            (Some(shard), users) => {
                let url = format!("http://ca.example.cn/{shard}.crl");
                let point = IssuingDistributionPoint::at([url]).unwrap();
                Some(if users { point.only(OnlyContains::UserCerts) } else { point })
            }
            (None, true) => Some(IssuingDistributionPoint::of(OnlyContains::UserCerts)),
            (None, false) => None,
        };
        let (this, next) = (at("2099-01-01T00:00:00Z"), at("2099-01-02T00:00:00Z"));
        let is_delta = entries.iter().any(|entry| entry.reason().is_none());
        let mut draft = CrlDraft::new(issuer, number, this, next);
        if is_delta {
            draft = draft.delta_to(base);
        }
        if let Some(point) = &point {
            draft = draft.distribution_point(point.clone());
        }
        let serials: BTreeSet<_> = entries.iter().map(RevokedEntry::serial).collect();
        let prepared = draft.prepare(&entries);
        if serials.len() < entries.len() {
            prop_assert!(matches!(prepared, Err(Error::DuplicateEntry { .. })), "{prepared:?}");
            return Ok(());
        }
        if is_delta && base >= number {
            prop_assert!(matches!(prepared, Err(Error::Invalid { .. })), "{prepared:?}");
            return Ok(());
        }
        let der = sign(prepared.unwrap(), key);
        let list = CrlReader::from_der(&der).unwrap();
        let read: Vec<_> = list.entries().map(|entry| entry.unwrap().to_owned().unwrap()).collect();
        prop_assert_eq!(&read, &entries);
        prop_assert_eq!(list.number(), Some(number));
        prop_assert_eq!(list.base_number(), is_delta.then_some(base));
        prop_assert_eq!(list.distribution_point(), point.as_ref());
        let again = upstream(&der).to_der().unwrap();
        prop_assert_eq!(again, der);
    }

    #[test]
    fn mutations_are_read_or_refused_in_bounded_work(
        entries in entries(),
        changes in collection::vec((any::<Index>(), any::<u8>()), 1..4),
        cut in option::of(any::<Index>()),
    ) {
        let (key, issuer) = &*CA;
        let (this, next) = (at("2099-01-01T00:00:00Z"), at("2099-01-02T00:00:00Z"));
        let draft = CrlDraft::new(issuer, 9u64, this, next).delta_to(3u64);
        let Ok(prepared) = draft.prepare(&entries) else { return Ok(()) };
        let mut der = sign(prepared, key);
        for (at, octet) in changes {
            let at = at.index(der.len());
            der[at] = octet;
        }
        if let Some(cut) = cut {
            der.truncate(cut.index(der.len()));
        }
        let report = crate::lint::crl(&der);
        prop_assert!(report.elements() <= 2 * der.len());
        let Ok(list) = CrlReader::from_der(&der) else { return Ok(()) };
        // An entry has 5 octets at least, and after an error there is none.
        prop_assert!(list.entries().count() <= der.len() / 5);
        let _ = list.find(&5u8.into());
        let _ = list.verify(issuer.public_key().owned_to_ref(), &[&Sm2Sm3::default()]);
    }
}
