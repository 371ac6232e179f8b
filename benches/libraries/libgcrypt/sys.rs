//! The few functions of libgcrypt that the benches call, and their safe faces.
//!
//! Why this is sound, call by call: pointers come from slices and go with their
//! lengths; handles come from `open`, `parse`, `sign` or `generate`, are checked, owned by
//! one value, and given back in `Drop`; nothing keeps a pointer that it was lent. The
//! functions take `&mut` where libgcrypt writes to the object behind the handle. Errors
//! end the bench.

#![allow(
    unsafe_code,
    reason = "libgcrypt is C; the module's head has the argument"
)]

use std::{
    ffi::{c_char, c_int, c_uint, c_void},
    ptr,
    sync::Once,
};

const MD_SM3: c_int = 326;
const CIPHER_SM4: c_int = 318;
const CTL_DISABLE_SECMEM: c_int = 37;
const CTL_INITIALIZATION_FINISHED: c_int = 38;
const CTL_SET_CCM_LENGTHS: c_int = 69;

#[link(name = "gcrypt")]
unsafe extern "C" {
    fn gcry_check_version(wanted: *const c_char) -> *const c_char;
    fn gcry_control(command: c_int, ...) -> c_uint;
    fn gcry_md_hash_buffer(algo: c_int, digest: *mut c_void, octets: *const c_void, length: usize);
    fn gcry_cipher_open(h: *mut *mut c_void, algo: c_int, mode: c_int, flags: c_uint) -> c_uint;
    fn gcry_cipher_close(h: *mut c_void);
    fn gcry_cipher_ctl(h: *mut c_void, command: c_int, octets: *mut c_void, n: usize) -> c_uint;
    fn gcry_cipher_setkey(h: *mut c_void, key: *const c_void, length: usize) -> c_uint;
    fn gcry_cipher_setiv(h: *mut c_void, iv: *const c_void, length: usize) -> c_uint;
    fn gcry_cipher_setctr(h: *mut c_void, counter: *const c_void, length: usize) -> c_uint;
    fn gcry_cipher_encrypt(
        h: *mut c_void,
        out: *mut c_void,
        room: usize,
        octets: *const c_void,
        length: usize,
    ) -> c_uint;
    fn gcry_cipher_decrypt(
        h: *mut c_void,
        out: *mut c_void,
        room: usize,
        octets: *const c_void,
        length: usize,
    ) -> c_uint;
    fn gcry_cipher_gettag(h: *mut c_void, tag: *mut c_void, length: usize) -> c_uint;
    fn gcry_sexp_new(e: *mut *mut c_void, text: *const c_void, n: usize, detect: c_int) -> c_uint;
    fn gcry_sexp_release(e: *mut c_void);
    fn gcry_sexp_find_token(e: *mut c_void, token: *const c_char, length: usize) -> *mut c_void;
    fn gcry_sexp_nth_data(e: *mut c_void, number: c_int, length: *mut usize) -> *const c_char;
    fn gcry_pk_genkey(key: *mut *mut c_void, parameters: *mut c_void) -> c_uint;
    fn gcry_pk_sign(signature: *mut *mut c_void, data: *mut c_void, key: *mut c_void) -> c_uint;
    fn gcry_pk_verify(signature: *mut c_void, data: *mut c_void, key: *mut c_void) -> c_uint;
}

/// What every program does first; once.
pub(super) fn start() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // SAFETY: no pointer is kept; the commands take the arguments that the manual
        // gives them: an int, an int.
        unsafe {
            assert!(
                !gcry_check_version(c"1.10.0".as_ptr()).is_null(),
                "libgcrypt 1.10"
            );
            gcry_control(CTL_DISABLE_SECMEM, 0);
            gcry_control(CTL_INITIALIZATION_FINISHED, 0);
        }
    });
}

/// SM3 of one message.
pub(super) fn sm3(message: &[u8]) -> [u8; 32] {
    let mut digest = [0; 32];
    // SAFETY: SM3 writes 32 octets; the message has its length.
    unsafe {
        gcry_md_hash_buffer(
            MD_SM3,
            digest.as_mut_ptr().cast(),
            message.as_ptr().cast(),
            message.len(),
        );
    }
    digest
}

/// `enum gcry_cipher_modes`.
#[derive(Clone, Copy, Debug)]
pub(super) enum Mode {
    Ecb = 1,
    Cbc = 3,
    Ctr = 6,
    Ccm = 8,
    Gcm = 9,
}

/// SM4 in a mode.
#[derive(Debug)]
pub(super) struct Cipher(*mut c_void);

impl Cipher {
    pub(super) fn open(mode: Mode) -> Self {
        let mut handle = ptr::null_mut();
        // SAFETY: the handle is written before the call returns 0.
        check(unsafe { gcry_cipher_open(&raw mut handle, CIPHER_SM4, mode as c_int, 0) });
        Self(handle)
    }

    pub(super) fn set_key(&mut self, key: &[u8; 16]) {
        // SAFETY: the module's head.
        check(unsafe { gcry_cipher_setkey(self.0, key.as_ptr().cast(), key.len()) });
    }

