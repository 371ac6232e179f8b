//! What is refused: each with its exit code and its reason, and nothing is written.

use crate::{Office, done, request, shown};
use gm_pki_tests::command::{Bench, gmpki};
use std::{fs, path::Path};

#[test]
fn a_certificate_is_not_issued_for_wrong_reasons() {
    let office = Office::new();
    let bench = &office.bench;
    let key = bench.key("key");
    let csr = request(bench, "csr", &key, "CN=张三,C=CN");
    let out = bench.path("out.pem");
    let issue = |profile: &str| office.issue(profile).option("--out", &out);

    // Another key than the issuer's.
    gmpki("cert issue --profile subscriber-signing")
        .option("--issuer", &office.ca)
        .option("--key", &key)
        .option("--out", &out)
        .arg(&csr)
        .answer()
        .refused("the key is not the one of the issuer's certificate");
    // A request whose proof is broken.
    let mut broken = gm_crypto::pki::decode_pem(&fs::read(&csr).expect("a file"), csr::PEM_LABELS)
        .expect("PEM")
        .to_vec();
    *broken.last_mut().expect("octets") ^= 1;
    let broken = bench.write("broken", broken);
    issue("subscriber-signing")
        .arg(broken)
        .answer()
        .refused("proof of possession fails");
    // A name that the profile does not allow.
    issue("subscriber-signing")
        .option("--subject", "CN=张三,C=China")
        .arg(&csr)
        .answer()
        .refused("countryName");
    // Years that the profile leaves no choice of.
    issue("subscriber-signing")
        .option("--years", "3")
        .arg(&csr)
        .answer()
        .refused("year");
    // An end that is past, a time that is none, a number that is none.
    issue("subscriber-signing")
        .option("--not-after", "2001-01-01T00:00:00Z")
        .arg(&csr)
        .answer()
        .refused("2001-01-01T00:00:00Z");
    for (option, value) in [
        ("--not-after", "tomorrow"),
        ("--at", "today"),
        ("--serial", "none"),
        ("--serial", "00112233445566778899aabbccddeeff0011223344"),
        ("--subject", "nonsense"),
        ("--identifier", "shoe_size=43"),
        ("--dns", "例子.cn"),
        ("--ip", "300.1.1.1"),
    ] {
        issue("subscriber-signing")
            .option(option, value)
            .arg(&csr)
            .answer()
            .misused(option);
    }
    // A subscriber issues nothing.
    let (subscriber, own) = office.certificate("sub", "subscriber-signing", "CN=李四,C=CN");
    gmpki("cert issue --profile subscriber-signing")
        .option("--issuer", subscriber)
        .option("--key", own)
        .option("--out", &out)
        .arg(&csr)
        .answer()
        .refused("is not of a CA");
    // Neither a request nor a key; both.
    assert_eq!(issue("subscriber-signing").answer().code, Some(2));
    let both = issue("subscriber-signing")
        .option("--public-key", bench.public("public", &key))
        .option("--subject", "CN=a")
        .arg(&csr);
    assert_eq!(both.answer().code, Some(2));
    assert!(!out.exists());
}

#[test]
fn nothing_is_written_over_what_was_read() {
    let office = Office::new();
    let csr = request(
        &office.bench,
        "csr",
        &office.bench.key("key"),
        "CN=张三,C=CN",
    );
    let before = fs::read(&csr).expect("a file");
    for input in [&csr, &office.ca] {
        office
            .issue("subscriber-signing")
            .option("--out", input)
            .arg(&csr)
            .answer()
            .refused("was read in this run");
    }
    office
        .list()
        .option("--number", "1")
        .option("--days", "1")
        .option("--out", &office.ca_key)
        .answer()
        .refused("was read in this run");
    assert_eq!(fs::read(&csr).expect("a file"), before);
}

