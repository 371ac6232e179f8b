//! Objects come to be: given, generated, unwrapped, agreed on, copied.

use crate::{
    attribute,
    cipher::{Cipher, finish},
    mechanism::Mechanism,
    module::Module,
    object::{Entry, Handle, Material, Meta},
    rv::{Result, Rv, needs},
    session::Session,
    template::{Origin, Plan, Template},
};
use cryptoki_sys::*;
use gm_crypto::{sm2::EnvelopedKey, sm3};
use softdevice::{
    Draft, KeyKind, Object, ObjectClass, PrivateKey, Public, PublicKey, Secret, SecretKind,
    SecretValue,
    room::{Reply, Room},
    symmetric::Direction,
};
use std::sync::Arc;
use zeroize::Zeroizing;

/// Key, and parameters that are structures in C's memory.
#[derive(Debug)]
pub(crate) struct Ecdh {
    pub(crate) kdf: CK_EC_KDF_TYPE,
    pub(crate) shared: Vec<u8>,
    pub(crate) public: Vec<u8>,
}

const INCOMPLETE: Rv = Rv(CKR_TEMPLATE_INCOMPLETE);
const INCONSISTENT: Rv = Rv(CKR_TEMPLATE_INCONSISTENT);
const VALUE: Rv = Rv(CKR_ATTRIBUTE_VALUE_INVALID);

/// Gives an object its place: in the store, or in the session.
fn add(
    module: &Module,
    session: &Session,
    plan: &Plan,
    kind: Option<SecretKind>,
    material: Material,
    value: &[u8],
) -> Result<CK_OBJECT_HANDLE> {
    if plan.token {
        let object = store(session, &plan.draft(), plan, kind, &material, value)?;
        return Ok(Handle::of_token(object.id()).0);
    }
    let point = match &material {
        Material::Private(key) => Some(key.point().to_vec()),
        Material::Public(key) => Some(key.point()),
        _ => None,
    };
    let key_kind = match &material {
        Material::Private(key) => Some(key.kind()),
        Material::Public(key) => Some(key.kind()),
        _ => None,
    };
    let key_id = match (&plan.key_id, &point) {
        (Some(key_id), _) => key_id.clone(),
        // As the device does it, so that both halves have the same.
        (None, Some(point)) => sm3::digest(point)[..20].to_vec(),
        (None, None) => Vec::new(),
    };
    let meta = Meta {
        class: plan.class,
        key_kind,
        secret_kind: kind,
        label: plan.label.clone(),
        key_id,
        private: plan.private,
        for_use: plan.for_use,
        value: point.unwrap_or_else(|| value.to_vec()),
        attributes: plan.attributes.clone(),
        token: false,
    };
    let handle = module.next_object();
    let entry = Entry { meta, material };
    session
        .token
        .add_session_object(handle, session.handle, entry);
    Ok(handle.0)
}

fn store(
    session: &Session,
    draft: &Draft,
    plan: &Plan,
    kind: Option<SecretKind>,
    material: &Material,
    value: &[u8],
) -> Result<Object> {
    let application = session.token.application();
    Ok(match (material, kind) {
        (Material::Private(key), _) => {
            let user = session.token.user()?;
            user.unlocked.store(draft, Secret::Key(key))?
        }
        (Material::Secret(secret), Some(kind)) => {
            let user = session.token.user()?;
            user.unlocked
                .store(draft, Secret::Symmetric(kind, secret))?
        }
        (Material::Secret(secret), None) => {
            let user = session.token.user()?;
            user.unlocked.store(draft, Secret::Data(secret))?
        }
        (Material::Public(key), _) => application.store(draft, Public::Key(key))?,
        (Material::None, _) if plan.class == ObjectClass::Certificate => {
            application.store(draft, Public::Certificate(value))?
        }
        (Material::None, _) => application.store(draft, Public::Data(value))?,
    })
}