    pub(super) fn set_iv(&mut self, iv: &[u8]) {
        // SAFETY: the module's head.
        check(unsafe { gcry_cipher_setiv(self.0, iv.as_ptr().cast(), iv.len()) });
    }

    pub(super) fn set_counter(&mut self, counter: &[u8; 16]) {
        // SAFETY: the module's head.
        check(unsafe { gcry_cipher_setctr(self.0, counter.as_ptr().cast(), counter.len()) });
    }

    /// Lengths of the message, of no associated data, and of a tag of 16 octets.
    pub(super) fn set_ccm_lengths(&mut self, message: usize) {
        let mut lengths = [message as u64, 0, 16];
        // SAFETY: the command reads three 64-bit numbers.
        check(unsafe {
            gcry_cipher_ctl(self.0, CTL_SET_CCM_LENGTHS, lengths.as_mut_ptr().cast(), 24)
        });
    }

    /// In place.
    pub(super) fn encrypt(&mut self, octets: &mut [u8]) {
        let (out, length) = (octets.as_mut_ptr().cast(), octets.len());
        // SAFETY: with a null input and length 0 the output buffer is the input too.
        check(unsafe { gcry_cipher_encrypt(self.0, out, length, ptr::null(), 0) });
    }

    /// In place.
    pub(super) fn decrypt(&mut self, octets: &mut [u8]) {
        let (out, length) = (octets.as_mut_ptr().cast(), octets.len());
        // SAFETY: as in `encrypt`.
        check(unsafe { gcry_cipher_decrypt(self.0, out, length, ptr::null(), 0) });
    }

    pub(super) fn tag(&mut self) -> [u8; 16] {
        let mut tag = [0; 16];
        // SAFETY: the module's head.
        check(unsafe { gcry_cipher_gettag(self.0, tag.as_mut_ptr().cast(), tag.len()) });
        tag
    }
}

impl Drop for Cipher {
    fn drop(&mut self) {
        // SAFETY: the one owner gives it back, once.
        unsafe { gcry_cipher_close(self.0) };
    }
}

/// An S-expression.
#[derive(Debug)]
pub(super) struct Expression(*mut c_void);

impl Expression {
    /// Reads a template in which each `%` stands for the next value: its length, a colon,
    /// its octets.
    pub(super) fn parse(template: &str, values: &[&[u8]]) -> Self {
        let (mut text, mut values) = (Vec::with_capacity(256), values.iter());
        for part in template.split_inclusive('%') {
            text.extend_from_slice(part.trim_end_matches('%').as_bytes());
            if part.ends_with('%') {
                let value = values.next().expect("a value for each place");
                text.extend_from_slice(format!("{}:", value.len()).as_bytes());
                text.extend_from_slice(value);
            }
        }
        let mut handle = ptr::null_mut();
        // SAFETY: the text is copied; the handle is written before the call returns 0.
        check(unsafe { gcry_sexp_new(&raw mut handle, text.as_ptr().cast(), text.len(), 1) });
        Self(handle)
    }

    /// A key pair of these parameters.
    pub(super) fn generate(&self) -> Self {
        let mut key = ptr::null_mut();
        // SAFETY: the parameters are only read; the key is written on success.
        check(unsafe { gcry_pk_genkey(&raw mut key, self.0) });
        Self(key)
    }

    /// A signature of this data.
    pub(super) fn sign(&self, key: &Self) -> Self {
        let mut signature = ptr::null_mut();
        // SAFETY: data and key are only read; the signature is written on success.
        check(unsafe { gcry_pk_sign(&raw mut signature, self.0, key.0) });
        Self(signature)
    }

    /// Whether this signature fits.
    pub(super) fn verifies(&self, data: &Self, key: &Self) -> bool {
        // SAFETY: all three are only read.
        unsafe { gcry_pk_verify(self.0, data.0, key.0) == 0 }
    }

    /// What stands behind a token, which ends with a zero octet here.
    pub(super) fn octets_of(&self, token: &[u8; 2]) -> Vec<u8> {
        // SAFETY: the token ends with zero; what is found is a new expression.
        let found = unsafe { gcry_sexp_find_token(self.0, token.as_ptr().cast(), 0) };
        assert!(!found.is_null(), "a value of this name");
        let (found, mut length) = (Self(found), 0);
        // SAFETY: the octets belong to `found`, which lives until they are copied.
        unsafe {
            let octets = gcry_sexp_nth_data(found.0, 1, &raw mut length);
            assert!(!octets.is_null(), "a value behind the name");
            std::slice::from_raw_parts(octets.cast::<u8>(), length).to_vec()
        }
    }
}

impl Drop for Expression {
    fn drop(&mut self) {
        // SAFETY: the one owner gives it back, once.
        unsafe { gcry_sexp_release(self.0) };
    }
}

#[track_caller]
fn check(error: c_uint) {
    // The low 16 bits are the code (libgpg-error).
    assert!(error & 0xffff == 0, "libgcrypt: error {}", error & 0xffff);
}
