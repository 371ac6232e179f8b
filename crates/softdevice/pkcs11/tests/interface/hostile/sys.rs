//! Arguments that no good program gives.

#![allow(
    unsafe_code,
    reason = "calls through the table of functions, as C does"
)]

use crate::{Token, sys};
use cryptoki_sys::*;
use libloading::Library;
use std::{ptr, sync::LazyLock};

struct Functions {
    _library: Library,
    list: &'static CK_FUNCTION_LIST,
    list_3_0: &'static CK_FUNCTION_LIST_3_0,
}

static FUNCTIONS: LazyLock<Functions> = LazyLock::new(|| {
    // SAFETY: the library is ours; the functions have these types, and what they point to
    // is as long there as the library, which stays.
    unsafe {
        let library = Library::new(sys::path()).unwrap();
        let get_list = library
            .get::<unsafe extern "C" fn(*mut *mut CK_FUNCTION_LIST) -> CK_RV>(b"C_GetFunctionList")
            .unwrap();
        let mut list = ptr::null_mut();
        assert_eq!(get_list(&raw mut list), CKR_OK);
        assert_eq!(get_list(ptr::null_mut()), CKR_ARGUMENTS_BAD);
        let get_interface = library
            .get::<unsafe extern "C" fn(
                *mut CK_BYTE,
                *mut CK_VERSION,
                *mut *mut CK_INTERFACE,
                CK_FLAGS,
            ) -> CK_RV>(b"C_GetInterface")
            .unwrap();
        let mut interface = ptr::null_mut();
        let any = ptr::null_mut();
        assert_eq!(
            get_interface(any, ptr::null_mut(), &raw mut interface, 0),
            CKR_OK
        );
        let list_3_0 = (*interface).pFunctionList.cast::<CK_FUNCTION_LIST_3_0>();
        for (name, version, expected) in [
            (c"PKCS 11", Some((2, 40)), CKR_OK),
            (c"PKCS 11", Some((3, 0)), CKR_OK),
            (c"PKCS 11", Some((3, 1)), CKR_FUNCTION_FAILED),
            (c"Vendor", None, CKR_FUNCTION_FAILED),
        ] {
            let version = version.map(|(major, minor): (u8, u8)| CK_VERSION { major, minor });
            let mut version = version;
            let version = version
                .as_mut()
                .map_or(ptr::null_mut(), |version| &raw mut *version);
            let name = name.as_ptr().cast_mut().cast();
            assert_eq!(
                get_interface(name, version, &raw mut interface, 0),
                expected
            );
        }
        Functions {
            list: &*list,
            list_3_0: &*list_3_0,
            _library: library,
        }
    }
});

fn list() -> &'static CK_FUNCTION_LIST {
    // Initialised first.
    sys::module();
    FUNCTIONS.list
}

const NULL: *mut CK_BYTE = ptr::null_mut();
const ABSURD: CK_ULONG = CK_ULONG::MAX;

fn session(token: &Token) -> CK_SESSION_HANDLE {
    let mut session = 0;
    // SAFETY: NULL is allowed for what is not wanted; the handle is good for writing.
    let code = unsafe {
        list().C_OpenSession.unwrap()(
            token.application.id().get(),
            CKF_SERIAL_SESSION | CKF_RW_SESSION,
            ptr::null_mut(),
            None,
            &raw mut session,
        )
    };
    assert_eq!(code, CKR_OK);
    session
}

#[test]
fn every_function_is_there_and_unsupported_ones_say_so() {
    let token = Token::new();
    let session = session(&token);
    let text = format!("{:?} {:?}", FUNCTIONS.list, FUNCTIONS.list_3_0);
    assert!(!text.contains("None"), "{text}");
    let (old, new) = (FUNCTIONS.list, FUNCTIONS.list_3_0);
    assert_eq!((old.version.major, old.version.minor), (2, 40));
    assert_eq!((new.version.major, new.version.minor), (3, 0));
    let none = ptr::null_mut();
    // SAFETY: these functions touch no pointer.
    unsafe {
        for code in [
            old.C_GetOperationState.unwrap()(session, NULL, ptr::null_mut()),
            old.C_SignRecoverInit.unwrap()(session, ptr::null_mut(), 0),
            old.C_DigestEncryptUpdate.unwrap()(session, NULL, 0, NULL, ptr::null_mut()),
            new.C_MessageSignInit.unwrap()(session, ptr::null_mut(), 0),
            new.C_SignMessage.unwrap()(session, none, 0, NULL, 0, NULL, ptr::null_mut()),
            new.C_MessageVerifyFinal.unwrap()(session),
        ] {
            assert_eq!(code, CKR_FUNCTION_NOT_SUPPORTED);
        }
        assert_eq!(
            new.C_MessageSignFinal.unwrap()(0),
            CKR_SESSION_HANDLE_INVALID
        );
        assert_eq!(
            old.C_GetFunctionStatus.unwrap()(session),
            CKR_FUNCTION_NOT_PARALLEL
        );
        assert_eq!(
            old.C_WaitForSlotEvent.unwrap()(CKF_DONT_BLOCK, ptr::null_mut(), none),
            CKR_NO_EVENT
        );
    }
}

