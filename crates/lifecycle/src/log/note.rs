//! Texts with signatures under them: C2SP's `signed-note`, with SM2.

use base64ct::{Base64, Encoding};
use der::Decode;
use gm_crypto::{
    pki::{Sm2Sm3, VerifyAlgorithm},
    sm3,
};
use hsm::KeyHandle;
use sm3::digest::Digest;
use spki::SubjectPublicKeyInfoRef;

/// What a line with a signature begins with.
const SIGNED_BY: &str = "\u{2014} ";
/// The kind of key in a key's number: `signed-note`'s escape for kinds that have none, and ours.
const KIND: &[u8] = b"\xffSM2-SM3";
/// Octets of a key's number.
const KEY_NUMBER: usize = 4;

/// The text with the signature of a key of this name under it; `body` ends its last line.
pub(crate) fn sign(body: &str, name: &str, key: &dyn KeyHandle) -> Result<String, hsm::Error> {
    let signature = key.sign(body.as_bytes())?;
    let mut octets = number(name, key.public_key().as_bytes()).to_vec();
    octets.extend(signature.raw_bytes());
    let octets = Base64::encode_string(&octets);
    Ok(format!("{body}\n{SIGNED_BY}{name} {octets}\n"))
}

/// The signed text, and the lines with signatures.
pub(crate) fn split(text: &str) -> Option<(&str, &str)> {
    let (body, signatures) = text.find("\n\n").map(|end| text.split_at(end + 1))?;
    Some((body, &signatures[1..]))
}

/// Whether one of these lines is a signature of the text by the key of this name: a
/// `SubjectPublicKeyInfo` in DER, SM2 under the usual ID. A key that can't be read signed
/// nothing.
pub(crate) fn is_signed(body: &str, signatures: &str, name: &str, public_key: &[u8]) -> bool {
    let Ok(key) = SubjectPublicKeyInfoRef::from_der(public_key) else {
        return false;
    };
    let number = number(name, public_key);
    // A line ends with one octet: with another before it, it is another text.
    signatures.split_inclusive('\n').any(|line| {
        let line = line.strip_suffix('\n');
        let signed = line.and_then(|line| line.strip_prefix(SIGNED_BY)?.split_once(' '));
        let octets = signed.filter(|(by, _)| *by == name);
        let octets = octets.and_then(|(_, octets)| Base64::decode_vec(octets).ok());
        octets.is_some_and(|octets| {
            let signature = octets.strip_prefix(&number);
            signature.is_some_and(|signature| {
                let verified = Sm2Sm3::default().verify(key.clone(), body.as_bytes(), signature);
                verified.is_ok()
            })
        })
    })
}

/// The number of a key: it tells keys of one name apart, and proves nothing. The first octets
/// of SM3 where `signed-note` has SHA-256.
fn number(name: &str, public_key: &[u8]) -> [u8; KEY_NUMBER] {
    let hash = sm3::Sm3::new().chain_update(name).chain_update(b"\n");
    let hash = hash.chain_update(KIND).chain_update(public_key).finalize();
    let mut number = [0; KEY_NUMBER];
    number.copy_from_slice(&hash[..KEY_NUMBER]);
    number
}
