//! `gmpki convert`.

mod keys;

pub(crate) use keys::key;

use crate::{
    args::{CiphertextForm as Form, ConvertCiphertext, ConvertEnvelope, EnvelopeForm},
    failure::Failure,
    input,
    keys::{public_key, secret, secret_at},
    outcome::Outcome,
};
use getrandom::SysRng;
use gm_crypto::{
    delivery::{
        CfcaForm, DeliveryForm, DeliveryRemark, DeliveryTarget, DeviceForm, EncryptionKeyDelivery,
    },
    sm2::{
        Ciphertext, CiphertextForm, EnvelopedKeyForm, ScalarPadding, SecretKey, SigningKey, UserId,
    },
};
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// A ciphertext into another form, which takes no key: the parts are the same.
pub(crate) fn ciphertext(args: &ConvertCiphertext) -> Result<Outcome, Failure> {
    let mut files: Vec<&Path> = vec![&args.file];
    files.extend(args.key.as_deref());
    input::at_most_one_is_standard_input(&files)?;
    let octets = input::read(&args.file, 2 * input::MESSAGE + input::OVERHEAD)?;
    let octets = input::without_text(&octets);
    let refused = |source| Failure::file(&args.file, source);
    let (found, mut notes) = (find_form(args, &octets)?, Vec::new());
    let ciphertext = match found {
        CiphertextForm::Der if args.trailing => {
            let (ciphertext, rest) = Ciphertext::read_with_trailing(&octets).map_err(refused)?;
            if !rest.is_empty() {
                notes.push(format!("{} octets behind the end left out", rest.len()));
            }
            ciphertext
        }
        form => Ciphertext::read(&octets, form).map_err(|source| {
            match Ciphertext::read_with_trailing(&octets) {
                Ok((_, rest)) if form == CiphertextForm::Der => {
                    let length = rest.len();
                    let reason = format!(
                        "{source}: {length} octets stand behind its end, which --trailing leaves out"
                    );
                    Failure::file(&args.file, reason)
                }
                _ => refused(source),
            }
        })?,
    };
    let octets = Zeroizing::new(ciphertext.write(args.to.into()));
    let outcome = Outcome::octets("ciphertext", octets, args.out.as_deref())?;
    Ok(outcome.member("from", found.to_string()).notes(notes))
}

/// The form that is named, or that DER shows, or whose C3 fits.
fn find_form(args: &ConvertCiphertext, octets: &[u8]) -> Result<CiphertextForm, Failure> {
    if let Some(form) = args.from {
        return Ok(form.into());
    }
    let failed = |reason: &str| Failure::file(&args.file, reason);
    if let Some(path) = &args.key {
        let key = secret_at(path, args.password_file.as_deref())?;
        let reason = "in no form a ciphertext to this key, or damaged";
        return match key.decrypt_any(octets) {
            Ok((_, form)) => Ok(form),
            Err(_) => Err(failed(reason)),
        };
    }
    match Ciphertext::read_with_trailing(octets) {
        Ok(_) => Ok(CiphertextForm::Der),
        Err(_) => Err(failed(
            "not DER, and the other forms look alike: name one with --from, or give --key",
        )),
    }
}

impl From<Form> for CiphertextForm {
    fn from(form: Form) -> Self {
        match form {
            Form::Der => Self::Der,
            Form::C1c3c2 => Self::C1C3C2,
            Form::C1c3c2Without04 => Self::C1C3C2Without04,
            Form::C1c2c3 => Self::C1C2C3,
            Form::C1c2c3Without04 => Self::C1C2C3Without04,
        }
    }
}

/// Whose word there is that a delivered key is the right one.
#[derive(Clone, Copy)]
pub(crate) struct Vouching<'a> {
    /// The encryption certificate whose key must come out.
    pub(crate) certificate: Option<&'a Path>,
    /// The certificate of who has to have signed the delivery.
    pub(crate) from_sender: Option<&'a Path>,
}

