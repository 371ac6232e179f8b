//! `gmpki message`: GM/T 0010 messages of any size.

mod devices;
mod files;
mod notes;

use crate::{
    args::{
        DecryptMessage, DialectName, EncryptMessage, For, PartnerName, SignMessage, VerifyMessage,
    },
    failure::Failure,
    input, keys,
    outcome::Outcome,
    output::Readers,
    sm4,
};
use der::DateTime;
use files::{Content, Output};
use getrandom::SysRng;
use gm_crypto::{
    message::{
        CipherName, ContentTypes, Dialect, EncryptedData, EncryptionName, Parameters, Partner,
        PartyIdKind, SignatureName, Signer, UnverifiedSignedData,
        stream::{self, ExpectedSigners, SigningPlan, VerifiedStream},
    },
    sm2::{CiphertextForm, SecretKey, SigningKey, UserId},
};
use hsm::KeyUri;
use lifecycle::ports::{Clock, SystemClock};
use notes::Task;
use serde_json::json;
use std::{
    io::Read,
    path::{Path, PathBuf},
};

const ONCE: &str = "standard input is read once: give --indefinite, or a file";

pub(crate) fn sign(args: &SignMessage) -> Result<Outcome, Failure> {
    let mut files: Vec<&Path> = vec![&args.file];
    for list in [&args.signer, &args.carry, &args.carry_crl] {
        files.extend(list.iter().map(PathBuf::as_path));
    }
    let key_files: Vec<&Path> = args.key.iter().filter_map(file_of).collect();
    files.extend(&key_files);
    input::at_most_one_is_standard_input(&files)?;
    let usage = |message: &str| Err(Failure::Usage(message.into()));
    if args.key.len() != args.signer.len() {
        return usage("as many --key as --signer: the n-th key signs for the n-th certificate");
    }
    if args.password_file.len() > 1 && args.password_file.len() != args.key.len() {
        return usage("one --password-file for all keys, or one for each");
    }
    if args.detached && args.partner.indefinite {
        return usage("--indefinite goes with a message that has its content");
    }
    if key_files.len() < args.key.len() {
        return devices::sign(args);
    }

    let mut plan = SigningPlan::new(&partner(&args.partner));
    let (now, mut notes) = (SystemClock::default().now(), Vec::new());
    let mut signing = Vec::new();
    for (number, (key, certificate)) in key_files.iter().zip(&args.signer).enumerate() {
        let passwords = &args.password_file;
        let password = passwords.get(number).or(passwords.first());
        let key = keys::secret_at(key, password.map(PathBuf::as_path))?;
        let wrong = |source| Failure::file(certificate, source);
        let mut signer = signer(certificate, &key, now, &mut notes)?;
        if args.without_certificates {
            signer = signer.without_certificate();
        }
        if args.attributes {
            signer = signer.signing_time(now).map_err(wrong)?;
        }
        plan = plan.signer(signer).map_err(wrong)?;
        signing.push(SigningKey::new(key, UserId::default()));
    }
    for path in &args.carry {
        let certificate = input::read_der(path, input::CERTIFICATE)?;
        let carried = plan.certificate(&certificate);
        plan = carried.map_err(|source| Failure::file(path, source))?;
    }
    for path in &args.carry_crl {
        let crl = input::read_der(path, input::CRL)?;
        plan = plan
            .crl(&crl)
            .map_err(|source| Failure::file(path, source))?;
    }
    let sign = |digests: Vec<[u8; 32]>| -> Result<Vec<Vec<u8>>, Failure> {
        let each = digests.iter().zip(&signing);
        each.map(|(e, key)| Ok(key.sign_digest_hedged(&mut SysRng, e)?.to_der()))
            .collect()
    };

    let failed = |source| Failure::file(&args.file, source);
    let mut content = Content::open(&args.file)?;
    let mut output = Output::create(args.out.as_deref(), Readers::AsUsual)?;
    if args.partner.indefinite {
        let message = plan
            .write_indefinite(content.once(), &mut output)
            .map_err(failed)?;
        let signatures = sign(message.digests()?)?;
        message.finish(&signatures).map_err(failed)?;
    } else if args.detached {
        let prepared = plan.prepare(content.once()).map_err(failed)?;
        let signatures = sign(prepared.digests()?)?;
        output.put(&prepared.detached(&signatures)?)?;
    } else {
        let content = content.again().ok_or(Failure::Usage(ONCE.into()))?;
        let prepared = plan.prepare(content.by_ref()).map_err(failed)?;
        let signatures = sign(prepared.digests()?)?;
        let message = prepared.attached(&signatures)?;
        content.rewind()?;
        message.write(content, &mut output).map_err(failed)?;
    }
    Ok(output.finish("message")?.notes(notes))
}

