//! What people do who see the commands for the first time: numbers of persons where they are
//! not expected, commas of Chinese text, names the other way round, bundles, questions asked
//! twice, files of other editors.

use crate::{Office, done, request, serial};
use gm_pki_tests::command::{Answer, Bench, gmpki};
use serde_json::{Value, json};
use std::path::Path;

const NUMBER: &str = "110101199001011237";

#[test]
fn a_number_of_a_person_in_a_name_is_masked_wherever_the_name_is_shown() {
    let office = Office::new();
    let bench = &office.bench;
    let subject = format!("serialNumber={NUMBER},CN=张三,C=CN");
    let (certificate, _) = office.certificate("zhang", "subscriber-signing", &subject);
    let csr = bench.path("zhang.csr");
    let masked = |answer: Answer| {
        let all = format!("{}{}", answer.text(), answer.err);
        assert!(all.contains("11***37") && !all.contains(NUMBER), "{answer}");
    };
    for object in ["", "--json"] {
        let call = |words: &str| gmpki(&format!("{object} {words}"));
        masked(call("csr show").arg(&csr).answer().good());
        masked(call("csr verify").arg(&csr).answer().good());
        let verify = |anchor: &Path| {
            let call = call("cert verify").option("--anchor", anchor);
            call.arg(&certificate).answer()
        };
        masked(verify(&office.ca).good());
        // The reason of a refusal has the name in it, too.
        masked(verify(&office.root).refused("and no certificate of that name is at hand"));
    }
    let open = gmpki("csr show --reveal").arg(&csr).answer().good();
    assert!(open.text().contains(NUMBER), "{open}");
    // The number itself comes from a file, of whichever editor.
    let file = bench.write("number.txt", format!("\u{feff}{NUMBER}\r\n"));
    let kind = format!("resident_identity_card=@{}", file.display());
    let call = office.issue("person-soft-encryption").arg("--years=1");
    done(call.option("--identifier", kind).arg(&csr).answer());
}

#[test]
fn a_comma_of_chinese_text_is_no_comma_of_a_name() {
    let bench = Bench::new();
    let key = bench.key("key");
    let new = |subject: &str| {
        let call = gmpki("csr new").option("--key", &key);
        call.option("--subject", subject).answer()
    };
    for wrong in ["CN=张三，C=CN", "CN=张三， O=示例,C=CN", "CN=张三；C＝CN"] {
        new(wrong).misused("parts are separated by ','");
    }
    new("CN=示例（深圳），分公司,C=CN").good();
    let typed = new(&format!("{NUMBER},CN=张三"));
    assert!(!typed.misused("is no name").err.contains(NUMBER));
    new("张三").misused("is no name like 'CN=张三,O=示例,C=CN' (RFC 4514)");
}

#[test]
fn a_name_that_is_written_the_other_way_round_is_noted() {
    let bench = Bench::new();
    let key = bench.key("key");
    let note = |subject: &str| {
        let call = gmpki("--json csr new").option("--key", &key);
        let answer = done(call.option("--subject", subject).answer());
        answer.json()["notes"].to_string()
    };
    let said = note("C=CN,O=示例,CN=张三");
    assert!(
        said.contains("the most specific part stands first"),
        "{said}"
    );
    for usual in ["CN=张三,O=示例,C=CN", "C=CN", "CN=张三"] {
        assert_eq!(note(usual), "null", "{usual}");
    }
}

#[test]
fn what_a_refused_request_claims_is_noted_with_the_way_to_take_it() {
    let office = Office::new();
    let csr = office.bench.path("csr");
    gmpki("csr new --dns www.example.cn")
        .option("--key", office.bench.key("key"))
        .option("--subject", "CN=示例,C=CN")
        .option("--out", &csr)
        .answer()
        .good();
    let answer = office.issue("tls-server-signing").arg(&csr).answer();
    assert_eq!(answer.code, Some(1), "{answer}");
    for words in ["--accept-names takes", "no alternative name is given"] {
        assert!(answer.err.contains(words), "{answer}");
    }
    // A credit code has its own name in the edition of 2023 alone.
    let refused = |words: &str| {
        let mut call = office.issue("organisation-seal-encryption");
        for word in words.split(' ') {
            call = call.arg(word);
        }
        call.arg(&csr).answer().err
    };
    let code = "unified_social_credit_code=91440300MA5DDA000Y";
    let said = refused(&format!("--years 1 --identifier {code}"));
    assert!(
        said.contains("it is given as the organization code"),
        "{said}"
    );
}

