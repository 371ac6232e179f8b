//! The functions of PKCS#11 in safe types; `sys.rs` has their C.

use crate::{
    attribute,
    cipher::{self, Cipher},
    digest::{self, Digester},
    keys::{self, Ecdh},
    mechanism::Mechanism,
    module::{Module, current},
    object::{Handle, Material},
    rv::{Result, Rv},
    session::{Operations, Session},
    sign::{self, Signer, Verifier},
    template::{self, Template},
};
use cryptoki_sys::*;
use softdevice::{
    Error, Fault, Operation, Pin, Role,
    room::{Reply, Room},
    symmetric::Direction,
};
use std::sync::Arc;

/// A mechanism as a caller names it.
#[derive(Debug)]
pub(crate) struct Named<'a> {
    pub(crate) number: CK_MECHANISM_TYPE,
    pub(crate) parameter: Parameter<'a>,
}

#[derive(Debug)]
pub(crate) enum Parameter<'a> {
    Octets(&'a [u8]),
    Ecdh(Ecdh),
}

impl Named<'_> {
    fn mechanism(&self, module: &Module) -> Result<Mechanism> {
        Mechanism::of(module.vendor, self.number).ok_or(Rv(CKR_MECHANISM_INVALID))
    }

    fn octets(&self) -> Result<&[u8]> {
        match self.parameter {
            Parameter::Octets(octets) => Ok(octets),
            Parameter::Ecdh(_) => Err(Rv(CKR_MECHANISM_PARAM_INVALID)),
        }
    }
}

/// Module and session of a call.
fn at(session: CK_SESSION_HANDLE) -> Result<(Arc<Module>, Arc<Session>)> {
    let module = current()?;
    let session = module.session(session)?;
    Ok((module, session))
}

pub(crate) fn log_in(session: CK_SESSION_HANDLE, user: CK_USER_TYPE, pin: &[u8]) -> Result<()> {
    let (module, session) = at(session)?;
    let role = match user {
        CKU_USER => Role::User,
        CKU_SO => Role::Administrator,
        // No key here asks for a PIN with each use.
        CKU_CONTEXT_SPECIFIC => return Err(Rv(CKR_OPERATION_NOT_INITIALIZED)),
        _ => return Err(Rv(CKR_USER_TYPE_INVALID)),
    };
    module.fault(Operation::Login)?;
    session.token.log_in(role, pin)
}

pub(crate) fn log_out(session: CK_SESSION_HANDLE) -> Result<()> {
    let (module, session) = at(session)?;
    session.token.log_out()?;
    // What is under way holds keys.
    for session in module.sessions_of(session.slot) {
        *session.operations() = Operations::default();
    }
    Ok(())
}

pub(crate) fn init_pin(session: CK_SESSION_HANDLE, pin: &[u8]) -> Result<()> {
    let (module, session) = at(session)?;
    module.fault(Operation::Login)?;
    let login = session.token.login();
    let administrator = login
        .filter(|login| login.unlocked.role() == Role::Administrator)
        .ok_or(Rv(CKR_USER_NOT_LOGGED_IN))?;
    administrator.unlocked.set_user_pin(&Pin::new(pin)?)?;
    Ok(())
}

pub(crate) fn set_pin(session: CK_SESSION_HANDLE, old: &[u8], new: &[u8]) -> Result<()> {
    let (module, session) = at(session)?;
    if !session.read_write {
        return Err(Rv(CKR_SESSION_READ_ONLY));
    }
    module.fault(Operation::Login)?;
    let new = Pin::new(new)?;
    let old = Pin::new(old).map_err(|_| Rv(CKR_PIN_INCORRECT))?;
    // In a public session it is the user's (PKCS#11 3.0, 5.5.7).
    let role = session.token.role().unwrap_or(Role::User);
    session.token.application().change_pin(role, &old, &new)?;
    Ok(())
}

pub(crate) fn create_object(
    session: CK_SESSION_HANDLE,
    template: &Template,
) -> Result<CK_OBJECT_HANDLE> {
    let (module, session) = at(session)?;
    module.fault(Operation::Write)?;
    keys::create(&module, &session, template)
}

