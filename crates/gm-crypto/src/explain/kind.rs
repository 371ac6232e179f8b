//! What a structure is.

use super::{
    Context, Part, Verdict, View,
    asn1::{self, Node},
    blob, encoding,
    input::{Encoding, Piece, first_words},
    message, ocsp, private,
    schema::{self, Type, first_oid},
    tree::tree,
    verdict::Evidence,
    x509,
};
use crate::diagnose::Budget;
use alloc::string::String;
use core::fmt;

/// What a structure is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Kind {
    /// An X.509 certificate.
    Certificate,
    /// A PKCS#10 request.
    Request,
    /// A PKCS#10 request as CFCA's kit writes it.
    CfcaRequest,
    /// A revocation list.
    Crl,
    /// A question to an OCSP responder.
    OcspRequest,
    /// Its answer.
    OcspResponse,
    /// The signed part of that answer alone.
    BasicOcspResponse,
    /// PKCS#8.
    PrivateKey,
    /// PKCS#8, encrypted.
    EncryptedPrivateKey,
    /// SEC 1.
    Sec1PrivateKey,
    /// A legacy PEM block with DEK-Info.
    LegacyEncryptedKey,
    /// A bare INTEGER.
    BarePrivateKey,
    /// A bare BIT STRING.
    BarePublicKey,
    /// A public key with its algorithm.
    PublicKey,
    /// The key file of CFCA's kit.
    CfcaKeyFile,
    /// What CFCA delivers the encryption key in.
    CfcaDelivery,
    /// An encryption key in its envelope.
    EnvelopedKey,
    /// The response to a request for two certificates, the encryption key among them.
    CsrResponse,
    /// A ciphertext.
    Ciphertext,
    /// A signature.
    Signature,
    /// PKCS#12.
    Pkcs12,
    /// `data` of GM/T 0010.
    Data,
    /// `signedData`.
    SignedData,
    /// Certificates in a `signedData` that nobody signed.
    CertificateBag,
    /// `envelopedData`.
    EnvelopedData,
    /// `signedAndEnvelopedData`.
    SignedAndEnvelopedData,
    /// `encryptedData`.
    EncryptedData,
    /// `keyAgreementInfo`.
    KeyAgreementInfo,
    /// A time stamp's answer.
    TimeStampResponse,
    /// An algorithm identifier or the parameters of a curve.
    Parameters,
    /// A name.
    Name,
    /// 64 octets r ‖ s.
    RawSignature,
    /// C1 ‖ C3 ‖ C2 or C1 ‖ C2 ‖ C3.
    RawCiphertext,
    /// A point without anything around it.
    RawPoint,
    /// 32 octets: a scalar or a digest.
    RawThirtyTwo,
    /// ECCrefPublicKey, ECCPUBLICKEYBLOB.
    DevicePublicKey,
    /// ECCrefPrivateKey, ECCPRIVATEKEYBLOB.
    DevicePrivateKey,
    /// ECCSignature, ECCSIGNATUREBLOB.
    DeviceSignature,
    /// ECCCipher, ECCCIPHERBLOB.
    DeviceCiphertext,
    /// ENVELOPEDKEYBLOB.
    DeviceEnvelope,
    /// The temporary key in a CFCA request.
    CfcaTemporaryKey,
    /// ASN.1 that is none of these.
    OtherAsn1,
    /// Text that is none of these.
    OtherText,
    /// Octets that are none of these.
    OtherOctets,
}

