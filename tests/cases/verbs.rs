//! What people do: each sentence is one command to the engine, or a few of the same kind.

mod registers;

pub(crate) use registers::given;

use crate::{
    story::Item,
    words::{account, although, evidence, file, leaving, list, one, unclear, word},
    world::{Opened, Refused, Trouble, World, origin},
};
use gm_crypto::sm3;
use lifecycle::{
    Actor, CaseId, Command, Ground, OrganisationId, PersonId, Personal, Refusal, Seat, TokenId,
    case::{
        Command as Case,
        command::Opening,
        paper::{Deficiency, InternalChecklist, Verdict},
    },
    certificate::RevocationReason,
    rules::Requirement,
    terms::{
        Carrier, Check, DeliveryMethod, EvidenceKind, IdentityDocument, IdentityMethod, Kind, Mode,
        Model, PaymentRoute, PinChannel,
    },
    upload,
};
use std::collections::BTreeMap;

/// Verbs as they stand behind a person, and behind `tries to`.
const VERBS: &[(&str, &str)] = &[
    ("adds", "add"),
    ("approves", "approve"),
    ("asks", "ask"),
    ("binds", "bind"),
    ("brings", "bring"),
    ("checks", "check"),
    ("closes", "close"),
    ("confirms", "confirm"),
    ("consents", "consent"),
    ("corrects", "correct"),
    ("enters", "enter"),
    ("fills", "fill"),
    ("finds", "find"),
    ("freezes", "freeze"),
    ("files", "file"),
    ("gives", "give"),
    ("hands", "hand"),
    ("issues", "issue"),
    ("objects", "object"),
    ("offers", "offer"),
    ("opens", "open"),
    ("packs", "pack"),
    ("passes", "pass"),
    ("pays", "pay"),
    ("proposes", "propose"),
    ("puts", "put"),
    ("ratifies", "ratify"),
    ("refuses", "refuse"),
    ("registers", "register"),
    ("rejects", "reject"),
    ("removes", "remove"),
    ("reports", "report"),
    ("returns", "return"),
    ("sanctions", "sanction"),
    ("says", "say"),
    ("sends", "send"),
    ("starts", "start"),
    ("strikes", "strike"),
    ("submits", "submit"),
    ("suspends", "suspend"),
    ("takes", "take"),
    ("tells", "tell"),
    ("withdraws", "withdraw"),
    ("writes", "write"),
];

/// Services that act without a person.
const SERVICES: &[(&str, &str)] = &[
    ("The identity service ", "identity-service"),
    ("The mobile carrier ", "mobile-carrier"),
    ("The payment service ", "payment-service"),
    ("The bank ", "bank"),
];

/// Whether a service speaks, and not a person who says that he is the system.
pub(crate) fn is_service(actor: &Actor) -> bool {
    let mut services = SERVICES.iter();
    services.any(|(_, id)| *id == actor.person.as_str())
}

/// Somebody, and what he does, as if he did more than try.
pub(crate) fn act(text: &str) -> Result<(Actor, String), Trouble> {
    let (actor, rest) = match SERVICES.iter().find(|(name, _)| text.starts_with(name)) {
        Some((name, id)) => (crate::world::actor(id, Seat::System)?, &text[name.len()..]),
        None => {
            let mut parts = text.splitn(3, ", ");
            let (Some(person), Some(seat), Some(rest)) = (parts.next(), parts.next(), parts.next())
            else {
                return Err(unclear("who does it, in which seat, and what?"));
            };
            let seat = word(Seat::parse, "seat", seat)?;
            (crate::world::actor(person, seat)?, rest)
        }
    };
    let Some(rest) = rest.strip_prefix("tries to ") else {
        return Ok((actor, rest.to_owned()));
    };
    let (verb, rest) = rest.split_once(' ').unwrap_or((rest, ""));
    let (verb, colon) = match verb.strip_suffix(':') {
        Some(verb) => (verb, ":"),
        None => (verb, ""),
    };
    let found = VERBS.iter().find(|(_, base)| *base == verb);
    let (verb, _) = found.ok_or_else(|| unclear(format!("nobody can try to {verb:?}")))?;
    Ok((actor, format!("{verb}{colon} {rest}").trim_end().to_owned()))
}

