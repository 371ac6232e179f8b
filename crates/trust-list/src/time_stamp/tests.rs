//! Good tokens, and each way in which one must not be good.

use super::{crafted::*, *};
use crate::{
    forge::{ForgedCrl, alternative_names, directory, dns, key_usage, now, time},
    path::{Anchor, Cause, ParsedCrl, RevocationRule},
};
use der::Encode;
use gm_crypto::pki::oid::{DATA, SM3};
use proptest::prelude::*;
use x509_cert::ext::pkix::{CrlReason, KeyUsages};

const STAMPED: &[u8] = b"octets of a signature";
const AT: &str = "2026-05-20T08:00:00Z";

fn verify(authority: &Authority, token: &[u8]) -> core::result::Result<TimeStamp, String> {
    let anchors = authority.anchors();
    let options = TimeStampOptions::new(&anchors, now());
    judge(token, &options)
}

/// The code of the refusal, by reading or by verifying.
fn judge(token: &[u8], options: &TimeStampOptions<'_>) -> core::result::Result<TimeStamp, String> {
    let read = UnverifiedTimeStamp::from_der(token).map_err(|error| error.to_string())?;
    let verified = read.verify(STAMPED, options);
    verified.map_err(|refusal| refusal.code().to_owned())
}

fn refused(authority: &Authority, token: &[u8]) -> String {
    verify(authority, token).unwrap_err()
}

#[test]
fn a_token_says_by_when_it_was_there() {
    let authority = Authority::new();
    let mut info = Info::new(STAMPED, "20260520080000.25Z");
    let name = directory(TSA).to_der().unwrap();
    info.rest.extend([0x01, 0x01, 0xff]);
    info.rest.extend(tlv(2, &[&[0x11, 0x22]]));
    info.rest.extend(tlv(0xa0, &[&name]));
    for partner in [gm(), cms()] {
        let info = info.der();
        let token = authority.sign(&info, token::TST_INFO, &[authority.signer()], &partner);
        let stamp = verify(&authority, &token).unwrap();
        assert_eq!(stamp.time().to_string(), "2026-05-20T08:00:00.25Z");
        assert_eq!(stamp.accuracy(), Some(Duration::from_millis(1500)));
        assert_eq!(stamp.latest(), time("2026-05-20T08:00:02Z"));
        assert_eq!(stamp.serial(), [0x29]);
        assert_eq!(stamp.nonce(), Some(&[0x11, 0x22][..]));
        assert_eq!(stamp.policy().to_string(), "1.2.3.4");
        assert_eq!(stamp.name(), Some(&directory(TSA)));
        assert_eq!(stamp.digest(), DigestAlgorithm::Sm3);
        assert_eq!(stamp.authority().der(), authority.certificate.der());
    }
    // Without an accuracy genTime is taken at its word.
    info.rest.clear();
    let stamp = verify(&authority, &authority.token(&info.der())).unwrap();
    assert_eq!(stamp.latest(), time("2026-05-20T08:00:01Z"));
    assert_eq!((stamp.accuracy(), stamp.nonce()), (None, None));
}

#[test]
fn imprints_are_of_several_digests() {
    let authority = Authority::new();
    for (oid, digest) in [
        ("1.2.156.10197.1.401", DigestAlgorithm::Sm3),
        ("1.2.156.10197.1.401.1", DigestAlgorithm::Sm3),
        ("2.16.840.1.101.3.4.2.1", DigestAlgorithm::Sha256),
        ("2.16.840.1.101.3.4.2.2", DigestAlgorithm::Sha384),
        ("2.16.840.1.101.3.4.2.3", DigestAlgorithm::Sha512),
    ] {
        let oid = ObjectIdentifier::new_unwrap(oid).to_der().unwrap();
        for parameters in [&[5, 0][..], &[]] {
            let mut info = Info::new(STAMPED, "20260520080000Z");
            info.digest = tlv(0x30, &[&oid, parameters]);
            info.imprint = digest.digest(STAMPED);
            let stamp = verify(&authority, &authority.token(&info.der())).unwrap();
            assert_eq!(stamp.digest(), digest);
            info.imprint.pop();
            let refused = refused(&authority, &authority.token(&info.der()));
            assert!(refused.contains("not as long"), "{refused}");
        }
    }
    let mut info = Info::new(STAMPED, "20260520080000Z");
    let sha1 = ObjectIdentifier::new_unwrap("1.3.14.3.2.26");
    info.digest = tlv(0x30, &[&sha1.to_der().unwrap(), &[5, 0]]);
    info.imprint.truncate(20);
    let error = UnverifiedTimeStamp::from_der(&authority.token(&info.der())).unwrap_err();
    assert_eq!(error.code(), "FORMAT");
    info.digest = tlv(0x30, &[&SM3.to_der().unwrap(), &[4, 0]]);
    assert!(UnverifiedTimeStamp::from_der(&authority.token(&info.der())).is_err());
}

