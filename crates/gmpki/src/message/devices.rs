//! Messages signed by keys that nobody sees: in memory, since a device is given the octets.

use super::{notes, partner};
use crate::{
    args::{NamedKey, SignMessage},
    failure::Failure,
    input, keys, named,
    outcome::Outcome,
};
use der::asn1::BitString;
use gm_crypto::message::{SignedMessage, Signer};
use hsm::KeyHandle;
use lifecycle::ports::{Clock, SystemClock};
use notes::Task;
use spki::EncodePublicKey;
use zeroize::Zeroizing;

/// Octets of the largest content: DER has no room for more in a message.
const CONTENT: u64 = 1 << 28;

pub(super) fn sign(args: &SignMessage) -> Result<Outcome, Failure> {
    if args.partner.indefinite {
        let message = "--indefinite goes with keys in files: a device is given the whole";
        return Err(Failure::Usage(message.into()));
    }
    let (now, mut notes) = (SystemClock::default().now(), Vec::new());
    let mut signers = Vec::new();
    let mut signing: Vec<Box<dyn KeyHandle>> = Vec::new();
    for (number, (key, certificate)) in args.key.iter().zip(&args.signer).enumerate() {
        let passwords = &args.password_file;
        let password_file = passwords.get(number).or(passwords.first()).cloned();
        let key = named::key(&NamedKey {
            key: key.clone(),
            password_file,
        })?;
        let wrong = |source| Failure::file(certificate, source);
        let owner = keys::public_key(certificate)?.to_public_key_der()?;
        if owner.as_bytes() != key.public_key().as_bytes() {
            return Err(Failure::file(certificate, "not the certificate of the key"));
        }
        let der = input::read_der(certificate, input::CERTIFICATE)?;
        notes.extend(notes::of_file(certificate.display(), &der, Task::Sign, now));
        let mut signer = Signer::new(&der).map_err(wrong)?;
        if args.without_certificates {
            signer = signer.without_certificate();
        }
        if args.attributes {
            signer = signer.signing_time(now).map_err(wrong)?;
        }
        signers.push(signer);
        signing.push(key);
    }
    let content = input::read(&args.file, CONTENT)?;
    let failed = |source| Failure::file(&args.file, source);
    let mut message = SignedMessage::new(content).partner(partner(&args.partner));
    if args.detached {
        message = message.detached();
    }
    for path in &args.carry {
        let certificate = input::read_der(path, input::CERTIFICATE)?;
        let carried = message.certificate(&certificate);
        message = carried.map_err(|source| Failure::file(path, source))?;
    }
    for path in &args.carry_crl {
        let crl = input::read_der(path, input::CRL)?;
        let carried = message.crl(&crl);
        message = carried.map_err(|source| Failure::file(path, source))?;
    }
    let draft = message.prepare(signers).map_err(failed)?;
    let each = draft.to_sign().zip(&signing);
    let signatures: Vec<BitString> = each
        .map(|(octets, key)| Ok(key.sign(octets.tbs())?))
        .collect::<Result<_, Failure>>()?;
    let der = draft.attach_all(&signatures).map_err(failed)?;
    let outcome = Outcome::octets("message", Zeroizing::new(der), args.out.as_deref())?;
    Ok(outcome.notes(notes))
}
