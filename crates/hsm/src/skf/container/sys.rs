//! The C functions of containers; what [`crate::skf::sys`] says of calls holds here.

#![allow(unsafe_code, reason = "a C interface")]

use crate::{
    Error,
    blob::Room,
    skf::{
        handles::Kind,
        sys::{
            Application, Bool, Functions, Handle, Library, List, Listed, Number, Output, Ulong,
            garbage, given, length_of, missing, terminated,
        },
        variant::{DecryptionFunction, DecryptionName},
    },
};
use std::{
    ffi::{CStr, c_uchar, c_void},
    ptr::NonNull,
    sync::Arc,
};
use zeroize::Zeroizing;

/// `BLOCKCIPHERPARAM` (GM/T 0016-2012, 6.4.11), which is passed by value.
#[derive(Clone, Copy)]
#[repr(C, packed)]
pub(in crate::skf) struct BlockCipherParameter<U> {
    iv: [c_uchar; 32],
    iv_length: U,
    padding: U,
    feed_bits: U,
}

const _: () = assert!(size_of::<BlockCipherParameter<u32>>() == 44);
const _: () = assert!(size_of::<BlockCipherParameter<u64>>() == 56);

impl<U: Ulong> BlockCipherParameter<U> {
    /// No padding.
    fn with_iv(iv: &[u8]) -> Self {
        let mut octets = [0; 32];
        for (octet, given) in octets.iter_mut().zip(iv) {
            *octet = *given;
        }
        Self {
            iv: octets,
            iv_length: U::of(length_of(&iv[..iv.len().min(32)])),
            padding: U::of(0),
            feed_bits: U::of(0),
        }
    }
}

/// An opened container.
#[derive(Debug)]
pub(in crate::skf) struct Container {
    application: Arc<Application>,
    handle: NonNull<c_void>,
}

// SAFETY: as for the device.
unsafe impl Send for Container {}

impl Container {
    pub(in crate::skf) fn open(application: &Arc<Application>, name: &CStr) -> Result<Self, Error> {
        const CALL: &str = "SKF_OpenContainer";
        let mut name = terminated(name);
        Self::held(application, || {
            let mut handle = std::ptr::null_mut();
            let code = call!(
                application.library(),
                open_container(application.raw(), name.as_mut_ptr().cast(), &raw mut handle)
            );
            application.library().check(CALL, code)?;
            given(CALL, handle)
        })
    }

    pub(in crate::skf) fn create(
        application: &Arc<Application>,
        name: &CStr,
    ) -> Result<Self, Error> {
        const CALL: &str = "SKF_CreateContainer";
        let mut name = terminated(name);
        Self::held(application, || {
            let mut handle = std::ptr::null_mut();
            let code = call_offered!(
                application.library(),
                CALL,
                create_container(application.raw(), name.as_mut_ptr().cast(), &raw mut handle)
            );
            application.library().check(CALL, code)?;
            given(CALL, handle)
        })
    }

    fn held(
        application: &Arc<Application>,
        open: impl FnOnce() -> Result<NonNull<c_void>, Error>,
    ) -> Result<Self, Error> {
        let handles = &application.library().handles;
        Ok(Self {
            handle: handles.open(Kind::Container, open)?,
            application: Arc::clone(application),
        })
    }

    fn library(&self) -> &Library {
        self.application.library()
    }

    fn raw(&self) -> Handle {
        self.handle.as_ptr()
    }

    /// `ECCPUBLICKEYBLOB` of one key.
    pub(in crate::skf) fn public_key(&self, signing: bool) -> Result<Vec<u8>, Error> {
        const CALL: &str = "SKF_ExportPublicKey";
        let mut room = Room::new(self.library().variant.layout.public_key());
        let mut length = Number::of(room.length());
        let code = call!(
            self.library(),
            export_public_key(
                self.raw(),
                Bool::from(signing),
                room.pointer(),
                length.pointer()
            )
        );
        self.library().check(CALL, code)?;
        if length.0 != room.length() as u64 {
            return Err(garbage(CALL)("a public key of another length"));
        }
        room.octets().map_err(garbage(CALL))
    }

    /// Makes a pair that signs; gives its `ECCPUBLICKEYBLOB`.
    pub(in crate::skf) fn generate(&self, algorithm: u32) -> Result<Vec<u8>, Error> {
        const CALL: &str = "SKF_GenECCKeyPair";
        let mut room = Room::new(self.library().variant.layout.public_key());
        let code = call_offered!(
            self.library(),
            CALL,
            generate(self.raw(), Ulong::of(algorithm), room.pointer().cast())
        );
        self.library().check(CALL, code)?;
        room.octets().map_err(garbage(CALL))
    }

    /// `ECCSIGNATUREBLOB` over e.
    pub(in crate::skf) fn sign(&self, e: &[u8; 32]) -> Result<Vec<u8>, Error> {
        const CALL: &str = "SKF_ECCSignData";
        let mut e = *e;
        let mut room = Room::new(self.library().variant.layout.signature());
        let code = call!(
            self.library(),
            sign(
                self.raw(),
                e.as_mut_ptr(),
                Ulong::of(32),
                room.pointer().cast()
            )
        );
        self.library().check(CALL, code)?;
        room.octets().map_err(garbage(CALL))
    }

