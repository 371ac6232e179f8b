//! The software device in the hands of programs that know nothing of this workspace: each
//! makes or uses an EC key through the PKCS#11 library, and OpenSSL judges.

use gm_pki_tests::{
    command::{libraries, skip},
    openssl::{Desk, OpenSsl, Said},
};
use softdevice::{Device, NewApplication, Options, Pin};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

const PIN: &str = "271828";
const SUBJECT: &str = "/C=CN/CN=Keys in a device";

fn library() -> PathBuf {
    libraries().join("libsoftdevice_pkcs11.so")
}

/// A desk with a device on it, whose one application is called `test`.
struct Bench {
    desk: Desk,
    store: PathBuf,
}

impl Bench {
    fn set_up() -> Option<Self> {
        let desk = Desk::find()?;
        let store = desk.path("device.db");
        let options = Options::default().with_iterations(1_000);
        let device = Device::create(&store, &options).expect("a new file");
        let pin = |digits: &str| Pin::new(digits).expect("digits enough");
        let application = NewApplication::new("test", pin("31415926")).with_user_pin(pin(PIN));
        device
            .create_application(&application)
            .expect("an empty device");
        Some(Self { desk, store })
    }

    /// Runs another program with the device in its environment. `words` are separated by
    /// blanks; what stands in braces is the path of a file on the desk.
    fn run(&self, program: &str, words: &str, more: &[&str]) -> Said {
        let words = words.split_whitespace().map(|word| {
            let name = word
                .strip_prefix('{')
                .and_then(|word| word.strip_suffix('}'));
            name.map_or(word.into(), |name| self.desk.path(name).into_os_string())
        });
        Said::of(
            Command::new(program)
                .args(words)
                .args(more)
                .env("SOFTDEVICE_STORE", &self.store)
                .env("PKCS11_MODULE_PATH", library()),
        )
    }

    fn pkcs11_tool(&self, words: &str) -> Said {
        let module = library().display().to_string();
        self.run(
            "pkcs11-tool",
            &format!("--token-label test {words}"),
            &["--module", &module],
        )
    }

    /// An EC key `ec`, made by OpenSC.
    fn make_key(&self) {
        let login = format!("--login --pin {PIN}");
        let made = format!("{login} --keypairgen --key-type EC:prime256v1 --label ec --id 01");
        let made = self.pkcs11_tool(&made);
        assert!(
            made.agrees("sensitive, always sensitive, never extractable"),
            "{}",
            made.text
        );
        self.pkcs11_tool("--read-object --type pubkey --label ec --output-file {ec.der}")
            .good();
        self.desk
            .ask(
                "pkey -pubin -inform DER -in {} -out {}",
                &[&self.desk.path("ec.der"), &self.desk.path("ec.pem")],
            )
            .good();
    }
}

fn is_here(program: &str) -> bool {
    let here = Command::new(program).arg("--help").output().is_ok();
    if !here {
        skip(&format!("no {program}"));
    }
    here
}

#[test]
fn opensc_lists_logs_in_generates_and_signs() {
    let Some(bench) = Bench::set_up() else { return };
    if !is_here("pkcs11-tool") {
        return;
    }
    let slots = bench.pkcs11_tool("--list-slots");
    for shown in [
        "token label        : test",
        "software, not an HSM",
        "login required",
    ] {
        assert!(slots.agrees(shown), "{}", slots.text);
    }
    bench
        .pkcs11_tool("--login --pin 999999 --list-objects")
        .refused("CKR_PIN_INCORRECT");
    assert!(
        bench
            .pkcs11_tool("--list-slots")
            .agrees("user PIN count low")
    );

    bench.make_key();
    let objects = bench.pkcs11_tool(&format!("--login --pin {PIN} --list-objects"));
    for shown in [
        "Private Key Object; EC",
        "Public Key Object; EC",
        "label:      ec",
    ] {
        assert!(objects.agrees(shown), "{}", objects.text);
    }
    assert!(
        !bench
            .pkcs11_tool("--list-objects")
            .text
            .contains("Private Key")
    );

    let message = bench.desk.write("message", "to be signed in the device");
    let [signature, key] = ["signature", "ec.pem"].map(|name| bench.desk.path(name));
    bench
        .pkcs11_tool(&format!(
            "--login --pin {PIN} --sign --mechanism ECDSA-SHA256 --signature-format openssl \
             --label ec --input-file {{message}} --output-file {{signature}}"
        ))
        .good();
    let verify = |signature: &Path| {
        let paths = [key.as_path(), signature, &message];
        bench
            .desk
            .ask("dgst -sha256 -verify {} -signature {} {}", &paths)
    };
    assert!(verify(&signature).agrees("Verified OK"));
    let octets = fs::read(&signature).expect("it was written");
    for changed in bench.desk.changed(&octets, &octets[5..9]) {
        assert!(!verify(&changed).agrees("Verified OK"));
    }
}