#[test]
fn a_token_is_about_the_octets_that_it_was_made_over() {
    let authority = Authority::new();
    let token = authority.stamp(b"another text", AT);
    assert_eq!(refused(&authority, &token), "TSA_IMPRINT");
}

#[test]
fn a_nonce_and_a_policy_are_asked_for() {
    let authority = Authority::new();
    let mut info = Info::new(STAMPED, "20260520080000Z");
    let without = authority.token(&info.der());
    info.rest.extend(tlv(2, &[&[0x11, 0x22]]));
    let with = authority.token(&info.der());
    let anchors = authority.anchors();
    let options = TimeStampOptions::new(&anchors, now());
    let asked = options.clone().nonce(&[0x11, 0x22]);
    assert!(judge(&with, &asked).is_ok());
    assert_eq!(judge(&without, &asked).unwrap_err(), "TSA_NONCE");
    let asked = options.clone().nonce(&[0x11]);
    assert_eq!(judge(&with, &asked).unwrap_err(), "TSA_NONCE");
    let policies = [ObjectIdentifier::new_unwrap("1.2.3.4")];
    assert!(judge(&with, &options.clone().policies(&policies)).is_ok());
    let policies = [ObjectIdentifier::new_unwrap("1.2.3.40")];
    let asked = options.policies(&policies);
    assert_eq!(judge(&with, &asked).unwrap_err(), "TSA_POLICY");
}

#[test]
fn the_certificate_is_for_time_stamps_alone() {
    let code = |bend: fn(crate::forge::Forged) -> crate::forge::Forged| {
        let authority = Authority::with(bend);
        let token = authority.stamp(STAMPED, AT);
        verify(&authority, &token).map_or_else(|code| code, |_| "good".into())
    };
    assert_eq!(code(|one| one), "TSA_PURPOSE");
    assert_eq!(
        code(|one| one.with(purposes(false, &[TIME_STAMPING]))),
        "TSA_PURPOSE"
    );
    assert_eq!(
        code(|one| one.with(purposes(true, &["1.3.6.1.5.5.7.3.1"]))),
        "TSA_PURPOSE"
    );
    assert_eq!(
        code(|one| one.with(purposes(true, &[TIME_STAMPING, "1.3.6.1.5.5.7.3.1"]))),
        "TSA_PURPOSE"
    );
    assert_eq!(
        code(|one| one.with(purposes(true, &["2.5.29.37.0"]))),
        "TSA_PURPOSE"
    );
    assert_eq!(
        code(|one| {
            let one = one.with(purposes(true, &[TIME_STAMPING]));
            one.replacing(key_usage(KeyUsages::KeyEncipherment))
        }),
        "TSA_PURPOSE"
    );
    assert_eq!(
        code(|one| one.with(purposes(true, &[TIME_STAMPING]))),
        "good"
    );
}

