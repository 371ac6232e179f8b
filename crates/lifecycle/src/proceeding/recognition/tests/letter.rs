//! A letter's signature.

use super::*;
use cert_profile::{CertRequest, Issuer, Profile};
use gm_crypto::{
    message::{SignedMessage, Signer},
    sm2::SIGNATURE_OID,
};
use hsm::{KeyHandle, SoftKey};
use spki::AlgorithmIdentifierOwned;

/// Somebody with a certificate.
pub(super) struct Owner {
    key: SoftKey,
    pub(super) certificate: Vec<u8>,
}

impl Owner {
    /// A root.
    pub(super) fn root() -> Self {
        let request = |key| CertRequest::new("CN=Root,O=Example,C=CN".parse().unwrap(), key);
        let algorithm = AlgorithmIdentifierOwned {
            oid: SIGNATURE_OID,
            parameters: None,
        };
        let key = SoftKey::generate().unwrap();
        let request = request(key.public_key().decode_msg().unwrap());
        let itself = Issuer::self_signed(&request, algorithm);
        let certificate = certify("root-ca", (&key, &itself), &request);
        Self { key, certificate }
    }

    /// An office whose letters count.
    fn office() -> Self {
        let root = Self::root();
        let key = SoftKey::generate().unwrap();
        let own = key.public_key().decode_msg().unwrap();
        let request = CertRequest::new("CN=Office,O=Example,C=CN".parse().unwrap(), own);
        let issuer = Issuer::from_certificate(&root.certificate).unwrap();
        let certificate = certify("log-signer", (&root.key, &issuer), &request);
        Self { key, certificate }
    }

    fn signs(&self, message: SignedMessage) -> Vec<u8> {
        let signer = Signer::new(&self.certificate).unwrap();
        let draft = message.prepare(vec![signer]).unwrap();
        let signature = self.key.sign(draft.tbs()).unwrap();
        draft.attach(&signature).unwrap()
    }

    fn read(&self, message: &[u8], content: Option<&[u8]>) -> Result<Letter, LetterFault> {
        Letter::read(message, content, &self.certificate, at("2026-03-02"))
    }
}

fn certify(profile: &str, (key, issuer): (&SoftKey, &Issuer), request: &CertRequest) -> Vec<u8> {
    let profile = Profile::shipped(profile).unwrap();
    let prepared = profile.prepare(issuer, request, &1u8.into(), at("2026-01-01"));
    let prepared = prepared.unwrap();
    let signature = key.sign(prepared.tbs()).unwrap();
    prepared.attach(&signature).unwrap()
}

// proves: S4-06
#[test]
fn a_letter_is_signed_by_the_one_who_should_sign_it() {
    let (office, other) = (Owner::office(), Owner::office());
    let text = b"approved".as_slice();
    let attached = office.signs(SignedMessage::new(text));
    let letter = office.read(&attached, None).unwrap();
    let sm3 = gm_crypto::sm3::digest;
    assert_eq!(letter.message(), sm3(&attached));
    assert_eq!(letter.content(), sm3(text));
    assert_eq!(letter.signer(), sm3(&office.certificate));
    let detached = office.signs(SignedMessage::new(text).detached());
    assert_eq!(
        office.read(&detached, Some(text)).unwrap().content(),
        sm3(text)
    );
    // An acknowledgement signs the notice itself.
    let answer = other.signs(SignedMessage::new(attached.clone()).detached());
    let answer = other.read(&answer, Some(&attached)).unwrap();
    assert_eq!(answer.content(), letter.message());

    let not_signed = |read: Result<Letter, LetterFault>| {
        assert!(matches!(read, Err(LetterFault::NotSigned(_))), "{read:?}");
    };
    not_signed(other.read(&attached, None));
    not_signed(office.read(&detached, None));
    not_signed(office.read(&detached, Some(b"refused")));
    not_signed(office.read(b"", None));
    let at = attached.windows(text.len()).position(|part| part == text);
    let mut changed = attached.clone();
    changed[at.unwrap()] ^= 1;
    not_signed(office.read(&changed, None));
    // What stands inside is what was signed, whatever is said beside it.
    let read = office.read(&attached, Some(b"other")).unwrap();
    assert_eq!(read.content(), sm3(text));
}

// proves: S4-06
#[test]
fn the_signer_of_a_letter_has_a_certificate_that_holds_and_is_for_signatures() {
    let office = Owner::office();
    let message = office.signs(SignedMessage::new(b"approved".as_slice()));
    let read = |day: &str| Letter::read(&message, None, &office.certificate, at(day));
    assert!(read("2026-03-02").is_ok());
    for day in ["2025-12-31", "2099-01-01"] {
        assert!(
            matches!(read(day), Err(LetterFault::NotValid { .. })),
            "{day}"
        );
    }
    let Err(LetterFault::NotValid { from, until }) = read("2099-01-01") else {
        panic!();
    };
    for time in [from, until] {
        let read = Letter::read(&message, None, &office.certificate, time);
        assert!(read.is_ok(), "{time}");
    }
    let root = Owner::root();
    let by_root = root.signs(SignedMessage::new(b"approved".as_slice()));
    let read = root.read(&by_root, None);
    assert!(
        matches!(read, Err(LetterFault::NotForSignatures)),
        "{read:?}"
    );
    let unread = Letter::read(&message, None, b"no certificate", at("2026-03-02"));
    assert!(matches!(unread, Err(LetterFault::Certificate(_))));
}
