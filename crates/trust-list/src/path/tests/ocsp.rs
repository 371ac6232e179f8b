//! OCSP answers beside CRLs.

use super::*;
use cert_profile::ocsp::{CertId, CertStatus, OcspDraft, SingleResponse};
use x509_cert::serial_number::SerialNumber;

/// An answer of the issuing CA about the target.
fn answer(scene: &Scene, signer: &Key, status: CertStatus, from: &str, to: &str) -> OcspResponse {
    let ca = scene.sub.issue(&scene.root_key);
    let id = CertId::new(ca.subject(), ca.public_key(), SerialNumber::from(0x41u8)).unwrap();
    let single = SingleResponse::new(id, status, time(from)).until(time(to));
    let draft = OcspDraft::new(ca.public_key(), sm2_with_sm3(false), time(from));
    let prepared = draft.response(single).prepare().unwrap();
    let signature = signer.sign(prepared.tbs());
    OcspResponse::from_der(&prepared.attach(&signature).unwrap()).unwrap()
}

const FROM: &str = "2026-05-31T00:00:00Z";
const TO: &str = "2026-06-02T00:00:00Z";

fn ask(scene: &Scene, ocsp: &[OcspResponse], crls: &[ParsedCrl]) -> Vec<(Place, Cause)> {
    judge(
        &scene.leaf.issue(&scene.sub_key),
        &[scene.sub.issue(&scene.root_key)],
        &[scene.anchor()],
        |options| {
            options
                .ocsp(ocsp)
                .crls(crls)
                .revocation(RevocationRule::RequiredOfTarget)
        },
    )
}

#[test]
fn a_current_answer_of_the_issuer_is_the_status() {
    let scene = Scene::new();
    let key = &scene.sub_key;
    let good = answer(&scene, key, CertStatus::Good, FROM, TO);
    assert_eq!(ask(&scene, &[good], &[]), []);
    let since = time("2026-05-01T00:00:00Z");
    let revoked = CertStatus::Revoked {
        at: since,
        reason: Some(cert_profile::Reason::KeyCompromise),
    };
    let revoked = answer(&scene, key, revoked, FROM, TO);
    let cause = Cause::RevokedByOcsp {
        since,
        reason: Some(RevocationReason::KeyCompromise),
        answer: 0,
    };
    assert_eq!(ask(&scene, &[revoked], &[]), [(TARGET, cause)]);
}

#[test]
fn what_can_not_be_relied_on_leaves_the_crl() {
    let scene = Scene::new();
    let key = &scene.sub_key;
    let stale = answer(&scene, key, CertStatus::Good, FROM, "2026-05-31T12:00:00Z");
    let forged = answer(&scene, &Key::new(), CertStatus::Good, FROM, TO);
    let unknown = answer(&scene, key, CertStatus::Unknown, FROM, TO);
    let crls = [ForgedCrl::new(SUB).issue(key)];
    for doubtful in [stale, forged, unknown] {
        let reasons = ask(&scene, std::slice::from_ref(&doubtful), &[]);
        assert!(matches!(reasons[..], [.., (TARGET, Cause::StatusUnknown)]));
        assert_eq!(ask(&scene, &[doubtful], &crls), []);
    }
}
