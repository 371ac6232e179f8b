//! Does OpenSSL agree? Another implementation looks at what was made.

use super::{Applicant, business, business::Business, folder::Folder, story::Story};
use crate::{failure::Failure, input, output, sm3::hexadecimal};
use csr::CsrDraft;
use getrandom::SysRng;
use gm_crypto::{
    pki,
    sm2::{EnvelopedKey, SecretKey, SigningKey, UserId},
};
use hsm::{KeyHandle, SoftKey};
use serde_json::{Value, json};
use std::{
    path::{Path, PathBuf},
    process::Command,
};

/// The ID that OpenSSL has to be told.
const ID: &str = "distid:1234567812345678";

/// What OpenSSL said, question by question.
#[derive(Debug, Default)]
pub(crate) struct Agreement {
    /// OpenSSL's own name, if it is on this machine.
    pub(crate) version: Option<String>,
    pub(crate) answers: Vec<Answer>,
}

/// One question.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) question: String,
    pub(crate) command: String,
    pub(crate) agrees: bool,
}

impl Agreement {
    pub(crate) fn to_json(&self) -> Value {
        let answers = self.answers.iter().map(|answer| {
            json!({
                "question": answer.question,
                "command": answer.command,
                "agrees": answer.agrees,
            })
        });
        json!({ "version": self.version, "answers": answers.collect::<Vec<_>>() })
    }

    /// Runs OpenSSL and holds its answer against what agreement looks like: an
    /// exit code of 0 and, because some of its commands exit with 0 in any case,
    /// a text in its output.
    fn ask(&mut self, question: &str, arguments: &[&str], wanted: &str) -> bool {
        let output = Command::new("openssl").args(arguments).output();
        let agrees = output.is_ok_and(|output| {
            let said = [output.stdout, output.stderr].concat();
            output.status.success() && String::from_utf8_lossy(&said).contains(wanted)
        });
        self.answer(question, arguments, agrees);
        agrees
    }

    fn answer(&mut self, question: &str, arguments: &[&str], agrees: bool) {
        self.answers.push(Answer {
            question: question.to_owned(),
            command: format!("openssl {}", shown(arguments)),
            agrees,
        });
    }
}

/// Asks OpenSSL about the certificates, a request, the enveloped keys and the
/// list's signature. Without OpenSSL it says so.
///
/// # Errors
/// When OpenSSL disagrees, or a file can't be written.
pub(crate) fn agree(
    folder: &Folder,
    business: &Business,
    applicants: &[Applicant],
    story: &mut Story,
) -> Result<Agreement, Failure> {
    story.chapter("Another implementation looks at it");
    let mut agreement = Agreement::default();
    let Ok(version) = Command::new("openssl").arg("version").output() else {
        story.found("no program openssl on this machine: not asked");
        return Ok(agreement);
    };
    let version = String::from_utf8_lossy(&version.stdout).trim().to_owned();
    story.found(&version);
    agreement.version = Some(version);

    let root = folder.authority(business::ROOT);
    let issuing = folder.authority(business::ISSUING_CA);
    verify(
        &mut agreement,
        "the issuing CA's certificate, under the root",
        &root,
        &issuing,
    );
    for applicant in applicants {
        let id = applicant.id.as_str();
        for name in ["signing-certificate", "encryption-certificate"] {
            let file = folder.subscriber(id, &format!("{name}.pem"));
            let question = format!("the {name} of {id}, under the issuing CA");
            verify(&mut agreement, &question, &issuing, &file);
        }
        if let Some(key) = &applicant.key {
            let envelope = &business.pair(&applicant.id)?.encryption_key.envelope;
            open_envelope(&mut agreement, folder, id, key, envelope)?;
        }
    }
    own_request(&mut agreement, folder)?;
    list_signature(&mut agreement, folder);

    for answer in &agreement.answers {
        let verdict = if answer.agrees { "agrees" } else { "DISAGREES" };
        story.found(&format!("{verdict}: {}", answer.question));
    }
    match agreement.answers.iter().find(|answer| !answer.agrees) {
        None => Ok(agreement),
        Some(answer) => Err(Failure::Refused(
            format!(
                "OpenSSL disagrees: {} ({})",
                answer.question, answer.command
            )
            .into(),
        )),
    }
}

fn verify(agreement: &mut Agreement, question: &str, issuer: &Path, certificate: &Path) {
    let (issuer, certificate) = (text(issuer), text(certificate));
    let arguments = [
        "verify",
        "-partial_chain",
        "-trusted",
        &issuer,
        "-vfyopt",
        ID,
        &certificate,
    ];
    agreement.ask(question, &arguments, ": OK");
}