#[test]
fn bundles_are_taken_whole_where_several_certificates_may_stand() {
    let office = Office::new();
    let bench = &office.bench;
    let (certificate, _) = office.certificate("one", "subscriber-signing", "CN=张三,C=CN");
    let other = Office::new();
    let read = |path: &Path| std::fs::read_to_string(path).expect("a file in PEM");
    let roots = bench.write(
        "roots.pem",
        format!("{}\r\n{}", read(&other.root), read(&office.root)),
    );
    let between = bench.write(
        "between.pem",
        format!("\u{feff}{}{}", read(&other.ca), read(&office.ca)).replace('\n', "\r\n"),
    );
    let answer = gmpki("cert verify")
        .option("--anchor", roots)
        .option("--untrusted", between)
        .arg(&certificate)
        .answer()
        .good();
    assert!(answer.text().contains("certificate: good"), "{answer}");
}

/// An answer of the CA about these serial numbers, by an empty list.
fn answer_about(office: &Office, question: &Path, issued: &Path) -> Answer {
    let list = office.listed("1.crl", "--number 1 --days 7", &[]);
    gmpki("--json ocsp respond")
        .option("--issuer", &office.ca)
        .option("--key", &office.ca_key)
        .option("--crl", list)
        .option("--issued", issued)
        .option("--out", office.bench.path("answer"))
        .arg(question)
        .answer()
}

#[test]
fn whoever_asks_twice_is_answered_once() {
    let office = Office::new();
    let bench = &office.bench;
    let question = bench.path("question");
    let ask = |words: &str| {
        gmpki(&format!("--json ocsp ask --no-nonce {words}"))
            .option("--issuer", &office.ca)
            .option("--out", &question)
            .answer()
            .good()
            .json()["serials"]
            .clone()
    };
    assert_eq!(
        ask("--serial 0A --serial 0a --serial 000b"),
        json!(["0a", "0b"])
    );
    // The same twice, by hand: the two numbers of `ask` made one.
    let octets = std::fs::read(&question).expect("a question");
    let place = octets.windows(3).position(|three| three == [2, 1, 0x0b]);
    let mut twice = octets;
    twice[place.expect("the second number") + 2] = 0x0a;
    let twice = bench.write("twice", twice);
    let shown = gmpki("--json ocsp show").arg(&twice).answer().good().json();
    assert_eq!(shown["serials"], json!(["0a"]));
    let issued = bench.write("issued", "\u{feff}0A\r\n");
    let answer = answer_about(&office, &twice, &issued).good().json();
    assert_eq!(
        answer["responses"],
        json!([{ "serial": "0a", "status": "good", "says": "good" }])
    );
    gmpki("ocsp verify")
        .option("--issuer", &office.ca)
        .option("--request", &twice)
        .arg(bench.path("answer"))
        .answer()
        .good();
}

#[test]
fn what_an_answer_says_is_shown_as_a_claim() {
    let office = Office::new();
    let bench = &office.bench;
    let question = bench.path("question");
    gmpki("ocsp ask --serial 0a --serial 0b")
        .option("--issuer", &office.ca)
        .option("--out", &question)
        .answer()
        .good();
    let issued = bench.write("issued", "0a");
    answer_about(&office, &question, &issued).good();
    let answer = bench.path("answer");
    let shown = gmpki("ocsp show").arg(&answer).answer().good();
    for line in [
        "0a:          good, valid 20",
        "0b:          unknown",
        "what follows is a claim",
    ] {
        assert!(shown.text().contains(line), "{shown}");
    }
    let show = |file: &Path| gmpki("--json ocsp show").arg(file).answer();
    let said = show(&answer).good().json();
    assert_eq!(said["verified"], Value::Bool(false));
    assert_eq!(said["responses"][0]["status"], "good");
    assert_eq!(said["responses"][1]["status"], "unknown");
    assert_ne!(said["responses"][1]["next_update"], Value::Null);
    // An answer that is none, and what is neither question nor answer.
    let broken = bench.write("broken", "no question");
    let none = answer_about(&office, &broken, &issued);
    assert_eq!(
        (none.code, none.json()["ok"].clone()),
        (Some(1), json!(false))
    );
    assert_eq!(show(&answer).good().json()["error"], "malformedRequest");
    show(&broken).refused("is neither a question nor an answer of OCSP");
}