#[test]
fn wishes_are_told_and_names_are_taken_only_when_somebody_says_so() {
    let office = Office::new();
    let bench = &office.bench;
    let csr = bench.path("csr");
    gmpki("csr new --usage keyCertSign --dns www.example.cn")
        .option("--key", bench.key("key"))
        .option("--subject", "CN=张三,C=CN")
        .option("--out", &csr)
        .answer()
        .good();
    let issue = |name: &str| {
        let out = bench.path(name);
        office
            .issue("subscriber-signing")
            .option("--out", out)
            .arg(&csr)
    };
    let names = |name: &str| {
        let shown = shown(&bench.path(name));
        let extensions = shown["extensions"].as_array().expect("extensions").clone();
        let mut found = extensions.into_iter();
        found
            .find(|one| one["oid"] == "2.5.29.17")
            .map(|one| one["says"].clone())
    };
    let answer = done(issue("none.pem").answer());
    assert!(
        answer
            .err
            .contains("wishes key usage (critical): keyCertSign"),
        "{answer}"
    );
    assert!(
        answer
            .err
            .contains("asks for DNS www.example.cn, not taken"),
        "{answer}"
    );
    assert_eq!(names("none.pem"), None);
    let answer = done(issue("taken.pem").arg("--accept-names").answer());
    assert!(!answer.err.contains("not taken"), "{answer}");
    assert_eq!(
        names("taken.pem"),
        Some(serde_json::json!(["DNS www.example.cn"]))
    );
    let answer = done(
        issue("own.pem")
            .option("--dns", "other.example.cn")
            .answer(),
    );
    assert!(answer.err.contains("not taken"), "{answer}");
    assert_eq!(
        names("own.pem"),
        Some(serde_json::json!(["DNS other.example.cn"]))
    );
    // The key usage is the profile's all the same.
    assert_eq!(shown(&bench.path("taken.pem"))["purpose"], "signing");
}

#[test]
fn a_policy_with_an_error_is_refused_with_its_line() {
    let office = Office::new();
    let bench = &office.bench;
    let csr = request(bench, "csr", &bench.key("key"), "CN=张三,C=CN");
    let good = done(gmpki("profile show subscriber-signing").answer());
    let file = bench.write("mine.toml", good.text());
    let answer = gmpki("profile check").arg(&file).answer().good();
    assert!(
        answer
            .text()
            .starts_with("profile: good, subscriber-signing\n"),
        "{answer}"
    );
    assert!(
        answer
            .text()
            .contains("key usage:   digitalSignature, nonRepudiation"),
        "{answer}"
    );
    office
        .issue(file.to_str().expect("text"))
        .arg(&csr)
        .answer()
        .good();

    for (find, put) in [
        ("key_usage = [", "key_usage = [\"keyEncipherment\", "),
        ("kind = ", "kine = "),
        ("\"digitalSignature\"", "\"digitalSignatures\""),
    ] {
        let bad = good.text().replace(find, put);
        assert_ne!(bad, good.text());
        let at = bad
            .lines()
            .position(|line| line.contains(put))
            .expect("a line")
            + 1;
        let bad = bench.write("bad.toml", bad);
        let reason = format!("line {at}: ");
        gmpki("profile check").arg(&bad).answer().refused(&reason);
        let name = bad.to_str().expect("text").to_owned();
        office.issue(&name).arg(&csr).answer().refused(&reason);
    }
    gmpki("profile show nonsense")
        .answer()
        .misused("is none of root-ca");
    let list = gmpki("--json profile list").answer().good().json();
    for profile in list["profiles"].as_array().expect("profiles") {
        assert_ne!(profile["for"], "", "{profile}");
        let name = profile["name"].as_str().expect("text");
        gmpki("profile check").arg(name).answer().good();
    }
}

#[test]
fn a_key_of_the_test_environment_gets_no_certificate_for_agencies() {
    let office = Office::new();
    let bench = &office.bench;
    let key = bench.key("key");
    let subject = "CN=示例代理,O=示例,C=CN";
    let csr = |name: &str, environment: &str| {
        let out = bench.path(name);
        gmpki("csr new --device-kind 智能密码钥匙 --device-model K-1 --device-serial 0001")
            .option("--qualification", "GM0001")
            .option("--environment", environment)
            .option("--key", &key)
            .option("--subject", subject)
            .option("--out", &out)
            .answer()
            .good();
        out
    };
    let (test, production) = (csr("test", "test"), csr("production", "production"));
    let unstated = request(bench, "unstated", &key, subject);
    let ask = |csr: &Path| office.issue("agency-access").arg(csr);
    let issue = |csr: &Path| ask(csr).arg("--accept-origin").answer();
    for (csr, reason) in [(&test, "test environment"), (&unstated, "is not stated")] {
        let answer = issue(csr);
        assert_eq!(answer.code, Some(1), "{answer}");
        assert!(answer.err.contains(reason), "{answer}");
    }
    let answer = done(issue(&production));
    assert!(
        answer.err.contains("the applicant claims of the key"),
        "{answer}"
    );
    // A claim alone is not taken, but that it was a test opens nothing.
    for (csr, reasons) in [
        (&production, ["--accept-origin takes", "is not stated"]),
        (&test, ["the applicant claims", "test environment"]),
    ] {
        let answer = ask(csr).arg("--json").answer();
        assert_eq!(answer.code, Some(1), "{answer}");
        for reason in reasons {
            assert!(answer.err.contains(reason), "{answer}");
        }
        let notes = answer.json()["notes"].to_string();
        assert!(notes.contains("environment: "), "{notes}");
    }
}