#[test]
fn the_signed_reference_is_to_the_signer_s_certificate() {
    let authority = Authority::new();
    let info = Info::new(STAMPED, "20260520080000Z").der();
    let sign = |signer| authority.sign(&info, token::TST_INFO, &[signer], &gm());
    let missing = sign(authority.signer_naming(None));
    assert_eq!(refused(&authority, &missing), "TSA_REFERENCE");
    let other = sign(authority.signer_naming(Some(&authority.root)));
    assert_eq!(refused(&authority, &other), "TSA_REFERENCE");
    // Another certificate of the same name, number and key.
    let namesake = crate::forge::Forged::leaf(TSA, &authority.key, TSA_ROOT)
        .with(purposes(true, &[TIME_STAMPING]))
        .valid("2026-01-01T00:00:00Z", "2030-01-01T00:00:00Z")
        .issue(&authority.root_key);
    let other = sign(authority.signer_naming(Some(&namesake)));
    assert_eq!(refused(&authority, &other), "TSA_REFERENCE");
    // It is found where the caller has it.
    let anchors = authority.anchors();
    let certificates = [namesake.clone()];
    let options = TimeStampOptions::new(&anchors, now()).certificates(&certificates);
    let stamp = judge(&other, &options).unwrap();
    assert_eq!(stamp.authority().der(), namesake.der());
    let without = sign(authority.signer().without_certificate());
    assert_eq!(refused(&authority, &without), "TSA_CERTIFICATE");
}

#[test]
fn references_are_read_in_every_form() {
    use crate::signing_certificate::{Reference, SIGNING_CERTIFICATE, SIGNING_CERTIFICATE_V1};
    use sha1::{Digest as _, Sha1};

    let authority = Authority::new();
    let (one, root) = (&authority.certificate, &authority.root);
    let issuer = |name: &str, serial: u8| {
        let name = directory(name).to_der().unwrap();
        tlv(0x30, &[&tlv(0x30, &[&name]), &[2, 1, serial]])
    };
    let whole = |hash: &[u8], more: &[u8]| {
        let id = tlv(0x30, &[&tlv(4, &[hash]), more]);
        tlv(0x30, &[&tlv(0x30, &[&id])])
    };
    let sha1 = Sha1::digest(one.der()).to_vec();
    let sha256 = DigestAlgorithm::Sha256.digest(one.der());
    for (oid, hash) in [
        (SIGNING_CERTIFICATE_V1, &sha1),
        (SIGNING_CERTIFICATE, &sha256),
    ] {
        let names = |more: &[u8]| {
            let reference = Reference::read(oid, &whole(hash, more)).unwrap();
            assert!(!reference.names(root));
            reference.names(one)
        };
        assert!(names(&[]));
        assert!(names(&issuer(TSA_ROOT, 0x41)));
        assert!(!names(&issuer(TSA_ROOT, 0x42)));
        assert!(!names(&issuer(TSA, 0x41)));
        // Of no certificate, and no reference at all.
        assert!(Reference::read(oid, &tlv(0x30, &[&tlv(0x30, &[])])).is_none());
        assert!(Reference::read(oid, b"\x05\x00").is_none());
    }
}

#[test]
fn there_is_one_signature_over_a_tst_info() {
    let authority = Authority::new();
    let info = Info::new(STAMPED, "20260520080000Z").der();
    let signers = [authority.signer(), authority.signer()];
    let two = authority.sign(&info, token::TST_INFO, &signers, &gm());
    let refusal = refused(&authority, &two);
    assert!(refusal.contains("the one signature"), "{refusal}");
    let other = authority.sign(&info, DATA, &[authority.signer()], &gm());
    let refusal = refused(&authority, &other);
    assert!(refusal.contains("no TSTInfo"), "{refusal}");
}

