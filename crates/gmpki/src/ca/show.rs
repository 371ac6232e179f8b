//! `gmpki ca show`: what a desk is, and where its keys stand.

use crate::{
    args::CaShow,
    desk::{
        View,
        roles::{Keys, Role},
    },
    failure::Failure,
    outcome::Outcome,
    view::masked_line,
};
use der::Decode;
use lifecycle::{
    AuthorityId, Store,
    authority::{Act, Pending, Proposed, State},
};
use serde_json::{Value, json};
use std::fmt::Write;
use x509_cert::{Certificate, name::Name};

pub(super) fn run(show: &CaShow) -> Result<Outcome, Failure> {
    let view = View::open(&show.desk)?;
    let settings = &view.settings;
    let rules = view.ruling_at(view.now).map(|set| set.id().to_string());
    let rules = rules.unwrap_or_else(|_| format!("{}, none in force", settings.rules));
    let [first, second] = &settings.officers;
    let last = view.store.last_case()?;
    let records = view.store.head()?.seq;
    let mut text = format!(
        "desk:     {}\n\
         rules:    {rules}\n\
         clock:    {}{}\n\
         officers: {first}, {second}\n\
         root:     {}\n\
         CA:       {}\n\
         status:   {}\n\
         keys:     {}\n\
         cases:    numbered up to {last}\n\
         records:  {records}\n",
        show.desk.dir.display(),
        view.now,
        if settings.rehearsal {
            ", a rehearsal's"
        } else {
            ""
        },
        settings.root,
        settings.name,
        settings.responder,
        settings.key.as_deref().unwrap_or("in the desk"),
    );
    let mut authorities = Vec::new();
    for role in Role::ALL {
        let keys = Keys::of(&view.store, *role)?;
        let serving = keys.serving()?;
        for (id, state) in &keys.all {
            let key = Key::of(id, state, *id == serving)?;
            key.write(&mut text);
            authorities.push(key.object(*role));
        }
    }
    let json = json!({
        "rules": rules,
        "now": view.now.to_string(),
        "rehearsal": settings.rehearsal,
        "officers": [first.as_str(), second.as_str()],
        "root": settings.root,
        "name": settings.name,
        "responder": settings.responder,
        "key": settings.key,
        "authorities": authorities,
        "last_case": last.0,
        "records": records,
    });
    Ok(Outcome::new(text, json))
}

/// One of the operator's keys, as it is shown.
struct Key<'a> {
    id: &'a AuthorityId,
    state: &'a State,
    /// Whether it does the work of its role.
    is_serving: bool,
    subject: String,
    /// When its certificate ends; none before there is one.
    end: Option<String>,
    serial: Option<String>,
}

impl<'a> Key<'a> {
    fn of(id: &'a AuthorityId, state: &'a State, is_serving: bool) -> Result<Self, Failure> {
        let proposed = |proposed: &Proposed| Name::from_der(&proposed.proposal.subject);
        let subject = match state {
            State::Proposed(waiting) => Some(proposed(waiting)?),
            State::Issuing(issuing) => Some(proposed(&issuing.proposed)?),
            _ => None,
        };
        let active = state.established();
        let certificate = active.map(|active| Certificate::from_der(&active.certificate));
        let certificate = certificate.transpose()?;
        let tbs = certificate.as_ref().map(Certificate::tbs_certificate);
        let subject = subject.as_ref().or(tbs.map(|tbs| tbs.subject()));
        let serial = tbs.map(|tbs| lifecycle::Serial::from_bytes(tbs.serial_number().as_bytes()));
        Ok(Self {
            id,
            state,
            is_serving: is_serving && active.is_some(),
            subject: subject.map(masked_line).unwrap_or_default(),
            end: tbs.map(|tbs| tbs.validity().not_after.to_date_time().to_string()),
            serial: serial.transpose()?.map(|serial| serial.to_string()),
        })
    }

    fn write(&self, text: &mut String) {
        let serving = if self.is_serving { ", serves" } else { "" };
        let (id, stands) = (self.id, self.state.name());
        let _ = writeln!(text, "{id}: {stands}{serving}\n  {}", self.subject);
        if let (Some(serial), Some(end)) = (&self.serial, &self.end) {
            let _ = writeln!(text, "  certificate {serial}, until {end}");
        }
        if let Some(active) = self.state.established()
            && let Some(last) = active.last_update
        {
            let _ = writeln!(text, "  CRL {} of {last}", active.crl_number);
        }
        if let Some((act, officer)) = waiting(self.state) {
            let _ = writeln!(
                text,
                "  {act}: {officer} asked, a second officer is to confirm"
            );
        }
        if let State::Compromised(fallen) = self.state {
            match fallen.since {
                Some(since) => writeln!(text, "  in other hands since {since}"),
                None => writeln!(text, "  in other hands, nobody knows since when"),
            }
            .expect("a string takes all");
        }
    }

    fn object(&self, role: Role) -> Value {
        let active = self.state.established();
        let waiting = waiting(self.state);
        json!({
            "authority": self.id.as_str(),
            "role": role.as_str(),
            "state": self.state.name(),
            "serves": self.is_serving,
            "subject": self.subject,
            "serial": self.serial,
            "not_after": self.end,
            "crl_number": active.map(|active| active.crl_number),
            "this_update": active.and_then(|active| active.last_update).map(|at| at.to_string()),
            "waits_for": waiting.as_ref().map(|(act, _)| act),
            "asked_by": waiting.as_ref().map(|(_, officer)| officer),
        })
    }
}

/// What waits for a second officer, and who asked for it.
fn waiting(state: &State) -> Option<(String, String)> {
    if let State::Proposed(proposed) = state {
        return Some(("approval".into(), proposed.officer.to_string()));
    }
    let Pending { act, officer, .. } = state.established()?.pending.as_ref()?;
    let act = match act {
        Act::Retire { successor } => format!("retirement in favour of {successor}"),
        Act::Link(link) => format!("link certificate with {}", link.other),
        Act::Close => "closing".into(),
        Act::Compromise { .. } => "compromise".into(),
        _ => "another act".into(),
    };
    Some((act, officer.to_string()))
}
