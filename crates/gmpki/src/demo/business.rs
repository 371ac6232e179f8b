//! The business itself: every act is one command to the engine.

use super::{Applicant, folder::Folder, story::Story};
use crate::{args::NamedKey, failure::Failure, named};
use cert_profile::Profile;
use der::DateTime;
use gm_crypto::sm3;
use hsm::{KeyUri, SoftToken, Token};
use lifecycle::{
    Actor, AuthorityId, CaseId, CaseNumber, Command, Engine, Evidence, OrganisationId, PersonId,
    Policy, Ports, Seat, SqliteStore, StreamId, SubjectKeyFile,
    authority::{self, Proposal},
    calendar::{Calendar, Estimate},
    case::{
        self, Phase,
        command::Opening,
        pair::{EncryptionKey, Issued, Request},
        paper::Verdict,
    },
    certificate::RevocationReason,
    cessation::Terms,
    outbox::FolderPublisher,
    ports::{NullNotifier, RandomSerials, SystemClock, TokenKeyCentre},
    rules::{RuleBook, RuleSet},
    terms::{Carrier, DeliveryMethod, EvidenceKind, Kind, Mode, Model},
};
use std::{collections::BTreeMap, sync::Arc, time::Duration};
use x509_cert::name::Name;

/// The rules of the demonstration.
const RULES: &str = "in-house";

/// The fields of its form: each with the attribute of a request that fills it in, and what it
/// says where the request has none.
const FORM: [(&str, &str, &str); 3] = [
    ("common-name", "2.5.4.3", ""),
    ("organisation", "2.5.4.10", "gm-pki 演示"),
    ("country", "2.5.4.6", "CN"),
];

/// Years that the profiles of the pair have.
const YEARS: u16 = 2;

/// The names of the operator's keys.
pub(crate) const ROOT: &str = "root";
pub(crate) const ISSUING_CA: &str = "issuing-ca";
pub(crate) const RESPONDER: &str = "ocsp-responder";
pub(crate) const LIST_PUBLISHER: &str = "list-publisher";

const CRL_LIFETIME: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// The engine and the people who work with it.
#[derive(Debug)]
pub(crate) struct Business {
    pub(crate) engine: Engine,
    /// The operator's keys.
    pub(crate) token: Arc<dyn Token>,
    issuing_ca: AuthorityId,
    key_officer: Actor,
    second_key_officer: Actor,
    registrar: Actor,
    approver: Actor,
}

impl Business {
    /// The operator's keys lie in the folder, or where `place` says.
    pub(crate) fn open(folder: &Folder, place: Option<&KeyUri>) -> Result<Self, Failure> {
        folder.refuse_keys_without_store()?;
        // A token that will not do leaves no store behind.
        let named = place.map(|name| named_token(name, folder)).transpose()?;
        // The store first: it tells whether another run is at work here.
        let store = SqliteStore::open(&folder.store())?;
        let subjects = SubjectKeyFile::open(&folder.subject_keys(), &store)?;
        let token: Arc<dyn Token> = match named {
            None => Arc::new(SoftToken::open(folder.token(), folder.password()?)?),
            Some(token) => token,
        };
        let archive = SoftToken::open(folder.key_centre(), folder.password()?)?;
        let issuing_ca = AuthorityId::new(ISSUING_CA)?;
        let shipped = |name| Profile::shipped(name).ok_or_else(|| unknown_profile(name));
        let engine = Engine::new(
            Ports {
                store: Box::new(store),
                token: Box::new(Arc::clone(&token)),
                key_centre: Box::new(TokenKeyCentre::new(archive)),
                publisher: Box::new(FolderPublisher::new(folder.published())),
                notifier: Box::new(NullNotifier::default()),
                clock: Box::new(SystemClock::default()),
                serials: Box::new(RandomSerials::default()),
                subjects: Arc::new(subjects),
            },
            Policy {
                issuer: issuing_ca.clone(),
                rules: RuleBook::shipped(),
                // It runs in any year.
                calendar: Calendar::china().with_estimate(Estimate::Weekends),
                profiles: vec![
                    shipped("subscriber-signing")?,
                    shipped("subscriber-encryption")?,
                ],
                authorities: vec![
                    shipped("root-ca")?,
                    shipped("issuing-ca")?,
                    shipped("ocsp-responder")?,
                    shipped("subscriber-signing")?,
                ],
                cessation: Terms::shipped(),
                proceedings: lifecycle::proceeding::Terms::shipped(),
                crl_lifetime: CRL_LIFETIME,
                archive: None,
                checkpoints: None,
            },
        );
        let actor = |person: &str, seat| Ok::<_, Failure>(Actor::new(PersonId::new(person)?, seat));
        Ok(Self {
            engine,
            token,
            issuing_ca,
            key_officer: actor("zhao.yi", Seat::KeyOfficer)?,
            second_key_officer: actor("qian.er", Seat::KeyOfficer)?,
            registrar: actor("li.si", Seat::Registrar)?,
            approver: actor("wang.wu", Seat::Approver)?,
        })
    }

