//! How octets and times stand in a record: base64 and seconds since 1970.

use base64ct::{Base64, Encoding};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use std::{fmt, ops::Deref, sync::Arc};

/// Octets that a record keeps as they are (DER, mostly); base64 in its text. A clone is the same
/// octets, not a copy: states have many, and each event makes a new state.
#[derive(Clone, PartialEq, Eq)]
pub struct Octets(Arc<[u8]>);

impl From<Vec<u8>> for Octets {
    fn from(octets: Vec<u8>) -> Self {
        Self(octets.into())
    }
}

impl Deref for Octets {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Octets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Octets({})", self.0.len())
    }
}

impl Serialize for Octets {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&Base64::encode_string(&self.0))
    }
}

impl<'de> Deserialize<'de> for Octets {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        Base64::decode_vec(&text)
            .map(Self::from)
            .map_err(D::Error::custom)
    }
}

/// `DateTime` as seconds since 1970, for `#[serde(with = "seconds")]`.
pub(crate) mod seconds {
    use der::DateTime;
    use serde::{Deserialize, Deserializer, Serializer, de::Error as _};
    use std::time::Duration;

    pub(crate) fn serialize<S: Serializer>(
        at: &DateTime,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(at.unix_duration().as_secs())
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<DateTime, D::Error> {
        let seconds = u64::deserialize(deserializer)?;
        DateTime::from_unix_duration(Duration::from_secs(seconds)).map_err(D::Error::custom)
    }
}

/// A `DateTime` that may be missing, for `#[serde(with = "optional_seconds")]`.
pub(crate) mod optional_seconds {
    use der::DateTime;
    use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
    use std::time::Duration;

    pub(crate) fn serialize<S: Serializer>(
        at: &Option<DateTime>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        let seconds = at.map(|at| at.unix_duration().as_secs());
        seconds.serialize(serializer)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<DateTime>, D::Error> {
        let seconds = Option::<u64>::deserialize(deserializer)?;
        let at = |seconds| DateTime::from_unix_duration(Duration::from_secs(seconds));
        seconds.map(at).transpose().map_err(D::Error::custom)
    }
}
