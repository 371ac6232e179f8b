//! The calls.
#![allow(unsafe_code, reason = "calls of C functions")]

use super::{MAX_CALLS, close, device, open};
use crate::{
    agreement::sys::*,
    asymmetric::sys::*,
    debug::sys::*,
    device::sys::*,
    file::sys::*,
    hash::sys::*,
    key::sys::*,
    library::settings,
    settings::Abi,
    symmetric::sys::*,
    sys::{Handle, MAX_INPUT},
};
use softdevice::{
    script::Script,
    structures::{Width, write_public_key},
};
use std::{mem::MaybeUninit, ptr};

/// Octets of a head of an `ECCCipher`, before its length.
const LENGTH_AT: usize = 4;

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
    fn output(&mut self, script: &mut Script<'_>) -> (*mut u8, *mut u32) {
        let (place, length) = self.input(script);
        (place, self.integer(length))
    }

    /// Where an integer stands, not aligned.
    fn integer(&mut self, integer: u32) -> *mut u32 {
        self.keep(Box::new(integer.to_ne_bytes())).cast()
    }

    /// NULL, or a structure of so many octets.
    fn structure(&mut self, script: &mut Script<'_>, length: usize) -> *mut u8 {
        match script.octet() {
            Some(0) => ptr::null_mut(),
            _ => {
                let octets = script.octets(length);
                self.keep(octets)
            }
        }
    }

    /// NULL, a public key, or a structure that may be none.
    fn public_key(&mut self, script: &mut Script<'_>, width: Width) -> *mut u8 {
        match (script.octet(), device()) {
            (Some(1..128), Some((_, right))) => match right.encryption_key() {
                Some(key) => self.keep(write_public_key(&key, width).into_boxed_slice()),
                None => ptr::null_mut(),
            },
            _ => self.structure(script, width.public_key()),
        }
    }

    /// NULL, or an `ECCCipher`. One whose L is absurd ends behind its head.
    fn cipher(&mut self, script: &mut Script<'_>, width: Width) -> *mut u8 {
        if script.octet() == Some(0) {
            return ptr::null_mut();
        }
        let length = script.number();
        let head = width.cipher_head();
        let mut octets = script.octets(head).into_vec();
        octets[head - LENGTH_AT..].copy_from_slice(&length.to_ne_bytes());
        if length <= MAX_INPUT {
            octets.resize(head + length as usize, 7);
        }
        self.keep(octets.into_boxed_slice())
    }
}

/// An argument in a register.
fn word(pointer: *mut u8) -> MaybeUninit<usize> {
    MaybeUninit::new(pointer.expose_provenance())
}

/// Runs a script; ends when it does. Gives the number of calls that succeeded.
#[cfg_attr(
    not(feature = "fuzz"),
    expect(unreachable_pub, reason = "it is reached where there is a fuzzer")
)]
pub fn fuzz_calls(octets: &[u8]) -> usize {
    let mut script = Script::new(octets);
    let settings = script.octet().unwrap_or_default();
    let Some((device, session)) = open(settings) else {
        return 0;
    };
    let width = if settings & 4 == 0 {
        Width::Bits512
    } else {
        Width::Bits256
    };
    let session = ptr::without_provenance_mut(session);
    let mut handles: Vec<Handle> = vec![session, ptr::null_mut()];
    handles.push(ptr::without_provenance_mut(device));
    let mut succeeded = 0;
    for _ in 0..MAX_CALLS {
        let Some(which) = script.octet() else { break };
        // Mostly the good one.
        let at = match script.octet() {
            Some(0) => script.pick(&handles).unwrap_or(session),
            Some(1) => ptr::without_provenance_mut(script.number() as usize),
            _ => session,
        };
        let Some((good, made)) = call(which, at, &mut script, &handles, width) else {
            break;
        };
        succeeded += usize::from(good);
        handles.extend(made);
    }
    close(device);
    succeeded
}