    /// What an `ECCCIPHERBLOB` decrypts to, at most `capacity` octets.
    pub(in crate::skf) fn decrypt(
        &self,
        cipher: &[u8],
        capacity: usize,
    ) -> Result<Zeroizing<Vec<u8>>, Error> {
        let Some(DecryptionFunction { name, argument }) = self.library().variant.decryption else {
            return Err(missing("SKF_ECCDecrypt"));
        };
        let mut cipher = Room::of(cipher);
        let blob: *mut c_void = cipher.pointer().cast();
        let mut output = Output::new(capacity);
        let (data, length) = output.pointers();
        let library = self.library();
        let (call, code) = match (name, argument) {
            (DecryptionName::EccDecrypt, None) => {
                const CALL: &str = "SKF_ECCDecrypt";
                let code = call_offered!(
                    library,
                    CALL,
                    ecc_decrypt(self.raw(), blob, data, length.pointer())
                );
                (CALL, code)
            }
            (DecryptionName::EccDecrypt, Some(argument)) => {
                const CALL: &str = "SKF_ECCDecrypt";
                let code = call_offered!(
                    library,
                    CALL,
                    ecc_decrypt_with_argument(
                        self.raw(),
                        Ulong::of(argument),
                        blob,
                        data,
                        length.pointer()
                    )
                );
                (CALL, code)
            }
            (DecryptionName::PrvKeyDecrypt, None) => {
                const CALL: &str = "SKF_PrvKeyDecrypt";
                let code = call_offered!(
                    library,
                    CALL,
                    private_decrypt(self.raw(), blob, data, length.pointer())
                );
                (CALL, code)
            }
            (DecryptionName::PrvKeyDecrypt, Some(argument)) => {
                const CALL: &str = "SKF_PrvKeyDecrypt";
                let code = call_offered!(
                    library,
                    CALL,
                    private_decrypt_with_argument(
                        self.raw(),
                        Ulong::of(argument),
                        blob,
                        data,
                        length.pointer()
                    )
                );
                (CALL, code)
            }
        };
        library.check(call, code)?;
        output.take().map_err(garbage(call))
    }

    /// Takes in an `ENVELOPEDKEYBLOB`.
    pub(in crate::skf) fn import_key_pair(&self, blob: &[u8]) -> Result<(), Error> {
        const CALL: &str = "SKF_ImportECCKeyPair";
        let mut blob = Room::of(blob);
        let code = call_offered!(
            self.library(),
            CALL,
            import_key_pair(self.raw(), blob.pointer().cast())
        );
        self.library().check(CALL, code)
    }

    pub(in crate::skf) fn import_certificate(
        &self,
        signing: bool,
        octets: &[u8],
    ) -> Result<(), Error> {
        const CALL: &str = "SKF_ImportCertificate";
        let mut copy = octets.to_vec();
        let code = call_offered!(
            self.library(),
            CALL,
            import_certificate(
                self.raw(),
                Bool::from(signing),
                copy.as_mut_ptr(),
                Ulong::of(length_of(octets))
            )
        );
        self.library().check(CALL, code)
    }

    /// A certificate of at most so many octets; without room, how many it has.
    pub(in crate::skf) fn certificate(
        &self,
        signing: bool,
        room: Option<usize>,
    ) -> Result<Listed, Error> {
        const CALL: &str = "SKF_ExportCertificate";
        let mut list = List::new(room);
        let (octets, length) = list.pointers();
        let code = call_offered!(
            self.library(),
            CALL,
            export_certificate(
                self.raw(),
                Bool::from(signing),
                octets.cast(),
                length.pointer()
            )
        );
        self.library().check(CALL, code)?;
        list.take().map_err(garbage(CALL))
    }

    /// The symmetric key in an `ECCCIPHERBLOB` for the encryption key.
    pub(in crate::skf) fn import_session_key(
        &self,
        algorithm: u32,
        cipher: &[u8],
    ) -> Result<SessionKey<'_>, Error> {
        const CALL: &str = "SKF_ImportSessionKey";
        let mut blob = Room::of(cipher);
        let mut handle = std::ptr::null_mut();
        let code = call_offered!(
            self.library(),
            CALL,
            import_session_key(
                self.raw(),
                Ulong::of(algorithm),
                blob.pointer(),
                Ulong::of(length_of(cipher)),
                &raw mut handle
            )
        );
        self.library().check(CALL, code)?;
        Ok(SessionKey {
            handle: given(CALL, handle)?,
            container: self,
        })
    }
}

impl Drop for Container {
    fn drop(&mut self) {
        let handles = &self.library().handles;
        handles.close(Kind::Container, self.handle, || {
            let _ = call!(self.library(), close_container(self.raw()));
        });
    }
}

/// A symmetric key in the device.
#[derive(Debug)]
pub(in crate::skf) struct SessionKey<'a> {
    container: &'a Container,
    handle: NonNull<c_void>,
}

impl SessionKey<'_> {
    /// Decrypts whole blocks; no padding is looked for.
    pub(in crate::skf) fn decrypt(
        &self,
        iv: &[u8],
        data: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, Error> {
        let library = self.container.library();
        let handle = self.handle.as_ptr();
        let code = call_offered!(
            library,
            "SKF_DecryptInit",
            decrypt_init(handle, BlockCipherParameter::with_iv(iv))
        );
        library.check("SKF_DecryptInit", code)?;
        let mut input = data.to_vec();
        let mut output = Output::new(data.len());
        let (octets, length) = output.pointers();
        let code = call_offered!(
            library,
            "SKF_Decrypt",
            decrypt(
                handle,
                input.as_mut_ptr(),
                Ulong::of(length_of(data)),
                octets,
                length.pointer()
            )
        );
        library.check("SKF_Decrypt", code)?;
        output.take().map_err(garbage("SKF_Decrypt"))
    }
}

impl Drop for SessionKey<'_> {
    fn drop(&mut self) {
        let close = || -> Result<u64, Error> {
            let library = self.container.library();
            Ok(call_offered!(
                library,
                "SKF_CloseHandle",
                close_handle(self.handle.as_ptr())
            ))
        };
        let _ = close();
    }
}
