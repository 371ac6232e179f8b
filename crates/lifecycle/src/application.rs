//! An application for a certificate pair: submitted, registered by one person,
//! approved by another, issued, delivered.
//!
//! ```text
//! Submitted ── Register ─▶ Registered ── Approve ─▶ Issuing ─▶ Issued ── Deliver ─▶ Delivered
//!     │ └───────── Withdraw ────┤ │                    │ both certificates signed
//!     └────────── Reject ───────┴─┴─▶ Closed           └ unknown outcome: serial burnt, new intent
//! ```

use crate::{
    Actor, ApplicationId, AuthorityId, CaseNumber, Effect, Error, Intent, Octets, PersonId,
    Publication, Refusal, Seat, Serial, StreamId,
};
use cert_profile::{CertRequest, Issuer, KeyCustody, KeyEnvironment, KeyOrigin, Profile};
use csr::VerifiedCsr;
use der::{DateTime, Decode, Encode};
use gm_crypto::pki;
use serde::{Deserialize, Serialize};
use spki::SubjectPublicKeyInfoOwned;
use x509_cert::name::Name;

/// Which certificate of the pair (GM/T 0015: one subject, two keys).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Ordinal {
    /// For signatures; the key is the applicant's own.
    Signing,
    /// For encryption; the key is made by the key-management centre.
    Encryption,
}

/// What an applicant asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Request {
    /// DER of the PKCS#10 request, as it came.
    pub csr: Octets,
    /// DER of the subject's `Name`.
    pub subject: Octets,
    /// DER of the signing key's `SubjectPublicKeyInfo`.
    pub public_key: Octets,
    /// DER of what the request says about where the signing key was made
    /// ([`csr::KeyOrigin`]): a claim. Missing too where it can't be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_origin: Option<Octets>,
}

impl Request {
    /// Takes the values over from a request whose possession was proved.
    pub fn from_csr(csr: &VerifiedCsr) -> Self {
        Self {
            csr: csr.der().to_vec().into(),
            subject: csr
                .subject()
                .to_der()
                .expect("a name that was decoded has an encoding")
                .into(),
            public_key: csr.public_key_der().to_vec().into(),
            key_origin: csr
                .key_origin()
                .ok()
                .flatten()
                .map(|origin| origin.to_der().into()),
        }
    }

    fn certificate_request(&self, public_key: &[u8]) -> Result<CertRequest, Error> {
        let read = || -> der::Result<CertRequest> {
            Ok(CertRequest::new(
                Name::from_der(&self.subject)?,
                SubjectPublicKeyInfoOwned::from_der(public_key)?,
            ))
        };
        let request = read().map_err(Error::Damaged)?;
        // The origin is the signing key's; the other is made by the key-management centre.
        let origin = self
            .key_origin
            .as_ref()
            .filter(|_| *self.public_key == *public_key);
        Ok(
            match origin.and_then(|der| csr::KeyOrigin::from_der(der).ok()) {
                Some(origin) => request.key_origin(key_origin(&origin)),
                None => request,
            },
        )
    }
}

/// What a request says about its key's origin, in the words of policy: `csr` and
/// `cert-profile` do not know each other. What is not known to be production is a test
/// environment; a device is qualified when the number of its certificate is given (S0-09,
/// S0-10).
pub fn key_origin(origin: &csr::KeyOrigin) -> KeyOrigin {
    let environment = match origin.environment() {
        csr::Environment::Production => KeyEnvironment::Production,
        // Whatever else there may come to be is not production.
        _ => KeyEnvironment::Test,
    };
    let custody = match origin.device() {
        None => KeyCustody::Software,
        Some(device) if device.qualification().is_none() => KeyCustody::Hardware,
        Some(_) => KeyCustody::QualifiedHardware,
    };
    KeyOrigin::new(environment, custody)
}

/// The key pair that the key-management centre made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct EncryptionKey {
    /// DER of its `SubjectPublicKeyInfo`.
    pub public_key: Octets,
    /// DER of the `SM2EnvelopedKey` for the applicant's signing key.
    pub envelope: Octets,
}

/// Where an application stands.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum State {
    /// Waits for a registrar.
    Submitted(Submitted),
    /// Booked; waits for an approver.
    Registered(Registered),
    /// Approved; waits for keys and signatures.
    Issuing(Issuing),
    /// Both certificates exist; wait to be handed over.
    Issued(Pair),
    /// Handed over.
    Delivered(Pair),
    /// Rejected or withdrawn.
    Closed,
}

