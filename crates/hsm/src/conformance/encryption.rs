//! Keys that decrypt, and keys that travel wrapped.

use super::{Examination, Miss, ensure, instead, signing::spki};
use crate::{DecryptionKey, Error, KeyAlgorithm, KeyLabel};
use getrandom::SysRng;
use gm_crypto::sm2::{Ciphertext, EnvelopedKey, PublicKey, SecretKey};

/// Lengths of messages: one octet, around a block of the key derivation, several of them.
const LENGTHS: [usize; 5] = [1, 31, 32, 33, 100];

impl Examination<'_> {
    pub(super) fn decryption_keys(&mut self) {
        self.check("an absent encryption key is named as such", "", |it| {
            let decryption = it.token.as_decryption().ok_or_else(Miss::no_power)?;
            let absent = it.free_label()?;
            let found = decryption.decryption_key(&absent);
            let so = matches!(&found, Err(Error::NoSuchKey { label }) if *label == absent);
            ensure(so, instead(found))
        });
        self.check("an encryption key is made and found again", "", |it| {
            let decryption = it.token.as_decryption().ok_or_else(Miss::no_power)?;
            let label = it.free_label()?;
            let made = decryption.generate_decryption_key(&label)?;
            it.decryption = Some(label.clone());
            ensure(
                decryption.decryption_key(&label)?.public_key() == made.public_key(),
                "what is found has another public half",
            )?;
            let again = decryption.generate_decryption_key(&label);
            let so = matches!(&again, Err(Error::KeyExists { label: its }) if *its == label);
            ensure(so, format!("made twice, {}", instead(again)))?;
            let signing = it.token.key(&label);
            let so = matches!(signing, Err(Error::NoSuchKey { .. }));
            ensure(
                so,
                format!("asked for a signing key there, {}", instead(signing)),
            )?;
            ensure(
                !it.token.labels()?.contains(&label),
                "its label is among those of signing keys",
            )
        });
        self.check(
            "what was encrypted is decrypted, what was changed is not",
            "",
            |it| {
                let decryption = it.token.as_decryption().ok_or_else(Miss::no_power)?;
                let label = it.decryption.clone();
                let label = label.ok_or_else(|| Miss::not_offered("there is no encryption key"))?;
                decrypts(&*decryption.decryption_key(&label)?)
            },
        );
    }

    pub(super) fn enveloped_keys(&mut self) {
        self.check("a key goes out wrapped for its owner", "", |it| {
            let envelop = it.token.as_envelop().ok_or_else(Miss::no_power)?;
            let decryption = it.token.as_decryption();
            let (label, expected) = match (decryption, it.decryption.clone()) {
                (Some(decryption), Some(label)) => {
                    let key = decryption.decryption_key(&label)?;
                    (label, public(&*key)?)
                }
                _ => return Err(Miss::not_offered("there is no encryption key")),
            };
            let owner = secret()?;
            let envelope = envelop.envelop(&label, &owner.public_key())?;
            let inside = envelope.open(&owner);
            let inside = inside.map_err(|_| Miss::Failed("its owner cannot open it".into()))?;
            ensure(
                inside.public_key() == expected,
                "there is another key in it",
            )?;
            let absent = it.free_label()?;
            let none = envelop.envelop(&absent, &owner.public_key());
            let so = matches!(none, Err(Error::NoSuchKey { .. }));
            ensure(so, format!("asked for an absent key, {}", instead(none)))
        });
        self.check(
            "a key comes in wrapped for the signing key",
            "",
            Self::unwraps,
        );
    }

    fn unwraps(&mut self) -> Result<(), Miss> {
        let unwrap = self.token.as_unwrap().ok_or_else(Miss::no_power)?;
        let inside = secret()?;
        let absent = self.free_label()?;
        let none = unwrap.unwrap_key(&absent, &seal(&inside.public_key(), &inside)?);
        let so = matches!(none, Err(Error::NoSuchKey { .. }));
        ensure(so, format!("without a signing key, {}", instead(none)))?;

        let label = self.free_label()?;
        let signing = self.token.generate(&label, KeyAlgorithm::Sm2)?;
        let recipient = PublicKey::try_from(spki(signing.public_key())?);
        let recipient = recipient.map_err(|_| Miss::Failed("its key is no SM2 key".into()))?;
        let stranger = seal(&secret()?.public_key(), &inside)?;
        let refused = unwrap.unwrap_key(&label, &stranger);
        ensure(
            refused.is_err(),
            "it opens what was wrapped for another key",
        )?;
        self.keeps_none(&label)?;

        unwrap.unwrap_key(&label, &seal(&recipient, &inside)?)?;
        if let Some(decryption) = self.token.as_decryption() {
            let key = decryption.decryption_key(&label)?;
            ensure(
                public(&*key)? == inside.public_key(),
                "it keeps another key",
            )?;
            decrypts(&*key)?;
        }
        let again = unwrap.unwrap_key(&label, &seal(&recipient, &secret()?)?);
        let so = matches!(again, Err(Error::KeyExists { .. }));
        ensure(so, format!("taken in twice, {}", instead(again)))?;
        ensure(
            self.token.key(&label)?.public_key() == signing.public_key(),
            "the signing key is another one now",
        )
    }

    fn keeps_none(&self, label: &KeyLabel) -> Result<(), Miss> {
        let Some(decryption) = self.token.as_decryption() else {
            return Ok(());
        };
        let key = decryption.decryption_key(label);
        let so = matches!(key, Err(Error::NoSuchKey { .. }));
        ensure(so, format!("something is left of it: {}", instead(key)))
    }
}

fn secret() -> Result<SecretKey, Error> {
    SecretKey::generate(&mut SysRng).map_err(|source| Error::Crypto { source })
}

fn seal(recipient: &PublicKey, inside: &SecretKey) -> Result<EnvelopedKey, Error> {
    EnvelopedKey::seal(&mut SysRng, recipient, inside).map_err(|source| Error::Crypto { source })
}

fn public(key: &dyn DecryptionKey) -> Result<PublicKey, Miss> {
    let key = PublicKey::try_from(spki(key.public_key())?);
    key.map_err(|_| Miss::Failed("its public half is no SM2 key".into()))
}

fn decrypts(key: &dyn DecryptionKey) -> Result<(), Miss> {
    let public = public(key)?;
    let encrypt = |key: &PublicKey, message: &[u8]| {
        let ciphertext = key.encrypt(&mut SysRng, message);
        ciphertext.map_err(|source| Error::Crypto { source })
    };
    for length in LENGTHS {
        let message = vec![0x5a; length];
        let ciphertext = encrypt(&public, &message)?;
        ensure(
            *key.decrypt(&ciphertext)? == message,
            format!("of {length} octets others came back"),
        )?;
        // C3 and C2; another C1 would not be on the curve.
        let octets = ciphertext.to_c1c3c2();
        for place in [PublicKey::LENGTH, octets.len() - 1] {
            let mut changed = octets.clone();
            changed[place] ^= 1;
            let changed = Ciphertext::from_c1c3c2(&changed);
            let changed = changed.map_err(|source| Error::Crypto { source })?;
            refuses(key, &changed, "a changed ciphertext")?;
        }
    }
    let foreign = encrypt(&secret()?.public_key(), b"for another")?;
    refuses(key, &foreign, "a ciphertext for another key")
}

fn refuses(key: &dyn DecryptionKey, ciphertext: &Ciphertext, what: &str) -> Result<(), Miss> {
    let opened = key.decrypt(ciphertext);
    let so = matches!(opened, Err(Error::Crypto { .. }));
    ensure(so, format!("given {what}, {}", instead(opened)))
}
