//! A full list and a delta, read as one; each combination that is none.

use super::*;
use std::sync::LazyLock;

static CA: LazyLock<(SigningKey, Issuer)> = LazyLock::new(authority);

const NOW: &str = "2026-07-02T12:00:00Z";

/// A list of the CA with this number, as `change` makes it.
fn list<'a>(
    number: u64,
    entries: &[RevokedEntry],
    change: impl FnOnce(CrlDraft<'a>) -> CrlDraft<'a>,
) -> Vec<u8> {
    let (this, next) = (at("2026-07-02T00:00:00Z"), at("2026-07-03T00:00:00Z"));
    let draft = change(CrlDraft::new(&CA.1, number, this, next));
    sign(draft.prepare(entries).unwrap(), &CA.0)
}

fn full(number: u64, entries: &[RevokedEntry]) -> Vec<u8> {
    list(number, entries, |draft| draft)
}

fn delta(number: u64, base: u64, entries: &[RevokedEntry]) -> Vec<u8> {
    list(number, entries, |draft| draft.delta_to(base))
}

fn read(der: &[u8]) -> CrlReader<'_> {
    CrlReader::from_der(der).unwrap()
}

fn removed(serial: u64) -> RevokedEntry {
    RevokedEntry::removed(serial.into(), at("2026-07-01T13:00:00Z"))
}

/// Reasons by serial number, of those from 1 to 5 that are in force.
fn in_force(full: &[u8], delta: Option<&[u8]>) -> Result<Vec<(u8, Reason)>, Error> {
    let sm2 = Sm2Sm3::default();
    let algorithms: [&dyn gm_crypto::pki::VerifyAlgorithm; 1] = [&sm2];
    let mut said = Revocations::new(&CA.1, read(full), at(NOW), &algorithms)?;
    if let Some(delta) = delta {
        said = said.with_delta(read(delta))?;
    }
    let serials: Vec<SerialNumber> = (1..=5u8).map(SerialNumber::from).collect();
    let found = said.find(&serials)?;
    let reasons = found.iter();
    Ok(reasons
        .map(|(serial, entry)| (serial[0], entry.reason().unwrap()))
        .collect())
}

fn rule(result: Result<Vec<(u8, Reason)>, Error>) -> &'static str {
    match result {
        Err(Error::Invalid { rule, .. }) => rule,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_delta_adds_changes_and_takes_back() {
    let base = full(
        300,
        &[
            entry(1, Reason::CertificateHold),
            entry(2, Reason::CertificateHold),
            entry(3, Reason::KeyCompromise),
            entry(9, Reason::Superseded),
        ],
    );
    let held = [
        (1, Reason::CertificateHold),
        (2, Reason::CertificateHold),
        (3, Reason::KeyCompromise),
    ];
    assert_eq!(in_force(&base, None).unwrap(), held);
    let changes = delta(
        301,
        300,
        &[
            removed(1),
            entry(2, Reason::KeyCompromise),
            entry(4, Reason::Superseded),
            removed(5),
        ],
    );
    assert_eq!(
        in_force(&base, Some(&changes)).unwrap(),
        [
            (2, Reason::KeyCompromise),
            (3, Reason::KeyCompromise),
            (4, Reason::Superseded)
        ]
    );
    // A delta to an earlier list, and one of the full list's own moment.
    for fitting in [delta(301, 299, &[]), delta(300, 299, &[])] {
        assert_eq!(in_force(&base, Some(&fitting)).unwrap(), held);
    }
}

#[test]
fn the_dates_are_those_of_the_later_list() {
    let base = full(300, &[]);
    let (this, next) = (at("2026-07-02T06:00:00Z"), at("2026-07-02T18:00:00Z"));
    let draft = CrlDraft::new(&CA.1, 301, this, next).delta_to(300u64);
    let changes = sign(draft.prepare([removed(1)]).unwrap(), &CA.0);
    let sm2 = Sm2Sm3::default();
    let algorithms: [&dyn gm_crypto::pki::VerifyAlgorithm; 1] = [&sm2];
    let said = Revocations::new(&CA.1, read(&base), at(NOW), &algorithms).unwrap();
    assert_eq!(said.this_update(), at("2026-07-02T00:00:00Z"));
    assert_eq!(said.next_update(), Some(at("2026-07-03T00:00:00Z")));
    let said = said.with_delta(read(&changes)).unwrap();
    assert_eq!(said.this_update(), this);
    assert_eq!(said.next_update(), Some(next));
}

#[test]
fn lists_that_do_not_belong_together_are_refused() {
    let base = full(300, &[]);
    for (changes, numbers) in [
        (delta(302, 301, &[]), [302, 301]),
        (delta(299, 298, &[]), [299, 298]),
    ] {
        match in_force(&base, Some(&changes)) {
            Err(Error::OtherDelta { number, base, full }) => {
                assert_eq!([number, base], numbers.map(CrlNumber::from));
                assert_eq!(full, 300.into());
            }
            other => panic!("{other:?}"),
        }
    }
    let twice = in_force(&base, Some(&full(301, &[])));
    assert!(rule(twice).starts_with("a delta is wanted here"));
    let changes = delta(301, 300, &[]);
    assert!(rule(in_force(&changes, None)).starts_with("a full list is wanted here"));
}

#[test]
fn a_list_of_another_or_about_some_is_refused() {
    let point = IssuingDistributionPoint::of(OnlyContains::UserCerts);
    let some = list(300, &[], |draft| draft.distribution_point(point));
    assert!(rule(in_force(&some, None)).starts_with("a list about all certificates"));

    let base = full(300, &[]);
    let sm2 = Sm2Sm3::default();
    let algorithms: [&dyn gm_crypto::pki::VerifyAlgorithm; 1] = [&sm2];
    // Another CA of the same name: its key did not sign.
    let (_, namesake) = authority();
    let refused = Revocations::new(&namesake, read(&base), at(NOW), &algorithms);
    assert!(matches!(refused, Err(Error::Signature { .. })));
    for (time, current) in [
        ("2026-07-01T23:59:59Z", false),
        ("2026-07-02T00:00:00Z", true),
        ("2026-07-03T00:00:00Z", true),
        ("2026-07-03T00:00:01Z", false),
    ] {
        let said = Revocations::new(&CA.1, read(&base), at(time), &algorithms);
        match said {
            Ok(_) => assert!(current, "{time}"),
            Err(Error::NotCurrent { at: asked, .. }) => {
                assert!(!current, "{time}");
                assert_eq!(asked, at(time));
            }
            Err(other) => panic!("{other}"),
        }
    }
    // A delta is looked at as the full list is.
    let stale = CrlDraft::new(
        &CA.1,
        301,
        at("2026-07-02T06:00:00Z"),
        at("2026-07-02T11:59:59Z"),
    );
    let stale = stale
        .delta_to(300u64)
        .prepare([entry(1, Reason::Superseded)]);
    let stale = sign(stale.unwrap(), &CA.0);
    let refused = in_force(&base, Some(&stale));
    assert!(matches!(refused, Err(Error::NotCurrent { .. })));
}