/// Submitted by an applicant.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Submitted {
    /// Who asks.
    pub applicant: PersonId,
    /// For what.
    pub request: Request,
}

/// Booked by a registrar.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Registered {
    /// What was submitted.
    pub submitted: Submitted,
    /// Its number.
    pub case: CaseNumber,
    /// Who booked it.
    pub registrar: PersonId,
    /// The CA's own end, in whole seconds, where the policy cuts a certificate of the pair
    /// to it: what the applicant's form shows. Approval is refused when it has changed.
    pub shortened_to: Option<DateTime>,
}

/// Approved, not yet complete.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Issuing {
    /// What was booked.
    pub registered: Registered,
    /// Who approved it.
    pub approver: PersonId,
    /// The key-management centre's answer.
    pub encryption_key: Option<EncryptionKey>,
    /// The signing certificate's way.
    pub signing: Slot,
    /// The encryption certificate's way.
    pub encryption: Slot,
}

/// One certificate on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Slot {
    /// Its key does not exist yet.
    AwaitingKey,
    /// The next thing is a signature.
    Intended(Intent),
    /// Signed and durable.
    Issued(Issued),
}

/// A certificate that exists.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Issued {
    /// Whose key signed.
    pub issuer: AuthorityId,
    /// Its serial number.
    pub serial: Serial,
    /// Its DER.
    pub certificate: Octets,
}

impl Issued {
    pub(crate) fn of(issuer: &AuthorityId, serial: &Serial, certificate: &Octets) -> Self {
        Self {
            issuer: issuer.clone(),
            serial: serial.clone(),
            certificate: certificate.clone(),
        }
    }
}

/// A complete certificate pair.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Pair {
    /// What was booked.
    pub registered: Registered,
    /// Who approved it.
    pub approver: PersonId,
    /// The signing certificate.
    pub signing: Issued,
    /// The encryption certificate.
    pub encryption: Issued,
    /// The key of the second.
    pub encryption_key: EncryptionKey,
    /// Whether the certificates left the engine.
    pub published: bool,
}

/// What can be asked of an application.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Command {
    /// By the applicant. The same content again is answered as before.
    Submit(Request),
    /// By a registrar, who is not the applicant.
    Register,
    /// By an approver, who is neither.
    Approve,
    /// By registrar or approver, with words for the applicant.
    Reject {
        /// Why.
        reason: String,
    },
    /// By the applicant, before approval.
    Withdraw,
    /// By the approver, once both certificates exist.
    Deliver,
    /// The key-management centre answered.
    RecordEncryptionKey(EncryptionKey),
    /// The token signed.
    RecordCertificate {
        /// Of which intent.
        serial: Serial,
        /// DER of the certificate, its signature verified.
        certificate: Octets,
    },
    /// Nobody knows whether the token signed.
    RecordUnknownOutcome {
        /// Of which intent.
        serial: Serial,
    },
    /// The publisher took the certificates.
    RecordPublication,
}

/// What happened to an application.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Event {
    /// An applicant asked.
    Submitted(Request),
    /// A registrar booked it.
    Registered {
        /// Its number.
        case: CaseNumber,
        /// SM3 of the request, which later steps compare with (S1-09).
        snapshot: Octets,
        /// The CA's own end, where the policy cuts a certificate of the pair to it.
        #[serde(
            default,
            skip_serializing_if = "Option::is_none",
            with = "crate::octets::optional_seconds"
        )]
        shortened_to: Option<DateTime>,
    },
    /// An approver agreed.
    Approved,
    /// A certificate is about to be signed.
    IssuanceIntended {
        /// Which of the pair.
        ordinal: Ordinal,
        /// The octets, before any signature.
        intent: Intent,
    },
    /// An intent ended without a known result: its serial number is never used again.
    IssuanceAbandoned {
        /// Which of the pair.
        ordinal: Ordinal,
        /// Whose key was to sign.
        issuer: AuthorityId,
        /// The burnt serial number.
        serial: Serial,
    },
    /// The key-management centre delivered.
    EncryptionKeyReceived(EncryptionKey),
    /// A certificate exists.
    CertificateIssued {
        /// Which of the pair.
        ordinal: Ordinal,
        /// Whose key signed.
        issuer: AuthorityId,
        /// Its serial number.
        serial: Serial,
        /// Its DER.
        certificate: Octets,
    },
    /// Both certificates were handed over, in one act.
    Delivered,
    /// Both certificates left the engine.
    Published,
    /// Refused by registrar or approver.
    Rejected {
        /// Why.
        reason: String,
    },
    /// Taken back by the applicant.
    Withdrawn,
}