#[test]
fn what_a_tst_info_must_not_be() {
    let authority = Authority::new();
    let good = Info::new(STAMPED, "20260520080000Z");
    let bent = |bend: &dyn Fn(&mut Info)| {
        let mut info = good.clone();
        bend(&mut info);
        refused(&authority, &authority.token(&info.der()))
    };
    for time in [
        "20260520080000.Z",
        "20260520080000.50Z",
        "202605200800Z",
        "20260520080000",
        "20260520160000+0800",
        "20260520080000,5Z",
    ] {
        let refusal = bent(&|info| info.time = tlv(0x18, &[time.as_bytes()]));
        assert!(refusal.contains("genTime"), "{time}: {refusal}");
    }
    let utc = bent(&|info| info.time = tlv(0x17, &[b"260520080000Z"]));
    assert!(utc.contains("TSTInfo"), "{utc}");
    let version = bent(&|info| info.version = vec![2, 1, 2]);
    assert!(version.contains("version"), "{version}");
    for accuracy in [[0x80, 2, 3, 0xe8], [0x81, 2, 0, 0]] {
        let refusal = bent(&|info| info.rest = tlv(0x30, &[&accuracy]));
        assert!(
            refusal.contains("accuracy") || refusal.contains("malformed"),
            "{refusal}"
        );
    }
    let refusal = bent(&|info| info.rest = tlv(0x30, &[&[0x80, 1, 0]]));
    assert!(refusal.contains("accuracy"), "{refusal}");
    let extension = tlv(0x30, &[&[6, 2, 0x2a, 3], &[1, 1, 0xff], &[4, 0]]);
    let refusal = bent(&|info| info.rest.extend(tlv(0xa1, &[&extension])));
    assert!(refusal.contains("critical"), "{refusal}");
    let late = bent(&|info| info.time = tlv(0x18, &[b"99991231235959Z"]));
    assert!(late.contains("too late"), "{late}");
}

#[test]
fn a_signature_is_that_of_the_certificate_s_key() {
    let authority = Authority::new();
    let token = authority.stamp(STAMPED, AT);
    assert!(verify(&authority, &token).is_ok());
    let mut changed = token.clone();
    *changed.last_mut().unwrap() ^= 1;
    assert_eq!(refused(&authority, &changed), "TSA_SIGNATURE");
    // The content is signed through its digest.
    let serial = [2, 1, 0x29];
    let place = token.windows(3).position(|three| three == serial).unwrap();
    let mut changed = token.clone();
    changed[place + 2] ^= 1;
    assert_eq!(refused(&authority, &changed), "TSA_ATTRIBUTE");
    // One of the same name with another key.
    let mut thief = Authority::new();
    thief.certificate = authority.certificate.clone();
    let signer = thief.signer();
    let info = Info::new(STAMPED, "20260520080000Z").der();
    let draft = gm_crypto::message::SignedMessage::new(info).content_type(token::TST_INFO);
    let draft = draft.prepare(vec![signer]).unwrap();
    let signature = thief.key.sign(draft.tbs());
    let forged = draft.attach(&signature).unwrap();
    assert_eq!(refused(&authority, &forged), "TSA_SIGNATURE");
    // No algorithm, no signature.
    let anchors = authority.anchors();
    let options = TimeStampOptions::new(&anchors, now()).algorithms(&[]);
    assert_eq!(judge(&token, &options).unwrap_err(), "TSA_ALGORITHM");
}

#[test]
fn the_name_of_the_authority_is_one_of_its_certificate() {
    let authority = Authority::with(|one| {
        one.with(purposes(true, &[TIME_STAMPING]))
            .with(alternative_names(&[dns("tsa.example")]))
    });
    for (name, good) in [
        (directory(TSA), true),
        (directory("cn=tsa,c=CN"), true),
        (dns("tsa.example"), true),
        (directory(TSA_ROOT), false),
        (dns("other.example"), false),
    ] {
        let mut info = Info::new(STAMPED, "20260520080000Z");
        info.rest.extend(tlv(0xa0, &[&name.to_der().unwrap()]));
        let verdict = verify(&authority, &authority.token(&info.der()));
        assert_eq!(verdict.is_ok(), good, "{name:?}");
        if let Err(code) = verdict {
            assert_eq!(code, "TSA_NAME");
        }
    }
}

