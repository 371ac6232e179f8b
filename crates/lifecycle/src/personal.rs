//! Values of natural persons: known for as long as their key is.

use crate::Octets;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::DeserializeOwned};
use serde_json::Value;
use std::fmt;

/// A value of a natural person, such as a name, a number of an identity document, or words
/// about somebody. It never stands in a record in clear: all such values of a record are
/// [sealed](crate::Sealed) under the key of their history, and are gone when that is destroyed.
///
/// What was recorded before there were such keys is known without one.
#[derive(Clone, PartialEq, Eq)]
pub struct Personal<T>(Inner<T>);

#[derive(Clone, PartialEq, Eq)]
enum Inner<T> {
    Known(T),
    /// Known, and left out of the octets that are being made.
    Apart(T),
    Sealed,
    Destroyed,
}

impl<T> Personal<T> {
    /// The value; none where it is sealed, and where it is gone.
    pub fn known(&self) -> Option<&T> {
        match &self.0 {
            Inner::Known(value) | Inner::Apart(value) => Some(value),
            Inner::Sealed | Inner::Destroyed => None,
        }
    }

    /// Whether it is gone for good: its key was destroyed.
    pub fn is_destroyed(&self) -> bool {
        matches!(self.0, Inner::Destroyed)
    }

    /// A value that is not known here.
    pub(crate) fn sealed() -> Self {
        Self(Inner::Sealed)
    }
}

impl<T: PartialEq> Personal<T> {
    /// Whether both are the same value; none where one of them is not known.
    pub fn same(&self, other: &Self) -> Option<bool> {
        Some(self.known()? == other.known()?)
    }
}

impl<T> From<T> for Personal<T> {
    fn from(value: T) -> Self {
        Self(Inner::Known(value))
    }
}

impl From<&str> for Personal<String> {
    fn from(value: &str) -> Self {
        value.to_owned().into()
    }
}

impl From<Vec<u8>> for Personal<Octets> {
    fn from(value: Vec<u8>) -> Self {
        Octets::from(value).into()
    }
}

/// Whether it is known, and not what it is: texts for errors and traces are not where such
/// values belong.
impl<T> fmt::Debug for Personal<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match &self.0 {
            Inner::Known(_) | Inner::Apart(_) => "Personal(known)",
            Inner::Sealed => "Personal(sealed)",
            Inner::Destroyed => "Personal(destroyed)",
        })
    }
}

/// `null` for what is not known.
impl<T: Serialize> Serialize for Personal<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            Inner::Known(value) => value.serialize(serializer),
            _ => serializer.serialize_none(),
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Personal<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Option::<T>::deserialize(deserializer)?;
        Ok(value.map_or_else(Self::sealed, Self::from))
    }
}

/// One that need not be there, for `#[serde(deserialize_with = "optional")]`: `null` is one that
/// is there and not known.
pub(crate) fn optional<'de, T, D>(deserializer: D) -> Result<Option<Personal<T>>, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    Personal::deserialize(deserializer).map(Some)
}

/// A personal value of any type, where sealing meets it.
pub(crate) trait Slot {
    /// The value to be sealed; none where none is known. From now on it is left out of what is
    /// serialised.
    fn set_apart(&mut self) -> Option<serde_json::Result<Value>>;

    /// Back in its place.
    fn put_back(&mut self);

    /// Takes the value that was sealed.
    fn open(&mut self, value: Value) -> serde_json::Result<()>;

    /// The value is gone.
    fn destroy(&mut self);
}

impl<T: Serialize + DeserializeOwned> Slot for Personal<T> {
    fn set_apart(&mut self) -> Option<serde_json::Result<Value>> {
        let Inner::Known(value) = std::mem::replace(&mut self.0, Inner::Sealed) else {
            return None;
        };
        let written = serde_json::to_value(&value);
        self.0 = Inner::Apart(value);
        Some(written)
    }

    fn put_back(&mut self) {
        self.0 = match std::mem::replace(&mut self.0, Inner::Sealed) {
            Inner::Apart(value) => Inner::Known(value),
            other => other,
        };
    }

    fn open(&mut self, value: Value) -> serde_json::Result<()> {
        self.0 = Inner::Known(serde_json::from_value(value)?);
        Ok(())
    }

    fn destroy(&mut self) {
        if matches!(self.0, Inner::Sealed) {
            self.0 = Inner::Destroyed;
        }
    }
}

/// What is called with each personal value of an event and its name, which is the same in every
/// version.
pub(crate) type Visit<'a> = &'a mut dyn FnMut(&str, &mut dyn Slot);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_read_back_as_it_was_and_null_is_one_that_is_not_known() {
        let name = Personal::from("张三");
        assert_eq!(serde_json::to_string(&name).unwrap(), "\"张三\"");
        let again: Personal<String> = serde_json::from_str("\"张三\"").unwrap();
        assert_eq!(again, name);
        let none: Personal<String> = serde_json::from_str("null").unwrap();
        assert_eq!((none.known(), none.is_destroyed()), (None, false));
        assert_eq!((none.same(&name), name.same(&name)), (None, Some(true)));
        assert_eq!(serde_json::to_string(&none).unwrap(), "null");
    }

    #[test]
    fn no_trace_shows_it() {
        assert_eq!(
            format!("{:?}", Personal::<String>::from("张三")),
            "Personal(known)"
        );
    }

    #[test]
    fn what_is_set_apart_is_known_and_not_written() {
        let mut name = Personal::from("张三");
        let apart = name.set_apart().unwrap().unwrap();
        assert_eq!(serde_json::to_string(&name).unwrap(), "null");
        assert_eq!(name.known().map(String::as_str), Some("张三"));
        name.put_back();
        assert_eq!(name, Personal::from("张三"));
        let mut read = Personal::<String>::sealed();
        assert!(read.set_apart().is_none());
        read.open(apart).unwrap();
        assert_eq!(read, name);
        read.destroy();
        assert_eq!(
            read, name,
            "what stood there in clear was sealed under no key"
        );
        let mut gone = Personal::<String>::sealed();
        gone.destroy();
        assert!(gone.is_destroyed() && gone.known().is_none());
    }
}