pub(crate) fn copy_object(
    session: CK_SESSION_HANDLE,
    object: CK_OBJECT_HANDLE,
    template: &Template,
) -> Result<CK_OBJECT_HANDLE> {
    let (module, session) = at(session)?;
    module.fault(Operation::Write)?;
    keys::copy(&module, &session, object, template)
}

pub(crate) fn destroy_object(session: CK_SESSION_HANDLE, object: CK_OBJECT_HANDLE) -> Result<()> {
    let (module, session) = at(session)?;
    module.fault(Operation::Write)?;
    let entry = session.token.entry(Handle(object))?;
    session.expect_object(&entry.meta)?;
    if !entry.meta.flag(CKA_DESTROYABLE) {
        return Err(Rv(CKR_ACTION_PROHIBITED));
    }
    session.token.destroy(Handle(object))
}

/// Octets of all that is known of an object.
pub(crate) fn object_size(
    session: CK_SESSION_HANDLE,
    object: CK_OBJECT_HANDLE,
) -> Result<CK_ULONG> {
    let (_, session) = at(session)?;
    let entry = session.token.entry(Handle(object))?;
    let attributes: usize = entry
        .meta
        .attributes
        .iter()
        .map(|(_, value)| value.len())
        .sum();
    let size = entry.meta.value.len() + entry.meta.label.len() + attributes;
    CK_ULONG::try_from(size).map_err(|_| Rv(CKR_GENERAL_ERROR))
}

/// What each of these attributes is.
pub(crate) fn attribute_values(
    session: CK_SESSION_HANDLE,
    object: CK_OBJECT_HANDLE,
    attributes: &[CK_ATTRIBUTE_TYPE],
) -> Result<Vec<Result<Vec<u8>>>> {
    let (module, session) = at(session)?;
    let fault = module.fault(Operation::Read)?;
    let entry = session.token.entry(Handle(object))?;
    let values = attributes.iter().map(|attribute| {
        let mut value = attribute::value(&entry, *attribute, module.vendor)?;
        if let Some(fault) = fault {
            fault.distort(&mut value);
        }
        Ok(value)
    });
    Ok(values.collect())
}

pub(crate) fn set_attribute_values(
    session: CK_SESSION_HANDLE,
    object: CK_OBJECT_HANDLE,
    template: &Template,
) -> Result<()> {
    let (module, session) = at(session)?;
    module.fault(Operation::Write)?;
    let handle = Handle(object);
    let entry = session.token.entry(handle)?;
    session.expect_object(&entry.meta)?;
    if !entry.meta.flag(CKA_MODIFIABLE) {
        return Err(Rv(CKR_ACTION_PROHIBITED));
    }
    let meta = &entry.meta;
    if handle.is_of_token() {
        let changes = template::changes(template, meta)?;
        return session.token.change(handle, &changes);
    }
    let mut rest = Template::default();
    let mut meta = meta.clone();
    for (attribute, value) in template.iter() {
        match attribute {
            CKA_LABEL => meta.label = template.label()?.unwrap_or_default(),
            CKA_ID => meta.key_id = value.to_vec(),
            _ => rest.push(attribute, value.to_vec().into())?,
        }
    }
    meta.attributes = template::changed(&rest, &meta)?;
    session.token.replace_session_object(handle, meta)
}

pub(crate) fn find_init(session: CK_SESSION_HANDLE, template: &Template) -> Result<()> {
    let (module, session) = at(session)?;
    module.fault(Operation::Find)?;
    let vendor = module.vendor;
    session.find(template, |entry, attribute, value| {
        attribute::value(entry, attribute, vendor).is_ok_and(|found| found == value)
    })
}

pub(crate) fn find(session: CK_SESSION_HANDLE, most: usize) -> Result<Vec<CK_OBJECT_HANDLE>> {
    let (_, session) = at(session)?;
    let found = session.found(most)?;
    Ok(found.into_iter().map(|handle| handle.0).collect())
}

pub(crate) fn find_final(session: CK_SESSION_HANDLE) -> Result<()> {
    let (_, session) = at(session)?;
    let found = session.operations().find.take();
    found.map(drop).ok_or(Rv(CKR_OPERATION_NOT_INITIALIZED))
}

