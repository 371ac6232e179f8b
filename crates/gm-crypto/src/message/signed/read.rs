//! From octets to a message that nobody has checked.

use alloc::vec::Vec;
use core::fmt;
use der::{
    Any, AnyRef, DateTime, Decode, Encode, ErrorKind, Sequence, Tag, Tagged, asn1::ObjectIdentifier,
};

use super::{
    super::{
        Deviation, Dialect,
        dialect::Forgiven,
        party::Party,
        wire::{PartyId, Set, VERSION},
    },
    Attribute, MAX_SIGNERS, Message, SignedContent, UnattributedContent, VerifiedSigner, WHAT,
    check_digest_algorithms,
    expected::{Demand, Expected, refuse_copies},
    signer::{HashedOnce, SignerInfo},
};
use crate::{Error, Result, pki::oid};

/// A signed message that has been read and not yet verified.
///
/// Everything in it is a claim. The ways to turn it into a [`SignedContent`] take the
/// certificates of the signers from the caller, who knows them by other means; those inside
/// the message are not used unless that is asked for by name.
#[derive(Clone)]
pub struct UnverifiedSignedData {
    content_type: ObjectIdentifier,
    content: Option<Vec<u8>>,
    certificates: Vec<Vec<u8>>,
    crls: Vec<Vec<u8>>,
    signers: Vec<SignerInfo>,
    deviations: Vec<Deviation>,
}

/// How much there is, not what: contents are long, and nobody's business.
impl fmt::Debug for UnverifiedSignedData {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UnverifiedSignedData")
            .field("octets", &self.content.as_ref().map(Vec::len))
            .field("signers", &self.signers.len())
            .field("deviations", &self.deviations)
            .finish_non_exhaustive()
    }
}

/// `ContentInfo`, its content not looked into.
#[derive(Sequence)]
struct Kind<'a> {
    content_type: ObjectIdentifier,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    _content: Option<AnyRef<'a>>,
}

impl UnverifiedSignedData {
    /// Reads the DER of a `ContentInfo` with `SignedData` as GM/T 0010 has it: [`Self::read`]
    /// with [`Dialect::Strict`].
    ///
    /// # Errors
    /// Those of [`Self::read`].
    pub fn from_der(octets: &[u8]) -> Result<Self> {
        Self::read(octets, Dialect::Strict)
    }

    /// Reads the DER of a `ContentInfo` with `SignedData`, content attached or detached, with
    /// any number of signers from none (certificates only) to 64.
    ///
    /// # Errors
    /// [`Error::Malformed`] for what is not strict DER, in any dialect: there are no
    /// indefinite lengths in memory. [`Error::Unsupported`] for another content type than
    /// `signedData`, and for a signer's algorithm that is not SM2 with SM3.
    /// [`Error::Invalid`] for what GM/T 0010 does not allow and the dialect does not forgive,
    /// and in any dialect for one signature that stands twice. [`Error::TooLarge`] for more
    /// than 64 signers. More than 1024 certificates, CRLs or attributes are malformed.
    pub fn read(octets: &[u8], dialect: Dialect) -> Result<Self> {
        let malformed = || Error::malformed(WHAT);
        let mut forgiven = Forgiven::new(dialect);
        let (kind, rest) = Kind::from_der_partial(octets).map_err(malformed())?;
        match kind.content_type {
            oid::SIGNED_DATA => {}
            oid::PKCS7_SIGNED_DATA => forgiven.forgive(WHAT, Deviation::ContentTypeOfRfc5652)?,
            oid => return Err(Error::Unsupported { what: WHAT, oid }),
        }
        let message = octets.split_at(octets.len() - rest.len()).0;
        let message = match dialect {
            Dialect::Strict => Message::from_der(octets),
            Dialect::Field => Message::from_der(message),
        };
        let signed = message.map_err(malformed())?.content;
        forgiven.unless(rest.is_empty(), WHAT, Deviation::TrailingOctets)?;
        forgiven.unless(signed.version == VERSION, WHAT, Deviation::Version)?;

        let count = signed.signers.as_slice().len();
        if count > MAX_SIGNERS {
            return Err(Error::TooLarge {
                what: WHAT,
                limit: MAX_SIGNERS as u64,
                unit: "signers",
            });
        }
        refuse_copies(WHAT, signed.signers.as_slice())?;
        let content_type = signed.content_info.content_type;
        if is_of_rfc5652(content_type) {
            forgiven.forgive(WHAT, Deviation::ContentTypeOfRfc5652)?;
        }
        for signer in signed.signers.as_slice() {
            signer.check(content_type, &mut forgiven)?;
        }
        let digests = signed.digest_algorithms.as_slice();
        check_digest_algorithms(digests, signed.signers.as_slice(), &mut forgiven)?;
        let mut ordered = signed.digest_algorithms.is_ordered() && signed.signers.is_ordered();
        for set in [&signed.certificates, &signed.crls].into_iter().flatten() {
            ordered &= set.is_ordered();
        }
        forgiven.unless(ordered, WHAT, Deviation::UnorderedSet)?;
        Ok(Self {
            content_type,
            content: content(signed.content_info.content, &mut forgiven)?,
            certificates: elements(signed.certificates)?,
            crls: elements(signed.crls)?,
            signers: signed.signers.into_vec(),
            deviations: forgiven.into_deviations(),
        })
    }