    /// Finishes what an earlier run left open.
    pub(crate) fn recover(&mut self, story: &mut Story) -> Result<(), Failure> {
        let open = self.engine.store().unsettled()?;
        if open.is_empty() {
            return Ok(());
        }
        story.chapter("An earlier run was interrupted: finishing what it left open");
        self.settle(story)
    }

    pub(crate) fn establish_authorities(&mut self, story: &mut Story) -> Result<(), Failure> {
        story.chapter("Keys of the operator: proposed by one officer, approved by another");
        let root = AuthorityId::new(ROOT)?;
        let issuing = self.issuing_ca.clone();
        let name = |text: &str| text.parse::<Name>();
        let proposals = [
            (
                ROOT,
                Proposal::root("root-ca", &name("CN=gm-pki 演示根,O=gm-pki 演示,C=CN")?),
            ),
            (
                ISSUING_CA,
                Proposal::under(
                    root.clone(),
                    "issuing-ca",
                    &name("CN=gm-pki 演示签发机构,O=gm-pki 演示,C=CN")?,
                ),
            ),
            (
                RESPONDER,
                Proposal::under(
                    issuing,
                    "ocsp-responder",
                    &name("CN=gm-pki 演示状态查询,O=gm-pki 演示,C=CN")?,
                ),
            ),
            (
                LIST_PUBLISHER,
                Proposal::under(
                    root,
                    "subscriber-signing",
                    &name("CN=gm-pki 演示信任列表,O=gm-pki 演示,C=CN")?,
                ),
            ),
        ];
        for (id, proposal) in proposals {
            self.establish(&AuthorityId::new(id)?, proposal, story)?;
        }
        Ok(())
    }

    fn establish(
        &mut self,
        id: &AuthorityId,
        proposal: Proposal,
        story: &mut Story,
    ) -> Result<(), Failure> {
        let command = |command| Command::Authority(id.clone(), command);
        if self.engine.authority(id)?.is_none() {
            let propose = command(authority::Command::Propose(proposal));
            self.act(
                &self.key_officer.clone(),
                &format!("proposes {id}"),
                propose,
                story,
            )?;
        }
        if let Some(authority::State::Proposed(_)) = self.engine.authority(id)? {
            let approve = command(authority::Command::Approve);
            let officer = self.second_key_officer.clone();
            self.act(&officer, &format!("approves {id}"), approve, story)?;
        }
        Ok(())
    }

    /// From the form to both certificates in the applicant's hands.
    pub(crate) fn take_through(
        &mut self,
        applicant: &Applicant,
        story: &mut Story,
    ) -> Result<(), Failure> {
        let subject = applicant.csr.subject();
        story.chapter(&format!("Case {}: {subject}", applicant.id));
        let opening = opening(applicant, Kind::Apply)?;
        self.carry(&applicant.id, opening, applicant, story)
    }

