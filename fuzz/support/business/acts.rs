//! What the octets of a step ask for.

use super::{Business, CASES, REQUESTS, id, name, pick, token};
use gm_crypto::sm3;
use lifecycle::{
    Actor, AuthorityId, CaseId, Command, Evidence, Octets, Seat, authority,
    authority::Proposal,
    case::{
        Command as Asks, State,
        command::Opening,
        pair::Slot,
        paper::{Deficiency, InternalChecklist, Verdict},
        payment::Account,
    },
    certificate::{self, Change, RevocationReason},
    organisation,
    rules::{Cell, CertificateRule, CheckRule, FieldFormat, Process},
    terms::{
        Carrier, DeliveryMethod, EvidenceKind, FileFormat, IdentityDocument, Kind, Mode, Model,
        PaymentRoute, PinChannel,
    },
    token as inventory, upload,
};
use std::collections::BTreeMap;

/// By whom something is asked.
pub(super) enum Asked {
    /// By the step's person.
    Persons(Command),
    /// By a service outside.
    Services(CaseId, Asks),
}

/// The digits of every deposit.
const CODE: &str = "123456";
/// What makes most acts bad ones.
const BADLY: u8 = 0x20;

impl Business {
    /// None where the act needs a case that nobody opened.
    pub(super) fn command(&self, actor: &Actor, act: u8, with: u8) -> Option<Asked> {
        let (which, how) = (usize::from(with & 3), with >> 2);
        let case: CaseId = id(CASES[which]);
        let outside = match act {
            36 => Some(Command::Certificates(
                case.clone(),
                certificate::Command::Freeze,
            )),
            37 => Some(Command::Certificates(case.clone(), change(how))),
            38 => Some(Command::Certificates(
                case.clone(),
                certificate::Command::Confirm,
            )),
            39 => Some(Command::Token(token(with), of_token(how))),
            40 => Some(Command::Authority(
                id(pick(&["ca", "root", "responder"], with)),
                authority::Command::IssueCrl,
            )),
            41 => {
                let subject = name("CN=Responder,C=CN");
                let proposal = Proposal::under(id("ca"), "ocsp-responder", &subject);
                Some(responder(authority::Command::Propose(proposal)))
            }
            42 => Some(responder(authority::Command::Approve)),
            47 => Some(Command::Organisation(id("example"), of_organisation(how))),
            _ => None,
        };
        if let Some(command) = outside {
            return Some(Asked::Persons(command));
        }
        if act == 0 {
            let open = Asks::Open(self.opening(which, how));
            return Some(Asked::Persons(Command::Case(case, open)));
        }
        let state = self.engine.case(&case).expect("a store in memory")?;
        let asks = self.of_case(&state, act, how)?;
        // Services say it where a rule has their seat, and where the person is in it.
        let service = matches!(asks, Asks::RecordCheck { check, .. }
            if self.checks(&state).iter().any(|rule| rule.check == check && rule.seats == [Seat::System]));
        if service || (actor.seat == Seat::System && matches!(act, 21 | 31 | 33)) {
            return Some(Asked::Services(case, asks));
        }
        Some(Asked::Persons(Command::Case(case, asks)))
    }

    fn opening(&self, which: usize, how: u8) -> Opening {
        let kind = pick(Kind::ALL, how);
        let rest = how / 6;
        let offered =
            |mode: &&Mode| matches!(self.rules.cell(kind, **mode), Some(Cell::Offered(_)));
        let mode = Mode::ALL.iter().find(offered).copied();
        let names: Vec<_> = self.rules.certificates().keys().collect();
        let certificate = pick(&names, rest);
        let rule = &self.rules.certificates()[certificate];
        let mut opening = Opening::new(
            self.rules.id(),
            (
                kind,
                mode.unwrap_or(Mode::Other),
                pick::<Model>(&self.rules.models().value, rest / 2),
            ),
            certificate.as_str(),
            pick::<Carrier>(&rule.carriers.value, rest / 4),
            id("zhang.san"),
        );
        opening.organisation = Some(id("example"));
        opening.account = Some("account-1".into());
        opening.practice_statement = Some("1.0".into());
        if self.rules.agencies().value {
            opening.agency = Some(id("agency"));
        }
        if kind != Kind::Apply {
            opening.target = Some(id(CASES[usize::from(which == 0)]));
        }
        if matches!(kind, Kind::Revoke | Kind::Reissue) {
            opening.reason = Some(RevocationReason::KeyCompromise);
        }
        opening
    }

