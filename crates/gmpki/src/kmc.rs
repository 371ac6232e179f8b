//! `gmpki kmc`: a key-management centre in software.

use crate::{
    args::{
        ArchivePassword, KmcAdmit, KmcApprove, KmcAsk, KmcAudit, KmcCommand, KmcInit, KmcPlace,
        KmcRecover, KmcServe,
    },
    demo::folder::Folder,
    failure::{self, Failure},
    input, keys, moment, named,
    outcome::Outcome,
    output::{self, Readers},
    sm3::hexadecimal,
};
use gm_crypto::{
    pki::{SpkiOptions, encode_pem},
    sm2::PublicKey,
};
use hsm::{Checked, Decryption, Error, KeyAlgorithm, KeyHandle, KeyLabel, SoftToken, Token};
use lifecycle::{
    Head, Serial,
    key_centre::{
        Fault, Founding, KeyName, ServerLimits, SoftKeyCentre,
        act::{Act, ActEntry},
        certificate_number,
        message::key_digest,
        recovery::{Approval, Purpose, Recovery, RecoveryRequest},
        serve,
    },
    ports::{Clock, SystemClock},
};
use serde_json::{Value, json};
use std::{
    io::{self, Write},
    net::TcpListener,
    path::Path,
    sync::{Mutex, atomic::AtomicBool},
};

/// The label of the key that signs answers.
const ANSWERS: &str = "key-centre";
/// The label of the key that opens the archive.
const ARCHIVE: &str = "archive";
/// Octets of the largest request or approval: more than the library reads.
const RECOVERY: u64 = 1 << 20;

pub(crate) fn run(command: &KmcCommand, json: bool) -> Result<Outcome, Failure> {
    match command {
        KmcCommand::Init(init) => self::init(init),
        KmcCommand::Admit(admit) => self::admit(admit),
        KmcCommand::Serve(serve) => serving(serve, json),
        KmcCommand::AskUser(ask) => self::ask(ask, Purpose::User),
        KmcCommand::AskCourt(ask) => {
            let (court, order) = (ask.court.clone(), ask.order.clone());
            self::ask(&ask.ask, Purpose::Court { court, order })
        }
        KmcCommand::Approve(approve) => self::approve(approve),
        KmcCommand::RecoverUser(recover) => self::recover(recover, Recovery::User),
        KmcCommand::RecoverCourt(recover) => self::recover(recover, Recovery::Court),
        KmcCommand::Audit(audit) => self::audit(audit),
    }
}

/// The centre's folder.
struct Place(Folder);

impl Place {
    fn of(place: &KmcPlace) -> Result<Self, Failure> {
        if !place.dir.join("archive.sqlite").exists() {
            let reason = "is no key-management centre: 'gmpki kmc init' makes one";
            return Err(Failure::file(&place.dir, reason));
        }
        Folder::open(&place.dir, None).map(Self)
    }

    fn open(&self) -> Result<SoftKeyCentre, Failure> {
        let path = self.0.file("archive.sqlite")?;
        SoftKeyCentre::open(&path).map_err(|source| Failure::file(&path, source))
    }

    /// The key that signs answers. Where there is none, none is made: another would be of no use.
    fn key(&self) -> Result<Checked<Box<dyn KeyHandle>>, Failure> {
        let token = SoftToken::open(self.0.token(), self.0.password_there()?)?;
        Ok(Checked::new(token.key(&KeyLabel::new(ANSWERS)?)?))
    }

    /// The key that is to sign answers: made, or left by an init that broke off.
    fn first_key(&self) -> Result<Checked<Box<dyn KeyHandle>>, Failure> {
        let token = SoftToken::open(self.0.token(), self.0.own_password()?)?;
        let label = KeyLabel::new(ANSWERS)?;
        let key = match token.key(&label) {
            Err(Error::NoSuchKey { .. }) => token.generate(&label, KeyAlgorithm::Sm2),
            found => found,
        };
        Ok(Checked::new(key?))
    }
}

fn archive_token(path: &Path, password: &ArchivePassword) -> Result<SoftToken, Failure> {
    let file = password.archive_password_file.as_deref();
    let reason = "the archive's key is encrypted (--archive-password-file)";
    let password = keys::password_because(reason, file, "Password of the archive's key: ")?;
    Ok(SoftToken::open(path, password)?)
}

fn public(key: &dyn KeyHandle) -> Result<PublicKey, Failure> {
    public_in(key.public_key().as_bytes())
}

fn public_in(spki: &[u8]) -> Result<PublicKey, Failure> {
    Ok(keys::public_key_in(spki, SpkiOptions::default())?.0)
}