/// An object with a value that the caller gives (`C_CreateObject`).
pub(crate) fn create(
    module: &Module,
    session: &Session,
    template: &Template,
) -> Result<CK_OBJECT_HANDLE> {
    let class = template.number(CKA_CLASS)?.ok_or(INCOMPLETE)?;
    let value = || template.get(CKA_VALUE).ok_or(INCOMPLETE);
    let (class, kind, secret_kind, material, value) = match class {
        CKO_DATA => (
            ObjectClass::Data,
            None,
            None,
            Material::None,
            template.get(CKA_VALUE).unwrap_or_default(),
        ),
        CKO_CERTIFICATE => {
            if template.number(CKA_CERTIFICATE_TYPE)?.unwrap_or(CKC_X_509) != CKC_X_509 {
                return Err(VALUE);
            }
            (
                ObjectClass::Certificate,
                None,
                None,
                Material::None,
                value()?,
            )
        }
        CKO_PUBLIC_KEY => {
            let kind = key_kind(module, template)?;
            let point = template.get(CKA_EC_POINT).ok_or(INCOMPLETE)?;
            let key = PublicKey::from_point(kind, attribute::point(point)).map_err(|_| VALUE)?;
            (
                ObjectClass::PublicKey,
                Some(kind),
                None,
                Material::Public(key),
                &[][..],
            )
        }
        CKO_PRIVATE_KEY => {
            let kind = key_kind(module, template)?;
            let value = value()?;
            // Leading zeros may have been left out.
            let mut scalar = Zeroizing::new(vec![0; kind.field_length()]);
            let start = scalar.len().checked_sub(value.len()).ok_or(VALUE)?;
            scalar[start..].copy_from_slice(value);
            let key = PrivateKey::from_scalar(kind, &scalar).map_err(|_| VALUE)?;
            (
                ObjectClass::PrivateKey,
                Some(kind),
                None,
                Material::Private(Arc::new(key)),
                &[][..],
            )
        }
        CKO_SECRET_KEY => {
            let kind = secret_kind(module, template)?;
            let value = value()?;
            check_length(kind, value.len())?;
            (
                ObjectClass::SecretKey,
                None,
                Some(kind),
                Material::Secret(Arc::new(SecretValue::new(value))),
                &[][..],
            )
        }
        _ => return Err(VALUE),
    };
    let plan = Plan::new(template, class, kind, Origin::Given)?;
    session.expect_plan(&plan)?;
    let (material, value) = hidden(&plan, material, value);
    add(module, session, &plan, secret_kind, material, value)
}

/// Data that only the user may see is a secret.
fn hidden<'a>(plan: &Plan, material: Material, value: &'a [u8]) -> (Material, &'a [u8]) {
    match material {
        Material::None if plan.class == ObjectClass::Data && plan.private => {
            let secret = SecretValue::new(value);
            (Material::Secret(Arc::new(secret)), &[])
        }
        material => (material, value),
    }
}

/// A copy with other attributes (`C_CopyObject`).
pub(crate) fn copy(
    module: &Module,
    session: &Session,
    handle: CK_OBJECT_HANDLE,
    template: &Template,
) -> Result<CK_OBJECT_HANDLE> {
    let entry = session.token.entry(Handle(handle))?;
    if !entry.meta.flag(CKA_COPYABLE) {
        return Err(Rv(CKR_ACTION_PROHIBITED));
    }
    let mut rest = Template::default();
    for (attribute, value) in template.iter() {
        if !matches!(attribute, CKA_TOKEN | CKA_PRIVATE | CKA_LABEL | CKA_ID) {
            rest.push(attribute, Zeroizing::new(value.to_vec()))?;
        }
    }
    let old = &entry.meta;
    let attributes = crate::template::changed(&rest, old)?;
    let private = template.truth(CKA_PRIVATE)?.unwrap_or(old.private);
    if old.private && !private {
        return Err(INCONSISTENT);
    }
    let plan = Plan {
        class: old.class,
        token: template.truth(CKA_TOKEN)?.unwrap_or(old.token),
        private,
        label: template.label()?.unwrap_or_else(|| old.label.clone()),
        key_id: Some(template.get(CKA_ID).unwrap_or(&old.key_id).to_vec()),
        for_use: old.for_use,
        attributes,
    };
    session.expect_plan(&plan)?;
    let (material, value) = hidden(&plan, entry.material.clone(), &old.value);
    add(module, session, &plan, old.secret_kind, material, value)
}

/// The curve that type and parameters of a key name.
fn key_kind(module: &Module, template: &Template) -> Result<KeyKind> {
    let kind = match template.number(CKA_KEY_TYPE)?.ok_or(INCOMPLETE)? {
        CKK_EC => template.curve()?,
        // Its parameters may be left out: there is one curve.
        number if number == module.vendor.sm2 => match template.get(CKA_EC_PARAMS) {
            Some(_) => template.curve()?,
            None => KeyKind::Sm2,
        },
        _ => return Err(VALUE),
    };
    let is_sm2 = template.number(CKA_KEY_TYPE)? == Some(module.vendor.sm2);
    if is_sm2 == (kind == KeyKind::Sm2) {
        Ok(kind)
    } else {
        Err(INCONSISTENT)
    }
}

