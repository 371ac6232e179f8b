//! Keys that stay in their devices, by commands alone: the software device behind its three
//! interfaces, loaded as a vendor's library would be; key ceremonies.

mod backup;
mod ceremony;
mod device;
mod document;
mod dual;
mod named;

use gm_pki_tests::command::{
    Answer, Bench, Call, each_has_an_example_in_its_help, gmpki, libraries,
};
use std::path::{Path, PathBuf};

#[test]
fn every_command_has_an_example_in_its_help() {
    each_has_an_example_in_its_help(&[
        "ceremony",
        "ceremony restore",
        "device init",
        "device info",
        "device list",
        "device keygen",
        "device number",
        "device pin change",
        "device pin unblock",
        "device delete",
        "device where",
        "device show",
        "device self-test",
        "device check",
        "device generate",
        "device import",
        "device write-cert",
        "device read-cert",
    ]);
}

const USER_PIN: &str = "271828";
const ADMIN_PIN: &str = "31415926";

/// The three interfaces.
const INTERFACES: [&str; 3] = ["pkcs11", "sdf", "skf"];

/// A software device with the application `ca`.
struct Desk {
    bench: Bench,
    store: PathBuf,
}

impl Desk {
    fn new() -> Self {
        let bench = Bench::new();
        let store = bench.path("device.db");
        bench.write("user.pin", USER_PIN);
        bench.write("admin.pin", ADMIN_PIN);
        let desk = Self { bench, store };
        done(
            desk.call("device init --application ca")
                .option("--admin-password-file", desk.bench.path("admin.pin"))
                .option("--user-password-file", desk.bench.path("user.pin"))
                .answer(),
        );
        desk
    }

    /// `gmpki` with this device as the user's own.
    fn call(&self, words: &str) -> Call {
        gmpki(words)
            .env("SOFTDEVICE_STORE", &self.store)
            .within(&self.bench.path(""))
    }

    /// The name of a key, or of the place of keys, behind an interface.
    fn name(&self, interface: &str, key: Option<&str>) -> String {
        let file = format!(
            "{}softdevice_{interface}{}",
            std::env::consts::DLL_PREFIX,
            std::env::consts::DLL_SUFFIX
        );
        let library = libraries().join(file);
        let (place, attribute) = match interface {
            "pkcs11" => ("token=ca", "object"),
            "sdf" => ("", "index"),
            _ => ("application=ca", "container"),
        };
        let key = key.map(|key| format!("{attribute}={key}"));
        let path: Vec<&str> = [Some(place), key.as_deref()]
            .into_iter()
            .flatten()
            .filter(|part| !part.is_empty())
            .collect();
        // Its functions beyond the standard decrypt.
        let variant = match interface {
            "skf" => "&variant=softdevice",
            _ => "",
        };
        format!(
            "{interface}:{}?module-path={}&pin-source=user.pin{variant}",
            path.join(";"),
            library.display()
        )
    }

    /// A new SM2 signing key in this container, and its number.
    fn keygen(&self, container: &str, key_use: &str) -> u64 {
        let answer = self
            .call("device keygen --json --password-file user.pin")
            .option("--container", container)
            .option("--use", key_use)
            .answer();
        let json = done(answer).json();
        json["number"].as_u64().expect("a number")
    }

    /// The name of the key in a container of this number.
    fn key(&self, interface: &str, container: &str, number: u64) -> String {
        match interface {
            "sdf" => self.name("sdf", Some(&number.to_string())),
            other => self.name(other, Some(container)),
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.bench.path(name)
    }
}

/// Done, with something to note perhaps.
fn done(answer: Answer) -> Answer {
    assert_eq!(answer.code, Some(0), "{answer}");
    answer
}

/// OpenSSL's verdict over a certificate under a root.
fn openssl_verifies(root: &Path, certificate: &Path) {
    let call = Call::new(std::process::Command::new("openssl"))
        .arg("verify")
        .option("-vfyopt", "distid:1234567812345678")
        .option("-CAfile", root)
        .arg(certificate);
    done(call.answer());
}
