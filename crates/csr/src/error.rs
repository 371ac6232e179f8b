//! The one error of this crate.

use der::asn1::ObjectIdentifier;

/// Why a request is refused, or cannot be written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// More octets than [`Limits::bytes`](crate::Limits::bytes).
    #[error("request has {found} octets, at most {limit} are read: send the request alone")]
    TooLarge {
        /// Octets of the input.
        found: usize,
        /// The limit.
        limit: usize,
    },

    /// Not strict DER of RFC 2986, or an X.509 rule of structure is broken.
    ///
    /// The source names the structure, and for DER the kind of fault and its
    /// offset; offsets count from the first octet of the request, within
    /// `extensionRequest` from the first octet of its value.
    #[error("not a PKCS#10 request in strict DER: make it again with a tool that follows RFC 2986")]
    Malformed {
        /// Where and what.
        source: gm_crypto::Error,
    },

    /// An attribute type other than `extensionRequest` stands twice in the request.
    #[error("request has attribute {oid} twice: say it once")]
    DuplicateAttribute {
        /// The type.
        oid: ObjectIdentifier,
    },

    /// An extension is asked for twice (RFC 5280, 4.2, lets a certificate have one).
    #[error("request asks for extension {oid} twice: say it once")]
    DuplicateExtension {
        /// Its identifier.
        oid: ObjectIdentifier,
    },

    /// More elements in each other than [`Limits::depth`](crate::Limits::depth).
    #[error(
        "request is nested deeper than {limit} levels: make it again without the odd attribute"
    )]
    TooDeep {
        /// The limit.
        limit: usize,
    },

    /// An OBJECT IDENTIFIER that nobody gives out.
    #[error("request has an object identifier of {found} octets, at most {limit} are read")]
    HugeOid {
        /// Its octets.
        found: usize,
        /// The limit: what the types here hold.
        limit: usize,
    },

    /// A longer subject than [`Limits::subject_bytes`](crate::Limits::subject_bytes).
    #[error("subject has {found} octets, at most {limit} are read: shorten the name")]
    SubjectTooLong {
        /// Octets of the subject.
        found: usize,
        /// The limit.
        limit: usize,
    },

    /// More attributes of the subject than [`Limits::rdns`](crate::Limits::rdns).
    #[error("subject has {found} attributes, at most {limit} are read: shorten the name")]
    TooManyRdns {
        /// Attributes of the subject.
        found: usize,
        /// The limit.
        limit: usize,
    },

    /// More attributes than [`Limits::attributes`](crate::Limits::attributes).
    #[error("request has {found} attributes, at most {limit} are read: leave some out")]
    TooManyAttributes {
        /// Attributes of the request.
        found: usize,
        /// The limit.
        limit: usize,
    },

    /// A longer attribute than [`Limits::attribute_bytes`](crate::Limits::attribute_bytes).
    #[error("an attribute has {found} octets, at most {limit} are read: ask for less")]
    AttributeTooLong {
        /// Octets of the longest attribute.
        found: usize,
        /// The limit.
        limit: usize,
    },

    /// An attribute with more values than [`Limits::values`](crate::Limits::values).
    #[error("an attribute has {found} values, at most {limit} are read: ask for less")]
    TooManyValues {
        /// Values of the attribute that has most.
        found: usize,
        /// The limit.
        limit: usize,
    },

    /// More extensions than [`Limits::extensions`](crate::Limits::extensions).
    #[error("request asks for {found} extensions, at most {limit} are read: leave some out")]
    TooManyExtensions {
        /// Extensions asked for.
        found: usize,
        /// The limit.
        limit: usize,
    },

    /// The subject says nothing under [`SubjectRule::Required`](crate::SubjectRule::Required).
    #[error("subject is empty: name the applicant in the request")]
    EmptySubject,

    /// A key of `id-ecPublicKey` on a curve that no listed algorithm takes; SM2's is
    /// sm2p256v1 (GM/T 0006).
    #[error("key is on curve {found}, which is not accepted: make a key on sm2p256v1")]
    Curve {
        /// The curve of the key.
        found: ObjectIdentifier,
    },

    /// A key of an algorithm that no listed one takes, or one that does not name a curve
    /// after `id-ecPublicKey` (RFC 5480, 2.1.1).
    #[error(
        "key of algorithm {found} is not accepted: make a key of id-ecPublicKey that names the \
         curve sm2p256v1"
    )]
    KeyAlgorithm {
        /// The algorithm of the key.
        found: ObjectIdentifier,
    },

    /// The key would do, the signature's algorithm or its parameters would not.
    #[error(
        "signature algorithm {found} is not accepted with this key: sign with SM2 and SM3, with \
         another key with SHA-256 or longer, parameters as its standard has them"
    )]
    SignatureAlgorithm {
        /// The algorithm of the signature.
        found: ObjectIdentifier,
    },

    /// The signature does not fit the key in the request, so that nobody has shown
    /// to hold the private one (RFC 2986, 3, note 2).
    #[error(
        "proof of possession fails: sign the unchanged request with the private key of the \
         public key in it, under the user ID 1234567812345678 unless another was agreed"
    )]
    ProofOfPossession,

    /// Something that the request claims can't be read; the request may be good all the
    /// same.
    #[error("request's {what} is not what its standard has: leave it out, or mend it")]
    Claim {
        /// The attribute or extension.
        what: &'static str,
        /// Where and what.
        source: gm_crypto::Error,
    },

    /// A block of PEM holds no request, or no block does.
    #[error("no request in PEM (RFC 7468)")]
    Pem {
        /// Why.
        source: gm_crypto::Error,
    },

    /// No temporary key in a request that must have one.
    #[error(
        "request has no temporary key for the encryption certificate: send CFCA's attribute \
         1.2.840.113549.1.9.63, or the key beside the request"
    )]
    NoTemporaryKey,

    /// The request has a temporary key, and another one came beside it.
    #[error("two temporary keys that differ: one in the request, one beside it; send one")]
    TemporaryKeysDiffer,

    /// Evidence of a key's origin that was made for another key.
    #[error("evidence of origin is for another key than the request's: send the one for this key")]
    EvidenceOfAnotherKey,

    /// The request says another origin of its key than the evidence beside it.
    #[error("request and evidence differ about the key's origin: find out which is true")]
    OriginsDiffer,

    /// A request cannot be written, for the reason in the source.
    #[error("request cannot be written")]
    Encoding {
        /// Why.
        source: gm_crypto::Error,
    },
}
