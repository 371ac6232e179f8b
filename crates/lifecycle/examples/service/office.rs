//! The CA: its folder, its keys, its rules.

use cert_profile::Profile;
use hsm::{Password, SoftToken};
use lifecycle::{
    Actor, AuthorityId, Command, Engine, PersonId, Policy, Ports, Seat, SqliteStore,
    SubjectKeyFile,
    authority::{self, Proposal},
    calendar::{Calendar, Estimate},
    cessation::Terms,
    outbox::FolderPublisher,
    ports::{NullNotifier, RandomSerials, SystemClock, TokenKeyCentre},
    rules::RuleBook,
};
use std::{error::Error, fs, path::Path, sync::Arc, time::Duration};

/// Who answers OCSP requests.
pub(crate) const RESPONDER: &str = "ocsp-responder";

/// A CA in this folder; its three authorities are made at the first start, each proposed by one
/// officer and approved by another.
pub(crate) fn open(folder: &Path) -> Result<Engine, Box<dyn Error>> {
    fs::create_dir_all(folder)?;
    // A real CA keeps its keys in a device, and its password nowhere.
    let password = || Password::new("only an example");
    let token = SoftToken::open(folder.join("keys"), password()?)?;
    let archive = SoftToken::open(folder.join("archive"), password()?)?;
    let profiles = |names: &[&str]| -> Result<Vec<Profile>, Box<dyn Error>> {
        let shipped = |name: &&str| Profile::shipped(name).ok_or("not shipped");
        Ok(names.iter().map(shipped).collect::<Result<_, _>>()?)
    };
    let store = SqliteStore::open(&folder.join("store.sqlite"))?;
    // Not in the store: a copy of the log is no copy of them.
    let subjects = SubjectKeyFile::open(&folder.join("subject-keys.sqlite"), &store)?;
    let mut engine = Engine::new(
        Ports {
            store: Box::new(store),
            token: Box::new(token),
            key_centre: Box::new(TokenKeyCentre::new(archive)),
            publisher: Box::new(FolderPublisher::new(folder.join("published"))),
            notifier: Box::new(NullNotifier::default()),
            clock: Box::new(SystemClock::default()),
            serials: Box::new(RandomSerials::default()),
            subjects: Arc::new(subjects),
        },
        Policy {
            issuer: AuthorityId::new("issuing-ca")?,
            rules: RuleBook::shipped(),
            calendar: Calendar::china().with_estimate(Estimate::Weekends),
            profiles: profiles(&["subscriber-signing", "subscriber-encryption"])?,
            authorities: profiles(&["root-ca", "issuing-ca", "ocsp-responder"])?,
            cessation: Terms::shipped(),
            proceedings: lifecycle::proceeding::Terms::shipped(),
            crl_lifetime: Duration::from_secs(7 * 86_400),
            archive: None,
            checkpoints: None,
        },
    );
    // What an earlier process left open goes first.
    engine.settle(&mut |_| ())?;
    let [root, ca] = ["root", "issuing-ca"].map(AuthorityId::new);
    let [root, ca] = [root?, ca?];
    let proposals = [
        (
            &root,
            Proposal::root("root-ca", &"CN=Example Root,O=Example,C=CN".parse()?),
        ),
        (
            &ca,
            Proposal::under(
                root.clone(),
                "issuing-ca",
                &"CN=Example CA,O=Example,C=CN".parse()?,
            ),
        ),
        (
            &AuthorityId::new(RESPONDER)?,
            Proposal::under(
                ca.clone(),
                "ocsp-responder",
                &"CN=Example OCSP,O=Example,C=CN".parse()?,
            ),
        ),
    ];
    for (id, proposal) in proposals {
        if engine.authority(id)?.is_none() {
            let propose = authority::Command::Propose(proposal);
            act(&mut engine, "zhao.yi", id, propose)?;
        }
        if let Some(authority::State::Proposed(_)) = engine.authority(id)? {
            act(&mut engine, "qian.er", id, authority::Command::Approve)?;
        }
    }
    Ok(engine)
}

fn act(
    engine: &mut Engine,
    person: &str,
    authority: &AuthorityId,
    command: authority::Command,
) -> Result<(), Box<dyn Error>> {
    let officer = Actor::new(PersonId::new(person)?, Seat::KeyOfficer);
    engine.submit(&officer, Command::Authority(authority.clone(), command))?;
    Ok(engine.settle(&mut |_| ())?)
}