/// One call; gives whether it succeeded, and the handle that it made.
fn call(
    which: u8,
    at: Handle,
    script: &mut Script<'_>,
    handles: &[Handle],
    width: Width,
) -> Option<(bool, Option<Handle>)> {
    let mut memory = Memory::default();
    let memory = &mut memory;
    let mut made: Handle = ptr::null_mut();
    let place = &raw mut made;
    let index = u32::from(script.octet()? % 3);
    let key = script.pick(handles)?;
    let algorithm = script.pick(&[
        0x401,
        0x402,
        0x404,
        0x408,
        0x410,
        0x420,
        0x0200_0400,
        1,
        0x0002_0100,
        0x0002_0200,
        0x0002_0800,
        0,
    ])?;
    let bits = script.pick(&[128, 256, 512, 0, 7, u32::MAX])?;
    // SAFETY: each pointer is NULL, or into `memory`, which has as many octets there as the
    // function is told or its structure has; `place` has room for a handle.
    let code = unsafe {
        match which % 58 {
            0 => SDF_OpenSession(at, place),
            1 => SDF_CloseSession(at),
            2 => SDF_GetDeviceInfo(at, memory.structure(script, 100).cast()),
            3 => {
                let (random, length) = memory.input(script);
                SDF_GenerateRandom(at, length, random)
            }
            4 => {
                let (password, length) = memory.input(script);
                SDF_GetPrivateKeyAccessRight(at, 2, password, length)
            }
            5 => SDF_ReleasePrivateKeyAccessRight(at, 2),
            6 => {
                let key = memory.structure(script, width.public_key());
                SDF_ExportSignPublicKey_ECC(at, index, key.cast())
            }
            7 => {
                let key = memory.structure(script, width.public_key());
                SDF_ExportEncPublicKey_ECC(at, index, key.cast())
            }
            8 => {
                let public = memory.structure(script, width.public_key()).cast();
                let private = memory.structure(script, width.private_key()).cast();
                SDF_GenerateKeyPair_ECC(at, algorithm, bits, public, private)
            }
            9 => {
                // Room for the longest key that bits may say.
                let sealed = memory.structure(script, width.cipher_head() + 64);
                SDF_GenerateKeyWithIPK_ECC(at, index, bits, sealed.cast(), place)
            }
            10 => {
                let sealed = memory.structure(script, width.cipher_head() + 64).cast();
                let public = memory.public_key(script, width).cast();
                SDF_GenerateKeyWithEPK_ECC(at, bits, algorithm, public, sealed, place)
            }
            11 => SDF_ImportKeyWithISK_ECC(at, index, memory.cipher(script, width).cast(), place),
            12 => {
                let public = memory.public_key(script, width).cast();
                let sealed = memory.cipher(script, width).cast();
                SDF_ExchangeDigitEnvelopeBaseOnECC(at, index, algorithm, public, sealed, sealed)
            }
            13 => {
                let (sealed, length) = memory.output(script);
                SDF_GenerateKeyWithKEK(at, bits, algorithm, index, sealed, length, place)
            }
            14 => {
                let (sealed, length) = memory.input(script);
                SDF_ImportKeyWithKEK(at, algorithm, index, sealed, length, place)
            }
            15 => {
                let (octets, length) = memory.input(script);
                SDF_ImportKey(at, octets, length, place)
            }
            16 => SDF_DestroyKey(at, key),
            17 => {
                let (id, length) = memory.input(script);
                let lasting = memory.structure(script, width.public_key()).cast();
                let now = memory.structure(script, width.public_key()).cast();
                SDF_GenerateAgreementDataWithECC(at, index, bits, id, length, lasting, now, place)
            }
            18 => {
                let (id, length) = memory.input(script);
                let lasting = memory.public_key(script, width).cast();
                let now = memory.public_key(script, width).cast();
                SDF_GenerateKeyWithECC(at, id, length, lasting, now, key, place)
            }
            19 => {
                let (id, length) = memory.input(script);
                let (other, other_length) = memory.input(script);
                let theirs = memory.public_key(script, width).cast();
                let their_now = memory.public_key(script, width).cast();
                let lasting = memory.structure(script, width.public_key()).cast();
                let now = memory.structure(script, width.public_key()).cast();
                SDF_GenerateAgreementDataAndKeyWithECC(
                    at,
                    index,
                    bits,
                    id,
                    length,
                    other,
                    other_length,
                    theirs,
                    their_now,
                    lasting,
                    now,
                    place,
                )
            }
            20 => {
                let (data, length) = memory.input(script);
                let signature = memory.structure(script, width.signature()).cast();
                SDF_InternalSign_ECC(at, index, data, length, signature)
            }
            21 => {
                let (data, length) = memory.input(script);
                let signature = memory.structure(script, width.signature()).cast();
                SDF_InternalVerify_ECC(at, index, data, length, signature)
            }
            22 => {
                let public = memory.public_key(script, width).cast();
                let (data, length) = memory.input(script);
                let signature = memory.structure(script, width.signature()).cast();
                SDF_ExternalVerify_ECC(at, algorithm, public, data, length, signature)
            }
            23 => {
                let public = memory.public_key(script, width).cast();
                let (data, length) = memory.input(script);
                let room = width.cipher_head() + if data.is_null() { 0 } else { length as usize };
                let sealed = memory.structure(script, room).cast();
                SDF_ExternalEncrypt_ECC(at, algorithm, public, data, length, sealed)
            }
            24 | 25 => {
                let (data, length) = memory.input(script);
                let room = width.cipher_head() + if data.is_null() { 0 } else { length as usize };
                let sealed = memory.structure(script, room);
                let length = MaybeUninit::new(length as usize);
                let number = MaybeUninit::new(algorithm as usize);
                match settings(at.addr()).map(|settings| settings.abi) {
                    Some(Abi::GmSsl) | None => {
                        SDF_InternalEncrypt_ECC(at, index, number, word(data), length, word(sealed))
                    }
                    Some(_) => SDF_InternalEncrypt_ECC(
                        at,
                        index,
                        word(data),
                        length,
                        word(sealed),
                        MaybeUninit::uninit(),
                    ),
                }
            }
            26 | 27 => {
                let sealed = word(memory.cipher(script, width));
                let (data, length) = memory.output(script);
                let (data, length) = (word(data), word(length.cast()));
                let number = MaybeUninit::new(algorithm as usize);
                match settings(at.addr()).map(|settings| settings.abi) {
                    Some(Abi::Tongsuo) => SDF_InternalDecrypt_ECC(
                        at,
                        index,
                        sealed,
                        data,
                        length,
                        MaybeUninit::uninit(),
                    ),
                    _ => SDF_InternalDecrypt_ECC(at, index, number, sealed, data, length),
                }
            }
            28 | 29 => {
                let iv = memory.structure(script, 16);
                let (input, length) = memory.input(script);
                let (output, room) = match script.octet() {
                    // In place.
                    Some(0..64) => (input, memory.integer(length)),
                    _ => memory.output(script),
                };
                let function = if which.is_multiple_of(2) {
                    SDF_Encrypt
                } else {
                    SDF_Decrypt
                };
                function(at, key, algorithm, iv, input, length, output, room)
            }
            30 => {
                let (iv, length) = memory.input(script);
                SDF_EncryptInit(at, key, algorithm, iv, length)
            }
            31 => {
                let (input, length) = memory.input(script);
                let (output, room) = memory.output(script);
                SDF_EncryptUpdate(at, input, length, output, room)
            }
            32 => {
                let (output, room) = memory.output(script);
                SDF_EncryptFinal(at, output, room)
            }
            33 => {
                let (iv, length) = memory.input(script);
                SDF_DecryptInit(at, key, algorithm, iv, length)
            }
            34 => {
                let (input, length) = memory.input(script);
                let (output, room) = memory.output(script);
                SDF_DecryptUpdate(at, input, length, output, room)
            }
            35 => {
                let (output, room) = memory.output(script);
                SDF_DecryptFinal(at, output, room)
            }
            36 => {
                let iv = memory.structure(script, 16);
                let (input, length) = memory.input(script);
                let (output, room) = memory.output(script);
                SDF_CalculateMAC(at, key, algorithm, iv, input, length, output, room)
            }
            37 => {
                let (iv, length) = memory.input(script);
                SDF_CalculateMACInit(at, key, algorithm, iv, length)
            }
            38 => {
                let (input, length) = memory.input(script);
                SDF_CalculateMACUpdate(at, input, length)
            }
            39 => {
                let (output, room) = memory.output(script);
                SDF_CalculateMACFinal(at, output, room)
            }
            40 => {
                let (start, start_length) = memory.input(script);
                let (head, head_length) = memory.input(script);
                let (input, length) = memory.input(script);
                let (output, room) = memory.output(script);
                let (tag, tag_room) = memory.output(script);
                SDF_AuthEnc(
                    at,
                    key,
                    algorithm,
                    start,
                    start_length,
                    head,
                    head_length,
                    input,
                    length,
                    output,
                    room,
                    tag,
                    tag_room,
                )
            }
            41 => {
                let (start, start_length) = memory.input(script);
                let (head, head_length) = memory.input(script);
                let (tag, tag_length) = memory.output(script);
                let (input, length) = memory.input(script);
                let (output, room) = memory.output(script);
                SDF_AuthDec(
                    at,
                    key,
                    algorithm,
                    start,
                    start_length,
                    head,
                    head_length,
                    tag,
                    tag_length,
                    input,
                    length,
                    output,
                    room,
                )
            }
            42 | 43 => {
                let (start, start_length) = memory.input(script);
                let (head, head_length) = memory.input(script);
                let (tag, tag_length) = memory.input(script);
                let length = script.number();
                if which.is_multiple_of(2) {
                    SDF_AuthEncInit(
                        at,
                        key,
                        algorithm,
                        start,
                        start_length,
                        head,
                        head_length,
                        length,
                    )
                } else {
                    SDF_AuthDecInit(
                        at,
                        key,
                        algorithm,
                        start,
                        start_length,
                        head,
                        head_length,
                        tag,
                        tag_length,
                        length,
                    )
                }
            }
            44 | 45 => {
                let (input, length) = memory.input(script);
                let (output, room) = memory.output(script);
                if which.is_multiple_of(2) {
                    SDF_AuthEncUpdate(at, input, length, output, room)
                } else {
                    SDF_AuthDecUpdate(at, input, length, output, room)
                }
            }
            46 => {
                let (output, room) = memory.output(script);
                let (tag, tag_room) = memory.output(script);
                SDF_AuthEncFinal(at, output, room, tag, tag_room)
            }
            47 => {
                let (output, room) = memory.output(script);
                SDF_AuthDecFinal(at, output, room)
            }
            48 => SDF_HMACInit(at, key, algorithm),
            49 => {
                let (input, length) = memory.input(script);
                SDF_HMACUpdate(at, input, length)
            }
            50 => {
                let (output, room) = memory.output(script);
                SDF_HMACFinal(at, output, room)
            }
            51 => {
                let public = memory.public_key(script, width).cast();
                let (id, length) = memory.input(script);
                SDF_HashInit(at, algorithm, public, id, length)
            }
            52 => {
                let (input, length) = memory.input(script);
                SDF_HashUpdate(at, input, length)
            }
            53 => {
                let (output, room) = memory.output(script);
                SDF_HashFinal(at, output, room)
            }
            54 => {
                let (name, length) = memory.input(script);
                let (buffer, room) = memory.output(script);
                match script.octet() {
                    Some(0..32) => SDF_CreateFile(at, name, length, script.number() % 4096),
                    Some(32..64) => SDF_DeleteFile(at, name, length),
                    Some(64..128) => {
                        let octets = room.read_unaligned();
                        SDF_WriteFile(at, name, length, script.number(), octets, buffer)
                    }
                    _ => SDF_ReadFile(at, name, length, script.number(), room, buffer),
                }
            }
            55 => {
                let private = memory.structure(script, width.private_key()).cast();
                let (data, length) = memory.input(script);
                let signature = memory.structure(script, width.signature()).cast();
                SDF_ExternalSign_ECC(at, algorithm, private, data, length, signature)
            }
            56 => {
                let private = memory.structure(script, width.private_key()).cast();
                let sealed = memory.cipher(script, width).cast();
                let (data, length) = memory.output(script);
                SDF_ExternalDecrypt_ECC(at, algorithm, private, sealed, data, length)
            }
            _ => {
                let (octets, octets_length) = memory.input(script);
                let (input, length) = memory.input(script);
                let (output, room) = memory.output(script);
                let iv = memory.structure(script, 16);
                let iv_length = if iv.is_null() { 0 } else { 16 };
                match script.octet() {
                    Some(0..64) => SDF_ExternalKeyEncrypt(
                        at,
                        algorithm,
                        octets,
                        octets_length,
                        iv,
                        iv_length,
                        input,
                        length,
                        output,
                        room,
                    ),
                    Some(64..128) => SDF_ExternalKeyDecrypt(
                        at,
                        algorithm,
                        octets,
                        octets_length,
                        iv,
                        iv_length,
                        input,
                        length,
                        output,
                        room,
                    ),
                    Some(128..160) => SDF_ExternalKeyHMACInit(at, algorithm, octets, octets_length),
                    Some(160..200) => SDF_ExternalKeyDecryptInit(
                        at,
                        algorithm,
                        octets,
                        octets_length,
                        iv,
                        iv_length,
                    ),
                    _ => SDF_ExternalKeyEncryptInit(
                        at,
                        algorithm,
                        octets,
                        octets_length,
                        iv,
                        iv_length,
                    ),
                }
            }
        }
    };
    Some((code == 0, (!made.is_null()).then_some(made)))
}