#[test]
fn the_path_holds_at_the_time_of_the_token() {
    let authority = Authority::with(|one| {
        one.with(purposes(true, &[TIME_STAMPING]))
            .valid("2026-03-01T00:00:00Z", "2026-05-01T00:00:00Z")
    });
    let code = |at| match verify(&authority, &authority.stamp(STAMPED, at)) {
        Ok(_) => "good".to_owned(),
        Err(code) => code,
    };
    assert_eq!(code("2026-02-28T23:59:59Z"), "TSA_PATH");
    assert_eq!(code("2026-03-01T00:00:00Z"), "good");
    // Expired now, and not when it signed.
    assert_eq!(code("2026-05-01T00:00:00Z"), "good");
    assert_eq!(code("2026-05-01T00:00:01Z"), "TSA_PATH");
    // Nobody's anchor, and another's.
    let authority = Authority::new();
    let token = authority.stamp(STAMPED, AT);
    let none = TimeStampOptions::new(&[], now());
    assert_eq!(judge(&token, &none).unwrap_err(), "TSA_PATH");
    let stranger = Authority::new().anchors();
    let options = TimeStampOptions::new(&stranger, now());
    assert_eq!(judge(&token, &options).unwrap_err(), "TSA_PATH");
    // The authority itself is no anchor of its own.
    let own = [Anchor::from_certificate(authority.certificate.clone())];
    let options = TimeStampOptions::new(&own, now());
    assert_eq!(judge(&token, &options).unwrap_err(), "TSA_PATH");
    // A clock that is ahead.
    let ahead = authority.stamp(STAMPED, "2026-06-01T00:05:00Z");
    assert!(verify(&authority, &ahead).is_ok());
    let ahead = authority.stamp(STAMPED, "2026-06-01T00:05:01Z");
    assert_eq!(refused(&authority, &ahead), "TSA_FUTURE");
}

#[test]
fn a_lost_key_spoils_what_it_signed_before() {
    let authority = Authority::new();
    let token = authority.stamp(STAMPED, AT);
    let anchors = authority.anchors();
    let code = |crl: &ForgedCrl, rule| {
        let crls: [ParsedCrl; 1] = [crl.issue(&authority.root_key)];
        let options = TimeStampOptions::new(&anchors, now()).crls(&crls);
        judge(&token, &options.revocation(rule)).map_or_else(|code| code, |_| "good".into())
    };
    let crl = ForgedCrl::new(TSA_ROOT);
    assert_eq!(code(&crl, RevocationRule::Required), "good");
    for (revoked, reason, expected) in [
        (
            "2026-05-19T00:00:00Z",
            Some(CrlReason::Superseded),
            "TSA_PATH",
        ),
        ("2026-05-21T00:00:00Z", Some(CrlReason::Superseded), "good"),
        (
            "2026-05-21T00:00:00Z",
            Some(CrlReason::CessationOfOperation),
            "good",
        ),
        (
            "2026-05-21T00:00:00Z",
            Some(CrlReason::KeyCompromise),
            "TSA_PATH",
        ),
        ("2026-05-21T00:00:00Z", None, "TSA_PATH"),
    ] {
        let crl = crl.clone().revoke(0x41, revoked, reason);
        let said = code(&crl, RevocationRule::WhereCrlGiven);
        assert_eq!(said, expected, "{revoked} {reason:?}");
    }
    // One that is stale today and was issued later than the token can't say.
    let unknown = "TSA_REVOCATION_UNKNOWN";
    let stale = crl.times("2026-05-21T00:00:00Z", Some("2026-05-22T00:00:00Z"));
    assert_eq!(code(&stale, RevocationRule::Required), unknown);
    // Nor can one that was current then: who has the key chooses the time of a token.
    let then = stale
        .clone()
        .times("2026-05-19T00:00:00Z", Some("2026-05-26T00:00:00Z"));
    assert_eq!(code(&then, RevocationRule::WhereCrlGiven), unknown);
    let early = stale.times("2026-05-01T00:00:00Z", Some("2026-05-02T00:00:00Z"));
    assert_eq!(
        code(&early, RevocationRule::Required),
        "TSA_REVOCATION_UNKNOWN"
    );
    // After the certificate's end nobody vouches for it.
    let short = Authority::with(|one| {
        one.with(purposes(true, &[TIME_STAMPING]))
            .valid("2026-01-01T00:00:00Z", "2026-05-25T00:00:00Z")
    });
    let crls = [ForgedCrl::new(TSA_ROOT).issue(&short.root_key)];
    let anchors = short.anchors();
    let options = TimeStampOptions::new(&anchors, now()).crls(&crls);
    let read = UnverifiedTimeStamp::from_der(&short.stamp(STAMPED, AT)).unwrap();
    let Err(TimeStampRefusal::Path { source }) = read.verify(STAMPED, &options) else {
        panic!("it is not known");
    };
    let is_it = |reason: &crate::path::Reason| matches!(reason.cause, Cause::CrlAfterExpiry { .. });
    assert!(source.is_indeterminate() && source.reasons().iter().any(is_it));
}

