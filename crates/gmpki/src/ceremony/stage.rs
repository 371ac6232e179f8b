//! Where a ceremony is performed: each task once, in its order.

use super::{
    one_line,
    protocol::{Entry, Fact, Protocol, Status},
    script::{ByHand, Script, Task},
    share::{Heading, Share},
    split::{self, Piece, SECRET},
};
use crate::{args::NamedKey, cert, failure::Failure, input, keys, named, output, sm3::hexadecimal};
use cert_profile::{CertRequest, Issuer, Kind, Profile, SHIPPED};
use getrandom::SysRng;
use gm_crypto::{
    pki::{self, KeyFileParameters, decode_private_key_encrypted, encode_private_key_encrypted},
    sm2::{SecretKey, SigningKey, UserId},
    sm3,
};
use hsm::{Checked, Error, KeyAlgorithm, KeyHandle, KeyLabel, KeyUri, Opened, Password, SoftKey};
use lifecycle::ports::{Clock, RandomSerials, Serials, SystemClock};
use rand_core::TryRng;
use sha2::{Digest, Sha256};
use std::{
    fs,
    io::{self, Write},
    path::Path,
};
use zeroize::Zeroizing;

/// What names the program as one who did something.
const PROGRAM: &str = "gmpki";

/// The ceremony's profile, which makes roots.
pub(super) struct Policy {
    profile: Profile,
    /// SM3 of its text: a rehearsal is of this very profile.
    pub(super) digest: [u8; 32],
}

impl Policy {
    /// Reads it once: what is loaded is what was digested.
    pub(super) fn read(script: &Script, folder: &Path) -> Result<Self, Failure> {
        let name = &script.ca.profile;
        let path = folder.join(name);
        let shipped = SHIPPED.iter().find(|(shipped, _)| shipped == name);
        let text = match shipped {
            Some((_, text)) => (*text).to_owned(),
            None if path.exists() => cert::policy_text(&path)?,
            None => {
                return Err(Failure::Usage(format!(
                    "the profile {} is neither a file nor one of {}",
                    path.display(),
                    cert::shipped()
                )));
            }
        };
        let profile = cert::load(&path, &text)?;
        if profile.kind() != Kind::Root {
            let message = format!("the profile {name} does not make roots");
            return Err(Failure::Refused(message.into()));
        }
        let digest = sm3::digest(text.as_bytes());
        Ok(Self { profile, digest })
    }
}

/// A ceremony under way.
pub(super) struct Stage<'a> {
    script: &'a Script,
    profile: Profile,
    rehearsal: bool,
    /// The key was opened, or may have been made.
    begun: bool,
    protocol: Protocol,
    key: Option<Box<dyn KeyHandle>>,
    /// The octets of a key in a file.
    secret: Option<SecretKey>,
    opened: Option<Opened>,
    certificate: Vec<u8>,
    backup: Option<Backup>,
}

struct Backup {
    der: Vec<u8>,
    secret: Zeroizing<[u8; SECRET]>,
    pieces: Vec<Piece>,
    /// The share's file, as it was written, and what opens it.
    shares: Vec<(String, Password)>,
}

impl<'a> Stage<'a> {
    pub(super) fn new(script: &'a Script, policy: Policy, rehearsal: bool) -> Self {
        let program = format!(
            "{PROGRAM} {} ({}, {})",
            env!("CARGO_PKG_VERSION"),
            std::env::consts::OS,
            std::env::consts::ARCH
        );
        Self {
            script,
            profile: policy.profile,
            rehearsal,
            begun: false,
            protocol: Protocol::new(script, policy.digest, program, now()),
            key: None,
            secret: None,
            opened: None,
            certificate: Vec::new(),
            backup: None,
        }
    }

    /// Whether there is something to tell: a ceremony begins with its key.
    pub(super) fn has_begun(&self) -> bool {
        self.begun
    }

    /// Does one task and writes it down.
    pub(super) fn perform(&mut self, task: &Task) -> Result<(), Failure> {
        let number = self.protocol.entries.len() + 1;
        let (who, did, facts) = match task {
            Task::ByHand(step) => self.by_hand(number, step)?,
            Task::SelfTest => self.self_test()?,
            Task::MakeKey => self.make_key()?,
            Task::Certify => self.certify()?,
            Task::BackUp => self.back_up()?,
            Task::HandOut(number) => self.hand_out(*number)?,
            Task::TryBackup => self.try_backup()?,
        };
        if !matches!(task, Task::ByHand(_)) {
            // Messages go to standard error.
            eprintln!("step {number}: {did}");
        }
        self.protocol.entries.push(Entry {
            at: now(),
            who,
            did,
            facts,
        });
        Ok(())
    }

