//! A program made of octets that drives the C functions: for fuzzing.
//!
//! It keeps the caller's part of the contract, so that whatever is touched out of bounds is
//! this library's doing: pointers are NULL or good for the length beside them.

#![allow(
    unsafe_code,
    reason = "calls through the table of functions, as C does"
)]

use crate::{mechanism, vendor::VENDORS};
use cryptoki_sys::*;
use softdevice::{Device, NewApplication, Options, Pin, Role};
use std::{
    env, fs,
    path::PathBuf,
    process, ptr,
    sync::{Mutex, OnceLock, PoisonError},
};

const SO_PIN: &[u8] = b"12345678";
const USER_PIN: &[u8] = b"123456";
/// Calls of one program.
const CALLS_MOST: usize = 200;

/// What the program reads itself from.
struct Input<'a>(&'a [u8]);

impl<'a> Input<'a> {
    fn octet(&mut self) -> u8 {
        match self.0.split_first() {
            Some((first, rest)) => {
                self.0 = rest;
                *first
            }
            None => 0,
        }
    }

    fn octets(&mut self) -> &'a [u8] {
        let length = usize::from(self.octet() % 48).min(self.0.len());
        let (octets, rest) = self.0.split_at(length);
        self.0 = rest;
        octets
    }

    fn number(&mut self) -> CK_ULONG {
        CK_ULONG::from_be_bytes([(); 8].map(|()| self.octet()))
    }

    fn one_of<T: Copy>(&mut self, list: &[T]) -> Option<T> {
        let index = usize::from(self.octet());
        (!list.is_empty()).then(|| list[index % list.len()])
    }
}

/// An input for C: a pointer and a length, which are of one piece, or NULL with a length.
struct Given(Box<[u8]>, bool);

impl Given {
    fn read(input: &mut Input<'_>) -> Self {
        let null = input.octet().is_multiple_of(16);
        Self(input.octets().into(), null)
    }

    fn pointer(&mut self) -> *mut CK_BYTE {
        match self.1 {
            true => ptr::null_mut(),
            false => self.0.as_mut_ptr(),
        }
    }

    fn length(&self) -> CK_ULONG {
        self.0.len() as CK_ULONG
    }
}

/// Room for C, which may be none.
struct Room(Box<[u8]>, CK_ULONG, bool, bool);

impl Room {
    fn read(input: &mut Input<'_>) -> Self {
        let how = input.octet();
        let length = usize::from(input.octet());
        let room = vec![0; length].into_boxed_slice();
        Self(room, length as CK_ULONG, how.is_multiple_of(8), how == 1)
    }

    fn pointer(&mut self) -> *mut CK_BYTE {
        match self.2 {
            true => ptr::null_mut(),
            false => self.0.as_mut_ptr(),
        }
    }

    fn count(&mut self) -> *mut CK_ULONG {
        match self.3 {
            true => ptr::null_mut(),
            false => &raw mut self.1,
        }
    }
}

/// Values that mean something.
const ATTRIBUTES: [CK_ATTRIBUTE_TYPE; 36] = [
    CKA_CLASS,
    CKA_TOKEN,
    CKA_PRIVATE,
    CKA_LABEL,
    CKA_VALUE,
    CKA_KEY_TYPE,
    CKA_ID,
    CKA_SENSITIVE,
    CKA_EXTRACTABLE,
    CKA_SIGN,
    CKA_VERIFY,
    CKA_ENCRYPT,
    CKA_DECRYPT,
    CKA_WRAP,
    CKA_UNWRAP,
    CKA_DERIVE,
    CKA_EC_PARAMS,
    CKA_EC_POINT,
    CKA_VALUE_LEN,
    CKA_CERTIFICATE_TYPE,
    CKA_SUBJECT,
    CKA_ISSUER,
    CKA_SERIAL_NUMBER,
    CKA_APPLICATION,
    CKA_OBJECT_ID,
    CKA_MODIFIABLE,
    CKA_COPYABLE,
    CKA_DESTROYABLE,
    CKA_LOCAL,
    CKA_ALWAYS_SENSITIVE,
    CKA_KEY_GEN_MECHANISM,
    CKA_PUBLIC_KEY_INFO,
    CKA_CHECK_VALUE,
    CKA_TRUSTED,
    CKA_WRAP_TEMPLATE,
    CKA_VENDOR_DEFINED,
];