    /// What the message has beside GM/T 0010, each once; empty after a strict reading.
    #[must_use]
    pub fn deviations(&self) -> &[Deviation] {
        &self.deviations
    }

    /// What the content is said to be, most often `data`.
    #[must_use]
    pub fn content_type(&self) -> ObjectIdentifier {
        self.content_type
    }

    /// The content, which nobody has checked; none where it stands elsewhere (detached).
    #[must_use]
    pub fn content(&self) -> Option<&[u8]> {
        self.content.as_deref()
    }

    /// The certificates (DER) that the message carries: claims, not facts. Their insides have
    /// not been looked at.
    #[must_use]
    pub fn certificates(&self) -> &[Vec<u8>] {
        &self.certificates
    }

    /// The CRLs (DER) that the message carries, in the same way.
    #[must_use]
    pub fn crls(&self) -> &[Vec<u8>] {
        &self.crls
    }

    /// Who is said to have signed.
    pub fn signers(&self) -> impl ExactSizeIterator<Item = UnverifiedSigner<'_>> {
        self.signers.iter().map(|info| UnverifiedSigner { info })
    }

    /// Checks that the owner of `signer_certificate` (DER) signed the content inside.
    ///
    /// The caller knows by other means that this certificate is the right one, that it is
    /// good, and that its keyUsage is for signing; those inside the message are not used.
    /// Other signers are not checked. The user ID is the usual one.
    ///
    /// # Errors
    /// [`Error::Invalid`] when that certificate's owner is not among the signers, the content
    /// is not here, or it could be the attributes of another message; [`Error::Malformed`]
    /// for a certificate that can't be read; [`Error::Unsupported`] for one with another
    /// key than SM2's; [`Error::Crypto`] when the signature does not fit.
    pub fn verify(self, signer_certificate: &[u8]) -> Result<SignedContent<'static>> {
        self.verify_inside(&Expected::new(Demand::One, &[signer_certificate])?)
    }

    /// [`Self::verify`] for a message whose content stands elsewhere: `content` is that.
    ///
    /// # Errors
    /// Those of [`Self::verify`]; [`Error::Invalid`] when there is content inside.
    pub fn verify_detached<'a>(
        self,
        signer_certificate: &[u8],
        content: &'a [u8],
    ) -> Result<SignedContent<'a>> {
        self.verify_elsewhere(&Expected::new(Demand::One, &[signer_certificate])?, content)
    }

    /// Checks every signer of the content inside, each with the one of `certificates` (DER)
    /// that it names. Any one of them is enough, where it is the only signer; that each of
    /// them signed is [`Self::verify_each`].
    ///
    /// # Errors
    /// Those of [`Self::verify`], for any signer; [`Error::Invalid`] for a message without
    /// signers. Certificates that are named by nobody do no harm.
    pub fn verify_all(self, certificates: &[&[u8]]) -> Result<SignedContent<'static>> {
        self.verify_inside(&Expected::new(Demand::All, certificates)?)
    }

    /// [`Self::verify_all`] for a message whose content stands elsewhere.
    ///
    /// # Errors
    /// Those of [`Self::verify_all`]; [`Error::Invalid`] when there is content inside.
    pub fn verify_all_detached<'a>(
        self,
        certificates: &[&[u8]],
        content: &'a [u8],
    ) -> Result<SignedContent<'a>> {
        self.verify_elsewhere(&Expected::new(Demand::All, certificates)?, content)
    }

    /// Checks that the owner of each of `certificates` (DER) signed the content inside,
    /// whoever else signed: [`Self::verify`] for several at once.
    ///
    /// One signature counts for one certificate. Every signature in the name of one of them
    /// must fit; others are not checked. Who is given twice is asked for once.
    ///
    /// # Errors
    /// Those of [`Self::verify`], for any of them; [`Error::Invalid`] without certificates.
    pub fn verify_each(self, certificates: &[&[u8]]) -> Result<SignedContent<'static>> {
        self.verify_inside(&Expected::new(Demand::Each, certificates)?)
    }

    /// [`Self::verify_each`] for a message whose content stands elsewhere.
    ///
    /// # Errors
    /// Those of [`Self::verify_each`]; [`Error::Invalid`] when there is content inside.
    pub fn verify_each_detached<'a>(
        self,
        certificates: &[&[u8]],
        content: &'a [u8],
    ) -> Result<SignedContent<'a>> {
        self.verify_elsewhere(&Expected::new(Demand::Each, certificates)?, content)
    }

    /// Checks each signer alone, whatever becomes of the others: one result for each, in the
    /// order of [`Self::signers`], for whoever judges a document signer by signer.
    ///
    /// `certificates` gives those (DER) that may be a signer's, the likeliest first: of them
    /// the first eight count that the signer names. `content` is that of a detached message.
    ///
    /// # Errors
    /// [`Error::Invalid`] when there is no content, or one inside and one beside it. For a
    /// signer those of [`Self::verify`].
    pub fn verify_one_by_one<'c>(
        &self,
        content: Option<&[u8]>,
        certificates: impl Fn(UnverifiedSigner<'_>) -> Vec<&'c [u8]>,
    ) -> Result<Vec<Result<VerifiedSigner>>> {
        let content = match (&self.content, content) {
            (None, Some(content)) => content,
            (Some(content), None) => content,
            (None, None) => return Err(DETACHED),
            (Some(_), Some(_)) => return Err(NOT_DETACHED),
        };
        let content = HashedOnce::new(content);
        let verify = |info: &SignerInfo| {
            let certificates = certificates(UnverifiedSigner { info });
            Expected::new(Demand::One, &certificates)?.verify_one(info, &content)
        };
        Ok(self.signers.iter().map(verify).collect())
    }

    /// Checks every signer with the certificate that the message itself carries.
    ///
    /// Whoever made the message chose that certificate: the result says that the message is
    /// in one piece and proves nothing about who made it, hence its type.
    ///
    /// # Errors
    /// Those of [`Self::verify_all`].
    pub fn verify_with_carried_certificates(self) -> Result<UnattributedContent<'static>> {
        let expected = Expected::readable(&self.certificates);
        self.verify_inside(&expected).map(UnattributedContent::new)
    }

    /// [`Self::verify_with_carried_certificates`] for a message whose content stands
    /// elsewhere.
    ///
    /// # Errors
    /// Those of [`Self::verify_all_detached`].
    pub fn verify_detached_with_carried_certificates(
        self,
        content: &[u8],
    ) -> Result<UnattributedContent<'_>> {
        let expected = Expected::readable(&self.certificates);
        self.verify_elsewhere(&expected, content)
            .map(UnattributedContent::new)
    }

    fn verify_inside(mut self, expected: &Expected) -> Result<SignedContent<'static>> {
        let content = self.content.take().ok_or(DETACHED)?;
        let signers = expected.verify(&self.signers, &HashedOnce::new(&content))?;
        Ok(SignedContent {
            content: content.into(),
            content_type: self.content_type,
            signers,
            deviations: self.deviations,
        })
    }

    fn verify_elsewhere<'a>(
        self,
        expected: &Expected,
        content: &'a [u8],
    ) -> Result<SignedContent<'a>> {
        self.expect_detached()?;
        let signers = expected.verify(&self.signers, &HashedOnce::new(content))?;
        Ok(SignedContent {
            content: content.into(),
            content_type: self.content_type,
            signers,
            deviations: self.deviations,
        })
    }

    /// Refuses a message whose content stands inside.
    pub(crate) fn expect_detached(&self) -> Result<()> {
        match self.content {
            None => Ok(()),
            Some(_) => Err(NOT_DETACHED),
        }
    }

    /// The signers as they were read, for a content that is not in memory.
    #[cfg(any(feature = "std", test))]
    pub(crate) fn signer_infos(&self) -> &[SignerInfo] {
        &self.signers
    }

    /// The check of a content that is not in memory.
    #[cfg(feature = "std")]
    pub(crate) fn verify_octets(
        &self,
        expected: &Expected,
        content: &impl super::signer::SignedOctets,
    ) -> Result<Vec<VerifiedSigner>> {
        expected.verify(&self.signers, content)
    }
}

