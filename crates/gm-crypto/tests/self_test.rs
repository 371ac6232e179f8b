//! The error state, each time in a process of its own: this program runs itself with
//! `GM_CRYPTO_FAIL`, which debug builds read.

#![cfg(all(debug_assertions, feature = "std"))]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "also functions around tests are tests"
)]

use getrandom::SysRng;
use gm_crypto::{
    Error,
    self_test::{in_error_state, known_answers, self_test},
    sm2::{
        Ciphertext, EnvelopedKey, PreparedVerifyingKey, SecretKey, SigningKey, TableSize, UserId,
        exchange::{Initiator, Responder},
    },
    sm3::{
        self, HkdfSm3, HmacSm3, Sm3,
        digest::{Digest, Mac},
    },
    sm4::{
        CbcDecryptor, CbcEncryptor, Ccm, Ctr, EcbEncryptor, Gcm, Ofb, Sm4, Xts,
        aead::Aead,
        cipher::{
            BlockCipherDecrypt, BlockCipherEncrypt, BlockModeDecrypt, BlockModeEncrypt, KeyInit,
            KeyIvInit, StreamCipher,
        },
    },
};
use signature::{Signer, Verifier};
use std::{
    env,
    panic::{AssertUnwindSafe, catch_unwind},
    process::Command,
};

/// Runs the test `name` of this program with one self-test broken.
fn run_with(broken: &str, name: &str) {
    let output = Command::new(env::current_exe().unwrap())
        .args(["--exact", name, "--ignored", "--nocapture"])
        .env("GM_CRYPTO_FAIL", broken)
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && text.contains("1 passed"),
        "{broken}: {text}{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

#[test]
fn every_known_answer_that_comes_out_wrong_stops_the_process_from_giving_anything_out() {
    for name in known_answers() {
        run_with(name, "nothing_comes_out_after_a_failed_known_answer");
    }
}

#[test]
fn a_key_whose_halves_do_not_fit_does_the_same() {
    run_with("pairwise", "nothing_comes_out_after_a_failed_pair");
}

#[test]
fn a_name_that_is_no_test_breaks_nothing() {
    run_with("nothing", "everything_works_where_all_is_right");
    self_test().unwrap();
    assert!(!in_error_state());
}

#[test]
#[ignore = "run by the tests above, in a process of its own"]
fn everything_works_where_all_is_right() {
    let made = Made::new();
    self_test().unwrap();
    SecretKey::generate_checked(&mut SysRng).unwrap();
    assert!(!in_error_state());
    for (name, result) in made.outputs() {
        assert!(result.is_ok(), "{name}");
    }
    for (name, run) in made.panicking() {
        assert!(catch_unwind(AssertUnwindSafe(run)).is_ok(), "{name}");
    }
}

#[test]
#[ignore = "run by the tests above, in a process of its own"]
fn nothing_comes_out_after_a_failed_known_answer() {
    let made = Made::new();
    assert!(matches!(self_test(), Err(Error::SelfTest)));
    made.must_be_silent();
    assert!(matches!(self_test(), Err(Error::SelfTest)), "for good");
}

#[test]
#[ignore = "run by the tests above, in a process of its own"]
fn nothing_comes_out_after_a_failed_pair() {
    let made = Made::new();
    self_test().unwrap();
    SecretKey::generate(&mut SysRng).unwrap();
    let generated = SecretKey::generate_checked(&mut SysRng);
    assert!(matches!(generated, Err(Error::SelfTest)));
    made.must_be_silent();
}

/// What becomes of an answer that nobody should have got.
fn nothing<T>(answer: T) {
    std::hint::black_box(&answer);
}

/// What a program may have made before a self-test failed.
struct Made {
    key: SigningKey,
    prepared: PreparedVerifyingKey,
    signature: gm_crypto::sm2::DerSignature,
    ciphertext: Ciphertext,
    envelope: EnvelopedKey,
    cipher: Sm4,
    gcm: Gcm,
    ccm: Ccm,
    xts: Xts,
}

type Outputs<'a> = Vec<(&'static str, Result<(), Option<Error>>)>;
type Panicking<'a> = Vec<(&'static str, Box<dyn FnOnce() + 'a>)>;

