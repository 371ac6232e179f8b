//! The C functions: pointers in, slices out. What they do stands in `calls.rs`.
//!
//! What the caller must see to (PKCS#11 3.0, 5.2 and 5.3): a pointer that is not NULL
//! points to as many octets or elements as the length beside it says, and stays good for
//! the time of the call. All else is checked: NULL, lengths that no memory has, handles,
//! states. `memory/sys.rs` reads and writes; no panic leaves.

#![allow(
    unsafe_code,
    reason = "functions that C calls, and the pointers that it gives"
)]
#![allow(non_snake_case, reason = "the standard's names")]

use crate::{
    calls, info,
    memory::sys::{
        BAD, INPUT_MOST, attribute_values, get, given, length, mechanism, octets, output, put,
        put_list, template, to_c,
    },
    module::{self, current},
    rv::{Result, Rv},
};
use cryptoki_sys::*;
use softdevice::{fork, symmetric::Direction};
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    ptr,
};
use zeroize::Zeroizing;

/// Runs a function's body, while nobody forks; a panic is the general error.
fn call(body: impl FnOnce() -> Result<()>) -> CK_RV {
    let guarded = || {
        let _inside = fork::enter()?;
        body()
    };
    match catch_unwind(AssertUnwindSafe(guarded)) {
        Ok(Ok(())) => CKR_OK,
        Ok(Err(Rv(code))) => code,
        Err(_) => CKR_GENERAL_ERROR,
    }
}

/// Functions as C calls them.
macro_rules! functions {
    ($($name:ident($($argument:ident: $type:ty),* $(,)?) $body:block)*) => {
        $(
            #[unsafe(no_mangle)]
            unsafe extern "C" fn $name($($argument: $type),*) -> CK_RV {
                // SAFETY: what stands in the body hands pointers of the caller to the
                // functions of `memory` alone, whose contracts are the one that the caller has
                // with this library (see the beginning of this file).
                #[allow(unused_unsafe, reason = "not every function takes a pointer")]
                unsafe {
                    call(|| $body)
                }
            }
        )*
    };
}

/// Functions that this device does not have: the code says so, in a session or out of it.
macro_rules! unsupported {
    ($($name:ident($($type:ty),* $(,)?))*) => {
        $(
            #[unsafe(no_mangle)]
            unsafe extern "C" fn $name(session: CK_SESSION_HANDLE $(, _: $type)*) -> CK_RV {
                call(|| {
                    calls::expect_session(session)?;
                    Err(Rv(CKR_FUNCTION_NOT_SUPPORTED))
                })
            }
        )*
    };
}

type S = CK_SESSION_HANDLE;
type Octets = *mut CK_BYTE;
type Long = CK_ULONG;
type Longs = *mut CK_ULONG;
type Mechanism = *mut CK_MECHANISM;
type Attributes = *mut CK_ATTRIBUTE;
type Object = CK_OBJECT_HANDLE;
type Objects = *mut CK_OBJECT_HANDLE;
type Any = *mut std::ffi::c_void;

