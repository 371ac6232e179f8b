//! `RecipientInfo`: the content key, encrypted to the owner of one certificate.

use alloc::{vec, vec::Vec};
use der::{
    Any, Decode, Encode, Length, Reader, Sequence, Tag, Writer,
    asn1::{Int, OctetString},
};
use rand_core::TryCryptoRng;
use spki::AlgorithmIdentifierOwned;
use zeroize::Zeroizing;

use crate::{
    Error, Result,
    pki::oid,
    sm2::{CURVE_OID, Ciphertext, CiphertextForm, SecretKey},
    sm4::BLOCK_LENGTH,
};

use super::{
    ContentTypes, Deviation, EncryptionName, Partner,
    content_cipher::ContentKey,
    dialect::Forgiven,
    party::Party,
    wire::{IssuerAndSerialNumber, PartyId, VERSION, has_no_parameters, without_parameters},
};

const WHAT: &str = "RecipientInfo";
/// The version of what names its recipient by key identifier (RFC 5652, 6.2.1).
pub(crate) const VERSION_BY_KEY_IDENTIFIER: u8 = 2;
/// C1 without 04, C3, and a key of 16 octets.
const RAW_LENGTH: usize = 64 + 32 + BLOCK_LENGTH;

/// `RecipientInfo` (clause 9).
#[derive(Clone, Debug, Sequence)]
pub(crate) struct RecipientInfo {
    version: u8,
    recipient: RecipientName,
    pub(super) key_encryption_algorithm: AlgorithmIdentifierOwned,
    pub(super) encrypted_key: OctetString,
}

/// Who receives. A key-management centre writes octets 00 00, which are no ASN.1 value, where
/// the issuer should stand; it is taken for an empty name, which no certificate has.
#[derive(Clone, Debug)]
struct RecipientName {
    party: PartyId,
    issuer_missing: bool,
}

impl<'a> Decode<'a> for RecipientName {
    type Error = der::Error;

    fn decode<R: Reader<'a>>(reader: &mut R) -> der::Result<Self> {
        let octets = reader.clone().tlv_bytes()?;
        let [0x30, 0..128, 0, 0, serial_number @ ..] = octets else {
            return Ok(Self {
                party: PartyId::decode(reader)?,
                issuer_missing: false,
            });
        };
        let named = IssuerAndSerialNumber {
            issuer: Any::new(Tag::Sequence, [])?,
            serial_number: Int::from_der(serial_number)?,
        };
        reader.tlv_bytes()?;
        Ok(Self {
            party: PartyId::IssuerAndSerialNumber(named),
            issuer_missing: true,
        })
    }
}

impl Encode for RecipientName {
    fn encoded_len(&self) -> der::Result<Length> {
        self.party.encoded_len()
    }

    fn encode(&self, writer: &mut impl Writer) -> der::Result<()> {
        self.party.encode(writer)
    }
}

/// One of those to whom a message is encrypted.
#[derive(Clone, Debug)]
pub struct Recipient {
    name: PartyId,
    /// One ciphertext, or the two that raw octets may mean; none under a foreign algorithm.
    ciphertexts: Vec<Ciphertext>,
}

