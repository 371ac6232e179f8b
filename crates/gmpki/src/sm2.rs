//! `gmpki sm2`.

use crate::{
    args::{CipherFormat, Decrypt, Encrypt, Id, Keygen, Open, Public, Seal, Sign, Verify, What},
    convert::Vouching,
    failure::Failure,
    input, keys, named,
    outcome::Outcome,
    output::{self, Readers},
};
use base64ct::{Base64, Encoding};
use getrandom::SysRng;
use gm_crypto::{
    pki,
    sm2::{
        Ciphertext, DerSignature, EnvelopedKey, LegacyCiphertext, RawSignature, SecretKey,
        SigningKey, UserId, VerifyingKey,
    },
};
use serde_json::json;
use std::path::Path;
use zeroize::Zeroizing;

pub(crate) fn keygen(args: &Keygen) -> Result<Outcome, Failure> {
    let password = args.password_file.as_deref();
    keys::write(&args.new, password, || {
        Ok(SecretKey::generate_checked(&mut SysRng)?)
    })
}

pub(crate) fn public(args: &Public) -> Result<Outcome, Failure> {
    let key = named::key(&args.key)?;
    let pem = pki::encode_pem("PUBLIC KEY", key.public_key().as_bytes());
    match &args.out {
        None => Ok(Outcome::new(pem.clone(), json!({ "public": pem }))),
        Some(out) => {
            output::write(out, pem.as_bytes(), Readers::AsUsual)?;
            let path = out.display().to_string();
            let text = format!("public key: {path}");
            Ok(Outcome::new(text, json!({ "file": path })))
        }
    }
}

pub(crate) fn sign(args: &Sign) -> Result<Outcome, Failure> {
    let mut files: Vec<&Path> = args.key.file().into_iter().collect();
    files.extend(args.what.file.as_deref());
    input::at_most_one_is_standard_input(&files)?;
    let id = user_id(&args.id)?;
    let signature = match named::secret(&args.key)? {
        Some(secret) => {
            let key = SigningKey::new(secret, id);
            let e = digest(&args.what, key.verifying_key())?;
            if args.deterministic {
                key.sign_digest(&e)?
            } else {
                key.sign_digest_hedged(&mut SysRng, &e)?
            }
        }
        None => {
            let (false, Some(file)) = (args.deterministic, &args.what.file) else {
                let message = "a key that is in no file signs files, and not --deterministic";
                return Err(Failure::Usage(message.into()));
            };
            let key = named::key_with_id(&args.key, id)?;
            let signature = key.sign(&input::read(file, input::DOCUMENT)?)?;
            DerSignature::from_der(signature.raw_bytes())?
        }
    };
    let signature = if args.raw {
        RawSignature::from(signature).as_bytes().to_vec()
    } else {
        signature.to_der()
    };
    let base64 = Base64::encode_string(&signature);
    match &args.out {
        None => Ok(Outcome::new(base64.clone(), json!({ "signature": base64 }))),
        Some(out) => {
            output::write(out, &signature, Readers::AsUsual)?;
            let path = out.display().to_string();
            let json = json!({ "signature": base64, "file": path });
            Ok(Outcome::new(format!("signature: {path}"), json))
        }
    }
}

pub(crate) fn verify(args: &Verify) -> Result<Outcome, Failure> {
    let mut files: Vec<&Path> = vec![&args.key, &args.signature];
    files.extend(args.what.file.as_deref());
    input::at_most_one_is_standard_input(&files)?;
    let id = user_id(&args.id)?;
    let key = VerifyingKey::new(keys::public_key(&args.key)?, &id);
    let signature = input::read(&args.signature, input::STRUCTURE)?;
    let refused = |source| Failure::file(&args.signature, source);
    let signature = if args.raw {
        let octets: &[u8; RawSignature::LENGTH] =
            signature.as_slice().try_into().map_err(|_| {
                Failure::file(&args.signature, "r and s have 32 octets each, 64 in all")
            })?;
        DerSignature::try_from(octets).map_err(refused)?
    } else {
        DerSignature::from_der(&signature).map_err(refused)?
    };
    let e = digest(&args.what, &key)?;
    match (key.verify_digest(&e, &signature), &args.what.file) {
        (Ok(()), _) => Ok(Outcome::new("signature: good", json!({}))),
        (Err(_), Some(file)) => Err(Failure::file(
            file,
            "the signature is not this key's under this ID over these octets",
        )),
        (Err(_), None) => Err(Failure::file(
            &args.signature,
            "not this key's signature over this digest",
        )),
    }
}