const NUMBERS: [CK_ULONG; 12] = [
    CKO_DATA,
    CKO_CERTIFICATE,
    CKO_PUBLIC_KEY,
    CKO_PRIVATE_KEY,
    CKO_SECRET_KEY,
    CKK_EC,
    CKK_GENERIC_SECRET,
    VENDORS[0].sm2,
    0x8000_0002,
    16,
    32,
    CK_ULONG::MAX,
];

/// DER of P-256, P-384 and SM2.
const CURVES: [&[u8]; 3] = [
    &[6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7],
    &[6, 5, 0x2b, 0x81, 4, 0, 0x22],
    &[6, 8, 0x2a, 0x81, 0x1c, 0xcf, 0x55, 1, 0x82, 0x2d],
];

/// A template, with the memory that its values are in.
struct Attributes(
    Vec<CK_ATTRIBUTE>,
    #[expect(dead_code, reason = "owned")] Vec<Box<[u8]>>,
);

impl Attributes {
    fn read(input: &mut Input<'_>) -> Self {
        let (mut attributes, mut values) = (Vec::new(), Vec::new());
        for _ in 0..input.octet() % 10 {
            let type_ = match input.octet() % 16 {
                0 => input.number(),
                _ => input.one_of(&ATTRIBUTES).unwrap_or(0),
            };
            let mut value: Box<[u8]> = match input.octet() % 5 {
                0 => input.octets().into(),
                1 => input.one_of(&NUMBERS).unwrap_or(0).to_ne_bytes().into(),
                2 => input.one_of(&CURVES).unwrap_or(&[]).into(),
                3 => vec![input.octet(); 32].into(),
                _ => [input.octet() & 1].into(),
            };
            let null = input.octet().is_multiple_of(32);
            attributes.push(CK_ATTRIBUTE {
                type_,
                pValue: match null {
                    true => ptr::null_mut(),
                    false => value.as_mut_ptr().cast(),
                },
                ulValueLen: value.len() as CK_ULONG,
            });
            values.push(value);
        }
        Self(attributes, values)
    }

    fn pointer(&mut self) -> *mut CK_ATTRIBUTE {
        self.0.as_mut_ptr()
    }

    fn count(&self) -> CK_ULONG {
        self.0.len() as CK_ULONG
    }
}

/// A mechanism, with the memory of its parameter.
struct Mechanism(
    CK_MECHANISM,
    #[expect(dead_code, reason = "owned")] (Box<[u8]>, Box<[u8]>, Box<CK_ECDH1_DERIVE_PARAMS>),
    bool,
);

impl Mechanism {
    fn read(input: &mut Input<'_>) -> Self {
        let known: Vec<_> = mechanism::all(&VENDORS[0])
            .map(|(number, _)| *number)
            .collect();
        let number = match input.octet() % 16 {
            0 => input.number(),
            _ => input.one_of(&known).unwrap_or(0),
        };
        let mut octets: Box<[u8]> = match input.octet() % 3 {
            0 => [].into(),
            1 => [7; 16].into(),
            _ => input.octets().into(),
        };
        let mut public: Box<[u8]> = input.octets().into();
        let mut ecdh = Box::new(CK_ECDH1_DERIVE_PARAMS {
            kdf: CKD_NULL,
            ulSharedDataLen: 0,
            pSharedData: ptr::null_mut(),
            ulPublicDataLen: public.len() as CK_ULONG,
            pPublicData: public.as_mut_ptr(),
        });
        // Structures with pointers in them are good ones, as the contract says.
        let (pointer, length) = match number {
            CKM_ECDH1_DERIVE => (
                ptr::from_mut(&mut *ecdh).cast(),
                size_of::<CK_ECDH1_DERIVE_PARAMS>(),
            ),
            _ => (octets.as_mut_ptr().cast(), octets.len()),
        };
        let mechanism = CK_MECHANISM {
            mechanism: number,
            pParameter: pointer,
            ulParameterLen: length as CK_ULONG,
        };
        let null = input.octet().is_multiple_of(32);
        Self(mechanism, (octets, public, ecdh), null)
    }

