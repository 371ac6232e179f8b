//! Key agreement information (GM/T 0010, clause 12): what one side of a key exchange
//! (GB/T 32918.3) tells the other.

use alloc::vec::Vec;
use der::{
    Any, AnyRef, Decode, Encode, Sequence, Tag, Tagged,
    asn1::{BitStringRef, OctetString},
};
use spki::SubjectPublicKeyInfoRef;

use crate::{
    Error, Result,
    pki::oid,
    sm2::{PublicKey, UserId, VerifyingKey},
};

use super::{
    Deviation, Dialect, Partner, dialect::Forgiven, encrypted_content::Kind, party::Party,
    wire::VERSION,
};

const KIND: Kind = Kind {
    name: "KeyAgreementInfo",
    gm: oid::KEY_AGREEMENT_INFO,
    pkcs7: None,
};

/// ```text
/// KeyAgreementInfo ::= SEQUENCE {
///     version INTEGER (1), tempPublicKeyR SM2PublicKey,
///     userCertificate Certificate, userID OCTET STRING }
/// ```
#[derive(Sequence)]
struct Wire {
    version: u8,
    temporary_key: Any,
    certificate: Any,
    user_id: OctetString,
}

/// One side's temporary key, certificate and user ID (GM/T 0010, clause 12).
///
/// Nothing in it is authenticated; the confirmations of the exchange are what shows that
/// the other side has the certificate's key.
///
/// ```
/// use gm_crypto::message::{Dialect, KeyAgreementInfo, Partner};
/// use gm_crypto::sm2::{SigningKey, UserId, exchange::{Initiator, Responder, SharedKey}};
/// # use gm_crypto::Result;
/// # fn agree(a: &SigningKey, b: &SigningKey, cert_a: &[u8], cert_b: &[u8]) -> Result<SharedKey> {
/// # let mut rng = getrandom::SysRng;
/// // A speaks first.
/// let (initiator, r_a) = Initiator::start(&mut rng, a)?;
/// let from_a = KeyAgreementInfo::new(r_a, cert_a, UserId::default())?;
/// // B answers, and sends its own with S_B.
/// let (responder, r_b, s_b) =
///     Responder::answer(&mut rng, b, &from_a.peer()?, from_a.temporary_key(), 16)?;
/// let from_b = KeyAgreementInfo::new(r_b, cert_b, UserId::default())?;
/// let octets = from_b.to_der(&Partner::default())?;
/// // A has the key, and B after S_A.
/// let from_b = KeyAgreementInfo::read(&octets, Dialect::Strict)?;
/// let (key, s_a) = initiator.confirm(&from_b.peer()?, from_b.temporary_key(), 16, &s_b)?;
/// assert_eq!(key, responder.confirm(&s_a)?);
/// # Ok(key)
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct KeyAgreementInfo {
    temporary_key: PublicKey,
    certificate: Vec<u8>,
    user_id: UserId,
    deviations: Vec<Deviation>,
}

impl KeyAgreementInfo {
    /// What this side tells: R of the exchange, its certificate (DER) and its user ID.
    ///
    /// # Errors
    /// [`Error::Malformed`] for a certificate that can't be read, [`Error::Unsupported`] for
    /// one whose key is no SM2 key, [`Error::Crypto`] for one whose point is not on the curve.
    pub fn new(temporary_key: PublicKey, certificate: &[u8], user_id: UserId) -> Result<Self> {
        Party::from_certificate(certificate)?.public_key()?;
        Ok(Self {
            temporary_key,
            certificate: certificate.to_vec(),
            user_id,
            deviations: Vec::new(),
        })
    }

