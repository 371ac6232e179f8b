//! What a log was at one moment, signed: C2SP's `tlog-checkpoint`, a `signed-note`.

use super::{Head, note, tree::Hash};
use base64ct::{Base64, Encoding};
use der::DateTime;
use hsm::KeyHandle;
use std::{fmt, ops::Deref, str::FromStr};

/// Octets of the longest checkpoint that is read, signatures included.
const MAX_OCTETS: usize = 16 * 1024;

/// What a log was at one moment: how many records it had, the root over them, the end of the
/// chain, and the time.
///
/// Its text is the body of a C2SP `tlog-checkpoint`: origin, size and root, then the two
/// extension lines `head` (the chain's digest, base64) and `time` (RFC 3339, in UTC).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Checkpoint {
    /// Which log: a name that no other has, such as `ca.example/log`. 1 to 255 characters of
    /// `a`–`z`, `A`–`Z`, `0`–`9`, `.`, `-`, `_`, `/`, `:`.
    pub origin: String,
    /// Its end: how many records there are, and the chain's digest after the last.
    pub head: Head,
    /// The root of the Merkle tree over them: 32 octets.
    pub root: [u8; 32],
    /// When it was made.
    pub at: DateTime,
}

/// A checkpoint that the log's key signed: what [`SignedCheckpoint::verify`] gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedCheckpoint(Checkpoint);

impl Deref for VerifiedCheckpoint {
    type Target = Checkpoint;

    fn deref(&self) -> &Checkpoint {
        &self.0
    }
}

/// Why a checkpoint is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CheckpointFault {
    /// The text is no checkpoint.
    #[error("it is no checkpoint: {0}")]
    Malformed(&'static str),
    /// It is one of another log.
    #[error("it is of another log")]
    OtherLog,
    /// The log's key signed no such text.
    #[error("the log's key did not sign it")]
    NotSigned,
}

/// Whether these characters can name a log.
pub(crate) fn is_origin(text: &str) -> bool {
    let allowed = |octet: u8| octet.is_ascii_alphanumeric() || b".-_/:".contains(&octet);
    (1..=255).contains(&text.len()) && text.bytes().all(allowed)
}

impl fmt::Display for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let root = Base64::encode_string(&self.root);
        let head = Base64::encode_string(&self.head.digest);
        let (origin, size, at) = (&self.origin, self.head.seq, self.at);
        write!(f, "{origin}\n{size}\n{root}\nhead {head}\ntime {at}\n")
    }
}

impl FromStr for Checkpoint {
    type Err = CheckpointFault;

    fn from_str(text: &str) -> Result<Self, CheckpointFault> {
        let wanted = |what| CheckpointFault::Malformed(what);
        let body = text.strip_suffix('\n').ok_or(wanted("no last line"))?;
        let lines: Vec<_> = body.split('\n').collect();
        let &[origin, size, root, head, at] = &lines[..] else {
            return Err(wanted("it has five lines"));
        };
        let head = head.strip_prefix("head ").ok_or(wanted("no head"))?;
        let at = at.strip_prefix("time ").ok_or(wanted("no time"))?;
        let read = Self {
            origin: origin.to_owned(),
            head: Head {
                seq: size.parse().map_err(|_| wanted("no size"))?,
                digest: hash(head).ok_or(wanted("no head"))?,
            },
            root: hash(root).ok_or(wanted("no root"))?,
            at: at.parse().map_err(|_| wanted("no time"))?,
        };
        // One text for one checkpoint: no signs before numbers, no other spelling.
        if is_origin(origin) && read.to_string() == text {
            Ok(read)
        } else {
            Err(wanted("it is spelt in another way"))
        }
    }
}

fn hash(text: &str) -> Option<Hash> {
    Base64::decode_vec(text).ok()?.try_into().ok()
}

/// A checkpoint with signatures under it, as it is handed out: text, a blank line, and for
/// each signature a line `— NAME BASE64`, the first four octets of which are the key's number.
///
/// The log's own signature carries the log's name; others (a counterpart that has seen it) may
/// follow and are left alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedCheckpoint {
    checkpoint: Checkpoint,
    text: String,
}

impl SignedCheckpoint {
    /// Has a key sign a checkpoint.
    ///
    /// # Errors
    /// The key's.
    pub(crate) fn sign(checkpoint: Checkpoint, key: &dyn KeyHandle) -> Result<Self, hsm::Error> {
        let text = note::sign(&checkpoint.to_string(), &checkpoint.origin, key)?;
        Ok(Self { checkpoint, text })
    }

    /// Reads one that nobody vouches for yet: see [`Self::verify`].
    ///
    /// # Errors
    /// [`CheckpointFault::Malformed`]; more than 16,384 octets are.
    pub fn parse(text: &str) -> Result<Self, CheckpointFault> {
        if text.len() > MAX_OCTETS {
            return Err(CheckpointFault::Malformed("it is too long"));
        }
        let (body, _) = split(text)?;
        let checkpoint = body.parse()?;
        let text = text.to_owned();
        Ok(Self { checkpoint, text })
    }

    /// What it says, whether or not it is signed.
    pub fn unverified(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// Its text, as it was read or made.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What it says, if the log of that name signed it with that key: a
    /// `SubjectPublicKeyInfo` in DER, SM2 under the usual ID.
    ///
    /// # Errors
    /// [`CheckpointFault::OtherLog`], [`CheckpointFault::NotSigned`]; a key that can't be read
    /// signed nothing.
    pub fn verify(
        &self,
        origin: &str,
        public_key: &[u8],
    ) -> Result<VerifiedCheckpoint, CheckpointFault> {
        if self.checkpoint.origin != origin {
            return Err(CheckpointFault::OtherLog);
        }
        let (body, signatures) = split(&self.text)?;
        if note::is_signed(body, signatures, origin, public_key) {
            Ok(VerifiedCheckpoint(self.checkpoint.clone()))
        } else {
            Err(CheckpointFault::NotSigned)
        }
    }
}

fn split(text: &str) -> Result<(&str, &str), CheckpointFault> {
    note::split(text).ok_or(CheckpointFault::Malformed("no signatures"))
}
