//! What a person should know of the certificates of a message.
//!
//! Nothing here stops a command: whether a certificate is good is for `gmpki cert verify`.

use der::{DateTime, Decode};
use gm_crypto::message::stream::VerifiedStream;
use serde_json::{Value, json};
use x509_cert::{
    Certificate,
    ext::pkix::{KeyUsage, KeyUsages},
};

use crate::{sm3::hexadecimal, view};

/// What the key of a certificate does in a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Task {
    Sign,
    Encrypt,
}

/// The time at which a certificate should be valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Moment {
    Now(DateTime),
    /// What a signer states.
    Stated(DateTime),
    /// Now, since a signer states nothing.
    Unstated(DateTime),
}

/// The certificate (DER) that a file has, used at a time for a task.
pub(super) fn of_file(
    name: impl ToString,
    certificate: &[u8],
    task: Task,
    now: DateTime,
) -> Vec<String> {
    let name = name.to_string();
    match Certificate::from_der(certificate) {
        Ok(certificate) => of_certificate(&name, &certificate, task, Moment::Now(now)),
        Err(_) => vec![unread(&name)],
    }
}

/// Who signed, what their certificates say, and what nobody looked at.
pub(super) fn of_signatures(verified: &VerifiedStream, now: DateTime) -> Vec<String> {
    let mut notes = Vec::new();
    for signer in verified.signers() {
        let stated = signer.signing_time();
        let clock = stated.map_or(String::new(), |at| format!(" at {at} by their own clock"));
        let Ok(certificate) = Certificate::from_der(signer.certificate()) else {
            notes.push(format!("signed by the owner of the certificate{clock}"));
            notes.push(unread("the signer's certificate"));
            continue;
        };
        let name = subject(&certificate);
        notes.push(format!("signed by {name}{clock}"));
        let moment = stated.map_or(Moment::Unstated(now), Moment::Stated);
        notes.extend(of_certificate(&name, &certificate, Task::Sign, moment));
    }
    match verified.unchecked_signers() {
        0 => {}
        1 => notes.push("one further signer in the message was not checked".into()),
        more => notes.push(format!(
            "{more} further signers in the message were not checked"
        )),
    }
    notes.push(
        "whether a signer's certificate is trusted or revoked is not judged here: \
         'gmpki cert verify' does"
            .into(),
    );
    notes
}

/// Who signed, for machines: name, serial number, and the time that they state.
pub(super) fn signers(verified: &VerifiedStream) -> Vec<Value> {
    let object = |signer: &gm_crypto::message::VerifiedSigner| {
        let certificate = Certificate::from_der(signer.certificate()).ok();
        let serial = certificate.as_ref().map(|certificate| {
            let tbs = certificate.tbs_certificate();
            hexadecimal(tbs.serial_number().as_bytes())
        });
        json!({
            "subject": certificate.as_ref().map(subject),
            "serial": serial,
            "time": signer.signing_time().map(|time| time.to_string()),
        })
    };
    verified.signers().iter().map(object).collect()
}

fn of_certificate(
    name: &str,
    certificate: &Certificate,
    task: Task,
    moment: Moment,
) -> Vec<String> {
    let tbs = certificate.tbs_certificate();
    let validity = tbs.validity();
    let begin = validity.not_before.to_date_time();
    let end = validity.not_after.to_date_time();
    let usage = match tbs.get_extension::<KeyUsage>() {
        Ok(usage) => of_usage(task, usage.map(|(_, usage)| usage)),
        Err(_) => Some("has a keyUsage that can't be read"),
    };
    let notes = [of_dates(begin, end, moment), usage.map(Into::into)];
    let notes = notes.into_iter().flatten();
    notes
        .map(|note| format!("{name}: the certificate {note}"))
        .collect()
}

fn of_dates(begin: DateTime, end: DateTime, moment: Moment) -> Option<String> {
    let (Moment::Now(at) | Moment::Stated(at) | Moment::Unstated(at)) = moment;
    let fault = if at < begin {
        format!("is not valid before {begin}")
    } else if end < at {
        format!("is not valid after {end}")
    } else {
        return None;
    };
    Some(match moment {
        Moment::Now(_) => fault,
        Moment::Stated(at) => format!("{fault}, and was used at {at} as its owner states"),
        Moment::Unstated(_) => format!("{fault}, and when it was used is not stated"),
    })
}

