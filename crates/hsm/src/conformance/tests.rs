use super::*;
use crate::{
    Certificates, Decryption, DecryptionKey, Envelop, KeyHandle, KeyUse, Password, Random,
    SoftToken, Unwrap,
};
use der::{Document, asn1::BitString};
use gm_crypto::{
    pki::KeyFileParameters,
    sm2::{Ciphertext, EnvelopedKey, PublicKey},
};
use spki::AlgorithmIdentifierOwned;
use tempfile::TempDir;
use zeroize::Zeroizing;

fn soft() -> (TempDir, SoftToken) {
    let directory = tempfile::tempdir().unwrap();
    let token = SoftToken::open(directory.path(), Password::new("secret").unwrap()).unwrap();
    let mut few = KeyFileParameters::default();
    few.iterations = 1_000;
    (directory, token.with_parameters(few))
}

fn fixture() -> Fixture {
    Fixture::with_prefix("conformance").unwrap()
}

#[test]
fn a_directory_of_key_files_keeps_all_promises() {
    let (_directory, token) = soft();
    let report = examine(&token, fixture());
    println!("{report}");
    assert_eq!(report.failures().count(), 0);
    // All but the kinds of keys that it does not make.
    let not_offered = report.checks().len() - report.passed().count();
    assert_eq!((report.passed().count(), not_offered), (16, 3));
}

#[test]
fn keys_that_are_there_do_for_a_token_that_makes_none() {
    let (_directory, token) = soft();
    let [signing, encryption] = ["one", "other"].map(|label| KeyLabel::new(label).unwrap());
    token.generate(&signing, KeyAlgorithm::Sm2).unwrap();
    let fixed = Faulty::of(token, Fault::MakesNothing);
    let none = examine(&fixed, fixture());
    assert_eq!(none.failures().count(), 0, "{none}");

    fixed.0.generate_decryption_key(&encryption).unwrap();
    let fixture = fixture()
        .with_signing_key(signing, KeyAlgorithm::Sm2)
        .with_decryption_key(encryption);
    let report = examine(&fixed, fixture);
    assert_eq!(report.failures().count(), 0, "{report}");
    assert!(report.passed().count() > none.passed().count() + 4);
}

/// Ways to break a promise.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Fault {
    /// None: it makes no keys, and says so.
    MakesNothing,
    WrongErrorForAbsent,
    MakesAnotherKey,
    OneSignatureForAll,
    NamesAnotherAlgorithm,
    HalfASignature,
    LabelTakenTwice,
    UnsortedLabels,
    OpensAnything,
    OpensWrongly,
    EnvelopsAnother,
    UnwrapsNothing,
    UnwrapsTwice,
    PadsCertificates,
    WritesBesideNothing,
    ConstantRandom,
    BlanksInItsName,
}

/// Promises that are broken, by the beginnings of the checks' names.
const BROKEN: &[(Fault, &[&str])] = &[
    (
        Fault::WrongErrorForAbsent,
        &["an absent key", "an encryption key is made"],
    ),
    (
        Fault::MakesAnotherKey,
        &[
            "a key is made",
            "a key comes in",
            "of two callers",
            "a label",
        ],
    ),
    (Fault::OneSignatureForAll, &["signatures", "threads"]),
    (
        Fault::NamesAnotherAlgorithm,
        &["a key is made", "signatures", "threads"],
    ),
    (Fault::HalfASignature, &["signatures", "threads"]),
    (Fault::LabelTakenTwice, &["a label", "of two callers"]),
    (Fault::UnsortedLabels, &["labels"]),
    (
        Fault::OpensAnything,
        &["what was encrypted", "a key comes in"],
    ),
    (
        Fault::OpensWrongly,
        &["what was encrypted", "a key comes in"],
    ),
    (Fault::EnvelopsAnother, &["a key goes out"]),
    (Fault::UnwrapsNothing, &["a key comes in"]),
    (Fault::UnwrapsTwice, &["a key comes in"]),
    (Fault::PadsCertificates, &["a certificate"]),
    (Fault::WritesBesideNothing, &["a certificate"]),
    (Fault::ConstantRandom, &["random"]),
    (Fault::BlanksInItsName, &["description"]),
];

#[test]
fn each_broken_promise_is_found_and_no_other() {
    for (fault, broken) in BROKEN {
        let (_directory, token) = soft();
        let fixture = fixture().with_algorithms(vec![KeyAlgorithm::Sm2]);
        let report = examine(&Faulty::of(token, *fault), fixture);
        let failures: Vec<_> = report.failures().collect();
        assert!(!failures.is_empty(), "{fault:?} is not found: {report}");
        for failure in failures {
            assert!(
                broken.iter().any(|name| failure.name.starts_with(name)),
                "{fault:?}: {failure}"
            );
        }
    }
}

#[derive(Debug)]
struct Faulty(SoftToken, Fault);

#[derive(Debug)]
struct FaultyKey<K: ?Sized>(Fault, Box<K>);

impl Faulty {
    fn of(token: SoftToken, fault: Fault) -> Self {
        Self(token, fault)
    }

    fn has(&self, fault: Fault) -> bool {
        self.1 == fault
    }

    fn signing(&self, key: Box<dyn KeyHandle>) -> Box<dyn KeyHandle> {
        Box::new(FaultyKey(self.1, key))
    }

    fn cannot(&self) -> Result<(), Error> {
        if self.has(Fault::MakesNothing) {
            return Err(Error::Unsupported {
                what: "way to make keys",
                interface: "this token",
            });
        }
        Ok(())
    }
}