impl Kind {
    /// What it is, and the standard and clause that say so.
    fn row(self) -> (&'static str, &'static str) {
        match self {
            Self::Certificate => ("X.509 certificate", "GM/T 0015 (GB/T 20518); RFC 5280, 4"),
            Self::Request => ("certification request (PKCS#10)", "RFC 2986; GM/T 0092"),
            Self::CfcaRequest => (
                "certification request for two certificates (PKCS#10, CFCA's way)",
                "RFC 2986, from which it departs",
            ),
            Self::Crl => (
                "certificate revocation list",
                "GM/T 0015 (GB/T 20518); RFC 5280, 5",
            ),
            Self::OcspRequest => ("OCSP request", "GB/T 19713; RFC 6960, 4.1"),
            Self::OcspResponse => ("OCSP response", "GB/T 19713; RFC 6960, 4.2"),
            Self::BasicOcspResponse => ("basic OCSP response, bare", "GB/T 19713; RFC 6960, 4.2.1"),
            Self::PrivateKey => ("private key (PKCS#8)", "RFC 5208, RFC 5958; GM/T 0091"),
            Self::EncryptedPrivateKey => (
                "encrypted private key (PKCS#8)",
                "RFC 5958, 3; RFC 8018; GM/T 0091",
            ),
            Self::Sec1PrivateKey => ("private key (SEC 1)", "RFC 5915"),
            Self::LegacyEncryptedKey => (
                "encrypted private key (legacy PEM)",
                "RFC 1421, 4.6; OpenSSL's derivation",
            ),
            Self::BarePrivateKey => ("private key, a bare INTEGER", "GM/T 0009, 7.1"),
            Self::BarePublicKey => ("public key, a bare BIT STRING", "GM/T 0009, 7.1"),
            Self::PublicKey => ("public key (SubjectPublicKeyInfo)", "RFC 5480; GM/T 0015"),
            Self::CfcaKeyFile => (
                "encrypted private key with its certificate (CFCA)",
                "no standard: CFCA's own",
            ),
            Self::CfcaDelivery => (
                "delivery of an encryption private key (CFCA)",
                "no standard: CFCA's own",
            ),
            Self::EnvelopedKey => (
                "encryption private key in its envelope (SM2EnvelopedKey)",
                "GM/T 0009, 7.4 (GB/T 35276)",
            ),
            Self::CsrResponse => (
                "response to a certification request, with the encryption key (CSRResponse)",
                "GM/T 0092-2020, clause 8",
            ),
            Self::Ciphertext => ("SM2 ciphertext (SM2Cipher)", "GM/T 0009, 7.2 (GB/T 35276)"),
            Self::Signature => (
                "SM2 signature (SM2Signature)",
                "GM/T 0009, 7.3 (GB/T 35276)",
            ),
            Self::Pkcs12 => ("keys and certificates (PKCS#12)", "RFC 7292"),
            Self::Data => ("message: data", "GM/T 0010, clause 7 (GB/T 35275)"),
            Self::SignedData => ("signed message", "GM/T 0010, clause 8 (GB/T 35275)"),
            Self::CertificateBag => (
                "certificates in a signed message without signers (p7b)",
                "GM/T 0010, clause 8 (GB/T 35275)",
            ),
            Self::EnvelopedData => ("encrypted message", "GM/T 0010, clause 9 (GB/T 35275)"),
            Self::SignedAndEnvelopedData => (
                "signed and encrypted message",
                "GM/T 0010, clause 10 (GB/T 35275)",
            ),
            Self::EncryptedData => (
                "message encrypted under a symmetric key",
                "GM/T 0010, clause 11 (GB/T 35275)",
            ),
            Self::KeyAgreementInfo => {
                ("key agreement message", "GM/T 0010, clause 12 (GB/T 35275)")
            }
            Self::TimeStampResponse => ("time-stamp response", "GB/T 20520; RFC 3161, 2.4.2"),
            Self::Parameters => (
                "algorithm or curve parameters",
                "RFC 5480, 2.1.1; SEC 1, C.2",
            ),
            Self::Name => ("distinguished name", "RFC 5280, 4.1.2.4"),
            Self::RawSignature => ("SM2 signature, r ‖ s", "GB/T 32918.2; not for X.509"),
            Self::RawCiphertext => ("SM2 ciphertext without ASN.1", "GB/T 32918.4"),
            Self::RawPoint => (
                "SM2 public key, the point alone",
                "GB/T 32918.1, 4.2.10; SEC 1, 2.3",
            ),
            Self::RawThirtyTwo => ("32 octets: a private scalar, or a digest", "no structure"),
            Self::DevicePublicKey => (
                "public key of a device (ECCrefPublicKey, ECCPUBLICKEYBLOB)",
                "GM/T 0018; GM/T 0016",
            ),
            Self::DevicePrivateKey => (
                "private key of a device (ECCrefPrivateKey, ECCPRIVATEKEYBLOB)",
                "GM/T 0018; GM/T 0016",
            ),
            Self::DeviceSignature => (
                "signature of a device (ECCSignature, ECCSIGNATUREBLOB)",
                "GM/T 0018; GM/T 0016",
            ),
            Self::DeviceCiphertext => (
                "ciphertext of a device (ECCCipher, ECCCIPHERBLOB)",
                "GM/T 0018; GM/T 0016",
            ),
            Self::DeviceEnvelope => (
                "encryption key in a device's envelope (ENVELOPEDKEYBLOB)",
                "GM/T 0016 (GB/T 35291); GM/T 0018",
            ),
            Self::CfcaTemporaryKey => (
                "temporary public key out of a CFCA request",
                "no standard: CFCA's own",
            ),
            Self::OtherAsn1 => ("ASN.1 of a kind that is not known here", "X.690"),
            Self::OtherText => ("text of a kind that is not known here", "no standard"),
            Self::OtherOctets => ("octets of a kind that is not known here", "no standard"),
        }
    }