/// The file of a key that is in one, and whose password is not named with it.
fn file_of(key: &KeyUri) -> Option<&Path> {
    match key {
        KeyUri::File(name) if name.pin.is_none() => Some(&name.path),
        _ => None,
    }
}

/// The owner of a certificate, if the key is its own; what is to be known of it joins `notes`.
fn signer(
    certificate: &Path,
    key: &SecretKey,
    now: DateTime,
    notes: &mut Vec<String>,
) -> Result<Signer, Failure> {
    if keys::public_key(certificate)? != key.public_key() {
        return Err(Failure::file(certificate, "not the certificate of the key"));
    }
    let der = input::read_der(certificate, input::CERTIFICATE)?;
    notes.extend(notes::of_file(certificate.display(), &der, Task::Sign, now));
    Signer::new(&der).map_err(|source| Failure::file(certificate, source))
}

pub(crate) fn verify(args: &VerifyMessage) -> Result<Outcome, Failure> {
    let mut files: Vec<&Path> = vec![&args.file];
    files.extend(args.signer.iter().map(PathBuf::as_path));
    files.extend(args.content.as_deref());
    input::at_most_one_is_standard_input(&files)?;
    let dialect = dialect(args.dialect);
    let signers: Vec<Vec<u8>> = args
        .signer
        .iter()
        .map(|path| input::read_der(path, input::CERTIFICATE))
        .collect::<Result<_, _>>()?;
    let failed = |source| not_signed(&args.file, dialect, source);

    let signers: Vec<&[u8]> = signers.iter().map(Vec::as_slice).collect();
    // In one pass: all have signed the same octets, whatever becomes of the file meanwhile.
    let expected = ExpectedSigners::Each(&signers);

    let mut input = Content::message(&args.file)?;
    if let Some(path) = &args.content {
        let mut octets = Vec::new();
        let mut limited = input.once().take(input::STRUCTURE * 8);
        limited
            .read_to_end(&mut octets)
            .map_err(|source| Failure::file(&args.file, source))?;
        let mut content = Content::open(path)?;
        let message = UnverifiedSignedData::read(&octets, dialect).map_err(failed)?;
        let verified =
            stream::verify_detached(message, expected, content.once()).map_err(failed)?;
        return outcome(&verified, None);
    }

    let create = |out| Output::create(Some(out), Readers::AsUsual);
    let mut output = args.out.as_deref().map(create).transpose()?;
    // What is read once goes by before it is checked: the file gets its name afterwards.
    let verified = match (input.again(), &mut output) {
        (Some(input), None) => stream::verify_attached(input, dialect, expected),
        (Some(input), Some(output)) => {
            stream::verify_then_release(input, dialect, expected, output)
        }
        (None, None) => {
            stream::release_then_verify(input.once(), dialect, expected, std::io::sink())
        }
        (None, Some(output)) => {
            stream::release_then_verify(input.once(), dialect, expected, output)
        }
    };
    outcome(&verified.map_err(failed)?, output)
}

fn outcome(verified: &VerifiedStream, output: Option<Output>) -> Result<Outcome, Failure> {
    let outcome = match output {
        None => Outcome::new("signature: good", json!({})),
        Some(output) => output.finish("content")?,
    };
    let times: Vec<String> = verified
        .signers()
        .iter()
        .filter_map(|signer| Some(signer.signing_time()?.to_string()))
        .collect();
    Ok(signed_by(outcome, verified)
        .member("octets", verified.length())
        .member("times", times)
        .notes(verified.deviations().iter().map(forgiven)))
}

/// Says who signed.
fn signed_by(outcome: Outcome, verified: &VerifiedStream) -> Outcome {
    let now = SystemClock::default().now();
    outcome
        .member("signers", notes::signers(verified))
        .notes(notes::of_signatures(verified, now))
}

fn forgiven(deviation: &gm_crypto::message::Deviation) -> String {
    format!("not as GM/T 0010 has it: {deviation}")
}

/// What a person can do about a signature that is none.
fn not_signed(path: &Path, dialect: Dialect, source: gm_crypto::Error) -> Failure {
    match source {
        gm_crypto::Error::Crypto => Failure::file(
            path,
            "the signature is not this signer's over this content; 'gmpki explain' looks for the reason",
        ),
        source => refused(path, dialect, source),
    }
}