functions! {
    C_Initialize(args: Any) {
        if !args.is_null() {
            let args = get(args.cast::<CK_C_INITIALIZE_ARGS>())?;
            if !args.pReserved.is_null() {
                return Err(BAD);
            }
            let given = [
                args.CreateMutex.is_some(),
                args.DestroyMutex.is_some(),
                args.LockMutex.is_some(),
                args.UnlockMutex.is_some(),
            ];
            let all = given.iter().all(|given| *given);
            if !all && given.contains(&true) {
                return Err(BAD);
            }
            // Locks here are the system's own.
            if all && args.flags & CKF_OS_LOCKING_OK == 0 {
                return Err(Rv(CKR_CANT_LOCK));
            }
        }
        module::initialize()
    }

    C_Finalize(reserved: Any) {
        if !reserved.is_null() {
            return Err(BAD);
        }
        module::finalize()
    }

    C_GetInfo(to: *mut CK_INFO) {
        current()?;
        put(to, info::module())
    }

    C_GetSlotList(_present: CK_BBOOL, slots: *mut CK_SLOT_ID, count: Longs) {
        let list = current()?.slots()?;
        put_list(slots, count, &list)
    }

    C_GetSlotInfo(slot: CK_SLOT_ID, to: *mut CK_SLOT_INFO) {
        put(to, info::slot(&*current()?, slot)?)
    }

    C_GetTokenInfo(slot: CK_SLOT_ID, to: *mut CK_TOKEN_INFO) {
        put(to, info::token(&*current()?, slot)?)
    }

    C_GetMechanismList(slot: CK_SLOT_ID, list: *mut CK_MECHANISM_TYPE, count: Longs) {
        put_list(list, count, &info::mechanisms(&*current()?, slot)?)
    }

    C_GetMechanismInfo(slot: CK_SLOT_ID, number: CK_MECHANISM_TYPE, to: *mut CK_MECHANISM_INFO) {
        put(to, info::mechanism(&*current()?, slot, number)?)
    }

    C_InitToken(slot: CK_SLOT_ID, pin: Octets, pin_length: Long, label: Octets) {
        let label = octets(label, 32)?;
        let label = label.try_into().map_err(|_| BAD)?;
        current()?.init_token(slot, octets(pin, pin_length)?, label)
    }

    C_InitPIN(session: S, pin: Octets, pin_length: Long) {
        calls::init_pin(session, octets(pin, pin_length)?)
    }

    C_SetPIN(session: S, old: Octets, old_length: Long, new: Octets, new_length: Long) {
        calls::set_pin(session, octets(old, old_length)?, octets(new, new_length)?)
    }

    C_OpenSession(slot: CK_SLOT_ID, flags: CK_FLAGS, _application: Any, _notify: CK_NOTIFY, to: *mut S) {
        if to.is_null() {
            return Err(BAD);
        }
        put(to, current()?.open_session(slot, flags)?)
    }

    C_CloseSession(session: S) {
        current()?.close_session(session)
    }

    C_CloseAllSessions(slot: CK_SLOT_ID) {
        current()?.close_all_sessions(slot)
    }

    C_GetSessionInfo(session: S, to: *mut CK_SESSION_INFO) {
        put(to, info::session(&*current()?.session(session)?))
    }

    C_Login(session: S, user: CK_USER_TYPE, pin: Octets, pin_length: Long) {
        calls::log_in(session, user, octets(pin, pin_length)?)
    }

    C_Logout(session: S) {
        calls::log_out(session)
    }

    C_LoginUser(session: S, user: CK_USER_TYPE, pin: Octets, pin_length: Long, name: Octets, name_length: Long) {
        // Nobody has a name here.
        if !octets(name, name_length)?.is_empty() {
            return Err(BAD);
        }
        calls::log_in(session, user, octets(pin, pin_length)?)
    }

    C_SessionCancel(session: S, flags: CK_FLAGS) {
        calls::cancel(session, flags)
    }

    C_CreateObject(session: S, attributes: Attributes, count: Long, to: Objects) {
        if to.is_null() {
            return Err(BAD);
        }
        put(to, calls::create_object(session, &template(attributes, count)?)?)
    }

    C_CopyObject(session: S, object: Object, attributes: Attributes, count: Long, to: Objects) {
        if to.is_null() {
            return Err(BAD);
        }
        let template = template(attributes, count)?;
        put(to, calls::copy_object(session, object, &template)?)
    }

    C_DestroyObject(session: S, object: Object) {
        calls::destroy_object(session, object)
    }

    C_GetObjectSize(session: S, object: Object, to: Longs) {
        put(to, calls::object_size(session, object)?)
    }

    C_GetAttributeValue(session: S, object: Object, attributes: Attributes, count: Long) {
        attribute_values(session, object, attributes, count)
    }

    C_SetAttributeValue(session: S, object: Object, attributes: Attributes, count: Long) {
        calls::set_attribute_values(session, object, &template(attributes, count)?)
    }

    C_FindObjectsInit(session: S, attributes: Attributes, count: Long) {
        calls::find_init(session, &template(attributes, count)?)
    }

    C_FindObjects(session: S, to: Objects, most: Long, count: Longs) {
        if count.is_null() || (to.is_null() && most > 0) {
            return Err(BAD);
        }
        let found = calls::find(session, usize::try_from(most).unwrap_or(usize::MAX))?;
        for (index, handle) in found.iter().enumerate() {
            put(to.add(index), *handle)?;
        }
        put(count, to_c(found.len()))
    }

    C_FindObjectsFinal(session: S) {
        calls::find_final(session)
    }

    C_EncryptInit(session: S, with: Mechanism, key: Object) {
        calls::cipher_init(session, mechanism(with)?.as_ref(), key, Direction::Encrypt)
    }

    C_Encrypt(session: S, data: Octets, data_length: Long, to: Octets, count: Longs) {
        let data = octets(data, data_length)?;
        output(to, count, |room| {
            calls::cipher_finish(session, Some(data), room, Direction::Encrypt)
        })
    }

    C_EncryptUpdate(session: S, data: Octets, data_length: Long, to: Octets, count: Longs) {
        let data = octets(data, data_length)?;
        output(to, count, |room| {
            calls::cipher_update(session, data, room, Direction::Encrypt)
        })
    }

    C_EncryptFinal(session: S, to: Octets, count: Longs) {
        output(to, count, |room| {
            calls::cipher_finish(session, None, room, Direction::Encrypt)
        })
    }

    C_DecryptInit(session: S, with: Mechanism, key: Object) {
        calls::cipher_init(session, mechanism(with)?.as_ref(), key, Direction::Decrypt)
    }

    C_Decrypt(session: S, data: Octets, data_length: Long, to: Octets, count: Longs) {
        let data = octets(data, data_length)?;
        output(to, count, |room| {
            calls::cipher_finish(session, Some(data), room, Direction::Decrypt)
        })
    }

    C_DecryptUpdate(session: S, data: Octets, data_length: Long, to: Octets, count: Longs) {
        let data = octets(data, data_length)?;
        output(to, count, |room| {
            calls::cipher_update(session, data, room, Direction::Decrypt)
        })
    }

    C_DecryptFinal(session: S, to: Octets, count: Longs) {
        output(to, count, |room| {
            calls::cipher_finish(session, None, room, Direction::Decrypt)
        })
    }

    C_DigestInit(session: S, with: Mechanism) {
        calls::digest_init(session, mechanism(with)?.as_ref())
    }

    C_Digest(session: S, data: Octets, data_length: Long, to: Octets, count: Longs) {
        let data = octets(data, data_length)?;
        output(to, count, |room| calls::digest_finish(session, data, room))
    }

    C_DigestUpdate(session: S, data: Octets, data_length: Long) {
        calls::digest_update(session, octets(data, data_length)?)
    }

    C_DigestKey(session: S, key: Object) {
        calls::digest_key(session, key)
    }

    C_DigestFinal(session: S, to: Octets, count: Longs) {
        output(to, count, |room| calls::digest_finish(session, &[], room))
    }

    C_SignInit(session: S, with: Mechanism, key: Object) {
        calls::sign_init(session, mechanism(with)?.as_ref(), key)
    }

    C_Sign(session: S, data: Octets, data_length: Long, to: Octets, count: Longs) {
        let data = octets(data, data_length)?;
        output(to, count, |room| calls::sign_finish(session, Some(data), room))
    }

    C_SignUpdate(session: S, data: Octets, data_length: Long) {
        calls::sign_update(session, octets(data, data_length)?)
    }

    C_SignFinal(session: S, to: Octets, count: Longs) {
        output(to, count, |room| calls::sign_finish(session, None, room))
    }

    C_VerifyInit(session: S, with: Mechanism, key: Object) {
        calls::verify_init(session, mechanism(with)?.as_ref(), key)
    }

    C_Verify(session: S, data: Octets, data_length: Long, signature: Octets, signature_length: Long) {
        let signature = octets(signature, signature_length)?;
        calls::verify_finish(session, Some(octets(data, data_length)?), signature)
    }

    C_VerifyUpdate(session: S, data: Octets, data_length: Long) {
        calls::verify_update(session, octets(data, data_length)?)
    }

    C_VerifyFinal(session: S, signature: Octets, signature_length: Long) {
        calls::verify_finish(session, None, octets(signature, signature_length)?)
    }

    C_GenerateKey(session: S, with: Mechanism, attributes: Attributes, count: Long, to: Objects) {
        if to.is_null() {
            return Err(BAD);
        }
        let template = template(attributes, count)?;
        put(to, calls::generate_key(session, &given(with)?, &template)?)
    }

    C_GenerateKeyPair(session: S, with: Mechanism, public: Attributes, public_count: Long, private: Attributes, private_count: Long, to_public: Objects, to_private: Objects) {
        if to_public.is_null() || to_private.is_null() {
            return Err(BAD);
        }
        let public = template(public, public_count)?;
        let private = template(private, private_count)?;
        let pair = calls::generate_key_pair(session, &given(with)?, &public, &private)?;
        put(to_public, pair.0)?;
        put(to_private, pair.1)
    }

    C_WrapKey(session: S, with: Mechanism, wrapping: Object, key: Object, to: Octets, count: Longs) {
        let with = given(with)?;
        output(to, count, |room| {
            calls::wrap_key(session, &with, wrapping, key, room)
        })
    }

    C_UnwrapKey(session: S, with: Mechanism, unwrapping: Object, wrapped: Octets, wrapped_length: Long, attributes: Attributes, count: Long, to: Objects) {
        if to.is_null() {
            return Err(BAD);
        }
        let template = template(attributes, count)?;
        let wrapped = octets(wrapped, wrapped_length)?;
        let key = calls::unwrap_key(session, &given(with)?, unwrapping, wrapped, &template)?;
        put(to, key)
    }

    C_DeriveKey(session: S, with: Mechanism, base: Object, attributes: Attributes, count: Long, to: Objects) {
        if to.is_null() {
            return Err(BAD);
        }
        let template = template(attributes, count)?;
        put(to, calls::derive_key(session, &given(with)?, base, &template)?)
    }

    C_SeedRandom(session: S, _seed: Octets, _seed_length: Long) {
        calls::seed(session)
    }

    C_GenerateRandom(session: S, to: Octets, count: Long) {
        let count = length(count, INPUT_MOST)?;
        if to.is_null() {
            return Err(BAD);
        }
        let mut octets = Zeroizing::new(vec![0; count]);
        calls::random(session, &mut octets)?;
        ptr::copy_nonoverlapping(octets.as_ptr(), to, count);
        Ok(())
    }

    C_GetFunctionStatus(session: S) {
        calls::expect_session(session)?;
        Err(Rv(CKR_FUNCTION_NOT_PARALLEL))
    }

    C_CancelFunction(session: S) {
        calls::expect_session(session)?;
        Err(Rv(CKR_FUNCTION_NOT_PARALLEL))
    }

    C_WaitForSlotEvent(flags: CK_FLAGS, _slot: *mut CK_SLOT_ID, reserved: Any) {
        current()?;
        if !reserved.is_null() {
            return Err(BAD);
        }
        // Nothing is ever plugged in.
        Err(Rv(match flags & CKF_DONT_BLOCK {
            0 => CKR_FUNCTION_NOT_SUPPORTED,
            _ => CKR_NO_EVENT,
        }))
    }

    C_GetFunctionList(to: *mut *mut CK_FUNCTION_LIST) {
        put(to, (&raw const LIST).cast_mut())
    }

    C_GetInterfaceList(interfaces: *mut CK_INTERFACE, count: Longs) {
        put_list(interfaces, count, &INTERFACES.0)
    }

    C_GetInterface(name: Octets, version: *mut CK_VERSION, to: *mut *mut CK_INTERFACE, flags: CK_FLAGS) {
        interface(name, version, to, flags)
    }
}

