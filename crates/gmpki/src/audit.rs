//! `gmpki audit`.

mod package;

use crate::{
    args::{AuditCommand, AuditProve, AuditVerify, AuditVerifyProof, LogKey},
    failure::{Failure, chain},
    input, keys,
    outcome::Outcome,
    output::{self, Readers},
    sm3::hexadecimal,
    view::plain,
};
use lifecycle::{
    Checkpoint, GrowthProof, HistoryProof, ProofFault, SignedCheckpoint, SqliteStore, Store,
    SubjectKeyFile, VerifiedCheckpoint, audit, ports::SubjectKeys,
};
use serde_json::json;
use spki::EncodePublicKey;
use std::{error::Error, fmt, path::Path};

/// Octets of the largest proof: as many as the library reads.
const PROOF: u64 = 64 << 20;

pub(crate) fn run(command: &AuditCommand) -> Result<Outcome, Failure> {
    match command {
        AuditCommand::Verify(verify) => self::verify(verify),
        AuditCommand::Prove(prove) => self::prove(prove),
        AuditCommand::VerifyProof(verify) => verify_proof(verify),
        AuditCommand::ExportPackage(export) => package::export(export),
        AuditCommand::VerifyPackage(verify) => package::verify(verify),
    }
}

fn verify(verify: &AuditVerify) -> Result<Outcome, Failure> {
    let path = &*verify.store;
    let given = verify.checkpoint.iter();
    let outside = given.map(|file| believed(file, &verify.log));
    let outside = outside.collect::<Result<Vec<_>, _>>()?;
    let store = SqliteStore::open_read_only(path)?;
    store.check_file()?;
    let anchors = Anchors::of(&store, verify)?;
    if verify.chain {
        let end = audit::verify_chain(&store, &outside);
        let end = end.map_err(|source| Failure::file(path, source))?;
        let digest = hexadecimal(&end.digest);
        let text = format!(
            "chain: good\nrecords:       {}, chained by SM3 up to {digest}\n{anchors}",
            end.seq
        );
        let json = json!({ "records": end.seq, "digest": digest });
        return Ok(Outcome::new(text, json).member("anchors", anchors.object()));
    }
    let keys = verify.subject_keys.as_deref();
    let keys = keys.map(SubjectKeyFile::open_read_only).transpose()?;
    let keys = keys.as_ref().map(|keys| keys as &dyn SubjectKeys);
    let report = audit::verify_opened(&store, &outside, keys, &mut |_| ());
    let report = report.map_err(|source| Failure::file(path, source))?;
    let (text, json) = examined(&report);
    let outcome = Outcome::new(format!("audit: good\n{text}\n{anchors}"), json);
    Ok(outcome.member("anchors", anchors.object()))
}

/// What a log is held against that whoever can write its store can't make.
struct Anchors {
    /// Checkpoints from elsewhere.
    outside: usize,
    /// Records of the store's own, and whose signature it has.
    own: Option<(u64, Signer)>,
}

/// Whose signature the store's own checkpoint has, as far as was looked.
#[derive(Clone, Copy)]
enum Signer {
    /// That of the key which was given.
    Key,
    /// Another's than that.
    Other,
    /// That of an authority of the log itself.
    Log,
    /// Nobody looked.
    Unknown,
}

impl Anchors {
    /// Those that an examination goes by. A key that did not sign the only checkpoint there is
    /// vouches for nothing.
    fn of(store: &dyn Store, verify: &AuditVerify) -> Result<Self, Failure> {
        let outside = verify.checkpoint.len();
        let Some(row) = store.checkpoint()? else {
            return Ok(Self { outside, own: None });
        };
        let failed = |source| Failure::file(&verify.store, source);
        let signer = match &verify.log.key {
            None if verify.chain => Signer::Unknown,
            None => Signer::Log,
            Some(key) => {
                let signed = SignedCheckpoint::parse(&row.text).map_err(failed)?;
                let log = name(&signed, verify.log.log.as_deref());
                match signed.verify(log, &public_key(key)?) {
                    Ok(_) => Signer::Key,
                    Err(source) if outside == 0 => return Err(failed(source)),
                    // The log may have got another key since then.
                    Err(_) => Signer::Other,
                }
            }
        };
        Ok(Self {
            outside,
            own: Some((row.size, signer)),
        })
    }

    fn object(&self) -> serde_json::Value {
        let own = self.own.map(|(size, signer)| {
            json!({
                "records": size,
                "signed_by": match signer {
                    Signer::Key => "key",
                    Signer::Other => "other",
                    Signer::Log => "log",
                    Signer::Unknown => "not-checked",
                },
            })
        });
        json!({ "outside": self.outside, "own": own })
    }
}

impl fmt::Display for Anchors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("anchors:       ")?;
        match self.outside {
            0 => f.write_str("no checkpoint from outside; ")?,
            1 => f.write_str("1 checkpoint from outside; ")?,
            many => write!(f, "{many} checkpoints from outside; ")?,
        }
        let Some((size, signer)) = self.own else {
            return f.write_str("the store has none of its own");
        };
        let signer = match signer {
            Signer::Key => "signed by the key",
            Signer::Other => "not signed by the key",
            Signer::Log => "signed by an authority of the log",
            Signer::Unknown => "signature not checked",
        };
        write!(f, "the store's own, of {size} records: {signer}")
    }
}

/// A checkpoint in a file, signed by the log that was said.
pub(crate) fn believed(file: &Path, log: &LogKey) -> Result<VerifiedCheckpoint, Failure> {
    let key = log.key.as_deref();
    let key = key.ok_or_else(|| Failure::Usage("--checkpoint wants --key".into()))?;
    let signed = checkpoint(file)?;
    let believed = signed.verify(name(&signed, log.log.as_deref()), &public_key(key)?);
    believed.map_err(|source| Failure::file(file, source))
}