fn secret_kind(module: &Module, template: &Template) -> Result<SecretKind> {
    match template.number(CKA_KEY_TYPE)?.ok_or(INCOMPLETE)? {
        CKK_GENERIC_SECRET => Ok(SecretKind::Generic),
        number if Some(number) == module.vendor.sm4 => Ok(SecretKind::Sm4),
        _ => Err(VALUE),
    }
}

fn check_length(kind: SecretKind, length: usize) -> Result<()> {
    let allowed = match kind {
        SecretKind::Sm4 => length == 16,
        _ => (1..=1024).contains(&length),
    };
    if allowed {
        Ok(())
    } else {
        Err(Rv(CKR_KEY_SIZE_RANGE))
    }
}

/// Refuses a template whose class or type contradicts the mechanism.
fn expect(template: &Template, class: CK_OBJECT_CLASS, key_type: CK_KEY_TYPE) -> Result<()> {
    let is = |attribute, wanted| -> Result<bool> {
        Ok(template
            .number(attribute)?
            .is_none_or(|number| number == wanted))
    };
    if is(CKA_CLASS, class)? && is(CKA_KEY_TYPE, key_type)? {
        Ok(())
    } else {
        Err(INCONSISTENT)
    }
}

/// A symmetric key (`C_GenerateKey`).
pub(crate) fn generate(
    module: &Module,
    session: &Session,
    mechanism: (CK_MECHANISM_TYPE, Mechanism),
    template: &Template,
) -> Result<CK_OBJECT_HANDLE> {
    let (kind, key_type, length) = match mechanism.1 {
        Mechanism::Sm4KeyGen => {
            let key_type = module.vendor.sm4.ok_or(Rv(CKR_MECHANISM_INVALID))?;
            (SecretKind::Sm4, key_type, 16)
        }
        Mechanism::GenericKeyGen => {
            let length = template.number(CKA_VALUE_LEN)?.ok_or(INCOMPLETE)?;
            let length = usize::try_from(length).unwrap_or(usize::MAX);
            (SecretKind::Generic, CKK_GENERIC_SECRET, length)
        }
        _ => return Err(Rv(CKR_MECHANISM_INVALID)),
    };
    expect(template, CKO_SECRET_KEY, key_type)?;
    if template.get(CKA_VALUE).is_some() {
        return Err(INCONSISTENT);
    }
    check_length(kind, length)?;
    let origin = Origin::Generated(mechanism.0);
    let plan = Plan::new(template, ObjectClass::SecretKey, None, origin)?;
    session.expect_plan(&plan)?;
    let mut octets = vec![0; length];
    getrandom::fill(&mut octets).map_err(|_| Rv(CKR_FUNCTION_FAILED))?;
    let material = Material::Secret(Arc::new(SecretValue::new(octets)));
    add(module, session, &plan, Some(kind), material, &[])
}

/// A key pair: handles of public and private key (`C_GenerateKeyPair`).
pub(crate) fn generate_pair(
    module: &Module,
    session: &Session,
    mechanism: (CK_MECHANISM_TYPE, Mechanism),
    public: &Template,
    private: &Template,
) -> Result<(CK_OBJECT_HANDLE, CK_OBJECT_HANDLE)> {
    let (kind, key_type) = match mechanism.1 {
        Mechanism::EcKeyPairGen => match public.curve()? {
            KeyKind::Sm2 => return Err(Rv(CKR_CURVE_NOT_SUPPORTED)),
            kind => (kind, CKK_EC),
        },
        Mechanism::Sm2KeyPairGen => {
            if public.get(CKA_EC_PARAMS).is_some() && public.curve()? != KeyKind::Sm2 {
                return Err(Rv(CKR_CURVE_NOT_SUPPORTED));
            }
            (KeyKind::Sm2, module.vendor.sm2)
        }
        _ => return Err(Rv(CKR_MECHANISM_INVALID)),
    };
    expect(public, CKO_PUBLIC_KEY, key_type)?;
    expect(private, CKO_PRIVATE_KEY, key_type)?;
    for template in [public, private] {
        if template.get(CKA_VALUE).is_some() || template.get(CKA_EC_POINT).is_some() {
            return Err(INCONSISTENT);
        }
    }
    let origin = Origin::Generated(mechanism.0);
    let private = Plan::new(private, ObjectClass::PrivateKey, Some(kind), origin)?;
    let mut public = Plan::new(public, ObjectClass::PublicKey, Some(kind), origin)?;
    // Both halves go to one place.
    public.for_use = private.for_use;
    session.expect_plan(&private)?;
    session.expect_plan(&public)?;
    let key = PrivateKey::generate(kind)?;
    let half = Material::Public(key.public_key());
    let key = Material::Private(Arc::new(key));
    let private_handle = add(module, session, &private, None, key, &[])?;
    match add(module, session, &public, None, half, &[]) {
        Ok(public_handle) => Ok((public_handle, private_handle)),
        Err(error) => {
            // Both or none; what cannot be taken back now is a key without its public half.
            let _ = session.token.destroy(Handle(private_handle));
            Err(error)
        }
    }
}