    /// The protocol as it is at the end.
    pub(super) fn end(&mut self, status: Status) -> Protocol {
        self.protocol.status = status;
        self.protocol.ended = now();
        self.protocol.clone()
    }

    /// Signs with the CA's key.
    pub(super) fn sign(&self, octets: &[u8]) -> Result<Vec<u8>, Failure> {
        Ok(self.key()?.sign(octets)?.raw_bytes().to_vec())
    }

    fn key(&self) -> Result<&dyn KeyHandle, Failure> {
        let missing = || Failure::Refused("there is no key yet".into());
        self.key.as_deref().ok_or_else(missing)
    }

    fn say(&self, english: &'static str, chinese: &'static str) -> String {
        self.script.language.say(english, chinese).to_owned()
    }

    fn by_hand(&self, number: usize, step: &ByHand) -> Did {
        if !self.rehearsal {
            confirm(number, step)?;
        }
        Ok((step.who.clone(), step.does.clone(), Vec::new()))
    }

    fn self_test(&self) -> Did {
        gm_crypto::self_test()?;
        let did = self.say(
            "tried SM2, SM3 and SM4 on known answers: passed",
            "SM2、SM3、SM4 已知答案测试：通过",
        );
        Ok((PROGRAM.into(), did, Vec::new()))
    }

    fn make_key(&mut self) -> Did {
        let ca = &self.script.ca;
        let mut facts = Vec::new();
        let key = self.named_key();
        match &ca.key {
            KeyUri::File(_) | KeyUri::Exec(_) => {}
            _ => self.open_device(&key, &mut facts)?,
        }
        let found: Box<dyn KeyHandle> = if self.rehearsal {
            self.look_at_key(&key, &mut facts)?;
            self.keep(SecretKey::generate_checked(&mut SysRng)?)
        } else {
            match (&ca.key, &self.opened) {
                (KeyUri::File(_), _) if ca.existing => match named::secret(&key)? {
                    Some(secret) => self.keep(secret),
                    None => return Err(key.failure("no key file")),
                },
                (KeyUri::File(name), _) => {
                    let secret = SecretKey::generate_checked(&mut SysRng)?;
                    let password = self.new_password_of_key()?;
                    self.begun = true;
                    write_key(&name.path, &secret, &password)?;
                    self.keep(secret)
                }
                (_, Some(opened)) => {
                    let label = opened.label.as_ref();
                    let label = label.ok_or_else(|| key.failure("names no key"))?;
                    let found = if ca.existing {
                        opened.token.key(label)
                    } else {
                        let made = opened.token.generate(label, KeyAlgorithm::Sm2);
                        // A device that fails may have made it all the same, but for a PIN
                        // that it did not take.
                        self.begun = !matches!(
                            made,
                            Err(Error::WrongPin { .. }
                                | Error::PinRefused
                                | Error::PinLocked
                                | Error::PinMissing)
                        );
                        made
                    };
                    found.map_err(|source| key.failure(source))?
                }
                _ => named::key(&key)?,
            }
        };
        if !(self.rehearsal && ca.existing) {
            self.tell_key(&*found, &mut facts);
        }
        self.begun = !self.rehearsal;
        self.key = Some(Box::new(Checked::new(found)));
        let did = match (self.rehearsal, ca.existing) {
            (true, true) => self.say(
                "found the CA's key, which was not used; rehearsed with one that is thrown away",
                "已找到 CA 密钥，未使用；使用即弃密钥演练",
            ),
            (true, false) => self.say(
                "rehearsed with a key that is thrown away; the CA's own is not made yet",
                "使用即弃密钥演练；CA 密钥尚未生成",
            ),
            (false, true) => self.say("opened the CA's key", "打开 CA 密钥"),
            (false, false) => self.say("made the CA's key", "生成 CA 密钥"),
        };
        Ok((PROGRAM.into(), did, facts))
    }