/// Carries a sentence out.
pub(crate) fn carry_out(
    world: &mut World,
    actor: &Actor,
    text: &str,
    items: &[Item],
) -> Result<(), Trouble> {
    if let Some(rest) = text.strip_prefix("opens case ") {
        return open(world, actor, rest);
    }
    if let Some(command) = registers::command(world, text)? {
        return world.submit(actor, command);
    }
    let id = world.current()?;
    for command in commands(world, &id, text, items)? {
        world.submit(actor, Command::Case(id.clone(), command))?;
    }
    Ok(())
}

fn open(world: &mut World, actor: &Actor, text: &str) -> Result<(), Trouble> {
    let (id, opening) = opening(world, actor, text)?;
    let (kind, mode) = (opening.kind, opening.mode);
    let command = Command::Case(id.clone(), Case::Open(opening));
    let result = world.submit(actor, command);
    let refused = match &result {
        Err(Trouble::Refused(refused)) => Some(refused.code.clone()),
        _ => None,
    };
    if result.is_ok() {
        world.current = Some(id.clone());
    }
    world.opened.push(Opened {
        id,
        kind,
        mode,
        refused,
        before: false,
    });
    result
}

/// `a-1 to apply in counter mode: certificate person, hard, …`
fn opening(world: &World, actor: &Actor, text: &str) -> Result<(CaseId, Opening), Trouble> {
    let (head, rest) = text
        .split_once(": ")
        .ok_or_else(|| unclear("what is the case about?"))?;
    let words: Vec<_> = head.split(' ').collect();
    let [id, "to", kind, "in", mode, "mode"] = words[..] else {
        return Err(unclear(format!("{head:?}: CASE to KIND in MODE mode")));
    };
    let kind = word(Kind::parse, "kind", kind)?;
    let mode = word(Mode::parse, "mode", mode)?;
    let mut model = Model::SelfService;
    let mut carrier = None;
    let mut certificate = None;
    let mut holder = actor.person.clone();
    let mut named = BTreeMap::new();
    let mut unpublished = false;
    for part in rest.split(", ") {
        if let Some(word) = Model::parse(part) {
            model = word;
        } else if let Some(word) = Carrier::parse(part) {
            carrier = Some(word);
        } else if part == "not to be published" {
            unpublished = true;
        } else if let Some(name) = part.strip_prefix("certificate ") {
            certificate = Some(name.to_owned());
        } else if let Some(person) = part.strip_prefix("holder ") {
            holder = PersonId::new(person)?;
        } else {
            let (name, value) = part
                .split_once(' ')
                .ok_or_else(|| unclear(format!("{part:?} says nothing about a case")))?;
            named.insert(name.to_owned(), value.to_owned());
        }
    }
    let carrier = carrier.ok_or_else(|| unclear("hard or soft?"))?;
    let certificate = certificate.ok_or_else(|| unclear("for which certificate?"))?;
    let rules = world.rules.id();
    let mut opening = Opening::new(rules, (kind, mode, model), certificate, carrier, holder);
    opening.unpublished = unpublished;
    for (name, value) in named {
        match name.as_str() {
            "for" => opening.organisation = Some(OrganisationId::new(value)?),
            "through" => opening.agency = Some(OrganisationId::new(value)?),
            "about" => opening.target = Some(CaseId::new(value)?),
            "because" => opening.reason = Some(reason(&value)?),
            "account" => opening.account = Some(value.into()),
            "order" => opening.order = Some(value),
            "under" => opening.practice_statement = Some(value),
            _ => return Err(unclear(format!("{name:?} says nothing about a case"))),
        }
    }
    Ok((CaseId::new(id)?, opening))
}

fn reason(word: &str) -> Result<RevocationReason, Trouble> {
    RevocationReason::parse(word).ok_or_else(|| unclear(format!("{word:?} is no reason")))
}

