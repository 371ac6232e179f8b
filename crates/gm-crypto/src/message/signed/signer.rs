//! One `SignerInfo`: what it says, whether its signature fits, and how one is made.

use alloc::vec::Vec;
use core::cell::{OnceCell, RefCell};
use der::{
    Encode, Sequence,
    asn1::{ObjectIdentifier, OctetString},
};
use spki::AlgorithmIdentifierOwned;

use super::{
    super::{
        Deviation, Partner, SignatureName,
        dialect::Forgiven,
        party::Party,
        wire::{PartyId, Set, VERSION, has_no_parameters, without_parameters},
    },
    attributes::{Attribute, could_be_attributes, signing_time, single},
};
use crate::{
    Error, Result,
    pki::oid,
    sm2::{CURVE_OID, DerSignature, PublicKey, SIGNATURE_OID, UserId, Za},
    sm3::{self, DIGEST_LENGTH},
};

const WHAT: &str = "SignerInfo";
/// The version of a SignerInfo whose signer is named by key identifier (RFC 5652, 5.3).
const VERSION_BY_KEY_IDENTIFIER: u8 = 3;

/// `SignerInfo` (GM/T 0010, clause 8), read and not verified.
#[derive(Clone, Debug, Sequence)]
pub(crate) struct SignerInfo {
    version: u8,
    signer: PartyId,
    digest_algorithm: AlgorithmIdentifierOwned,
    #[asn1(context_specific = "0", tag_mode = "IMPLICIT", optional = "true")]
    authenticated_attributes: Option<Set<Attribute>>,
    signature_algorithm: AlgorithmIdentifierOwned,
    signature: OctetString,
    #[asn1(context_specific = "1", tag_mode = "IMPLICIT", optional = "true")]
    unauthenticated_attributes: Option<Set<Attribute>>,
}

/// The content of a message, as its signers need it: each of these is asked for when it is
/// needed, and may be asked for again by each signer.
pub(crate) trait SignedOctets {
    /// SM3 of the content, without Z: what a messageDigest attribute holds.
    fn digest(&self) -> Result<[u8; DIGEST_LENGTH]>;
    /// e = SM3(Z ‖ content): what is signed where there are no attributes.
    fn digest_with(&self, za: &Za) -> Result<[u8; DIGEST_LENGTH]>;
    /// [`could_be_attributes`] of the content.
    fn could_be_attributes(&self) -> bool;
}

impl SignedOctets for &[u8] {
    fn digest(&self) -> Result<[u8; DIGEST_LENGTH]> {
        Ok(sm3::digest(self))
    }

    fn digest_with(&self, za: &Za) -> Result<[u8; DIGEST_LENGTH]> {
        Ok(za.digest(self))
    }

    fn could_be_attributes(&self) -> bool {
        could_be_attributes(self)
    }
}

/// A content in memory, hashed once however many signers ask.
pub(crate) struct HashedOnce<'a> {
    octets: &'a [u8],
    digest: OnceCell<[u8; DIGEST_LENGTH]>,
    with: RefCell<Vec<(Za, [u8; DIGEST_LENGTH])>>,
    could_be_attributes: OnceCell<bool>,
}

impl<'a> HashedOnce<'a> {
    pub(crate) fn new(octets: &'a [u8]) -> Self {
        Self {
            octets,
            digest: OnceCell::new(),
            with: RefCell::default(),
            could_be_attributes: OnceCell::new(),
        }
    }
}

impl SignedOctets for HashedOnce<'_> {
    fn digest(&self) -> Result<[u8; DIGEST_LENGTH]> {
        Ok(*self.digest.get_or_init(|| sm3::digest(self.octets)))
    }

    fn digest_with(&self, za: &Za) -> Result<[u8; DIGEST_LENGTH]> {
        let mut with = self.with.borrow_mut();
        if let Some((_, digest)) = with.iter().find(|(other, _)| other == za) {
            return Ok(*digest);
        }
        let digest = za.digest(self.octets);
        with.push((za.clone(), digest));
        Ok(digest)
    }

    fn could_be_attributes(&self) -> bool {
        *self
            .could_be_attributes
            .get_or_init(|| could_be_attributes(self.octets))
    }
}

