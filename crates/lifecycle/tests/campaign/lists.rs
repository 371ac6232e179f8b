//! Who publishes trust lists: what a number is to say is put down before anybody signs it, so
//! that whoever dies behind that signs nothing else under it (C13).

use cert_profile::{CertRequest, Issuer, Profile};
use der::DateTime;
use getrandom::SysRng;
use gm_crypto::{
    sm2::{SecretKey, SigningKey, UserId},
    sm3,
};
use hsm::{KeyHandle, SoftKey};
use spki::SubjectPublicKeyInfoOwned;
use std::{
    collections::BTreeMap,
    fs::{self, OpenOptions},
    io::Write,
    path::{Path, PathBuf},
    sync::OnceLock,
    time::Duration,
};
use tempfile::TempDir;
use trust_list::{
    client::ClientPolicy,
    list::{LocalText, Publisher, SignaturePlan, SignerSet, TrustListDraft, UnverifiedList},
    publish::Folder,
};
use x509_cert::serial_number::SerialNumber;

use crate::{child, invariants::Wrong, points};

/// 2026-11-21 09:00:00, when the schedules' publishers begin.
const BEGUN: u64 = 1_795_251_600;
/// A list is good for so long.
const LIFETIME: Duration = Duration::from_secs(30 * 86_400);

/// Who signs lists: a key in the process, and a certificate of it.
struct Signer {
    key: SoftKey,
    certificate: Vec<u8>,
}

/// What signers say that they signed, by number: the digest of each.
type Signed = BTreeMap<u64, [u8; 32]>;

impl Signer {
    /// The same for all who ask in this process.
    fn shared() -> &'static Self {
        static SIGNER: OnceLock<Signer> = OnceLock::new();
        SIGNER.get_or_init(|| {
            let now = DateTime::from_unix_duration(Duration::from_secs(BEGUN)).unwrap();
            Self::new(&secret(), now)
        })
    }

    /// One with a key that is known already.
    fn new(secret: &SecretKey, now: DateTime) -> Self {
        let root = SoftKey::generate().unwrap();
        let request = request("CN=Root,O=Lists,C=CN", &root);
        let itself = Issuer::self_signed(&request, root.algorithm());
        let root_certificate = certify("root-ca", &itself, &request, &root, now);
        let issuer = Issuer::from_certificate(&root_certificate).unwrap();
        let key = SoftKey::new(SigningKey::new(secret.clone(), UserId::default()));
        let request = self::request("CN=Signer,O=Lists,C=CN", &key);
        Self {
            certificate: certify("log-signer", &issuer, &request, &root, now),
            key,
        }
    }

    /// One that a process before this had.
    fn known(secret: &SecretKey, certificate: Vec<u8>) -> Self {
        let key = SoftKey::new(SigningKey::new(secret.clone(), UserId::default()));
        Self { key, certificate }
    }
}

fn secret() -> SecretKey {
    SecretKey::generate(&mut SysRng).unwrap()
}

fn request(name: &str, key: &SoftKey) -> CertRequest {
    let public: SubjectPublicKeyInfoOwned = key.public_key().decode_msg().unwrap();
    CertRequest::new(name.parse().unwrap(), public)
}

fn certify(
    profile: &str,
    issuer: &Issuer,
    request: &CertRequest,
    key: &SoftKey,
    now: DateTime,
) -> Vec<u8> {
    let serial = SerialNumber::new(&[7; 16]).unwrap();
    let profile = Profile::shipped(profile).unwrap();
    let prepared = profile.prepare(issuer, request, &serial, now).unwrap();
    let signature = key.sign(prepared.tbs()).unwrap();
    prepared.attach(&signature).unwrap()
}

/// The next list of a folder: what an earlier process put down, or, where that left nothing, one
/// that nobody else would write; `sign` sees its number and digest before the signature is made,
/// and `reach` is where the process may die. Gives the number that is out.
fn publish(
    folder: &Folder,
    signer: &Signer,
    (now, chance): (DateTime, u64),
    sign: &mut dyn FnMut(u64, [u8; 32]),
    reach: &mut dyn FnMut(),
) -> u64 {
    let pins = SignerSet::one(&signer.certificate);
    let json = folder.intended().unwrap().unwrap_or_else(|| {
        let until = now.unix_duration() + LIFETIME + Duration::from_secs(chance % 86_400);
        let until = DateTime::from_unix_duration(until).unwrap();
        let draft = match folder.latest().unwrap() {
            Some(last) => {
                let last = last.verify_by_at_issue(&pins).unwrap();
                TrustListDraft::following(&last, now, until)
            }
            None => {
                let name = LocalText::new("zh", "目录").unwrap();
                TrustListDraft::new(Publisher::new("CN", name).unwrap(), now, until)
            }
        };
        let json = draft.to_json().unwrap();
        folder.intend(&json).unwrap();
        json
    });
    let number = TrustListDraft::from_json(&json).unwrap().sequence();
    let plan = SignaturePlan::new(now).signer(&signer.certificate);
    let message = plan.prepare(json.clone()).unwrap();
    sign(number, sm3::digest(&json));
    let signatures: Vec<_> = message
        .to_sign()
        .map(|one| signer.key.sign(one.tbs()).unwrap())
        .collect();
    let list = UnverifiedList::from_der(message.attach_all(&signatures).unwrap()).unwrap();
    reach();
    let policy = ClientPolicy::pinned(pins);
    let published = folder.publish(&list, &policy, now).unwrap();
    reach();
    published.sequence
}

