//! What an SM2 signature takes through the software device's PKCS#11 library, loaded as a
//! vendor's would be: in the library alone, as a key of a token, checked before it leaves;
//! by one thread, by two, and whether 64 get the same of a pool.
//!
//! `arithmetic` is the same signature in this process; what `library` takes more is the
//! interface's, what `token` takes more is the pool's.

use criterion::{Criterion, Throughput};
use cryptoki::{
    context::{CInitializeArgs, CInitializeFlags, Pkcs11},
    mechanism::{Mechanism, MechanismType, vendor_defined::VendorDefinedMechanism},
    object::{Attribute, ObjectClass, ObjectHandle},
    session::{Session, UserType},
    types::AuthPin,
};
use getrandom::SysRng;
use gm_crypto::sm2::{SecretKey, SigningKey, UserId};
use hsm::{
    Checked, KeyAlgorithm, KeyHandle, Password, Pin, PoolOptions, Token,
    pkcs11::{Pkcs11Module, Pkcs11Options, Pkcs11Token, TokenChoice},
};
use softdevice::{Device, NewApplication, Options};
use std::{
    env,
    path::{Path, PathBuf},
    process::Command,
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::{Duration, Instant},
};

const PIN: &str = "271828";
const STORE: &str = "SOFTDEVICE_STORE";
/// `SM2 with e given` of the numbers that the device has unless asked for others.
const SIGN: u64 = 0x8000_8000;

/// Whether this is the process with a device, which measures nothing else.
pub(crate) fn is_there() -> bool {
    env::var_os(STORE).is_some()
}

pub(crate) fn sign(c: &mut Criterion) {
    let Some(store) = env::var_os(STORE) else {
        return in_a_process_with_a_device();
    };
    let token = token(Path::new(&store));
    let key = token
        .generate(&"ca".parse().expect("a label"), KeyAlgorithm::Sm2)
        .expect("room for a key");
    let own = SecretKey::generate(&mut SysRng).expect("the system is random");
    let own = SigningKey::new(own, UserId::default());

    let mut group = c.benchmark_group("device");
    group.throughput(Throughput::Elements(1));
    group.bench_function("arithmetic", |b| {
        b.iter(|| {
            own.sign_digest_hedged(&mut SysRng, &[7; 32])
                .expect("the system is random")
        });
    });
    for threads in [1, 2] {
        let mut sessions: Vec<_> = (0..threads).map(|_| Alone::new()).collect();
        group.bench_function(format!("library-{threads}"), |b| {
            b.iter_custom(|signatures| at_once(sessions.iter_mut(), signatures, Alone::sign));
        });
    }
    for threads in [1, 2, 64] {
        group.bench_function(format!("token-{threads}"), |b| {
            b.iter_custom(|signatures| {
                at_once((0..threads).map(|_| &key), signatures, |key, count| {
                    for _ in 0..count {
                        key.sign(b"octets to sign").expect("no fault");
                    }
                })
            });
        });
    }
    let checked = Checked::new(&key);
    group.bench_function("token-checked-1", |b| {
        b.iter(|| checked.sign(b"octets to sign").expect("it fits"));
    });
    group.finish();
    println!("{}", fairness(&key));
}

/// The library reads its settings from the environment when it is loaded, and a process
/// may not change its own.
fn in_a_process_with_a_device() {
    let folder = tempfile::tempdir().expect("a folder for temporary files");
    let store = folder.path().join("device.db");
    let device = Device::create(&store, &Options::default()).expect("a new file");
    let pin = |digits: &str| softdevice::Pin::new(digits).expect("digits enough");
    let application = NewApplication::new("bench", pin("31415926")).with_user_pin(pin(PIN));
    device
        .create_application(&application)
        .expect("an empty device");
    let this = env::current_exe().expect("a bench has a path");
    let done = Command::new(this)
        .args(env::args_os().skip(1))
        .env(STORE, &store)
        .status();
    assert!(done.expect("it runs again").success());
}

fn library() -> PathBuf {
    let this = env::current_exe().expect("a bench has a path");
    this.with_file_name("libsoftdevice_pkcs11.so")
}

fn token(store: &Path) -> Pkcs11Token {
    assert!(store.exists(), "{STORE} names no device");
    let module = Pkcs11Module::load(library()).expect("built beside this bench");
    let pin = Pin::new(Password::new(PIN).expect("a short one"));
    let pool = PoolOptions::default().with_sessions(2);
    let options = Pkcs11Options::default().with_pool(pool);
    Pkcs11Token::open(&module, &TokenChoice::labelled("bench"), Some(pin), options)
        .expect("the device was just made")
}

/// A session of the library's, nothing of ours around it.
struct Alone {
    session: Session,
    key: ObjectHandle,
}

impl Alone {
    fn new() -> Self {
        let functions = Pkcs11::new(library()).expect("built beside this bench");
        // The token did it already, for the whole process.
        let _ = functions.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK));
        let slot = functions
            .get_slots_with_initialized_token()
            .expect("a device")[0];
        let session = functions.open_rw_session(slot).expect("sessions enough");
        let _ = session.login(UserType::User, Some(&AuthPin::new(PIN.into())));
        let template = [
            Attribute::Class(ObjectClass::PRIVATE_KEY),
            Attribute::Label("ca".into()),
        ];
        let key = session.find_objects(&template).expect("it was made")[0];
        Self { session, key }
    }

    fn sign(&mut self, count: u64) {
        let number = MechanismType::new_vendor_defined(SIGN).expect("a vendor's number");
        let mechanism = VendorDefinedMechanism::new::<()>(number, None);
        let mechanism = Mechanism::VendorDefined(mechanism);
        for _ in 0..count {
            let signature = self.session.sign(&mechanism, self.key, &[7; 32]);
            signature.expect("no fault");
        }
    }
}

/// The time in which threads, one for each of `with`, make so many signatures together.
fn at_once<T: Send>(
    with: impl ExactSizeIterator<Item = T>,
    signatures: u64,
    sign: impl Fn(T, u64) + Sync,
) -> Duration {
    let threads = u64::try_from(with.len()).expect("a few threads");
    let (each, sign) = (signatures.div_ceil(threads), &sign);
    let begin = Instant::now();
    thread::scope(|scope| {
        for one in with {
            scope.spawn(move || sign(one, each));
        }
    });
    begin.elapsed()
}

/// How many signatures the busiest and the laziest of 64 threads get in two seconds.
fn fairness(key: &impl KeyHandle) -> String {
    let over = AtomicBool::new(false);
    let counts: Vec<u32> = thread::scope(|scope| {
        let threads: Vec<_> = (0..64)
            .map(|_| {
                scope.spawn(|| {
                    let mut count = 0;
                    while !over.load(Ordering::Relaxed) {
                        key.sign(b"octets to sign").expect("no fault");
                        count += 1;
                    }
                    count
                })
            })
            .collect();
        thread::sleep(Duration::from_secs(2));
        over.store(true, Ordering::Relaxed);
        threads
            .into_iter()
            .map(|thread| thread.join().expect("no fault"))
            .collect()
    });
    let (most, least) = (counts.iter().max(), counts.iter().min());
    let (most, least) = (most.copied().unwrap_or(0), least.copied().unwrap_or(0));
    format!(
        "device/fairness: of 64 threads the busiest made {most} signatures, the laziest {least}: \
         a factor of {:.2}",
        f64::from(most) / f64::from(least.max(1))
    )
}
