//! The program `gmpki`, built once and run as a user runs it.

use cert_profile::{CertRequest, Issuer, Profile};
use getrandom::SysRng;
use gm_crypto::{
    pki::{PRIVATE_KEY_LABELS, decode_pem, decode_private_key, encode_pem},
    sm2::{SecretKey, SigningKey, UserId},
};
use hsm::{KeyHandle, SoftKey};
use serde_json::Value;
use std::{
    collections::BTreeMap,
    env,
    ffi::{OsStr, OsString},
    fs::{self, File},
    io::{Read, Write},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        OnceLock,
        atomic::{AtomicU32, Ordering},
    },
    thread,
    time::{Duration, Instant},
};
use tempfile::TempDir;
use x509_cert::serial_number::SerialNumber;

/// No call takes longer; one that does hangs.
const DEADLINE: Duration = Duration::from_secs(120);

/// Says that something is skipped for want of a part of this machine.
///
/// # Panics
/// When `GM_PKI_REQUIRE_PARTS` is set: then nothing may be skipped.
pub fn skip(reason: &str) {
    assert!(
        env::var_os("GM_PKI_REQUIRE_PARTS").is_none(),
        "{reason}, and GM_PKI_REQUIRE_PARTS is set"
    );
    println!("skipped: {reason}");
}

/// An empty folder that goes when it is dropped.
pub fn folder() -> TempDir {
    tempfile::tempdir_in(&workshop().folder).expect("the target folder can be written")
}

/// The program, of the profile that this test was built in.
pub fn program() -> &'static Path {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| {
        let workshop = workshop();
        let program = workshop.folder.join("gmpki");
        let built = build(&workshop.outputs);
        // A link of our own: a build that goes on beside us replaces the other.
        fs::hard_link(&built, &program)
            .or_else(|_| fs::copy(&built, &program).map(|_| ()))
            .expect("the program was built");
        program
    })
}

/// The folder of a demonstration that ran to its end. Only for looking at.
pub fn finished_demo() -> &'static Path {
    static DEMO: OnceLock<PathBuf> = OnceLock::new();
    DEMO.get_or_init(|| {
        let folder = workshop().folder.join("finished-demo");
        gmpki("demo").option("--dir", &folder).answer().good();
        folder
    })
}

/// A copy of [`finished_demo`], to do anything with.
pub fn demo_of_my_own() -> TempDir {
    let copy = folder();
    for (name, octets) in contents(finished_demo()) {
        let path = copy.path().join(name);
        let parent = path.parent().expect("a file lies in a folder");
        fs::create_dir_all(parent).expect("the target folder can be written");
        fs::write(&path, octets).expect("the target folder can be written");
    }
    copy
}

/// Every file below a folder with its octets; empty when there is no folder.
pub fn contents(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        let Ok(entries) = fs::read_dir(&next) else {
            continue;
        };
        for entry in entries {
            let path = entry.expect("a folder of ours can be listed").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(folder).expect("it lies in the folder");
                let octets = fs::read(&path).expect("a file of ours can be read");
                found.insert(name.to_owned(), octets);
            }
        }
    }
    found
}

/// Holds the folder of this test program, so that two of it do not share one.
struct Workshop {
    folder: PathBuf,
    /// `target/PROFILE`.
    outputs: PathBuf,
    _lock: File,
}

fn workshop() -> &'static Workshop {
    static WORKSHOP: OnceLock<Workshop> = OnceLock::new();
    WORKSHOP.get_or_init(|| {
        // target/PROFILE/deps/NAME-HASH
        let test = env::current_exe().expect("a running program has a path");
        let outputs = test
            .ancestors()
            .nth(2)
            .expect("tests are built into target/PROFILE/deps");
        let name = |path: &Path| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            name.rsplit_once('-')
                .map_or(name.to_string(), |(name, _)| name.to_owned())
        };
        let target = outputs.parent().expect("a profile lies in target");
        let own = target
            .join("tmp")
            .join(format!("{}-{}", name(outputs), name(&test)));
        fs::create_dir_all(&own).expect("the target folder can be written");
        let lock = File::create(own.with_extension("lock")).expect("the same");
        lock.lock().expect("a file of ours can be locked");
        // What an earlier run left goes now.
        fs::remove_dir_all(&own).expect("the folder is ours");
        fs::create_dir(&own).expect("the target folder can be written");
        Workshop {
            folder: own,
            outputs: outputs.to_owned(),
            _lock: lock,
        }
    })
}

/// The folder of the software device's three libraries, built like the program.
pub fn libraries() -> &'static Path {
    static BUILT: OnceLock<()> = OnceLock::new();
    let outputs = &workshop().outputs;
    let names = ["softdevice-pkcs11", "softdevice-sdf", "softdevice-skf"];
    BUILT.get_or_init(|| cargo_build(outputs, &names, &["--lib"]));
    outputs
}

