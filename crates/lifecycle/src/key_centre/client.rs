//! The CA's side of the protocol.

use super::{
    Fault,
    message::{
        self, Ask, EntityName, KeyAnswer, KeyApplication, KeyDelivery, KeyRequest, Reply,
        ReturnedKey, Tagging, UnverifiedMessage, key_digest,
    },
    transport::{Transport, broken, read_message, write_message},
};
use crate::{
    CaseId, Serial,
    case::pair::EncryptionKey,
    ports::{Clock, KeyCentre, public_key},
};
use der::{DateTime, Encode};
use gm_crypto::{sm2::PublicKey, sm3};
use hsm::{Checked, KeyHandle};
use sm3::digest::Digest;
use spki::EncodePublicKey;
use std::{error, fmt, time::Duration};
use x509_cert::name::Name;

/// Separates the number of a case from every other use of SM3.
const NUMBER: &[u8] = b"gm-pki key centre number 1\0";
/// For how long a key is said to be used: the port does not say, and a centre of ours does not
/// ask. Ten years.
const VALIDITY: Duration = Duration::from_secs(10 * 365 * 24 * 60 * 60);
/// How far the centre's clock may be from ours.
pub(super) const MAX_SKEW: Duration = Duration::from_secs(300);

/// The number under which a CA asks for the key of a case: `userCertNo`.
///
/// The encryption certificate has no serial number yet when its key is asked for, so the number
/// is the case's own: 01 ‖ the first 16 octets of SM3 over a prefix and the case's name. Asked
/// again, the same case has the same number.
pub fn certificate_number(case: &CaseId) -> Serial {
    let digest = sm3::Sm3::new()
        .chain_update(NUMBER)
        .chain_update(case.as_str())
        .finalize();
    Serial::from_bytes(&[&[1], &digest[..16]].concat()).expect("17 octets, the first of them 01")
}

/// A key-management centre that is asked over a [`Transport`].
///
/// Each request is signed with the CA's key; an answer is believed when the centre's key signed
/// it and it is the answer to this very request.
pub struct RemoteKeyCentre {
    transport: Box<dyn Transport>,
    key: Checked<Box<dyn KeyHandle>>,
    authority: EntityName,
    centre: PublicKey,
    clock: Box<dyn Clock>,
    tagging: Tagging,
}

impl RemoteKeyCentre {
    /// Asks the centre whose key is `centre`, in the name of the CA that `key` is of.
    ///
    /// # Errors
    /// [`Fault::Identifier`] when `key` is no SM2 key.
    pub fn new(
        transport: impl Transport + 'static,
        key: Box<dyn KeyHandle>,
        name: &Name,
        centre: PublicKey,
        clock: impl Clock + 'static,
    ) -> Result<Self, Fault> {
        let own = public_key(key.public_key().as_bytes())?;
        Ok(Self {
            transport: Box::new(transport),
            authority: EntityName::new(name, &own)?,
            key: Checked::new(key),
            centre,
            clock: Box::new(clock),
            tagging: Tagging::default(),
        })
    }

    /// The client with another tagging of what it writes; an answer may have either.
    #[must_use]
    pub fn with_tagging(self, tagging: Tagging) -> Self {
        Self { tagging, ..self }
    }

    /// The client with the serial number of the CA's certificate in its name.
    #[must_use]
    pub fn with_serial(self, serial: &Serial) -> Self {
        let authority = self.authority.with_serial(serial);
        Self { authority, ..self }
    }

    /// Asks for the key of one number, wrapped for the owner of `recipient`.
    ///
    /// # Errors
    /// [`Fault`]; whatever it is, the same can be asked again.
    pub fn apply(&self, number: Serial, recipient: &PublicKey) -> Result<EncryptionKey, Fault> {
        let now = self.clock.now();
        let end = DateTime::from_unix_duration(now.unix_duration() + VALIDITY);
        let validity = (now, end.map_err(Fault::Malformed)?);
        let application = KeyApplication::new(number.clone(), *recipient, validity);
        let reply = self.ask(Ask::Apply(Box::new(application)), now)?;
        let Reply::Applied(key) = reply else {
            return Err(Fault::OtherRequest("it is no answer to an application"));
        };
        encryption_key(&key, &number)
    }

