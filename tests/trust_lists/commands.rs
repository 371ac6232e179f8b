//! `gmpki trust-list` as a publisher and a reader use it.

use crate::world::{HONG_KONG, Holder, Terms, authority, day};
use gm_crypto::pki;
use gm_pki_tests::command::{Call, each_has_an_example_in_its_help, folder, gmpki};
use std::{
    fs,
    path::{Path, PathBuf},
};

struct Desk {
    folder: tempfile::TempDir,
    issuer: Holder,
}

impl Desk {
    fn new() -> Self {
        let folder = folder();
        let root = authority("CN=Root CA 2,C=HK", None, day(1, 1));
        let issuer = authority("CN=e-Cert CA 2-15,C=HK", Some(&root), day(1, 1));
        let desk = Self { folder, issuer };
        desk.write("root.pem", &root.certificate);
        desk.write("issuer.pem", &desk.issuer.certificate);
        for name in ["signer", "second"] {
            let terms = Terms {
                ca: false,
                from: day(1, 1),
                policies: &[],
            };
            let signer = Holder::new(&format!("CN={name},C=CN"), None, &terms);
            desk.write(&format!("{name}.pem"), &signer.certificate);
            let key = pki::encode_private_key(signer.key.secret_key());
            let key = pki::encode_pem("PRIVATE KEY", &key);
            fs::write(desk.path(&format!("{name}.key.pem")), key).expect("a folder of ours");
        }
        desk
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, der: &[u8]) {
        let pem = pki::encode_pem("CERTIFICATE", der);
        fs::write(self.path(name), pem).expect("a folder of ours");
    }

    fn call(&self, words: &str) -> Call {
        gmpki(&format!("trust-list {words}")).within(self.folder.path())
    }

    fn subscriber(&self, name: &str, from: der::DateTime) {
        let terms = Terms {
            ca: false,
            from,
            policies: &[HONG_KONG],
        };
        let holder = Holder::new("CN=Chan,C=HK", Some(&self.issuer), &terms);
        self.write(name, &holder.certificate);
    }

    fn begin(&self) {
        self.call("new --territory CN --locality 广州 --country CN --at 2026-01-20T00:00:00Z")
            .words("--contact mailto:a@example.cn --information https://example.cn/list")
            .words("--publisher zh-Hans=密码管理局 --street zh-Hans=府前路 --signer signer.pem")
            .words("--out draft.json")
            .answer()
            .good();
        self.call("add --jurisdiction HK --anchor root.pem --issuer issuer.pem --country HK")
            .option("--ca", "en=Hongkong Post")
            .option("--class", "en=e-Cert (Personal)")
            .option("--street", "en=1 Post Road")
            .option("--locality", "Hong Kong")
            .words("--contact mailto:ca@example.hk --information https://example.hk/cps")
            .option("--policy", format!("{HONG_KONG}/3"))
            .words("--supply crl=http://example.hk/a.crl --from 2026-02-01T00:00:00Z draft.json")
            .words("--decided 2026-01-15T00:00:00Z --reference 1号")
            .answer()
            .good();
    }

    fn publish(&self, number: u32, after: Option<&str>, at: &str) {
        let list = format!("list-{number}.json");
        let mut build = self.call("build --signer signer.pem draft.json");
        if let Some(after) = after {
            build = build.option("--after", after);
        }
        build = build.option("--at", at).option("--out", &list);
        // What may be a mistake is noted.
        let answer = build.answer();
        assert_eq!(answer.code, Some(0), "{answer}");
        let sign = self.call("sign --signer signer.pem --key signer.key.pem --folder published");
        sign.option("--at", at).arg(&list).answer().good();
    }

    fn published(&self, number: u32) -> String {
        format!("published/list-{number}.p7s")
    }

    fn change(&self, words: &str) -> Call {
        self.call(words)
            .words("--jurisdiction HK draft.json")
            .option("--ca", "Hongkong Post")
            .option("--class", "e-Cert (Personal)")
    }
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).expect("a text")
}

#[test]
fn every_command_shows_an_example() {
    each_has_an_example_in_its_help(&[
        "trust-list new",
        "trust-list add",
        "trust-list build",
        "trust-list sign",
        "trust-list verify",
        "trust-list query",
        "trust-list diff",
        "trust-list export",
        "trust-list import",
    ]);
}