    /// Reads the DER of a `ContentInfo` with `KeyAgreementInfo`.
    ///
    /// # Errors
    /// [`Error::Malformed`] for what is not strict DER, [`Error::Unsupported`] for another
    /// content type and for keys that are no SM2 keys, [`Error::Invalid`] for what the
    /// standard, or the dialect, does not allow, [`Error::Crypto`] for a point that is not on
    /// the curve, [`Error::UserIdTooLong`].
    pub fn read(octets: &[u8], dialect: Dialect) -> Result<Self> {
        let name = KIND.name;
        let mut forgiven = Forgiven::new(dialect);
        let wire: Wire = KIND.open(octets, &mut forgiven)?;
        forgiven.unless(wire.version == VERSION, name, Deviation::Version)?;
        let read = Self::new(
            temporary_key(&wire.temporary_key, &mut forgiven)?,
            &wire.certificate.to_der().map_err(Error::malformed(name))?,
            UserId::new(wire.user_id.as_bytes())?,
        )?;
        Ok(Self {
            deviations: forgiven.into_deviations(),
            ..read
        })
    }

    /// Writes the DER of a `ContentInfo`.
    ///
    /// # Errors
    /// [`Error::Malformed`] when the certificate is too long for DER (256 MiB).
    pub fn to_der(&self, partner: &Partner) -> Result<Vec<u8>> {
        let point = self.temporary_key.to_uncompressed();
        let build = || -> der::Result<Wire> {
            Ok(Wire {
                version: VERSION,
                temporary_key: Any::encode_from(&BitStringRef::from_bytes(&point)?)?,
                certificate: Any::from_der(&self.certificate)?,
                user_id: OctetString::new(self.user_id.as_bytes())?,
            })
        };
        let wire = build().map_err(Error::malformed(KIND.name))?;
        KIND.close(partner, &wire)
    }

    /// What it has beside GM/T 0010, each once; empty after a strict reading and for what was
    /// not read.
    #[must_use]
    pub fn deviations(&self) -> &[Deviation] {
        &self.deviations
    }

    /// R_A or R_B of the exchange.
    #[must_use]
    pub fn temporary_key(&self) -> &PublicKey {
        &self.temporary_key
    }

    /// The certificate (DER): a claim. Whether it is good is for the caller to find out.
    #[must_use]
    pub fn certificate(&self) -> &[u8] {
        &self.certificate
    }

    /// The user ID that goes into Z.
    #[must_use]
    pub fn user_id(&self) -> &UserId {
        &self.user_id
    }

    /// The certificate's key with the user ID, as the exchange takes it.
    ///
    /// # Errors
    /// None in practice: the certificate has been read before.
    pub fn peer(&self) -> Result<VerifyingKey> {
        let key = Party::from_certificate(&self.certificate)?.public_key()?;
        Ok(VerifyingKey::new(key, &self.user_id))
    }
}

/// `SM2PublicKey` (GM/T 0009, 7.1), a BIT STRING; GmSSL writes a SubjectPublicKeyInfo.
fn temporary_key(any: &Any, forgiven: &mut Forgiven) -> Result<PublicKey> {
    let malformed = || Error::malformed("tempPublicKeyR");
    let any = AnyRef::from(any);
    if any.tag() == Tag::BitString {
        let bits: BitStringRef<'_> = any.decode_as().map_err(malformed())?;
        let octets = bits.as_bytes().ok_or(Error::Crypto)?;
        return PublicKey::from_uncompressed(octets);
    }
    let spki: SubjectPublicKeyInfoRef<'_> = any.decode_as().map_err(malformed())?;
    forgiven.forgive(KIND.name, Deviation::TemporaryKeyAsSpki)?;
    PublicKey::try_from(spki).map_err(|_| Error::Crypto)
}

#[cfg(test)]
mod tests {
    use super::{super::enveloped::tests::Owner, *};
    use crate::sm2::{
        SigningKey,
        exchange::{Initiator, Responder},
    };
    use getrandom::SysRng;
    use spki::EncodePublicKey;

    /// The message with another temporary key, user ID and version.
    fn handmade(info: &KeyAgreementInfo, temporary_key: &[u8], version: u8) -> Vec<u8> {
        let wire = Wire {
            version,
            temporary_key: Any::from_der(temporary_key).unwrap(),
            certificate: Any::from_der(&info.certificate).unwrap(),
            user_id: OctetString::new(info.user_id.as_bytes()).unwrap(),
        };
        KIND.close(&Partner::default(), &wire).unwrap()
    }