    /// The holder freezes the pair at once and another person agrees; two persons unfreeze
    /// it; a CRL after each.
    pub(crate) fn freeze_and_unfreeze(
        &mut self,
        applicant: &Applicant,
        story: &mut Story,
    ) -> Result<(), Failure> {
        story.chapter(&format!(
            "Freezing and unfreezing the pair of {}",
            applicant.id
        ));
        for kind in [Kind::Freeze, Kind::Unfreeze] {
            self.change(applicant, kind, story)?;
        }
        Ok(())
    }

    /// Two persons revoke the pair; the CRL lists it.
    pub(crate) fn revoke(
        &mut self,
        applicant: &Applicant,
        story: &mut Story,
    ) -> Result<(), Failure> {
        story.chapter(&format!("Revoking the pair of {}", applicant.id));
        self.change(applicant, Kind::Revoke, story)
    }

    /// A case about a pair, and a CRL that knows of it.
    fn change(
        &mut self,
        applicant: &Applicant,
        kind: Kind,
        story: &mut Story,
    ) -> Result<(), Failure> {
        let id = case_about(applicant, kind)?;
        let mut opening = opening(applicant, kind)?;
        opening.target = Some(applicant.id.clone());
        if kind == Kind::Revoke {
            opening.reason = Some(RevocationReason::CessationOfOperation);
        }
        // What was revoked in an earlier run is not frozen again in this one.
        if self.engine.case(&id)?.is_none() && self.is_revoked(applicant)? {
            return Ok(());
        }
        self.carry(&id, opening, applicant, story)?;
        self.issue_crl_after(&id, story)
    }

    fn is_revoked(&self, applicant: &Applicant) -> Result<bool, Failure> {
        let signing = self.pair(&applicant.id)?.signing;
        let row = self
            .engine
            .store()
            .certificate(&signing.issuer, &signing.serial)?;
        Ok(row.is_some_and(|row| row.status.as_str() == "revoked"))
    }

    /// A case from wherever it stands to where nothing is left to do for it.
    fn carry(
        &mut self,
        id: &CaseId,
        opening: Opening,
        applicant: &Applicant,
        story: &mut Story,
    ) -> Result<(), Failure> {
        let command = |command| Command::Case(id.clone(), command);
        let person = Actor::new(applicant.person.clone(), Seat::Applicant);
        let kind = opening.kind;
        let open = command(case::Command::Open(opening));
        self.act(&person, &format!("opens a case: {kind}"), open, story)?;
        while let Some(state) = self.engine.case(id)? {
            let Some((actor, what, next)) = self.next(&state, applicant) else {
                break;
            };
            self.act(&actor, what, command(next), story)?;
        }
        Ok(())
    }

