//! Any device, by its name.

use crate::{
    args::{
        DeviceCheck, DeviceGenerate, DeviceImport, DeviceReadCert, DeviceWriteCert, KeyKindName,
        KeyUseName, Named, NamedKey,
    },
    convert::Vouching,
    failure::Failure,
    input, named,
    outcome::Outcome,
    output::{self, Readers},
};
use der::{Decode, Encode};
use gm_crypto::pki;
use hsm::{
    Certificates, Error, KeyAlgorithm, KeyHandle, KeyLabel, KeyUri, KeyUse, Opened, Token,
    conformance::{Fixture, Outcome as Examined, examine},
    pkcs11::{DecryptionFinding, SelfTest, SigningFinding},
};
use serde_json::{Value, json};
use x509_cert::Certificate;

fn key(named: &Named) -> NamedKey {
    NamedKey {
        key: named.name.clone(),
        password_file: named.password_file.clone(),
    }
}

/// The token, and the key in it that the name means.
fn opened(named: &Named) -> Result<(NamedKey, Opened, KeyLabel), Failure> {
    let key = key(named);
    let mut opened = named::token(&key)?;
    let label = opened.label.take();
    let label = label.ok_or_else(|| key.failure("names no key, but the place of keys"))?;
    Ok((key, opened, label))
}

pub(super) fn show(args: &Named) -> Result<Outcome, Failure> {
    let key = key(args);
    let opened = named::token(&key)?;
    let token = &*opened.token;
    let failed = |source: Error| key.failure(source);
    let description = token.description().map_err(failed)?;
    let mut lines = Vec::new();
    let mut json = json!({});
    for (name, value) in [
        ("interface", description.interface),
        ("manufacturer", description.manufacturer),
        ("model", description.model),
        ("serial", description.serial),
        ("label", description.label),
        ("firmware", description.firmware),
    ] {
        if !value.is_empty() {
            lines.push(format!("{:<13} {}", format!("{name}:"), shown(&value)));
            json[name] = value.into();
        }
    }
    let powers = powers(token);
    lines.push(format!("{:<13} {}", "can:", powers.join(", ")));
    let labels = token.labels().map_err(failed)?;
    let labels: Vec<String> = labels.iter().map(ToString::to_string).collect();
    let text = if labels.is_empty() {
        "none".to_owned()
    } else {
        labels.join(", ")
    };
    lines.push(format!("{:<13} {text}", "signing keys:"));
    json["powers"] = powers.into();
    json["keys"] = labels.into();
    if let Some(label) = &opened.label {
        let handle = token.key(label).map_err(failed)?;
        let pem = pki::encode_pem("PUBLIC KEY", handle.public_key().as_bytes());
        lines.push(format!("{label}:\n{pem}"));
        json["public"] = pem.into();
    }
    Ok(Outcome::new(lines.join("\n"), json))
}

/// What a device says, without what would move the cursor.
fn shown(text: &str) -> String {
    text.escape_debug().to_string()
}

fn powers(token: &dyn Token) -> Vec<&'static str> {
    let all = [
        (true, "sign"),
        (token.as_decryption().is_some(), "decrypt"),
        (token.as_envelop().is_some(), "hand out wrapped keys"),
        (token.as_unwrap().is_some(), "take in wrapped keys"),
        (token.as_certificates().is_some(), "keep certificates"),
        (token.as_random().is_some(), "give random octets"),
    ];
    let able = all.into_iter().filter(|(can, _)| *can);
    able.map(|(_, word)| word).collect()
}

pub(super) fn self_test(args: &Named) -> Result<Outcome, Failure> {
    let key = key(args);
    match &named::name_of(&key) {
        KeyUri::Pkcs11(name) => {
            let found = name
                .open_token(&mut named::ask)
                .and_then(|token| token.self_test());
            found
                .map(|found| findings(&found))
                .map_err(|source| key.failure(source))
        }
        KeyUri::Sdf(name) => {
            let Some(index) = name.index else {
                return Err(key.failure("names no key to try: add index"));
            };
            let label = KeyLabel::new(index.to_string())?;
            let tested = name
                .open_device(&mut named::ask)
                .and_then(|device| device.self_test(&label));
            tested.map_err(|source| key.failure(source))?;
            let text = "signatures verify here, ciphertexts open there: the variant is right";
            Ok(Outcome::new(text, json!({})))
        }
        _ => {
            let (key, opened, label) = opened(args)?;
            sign_and_verify(&key, &*opened.token, &label)
        }
    }
}