unsupported! {
    C_GetOperationState(Octets, Longs)
    C_SetOperationState(Octets, Long, Object, Object)
    C_SignRecoverInit(Mechanism, Object)
    C_SignRecover(Octets, Long, Octets, Longs)
    C_VerifyRecoverInit(Mechanism, Object)
    C_VerifyRecover(Octets, Long, Octets, Longs)
    C_DigestEncryptUpdate(Octets, Long, Octets, Longs)
    C_DecryptDigestUpdate(Octets, Long, Octets, Longs)
    C_SignEncryptUpdate(Octets, Long, Octets, Longs)
    C_DecryptVerifyUpdate(Octets, Long, Octets, Longs)
    C_MessageEncryptInit(Mechanism, Object)
    C_EncryptMessage(Any, Long, Octets, Long, Octets, Long, Octets, Longs)
    C_EncryptMessageBegin(Any, Long, Octets, Long)
    C_EncryptMessageNext(Any, Long, Octets, Long, Octets, Longs, CK_FLAGS)
    C_MessageEncryptFinal()
    C_MessageDecryptInit(Mechanism, Object)
    C_DecryptMessage(Any, Long, Octets, Long, Octets, Long, Octets, Longs)
    C_DecryptMessageBegin(Any, Long, Octets, Long)
    C_DecryptMessageNext(Any, Long, Octets, Long, Octets, Longs, CK_FLAGS)
    C_MessageDecryptFinal()
    C_MessageSignInit(Mechanism, Object)
    C_SignMessage(Any, Long, Octets, Long, Octets, Longs)
    C_SignMessageBegin(Any, Long)
    C_SignMessageNext(Any, Long, Octets, Long, Octets, Longs)
    C_MessageSignFinal()
    C_MessageVerifyInit(Mechanism, Object)
    C_VerifyMessage(Any, Long, Octets, Long, Octets, Long)
    C_VerifyMessageBegin(Any, Long)
    C_VerifyMessageNext(Any, Long, Octets, Long, Octets, Long)
    C_MessageVerifyFinal()
}