/// Takes a key out, wrapped under another (`C_WrapKey`).
pub(crate) fn wrap(
    session: &Session,
    mechanism: Mechanism,
    parameter: &[u8],
    wrapping: CK_OBJECT_HANDLE,
    key: CK_OBJECT_HANDLE,
    room: Room,
) -> Result<Reply> {
    let wrapping = session
        .key(wrapping)
        .map_err(|_| Rv(CKR_WRAPPING_KEY_HANDLE_INVALID))?;
    let key = session.key(key)?;
    if !wrapping.meta.flag(CKA_WRAP) {
        return Err(Rv(CKR_KEY_FUNCTION_NOT_PERMITTED));
    }
    if !key.meta.flag(CKA_EXTRACTABLE) {
        return Err(Rv(CKR_KEY_UNEXTRACTABLE));
    }
    if key.meta.flag(CKA_WRAP_WITH_TRUSTED) && !wrapping.meta.flag(CKA_TRUSTED) {
        return Err(Rv(CKR_KEY_NOT_WRAPPABLE));
    }
    if mechanism == Mechanism::EnvelopedKey {
        let (Material::Public(recipient), Material::Private(key)) =
            (&wrapping.material, &key.material)
        else {
            return Err(Rv(CKR_WRAPPING_KEY_TYPE_INCONSISTENT));
        };
        let secret = key
            .sm2()
            .map_err(|_| Rv(CKR_KEY_NOT_WRAPPABLE))?
            .secret_key();
        let recipient = recipient.sm2()?;
        if let Some(reply) = needs(room, ENVELOPE_LENGTH) {
            return Ok(reply);
        }
        // Programs take the length that they were told for the length that they got
        // (crate cryptoki 0.12 does), so one is made that has it: one in four does.
        for _ in 0..ENVELOPE_TRIES {
            let envelope = EnvelopedKey::seal(&mut getrandom::SysRng, recipient, secret);
            let octets = envelope.map_err(|_| Rv(CKR_FUNCTION_FAILED))?.to_der();
            if octets.len() == ENVELOPE_LENGTH {
                return Ok(Reply::Octets(octets.into()));
            }
        }
        return Err(Rv(CKR_FUNCTION_FAILED));
    }
    let Material::Secret(secret) = &key.material else {
        return Err(Rv(CKR_KEY_NOT_WRAPPABLE));
    };
    let cipher =
        Cipher::new(mechanism, parameter, &wrapping, Direction::Encrypt).map_err(as_wrapping)?;
    finish(&mut Some(cipher), Some(secret.as_bytes()), room)
}

/// Octets of the longest envelope of a key of SM2 without padding: both coordinates of its
/// point have their first bit set, and so an octet more.
const ENVELOPE_LENGTH: usize = 241;
/// That none of so many is as long happens once in 2^79 times.
const ENVELOPE_TRIES: usize = 192;

fn as_wrapping(error: Rv) -> Rv {
    match error {
        Rv(CKR_KEY_TYPE_INCONSISTENT) => Rv(CKR_WRAPPING_KEY_TYPE_INCONSISTENT),
        error => error,
    }
}