/// An example of a package, built like the program.
pub fn example(package: &str, name: &str) -> PathBuf {
    let outputs = &workshop().outputs;
    cargo_build(outputs, &[package], &["--example", name]);
    outputs
        .join("examples")
        .join(format!("{name}{}", env::consts::EXE_SUFFIX))
}

fn build(outputs: &Path) -> PathBuf {
    cargo_build(outputs, &["gmpki"], &["--bin", "gmpki"]);
    outputs.join(format!("gmpki{}", env::consts::EXE_SUFFIX))
}

/// The choice of packages and features by which tests/all builds everything.
const BUILT_AS: &str = "GM_PKI_BUILT_AS";

/// What has examples among it has the features of tests: nothing is built a
/// second time.
const AS_TESTS: &str = "--lib --bin gmpki --examples";

fn cargo_build(outputs: &Path, packages: &[&str], targets: &[&str]) {
    let target = outputs.parent().expect("a profile lies in target");
    let profile = outputs.file_name().unwrap_or_default();
    // `cargo test` builds by the profile `test`, into the folder of `dev`.
    let profile = if profile == "debug" {
        OsStr::new("test")
    } else {
        profile
    };
    let mut command = Command::new(env!("CARGO"));
    command.args(["build", "--quiet"]);
    match env::var(BUILT_AS) {
        Ok(chosen) => command
            .args(chosen.split_whitespace())
            .args(AS_TESTS.split_whitespace()),
        Err(_) => command
            .args(packages.iter().flat_map(|name| ["--package", name]))
            .args(targets),
    };
    let done = command
        .arg("--profile")
        .arg(profile)
        .arg("--target-dir")
        .arg(target)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .status()
        .expect("cargo runs");
    assert!(done.success(), "{packages:?} do not build");
}

/// A call of `gmpki`; `words` are separated by blanks.
pub fn gmpki(words: &str) -> Call {
    let mut command = Command::new(program());
    command.args(words.split_whitespace());
    Call::new(command)
}

/// A program with its arguments, not yet running.
#[derive(Debug)]
pub struct Call {
    command: Command,
    input: Vec<u8>,
}

impl Call {
    /// Of any program.
    pub fn new(command: Command) -> Self {
        Self {
            command,
            input: Vec::new(),
        }
    }

    /// One more argument.
    #[must_use]
    pub fn arg(mut self, argument: impl AsRef<OsStr>) -> Self {
        self.command.arg(argument);
        self
    }

    /// An option and its value.
    #[must_use]
    pub fn option(self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.arg(name).arg(value)
    }

    /// What it finds at its standard input.
    #[must_use]
    pub fn input(mut self, octets: impl Into<Vec<u8>>) -> Self {
        self.input = octets.into();
        self
    }

    /// More arguments, separated by blanks.
    #[must_use]
    pub fn words(self, words: &str) -> Self {
        words.split_whitespace().fold(self, Self::arg)
    }

    /// With a variable of its environment.
    #[must_use]
    pub fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// Runs in this folder.
    #[must_use]
    pub fn within(mut self, folder: &Path) -> Self {
        self.command.current_dir(folder);
        self
    }

    /// No other program can be found by it.
    #[must_use]
    pub fn alone(mut self) -> Self {
        self.command.env("PATH", "");
        self
    }

    /// Starts it, its output in the pipes of the child.
    pub fn start(mut self) -> Child {
        self.command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| unreachable!("{:?}: {error}", self.command.get_program()))
    }

    /// Runs it to its end.
    ///
    /// # Panics
    /// When it does not end in two minutes.
    pub fn answer(mut self) -> Answer {
        let input = std::mem::take(&mut self.input);
        let shown: Vec<OsString> = self.command.get_args().map(OsStr::to_owned).collect();
        let started = Instant::now();
        let mut child = self.start();
        let mut stdin = child.stdin.take().expect("it is piped");
        // It may end without reading everything.
        let feed = thread::spawn(move || stdin.write_all(&input));
        let out = reader(child.stdout.take().expect("it is piped"));
        let err = reader(child.stderr.take().expect("it is piped"));
        let status = loop {
            if let Some(status) = child.try_wait().expect("it is our child") {
                break status;
            }
            if started.elapsed() > DEADLINE {
                let _ = child.kill();
                let _ = child.wait();
                assert!(started.elapsed() <= DEADLINE, "{shown:?} hangs");
            }
            thread::sleep(Duration::from_millis(2));
        };
        let took = started.elapsed();
        let _ = feed.join();
        Answer {
            call: format!("{shown:?}"),
            code: status.code(),
            out: out.join().expect("it only reads"),
            err: String::from_utf8(err.join().expect("it only reads")).expect("messages are UTF-8"),
            took,
        }
    }
}