/// What can be tried of a device that has no test of its own.
fn sign_and_verify(
    key: &NamedKey,
    token: &dyn Token,
    label: &KeyLabel,
) -> Result<Outcome, Failure> {
    let handle = token.key(label).map_err(|source| key.failure(source))?;
    let checked = named::checked(handle, gm_crypto::sm2::UserId::default());
    checked
        .sign(b"gm-pki: a message to try a key with")
        .map_err(|source| key.failure(source))?;
    Ok(Outcome::new("a signature was made and verifies", json!({})))
}

fn findings(found: &SelfTest) -> Outcome {
    let mut lines = Vec::new();
    let mut all: Vec<Value> = Vec::new();
    let verdict = |agrees: bool| {
        if agrees {
            "as described"
        } else {
            "NOT as described"
        }
    };
    for finding in &found.signing {
        let agrees = finding.agrees();
        let what = signing(finding);
        lines.push(format!(
            "signs  {:#010x}: {what}; {}",
            finding.mechanism,
            verdict(agrees)
        ));
        all.push(json!({ "mechanism": finding.mechanism, "found": what, "agrees": agrees }));
    }
    if let Some(finding) = &found.decryption {
        let agrees = finding.agrees();
        let what = decryption(finding);
        lines.push(format!(
            "opens  {:#010x}: {what}; {}",
            finding.mechanism,
            verdict(agrees)
        ));
        all.push(json!({ "mechanism": finding.mechanism, "found": what, "agrees": agrees }));
    }
    Outcome::judged(
        lines.join("\n"),
        json!({ "mechanisms": all }),
        found.agrees(),
    )
}

fn signing(finding: &SigningFinding) -> String {
    if !finding.offered {
        return "not offered".into();
    }
    if let Some(refused) = &finding.refused {
        return format!("refused: {}", shown(refused));
    }
    if finding.without_z {
        return "hashes without Z".into();
    }
    match (&finding.takes[..], &finding.form) {
        ([], _) => "its signatures fit nothing".into(),
        (takes, form) => format!("takes {takes:?}, gives {form:?}"),
    }
}

fn decryption(finding: &DecryptionFinding) -> String {
    match (finding.offered, &finding.opens[..]) {
        (false, _) => "not offered".into(),
        (true, []) => "no form that is known".into(),
        (true, opens) => format!("{opens:?}"),
    }
}

pub(super) fn check(args: &DeviceCheck) -> Result<Outcome, Failure> {
    let key = key(&args.named);
    let opened = named::token(&key)?;
    let mut fixture = Fixture::with_prefix(&args.prefix)?;
    let free = (1..=Fixture::LABELS).map(|number| format!("{}-{number}", args.prefix));
    let labels = opened
        .token
        .labels()
        .map_err(|source| key.failure(source))?;
    let taken = free
        .into_iter()
        .find(|free| labels.iter().any(|label| label.as_str() == free));
    if let Some(taken) = taken {
        let reason = format!("has a key {taken} already: give another --prefix");
        return Err(key.failure(reason));
    }
    if let Some(label) = opened.label {
        fixture = fixture.with_signing_key(label.clone(), KeyAlgorithm::Sm2);
        let decryption = opened.token.as_decryption();
        if decryption.is_some_and(|decryption| decryption.decryption_key(&label).is_ok()) {
            fixture = fixture.with_decryption_key(label);
        }
    }
    let report = examine(&*opened.token, fixture);
    let (mut lines, mut all) = (Vec::new(), Vec::new());
    for check in report.checks() {
        lines.push(shown(&check.to_string()));
        let (word, reason) = match &check.outcome {
            Examined::Passed => ("passed", None),
            Examined::NotOffered { reason } => ("not-offered", Some(reason)),
            Examined::Failed { reason } => ("failed", Some(reason)),
            _ => ("unknown", None),
        };
        all.push(json!({
            "check": check.name,
            "with": check.subject,
            "outcome": word,
            "reason": reason,
        }));
    }
    let (passed, failed) = (report.passed().count(), report.failures().count());
    lines.push(format!("{passed} passed, {failed} failed"));
    let json = json!({ "checks": all, "passed": passed, "failed": failed });
    // A device of which nothing could be tried did not pass.
    Ok(Outcome::judged(
        lines.join("\n"),
        json,
        failed == 0 && passed > 0,
    ))
}

