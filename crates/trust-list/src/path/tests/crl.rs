//! What CRLs say, and when they can not say it.

use super::*;

#[test]
fn a_revoked_certificate_is_refused_from_its_date_on() {
    let scene = Scene::new();
    for (reason, shown) in [
        (None, None),
        (
            Some(CrlReason::KeyCompromise),
            Some(RevocationReason::KeyCompromise),
        ),
        (
            Some(CrlReason::CertificateHold),
            Some(RevocationReason::CertificateHold),
        ),
    ] {
        let since = time("2026-06-01T00:00:00Z");
        let crl = ForgedCrl::new(SUB)
            .revoke(0x40, "2026-02-01T00:00:00Z", None)
            .revoke(0x41, "2026-06-01T00:00:00Z", reason)
            .revoke(0x42, "2026-02-01T00:00:00Z", None)
            .issue(&scene.sub_key);
        let crls = [crl];
        let cause = Cause::Revoked {
            since,
            reason: shown,
            crl: 0,
        };
        let rule = RevocationRule::WhereCrlGiven;
        assert_eq!(scene.judge_with(&crls, rule), [(TARGET, cause)]);
        assert_eq!(scene.judge_with(&crls, RevocationRule::Ignore), []);
    }
    let announced = ForgedCrl::new(SUB).revoke(0x41, "2026-06-01T00:00:01Z", None);
    let crls = [announced.issue(&scene.sub_key)];
    assert_eq!(scene.judge_with(&crls, RevocationRule::WhereCrlGiven), []);
}

#[test]
fn a_revoked_issuer_is_refused() {
    let scene = Scene::new();
    let crl = ForgedCrl::new(ROOT).revoke(0x41, "2026-02-01T00:00:00Z", None);
    let crls = [crl.issue(&scene.root_key)];
    let reasons = scene.judge_with(&crls, RevocationRule::WhereCrlGiven);
    assert!(matches!(reasons[..], [(ISSUER, Cause::Revoked { .. })]));
}

#[test]
fn the_rule_says_where_a_crl_is_needed() {
    let scene = Scene::new();
    let both = [
        ForgedCrl::new(SUB).issue(&scene.sub_key),
        ForgedCrl::new(ROOT).issue(&scene.root_key),
    ];
    let unknown = |place| (place, Cause::StatusUnknown);
    use RevocationRule::{Required, WhereCrlGiven};
    assert_eq!(scene.judge_with(&both, Required), []);
    assert_eq!(scene.judge_with(&both[..1], Required), [unknown(ISSUER)]);
    assert_eq!(scene.judge_with(&both[1..], Required), [unknown(TARGET)]);
    assert_eq!(scene.judge_with(&both[..1], WhereCrlGiven), []);
}

#[test]
fn a_crl_that_can_not_answer_is_no_answer() {
    let scene = Scene::new();
    let key = &scene.sub_key;
    let crl = || ForgedCrl::new(SUB);
    let unprocessed = |oid: &str| {
        let oid = ObjectIdentifier::new(oid).unwrap();
        Cause::UnprocessedExtension { oid }
    };
    let time_of = time;
    let cases = [
        (
            crl().times("2026-05-01T00:00:00Z", Some("2026-06-01T00:00:00Z")),
            Cause::CrlStale {
                next_update: time_of("2026-06-01T00:00:00Z"),
            },
        ),
        (
            crl().times("2026-06-01T00:00:01Z", Some("2026-06-08T00:00:00Z")),
            Cause::CrlNotYetIssued {
                this_update: time_of("2026-06-01T00:00:01Z"),
            },
        ),
        (
            crl().times("2026-05-01T00:00:00Z", None),
            Cause::CrlWithoutNextUpdate,
        ),
        (
            crl().with(extension(true, "1.2.156.99999.1", &true)),
            unprocessed("1.2.156.99999.1"),
        ),
        (
            crl().with(extension(true, "2.5.29.28", &true)),
            unprocessed("2.5.29.28"),
        ),
        (
            crl().with(extension(false, "2.5.29.28", &true)),
            unprocessed("2.5.29.28"),
        ),
        (crl().delta_to(1), Cause::DeltaWithoutBase),
        (
            crl().revoke_with(
                0x50,
                "2026-02-01T00:00:00Z",
                vec![extension(true, "2.5.29.29", &true)],
            ),
            unprocessed("2.5.29.29"),
        ),
        (
            crl().revoke_with(
                0x50,
                "2026-02-01T00:00:00Z",
                vec![extension(false, "2.5.29.29", &true)],
            ),
            unprocessed("2.5.29.29"),
        ),
    ];
    for (crl, cause) in cases {
        let reasons = scene.judge_with(&[crl.issue(key)], RevocationRule::WhereCrlGiven);
        assert_eq!(reasons, [(CRL, cause), (TARGET, Cause::StatusUnknown)]);
    }
}

