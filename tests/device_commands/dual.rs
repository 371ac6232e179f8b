//! A request, a root and a dual certificate with keys behind each interface: the commands of
//! `docs/devices.md`.

use crate::{Desk, INTERFACES, done, openssl_verifies};

#[test]
fn a_root_and_a_request_are_made_with_a_key_behind_each_interface() {
    for interface in INTERFACES {
        let desk = Desk::new();
        let root_key = desk.key(interface, "root-ca", desk.keygen("root-ca", "signing"));
        let ca_key = desk.key(
            interface,
            "issuing-ca",
            desk.keygen("issuing-ca", "signing"),
        );

        let request = |key: &str, subject: &str, out: &str| {
            desk.call("csr new")
                .option("--key", key)
                .option("--subject", subject)
                .option("--out", out)
                .answer()
                .good();
        };
        request(&root_key, "CN=示例根,O=示例,C=CN", "root.csr.pem");
        desk.call("cert issue --profile root-ca --self-signed")
            .option("--key", &root_key)
            .option("--out", "root.pem")
            .arg("root.csr.pem")
            .answer()
            .good();
        request(&ca_key, "CN=示例签发机构,O=示例,C=CN", "ca.csr.pem");
        desk.call("cert issue --profile issuing-ca --issuer root.pem")
            .option("--key", &root_key)
            .option("--out", "ca.pem")
            .arg("ca.csr.pem")
            .answer()
            .good();
        openssl_verifies(&desk.path("root.pem"), &desk.path("root.pem"));
        openssl_verifies(&desk.path("root.pem"), &desk.path("ca.pem"));

        desk.call("crl new --issuer root.pem --number 1 --days 7 --out root.crl")
            .option("--key", &root_key)
            .answer()
            .good();
        desk.call("ocsp ask --issuer root.pem --out ask.der")
            .arg("ca.pem")
            .answer()
            .good();
        desk.call("ocsp respond --issuer root.pem --crl root.crl --out answer.der")
            .option("--key", &root_key)
            .arg("ask.der")
            .answer()
            .good();
        // The key of another certificate is refused before it signs.
        desk.call("crl new --issuer root.pem --number 2 --days 7")
            .option("--key", &ca_key)
            .answer()
            .refused("the key is not the one of the issuer's certificate");
    }
}

