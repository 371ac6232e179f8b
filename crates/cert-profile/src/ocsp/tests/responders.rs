//! Who may answer for a CA, and who may not.

use super::*;
use crate::{CertRequest, Issuer, Profile};
use gm_crypto::pki::assemble;
use x509_cert::serial_number::SerialNumber;

/// A CA of this name with its key, and its public half.
fn ca(name: &str) -> (SigningKey, Issuer) {
    let (key, spki) = key();
    let request = CertRequest::new(name.parse().unwrap(), spki);
    let issuer = Issuer::self_signed(&request, key.signature_algorithm_identifier().unwrap());
    let root = certificate("root-ca", &issuer, &key, &request, |_| ());
    let issuer = Issuer::from_certificate(&root).unwrap();
    (key, issuer)
}

/// A certificate of a shipped profile, its octets changed before they are signed.
fn certificate(
    profile: &str,
    issuer: &Issuer,
    key: &SigningKey,
    request: &CertRequest,
    change: impl FnOnce(&mut Vec<u8>),
) -> Vec<u8> {
    let profile = Profile::shipped(profile).unwrap();
    let serial = SerialNumber::new(&[0x5a; 16]).unwrap();
    let prepared = profile.prepare(issuer, request, &serial, now()).unwrap();
    let mut tbs = prepared.tbs().to_vec();
    change(&mut tbs);
    let signature = key.sign_hedged(&mut SysRng, &tbs).unwrap();
    let signature = signature.to_bitstring().unwrap();
    assemble(&tbs, prepared.algorithm(), &signature).unwrap()
}

/// Puts `new` in the place of `old`, which is there once.
fn replace(octets: &mut [u8], old: &[u8], new: &[u8]) {
    let places = octets.windows(old.len()).enumerate();
    let places: Vec<_> = places.filter(|(_, part)| *part == old).collect();
    let [(place, _)] = places[..] else {
        panic!("{} places", places.len());
    };
    octets[place..place + new.len()].copy_from_slice(new);
}

const NAME: &str = "CN=Responder,O=Example,C=CN";
/// The last arcs of OCSPSigning and of id-pkix-ocsp-nocheck.
const OCSP_SIGNING: &[u8] = &[5, 5, 7, 3, 9];
const NO_CHECK: &[u8] = &[5, 5, 7, 48, 1, 5];

struct Site {
    ca_key: SigningKey,
    ca: Issuer,
    key: SigningKey,
    spki: SubjectPublicKeyInfoOwned,
}

impl Site {
    fn new() -> Self {
        let ((ca_key, ca), (key, spki)) = (ca("CN=CA,O=Example,C=CN"), key());
        Self {
            ca_key,
            ca,
            key,
            spki,
        }
    }

    fn request(&self) -> CertRequest {
        CertRequest::new(NAME.parse().unwrap(), self.spki.clone())
    }

    fn delegated(&self, change: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
        certificate(
            "ocsp-responder",
            &self.ca,
            &self.ca_key,
            &self.request(),
            change,
        )
    }

    fn id(&self, serial: u8) -> CertId {
        let key = self.ca.public_key().owned_to_ref();
        CertId::new(self.ca.name(), key, serial.into()).unwrap()
    }

    fn draft(&self) -> OcspDraft {
        draft(&self.key, &self.spki).response(SingleResponse::new(
            self.id(7),
            CertStatus::Good,
            now(),
        ))
    }

    /// What a client makes of an answer at this time.
    fn judged(&self, der: &[u8], at: DateTime) -> Result<VerifiedOcsp, Error> {
        let answer = OcspResponse::from_der(der)?;
        let sm2 = Sm2Sm3::default();
        let responder = answer.authorised_responder(&self.ca, at, &[&sm2])?;
        answer.verify_by(&responder, &[&sm2])
    }
}

#[test]
fn the_ca_itself_answers() {
    let site = Site::new();
    let spki = site.ca.public_key();
    let algorithm = site.ca_key.signature_algorithm_identifier().unwrap();
    let single = SingleResponse::new(site.id(7), CertStatus::Good, now());
    let draft = OcspDraft::new(spki.owned_to_ref(), algorithm, now()).response(single);
    for draft in [draft.clone(), draft.by_name(site.ca.name().clone())] {
        let der = sign(draft, &site.ca_key);
        let verified = site.judged(&der, now()).unwrap();
        assert_eq!(
            verified.response_for(&site.id(7)).unwrap().status(),
            &CertStatus::Good
        );
    }
    let responder = AuthorisedResponder::ca(&site.ca);
    assert_eq!(responder.certificate(), None);
    assert!(responder.no_check());
}