#[test]
fn openssl_makes_a_request_with_its_engine() {
    let Some(bench) = Bench::set_up() else { return };
    let engine =
        OpenSsl::find().is_some_and(|openssl| openssl.ask(["engine", "pkcs11"]).exit == Some(0));
    if !engine {
        skip("no engine pkcs11 of OpenSSL (libengine-pkcs11-openssl)");
        return;
    }
    bench.make_key();
    let key = |pin| format!("pkcs11:token=test;object=ec;type=private;pin-value={pin}");
    let request = |pin| {
        bench.run(
            "openssl",
            "req -engine pkcs11 -keyform engine -new -out {request.pem}",
            &["-subj", SUBJECT, "-key", &key(pin)],
        )
    };
    assert_ne!(request("999999").exit, Some(0));
    request(PIN).good();
    let request = bench.desk.path("request.pem");
    let judged = bench
        .desk
        .ask("req -verify -noout -pubkey -in {}", &[&request]);
    assert!(judged.agrees("verify OK"), "{}", judged.text);
    let key = fs::read_to_string(bench.desk.path("ec.pem")).expect("it was written");
    assert!(judged.text.contains(key.trim()), "{}", judged.text);
}

#[test]
fn java_keeps_a_key_and_its_certificate_there() {
    let Some(bench) = Bench::set_up() else { return };
    if !is_here("keytool") {
        return;
    }
    let configuration = format!(
        "name = softdevice\nlibrary = {}\nslotListIndex = 0\n",
        library().display()
    );
    bench.desk.write("java.cfg", configuration);
    let keytool = |words: &str, more: &[&str]| {
        let words = format!(
            "{words} -providerClass sun.security.pkcs11.SunPKCS11 -providerArg {{java.cfg}} \
             -storetype PKCS11 -storepass {PIN}"
        );
        bench.run("keytool", &words, more)
    };
    keytool(
        "-genkeypair -alias java -keyalg EC -groupname secp256r1 -sigalg SHA256withECDSA",
        &["-dname", "CN=Keys in a device,C=CN"],
    )
    .good();
    let listed = keytool("-list", &[]);
    assert!(listed.agrees("java, PrivateKeyEntry"), "{}", listed.text);
    keytool("-exportcert -rfc -alias java -file {java.pem}", &[]).good();
    keytool("-certreq -alias java -file {java.csr}", &[]).good();

    // The certificate is its own issuer's, and the request is of the same key.
    let [certificate, request] = ["java.pem", "java.csr"].map(|name| bench.desk.path(name));
    let judged = bench
        .desk
        .ask("verify -CAfile {} {}", &[&certificate, &certificate]);
    assert!(judged.agrees("OK"), "{}", judged.text);
    let judged = bench.desk.ask("req -verify -noout -in {}", &[&request]);
    assert!(judged.agrees("verify OK"), "{}", judged.text);
    let keys: Vec<String> = [("x509", &certificate), ("req", &request)]
        .into_iter()
        .map(|(kind, path)| {
            let key = bench
                .desk
                .ask(&format!("{kind} -noout -pubkey -in {{}}"), &[path]);
            key.good().to_owned()
        })
        .collect();
    assert_eq!(keys[0], keys[1]);
}
