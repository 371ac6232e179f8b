//! What happened, beyond its name.

use super::{Tongue, said, short, short_of, unknown};
use crate::{moment::beijing, view::Language};
use lifecycle::{
    Evidence,
    case::{Event, ledger::Outcome},
};

/// How details are told.
pub(super) struct Detail<'a> {
    pub(super) lang: Language,
    /// Hides a number of a person.
    pub(super) mask: &'a dyn Fn(&str) -> String,
}

impl Detail<'_> {
    /// Lines about an event; none where its name says all.
    pub(super) fn of(&self, event: &Event) -> Vec<String> {
        let say = |english, chinese| self.lang.say(english, chinese);
        match event {
            Event::ConsentGiven(given) => given
                .iter()
                .map(|(name, consent)| {
                    let (version, digest) = (&consent.version, short(&consent.digest));
                    format!("{name} {version} SM3 {digest}")
                })
                .collect(),
            Event::ConsentWithdrawn { agreement } => vec![agreement.clone()],
            Event::FormFilled(form) => vec![match self.lang {
                Language::En => format!(
                    "version {}, {} years, SM3 {}",
                    form.version,
                    form.years,
                    short_of(&form.digest, self.lang)
                ),
                Language::Zh => format!(
                    "第{}版，{}年，SM3 {}",
                    form.version,
                    form.years,
                    short_of(&form.digest, self.lang)
                ),
            }],
            Event::DocumentAdded { name, document } => vec![format!(
                "{name}: {} ({}, {} {}) SM3 {}",
                said(&document.file_name, self.lang),
                document.format.said(self.lang),
                document.size,
                say("octets", "字节"),
                short(&document.digest),
            )],
            Event::CheckRecorded {
                check,
                identity,
                outcome,
            } => self.check(*check, identity.as_ref(), outcome),
            Event::InternallyReturned { reasons } => match reasons.known() {
                Some(reasons) => reasons.clone(),
                None => vec![unknown(reasons, self.lang).to_owned()],
            },
            Event::Returned { deficiencies } => deficiencies
                .iter()
                .map(|one| format!("{}: {}", one.subject, said(&one.words, self.lang)))
                .collect(),
            Event::RegistrationStarted { number } => {
                vec![format!("{} {number}", say("no.", "编号"))]
            }
            Event::Registered { snapshot, .. } => {
                let what = say("what was registered: SM3", "登记内容：SM3");
                vec![format!("{what} {}", short_of(snapshot, self.lang))]
            }
            Event::Rejected { reason } | Event::RatificationRefused { reason } => {
                vec![said(reason, self.lang).to_owned()]
            }
            Event::DepositFailed { reason } => vec![reason.clone()],
            Event::TokenBound(token) => vec![token.to_string()],
            Event::AgencyChanged { to } => vec![match to {
                Some(agency) => agency.to_string(),
                None => say("the CA", "证书认证机构").to_owned(),
            }],
            Event::CertificateIssued {
                ordinal: _, serial, ..
            }
            | Event::IssuanceAbandoned {
                ordinal: _, serial, ..
            } => vec![format!("{} {serial}", say("serial number", "序列号"))],
            Event::Dispatched {
                method,
                packet,
                confirm_by,
                deemed_at,
                ..
            } => {
                let packet = format!(
                    "{}, {} {packet}",
                    method.said(self.lang),
                    say("packet", "封装号")
                );
                let ask = say("to be asked for by", "应回访时间");
                let mut lines = vec![packet, format!("{ask} {}", beijing(confirm_by.at))];
                if let Some(deemed) = deemed_at {
                    let accepted = say("accepted without objection by", "无异议视为接受时间");
                    lines.push(format!("{accepted} {}", beijing(deemed.at)));
                }
                lines
            }
            Event::PinDelivered {
                channel, recipient, ..
            } => vec![format!(
                "{} → {}",
                channel.said(self.lang),
                recipient.said(self.lang)
            )],
            Event::ObjectionRaised { statement } => vec![said(statement, self.lang).to_owned()],
            Event::Closed {
                retention_years, ..
            } => vec![match self.lang {
                Language::En => format!("records kept {retention_years} years after the lapse"),
                Language::Zh => format!("档案保存至证书失效后{retention_years}年"),
            }],
            Event::Refunded { fen, .. } => vec![yuan(*fen, self.lang)],
            Event::PaymentReported { route, .. } => vec![route.said(self.lang).to_owned()],
            Event::DepositSent { account, challenge } => vec![format!(
                "{} {} {} ({})",
                yuan(challenge.fen.into(), self.lang),
                account.holder,
                account.bank,
                (self.mask)(&account.number),
            )],
            Event::AccountReentered(account) => vec![format!(
                "{} {} ({})",
                account.holder,
                account.bank,
                (self.mask)(&account.number)
            )],
            Event::OverdueNoted { deadline } => vec![deadline.said(self.lang).to_owned()],
            _ => Vec::new(),
        }
    }

    fn check(
        &self,
        check: lifecycle::terms::Check,
        identity: Option<&(
            lifecycle::terms::IdentityDocument,
            lifecycle::terms::IdentityMethod,
        )>,
        outcome: &Outcome,
    ) -> Vec<String> {
        let say = |english, chinese| self.lang.say(english, chinese);
        let result = match outcome {
            Outcome::Passed { .. } => say("passed", "通过").to_owned(),
            Outcome::Failed { reason, .. } => {
                let reason = said(reason, self.lang);
                format!("{}: {reason}", say("failed", "未通过"))
            }
            Outcome::Waived { by } => format!("{} ({by})", say("done without", "免除")),
            _ => say("expired", "已失效").to_owned(),
        };
        let how = identity.map(|(document, method)| {
            format!(
                " ({}, {})",
                document.said(self.lang),
                method.said(self.lang)
            )
        });
        let how = how.unwrap_or_default();
        vec![format!("{}{how}: {result}", check.said(self.lang))]
    }
}

/// Fen as yuan.
fn yuan(fen: u64, lang: Language) -> String {
    let (yuan, fen) = (fen / 100, fen % 100);
    match lang {
        Language::En => format!("CNY {yuan}.{fen:02}"),
        Language::Zh => format!("{yuan}.{fen:02}元"),
    }
}

/// The evidence that an event left.
pub(super) fn evidence_of(event: &Event) -> Vec<&Evidence> {
    match event {
        Event::CheckRecorded {
            outcome: Outcome::Passed { evidence, .. },
            ..
        } => evidence.iter().collect(),
        Event::Registered { work_record, .. } | Event::Closed { work_record, .. } => {
            vec![work_record]
        }
        Event::Personalised {
            read_back,
            work_record,
        } => vec![read_back, work_record],
        Event::Dispatched { receipt, .. }
        | Event::PinDelivered { receipt, .. }
        | Event::Refunded { receipt, .. }
        | Event::FundsConfirmed { receipt } => vec![receipt],
        Event::ReceiptConfirmed { record } => vec![record],
        Event::ExecutedAtOnce { identification, .. } => vec![identification],
        Event::PaymentReported { evidence, .. } => vec![evidence],
        _ => Vec::new(),
    }
}
