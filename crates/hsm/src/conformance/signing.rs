//! Labels, keys that sign, and their signatures.

use super::{Examination, Miss, ensure, instead};
use crate::{Error, KeyAlgorithm, KeyHandle, KeyLabel, Token};
use der::{Decode, Document, Sequence, asn1::UintRef};
use gm_crypto::pki::{Ecdsa, RsaPkcs1, Sm2Sm3, VerifyAlgorithm};
use spki::{AlgorithmIdentifierRef, SubjectPublicKeyInfoRef};
use std::thread;

/// Lengths of messages: none, less and more than a block of a hash, more than one call of
/// a card takes.
const LENGTHS: [usize; 5] = [0, 1, 55, 64, 100_003];

impl Examination<'_> {
    pub(super) fn signing_keys(&mut self) {
        self.check("an absent key is named as such", "", |it| {
            let absent = it.free_label()?;
            let found = it.token.key(&absent);
            let so = matches!(&found, Err(Error::NoSuchKey { label }) if *label == absent);
            ensure(so, instead(found))
        });
        for algorithm in self.algorithms.clone() {
            self.check("a key is made and found again", algorithm, |it| {
                it.generate(algorithm)
            });
        }
        for (label, algorithm) in self.signing.clone() {
            self.check("signatures verify and differ", algorithm, |it| {
                signs(&*it.token.key(&label)?, algorithm)
            });
            self.check("threads sign at once", algorithm, |it| {
                signs_in_parallel(it.token, &label, algorithm)
            });
        }
        self.check("a label is taken once", "", |it| {
            let Some((label, algorithm)) = it.signing.first().cloned() else {
                return Err(Miss::not_offered("there is no signing key"));
            };
            let before = it.token.key(&label)?.public_key().clone();
            let again = it.token.generate(&label, algorithm);
            if let Err(error @ Error::Unsupported { .. }) = again {
                return Err(error.into());
            }
            let so = matches!(&again, Err(Error::KeyExists { label: its }) if *its == label);
            ensure(so, instead(again))?;
            ensure(
                *it.token.key(&label)?.public_key() == before,
                "another key lies under the label",
            )
        });
        self.check("of two callers one gets the label", "", |it| {
            let Some(&(_, algorithm)) = it.signing.first() else {
                return Err(Miss::not_offered("there is no signing key"));
            };
            let label = it.free_label()?;
            one_of_two(it.token, &label, algorithm)
        });
        self.check("labels are sorted and complete", "", |it| {
            let labels = it.token.labels()?;
            ensure(labels.is_sorted(), "they are not sorted")?;
            ensure(
                labels.windows(2).all(|pair| pair[0] != pair[1]),
                "one comes twice",
            )?;
            for (label, _) in &it.signing {
                ensure(labels.contains(label), format!("{label} is not among them"))?;
            }
            Ok(())
        });
    }

    fn generate(&mut self, algorithm: KeyAlgorithm) -> Result<(), Miss> {
        let label = self.free_label()?;
        let made = self.token.generate(&label, algorithm)?;
        is_of(&*made, algorithm)?;
        self.signing.push((label.clone(), algorithm));
        let found = self.token.key(&label)?;
        is_of(&*found, algorithm)?;
        ensure(
            found.public_key() == made.public_key(),
            "what is found has another public half",
        )
    }
}

#[derive(Sequence)]
struct RsaKey<'a> {
    modulus: UintRef<'a>,
    exponent: UintRef<'a>,
}

/// Whether a key is what it was made as.
fn is_of(key: &dyn KeyHandle, algorithm: KeyAlgorithm) -> Result<(), Miss> {
    let named = key.algorithm();
    ensure(
        named == algorithm.signature_algorithm(),
        format!("it says that it signs with {}", named.oid),
    )?;
    let spki = spki(key.public_key())?;
    ensure(
        verifier(algorithm)?.accepts(AlgorithmIdentifierRef::from(&named), spki.algorithm),
        "its public half is of another kind",
    )?;
    if let KeyAlgorithm::Rsa { bits } = algorithm {
        let octets = spki.subject_public_key.raw_bytes();
        let key = RsaKey::from_der(octets).map_err(unreadable)?;
        let found = 8 * key.modulus.as_bytes().len();
        ensure(
            found == usize::from(bits),
            format!(
                "its modulus has {found} bits, its exponent is {:?}",
                key.exponent
            ),
        )?;
    }
    Ok(())
}

pub(super) fn spki(document: &Document) -> Result<SubjectPublicKeyInfoRef<'_>, Miss> {
    document.decode_msg().map_err(unreadable)
}