fn reader(mut pipe: impl Read + Send + 'static) -> thread::JoinHandle<Vec<u8>> {
    thread::spawn(move || {
        let mut octets = Vec::new();
        pipe.read_to_end(&mut octets).expect("a pipe can be read");
        octets
    })
}

/// Asks each command for its help, which has to end with an example of it.
///
/// # Panics
/// When one has none, or takes a secret as an argument: whoever lists the processes sees
/// arguments, so that secrets come from files alone.
pub fn each_has_an_example_in_its_help(commands: &[&str]) {
    for command in commands {
        let answer = gmpki(command).arg("--help").answer().good();
        let text = answer.text();
        let example = text
            .find("Example")
            .unwrap_or_else(|| unreachable!("{answer}"));
        let call = format!("  gmpki {command} ");
        assert!(text[example..].contains(&call), "{answer}");
        for option in text[..example].lines().map(str::trim_start) {
            let name = option.split([' ', '=']).next().unwrap_or_default();
            if name.starts_with("--key") || name.starts_with("--") && name.contains("password") {
                // A key has a name where it stays in its device.
                let names = option.contains("<FILE>") || option.contains("--key <KEY>");
                assert!(names, "{answer}");
            }
        }
    }
}

/// What a call left behind.
#[derive(Debug)]
#[non_exhaustive]
pub struct Answer {
    /// The arguments.
    pub call: String,
    /// The exit code; none when a signal ended it.
    pub code: Option<i32>,
    /// Standard output.
    pub out: Vec<u8>,
    /// Standard error.
    pub err: String,
    /// How long it took.
    pub took: Duration,
}

impl Answer {
    /// Done or valid: exit code 0, and nothing on standard error.
    ///
    /// # Panics
    /// When it is not so.
    pub fn good(self) -> Self {
        assert_eq!(self.code, Some(0), "{self}");
        assert_eq!(self.err, "", "{self}");
        self
    }

    /// Refused or invalid: exit code 1, and one line on standard error with
    /// `reason` in it. Nothing on standard output, unless it is the object.
    ///
    /// # Panics
    /// When it is not so.
    pub fn refused(self, reason: &str) -> Self {
        assert_eq!(self.code, Some(1), "{self}");
        self.one_message(reason)
    }

    /// Used wrongly: exit code 2 and the same.
    ///
    /// # Panics
    /// When it is not so.
    pub fn misused(self, reason: &str) -> Self {
        assert_eq!(self.code, Some(2), "{self}");
        self.one_message(reason)
    }

    fn one_message(self, reason: &str) -> Self {
        assert!(self.err.starts_with("gmpki: "), "{self}");
        assert_eq!(self.err.trim_end().lines().count(), 1, "{self}");
        assert!(self.err.contains(reason), "{reason:?} is missing: {self}");
        if !self.call.contains("--json") {
            assert_eq!(self.text(), "", "{self}");
        }
        self
    }

    /// Standard output as text.
    ///
    /// # Panics
    /// When it is none.
    pub fn text(&self) -> &str {
        str::from_utf8(&self.out).expect("output is UTF-8")
    }

    /// Standard output as the one JSON object that it is.
    ///
    /// # Panics
    /// When it is none.
    pub fn json(&self) -> Value {
        let value: Value = serde_json::from_slice(&self.out)
            .unwrap_or_else(|error| unreachable!("no JSON: {error}: {self}"));
        assert!(value.is_object(), "{self}");
        value
    }
}

impl std::fmt::Display for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{} ended with {:?}\n--- standard output\n{}\n--- standard error\n{}",
            self.call,
            self.code,
            String::from_utf8_lossy(&self.out),
            self.err
        )
    }
}

/// A folder to work in with the program, gone when it is dropped.
#[derive(Debug)]
pub struct Bench(TempDir);

impl Default for Bench {
    fn default() -> Self {
        Self::new()
    }
}

impl Bench {
    /// An empty one.
    pub fn new() -> Self {
        Self(folder())
    }