fn commands(
    world: &mut World,
    id: &CaseId,
    text: &str,
    items: &[Item],
) -> Result<Vec<Case>, Trouble> {
    if text.starts_with("adds the document") {
        return items
            .iter()
            .map(|item| document(world, id, item))
            .collect::<Result<_, _>>();
    }
    let is_list = matches!(text, "corrects the form" | "sends the case back")
        || text.starts_with("fills in the form");
    if !items.is_empty() && !is_list {
        return Err(unclear("this has no list"));
    }
    let (plain, evidence) = leaving(text)?;
    let command = match plain {
        "submits the case" => Case::Submit,
        "submits the case to the agent" => Case::SubmitInternally,
        "submits the case again" => Case::Resubmit,
        "starts the registration" => Case::StartRegistration,
        "takes the review" => Case::TakeReview,
        "issues the certificates" => Case::Issue,
        "withdraws the case" => Case::Withdraw,
        "asks for a refund" => Case::RequestRefund,
        "ratifies the freeze" => Case::Ratify,
        "says that the deposit arrived" => Case::SettleDeposit,
        "sends the case back" => Case::Return(
            items
                .iter()
                .map(|item| Deficiency::new(&item.name, &item.value))
                .collect(),
        ),
        "corrects the form" => correction(world, id, items)?,
        "closes the case" => Case::Close {
            work_record: one(evidence)?,
        },
        "confirms the funds" => Case::ConfirmFunds {
            receipt: one(evidence)?,
        },
        "confirms the receipt" | "confirms the receipt although something is wrong" => {
            Case::ConfirmReceipt {
                correct: plain == "confirms the receipt",
                record: one(evidence)?,
            }
        }
        "freezes the certificates at once" => Case::ExecuteAtOnce {
            identification: one(evidence)?,
        },
        "packs the certificates" => Case::Personalise {
            read_back: crate::words::evidence(EvidenceKind::ReadBack, "the package"),
            work_record: one(evidence)?,
        },
        "writes the certificates to the token and reads them back" => Case::Personalise {
            read_back: read_back(world, id)?,
            work_record: one(evidence)?,
        },
        "writes the certificates to the token and reads back something else" => Case::Personalise {
            read_back: crate::words::evidence(EvidenceKind::ReadBack, "something else"),
            work_record: one(evidence)?,
        },
        plain => return Ok(vec![with_object(world, id, plain, items, evidence)?]),
    };
    Ok(vec![command])
}

/// Sentences with something in them that differs from case to case.
fn with_object(
    world: &mut World,
    id: &CaseId,
    text: &str,
    items: &[Item],
    evidence: Vec<lifecycle::Evidence>,
) -> Result<Case, Trouble> {
    let after = |start: &str| text.strip_prefix(start);
    if let Some(rest) = after("consents to ") {
        let agreements = list(rest).into_iter();
        let agreements = agreements.map(|name| {
            let text = sm3::digest(name.as_bytes()).to_vec().into();
            (name, text)
        });
        let agreements = agreements.collect();
        return Ok(Case::Consent { agreements });
    }
    if let Some(rest) = after("withdraws the consent to ") {
        let agreement = rest.to_owned();
        return Ok(Case::WithdrawConsent { agreement });
    }
    if let Some(rest) = after("fills in the form for ") {
        return form(world, rest, items);
    }
    if let Some(rest) = after("brings ") {
        return key(world, id, rest);
    }
    if let Some(rest) = after("passes the case on") {
        let (_, found) = although(rest, &["applicant", "form", "documents"])?;
        let checklist = InternalChecklist::new(found[0], found[1], found[2]);
        return Ok(Case::ApproveInternally(checklist));
    }
    if let Some(rest) = after("returns the case to the applicant: ") {
        let reasons = vec![rest.to_owned()];
        return Ok(Case::ReturnInternally { reasons });
    }
    let points = ["documents", "identity", "genuineness"];
    if let Some(rest) = after("registers the case") {
        let (_, found) = although(rest, &points)?;
        return Ok(Case::Register {
            verdict: Verdict::new(found[0], found[1], found[2]),
            work_record: one(evidence)?,
        });
    }
    if let Some(rest) = after("approves the case") {
        let (_, found) = although(rest, &points)?;
        let verdict = Verdict::new(found[0], found[1], found[2]);
        return Ok(Case::Approve { verdict });
    }
    if let Some(reason) = after("rejects the case: ") {
        let reason = reason.to_owned();
        return Ok(Case::Reject { reason });
    }
    if let Some(token) = after("binds the token ") {
        return Ok(Case::BindToken(TokenId::new(token)?));
    }
    if let Some(rest) = after("hands the packet ") {
        return dispatch(rest, " over", DeliveryMethod::OnSite, evidence);
    }
    if let Some(rest) = after("sends the packet ") {
        return dispatch(rest, " by courier", DeliveryMethod::Courier, evidence);
    }
    if let Some(rest) = after("offers the packet ") {
        return dispatch(rest, " for download", DeliveryMethod::Download, evidence);
    }
    if let Some(rest) = after("tells the PIN to the ") {
        let (recipient, channel) = match rest.strip_suffix(" across the counter") {
            Some(recipient) => (recipient, PinChannel::OnSite),
            None => {
                let (recipient, channel) = rest
                    .split_once(" by ")
                    .ok_or_else(|| unclear("by which channel?"))?;
                (recipient, word(PinChannel::parse, "channel", channel)?)
            }
        };
        return Ok(Case::DeliverPin {
            channel,
            recipient: word(Seat::parse, "seat", recipient)?,
            receipt: one(evidence)?,
        });
    }
    if let Some(statement) = after("objects: ") {
        let statement = statement.to_owned();
        return Ok(Case::Object { statement });
    }
    if let Some(reason) = after("refuses to ratify the freeze: ") {
        let reason = reason.to_owned();
        return Ok(Case::RefuseRatification { reason });
    }
    if let Some(rest) = after("checks ") {
        return check(rest, evidence);
    }
    if let Some(rest) = after("finds that ") {
        let (name, failure) = rest
            .split_once(" fails: ")
            .ok_or_else(|| unclear("finds that CHECK fails: why"))?;
        return Ok(Case::RecordCheck {
            check: word(Check::parse, "check", name)?,
            identity: None,
            failure: Some(failure.to_owned()),
            evidence,
        });
    }
    money(text, evidence)
}