impl Event {
    /// The event in one word.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Submitted(_) => "submitted",
            Self::Registered { .. } => "registered",
            Self::Approved => "approved",
            Self::IssuanceIntended { .. } => "issuance-intended",
            Self::IssuanceAbandoned { .. } => "issuance-abandoned",
            Self::EncryptionKeyReceived(_) => "encryption-key-received",
            Self::CertificateIssued { .. } => "certificate-issued",
            Self::Delivered => "delivered",
            Self::Published => "published",
            Self::Rejected { .. } => "rejected",
            Self::Withdrawn => "withdrawn",
        }
    }
}

/// What a decision may see besides the state; all of it by value.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Context<'a> {
    /// The time.
    pub now: DateTime,
    /// The next case number.
    pub case: CaseNumber,
    /// A serial number that nobody has used.
    pub serial: Serial,
    /// The CA that issues to subscribers: its name, its public half, and the
    /// profiles for the two certificates. `None` while it has no certificate.
    pub issuance: Option<Issuance<'a>>,
    /// The CA's name, for a refusal while it has no certificate.
    pub issuer: AuthorityId,
}

/// The CA and the policy for a pair.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Issuance<'a> {
    /// The CA's public half.
    pub issuer: &'a Issuer,
    /// For the signing certificate.
    pub signing: &'a Profile,
    /// For the encryption certificate.
    pub encryption: &'a Profile,
}

/// Says what would happen; touches nothing.
///
/// # Errors
/// [`Error::Refused`] with the rule that says no; [`Error::Damaged`] when what
/// the store kept can't be read.
pub fn decide(
    state: Option<&State>,
    actor: &Actor,
    command: Command,
    context: &Context<'_>,
) -> Result<Vec<Event>, Error> {
    match (state, command) {
        (None, Command::Submit(request)) => submit(actor, request, context),
        (Some(state), Command::Submit(request)) => again(state, actor, &request),
        (Some(State::Submitted(submitted)), Command::Register) => {
            actor.sits_in(&[Seat::Registrar])?;
            actor.differs_from(&[(&submitted.applicant, Seat::Applicant)])?;
            Ok(vec![Event::Registered {
                case: context.case,
                snapshot: snapshot(&submitted.request),
                shortened_to: shortened(&submitted.request, context)?,
            }])
        }
        (Some(State::Registered(registered)), Command::Approve) => {
            actor.sits_in(&[Seat::Approver])?;
            actor.differs_from(&seats(registered))?;
            shown_as_granted(registered, context)?;
            let intent = intend(
                &registered.submitted.request,
                Ordinal::Signing,
                None,
                context,
            )?;
            Ok(vec![
                Event::Approved,
                Event::IssuanceIntended {
                    ordinal: Ordinal::Signing,
                    intent,
                },
            ])
        }
        (Some(State::Submitted(submitted)), Command::Reject { reason }) => {
            actor.sits_in(&[Seat::Registrar, Seat::Approver])?;
            actor.differs_from(&[(&submitted.applicant, Seat::Applicant)])?;
            Ok(vec![Event::Rejected { reason }])
        }
        (Some(State::Registered(registered)), Command::Reject { reason }) => {
            actor.sits_in(&[Seat::Approver])?;
            actor.differs_from(&seats(registered))?;
            Ok(vec![Event::Rejected { reason }])
        }
        (Some(State::Submitted(submitted)), Command::Withdraw) => withdraw(submitted, actor),
        (Some(State::Registered(registered)), Command::Withdraw) => {
            withdraw(&registered.submitted, actor)
        }
        (Some(State::Issuing(issuing)), Command::RecordEncryptionKey(key)) => {
            actor.sits_in(&[Seat::System])?;
            record_encryption_key(issuing, key, context)
        }
        (
            Some(State::Issuing(issuing)),
            Command::RecordCertificate {
                serial,
                certificate,
            },
        ) => {
            actor.sits_in(&[Seat::System])?;
            let (ordinal, intent) = issuing.intent(&serial)?;
            Ok(vec![Event::CertificateIssued {
                ordinal,
                issuer: intent.issuer.clone(),
                serial,
                certificate,
            }])
        }
        (Some(State::Issuing(issuing)), Command::RecordUnknownOutcome { serial }) => {
            actor.sits_in(&[Seat::System])?;
            let (ordinal, lost) = issuing.intent(&serial)?;
            let request = &issuing.registered.submitted.request;
            let key = issuing.encryption_key.as_ref();
            Ok(vec![
                Event::IssuanceAbandoned {
                    ordinal,
                    issuer: lost.issuer.clone(),
                    serial,
                },
                Event::IssuanceIntended {
                    ordinal,
                    intent: intend(request, ordinal, key, context)?,
                },
            ])
        }
        (Some(State::Issued(pair)), Command::Deliver) => {
            actor.sits_in(&[Seat::Approver])?;
            actor.differs_from(&seats(&pair.registered))?;
            Ok(vec![Event::Delivered])
        }
        (Some(State::Delivered(pair)), Command::RecordPublication) if !pair.published => {
            actor.sits_in(&[Seat::System])?;
            Ok(vec![Event::Published])
        }
        (state, command) => Err(Refusal::WrongState {
            what: "the application",
            state: state.map_or("not submitted", State::name),
            verb: command.verb(),
        }
        .into()),
    }
}

