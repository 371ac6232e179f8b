//! A17 to A20: token, key, signatures.

use super::Case;
use crate::{
    Error, Ground, Octets, Refusal, Seat, Serial, TokenId,
    case::pair::{EncryptionKey, Ordinal, Request, Slot},
    case::{Event, Phase, Step, issuance::Plan},
    terms::{Carrier, Check, Kind, Stage},
    token,
};
use der::Decode;
use spki::SubjectPublicKeyInfoRef;

use super::papers::KEY;

impl Case<'_> {
    pub(super) fn bind_token(&self, token: TokenId) -> Result<Vec<Event>, Error> {
        let step = Step::TokenBound;
        self.in_seat(&[Seat::Approver], step)?;
        let carrier = self.state.opening.carrier;
        if carrier != Carrier::Hard {
            return Err(Ground::Carrier { carrier }.by(step.basis()));
        }
        let status = match (&self.state.token, self.context.token) {
            (Some(_), _) => "second to another",
            (None, Some(found)) if found.status == token::Status::Fresh => {
                return Ok(vec![Event::TokenBound(token)]);
            }
            (None, Some(found)) => found.status.name(),
            (None, None) => "not in the inventory",
        };
        Err(Ground::Token { token, status }.by(step.basis()))
    }

    pub(super) fn prove_key(&self, request: Request) -> Result<Vec<Event>, Error> {
        let step = Step::KeyProved;
        self.may_bring_key(step)?;
        if SubjectPublicKeyInfoRef::from_der(&request.public_key).is_err() {
            let why = "it can't be read";
            return Err(Ground::Key { why }.by(step.basis()));
        }
        self.not_blocked(step)?;
        self.new_key(&request)?;
        let changes = self
            .state
            .request
            .as_ref()
            .is_some_and(|old| *old != request);
        match self.state.phase {
            // What the approver saw stays; a key that was not there then is added.
            Phase::Approved if self.state.request.is_some() => {
                return Err(Ground::ChangedSinceRegistration.by(&["S1-13"]));
            }
            Phase::Returned if changes => self.flagged(KEY)?,
            _ => {}
        }
        // What policy could never issue is refused at the door; the issuance asks again, with
        // the policy of that day.
        if self.context.issuance.is_some()
            && let Some(plan) = self.plan()
        {
            plan.intend(&request, None)?;
        }
        Ok(vec![Event::KeyProved(request)])
    }

    fn not_blocked(&self, step: Step) -> Result<(), Error> {
        if self.context.blocked {
            let why = "it is known to be bad";
            return Err(Ground::Key { why }.by(step.basis()));
        }
        Ok(())
    }

    /// The customer brings it; where the token is made here, the officer who has the case.
    fn may_bring_key(&self, step: Step) -> Result<(), Error> {
        let officer = match self.state.phase {
            Phase::Registering => Some(Seat::Registrar),
            Phase::Approved => Some(Seat::Approver),
            _ => None,
        };
        if officer == Some(self.actor.seat) {
            return Ok(());
        }
        self.by_customer(step)
    }

    /// A new certificate has a new key, unless the rules let a renewal keep the old one.
    fn new_key(&self, request: &Request) -> Result<(), Error> {
        let rule = &self.context.rules.values().renew_same_key;
        let may_keep = match self.state.opening.kind {
            Kind::Renew => rule.value,
            Kind::Reissue => false,
            _ => return Ok(()),
        };
        let old = self.context.target.as_ref().map(|target| target.case);
        let old_key = old.and_then(|case| case.request.as_ref());
        let is_same = old_key.is_some_and(|old| old.public_key == request.public_key);
        if is_same && !may_keep {
            return Err(Ground::SameKey.under(&["X-11"], &rule.basis));
        }
        Ok(())
    }

    pub(super) fn issue(&self) -> Result<Vec<Event>, Error> {
        let step = Step::IssuanceIntended;
        self.in_seat(&[Seat::Approver], step)?;
        let state = self.state;
        let (ordinal, key) = match (&state.signing, &state.encryption, &state.encryption_key) {
            (Slot::AwaitingKey, _, _) => (Ordinal::Signing, None),
            // Its number was burnt, and no new one could be taken then.
            (_, Slot::AwaitingKey, Some(key)) => (Ordinal::Encryption, Some(key)),
            _ => return Err(super::not_listed(Some(state.phase), step)),
        };
        if state.approved.is_none() {
            return Err(Ground::ChangedSinceRegistration.by(&["S1-13"]));
        }
        self.as_registered()?;
        self.still_about()?;
        self.gate(Stage::Issuance)?;
        self.not_blocked(step)?;
        let (plan, request) = self.what_to_issue()?;
        let intent = plan.intend(request, key)?;
        Ok(vec![Event::IssuanceIntended { ordinal, intent }])
    }

    fn what_to_issue(&self) -> Result<(Plan<'_>, &Request), Error> {
        let open = |check| Ground::CheckOpen { check }.by(&["S1-13"]);
        let plan = self.plan().ok_or_else(|| open(Check::Form))?;
        let request = self.state.request.as_ref();
        Ok((plan, request.ok_or_else(|| open(Check::KeyProof))?))
    }

    pub(super) fn record_encryption_key(&self, key: EncryptionKey) -> Result<Vec<Event>, Error> {
        let step = Step::EncryptionKeyReceived;
        self.in_seat(&[Seat::System], step)?;
        if self.state.encryption_key.is_some() {
            return Err(super::not_listed(Some(self.state.phase), step));
        }
        // The approver issues when business through the agency goes on.
        if self.through_agency().is_err() {
            return Ok(vec![Event::EncryptionKeyReceived(key)]);
        }
        let (plan, request) = self.what_to_issue()?;
        let intent = plan.intend(request, Some(&key))?;
        Ok(vec![
            Event::EncryptionKeyReceived(key),
            Event::IssuanceIntended {
                ordinal: Ordinal::Encryption,
                intent,
            },
        ])
    }

    pub(super) fn record_certificate(
        &self,
        serial: Serial,
        signature: Octets,
    ) -> Result<Vec<Event>, Error> {
        self.in_seat(&[Seat::System], Step::CertificateIssued)?;
        let (ordinal, intent) = self.state.intent(&serial)?;
        Ok(vec![Event::CertificateIssued {
            ordinal,
            issuer: intent.issuer.clone(),
            serial,
            signature,
            certificate: None,
        }])
    }

    /// The number is burnt in any case; a new intent takes its place where policy allows one
    /// now. Where it does not, the approver issues again when it does.
    pub(super) fn record_unknown_outcome(&self, serial: Serial) -> Result<Vec<Event>, Error> {
        self.in_seat(&[Seat::System], Step::IssuanceAbandoned)?;
        let (ordinal, lost) = self.state.intent(&serial)?;
        let mut events = vec![Event::IssuanceAbandoned {
            ordinal,
            issuer: lost.issuer.clone(),
            serial,
        }];
        if self.context.blocked || self.through_agency().is_err() {
            return Ok(events);
        }
        let (plan, request) = self.what_to_issue()?;
        let key = match ordinal {
            Ordinal::Signing => None,
            Ordinal::Encryption => self.state.encryption_key.as_ref(),
        };
        match plan.intend(request, key) {
            Ok(intent) => events.push(Event::IssuanceIntended { ordinal, intent }),
            Err(Error::Refused(Refusal::Ruled { ground, .. }))
                if matches!(*ground, Ground::IssuerNotReady { .. } | Ground::Profile(_)) => {}
            Err(error) => return Err(error),
        }
        Ok(events)
    }
}
