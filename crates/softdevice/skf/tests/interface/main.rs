//! The shared library, loaded as a program loads a maker's.
#![allow(clippy::unwrap_used, reason = "these are tests")]

mod c_program;
mod containers;
mod devices;
mod faults;
mod files;
mod hostile;
mod pins;
mod session_keys;
mod sys;

use gm_crypto::sm2::{DerSignature, PublicKey, SecretKey};
use softdevice::{Device, KeyUse, NewApplication, Options, Pin, PrivateKey, Role};
use std::{ffi::CString, path::PathBuf, ptr};
use sys::*;
use tempfile::TempDir;

/// `SAR_OK` and what fails.
const BASE: u32 = 0x0A00_0000;
const FAIL: u32 = BASE + 0x01;
const NOT_SUPPORTED: u32 = BASE + 0x03;
const HANDLE: u32 = BASE + 0x05;
const PARAMETER: u32 = BASE + 0x06;
const NOT_INITIALIZED: u32 = BASE + 0x0C;
const OBJECT: u32 = BASE + 0x0D;
const TIMEOUT: u32 = BASE + 0x0F;
const INPUT_LENGTH: u32 = BASE + 0x10;
const INPUT: u32 = BASE + 0x11;
const HASH_NOT_EQUAL: u32 = BASE + 0x1A;
const NO_KEY: u32 = BASE + 0x1B;
const NO_CERTIFICATE: u32 = BASE + 0x1C;
const TOO_SMALL: u32 = BASE + 0x20;
const NO_EVENT: u32 = BASE + 0x22;
const REMOVED: u32 = BASE + 0x23;
const PIN_INCORRECT: u32 = BASE + 0x24;
const PIN_LOCKED: u32 = BASE + 0x25;
const PIN_LENGTH: u32 = BASE + 0x27;
const NOT_LOGGED_IN: u32 = BASE + 0x2D;

/// Algorithms (GM/T 0006).
const SM3: u32 = 1;
const SM2_1: u32 = 0x0002_0200;

/// `ADMIN_TYPE`, `USER_TYPE`
const ADMINISTRATOR: u32 = 0;
const USER: u32 = 1;

const ADMINISTRATOR_PIN: &str = "admin pin";
const USER_PIN: &str = "user pin";

fn c(text: &str) -> CString {
    CString::new(text).unwrap()
}

/// A device with the application "ca", and in it the container "one" with an encryption key.
struct Store {
    folder: TempDir,
    encryption: SecretKey,
}

impl Store {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let options = Options::default().with_iterations(1_000);
        let device = Device::create(&folder.path().join("device.db"), &options).unwrap();
        let wanted = NewApplication::new("ca", Pin::new(ADMINISTRATOR_PIN).unwrap())
            .with_user_pin(Pin::new(USER_PIN).unwrap());
        let application = device.create_application(&wanted).unwrap();
        let user = application
            .login(Role::User, &Pin::new(USER_PIN).unwrap())
            .unwrap();
        let container = application.create_container("one").unwrap();
        let encryption = SecretKey::from_bytes(&[0x31; 32]).unwrap();
        let key = PrivateKey::from_sm2(encryption.clone());
        user.import_pair(&container, KeyUse::Encryption, &key)
            .unwrap();
        Self { folder, encryption }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("device.db")
    }

    fn device_name(&self) -> String {
        let serial = Device::open(&self.path()).unwrap().info().unwrap().serial;
        format!("softdevice-{serial}")
    }

    fn connect(&self, settings: &[(&str, &str)]) -> Connection {
        let name = c(&self.device_name());
        let _environment = Environment::with(&self.path(), settings);
        let mut device = ptr::null_mut();
        assert_eq!(SKF_ConnectDev(name.as_ptr(), &raw mut device), 0);
        Connection { device }
    }
}

/// A connected device, disconnected at the end.
struct Connection {
    device: Handle,
}

impl Drop for Connection {
    fn drop(&mut self) {
        SKF_DisConnectDev(self.device);
    }
}

impl Connection {
    fn application(&self) -> Handle {
        let mut application = ptr::null_mut();
        let code = SKF_OpenApplication(self.device, c("ca").as_ptr(), &raw mut application);
        assert_eq!(code, 0);
        application
    }

    /// The application, with the user logged in.
    fn user(&self) -> Handle {
        let application = self.application();
        assert_eq!(verify_pin(application, USER, USER_PIN).0, 0);
        application
    }

    /// The container "one" of the user.
    fn container(&self) -> Handle {
        let mut container = ptr::null_mut();
        let code = SKF_OpenContainer(self.user(), c("one").as_ptr(), &raw mut container);
        assert_eq!(code, 0);
        container
    }
}

/// The code, and the tries that are left.
fn verify_pin(application: Handle, pin_type: u32, pin: &str) -> (u32, u32) {
    let mut retries = 99;
    let code = SKF_VerifyPIN(application, pin_type, c(pin).as_ptr(), &raw mut retries);
    (code, retries)
}

/// `ECCPUBLICKEYBLOB`: bits, x in 64 octets, y in 64 octets.
fn public_key(octets: &[u8]) -> PublicKey {
    assert_eq!(octets[..4], 256u32.to_ne_bytes());
    assert_eq!([&octets[4..36], &octets[68..100]], [[0; 32]; 2]);
    let point = [&[4], &octets[36..68], &octets[100..]].concat();
    PublicKey::from_uncompressed(&point).unwrap()
}

fn public_key_blob(key: &PublicKey) -> [u8; 132] {
    let mut octets = [0; 132];
    let point = key.to_uncompressed();
    octets[..4].copy_from_slice(&256u32.to_ne_bytes());
    octets[36..68].copy_from_slice(&point[1..33]);
    octets[100..].copy_from_slice(&point[33..]);
    octets
}

/// `ECCSIGNATUREBLOB`: r in 64 octets, s in 64 octets.
fn signature(octets: &[u8; 128]) -> Option<DerSignature> {
    let mut raw = [0; 64];
    raw[..32].copy_from_slice(&octets[32..64]);
    raw[32..].copy_from_slice(&octets[96..]);
    DerSignature::try_from(&raw).ok()
}

fn sign(container: Handle, digest: &[u8; 32]) -> Result<[u8; 128], u32> {
    let mut octets = [0; 128];
    match SKF_ECCSignData(container, digest.as_ptr(), 32, octets.as_mut_ptr()) {
        0 => Ok(octets),
        code => Err(code),
    }
}
