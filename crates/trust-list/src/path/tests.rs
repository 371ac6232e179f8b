//! A path that holds, and each way in which it must not.

mod crl;
mod later;
mod names;
mod ocsp;
mod status;
mod work;

use super::*;
use crate::{
    Error,
    forge::{
        Forged, ForgedCrl, Key, basic_constraints, extension, key_usage, now, sm2_with_sm3, time,
    },
};
use gm_crypto::pki::{Sm2Sm3, VerifyAlgorithm};
use spki::{AlgorithmIdentifierRef, SubjectPublicKeyInfoRef};
use std::sync::{
    LazyLock,
    atomic::{AtomicUsize, Ordering},
};
use x509_cert::{
    Version,
    ext::pkix::{CrlReason, KeyUsages},
};

const ROOT: &str = "CN=Root,C=CN";
const SUB: &str = "CN=Issuing CA,C=CN";
const LEAF: &str = "CN=Subscriber,C=CN";

/// Root, issuing CA and subscriber; a test bends one of them.
struct Scene {
    root_key: Key,
    sub_key: Key,
    root: Forged,
    sub: Forged,
    leaf: Forged,
}

impl Scene {
    fn new() -> Self {
        let (root_key, sub_key) = (Key::new(), Key::new());
        Self {
            root: Forged::ca(ROOT, &root_key, ROOT),
            sub: Forged::ca(SUB, &sub_key, ROOT),
            leaf: Forged::leaf(LEAF, &Key::new(), SUB),
            root_key,
            sub_key,
        }
    }

    fn anchor(&self) -> Anchor {
        Anchor::from_certificate(self.root.issue(&self.root_key))
    }

    fn judge(&self) -> Vec<(Place, Cause)> {
        self.judge_with(&[], RevocationRule::WhereCrlGiven)
    }

    fn judge_with(&self, crls: &[ParsedCrl], rule: RevocationRule) -> Vec<(Place, Cause)> {
        judge(
            &self.leaf.issue(&self.sub_key),
            &[self.sub.issue(&self.root_key)],
            &[self.anchor()],
            |options| options.crls(crls).revocation(rule),
        )
    }
}