fn unreadable(error: der::Error) -> Miss {
    Miss::Failed(format!("what it gave cannot be read: {error}"))
}

fn verifier(algorithm: KeyAlgorithm) -> Result<Box<dyn VerifyAlgorithm>, Miss> {
    Ok(match algorithm {
        KeyAlgorithm::Sm2 => Box::new(Sm2Sm3::default()),
        KeyAlgorithm::P256 => Box::new(Ecdsa::P256_SHA256),
        KeyAlgorithm::P384 => Box::new(Ecdsa::P384_SHA384),
        KeyAlgorithm::Rsa { .. } => Box::new(RsaPkcs1::SHA256),
    })
}

fn signs(key: &dyn KeyHandle, algorithm: KeyAlgorithm) -> Result<(), Miss> {
    is_of(key, algorithm)?;
    let mut seen = Vec::new();
    for length in LENGTHS {
        let message: Vec<u8> = (0..=u8::MAX).cycle().take(length).collect();
        let one = verified(key, algorithm, &message)?;
        let other = verified(key, algorithm, &message)?;
        match algorithm {
            KeyAlgorithm::Sm2 => ensure(
                one != other,
                "two signatures over one message are the same: k is not random",
            )?,
            // Here k may come from key and message (RFC 6979), and gives r alone.
            KeyAlgorithm::P256 | KeyAlgorithm::P384 => {
                let signature = EcdsaValue::from_der(&one).map_err(unreadable)?;
                let r = signature.r.as_bytes().to_vec();
                ensure(
                    !seen.contains(&r),
                    "signatures over two messages have one r: k is repeated and the key lost",
                )?;
                seen.push(r);
            }
            // PKCS#1's padding of version 1.5 draws nothing.
            KeyAlgorithm::Rsa { .. } => {}
        }
    }
    Ok(())
}

/// `Ecdsa-Sig-Value` (RFC 3279, 2.2.3).
#[derive(Sequence)]
struct EcdsaValue<'a> {
    r: UintRef<'a>,
    s: UintRef<'a>,
}

/// A signature that verifies over the message, and over no other.
fn verified(key: &dyn KeyHandle, algorithm: KeyAlgorithm, message: &[u8]) -> Result<Vec<u8>, Miss> {
    let signature = key.sign(message)?;
    let octets = signature
        .as_bytes()
        .ok_or_else(|| Miss::Failed("a signature has unused bits".into()))?;
    let verifies = |message: &[u8]| -> Result<bool, Miss> {
        let spki = spki(key.public_key())?;
        Ok(verifier(algorithm)?.verify(spki, message, octets).is_ok())
    };
    let length = message.len();
    ensure(
        verifies(message)?,
        format!("a signature over {length} octets does not verify"),
    )?;
    ensure(
        !verifies(&[message, b"!"].concat())?,
        format!("a signature over {length} octets verifies over another message"),
    )?;
    Ok(octets.to_vec())
}

fn signs_in_parallel(
    token: &dyn Token,
    label: &KeyLabel,
    algorithm: KeyAlgorithm,
) -> Result<(), Miss> {
    let key = token.key(label)?;
    thread::scope(|scope| {
        let threads = [(); 4].map(|()| {
            scope.spawn(|| {
                for number in 0..8_u8 {
                    verified(&*key, algorithm, &[number])?;
                }
                Ok(())
            })
        });
        threads.into_iter().try_for_each(|thread| {
            let panicked = || Err(Miss::Failed("a thread panicked".into()));
            thread.join().unwrap_or_else(|_| panicked())
        })
    })
}

fn one_of_two(token: &dyn Token, label: &KeyLabel, algorithm: KeyAlgorithm) -> Result<(), Miss> {
    let made = thread::scope(|scope| {
        let threads = [(); 2].map(|()| scope.spawn(|| token.generate(label, algorithm)));
        threads.map(|thread| thread.join().ok())
    });
    let (mut keys, mut refused) = (Vec::new(), 0);
    for result in made {
        match result {
            Some(Ok(key)) => keys.push(key),
            Some(Err(Error::KeyExists { .. })) => refused += 1,
            Some(Err(error)) => return Err(error.into()),
            None => return Err(Miss::Failed("a thread panicked".into())),
        }
    }
    ensure(
        keys.len() == 1 && refused == 1,
        format!("{} got a key, {refused} were refused", keys.len()),
    )?;
    ensure(
        token.key(label)?.public_key() == keys[0].public_key(),
        "another key lies under the label",
    )
}