    fn pointer(&mut self) -> *mut CK_MECHANISM {
        match self.2 {
            true => ptr::null_mut(),
            false => &raw mut self.0,
        }
    }
}

struct World {
    device: Device,
    functions: &'static CK_FUNCTION_LIST_3_0,
}

/// A store and an initialised module; the folder of the store goes with the process that
/// made it only when somebody clears the system's folder of temporary files.
fn world() -> &'static Mutex<World> {
    static WORLD: OnceLock<Mutex<World>> = OnceLock::new();
    WORLD.get_or_init(|| {
        let folder = folder();
        // A store of a process that had this number before.
        let _ = fs::remove_dir_all(&folder);
        let path = folder.join("device.db");
        let options = Options::default().with_iterations(Options::MIN_ITERATIONS);
        let device = Device::create(&path, &options).expect("there is room for a store");
        // SAFETY: done once, before the module looks; whoever fuzzes reads no environment
        // beside this.
        unsafe { env::set_var("SOFTDEVICE_STORE", &path) };
        let functions = crate::sys::functions();
        // SAFETY: NULL stands for no arguments.
        let code = unsafe { functions.C_Initialize.expect("it is there")(ptr::null_mut()) };
        assert!(matches!(code, CKR_OK | CKR_CRYPTOKI_ALREADY_INITIALIZED));
        Mutex::new(World { device, functions })
    })
}

fn folder() -> PathBuf {
    env::temp_dir().join(format!("softdevice-fuzz-{}", process::id()))
}

impl World {
    /// The slot of a token that can be logged in to and is not full.
    fn slot(&self) -> CK_SLOT_ID {
        let usable = self.device.application("fuzz").is_ok_and(|application| {
            let tries = |role| {
                application
                    .pin_state(role)
                    .is_ok_and(|pin| pin.remaining > 4)
            };
            tries(Role::User)
                && tries(Role::Administrator)
                && application.objects().is_ok_and(|all| all.len() < 32)
        });
        if !usable {
            // Not there the first time.
            let _ = self.device.delete_application("fuzz");
            let pin = |pin: &[u8]| Pin::new(pin).expect("a PIN of a good length");
            let wanted = NewApplication::new("fuzz", pin(SO_PIN)).with_user_pin(pin(USER_PIN));
            let made = self.device.create_application(&wanted);
            made.expect("there is room for an application");
        }
        let application = self.device.application("fuzz").expect("it is there");
        application.id().get() as CK_SLOT_ID
    }
}

#[cfg_attr(
    not(feature = "fuzz"),
    expect(unreachable_pub, reason = "it is reached where there is a fuzzer")
)]
/// Runs a program of C calls that the octets stand for, against a device of its own. It
/// panics only where this library breaks its word. Says how many calls succeeded.
///
/// # Panics
/// Where there is no room for a store in the system's folder for temporary files.
pub fn fuzz_calls(octets: &[u8]) -> usize {
    let world = world().lock().unwrap_or_else(PoisonError::into_inner);
    let slot = world.slot();
    let mut program = Program {
        functions: world.functions,
        slot,
        sessions: Vec::new(),
        objects: Vec::new(),
    };
    let mut input = Input(octets);
    let mut succeeded = 0;
    // Most programs begin with something in hand, or they would never get anywhere.
    if !input.octet().is_multiple_of(8) {
        for call in BEGINNING {
            let code = program.call(&mut Input(call));
            assert_eq!(code, CKR_OK, "a good program");
        }
    }
    for _ in 0..CALLS_MOST {
        if input.0.is_empty() {
            break;
        }
        let code = program.call(&mut input);
        assert_ne!(
            code, CKR_GENERAL_ERROR,
            "a panic, or an output that is too long"
        );
        succeeded += usize::from(code == CKR_OK);
    }
    // SAFETY: it takes a number.
    unsafe { world.functions.C_CloseAllSessions.expect("it is there")(slot) };
    succeeded
}

