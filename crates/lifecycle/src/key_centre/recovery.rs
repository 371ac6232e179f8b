//! Who may have an archived key back.
//!
//! Somebody asks with a [`RecoveryRequest`]: which key, what for, wrapped for whom, until when.
//! Custodians read it and sign an [`Approval`] over its very octets, each with a key of their
//! own. [`decide`] says whether that is enough; it looks and does nothing.

use super::{KeyName, act::State};
use crate::{AuthorityId, Octets, PersonId, octets::seconds, ports::public_key};
use der::{DateTime, Decode};
use gm_crypto::{
    pki::{Sm2Sm3, VerifyAlgorithm},
    sm2::PublicKey,
    sm3,
};
use hsm::KeyHandle;
use serde::{Deserialize, Serialize};
use sm3::digest::Digest;
use spki::{EncodePublicKey, SubjectPublicKeyInfoRef};
use std::{collections::BTreeSet, fmt, ops::Deref, time::Duration};

/// For how long a request can be approved, at most: seven days.
pub const MAX_LIFETIME: Duration = Duration::from_secs(7 * 24 * 60 * 60);
/// Octets of the longest request or approval that is read.
pub const MAX_OCTETS: usize = 16 * 1024;
/// Characters of the longest name of a court, and of the longest reference of its order.
const MAX_WORDS: usize = 200;
/// Separates the signature of an approval from every other.
const APPROVAL: &[u8] = b"gm-pki key recovery approval 1\0";

/// What an archived key is wanted for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Purpose {
    /// Its user lost it, and has a new signing key.
    User,
    /// A court has ordered it.
    Court {
        /// Which court: 1 to 200 characters, none of them a control character.
        court: String,
        /// The reference of its order, the same.
        order: String,
    },
}

impl Purpose {
    fn is_said(&self) -> bool {
        let said = |text: &str| {
            (1..=MAX_WORDS).contains(&text.chars().count()) && !text.chars().any(char::is_control)
        };
        match self {
            Self::User => true,
            Self::Court { court, order } => said(court) && said(order),
        }
    }
}

/// Which of the two commands is given: one never does the other's work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Recovery {
    /// For the user.
    User,
    /// For a court.
    Court,
}

impl fmt::Display for Recovery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::User => "for the user",
            Self::Court => "for a court",
        })
    }
}

/// What a request says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Wanted {
    /// The centre that is asked.
    pub centre: AuthorityId,
    /// Which key.
    pub key: KeyName,
    /// What for.
    pub purpose: Purpose,
    /// DER of the `SubjectPublicKeyInfo` that it shall be wrapped for.
    pub recipient: Octets,
    /// Who asks: never one of those who approve.
    pub person: PersonId,
    /// When it was asked.
    #[serde(with = "seconds")]
    pub at: DateTime,
    /// The last second in which it can be approved and carried out.
    #[serde(with = "seconds")]
    pub until: DateTime,
    /// 16 random octets: no two requests are the same.
    pub nonce: Octets,
}

impl Wanted {
    /// A request of `person`.
    #[expect(clippy::too_many_arguments, reason = "each is a line of the form")]
    pub fn new(
        centre: AuthorityId,
        key: KeyName,
        purpose: Purpose,
        recipient: Octets,
        person: PersonId,
        at: DateTime,
        until: DateTime,
        nonce: Octets,
    ) -> Self {
        Self {
            centre,
            key,
            purpose,
            recipient,
            person,
            at,
            until,
            nonce,
        }
    }
}

/// A request with its octets (JSON, UTF-8): those that custodians sign, never written again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecoveryRequest {
    octets: Vec<u8>,
    wanted: Wanted,
}

impl Deref for RecoveryRequest {
    type Target = Wanted;

    fn deref(&self) -> &Wanted {
        &self.wanted
    }
}

impl RecoveryRequest {
    /// Writes a request down.
    ///
    /// # Errors
    /// [`Refusal::Unreadable`] for a purpose that says nothing, a recipient without an SM2 key,
    /// an end before the beginning or after [`MAX_LIFETIME`].
    pub fn new(wanted: Wanted) -> Result<Self, Refusal> {
        let octets = serde_json::to_vec(&wanted).map_err(|_| Refusal::Unreadable("a request"))?;
        Self::from_octets(&octets)
    }