    /// What a case needs next, and by whom.
    fn next(
        &self,
        state: &case::State,
        applicant: &Applicant,
    ) -> Option<(Actor, &'static str, case::Command)> {
        use case::Command as Next;
        let person = || Actor::new(applicant.person.clone(), Seat::Applicant);
        let makes = state.opening.kind.makes_certificates();
        Some(match state.phase {
            Phase::Draft if state.opening.kind == Kind::Freeze => (
                person(),
                "freezes at once",
                Next::ExecuteAtOnce {
                    identification: evidence(EvidenceKind::CallRecord),
                },
            ),
            Phase::Draft if makes && state.form.is_none() => (
                person(),
                "fills the form in",
                Next::Fill {
                    fields: form(applicant),
                    years: YEARS,
                },
            ),
            Phase::Draft if makes && state.request.is_none() => (
                person(),
                "brings the key, possession proved",
                Next::ProveKey(Request::from_csr(&applicant.csr)),
            ),
            Phase::Draft => (person(), "submits it", Next::Submit),
            Phase::Submitted => (
                self.registrar.clone(),
                "takes it in and gives it a number",
                Next::StartRegistration,
            ),
            Phase::Registering => (
                self.registrar.clone(),
                "checks identity and documents, registers it and hands it over",
                Next::Register {
                    verdict: Verdict::new(true, true, true),
                    work_record: evidence(EvidenceKind::WorkRecord),
                },
            ),
            Phase::HandedOver => (self.approver.clone(), "takes the review", Next::TakeReview),
            Phase::Approving => (
                self.approver.clone(),
                "reviews independently and approves",
                Next::Approve {
                    verdict: Verdict::new(true, true, true),
                },
            ),
            Phase::Approved => (self.approver.clone(), "has the pair issued", Next::Issue),
            Phase::Issued => (
                self.approver.clone(),
                "packs both certificates",
                Next::Personalise {
                    read_back: evidence(EvidenceKind::ReadBack),
                    work_record: evidence(EvidenceKind::WorkRecord),
                },
            ),
            Phase::Personalised => (
                self.approver.clone(),
                "hands both certificates over",
                Next::Dispatch {
                    method: DeliveryMethod::OnSite,
                    packet: "1".to_owned(),
                    receipt: evidence(EvidenceKind::DeliveryReceipt),
                },
            ),
            Phase::Dispatched => (
                person(),
                "confirms that both are there and right",
                Next::ConfirmReceipt {
                    correct: true,
                    record: evidence(EvidenceKind::HolderStatement),
                },
            ),
            Phase::AwaitingRatification => (
                self.approver.clone(),
                "looks at it and agrees",
                Next::Ratify,
            ),
            Phase::Confirmed | Phase::Executed => (
                self.approver.clone(),
                "closes the case",
                Next::Close {
                    work_record: evidence(EvidenceKind::WorkRecord),
                },
            ),
            _ => return None,
        })
    }

    /// Both certificates of a case.
    pub(crate) fn pair(&self, id: &CaseId) -> Result<Pair, Failure> {
        let state = self.engine.case(id)?;
        let pair = state.and_then(|state| {
            let (signing, encryption) = state.pair()?;
            Some(Pair {
                signing: signing.clone(),
                encryption: encryption.clone(),
                encryption_key: state.encryption_key.clone()?,
                number: state.number,
                shortened_to: state.registered.as_ref()?.shortened_to,
            })
        });
        pair.ok_or_else(|| Failure::Refused(format!("case {id} has no certificates").into()))
    }

    /// The cases of an applicant that were opened.
    pub(crate) fn cases_of(&self, applicant: &Applicant) -> Result<Vec<CaseId>, Failure> {
        let mut cases = vec![applicant.id.clone()];
        for kind in [Kind::Freeze, Kind::Unfreeze, Kind::Revoke] {
            let id = case_about(applicant, kind)?;
            if self.engine.case(&id)?.is_some() {
                cases.push(id);
            }
        }
        Ok(cases)
    }

    /// The certificate (DER) of an authority that is active.
    pub(crate) fn certificate_of(&self, id: &str) -> Result<Vec<u8>, Failure> {
        match self.engine.authority(&AuthorityId::new(id)?)? {
            Some(authority::State::Active(active)) => Ok(active.certificate.to_vec()),
            _ => Err(Failure::Refused(
                format!("authority {id} is not active").into(),
            )),
        }
    }

    /// A CRL that knows of what a case did, unless there is one.
    fn issue_crl_after(&mut self, id: &CaseId, story: &mut Story) -> Result<(), Failure> {
        let case = StreamId::Case(id.clone());
        let changed = self
            .last(&case, "executed-at-once")?
            .max(self.last(&case, "approved")?);
        let listed = self.last(&StreamId::Authority(self.issuing_ca.clone()), "crl-issued")?;
        if listed > changed {
            return Ok(());
        }
        let command = Command::Authority(self.issuing_ca.clone(), authority::Command::IssueCrl);
        self.act(&self.key_officer.clone(), "has a CRL made", command, story)
    }

