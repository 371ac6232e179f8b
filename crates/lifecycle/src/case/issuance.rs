//! From what was registered to the octets that are signed, and what is due outside.

use super::{
    State,
    command::{Context, Target},
    machine::Phase,
    paper::Form,
};
use crate::{
    AuthorityId, CaseId, Effect, Error, Ground, Intent, Publication, Refusal, Serial,
    case::pair::{EncryptionKey, Issuance, Issued, Ordinal, Request, Slot, key_origin},
    rules::{CertificateRule, NamePart, ReissueValidity},
    terms::Kind,
};
use cert_profile::{CertRequest, Profile};
use der::{DateTime, Decode, Encode};
use gm_crypto::pki;
use spki::SubjectPublicKeyInfoOwned;
use std::{fmt::Write, str::FromStr};
use x509_cert::name::{Name, RdnSequence, RelativeDistinguishedName};

/// The requirement that what is signed is what was registered.
const SAME: &[&str] = &["S1-13"];

/// The subject's name, from the form, as the rule set builds it: its parts are written as in
/// RFC 4514, so that the last of them comes first in the certificate.
///
/// # Errors
/// [`Error::Refused`] with [`Ground::Missing`] where the form has no value for a part, or
/// [`Ground::UnknownName`] for an attribute that is none.
pub(super) fn subject(rule: &CertificateRule, form: &Form) -> Result<Name, Error> {
    let mut parts = Vec::with_capacity(rule.name.len());
    for part in rule.name.iter().rev() {
        let Some(value) = value(part, form) else {
            continue;
        };
        let text = format!("{}={}", part.attribute, escaped(value));
        let part = RelativeDistinguishedName::from_str(&text).map_err(|_| {
            let ground = Ground::UnknownName {
                what: "attribute",
                name: part.attribute.clone(),
            };
            ground.by(SAME)
        })?;
        parts.push(part);
    }
    let octets = RdnSequence::from(parts).to_der().map_err(Error::Damaged)?;
    Name::from_der(&octets).map_err(Error::Damaged)
}

/// What a part of the name says; none where its field is empty, which only a field can be that
/// need not be filled in.
fn value<'a>(part: &'a NamePart, form: &'a Form) -> Option<&'a str> {
    let field = part.field.as_ref().and_then(|field| form.value(field));
    let text = field.or(part.fixed.as_deref())?;
    (!text.is_empty()).then_some(text)
}

/// A value as RFC 4514 (2.4) writes it: every octet of what is neither letter nor digit in
/// hexadecimal, so that no value can end its attribute and begin another.
fn escaped(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    for c in value.chars() {
        if c.is_alphanumeric() {
            text.push(c);
        } else {
            let mut octets = [0; 4];
            for octet in c.encode_utf8(&mut octets).bytes() {
                // Writing to a string can't fail.
                let _ = write!(text, "\\{octet:02x}");
            }
        }
    }
    text
}

/// How a pair is to be issued.
pub(super) struct Plan<'a> {
    pub(super) rule: &'a CertificateRule,
    pub(super) form: &'a Form,
    pub(super) kind: Kind,
    pub(super) context: &'a Context<'a>,
}

impl Plan<'_> {
    /// The octets to sign, made from what was registered and nothing else.
    ///
    /// # Errors
    /// [`Error::Refused`] where the CA can't issue or its policy does not allow it;
    /// [`Error::Damaged`] where the store kept a key that can't be read.
    pub(super) fn intend(
        &self,
        request: &Request,
        key: Option<&EncryptionKey>,
    ) -> Result<Intent, Error> {
        let issuance = self.issuance()?;
        let (profile, public_key) = match key {
            None => (issuance.signing, &request.public_key),
            Some(key) => (issuance.encryption, &key.public_key),
        };
        let public_key = SubjectPublicKeyInfoOwned::from_der(public_key).map_err(Error::Damaged)?;
        let mut wanted = self.request(public_key)?;
        // The origin is the signing key's; the other is made by the key-management centre.
        let origin = request.key_origin.as_ref().filter(|_| key.is_none());
        if let Some(origin) = origin.and_then(|der| csr::KeyOrigin::from_der(der).ok()) {
            wanted = wanted.key_origin(key_origin(&origin));
        }
        Intent::new(
            (&self.context.issuer, issuance.issuer),
            &self.context.serial,
            profile,
            &wanted,
            self.context.now,
        )
    }

    fn issuance(&self) -> Result<Issuance<'_>, Error> {
        let ready = self.context.issuance;
        Ok(ready.ok_or_else(|| Ground::not_ready(&self.context.issuer))?)
    }

    fn request(&self, public_key: SubjectPublicKeyInfoOwned) -> Result<CertRequest, Error> {
        let request = CertRequest::new(subject(self.rule, self.form)?, public_key);
        Ok(match self.remainder()? {
            Some(end) => request.remainder_until(end),
            None => request.years(self.form.years),
        })
    }

    /// The end of the old certificate, where the new one has what is left of it.
    fn remainder(&self) -> Result<Option<DateTime>, Error> {
        if !keeps_end(self.kind, self.context) {
            return Ok(None);
        }
        let target = self.context.target.as_ref();
        let end = target.map(|target: &Target<'_>| target.validity.1);
        match end {
            Some(end) => Ok(Some(end)),
            None => Err(Ground::Missing {
                what: "the old certificate",
            }
            .by(&["X-11"])),
        }
    }

    /// The CA's own end, if the policy cuts a certificate of the pair to it; none while no CA
    /// can issue. What stands against the request is for the issuance to say.
    pub(super) fn shortened_to(&self) -> Option<DateTime> {
        let issuance = self.context.issuance?;
        // Nothing but the validity is looked at, so the CA's own key stands for the one that
        // may not be there yet.
        let key = issuance.issuer.public_key().clone();
        let request = self.request(key).ok()?;
        let granted = |profile: &Profile| {
            let granted = profile.validity(issuance.issuer, &request, self.context.now);
            let granted = granted.ok()?;
            granted.shortened_from().map(|_| granted.end())
        };
        granted(issuance.signing).or_else(|| granted(issuance.encryption))
    }
}