    /// What a rehearsal can know of the CA's key: its password is there, and a key that
    /// exists opens and has this public half.
    fn look_at_key(&self, key: &NamedKey, facts: &mut Vec<Fact>) -> Result<(), Failure> {
        let ca = &self.script.ca;
        if ca.existing {
            let found = match self.opened_key() {
                Some((label, opened)) => {
                    let found = opened.token.key(label);
                    found.map_err(|source| key.failure(source))?
                }
                None => named::key(key)?,
            };
            self.tell_key(&*found, facts);
            return Ok(());
        }
        // Nobody is asked to make up a password in a rehearsal.
        if matches!(ca.key, KeyUri::File(_))
            && (ca.password_file.is_some() || ca.key.pin().is_some())
        {
            self.new_password_of_key()?;
        }
        Ok(())
    }

    fn opened_key(&self) -> Option<(&KeyLabel, &Opened)> {
        let opened = self.opened.as_ref()?;
        Some((opened.label.as_ref()?, opened))
    }

    fn tell_key(&self, key: &dyn KeyHandle, facts: &mut Vec<Fact>) {
        let spki = key.public_key().as_bytes();
        let both = [
            ("SM3 of the public key", "公钥 SM3", sm3::digest(spki)),
            (
                "SHA-256 of the public key",
                "公钥 SHA-256",
                Sha256::digest(spki).into(),
            ),
        ];
        facts.extend(both.map(|(en, zh, digest)| Fact::digest(self.say(en, zh), &digest)));
    }

    fn named_key(&self) -> NamedKey {
        NamedKey {
            key: self.script.ca.key.clone(),
            password_file: self.script.ca.password_file.clone(),
        }
    }

    fn keep(&mut self, secret: SecretKey) -> Box<dyn KeyHandle> {
        let key = SigningKey::new(secret.clone(), UserId::default());
        self.secret = Some(secret);
        Box::new(SoftKey::new(key))
    }

    /// Whether the device can do what is asked of it is found out in the rehearsal.
    fn open_device(&mut self, key: &NamedKey, facts: &mut Vec<Fact>) -> Result<(), Failure> {
        let opened = named::token(key)?;
        let failed = |source| key.failure(source);
        let label = opened.label.as_ref();
        let label = label.ok_or_else(|| key.failure("names no key"))?;
        let labels = opened.token.labels().map_err(failed)?;
        match (labels.contains(label), self.script.ca.existing) {
            (true, false) => return Err(key.failure("this key is there already")),
            (false, true) => return Err(key.failure("there is no such key")),
            _ => {}
        }
        let description = opened.token.description().map_err(failed)?;
        for (en, zh, value) in [
            ("Interface", "接口", description.interface),
            ("Manufacturer", "厂商", description.manufacturer),
            ("Model", "型号", description.model),
            ("Serial number", "序列号", description.serial),
            ("Label", "标签", description.label),
            ("Firmware", "固件", description.firmware),
        ] {
            if !value.is_empty() {
                facts.push(Fact::text(self.say(en, zh), one_line(&value)));
            }
        }
        self.opened = Some(opened);
        Ok(())
    }

    fn new_password_of_key(&self) -> Result<Password, Failure> {
        let ca = &self.script.ca;
        match ca.key.pin() {
            Some(source) if ca.password_file.is_none() => Ok(source.read()?),
            _ => new_password(ca.password_file.as_deref(), "the CA's key"),
        }
    }

    fn certify(&mut self) -> Did {
        let key = self.key()?;
        let spki = key.public_key().decode_msg()?;
        let mut request = CertRequest::new(self.script.ca.subject.clone(), spki);
        if let Some(years) = self.script.ca.years {
            request = request.years(years);
        }
        let issuer = Issuer::self_signed(&request, key.algorithm());
        let serial = RandomSerials::default().fresh()?.to_x509();
        let at = SystemClock::default().now();
        let granted = self.profile.validity(&issuer, &request, at);
        let prepared = self.profile.prepare(&issuer, &request, &serial, at)?;
        let signature = key.sign(prepared.tbs())?;
        let der = prepared.attach(&signature)?;
        let mut facts = vec![Fact::digest(
            self.say("Serial number", "序列号"),
            serial.as_bytes(),
        )];
        if let Ok(granted) = granted {
            let span = format!("{} – {}", granted.begin(), granted.end());
            facts.push(Fact::text(self.say("Valid", "有效期"), span));
        }
        let did = if self.rehearsal {
            self.say(
                "prepared and signed a certificate, and threw it away",
                "试签自签名根证书并丢弃",
            )
        } else {
            let path = &self.script.output.certificate;
            let pem = pki::encode_pem(input::CERTIFICATE[0], &der);
            output::write(path, pem.as_bytes(), output::Readers::AsUsual)?;
            facts.push(self.file(path));
            facts.push(Fact::digest(
                self.say("SM3 of the certificate (DER)", "证书 SM3"),
                &sm3::digest(&der),
            ));
            facts.push(Fact::digest(
                self.say("SHA-256 of the certificate (DER)", "证书 SHA-256"),
                &Sha256::digest(&der),
            ));
            self.say("signed the CA's certificate", "签发自签名根证书")
        };
        self.certificate = der;
        Ok((PROGRAM.into(), did, facts))
    }