/// Calls that open a session, log in, and make a pair on P-256, one on SM2 and a key of SM4,
/// all three in the session.
const BEGINNING: [&[u8]; 5] = [
    &[0, 2],
    &[4 * 6, 1, 0, 1, 1],
    &[4 * 2 + 1, 1, 0, 1, 0, 0, 0, 1, 1, 1, 16, 2, 0, 1, 0],
    &[4 * 2 + 1, 1, 0, 1, 11, 0, 0, 1, 0, 0],
    &[4 * 5 + 1, 1, 0, 1, 16, 0, 0, 1, 0],
];

struct Program {
    functions: &'static CK_FUNCTION_LIST_3_0,
    slot: CK_SLOT_ID,
    sessions: Vec<CK_SESSION_HANDLE>,
    objects: Vec<CK_OBJECT_HANDLE>,
}

impl Program {
    fn session(&self, input: &mut Input<'_>) -> CK_SESSION_HANDLE {
        match input.octet() % 16 {
            0 => input.number(),
            _ => input.one_of(&self.sessions).unwrap_or(0),
        }
    }

    fn object(&self, input: &mut Input<'_>) -> CK_OBJECT_HANDLE {
        match input.octet() % 16 {
            0 => input.number(),
            _ => input.one_of(&self.objects).unwrap_or(0),
        }
    }

    fn call(&mut self, input: &mut Input<'_>) -> CK_RV {
        let choice = input.octet();
        match choice % 4 {
            0 => self.manage(choice / 4, input),
            1 => self.make(choice / 4, input),
            _ => self.operate(choice / 4, input),
        }
    }

    /// Sessions, logins, information.
    fn manage(&mut self, choice: u8, input: &mut Input<'_>) -> CK_RV {
        let f = self.functions;
        // SAFETY: as the head of this file says; the functions are all there.
        unsafe {
            match choice % 16 {
                0..=4 => {
                    let flags = match input.octet() % 8 {
                        0 => input.number(),
                        1 => CKF_SERIAL_SESSION,
                        _ => CKF_SERIAL_SESSION | CKF_RW_SESSION,
                    };
                    let mut session = 0;
                    let open = f.C_OpenSession.expect("there");
                    let code = open(self.slot, flags, ptr::null_mut(), None, &raw mut session);
                    if code == CKR_OK {
                        self.sessions.push(session);
                    }
                    code
                }
                5 => f.C_CloseSession.expect("there")(self.session(input)),
                6 | 7 => {
                    let session = self.session(input);
                    let user = CK_USER_TYPE::from(input.octet() % 4);
                    let mut pin = match (input.octet() % 8, user) {
                        (0, _) => Given::read(input),
                        (_, CKU_SO) => Given(SO_PIN.into(), false),
                        _ => Given(USER_PIN.into(), false),
                    };
                    f.C_Login.expect("there")(session, user, pin.pointer(), pin.length())
                }
                8 => f.C_Logout.expect("there")(self.session(input)),
                9 => {
                    let (session, mut old, mut new) =
                        (self.session(input), Given::read(input), Given::read(input));
                    f.C_SetPIN.expect("there")(
                        session,
                        old.pointer(),
                        old.length(),
                        new.pointer(),
                        new.length(),
                    )
                }
                10 => {
                    let mut info = CK_TOKEN_INFO::default();
                    let slot = match input.octet() % 4 {
                        0 => input.number(),
                        _ => self.slot,
                    };
                    f.C_GetTokenInfo.expect("there")(slot, &raw mut info)
                }
                11 => {
                    let mut list = [0; 8];
                    let mut count = CK_ULONG::from(input.octet() % 9);
                    f.C_GetMechanismList.expect("there")(
                        self.slot,
                        list.as_mut_ptr(),
                        &raw mut count,
                    )
                }
                12 => {
                    let mut info = CK_MECHANISM_INFO::default();
                    let mechanism = Mechanism::read(input).0.mechanism;
                    f.C_GetMechanismInfo.expect("there")(self.slot, mechanism, &raw mut info)
                }
                13 => {
                    let mut info = CK_SESSION_INFO::default();
                    f.C_GetSessionInfo.expect("there")(self.session(input), &raw mut info)
                }
                14 => f.C_SessionCancel.expect("there")(self.session(input), input.number()),
                _ => {
                    let (session, mut room) = (self.session(input), Room::read(input));
                    f.C_GetOperationState.expect("there")(session, room.pointer(), room.count())
                }
            }
        }
    }