    /// Reads a request of at most [`MAX_OCTETS`].
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn from_octets(octets: &[u8]) -> Result<Self, Refusal> {
        let unreadable = Refusal::Unreadable;
        if octets.len() > MAX_OCTETS {
            return Err(unreadable("a request: it is too long"));
        }
        let wanted: Wanted = serde_json::from_slice(octets).map_err(|_| unreadable("a request"))?;
        if !wanted.purpose.is_said() {
            return Err(unreadable("the court or its order"));
        }
        if public_key(&wanted.recipient).is_err() {
            return Err(unreadable("the recipient's SM2 key"));
        }
        let lifetime = (wanted.until.unix_duration()).checked_sub(wanted.at.unix_duration());
        if lifetime.is_none_or(|lifetime| lifetime > MAX_LIFETIME) {
            return Err(unreadable(
                "its end: it is before the beginning, or seven days after it",
            ));
        }
        Ok(Self {
            octets: octets.to_vec(),
            wanted,
        })
    }

    /// The octets, as they were written.
    pub fn octets(&self) -> &[u8] {
        &self.octets
    }

    /// SM3 of the octets.
    pub fn digest(&self) -> [u8; 32] {
        sm3::Sm3::digest(&self.octets).into()
    }
}

/// A custodian's signature over a request.
///
/// Signed with SM2 under the user ID 1234567812345678 is a prefix ‖ the custodian ‖ LF ‖ the time in
/// seconds since 1970 ‖ LF ‖ the request's octets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Approval {
    /// Who approves.
    pub custodian: PersonId,
    /// When.
    #[serde(with = "seconds")]
    pub at: DateTime,
    /// SM3 of the request.
    pub request: Octets,
    /// DER of the SM2 signature.
    pub signature: Octets,
}

impl Approval {
    /// Approves with a key.
    ///
    /// # Errors
    /// The key's.
    pub fn sign(
        request: &RecoveryRequest,
        custodian: PersonId,
        at: DateTime,
        key: &dyn KeyHandle,
    ) -> Result<Self, hsm::Error> {
        let signature = key.sign(&to_be_signed(request, &custodian, at))?;
        Ok(Self {
            request: request.digest().to_vec().into(),
            custodian,
            at,
            signature: signature.raw_bytes().to_vec().into(),
        })
    }

    /// Reads one of at most [`MAX_OCTETS`].
    ///
    /// # Errors
    /// [`Refusal::Unreadable`].
    pub fn from_octets(octets: &[u8]) -> Result<Self, Refusal> {
        let read = (octets.len() <= MAX_OCTETS)
            .then(|| serde_json::from_slice(octets).ok())
            .flatten();
        read.ok_or(Refusal::Unreadable("an approval"))
    }

    /// Its octets: JSON, UTF-8.
    pub fn to_octets(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("names, numbers and base64 have a JSON")
    }

    fn is_signed_by(&self, key: &PublicKey, request: &RecoveryRequest) -> bool {
        let Ok(spki) = key.to_public_key_der() else {
            return false;
        };
        let Ok(spki) = SubjectPublicKeyInfoRef::from_der(spki.as_bytes()) else {
            return false;
        };
        let message = to_be_signed(request, &self.custodian, self.at);
        Sm2Sm3::default()
            .verify(spki, &message, &self.signature)
            .is_ok()
    }
}

fn to_be_signed(request: &RecoveryRequest, custodian: &PersonId, at: DateTime) -> Vec<u8> {
    let line = format!("{custodian}\n{}\n", at.unix_duration().as_secs());
    [APPROVAL, line.as_bytes(), &request.octets].concat()
}