    fn of_case(&self, state: &State, act: u8, how: u8) -> Option<Asks> {
        let rule = self.rules.certificate(&state.opening.certificate)?;
        let badly = how & BADLY != 0;
        let words = || "no".to_owned();
        let verdict = Verdict::new(true, !badly, true);
        let work_record = evidence(EvidenceKind::WorkRecord);
        Some(match act {
            1 => self.consent(how),
            2 => Asks::WithdrawConsent {
                agreement: pick_owned(self.agreements(), how),
            },
            3 => self.fill(state, rule, how),
            4 => self.document(state, rule, how)?,
            5 => self.check(state, how)?,
            6 => Asks::Submit,
            7 => Asks::Resubmit,
            8 => Asks::SubmitInternally,
            9 if badly => Asks::ReturnInternally {
                reasons: vec![words()],
            },
            9 => Asks::ApproveInternally(InternalChecklist::new(true, true, true)),
            10 => Asks::StartRegistration,
            11 => Asks::Register {
                verdict,
                work_record,
            },
            12 => {
                let fields: Vec<_> = rule.fields.keys().map(String::as_str).collect();
                let names = [&["key"], &fields[..]].concat();
                Asks::Return(vec![Deficiency::new(pick(&names, how), "wrong")])
            }
            13 => Asks::TakeReview,
            14 => Asks::Approve { verdict },
            15 => Asks::Reject { reason: words() },
            16 => Asks::ProveKey(REQUESTS[usize::from(how) % REQUESTS.len()].clone()),
            17 => Asks::BindToken(token(how)),
            18 => Asks::Issue,
            19 => Asks::Personalise {
                read_back: read_back(state, badly),
                work_record,
            },
            20 => Asks::Dispatch {
                method: pick(DeliveryMethod::ALL, how),
                packet: "packet-1".into(),
                receipt: evidence(EvidenceKind::DeliveryReceipt),
            },
            21 => Asks::DeliverPin {
                channel: pick(PinChannel::ALL, how),
                recipient: pick(&[Seat::Applicant, Seat::Agent], how / 8),
                receipt: evidence(EvidenceKind::NoticeReceipt),
            },
            22 => Asks::ConfirmReceipt {
                correct: !badly,
                record: evidence(pick(
                    &[EvidenceKind::HolderStatement, EvidenceKind::CallRecord],
                    how,
                )),
            },
            23 => Asks::Object { statement: words() },
            24 => Asks::Close { work_record },
            25 => Asks::Withdraw,
            26 => Asks::RequestRefund,
            27 => Asks::RecordRefund {
                fen: 100,
                receipt: evidence(EvidenceKind::PaymentReceipt),
            },
            28 => Asks::ExecuteAtOnce {
                identification: evidence(EvidenceKind::CallRecord),
            },
            29 => Asks::Ratify,
            30 => Asks::RefuseRatification { reason: words() },
            31 if badly => Asks::ReportPayment {
                route: PaymentRoute::Wallet,
                account: None,
                evidence: evidence(EvidenceKind::PaymentReceipt),
            },
            31 => Asks::ReportPayment {
                route: PaymentRoute::CorporateTransfer,
                account: Some(account()),
                evidence: evidence(EvidenceKind::RemittanceSlip),
            },
            32 => Asks::ConfirmFunds {
                receipt: evidence(EvidenceKind::PaymentReceipt),
            },
            33 => deposit(how),
            34 => Asks::EnterCode {
                code: if badly { "000000" } else { CODE }.into(),
            },
            35 => pick_owned(
                vec![Asks::RecordPublication, Asks::DeemAccepted, Asks::Lapse],
                how,
            ),
            _ => return None,
        })
    }

    fn agreements(&self) -> Vec<String> {
        let known = self.rules.consents().keys().cloned();
        known.chain(["unknown".to_owned()]).collect()
    }

    /// All that may go together at once; or one that is named.
    fn consent(&self, how: u8) -> Asks {
        let digest = || Octets::from(vec![1; 32]);
        let consents = self.rules.consents();
        let agreements: BTreeMap<_, _> = if how & BADLY == 0 {
            let together = consents.iter().filter(|(_, rule)| !rule.separate);
            together.map(|(name, _)| (name.clone(), digest())).collect()
        } else {
            [(
                pick(&self.agreements().iter().collect::<Vec<_>>(), how).clone(),
                digest(),
            )]
            .into()
        };
        Asks::Consent { agreements }
    }

    fn fill(&self, state: &State, rule: &CertificateRule, how: u8) -> Asks {
        let mandatory = rule.fields.iter().filter(|(_, field)| field.mandatory);
        let fields = mandatory
            .skip(usize::from(how & BADLY != 0))
            .map(|(name, field)| {
                let value = match field.format {
                    _ if name == "country" => "CN",
                    FieldFormat::CreditCode => "91350100M000100Y43",
                    FieldFormat::CitizenNumber => "11010519491231002X",
                    FieldFormat::Mobile => "13800138000",
                    FieldFormat::Mail => "a@example.cn",
                    FieldFormat::BankAccount => "6222000011112222",
                    FieldFormat::Fen => "104800",
                    _ => "Example Ltd",
                };
                (name.clone(), value.to_owned())
            });
        let years = match state.opening.kind {
            Kind::Apply | Kind::Renew => pick(&self.rules.values().years.value, how),
            _ => u16::from(how & 1),
        };
        Asks::Fill {
            fields: fields.collect(),
            years,
        }
    }