#[test]
fn a_crl_counts_only_under_the_key_that_signed_the_certificate() {
    let scene = Scene::new();
    let rule = RevocationRule::WhereCrlGiven;
    let cause = Cause::SignatureInvalid {
        under: ISSUER,
        name: SUB.into(),
    };
    let forged = ForgedCrl::new(SUB).issue(&Key::new());
    assert_eq!(
        scene.judge_with(&[forged], rule),
        [(CRL, cause.clone()), (TARGET, Cause::StatusUnknown)]
    );
    let mut octets = ForgedCrl::new(SUB).der(&scene.sub_key);
    *octets.last_mut().unwrap() ^= 1;
    let flipped = ParsedCrl::from_der(octets).unwrap();
    assert_eq!(
        scene.judge_with(&[flipped], rule),
        [(CRL, cause), (TARGET, Cause::StatusUnknown)]
    );
    // Of another issuer it says nothing about this certificate, whoever signed it.
    let other = ForgedCrl::new("CN=Other").revoke(0x41, "2026-02-01T00:00:00Z", None);
    let crls = [other.issue(&scene.sub_key)];
    assert_eq!(scene.judge_with(&crls, rule), []);
    assert!(!scene.judge_with(&crls, RevocationRule::Required).is_empty());
}

#[test]
fn a_crl_signer_needs_crl_sign() {
    let mut scene = Scene::new();
    scene.sub = scene.sub.replacing(key_usage(KeyUsages::KeyCertSign));
    let crls = [ForgedCrl::new(SUB).issue(&scene.sub_key)];
    assert_eq!(
        scene.judge_with(&crls, RevocationRule::WhereCrlGiven),
        [(ISSUER, Cause::NoCrlSign), (TARGET, Cause::StatusUnknown)]
    );
}

#[test]
fn the_newest_current_crl_answers() {
    let scene = Scene::new();
    let rule = RevocationRule::WhereCrlGiven;
    let held = ForgedCrl::new(SUB)
        .times("2026-05-29T00:00:00Z", Some("2026-06-06T00:00:00Z"))
        .revoke(0x41, "2026-05-29T00:00:00Z", None)
        .issue(&scene.sub_key);
    let lifted = ForgedCrl::new(SUB).issue(&scene.sub_key);
    let crls = [held, lifted];
    assert_eq!(scene.judge_with(&crls, rule), []);
    let newer = ForgedCrl::new(SUB)
        .times("2026-05-31T00:00:00Z", Some("2026-06-06T00:00:00Z"))
        .revoke(0x41, "2026-05-31T00:00:00Z", None)
        .issue(&scene.sub_key);
    let [held, lifted] = crls;
    let reasons = scene.judge_with(&[held, lifted, newer], rule);
    assert!(matches!(
        reasons[..],
        [(TARGET, Cause::Revoked { crl: 2, .. })]
    ));
}