pub(super) fn generate(args: &DeviceGenerate) -> Result<Outcome, Failure> {
    let (key, opened, label) = opened(&args.named)?;
    let algorithm = match args.kind {
        KeyKindName::Sm2 => KeyAlgorithm::Sm2,
        KeyKindName::P256 => KeyAlgorithm::P256,
        KeyKindName::P384 => KeyAlgorithm::P384,
    };
    let made = opened.token.generate(&label, algorithm);
    let made = made.map_err(|source| key.failure(source))?;
    let pem = pki::encode_pem("PUBLIC KEY", made.public_key().as_bytes());
    let text = format!("key: {label}, {algorithm}\n{pem}");
    let json = json!({ "key": label.to_string(), "kind": algorithm.to_string(), "public": pem });
    Ok(Outcome::new(text, json))
}

pub(super) fn import(args: &DeviceImport) -> Result<Outcome, Failure> {
    let vouching = Vouching {
        certificate: args.certificate.as_deref(),
        from_sender: None,
    };
    let delivery = vouching.read(&args.envelope)?;
    let Some(envelope) = delivery.envelope() else {
        let reason = "has no SM2EnvelopedKey, which is what devices take: 'gmpki convert envelope'";
        return Err(Failure::file(&args.envelope, reason));
    };
    let (key, opened, label) = opened(&args.named)?;
    let unwrap = opened.token.as_unwrap();
    let unwrap = unwrap.ok_or_else(|| key.failure("takes in no wrapped keys"))?;
    let done = unwrap.unwrap_key(&label, envelope);
    done.map_err(|source| key.failure(source))?;
    let text = format!("encryption key: beside the signing key {label}");
    let remarks = vouching.remarks(&delivery);
    Ok(Outcome::new(text, json!({ "key": label.to_string() })).notes(remarks))
}

pub(super) fn write_certificate(args: &DeviceWriteCert) -> Result<Outcome, Failure> {
    let der = input::read_der(&args.certificate, input::CERTIFICATE)?;
    let certificate = Certificate::from_der(&der);
    let certificate = certificate.map_err(|source| Failure::file(&args.certificate, source))?;
    let spki = certificate.tbs_certificate().subject_public_key_info();
    let spki = spki.to_der()?;
    let (key, opened, label) = opened(&args.named)?;
    let failed = |source: Error| key.failure(source);
    let token = &*opened.token;
    let certificates = certificates(&key, token)?;
    let signing = token.key(&label).map_err(failed)?;
    let key_use = if signing.public_key().as_bytes() == spki {
        KeyUse::Signing
    } else if is_of_encryption_key(token, &label, &spki).map_err(failed)? {
        KeyUse::Encryption
    } else {
        let reason = format!("is the certificate of no key of {label}");
        return Err(Failure::file(&args.certificate, reason));
    };
    certificates
        .write_certificate(&label, key_use, &der)
        .map_err(failed)?;
    let text = format!("certificate: beside the {key_use} key of {label}");
    let json = json!({ "key": label.to_string(), "use": key_use.to_string() });
    Ok(Outcome::new(text, json))
}

fn is_of_encryption_key(token: &dyn Token, label: &KeyLabel, spki: &[u8]) -> Result<bool, Error> {
    let Some(decryption) = token.as_decryption() else {
        return Ok(false);
    };
    match decryption.decryption_key(label) {
        Ok(key) => Ok(key.public_key().as_bytes() == spki),
        Err(Error::NoSuchKey { .. }) => Ok(false),
        Err(error) => Err(error),
    }
}

fn certificates<'a>(key: &NamedKey, token: &'a dyn Token) -> Result<&'a dyn Certificates, Failure> {
    let certificates = token.as_certificates();
    certificates.ok_or_else(|| key.failure("keeps no certificates"))
}

pub(super) fn read_certificate(args: &DeviceReadCert) -> Result<Outcome, Failure> {
    let (key, opened, label) = opened(&args.named)?;
    let key_use = match args.key_use {
        KeyUseName::Signing => KeyUse::Signing,
        KeyUseName::Encryption => KeyUse::Encryption,
    };
    let certificates = certificates(&key, &*opened.token)?;
    let found = certificates.certificate(&label, key_use);
    let found = found.map_err(|source| key.failure(source))?;
    let Some(der) = found else {
        let reason = format!("has no certificate of the {key_use} key of {label}");
        return Err(key.failure(reason));
    };
    let pem = pki::encode_pem(input::CERTIFICATE[0], &der);
    let json = json!({ "certificate": pem, "key": label.to_string() });
    let Some(out) = &args.out else {
        return Ok(Outcome::new(pem, json));
    };
    output::write(out, pem.as_bytes(), Readers::AsUsual)?;
    let path = out.display().to_string();
    let text = format!("certificate: {path}");
    Ok(Outcome::new(text, json).member("file", path))
}