const DETACHED: Error = Error::Invalid {
    what: WHAT,
    reason: "is detached, its content stands elsewhere",
};
const NOT_DETACHED: Error = Error::Invalid {
    what: WHAT,
    reason: "is not detached, its content stands inside",
};

/// One who is said to have signed.
#[derive(Clone, Copy, Debug)]
pub struct UnverifiedSigner<'a> {
    info: &'a SignerInfo,
}

impl<'a> UnverifiedSigner<'a> {
    /// The issuer (DER of `Name`) and the serial number (content octets of the INTEGER) of
    /// the certificate, where it is named by these.
    #[must_use]
    pub fn issuer_and_serial_number(self) -> Option<(Vec<u8>, &'a [u8])> {
        match self.info.party_id() {
            PartyId::IssuerAndSerialNumber(id) => Some((
                id.issuer.to_der().expect("memory takes what came from it"),
                id.serial_number.as_bytes(),
            )),
            PartyId::SubjectKeyIdentifier(_) => None,
        }
    }

    /// The subject key identifier of the certificate, where it is named by that.
    #[must_use]
    pub fn key_identifier(self) -> Option<&'a [u8]> {
        match self.info.party_id() {
            PartyId::IssuerAndSerialNumber(_) => None,
            PartyId::SubjectKeyIdentifier(id) => Some(id.as_bytes()),
        }
    }

    /// Whether this is the name of the owner of a certificate (DER).
    ///
    /// # Errors
    /// [`Error::Malformed`] for a certificate that can't be read.
    pub fn is_named_by(self, certificate: &[u8]) -> Result<bool> {
        Ok(Party::from_certificate(certificate)?.is_named_by(self.info.party_id()))
    }

    /// The signed attributes; none where the content itself is signed.
    #[must_use]
    pub fn attributes(self) -> Option<&'a [Attribute]> {
        self.info.attributes()
    }

    /// The attributes that are not signed: anybody may have added them.
    #[must_use]
    pub fn unsigned_attributes(self) -> &'a [Attribute] {
        self.info.unauthenticated_attributes()
    }

    /// The identifiers of digest and signature, as they came.
    #[must_use]
    pub fn algorithms(self) -> (ObjectIdentifier, ObjectIdentifier) {
        (
            self.info.digest_algorithm(),
            self.info.signature_algorithm(),
        )
    }

    /// When the signer says that they signed: their clock, and nobody has checked that they
    /// say so.
    #[must_use]
    pub fn signing_time(self) -> Option<DateTime> {
        // Read before, when the message was.
        self.info.signing_time().ok().flatten()
    }

    /// The octets in the place of the signature.
    #[must_use]
    pub fn signature(self) -> &'a [u8] {
        self.info.signature()
    }
}