/// The envelope, opened by OpenSSL alone: SM2 decryption gives the SM4 key, SM4 in
/// ECB mode gives the scalar, and the scalar has the certificate's public key.
fn open_envelope(
    agreement: &mut Agreement,
    folder: &Folder,
    id: &str,
    key: &SecretKey,
    envelope: &[u8],
) -> Result<(), Failure> {
    // Private keys in the clear: in a folder of their own that nobody else can
    // read and that does not outlive this function.
    let secrets = tempfile::tempdir()?;
    let file = |name: &str| secrets.path().join(name);
    let envelope = EnvelopedKey::from_der(envelope)?;
    let (own, cipher) = (file("signing-key.pem"), file("sm2-cipher.der"));
    let (wrapped, session) = (file("encrypted-scalar.bin"), file("sm4-key.bin"));
    let scalar = file("scalar.bin");
    let pem = pki::encode_pem("PRIVATE KEY", &pki::encode_private_key(key));
    output::write_secret(&own, pem.as_bytes())?;
    output::replace(&cipher, &envelope.encrypted_key().to_der())?;
    output::replace(&wrapped, envelope.encrypted_scalar())?;

    let (own, cipher, session_file) = (text(&own), text(&cipher), text(&session));
    let decrypt = [
        "pkeyutl",
        "-decrypt",
        "-inkey",
        &own,
        "-in",
        &cipher,
        "-out",
        &session_file,
    ];
    let question = format!("the SM4 key in the envelope of {id}");
    if !agreement.ask(&question, &decrypt, "") {
        return Ok(());
    }
    let session_key = hexadecimal(&input::read(&session, 1_024)?);
    let (wrapped, scalar_file) = (text(&wrapped), text(&scalar));
    let unwrap = [
        "enc",
        "-d",
        "-sm4-ecb",
        "-nopad",
        "-K",
        &session_key,
        "-in",
        &wrapped,
        "-out",
        &scalar_file,
    ];
    let question = format!("the private key in the envelope of {id}");
    if !agreement.ask(&question, &unwrap, "") {
        return Ok(());
    }
    // The scalar's public key, as OpenSSL derives it, and the certificate's.
    let octets: [u8; 32] = input::read(&scalar, 1_024)?
        .try_into()
        .map_err(|_| Failure::file(&scalar, "a scalar has 32 octets"))?;
    let found = file("encryption-key.pem");
    let bare = bare_key(&octets)?;
    output::write_secret(&found, pki::encode_pem("EC PRIVATE KEY", &bare).as_bytes())?;
    let found = text(&found);
    let derive = ["pkey", "-in", &found, "-pubout"];
    let certificate = text(&folder.subscriber(id, "encryption-certificate.pem"));
    let take = ["x509", "-in", &certificate, "-noout", "-pubkey"];
    let run = |arguments: &[&str]| Command::new("openssl").args(arguments).output();
    let agrees = match (run(&derive), run(&take)) {
        (Ok(ours), Ok(theirs)) => !ours.stdout.is_empty() && ours.stdout == theirs.stdout,
        _ => false,
    };
    let question = format!("it has the public key of {id}'s encryption certificate");
    agreement.answer(&question, &derive, agrees);
    Ok(())
}

/// `ECPrivateKey` (RFC 5915) without a public key, so that OpenSSL derives it.
fn bare_key(scalar: &[u8; 32]) -> der::Result<Vec<u8>> {
    use der::{Encode, Sequence, asn1::OctetString};
    #[derive(Sequence)]
    struct EcPrivateKey {
        version: u8,
        private_key: OctetString,
        #[asn1(context_specific = "0", tag_mode = "EXPLICIT")]
        curve: der::asn1::ObjectIdentifier,
    }
    EcPrivateKey {
        version: 1,
        private_key: OctetString::new(scalar.as_slice())?,
        curve: gm_crypto::sm2::CURVE_OID,
    }
    .to_der()
}

/// A request that our library builds with a key of its own.
fn own_request(agreement: &mut Agreement, folder: &Folder) -> Result<(), Failure> {
    let key = SigningKey::new(SecretKey::generate(&mut SysRng)?, UserId::default());
    let key = SoftKey::new(key);
    let prepared = CsrDraft::new("CN=另一份申请,C=CN".parse()?)
        .prepare(key.public_key().decode_msg()?, key.algorithm())?;
    let signature = key.sign(prepared.tbs())?;
    let pem = pki::encode_pem(csr::PEM_LABELS[0], &prepared.attach(&signature)?);
    let file = folder.file("openssl/own.csr.pem")?;
    output::replace(&file, pem.as_bytes())?;
    let file = text(&file);
    let arguments = ["req", "-verify", "-noout", "-vfyopt", ID, "-in", &file];
    agreement.ask("a request that gmpki built", &arguments, "verify OK");
    Ok(())
}

/// The list's signature over the extracted JSON.
fn list_signature(agreement: &mut Agreement, folder: &Folder) {
    let files = ["trust-list/list.json", "trust-list/list.sig"].map(|name| folder.file(name));
    let [Ok(list), Ok(signature)] = files else {
        return;
    };
    let signer: PathBuf = folder.authority(business::LIST_PUBLISHER);
    let (list, signature, signer) = (text(&list), text(&signature), text(&signer));
    let arguments = [
        "pkeyutl", "-verify", "-rawin", "-digest", "sm3", "-pkeyopt", ID, "-certin", "-inkey",
        &signer, "-sigfile", &signature, "-in", &list,
    ];
    let question = "the trust list's signature over its JSON";
    agreement.ask(question, &arguments, "Signature Verified Successfully");
}

/// The arguments without the key that follows `-K`.
fn shown(arguments: &[&str]) -> String {
    let mut shown = arguments.to_vec();
    if let Some(place) = arguments.iter().position(|argument| *argument == "-K") {
        shown[place + 1] = "KEY";
    }
    shown.join(" ")
}

fn text(path: &Path) -> String {
    path.display().to_string()
}
