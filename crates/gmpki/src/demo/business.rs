//! The business itself: every act is one command to the engine.

use super::{Applicant, folder::Folder, story::Story};
use crate::{args::NamedKey, failure::Failure, named};
use cert_profile::Profile;
use hsm::{KeyUri, SoftToken, Token};
use lifecycle::{
    Actor, ApplicationId, AuthorityId, Command, Engine, PersonId, Policy, Ports, Seat, SqliteStore,
    StreamId, application,
    application::{Pair, Request},
    authority::{self, Proposal},
    certificate::{self, Change, RevocationReason},
    ports::{FolderPublisher, RandomSerials, SystemClock, TokenKeyCentre},
};
use std::{sync::Arc, time::Duration};
use x509_cert::name::Name;

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
                clock: Box::new(SystemClock::default()),
                serials: Box::new(RandomSerials::default()),
            },
            Policy {
                issuer: issuing_ca.clone(),
                signing: shipped("subscriber-signing")?,
                encryption: shipped("subscriber-encryption")?,
                authorities: vec![
                    shipped("root-ca")?,
                    shipped("issuing-ca")?,
                    shipped("ocsp-responder")?,
                    shipped("subscriber-signing")?,
                ],
                crl_lifetime: CRL_LIFETIME,
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

    /// From the request to both certificates in the applicant's hands.
    pub(crate) fn take_through(
        &mut self,
        applicant: &Applicant,
        story: &mut Story,
    ) -> Result<(), Failure> {
        let subject = applicant.csr.subject();
        story.chapter(&format!("Application {}: {subject}", applicant.id));
        let command = |command| Command::Application(applicant.id.clone(), command);
        let person = Actor::new(applicant.person.clone(), Seat::Applicant);
        let submit = application::Command::Submit(Request::from_csr(&applicant.csr));
        self.act(
            &person,
            "submits the request, possession proved",
            command(submit),
            story,
        )?;
        loop {
            let Some(state) = self.engine.application(&applicant.id)? else {
                return Ok(());
            };
            let (actor, what, next) = match state {
                application::State::Submitted(_) => (
                    &self.registrar,
                    "checks identity and documents, books the application",
                    application::Command::Register,
                ),
                application::State::Registered(_) => (
                    &self.approver,
                    "reviews independently and approves",
                    application::Command::Approve,
                ),
                application::State::Issued(_) => (
                    &self.approver,
                    "hands both certificates over",
                    application::Command::Deliver,
                ),
                _ => return Ok(()),
            };
            self.act(&actor.clone(), what, command(next), story)?;
        }
    }

    /// The holder freezes the pair; two persons unfreeze it; a CRL after each.
    pub(crate) fn freeze_and_unfreeze(
        &mut self,
        applicant: &Applicant,
        story: &mut Story,
    ) -> Result<(), Failure> {
        let id = &applicant.id;
        story.chapter(&format!("Freezing and unfreezing the pair of {id}"));
        let holder = Actor::new(applicant.person.clone(), Seat::Applicant);
        let unfreeze = certificate::Command::Request(Change::Unfreeze);
        let (registrar, approver) = (self.registrar.clone(), self.approver.clone());
        self.change(
            id,
            &holder,
            "freezes",
            "frozen",
            certificate::Command::Freeze,
            story,
        )?;
        self.issue_crl_after(id, "frozen", story)?;
        self.change(
            id,
            &registrar,
            "asks to unfreeze",
            "unfreeze-requested",
            unfreeze,
            story,
        )?;
        self.change(
            id,
            &approver,
            "confirms",
            "unfrozen",
            certificate::Command::Confirm,
            story,
        )?;
        self.issue_crl_after(id, "unfrozen", story)
    }

    /// Two persons revoke the pair; the CRL lists it.
    pub(crate) fn revoke(
        &mut self,
        applicant: &Applicant,
        story: &mut Story,
    ) -> Result<(), Failure> {
        let id = &applicant.id;
        story.chapter(&format!("Revoking the pair of {id}"));
        let revoke = Change::Revoke(RevocationReason::CessationOfOperation);
        let revoke = certificate::Command::Request(revoke);
        let (registrar, approver) = (self.registrar.clone(), self.approver.clone());
        let asks = "asks to revoke (cessationOfOperation)";
        self.change(id, &registrar, asks, "revocation-requested", revoke, story)?;
        self.change(
            id,
            &approver,
            "confirms",
            "revoked",
            certificate::Command::Confirm,
            story,
        )?;
        self.issue_crl_after(id, "revoked", story)
    }

    /// Both certificates of an application that was delivered.
    pub(crate) fn pair(&self, id: &ApplicationId) -> Result<Pair, Failure> {
        match self.engine.application(id)? {
            Some(application::State::Delivered(pair)) => Ok(pair),
            state => Err(Failure::Refused(
                format!(
                    "application {id} is {}, not delivered",
                    state.map_or("unknown", |state| state.name())
                )
                .into(),
            )),
        }
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

    /// A change to a pair, unless its history has it already.
    fn change(
        &mut self,
        id: &ApplicationId,
        actor: &Actor,
        what: &str,
        event: &str,
        command: certificate::Command,
        story: &mut Story,
    ) -> Result<(), Failure> {
        let signing = self.pair(id)?.signing;
        let stream = StreamId::Certificate(signing.issuer, signing.serial);
        if self.last(&stream, event)?.is_some() {
            return Ok(());
        }
        self.act(
            actor,
            what,
            Command::Certificates(id.clone(), command),
            story,
        )
    }

    /// A CRL that knows of a change to a pair, unless there is one.
    fn issue_crl_after(
        &mut self,
        id: &ApplicationId,
        event: &str,
        story: &mut Story,
    ) -> Result<(), Failure> {
        let signing = self.pair(id)?.signing;
        let changed = self.last(
            &StreamId::Certificate(signing.issuer, signing.serial),
            event,
        )?;
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
