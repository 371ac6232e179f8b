//! Certificates as people read them, in both languages.
//!
//! The expected texts stand in `tests/golden/cert_show`; `GM_PKI_WRITE_GOLDEN=1` writes them
//! anew. Digits of keys and digests are left out: they are others in each run.

use crate::{Office, done, request};
use der::Decode;
use gm_crypto::pki::decode_pem;
use gm_pki_tests::{
    command::{Answer, Bench, gmpki},
    suites::Suites,
};
use std::{env, fs, path::PathBuf};
use x509_cert::Certificate;

const AT: &str = "2026-03-01T08:00:00Z";

/// A run of so many hexadecimal digits is a key's or a digest's.
const LONG: usize = 33;

/// The text without what is another in each run.
fn stable(answer: &Answer, bench: &Bench) -> String {
    let folder = format!("{}/", bench.path("").display());
    let folder = folder.replace("//", "/");
    let text = answer.text().replace(&folder, "");
    let mut stable = String::new();
    let mut run = String::new();
    for c in text.chars().chain(['\0']) {
        if c.is_ascii_hexdigit() {
            run.push(c);
            continue;
        }
        if run.len() >= LONG {
            stable.push('…');
        } else {
            stable.push_str(&run);
        }
        run.clear();
        stable.push(c);
    }
    stable.trim_end_matches('\0').to_owned()
}

fn golden(name: &str, text: &str) {
    let folder = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/golden/cert_show"));
    let file = folder.join(name);
    if env::var_os("GM_PKI_WRITE_GOLDEN").is_some() {
        fs::create_dir_all(&folder).expect("the tests' folder can be written");
        fs::write(&file, text).expect("the tests' folder can be written");
    }
    let wanted = fs::read_to_string(&file).unwrap_or_default();
    assert_eq!(text, wanted, "{name}: GM_PKI_WRITE_GOLDEN=1 writes it anew");
}

/// A profile with every extension that subscribers have.
const PROFILE: &str = "name = 'full'\nkind = 'end-entity'\n\
    key_usage = ['digitalSignature', 'nonRepudiation']\n\
    extended_key_usage = ['clientAuth', 'emailProtection']\n\
    alternative_names = 'required'\n\
    crl_urls = ['http://ca.example.cn/ca.crl']\n\
    ocsp_urls = ['http://ocsp.example.cn/']\n\
    issuer_urls = ['http://ca.example.cn/ca.pem']\n\
    certificate_policies = ['1.2.156.1.2', \
    { oid = '1.2.156.1.3', cps = 'http://ca.example.cn/cps', notice = '仅供试验' }]\n\
    [validity]\nyears = 2\n\
    [subject]\nrequired = ['commonName', 'countryName']\n\
    optional = ['organizationName', 'organizationalUnitName', 'stateOrProvinceName', \
    'localityName', 'serialNumber']\n\
    [identifiers]\nresident_identity_card = 'optional'\norganisation_code = 'optional'\n";

#[test]
fn a_certificate_is_shown_whole_in_either_language() {
    let office = office();
    let bench = &office.bench;
    let profile = bench.write("full.toml", PROFILE);
    let key = bench.key("key");
    let csr = request(
        bench,
        "csr",
        &key,
        "CN=张三,serialNumber=91440300MA5DDA000Y,OU=研发部,O=示例公司,L=深圳市,ST=广东省,C=CN",
    );
    let out = bench.path("certificate.pem");
    office
        .issue(profile.to_str().expect("text"))
        .option("--at", "2026-01-01T08:00:00Z")
        .option("--serial", "5a00000000000000000001")
        .option("--dns", "www.example.cn")
        .option("--email", "zhang@example.cn")
        .option("--ip", "192.0.2.7")
        .option("--identifier", "resident_identity_card=110101199001011237")
        .option("--identifier", "organisation_code=91440300MA5DDA000Y")
        .option("--out", &out)
        .arg(csr)
        .answer()
        .good();
    for language in ["en", "zh"] {
        let show = || {
            gmpki("cert show")
                .option("--lang", language)
                .option("--at", AT)
        };
        let answer = show().arg(&out).answer().good();
        golden(&format!("full.{language}.txt"), &stable(&answer, bench));
        // What tells who it is does not, unless somebody asks for it.
        for number in ["110101199001011237", "91440300MA5DDA000Y"] {
            assert!(!answer.text().contains(number), "{answer}");
            let open = show().arg("--reveal").arg(&out).answer().good();
            assert!(open.text().contains(number), "{open}");
        }
        let answer = show().arg(&office.root).arg(&office.ca).answer().good();
        golden(
            &format!("authorities.{language}.txt"),
            &stable(&answer, bench),
        );
    }
}

/// An office whose certificates have the same dates in each run.
fn office() -> Office {
    let bench = Bench::new();
    let [root_key, ca_key] = ["root.key", "ca.key"].map(|name| bench.key(name));
    let [root, ca] = ["root.pem", "ca.pem"].map(|name| bench.path(name));
    let csr = request(&bench, "root.csr", &root_key, "CN=示例根,O=示例,C=CN");
    gmpki("cert issue --profile root-ca --self-signed")
        .option("--at", "2026-01-01T00:00:00Z")
        .option("--serial", "6a00000000000000000001")
        .option("--key", &root_key)
        .option("--out", &root)
        .arg(csr)
        .answer()
        .good();
    let csr = request(&bench, "ca.csr", &ca_key, "CN=示例签发机构,O=示例,C=CN");
    gmpki("cert issue --profile issuing-ca")
        .option("--at", "2026-01-01T00:00:00Z")
        .option("--serial", "6a00000000000000000002")
        .option("--issuer", &root)
        .option("--key", &root_key)
        .option("--out", &ca)
        .arg(csr)
        .answer()
        .good();
    Office {
        bench,
        root,
        root_key,
        ca,
        ca_key,
    }
}