impl Made {
    fn new() -> Self {
        let secret = SecretKey::generate(&mut SysRng).unwrap();
        let public = secret.public_key();
        let key = SigningKey::new(secret.clone(), UserId::default());
        Self {
            prepared: PreparedVerifyingKey::new(key.verifying_key(), TableSize::Small),
            signature: key.sign(b"m"),
            ciphertext: public.encrypt(&mut SysRng, b"m").unwrap(),
            envelope: EnvelopedKey::seal(&mut SysRng, &public, &secret).unwrap(),
            cipher: Sm4::new(&[1; 16].into()),
            gcm: Gcm::new(&[1; 16].into()),
            ccm: Ccm::new(&[1; 16].into()),
            xts: Xts::gb(&[1; 32]),
            key,
        }
    }

    fn must_be_silent(&self) {
        assert!(in_error_state());
        for (name, result) in self.outputs() {
            match result {
                // Errors of other crates say nothing.
                Err(None | Some(Error::SelfTest)) => {}
                other => panic!("{name}: {other:?}"),
            }
        }
        std::panic::set_hook(Box::new(|_| {}));
        let silent: Vec<_> = self
            .panicking()
            .into_iter()
            .map(|(name, run)| (name, catch_unwind(AssertUnwindSafe(run))))
            .collect();
        drop(std::panic::take_hook());
        for (name, result) in silent {
            assert!(result.is_err(), "{name}");
        }
    }

