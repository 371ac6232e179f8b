//! What is known later about a time that is over (`PathOptions::status_until`).

use super::*;
use cert_profile::ocsp::{CertId, CertStatus, OcspDraft, SingleResponse};
use x509_cert::serial_number::SerialNumber;

/// The time asked about; what is known later is known on 1 June.
const AT: &str = "2026-05-05T00:00:00Z";
const BEFORE: &str = "2026-04-30T00:00:00Z";
const AFTER: &str = "2026-05-20T00:00:00Z";
const SERIAL: u64 = 0x41;

fn ask(scene: &Scene, crls: &[ParsedCrl], ocsp: &[OcspResponse]) -> Vec<(Place, Cause)> {
    ask_with(scene, &[], crls, ocsp)
}

fn ask_with(
    scene: &Scene,
    more: &[ParsedCertificate],
    crls: &[ParsedCrl],
    ocsp: &[OcspResponse],
) -> Vec<(Place, Cause)> {
    let mut untrusted = vec![scene.sub.issue(&scene.root_key)];
    untrusted.extend_from_slice(more);
    let target = scene.leaf.issue(&scene.sub_key);
    let options = PathOptions::new(time(AT), &*SM2)
        .crls(crls)
        .ocsp(ocsp)
        .revocation(RevocationRule::RequiredOfTarget)
        .status_until(now());
    match validate(&target, &untrusted, &[scene.anchor()], &options) {
        Ok(_) => Vec::new(),
        Err(error) => {
            let pair = |reason: &Reason| (reason.place, reason.cause.clone());
            error.reasons().iter().map(pair).collect()
        }
    }
}

fn is_revoked(found: &[(Place, Cause)]) -> bool {
    let revokes =
        |cause: &Cause| matches!(cause, Cause::Revoked { .. } | Cause::RevokedByOcsp { .. });
    found
        .iter()
        .any(|(place, cause)| *place == TARGET && revokes(cause))
}

/// Of today, and of the time asked about.
fn today() -> ForgedCrl {
    ForgedCrl::new(SUB)
}

fn then() -> ForgedCrl {
    ForgedCrl::new(SUB).times("2026-05-04T00:00:00Z", Some("2026-05-11T00:00:00Z"))
}

#[test]
fn a_later_list_says_how_it_stood() {
    let scene = Scene::new();
    let says = |crl: ForgedCrl| ask(&scene, &[crl.issue(&scene.sub_key)], &[]);
    assert_eq!(says(today()), []);
    assert!(is_revoked(&says(today().revoke(SERIAL, BEFORE, None))));
    assert_eq!(says(today().revoke(SERIAL, AFTER, None)), []);
    // Issued after the certificate's end, it may have left it out.
    let mut scene = Scene::new();
    scene.leaf = scene
        .leaf
        .valid("2026-01-01T00:00:00Z", "2026-05-25T00:00:00Z");
    let found = ask(&scene, &[today().issue(&scene.sub_key)], &[]);
    let is_it = |(_, cause): &(Place, Cause)| matches!(cause, Cause::CrlAfterExpiry { .. });
    assert!(found.iter().any(is_it), "{found:?}");
}

/// What a list of then has on hold was on hold then, whatever later ones leave out.
#[test]
fn a_hold_of_then_is_not_forgotten() {
    let scene = Scene::new();
    let hold = Some(CrlReason::CertificateHold);
    let held = then().revoke(SERIAL, BEFORE, hold).issue(&scene.sub_key);
    let later = today().issue(&scene.sub_key);
    assert!(is_revoked(&ask(
        &scene,
        &[held.clone(), later.clone()],
        &[]
    )));
    assert!(is_revoked(&ask(
        &scene,
        &[later.clone(), held.clone()],
        &[]
    )));
    // One that was current then and lists nothing says no more than the later one.
    let clear = then().issue(&scene.sub_key);
    assert_eq!(ask(&scene, &[clear, later], &[]), []);
    // A later delta takes it back from then on.
    let back = today()
        .number(8)
        .delta_to(7)
        .revoke(SERIAL, AFTER, Some(CrlReason::RemoveFromCRL))
        .issue(&scene.sub_key);
    assert!(is_revoked(&ask(&scene, &[held, back], &[])));
}

