//! Tokens behind PKCS#11 libraries, loaded as a vendor's library would be: SoftHSM2 and the
//! software device of this repository.
//!
//! `C_Initialize` and what these libraries read from the environment are a process's: each
//! test runs again in a process of its own, with tokens of its own.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

#[cfg(feature = "conformance")]
mod conformance;
mod faults;
mod softdevice;
mod softhsm;
#[cfg(unix)]
mod sys;

use cryptoki::{
    context::{CInitializeArgs, CInitializeFlags, Pkcs11},
    session::{Session, UserType},
    types::AuthPin,
};
use gm_crypto::pki::{Ecdsa, RsaPkcs1, Sm2Sm3, VerifyAlgorithm};
use hsm::{KeyHandle, KeyLabel, Password, Pin};
use spki::SubjectPublicKeyInfoRef;
use std::{env, ffi::OsString, path::Path, process::Command};

/// The user's PIN of every token `ca`.
const PIN: &str = "271828";
/// Set in the process of a test's own.
const INSIDE: &str = "HSM_TEST_INSIDE";

/// Runs `body` in a process of its own. `prepare` fills a folder before and says what is to
/// be in the environment; the folder goes afterwards.
fn in_own_process(
    test: &str,
    prepare: impl FnOnce(&Path) -> Vec<(&'static str, OsString)>,
    body: impl FnOnce(),
) {
    if env::var_os(INSIDE).is_some() {
        return body();
    }
    let folder = tempfile::tempdir().unwrap();
    let environment = prepare(folder.path());
    let said = Command::new(env::current_exe().unwrap())
        .args([test, "--exact", "--nocapture", "--include-ignored"])
        .envs(environment)
        .env(INSIDE, "1")
        .output()
        .unwrap();
    let (out, err) = (
        String::from_utf8_lossy(&said.stdout),
        String::from_utf8_lossy(&said.stderr),
    );
    assert!(
        out.contains("1 passed"),
        "{test} in its own process: {out}{err}"
    );
    print!("{out}");
}

fn pin(digits: &str) -> Pin {
    Pin::new(Password::new(digits).unwrap())
}

fn label(label: &str) -> KeyLabel {
    label.parse().unwrap()
}

/// A session beside ours, to look at what we made and to make what others make.
fn beside(library: &Path) -> Session {
    let functions = Pkcs11::new(library).unwrap();
    // Initialised already when a token was opened before.
    let _ = functions.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK));
    let slots = functions.get_slots_with_token().unwrap();
    let slot = slots
        .into_iter()
        .find(|slot| functions.get_token_info(*slot).unwrap().label() == "ca")
        .unwrap();
    let session = functions.open_rw_session(slot).unwrap();
    let _ = session.login(UserType::User, Some(&AuthPin::new(PIN.into())));
    session
}

fn algorithms() -> Vec<Box<dyn VerifyAlgorithm>> {
    vec![
        Box::new(Ecdsa::P256_SHA256),
        Box::new(Ecdsa::P384_SHA384),
        Box::new(RsaPkcs1::SHA256),
        Box::new(Sm2Sm3::default()),
    ]
}

/// Whether a signature is right, asked of verifiers that know nothing of the token.
fn verify(key: &dyn KeyHandle, message: &[u8], signature: &[u8]) -> bool {
    let spki: SubjectPublicKeyInfoRef<'_> = key.public_key().decode_msg().unwrap();
    let named = key.algorithm();
    let algorithms = algorithms();
    let algorithm = algorithms
        .iter()
        .find(|algorithm| algorithm.accepts((&named).into(), spki.algorithm))
        .unwrap();
    algorithm.verify(spki, message, signature).is_ok()
}
