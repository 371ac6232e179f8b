//! Signed documents and the time stamps beside their signatures, made on the spot.

use crate::world::{Holder, Terms, day, oid, time};
use der::{
    Any, DateTime, Encode, Sequence, Tag,
    asn1::{Null, ObjectIdentifier, OctetString},
};
use gm_crypto::{
    message::{Attribute, SignedMessage, Signer},
    pki::oid::SM3,
    sm3,
};
use spki::AlgorithmIdentifierOwned;
use x509_cert::ext::Extension;

const TST_INFO: &str = "1.2.840.113549.1.9.16.1.4";
const SIGNING_CERTIFICATE: &str = "1.2.840.113549.1.9.16.2.47";
const TIME_STAMP_TOKEN: &str = "1.2.840.113549.1.9.16.2.14";
const TIME_STAMPING: &str = "1.3.6.1.5.5.7.3.8";
const EXTENDED_KEY_USAGE: &str = "2.5.29.37";

#[derive(Sequence)]
struct TstInfo {
    version: u8,
    policy: ObjectIdentifier,
    imprint: Imprint,
    serial: u8,
    time: Any,
    accuracy: Accuracy,
}

#[derive(Sequence)]
struct Imprint {
    algorithm: AlgorithmIdentifierOwned,
    hash: OctetString,
}

#[derive(Sequence)]
struct Accuracy {
    seconds: u8,
}

#[derive(Sequence)]
struct References {
    certificates: Vec<Reference>,
}

#[derive(Sequence)]
struct Reference {
    algorithm: AlgorithmIdentifierOwned,
    hash: OctetString,
}

fn by_sm3() -> AlgorithmIdentifierOwned {
    AlgorithmIdentifierOwned {
        oid: SM3,
        parameters: Some(Any::encode_from(&Null).expect("NULL")),
    }
}

fn digest(octets: &[u8]) -> OctetString {
    OctetString::new(sm3::digest(octets)).expect("short")
}

/// One who signs and names the certificate.
fn signer(holder: &Holder, at: DateTime) -> Signer {
    let reference = References {
        certificates: vec![Reference {
            algorithm: by_sm3(),
            hash: digest(&holder.certificate),
        }],
    };
    let reference = reference.to_der().expect("short");
    let reference = Attribute::new(oid(SIGNING_CERTIFICATE), &reference).expect("a value");
    let signer = Signer::new(&holder.certificate).expect("a certificate");
    let signer = signer.signing_time(at).expect("a time");
    signer.attribute(reference)
}

/// A time-stamping authority: its root, and what it signs with.
pub(crate) fn time_stamper() -> (Holder, Holder) {
    let root = crate::world::authority("CN=TSA Root,C=CN", None, day(1, 1));
    let purpose = vec![oid(TIME_STAMPING)].to_der().expect("short");
    let purpose = Extension {
        extn_id: oid(EXTENDED_KEY_USAGE),
        critical: true,
        extn_value: OctetString::new(purpose).expect("short"),
    };
    let terms = Terms {
        ca: false,
        from: day(1, 1),
        policies: &[],
    };
    let tsa = Holder::with("CN=TSA,C=CN", Some(&root), &terms, vec![purpose]);
    (root, tsa)
}

/// The token over some octets: exact to a second.
pub(crate) fn stamp(tsa: &Holder, octets: &[u8], at: &str) -> Vec<u8> {
    let compact: String = at.chars().filter(|one| !"-:T".contains(*one)).collect();
    let info = TstInfo {
        version: 1,
        policy: oid("1.2.3.4"),
        imprint: Imprint {
            algorithm: by_sm3(),
            hash: digest(octets),
        },
        serial: 41,
        time: Any::new(Tag::GeneralizedTime, compact.into_bytes()).expect("short"),
        accuracy: Accuracy { seconds: 1 },
    };
    let info = info.to_der().expect("short");
    let draft = SignedMessage::new(info).content_type(oid(TST_INFO));
    let draft = draft.prepare(vec![signer(tsa, time(at))]).expect("a token");
    let signature = tsa.sign(draft.tbs());
    draft.attach(&signature).expect("a token")
}

/// What a document is made of.
pub(crate) struct Paper<'a> {
    pub(crate) content: &'a [u8],
    pub(crate) detached: bool,
    /// Who signs, and when they say that they do.
    pub(crate) by: &'a [(&'a Holder, &'a str)],
    /// Who stamps the first signature, and when.
    pub(crate) stamp: Option<(&'a Holder, &'a str)>,
}

impl Paper<'_> {
    pub(crate) fn der(&self) -> Vec<u8> {
        let mut message = SignedMessage::new(self.content);
        if self.detached {
            message = message.detached();
        }
        let signers = self.by.iter().map(|(holder, at)| signer(holder, time(at)));
        let mut draft = message.prepare(signers.collect()).expect("a message");
        let hands = self.by.iter().zip(draft.to_sign());
        let signatures: Vec<_> = hands
            .map(|((holder, _), to_sign)| holder.sign(to_sign.tbs()))
            .collect();
        if let Some((tsa, at)) = self.stamp {
            let token = stamp(tsa, signatures[0].raw_bytes(), at);
            let token = Attribute::new(oid(TIME_STAMP_TOKEN), &token).expect("a value");
            draft = draft.unsigned_attribute(0, token).expect("a signer");
        }
        draft.attach_all(&signatures).expect("a message")
    }
}