/// The state after an event: total, so that replay can't fail. An event that its
/// state does not admit (a forged log) leaves it as it was; every other changes
/// it, by which the audit tells them apart.
pub fn evolve(state: Option<State>, actor: &Actor, event: &Event) -> Option<State> {
    Some(match (state, event) {
        (None, Event::Submitted(request)) => State::Submitted(Submitted {
            applicant: actor.person.clone(),
            request: request.clone(),
        }),
        (
            Some(State::Submitted(submitted)),
            Event::Registered {
                case, shortened_to, ..
            },
        ) => State::Registered(Registered {
            submitted,
            case: *case,
            registrar: actor.person.clone(),
            shortened_to: *shortened_to,
        }),
        (Some(State::Registered(registered)), Event::Approved) => State::Issuing(Issuing {
            registered,
            approver: actor.person.clone(),
            encryption_key: None,
            signing: Slot::AwaitingKey,
            encryption: Slot::AwaitingKey,
        }),
        (Some(State::Issuing(mut issuing)), Event::EncryptionKeyReceived(key))
            if issuing.encryption_key.is_none() =>
        {
            issuing.encryption_key = Some(key.clone());
            State::Issuing(issuing)
        }
        (Some(State::Issuing(mut issuing)), Event::IssuanceIntended { ordinal, intent }) => {
            if let slot @ Slot::AwaitingKey = issuing.slot(*ordinal) {
                *slot = Slot::Intended(intent.clone());
            }
            State::Issuing(issuing)
        }
        (
            Some(State::Issuing(mut issuing)),
            Event::IssuanceAbandoned {
                ordinal, serial, ..
            },
        ) => {
            let slot = issuing.slot(*ordinal);
            if slot.awaits(serial) {
                *slot = Slot::AwaitingKey;
            }
            State::Issuing(issuing)
        }
        (
            Some(State::Issuing(mut issuing)),
            Event::CertificateIssued {
                ordinal,
                issuer,
                serial,
                certificate,
            },
        ) => {
            let slot = issuing.slot(*ordinal);
            if slot.awaits(serial) {
                *slot = Slot::Issued(Issued {
                    issuer: issuer.clone(),
                    serial: serial.clone(),
                    certificate: certificate.clone(),
                });
            }
            issuing.complete()
        }
        (Some(State::Issued(pair)), Event::Delivered) => State::Delivered(pair),
        (Some(State::Delivered(mut pair)), Event::Published) => {
            pair.published = true;
            State::Delivered(pair)
        }
        (
            Some(State::Submitted(_) | State::Registered(_)),
            Event::Rejected { .. } | Event::Withdrawn,
        ) => State::Closed,
        (state, _) => return state,
    })
}

impl State {
    /// The state in words.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Submitted(_) => "submitted",
            Self::Registered(_) => "registered",
            Self::Issuing(_) => "being issued",
            Self::Issued(_) => "issued",
            Self::Delivered(_) => "delivered",
            Self::Closed => "closed",
        }
    }

    /// The next thing to do outside, if any. Named by the state alone, so a
    /// crash loses none and repeats only what may be repeated.
    pub(crate) fn due(&self, id: &ApplicationId) -> Option<Effect> {
        match self {
            Self::Issuing(issuing) => issuing.due(),
            Self::Delivered(pair) if !pair.published => {
                Some(Effect::Publish(pair.publications(id)))
            }
            _ => None,
        }
    }
}

