//! Another program's opinion.

use gm_crypto::pki::encode_pem;
use hsm::KeyHandle;
use std::{fs, io, process::Command};

/// OpenSSL accepts a signature of the key over a message, and not over another one. Without
/// OpenSSL nothing is asked.
pub(crate) fn accepts(key: &dyn KeyHandle) {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, octets: &[u8]| {
        let path = folder.path().join(name);
        fs::write(&path, octets).unwrap();
        path
    };
    let public_key = encode_pem("PUBLIC KEY", key.public_key().as_bytes());
    let public_key = file("key.pem", public_key.as_bytes());
    let signature = file("signature", key.sign(b"message").unwrap().raw_bytes());
    for (message, expected) in [("message", true), ("massage", false)] {
        let asked = Command::new("openssl")
            .args(["dgst", "-sm3", "-sigopt", "distid:1234567812345678"])
            .arg("-verify")
            .arg(&public_key)
            .arg("-signature")
            .arg(&signature)
            .arg(file("message", message.as_bytes()))
            .output();
        match asked {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return,
            asked => {
                let output = asked.unwrap();
                let said = String::from_utf8_lossy(&output.stdout);
                assert_eq!(output.status.success(), expected, "{said} {output:?}");
                assert_eq!(said.contains("Verified OK"), expected, "{said}");
            }
        }
    }
}