    /// A path in it.
    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// A file in it.
    ///
    /// # Panics
    /// When it can't be written.
    pub fn write(&self, name: &str, octets: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, octets).expect("a file");
        path
    }

    /// A new private key, not encrypted.
    pub fn key(&self, name: &str) -> PathBuf {
        let path = self.path(name);
        gmpki("sm2 keygen --plain")
            .option("--out", &path)
            .answer()
            .good();
        path
    }

    /// The public half of a private key.
    pub fn public(&self, name: &str, key: &Path) -> PathBuf {
        let path = self.path(name);
        gmpki("sm2 public")
            .option("--key", key)
            .option("--out", &path)
            .answer()
            .good();
        path
    }

    /// A request of 李雷 with a key.
    pub fn csr(&self, name: &str, key: &Path) -> PathBuf {
        let path = self.path(name);
        gmpki("csr new")
            .option("--key", key)
            .option("--subject", "CN=李雷,O=试验,C=CN")
            .option("--out", &path)
            .answer()
            .good();
        path
    }

    /// A new key and certificates of it under a name, good for decades.
    pub fn owner(&self, name: &str) -> Owner {
        let key = self.key(&format!("{name}.key.pem"));
        let pem = |half, usages| {
            let path = self.path(&format!("{name}{half}.pem"));
            self.certificate(&key, name, usages, ("2020-01-01T00:00:00Z", 40), path)
        };
        Owner {
            certificate: pem("", SIGNING),
            encryption: pem(".encryption", ENCRYPTION),
            key,
        }
    }

    /// A certificate of a key from a CA of these tests: the common name of its subject, its
    /// key usages as policy writes them, the beginning, the years, and the file.
    ///
    /// # Panics
    /// When policy does not allow it.
    pub fn certificate(
        &self,
        key: &Path,
        name: &str,
        usages: &str,
        (start, years): (&str, u8),
        path: PathBuf,
    ) -> PathBuf {
        let ca = ca();
        let octets = fs::read(key).expect("a file");
        let der = decode_pem(&octets, PRIVATE_KEY_LABELS).expect("PEM");
        let key = handle(decode_private_key(&der).expect("a key"));
        let issuer = Issuer::from_certificate(&ca.certificate).expect("a CA's certificate");
        let der = certify(
            &ca.key,
            Some(&issuer),
            &key,
            name,
            ("end-entity", usages),
            (start, years),
        );
        fs::write(&path, encode_pem("CERTIFICATE", &der)).expect("a file");
        path
    }
}

/// Key usages of the signing half of a pair (GM/T 0015-2012, annex C).
pub const SIGNING: &str = "'digitalSignature', 'nonRepudiation'";
/// Those of the encryption half.
pub const ENCRYPTION: &str = "'keyEncipherment', 'dataEncipherment', 'keyAgreement'";

/// Who certifies in these tests.
struct Ca {
    key: SoftKey,
    certificate: Vec<u8>,
}

fn ca() -> &'static Ca {
    static CA: OnceLock<Ca> = OnceLock::new();
    CA.get_or_init(|| {
        let secret = SecretKey::generate(&mut SysRng).expect("the system has randomness");
        let key = handle(secret);
        let terms = ("root", "'keyCertSign', 'cRLSign'");
        let certificate = certify(&key, None, &key, "CA", terms, ("2000-01-01T00:00:00Z", 80));
        Ca { key, certificate }
    })
}

fn handle(secret: SecretKey) -> SoftKey {
    SoftKey::new(SigningKey::new(secret, UserId::default()))
}

/// A certificate for `key`, by `signer`; by itself where there is no issuer.
fn certify(
    signer: &SoftKey,
    issuer: Option<&Issuer>,
    key: &SoftKey,
    name: &str,
    (kind, usages): (&str, &str),
    (start, years): (&str, u8),
) -> Vec<u8> {
    static SERIAL: AtomicU32 = AtomicU32::new(1);
    let profile = format!(
        "name = 'test'\nkind = '{kind}'\nkey_usage = [{usages}]\n\
         [validity]\nyears = {years}\n\
         [subject]\nrequired = ['commonName', 'organizationName', 'countryName']\n"
    );
    let profile = Profile::from_toml(&profile).expect("policy allows it");
    let request = CertRequest::new(
        format!("CN={name},O=试验,C=CN").parse().expect("a name"),
        key.public_key().decode_msg().expect("a key"),
    );
    let itself = Issuer::self_signed(&request, signer.algorithm());
    let serial = SERIAL.fetch_add(1, Ordering::Relaxed);
    let serial = SerialNumber::new(&serial.to_be_bytes()).expect("four octets");
    let start = start.parse().expect("a time");
    let prepared = profile
        .prepare(issuer.unwrap_or(&itself), &request, &serial, start)
        .expect("the profile suits");
    let signature = signer.sign(prepared.tbs()).expect("a signature");
    prepared.attach(&signature).expect("a certificate")
}

/// Files of somebody with a key.
#[derive(Debug)]
#[non_exhaustive]
pub struct Owner {
    /// The private key, not encrypted.
    pub key: PathBuf,
    /// A certificate of it, for signatures.
    pub certificate: PathBuf,
    /// Another of the same key, for encryption.
    pub encryption: PathBuf,
}