#[test]
fn null_where_something_must_be_is_refused() {
    let token = Token::new();
    let session = session(&token);
    let slot = token.application.id().get();
    let f = list();
    let mut count: CK_ULONG = 8;
    let count = &raw mut count;
    let mut with = CK_MECHANISM {
        mechanism: CKM_SHA256,
        pParameter: ptr::null_mut(),
        ulParameterLen: 0,
    };
    let with = &raw mut with;
    // SAFETY: pointers are NULL or good.
    let codes = unsafe {
        [
            f.C_GetInfo.unwrap()(ptr::null_mut()),
            f.C_GetSlotList.unwrap()(0, ptr::null_mut(), ptr::null_mut()),
            f.C_GetSlotInfo.unwrap()(slot, ptr::null_mut()),
            f.C_GetTokenInfo.unwrap()(slot, ptr::null_mut()),
            f.C_GetMechanismList.unwrap()(slot, ptr::null_mut(), ptr::null_mut()),
            f.C_GetMechanismInfo.unwrap()(slot, CKM_ECDSA, ptr::null_mut()),
            f.C_InitToken.unwrap()(slot, NULL, 8, NULL),
            f.C_OpenSession.unwrap()(
                slot,
                CKF_SERIAL_SESSION,
                ptr::null_mut(),
                None,
                ptr::null_mut(),
            ),
            f.C_GetSessionInfo.unwrap()(session, ptr::null_mut()),
            f.C_Login.unwrap()(session, CKU_USER, NULL, 6),
            f.C_SetPIN.unwrap()(session, NULL, 6, NULL, 6),
            f.C_CreateObject.unwrap()(session, ptr::null_mut(), 0, ptr::null_mut()),
            f.C_CreateObject.unwrap()(session, ptr::null_mut(), 3, count),
            f.C_GetAttributeValue.unwrap()(session, 2, ptr::null_mut(), 1),
            f.C_FindObjectsInit.unwrap()(session, ptr::null_mut(), 1),
            f.C_FindObjects.unwrap()(session, ptr::null_mut(), 1, count),
            f.C_GenerateKey.unwrap()(session, ptr::null_mut(), ptr::null_mut(), 0, count),
            f.C_GenerateKeyPair.unwrap()(
                session,
                with,
                ptr::null_mut(),
                0,
                ptr::null_mut(),
                0,
                ptr::null_mut(),
                ptr::null_mut(),
            ),
            f.C_GenerateRandom.unwrap()(session, NULL, 8),
            f.C_DigestUpdate.unwrap()(session, NULL, 8),
            f.C_Digest.unwrap()(session, NULL, 0, NULL, ptr::null_mut()),
            f.C_WrapKey.unwrap()(session, ptr::null_mut(), 0, 0, NULL, count),
        ]
    };
    for (index, code) in codes.into_iter().enumerate() {
        assert_eq!(code, CKR_ARGUMENTS_BAD, "call {index}");
    }
    // Without a mechanism there is something to end, or nothing.
    // SAFETY: as above.
    unsafe {
        let init = f.C_DigestInit.unwrap();
        assert_eq!(
            init(session, ptr::null_mut()),
            CKR_OPERATION_NOT_INITIALIZED
        );
        assert_eq!(init(session, with), CKR_OK);
        assert_eq!(init(session, ptr::null_mut()), CKR_OK);
        assert_eq!(init(session, with), CKR_OK);
    }
}

