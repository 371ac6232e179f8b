//! Objects as PKCS#11 sees them: those of the token, which the device keeps, and those of
//! sessions, which are in memory alone.

use cryptoki_sys::*;
use softdevice::{
    Attributes, KeyKind, KeyUse, Object, ObjectClass, ObjectId, PrivateKey, PublicKey, SecretKind,
    SecretValue,
};
use std::sync::Arc;

/// A handle of an object. Even ones are the device's identifiers doubled, so that they stay
/// what they are whoever looks; odd ones are of session objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Handle(pub(crate) CK_OBJECT_HANDLE);

impl Handle {
    pub(crate) fn of_token(id: ObjectId) -> Self {
        Self(CK_OBJECT_HANDLE::try_from(id.get() << 1).unwrap_or(CK_INVALID_HANDLE))
    }

    pub(crate) fn of_session(number: u64) -> Self {
        let odd = (number << 1) | 1;
        Self(CK_OBJECT_HANDLE::try_from(odd).unwrap_or(CK_INVALID_HANDLE))
    }

    pub(crate) fn is_of_token(self) -> bool {
        self.0 & 1 == 0
    }
}

/// What is known of an object without its secret.
#[derive(Clone, Debug)]
pub(crate) struct Meta {
    pub(crate) class: ObjectClass,
    pub(crate) key_kind: Option<KeyKind>,
    pub(crate) secret_kind: Option<SecretKind>,
    pub(crate) label: String,
    pub(crate) key_id: Vec<u8>,
    pub(crate) private: bool,
    pub(crate) for_use: Option<KeyUse>,
    /// As [`Object::value`] has it.
    pub(crate) value: Vec<u8>,
    pub(crate) attributes: Attributes,
    /// Whether it is a token object.
    pub(crate) token: bool,
}

impl From<&Object> for Meta {
    fn from(object: &Object) -> Self {
        Self {
            class: object.class(),
            key_kind: object.key_kind(),
            secret_kind: object.secret_kind(),
            label: object.label().into(),
            key_id: object.key_id().to_vec(),
            private: object.is_private(),
            for_use: object.for_use(),
            value: object.value().to_vec(),
            attributes: object.attributes().clone(),
            token: true,
        }
    }
}

/// What an operation uses of an object.
#[derive(Clone, Debug)]
pub(crate) enum Material {
    None,
    Private(Arc<PrivateKey>),
    Public(PublicKey),
    Secret(Arc<SecretValue>),
}

/// An object with its material.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) meta: Meta,
    pub(crate) material: Material,
}

impl Meta {
    /// An attribute that is a truth value: what was said when the object was made, or what
    /// follows from its class and use for one that another interface made.
    pub(crate) fn flag(&self, attribute: CK_ATTRIBUTE_TYPE) -> bool {
        if let Some(value) = self.attributes.get(attribute.into()) {
            return value.first().is_some_and(|octet| *octet != 0);
        }
        let secret = matches!(self.class, ObjectClass::PrivateKey | ObjectClass::SecretKey);
        match attribute {
            CKA_MODIFIABLE | CKA_COPYABLE | CKA_DESTROYABLE => true,
            CKA_SENSITIVE => secret,
            CKA_SIGN | CKA_VERIFY => self.for_use == Some(KeyUse::Signing),
            // A signing key opens the envelope of the encryption key that comes to lie
            // beside it (GM/T 0016, SKF_ImportECCKeyPair).
            CKA_UNWRAP => {
                self.class == ObjectClass::PrivateKey
                    && self.for_use.is_some()
                    && self.key_kind == Some(KeyKind::Sm2)
            }
            CKA_ENCRYPT | CKA_DECRYPT | CKA_WRAP => {
                self.for_use == Some(KeyUse::Encryption) && self.key_kind == Some(KeyKind::Sm2)
            }
            CKA_DERIVE => {
                self.for_use == Some(KeyUse::Encryption) && self.key_kind != Some(KeyKind::Sm2)
            }
            _ => false,
        }
    }

    /// Whether the value of a secret may be read, and leave under another key.
    pub(crate) fn is_open(&self) -> bool {
        self.flag(CKA_EXTRACTABLE) && !self.flag(CKA_SENSITIVE)
    }
}

/// The number of a class.
pub(crate) fn class_number(class: ObjectClass) -> CK_OBJECT_CLASS {
    match class {
        ObjectClass::PrivateKey => CKO_PRIVATE_KEY,
        ObjectClass::PublicKey => CKO_PUBLIC_KEY,
        ObjectClass::SecretKey => CKO_SECRET_KEY,
        ObjectClass::Certificate => CKO_CERTIFICATE,
        _ => CKO_DATA,
    }
}
