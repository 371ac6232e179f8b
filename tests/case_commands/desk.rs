//! A desk in a folder of its own, and a case on its way.

use gm_pki_tests::command::{Bench, Call, gmpki};
use serde_json::Value;
use std::{path::PathBuf, process::Command};

/// A rehearsal's first second: a Monday, nine o'clock in Beijing.
pub(crate) const MONDAY: &str = "2026-03-02T01:00:00Z";

/// A desk, and a folder of papers around it.
pub(crate) struct Desk(Bench);

impl Desk {
    /// A rehearsal under these rules.
    pub(crate) fn of(rules: &str) -> Self {
        let desk = Self::bare();
        desk.set_up(rules, "");
        desk
    }

    /// A rehearsal under the rules of agencies, by an operator who accredits them elsewhere: a
    /// filing that two persons record opens their modes.
    pub(crate) fn accredited_elsewhere() -> Self {
        let desk = Self::bare();
        let mut shipped = lifecycle::rules::SHIPPED.iter();
        let (_, text) = shipped
            .find(|(name, _)| *name == "chinaclear-agency")
            .expect("a shipped rule set");
        let elsewhere = |line: &&str| !line.starts_with("accreditation = ");
        let lines: Vec<_> = text.lines().filter(elsewhere).collect();
        desk.write("rules.toml", lines.join("\n"));
        desk.set_up("rules.toml", "");
        desk
    }

    /// A folder in which there is no desk yet.
    pub(crate) fn bare() -> Self {
        Self(Bench::new())
    }

    /// Sets a rehearsal up, with further options.
    pub(crate) fn set_up(&self, rules: &str, options: &str) {
        self.call("ca init --rehearsal --at")
            .arg(MONDAY)
            .option("--rules", rules)
            .words(options)
            .answer()
            .good();
        for paper in ["papers.txt", "record.txt", "call.txt"] {
            self.0.write(paper, format!("what {paper} says"));
        }
        self.0.write("scan.jpg", b"\xff\xd8\xff\xe0 a scan");
    }

    /// A desk of the extranet with an organisation whose people apply themselves.
    pub(crate) fn of_the_extranet() -> Self {
        let desk = Self::of("egov-extranet");
        desk.add_organisation();
        desk
    }

    /// An organisation whose people apply themselves.
    pub(crate) fn add_organisation(&self) {
        self.good(
            "organisation add guan --actor wu.jiu:clerk --name 区文化馆 --model self-service \
             --evidence organisation-documents=papers.txt --conditions 馆员 --approver lin.ming \
             --applicant su.qing",
        );
        self.0.write(
            "form.toml",
            "applicant-name = '苏青'\nidentity-number = '440106199003154563'\n\
             organisation-name = '区文化馆'\ndepartment = '群文部'\nmobile = '13900139000'\n\
             delivery = 'on-site'\n",
        );
    }

    /// A case of 苏青 for a soft certificate.
    pub(crate) fn open(&self, case: &str) {
        self.good(&format!(
            "case open {case} --actor su.qing:applicant --certificate person --holder su.qing \
             --organisation guan --carrier soft"
        ));
    }

    /// The same, filled in, with its documents, submitted.
    pub(crate) fn submitted(&self, case: &str) {
        self.open(case);
        let by = "--actor su.qing:applicant";
        self.good(&format!("case fill {case} {by} --form form.toml --years 1"));
        self.documents_brought(case);
    }

    /// A case of 苏青 that is filled in: its documents, and submitted.
    pub(crate) fn documents_brought(&self, case: &str) {
        let by = "--actor su.qing:applicant";
        self.good(&format!(
            "case add-document {case} application-form scan.jpg {by} --form-version 1"
        ));
        self.good(&format!(
            "case add-document {case} identity-copy scan.jpg {by}"
        ));
        self.good(&format!("case submit {case} {by}"));
    }

    /// The same, registered by li.si.
    pub(crate) fn registered(&self, case: &str) {
        self.submitted(case);
        self.looked_at(case);
    }