fn init(init: &KmcInit) -> Result<Outcome, Failure> {
    let dir = &init.place.dir;
    let folder = Folder::open(dir, None)?;
    let archive = folder.file("archive.sqlite")?;
    if archive.exists() {
        return Err(Failure::file(&archive, Fault::Exists("an archive")));
    }
    let mut custodians = Vec::new();
    for custodian in &init.custodian {
        let key = keys::public_key(&custodian.path)?;
        custodians.push((custodian.person.clone(), key));
    }
    let place = Place(folder);
    let key = place.first_key()?;
    let token = archive_token(&dir.join("archive-key"), &init.archive)?;
    let label = KeyLabel::new(ARCHIVE)?;
    // An init that broke off has left it.
    let archive_key = match token.decryption_key(&label) {
        Err(Error::NoSuchKey { .. }) => token.generate_decryption_key(&label)?,
        found => found?,
    };
    let founding = Founding::new(
        init.name.clone(),
        public(&key)?,
        public_in(archive_key.public_key().as_bytes())?,
        init.threshold,
        custodians,
    );
    let certificate = dir.join("key-centre.pem");
    let pem = encode_pem("PUBLIC KEY", key.public_key().as_bytes());
    // Before there is a centre: afterwards nobody would write it any more.
    output::replace(&certificate, pem.as_bytes())?;
    SoftKeyCentre::found(&archive, &founding, SystemClock::default().now())?;
    let (archive, certificate) = (shown(&archive), shown(&certificate));
    let text = format!(
        "key-management centre {}: founded\narchive:     {archive}\npublic key:  {certificate}\n\
         archive key: {}, with its password to be kept elsewhere\n\
         recoveries:  {} of {} custodians must approve",
        init.name,
        shown(&dir.join("archive-key")),
        init.threshold,
        init.custodian.len(),
    );
    Ok(Outcome::new(
        text,
        json!({ "centre": init.name, "archive": archive, "public-key": certificate }),
    ))
}

fn admit(admit: &KmcAdmit) -> Result<Outcome, Failure> {
    let mut centre = Place::of(&admit.place)?.open()?;
    let key = keys::public_key(&admit.key)?;
    centre.admit(&admit.ca, &key, SystemClock::default().now())?;
    let text = format!("{} may ask for keys", admit.ca);
    Ok(Outcome::new(text, json!({ "ca": admit.ca })))
}

fn serving(serving: &KmcServe, json: bool) -> Result<Outcome, Failure> {
    if !serving.listen.ip().is_loopback() {
        return Err(Failure::Usage(format!(
            "--listen {}: others than this machine are let in by a tunnel before it, which says who they are",
            serving.listen
        )));
    }
    let place = Place::of(&serving.place)?;
    let (centre, key) = (place.open()?, place.key()?);
    if public(&key)? != *centre.state().key() {
        return Err(Fault::WrongKey("the centre").into());
    }
    let listener =
        TcpListener::bind(serving.listen).map_err(|source| Failure::of(serving.listen, source))?;
    let address = listener.local_addr()?;
    // Whoever started it waits for this line.
    let mut out = io::stdout().lock();
    if json {
        writeln!(out, "{}", json!({ "listening": address.to_string() }))?;
    } else {
        writeln!(out, "{} answers at {address}", centre.state().centre())?;
    }
    out.flush()?;
    drop(out);
    let told = |fault: &Fault| eprintln!("gmpki: no answer: {}", failure::chain(fault));
    serve(
        &listener,
        &Mutex::new(centre),
        &key,
        &SystemClock::default(),
        ServerLimits::default(),
        &AtomicBool::new(false),
        &told,
    )?;
    Ok(Outcome::written())
}

fn ask(ask: &KmcAsk, purpose: Purpose) -> Result<Outcome, Failure> {
    let number = match (&ask.case, &ask.number) {
        (Some(case), _) => certificate_number(case),
        (None, Some(number)) => Serial::try_from(number.clone())
            .map_err(|source| Failure::Usage(format!("--number: {source}")))?,
        (None, None) => return Err(Failure::Usage("name the key by --case or --number".into())),
    };
    let recipient = keys::public_key(&ask.recipient)?;
    let now = SystemClock::default().now();
    let until = match &ask.until {
        None => moment::days_after(now, 1)?,
        Some(text) => moment::parse("--until", text)?,
    };
    let request = Place::of(&ask.place)?.open()?.ask_recovery(
        KeyName::new(ask.ca.clone(), number),
        purpose,
        &recipient,
        ask.person.clone(),
        (now, until),
    )?;
    output::write(&ask.out, request.octets(), Readers::AsUsual)?;
    let out = shown(&ask.out);
    let text = format!("{}request:   {out}", said(&request)?);
    Ok(Outcome::new(
        text,
        json!({ "request": out, "digest": hexadecimal(&request.digest()), "key": request.key.to_string() }),
    ))
}

/// What a request says, for whoever is to approve it.
fn said(request: &RecoveryRequest) -> Result<String, Failure> {
    let purpose = match &request.purpose {
        Purpose::User => "for its user".to_owned(),
        Purpose::Court { court, order } => format!("for {court}, by its order {order}"),
        _ => "for what this program does not know".to_owned(),
    };
    let recipient = key_digest(&public_in(&request.recipient)?);
    Ok(format!(
        "centre:    {}\nkey:       {}\npurpose:   {purpose}\nrecipient: {} (SM3 of its public key)\n\
         asked by:  {}, {}\nuntil:     {}\n",
        request.centre,
        request.key,
        hexadecimal(&recipient),
        request.person,
        request.at,
        request.until,
    ))
}