/// A certificate without keyUsage leaves its key free (RFC 5280, 4.2.1.3); those of a pair
/// have the bits of GM/T 0015-2012, annex C.
fn of_usage(task: Task, usage: Option<KeyUsage>) -> Option<&'static str> {
    let KeyUsage(usage) = usage?;
    let signs = !(usage & (KeyUsages::DigitalSignature | KeyUsages::NonRepudiation)).is_empty();
    let encryption =
        KeyUsages::KeyEncipherment | KeyUsages::DataEncipherment | KeyUsages::KeyAgreement;
    let encrypts = !(usage & encryption).is_empty();
    match (task, signs, encrypts) {
        (Task::Sign, true, _) | (Task::Encrypt, _, true) => None,
        (Task::Sign, false, true) => Some(
            "is the one for encryption, by its keyUsage; signatures have the other of the pair",
        ),
        (Task::Encrypt, true, false) => {
            Some("is the one for signatures, by its keyUsage; encryption has the other of the pair")
        }
        (Task::Sign, false, false) => Some("is not for signatures, by its keyUsage"),
        (Task::Encrypt, false, false) => Some("is not for encryption, by its keyUsage"),
    }
}

fn unread(name: &str) -> String {
    format!("{name}: the certificate's dates and keyUsage can't be read, and were not looked at")
}

fn subject(certificate: &Certificate) -> String {
    view::masked_line(certificate.tbs_certificate().subject())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(day: u8) -> DateTime {
        DateTime::new(2030, 1, day, 0, 0, 0).expect("a day of January")
    }

    #[test]
    fn dates_are_good_from_the_first_to_the_last_second() {
        let at = |at| of_dates(day(10), day(20), Moment::Now(day(at)));
        for good in [10, 15, 20] {
            assert_eq!(at(good), None);
        }
        assert_eq!(
            at(9).as_deref(),
            Some("is not valid before 2030-01-10T00:00:00Z")
        );
        assert_eq!(
            at(21).as_deref(),
            Some("is not valid after 2030-01-20T00:00:00Z")
        );
        for (moment, said) in [
            (
                Moment::Stated(day(21)),
                "used at 2030-01-21T00:00:00Z as its owner states",
            ),
            (Moment::Unstated(day(21)), "is not stated"),
        ] {
            let note = of_dates(day(10), day(20), moment).expect("it is over");
            assert!(note.ends_with(said), "{note}");
        }
    }

    #[test]
    fn a_certificate_is_for_what_its_key_usage_says() {
        use KeyUsages as Usage;
        for (task, usage, said) in [
            (Task::Sign, Usage::DigitalSignature.into(), None),
            (Task::Sign, Usage::NonRepudiation.into(), None),
            (
                Task::Sign,
                Usage::KeyAgreement.into(),
                Some("for encryption"),
            ),
            (
                Task::Sign,
                Usage::CRLSign.into(),
                Some("not for signatures"),
            ),
            (Task::Encrypt, Usage::KeyEncipherment.into(), None),
            (Task::Encrypt, Usage::DataEncipherment.into(), None),
            (Task::Encrypt, Usage::KeyAgreement.into(), None),
            (
                Task::Encrypt,
                Usage::DigitalSignature | Usage::NonRepudiation,
                Some("the one for signatures"),
            ),
            (Task::Encrypt, Usage::CRLSign.into(), Some("not for")),
            (
                Task::Encrypt,
                Usage::DigitalSignature | Usage::KeyAgreement,
                None,
            ),
        ] {
            let note = of_usage(task, Some(KeyUsage(usage)));
            let as_said = match (note, said) {
                (Some(note), Some(said)) => note.contains(said),
                (note, said) => note == said,
            };
            assert!(as_said, "{task:?} {usage:?}: {note:?}");
        }
        for task in [Task::Sign, Task::Encrypt] {
            assert_eq!(of_usage(task, None), None);
        }
    }
}
