//! The shared library, loaded as a program loads a maker's.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "what helps a test fails it when something is missing"
)]

mod ecdsa;
mod faults;
mod hostile {
    mod sys;
}
mod login;
mod objects;
mod processes;
mod sm2;
mod symmetric;
mod sys;

use cryptoki::{
    context::Pkcs11,
    error::{Error, RvError},
    mechanism::{Mechanism, MechanismType, vendor_defined::VendorDefinedMechanism},
    object::{Attribute, AttributeType, KeyType, ObjectHandle},
    session::{Session, UserType},
    slot::Slot,
    types::AuthPin,
};
use softdevice::{Application, Device, NewApplication, Pin};
use std::sync::atomic::{AtomicU32, Ordering};

const SO: &str = "12345678";
const USER: &str = "123456";

/// DER of `prime256v1` and `secp384r1`.
const P256: &[u8] = &[6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7];
const P384: &[u8] = &[6, 5, 0x2b, 0x81, 4, 0, 0x22];

/// A token of the test's own, in the store that all tests of a process share.
struct Token {
    module: &'static Pkcs11,
    slot: Slot,
    application: Application,
}

impl Token {
    fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let module = sys::module();
        let device = Device::open(sys::store()).unwrap();
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let wanted = NewApplication::new(format!("test-{number}"), Pin::new(SO).unwrap())
            .with_user_pin(Pin::new(USER).unwrap())
            .with_tries(3, 3);
        let application = device.create_application(&wanted).unwrap();
        Self {
            module,
            slot: Slot::try_from(application.id().get()).unwrap(),
            application,
        }
    }

    fn session(&self) -> Session {
        self.module.open_rw_session(self.slot).unwrap()
    }

    fn user_session(&self) -> Session {
        let session = self.session();
        session.login(UserType::User, Some(&auth(USER))).unwrap();
        session
    }
}

fn auth(pin: &str) -> AuthPin {
    AuthPin::new(pin.into())
}

/// The code with which a function failed.
fn code<T>(result: Result<T, Error>) -> RvError {
    match result {
        Err(Error::Pkcs11(code, _)) => code,
        Err(error) => panic!("another error: {error}"),
        Ok(_) => panic!("no error"),
    }
}

fn vendor(number: u64) -> Mechanism<'static> {
    let number = MechanismType::new_vendor_defined(number).unwrap();
    Mechanism::VendorDefined(VendorDefinedMechanism::new::<()>(number, None))
}

/// A mechanism with 16 octets, or the like, as its parameter.
fn vendor_with<T>(number: u64, parameter: &T) -> Mechanism<'_> {
    let number = MechanismType::new_vendor_defined(number).unwrap();
    Mechanism::VendorDefined(VendorDefinedMechanism::new(number, Some(parameter)))
}

fn ec_pair(session: &Session, curve: &[u8], token: bool) -> (ObjectHandle, ObjectHandle) {
    let public = [
        Attribute::Token(token),
        Attribute::EcParams(curve.to_vec()),
        Attribute::Label(b"ec".to_vec()),
    ];
    let private = [Attribute::Token(token), Attribute::Label(b"ec".to_vec())];
    session
        .generate_key_pair(&Mechanism::EccKeyPairGen, &public, &private)
        .unwrap()
}

/// The point `04 ‖ x ‖ y` of a key.
fn point(session: &Session, key: ObjectHandle) -> Vec<u8> {
    let attributes = session.get_attributes(key, &[AttributeType::EcPoint]);
    match &attributes.unwrap()[..] {
        [Attribute::EcPoint(wrapped)] => {
            assert_eq!(wrapped[..2], [4, u8::try_from(wrapped.len() - 2).unwrap()]);
            wrapped[2..].to_vec()
        }
        other => panic!("{other:?}"),
    }
}

fn sm2_key_type() -> KeyType {
    KeyType::new_vendor_defined(0x8000_0004).unwrap()
}