impl Command {
    fn verb(&self) -> &'static str {
        match self {
            Self::Submit(_) => "submitted",
            Self::Register => "registered",
            Self::Approve => "approved",
            Self::Reject { .. } => "rejected",
            Self::Withdraw => "withdrawn",
            Self::Deliver => "delivered",
            Self::RecordEncryptionKey(_) => "given an encryption key",
            Self::RecordCertificate { .. } => "given a certificate",
            Self::RecordUnknownOutcome { .. } => "issued again",
            Self::RecordPublication => "published",
        }
    }
}

impl Slot {
    /// The open intent has this serial number.
    fn awaits(&self, serial: &Serial) -> bool {
        matches!(self, Self::Intended(intent) if intent.serial == *serial)
    }
}

impl Issuing {
    fn slot(&mut self, ordinal: Ordinal) -> &mut Slot {
        match ordinal {
            Ordinal::Signing => &mut self.signing,
            Ordinal::Encryption => &mut self.encryption,
        }
    }

    /// The open intent with this serial number.
    pub(crate) fn intent(&self, serial: &Serial) -> Result<(Ordinal, &Intent), Refusal> {
        [
            (Ordinal::Signing, &self.signing),
            (Ordinal::Encryption, &self.encryption),
        ]
        .into_iter()
        .find_map(|(ordinal, slot)| match slot {
            Slot::Intended(intent) if intent.serial == *serial => Some((ordinal, intent)),
            _ => None,
        })
        .ok_or_else(|| Refusal::NoIntent {
            serial: serial.clone(),
        })
    }

    fn complete(self) -> State {
        match (&self.signing, &self.encryption, &self.encryption_key) {
            (Slot::Issued(signing), Slot::Issued(encryption), Some(key)) => State::Issued(Pair {
                signing: signing.clone(),
                encryption: encryption.clone(),
                encryption_key: key.clone(),
                registered: self.registered,
                approver: self.approver,
                published: false,
            }),
            _ => State::Issuing(self),
        }
    }

    fn due(&self) -> Option<Effect> {
        match (&self.signing, &self.encryption) {
            (Slot::Intended(intent), _) | (_, Slot::Intended(intent)) => {
                Some(Effect::Sign(intent.clone()))
            }
            (_, Slot::AwaitingKey) if self.encryption_key.is_none() => {
                Some(Effect::RequestEncryptionKey {
                    recipient: self.registered.submitted.request.public_key.clone(),
                })
            }
            _ => None,
        }
    }
}

impl Pair {
    /// A holder speaks for their own pair alone; officers speak for any.
    pub(crate) fn heeds(&self, actor: &Actor) -> Result<(), Refusal> {
        let holder = &self.registered.submitted.applicant;
        if actor.seat == Seat::Applicant && actor.person != *holder {
            let person = actor.person.clone();
            return Err(Refusal::NotTheApplicant { person });
        }
        Ok(())
    }

    fn publications(&self, id: &ApplicationId) -> Vec<Publication> {
        let certificate = |name: &str, issued: &Issued| Publication {
            name: format!("subscribers/{id}/{name}.pem"),
            octets: pki::encode_pem("CERTIFICATE", &issued.certificate).into_bytes(),
        };
        vec![
            certificate("signing-certificate", &self.signing),
            certificate("encryption-certificate", &self.encryption),
            Publication {
                name: format!("subscribers/{id}/encryption-key.enveloped.der"),
                octets: self.encryption_key.envelope.to_vec(),
            },
        ]
    }
}

fn submit(actor: &Actor, request: Request, context: &Context<'_>) -> Result<Vec<Event>, Error> {
    actor.sits_in(&[Seat::Applicant])?;
    // What policy could never issue is refused at the door, before anything is
    // kept; approval asks again, with the policy of that day.
    if context.issuance.is_some() {
        intend(&request, Ordinal::Signing, None, context)?;
    }
    Ok(vec![Event::Submitted(request)])
}

