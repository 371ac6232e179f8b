//! A publisher and its readers at the command line.

use crate::world::{HONG_KONG, Holder, Terms, authority, day, time};
use gm_crypto::pki;
use gm_pki_tests::command::{Answer, Call, folder, gmpki};
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};
use trust_list::list::SignaturePlan;

/// Certificates and keys of signers, `NAME.pem` and `NAME.key.pem` each.
const SIGNERS: &[&str] = &[
    "signer", "second", "third", "next", "lost-1", "lost-2", "lost-3",
];

pub(crate) struct Desk {
    folder: tempfile::TempDir,
    issuer: Holder,
    signers: BTreeMap<&'static str, Holder>,
}

impl Desk {
    pub(crate) fn new() -> Self {
        let folder = folder();
        let root = authority("CN=Root CA 2,C=HK", None, day(1, 1));
        let issuer = authority("CN=e-Cert CA 2-15,C=HK", Some(&root), day(1, 1));
        let mut desk = Self {
            folder,
            issuer,
            signers: BTreeMap::new(),
        };
        desk.write("root.pem", &root.certificate);
        desk.write("issuer.pem", &desk.issuer.certificate);
        fs::create_dir(desk.path("published")).expect("a folder of ours");
        for name in SIGNERS {
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
            desk.signers.insert(name, signer);
        }
        desk
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn put(&self, name: &str, octets: impl AsRef<[u8]>) {
        fs::write(self.path(name), octets).expect("a folder of ours");
    }

    fn write(&self, name: &str, der: &[u8]) {
        self.put(name, pki::encode_pem("CERTIFICATE", der));
    }

    pub(crate) fn call(&self, words: &str) -> Call {
        gmpki(&format!("trust-list {words}")).within(self.folder.path())
    }

    pub(crate) fn subscriber(&self, name: &str, from: der::DateTime) {
        self.subscriber_with(name, from, HONG_KONG);
    }

    pub(crate) fn subscriber_with(&self, name: &str, from: der::DateTime, policy: &str) {
        let terms = Terms {
            ca: false,
            from,
            policies: &[policy],
        };
        let holder = Holder::new("CN=Chan,C=HK", Some(&self.issuer), &terms);
        self.write(name, &holder.certificate);
    }

    /// A draft of `signer` alone, with one entry.
    pub(crate) fn begin(&self) {
        self.begin_as("CN", "zh-Hans=密码管理局", "--signer signer.pem");
    }

    pub(crate) fn begin_as(&self, territory: &str, publisher: &str, signers: &str) {
        self.call("new --locality 广州 --country CN --at 2026-01-20T00:00:00Z --out draft.json")
            .words("--contact mailto:a@example.cn --information https://example.cn/list")
            .words("--street zh-Hans=府前路")
            .words(signers)
            .option("--territory", territory)
            .option("--publisher", publisher)
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

    pub(crate) fn publish(&self, number: u32, after: Option<&str>, at: &str) {
        self.build(number, after, at, "--signer signer.pem");
        self.sign(number, at, &["signer"], "").good();
    }

    /// `list-N.json` from the draft; `words` say by whom the list before is signed.
    pub(crate) fn build(&self, number: u32, after: Option<&str>, at: &str, words: &str) {
        let mut build = self.call("build draft.json").words(words);
        if let Some(after) = after {
            build = build.option("--after", after);
        }
        let build = build.option("--at", at);
        // What may be a mistake is noted.
        let answer = build
            .option("--out", format!("list-{number}.json"))
            .answer();
        assert_eq!(answer.code, Some(0), "{answer}");
    }

    /// Signs `list-N.json` into the folder.
    pub(crate) fn sign(&self, number: u32, at: &str, signers: &[&str], words: &str) -> Answer {
        let call = self.call("sign --folder published --json").words(words);
        let call = with_keys(call, signers).option("--at", at);
        call.arg(format!("list-{number}.json")).answer()
    }

    pub(crate) fn published(&self, number: u32) -> String {
        format!("published/list-{number}.p7s")
    }

    /// A command on the draft's entry.
    pub(crate) fn change(&self, words: &str) -> Call {
        of_entry(self.call(words)).arg("draft.json")
    }

    pub(crate) fn verify(&self, words: &str, at: &str) -> Call {
        self.call("verify --json --state reader.state")
            .option("--at", at)
            .words(words)
    }

    /// Exit code and code of an answer about `chan.pem`.
    pub(crate) fn query(&self, at: &str, words: &str) -> (Option<i32>, String) {
        let call = self.call("query --state reader.state --certificate chan.pem --json");
        let answer = call.option("--at", at).words(words).answer();
        let code = answer.json()["code"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        (answer.code, code)
    }

    /// Whatever octets, signed as a list is.
    pub(crate) fn signed(&self, signer: &str, octets: impl Into<Vec<u8>>) -> Vec<u8> {
        let signer = &self.signers[signer];
        let plan = SignaturePlan::new(time("2026-01-25T00:00:00Z")).signer(&signer.certificate);
        let message = plan.prepare(octets.into()).expect("a message");
        let signature = signer.sign(message.tbs());
        message.attach(&signature).expect("a message")
    }
}

/// With the certificates and keys of signers.
pub(crate) fn with_keys(call: Call, signers: &[&str]) -> Call {
    signers.iter().fold(call, |call, name| {
        call.option("--signer", format!("{name}.pem"))
            .option("--key", format!("{name}.key.pem"))
    })
}

/// About the one entry.
pub(crate) fn of_entry(call: Call) -> Call {
    call.words("--jurisdiction HK")
        .option("--ca", "Hongkong Post")
        .option("--class", "e-Cert (Personal)")
}

pub(crate) fn read(path: &Path) -> String {
    fs::read_to_string(path).expect("a text")
}

/// What a command said of a refusal, which it also said on standard error.
pub(crate) fn refused(answer: Answer, code: &str) {
    let answer = answer.refused(code);
    assert_eq!(answer.json()["code"], code, "{answer}");
    assert_eq!(answer.json()["ok"], false, "{answer}");
}

/// Exit code 2, in the words of the arguments' reader.
pub(crate) fn misused(answer: Answer) {
    assert_eq!(answer.code, Some(2), "{answer}");
}