impl Recipient {
    /// Reads one recipient.
    ///
    /// # Errors
    /// [`Error::Unsupported`] for a key encryption algorithm other than SM2 (the field's dialect
    /// passes by such recipients instead), [`Error::Invalid`] for a deviation that is not
    /// `forgiven` and for parameters beside an algorithm that has none, [`Error::Malformed`]
    /// and [`Error::Crypto`] for an encrypted key that can't be read.
    pub(crate) fn read(info: RecipientInfo, forgiven: &mut Forgiven) -> Result<Self> {
        let RecipientName {
            party,
            issuer_missing,
        } = info.recipient;
        forgiven.unless(!issuer_missing, WHAT, Deviation::IssuerMissing)?;
        let version = if let PartyId::SubjectKeyIdentifier(_) = party {
            forgiven.forgive(WHAT, Deviation::SubjectKeyIdentifier)?;
            VERSION_BY_KEY_IDENTIFIER
        } else {
            VERSION
        };
        forgiven.unless(info.version == version, WHAT, Deviation::Version)?;
        let algorithm = &info.key_encryption_algorithm;
        let ciphertexts = match algorithm.oid {
            oid::SM2_ENCRYPT | oid::SM2_EXCHANGE | oid::SM2_SIGN | CURVE_OID => {
                if !has_no_parameters(algorithm) {
                    return Err(Error::Invalid {
                        what: WHAT,
                        reason: "has parameters beside an algorithm that has none",
                    });
                }
                let named = algorithm.oid == oid::SM2_ENCRYPT;
                forgiven.unless(named, WHAT, Deviation::EncryptionNamedOtherwise)?;
                ciphertexts(info.encrypted_key.as_bytes(), forgiven)?
            }
            _ if forgiven.forgives() => Vec::new(),
            oid => return Err(Error::Unsupported { what: WHAT, oid }),
        };
        Ok(Self {
            name: party,
            ciphertexts,
        })
    }

    /// Whether a certificate (DER) is this recipient's.
    ///
    /// # Errors
    /// [`Error::Malformed`] when the certificate can't be read.
    pub fn is(&self, certificate: &[u8]) -> Result<bool> {
        Ok(Party::from_certificate(certificate)?.is_named_by(&self.name))
    }

    /// The issuer (DER of its `Name`) and the serial number (octets of the INTEGER) under
    /// which the message knows this recipient. The issuer is empty where it is missing
    /// ([`Deviation::IssuerMissing`]).
    pub fn issuer_and_serial_number(&self) -> Option<(Vec<u8>, &[u8])> {
        match &self.name {
            PartyId::IssuerAndSerialNumber(name) => {
                Some((name.issuer.to_der().ok()?, name.serial_number.as_bytes()))
            }
            PartyId::SubjectKeyIdentifier(_) => None,
        }
    }

    /// The subject key identifier under which the message knows this recipient.
    pub fn subject_key_identifier(&self) -> Option<&[u8]> {
        match &self.name {
            PartyId::SubjectKeyIdentifier(identifier) => Some(identifier.as_bytes()),
            PartyId::IssuerAndSerialNumber(_) => None,
        }
    }

    /// The content key as encrypted to this recipient, for whoever decrypts it elsewhere,
    /// say inside an HSM. One ciphertext; two where raw octets may be C1 ‖ C3 ‖ C2 or
    /// C1 ‖ C2 ‖ C3, of which one decrypts; none under an algorithm that is not SM2.
    pub fn encrypted_key(&self) -> &[Ciphertext] {
        &self.ciphertexts
    }

    fn unwrap(&self, key: &SecretKey) -> Result<ContentKey> {
        let fits = |ciphertext| content_key(&key.decrypt(ciphertext).ok()?).ok();
        self.ciphertexts.iter().find_map(fits).ok_or(Error::Crypto)
    }
}

/// Takes octets that came out of a decryption for a content key.
///
/// # Errors
/// [`Error::Crypto`] when they are not 16.
pub(crate) fn content_key(octets: &[u8]) -> Result<ContentKey> {
    let octets = octets.try_into().map_err(|_| Error::Crypto)?;
    Ok(Zeroizing::new(octets))
}

/// Reads an encrypted key.
fn ciphertexts(octets: &[u8], forgiven: &mut Forgiven) -> Result<Vec<Ciphertext>> {
    match Ciphertext::from_der(octets) {
        Ok(ciphertext) => Ok(vec![ciphertext]),
        Err(error) => {
            let raw = raw_ciphertexts(octets);
            if raw.is_empty() {
                return Err(error);
            }
            forgiven.forgive(WHAT, Deviation::RawCiphertext)?;
            Ok(raw)
        }
    }
}

