//! GM/T 0010 messages of the manifest's kind `cms`: signed data.

use gm_crypto::message::{
    Deviation::{self, ContentTypeOfRfc5652, DigestNamedHmac},
    Dialect, UnverifiedSignedData,
};
use gm_pki_tests::suites::{Outcome, text};
use serde_json::Value;

/// What each file has beside GM/T 0010; a file that is not here has nothing.
const DEVIATIONS: [(&str, &[Deviation]); 2] = [
    ("cms/bjca-detached-gbk.der", &[DigestNamedHmac]),
    ("cms/gm-p7b-chain.der", &[ContentTypeOfRfc5652]),
];

/// The content of detached messages, which the manifest tells in words.
const DETACHED: [(&str, &[u8]); 3] = [
    ("cms/sadk-signed-detached.der", b"Hello Secret World!"),
    ("cms/bjca-detached-gbk.der", b"\xb2\xe2\xca\xd4"),
    (
        "cms/crafted-signed-detached.der",
        "合同正文 contract".as_bytes(),
    ),
];

fn of_file<T: Copy>(table: &[(&str, T)], file: &str) -> Option<T> {
    let found = table.iter().find(|(name, _)| *name == file);
    found.map(|(_, value)| *value)
}

/// Judges an entry; none where the message is not signed data.
///
/// The field's dialect gives the verdict. Beside it, the strict reader must agree where the
/// file has no deviation and refuse it where it has one.
pub(crate) fn signed(entry: &Value, der: &[u8]) -> Option<Outcome> {
    let file = text(entry, "file");
    let message = match UnverifiedSignedData::read(der, Dialect::Field) {
        Err(gm_crypto::Error::Unsupported {
            what: "SignedData", ..
        }) => return None,
        Err(error) => return Some(Err::<(), _>(error).into()),
        Ok(message) => message,
    };
    let wrong = |text: String| Some(Outcome::Wrong(text));
    let expected = of_file(&DEVIATIONS, file).unwrap_or_default();
    if message.deviations() != expected {
        return wrong(format!("deviations are {:?}", message.deviations()));
    }
    let strict = UnverifiedSignedData::from_der(der);
    if strict.is_ok() != expected.is_empty() {
        return wrong(format!("the strict reader says {strict:?}"));
    }
    if message.signers().len() == 0 {
        return match message.certificates() {
            [] => wrong("neither signers nor certificates".into()),
            _ => Some(Outcome::Accepted),
        };
    }
    let Some(signer) = message.certificates().first().cloned() else {
        return wrong("no certificate of the signer".into());
    };
    let content = of_file(&DETACHED, file);
    if content.is_some() != message.content().is_none() {
        return wrong("the content is not where the manifest says".into());
    }
    let carried = match content {
        Some(content) => message
            .clone()
            .verify_detached_with_carried_certificates(content)
            .map(drop),
        None => message.clone().verify_with_carried_certificates().map(drop),
    };
    let verified = match content {
        Some(content) => message.verify_detached(&signer, content),
        None => message.verify(&signer),
    };
    if carried.is_ok() != verified.is_ok() {
        return wrong("the carried certificate and the same from outside differ".into());
    }
    Some(verified.into())
}