pub(crate) fn encrypt(args: &Encrypt) -> Result<Outcome, Failure> {
    input::at_most_one_is_standard_input(&[&args.key, &args.file])?;
    let key = keys::public_key(&args.key)?;
    let text = Zeroizing::new(input::read(&args.file, input::MESSAGE)?);
    if text.is_empty() {
        return Err(Failure::file(&args.file, "SM2 encrypts no empty file"));
    }
    let ciphertext = key.encrypt(&mut SysRng, &text)?;
    let octets = match args.format {
        CipherFormat::Der => ciphertext.to_der(),
        CipherFormat::C1c3c2 => ciphertext.to_c1c3c2(),
        CipherFormat::LegacyC1c2c3 => LegacyCiphertext::from(ciphertext).to_c1c2c3(),
    };
    Outcome::octets("ciphertext", Zeroizing::new(octets), args.out.as_deref())
}

pub(crate) fn decrypt(args: &Decrypt) -> Result<Outcome, Failure> {
    let mut files: Vec<&Path> = vec![&args.file];
    files.extend(args.key.file());
    input::at_most_one_is_standard_input(&files)?;
    let octets = input::read(&args.file, input::MESSAGE + input::OVERHEAD)?;
    let ciphertext = match args.format {
        CipherFormat::Der => Ciphertext::from_der(&octets),
        CipherFormat::C1c3c2 => Ciphertext::from_c1c3c2(&octets),
        CipherFormat::LegacyC1c2c3 => LegacyCiphertext::from_c1c2c3(&octets).map(Ciphertext::from),
    };
    let refused = |source| match source {
        gm_crypto::Error::Crypto => Failure::file(
            &args.file,
            "no ciphertext in this format, or not encrypted to this key, or damaged",
        ),
        source => Failure::file(&args.file, source),
    };
    let ciphertext = ciphertext.map_err(refused)?;
    let text = match named::secret(&args.key)? {
        Some(key) => key.decrypt(&ciphertext).map_err(refused)?,
        None => named::decrypt(&args.key, &ciphertext)?.map_err(refused)?,
    };
    Outcome::text(text, args.out.as_deref())
}

pub(crate) fn seal(args: &Seal) -> Result<Outcome, Failure> {
    input::at_most_one_is_standard_input(&[&args.key.key, &args.recipient])?;
    let recipient = keys::public_key(&args.recipient)?;
    let key = keys::secret(&args.key)?;
    let envelope = EnvelopedKey::seal(&mut SysRng, &recipient, &key)?;
    let octets = Zeroizing::new(envelope.to_der());
    Outcome::octets("envelope", octets, args.out.as_deref())
}

pub(crate) fn open(args: &Open) -> Result<Outcome, Failure> {
    let mut files: Vec<&Path> = vec![&args.key.key, &args.file];
    files.extend(args.certificate.as_deref());
    files.extend(args.from_sender.as_deref());
    input::at_most_one_is_standard_input(&files)?;
    let vouching = Vouching {
        certificate: args.certificate.as_deref(),
        from_sender: args.from_sender.as_deref(),
    };
    let delivery = vouching.read(&args.file)?;
    let recipient = keys::secret(&args.key)?;
    keys::write(&args.new, args.new_password_file.as_deref(), || {
        vouching.open(&args.file, &delivery, &recipient)
    })
}

/// e: what the equations of a signature take.
fn digest(what: &What, key: &VerifyingKey) -> Result<[u8; 32], Failure> {
    match (&what.file, &what.digest) {
        (Some(file), _) => Ok(key.za().digest(&input::read(file, input::DOCUMENT)?)),
        (None, digits) => {
            let digits = digits.as_deref().unwrap_or_default();
            let octets = input::from_hexadecimal(digits.as_bytes());
            let e = octets.and_then(|octets| octets.as_slice().try_into().ok());
            e.ok_or_else(|| {
                Failure::Usage("--digest takes 32 octets, 64 hexadecimal digits".into())
            })
        }
    }
}

/// The ID that the arguments name.
pub(crate) fn user_id(id: &Id) -> Result<UserId, Failure> {
    match (&id.id, &id.id_hex) {
        (None, None) => Ok(UserId::default()),
        (Some(text), _) => Ok(UserId::new(text.as_bytes())?),
        (None, Some(digits)) => {
            let octets = input::from_hexadecimal(digits.as_bytes()).ok_or_else(|| {
                Failure::Usage("--id-hex takes pairs of hexadecimal digits".into())
            })?;
            Ok(UserId::new(octets.as_slice())?)
        }
    }
}