/// A publisher of a schedule: a folder of its own, and a clock that nobody sets.
pub(crate) struct Desk {
    place: TempDir,
    signed: Signed,
    ticks: u64,
}

impl Desk {
    pub(crate) fn new() -> Self {
        Self {
            place: tempfile::tempdir().unwrap(),
            signed: Signed::new(),
            ticks: 0,
        }
    }

    fn folder(&self) -> Folder {
        Folder::new(self.place.path())
    }

    /// The next list is written, signed and put out.
    pub(crate) fn publish(&mut self, chance: u64) -> Result<u64, Wrong> {
        self.ticks += 1;
        let now = Duration::from_secs(BEGUN + 60 * self.ticks);
        let now = DateTime::from_unix_duration(now).unwrap();
        let (folder, signed) = (self.folder(), &mut self.signed);
        let mut noted = Ok(());
        let mut sign = |number, digest| noted = note(signed, number, digest);
        let mut reach = || points::pass("C13");
        let number = publish(
            &folder,
            Signer::shared(),
            (now, chance),
            &mut sign,
            &mut reach,
        );
        noted.map(|()| number)
    }

    pub(crate) fn check(&self) -> Result<(), Wrong> {
        check(&self.folder(), Signer::shared(), &self.signed)
    }
}

fn hexadecimal(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02x}")).collect()
}

/// Adds to what was signed.
fn note(signed: &mut Signed, number: u64, digest: [u8; 32]) -> Result<(), Wrong> {
    match signed.insert(number, digest) {
        Some(before) if before != digest => {
            Err(format!("C13: list {number} was signed with two contents"))
        }
        _ => Ok(()),
    }
}

/// Every list that was signed is out, or is the one that is put down; each says what was signed.
fn check(folder: &Folder, signer: &Signer, signed: &Signed) -> Result<(), Wrong> {
    let pins = SignerSet::one(&signer.certificate);
    let last = folder.latest().unwrap();
    let last = last.map(|last| last.verify_by_at_issue(&pins).unwrap());
    let out = last.map_or(0, |last| last.sequence());
    for (number, digest) in signed {
        let found = if *number <= out {
            let list = folder.read(*number).unwrap();
            list.verify_by_at_issue(&pins).unwrap().digest()
        } else {
            let put_down = folder.intended().unwrap();
            put_down.map_or([0; 32], |json| sm3::digest(&json))
        };
        if found != *digest {
            return Err(format!("C13: list {number} is another than was signed"));
        }
    }
    let count = signed.len() as u64;
    if count < out || count > out + 1 {
        return Err(format!("C13: {count} lists are signed, {out} are out"));
    }
    Ok(())
}

/// The publisher of a node in a folder, with what it says that it signed: files, so that the next
/// process goes on.
fn of_node(folder: &Path, node: &str, now: DateTime) -> (Folder, Signer, PathBuf) {
    let place = folder.join(format!("lists-{node}"));
    fs::create_dir_all(&place).unwrap();
    let (key, certificate) = (folder.join(format!("{node}.key")), place.join("signer.cer"));
    if !certificate.exists() {
        let (secret, draft) = (secret(), place.join("signer.new"));
        fs::write(&key, *secret.to_bytes()).unwrap();
        fs::write(&draft, Signer::new(&secret, now).certificate).unwrap();
        fs::rename(draft, &certificate).unwrap();
    }
    let secret = SecretKey::from_bytes(&fs::read(key).unwrap().try_into().unwrap()).unwrap();
    let signer = Signer::known(&secret, fs::read(certificate).unwrap());
    let journal = folder.join(format!("{node}.signed"));
    (Folder::new(place), signer, journal)
}

/// A process that may be killed publishes the next list.
pub(crate) fn of_child(folder: &Path, node: &str, now: DateTime) {
    let (lists, signer, journal) = of_node(folder, node, now);
    let mut sign = |number, digest: [u8; 32]| {
        let line = format!("{number} {}\n", hexadecimal(&digest));
        let file = OpenOptions::new().append(true).create(true).open(&journal);
        file.unwrap().write_all(line.as_bytes()).unwrap();
    };
    let chance = getrandom::u64().unwrap();
    let mut reach = || child::reach("C13");
    publish(&lists, &signer, (now, chance), &mut sign, &mut reach);
}

/// What a process that was killed leaves of a node's lists.
pub(crate) fn check_node(folder: &Path, node: &str) -> Result<(), Wrong> {
    let journal = folder.join(format!("{node}.signed"));
    let Ok(text) = fs::read_to_string(journal) else {
        return Ok(());
    };
    let mut signed = Signed::new();
    // Of a line that was cut off nothing was signed.
    for line in text.lines() {
        let (number, digest) = line.split_once(' ').unwrap_or((line, ""));
        let digest: Option<Vec<u8>> = (0..32)
            .map(|place| u8::from_str_radix(digest.get(2 * place..2 * place + 2)?, 16).ok())
            .collect();
        if let Some(digest) = digest {
            note(
                &mut signed,
                number.parse().unwrap(),
                digest.try_into().unwrap(),
            )?;
        }
    }
    let now = DateTime::from_unix_duration(Duration::from_secs(BEGUN)).unwrap();
    let (lists, signer, _) = of_node(folder, node, now);
    check(&lists, &signer, &signed)
}