    /// Objects.
    fn make(&mut self, choice: u8, input: &mut Input<'_>) -> CK_RV {
        let f = self.functions;
        let session = self.session(input);
        let mut made = [0; 2];
        let to = &raw mut made[0];
        // SAFETY: as the head of this file says; the functions are all there.
        let code = unsafe {
            match choice % 16 {
                0 | 1 => {
                    let mut template = Attributes::read(input);
                    let create = f.C_CreateObject.expect("there");
                    create(session, template.pointer(), template.count(), to)
                }
                2..=4 => {
                    let mut with = Mechanism::read(input);
                    let (mut public, mut private) =
                        (Attributes::read(input), Attributes::read(input));
                    f.C_GenerateKeyPair.expect("there")(
                        session,
                        with.pointer(),
                        public.pointer(),
                        public.count(),
                        private.pointer(),
                        private.count(),
                        to,
                        to.add(1),
                    )
                }
                5 | 6 => {
                    let (mut with, mut template) =
                        (Mechanism::read(input), Attributes::read(input));
                    f.C_GenerateKey.expect("there")(
                        session,
                        with.pointer(),
                        template.pointer(),
                        template.count(),
                        to,
                    )
                }
                7 => {
                    let (object, mut template) = (self.object(input), Attributes::read(input));
                    let copy = f.C_CopyObject.expect("there");
                    copy(session, object, template.pointer(), template.count(), to)
                }
                8 => f.C_DestroyObject.expect("there")(session, self.object(input)),
                9 | 10 => {
                    let (object, mut template) = (self.object(input), Attributes::read(input));
                    f.C_GetAttributeValue.expect("there")(
                        session,
                        object,
                        template.pointer(),
                        template.count(),
                    )
                }
                11 => {
                    let (object, mut template) = (self.object(input), Attributes::read(input));
                    f.C_SetAttributeValue.expect("there")(
                        session,
                        object,
                        template.pointer(),
                        template.count(),
                    )
                }
                12 => {
                    let (mut with, base, mut template) = (
                        Mechanism::read(input),
                        self.object(input),
                        Attributes::read(input),
                    );
                    f.C_DeriveKey.expect("there")(
                        session,
                        with.pointer(),
                        base,
                        template.pointer(),
                        template.count(),
                        to,
                    )
                }
                13 => {
                    let (mut with, key, mut wrapped, mut template) = (
                        Mechanism::read(input),
                        self.object(input),
                        Given::read(input),
                        Attributes::read(input),
                    );
                    f.C_UnwrapKey.expect("there")(
                        session,
                        with.pointer(),
                        key,
                        wrapped.pointer(),
                        wrapped.length(),
                        template.pointer(),
                        template.count(),
                        to,
                    )
                }
                _ => {
                    let mut template = Attributes::read(input);
                    let begin = f.C_FindObjectsInit.expect("there");
                    let code = begin(session, template.pointer(), template.count());
                    let mut found = [0; 4];
                    let mut count = 0;
                    let next = f.C_FindObjects.expect("there");
                    if next(session, found.as_mut_ptr(), 4, &raw mut count) == CKR_OK {
                        self.objects
                            .extend(found.iter().take(usize::try_from(count).unwrap_or(0)));
                    }
                    f.C_FindObjectsFinal.expect("there")(session);
                    code
                }
            }
        };
        if code == CKR_OK {
            self.objects
                .extend(made.iter().filter(|handle| **handle != 0));
        }
        code
    }