#[test]
fn times_are_read_as_toml_writes_them_and_end_with_the_year_9999() {
    let office = Office::new();
    let bench = &office.bench;
    let toml = |time: &str| {
        let text = format!("[[revoked]]\r\nserial = '0A'\r\ntime = {time}\r\n");
        let file = bench.write("revoked.toml", text);
        office
            .list()
            .arg("--number=1")
            .arg("--days=1")
            .arg(file)
            .answer()
    };
    toml("2026-01-01T00:00:00Z").good();
    toml("'2026-01-01T00:00:00Z'").good();
    toml("2026-01-01T08:00:00+08:00").refused("is no time like 2026-11-21T08:00:00Z");
    office
        .list()
        .arg("--number=1")
        .arg("--days=1")
        .option("--this-update", "9999-12-31T23:59:59Z")
        .answer()
        .misused("is beyond the year 9999");
}

#[test]
fn the_order_of_a_name_is_told_by_its_attributes() {
    let office = Office::new();
    let subject = "CN=张三,serialNumber=A1,C=CN";
    let csr = request(&office.bench, "csr", &office.bench.key("key"), subject);
    office
        .issue("person-soft-encryption")
        .arg("--years=1")
        .arg(csr)
        .answer()
        .refused("from the most general part on, commonName after serialNumber");
    // A length that is fixed has no range.
    let csr = request(
        &office.bench,
        "csr",
        &office.bench.key("other"),
        "CN=张三,C=CN",
    );
    office
        .issue("subscriber-signing")
        .arg("--years=3")
        .arg(&csr)
        .answer()
        .refused("3 years of validity are chosen, 2 are allowed");
    let out = office.bench.path("out.pem");
    done(
        office
            .issue("subscriber-signing")
            .option("--out", &out)
            .arg(csr)
            .answer(),
    );
    assert!(!serial(&out).is_empty());
}

#[test]
fn a_request_and_its_evidence_are_written_both_or_neither() {
    let bench = Bench::new();
    let key = bench.key("key");
    let new = |out: &Path, evidence: &Path| {
        gmpki("csr new --environment production --subject CN=a")
            .option("--key", &key)
            .option("--out", out)
            .option("--evidence-out", evidence)
            .answer()
    };
    let (csr, evidence) = (bench.path("csr"), bench.path("evidence"));
    new(&key, &evidence).refused("was read in this run");
    new(&csr, &key).refused("was read in this run");
    new(&csr, &csr).misused("--out and --evidence-out name one file");
    assert!(!csr.exists() && !evidence.exists());
    new(&csr, &evidence).good();
    assert!(csr.exists() && evidence.exists());
}

#[test]
fn a_rule_that_is_broken_is_not_read_as_a_fact() {
    let office = Office::new();
    let subject = "CN=张三,C=CN";
    let (signing, _) = office.certificate("signing", "subscriber-signing", subject);
    let (other, _) = office.certificate("other", "subscriber-encryption", "CN=李四,C=CN");
    let shown = |words: &str| {
        let call = gmpki(words).arg(&signing).arg(&other);
        call.answer().good().text().to_owned()
    };
    let english = shown("cert show");
    assert!(
        english.contains("no, it breaks rules: both have one subject"),
        "{english}"
    );
    let chinese = shown("cert show --lang zh");
    assert!(
        chinese.contains("双证书：否，违反规则：both have one subject"),
        "{chinese}"
    );
    // A day is one.
    let certificate = office.bench.path("dated.pem");
    let end = "2027-06-02T00:00:00Z";
    let call = office
        .issue("subscriber-signing")
        .option("--not-after", end);
    let csr = office.bench.path("signing.csr");
    done(call.option("--out", &certificate).arg(csr).answer());
    for (time, said) in [
        ("2027-06-01T00:00:00Z", "(1 day left)"),
        ("2027-06-02T00:00:00Z", "(0 days left)"),
        ("2027-06-03T00:00:00Z", "(expired 1 day ago)"),
    ] {
        let call = gmpki("cert show").option("--at", time).arg(&certificate);
        let answer = call.answer().good();
        assert!(answer.text().contains(said), "{answer}");
    }
}
