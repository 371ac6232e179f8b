//! Templates: what a caller wants an object to be.

use crate::{
    attribute,
    object::Meta,
    rv::{Result, Rv},
};
use cryptoki_sys::*;
use softdevice::{Attributes, Changes, Draft, KeyKind, KeyUse, ObjectClass};
use zeroize::Zeroizing;

/// Attributes that a caller gave, each once.
#[derive(Debug, Default)]
pub(crate) struct Template(Vec<(CK_ATTRIBUTE_TYPE, Zeroizing<Vec<u8>>)>);

const INCONSISTENT: Rv = Rv(CKR_TEMPLATE_INCONSISTENT);
const INVALID: Rv = Rv(CKR_ATTRIBUTE_VALUE_INVALID);

impl Template {
    /// Attributes of one template.
    pub(crate) const MAX_COUNT: usize = 256;

    pub(crate) fn push(
        &mut self,
        attribute: CK_ATTRIBUTE_TYPE,
        value: Zeroizing<Vec<u8>>,
    ) -> Result<()> {
        if self.get(attribute).is_some() {
            return Err(INCONSISTENT);
        }
        // Such values are templates in C's memory; nothing here has any.
        if attribute & CKF_ARRAY_ATTRIBUTE != 0 && attribute < CKA_VENDOR_DEFINED {
            return Err(Rv(CKR_ATTRIBUTE_TYPE_INVALID));
        }
        self.0.push((attribute, value));
        Ok(())
    }

    pub(crate) fn get(&self, attribute: CK_ATTRIBUTE_TYPE) -> Option<&[u8]> {
        let found = self.0.iter().find(|(known, _)| *known == attribute);
        found.map(|(_, value)| value.as_slice())
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (CK_ATTRIBUTE_TYPE, &[u8])> {
        self.0
            .iter()
            .map(|(attribute, value)| (*attribute, value.as_slice()))
    }

    pub(crate) fn truth(&self, attribute: CK_ATTRIBUTE_TYPE) -> Result<Option<bool>> {
        match self.get(attribute) {
            None => Ok(None),
            Some([octet]) => Ok(Some(*octet != CK_FALSE)),
            Some(_) => Err(INVALID),
        }
    }

    pub(crate) fn number(&self, attribute: CK_ATTRIBUTE_TYPE) -> Result<Option<CK_ULONG>> {
        match self.get(attribute) {
            None => Ok(None),
            Some(value) => {
                let octets = value.try_into().map_err(|_| INVALID)?;
                Ok(Some(CK_ULONG::from_ne_bytes(octets)))
            }
        }
    }

    pub(crate) fn label(&self) -> Result<Option<String>> {
        self.get(CKA_LABEL)
            .map(|label| String::from_utf8(label.to_vec()).map_err(|_| INVALID))
            .transpose()
    }

    /// Whether a token object is wanted.
    pub(crate) fn wants_token(&self) -> Result<bool> {
        Ok(self.truth(CKA_TOKEN)?.unwrap_or(false))
    }

    /// The curve that `CKA_EC_PARAMS` names, which is there.
    pub(crate) fn curve(&self) -> Result<KeyKind> {
        let parameters = self.get(CKA_EC_PARAMS).ok_or(Rv(CKR_TEMPLATE_INCOMPLETE))?;
        attribute::curve_of(parameters).ok_or(Rv(CKR_CURVE_NOT_SUPPORTED))
    }
}

/// How an object comes to be, which some of its attributes tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// Made in the device by this mechanism.
    Generated(CK_MECHANISM_TYPE),
    /// Given by the caller.
    Given,
    /// Came in wrapped, or was agreed on.
    Unwrapped,
}

/// An object that a template describes, its value apart.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) class: ObjectClass,
    pub(crate) token: bool,
    pub(crate) private: bool,
    pub(crate) label: String,
    pub(crate) key_id: Option<Vec<u8>>,
    pub(crate) for_use: Option<KeyUse>,
    pub(crate) attributes: Attributes,
}