    /// Place in the log of the last event of that name in a history; `None` when
    /// it did not happen.
    fn last(&self, stream: &StreamId, event: &str) -> Result<Option<u64>, Failure> {
        let mut place = None;
        for record in self.engine.store().stream(stream)? {
            if record.entry()?.event.name() == event {
                place = Some(record.seq);
            }
        }
        Ok(place)
    }

    /// One act, and everything that follows from it outside.
    fn act(
        &mut self,
        actor: &Actor,
        what: &str,
        command: Command,
        story: &mut Story,
    ) -> Result<(), Failure> {
        let entries = self.engine.submit(actor, command)?;
        story.act(actor, what, &entries);
        self.settle(story)
    }

    fn settle(&mut self, story: &mut Story) -> Result<(), Failure> {
        Ok(self.engine.settle(&mut |entry| story.durable(entry))?)
    }
}

/// Both certificates of a case, with what its registration says of them.
#[derive(Debug)]
pub(crate) struct Pair {
    pub(crate) signing: Issued,
    pub(crate) encryption: Issued,
    pub(crate) encryption_key: EncryptionKey,
    pub(crate) number: Option<CaseNumber>,
    pub(crate) shortened_to: Option<DateTime>,
}

/// The name of a case about an applicant's pair.
fn case_about(applicant: &Applicant, kind: Kind) -> Result<CaseId, Failure> {
    Ok(CaseId::new(format!("{}.{kind}", applicant.id))?)
}

fn opening(applicant: &Applicant, kind: Kind) -> Result<Opening, Failure> {
    let rules = RuleSet::shipped(RULES)
        .ok_or_else(|| Failure::Usage(format!("there are no rules {RULES:?}")))?;
    let mut opening = Opening::new(
        rules.id(),
        (kind, Mode::Counter, Model::SelfService),
        "pair",
        Carrier::Soft,
        applicant.person.clone(),
    );
    opening.organisation = Some(OrganisationId::new("demo")?);
    Ok(opening)
}

/// What the form says.
fn form(applicant: &Applicant) -> BTreeMap<String, String> {
    let subject = applicant.csr.subject();
    let value = |wanted: &str| {
        let mut attributes = subject.iter();
        let found = attributes.find(|one| one.oid.to_string() == wanted)?;
        std::str::from_utf8(found.value.value()).ok()
    };
    let filled = FORM.map(|(field, attribute, otherwise)| {
        let value = value(attribute).unwrap_or(otherwise);
        (field.to_owned(), value.to_owned())
    });
    filled.into()
}

/// Evidence of the demonstration: the word for its kind is all there is of it.
fn evidence(kind: EvidenceKind) -> Evidence {
    Evidence::new(kind, sm3::digest(kind.as_str().as_bytes()), "demonstration")
}

/// A token that somebody named. A business that begins takes no key that is there already:
/// it may be another one's.
fn named_token(name: &KeyUri, folder: &Folder) -> Result<Arc<dyn Token>, Failure> {
    let key = NamedKey {
        key: name.clone(),
        password_file: folder.named_password_file(),
    };
    let opened = named::token(&key)?;
    if opened.label.is_some() {
        let reason = "names a key: name the token alone, the demonstration makes its keys";
        return Err(key.failure(reason));
    }
    if !folder.store().exists() {
        let own = [ROOT, ISSUING_CA, RESPONDER, LIST_PUBLISHER];
        let labels = opened
            .token
            .labels()
            .map_err(|source| key.failure(source))?;
        if let Some(taken) = labels.iter().find(|label| own.contains(&label.as_str())) {
            let reason = format!("has a key {taken} already: take another token, or delete it");
            return Err(key.failure(reason));
        }
    }
    Ok(opened.token.into())
}

fn unknown_profile(name: &str) -> Failure {
    Failure::Usage(format!("there is no profile {name:?}"))
}