impl KeyHandle for FaultyKey<dyn KeyHandle> {
    fn public_key(&self) -> &Document {
        self.1.public_key()
    }

    fn algorithm(&self) -> AlgorithmIdentifierOwned {
        match self.0 {
            Fault::NamesAnotherAlgorithm => KeyAlgorithm::P256.signature_algorithm(),
            _ => self.1.algorithm(),
        }
    }

    fn sign(&self, message: &[u8]) -> Result<BitString, Error> {
        let signature = self.1.sign(message)?;
        Ok(match self.0 {
            Fault::OneSignatureForAll => self.1.sign(b"")?,
            Fault::HalfASignature => BitString::from_bytes(&signature.raw_bytes()[..40]).unwrap(),
            _ => signature,
        })
    }
}

impl DecryptionKey for FaultyKey<dyn DecryptionKey> {
    fn public_key(&self) -> &Document {
        self.1.public_key()
    }

    fn decrypt(&self, ciphertext: &Ciphertext) -> Result<Zeroizing<Vec<u8>>, Error> {
        let mut opened = self.1.decrypt(ciphertext);
        match (&mut opened, self.0) {
            (Ok(message), Fault::OpensWrongly) => message.push(0),
            (Err(_), Fault::OpensAnything) => return Ok(Zeroizing::new(vec![0])),
            _ => {}
        }
        opened
    }
}

impl Token for Faulty {
    fn key(&self, label: &KeyLabel) -> Result<Box<dyn KeyHandle>, Error> {
        match self.0.key(label) {
            Ok(key) => Ok(self.signing(key)),
            Err(_) if self.has(Fault::WrongErrorForAbsent) => Err(Error::PinMissing),
            Err(error) => Err(error),
        }
    }

    fn generate(
        &self,
        label: &KeyLabel,
        algorithm: KeyAlgorithm,
    ) -> Result<Box<dyn KeyHandle>, Error> {
        self.cannot()?;
        if self.has(Fault::LabelTakenTwice) && self.0.key(label).is_ok() {
            return self.key(label);
        }
        let made = self.0.generate(label, algorithm)?;
        if self.has(Fault::MakesAnotherKey) {
            return Ok(self.signing(Box::new(crate::SoftKey::generate()?)));
        }
        Ok(self.signing(made))
    }

    fn labels(&self) -> Result<Vec<KeyLabel>, Error> {
        let mut labels = self.0.labels()?;
        if self.has(Fault::UnsortedLabels) {
            labels.reverse();
        }
        Ok(labels)
    }

    fn description(&self) -> Result<Description, Error> {
        let mut description = self.0.description()?;
        if self.has(Fault::BlanksInItsName) {
            description.label.push(' ');
        }
        Ok(description)
    }

    fn as_decryption(&self) -> Option<&dyn Decryption> {
        Some(self)
    }

    fn as_envelop(&self) -> Option<&dyn Envelop> {
        Some(self)
    }

    fn as_unwrap(&self) -> Option<&dyn Unwrap> {
        Some(self)
    }

    fn as_certificates(&self) -> Option<&dyn Certificates> {
        Some(self)
    }

    fn as_random(&self) -> Option<&dyn Random> {
        Some(self)
    }
}

impl Decryption for Faulty {
    fn decryption_key(&self, label: &KeyLabel) -> Result<Box<dyn DecryptionKey>, Error> {
        let key = self.0.decryption_key(label)?;
        Ok(Box::new(FaultyKey(self.1, key)))
    }

    fn generate_decryption_key(&self, label: &KeyLabel) -> Result<Box<dyn DecryptionKey>, Error> {
        self.cannot()?;
        let key = self.0.generate_decryption_key(label)?;
        Ok(Box::new(FaultyKey(self.1, key)))
    }
}

impl Envelop for Faulty {
    fn envelop(&self, label: &KeyLabel, recipient: &PublicKey) -> Result<EnvelopedKey, Error> {
        let another = self.0.labels()?;
        match another.first() {
            Some(another) if self.has(Fault::EnvelopsAnother) => self.0.envelop(another, recipient),
            _ => self.0.envelop(label, recipient),
        }
    }
}

impl Unwrap for Faulty {
    fn unwrap_key(&self, label: &KeyLabel, envelope: &EnvelopedKey) -> Result<(), Error> {
        match self.0.unwrap_key(label, envelope) {
            Err(Error::KeyExists { .. }) if self.has(Fault::UnwrapsTwice) => Ok(()),
            Err(Error::Crypto { .. }) if self.has(Fault::UnwrapsNothing) => Ok(()),
            result => result,
        }
    }
}

impl Certificates for Faulty {
    fn certificate(&self, label: &KeyLabel, key_use: KeyUse) -> Result<Option<Vec<u8>>, Error> {
        let mut certificate = self.0.certificate(label, key_use)?;
        if let (Some(octets), Fault::PadsCertificates) = (&mut certificate, self.1) {
            octets.push(0);
        }
        Ok(certificate)
    }

    fn write_certificate(
        &self,
        label: &KeyLabel,
        key_use: KeyUse,
        certificate: &[u8],
    ) -> Result<(), Error> {
        match self.0.write_certificate(label, key_use, certificate) {
            Err(Error::NoSuchKey { .. }) if self.has(Fault::WritesBesideNothing) => Ok(()),
            result => result,
        }
    }
}

impl Random for Faulty {
    fn fill_random(&self, octets: &mut [u8]) -> Result<(), Error> {
        if self.has(Fault::ConstantRandom) {
            octets.fill(0xa5);
            return Ok(());
        }
        self.0.fill_random(octets)
    }
}