#[test]
fn a_delegate_answers_by_key_and_by_name() {
    let site = Site::new();
    let delegated = site.delegated(|_| ());
    let by_key = site.draft().certificate(delegated.clone());
    let by_name = by_key.clone().by_name(NAME.parse().unwrap());
    for draft in [by_key, by_name] {
        site.judged(&sign(draft, &site.key), now()).unwrap();
    }
    let sm2 = Sm2Sm3::default();
    let responder = AuthorisedResponder::delegated(&site.ca, &delegated, now(), &[&sm2]).unwrap();
    assert_eq!(responder.name(), &NAME.parse().unwrap());
    assert_eq!(responder.public_key(), &site.spki);
    assert_eq!(responder.certificate(), Some(&delegated[..]));
    assert!(responder.no_check());
    let without = site.delegated(|tbs| replace(tbs, NO_CHECK, &[5, 5, 7, 48, 1, 99]));
    let responder = AuthorisedResponder::delegated(&site.ca, &without, now(), &[&sm2]);
    assert!(!responder.unwrap().no_check());
}

#[test]
fn each_fault_of_a_delegation_has_its_reason() {
    let site = Site::new();
    let sm2 = Sm2Sm3::default();
    let of = |der: &[u8], at| AuthorisedResponder::delegated(&site.ca, der, at, &[&sm2]);
    let refused = |der: &[u8]| of(der, now()).unwrap_err();
    let clause = |der: &[u8]| match refused(der) {
        Error::Invalid { clause, .. } => clause,
        other => panic!("{other:?}"),
    };

    let purpose = site.delegated(|tbs| replace(tbs, OCSP_SIGNING, &[5, 5, 7, 3, 8]));
    assert_eq!(clause(&purpose), "RFC 6960, 4.2.2.2");
    let usage = site.delegated(|tbs| {
        // digitalSignature becomes keyEncipherment.
        let usage = [0x55, 0x1d, 0x0f, 1, 1, 0xff, 4, 4, 3, 2, 7, 0x80];
        replace(
            tbs,
            &usage,
            &[0x55, 0x1d, 0x0f, 1, 1, 0xff, 4, 4, 3, 2, 5, 0x20],
        );
    });
    assert_eq!(clause(&usage), "RFC 5280, 4.2.1.3");
    let critical = site.delegated(|tbs| replace(tbs, &[0x55, 0x1d, 0x0f], &[0x55, 0x1d, 0x63]));
    assert!(matches!(
        refused(&critical),
        Error::CriticalExtension { oid, .. } if oid.to_string() == "2.5.29.99"
    ));

    let (other_key, other) = ca("CN=Other CA,O=Example,C=CN");
    let request = site.request();
    let foreign = certificate("ocsp-responder", &other, &other_key, &request, |_| ());
    assert_eq!(clause(&foreign), "RFC 6960, 4.2.2.2");
    let (twin_key, twin) = ca("CN=CA,O=Example,C=CN");
    let forged = certificate("ocsp-responder", &twin, &twin_key, &request, |_| ());
    assert!(matches!(refused(&forged), Error::Signature { .. }));

    let good = site.delegated(|_| ());
    assert!(of(&good, now()).is_ok());
    for at in ["2026-06-30T23:59:59Z", "2027-07-01T00:00:00Z"] {
        assert!(matches!(
            of(&good, super::at(at)),
            Err(Error::NotValid { .. })
        ));
    }
    assert!(matches!(refused(&good[..40]), Error::Malformed { .. }));
    assert!(matches!(
        refused(&vec![0x30; 65_537]),
        Error::TooLarge { .. }
    ));
}