impl Vouching<'_> {
    pub(crate) fn read(&self, file: &Path) -> Result<EncryptionKeyDelivery, Failure> {
        let octets = input::read(file, input::STRUCTURE)?;
        let refused = |source| Failure::file(file, source);
        let delivery = EncryptionKeyDelivery::read(&octets).map_err(refused)?;
        let signed = delivery.form() == DeliveryForm::SignedAndEnveloped;
        if self.from_sender.is_some() && !signed {
            let reason = "has a form that nobody signs: leave out --from-sender";
            return Err(Failure::file(file, reason));
        }
        if signed && self.from_sender.is_none() && self.certificate.is_none() {
            return Err(Failure::Usage(
                "a SignedAndEnvelopedData states no public key: give --certificate with the \
                 encryption certificate, or --from-sender with the certificate of the centre"
                    .into(),
            ));
        }
        match self.certificate {
            None => Ok(delivery),
            Some(path) => delivery.expecting(public_key(path)?).map_err(refused),
        }
    }

    /// Checks whatever is there to check.
    pub(crate) fn open(
        &self,
        file: &Path,
        delivery: &EncryptionKeyDelivery,
        own: &SecretKey,
    ) -> Result<SecretKey, Failure> {
        let failed = |reason: &str| Failure::file(file, reason);
        match self.from_sender {
            Some(path) => {
                let sender = input::read_der(path, input::CERTIFICATE)?;
                delivery.open_from(own, &sender).map_err(|_| {
                    failed("the envelope is not for this key, or not signed by this sender, or damaged")
                })
            }
            None if self.certificate.is_some() => delivery.open(own).map_err(|_| {
                failed("the envelope is not for this key, or not the certificate's key, or damaged")
            }),
            None => delivery
                .open(own)
                .map_err(|_| failed("the envelope is not for this key, or damaged")),
        }
    }

    /// What a person should know of the delivery once it has been opened.
    pub(crate) fn remarks(&self, delivery: &EncryptionKeyDelivery) -> Vec<DeliveryRemark> {
        let mut remarks = delivery.remarks();
        if self.from_sender.is_some() {
            remarks.retain(|remark| {
                !matches!(
                    remark,
                    DeliveryRemark::NotAuthenticated | DeliveryRemark::NoPublicKeyStated
                )
            });
        }
        remarks
    }
}

/// A delivered encryption key into another form, for the same recipient or another.
pub(crate) fn envelope(args: &ConvertEnvelope) -> Result<Outcome, Failure> {
    let mut files: Vec<&Path> = vec![&args.key.key, &args.file];
    files.extend(args.recipient.as_deref());
    files.extend(args.certificate.as_deref());
    files.extend(args.from_sender.as_deref());
    files.extend(args.signing_certificate.as_deref());
    files.extend(args.sender_key.as_deref());
    files.extend(args.sender_certificate.as_deref());
    input::at_most_one_is_standard_input(&files)?;

    let vouching = Vouching {
        certificate: args.certificate.as_deref(),
        from_sender: args.from_sender.as_deref(),
    };
    let delivery = vouching.read(&args.file)?;
    let own = secret(&args.key)?;
    let recipient = match &args.recipient {
        None => own.public_key(),
        Some(path) => public_key(path)?,
    };
    let key = vouching.open(&args.file, &delivery, &own)?;

    let certificate = |path: &Option<PathBuf>, option| match path {
        Some(path) => input::read_der(path, input::CERTIFICATE),
        None => Err(Failure::Usage(format!("this form takes {option}"))),
    };
    let wrapped = match args.to {
        EnvelopeForm::CsrResponse => {
            let signing = certificate(&args.signing_certificate, "--signing-certificate")?;
            let encryption = certificate(&args.certificate, "--certificate")?;
            let target = DeliveryTarget::CsrResponse {
                form: EnvelopedKeyForm::default(),
                signing: &[&signing],
                encryption: &[&encryption],
            };
            EncryptionKeyDelivery::seal(&mut SysRng, &recipient, &key, target)?
        }
        EnvelopeForm::SignedAndEnveloped => {
            let recipient_certificate =
                certificate(&args.recipient, "a certificate as --recipient")?;
            let sender_certificate = certificate(&args.sender_certificate, "--sender-certificate")?;
            let Some(sender) = &args.sender_key else {
                return Err(Failure::Usage("this form takes --sender-key".into()));
            };
            let sender = secret_at(sender, args.sender_password_file.as_deref())?;
            let target = DeliveryTarget::SignedAndEnveloped {
                sender: &SigningKey::new(sender, UserId::default()),
                sender_certificate: &sender_certificate,
                recipient_certificate: &recipient_certificate,
            };
            EncryptionKeyDelivery::seal(&mut SysRng, &recipient, &key, target)?
        }
        form => EncryptionKeyDelivery::seal(&mut SysRng, &recipient, &key, target(form))?,
    };
    let octets = Zeroizing::new(wrapped.write());
    let outcome = Outcome::octets("envelope", octets, args.out.as_deref())?;
    let from = delivery.form().to_string();
    Ok(outcome
        .member("from", from)
        .notes(vouching.remarks(&delivery)))
}

fn target(form: EnvelopeForm) -> DeliveryTarget<'static> {
    let plain = EnvelopedKeyForm::default();
    match form {
        EnvelopeForm::EnvelopedKey
        | EnvelopeForm::CsrResponse
        | EnvelopeForm::SignedAndEnveloped => DeliveryTarget::EnvelopedKey(plain),
        EnvelopeForm::EnvelopedKeyZeros => {
            DeliveryTarget::EnvelopedKey(plain.with_padding(ScalarPadding::LeadingZeros))
        }
        EnvelopeForm::Skf => DeliveryTarget::Device(DeviceForm::SKF),
        EnvelopeForm::Sdf2012 => DeliveryTarget::Device(DeviceForm::SDF_2012),
        EnvelopeForm::Cfca => DeliveryTarget::Cfca(CfcaForm::default()),
    }
}