pub(crate) fn encrypt(args: &EncryptMessage) -> Result<Outcome, Failure> {
    let mut files: Vec<&Path> = vec![&args.file];
    files.extend(args.recipient.iter().map(PathBuf::as_path));
    files.extend(args.key.as_deref());
    files.extend(args.signer.as_deref());
    input::at_most_one_is_standard_input(&files)?;
    let partner = partner(&args.partner);
    let recipients: Vec<Vec<u8>> = args
        .recipient
        .iter()
        .map(|path| input::read_der(path, input::CERTIFICATE))
        .collect::<Result<_, _>>()?;
    let recipients: Vec<&[u8]> = recipients.iter().map(Vec::as_slice).collect();
    let failed = |source| Failure::file(&args.file, source);
    let (now, mut notes) = (SystemClock::default().now(), Vec::new());
    for (path, der) in args.recipient.iter().zip(&recipients) {
        notes.extend(notes::of_file(path.display(), der, Task::Encrypt, now));
    }

    let mut content = Content::open(&args.file)?;
    let mut output = Output::create(args.out.as_deref(), Readers::AsUsual)?;
    match (&args.key, &args.signer) {
        (Some(key), Some(certificate)) => {
            if args.partner.indefinite {
                return Err(Failure::Usage("--indefinite goes without --signer".into()));
            }
            let key = keys::secret_at(key, args.password_file.as_deref())?;
            let signer = signer(certificate, &key, now, &mut notes)?;
            let key = SigningKey::new(key, UserId::default());
            let content = content.again().ok_or_else(|| {
                Failure::Usage("standard input is read once: to sign, give a file".into())
            })?;
            let rng = &mut SysRng;
            let out = &mut output;
            stream::sign_and_encrypt(rng, &partner, signer, &key, &recipients, content, out)
                .map_err(failed)?;
        }
        _ if args.partner.indefinite => {
            let content = content.once();
            stream::encrypt_indefinite(&mut SysRng, &partner, &recipients, content, &mut output)
                .map_err(failed)?;
        }
        _ => {
            let content = content.again().ok_or(Failure::Usage(ONCE.into()))?;
            stream::encrypt(&mut SysRng, &partner, &recipients, content, &mut output)
                .map_err(failed)?;
        }
    }
    Ok(output.finish("message")?.notes(notes))
}

pub(crate) fn decrypt(args: &DecryptMessage) -> Result<Outcome, Failure> {
    if let Some(key) = &args.symmetric_key {
        return decrypt_symmetric(args, key);
    }
    let Some(key) = &args.key else {
        return Err(Failure::Usage("give --key or --symmetric-key".into()));
    };
    let mut files: Vec<&Path> = vec![key, &args.file];
    files.extend(args.certificate.as_deref());
    files.extend(args.signer.as_deref());
    input::at_most_one_is_standard_input(&files)?;
    let dialect = dialect(args.dialect);
    let read = |path: &PathBuf| input::read_der(path, input::CERTIFICATE);
    let certificate = args.certificate.as_ref().map(read).transpose()?;
    let certificate = certificate.as_deref();
    let signer = args.signer.as_ref().map(read).transpose()?;
    let key = keys::secret_at(key, args.password_file.as_deref())?;
    let failed = |source| match source {
        gm_crypto::Error::Crypto if args.signer.is_some() => Failure::file(
            &args.file,
            "not for this key, or not signed by this signer, or damaged",
        ),
        gm_crypto::Error::Crypto => Failure::file(&args.file, "not for this key, or damaged"),
        source => refused(&args.file, dialect, source),
    };

    let mut input = Content::message(&args.file)?;
    let mut output = Output::create(args.out.as_deref(), Readers::Owner)?;
    let (length, deviations, verified) = if let Some(signer) = &signer {
        let expected = ExpectedSigners::One(signer);
        let verified = match input.again() {
            Some(input) => stream::decrypt_and_verify_then_release(
                input,
                dialect,
                certificate,
                &key,
                expected,
                &mut output,
            ),
            None if args.out.is_none() => {
                return Err(Failure::Usage(
                    "standard input would be given out before it is checked: give --out".into(),
                ));
            }
            // The file gets its name when everything has been checked.
            None => stream::decrypt_and_release_then_verify(
                input.once(),
                dialect,
                certificate,
                &key,
                expected,
                &mut output,
            ),
        };
        let verified = verified.map_err(failed)?;
        let deviations = verified.deviations().to_vec();
        (verified.length(), deviations, Some(verified))
    } else {
        let done =
            stream::decrypt_unauthenticated(input.once(), dialect, certificate, &key, &mut output)
                .map_err(failed)?;
        (done.length(), done.deviations().to_vec(), None)
    };
    let outcome = output.finish("text")?;
    let outcome = outcome
        .member("octets", length)
        .member("authenticated", verified.is_some())
        .notes(deviations.iter().map(forgiven));
    Ok(match &verified {
        Some(verified) => signed_by(outcome, verified),
        None => outcome
            .notes(["nobody signed this text: whoever has the certificate could have sent it"]),
    })
}