/// Begins an encryption or decryption; without a mechanism it ends the one under way.
pub(crate) fn cipher_init(
    session: CK_SESSION_HANDLE,
    named: Option<&Named<'_>>,
    key: CK_OBJECT_HANDLE,
    direction: Direction,
) -> Result<()> {
    let (module, session) = at(session)?;
    let mut operations = session.operations();
    let operation = of_direction(&mut operations, direction);
    let Some(named) = named else {
        return operation
            .take()
            .map(drop)
            .ok_or(Rv(CKR_OPERATION_NOT_INITIALIZED));
    };
    if operation.is_some() {
        return Err(Rv(CKR_OPERATION_ACTIVE));
    }
    let mechanism = named.mechanism(&module)?;
    let entry = session.key(key)?;
    let cipher = Cipher::new(mechanism, named.octets()?, &entry, direction)?;
    let (allowed, _) = of_cipher(direction);
    if !entry.meta.flag(allowed) {
        return Err(Rv(CKR_KEY_FUNCTION_NOT_PERMITTED));
    }
    *operation = Some(cipher);
    Ok(())
}

fn of_direction(operations: &mut Operations, direction: Direction) -> &mut Option<Cipher> {
    match direction {
        Direction::Encrypt => &mut operations.encrypt,
        _ => &mut operations.decrypt,
    }
}

fn of_cipher(direction: Direction) -> (CK_ATTRIBUTE_TYPE, Operation) {
    match direction {
        Direction::Encrypt => (CKA_ENCRYPT, Operation::Encrypt),
        _ => (CKA_DECRYPT, Operation::Decrypt),
    }
}

pub(crate) fn cipher_update(
    session: CK_SESSION_HANDLE,
    data: &[u8],
    room: Room,
    direction: Direction,
) -> Result<Reply> {
    let (_, session) = at(session)?;
    let mut operations = session.operations();
    cipher::update(of_direction(&mut operations, direction), data, room)
}

pub(crate) fn cipher_finish(
    session: CK_SESSION_HANDLE,
    data: Option<&[u8]>,
    room: Room,
    direction: Direction,
) -> Result<Reply> {
    let (module, session) = at(session)?;
    let fault = match room {
        Room::Asked => None,
        Room::Octets(_) => module.fault(of_cipher(direction).1)?,
    };
    let mut operations = session.operations();
    let reply = cipher::finish(of_direction(&mut operations, direction), data, room)?;
    Ok(reply.distorted(fault))
}

pub(crate) fn digest_init(session: CK_SESSION_HANDLE, named: Option<&Named<'_>>) -> Result<()> {
    let (module, session) = at(session)?;
    let mut operations = session.operations();
    let Some(named) = named else {
        let digest = operations.digest.take();
        return digest.map(drop).ok_or(Rv(CKR_OPERATION_NOT_INITIALIZED));
    };
    if operations.digest.is_some() {
        return Err(Rv(CKR_OPERATION_ACTIVE));
    }
    let mechanism = named.mechanism(&module)?;
    if !named.octets()?.is_empty() {
        return Err(Rv(CKR_MECHANISM_PARAM_INVALID));
    }
    operations.digest = Some(Digester::new(mechanism)?);
    Ok(())
}

pub(crate) fn digest_update(session: CK_SESSION_HANDLE, data: &[u8]) -> Result<()> {
    let (_, session) = at(session)?;
    let mut operations = session.operations();
    let digest = operations.digest.as_mut();
    digest
        .ok_or(Rv(CKR_OPERATION_NOT_INITIALIZED))?
        .update(data);
    Ok(())
}

/// Hashes the value of a secret key.
pub(crate) fn digest_key(session: CK_SESSION_HANDLE, key: CK_OBJECT_HANDLE) -> Result<()> {
    let (_, session) = at(session)?;
    let entry = session.key(key)?;
    let Material::Secret(secret) = &entry.material else {
        return Err(Rv(CKR_KEY_INDIGESTIBLE));
    };
    // A hash of a secret that does not leave would be a way out of short ones.
    if !entry.meta.is_open() {
        return Err(Rv(CKR_KEY_INDIGESTIBLE));
    }
    digest_update(session.handle, secret.as_bytes())
}