    /// The standard and clause that define it.
    pub fn standard(self) -> &'static str {
        self.row().1
    }

    /// Whether it is anything that is known here.
    pub fn is_known(self) -> bool {
        !matches!(self, Self::OtherAsn1 | Self::OtherText | Self::OtherOctets)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.row().0)
    }
}

/// The kinds that are known by their shape, the narrowest first.
const SHAPES: &[(Kind, &Type)] = &[
    (Kind::Certificate, &schema::CERTIFICATE),
    (Kind::Request, &schema::CSR),
    (Kind::CfcaRequest, &schema::CSR_CFCA),
    (Kind::Crl, &schema::CRL),
    (Kind::OcspResponse, &schema::OCSP_RESPONSE),
    (Kind::BasicOcspResponse, &schema::BASIC_OCSP_RESPONSE),
    (Kind::OcspRequest, &schema::OCSP_REQUEST),
    (Kind::EnvelopedKey, &schema::ENVELOPED_KEY),
    (Kind::CsrResponse, &schema::CSR_RESPONSE),
    (Kind::Pkcs12, &schema::PFX),
    (Kind::CfcaKeyFile, &schema::CFCA_KEY_FILE),
    (Kind::PrivateKey, &schema::PRIVATE_KEY),
    (Kind::PublicKey, &schema::PUBLIC_KEY),
    (Kind::Ciphertext, &schema::SM2_CIPHER),
    (Kind::Signature, &schema::SM2_SIGNATURE),
    (Kind::Parameters, &schema::EC_PARAMETERS),
    (Kind::EncryptedPrivateKey, &schema::ENCRYPTED_PRIVATE_KEY),
    (Kind::SignedData, &schema::SIGNED_DATA),
    (Kind::EnvelopedData, &schema::ENVELOPED_DATA),
    (Kind::TimeStampResponse, &schema::TIME_STAMP_RESPONSE),
    (Kind::Sec1PrivateKey, &schema::SEC1),
    (Kind::CfcaDelivery, &schema::CFCA_ESCROW),
    (Kind::SignedData, &schema::CONTENT_INFO),
    (Kind::Parameters, &schema::ALGORITHM),
    (Kind::Name, &schema::NAME),
];

/// The kind of a value and its structure.
pub(crate) fn recognise(node: &Node<'_>) -> Option<(Kind, &'static Type)> {
    if node.is(asn1::INTEGER) && (30..=33).contains(&node.content.len()) {
        return Some((Kind::BarePrivateKey, &SCALAR));
    }
    if node.is(asn1::BIT_STRING) && matches!(node.content.len(), 34 | 66) {
        return Some((Kind::BarePublicKey, &POINT));
    }
    if node.is(asn1::OBJECT_IDENTIFIER) {
        return Some((Kind::Parameters, &Type::Any));
    }
    if !node.is(asn1::SEQUENCE) {
        return None;
    }
    if let Some(kind) = first_oid(node).and_then(|oid| message_kind(&oid))
        && schema::CONTENT_INFO.fits(node, &mut 3000)
    {
        return Some((kind, &schema::CONTENT_INFO));
    }
    let found = SHAPES
        .iter()
        .find(|(kind, shape)| shape.fits(node, &mut 3000) && private::plausible(*kind, node));
    found.map(|(kind, shape)| (*kind, *shape))
}