/// `encryptedData`, whose key both sides have.
fn decrypt_symmetric(args: &DecryptMessage, key: &Path) -> Result<Outcome, Failure> {
    input::at_most_one_is_standard_input(&[key, &args.file])?;
    let key = sm4::key(key)?;
    let dialect = dialect(args.dialect);
    let failed = |source| match source {
        gm_crypto::Error::Crypto => Failure::file(&args.file, "not under this key, or damaged"),
        source => refused(&args.file, dialect, source),
    };
    let mut octets = Vec::new();
    let limit = input::MESSAGE + input::OVERHEAD;
    let mut input = Content::message(&args.file)?;
    let read = input.once().take(limit + 1).read_to_end(&mut octets);
    if read.map_err(|source| Failure::file(&args.file, source))? as u64 > limit {
        let reason = format!("larger than the {limit} octets that are read at most");
        return Err(Failure::file(&args.file, reason));
    }
    let message = EncryptedData::read(&octets, dialect).map_err(failed)?;
    let text = message
        .decrypt(&key)
        .map_err(failed)?
        .into_unauthenticated_bytes();
    let mut output = Output::create(args.out.as_deref(), Readers::Owner)?;
    output.put(&text)?;
    let outcome = output.finish("text")?;
    Ok(outcome
        .member("octets", text.len())
        .member("authenticated", false)
        .notes(message.deviations().iter().map(forgiven))
        .notes(["this form has no checksum: whoever changed it on its way goes unnoticed"]))
}

/// A refusal with the way out, where there is one.
fn refused(path: &Path, dialect: Dialect, source: gm_crypto::Error) -> Failure {
    use gm_crypto::pki::oid;
    let way = match &source {
        gm_crypto::Error::Unsupported { oid: found, .. } => match *found {
            oid::SIGNED_DATA | oid::PKCS7_SIGNED_DATA => {
                "it is signed and not encrypted: take 'gmpki message verify'"
            }
            oid::ENVELOPED_DATA | oid::PKCS7_ENVELOPED_DATA => {
                "it is encrypted, and nobody signed it: take 'gmpki message decrypt' \
                 without --signer"
            }
            oid::SIGNED_AND_ENVELOPED_DATA | oid::PKCS7_SIGNED_AND_ENVELOPED_DATA => {
                "it is encrypted and signed, too: take 'gmpki message decrypt' with --signer"
            }
            oid::ENCRYPTED_DATA | oid::PKCS7_ENCRYPTED_DATA => {
                "it is encrypted under an agreed key: take 'gmpki message decrypt' \
                 with --symmetric-key"
            }
            _ => return Failure::file(path, source),
        },
        gm_crypto::Error::Invalid { reason, .. } if reason.starts_with("is detached") => {
            "name the file with --content"
        }
        gm_crypto::Error::Invalid { reason, .. } if reason.starts_with("is not detached") => {
            "leave out --content"
        }
        gm_crypto::Error::Invalid { .. } | gm_crypto::Error::Malformed { .. }
            if dialect == Dialect::Strict =>
        {
            "if it is what a real program wrote, --dialect field reads it and names the deviations"
        }
        _ => return Failure::file(path, source),
    };
    let reasons = crate::failure::chain(&source);
    Failure::file(path, format!("{reasons}; {way}"))
}

pub(crate) fn dialect(name: DialectName) -> Dialect {
    match name {
        DialectName::Strict => Dialect::Strict,
        DialectName::Field => Dialect::Field,
    }
}

fn partner(wanted: &For) -> Partner {
    let mut partner = Partner::default();
    match wanted.partner {
        PartnerName::Gm => {}
        PartnerName::Rfc5652 => {
            partner.content_types = ContentTypes::Rfc5652;
            partner.parameters = Parameters::Absent;
            partner.signature_name = SignatureName::Sm2WithSm3;
        }
        PartnerName::Cfca => {
            partner.party_id = PartyIdKind::SubjectKeyIdentifier;
            partner.cipher_name = CipherName::Sm4;
        }
        PartnerName::CfcaOld => {
            partner.ciphertext = CiphertextForm::C1C2C3Without04;
            partner.cipher_name = CipherName::Sm4;
        }
        PartnerName::Gmssl => {
            partner.encryption_name = EncryptionName::Exchange;
            partner.parameters = Parameters::Absent;
        }
    }
    if wanted.without_null {
        partner.parameters = Parameters::Absent;
    }
    partner
}
