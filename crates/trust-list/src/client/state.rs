//! What is remembered: the list in full, so that all that it said can be compared.

use crate::{
    Error, Result,
    flash::{Flash, UnverifiedFlash},
    list::{Digest, SignerRoll, TrustList, UnverifiedList},
    wire::Signers,
};
use base64ct::{Base64, Encoding};
use core::time::Duration;
use der::DateTime;
use gm_crypto::sm3;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Flashes about one list at most.
const MAX_FLASHES: usize = 64;
const VERSION: u64 = 1;

#[derive(Clone, Debug)]
pub(super) struct Held {
    /// The list, with what flashes changed.
    pub(super) list: Arc<TrustList>,
    /// Who signs the next one.
    pub(super) roll: SignerRoll,
    /// The signed flashes about this list.
    flashes: Vec<Vec<u8>>,
    /// Number and digest of the last flash, about this list or an earlier one.
    last_flash: Option<(u64, Digest)>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Saved {
    version: u64,
    sequence: u64,
    digest: String,
    message: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    json: Option<String>,
    current_signers: Signers,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    next_signers: Option<Signers>,
    flashes: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    last_flash: Option<(u64, String)>,
}

impl Held {
    pub(super) fn new(list: TrustList, roll: SignerRoll, before: Option<&Self>) -> Self {
        Self {
            list: Arc::new(list),
            roll,
            flashes: Vec::new(),
            last_flash: before.and_then(|before| before.last_flash),
        }
    }

    pub(super) fn flash_number(&self) -> u64 {
        self.last_flash.map_or(0, |(number, _)| number)
    }

    /// The state with one more flash; none when it is known.
    pub(super) fn flashed(
        &self,
        flash: &UnverifiedFlash,
        json: &[u8],
        now: DateTime,
        skew: Duration,
    ) -> Result<Option<Self>> {
        let read = Flash::read(json)?;
        if read.publisher != *self.list.publisher() {
            return Err(Error::OtherPublisher);
        }
        let digest = sm3::digest(json);
        if let Some((held, known)) = self.last_flash {
            let offered = read.number;
            if offered < held {
                return Err(Error::Rollback { held, offered });
            }
            if offered == held {
                return if digest == known {
                    Ok(None)
                } else {
                    Err(Error::Fork { sequence: offered })
                };
            }
        }
        let (held, offered) = (self.list.sequence(), read.sequence);
        if offered < held {
            return Err(Error::Rollback { held, offered });
        }
        if offered > held {
            return Err(Error::Gap {
                held,
                offered: offered + 1,
            });
        }
        if read.list != self.list.digest() {
            return Err(Error::Fork { sequence: held });
        }
        if read.issued < self.list.issued()
            || read.issued.unix_duration() > now.unix_duration() + skew
        {
            return Err(Error::Time {
                issued: read.issued,
                next_update: self.list.next_update(),
                rule: "a flash is issued after its list, and by now",
            });
        }
        Error::cap("flashes about a list", self.flashes.len() + 1, MAX_FLASHES)?;
        let mut next = self.clone();
        next.list = Arc::new(read.apply(&self.list)?);
        next.flashes.push(flash.der.clone());
        next.last_flash = Some((read.number, digest));
        Ok(Some(next))
    }

    pub(super) fn write(&self) -> Result<Vec<u8>> {
        let message = UnverifiedList::from_der(self.list.der())?.message;
        let json = message.content().is_none().then(|| self.list.json());
        let saved = Saved {
            version: VERSION,
            sequence: self.list.sequence(),
            digest: Base64::encode_string(&self.list.digest()),
            message: Base64::encode_string(self.list.der()),
            json: json.map(Base64::encode_string),
            current_signers: Signers::from(&self.roll.current),
            next_signers: self.roll.next.as_ref().map(Signers::from),
            flashes: self
                .flashes
                .iter()
                .map(|der| Base64::encode_string(der))
                .collect(),
            last_flash: self
                .last_flash
                .map(|(number, digest)| (number, Base64::encode_string(&digest))),
        };
        serde_json::to_vec(&saved).map_err(|_| wrong("can't be written"))
    }

    /// Reads what was written: it was checked before, and the digest says that it is that.
    pub(super) fn read(octets: &[u8]) -> Result<Self> {
        let saved: Saved = serde_json::from_slice(octets).map_err(|_| wrong("is no state"))?;
        if saved.version != VERSION {
            return Err(wrong("is of another version"));
        }
        let decode = |text: &str| Base64::decode_vec(text).map_err(|_| wrong("has broken base64"));
        let der = decode(&saved.message)?;
        let json = saved.json.as_deref().map(decode).transpose()?;
        let message = UnverifiedList::from_der(&*der)?.message;
        let json = json.or_else(|| message.content().map(<[u8]>::to_vec));
        let json = json.ok_or_else(|| wrong("lacks the list"))?;
        let list = TrustList::read(der, json, Duration::MAX)?;
        let is_same =
            list.sequence() == saved.sequence && decode(&saved.digest)? == list.digest().as_slice();
        if !is_same {
            return Err(wrong("holds another list than it says"));
        }
        let mut held = Self::new(
            list,
            SignerRoll {
                next: saved.next_signers.map(Signers::into_set).transpose()?,
                ..SignerRoll::new(saved.current_signers.into_set()?)
            },
            None,
        );
        for flash in &saved.flashes {
            let flash = UnverifiedFlash::from_der(decode(flash)?)?;
            let json = flash
                .message
                .content()
                .ok_or_else(|| wrong("lacks a flash"))?;
            held.list = Arc::new(Flash::read(json)?.apply(&held.list)?);
            held.flashes.push(flash.der);
        }
        held.last_flash = match saved.last_flash {
            None => None,
            Some((number, digest)) => {
                let digest = decode(&digest)?;
                let digest = digest.as_slice().try_into();
                Some((
                    number,
                    digest.map_err(|_| wrong("has a digest of another length"))?,
                ))
            }
        };
        Ok(held)
    }
}

fn wrong(rule: &'static str) -> Error {
    Error::State { rule, source: None }
}
