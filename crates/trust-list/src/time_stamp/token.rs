//! The structures of a token, read strictly and kept as they came.

use super::{DigestAlgorithm, GenTime};
use crate::{Error, Result, extension::Extensions};
use core::time::Duration;
use der::{
    Any, Choice, DateTime, Decode, DecodeValue, Encode, EncodeValue, FixedTag, Header, Length,
    Reader, Sequence, SliceReader, Tag, Tagged, Writer,
    asn1::{BitString, Int, ObjectIdentifier, OctetString},
};
use gm_crypto::pki::oid::{PKCS7_SIGNED_DATA, SIGNED_DATA};
use spki::AlgorithmIdentifierOwned;
use x509_cert::ext::{Extension, pkix::name::GeneralName};

/// `id-ct-TSTInfo` (RFC 3161, 2.4.2).
pub(super) const TST_INFO: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.1.4");
const WHAT: &str = "TimeStampToken";
const INFO: &str = "TSTInfo";
/// Certificates, attributes and values of one token, each.
const MAX_ELEMENTS: usize = 64;

/// What a token says, unchecked.
#[derive(Clone, Debug)]
pub(super) struct Token {
    /// The DER of the `TSTInfo`, as it was signed.
    pub(super) content: Vec<u8>,
    pub(super) info: Info,
    pub(super) certificates: Vec<Vec<u8>>,
    pub(super) signer: SignerInfo,
    /// Type and value of each signed attribute that has one value and no namesake.
    pub(super) attributes: Vec<(ObjectIdentifier, Vec<u8>)>,
}

/// `TSTInfo`, its parts in range.
#[derive(Clone, Debug)]
pub(super) struct Info {
    pub(super) policy: ObjectIdentifier,
    pub(super) digest: DigestAlgorithm,
    pub(super) imprint: Vec<u8>,
    pub(super) serial: Vec<u8>,
    pub(super) gen_time: GenTime,
    pub(super) accuracy: Option<Duration>,
    pub(super) latest: DateTime,
    pub(super) nonce: Option<Vec<u8>>,
    pub(super) tsa: Option<GeneralName>,
}

/// The content octets of a SET OF.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct RawSet(Vec<u8>);

impl FixedTag for RawSet {
    const TAG: Tag = Tag::Set;
}

impl<'a> DecodeValue<'a> for RawSet {
    type Error = der::Error;

    fn decode_value<R: Reader<'a>>(reader: &mut R, header: Header) -> der::Result<Self> {
        reader.read_vec(header.length()).map(Self)
    }
}

impl EncodeValue for RawSet {
    fn value_len(&self) -> der::Result<Length> {
        self.0.len().try_into()
    }

    fn encode_value(&self, writer: &mut impl Writer) -> der::Result<()> {
        writer.write(&self.0)
    }
}

impl RawSet {
    /// The DER of each element, in the order in which they came.
    fn elements(&self) -> Result<Vec<&[u8]>> {
        let malformed = || Error::malformed(WHAT);
        let mut elements = Vec::new();
        let mut reader = SliceReader::new(&self.0).map_err(malformed())?;
        while !reader.is_finished() {
            elements.push(reader.tlv_bytes().map_err(malformed())?);
            Error::cap("elements of a time stamp", elements.len(), MAX_ELEMENTS)?;
        }
        Ok(elements)
    }
}

/// `ContentInfo` with `SignedData` (RFC 5652, 5.1; GM/T 0010, clause 8).
#[derive(Sequence)]
struct Message {
    content_type: ObjectIdentifier,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT")]
    content: SignedData,
}

#[derive(Sequence)]
struct SignedData {
    version: u8,
    digest_algorithms: RawSet,
    content: EncapsulatedContent,
    #[asn1(context_specific = "0", tag_mode = "IMPLICIT", optional = "true")]
    certificates: Option<RawSet>,
    #[asn1(context_specific = "1", tag_mode = "IMPLICIT", optional = "true")]
    crls: Option<RawSet>,
    signers: RawSet,
}

#[derive(Sequence)]
struct EncapsulatedContent {
    content_type: ObjectIdentifier,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT")]
    content: OctetString,
}

#[derive(Clone, Debug, Sequence)]
pub(super) struct SignerInfo {
    version: u8,
    pub(super) id: SignerId,
    pub(super) digest_algorithm: AlgorithmIdentifierOwned,
    #[asn1(context_specific = "0", tag_mode = "IMPLICIT", optional = "true")]
    attributes: Option<RawSet>,
    pub(super) signature_algorithm: AlgorithmIdentifierOwned,
    pub(super) signature: OctetString,
    #[asn1(context_specific = "1", tag_mode = "IMPLICIT", optional = "true")]
    unsigned_attributes: Option<RawSet>,
}

/// How the signer's certificate is named.
#[derive(Clone, Debug, Choice)]
pub(super) enum SignerId {
    IssuerAndSerialNumber(IssuerAndSerialNumber),
    #[asn1(context_specific = "0", tag_mode = "IMPLICIT", constructed = "false")]
    SubjectKeyIdentifier(OctetString),
}