fn money(text: &str, evidence: Vec<lifecycle::Evidence>) -> Result<Case, Trouble> {
    let after = |start: &str| text.strip_prefix(start);
    if let Some(rest) = after("pays by transfer from ") {
        return Ok(Case::ReportPayment {
            route: PaymentRoute::CorporateTransfer,
            account: Some(account(rest)?),
            evidence: one(evidence)?,
        });
    }
    if text == "pays by wallet" || text == "reports the payment by wallet" {
        return Ok(Case::ReportPayment {
            route: PaymentRoute::Wallet,
            account: None,
            evidence: one(evidence)?,
        });
    }
    if let Some(rest) = after("sends a deposit with the code ") {
        let (code, rest) = rest
            .split_once(" to ")
            .ok_or_else(|| unclear("to which account?"))?;
        let salt = [7; 16];
        let digest = sm3::digest(&[&salt, code.as_bytes()].concat());
        return Ok(Case::SendDeposit {
            account: account(rest)?,
            salt: salt.to_vec().into(),
            digest: digest.to_vec().into(),
        });
    }
    if let Some(reason) = after("says that the deposit came back: ") {
        let reason = reason.to_owned();
        return Ok(Case::FailDeposit { reason });
    }
    if let Some(rest) = after("gives another account: ") {
        return Ok(Case::ReenterAccount(account(rest)?));
    }
    if let Some(code) = after("enters the code ") {
        let code = code.to_owned();
        return Ok(Case::EnterCode { code });
    }
    if let Some(rest) = after("pays back ") {
        let fen = rest.trim_end_matches(" fen");
        return Ok(Case::RecordRefund {
            fen: fen.parse().map_err(|_| unclear(format!("{fen:?}")))?,
            receipt: one(evidence)?,
        });
    }
    Err(unclear(format!("nobody knows what it means to {text:?}")))
}

fn form(world: &World, rest: &str, items: &[Item]) -> Result<Case, Trouble> {
    let (span, mut fields) = match rest.split_once(" as in case ") {
        Some((span, case)) => {
            let case = world.case(&CaseId::new(case)?)?;
            let form = case.form.ok_or_else(|| unclear("that case has no form"))?;
            (span, known(&form.fields)?)
        }
        None => (rest, BTreeMap::new()),
    };
    let years = match span.split_once(' ') {
        Some((count, "years" | "year")) => count
            .parse()
            .map_err(|_| unclear(format!("{count:?} is no number")))?,
        _ if span == "the rest of the term" => 0,
        _ => return Err(unclear(format!("{span:?} is no number of years"))),
    };
    for item in items {
        fields.insert(item.name.clone(), item.value.clone());
    }
    Ok(Case::Fill { fields, years })
}

/// What a form says, of a person who was not erased.
fn known<T: Clone>(value: &Personal<T>) -> Result<T, Trouble> {
    let value = value.known().cloned();
    value.ok_or_else(|| unclear("that was erased"))
}