#[test]
fn lengths_that_no_memory_has_are_refused_before_anything_is_touched() {
    let token = Token::new();
    let session = session(&token);
    let f = list();
    let mut octets = [7_u8; 8];
    let pointer = octets.as_mut_ptr();
    let mut handle = 0;
    let mut attribute = CK_ATTRIBUTE {
        type_: CKA_LABEL,
        pValue: pointer.cast(),
        ulValueLen: ABSURD,
    };
    let mut with = CK_MECHANISM {
        mechanism: CKM_SHA256,
        pParameter: pointer.cast(),
        ulParameterLen: ABSURD,
    };
    // SAFETY: the lengths are lies, which is what is tested; a library that believed them
    // would end this process.
    unsafe {
        assert_eq!(
            f.C_Login.unwrap()(session, CKU_USER, pointer, ABSURD),
            CKR_ARGUMENTS_BAD
        );
        assert_eq!(
            f.C_DigestUpdate.unwrap()(session, pointer, ABSURD),
            CKR_ARGUMENTS_BAD
        );
        assert_eq!(
            f.C_GenerateRandom.unwrap()(session, pointer, ABSURD),
            CKR_ARGUMENTS_BAD
        );
        assert_eq!(
            f.C_CreateObject.unwrap()(session, &raw mut attribute, 1, &raw mut handle),
            CKR_ATTRIBUTE_VALUE_INVALID
        );
        assert_eq!(
            f.C_FindObjectsInit.unwrap()(session, &raw mut attribute, ABSURD),
            CKR_ARGUMENTS_BAD
        );
        assert_eq!(
            f.C_DigestInit.unwrap()(session, &raw mut with),
            CKR_MECHANISM_PARAM_INVALID
        );
        let mut ecdh = CK_ECDH1_DERIVE_PARAMS {
            kdf: CKD_NULL,
            ulSharedDataLen: 0,
            pSharedData: ptr::null_mut(),
            ulPublicDataLen: ABSURD,
            pPublicData: pointer,
        };
        with.mechanism = CKM_ECDH1_DERIVE;
        with.pParameter = (&raw mut ecdh).cast();
        let derive = f.C_DeriveKey.unwrap();
        for (length, expected) in [
            (3, CKR_MECHANISM_PARAM_INVALID),
            (size_of::<CK_ECDH1_DERIVE_PARAMS>(), CKR_ARGUMENTS_BAD),
        ] {
            with.ulParameterLen = length as CK_ULONG;
            let code = derive(
                session,
                &raw mut with,
                2,
                ptr::null_mut(),
                0,
                &raw mut handle,
            );
            assert_eq!(code, expected);
        }
    }
    assert_eq!(octets, [7; 8]);
}

#[test]
fn handles_that_nobody_gave_out_find_nothing() {
    let f = list();
    let token = Token::new();
    let session = session(&token);
    let mut with = CK_MECHANISM {
        mechanism: CKM_ECDSA,
        pParameter: ptr::null_mut(),
        ulParameterLen: 0,
    };
    let with = &raw mut with;
    for handle in [0, 1, 2, 3, 1 << 40, ABSURD - 1, ABSURD] {
        // SAFETY: numbers, and a mechanism that is good.
        unsafe {
            if handle != session {
                assert_eq!(
                    f.C_CloseSession.unwrap()(handle | 1 << 50),
                    CKR_SESSION_HANDLE_INVALID
                );
            }
            assert_eq!(
                f.C_SignInit.unwrap()(session, with, handle),
                CKR_KEY_HANDLE_INVALID
            );
            assert_eq!(
                f.C_DestroyObject.unwrap()(session, handle),
                CKR_OBJECT_HANDLE_INVALID
            );
            assert_eq!(
                f.C_CloseAllSessions.unwrap()(handle | 1 << 50),
                CKR_SLOT_ID_INVALID
            );
        }
    }
}

#[test]
fn a_buffer_that_is_too_small_keeps_the_operation() {
    let token = Token::new();
    let session = session(&token);
    let f = list();
    let mut with = CK_MECHANISM {
        mechanism: CKM_SHA256,
        pParameter: ptr::null_mut(),
        ulParameterLen: 0,
    };
    let mut data = *b"abc";
    let mut room = [0_u8; 32];
    let mut count: CK_ULONG = 31;
    // SAFETY: pointers are NULL or good for the lengths beside them.
    unsafe {
        assert_eq!(f.C_DigestInit.unwrap()(session, &raw mut with), CKR_OK);
        let digest = f.C_Digest.unwrap();
        let code = digest(
            session,
            data.as_mut_ptr(),
            3,
            room.as_mut_ptr(),
            &raw mut count,
        );
        assert_eq!((code, count), (CKR_BUFFER_TOO_SMALL, 32));
        count = 0;
        let code = digest(session, data.as_mut_ptr(), 3, NULL, &raw mut count);
        assert_eq!((code, count), (CKR_OK, 32));
        let code = digest(
            session,
            data.as_mut_ptr(),
            3,
            room.as_mut_ptr(),
            &raw mut count,
        );
        assert_eq!((code, count), (CKR_OK, 32));
        // SHA-256 of "abc", FIPS 180-4.
        assert_eq!(room[..4], [0xba, 0x78, 0x16, 0xbf]);
        let code = digest(
            session,
            data.as_mut_ptr(),
            3,
            room.as_mut_ptr(),
            &raw mut count,
        );
        assert_eq!(code, CKR_OPERATION_NOT_INITIALIZED);
    }
}

