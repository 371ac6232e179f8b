//! The calls.
#![allow(unsafe_code, reason = "calls of C functions")]

use super::{MAX_CALLS, close, open, public_key};
use crate::{
    agreement::sys::*,
    application::sys::*,
    cipher::{BlockCipherParam, sys::*},
    container::{BEFORE_CIPHER, sys::*},
    device::sys::*,
    digest::sys::*,
    ecc::sys::*,
    file::sys::*,
    sys::{Handle, MAX_INPUT, WIDTH},
};
use softdevice::script::Script;
use std::{ffi::c_char, ptr};

/// Octets of the length at the end of an `ECCCIPHERBLOB`'s head.
const LENGTH: usize = 4;

/// Memory for one call, each piece as long as it is said to be.
#[derive(Default)]
struct Memory(Vec<Box<[u8]>>);

impl Memory {
    /// Keeps octets where they are, and says where.
    fn keep(&mut self, octets: Box<[u8]>) -> *mut u8 {
        self.0.push(octets);
        self.0
            .last_mut()
            .map_or(ptr::null_mut(), |octets| octets.as_mut_ptr())
    }

    /// NULL with any length, or octets with theirs.
    fn input(&mut self, script: &mut Script<'_>) -> (*mut u8, u32) {
        match script.octet() {
            Some(0) => (ptr::null_mut(), script.number()),
            _ => {
                let length = script.length();
                let octets = script.octets(length);
                (self.keep(octets), u32::try_from(length).unwrap_or(0))
            }
        }
    }

    /// NULL, or room of a length; and where that stands.
    fn output<T>(&mut self, script: &mut Script<'_>) -> (*mut T, *mut u32) {
        let (place, length) = self.input(script);
        (place.cast(), self.integer(length))
    }

    /// Where an integer stands, not aligned.
    fn integer(&mut self, integer: u32) -> *mut u32 {
        self.keep(Box::new(integer.to_ne_bytes())).cast()
    }

    /// NULL, or a text that ends with a zero.
    fn text(&mut self, script: &mut Script<'_>) -> *const c_char {
        let known = ["fuzz", "one", "user pin", "admin pin", "new pin", "a"];
        match script.octet() {
            Some(0) => ptr::null(),
            Some(1..192) => {
                let text = script.pick(&known).unwrap_or_default();
                self.keep([text.as_bytes(), &[0]].concat().into_boxed_slice())
                    .cast()
            }
            _ => {
                let length = script.length();
                let mut octets = script.octets(length).into_vec();
                octets.push(0);
                self.keep(octets.into_boxed_slice()).cast()
            }
        }
    }

    /// NULL, or a structure of so many octets.
    fn structure<T>(&mut self, script: &mut Script<'_>, length: usize) -> *mut T {
        match script.octet() {
            Some(0) => ptr::null_mut(),
            _ => {
                let octets = script.octets(length);
                self.keep(octets).cast()
            }
        }
    }

    /// NULL, a public key, or a structure that may be none.
    fn public_key<T>(&mut self, script: &mut Script<'_>, container: usize) -> *mut T {
        match (script.octet(), public_key(container)) {
            (Some(1..128), Some(key)) => self.keep(key.into_boxed_slice()).cast(),
            _ => self.structure(script, WIDTH.public_key()),
        }
    }

    /// NULL, or an `ECCCIPHERBLOB` with as many octets before it. One whose length is absurd
    /// ends behind its head.
    fn cipher<T>(&mut self, script: &mut Script<'_>, before: usize) -> *mut T {
        if script.octet() == Some(0) {
            return ptr::null_mut();
        }
        let length = script.number();
        let head = before + WIDTH.cipher_head();
        let mut octets = script.octets(head).into_vec();
        octets[head - LENGTH..].copy_from_slice(&length.to_ne_bytes());
        if length <= MAX_INPUT {
            octets.resize(head + length as usize, 7);
        }
        self.keep(octets.into_boxed_slice()).cast()
    }
}