    fn file(&self, path: &Path) -> Fact {
        let shown = path.display().to_string();
        Fact::text(self.say("File", "文件"), one_line(&shown))
    }

    fn back_up(&mut self) -> Did {
        let Some(wanted) = &self.script.backup else {
            return Err(Failure::Refused("there is no backup".into()));
        };
        let key = self.secret.as_ref();
        let key = key.ok_or_else(|| self.named_key().failure("lets no key out"))?;
        let secret = fresh_secret()?;
        let der = encode_private_key_encrypted(
            &mut SysRng,
            key,
            password_of(&secret).as_bytes(),
            KeyFileParameters::default(),
        )?;
        let count = u8::try_from(wanted.custodians.len())?;
        let pieces = split::split(&secret, wanted.threshold, count)?;
        let mut facts = Vec::new();
        if !self.rehearsal {
            let pem = pki::encode_pem("ENCRYPTED PRIVATE KEY", &der);
            output::write_secret(&wanted.file, pem.as_bytes())?;
            facts.push(self.file(&wanted.file));
            let label = self.say("SM3 of the backup (DER)", "备份 SM3");
            facts.push(Fact::digest(label, &sm3::digest(&der)));
        }
        self.backup = Some(Backup {
            der,
            secret,
            pieces,
            shares: Vec::new(),
        });
        let did = self.say(
            "wrapped the key under a fresh SM4 key, and cut that one into shares",
            "以新生成的 SM4 密钥加密 CA 密钥，并将其分割为分量",
        );
        Ok((PROGRAM.into(), did, facts))
    }

    fn hand_out(&mut self, at: usize) -> Did {
        let key = sm3::digest(self.key()?.public_key().as_bytes());
        let missing = || Failure::Refused("there is no backup".into());
        let wanted = self.script.backup.as_ref().ok_or_else(missing)?;
        let custodian = wanted.custodians.get(at).ok_or_else(missing)?;
        let backup = self.backup.as_ref().ok_or_else(missing)?;
        let piece = backup.pieces.get(at).ok_or_else(missing)?;
        let password = match &custodian.password_file {
            // Nobody is asked to make up a password in a rehearsal.
            None if self.rehearsal => Password::new(password_of(&*fresh_secret()?).as_bytes())?,
            file => new_password(file.as_deref(), &custodian.name)?,
        };
        let same = |(_, other): &(String, Password)| other.as_bytes() == password.as_bytes();
        if backup.shares.iter().any(same) {
            let reason = "another custodian has the same password";
            return Err(match &custodian.password_file {
                Some(file) => Failure::file(file, reason),
                None => Failure::of(&custodian.name, reason),
            });
        }
        let heading = Heading {
            ceremony: self.script.digest,
            backup: sm3::digest(&backup.der),
            key,
            number: piece.number,
            count: u8::try_from(wanted.custodians.len())?,
            threshold: wanted.threshold,
            custodian: custodian.name.clone(),
        };
        let text = Share::seal(heading, piece, password.as_bytes())?.to_text();
        let mut facts = Vec::new();
        let did = if self.rehearsal {
            self.say("would get a share", "将领取一份密钥分量")
        } else {
            output::write_secret(&custodian.share, text.as_bytes())?;
            facts.push(self.file(&custodian.share));
            let label = self.say("SM3 of the share's file", "分量文件 SM3");
            facts.push(Fact::digest(label, &sm3::digest(text.as_bytes())));
            self.say(
                "got a share, under a password of their own",
                "以本人口令加密领取一份密钥分量",
            )
        };
        let who = custodian.name.clone();
        if let Some(backup) = &mut self.backup {
            backup.shares.push((text, password));
        }
        Ok((who, did, facts))
    }