static SCALAR: Type = Type::Secret(&Type::Is(asn1::INTEGER));
static POINT: Type = Type::Point(asn1::BIT_STRING);
/// What may be a key of a kind that is not known.
static UNKNOWN: Type = Type::Secret(&Type::Any);

fn message_kind(oid: &str) -> Option<Kind> {
    Some(match oid {
        "1.2.156.10197.6.1.4.2.1" | "1.2.840.113549.1.7.1" => Kind::Data,
        "1.2.156.10197.6.1.4.2.2" | "1.2.840.113549.1.7.2" => Kind::SignedData,
        "1.2.156.10197.6.1.4.2.3" | "1.2.840.113549.1.7.3" => Kind::EnvelopedData,
        "1.2.156.10197.6.1.4.2.4" | "1.2.840.113549.1.7.4" => Kind::SignedAndEnvelopedData,
        "1.2.156.10197.6.1.4.2.5" | "1.2.840.113549.1.7.6" => Kind::EncryptedData,
        "1.2.156.10197.6.1.4.2.6" => Kind::KeyAgreementInfo,
        _ => return None,
    })
}

/// Everything about one structure of a file.
pub(crate) fn part(
    piece: &Piece,
    encoding: Encoding,
    issuers: &[&[u8]],
    context: &Context,
    budget: &Budget,
) -> Part {
    let view = View {
        full: context.full,
        reveal: context.reveal,
    };
    let evidence = Evidence {
        octets: &piece.octets,
        issuers,
        context,
        budget,
        view,
    };
    let mut part = match &piece.encrypted {
        Some(info) => private::legacy(info, &piece.block, &evidence),
        None => unwrapped(piece, encoding, &evidence),
    };
    part.label.clone_from(&piece.label);
    decode_first(&mut part, encoding);
    if budget.is_exhausted() {
        part.fact("work", "its bound was reached: not everything was tried");
    }
    if let Some(remark) = piece.remark {
        part.wrong(alloc::format!("the PEM block: {remark}"), "RFC 7468, 3");
    }
    part
}

/// Not every command takes base64 or digits.
fn decode_first(part: &mut Part, encoding: Encoding) {
    let command = |step: &String| step.contains("gmpki ") && !step.contains("gmpki explain");
    let step = match encoding {
        Encoding::Base64 => "not every command takes base64; first: base64 -d FILE > FILE.der",
        Encoding::Hexadecimal => {
            "commands take no digits; first: tr -d ' :,\\n' < FILE | xxd -r -p > FILE.der"
        }
        _ => return,
    };
    if part.next.iter().any(command) {
        part.next.insert(0, step.into());
    }
}

fn unwrapped(piece: &Piece, encoding: Encoding, evidence: &Evidence<'_>) -> Part {
    let octets = &piece.octets;
    if piece.label.is_none() && octets.trim_ascii().is_empty() {
        return empty(octets.len());
    }
    let node = Node::read(octets);
    let recognised = node.as_ref().and_then(recognise);
    if let (Some(node), Some((kind, shape))) = (&node, recognised) {
        return known(node, kind, shape, encoding, evidence);
    }
    if encoding == Encoding::Text {
        return text(octets);
    }
    if let Some(part) = blob::part(octets, evidence) {
        return part;
    }
    match node.filter(|node| node.is(asn1::SEQUENCE) || node.octets.len() == octets.len()) {
        Some(node) => {
            let mut part = Part::new(Kind::OtherAsn1);
            let shape = if evidence.view.reveal {
                &Type::Any
            } else {
                &UNKNOWN
            };
            part.lines = tree(&node, shape, "value", evidence.view);
            encoding::remarks(&mut part, &node, octets.len());
            if !evidence.view.reveal {
                part.next_step("octets that may be a key are not shown; --reveal shows them");
            }
            part
        }
        None => {
            let mut part = Part::new(Kind::OtherOctets);
            part.fact("octets", alloc::format!("{}", octets.len()));
            part.next_step("no structure, and no size of one: ask the sender what it is");
            part
        }
    }
}