/// What raw octets may mean. Whether 04 stands in front shows in their number, for content
/// keys have 16 octets; the order does not.
fn raw_ciphertexts(octets: &[u8]) -> Vec<Ciphertext> {
    let forms = match octets.len() {
        RAW_LENGTH => [
            CiphertextForm::C1C3C2Without04,
            CiphertextForm::C1C2C3Without04,
        ],
        length if length == 1 + RAW_LENGTH => [CiphertextForm::C1C3C2, CiphertextForm::C1C2C3],
        _ => return Vec::new(),
    };
    let read = |form| Ciphertext::read(octets, form).ok();
    forms.into_iter().filter_map(read).collect()
}

/// Encrypts the content key to the owner of a certificate (DER), as the partner reads it.
///
/// # Errors
/// [`Error::Malformed`] and [`Error::Invalid`] for a certificate that can't be read or lacks
/// the key identifier that the partner wants, [`Error::Unsupported`] for one whose key is no
/// SM2 key, [`Error::Random`] when the source fails.
pub(crate) fn wrap<R: TryCryptoRng + ?Sized>(
    rng: &mut R,
    partner: &Partner,
    certificate: &[u8],
    key: &ContentKey,
) -> Result<RecipientInfo> {
    let party = Party::from_certificate(certificate)?;
    let recipient = party.id(partner)?;
    let encrypted = party
        .public_key()?
        .encrypt(rng, key.as_slice())?
        .write(partner.ciphertext);
    let algorithm = match partner.encryption_name {
        EncryptionName::Encryption => oid::SM2_ENCRYPT,
        EncryptionName::Exchange => oid::SM2_EXCHANGE,
    };
    let build = || -> der::Result<RecipientInfo> {
        Ok(RecipientInfo {
            version: match (&recipient, partner.content_types) {
                (PartyId::SubjectKeyIdentifier(_), _) => VERSION_BY_KEY_IDENTIFIER,
                (PartyId::IssuerAndSerialNumber(_), ContentTypes::Gm) => VERSION,
                // RFC 5652, 6.2.1.
                (PartyId::IssuerAndSerialNumber(_), ContentTypes::Rfc5652) => 0,
            },
            key_encryption_algorithm: without_parameters(algorithm, partner.parameters)?,
            encrypted_key: OctetString::new(encrypted)?,
            recipient: RecipientName {
                party: recipient,
                issuer_missing: false,
            },
        })
    };
    build().map_err(Error::malformed(WHAT))
}

/// Decrypts the content key with the secret key of a recipient: of the one that the
/// certificate (DER) names, or of whichever it fits where none is given.
///
/// # Errors
/// [`Error::Malformed`] when the certificate can't be read; [`Error::Crypto`] when it names
/// nobody here as much as when the key fits nothing.
pub(crate) fn unwrap(
    recipients: &[Recipient],
    certificate: Option<&[u8]>,
    key: &SecretKey,
) -> Result<ContentKey> {
    let party = certificate.map(Party::from_certificate).transpose()?;
    let named = |recipient: &&Recipient| {
        let party = party.as_ref();
        party.is_none_or(|party| party.is_named_by(&recipient.name))
    };
    let fits = |recipient: &Recipient| recipient.unwrap(key).ok();
    let mut named = recipients.iter().filter(named);
    named.find_map(fits).ok_or(Error::Crypto)
}

/// The content key as encrypted to the owner of a certificate (DER).
///
/// # Errors
/// [`Error::Malformed`] when the certificate can't be read; [`Error::Crypto`] when it names
/// nobody here.
pub(crate) fn encrypted_key_for(
    recipients: &[Recipient],
    certificate: &[u8],
) -> Result<Vec<Ciphertext>> {
    let party = Party::from_certificate(certificate)?;
    recipients
        .iter()
        .find(|recipient| party.is_named_by(&recipient.name))
        .map(|recipient| recipient.ciphertexts.clone())
        .ok_or(Error::Crypto)
}