    /// Everything is read again from where it lies.
    fn try_backup(&mut self) -> Did {
        let missing = || Failure::Refused("there is no backup".into());
        let wanted = self.script.backup.as_ref().ok_or_else(missing)?;
        let backup = self.backup.as_ref().ok_or_else(missing)?;
        let mut pieces = Vec::new();
        for (custodian, (text, password)) in wanted.custodians.iter().zip(&backup.shares) {
            let failed = |source| Failure::file(&custodian.share, source);
            let found = if self.rehearsal {
                text.clone()
            } else {
                fs::read_to_string(&custodian.share)
                    .map_err(|source| Failure::file(&custodian.share, source))?
            };
            let share = Share::from_text(&found).map_err(failed)?;
            pieces.push(share.open(password.as_bytes()).map_err(failed)?);
        }
        let mut count = 0;
        for chosen in split::choices(pieces.len(), wanted.threshold.into()) {
            let some: Vec<Piece> = chosen.iter().map(|at| pieces[*at].clone()).collect();
            if *split::join(&some)? != *backup.secret {
                return Err(Failure::Refused("shares do not open the backup".into()));
            }
            count += 1;
        }
        let der = if self.rehearsal {
            backup.der.clone()
        } else {
            input::read_der(&wanted.file, pki::PRIVATE_KEY_LABELS)?
        };
        let key = decode_private_key_encrypted(&der, password_of(&backup.secret).as_bytes())?;
        let key = SoftKey::new(SigningKey::new(key, UserId::default()));
        if key.public_key().as_bytes() != self.key()?.public_key().as_bytes() {
            return Err(Failure::Refused("the backup holds another key".into()));
        }
        let did = self.say(
            "read all shares again: every choice of enough of them opens the backup, and the \
             key in it is the CA's",
            "重新读取全部分量：任意足数分量均可恢复备份，且其中密钥即 CA 密钥",
        );
        let label = self.say("Choices tried", "已验证组合数");
        Ok((
            PROGRAM.into(),
            did,
            vec![Fact::text(label, count.to_string())],
        ))
    }
}

/// Who did what, and what is to be written down.
type Did = Result<(String, String, Vec<Fact>), Failure>;

/// The password of a backup's PKCS#8: the secret in lower-case hexadecimal.
pub(super) fn password_of(secret: &[u8; SECRET]) -> Zeroizing<String> {
    Zeroizing::new(hexadecimal(secret))
}

/// A key of SM4.
fn fresh_secret() -> Result<Zeroizing<[u8; SECRET]>, Failure> {
    let mut secret = Zeroizing::new([0; SECRET]);
    SysRng.try_fill_bytes(secret.as_mut_slice())?;
    Ok(secret)
}

/// The CA's key as a new file.
fn write_key(path: &Path, secret: &SecretKey, password: &Password) -> Result<(), Failure> {
    let der = encode_private_key_encrypted(
        &mut SysRng,
        secret,
        password.as_bytes(),
        KeyFileParameters::default(),
    )?;
    let pem = pki::encode_pem("ENCRYPTED PRIVATE KEY", &der);
    output::write_secret(path, pem.as_bytes())
}

fn now() -> String {
    SystemClock::default().now().to_string()
}

/// A password from a file, or typed twice.
fn new_password(file: Option<&Path>, whose: &str) -> Result<Password, Failure> {
    let reason = format!("a password of {whose} is wanted in the ceremony's file (password_file)");
    let ask = |prompt: String| keys::password_because(&reason, file, &prompt);
    let first = ask(format!("New password of {whose}: "))?;
    if file.is_none() {
        let again = ask(format!("Again, the password of {whose}: "))?;
        if first.as_bytes() != again.as_bytes() {
            return Err(Failure::Refused("the two passwords differ".into()));
        }
    }
    Ok(first)
}

/// Waits until somebody says that a step was done.
fn confirm(number: usize, step: &ByHand) -> Result<(), Failure> {
    eprint!("step {number}: {}: {} [done] ", step.who, step.does);
    io::stderr().flush()?;
    let mut answer = String::new();
    io::stdin().read_line(&mut answer)?;
    if answer.trim() == "done" {
        return Ok(());
    }
    let reason = format!("step {number} was not confirmed with the word done");
    Err(Failure::Refused(reason.into()))
}