#[test]
fn an_answer_of_somebody_else_is_refused() {
    let site = Site::new();
    let nobody = sign(site.draft(), &site.key);
    assert!(matches!(
        site.judged(&nobody, now()),
        Err(Error::OcspResponder { .. })
    ));
    // The right certificate beside a signature by another key.
    let (other, _) = key();
    let draft = site.draft().certificate(site.delegated(|_| ()));
    let forged = sign(draft, &other);
    assert!(matches!(
        site.judged(&forged, now()),
        Err(Error::Signature { .. })
    ));
    let named = site.draft().certificate(site.delegated(|_| ()));
    let named = named.by_name("CN=Somebody,C=CN".parse().unwrap());
    let named = sign(named, &site.key);
    assert!(matches!(
        site.judged(&named, now()),
        Err(Error::OcspResponder { .. })
    ));
    // The key is right, the name another.
    let sm2 = Sm2Sm3::default();
    let delegated = site.delegated(|_| ());
    let responder = AuthorisedResponder::delegated(&site.ca, &delegated, now(), &[&sm2]).unwrap();
    let answer = OcspResponse::from_der(&named).unwrap();
    assert!(matches!(
        answer.verify_by(&responder, &[&sm2]),
        Err(Error::OcspResponder { .. })
    ));
    let answer = OcspResponse::from_der(&nobody).unwrap();
    let ca = AuthorisedResponder::ca(&site.ca);
    assert!(matches!(
        answer.verify_by(&ca, &[&Sm2Sm3::default()]),
        Err(Error::OcspResponder { .. })
    ));
}

#[test]
fn a_delegate_says_nothing_about_certificates_of_other_cas() {
    let site = Site::new();
    let (_, other) = ca("CN=Other CA,O=Example,C=CN");
    let id = CertId::new(other.name(), other.public_key().owned_to_ref(), 7u8.into()).unwrap();
    let answer = |status| {
        let draft = site.draft().certificate(site.delegated(|_| ()));
        let draft = draft.response(SingleResponse::new(id.clone(), status, now()));
        site.judged(&sign(draft, &site.key), now())
    };
    assert!(answer(CertStatus::Unknown).is_ok());
    assert!(matches!(
        answer(CertStatus::Good),
        Err(Error::Invalid {
            clause: "RFC 6960, 4.2.2.2",
            ..
        })
    ));
}

#[test]
fn one_key_under_two_names_is_two_cas() {
    let site = Site::new();
    let validity = *site.ca.validity().unwrap();
    let algorithm = site.ca.algorithm().clone();
    let key = site.ca.public_key().clone();
    let twin = Issuer::new("CN=Twin,C=CN".parse().unwrap(), key, algorithm, validity);
    let sm2 = Sm2Sm3::default();
    let delegated = site.delegated(|_| ());
    assert!(matches!(
        AuthorisedResponder::delegated(&twin, &delegated, now(), &[&sm2]),
        Err(Error::Invalid {
            clause: "RFC 6960, 4.2.2.2",
            ..
        })
    ));
    let single = SingleResponse::new(site.id(7), CertStatus::Good, now());
    let spki = site.ca.public_key().owned_to_ref();
    let draft = OcspDraft::new(spki, site.ca.algorithm().clone(), now()).response(single);
    let der = sign(draft, &site.ca_key);
    for (ca, good) in [(&site.ca, true), (&twin, false)] {
        let answer = OcspResponse::from_der(&der).unwrap();
        let verified = answer.verify_by(&AuthorisedResponder::ca(ca), &[&sm2]);
        assert_eq!(verified.is_ok(), good);
    }
}

#[test]
fn of_several_certificates_the_one_that_is_good_counts_and_few_are_tried() {
    let site = Site::new();
    let bad = site.delegated(|tbs| replace(tbs, OCSP_SIGNING, &[5, 5, 7, 3, 8]));
    let stranger = {
        let (_, spki) = key();
        let request = CertRequest::new("CN=Stranger,C=CN".parse().unwrap(), spki);
        certificate("ocsp-responder", &site.ca, &site.ca_key, &request, |_| ())
    };
    let answer = |bad_ones: usize| {
        let draft = site.draft().certificate(stranger.clone());
        let bad_ones = vec![bad.clone(); bad_ones].into_iter();
        let draft = bad_ones.fold(draft, OcspDraft::certificate);
        let draft = draft.certificate(site.delegated(|_| ()));
        site.judged(&sign(draft, &site.key), now())
    };
    assert!(answer(OcspResponse::MAX_CANDIDATES - 1).is_ok());
    assert!(matches!(
        answer(OcspResponse::MAX_CANDIDATES),
        Err(Error::Invalid { .. })
    ));
}
