//! Any device by its name.

use crate::{Desk, INTERFACES, done};
use gm_pki_tests::command::gmpki;

#[test]
fn each_interface_shows_the_same_key() {
    let desk = Desk::new();
    let number = desk.keygen("root-ca", "signing");
    let mut keys = Vec::new();
    for interface in INTERFACES {
        let name = desk.key(interface, "root-ca", number);
        let shown = desk
            .call("device show --json")
            .arg(&name)
            .answer()
            .good()
            .json();
        let text = shown["manufacturer"].as_str().unwrap_or_default();
        assert!(text.contains("software"), "{interface}: {shown}");
        let label = if interface == "sdf" { "1" } else { "root-ca" };
        assert_eq!(shown["keys"][0], label, "{interface}");
        keys.push(shown["public"].as_str().expect("a key").to_owned());
        let public = desk
            .call("sm2 public")
            .option("--key", &name)
            .answer()
            .good();
        assert_eq!(public.text(), keys[0], "{interface}");
        done(desk.call("device self-test").arg(&name).answer());
    }
    assert!(keys.iter().all(|key| *key == keys[0]), "{keys:?}");
}

#[test]
fn a_signature_of_each_interface_verifies() {
    let desk = Desk::new();
    let number = desk.keygen("a", "signing");
    let file = desk.bench.write("contract", "text");
    let public = desk.path("public.pem");
    for interface in INTERFACES {
        let name = desk.key(interface, "a", number);
        let sign = || desk.call("sm2 sign").option("--key", &name);
        let signature = desk.path(interface);
        sign()
            .option("--out", &signature)
            .arg(&file)
            .answer()
            .good();
        if !public.exists() {
            let call = desk.call("sm2 public").option("--key", &name);
            call.option("--out", &public).answer().good();
        }
        gmpki("sm2 verify")
            .option("--key", &public)
            .option("--signature", &signature)
            .arg(&file)
            .answer()
            .good();
        sign()
            .option("--id", "alice")
            .arg(&file)
            .answer()
            .misused("user ID");
        sign()
            .arg("--deterministic")
            .arg(&file)
            .answer()
            .misused("--deterministic");
        sign()
            .option("--digest", "00")
            .answer()
            .misused("signs files");
    }
}

#[test]
fn a_key_is_generated_where_the_interface_generates() {
    let desk = Desk::new();
    for (interface, made) in [("pkcs11", true), ("skf", true), ("sdf", false)] {
        let name = desk.name(interface, Some(if made { interface } else { "9" }));
        let generate = || desk.call("device generate").arg(&name).answer();
        if !made {
            generate().refused("no function that makes a key");
            continue;
        }
        let answer = generate().good();
        assert!(answer.text().contains("BEGIN PUBLIC KEY"), "{answer}");
        generate().refused("exists");
    }
}

#[test]
fn a_device_is_examined_behind_each_interface() {
    for interface in INTERFACES {
        let desk = Desk::new();
        let number = desk.keygen("a", "signing");
        desk.keygen("a", "encryption");
        let name = match interface {
            "sdf" => desk.key("sdf", "a", number),
            other => desk.name(other, None),
        };
        let check = || desk.call("device check --json").arg(&name).answer();
        let answer = done(check());
        let json = answer.json();
        assert_eq!(json["failed"], 0, "{interface}: {answer}");
        assert!(json["passed"].as_u64() > Some(3), "{interface}: {answer}");
        if interface != "sdf" {
            check().refused("give another --prefix");
        }
    }
}

#[test]
fn what_is_wrong_with_a_device_is_told() {
    let desk = Desk::new();
    let number = desk.keygen("a", "signing");
    desk.bench.write("wrong.pin", "000000");
    let show = |name: &str| desk.call("device show").arg(name).answer();
    for (interface, reason) in [
        ("pkcs11", "the PIN is wrong"),
        ("skf", "the PIN is wrong, 8 tries are left"),
    ] {
        let name = desk.key(interface, "a", number);
        let wrong = name.replace("user.pin", "wrong.pin");
        let sign = desk.call("sm2 sign").option("--key", &wrong);
        let answer = sign.arg(desk.path("user.pin")).answer();
        answer.refused(reason);
    }
    show("pkcs11:token=ca?module-path=/none.so").refused("cannot load the library /none.so");
    let user = desk.path("user.pin").display().to_string();
    show(&format!("sdf:?module-path={user}")).refused("cannot load the library");
    let other = desk
        .name("skf", None)
        .replace("skf:", "sdf:")
        .replace("application=ca", "")
        .replace("&variant=softdevice", "");
    show(&other).refused("is no");
    show(&desk.name("pkcs11", None).replace("token=ca", "token=none")).refused("no token fits");
    show(&desk.name("pkcs11", None).replace("token=ca", "tokn=ca")).refused("tokn");
    show(&desk.name("pkcs11", None).replace("&pin", "&pim")).refused("pim-source");
    let usage = show("pkcs11:token=a b");
    assert_eq!(usage.code, Some(2), "{usage}");
    assert!(usage.err.contains("percent-encoded"), "{usage}");
    show("tpm:").refused("");
    let none = desk.key("pkcs11", "none", 9);
    let call = desk.call("sm2 public").option("--key", &none).answer();
    call.refused("none");
    let no_pin = desk
        .key("skf", "a", number)
        .replace("&pin-source=user.pin", "");
    let call = desk.call("sm2 sign").option("--key", &no_pin);
    call.arg(desk.path("user.pin"))
        .answer()
        .misused("asks for a PIN");
}