/// Gives the interface of a name and version; NULL is any (PKCS#11 3.0, 5.4.6).
///
/// # Safety
/// `name` is NULL or a string of C; `version` is NULL or good for reading; `to` is NULL or
/// good for writing.
unsafe fn interface(
    name: *const CK_BYTE,
    version: *const CK_VERSION,
    to: *mut *mut CK_INTERFACE,
    flags: CK_FLAGS,
) -> Result<()> {
    if !name.is_null() {
        // SAFETY: by the contract a string of C.
        let name = unsafe { std::ffi::CStr::from_ptr(name.cast()) };
        if name != NAME {
            return Err(Rv(CKR_FUNCTION_FAILED));
        }
    }
    // No flag is supported: a fork is none of the things that go on as before.
    if flags != 0 {
        return Err(Rv(CKR_FUNCTION_FAILED));
    }
    let index = if version.is_null() {
        0
    } else {
        // SAFETY: not NULL, by the contract good for reading.
        let version = unsafe { get(version) }?;
        match (version.major, version.minor) {
            (3, 0) => 0,
            (2, 40) => 1,
            _ => return Err(Rv(CKR_FUNCTION_FAILED)),
        }
    };
    let interface = &raw const INTERFACES.0[index];
    // SAFETY: by the contract good for writing.
    unsafe { put(to, interface.cast_mut()) }
}