/// The issuer is a `Name`, kept as it came.
#[derive(Clone, Debug, Sequence)]
pub(super) struct IssuerAndSerialNumber {
    pub(super) issuer: Any,
    pub(super) serial: Int,
}

#[derive(Sequence)]
struct Attribute {
    oid: ObjectIdentifier,
    values: RawSet,
}

#[derive(Sequence)]
struct TstInfo {
    version: u8,
    policy: ObjectIdentifier,
    imprint: MessageImprint,
    serial: Int,
    gen_time: Any,
    accuracy: Option<Accuracy>,
    #[asn1(default = "Default::default")]
    ordering: bool,
    nonce: Option<Int>,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    tsa: Option<GeneralName>,
    #[asn1(context_specific = "1", tag_mode = "IMPLICIT", optional = "true")]
    extensions: Option<Vec<Extension>>,
}

#[derive(Sequence)]
struct MessageImprint {
    algorithm: AlgorithmIdentifierOwned,
    hash: OctetString,
}

#[derive(Sequence)]
struct Accuracy {
    seconds: Option<u32>,
    #[asn1(context_specific = "0", tag_mode = "IMPLICIT", optional = "true")]
    millis: Option<u16>,
    #[asn1(context_specific = "1", tag_mode = "IMPLICIT", optional = "true")]
    micros: Option<u16>,
}

#[derive(Sequence)]
struct Response {
    status: StatusInfo,
    token: Option<Any>,
}

/// `PKIStatusInfo` (RFC 3161, 2.4.2; RFC 4210).
#[derive(Sequence)]
struct StatusInfo {
    status: u8,
    text: Option<Vec<String>>,
    failure: Option<BitString>,
}

impl Token {
    /// Reads a token, or a response with one.
    pub(super) fn read(octets: &[u8]) -> Result<Self> {
        let malformed = || Error::malformed(WHAT);
        // A token begins with an identifier, a response with a structure.
        let is_response = || -> der::Result<bool> {
            let mut reader = SliceReader::new(octets)?;
            Header::decode(&mut reader)?;
            Tag::peek(&reader).map(|tag| tag == Tag::Sequence)
        };
        if !is_response().map_err(malformed())? {
            return Self::read_token(octets);
        }
        let response = Response::from_der(octets).map_err(Error::malformed("TimeStampResp"))?;
        let (granted, granted_with_mods) = (0, 1);
        match (response.status.status, response.token) {
            (status, Some(token)) if status == granted || status == granted_with_mods => {
                Self::read_token(&token.to_der().map_err(malformed())?)
            }
            (status, _) => Err(Error::TimeStampRejected {
                status,
                failure: response.status.failure.as_ref().and_then(failure),
                text: response
                    .status
                    .text
                    .and_then(|text| text.into_iter().next()),
            }),
        }
    }

    fn read_token(octets: &[u8]) -> Result<Self> {
        let malformed = || Error::malformed(WHAT);
        let message = Message::from_der(octets).map_err(malformed())?;
        if ![SIGNED_DATA, PKCS7_SIGNED_DATA].contains(&message.content_type) {
            return Err(forbidden(WHAT, "it is no signed data", "RFC 3161, 2.4.2"));
        }
        let signed = message.content;
        if signed.content.content_type != TST_INFO {
            return Err(forbidden(
                WHAT,
                "its content is no TSTInfo",
                "RFC 3161, 2.4.2",
            ));
        }
        // 1 as GM/T 0010 has it, 3 as RFC 5652 (5.1) for this content.
        if ![1, 3].contains(&signed.version) {
            return Err(forbidden(
                WHAT,
                "its version is neither 1 nor 3",
                "RFC 5652, 5.1",
            ));
        }
        let signers = signed.signers.elements()?;
        let [signer] = signers.as_slice() else {
            return Err(forbidden(
                WHAT,
                "it has not the one signature of its authority",
                "RFC 3161, 2.4.2",
            ));
        };
        let signer = SignerInfo::from_der(signer).map_err(malformed())?;
        let mut listed = false;
        for algorithm in signed.digest_algorithms.elements()? {
            let algorithm = AlgorithmIdentifierOwned::from_der(algorithm).map_err(malformed())?;
            listed |= algorithm.oid == signer.digest_algorithm.oid;
        }
        if !listed {
            return Err(forbidden(
                WHAT,
                "its digest algorithms lack that of its signer",
                "RFC 5652, 5.1",
            ));
        }
        let certificates = match &signed.certificates {
            None => Vec::new(),
            Some(set) => set.elements()?.iter().map(|one| one.to_vec()).collect(),
        };
        let content = signed.content.content.into_bytes().to_vec();
        Ok(Self {
            info: Info::read(&content)?,
            content,
            certificates,
            attributes: signer.attributes()?,
            signer,
        })
    }