    /// A submitted case, registered by li.si.
    pub(crate) fn looked_at(&self, case: &str) {
        let by = "--actor li.si:registrar";
        self.good(&format!("case start {case} {by}"));
        self.good(&format!(
            "case check {case} identity-holder {by} --document resident-card --method inspection \
             --evidence original-seen=papers.txt"
        ));
        self.good(&format!(
            "case check {case} genuineness {by} --evidence call-record=call.txt"
        ));
        self.good(&format!(
            "case register {case} {by} --found documents,identity,genuineness \
             --evidence work-record=record.txt"
        ));
    }

    /// The same, approved by wang.wu, with a key and its certificates signed.
    pub(crate) fn issued(&self, case: &str) {
        self.registered(case);
        self.approved(case);
        self.good(&format!("case issue {case} --actor wang.wu:approver"));
    }

    /// A registered case, approved by wang.wu, with a key.
    pub(crate) fn approved(&self, case: &str) {
        let by = "--actor wang.wu:approver";
        self.good(&format!("case take {case} {by}"));
        self.good(&format!(
            "case approve {case} {by} --found documents,identity,genuineness"
        ));
        let key = self.0.key(&format!("{case}.key"));
        self.call("csr new --environment production")
            .option("--key", key)
            .option("--subject", "CN=苏青,OU=群文部,O=区文化馆,C=CN")
            .option("--out", self.0.path(&format!("{case}.csr")))
            .answer()
            .good();
        self.good(&format!("case prove-key {case} {case}.csr {by}"));
    }

    /// `gmpki` in the folder around the desk.
    pub(crate) fn call(&self, words: &str) -> Call {
        gmpki(words).within(&self.0.path(""))
    }

    /// What a command line shows on a terminal of its own.
    pub(crate) fn on_terminal(&self, line: &str) -> String {
        let mut script = Command::new("script");
        script.args(["-q", "-e", "-c", line, "/dev/null"]);
        let answer = Call::new(script).within(&self.0.path("")).answer();
        assert_eq!(answer.code, Some(0), "{answer}");
        answer.text().to_owned()
    }

    /// A call that is done, and what it printed.
    pub(crate) fn good(&self, words: &str) -> String {
        self.call(words).answer().good().text().to_owned()
    }

    /// A call that is refused, with this in its reason.
    pub(crate) fn refused(&self, words: &str, reason: &str) {
        self.call(words).answer().refused(reason);
    }

    /// The object that a call prints.
    pub(crate) fn object(&self, words: &str) -> Value {
        self.call(words).arg("--json").answer().good().json()
    }

    /// A new private key beside the desk, NAME.key, and its public half, NAME.pem.
    pub(crate) fn key_pair(&self, name: &str) {
        let key = self.0.key(&format!("{name}.key"));
        self.0.public(&format!("{name}.pem"), &key);
    }

    /// The place of a file beside the desk.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path(name)
    }

    /// A file beside the desk.
    pub(crate) fn write(&self, name: &str, octets: impl AsRef<[u8]>) {
        self.0.write(name, octets);
    }

    /// What `status` says of a certificate, and with which exit code.
    pub(crate) fn status(&self, words: &str) -> (String, Option<i32>) {
        let answer = self.call("status --json").words(words).answer();
        let status = answer.json()["status"].as_str().expect("text").to_owned();
        (status, answer.code)
    }

    /// The number of a case's signing certificate.
    pub(crate) fn serial(&self, case: &str) -> String {
        let serial = self.object(&format!("case show {case}"))["signing_serial"].clone();
        serial.as_str().expect("text").to_owned()
    }

    /// The names in a folder of the desk.
    pub(crate) fn listing(&self, folder: &str) -> Vec<String> {
        let path = self.0.path("gmpki-desk").join(folder);
        let entries = std::fs::read_dir(path).expect("a folder of the desk");
        let mut names: Vec<_> = entries
            .map(|entry| {
                entry
                    .expect("it is listed")
                    .file_name()
                    .to_string_lossy()
                    .into_owned()
            })
            .collect();
        names.sort();
        names
    }
}