impl SignerInfo {
    /// Checks what can be checked without key and content.
    ///
    /// `content_type` is that of the content that is signed.
    ///
    /// # Errors
    /// [`Error::Unsupported`] for an algorithm that is not SM2 with SM3 under any name,
    /// [`Error::Invalid`] for what GM/T 0010 does not allow and `forgiven` does not forgive:
    /// among it attributes without the due messageDigest and contentType, and content that
    /// is not data without attributes.
    pub(crate) fn check(
        &self,
        content_type: ObjectIdentifier,
        forgiven: &mut Forgiven,
    ) -> Result<()> {
        if matches!(self.signer, PartyId::SubjectKeyIdentifier(_)) {
            forgiven.forgive(WHAT, Deviation::SubjectKeyIdentifier)?;
        }
        forgiven.unless(self.version == VERSION, WHAT, Deviation::Version)?;
        check_digest_algorithm(WHAT, &self.digest_algorithm, forgiven)?;
        self.check_signature_algorithm(forgiven)?;
        for set in [
            &self.authenticated_attributes,
            &self.unauthenticated_attributes,
        ]
        .into_iter()
        .flatten()
        {
            let ordered = set.is_ordered() && set.as_slice().iter().all(Attribute::is_ordered);
            forgiven.unless(ordered, WHAT, Deviation::UnorderedSet)?;
        }
        self.check_attributes(content_type, forgiven)
    }

    fn check_signature_algorithm(&self, forgiven: &mut Forgiven) -> Result<()> {
        let algorithm = &self.signature_algorithm;
        let deviation = match algorithm.oid {
            oid::SM2_SIGN => None,
            SIGNATURE_OID => Some(Deviation::SignatureNamedWithDigest),
            oid::SM2_ENCRYPT => Some(Deviation::SignatureNamedEncryption),
            CURVE_OID => Some(Deviation::SignatureNamedCurve),
            oid => return Err(Error::Unsupported { what: WHAT, oid }),
        };
        refuse_parameters(WHAT, algorithm)?;
        deviation.map_or(Ok(()), |deviation| forgiven.forgive(WHAT, deviation))
    }

    fn check_attributes(
        &self,
        content_type: ObjectIdentifier,
        forgiven: &mut Forgiven,
    ) -> Result<()> {
        let invalid = |reason| Error::Invalid { what: WHAT, reason };
        let Some(attributes) = &self.authenticated_attributes else {
            return if [oid::DATA, oid::PKCS7_DATA].contains(&content_type) {
                Ok(())
            } else {
                Err(invalid("has no attributes, and its content is not data"))
            };
        };
        let attributes = attributes.as_slice();
        let said: ObjectIdentifier = single(attributes, oid::CONTENT_TYPE)?
            .ok_or(invalid("has attributes without a contentType"))?
            .decode_as()
            .map_err(Error::malformed("contentType"))?;
        let data = [oid::DATA, oid::PKCS7_DATA];
        if said != content_type {
            if !(data.contains(&said) && data.contains(&content_type)) {
                return Err(invalid("has a contentType that is not the content's"));
            }
            forgiven.forgive(WHAT, Deviation::ContentTypeOfRfc5652)?;
        }
        self.message_digest()?
            .ok_or(invalid("has attributes without a messageDigest"))?;
        self.signing_time().map(drop)
    }

    /// Checks that the owner of a certificate signed `content`, under the usual user ID.
    ///
    /// [`Self::check`] has been called; that `party` is the one that is named is for the
    /// caller to see to.
    ///
    /// # Errors
    /// [`Error::Crypto`] when the content is not the one whose digest was signed, or the
    /// signature does not fit; [`Error::Invalid`] for content that could be attributes of
    /// another message; those of [`Party::public_key`] and of `content`.
    pub(crate) fn verify(&self, party: &Party, content: &impl SignedOctets) -> Result<()> {
        let key = party.public_key()?;
        let za = Za::new(&UserId::default(), &key);
        self.verify_with(&key, &za, content)
    }