#[test]
fn attributes_that_are_not_had_are_marked_and_the_others_given() {
    let token = Token::new();
    let session = session(&token);
    let f = list();
    let mut class = CKO_DATA;
    let mut template = [CK_ATTRIBUTE {
        type_: CKA_CLASS,
        pValue: (&raw mut class).cast(),
        ulValueLen: size_of::<CK_ULONG>() as CK_ULONG,
    }];
    let mut object = 0;
    let mut room = [0_u8; 8];
    let ask = |type_, pointer: *mut CK_BYTE, length| CK_ATTRIBUTE {
        type_,
        pValue: pointer.cast(),
        ulValueLen: length,
    };
    // SAFETY: pointers are NULL or good for the lengths beside them.
    unsafe {
        let create = f.C_CreateObject.unwrap();
        let code = create(session, template.as_mut_ptr(), 1, &raw mut object);
        assert_eq!(code, CKR_OK);
        let mut asked = [
            ask(CKA_EC_POINT, room.as_mut_ptr(), 8),
            ask(CKA_CLASS, NULL, 0),
            ask(CKA_CLASS, room.as_mut_ptr(), 7),
            ask(CKA_CLASS, room.as_mut_ptr(), 8),
        ];
        let get = f.C_GetAttributeValue.unwrap();
        let code = get(session, object, asked.as_mut_ptr(), 4);
        assert_eq!(code, CKR_ATTRIBUTE_TYPE_INVALID);
        let lengths = asked.map(|attribute| attribute.ulValueLen);
        assert_eq!(lengths, [ABSURD, 8, ABSURD, 8]);
    }
    assert_eq!(room, CKO_DATA.to_ne_bytes());
}

#[test]
fn arguments_of_the_initialisation_are_checked() {
    crate::processes::run("hostile::sys::child_initializes", &[]);
}

#[test]
#[ignore = "run by arguments_of_the_initialisation_are_checked"]
fn child_initializes() {
    unsafe extern "C" fn mutex(_: *mut std::ffi::c_void) -> CK_RV {
        CKR_OK
    }
    let f = FUNCTIONS.list;
    let folder = tempfile::tempdir().unwrap();
    let mut arguments = CK_C_INITIALIZE_ARGS {
        CreateMutex: None,
        DestroyMutex: None,
        LockMutex: Some(mutex),
        UnlockMutex: None,
        flags: 0,
        pReserved: ptr::null_mut(),
    };
    // SAFETY: pointers are NULL or good; the environment is set before anything reads it.
    unsafe {
        std::env::set_var("SOFTDEVICE_STORE", folder.path().join("device.db"));
        let initialize =
            |arguments: *mut CK_C_INITIALIZE_ARGS| f.C_Initialize.unwrap()(arguments.cast());
        let mut info = CK_INFO::default();
        let mut session_info = CK_SESSION_INFO::default();
        for code in [
            f.C_GetInfo.unwrap()(&raw mut info),
            f.C_Finalize.unwrap()(ptr::null_mut()),
            f.C_GetSessionInfo.unwrap()(1, &raw mut session_info),
        ] {
            assert_eq!(code, CKR_CRYPTOKI_NOT_INITIALIZED);
        }
        // Some of four functions.
        assert_eq!(initialize(&raw mut arguments), CKR_ARGUMENTS_BAD);
        arguments.LockMutex = None;
        arguments.pReserved = (&raw mut arguments).cast();
        assert_eq!(initialize(&raw mut arguments), CKR_ARGUMENTS_BAD);
        arguments.pReserved = ptr::null_mut();
        assert_eq!(initialize(&raw mut arguments), CKR_OK);
        assert_eq!(
            initialize(ptr::null_mut()),
            CKR_CRYPTOKI_ALREADY_INITIALIZED
        );
        let reserved = (&raw mut arguments).cast();
        assert_eq!(f.C_Finalize.unwrap()(reserved), CKR_ARGUMENTS_BAD);
        assert_eq!(f.C_GetInfo.unwrap()(&raw mut info), CKR_OK);
        assert_eq!(f.C_Finalize.unwrap()(ptr::null_mut()), CKR_OK);
        assert_eq!(initialize(ptr::null_mut()), CKR_OK);
        assert_eq!(f.C_Finalize.unwrap()(ptr::null_mut()), CKR_OK);
    }
}