fn empty(length: usize) -> Part {
    let mut part = Part::new(Kind::OtherOctets);
    let told = match length {
        0 => "none: it is empty".into(),
        length => alloc::format!("{length}, all of them white space"),
    };
    part.fact("octets", told);
    part.next_step("nothing is in it: get it again from whoever sent it");
    part
}

fn text(octets: &[u8]) -> Part {
    let mut part = Part::new(Kind::OtherText);
    part.fact("text", first_words(octets));
    let begins = |start: &[u8]| octets.trim_ascii_start().starts_with(start);
    if begins(b"{") || begins(b"[") {
        part.next_step("this is JSON: none of the formats of keys, certificates and messages");
    } else if begins(b"<") {
        part.next_step(
            "this is XML or HTML: where a file was downloaded, the server's answer may be a page",
        );
    } else {
        part.next_step("neither PEM, base64 nor hexadecimal digits");
    }
    part
}

fn known(
    node: &Node<'_>,
    kind: Kind,
    shape: &'static Type,
    encoding: Encoding,
    evidence: &Evidence<'_>,
) -> Part {
    let mut part = Part::new(kind);
    part.lines = tree(node, shape, root_name(kind), evidence.view);
    match kind {
        Kind::Certificate => x509::certificate(&mut part, node, evidence),
        Kind::Request | Kind::CfcaRequest => x509::request(&mut part, node, evidence),
        Kind::Crl => x509::crl(&mut part, node, evidence),
        Kind::OcspResponse => ocsp::response(&mut part, node, evidence),
        Kind::BasicOcspResponse => ocsp::basic(&mut part, node, evidence),
        Kind::OcspRequest => ocsp::request(&mut part, node),
        Kind::Data
        | Kind::SignedData
        | Kind::EnvelopedData
        | Kind::SignedAndEnvelopedData
        | Kind::EncryptedData
        | Kind::KeyAgreementInfo
        | Kind::TimeStampResponse => message::explain(&mut part, node, evidence),
        _ => private::explain(&mut part, node, evidence),
    }
    if encoding == Encoding::CfcaText {
        part.kind = Kind::CfcaDelivery;
    }
    encoding::remarks(&mut part, node, evidence.octets.len());
    if part.verdict == Verdict::NothingToVerify && part.next.is_empty() {
        part.next_step("nothing is missing; --full shows every element");
    }
    part
}

fn root_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Certificate => "Certificate",
        Kind::Request | Kind::CfcaRequest => "CertificationRequest",
        Kind::Crl => "CertificateList",
        Kind::OcspRequest => "OCSPRequest",
        Kind::OcspResponse => "OCSPResponse",
        Kind::BasicOcspResponse => "BasicOCSPResponse",
        Kind::PrivateKey => "PrivateKeyInfo",
        Kind::EncryptedPrivateKey => "EncryptedPrivateKeyInfo",
        Kind::Sec1PrivateKey => "ECPrivateKey",
        Kind::BarePrivateKey => "SM2PrivateKey",
        Kind::BarePublicKey => "SM2PublicKey",
        Kind::PublicKey => "SubjectPublicKeyInfo",
        Kind::EnvelopedKey => "SM2EnvelopedKey",
        Kind::CsrResponse => "CSRResponse",
        Kind::Ciphertext => "SM2Cipher",
        Kind::Signature => "SM2Signature",
        Kind::Pkcs12 => "PFX",
        Kind::TimeStampResponse => "TimeStampResp",
        Kind::Name => "Name",
        Kind::Parameters => "parameters",
        Kind::CfcaKeyFile | Kind::CfcaDelivery => "CFCA's structure",
        _ => "ContentInfo",
    }
}