#[test]
fn two_certificates_are_a_pair_or_it_is_said_why_not() {
    let office = Office::new();
    let (signing, _) = office.certificate("signing", "subscriber-signing", "CN=张三,C=CN");
    let (encryption, _) = office.certificate("encryption", "subscriber-encryption", "CN=张三,C=CN");
    let (other, _) = office.certificate("other", "subscriber-encryption", "CN=李四,C=CN");
    let pair = |one, two| {
        let answer = gmpki("--json cert show").arg(one).arg(two).answer();
        done(answer).json()["pair"].clone()
    };
    assert_eq!(pair(&signing, &encryption)["is"], true);
    // The order does not matter.
    assert_eq!(pair(&encryption, &signing)["is"], true);
    let no = pair(&signing, &other);
    assert_eq!(no["is"], false);
    assert!(no.to_string().contains("subject"), "{no}");
    let no = pair(&encryption, &other);
    assert!(no.to_string().contains("one has to sign"), "{no}");
    assert_eq!(pair(&office.ca, &signing), serde_json::Value::Null);
    // One file with both says the same.
    let both = [&signing, &encryption].map(|file| fs::read(file).expect("a file"));
    let both = office.bench.write("both.pem", both.concat());
    let answer = gmpki("cert show --lang zh").arg(both).answer().good();
    assert!(answer.text().contains("双证书：是"), "{answer}");
}

#[test]
fn what_a_certificate_is_for_is_told_by_its_key_usage_and_purposes() {
    let office = Office::new();
    for (profile, purpose, chinese) in [
        ("ocsp-responder", "ocsp-responder", "OCSP 响应者证书"),
        ("timestamping", "time-stamping", "时间戳服务器证书"),
        ("crl-signer", "crl-signer", "CRL 签发证书"),
        ("subscriber-signing", "signing", "签名证书"),
        ("subscriber-encryption", "encryption", "加密证书"),
    ] {
        let (csr, file) = (office.bench.path("csr"), office.bench.path(profile));
        // Some profiles ask where the key was made.
        gmpki("csr new --environment production --device-kind 密码机 --device-model M-1")
            .option("--device-serial", "0001")
            .option("--qualification", "GM0001")
            .option("--key", office.bench.key(&format!("{profile}.key")))
            .option("--subject", "CN=示例,O=示例,C=CN")
            .option("--out", &csr)
            .answer()
            .good();
        done(
            office
                .issue(profile)
                .arg("--accept-origin")
                .option("--out", &file)
                .arg(&csr)
                .answer(),
        );
        assert_eq!(crate::shown(&file)["purpose"], purpose);
        let answer = gmpki("cert show --lang zh").arg(&file).answer().good();
        let first = format!("类型：{chinese}");
        assert!(answer.text().starts_with(&first), "{answer}");
    }
    // One key for both, against GM/T 0015, and rules that are broken.
    let Some(suites) = Suites::open() else { return };
    let mixed = suites.read("vectors/x509/crafted-ku-mixed.der");
    let mixed = office.bench.write("mixed.der", mixed);
    let answer = gmpki("cert show").arg(&mixed).answer().good();
    assert!(answer.text().contains("one key for both"), "{answer}");
    let shown = crate::shown(&mixed);
    assert_ne!(shown["findings"], serde_json::json!([]));
    assert_eq!(shown["purpose"], "both");
}

#[test]
fn what_a_stranger_wrote_does_not_move_the_cursor() {
    let bench = Bench::new();
    let key = bench.key("key");
    // ESC [ 2 J, and a mark that turns the writing round.
    let csr = bench.path("csr");
    gmpki("csr new")
        .option("--key", key)
        .option("--subject", "CN=a\\1B[2Jb\\E2\\80\\AEc")
        .option("--out", &csr)
        .answer()
        .good();
    for command in ["csr show", "csr verify"] {
        let answer = gmpki(command).arg(&csr).answer().good();
        assert!(!answer.text().contains(['\u{1b}', '\u{202e}']), "{answer}");
        assert!(answer.text().contains("a\\1b[2Jb\\u{202e}c"), "{answer}");
    }
}

#[test]
fn every_certificate_of_the_suites_is_shown_in_either_language() {
    let Some(suites) = Suites::open() else { return };
    let (mut shown, mut refused) = (0, 0);
    let bench = Bench::new();
    for name in suites.names("vectors/x509") {
        let octets = suites.read(&format!("vectors/x509/{name}"));
        let file = bench.write(&name, &octets);
        // Some are no certificates, and some are broken on purpose.
        let broken = decode_pem(&octets, &["CERTIFICATE"])
            .ok()
            .is_none_or(|der| Certificate::from_der(&der).is_err());
        for language in ["en", "zh"] {
            let answer = gmpki("cert show")
                .option("--lang", language)
                .arg(&file)
                .answer();
            let code = i32::from(broken);
            assert_eq!(answer.code, Some(code), "{answer}");
        }
        if broken {
            refused += 1;
        } else {
            shown += 1;
        }
    }
    println!("{shown} certificates shown, {refused} files refused");
    assert!(shown > 20, "{shown} certificates");
}

#[test]
fn dates_are_told_as_they_look_at_a_time() {
    let office = office();
    for (at, words) in [
        ("2025-12-31T00:00:00Z", "(not valid yet)"),
        ("2026-01-01T00:00:00Z", "days left)"),
        ("2199-01-01T00:00:00Z", "(expired "),
    ] {
        let answer = gmpki("cert show")
            .option("--at", at)
            .arg(&office.ca)
            .answer();
        let answer = answer.good();
        assert!(answer.text().contains(words), "{answer}");
    }
}