fn request_in(path: &Path) -> Result<RecoveryRequest, Failure> {
    let octets = input::read(path, RECOVERY)?;
    RecoveryRequest::from_octets(&octets).map_err(|source| Failure::file(path, source))
}

fn approve(approve: &KmcApprove) -> Result<Outcome, Failure> {
    let request = request_in(&approve.request)?;
    let key = named::key(&approve.key)?;
    let now = SystemClock::default().now();
    let approval = Approval::sign(&request, approve.custodian.clone(), now, &*key)?;
    output::write(&approve.out, &approval.to_octets(), Readers::AsUsual)?;
    let out = shown(&approve.out);
    let text = format!(
        "{}approved:  by {}: {out}",
        said(&request)?,
        approve.custodian
    );
    let digest = hexadecimal(&request.digest());
    Ok(Outcome::new(
        text,
        json!({ "approval": out, "request": digest, "custodian": approve.custodian }),
    ))
}

fn recover(recover: &KmcRecover, command: Recovery) -> Result<Outcome, Failure> {
    let request = request_in(&recover.request)?;
    let mut approvals = Vec::new();
    for path in &recover.approval {
        let octets = input::read(path, RECOVERY)?;
        let approval = Approval::from_octets(&octets);
        approvals.push(approval.map_err(|source| Failure::file(path, source))?);
    }
    let mut centre = Place::of(&recover.place)?.open()?;
    let beside = recover.place.dir.join("archive-key");
    let folder = recover.archive_key.as_deref().unwrap_or(&beside);
    if !folder.exists() {
        return Err(Failure::file(folder, "has no key of the archive"));
    }
    let token = archive_token(folder, &recover.archive)?;
    let key = token.decryption_key(&KeyLabel::new(ARCHIVE)?)?;
    let now = SystemClock::default().now();
    let envelope = centre.recover(command, &request, &approvals, &*key, now)?;
    output::write(&recover.out, &envelope.to_der(), Readers::Owner)?;
    let out = shown(&recover.out);
    let text = format!("{} given back {command}: {out}", request.key);
    Ok(Outcome::new(
        text,
        json!({ "key": request.key.to_string(), "envelope": out }),
    ))
}

fn audit(audit: &KmcAudit) -> Result<Outcome, Failure> {
    let noted = audit.noted.as_deref().map(head).transpose()?;
    let mut centre = Place::of(&audit.place)?.open()?;
    let acts = centre.acts()?;
    let report = centre.examine(noted.as_ref())?;
    let end = format!("{}:{}", report.head.seq, hexadecimal(&report.head.digest));
    let mut text = String::new();
    for entry in &acts {
        text.push_str(&line(entry));
        text.push('\n');
    }
    text.push_str(&format!(
        "archive: good\nkeys:       {}\nrevoked:    {}\nrecoveries: {}\nend:        {end}",
        report.keys, report.revoked, report.recoveries
    ));
    let json = json!({
        "keys": report.keys,
        "revoked": report.revoked,
        "recoveries": report.recoveries,
        "end": end,
        "acts": acts.iter().map(object).collect::<Result<Vec<_>, _>>()?,
    });
    Ok(Outcome::new(text, json))
}

fn head(text: &str) -> Result<Head, Failure> {
    let read = || {
        let (seq, digest) = text.split_once(':')?;
        // 'parse' would read a sign, too.
        let digits = seq.bytes().all(|octet| octet.is_ascii_digit());
        let seq = seq.parse().ok().filter(|_| digits)?;
        let digest = input::from_hexadecimal(digest.as_bytes())?;
        Some(Head::new(seq, digest.as_slice().try_into().ok()?))
    };
    read().ok_or_else(|| {
        let message = format!("--noted {text:?} is no end of a record as 'kmc audit' prints it");
        Failure::Usage(message)
    })
}

fn line(entry: &ActEntry) -> String {
    let about = match &entry.act {
        Act::Founded { centre, .. } => centre.to_string(),
        Act::AuthorityAdmitted { authority, .. } => authority.to_string(),
        Act::RecoveredForCourt {
            key, court, order, ..
        } => format!("{key}, {court}, {order}"),
        Act::RecoveryGranted {
            key, custodians, ..
        } => {
            let names: Vec<_> = custodians.iter().map(ToString::to_string).collect();
            format!("{key}, by {}", names.join(" and "))
        }
        Act::RecoveryRefused { key, reason, .. } => format!("{key}: {reason}"),
        other => other.key().map(ToString::to_string).unwrap_or_default(),
    };
    let act = entry.act.word();
    format!("{:>5}  {}  {act:<21} {about}", entry.seq, entry.at)
}

fn object(entry: &ActEntry) -> Result<Value, serde_json::Error> {
    serde_json::to_value(entry)
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}