/// The same content from the same person is the same submission: nothing new.
fn again(state: &State, actor: &Actor, request: &Request) -> Result<Vec<Event>, Error> {
    actor.sits_in(&[Seat::Applicant])?;
    let submitted = match state {
        State::Submitted(submitted) => Some(submitted),
        State::Registered(registered) => Some(&registered.submitted),
        State::Issuing(issuing) => Some(&issuing.registered.submitted),
        State::Issued(pair) | State::Delivered(pair) => Some(&pair.registered.submitted),
        State::Closed => None,
    };
    match submitted {
        None => Err(wrong_state(state, "submitted")),
        Some(known) if known.request == *request && known.applicant == actor.person => Ok(vec![]),
        Some(_) => Err(Refusal::ApplicationExists.into()),
    }
}

/// The pair of an application that was handed over.
pub(crate) fn delivered(state: Option<State>, id: &ApplicationId) -> Result<Pair, Error> {
    match state {
        Some(State::Delivered(pair)) => Ok(pair),
        Some(state) => Err(wrong_state(&state, "frozen, unfrozen or revoked")),
        None => {
            let stream = StreamId::Application(id.clone());
            Err(Refusal::Unknown { stream }.into())
        }
    }
}

fn wrong_state(state: &State, verb: &'static str) -> Error {
    let refusal = Refusal::WrongState {
        what: "the application",
        state: state.name(),
        verb,
    };
    refusal.into()
}

fn withdraw(submitted: &Submitted, actor: &Actor) -> Result<Vec<Event>, Error> {
    actor.sits_in(&[Seat::Applicant])?;
    if actor.person == submitted.applicant {
        Ok(vec![Event::Withdrawn])
    } else {
        Err(Refusal::NotTheApplicant {
            person: actor.person.clone(),
        }
        .into())
    }
}

fn record_encryption_key(
    issuing: &Issuing,
    key: EncryptionKey,
    context: &Context<'_>,
) -> Result<Vec<Event>, Error> {
    if issuing.encryption_key.is_some() {
        return Err(Refusal::WrongState {
            what: "the application",
            state: "in possession of its encryption key",
            verb: "given an encryption key",
        }
        .into());
    }
    let request = &issuing.registered.submitted.request;
    let intent = intend(request, Ordinal::Encryption, Some(&key), context)?;
    Ok(vec![
        Event::EncryptionKeyReceived(key),
        Event::IssuanceIntended {
            ordinal: Ordinal::Encryption,
            intent,
        },
    ])
}

/// The octets to sign, made from what was submitted and nothing else.
fn intend(
    request: &Request,
    ordinal: Ordinal,
    key: Option<&EncryptionKey>,
    context: &Context<'_>,
) -> Result<Intent, Error> {
    let issuance = context.issuance.ok_or_else(|| Refusal::IssuerNotReady {
        id: context.issuer.clone(),
    })?;
    let (profile, public_key) = match (ordinal, key) {
        (Ordinal::Encryption, Some(key)) => (issuance.encryption, &key.public_key),
        _ => (issuance.signing, &request.public_key),
    };
    Intent::new(
        (&context.issuer, issuance.issuer),
        &context.serial,
        profile,
        &request.certificate_request(public_key)?,
        context.now,
    )
}

/// Refuses an approval whose certificates would not have the end that was registered.
fn shown_as_granted(registered: &Registered, context: &Context<'_>) -> Result<(), Error> {
    let shown = registered.shortened_to;
    if context.issuance.is_none() {
        // That nobody can issue is said instead.
        return Ok(());
    }
    match shortened(&registered.submitted.request, context)? {
        granted if granted == shown => Ok(()),
        granted => Err(Refusal::EndChanged {
            registered: shown,
            granted,
        }
        .into()),
    }
}

/// The CA's own end, if the policy cuts a certificate of the pair to it. What stands
/// against the request is for the approval to say.
fn shortened(request: &Request, context: &Context<'_>) -> Result<Option<DateTime>, Error> {
    let Some(issuance) = context.issuance else {
        return Ok(None);
    };
    let request = request.certificate_request(&request.public_key)?;
    let granted = |profile: &Profile| {
        let granted = profile.validity(issuance.issuer, &request, context.now);
        let granted = granted.ok()?;
        granted.shortened_from().map(|_| granted.end())
    };
    Ok(granted(issuance.signing).or_else(|| granted(issuance.encryption)))
}

fn seats(registered: &Registered) -> [(&PersonId, Seat); 2] {
    [
        (&registered.submitted.applicant, Seat::Applicant),
        (&registered.registrar, Seat::Registrar),
    ]
}

fn snapshot(request: &Request) -> Octets {
    gm_crypto::sm3::digest(&request.csr).to_vec().into()
}