/// Whether a case's certificates end when the old ones would have.
pub(super) fn keeps_end(kind: Kind, context: &Context<'_>) -> bool {
    let rule = &context.rules.values().reissue_validity;
    kind == Kind::Reissue && rule.value == ReissueValidity::Remainder
}

/// The open intent of this slot, where it is of this issuer and has this serial number.
pub(super) fn awaited<'a>(
    slot: &'a Slot,
    issuer: &AuthorityId,
    serial: &Serial,
) -> Option<&'a Intent> {
    match slot {
        Slot::Intended(intent) if intent.is(issuer, serial) => Some(intent),
        _ => None,
    }
}

impl State {
    /// The certificate's way.
    pub fn slot(&self, ordinal: Ordinal) -> &Slot {
        match ordinal {
            Ordinal::Signing => &self.signing,
            Ordinal::Encryption => &self.encryption,
        }
    }

    pub(super) fn slot_mut(&mut self, ordinal: Ordinal) -> &mut Slot {
        match ordinal {
            Ordinal::Signing => &mut self.signing,
            Ordinal::Encryption => &mut self.encryption,
        }
    }

    /// The open intent of the pair's one certificate, where it is of this issuer and number.
    pub(crate) fn awaited(
        &self,
        ordinal: Ordinal,
        issuer: &AuthorityId,
        serial: &Serial,
    ) -> Option<&Intent> {
        awaited(self.slot(ordinal), issuer, serial)
    }

    /// The open intent with this serial number.
    pub(crate) fn intent(&self, serial: &Serial) -> Result<(Ordinal, &Intent), Refusal> {
        [Ordinal::Signing, Ordinal::Encryption]
            .into_iter()
            .find_map(|ordinal| match self.slot(ordinal) {
                Slot::Intended(intent) if intent.serial == *serial => Some((ordinal, intent)),
                _ => None,
            })
            .ok_or_else(|| Refusal::NoIntent {
                serial: serial.clone(),
            })
    }

    /// Both certificates, once they exist.
    pub fn pair(&self) -> Option<(&Issued, &Issued)> {
        match (&self.signing, &self.encryption) {
            (Slot::Issued(signing), Slot::Issued(encryption)) => Some((signing, encryption)),
            _ => None,
        }
    }

    /// The next thing to do outside, if any. Named by the state alone, so a crash loses none
    /// and repeats only what may be repeated. A holder who did not want his certificates
    /// published gets them with the token or packet alone (S2-30, X-07).
    pub(crate) fn due(&self, id: &CaseId) -> Option<Effect> {
        match self.phase {
            Phase::Issuing => self.to_be_signed(),
            Phase::Dispatched | Phase::Confirmed | Phase::Objected | Phase::Closed
                if self.awaits_publication() =>
            {
                self.publications(id).map(Effect::Publish)
            }
            _ => None,
        }
    }

    /// Whether the certificates are still to leave for the directory.
    pub(super) fn awaits_publication(&self) -> bool {
        !self.published && !self.opening.unpublished && self.dispatched.is_some()
    }

    fn to_be_signed(&self) -> Option<Effect> {
        match (&self.signing, &self.encryption) {
            (Slot::Intended(intent), _) | (_, Slot::Intended(intent)) => {
                Some(Effect::Sign(intent.clone()))
            }
            (Slot::Issued(_), Slot::AwaitingKey) if self.encryption_key.is_none() => {
                let request = self.request.as_ref()?;
                Some(Effect::RequestEncryptionKey {
                    recipient: request.public_key.clone(),
                })
            }
            _ => None,
        }
    }

    fn publications(&self, id: &CaseId) -> Option<Vec<Publication>> {
        let (signing, encryption) = self.pair()?;
        let key = self.encryption_key.as_ref()?;
        let certificate = |name: &str, issued: &Issued| Publication {
            name: format!("subscribers/{id}/{name}.pem"),
            octets: pki::encode_pem("CERTIFICATE", &issued.certificate)
                .into_bytes()
                .into(),
        };
        Some(vec![
            certificate("signing-certificate", signing),
            certificate("encryption-certificate", encryption),
            Publication {
                name: format!("subscribers/{id}/encryption-key.enveloped.der"),
                octets: key.envelope.clone(),
            },
        ])
    }
}