    /// What refuses by a result.
    fn outputs(&self) -> Outputs<'_> {
        fn own<T>(result: gm_crypto::Result<T>) -> Result<(), Option<Error>> {
            result.map(drop).map_err(Some)
        }
        fn foreign<T, E>(result: Result<T, E>) -> Result<(), Option<Error>> {
            result.map(drop).map_err(|_| None)
        }
        let (secret, public) = (self.key.secret_key(), self.key.verifying_key().public_key());
        let mut unit = [0; 32];
        let mut list = vec![
            ("generate", own(SecretKey::generate(&mut SysRng))),
            ("batch", own(SecretKey::generate_batch(&mut SysRng, 2))),
            ("checked", own(SecretKey::generate_checked(&mut SysRng))),
            ("from_bytes", own(SecretKey::from_bytes(&[7; 32]))),
            ("digest", own(self.key.sign_digest(&[1; 32]))),
            (
                "hedged",
                own(self.key.sign_digest_hedged(&mut SysRng, &[1; 32])),
            ),
            (
                "digests",
                own(self.key.sign_digests(&mut SysRng, &[[1; 32]; 2])),
            ),
            ("encrypt", own(public.encrypt(&mut SysRng, b"m"))),
            ("decrypt", own(secret.decrypt(&self.ciphertext))),
            (
                "decrypt_any",
                own(secret.decrypt_any(&self.ciphertext.to_der())),
            ),
            ("seal", own(EnvelopedKey::seal(&mut SysRng, public, secret))),
            ("open", own(self.envelope.open(secret))),
            ("xts", own(self.xts.encrypt(&[0; 16], &mut unit))),
            ("exchange", own(Initiator::start(&mut SysRng, &self.key))),
            (
                "answer",
                own(Responder::answer(
                    &mut SysRng,
                    &self.key,
                    self.key.verifying_key(),
                    public,
                    16,
                )),
            ),
            ("gcm", foreign(self.gcm.encrypt(&[0; 12].into(), &b"m"[..]))),
            ("ccm", foreign(self.ccm.encrypt(&[0; 12].into(), &b"m"[..]))),
            (
                "gcm, back",
                if in_error_state() {
                    foreign(self.gcm.decrypt(&[0; 12].into(), &[0; 17][..]))
                } else {
                    Ok(())
                },
            ),
        ];
        #[cfg(feature = "pki")]
        {
            use gm_crypto::pki::{
                KeyFileParameters, encode_private_key_encrypted, encode_private_key_legacy_pem,
            };
            let rng = &mut SysRng;
            let file = KeyFileParameters::default();
            let pkcs8 = encode_private_key_encrypted(rng, secret, b"password", file);
            list.push(("pkcs8", own(pkcs8)));
            let pem = encode_private_key_legacy_pem(rng, secret, b"password");
            list.push(("legacy pem", own(pem)));
        }
        #[cfg(feature = "pkcs12")]
        {
            use gm_crypto::pki::pkcs12::{Pkcs12Draft, Pkcs12Parameters};
            let mut draft = Pkcs12Draft::new();
            if draft.add_key(secret.clone(), None).is_ok() {
                let file = draft.write(&mut SysRng, b"password", Pkcs12Parameters::default());
                list.push(("pkcs12", own(file)));
            }
        }
        // The digest is of no message here: what is asked is whether there is an answer.
        let e = [1; 32];
        let signature = self.signature;
        if in_error_state() {
            list.push(("verify", own(public.verify_digest(&e, &signature))));
            list.push(("prepared", own(self.prepared.verify_digest(&e, &signature))));
        } else {
            list.push((
                "verify",
                foreign(self.key.verifying_key().verify(b"m", &signature)),
            ));
            list.push(("prepared", foreign(self.prepared.verify(b"m", &signature))));
        }
        list
    }

    /// What has no result to refuse by.
    fn panicking(&self) -> Panicking<'_> {
        let (key, iv) = ([1; 16].into(), [2; 16].into());
        vec![
            ("sm3", Box::new(|| nothing(sm3::digest(b"m")))),
            ("Sm3", Box::new(|| nothing(Sm3::new().finalize()))),
            (
                "sm3, many",
                Box::new(|| sm3::digest_many(&[b"m"], &mut [[0; 32]])),
            ),
            ("kdf", Box::new(|| sm3::kdf(&[b"m"], &mut [0; 9]))),
            (
                "pbkdf2",
                Box::new(|| sm3::pbkdf2(b"p", b"s", 1, &mut [0; 16])),
            ),
            (
                "hmac",
                Box::new(|| nothing(HmacSm3::new_from_slice(b"k").unwrap().finalize())),
            ),
            ("hkdf", Box::new(|| nothing(HkdfSm3::new(None, b"k")))),
            ("sign", Box::new(|| nothing(self.key.sign(b"m")))),
            (
                "to_bytes",
                Box::new(|| nothing(self.key.secret_key().to_bytes())),
            ),
            ("Sm4", Box::new(|| nothing(Sm4::new(&[1; 16].into())))),
            (
                "block",
                Box::new(|| self.cipher.encrypt_block(&mut [0; 16].into())),
            ),
            (
                "blocks",
                Box::new(|| self.cipher.encrypt_blocks(&mut [[0; 16].into(); 9])),
            ),
            (
                "block, back",
                Box::new(|| self.cipher.decrypt_block(&mut [0; 16].into())),
            ),
            (
                "ecb",
                Box::new(move || {
                    EcbEncryptor::new(&key).encrypt_block(&mut [0; 16].into());
                }),
            ),
            (
                "cbc",
                Box::new(move || {
                    CbcEncryptor::new(&key, &iv).encrypt_block(&mut [0; 16].into());
                }),
            ),
            (
                "cbc, back",
                Box::new(move || {
                    CbcDecryptor::new(&key, &iv).decrypt_block(&mut [0; 16].into());
                }),
            ),
            (
                "ctr",
                Box::new(move || Ctr::new(&key, &iv).apply_keystream(&mut [0; 40])),
            ),
            (
                "ofb",
                Box::new(move || Ofb::new(&key, &iv).apply_keystream(&mut [0; 40])),
            ),
        ]
    }
}