/// The octets of the content: those of its OCTET STRING or, as PKCS#7 has it, those of
/// whatever stands there without its tag and length (RFC 5652, 5.2.1).
fn content(content: Option<Any>, forgiven: &mut Forgiven) -> Result<Option<Vec<u8>>> {
    content
        .map(|content| {
            let string = content.tag() == Tag::OctetString;
            // Streams read no tags of several octets either.
            if !string && content.tag().number().value() > 30 {
                let source = ErrorKind::TagNumberInvalid.to_error();
                return Err(Error::malformed(WHAT)(source));
            }
            forgiven.unless(string, WHAT, Deviation::ContentNotOctetString)?;
            Ok(content.value().to_vec())
        })
        .transpose()
}

/// The DER of certificates or CRLs.
fn elements(set: Option<Set<Any>>) -> Result<Vec<Vec<u8>>> {
    set.map_or_else(Vec::new, Set::into_vec)
        .iter()
        .map(|element| {
            element
                .tag()
                .assert_eq(Tag::Sequence)
                .and_then(|_| element.to_der())
                .map_err(Error::malformed(WHAT))
        })
        .collect()
}

/// Whether a content type is one of PKCS#7 and RFC 5652 that GM/T 0010 has its own for.
fn is_of_rfc5652(content_type: ObjectIdentifier) -> bool {
    [
        oid::PKCS7_DATA,
        oid::PKCS7_SIGNED_DATA,
        oid::PKCS7_ENVELOPED_DATA,
        oid::PKCS7_SIGNED_AND_ENVELOPED_DATA,
        oid::PKCS7_ENCRYPTED_DATA,
    ]
    .contains(&content_type)
}
