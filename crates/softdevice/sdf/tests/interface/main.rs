//! The shared library, loaded as a program loads a maker's.
#![allow(clippy::unwrap_used, reason = "these are tests")]

mod c_program;
mod faults;
mod hostile;
mod keys;
mod processes;
mod signatures;
mod symmetric;
mod sys;

use gm_crypto::sm2::{PublicKey, SecretKey};
use softdevice::{Device, KeyKind, KeyUse, NewApplication, Options, Pin, PrivateKey, Role};
use std::path::PathBuf;
use sys::*;
use tempfile::TempDir;

/// `SDR_BASE`
const BASE: i32 = 0x0100_0000;
const NOT_SUPPORTED: i32 = BASE + 0x02;
const NO_RIGHT: i32 = BASE + 0x07;
const NO_KEY: i32 = BASE + 0x08;
const STEP: i32 = BASE + 0x10;
const RIGHT_REFUSED: i32 = BASE + 0x18;
const NO_BUFFER: i32 = BASE + 0x1C;
const INPUT: i32 = BASE + 0x1D;
const OUTPUT: i32 = BASE + 0x1E;

/// Algorithms (GM/T 0006).
const SM3: u32 = 1;
const SM2_1: u32 = 0x0002_0200;
const SM2_3: u32 = 0x0002_0800;

const USER_PIN: &str = "user pin";

/// A device with one application, and in it container 1 with both keys and container 2 with
/// a signing key.
struct Store {
    folder: TempDir,
    encryption: SecretKey,
}

impl Store {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let options = Options::default().with_iterations(1_000);
        let device = Device::create(&folder.path().join("device.db"), &options).unwrap();
        let wanted = NewApplication::new("ca", Pin::new("admin pin").unwrap())
            .with_user_pin(Pin::new(USER_PIN).unwrap());
        let application = device.create_application(&wanted).unwrap();
        let user = application
            .login(Role::User, &Pin::new(USER_PIN).unwrap())
            .unwrap();
        let encryption = SecretKey::from_bytes(&[0x31; 32]).unwrap();
        for name in ["one", "two"] {
            let container = application.create_container(name).unwrap();
            user.generate_pair(&container, KeyUse::Signing, KeyKind::Sm2)
                .unwrap();
            if name == "one" {
                let key = PrivateKey::from_sm2(encryption.clone());
                user.import_pair(&container, KeyUse::Encryption, &key)
                    .unwrap();
            }
        }
        Self { folder, encryption }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("device.db")
    }

    fn device(&self) -> Device {
        Device::open(&self.path()).unwrap()
    }

    fn open(&self, settings: &[(&str, &str)]) -> Session {
        let device = open_device(&self.path(), settings).unwrap();
        let mut session = std::ptr::null_mut();
        assert_eq!(SDF_OpenSession(device, &mut session), 0);
        Session {
            device,
            handle: session,
        }
    }
}

/// A session, closed with its device at the end.
struct Session {
    device: Handle,
    handle: Handle,
}

impl Drop for Session {
    fn drop(&mut self) {
        // A test may have closed them, or pulled the device out.
        SDF_CloseSession(self.handle);
        SDF_CloseDevice(self.device);
    }
}

impl Session {
    fn take_right(&self, index: u32, password: &str) -> i32 {
        #[expect(clippy::cast_possible_truncation, reason = "a short password")]
        let length = password.len() as u32;
        SDF_GetPrivateKeyAccessRight(self.handle, index, password.as_ptr(), length)
    }

    fn signing_key(&self, index: u32) -> PublicKey {
        let mut octets = [0; 132];
        let code = SDF_ExportSignPublicKey_ECC(self.handle, index, octets.as_mut_ptr());
        assert_eq!(code, 0);
        public_key(&octets)
    }

    fn sign(&self, index: u32, digest: &[u8; 32]) -> Result<[u8; 64], i32> {
        let mut octets = [0; 128];
        match SDF_InternalSign_ECC(self.handle, index, digest.as_ptr(), 32, octets.as_mut_ptr()) {
            0 => Ok(raw_signature(&octets)),
            code => Err(code),
        }
    }
}

/// `ECCrefPublicKey`: bits, x in 64 octets, y in 64 octets.
fn public_key(octets: &[u8; 132]) -> PublicKey {
    assert_eq!(octets[..4], 256u32.to_ne_bytes());
    assert_eq!([&octets[4..36], &octets[68..100]], [[0; 32]; 2]);
    let point = [&[4], &octets[36..68], &octets[100..]].concat();
    PublicKey::from_uncompressed(&point).unwrap()
}

fn public_key_structure(key: &PublicKey) -> [u8; 132] {
    let mut octets = [0; 132];
    let point = key.to_uncompressed();
    octets[..4].copy_from_slice(&256u32.to_ne_bytes());
    octets[36..68].copy_from_slice(&point[1..33]);
    octets[100..].copy_from_slice(&point[33..]);
    octets
}

/// `ECCSignature`: r in 64 octets, s in 64 octets.
fn raw_signature(octets: &[u8; 128]) -> [u8; 64] {
    let mut raw = [0; 64];
    raw[..32].copy_from_slice(&octets[32..64]);
    raw[32..].copy_from_slice(&octets[96..]);
    raw
}