/// Who knows what an unknown critical extension takes back.
#[test]
fn news_that_can_not_be_read_leave_the_status_unknown() {
    let scene = Scene::new();
    let rule = RevocationRule::WhereCrlGiven;
    let strange = |this_update| {
        ForgedCrl::new(SUB)
            .times(this_update, Some("2026-06-06T00:00:00Z"))
            .with(extension(true, "1.2.156.99999.1", &true))
    };
    let full = ForgedCrl::new(SUB).issue(&scene.sub_key);
    let same_day = strange("2026-05-30T00:00:00Z");
    for crls in [
        [full.clone(), same_day.issue(&scene.sub_key)],
        [same_day.issue(&scene.sub_key), full.clone()],
    ] {
        // The order in which CRLs of one second are given must not matter.
        let reasons = scene.judge_with(&crls, rule);
        assert!(
            matches!(reasons[..], [.., (TARGET, Cause::StatusUnknown)]),
            "{reasons:?}"
        );
    }
    // Neither an older one nor one of somebody else has news.
    let crls = [
        full.clone(),
        strange("2026-05-29T00:00:00Z").issue(&scene.sub_key),
    ];
    assert_eq!(scene.judge_with(&crls, rule), []);
    let crls = [full, same_day.issue(&Key::new())];
    assert_eq!(scene.judge_with(&crls, rule), []);
}

#[test]
fn unknown_revocation_alone_leaves_the_question_open() {
    let scene = Scene::new();
    let (leaf, sub) = (
        scene.leaf.issue(&scene.sub_key),
        [scene.sub.issue(&scene.root_key)],
    );
    let sm2 = Sm2Sm3::default();
    let algorithms: [&dyn VerifyAlgorithm; 1] = [&sm2];
    let options = PathOptions::new(now(), &algorithms).revocation(RevocationRule::Required);
    let anchors = [scene.anchor()];
    let open = validate(&leaf, &sub, &anchors, &options).unwrap_err();
    assert!(open.is_indeterminate());
    let closed = validate(&leaf, &[], &anchors, &options).unwrap_err();
    assert!(!closed.is_indeterminate());
}

#[test]
fn a_crl_is_looked_up_by_serial() {
    let key = Key::new();
    let mut forged = ForgedCrl::new(ROOT);
    for serial in (0..600u64).rev().map(|n| n * 0x0101) {
        forged = forged.revoke(serial, "2026-01-02T00:00:00Z", None);
    }
    let crl = forged.issue(&key);
    assert_eq!(crl.len(), 600);
    let octets = |serial: u64| {
        let serial =
            x509_cert::serial_number::SerialNumber::<x509_cert::certificate::Rfc5280>::from(serial);
        serial.as_bytes().to_vec()
    };
    for serial in 0..600 * 0x0101 {
        assert_eq!(crl.find(&octets(serial)).is_some(), serial % 0x0101 == 0);
    }
    // 128 is 00 80; the octet 80 alone is another number.
    let crl = ForgedCrl::new(ROOT)
        .revoke(0x80, "2026-01-02T00:00:00Z", None)
        .issue(&key);
    assert!(crl.find(&[0, 0x80]).is_some());
    assert!(crl.find(&[0x80]).is_none());
}

#[test]
fn malformed_crls_are_not_read() {
    let key = Key::new();
    let day = "2026-02-01T00:00:00Z";
    let removed = ForgedCrl::new(ROOT).revoke(1, day, Some(CrlReason::RemoveFromCRL));
    assert!(matches!(
        ParsedCrl::from_der(removed.der(&key)),
        Err(Error::Forbidden { .. })
    ));
    let mut mixed = ForgedCrl::new(ROOT);
    mixed.null_outside = true;
    assert!(matches!(
        ParsedCrl::from_der(mixed.der(&key)),
        Err(Error::Forbidden { .. })
    ));
    let undefined = vec![extension(
        false,
        "2.5.29.21",
        &der::AnyRef::new(der::Tag::Enumerated, &[7]).unwrap(),
    )];
    assert!(
        ParsedCrl::from_der(
            ForgedCrl::new(ROOT)
                .revoke_with(1, day, undefined)
                .der(&key)
        )
        .is_err()
    );
    assert!(ParsedCrl::from_der(ForgedCrl::new(ROOT).version_1().der(&key)).is_err());
    let plain = ForgedCrl::new(ROOT).version_1().without_extensions();
    assert!(ParsedCrl::from_der(plain.der(&key)).is_ok());
    let number = extension(false, "2.5.29.20", &1u8);
    assert!(matches!(
        ParsedCrl::from_der(ForgedCrl::new(ROOT).with(number).der(&key)),
        Err(Error::DuplicateExtension { .. })
    ));
}