pub(crate) fn digest_finish(session: CK_SESSION_HANDLE, data: &[u8], room: Room) -> Result<Reply> {
    let (module, session) = at(session)?;
    let fault = match room {
        Room::Asked => None,
        Room::Octets(_) => module.fault(Operation::Digest)?,
    };
    let mut operations = session.operations();
    let reply = digest::finish(&mut operations.digest, data, room)?;
    Ok(reply.distorted(fault))
}

pub(crate) fn sign_init(
    session: CK_SESSION_HANDLE,
    named: Option<&Named<'_>>,
    key: CK_OBJECT_HANDLE,
) -> Result<()> {
    let (module, session) = at(session)?;
    let mut operations = session.operations();
    let Some(named) = named else {
        let signer = operations.sign.take();
        return signer.map(drop).ok_or(Rv(CKR_OPERATION_NOT_INITIALIZED));
    };
    if operations.sign.is_some() {
        return Err(Rv(CKR_OPERATION_ACTIVE));
    }
    let mechanism = named.mechanism(&module)?;
    let entry = session.key(key)?;
    operations.sign = Some(Signer::new(mechanism, named.octets()?, &entry)?);
    Ok(())
}

pub(crate) fn sign_update(session: CK_SESSION_HANDLE, data: &[u8]) -> Result<()> {
    let (_, session) = at(session)?;
    let mut operations = session.operations();
    let signer = operations.sign.as_mut();
    let result = signer
        .ok_or(Rv(CKR_OPERATION_NOT_INITIALIZED))?
        .update(data);
    if result.is_err() {
        operations.sign = None;
    }
    result
}

pub(crate) fn sign_finish(
    session: CK_SESSION_HANDLE,
    data: Option<&[u8]>,
    room: Room,
) -> Result<Reply> {
    let (module, session) = at(session)?;
    // Who asks for the length makes no signature yet.
    let fault = match room {
        Room::Asked => None,
        Room::Octets(_) => module.fault(Operation::Sign)?,
    };
    let mut operations = session.operations();
    let reply = sign::sign(&mut operations.sign, data, room)?;
    Ok(reply.distorted(fault))
}

pub(crate) fn verify_init(
    session: CK_SESSION_HANDLE,
    named: Option<&Named<'_>>,
    key: CK_OBJECT_HANDLE,
) -> Result<()> {
    let (module, session) = at(session)?;
    let mut operations = session.operations();
    let Some(named) = named else {
        let verifier = operations.verify.take();
        return verifier.map(drop).ok_or(Rv(CKR_OPERATION_NOT_INITIALIZED));
    };
    if operations.verify.is_some() {
        return Err(Rv(CKR_OPERATION_ACTIVE));
    }
    let mechanism = named.mechanism(&module)?;
    let entry = session.key(key)?;
    operations.verify = Some(Verifier::new(mechanism, named.octets()?, &entry)?);
    Ok(())
}

pub(crate) fn verify_update(session: CK_SESSION_HANDLE, data: &[u8]) -> Result<()> {
    let (_, session) = at(session)?;
    let mut operations = session.operations();
    let verifier = operations.verify.as_mut();
    let result = verifier
        .ok_or(Rv(CKR_OPERATION_NOT_INITIALIZED))?
        .update(data);
    if result.is_err() {
        operations.verify = None;
    }
    result
}

pub(crate) fn verify_finish(
    session: CK_SESSION_HANDLE,
    data: Option<&[u8]>,
    signature: &[u8],
) -> Result<()> {
    let (module, session) = at(session)?;
    let fault = module.fault(Operation::Verify)?;
    let verifier = session.operations().verify.take();
    let verifier = verifier.ok_or(Rv(CKR_OPERATION_NOT_INITIALIZED))?;
    match (verifier.finish(data, signature), fault) {
        (Ok(()), Some(Fault::Wrong | Fault::Garbage)) => Err(Rv(CKR_SIGNATURE_INVALID)),
        (result, _) => result,
    }
}