/// Takes a wrapped key in (`C_UnwrapKey`).
pub(crate) fn unwrap(
    module: &Module,
    session: &Session,
    mechanism: Mechanism,
    parameter: &[u8],
    unwrapping: CK_OBJECT_HANDLE,
    wrapped: &[u8],
    template: &Template,
) -> Result<CK_OBJECT_HANDLE> {
    let unwrapping = session
        .key(unwrapping)
        .map_err(|_| Rv(CKR_UNWRAPPING_KEY_HANDLE_INVALID))?;
    if !unwrapping.meta.flag(CKA_UNWRAP) {
        return Err(Rv(CKR_KEY_FUNCTION_NOT_PERMITTED));
    }
    let invalid = Rv(CKR_WRAPPED_KEY_INVALID);
    if template.get(CKA_VALUE).is_some() {
        return Err(INCONSISTENT);
    }
    if mechanism == Mechanism::EnvelopedKey {
        expect(template, CKO_PRIVATE_KEY, module.vendor.sm2)?;
        let Material::Private(key) = &unwrapping.material else {
            return Err(Rv(CKR_UNWRAPPING_KEY_TYPE_INCONSISTENT));
        };
        let class = ObjectClass::PrivateKey;
        let plan = Plan::new(template, class, Some(KeyKind::Sm2), Origin::Unwrapped)?;
        session.expect_plan(&plan)?;
        let recipient = key.sm2()?.secret_key();
        let envelope = EnvelopedKey::from_der(wrapped).map_err(|_| invalid)?;
        let secret = envelope.open(recipient).map_err(|_| invalid)?;
        let key = Material::Private(Arc::new(PrivateKey::from_sm2(secret)));
        return add(module, session, &plan, None, key, &[]);
    }
    let cipher =
        Cipher::new(mechanism, parameter, &unwrapping, Direction::Decrypt).map_err(|error| {
            match error {
                Rv(CKR_KEY_TYPE_INCONSISTENT) => Rv(CKR_UNWRAPPING_KEY_TYPE_INCONSISTENT),
                error => error,
            }
        })?;
    let reply =
        finish(&mut Some(cipher), Some(wrapped), Room::Octets(usize::MAX)).map_err(|_| invalid)?;
    let Reply::Octets(plain) = reply else {
        return Err(invalid);
    };
    if template.number(CKA_CLASS)?.ok_or(INCOMPLETE)? != CKO_SECRET_KEY {
        return Err(VALUE);
    }
    let kind = secret_kind(module, template)?;
    check_length(kind, plain.len()).map_err(|_| invalid)?;
    let class = ObjectClass::SecretKey;
    let plan = Plan::new(template, class, None, Origin::Unwrapped)?;
    session.expect_plan(&plan)?;
    let material = Material::Secret(Arc::new(SecretValue::new(plain.to_vec())));
    add(module, session, &plan, Some(kind), material, &[])
}

/// A key that two agree on (`C_DeriveKey` with `CKM_ECDH1_DERIVE`, PKCS#11 3.0, 6.3.16).
pub(crate) fn derive(
    module: &Module,
    session: &Session,
    base: CK_OBJECT_HANDLE,
    ecdh: &Ecdh,
    template: &Template,
) -> Result<CK_OBJECT_HANDLE> {
    let base = session.key(base)?;
    let Material::Private(key) = &base.material else {
        return Err(Rv(CKR_KEY_TYPE_INCONSISTENT));
    };
    if !base.meta.flag(CKA_DERIVE) {
        return Err(Rv(CKR_KEY_FUNCTION_NOT_PERMITTED));
    }
    if template.get(CKA_VALUE).is_some() {
        return Err(INCONSISTENT);
    }
    if ecdh.kdf != CKD_NULL || !ecdh.shared.is_empty() {
        return Err(Rv(CKR_MECHANISM_PARAM_INVALID));
    }
    expect(
        template,
        CKO_SECRET_KEY,
        template.number(CKA_KEY_TYPE)?.unwrap_or(CKK_GENERIC_SECRET),
    )?;
    let kind = match template.number(CKA_KEY_TYPE)? {
        None => SecretKind::Generic,
        Some(_) => secret_kind(module, template)?,
    };
    let shared = key
        .agree(attribute::point(&ecdh.public))
        .map_err(|error| match error {
            softdevice::Error::Crypto { .. } => Rv(CKR_MECHANISM_PARAM_INVALID),
            error => error.into(),
        })?;
    // A shorter key takes the first octets, PKCS#11 3.0, 6.3.16.
    let length = match (template.number(CKA_VALUE_LEN)?, kind) {
        (Some(length), _) => usize::try_from(length).unwrap_or(usize::MAX),
        (None, SecretKind::Sm4) => 16,
        (None, _) => shared.len(),
    };
    let secret = shared.get(..length).ok_or(Rv(CKR_KEY_SIZE_RANGE))?;
    check_length(kind, secret.len())?;
    let class = ObjectClass::SecretKey;
    let plan = Plan::new(template, class, None, Origin::Unwrapped)?;
    session.expect_plan(&plan)?;
    let material = Material::Secret(Arc::new(SecretValue::new(secret)));
    add(module, session, &plan, Some(kind), material, &[])
}