    fn info(owner: &Owner, temporary: &PublicKey) -> KeyAgreementInfo {
        let id = UserId::new(*b"somebody").unwrap();
        KeyAgreementInfo::new(*temporary, &owner.certificate, id).unwrap()
    }

    #[test]
    fn both_sides_agree_on_a_key_over_messages() {
        let mut rng = SysRng;
        let [a, b] = [1, 2].map(Owner::new);
        let ids = [&b"A"[..], b""].map(|id| UserId::new(id).unwrap());
        let keys = [(&a, &ids[0]), (&b, &ids[1])]
            .map(|(owner, id)| SigningKey::new(owner.secret().clone(), id.clone()));
        let send = |point, owner: &Owner, id: &UserId| {
            let info = KeyAgreementInfo::new(point, &owner.certificate, id.clone()).unwrap();
            let octets = info.to_der(&Partner::default()).unwrap();
            KeyAgreementInfo::read(&octets, Dialect::Strict).unwrap()
        };
        let (initiator, r_a) = Initiator::start(&mut rng, &keys[0]).unwrap();
        let from_a = send(r_a, &a, &ids[0]);
        let (responder, r_b, s_b) = Responder::answer(
            &mut rng,
            &keys[1],
            &from_a.peer().unwrap(),
            from_a.temporary_key(),
            48,
        )
        .unwrap();
        let from_b = send(r_b, &b, &ids[1]);
        assert_eq!(from_b.certificate(), b.certificate);
        assert_eq!(from_b.user_id(), &ids[1]);
        let peer = from_b.peer().unwrap();
        let (key, s_a) = initiator
            .confirm(&peer, from_b.temporary_key(), 48, &s_b)
            .unwrap();
        assert_eq!(key, responder.confirm(&s_a).unwrap());
    }

    #[test]
    fn a_temporary_key_as_spki_and_another_version_are_deviations() {
        let owner = Owner::new(1);
        let temporary = Owner::new(2).secret().public_key();
        let info = info(&owner, &temporary);
        let bits = BitStringRef::from_bytes(&temporary.to_uncompressed())
            .unwrap()
            .to_der()
            .unwrap();
        let spki = temporary.to_public_key_der().unwrap().into_vec();
        for (key, version, deviations) in [
            (&bits, 1, &[][..]),
            (&spki, 1, &[Deviation::TemporaryKeyAsSpki]),
            (&bits, 0, &[Deviation::Version]),
        ] {
            let octets = handmade(&info, key, version);
            let strict = KeyAgreementInfo::read(&octets, Dialect::Strict);
            assert_eq!(strict.is_ok(), deviations.is_empty());
            let read = KeyAgreementInfo::read(&octets, Dialect::Field).unwrap();
            assert_eq!(read.deviations(), deviations);
            assert_eq!(*read.temporary_key(), temporary);
        }
    }

    #[test]
    fn hostile_octets_are_refused() {
        let owner = Owner::new(1);
        let info = info(&owner, &Owner::new(2).secret().public_key());
        let octets = info.to_der(&Partner::default()).unwrap();
        for length in 0..octets.len() {
            let refused = KeyAgreementInfo::read(&octets[..length], Dialect::Field).unwrap_err();
            assert!(matches!(refused, Error::Malformed { .. }), "{refused:?}");
        }
        for position in 0..octets.len() {
            let mut changed = octets.clone();
            changed[position] ^= 1 << (position % 8);
            drop(KeyAgreementInfo::read(&changed, Dialect::Field));
        }
        // Off the curve, half a point, unused bits, another curve's name.
        for key in [
            &[&[3, 66, 0, 4][..], &[1; 64]].concat(),
            &[&[3, 33, 0][..], &[2; 32]].concat(),
            &[&[3, 66, 1, 4][..], &[2; 64]].concat(),
            &[4, 1, 4].to_vec(),
        ] {
            let octets = handmade(&info, key, 1);
            assert!(KeyAgreementInfo::read(&octets, Dialect::Field).is_err());
        }
    }
}