pub(crate) fn generate_key(
    session: CK_SESSION_HANDLE,
    named: &Named<'_>,
    template: &Template,
) -> Result<CK_OBJECT_HANDLE> {
    let (module, session) = at(session)?;
    module.fault(Operation::Generate)?;
    let mechanism = (named.number, named.mechanism(&module)?);
    keys::generate(&module, &session, mechanism, template)
}

pub(crate) fn generate_key_pair(
    session: CK_SESSION_HANDLE,
    named: &Named<'_>,
    public: &Template,
    private: &Template,
) -> Result<(CK_OBJECT_HANDLE, CK_OBJECT_HANDLE)> {
    let (module, session) = at(session)?;
    module.fault(Operation::Generate)?;
    let mechanism = (named.number, named.mechanism(&module)?);
    keys::generate_pair(&module, &session, mechanism, public, private)
}

pub(crate) fn wrap_key(
    session: CK_SESSION_HANDLE,
    named: &Named<'_>,
    wrapping: CK_OBJECT_HANDLE,
    key: CK_OBJECT_HANDLE,
    room: Room,
) -> Result<Reply> {
    let (module, session) = at(session)?;
    let fault = match room {
        Room::Asked => None,
        Room::Octets(_) => module.fault(Operation::Wrap)?,
    };
    let mechanism = named.mechanism(&module)?;
    let reply = keys::wrap(&session, mechanism, named.octets()?, wrapping, key, room)?;
    Ok(reply.distorted(fault))
}

pub(crate) fn unwrap_key(
    session: CK_SESSION_HANDLE,
    named: &Named<'_>,
    unwrapping: CK_OBJECT_HANDLE,
    wrapped: &[u8],
    template: &Template,
) -> Result<CK_OBJECT_HANDLE> {
    let (module, session) = at(session)?;
    module.fault(Operation::Unwrap)?;
    let mechanism = named.mechanism(&module)?;
    keys::unwrap(
        &module,
        &session,
        mechanism,
        named.octets()?,
        unwrapping,
        wrapped,
        template,
    )
}

pub(crate) fn derive_key(
    session: CK_SESSION_HANDLE,
    named: &Named<'_>,
    base: CK_OBJECT_HANDLE,
    template: &Template,
) -> Result<CK_OBJECT_HANDLE> {
    let (module, session) = at(session)?;
    module.fault(Operation::Derive)?;
    if named.mechanism(&module)? != Mechanism::Ecdh {
        return Err(Rv(CKR_MECHANISM_INVALID));
    }
    let Parameter::Ecdh(ecdh) = &named.parameter else {
        return Err(Rv(CKR_MECHANISM_PARAM_INVALID));
    };
    keys::derive(&module, &session, base, ecdh, template)
}

pub(crate) fn random(session: CK_SESSION_HANDLE, octets: &mut [u8]) -> Result<()> {
    let (module, session) = at(session)?;
    module.fault(Operation::Random)?;
    let device = session.token.application().device();
    device.random(octets).map_err(|error: Error| error.into())
}

/// Seeds are not taken: the system's source needs none.
pub(crate) fn seed(session: CK_SESSION_HANDLE) -> Result<()> {
    at(session)?;
    Err(Rv(CKR_RANDOM_SEED_NOT_SUPPORTED))
}

/// Ends operations of a session (PKCS#11 3.0, 5.6.9).
pub(crate) fn cancel(session: CK_SESSION_HANDLE, flags: CK_FLAGS) -> Result<()> {
    let (_, session) = at(session)?;
    let mut operations = session.operations();
    let wanted = |flag| flags & flag != 0;
    if wanted(CKF_FIND_OBJECTS) {
        operations.find = None;
    }
    if wanted(CKF_SIGN) {
        operations.sign = None;
    }
    if wanted(CKF_VERIFY) {
        operations.verify = None;
    }
    if wanted(CKF_ENCRYPT) {
        operations.encrypt = None;
    }
    if wanted(CKF_DECRYPT) {
        operations.decrypt = None;
    }
    if wanted(CKF_DIGEST) {
        operations.digest = None;
    }
    Ok(())
}

/// Whether a session is there, for functions that are refused in it.
pub(crate) fn expect_session(session: CK_SESSION_HANDLE) -> Result<()> {
    at(session).map(drop)
}