    /// Operations.
    fn operate(&mut self, choice: u8, input: &mut Input<'_>) -> CK_RV {
        let f = self.functions;
        let session = self.session(input);
        let choice = choice % 32;
        // SAFETY: as the head of this file says; the functions are all there.
        unsafe {
            match choice {
                0..=7 => {
                    let (mut with, key) = (Mechanism::read(input), self.object(input));
                    let begin = match choice {
                        0..=2 => f.C_SignInit,
                        3 => f.C_VerifyInit,
                        4 | 5 => f.C_EncryptInit,
                        6 => f.C_DecryptInit,
                        _ => {
                            return f.C_DigestInit.expect("there")(session, with.pointer());
                        }
                    };
                    begin.expect("there")(session, with.pointer(), key)
                }
                8..=15 => {
                    let (mut data, mut room) = (Given::read(input), Room::read(input));
                    let run = match choice {
                        8..=10 => f.C_Sign,
                        11 => f.C_Encrypt,
                        12 => f.C_Decrypt,
                        13 => f.C_Digest,
                        14 => f.C_EncryptUpdate,
                        _ => f.C_DecryptUpdate,
                    };
                    run.expect("there")(
                        session,
                        data.pointer(),
                        data.length(),
                        room.pointer(),
                        room.count(),
                    )
                }
                16..=21 => {
                    let mut data = Given::read(input);
                    let run = match choice {
                        16 | 17 => f.C_SignUpdate,
                        18 => f.C_VerifyUpdate,
                        19 => f.C_DigestUpdate,
                        20 => f.C_VerifyFinal,
                        _ => f.C_SeedRandom,
                    };
                    run.expect("there")(session, data.pointer(), data.length())
                }
                22..=25 => {
                    let mut room = Room::read(input);
                    let run = match choice {
                        22 => f.C_SignFinal,
                        23 => f.C_EncryptFinal,
                        24 => f.C_DecryptFinal,
                        _ => f.C_DigestFinal,
                    };
                    run.expect("there")(session, room.pointer(), room.count())
                }
                26 => {
                    let (mut data, mut signature) = (Given::read(input), Given::read(input));
                    f.C_Verify.expect("there")(
                        session,
                        data.pointer(),
                        data.length(),
                        signature.pointer(),
                        signature.length(),
                    )
                }
                27 | 28 => {
                    let (mut with, wrapping, key, mut room) = (
                        Mechanism::read(input),
                        self.object(input),
                        self.object(input),
                        Room::read(input),
                    );
                    f.C_WrapKey.expect("there")(
                        session,
                        with.pointer(),
                        wrapping,
                        key,
                        room.pointer(),
                        room.count(),
                    )
                }
                29 => f.C_DigestKey.expect("there")(session, self.object(input)),
                30 => {
                    let mut room = Room::read(input);
                    let length = room.1;
                    f.C_GenerateRandom.expect("there")(session, room.pointer(), length)
                }
                _ => {
                    let mut size = 0;
                    let object = self.object(input);
                    f.C_GetObjectSize.expect("there")(session, object, &raw mut size)
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Octets that are always the same.
    fn octets(seed: u64, length: usize) -> Vec<u8> {
        let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
        (0..length)
            .map(|_| {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                state.to_le_bytes()[5]
            })
            .collect()
    }

    #[test]
    fn programs_of_random_octets_break_nothing() {
        let succeeded: usize = (0..100).map(|seed| fuzz_calls(&octets(seed, 4096))).sum();
        println!("{succeeded} calls succeeded");
        // Programs that never get anywhere would find nothing.
        assert!(succeeded > 1_000, "{succeeded}");
    }

    #[test]
    fn a_program_can_reach_a_signature() {
        let world = world().lock().unwrap_or_else(PoisonError::into_inner);
        let mut program = Program {
            functions: world.functions,
            slot: world.slot(),
            sessions: Vec::new(),
            objects: Vec::new(),
        };
        // And then: signs with the pair on P-256.
        let begin: &[u8] = &[2, 1, 0, 1, 1, 0, 0, 1, 1, 1];
        for (number, call) in BEGINNING.into_iter().chain([begin]).enumerate() {
            assert_eq!(program.call(&mut Input(call)), CKR_OK, "call {number}");
        }
        // A digest of 32 octets, and room for the signature.
        let sign = [&[4 * 8 + 2, 1, 0, 1, 32][..], &[7; 32], &[2, 64]].concat();
        assert_eq!(program.call(&mut Input(&sign)), CKR_OK);
        // SAFETY: it takes a number.
        unsafe { world.functions.C_CloseAllSessions.expect("it is there")(program.slot) };
    }
}