    /// Tells the centre that the key of one number is in use no more.
    ///
    /// # Errors
    /// [`Fault`]; whatever it is, the same can be told again.
    pub fn revoke(&self, number: Serial) -> Result<(), Fault> {
        match self.ask(Ask::Revoke(number.clone()), self.clock.now())? {
            Reply::Revoked(answered) if answered == number => Ok(()),
            _ => Err(Fault::OtherRequest("it is no answer to a revocation")),
        }
    }

    fn ask(&self, ask: Ask, now: DateTime) -> Result<Reply, Fault> {
        // Below 2⁶³: one of the implementations reads a signed number.
        let task = getrandom::u64().map_err(|_| Fault::Random)? >> 1;
        let request = KeyRequest::new(self.authority.clone(), ask, now, task);
        let request = message::sign(&request, self.tagging, &self.key)?;
        let mut stream = self.transport.open().map_err(broken)?;
        write_message(&mut *stream, &request)?;
        let answer = read_message(&mut *stream)?.ok_or(Fault::NoAnswer)?;
        let answer = UnverifiedMessage::<KeyAnswer>::from_der(&answer)?;
        let answer = answer.verify(&self.centre, "the key centre")?;
        self.reply_of(answer, task)
    }

    /// The one reply of an answer to this task.
    fn reply_of(&self, answer: KeyAnswer, task: u64) -> Result<Reply, Fault> {
        if answer.task != task {
            return Err(Fault::OtherRequest("it has another task number"));
        }
        if answer.centre.key_digest != key_digest(&self.centre) {
            return Err(Fault::OtherRequest("it names another centre"));
        }
        in_time(answer.at, self.clock.now())?;
        let mut replies = answer.replies;
        match (replies.pop(), replies.pop()) {
            (Some(Reply::Failed { number, said }), None) => Err(Fault::Failed { number, said }),
            (Some(reply), None) => Ok(reply),
            _ => Err(Fault::OtherRequest("it has not one reply")),
        }
    }
}

/// Whether a message of `at` came now, as far as two clocks can tell.
pub(super) fn in_time(at: DateTime, now: DateTime) -> Result<(), Fault> {
    let away = at.unix_duration().abs_diff(now.unix_duration());
    if away > MAX_SKEW {
        let seconds = away.as_secs();
        return Err(Fault::OtherTime { seconds });
    }
    Ok(())
}

/// The key of an answer, where it is the one that was asked for.
fn encryption_key(key: &ReturnedKey, number: &Serial) -> Result<EncryptionKey, Fault> {
    if key.number != *number {
        return Err(Fault::OtherRequest("it has another certificate number"));
    }
    let KeyDelivery::Enveloped(envelope) = &key.private_key else {
        return Err(Fault::OtherDelivery);
    };
    if *envelope.public_key() != key.public_key {
        return Err(Fault::OtherKey);
    }
    let spki = key.public_key.to_public_key_der();
    let spki = spki.map_err(|_| Fault::Meaningless("retPubKey has no encoding"))?;
    Ok(EncryptionKey {
        public_key: spki.to_der().map_err(Fault::Malformed)?.into(),
        envelope: envelope.to_der().into(),
    })
}

impl KeyCentre for RemoteKeyCentre {
    fn encryption_key(
        &self,
        case: &CaseId,
        recipient: &PublicKey,
    ) -> Result<EncryptionKey, Box<dyn error::Error + Send + Sync>> {
        Ok(self.apply(certificate_number(case), recipient)?)
    }
}

impl fmt::Debug for RemoteKeyCentre {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RemoteKeyCentre")
            .field("transport", &self.transport)
            .field("key", &self.key)
            .field("centre", &self.centre)
            .finish_non_exhaustive()
    }
}