impl Plan {
    /// Reads a template for an object of this class; `kind` is a key's curve.
    pub(crate) fn new(
        template: &Template,
        class: ObjectClass,
        kind: Option<KeyKind>,
        origin: Origin,
    ) -> Result<Self> {
        let secret = matches!(class, ObjectClass::PrivateKey | ObjectClass::SecretKey);
        // Nobody vouches for keys here, and no PIN is asked for with each use: better
        // refused than kept without a meaning.
        for attribute in [CKA_TRUSTED, CKA_ALWAYS_AUTHENTICATE] {
            if template.truth(attribute)? == Some(true) {
                return Err(INVALID);
            }
        }
        let mut attributes = Attributes::default();
        for (attribute, value) in template.iter() {
            match treatment(class, attribute)? {
                Treatment::Handled => {}
                Treatment::Truth => {
                    let truth = template.truth(attribute)?.unwrap_or_default();
                    attributes.set(attribute.into(), [truth.into()]);
                }
                Treatment::Octets => attributes.set(attribute.into(), value),
            }
        }
        // What is not said is said here, so that it does not change with what another
        // version thinks.
        for (attribute, truth) in defaults(class, kind) {
            if attributes.get((*attribute).into()).is_none() {
                attributes.set((*attribute).into(), [(*truth).into()]);
            }
        }
        let flag = |attributes: &Attributes, attribute: CK_ATTRIBUTE_TYPE| {
            attributes.get(attribute.into()) == Some(&[CK_TRUE])
        };
        if secret {
            let generated = matches!(origin, Origin::Generated(_));
            let sensitive = flag(&attributes, CKA_SENSITIVE);
            let extractable = flag(&attributes, CKA_EXTRACTABLE);
            attributes.set(CKA_LOCAL.into(), [generated.into()]);
            attributes.set(
                CKA_ALWAYS_SENSITIVE.into(),
                [(generated && sensitive).into()],
            );
            attributes.set(
                CKA_NEVER_EXTRACTABLE.into(),
                [(generated && !extractable).into()],
            );
        }
        if let Origin::Generated(mechanism) = origin {
            attributes.set(CKA_LOCAL.into(), [CK_TRUE]);
            attributes.set(CKA_KEY_GEN_MECHANISM.into(), attribute::number(mechanism));
        }
        Ok(Self {
            class,
            token: template.wants_token()?,
            private: template.truth(CKA_PRIVATE)?.unwrap_or(secret),
            label: template.label()?.unwrap_or_default(),
            key_id: template.get(CKA_ID).map(<[u8]>::to_vec),
            for_use: key_use(template, class)?,
            attributes,
        })
    }

    /// The same for the device.
    pub(crate) fn draft(&self) -> Draft {
        let mut draft = Draft::new(&*self.label)
            .with_private(self.private)
            .with_attributes(self.attributes.clone());
        if let Some(key_id) = &self.key_id {
            draft = draft.with_key_id(&**key_id);
        }
        if let Some(for_use) = self.for_use {
            draft = draft.with_use(for_use);
        }
        draft
    }
}

/// What a template may change of an object that is there (PKCS#11 3.0, 4.1.2).
pub(crate) fn changes(template: &Template, meta: &Meta) -> Result<Changes> {
    let mut rest = Template::default();
    let mut changes = Changes::default();
    for (attribute, value) in template.iter() {
        match attribute {
            CKA_LABEL => changes = changes.with_label(template.label()?.unwrap_or_default()),
            CKA_ID => changes = changes.with_key_id(value),
            _ => rest.push(attribute, Zeroizing::new(value.to_vec()))?,
        }
    }
    Ok(changes.with_attributes(changed(&rest, meta)?))
}

/// The attributes that are kept as they are, changed.
pub(crate) fn changed(template: &Template, meta: &Meta) -> Result<Attributes> {
    let mut changed = meta.attributes.clone();
    for (attribute, value) in template.iter() {
        match treatment(meta.class, attribute)? {
            Treatment::Handled => return Err(Rv(CKR_ATTRIBUTE_READ_ONLY)),
            Treatment::Truth => {
                let truth = template.truth(attribute)?.unwrap_or_default();
                let now = meta.flag(attribute);
                // A secret becomes more secret, never less.
                let allowed = match attribute {
                    CKA_SENSITIVE | CKA_WRAP_WITH_TRUSTED => truth || !now,
                    CKA_EXTRACTABLE => !truth || now,
                    CKA_TRUSTED | CKA_ALWAYS_AUTHENTICATE => !truth,
                    CKA_MODIFIABLE | CKA_COPYABLE | CKA_DESTROYABLE => truth == now,
                    _ => true,
                };
                if !allowed {
                    return Err(Rv(CKR_ATTRIBUTE_READ_ONLY));
                }
                changed.set(attribute.into(), [truth.into()]);
            }
            Treatment::Octets => changed.set(attribute.into(), value),
        }
    }
    Ok(changed)
}

/// What becomes of an attribute of a template.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Treatment {
    /// Kept in a place of its own, or said by what is made.
    Handled,
    /// Kept as a truth value.
    Truth,
    /// Kept as it is.
    Octets,
}