fn response(status: u8, more: &[&[u8]], token: &[u8]) -> Vec<u8> {
    let info = tlv(0x30, &[&[2, 1, status], &more.concat()]);
    tlv(0x30, &[&info, token])
}

#[test]
fn a_response_is_read_as_its_token_or_refused() {
    let authority = Authority::new();
    let token = authority.stamp(STAMPED, AT);
    for status in [0, 1] {
        assert!(verify(&authority, &response(status, &[], &token)).is_ok());
        let error = UnverifiedTimeStamp::from_der(&response(status, &[], &[])).unwrap_err();
        assert_eq!(error.code(), "TSA_REJECTED");
    }
    let text = tlv(0x30, &[&tlv(0x0c, &["不接受的策略".as_bytes()])]);
    // Bit 15 of 16: unacceptedPolicy.
    let failure = [3, 3, 0, 0, 1];
    let rejected = response(2, &[&text, &failure], &[]);
    match UnverifiedTimeStamp::from_der(&rejected) {
        Err(Error::TimeStampRejected {
            status,
            failure,
            text,
        }) => {
            assert_eq!((status, failure), (2, Some("unacceptedPolicy")));
            assert_eq!(text.as_deref(), Some("不接受的策略"));
        }
        other => panic!("{other:?}"),
    }
    // A token beside a refusal does not count either.
    let both = response(2, &[], &token);
    let error = UnverifiedTimeStamp::from_der(&both).unwrap_err();
    assert_eq!(error.code(), "TSA_REJECTED");
    assert_eq!(
        error.to_string(),
        "the time-stamping authority refused, status 2"
    );
}

#[test]
fn strangers_are_refused_quickly() {
    let authority = Authority::new();
    let long = vec![0x30; UnverifiedTimeStamp::MAX_LENGTH + 1];
    let error = UnverifiedTimeStamp::from_der(&long).unwrap_err();
    assert_eq!(error.code(), "LIMIT");
    for octets in [
        &[][..],
        &[0x30],
        &[0x30, 0],
        b"\x30\x80\x06\x00\x00",
        b"text",
    ] {
        assert!(UnverifiedTimeStamp::from_der(octets).is_err(), "{octets:?}");
    }
    let mut behind = authority.stamp(STAMPED, AT);
    behind.push(0);
    assert!(UnverifiedTimeStamp::from_der(&behind).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    // No change of a token gives a stamp that says something else, and none panics.
    #[test]
    fn no_changed_octet_changes_what_it_says(place in 0usize..2000, change in 1u8..) {
        use std::sync::OnceLock;
        static MADE: OnceLock<(Authority, Vec<u8>)> = OnceLock::new();
        let (authority, token) = MADE.get_or_init(|| {
            let authority = Authority::new();
            let token = authority.stamp(STAMPED, AT);
            (authority, token)
        });
        let mut changed = token.clone();
        let place = place % changed.len();
        changed[place] ^= change;
        if let Ok(stamp) = verify(authority, &changed) {
            prop_assert_eq!(stamp.latest(), time("2026-05-20T08:00:02Z"));
            prop_assert_eq!(stamp.serial(), [0x29]);
        }
    }
}