/// What a log without a fault holds.
pub(crate) fn examined(report: &audit::Report) -> (String, serde_json::Value) {
    let digest = hexadecimal(&report.digest);
    let text = format!(
        "records:       {}, chained by SM3 up to {digest}\n\
         cases:         {}\n\
         authorities:   {}\n\
         certificates:  {}, each intended before it was signed\n\
         burnt serials: {}\n\
         CRLs:          {}\n\
         to be done:    {}",
        report.records,
        report.cases,
        report.authorities,
        report.certificates,
        report.burnt,
        report.crls,
        report.unsettled,
    );
    let json = json!({
        "records": report.records,
        "digest": digest,
        "cases": report.cases,
        "authorities": report.authorities,
        "certificates": report.certificates,
        "burnt": report.burnt,
        "crls": report.crls,
        "unsettled": report.unsettled,
    });
    (text, json)
}

fn prove(prove: &AuditProve) -> Result<Outcome, Failure> {
    let store = SqliteStore::open_read_only(&prove.store)?;
    let last = last_checkpoint(&store, &prove.store)?;
    let failed = |source| Failure::file(&prove.store, source);
    let size = last.unverified().head.seq;
    let (proof, about) = match (&prove.history, &prove.since) {
        (Some(history), _) => {
            let proof = HistoryProof::make(&store, &last, history).map_err(failed)?;
            (proof.to_json(), history.to_string())
        }
        (None, Some(since)) => {
            let old_size = checkpoint(since)?.unverified().head.seq;
            let proof = GrowthProof::make(&store, old_size, &last).map_err(failed)?;
            (proof.to_json(), format!("growth from {old_size} records"))
        }
        (None, None) => {
            let message = "name a history, or --since an earlier checkpoint";
            return Err(Failure::Usage(message.into()));
        }
    };
    output::write(&prove.out, proof.as_bytes(), Readers::AsUsual)?;
    let out = prove.out.display().to_string();
    Ok(Outcome::new(
        format!("proof of {about} in a log of {size} records: {out}"),
        json!({ "about": about, "records": size, "out": out }),
    ))
}

/// The last checkpoint of the store at this place.
fn last_checkpoint(store: &dyn Store, place: &Path) -> Result<SignedCheckpoint, Failure> {
    let last = store
        .checkpoint()?
        .ok_or_else(|| Failure::file(place, "has no checkpoint yet"))?;
    SignedCheckpoint::parse(&last.text).map_err(|source| Failure::file(place, source))
}

/// What is wrong with a file of somebody else's, whose words move nothing on this terminal.
fn wrong(path: &Path, source: &dyn Error) -> Failure {
    Failure::file(path, plain(&chain(source)))
}

fn verify_proof(verify: &AuditVerifyProof) -> Result<Outcome, Failure> {
    let failed = |source: ProofFault| wrong(&verify.proof, &source);
    let octets = input::read(&verify.proof, PROOF)?;
    let key = public_key(&verify.key)?;
    let wanted = verify.log.as_deref();
    if let Some(since) = &verify.since {
        let earlier = checkpoint(since)?;
        let proof = GrowthProof::from_json(&octets).map_err(failed)?;
        let log = name(&earlier, wanted);
        let later = proof.verify(&earlier, log, &key).map_err(failed)?;
        let old_size = earlier.unverified().head.seq;
        let text = format!(
            "proof: good\n{}\nit begins with the {old_size} records of {}",
            shown(&later),
            since.display(),
        );
        let mut json = object(&later);
        json["since"] = old_size.into();
        return Ok(Outcome::new(text, json));
    }
    let proof = HistoryProof::from_json(&octets).map_err(failed)?;
    let signed = proof.checkpoint().map_err(failed)?;
    let (checkpoint, entries) = proof.verify(name(&signed, wanted), &key).map_err(failed)?;
    let mut text = format!("proof: good\n{}", shown(&checkpoint));
    for entry in &entries {
        let (seq, at, stream) = (entry.seq, entry.at, &entry.stream);
        let (actor, event) = (&entry.actor, entry.event.name());
        text.push_str(&format!(
            "\n{seq:>8}  {at}  {stream}  {} ({})  {event}",
            actor.person, actor.seat
        ));
    }
    let mut json = object(&checkpoint);
    json["entries"] = serde_json::to_value(&entries)?;
    Ok(Outcome::new(text, json))
}

fn shown(checkpoint: &Checkpoint) -> String {
    format!(
        "log {} of {} records on {}, signed by its key",
        checkpoint.origin, checkpoint.head.seq, checkpoint.at
    )
}

fn object(checkpoint: &Checkpoint) -> serde_json::Value {
    json!({
        "log": checkpoint.origin,
        "records": checkpoint.head.seq,
        "at": checkpoint.at.to_string(),
        "digest": hexadecimal(&checkpoint.head.digest),
        "root": hexadecimal(&checkpoint.root),
    })
}

pub(crate) fn checkpoint(path: &Path) -> Result<SignedCheckpoint, Failure> {
    let octets = input::read(path, input::STRUCTURE)?;
    let text = String::from_utf8(octets).map_err(|source| Failure::file(path, source))?;
    SignedCheckpoint::parse(&text).map_err(|source| Failure::file(path, source))
}

/// The log that is asked for: the one of the checkpoint, unless somebody says which.
fn name<'a>(signed: &'a SignedCheckpoint, wanted: Option<&'a str>) -> &'a str {
    wanted.unwrap_or(&signed.unverified().origin)
}

fn public_key(path: &Path) -> Result<Vec<u8>, Failure> {
    let key = keys::public_key(path)?.to_public_key_der()?;
    Ok(key.into_vec())
}