    /// [`Self::verify`] with a key and its Z.
    pub(crate) fn verify_with(
        &self,
        key: &PublicKey,
        za: &Za,
        content: &impl SignedOctets,
    ) -> Result<()> {
        let e = match self.message_digest()? {
            Some(digest) if content.digest()? != digest => return Err(Error::Crypto),
            Some(_) => za.digest(&self.signed_attributes()?),
            None if content.could_be_attributes() => return Err(CONFUSING),
            None => content.digest_with(za)?,
        };
        let signature = DerSignature::from_der(self.signature.as_bytes())?;
        key.verify_digest(&e, &signature)
    }

    /// The DER of the attributes, SET OF with its own tag: the octets as they came but for
    /// the tag [0], since DER has one way to write tags and lengths.
    fn signed_attributes(&self) -> Result<Vec<u8>> {
        self.authenticated_attributes
            .to_der()
            .map_err(Error::malformed(WHAT))
    }

    /// What the messageDigest attribute holds; none where there are no attributes.
    ///
    /// # Errors
    /// [`Error::Invalid`] for attributes without it, or with something else in it.
    pub(crate) fn message_digest(&self) -> Result<Option<[u8; DIGEST_LENGTH]>> {
        let Some(attributes) = &self.authenticated_attributes else {
            return Ok(None);
        };
        single(attributes.as_slice(), oid::MESSAGE_DIGEST)?
            .and_then(|value| value.decode_as::<OctetString>().ok())
            .and_then(|value| value.as_bytes().try_into().ok())
            .map(Some)
            .ok_or(Error::Invalid {
                what: WHAT,
                reason: "has attributes without a messageDigest of 32 octets",
            })
    }

    /// How the signer is named.
    pub(crate) fn party_id(&self) -> &PartyId {
        &self.signer
    }

    /// The identifier under which the digest stands.
    pub(crate) fn digest_algorithm(&self) -> ObjectIdentifier {
        self.digest_algorithm.oid
    }

    /// The identifier under which the signature stands.
    pub(crate) fn signature_algorithm(&self) -> ObjectIdentifier {
        self.signature_algorithm.oid
    }

    /// DER of GM/T 0009's `SM2Signature`, if it is what it should be.
    pub(crate) fn signature(&self) -> &[u8] {
        self.signature.as_bytes()
    }

    /// The authenticated attributes; none is not the same as no attributes.
    pub(crate) fn attributes(&self) -> Option<&[Attribute]> {
        self.authenticated_attributes.as_ref().map(Set::as_slice)
    }

    pub(crate) fn unauthenticated_attributes(&self) -> &[Attribute] {
        self.unauthenticated_attributes
            .as_ref()
            .map_or(&[], Set::as_slice)
    }

    /// When the signer says that they signed.
    pub(crate) fn signing_time(&self) -> Result<Option<der::DateTime>> {
        signing_time(self.attributes().unwrap_or_default())
    }
}

const CONFUSING: Error = Error::Invalid {
    what: "SignedData",
    reason: "has content that could be the attributes of another message, and no attributes",
};

/// SM3, under its own name or under another that `forgiven` forgives.
pub(crate) fn check_digest_algorithm(
    what: &'static str,
    algorithm: &AlgorithmIdentifierOwned,
    forgiven: &mut Forgiven,
) -> Result<()> {
    let deviation = match algorithm.oid {
        oid::SM3 => None,
        oid::SM3_UNKEYED => Some(Deviation::DigestNamedUnkeyed),
        oid::HMAC_SM3 => Some(Deviation::DigestNamedHmac),
        SIGNATURE_OID => Some(Deviation::DigestNamedSignature),
        oid => return Err(Error::Unsupported { what, oid }),
    };
    refuse_parameters(what, algorithm)?;
    deviation.map_or(Ok(()), |deviation| forgiven.forgive(what, deviation))
}

fn refuse_parameters(what: &'static str, algorithm: &AlgorithmIdentifierOwned) -> Result<()> {
    if has_no_parameters(algorithm) {
        Ok(())
    } else {
        Err(Error::Invalid {
            what,
            reason: "has parameters beside an algorithm that has none",
        })
    }
}

/// A `SignerInfo` that lacks its signature.
#[derive(Clone, Debug)]
pub(crate) struct SignerDraft {
    party: Party,
    info: SignerInfo,
}

