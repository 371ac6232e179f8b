//! The structures as they stand in DER.

use super::{
    Ask, EntityName, KeyAnswer, KeyApplication, KeyDelivery, KeyRequest, KeyRestoration, MAX_ITEMS,
    Reply, ReturnAlgorithms, ReturnedKey, Tagging, sealed::Wire,
};
use crate::{Serial, key_centre::Fault};
use der::{
    Any, AnyRef, DateTime, Decode, Encode, Sequence, Tag, TagNumber, Tagged,
    asn1::{GeneralizedTime, Int, ObjectIdentifier, OctetString},
};
use gm_crypto::sm2::{EnvelopedKey, PublicKey};
use spki::{
    AlgorithmIdentifierOwned, EncodePublicKey, SubjectPublicKeyInfoOwned,
    der::referenced::OwnedToRef,
};
use x509_cert::name::Name;

/// SM2, the keys: 1.2.156.10197.1.301.
pub(super) const SM2: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.156.10197.1.301");
/// SM2, encryption.
pub(super) const SM2_ENCRYPTION: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.156.10197.1.301.3");
/// SM3.
pub(super) const SM3: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.156.10197.1.401");
/// SM4, its mode unsaid.
pub(super) const SM4: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.156.10197.1.104");
/// SM4 in ECB mode.
pub(super) const SM4_ECB: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.156.10197.1.104.1");

/// `directoryName [4]` of a `GeneralName`.
pub(super) const DIRECTORY_NAME: Tag = Tag::ContextSpecific {
    constructed: true,
    number: TagNumber(4),
};

/// Octets of the longest digest of a key that is read.
const MAX_DIGEST: usize = 64;
/// Octets of the longest serial number of an entity that is read.
const MAX_SERIAL: usize = 20;
/// Characters of the longest explanation of an error that is kept.
const MAX_SAID: usize = 256;

/// An algorithm without parameters.
pub(super) fn plain(oid: ObjectIdentifier) -> AlgorithmIdentifierOwned {
    AlgorithmIdentifierOwned {
        oid,
        parameters: None,
    }
}

/// A name as a `GeneralName`: its tag is explicit, since a `Name` is itself a CHOICE.
pub(super) fn directory_name(name: &Name) -> der::Result<Any> {
    Any::new(DIRECTORY_NAME, name.to_der()?)
}

/// The content of the INTEGER that a serial number is.
pub(super) fn integer_octets(serial: &Serial) -> Vec<u8> {
    let magnitude = serial.as_bytes();
    let sign = magnitude.first().is_some_and(|first| *first >= 0x80);
    [&[0][..usize::from(sign)], magnitude].concat()
}

fn integer(serial: &Serial) -> der::Result<Int> {
    Int::new(&integer_octets(serial))
}

fn serial(integer: &Int) -> Result<Serial, Fault> {
    match integer.as_bytes() {
        [first, ..] if *first >= 0x80 => Err(Fault::Meaningless("userCertNo is negative")),
        octets => Serial::from_bytes(octets)
            .map_err(|_| Fault::Meaningless("userCertNo is zero or has more than 20 octets")),
    }
}

fn spki(key: &PublicKey) -> der::Result<SubjectPublicKeyInfoOwned> {
    let failed = |_| der::Error::from(der::ErrorKind::Failed);
    let document = key.to_public_key_der().map_err(failed)?;
    document.decode_msg()
}

fn public_key(spki: &SubjectPublicKeyInfoOwned) -> Result<PublicKey, Fault> {
    PublicKey::try_from(spki.owned_to_ref())
        .map_err(|_| Fault::Meaningless("a public key is no SM2 key"))
}

fn time(at: DateTime) -> GeneralizedTime {
    GeneralizedTime::from_date_time(at)
}

#[derive(Sequence)]
struct EntName {
    hash_algorithm: AlgorithmIdentifierOwned,
    ent_name: Any,
    ent_pub_key_hash: OctetString,
    serial_number: Int,
}

#[derive(Sequence)]
struct KsRequest {
    version: u8,
    ca_name: EntName,
    request_list: Vec<Any>,
    request_time: GeneralizedTime,
    task_no: u64,
}

#[derive(Sequence)]
struct ApplyKeyReq {
    app_key_type: AlgorithmIdentifierOwned,
    app_key_len: u32,
    ret_asym_alg: AlgorithmIdentifierOwned,
    ret_sym_alg: AlgorithmIdentifierOwned,
    ret_hash_alg: AlgorithmIdentifierOwned,
    app_user_info: AppUserInfo,
}