/// The name of the standard's functions.
const NAME: &std::ffi::CStr = c"PKCS 11";

/// The functions, for a program in this process.
#[cfg(any(test, feature = "fuzz"))]
pub(crate) fn functions() -> &'static CK_FUNCTION_LIST_3_0 {
    &LIST_3_0
}

/// Interfaces are pointers to what never changes.
struct Interfaces([CK_INTERFACE; 2]);

// SAFETY: they point to statics that nobody writes to.
unsafe impl Sync for Interfaces {}

/// The newest first: who asks for none gets that.
static INTERFACES: Interfaces = Interfaces([
    CK_INTERFACE {
        pInterfaceName: NAME.as_ptr().cast_mut().cast(),
        pFunctionList: (&raw const LIST_3_0).cast_mut().cast(),
        flags: 0,
    },
    CK_INTERFACE {
        pInterfaceName: NAME.as_ptr().cast_mut().cast(),
        pFunctionList: (&raw const LIST).cast_mut().cast(),
        flags: 0,
    },
]);

/// A table of functions, those of 2.40 and what else is named.
macro_rules! list {
    ($type:ident, $version:expr $(, $more:ident)*) => {
        $type {
            version: $version,
            C_Initialize: Some(C_Initialize),
            C_Finalize: Some(C_Finalize),
            C_GetInfo: Some(C_GetInfo),
            C_GetFunctionList: Some(C_GetFunctionList),
            C_GetSlotList: Some(C_GetSlotList),
            C_GetSlotInfo: Some(C_GetSlotInfo),
            C_GetTokenInfo: Some(C_GetTokenInfo),
            C_GetMechanismList: Some(C_GetMechanismList),
            C_GetMechanismInfo: Some(C_GetMechanismInfo),
            C_InitToken: Some(C_InitToken),
            C_InitPIN: Some(C_InitPIN),
            C_SetPIN: Some(C_SetPIN),
            C_OpenSession: Some(C_OpenSession),
            C_CloseSession: Some(C_CloseSession),
            C_CloseAllSessions: Some(C_CloseAllSessions),
            C_GetSessionInfo: Some(C_GetSessionInfo),
            C_GetOperationState: Some(C_GetOperationState),
            C_SetOperationState: Some(C_SetOperationState),
            C_Login: Some(C_Login),
            C_Logout: Some(C_Logout),
            C_CreateObject: Some(C_CreateObject),
            C_CopyObject: Some(C_CopyObject),
            C_DestroyObject: Some(C_DestroyObject),
            C_GetObjectSize: Some(C_GetObjectSize),
            C_GetAttributeValue: Some(C_GetAttributeValue),
            C_SetAttributeValue: Some(C_SetAttributeValue),
            C_FindObjectsInit: Some(C_FindObjectsInit),
            C_FindObjects: Some(C_FindObjects),
            C_FindObjectsFinal: Some(C_FindObjectsFinal),
            C_EncryptInit: Some(C_EncryptInit),
            C_Encrypt: Some(C_Encrypt),
            C_EncryptUpdate: Some(C_EncryptUpdate),
            C_EncryptFinal: Some(C_EncryptFinal),
            C_DecryptInit: Some(C_DecryptInit),
            C_Decrypt: Some(C_Decrypt),
            C_DecryptUpdate: Some(C_DecryptUpdate),
            C_DecryptFinal: Some(C_DecryptFinal),
            C_DigestInit: Some(C_DigestInit),
            C_Digest: Some(C_Digest),
            C_DigestUpdate: Some(C_DigestUpdate),
            C_DigestKey: Some(C_DigestKey),
            C_DigestFinal: Some(C_DigestFinal),
            C_SignInit: Some(C_SignInit),
            C_Sign: Some(C_Sign),
            C_SignUpdate: Some(C_SignUpdate),
            C_SignFinal: Some(C_SignFinal),
            C_SignRecoverInit: Some(C_SignRecoverInit),
            C_SignRecover: Some(C_SignRecover),
            C_VerifyInit: Some(C_VerifyInit),
            C_Verify: Some(C_Verify),
            C_VerifyUpdate: Some(C_VerifyUpdate),
            C_VerifyFinal: Some(C_VerifyFinal),
            C_VerifyRecoverInit: Some(C_VerifyRecoverInit),
            C_VerifyRecover: Some(C_VerifyRecover),
            C_DigestEncryptUpdate: Some(C_DigestEncryptUpdate),
            C_DecryptDigestUpdate: Some(C_DecryptDigestUpdate),
            C_SignEncryptUpdate: Some(C_SignEncryptUpdate),
            C_DecryptVerifyUpdate: Some(C_DecryptVerifyUpdate),
            C_GenerateKey: Some(C_GenerateKey),
            C_GenerateKeyPair: Some(C_GenerateKeyPair),
            C_WrapKey: Some(C_WrapKey),
            C_UnwrapKey: Some(C_UnwrapKey),
            C_DeriveKey: Some(C_DeriveKey),
            C_SeedRandom: Some(C_SeedRandom),
            C_GenerateRandom: Some(C_GenerateRandom),
            C_GetFunctionStatus: Some(C_GetFunctionStatus),
            C_CancelFunction: Some(C_CancelFunction),
            C_WaitForSlotEvent: Some(C_WaitForSlotEvent),
            $($more: Some($more),)*
        }
    };
}

static LIST: CK_FUNCTION_LIST = list!(
    CK_FUNCTION_LIST,
    CK_VERSION {
        major: 2,
        minor: 40
    }
);

static LIST_3_0: CK_FUNCTION_LIST_3_0 = list!(
    CK_FUNCTION_LIST_3_0,
    info::VERSION,
    C_GetInterfaceList,
    C_GetInterface,
    C_LoginUser,
    C_SessionCancel,
    C_MessageEncryptInit,
    C_EncryptMessage,
    C_EncryptMessageBegin,
    C_EncryptMessageNext,
    C_MessageEncryptFinal,
    C_MessageDecryptInit,
    C_DecryptMessage,
    C_DecryptMessageBegin,
    C_DecryptMessageNext,
    C_MessageDecryptFinal,
    C_MessageSignInit,
    C_SignMessage,
    C_SignMessageBegin,
    C_SignMessageNext,
    C_MessageSignFinal,
    C_MessageVerifyInit,
    C_VerifyMessage,
    C_VerifyMessageBegin,
    C_VerifyMessageNext,
    C_MessageVerifyFinal
);