#[test]
fn lists_are_refused_for_what_no_list_may_say() {
    let office = Office::new();
    let bench = &office.bench;
    let list = |line: &str| {
        let file = bench.write("revoked.csv", line);
        office
            .list()
            .option("--number", "7")
            .option("--days", "7")
            .arg(file)
    };
    for (line, reason) in [
        ("01,2026-01-01T00:00:00Z,removeFromCRL", "line 1: "),
        (
            "01,2026-01-01T00:00:00Z,removeFromCRL",
            "removeFromCRL is in delta CRLs alone",
        ),
        (
            "01,2126-01-01T00:00:00Z,",
            "a revocation is not after thisUpdate",
        ),
        ("00,2026-01-01T00:00:00Z,", "a serial number is positive"),
        ("01,2026-01-01T00:00:00Z,stolen", "\"stolen\" is no reason"),
        ("01", "is not serial,time,reason,invalidity"),
        (
            "01,2026-01-01T00:00:00Z,\n01,2026-01-01T00:00:00Z,",
            "twice",
        ),
    ] {
        list(line).answer().refused(reason);
    }
    list("")
        .option("--delta-of", "7")
        .answer()
        .refused("greater number");
    list("")
        .option("--delta-of", "seven")
        .answer()
        .misused("--delta-of");
    list("")
        .option("--url", "https://ca.example.cn/ca.crl")
        .answer()
        .refused("http");
    gmpki("crl new --number 1 --days 1")
        .option("--issuer", &office.ca)
        .option("--key", &office.root_key)
        .answer()
        .refused("the key is not the one of the issuer's certificate");
    // Neither an end nor days; a list of another CA.
    let bare = office.list().option("--number", "1").answer();
    assert_eq!(bare.code, Some(2), "{bare}");
    let out = bench.path("list.crl");
    list("01,2026-01-01T00:00:00Z,")
        .option("--out", &out)
        .answer()
        .good();
    let other = gmpki("crl show")
        .option("--issuer", &office.root)
        .arg(&out)
        .answer();
    assert_eq!(other.code, Some(1), "{other}");
    assert!(
        other.text().contains("wrong: the list is not of"),
        "{other}"
    );
    gmpki("--json crl show --csv")
        .arg(&out)
        .answer()
        .misused("--csv");
    let bad = bench.write("bad.toml", "[[revoked]]\nserial = '1'\nwhen = 2\n");
    office
        .list()
        .option("--number", "1")
        .option("--days", "1")
        .arg(bad)
        .answer()
        .refused("line 3: unknown field `when`");
}

#[test]
fn answers_are_refused_that_the_ca_did_not_give() {
    let office = Office::new();
    let bench = &office.bench;
    let (certificate, key) = office.certificate("a", "subscriber-signing", "CN=甲,C=CN");
    let list = bench.path("list.crl");
    office
        .list()
        .option("--number", "1")
        .option("--days", "7")
        .option("--out", &list)
        .answer()
        .good();
    let question = |name: &str| {
        let out = bench.path(name);
        gmpki("ocsp ask")
            .option("--issuer", &office.ca)
            .option("--out", &out)
            .arg(&certificate)
            .answer()
            .good();
        out
    };
    let (one, other) = (question("one"), question("other"));
    let answer = bench.path("answer");
    let respond = || {
        gmpki("ocsp respond")
            .option("--issuer", &office.ca)
            .option("--crl", &list)
            .option("--out", &answer)
    };
    // A subscriber is no responder, and no key is the CA's but its own.
    respond()
        .option("--responder", &certificate)
        .option("--key", &key)
        .arg(&one)
        .answer()
        .refused("OCSPSigning");
    respond()
        .option("--key", &key)
        .arg(&one)
        .answer()
        .refused("the key is not the one of the issuer's certificate");
    // A list that is stale, of another CA, or a delta.
    respond()
        .option("--key", &office.ca_key)
        .option("--at", "2099-01-01T00:00:00Z")
        .arg(&one)
        .answer()
        .refused("not current at 2099-01-01T00:00:00Z");
    gmpki("ocsp respond")
        .option("--issuer", &office.root)
        .option("--key", &office.root_key)
        .option("--crl", &list)
        .option("--out", &answer)
        .arg(&one)
        .answer()
        .refused("a list of the CA itself is wanted");
    assert!(!answer.exists());

    respond()
        .option("--key", &office.ca_key)
        .arg(&one)
        .answer()
        .good();
    let verify = || {
        gmpki("ocsp verify")
            .option("--issuer", &office.ca)
            .arg(&answer)
    };
    verify().option("--request", &one).answer().good();
    let said = verify().option("--request", &other).answer();
    assert_eq!(said.code, Some(1), "{said}");
    assert!(said.text().contains("its nonce is another"), "{said}");
    let said = verify().option("--at", "2099-01-01T00:00:00Z").answer();
    assert_eq!(said.code, Some(1), "{said}");
    assert!(said.text().contains("is not current at"), "{said}");
    gmpki("ocsp verify")
        .option("--issuer", &office.root)
        .arg(&answer)
        .answer()
        .refused("answer: OCSP answer names another responder");
    let mut flipped = fs::read(&answer).expect("a file");
    *flipped.last_mut().expect("octets") ^= 1;
    gmpki("ocsp verify")
        .option("--issuer", &office.ca)
        .arg(bench.write("flipped", flipped))
        .answer()
        .refused("flipped: signature of BasicOCSPResponse is not accepted");

    // A question that is none is answered, and told.
    let nonsense = bench.write("nonsense", [0x30, 0]);
    let said = respond()
        .option("--key", &office.ca_key)
        .arg(nonsense)
        .answer();
    assert_eq!(said.code, Some(1), "{said}");
    assert!(said.text().contains("malformedRequest"), "{said}");
    assert_eq!(fs::read(&answer).expect("a file"), [0x30, 3, 0x0a, 1, 1]);
    gmpki("ocsp ask")
        .option("--issuer", &office.root)
        .option("--out", bench.path("x"))
        .arg(&certificate)
        .answer()
        .refused("not by --issuer");
}