#[derive(Sequence)]
struct AppUserInfo {
    user_cert_no: Int,
    user_pub_key: SubjectPublicKeyInfoOwned,
    not_before: GeneralizedTime,
    not_after: GeneralizedTime,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    user_name: Option<Any>,
    #[asn1(context_specific = "1", tag_mode = "EXPLICIT", optional = "true")]
    ds_code: Option<Any>,
    #[asn1(context_specific = "2", tag_mode = "EXPLICIT", optional = "true")]
    extend_info: Option<Any>,
}

#[derive(Sequence)]
struct RestoreKeyReq {
    ret_asym_alg: AlgorithmIdentifierOwned,
    ret_sym_alg: AlgorithmIdentifierOwned,
    ret_hash_alg: AlgorithmIdentifierOwned,
    user_cert_no: Int,
    user_pub_key: SubjectPublicKeyInfoOwned,
}

/// `RevokeKeyReq` and `RevokeKeyRespond`.
#[derive(Sequence)]
struct RevokeKey {
    user_cert_no: Int,
}

#[derive(Sequence)]
struct KsRespond {
    version: u8,
    km_name: EntName,
    respond_list: Vec<Any>,
    respond_time: GeneralizedTime,
    task_no: u64,
}

#[derive(Sequence)]
struct RetKeyRespond {
    user_cert_no: Int,
    ret_pub_key: SubjectPublicKeyInfoOwned,
    ret_pri_key: Any,
}

#[derive(Sequence)]
struct ErrorPkgRespond {
    err_no: i64,
    err_desc: Option<Any>,
}

/// One alternative: `number` is its tag's.
fn tagged(number: u32, sequence: &impl Encode, tagging: Tagging) -> der::Result<Any> {
    let der = sequence.to_der()?;
    let tag = Tag::ContextSpecific {
        constructed: true,
        number: TagNumber(number),
    };
    match tagging {
        Tagging::Explicit => Any::new(tag, der),
        Tagging::Implicit => Any::new(tag, AnyRef::from_der(&der)?.value()),
    }
}

/// The number of an alternative's tag, the SEQUENCE in it, and how it was tagged.
///
/// No SEQUENCE of this protocol consists of one SEQUENCE, so a value that does is the SEQUENCE
/// itself.
fn untagged(item: &Any) -> Result<(u32, Any, Tagging), Fault> {
    let Tag::ContextSpecific {
        constructed: true,
        number,
    } = item.tag()
    else {
        return Err(Fault::Meaningless("an item of the list has no tag"));
    };
    let number = number.value();
    match AnyRef::from_der(item.value()) {
        Ok(inside) if inside.tag() == Tag::Sequence => {
            Ok((number, inside.into(), Tagging::Explicit))
        }
        _ => {
            let inside = Any::new(Tag::Sequence, item.value()).map_err(Fault::Malformed)?;
            Ok((number, inside, Tagging::Implicit))
        }
    }
}

/// Reads a list in one tagging.
fn items<T>(
    list: &[Any],
    read: impl Fn(u32, &Any) -> Result<T, Fault>,
) -> Result<(Vec<T>, Tagging), Fault> {
    if list.is_empty() || list.len() > MAX_ITEMS {
        return Err(Fault::Meaningless("a list has no items, or more than 16"));
    }
    let mut found = None;
    let mut read_items = Vec::with_capacity(list.len());
    for item in list {
        let (number, inside, tagging) = untagged(item)?;
        if *found.get_or_insert(tagging) != tagging {
            return Err(Fault::Meaningless("a list is tagged in two ways"));
        }
        read_items.push(read(number, &inside)?);
    }
    Ok((read_items, found.unwrap_or_default()))
}

fn one(version: u8) -> Result<(), Fault> {
    match version {
        1 => Ok(()),
        _ => Err(Fault::Meaningless("its version is not 1")),
    }
}

impl EntName {
    fn of(name: &EntityName) -> der::Result<Self> {
        Ok(Self {
            hash_algorithm: name.digest_algorithm.clone(),
            ent_name: name.name.clone(),
            ent_pub_key_hash: OctetString::new(&*name.key_digest)?,
            serial_number: Int::new(&name.serial)?,
        })
    }

    fn read(self) -> Result<EntityName, Fault> {
        let key_digest = self.ent_pub_key_hash.as_bytes();
        let serial = self.serial_number.as_bytes();
        if key_digest.len() > MAX_DIGEST || serial.len() > MAX_SERIAL {
            return Err(Fault::Meaningless("a name has a long digest or number"));
        }
        // The alternatives of GeneralName are [0] to [8].
        match self.ent_name.tag() {
            Tag::ContextSpecific { number, .. } if number.value() <= 8 => {}
            _ => return Err(Fault::Meaningless("a name is no GeneralName")),
        }
        Ok(EntityName {
            digest_algorithm: self.hash_algorithm,
            key_digest: key_digest.to_vec(),
            serial: serial.to_vec(),
            name: self.ent_name,
        })
    }
}