impl SignerDraft {
    /// Prepares a signature by the owner of a certificate.
    ///
    /// With `attributes` (an empty list counts), contentType and messageDigest are added to
    /// them and the attributes are what is signed; without, the content is.
    ///
    /// # Errors
    /// [`Error::Invalid`] for attributes that are added here or stand twice, content that is
    /// not data without attributes, or content that could be attributes itself; those of
    /// [`Party::id`] and of `content`.
    pub(crate) fn new(
        party: Party,
        partner: &Partner,
        content_type: ObjectIdentifier,
        content: &impl SignedOctets,
        attributes: Option<Vec<Attribute>>,
    ) -> Result<Self> {
        let signer = party.id(partner)?;
        let attributes = match attributes {
            None if content.could_be_attributes() => return Err(CONFUSING),
            None => None,
            Some(mut attributes) => {
                attributes.push(Attribute::content_type(content_type)?);
                attributes.push(Attribute::message_digest(&content.digest()?)?);
                Some(attributes)
            }
        };
        let encode = || -> der::Result<SignerInfo> {
            Ok(SignerInfo {
                version: match signer {
                    PartyId::IssuerAndSerialNumber(_) => VERSION,
                    PartyId::SubjectKeyIdentifier(_) => VERSION_BY_KEY_IDENTIFIER,
                },
                signer,
                digest_algorithm: without_parameters(oid::SM3, partner.parameters)?,
                authenticated_attributes: attributes.map(Set::new).transpose()?,
                signature_algorithm: without_parameters(
                    match partner.signature_name {
                        SignatureName::Sm2Sign => oid::SM2_SIGN,
                        SignatureName::Sm2WithSm3 => SIGNATURE_OID,
                    },
                    partner.parameters,
                )?,
                signature: OctetString::new([])?,
                unauthenticated_attributes: None,
            })
        };
        let info = encode().map_err(Error::malformed(WHAT))?;
        for attribute in info.attributes().unwrap_or_default() {
            let of_type = |other: &&Attribute| other.oid() == attribute.oid();
            if info
                .attributes()
                .into_iter()
                .flatten()
                .filter(of_type)
                .count()
                > 1
            {
                return Err(Error::Invalid {
                    what: WHAT,
                    reason: "would have an attribute twice",
                });
            }
        }
        info.check_attributes(
            content_type,
            &mut Forgiven::new(super::super::Dialect::Strict),
        )?;
        Ok(Self { party, info })
    }

    /// What to sign where it is not the content: the DER of the attributes.
    pub(crate) fn signed_attributes(&self) -> Result<Option<Vec<u8>>> {
        match self.info.authenticated_attributes {
            None => Ok(None),
            Some(_) => self.info.signed_attributes().map(Some),
        }
    }

    /// e of the signature, under the usual user ID.
    pub(crate) fn e(&self, content: &impl SignedOctets) -> Result<[u8; DIGEST_LENGTH]> {
        let za = Za::new(&UserId::default(), &self.party.public_key()?);
        match self.signed_attributes()? {
            Some(attributes) => Ok(za.digest(&attributes)),
            None => content.digest_with(&za),
        }
    }

    /// Whose signature is wanted.
    pub(crate) fn party(&self) -> &Party {
        &self.party
    }

    /// Adds an attribute that is not signed.
    pub(crate) fn add_unsigned_attribute(&mut self, attribute: Attribute) -> Result<()> {
        let mut attributes = self.info.unauthenticated_attributes().to_vec();
        attributes.push(attribute);
        let set = Set::new(attributes).map_err(Error::malformed(WHAT))?;
        self.info.unauthenticated_attributes = Some(set);
        Ok(())
    }

    /// Puts the signature (GM/T 0009 `SM2Signature`) in.
    ///
    /// # Errors
    /// [`Error::Malformed`] or [`Error::Crypto`] for what is no signature. Whether it fits is
    /// not checked.
    pub(crate) fn attach(mut self, signature: &[u8]) -> Result<SignerInfo> {
        let signature = DerSignature::from_der(signature)?;
        self.info.signature =
            OctetString::new(signature.to_der()).map_err(Error::malformed(WHAT))?;
        Ok(self.info)
    }
}