/// Why an archived key is not given back.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// A file is not what it should be.
    #[error("it can't be read: {0}")]
    Unreadable(&'static str),
    /// It asks another centre.
    #[error("the request is to {0}")]
    OtherCentre(AuthorityId),
    /// It was given to the command for the other purpose.
    #[error("the request is not {0}")]
    OtherPurpose(Recovery),
    /// Nobody archived such a key.
    #[error("there is no such key in the archive")]
    NoSuchKey,
    /// Its time has not come.
    #[error("the request is of a time to come: {0}")]
    NotYet(DateTime),
    /// Its time is over.
    #[error("the request ended at {0}")]
    Expired(DateTime),
    /// Somebody approved who is no custodian.
    #[error("{0} is no custodian")]
    NoCustodian(PersonId),
    /// A custodian approved another request.
    #[error("the approval of {0} is of another request")]
    OtherRequest(PersonId),
    /// The custodian's key signed no such approval.
    #[error("the approval of {0} is not signed with the custodian's key")]
    NotSigned(PersonId),
    /// An approval from outside the request's time.
    #[error("the approval of {0} is not of the time of the request")]
    OutOfTime(PersonId),
    /// One custodian approved twice.
    #[error("{0} approved twice")]
    Twice(PersonId),
    /// Who asks can't approve.
    #[error("{0} asks, and can't approve")]
    OwnRequest(PersonId),
    /// Too few approved.
    #[error("{found} custodians approved, {needed} must")]
    TooFew {
        /// How many did.
        found: usize,
        /// How many must.
        needed: usize,
    },
}

/// A recovery that may be carried out: made by [`decide`] alone.
#[derive(Debug)]
pub struct Grant {
    pub(super) recipient: PublicKey,
    pub(super) custodians: Vec<PersonId>,
}

impl Grant {
    /// For whom the key is to be wrapped.
    pub fn recipient(&self) -> &PublicKey {
        &self.recipient
    }

    /// Who approved.
    pub fn custodians(&self) -> &[PersonId] {
        &self.custodians
    }
}

/// Whether a request may be carried out by this command now; `is_archived`: whether there is the
/// key that it wants.
///
/// Every approval that is given must be good: one that is not is no reason to leave it out, but
/// to ask where it comes from.
///
/// # Errors
/// [`Refusal`].
pub fn decide(
    centre: &State,
    command: Recovery,
    request: &RecoveryRequest,
    is_archived: bool,
    approvals: &[Approval],
    now: DateTime,
) -> Result<Grant, Refusal> {
    if request.centre != *centre.centre() {
        return Err(Refusal::OtherCentre(request.centre.clone()));
    }
    match (command, &request.purpose) {
        (Recovery::User, Purpose::User) | (Recovery::Court, Purpose::Court { .. }) => {}
        _ => return Err(Refusal::OtherPurpose(command)),
    }
    if !is_archived {
        return Err(Refusal::NoSuchKey);
    }
    if now < request.at {
        return Err(Refusal::NotYet(request.at));
    }
    if request.until < now {
        return Err(Refusal::Expired(request.until));
    }
    let recipient = public_key(&request.recipient)
        .map_err(|_| Refusal::Unreadable("the recipient's SM2 key"))?;
    let mut approved = BTreeSet::new();
    for approval in approvals {
        let custodian = &approval.custodian;
        let refused = |why: fn(PersonId) -> Refusal| Err(why(custodian.clone()));
        let Some(key) = centre.custodians().get(custodian) else {
            return refused(Refusal::NoCustodian);
        };
        if *custodian == request.person {
            return refused(Refusal::OwnRequest);
        }
        if approval.request[..] != request.digest() {
            return refused(Refusal::OtherRequest);
        }
        if !approval.is_signed_by(key, request) {
            return refused(Refusal::NotSigned);
        }
        if approval.at < request.at || now < approval.at {
            return refused(Refusal::OutOfTime);
        }
        if !approved.insert(custodian.clone()) {
            return refused(Refusal::Twice);
        }
    }
    let needed = centre.threshold();
    if approved.len() < needed {
        let found = approved.len();
        return Err(Refusal::TooFew { found, needed });
    }
    Ok(Grant {
        recipient,
        custodians: approved.into_iter().collect(),
    })
}