impl KeyApplication {
    fn wire(&self) -> der::Result<ApplyKeyReq> {
        let [user_name, ds_code, extend_info] = self.about_user.clone();
        let algorithms = self.algorithms.clone();
        Ok(ApplyKeyReq {
            app_key_type: self.key_type.clone(),
            app_key_len: self.bits,
            ret_asym_alg: algorithms.asymmetric,
            ret_sym_alg: algorithms.symmetric,
            ret_hash_alg: algorithms.digest,
            app_user_info: AppUserInfo {
                user_cert_no: integer(&self.number)?,
                user_pub_key: spki(&self.recipient)?,
                not_before: time(self.validity.0),
                not_after: time(self.validity.1),
                user_name,
                ds_code,
                extend_info,
            },
        })
    }

    fn read(wire: ApplyKeyReq) -> Result<Self, Fault> {
        let user = wire.app_user_info;
        Ok(Self {
            key_type: wire.app_key_type,
            bits: wire.app_key_len,
            algorithms: ReturnAlgorithms {
                asymmetric: wire.ret_asym_alg,
                symmetric: wire.ret_sym_alg,
                digest: wire.ret_hash_alg,
            },
            number: serial(&user.user_cert_no)?,
            recipient: public_key(&user.user_pub_key)?,
            validity: (
                user.not_before.to_date_time(),
                user.not_after.to_date_time(),
            ),
            about_user: [user.user_name, user.ds_code, user.extend_info],
        })
    }
}

impl KeyRestoration {
    fn wire(&self) -> der::Result<RestoreKeyReq> {
        let algorithms = self.algorithms.clone();
        Ok(RestoreKeyReq {
            ret_asym_alg: algorithms.asymmetric,
            ret_sym_alg: algorithms.symmetric,
            ret_hash_alg: algorithms.digest,
            user_cert_no: integer(&self.number)?,
            user_pub_key: spki(&self.recipient)?,
        })
    }

    fn read(wire: RestoreKeyReq) -> Result<Self, Fault> {
        Ok(Self {
            algorithms: ReturnAlgorithms {
                asymmetric: wire.ret_asym_alg,
                symmetric: wire.ret_sym_alg,
                digest: wire.ret_hash_alg,
            },
            number: serial(&wire.user_cert_no)?,
            recipient: public_key(&wire.user_pub_key)?,
        })
    }
}

impl Ask {
    fn wire(&self, tagging: Tagging) -> der::Result<Any> {
        match self {
            Self::Apply(application) => tagged(0, &application.wire()?, tagging),
            Self::Restore(restoration) => tagged(1, &restoration.wire()?, tagging),
            Self::Revoke(number) => {
                let user_cert_no = integer(number)?;
                tagged(2, &RevokeKey { user_cert_no }, tagging)
            }
        }
    }

    fn read(number: u32, sequence: &Any) -> Result<Self, Fault> {
        let malformed = Fault::Malformed;
        match number {
            0 => {
                let wire = sequence.decode_as().map_err(malformed)?;
                Ok(Self::Apply(Box::new(KeyApplication::read(wire)?)))
            }
            1 => {
                let wire = sequence.decode_as().map_err(malformed)?;
                Ok(Self::Restore(Box::new(KeyRestoration::read(wire)?)))
            }
            2 => {
                let wire: RevokeKey = sequence.decode_as().map_err(malformed)?;
                Ok(Self::Revoke(serial(&wire.user_cert_no)?))
            }
            _ => Err(Fault::Meaningless("a request is none of the three")),
        }
    }
}

impl Wire for KeyRequest {
    fn encode(&self, tagging: Tagging) -> der::Result<Vec<u8>> {
        KsRequest {
            version: 1,
            ca_name: EntName::of(&self.authority)?,
            request_list: (self.asks.iter())
                .map(|ask| ask.wire(tagging))
                .collect::<der::Result<_>>()?,
            request_time: time(self.at),
            task_no: self.task,
        }
        .to_der()
    }

    fn decode(der: &[u8]) -> Result<(Self, Tagging), Fault> {
        let wire = KsRequest::from_der(der).map_err(Fault::Malformed)?;
        one(wire.version)?;
        let (asks, tagging) = items(&wire.request_list, Ask::read)?;
        let request = Self {
            authority: wire.ca_name.read()?,
            asks,
            at: wire.request_time.to_date_time(),
            task: wire.task_no,
        };
        Ok((request, tagging))
    }
}