/// Runs a script; ends when it does. Gives the number of calls that succeeded.
#[cfg_attr(
    not(feature = "fuzz"),
    expect(unreachable_pub, reason = "it is reached where there is a fuzzer")
)]
pub fn fuzz_calls(octets: &[u8]) -> usize {
    let mut script = Script::new(octets);
    let Some(opened) = open() else { return 0 };
    let [device, application, container] = opened.map(ptr::without_provenance_mut);
    let mut handles: Vec<Handle> = vec![device, application, container, ptr::null_mut()];
    let mut succeeded = 0;
    for _ in 0..MAX_CALLS {
        let Some(which) = script.octet() else { break };
        let strange = match script.octet() {
            Some(0) => script.pick(&handles),
            Some(1) => Some(ptr::without_provenance_mut(script.number() as usize)),
            _ => None,
        };
        // Mostly the good ones.
        let good = [device, application, container].map(|handle| strange.unwrap_or(handle));
        let Some((good, made)) = call(which, good, &mut script, &handles) else {
            break;
        };
        succeeded += usize::from(good);
        handles.extend(made);
    }
    close();
    succeeded
}

fn parameter(script: &mut Script<'_>) -> BlockCipherParam {
    let length = if script.octet() == Some(0) {
        script.number()
    } else {
        16
    };
    let mut numbers = length.to_ne_bytes().to_vec();
    numbers.extend_from_slice(&(script.number() % 3).to_ne_bytes());
    numbers.extend_from_slice(&script.number().to_ne_bytes());
    let octets = [&script.octets(32)[..], &numbers].concat();
    BlockCipherParam::read(&octets).unwrap_or_default()
}