    /// The value of a signed attribute.
    pub(super) fn attribute(&self, oid: ObjectIdentifier) -> Option<&[u8]> {
        let mut attributes = self.attributes.iter();
        let (_, value) = attributes.find(|(found, _)| *found == oid)?;
        Some(value)
    }
}

impl SignerInfo {
    fn attributes(&self) -> Result<Vec<(ObjectIdentifier, Vec<u8>)>> {
        let Some(set) = &self.attributes else {
            return Err(forbidden(
                WHAT,
                "its signer has no signed attributes",
                "RFC 5652, 5.3",
            ));
        };
        let mut read: Vec<(ObjectIdentifier, Vec<u8>)> = Vec::new();
        for octets in set.elements()? {
            let attribute = Attribute::from_der(octets).map_err(Error::malformed("Attribute"))?;
            let values = attribute.values.elements()?;
            let [value] = values.as_slice() else {
                return Err(forbidden(
                    WHAT,
                    "a signed attribute has not one value",
                    "RFC 5652, 11",
                ));
            };
            if read.iter().any(|(oid, _)| *oid == attribute.oid) {
                return Err(forbidden(
                    WHAT,
                    "a signed attribute stands twice",
                    "RFC 5652, 11",
                ));
            }
            read.push((attribute.oid, value.to_vec()));
        }
        Ok(read)
    }

    /// What is signed: the attributes under their own tag of a SET OF (RFC 5652, 5.4).
    pub(super) fn signed_octets(&self) -> Result<Vec<u8>> {
        self.attributes.to_der().map_err(Error::malformed(WHAT))
    }
}

impl Info {
    fn read(octets: &[u8]) -> Result<Self> {
        let malformed = || Error::malformed(INFO);
        let rule = |rule| forbidden(INFO, rule, "RFC 3161, 2.4.2");
        let info = TstInfo::from_der(octets).map_err(malformed())?;
        if info.version != 1 {
            return Err(rule("its version is not 1"));
        }
        let Some(digest) = DigestAlgorithm::of(&info.imprint.algorithm) else {
            return Err(Error::Unreadable {
                what: INFO,
                source: gm_crypto::Error::Unsupported {
                    what: "digest",
                    oid: info.imprint.algorithm.oid,
                },
            });
        };
        let imprint = info.imprint.hash.as_bytes().to_vec();
        if imprint.len() != digest.digest(&[]).len() {
            return Err(rule("its imprint is not as long as its digest"));
        }
        info.gen_time
            .tag()
            .assert_eq(Tag::GeneralizedTime)
            .map_err(malformed())?;
        let gen_time = GenTime::read(info.gen_time.value())
            .ok_or_else(|| rule("its genTime is not written as it must be"))?;
        let accuracy = info.accuracy.as_ref().map(Accuracy::duration).transpose()?;
        let latest = gen_time
            .whole_second_after(accuracy.unwrap_or_default())
            .ok_or_else(|| rule("its genTime is too late"))?;
        let extensions = Extensions::read(INFO, info.extensions)?;
        if extensions.find(|extension| extension.critical).is_some() {
            return Err(rule("it has a critical extension, and none is known"));
        }
        let octets = |number: Int| number.as_bytes().to_vec();
        Ok(Self {
            policy: info.policy,
            digest,
            imprint,
            serial: octets(info.serial),
            gen_time,
            accuracy,
            latest,
            nonce: info.nonce.map(octets),
            tsa: info.tsa,
        })
    }
}

impl Accuracy {
    fn duration(&self) -> Result<Duration> {
        let part = |part: Option<u16>| match part {
            None => Ok(0),
            Some(part @ 1..=999) => Ok(u64::from(part)),
            Some(_) => Err(forbidden(
                INFO,
                "a part of its accuracy is not between 1 and 999",
                "RFC 3161, 2.4.2",
            )),
        };
        let seconds = u64::from(self.seconds.unwrap_or(0));
        let micros = part(self.millis)? * 1000 + part(self.micros)?;
        Ok(Duration::from_secs(seconds) + Duration::from_micros(micros))
    }
}

/// The first reason of a `PKIFailureInfo` (RFC 3161, 2.4.2), in its own word.
fn failure(bits: &BitString) -> Option<&'static str> {
    let names = [
        (0, "badAlg"),
        (2, "badRequest"),
        (5, "badDataFormat"),
        (14, "timeNotAvailable"),
        (15, "unacceptedPolicy"),
        (16, "unacceptedExtension"),
        (17, "addInfoNotAvailable"),
        (25, "systemFailure"),
    ];
    let set: Vec<bool> = bits.bits().collect();
    let is_set = |(bit, _): &&(usize, &str)| set.get(*bit) == Some(&true);
    names.iter().find(is_set).map(|(_, name)| *name)
}

fn forbidden(what: &'static str, rule: &'static str, clause: &'static str) -> Error {
    Error::Forbidden { what, rule, clause }
}