impl ReturnedKey {
    fn wire(&self) -> der::Result<RetKeyRespond> {
        Ok(RetKeyRespond {
            user_cert_no: integer(&self.number)?,
            ret_pub_key: spki(&self.public_key)?,
            ret_pri_key: match &self.private_key {
                KeyDelivery::Enveloped(envelope) => Any::from_der(&envelope.to_der())?,
                KeyDelivery::SignedAndEnveloped(der) => Any::from_der(der)?,
            },
        })
    }

    fn read(wire: &RetKeyRespond) -> Result<Self, Fault> {
        Ok(Self {
            number: serial(&wire.user_cert_no)?,
            public_key: public_key(&wire.ret_pub_key)?,
            private_key: delivery(&wire.ret_pri_key)?,
        })
    }
}

/// What stands first tells the forms apart: an algorithm, a version, a content type.
fn delivery(key: &Any) -> Result<KeyDelivery, Fault> {
    let der = key.to_der().map_err(Fault::Malformed)?;
    let first = match key.tag() {
        Tag::Sequence => key.value().first(),
        _ => None,
    };
    match first {
        Some(0x30) => {
            let envelope = EnvelopedKey::from_der(&der)?;
            Ok(KeyDelivery::Enveloped(Box::new(envelope)))
        }
        Some(0x02 | 0x06) => Ok(KeyDelivery::SignedAndEnveloped(der)),
        _ => Err(Fault::Meaningless("retPriKey is no envelope")),
    }
}

/// `errDesc` as one of the implementations writes it.
fn explained(said: &str) -> der::Result<Option<Any>> {
    if said.is_empty() {
        return Ok(None);
    }
    let tag = Tag::ContextSpecific {
        constructed: true,
        number: TagNumber(0),
    };
    let text = OctetString::new(said.as_bytes())?;
    Any::new(tag, text.to_der()?).map(Some)
}

/// The text in an `errDesc`, whatever is around it: at most two structures are.
fn explanation(description: Option<&Any>) -> String {
    let Some(description) = description else {
        return String::new();
    };
    let mut text = AnyRef::from(description);
    for _ in 0..2 {
        match AnyRef::from_der(text.value()) {
            Ok(inside) if text.tag().is_constructed() => text = inside,
            _ => break,
        }
    }
    let text = String::from_utf8_lossy(text.value());
    let printable = text.chars().filter(|c| !c.is_control());
    printable.take(MAX_SAID).collect()
}

impl Reply {
    fn wire(&self, tagging: Tagging) -> der::Result<Any> {
        match self {
            Self::Applied(key) => tagged(0, &key.wire()?, tagging),
            Self::Restored(key) => tagged(1, &key.wire()?, tagging),
            Self::Revoked(number) => {
                let user_cert_no = integer(number)?;
                tagged(2, &RevokeKey { user_cert_no }, tagging)
            }
            Self::Failed { number, said } => {
                let package = ErrorPkgRespond {
                    err_no: *number,
                    err_desc: explained(said)?,
                };
                tagged(3, &package, tagging)
            }
        }
    }

    fn read(number: u32, sequence: &Any) -> Result<Self, Fault> {
        let key = || -> Result<Box<ReturnedKey>, Fault> {
            let wire: RetKeyRespond = sequence.decode_as().map_err(Fault::Malformed)?;
            ReturnedKey::read(&wire).map(Box::new)
        };
        match number {
            0 => key().map(Self::Applied),
            1 => key().map(Self::Restored),
            2 => {
                let wire: RevokeKey = sequence.decode_as().map_err(Fault::Malformed)?;
                Ok(Self::Revoked(serial(&wire.user_cert_no)?))
            }
            3 => {
                let wire: ErrorPkgRespond = sequence.decode_as().map_err(Fault::Malformed)?;
                Ok(Self::Failed {
                    number: wire.err_no,
                    said: explanation(wire.err_desc.as_ref()),
                })
            }
            _ => Err(Fault::Meaningless("an answer is none of the four")),
        }
    }
}

impl Wire for KeyAnswer {
    fn encode(&self, tagging: Tagging) -> der::Result<Vec<u8>> {
        KsRespond {
            version: 1,
            km_name: EntName::of(&self.centre)?,
            respond_list: (self.replies.iter())
                .map(|reply| reply.wire(tagging))
                .collect::<der::Result<_>>()?,
            respond_time: time(self.at),
            task_no: self.task,
        }
        .to_der()
    }

    fn decode(der: &[u8]) -> Result<(Self, Tagging), Fault> {
        let wire = KsRespond::from_der(der).map_err(Fault::Malformed)?;
        one(wire.version)?;
        let (replies, tagging) = items(&wire.respond_list, Reply::read)?;
        let answer = Self {
            centre: wire.km_name.read()?,
            replies,
            at: wire.respond_time.to_date_time(),
            task: wire.task_no,
        };
        Ok((answer, tagging))
    }
}