/// A subscriber's device, and a CA with its keys in files.
fn dual(interface: &str) {
    let desk = Desk::new();
    let root_key = desk.bench.key("root.key");
    let centre_key = desk.bench.key("centre.key");
    let run = |words: &str| desk.call(words);
    let number = desk.keygen("zhang", "signing");
    let own = desk.key(interface, "zhang", number);
    run("csr new --subject CN=示例根,O=示例,C=CN --out root.csr")
        .option("--key", &root_key)
        .answer()
        .good();
    run("cert issue --profile root-ca --self-signed --out root.pem root.csr")
        .option("--key", &root_key)
        .answer()
        .good();
    run("csr new --subject CN=张三,O=示例,C=CN --out zhang.csr")
        .option("--key", &own)
        .answer()
        .good();
    run("cert issue --profile subscriber-signing --issuer root.pem --out signing.pem zhang.csr")
        .option("--key", &root_key)
        .answer()
        .good();
    // The centre makes the other key, certifies it, and wraps it for the one in the device.
    run("sm2 public --out centre.public.pem")
        .option("--key", &centre_key)
        .answer()
        .good();
    done(
        run("cert issue --profile subscriber-encryption --issuer root.pem --subject CN=张三,O=示例,C=CN")
            .option("--key", &root_key)
            .option("--public-key", "centre.public.pem")
            .option("--out", "encryption.pem")
            .answer(),
    );
    run("sm2 envelope seal --recipient signing.pem --out envelope.der")
        .option("--key", &centre_key)
        .answer()
        .good();

    // SDF keeps no key that comes from outside: there, the vendor's tool or another
    // interface of the same device brings it in.
    let through = match interface {
        "sdf" => desk.name("skf", Some("zhang")),
        _ => own.clone(),
    };
    if interface == "sdf" {
        run("device import")
            .arg(&own)
            .arg("envelope.der")
            .answer()
            .refused("takes in no wrapped keys");
    }
    done(
        run("device import --certificate encryption.pem")
            .arg(&through)
            .arg("envelope.der")
            .answer(),
    );
    for certificate in ["signing.pem", "encryption.pem"] {
        run("device write-cert")
            .arg(&own)
            .arg(certificate)
            .answer()
            .good();
    }
    run("device write-cert")
        .arg(&own)
        .arg("root.pem")
        .answer()
        .refused("is the certificate of no key of");
    for key_use in ["signing", "encryption"] {
        let out = format!("read-{key_use}.pem");
        run("device read-cert")
            .arg(&own)
            .option("--use", key_use)
            .option("--out", &out)
            .answer()
            .good();
        let read = std::fs::read(desk.path(&out)).expect("a certificate");
        let written = std::fs::read(desk.path(&format!("{key_use}.pem"))).expect("the same");
        assert_eq!(read, written, "{interface} {key_use}");
        openssl_verifies(&desk.path("root.pem"), &desk.path(&out));
    }
    // What is encrypted to the certificate opens in the device.
    let text = desk.bench.write("text", "for 张三 alone");
    run("sm2 encrypt --key encryption.pem --out text.enc")
        .arg(&text)
        .answer()
        .good();
    let opened = run("sm2 decrypt")
        .option("--key", &own)
        .arg("text.enc")
        .answer()
        .good();
    assert_eq!(opened.text(), "for 张三 alone");
    // Messages are signed by the key in the device, with attributes and without.
    for (options, out) in [("", "plain.p7"), ("--attributes", "attributes.p7")] {
        run("message sign --signer signing.pem --out")
            .arg(out)
            .option("--key", &own)
            .words(options)
            .arg(&text)
            .answer()
            .good();
        done(
            run("message verify --signer signing.pem --out again.txt")
                .arg(out)
                .answer(),
        );
        let again = std::fs::read_to_string(desk.path("again.txt")).expect("text");
        assert_eq!(again, "for 张三 alone", "{interface} {options}");
    }
    run("message sign --signer root.pem")
        .option("--key", &own)
        .arg(&text)
        .answer()
        .refused("not the certificate of the key");
    // A second key does not take the place of the first.
    run("device import")
        .arg(&through)
        .arg("envelope.der")
        .answer()
        .refused("exists");
}

#[test]
fn a_dual_certificate_lies_in_a_pkcs11_token() {
    dual("pkcs11");
}

#[test]
fn a_dual_certificate_lies_in_a_device_of_gmt_0018() {
    dual("sdf");
}

#[test]
fn a_dual_certificate_lies_in_a_device_of_gmt_0016() {
    dual("skf");
}

#[test]
fn the_demonstration_runs_with_its_keys_in_a_device() {
    for interface in ["pkcs11", "skf"] {
        let desk = Desk::new();
        let name = desk.name(interface, None);
        let demo = |dir: &str| {
            desk.call("demo --dir")
                .arg(dir)
                .option("--key", &name)
                .answer()
        };
        let first = demo("demo").good();
        assert!(first.text().contains("done: read demo/"), "{first}");
        assert!(!desk.path("demo/token").exists(), "no key lies in a file");
        let list = desk.call("device list").answer().good();
        for label in ["root", "issuing-ca", "ocsp-responder", "list-publisher"] {
            assert!(list.text().contains(&format!("ca/{label} ")), "{list}");
        }
        // The same folder goes on with its keys, another one does not take them.
        demo("demo").good();
        demo("other").refused("has a key issuing-ca already");
        assert!(!desk.path("other/store.sqlite").exists());
        desk.call("demo --dir third")
            .option("--key", desk.name(interface, Some("root")))
            .answer()
            .refused("names a key");
    }
}