/// The last form, with other values.
fn correction(world: &World, id: &CaseId, items: &[Item]) -> Result<Case, Trouble> {
    let form = world.case(id)?.form;
    let form = form.ok_or_else(|| unclear("there is no form to correct"))?;
    let (mut fields, mut years) = (known(&form.fields)?, form.years);
    for item in items {
        if item.name == "years" {
            years = item.value.parse().map_err(|_| unclear("years: a number"))?;
        } else {
            fields.insert(item.name.clone(), item.value.clone());
        }
    }
    Ok(Case::Fill { fields, years })
}

/// `application-form: form.jpg, from version 1 of the form, in truth png, 3000000 octets`.
fn document(world: &World, id: &CaseId, item: &Item) -> Result<Case, Trouble> {
    let mut said: Vec<_> = item.value.split(", ").collect();
    let file_name = said.remove(0).to_owned();
    let state = world.case(id)?;
    let mut form_version = state.form.as_ref().map(|form| form.version);
    said.retain(|words| {
        let version = words
            .strip_prefix("from version ")
            .and_then(|rest| rest.strip_suffix(" of the form"));
        match version.and_then(|version| version.parse().ok()) {
            Some(version) => {
                form_version = Some(version);
                false
            }
            None => true,
        }
    });
    let octets = file(&file_name, &said)?;
    let limit = &world.rules.values().upload_octets;
    let inspected = upload::inspect(&file_name, &octets, limit.value);
    // Whoever takes an upload in refuses it in the case's words.
    let inspected = inspected.map_err(|why| {
        let ground = Ground::Upload {
            document: item.name.clone(),
            why,
        };
        let refusal = Refusal::Ruled {
            ground: Box::new(ground),
            requirements: Requirement::parse("S2-13").into_iter().collect(),
        };
        Trouble::Refused(Refused::from(refusal))
    })?;
    Ok(Case::AddDocument {
        document: item.name.clone(),
        file_name,
        inspected,
        form_version,
    })
}

/// `a new key made in a token`, `the key of case a-1`.
fn key(world: &mut World, id: &CaseId, rest: &str) -> Result<Case, Trouble> {
    if let Some(case) = rest.strip_prefix("the key of case ") {
        return Ok(Case::ProveKey(world.key_of(&CaseId::new(case)?)?));
    }
    if rest == "a new key" {
        return Ok(Case::ProveKey(world.new_key(id, None)?));
    }
    let made = rest
        .strip_prefix("a new key made ")
        .and_then(origin)
        .ok_or_else(|| unclear(format!("{rest:?} is no key")))?;
    Ok(Case::ProveKey(world.new_key(id, Some(made))?))
}

/// `identity-holder of a resident-card by card-reader`, `genuineness`.
fn check(rest: &str, evidence: Vec<lifecycle::Evidence>) -> Result<Case, Trouble> {
    let (name, identity) = match rest.split_once(" of a ") {
        Some((name, rest)) => {
            let (document, method) = rest
                .split_once(" by ")
                .ok_or_else(|| unclear("by which method?"))?;
            let document = word(IdentityDocument::parse, "identity document", document)?;
            let method = word(IdentityMethod::parse, "method", method)?;
            (name, Some((document, method)))
        }
        None => (rest, None),
    };
    Ok(Case::RecordCheck {
        check: word(Check::parse, "check", name)?,
        identity,
        failure: None,
        evidence,
    })
}

fn dispatch(
    rest: &str,
    end: &str,
    method: DeliveryMethod,
    evidence: Vec<lifecycle::Evidence>,
) -> Result<Case, Trouble> {
    let packet = rest
        .strip_suffix(end)
        .ok_or_else(|| unclear(format!("the packet leaves{end}")))?;
    Ok(Case::Dispatch {
        method,
        packet: packet.to_owned(),
        receipt: one(evidence)?,
    })
}

/// What a token shows that holds what was issued.
fn read_back(world: &World, id: &CaseId) -> Result<lifecycle::Evidence, Trouble> {
    let state = world.case(id)?;
    let written = state.pair().map(|(signing, _)| signing.certificate.clone());
    Ok(match written {
        Some(certificate) => {
            let digest = sm3::digest(&certificate);
            lifecycle::Evidence::new(EvidenceKind::ReadBack, digest, "the token")
        }
        None => evidence(EvidenceKind::ReadBack, "an empty token"),
    })
}