/// One call; gives whether it succeeded, and the handle that it made.
fn call(
    which: u8,
    [device, application, container]: [Handle; 3],
    script: &mut Script<'_>,
    handles: &[Handle],
) -> Option<(bool, Option<Handle>)> {
    let mut memory = Memory::default();
    let memory = &mut memory;
    let mut made: Handle = ptr::null_mut();
    let place = &raw mut made;
    let key = script.pick(handles)?;
    let algorithm = script.pick(&[
        0x401,
        0x402,
        0x404,
        0x408,
        0x410,
        0x420,
        1,
        0x0002_0100,
        0x0002_0200,
        0,
    ])?;
    let signing = i32::from(script.octet()? & 1);
    let public = WIDTH.public_key();
    // SAFETY: each pointer is NULL, or into `memory`, which has as many octets there as the
    // function is told or its structure has, and a zero behind a text; `place` has room for a
    // handle.
    let code = unsafe {
        match which % 64 {
            0 => SKF_SetLabel(device, memory.text(script)),
            1 => SKF_GetDevInfo(device, memory.structure(script, 294)),
            2 => SKF_LockDev(device, 0),
            3 => SKF_UnlockDev(device),
            4 => SKF_Transmit(device),
            5 => {
                let (octets, length) = memory.input(script);
                SKF_ChangeDevAuthKey(device, octets, length)
            }
            6 => {
                let (octets, length) = memory.input(script);
                SKF_DevAuth(device, octets, length)
            }
            7 => {
                let (old, new) = (memory.text(script), memory.text(script));
                let retries = memory.structure(script, 4);
                // Of a type that is none, so that the PINs stay.
                SKF_ChangePIN(application, script.number() | 2, old, new, retries)
            }
            8 => {
                let [maximum, remaining] = [(); 2].map(|()| memory.structure(script, 4));
                let default = memory.structure(script, 4);
                SKF_GetPINInfo(
                    application,
                    script.number() % 3,
                    maximum,
                    remaining,
                    default,
                )
            }
            9 => {
                let retries = memory.structure(script, 4);
                let pin = memory.text(script);
                SKF_VerifyPIN(application, script.number() | 2, pin, retries)
            }
            10 => {
                let retries = memory.structure(script, 4);
                SKF_UnblockPIN(application, ptr::null(), memory.text(script), retries)
            }
            11 => SKF_ClearSecureState(application),
            12 => {
                let texts = [(); 3].map(|()| memory.text(script));
                let [name, administrator, user] = texts;
                let tries = script.number();
                SKF_CreateApplication(
                    device,
                    name,
                    administrator,
                    tries,
                    user,
                    tries,
                    algorithm,
                    place,
                )
            }
            13 => {
                let (names, size) = memory.output(script);
                SKF_EnumApplication(device, names, size)
            }
            14 => SKF_DeleteApplication(device, memory.text(script)),
            15 => SKF_OpenApplication(device, memory.text(script), place),
            16 => SKF_CloseApplication(application),
            17 => {
                let name = memory.text(script);
                let rights = script.pick(&[0, 1, 0x10, 0xFF]).unwrap_or_default();
                SKF_CreateFile(application, name, script.number() % 4096, rights, rights)
            }
            18 => SKF_DeleteFile(application, memory.text(script)),
            19 => {
                let (names, size) = memory.output(script);
                SKF_EnumFiles(application, names, size)
            }
            20 => {
                let name = memory.text(script);
                SKF_GetFileInfo(application, name, memory.structure(script, 44))
            }
            21 => {
                let name = memory.text(script);
                let (output, length) = memory.output(script);
                let (offset, size) = (script.number(), script.number());
                SKF_ReadFile(application, name, offset, size, output, length)
            }
            22 => {
                let name = memory.text(script);
                let (input, length) = memory.input(script);
                SKF_WriteFile(application, name, script.number(), input, length)
            }
            23 => SKF_CreateContainer(application, memory.text(script), place),
            24 => {
                let name = memory.text(script);
                // The stage's own container stays.
                if script.octet() == Some(0) && !name.is_null() && *name != b'o' as c_char {
                    SKF_DeleteContainer(application, name)
                } else {
                    SKF_DeleteContainer(application, ptr::null())
                }
            }
            25 => SKF_OpenContainer(application, memory.text(script), place),
            26 => SKF_CloseContainer(container),
            27 => {
                let (names, size) = memory.output(script);
                SKF_EnumContainer(application, names, size)
            }
            28 => SKF_GetContainerType(container, memory.structure(script, 4)),
            29 => {
                let (certificate, length) = memory.input(script);
                SKF_ImportCertificate(container, signing, certificate, length)
            }
            30 => {
                let (certificate, length) = memory.output(script);
                SKF_ExportCertificate(container, signing, certificate, length)
            }
            31 => {
                let (random, length) = memory.input(script);
                SKF_GenRandom(device, random, length)
            }
            32 => SKF_GenECCKeyPair(container, algorithm, memory.structure(script, public)),
            33 | 34 => SKF_ImportECCKeyPair(container, memory.cipher(script, BEFORE_CIPHER)),
            35 => {
                let (data, length) = memory.input(script);
                let signature = memory.structure(script, WIDTH.signature());
                SKF_ECCSignData(container, data, length, signature)
            }
            36 => {
                let sealed = memory.cipher(script, 0);
                let (data, length) = memory.output(script);
                SKF_ECCDecrypt(container, sealed, data, length)
            }
            37 | 38 => {
                let key = memory.public_key(script, container.addr());
                let (data, length) = memory.input(script);
                let signature = memory.structure(script, WIDTH.signature());
                if which.is_multiple_of(2) {
                    SKF_ECCVerify(device, key, data, length, signature)
                } else {
                    SKF_ExtECCVerify(device, key, data, length, signature)
                }
            }
            39 => {
                let recipient = memory.public_key(script, container.addr());
                let sealed = memory.structure(script, WIDTH.cipher_head() + 16);
                SKF_ECCExportSessionKey(container, algorithm, recipient, sealed, place)
            }
            40 => {
                let recipient = memory.public_key(script, container.addr());
                let (data, length) = memory.input(script);
                let room = WIDTH.cipher_head() + if data.is_null() { 0 } else { length as usize };
                SKF_ExtECCEncrypt(
                    device,
                    recipient,
                    data,
                    length,
                    memory.structure(script, room),
                )
            }
            41 => {
                let private = memory.structure(script, WIDTH.private_key());
                let sealed = memory.cipher(script, 0);
                let (data, length) = memory.output(script);
                SKF_ExtECCDecrypt(device, private, sealed, data, length)
            }
            42 => {
                let private = memory.structure(script, WIDTH.private_key());
                let (data, length) = memory.input(script);
                let signature = memory.structure(script, WIDTH.signature());
                SKF_ExtECCSign(device, private, data, length, signature)
            }
            43 => {
                let (id, length) = memory.input(script);
                let now = memory.structure(script, public);
                SKF_GenerateAgreementDataWithECC(container, algorithm, now, id, length, place)
            }
            44 => {
                let (id, length) = memory.input(script);
                let (other, other_length) = memory.input(script);
                let theirs = memory.public_key(script, container.addr());
                let their_now = memory.public_key(script, container.addr());
                let now = memory.structure(script, public);
                SKF_GenerateAgreementDataAndKeyWithECC(
                    container,
                    algorithm,
                    theirs,
                    their_now,
                    now,
                    id,
                    length,
                    other,
                    other_length,
                    place,
                )
            }
            45 => {
                let (id, length) = memory.input(script);
                let theirs = memory.public_key(script, container.addr());
                let now = memory.public_key(script, container.addr());
                SKF_GenerateKeyWithECC(key, theirs, now, id, length, place)
            }
            46 => {
                let (blob, length) = memory.output(script);
                SKF_ExportPublicKey(container, signing, blob, length)
            }
            47 => {
                let (wrapped, length) = memory.input(script);
                SKF_ImportSessionKey(container, algorithm, wrapped, length, place)
            }
            48 => SKF_SetSymmKey(device, memory.structure(script, 16), algorithm, place),
            49 => SKF_EncryptInit(key, parameter(script)),
            50 => SKF_DecryptInit(key, parameter(script)),
            51..=54 => {
                let (input, length) = memory.input(script);
                let (output, room) = match script.octet() {
                    // In place.
                    Some(0..64) => (input, memory.integer(length)),
                    _ => memory.output(script),
                };
                let function = match which % 64 {
                    51 => SKF_Encrypt,
                    52 => SKF_EncryptUpdate,
                    53 => SKF_Decrypt,
                    _ => SKF_DecryptUpdate,
                };
                function(key, input, length, output, room)
            }
            55 => {
                let (output, room) = memory.output(script);
                SKF_EncryptFinal(key, output, room)
            }
            56 => {
                let (output, room) = memory.output(script);
                SKF_DecryptFinal(key, output, room)
            }
            57 => {
                let signer = memory.public_key(script, container.addr());
                let (id, length) = memory.input(script);
                SKF_DigestInit(device, algorithm, signer, id, length, place)
            }
            58 => {
                let (input, length) = memory.input(script);
                let (output, room) = memory.output(script);
                SKF_Digest(key, input, length, output, room)
            }
            59 => {
                let (input, length) = memory.input(script);
                SKF_DigestUpdate(key, input, length);
                SKF_MacUpdate(key, input, length)
            }
            60 => {
                let (output, room) = memory.output(script);
                SKF_DigestFinal(key, output, room);
                SKF_MacFinal(key, output, room)
            }
            61 => SKF_MacInit(key, memory.structure(script, 44), place),
            62 => {
                let (input, length) = memory.input(script);
                let (output, room) = memory.output(script);
                SKF_Mac(key, input, length, output, room)
            }
            _ => SKF_CloseHandle(key),
        }
    };
    Some((code == 0, (!made.is_null()).then_some(made)))
}