fn treatment(class: ObjectClass, attribute: CK_ATTRIBUTE_TYPE) -> Result<Treatment> {
    use ObjectClass::{Certificate, Data, PrivateKey, PublicKey, SecretKey};
    use Treatment::{Handled, Octets, Truth};
    Ok(match (attribute, class) {
        (CKA_CLASS | CKA_TOKEN | CKA_PRIVATE | CKA_LABEL, _) => Handled,
        (CKA_MODIFIABLE | CKA_COPYABLE | CKA_DESTROYABLE, _) => Truth,
        (CKA_VENDOR_DEFINED.., _) => Octets,
        (CKA_VALUE, PrivateKey | SecretKey | Certificate | Data) => Handled,
        (CKA_ID, PrivateKey | PublicKey | SecretKey | Certificate) => Handled,
        (CKA_KEY_TYPE, PrivateKey | PublicKey | SecretKey) => Handled,
        (CKA_EC_PARAMS | CKA_EC_POINT, PrivateKey | PublicKey) => Handled,
        (CKA_VALUE_LEN, SecretKey) => Handled,
        (CKA_CERTIFICATE_TYPE, Certificate) => Handled,
        (CKA_DERIVE, PrivateKey | PublicKey | SecretKey) => Truth,
        (
            CKA_SENSITIVE
            | CKA_EXTRACTABLE
            | CKA_SIGN
            | CKA_DECRYPT
            | CKA_UNWRAP
            | CKA_WRAP_WITH_TRUSTED,
            PrivateKey | SecretKey,
        ) => Truth,
        (CKA_SIGN_RECOVER | CKA_ALWAYS_AUTHENTICATE, PrivateKey) => Truth,
        (CKA_VERIFY | CKA_ENCRYPT | CKA_WRAP, PublicKey | SecretKey) => Truth,
        (CKA_VERIFY_RECOVER, PublicKey) => Truth,
        (CKA_TRUSTED, PublicKey | SecretKey | Certificate) => Truth,
        (CKA_SUBJECT, PrivateKey | PublicKey | Certificate) => Octets,
        (CKA_START_DATE | CKA_END_DATE, PrivateKey | PublicKey | SecretKey | Certificate) => Octets,
        (
            CKA_ISSUER
            | CKA_SERIAL_NUMBER
            | CKA_CERTIFICATE_CATEGORY
            | CKA_URL
            | CKA_HASH_OF_SUBJECT_PUBLIC_KEY
            | CKA_HASH_OF_ISSUER_PUBLIC_KEY,
            Certificate,
        ) => Octets,
        (CKA_APPLICATION | CKA_OBJECT_ID, Data) => Octets,
        _ => return Err(Rv(CKR_ATTRIBUTE_TYPE_INVALID)),
    })
}

/// What a key can when nothing is said: whatever its algorithms can.
fn defaults(class: ObjectClass, kind: Option<KeyKind>) -> &'static [(CK_ATTRIBUTE_TYPE, bool)] {
    match (class, kind) {
        (ObjectClass::PrivateKey, Some(KeyKind::Sm2)) => &[
            (CKA_SENSITIVE, true),
            (CKA_EXTRACTABLE, false),
            (CKA_SIGN, true),
            (CKA_DECRYPT, true),
            (CKA_UNWRAP, true),
            (CKA_DERIVE, false),
        ],
        (ObjectClass::PrivateKey, _) => &[
            (CKA_SENSITIVE, true),
            (CKA_EXTRACTABLE, false),
            (CKA_SIGN, true),
            (CKA_DECRYPT, false),
            (CKA_UNWRAP, false),
            (CKA_DERIVE, true),
        ],
        (ObjectClass::PublicKey, Some(KeyKind::Sm2)) => &[
            (CKA_VERIFY, true),
            (CKA_ENCRYPT, true),
            (CKA_WRAP, true),
            (CKA_DERIVE, false),
        ],
        (ObjectClass::PublicKey, _) => &[
            (CKA_VERIFY, true),
            (CKA_ENCRYPT, false),
            (CKA_WRAP, false),
            (CKA_DERIVE, true),
        ],
        (ObjectClass::SecretKey, _) => &[
            (CKA_SENSITIVE, true),
            (CKA_EXTRACTABLE, false),
            (CKA_ENCRYPT, true),
            (CKA_DECRYPT, true),
            (CKA_SIGN, true),
            (CKA_VERIFY, true),
            (CKA_WRAP, true),
            (CKA_UNWRAP, true),
            (CKA_DERIVE, false),
        ],
        _ => &[],
    }
}

/// Which place of a container suits a key: signing unless the template says that it is for
/// something else.
fn key_use(template: &Template, class: ObjectClass) -> Result<Option<KeyUse>> {
    let (sign, others) = match class {
        ObjectClass::PrivateKey => (CKA_SIGN, [CKA_DECRYPT, CKA_UNWRAP, CKA_DERIVE]),
        ObjectClass::PublicKey => (CKA_VERIFY, [CKA_ENCRYPT, CKA_WRAP, CKA_DERIVE]),
        _ => return Ok(None),
    };
    let mut other = false;
    for attribute in others {
        other |= template.truth(attribute)? == Some(true);
    }
    Ok(Some(match template.truth(sign)? {
        Some(true) => KeyUse::Signing,
        Some(false) => KeyUse::Encryption,
        None if other => KeyUse::Encryption,
        None => KeyUse::Signing,
    }))
}