#[test]
fn numbers_of_persons_are_checked_and_come_from_files() {
    let office = Office::new();
    let bench = &office.bench;
    let profile = Bench::new();
    let text = done(gmpki("profile show subscriber-signing").answer())
        .text()
        .to_owned();
    let text = format!("{text}\n[identifiers]\nresident_identity_card = \"required\"\n");
    let profile = profile.write("person.toml", text);
    let csr = request(bench, "csr", &bench.key("key"), "CN=张三,C=CN");
    let issue = || office.issue(profile.to_str().expect("text")).arg(&csr);
    let number = bench.write("number", "110101199001011237\n");
    let out = bench.path("out.pem");
    let given = format!("resident_identity_card=@{}", number.display());
    issue()
        .option("--identifier", &given)
        .option("--out", &out)
        .answer()
        .good();
    let json = shown(&out);
    assert_eq!(json["identities"][0]["kind"], "resident identity number");
    let masked = json["identities"][0]["number"].as_str().expect("text");
    assert!(masked.contains('*') && !json.to_string().contains("110101199001011237"));
    let open = gmpki("--json cert show --reveal").arg(&out).answer().good();
    assert_eq!(open.json()["identities"][0]["number"], "110101199001011237");

    // A wrong check digit; a number that is required and missing.
    let wrong = issue()
        .option("--identifier", "resident_identity_card=110101199001011238")
        .answer();
    assert_eq!(wrong.code, Some(1), "{wrong}");
    assert!(!wrong.err.contains("110101199001011238"), "{wrong}");
    assert_eq!(issue().answer().code, Some(1));
}

#[test]
fn a_delta_goes_with_the_list_that_it_changes() {
    let office = Office::new();
    let bench = &office.bench;
    let list = |name: &str, number: &str, base: Option<&str>| {
        let out = bench.path(name);
        let mut call = office
            .list()
            .option("--number", number)
            .option("--days", "7")
            .option("--out", &out);
        if let Some(base) = base {
            call = call.option("--delta-of", base);
        }
        call.answer().good();
        out
    };
    let (fifth, sixth) = (list("5", "5", None), list("6", "6", None));
    let since_four = list("4-5", "5", Some("4"));
    let since_six = list("6-7", "7", Some("6"));
    let question = bench.path("question");
    gmpki("ocsp ask --serial 01")
        .option("--issuer", &office.ca)
        .option("--out", &question)
        .answer()
        .good();
    let respond = |full: &Path, delta: &Path| {
        gmpki("ocsp respond")
            .option("--issuer", &office.ca)
            .option("--key", &office.ca_key)
            .option("--crl", full)
            .option("--delta", delta)
            .option("--out", bench.path("answer"))
            .arg(&question)
            .answer()
    };
    respond(&sixth, &since_six).good();
    respond(&fifth, &since_four).good();
    let reason = "delta CRL 7 says what changed since list 6, and list 5 is at hand";
    respond(&fifth, &since_six).refused(reason);
    respond(&sixth, &since_four)
        .refused("delta CRL 5 says what changed since list 4, and list 6 is at hand");
    respond(&fifth, &sixth).refused("a delta is wanted here");
    respond(&since_four, &since_six).refused("a full list is wanted here, and a delta beside it");
}