static SM2: LazyLock<[&'static dyn VerifyAlgorithm; 1]> =
    LazyLock::new(|| [Box::leak(Box::new(Sm2Sm3::default()))]);

/// The reasons; none for a path that holds.
fn judge<'a>(
    target: &ParsedCertificate,
    untrusted: &[ParsedCertificate],
    anchors: &[Anchor],
    change: impl FnOnce(PathOptions<'a>) -> PathOptions<'a>,
) -> Vec<(Place, Cause)> {
    let options = change(PathOptions::new(now(), &*SM2));
    match validate(target, untrusted, anchors, &options) {
        Ok(path) => {
            assert_eq!(path.certificates()[0].der(), target.der());
            assert_eq!(path.certificates().len(), path.statuses().len());
            Vec::new()
        }
        Err(error) => {
            assert!(!error.reasons().is_empty());
            let pair = |reason: &Reason| (reason.place, reason.cause.clone());
            error.reasons().iter().map(pair).collect()
        }
    }
}

const TARGET: Place = Place::Certificate(0);
const ISSUER: Place = Place::Certificate(1);
const ANCHOR: Place = Place::Anchor(0);
const CRL: Place = Place::Crl(0);

#[test]
fn a_path_of_two_certificates_holds() {
    let scene = Scene::new();
    let (leaf, sub) = (
        scene.leaf.issue(&scene.sub_key),
        [scene.sub.issue(&scene.root_key)],
    );
    let anchors = [scene.anchor()];
    let sm2 = Sm2Sm3::default();
    let path = validate(&leaf, &sub, &anchors, &PathOptions::new(now(), &[&sm2])).unwrap();
    assert_eq!(path.certificates().len(), 2);
    assert_eq!(path.issuer().der(), sub[0].der());
    assert_eq!(path.statuses(), [RevocationStatus::NotChecked; 2]);
    assert_eq!(path.anchor().certificate().subject().to_string(), ROOT);
}

#[test]
fn a_flipped_bit_in_any_signature_is_seen() {
    let scene = Scene::new();
    let flipped = |forged: &Forged, key: &Key| {
        let mut der = forged.der(key);
        *der.last_mut().unwrap() ^= 1;
        ParsedCertificate::from_der(der).unwrap()
    };
    let (leaf, sub) = (
        scene.leaf.issue(&scene.sub_key),
        scene.sub.issue(&scene.root_key),
    );
    let anchors = [scene.anchor()];
    let reasons = judge(
        &flipped(&scene.leaf, &scene.sub_key),
        std::slice::from_ref(&sub),
        &anchors,
        |options| options,
    );
    let under = |under, name: &str| Cause::SignatureInvalid {
        under,
        name: name.into(),
    };
    assert_eq!(reasons, [(TARGET, under(ISSUER, SUB))]);
    let sub = flipped(&scene.sub, &scene.root_key);
    let reasons = judge(&leaf, &[sub], &anchors, |options| options);
    assert_eq!(reasons, [(ISSUER, under(ANCHOR, ROOT))]);
}

#[test]
fn any_octet_of_the_signed_part_counts() {
    let scene = Scene::new();
    let good = scene.leaf.der(&scene.sub_key);
    let (sub, anchors) = ([scene.sub.issue(&scene.root_key)], [scene.anchor()]);
    for index in 0..good.len() {
        let mut der = good.clone();
        der[index] ^= 0x04;
        let Ok(target) = ParsedCertificate::from_der(der) else {
            continue;
        };
        assert!(!judge(&target, &sub, &anchors, |options| options).is_empty());
    }
}

#[test]
fn an_anchor_of_the_same_name_and_another_key_is_none() {
    let mut scene = Scene::new();
    let sub = scene.sub.issue(&scene.root_key);
    scene.root_key = Key::new();
    scene.root = Forged::ca(ROOT, &scene.root_key, ROOT);
    let leaf = scene.leaf.issue(&scene.sub_key);
    let reasons = judge(&leaf, &[sub], &[scene.anchor()], |options| options);
    let name = ROOT.to_owned();
    let cause = Cause::SignatureInvalid {
        under: ANCHOR,
        name,
    };
    assert_eq!(reasons, [(ISSUER, cause)]);
}

#[test]
fn a_self_signed_certificate_among_the_untrusted_is_no_anchor() {
    let scene = Scene::new();
    let pool = [
        scene.sub.issue(&scene.root_key),
        scene.root.issue(&scene.root_key),
    ];
    let leaf = scene.leaf.issue(&scene.sub_key);
    assert_eq!(
        judge(&leaf, &pool, &[], |options| options),
        [(TARGET, Cause::NoAnchor)]
    );
    let root = scene.root.issue(&scene.root_key);
    assert_eq!(
        judge(&root, &pool, &[], |options| options),
        [(TARGET, Cause::NoAnchor)]
    );
    assert_eq!(judge(&root, &[], &[scene.anchor()], |o| o), []);
}

/// The shape of a real certificate: issuer and subject have one name, and the
/// signer is the root of that name.
#[test]
fn issuers_of_one_name_are_told_apart_by_key() {
    let (root_key, key) = (Key::new(), Key::new());
    let root = Anchor::from_certificate(Forged::ca(ROOT, &root_key, ROOT).issue(&root_key));
    let other = Anchor::from_certificate(Forged::ca(ROOT, &key, ROOT).issue(&key));
    let target = Forged::leaf(ROOT, &key, ROOT).issue(&root_key);
    assert!(target.is_self_issued());
    assert_eq!(judge(&target, &[], &[other, root], |o| o), []);
}

#[test]
fn validity_is_a_closed_interval() {
    let mut scene = Scene::new();
    let (before, after) = ("2026-05-01T00:00:00Z", "2026-06-02T00:00:00Z");
    scene.leaf = scene.leaf.valid("2026-06-01T00:00:00Z", after);
    assert_eq!(scene.judge(), []);
    scene.leaf = scene.leaf.valid("2026-06-01T00:00:01Z", after);
    let not_before = time("2026-06-01T00:00:01Z");
    assert_eq!(scene.judge(), [(TARGET, Cause::NotYetValid { not_before })]);
    scene.leaf = scene.leaf.valid(before, "2026-06-01T00:00:00Z");
    assert_eq!(scene.judge(), []);
    scene.leaf = scene.leaf.valid(before, "2026-05-31T23:59:59Z");
    let not_after = time("2026-05-31T23:59:59Z");
    assert_eq!(scene.judge(), [(TARGET, Cause::Expired { not_after })]);
}

#[test]
fn issuers_and_anchors_expire_too() {
    let mut scene = Scene::new();
    let not_after = time("2026-05-31T23:59:59Z");
    scene.sub = scene
        .sub
        .valid("2026-01-01T00:00:00Z", "2026-05-31T23:59:59Z");
    assert_eq!(scene.judge(), [(ISSUER, Cause::Expired { not_after })]);
    let mut scene = Scene::new();
    scene.root = scene
        .root
        .valid("2026-01-01T00:00:00Z", "2026-05-31T23:59:59Z");
    assert_eq!(scene.judge(), [(ANCHOR, Cause::Expired { not_after })]);
    let bare = Anchor::name_and_key(scene.root.issue(&scene.root_key));
    let sub = scene.sub.issue(&scene.root_key);
    assert_eq!(judge(&sub, &[], &[bare], |options| options), []);
}

#[test]
fn an_issuer_is_a_ca_with_key_cert_sign_and_of_version_3() {
    let mut scene = Scene::new();
    scene.sub = scene.sub.replacing(basic_constraints(false, None));
    assert_eq!(scene.judge(), [(ISSUER, Cause::NotCa)]);

    let mut scene = Scene::new();
    scene.sub.extensions.remove(0);
    assert_eq!(scene.judge(), [(ISSUER, Cause::NotCa)]);

    let mut scene = Scene::new();
    scene.sub = scene.sub.replacing(key_usage(KeyUsages::CRLSign));
    assert_eq!(scene.judge(), [(ISSUER, Cause::NoKeyCertSign)]);
    scene.sub.extensions.pop();
    assert_eq!(scene.judge(), []);

    let mut scene = Scene::new();
    scene.sub.version = Version::V1;
    scene.sub.extensions.clear();
    assert_eq!(
        scene.judge(),
        [(ISSUER, Cause::NotVersion3), (ISSUER, Cause::NotCa)]
    );

    let mut scene = Scene::new();
    scene.root = scene.root.replacing(key_usage(KeyUsages::CRLSign));
    assert_eq!(scene.judge(), [(ANCHOR, Cause::NoKeyCertSign)]);
}

#[test]
fn path_length_counts_cas_that_are_not_self_issued() {
    let scene = Scene::new();
    let leaf = scene.leaf.issue(&scene.sub_key);
    let new_key = Key::new();
    let below_root = |limit| {
        let root = scene.root.clone().replacing(basic_constraints(true, limit));
        [Anchor::from_certificate(root.issue(&scene.root_key))]
    };
    let direct = [scene.sub.issue(&scene.root_key)];
    let (limit, below) = (0, 1);
    let cause = Cause::PathLengthExceeded { limit, below };
    assert_eq!(
        judge(&leaf, &direct, &below_root(Some(0)), |o| o),
        [(ANCHOR, cause)]
    );
    assert_eq!(judge(&leaf, &direct, &below_root(Some(1)), |o| o), []);

    // A CA that renews its key certifies itself, which costs nothing.
    let renewed = [
        Forged::ca(SUB, &scene.sub_key, SUB).issue(&new_key),
        Forged::ca(SUB, &new_key, ROOT).issue(&scene.root_key),
    ];
    assert_eq!(judge(&leaf, &renewed, &below_root(Some(1)), |o| o), []);

    // Another name costs one.
    let between = [
        Forged::ca(SUB, &scene.sub_key, "CN=Middle").issue(&new_key),
        Forged::ca("CN=Middle", &new_key, ROOT).issue(&scene.root_key),
    ];
    let (limit, below) = (1, 2);
    let cause = Cause::PathLengthExceeded { limit, below };
    assert_eq!(
        judge(&leaf, &between, &below_root(Some(1)), |o| o),
        [(ANCHOR, cause)]
    );
    assert_eq!(judge(&leaf, &between, &below_root(Some(2)), |o| o), []);
}

/// The target itself may be a CA and does not count.
#[test]
fn path_length_0_allows_a_ca_as_target() {
    let scene = Scene::new();
    let root = scene
        .root
        .clone()
        .replacing(basic_constraints(true, Some(0)));
    let anchor = Anchor::from_certificate(root.issue(&scene.root_key));
    let sub = scene.sub.issue(&scene.root_key);
    assert_eq!(judge(&sub, &[], &[anchor], |options| options), []);
}

#[test]
fn what_is_not_processed_is_refused() {
    let unknown = "1.2.156.99999.1";
    let critical = [unknown, "2.5.29.33", "2.5.29.54", "2.5.29.31"];
    let always = ["2.5.29.30", "2.5.29.36"];
    for (oid, critical) in critical
        .map(|oid| (oid, true))
        .into_iter()
        .chain(always.map(|oid| (oid, false)))
    {
        let bad = || extension(critical, oid, &true);
        let oid = ObjectIdentifier::new(oid).unwrap();
        let mut scene = Scene::new();
        scene.leaf = scene.leaf.with(bad());
        let cause = Cause::UnprocessedExtension { oid };
        assert_eq!(scene.judge(), [(TARGET, cause.clone())]);
        let mut scene = Scene::new();
        scene.sub = scene.sub.with(bad());
        assert_eq!(scene.judge(), [(ISSUER, cause.clone())]);
        let mut scene = Scene::new();
        scene.root = scene.root.with(bad());
        assert_eq!(scene.judge(), [(ANCHOR, cause)]);
    }
    let mut scene = Scene::new();
    scene.leaf = scene.leaf.with(extension(false, unknown, &true));
    assert_eq!(scene.judge(), []);
}

#[test]
fn a_certificate_with_an_extension_twice_or_two_algorithms_is_not_read() {
    let (scene, key) = (Scene::new(), Key::new());
    let twice = scene.leaf.clone().with(key_usage(KeyUsages::KeyCertSign));
    assert!(matches!(
        ParsedCertificate::from_der(twice.der(&key)),
        Err(Error::DuplicateExtension { .. })
    ));
    let mut mixed = scene.leaf.clone();
    mixed.null_outside = true;
    assert!(matches!(
        ParsedCertificate::from_der(mixed.der(&key)),
        Err(Error::Forbidden { .. })
    ));
    mixed.null_inside = true;
    ParsedCertificate::from_der(mixed.der(&key)).unwrap();
    let mut early = scene.leaf.clone();
    early.version = Version::V2;
    assert!(matches!(
        ParsedCertificate::from_der(early.der(&key)),
        Err(Error::Forbidden { .. })
    ));
    let mut longer = scene.leaf.der(&key);
    longer.push(0);
    assert!(ParsedCertificate::from_der(longer).is_err());
}

#[test]
fn the_targets_own_key_is_looked_at() {
    let mut scene = Scene::new();
    let p256 = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
    scene.leaf.spki.algorithm.parameters = Some(der::Any::encode_from(&p256).unwrap());
    let oid = gm_crypto::sm2::KEY_OID;
    let cause = Cause::KeyNotAccepted { oid };
    assert_eq!(scene.judge(), [(TARGET, cause.clone())]);

    let mut scene = Scene::new();
    let mut point = scene.leaf.spki.subject_public_key.raw_bytes().to_vec();
    *point.last_mut().unwrap() ^= 1;
    scene.leaf.spki.subject_public_key = der::asn1::BitString::from_bytes(&point).unwrap();
    assert_eq!(scene.judge(), [(TARGET, cause)]);
}

#[test]
fn algorithms_that_nobody_lists_do_not_verify() {
    let scene = Scene::new();
    let options = PathOptions::new(now(), &[]);
    let target = scene.sub.issue(&scene.root_key);
    let anchors = [scene.anchor()];
    let error = validate(&target, &[], &anchors, &options).unwrap_err();
    let (signature, key) = (sm2_with_sm3(false).oid, gm_crypto::sm2::KEY_OID);
    assert!(
        error
            .reasons()
            .iter()
            .any(|reason| reason.cause == Cause::AlgorithmNotAccepted { signature, key })
    );
}

#[test]
fn a_purpose_is_asked_of_the_target_alone() {
    let ocsp = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.9");
    let mail = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.4");
    let mut scene = Scene::new();
    scene.leaf = scene.leaf.with(extension(true, "2.5.29.37", &vec![ocsp]));
    let (leaf, sub) = (
        scene.leaf.issue(&scene.sub_key),
        [scene.sub.issue(&scene.root_key)],
    );
    let anchors = [scene.anchor()];
    assert_eq!(judge(&leaf, &sub, &anchors, |o| o.purpose(ocsp)), []);
    assert_eq!(
        judge(&leaf, &sub, &anchors, |o| o.purpose(mail)),
        [(TARGET, Cause::PurposeNotAllowed { purpose: mail })]
    );
}

#[test]
fn a_reason_is_a_sentence() {
    let mut scene = Scene::new();
    scene.leaf = scene
        .leaf
        .valid("2026-01-01T00:00:00Z", "2026-05-31T00:00:00Z");
    let crl =
        ForgedCrl::new(SUB).revoke(0x41, "2026-05-20T10:00:00Z", Some(CrlReason::KeyCompromise));
    let (leaf, sub) = (
        scene.leaf.issue(&scene.sub_key),
        [scene.sub.issue(&scene.root_key)],
    );
    let (anchors, crls) = ([scene.anchor()], [crl.issue(&scene.sub_key)]);
    let sm2 = Sm2Sm3::default();
    let algorithms: [&dyn VerifyAlgorithm; 1] = [&sm2];
    let options = PathOptions::new(now(), &algorithms).crls(&crls);
    let error = validate(&leaf, &sub, &anchors, &options).unwrap_err();
    assert_eq!(
        error.to_string(),
        "certificate 0 (CN=Subscriber,C=CN) expired on 2026-05-31T00:00:00Z; \
         certificate 0 (CN=Subscriber,C=CN) was revoked on 2026-05-20T10:00:00Z (keyCompromise)"
    );
    assert_eq!(error.reasons()[0].cause.clause(), "RFC 5280, 6.1.3 (a)(2)");
}

#[test]
fn names_can_not_drive_a_terminal() {
    let scene = Scene::new();
    let leaf = Forged::leaf("CN=a\u{1b}[31mb", &Key::new(), SUB);
    let leaf = leaf.issue(&scene.sub_key);
    let error = validate(&leaf, &[], &[], &PathOptions::new(now(), &[])).unwrap_err();
    let shown = error.to_string();
    assert!(!shown.contains('\u{1b}'), "{shown}");
}