    fn document(&self, state: &State, rule: &CertificateRule, how: u8) -> Option<Asks> {
        let names: Vec<_> = rule.documents.value.iter().collect();
        let document = names.get(usize::from(how & 0x1f) % names.len().max(1))?;
        let formats = &self.rules.document(document)?.formats.value;
        let (file_name, octets): (_, &[u8]) = if formats.contains(&FileFormat::Jpeg) {
            ("scan.jpg", b"\xff\xd8\xff\xe0\0\x10JFIF\0")
        } else {
            ("scan.pdf", b"%PDF-1.7\n")
        };
        let version = state.form.as_ref().map(|form| form.version);
        Some(Asks::AddDocument {
            document: (*document).clone(),
            file_name: file_name.into(),
            inspected: upload::inspect(file_name, octets, 1_000).expect("a known format"),
            form_version: version.filter(|_| how & BADLY == 0),
        })
    }

    /// The checks of a case that somebody records.
    fn checks(&self, state: &State) -> Vec<&CheckRule> {
        let checks = self
            .process(state)
            .map_or(&[][..], |process| &process.checks);
        checks
            .iter()
            .filter(|rule| !rule.seats.is_empty())
            .collect()
    }

    pub(super) fn process(&self, state: &State) -> Option<&Process> {
        match self.rules.cell(state.opening.kind, state.opening.mode) {
            Some(Cell::Offered(process)) => Some(process),
            _ => None,
        }
    }

    fn check(&self, state: &State, how: u8) -> Option<Asks> {
        let checks = self.checks(state);
        let rule = checks.get(usize::from(how & 0x1f) % checks.len().max(1))?;
        let mut kinds: Vec<_> = rule.evidence.iter().map(|group| group[0]).collect();
        kinds.extend([
            EvidenceKind::IdentityQuery,
            EvidenceKind::Liveness,
            EvidenceKind::OtherIdentityProof,
        ]);
        let identity = IdentityDocument::ALL.iter().find_map(|document| {
            let methods = self.rules.identity_methods(*document)?;
            Some((*document, *methods.value.first()?))
        });
        Some(Asks::RecordCheck {
            check: rule.check,
            identity,
            failure: (how & BADLY != 0).then(|| "no".to_owned()),
            evidence: kinds.into_iter().map(evidence).collect(),
        })
    }
}

/// A piece of evidence whose octets are its name.
pub(super) fn evidence(kind: EvidenceKind) -> Evidence {
    Evidence::new(kind, sm3::digest(kind.as_str().as_bytes()), "archive/7")
}

/// What a good token gives back, or another thing.
fn read_back(state: &State, badly: bool) -> Evidence {
    match &state.signing {
        Slot::Issued(issued) if !badly => Evidence::new(
            EvidenceKind::ReadBack,
            sm3::digest(&issued.certificate),
            "archive/7",
        ),
        _ => evidence(EvidenceKind::ReadBack),
    }
}

fn account() -> Account {
    Account::new("Example Ltd", "Example Ltd", "6222000011112222")
}

fn deposit(how: u8) -> Asks {
    let salt = [7; 16];
    match how % 4 {
        0 => Asks::SendDeposit {
            account: account(),
            salt: salt.to_vec().into(),
            digest: sm3::digest(&[&salt, CODE.as_bytes()].concat())
                .to_vec()
                .into(),
        },
        1 => Asks::SettleDeposit,
        2 => Asks::FailDeposit {
            reason: "no".into(),
        },
        _ => Asks::ReenterAccount(account()),
    }
}

fn change(how: u8) -> certificate::Command {
    certificate::Command::Request(match how % 3 {
        0 => Change::Unfreeze,
        1 => Change::Revoke(RevocationReason::KeyCompromise),
        _ => Change::Revoke(RevocationReason::Superseded),
    })
}

fn of_token(how: u8) -> inventory::Command {
    let reason = || "no".to_owned();
    match how % 3 {
        0 => inventory::Command::Receive {
            batch: "b-2".into(),
            model: "m-1".into(),
        },
        1 => inventory::Command::Quarantine { reason: reason() },
        _ => inventory::Command::Retire { reason: reason() },
    }
}

fn of_organisation(how: u8) -> organisation::Command {
    let applicants = [id("zhang.san")].into();
    match how % 3 {
        0 => organisation::Command::RevokeAuthority {
            agent: id("sun.qi"),
            reason: "no".into(),
        },
        1 => organisation::Command::Delist { applicants },
        _ => organisation::Command::List { applicants },
    }
}

fn responder(command: authority::Command) -> Command {
    let responder: AuthorityId = id("responder");
    Command::Authority(responder, command)
}

fn pick_owned<T>(mut all: Vec<T>, which: u8) -> T {
    let index = usize::from(which) % all.len();
    all.swap_remove(index)
}