#[test]
fn a_list_goes_its_way_from_draft_to_answer() {
    let desk = Desk::new();
    fs::create_dir(desk.path("published")).expect("a folder of ours");
    desk.subscriber("chan.pem", day(2, 10));
    desk.begin();
    desk.publish(1, None, "2026-01-25T00:00:00Z");
    let first = desk.published(1);
    assert_eq!(read(&desk.path("published/latest")).trim(), "list-1.p7s");
    let digest = read(&desk.path("published/list-1.sm3"));
    assert_eq!(digest.trim().len(), 64);

    let verify = |list: &str, at: &str| {
        desk.call("verify --signer signer.pem --state reader.state --json")
            .option("--at", at)
            .arg(list)
            .answer()
    };
    let answer = verify(&first, "2026-01-26T00:00:00Z").good();
    assert_eq!(answer.json()["sequence"], 1);
    assert_eq!(answer.json()["new"], true);

    let query = |at: &str, words: &str| {
        let call = desk.call("query --state reader.state --certificate chan.pem --json");
        let answer = call.option("--at", at).words(words).answer();
        (
            answer.code,
            answer.json()["code"].as_str().map(str::to_owned),
        )
    };
    let code = |text: &str| Some(text.to_owned());
    assert_eq!(
        query("2026-02-11T00:00:00Z", ""),
        (Some(0), code("RECOGNISED"))
    );

    desk.change("suspend --cause request --from 2026-02-20T00:00:00Z")
        .answer()
        .good();
    desk.publish(2, Some(&first), "2026-02-15T00:00:00Z");
    let second = desk.published(2);
    verify(&second, "2026-02-16T00:00:00Z").good();
    assert_eq!(
        query("2026-02-21T00:00:00Z", ""),
        (Some(1), code("STATUS_AT_SIGNING"))
    );
    let stamped = "--signed-at 2026-02-15T00:00:00Z --proved";
    assert_eq!(
        query("2026-02-21T00:00:00Z", stamped),
        (Some(0), code("RECOGNISED"))
    );
    assert_eq!(
        query("2026-04-01T00:00:00Z", stamped),
        (Some(1), code("STALE"))
    );

    verify(&first, "2026-02-16T00:00:00Z").refused("ROLLBACK");
    let diff = desk.call("diff").arg(&first).arg(&second).answer().good();
    assert!(
        diff.text()
            .contains("+ suspended from 2026-02-20T00:00:00Z"),
        "{diff}"
    );
    let back = desk.call("diff").arg(&second).arg(&first).answer();
    assert_eq!(back.code, Some(1), "{back}");
    assert!(back.text().contains("ROLLBACK"), "{back}");

    desk.change("reinstate --from 2026-03-05T00:00:00Z")
        .answer()
        .good();
    desk.publish(3, Some(&second), "2026-03-01T00:00:00Z");
    desk.change("terminate --cause cessation --from 2026-04-01T00:00:00Z")
        .answer()
        .good();
    desk.publish(4, Some(&desk.published(3)), "2026-03-20T00:00:00Z");
    // One was left out, which is said.
    let jumped = verify(&desk.published(4), "2026-03-20T00:00:00Z");
    assert_eq!(jumped.code, Some(0), "{jumped}");
    assert_eq!(jumped.json()["gap"], serde_json::json!([3, 3]));

    for (form, beginning) in [
        ("etsi", "<?xml"),
        ("html", "<!DOCTYPE html>"),
        ("json", "{\"LoTE\""),
    ] {
        let export = desk.call("export --signer signer.pem --at 2026-03-21T00:00:00Z");
        let out = desk.path(form);
        let export = export.option("--form", form).option("--out", &out);
        export.arg(desk.published(4)).answer().good();
        assert!(read(&out).starts_with(beginning), "{form}");
    }
    let import = desk.call("import etsi --json --certificate issuer.pem --at 2026-02-25T00:00:00Z");
    let import = import.answer().good();
    assert_eq!(import.json()["signature_checked"], false);
    assert_eq!(import.json()["found"][0]["status"], "withdrawn");
    let anchors = desk.call("export --signer signer.pem --form anchors --out anchors.der");
    anchors
        .option("--at", "2026-03-21T00:00:00Z")
        .arg(desk.published(4))
        .answer()
        .good();
}

#[test]
fn what_must_not_be_signed_or_believed_is_refused() {
    let desk = Desk::new();
    desk.begin();
    let sign = |words: &str| {
        desk.call("sign --at 2026-01-25T00:00:00Z")
            .words(words)
            .arg("list.json")
            .answer()
    };
    let build = desk.call("build --signer signer.pem --at 2026-01-25T00:00:00Z --out list.json");
    build.arg("draft.json").answer().good();
    // The key of another.
    sign("--signer signer.pem --key second.key.pem --out list.p7s").refused("SIGNER");
    assert!(!desk.path("list.p7s").exists());
    sign("--signer signer.pem --signer second.pem --key signer.key.pem --out list.p7s")
        .misused("as many --key as --signer");
    sign(
        "--signer signer.pem --key signer.key.pem --signer second.pem --key second.key.pem \
         --detached --out list.p7s",
    )
    .good();
    let verify = |words: &str| {
        let call = desk.call("verify --at 2026-01-26T00:00:00Z");
        call.words(words).arg("list.p7s").answer()
    };
    verify("--signer signer.pem --signer second.pem --content list.json").good();
    verify("--signer signer.pem --signer second.pem").refused("SIGNER");
    verify("--signer root.pem --content list.json").refused("SIGNER");
    verify("--content list.json").misused("--signer");
    verify("--signer signer.pem --content draft.json").refused("SIGNER");

    // A draft that forgets what was said.
    sign("--signer signer.pem --key signer.key.pem --out list-1.p7s").good();
    let text = read(&desk.path("draft.json"));
    let bent = text.replace(
        "\"StatusStartingTime\":\"2026-02-01",
        "\"StatusStartingTime\":\"2026-02-02",
    );
    assert_ne!(bent, text);
    fs::write(desk.path("draft.json"), bent).expect("a folder of ours");
    desk.call("build --after list-1.p7s --signer signer.pem --out list-2.json draft.json")
        .words("--at 2026-01-27T00:00:00Z")
        .answer()
        .refused("HISTORY_REWRITTEN");
    desk.change("suspend --from 2026-01-01T00:00:00Z")
        .answer()
        .refused("");
    let call = desk.call("suspend --jurisdiction HK --ca x --class y draft.json");
    call.words("--from 2026-03-01T00:00:00Z")
        .answer()
        .refused("NO_ENTRY");
    fs::write(
        desk.path("bomb.xml"),
        "<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>",
    )
    .expect("a folder of ours");
    desk.call("import bomb.xml").answer().refused("FORMAT");
    desk.call("verify --signer signer.pem bomb.xml")
        .answer()
        .refused("FORMAT");
}