fn answer(scene: &Scene, status: CertStatus, from: &str, to: &str) -> OcspResponse {
    let ca = scene.sub.issue(&scene.root_key);
    let id = CertId::new(ca.subject(), ca.public_key(), SerialNumber::from(SERIAL)).unwrap();
    let single = SingleResponse::new(id, status, time(from)).until(time(to));
    let draft = OcspDraft::new(ca.public_key(), sm2_with_sm3(false), time(from));
    let prepared = draft.response(single).prepare().unwrap();
    let signature = scene.sub_key.sign(prepared.tbs());
    OcspResponse::from_der(&prepared.attach(&signature).unwrap()).unwrap()
}

fn revoked(at: &str) -> CertStatus {
    CertStatus::Revoked {
        at: time(at),
        reason: None,
    }
}

#[test]
fn an_early_good_does_not_hide_what_is_known_later() {
    let scene = Scene::new();
    let good = answer(
        &scene,
        CertStatus::Good,
        "2026-05-04T00:00:00Z",
        "2026-05-06T00:00:00Z",
    );
    let (from, to) = ("2026-05-31T00:00:00Z", "2026-06-02T00:00:00Z");
    assert_eq!(ask(&scene, &[], std::slice::from_ref(&good)), []);
    let bad = answer(&scene, revoked(BEFORE), from, to);
    for answers in [[good.clone(), bad.clone()], [bad, good.clone()]] {
        assert!(is_revoked(&ask(&scene, &[], &answers)));
    }
    // Revoked since is none of then.
    let since = answer(&scene, revoked(AFTER), from, to);
    assert_eq!(ask(&scene, &[], &[good.clone(), since]), []);
    let crls = [today().revoke(SERIAL, BEFORE, None).issue(&scene.sub_key)];
    assert!(is_revoked(&ask(&scene, &crls, &[good])));
}

/// Of answers about now the newest counts, whichever comes first.
#[test]
fn the_newest_answer_about_now_counts() {
    let scene = Scene::new();
    let (old, new) = ("2026-05-30T00:00:00Z", "2026-05-31T00:00:00Z");
    let to = "2026-06-02T00:00:00Z";
    let ask = |answers: &[OcspResponse]| {
        judge(
            &scene.leaf.issue(&scene.sub_key),
            &[scene.sub.issue(&scene.root_key)],
            &[scene.anchor()],
            |options| {
                options
                    .ocsp(answers)
                    .revocation(RevocationRule::RequiredOfTarget)
            },
        )
    };
    for (first, second, is_bad) in [
        (CertStatus::Good, revoked(BEFORE), true),
        (revoked(BEFORE), CertStatus::Good, false),
    ] {
        let (first, second) = (
            answer(&scene, first, old, to),
            answer(&scene, second, new, to),
        );
        for answers in [[first.clone(), second.clone()], [second, first]] {
            assert_eq!(is_revoked(&ask(&answers)), is_bad);
        }
    }
}

/// Who signs lists today may have begun after the time asked about.
#[test]
fn a_list_is_signed_by_whom_signs_lists_when_it_is_issued() {
    let scene = Scene::new();
    let key = Key::new();
    let signer = Forged::ca(SUB, &key, ROOT)
        .serial(0x77)
        .valid("2026-05-15T00:00:00Z", "2027-01-01T00:00:00Z")
        .issue(&scene.root_key);
    let says = |crl: ForgedCrl| {
        ask_with(
            &scene,
            std::slice::from_ref(&signer),
            &[crl.issue(&key)],
            &[],
        )
    };
    assert_eq!(says(today()), []);
    assert!(is_revoked(&says(today().revoke(SERIAL, BEFORE, None))));
    // Not before it began.
    let early = today().times("2026-05-10T00:00:00Z", Some("2026-06-06T00:00:00Z"));
    assert_ne!(says(early), []);
}
