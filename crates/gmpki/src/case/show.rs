//! `gmpki case show`: a case as a timeline, with everything that stands beside it.

mod detail;
mod objects;

use super::{
    history::{self, History},
    words::Tongue,
};
use crate::{
    args::Show, desk::View, failure::Failure, moment::beijing, outcome::Outcome, sm3::hexadecimal,
    view::Language,
};
use detail::{Detail, evidence_of};
use lifecycle::{
    Evidence, Octets, Personal,
    case::{Event, State, ledger},
    rules::{FieldFormat, RuleSet},
};
use std::fmt::Write;

pub(super) fn run(show: &Show) -> Result<Outcome, Failure> {
    let view = View::open(&show.desk)?;
    let Some(history) = history::of_case_opened(&view, &show.case)? else {
        return Err(Failure::Refused(
            format!("there is no case {}", show.case).into(),
        ));
    };
    let page = Page {
        lang: show.lang,
        reveal: show.reveal,
        rules: view.rules.get(&history.state.opening.rules),
        view: &view,
    };
    let text = page.text(show, &history);
    let json = objects::case(show, &history, &page);
    Ok(Outcome::new(text, json))
}

/// How a case is shown.
struct Page<'a> {
    lang: Language,
    reveal: bool,
    rules: Option<&'a RuleSet>,
    view: &'a View,
}

impl Page<'_> {
    fn text(&self, show: &Show, history: &History<State>) -> String {
        let state = &history.state;
        let mut text = self.head(show, state);
        self.timeline(&mut text, history);
        self.form(&mut text, state);
        self.checks(&mut text, state);
        self.seats(&mut text, state);
        self.deadlines(&mut text, state);
        self.deficiencies(&mut text, state);
        text
    }

    fn head(&self, show: &Show, state: &State) -> String {
        let opening = &state.opening;
        let say = |english, chinese| self.lang.say(english, chinese);
        let number = match state.number {
            Some(number) => format!("{} {number}", say("no.", "编号")),
            None => say("not numbered", "未编号").to_owned(),
        };
        let mut text = format!(
            "{} {}{}: {}\n",
            say("case", "业务"),
            show.case,
            self.lang.bracketed(&number),
            state.phase.said(self.lang)
        );
        let mut line = |english, chinese, value: String| {
            let _ = writeln!(text, "  {}: {value}", say(english, chinese));
        };
        line("kind", "业务种类", opening.kind.said(self.lang).into());
        line("mode", "办理方式", opening.mode.said(self.lang).into());
        line("model", "办理模式", opening.model.said(self.lang).into());
        line("rules", "规则", opening.rules.to_string());
        line(
            "certificate",
            "证书",
            self.certificate(&opening.certificate),
        );
        line("carrier", "载体", opening.carrier.said(self.lang).into());
        line("holder", "持有人", opening.holder.to_string());
        if let Some(organisation) = &opening.organisation {
            line("organisation", "单位", organisation.to_string());
        }
        if let Some(agency) = state.agency() {
            line("agency", "代理机构", agency.to_string());
        }
        if let Some(account) = &opening.account {
            let account = match account.known() {
                Some(account) => self.masked(account),
                None => unknown(account, self.lang).to_owned(),
            };
            line("account", "账号", account);
        }
        if let Some(target) = &opening.target {
            line("about", "所涉业务", target.to_string());
        }
        if let Some(token) = &state.token {
            line("token", "介质", token.to_string());
        }
        text
    }

    fn certificate(&self, name: &str) -> String {
        let rule = self.rules.and_then(|rules| rules.certificate(name));
        match rule {
            Some(rule) => {
                let title = self.lang.say(&rule.title.en, &rule.title.zh);
                format!("{name}{}", self.lang.bracketed(title))
            }
            None => name.to_owned(),
        }
    }

    fn timeline(&self, text: &mut String, history: &History<State>) {
        let title = self.lang.say("timeline (Beijing time)", "经过（北京时间）");
        let _ = writeln!(text, "{title}");
        for entry in &history.entries {
            let lifecycle::Event::Case(event) = &entry.event else {
                continue;
            };
            let _ = writeln!(
                text,
                "  {}  {}  {}{}",
                beijing(entry.at),
                event.step().said(self.lang),
                entry.actor.person,
                self.lang.bracketed(entry.actor.seat.said(self.lang)),
            );
            self.event(text, event);
        }
    }

    fn event(&self, text: &mut String, event: &Event) {
        let detail = Detail {
            lang: self.lang,
            mask: &|value| self.masked(value),
        };
        for line in detail.of(event) {
            let _ = writeln!(text, "      {line}");
        }
        for evidence in evidence_of(event) {
            let _ = writeln!(text, "      {}", self.evidence(evidence));
        }
    }

    fn evidence(&self, evidence: &Evidence) -> String {
        let place = match self.view.documents().holds(&evidence.digest) {
            true => "",
            false => self.lang.say(", not in the desk", "，原件不在柜台"),
        };
        format!(
            "{} {}: {} SM3 {}{place}",
            self.lang.say("evidence", "证据"),
            evidence.kind.said(self.lang),
            evidence.reference,
            short(&evidence.digest),
        )
    }

    fn form(&self, text: &mut String, state: &State) {
        let Some(form) = &state.form else {
            return;
        };
        let _ = writeln!(
            text,
            "{}",
            match self.lang {
                Language::En => format!("form, version {}, {} years", form.version, form.years),
                Language::Zh => format!("申请表（第{}版，{}年）", form.version, form.years),
            }
        );
        let rule = self
            .rules
            .and_then(|rules| rules.certificate(&state.opening.certificate));
        if form.fields.known().is_none() {
            let _ = writeln!(text, "  {}", unknown(&form.fields, self.lang));
        }
        for (name, value) in form.values() {
            let field = rule.and_then(|rule| rule.fields.get(name));
            let title = field.map_or(name, |field| {
                self.lang.say(&field.title.en, &field.title.zh)
            });
            let secret = field.is_some_and(|field| {
                matches!(
                    field.format,
                    FieldFormat::CitizenNumber | FieldFormat::Mobile | FieldFormat::BankAccount
                )
            });
            let value = if secret {
                self.masked(value)
            } else {
                value.to_owned()
            };
            let _ = writeln!(text, "  {title}: {value}");
        }
    }

    fn checks(&self, text: &mut String, state: &State) {
        let _ = writeln!(text, "{}", self.lang.say("checks", "核验"));
        for (check, outcome) in state.ledger.iter() {
            let _ = writeln!(
                text,
                "  {}: {}",
                check.said(self.lang),
                self.outcome(outcome)
            );
        }
    }

    fn outcome(&self, outcome: &ledger::Outcome) -> String {
        let say = |english, chinese| self.lang.say(english, chinese);
        match outcome {
            ledger::Outcome::Passed {
                by, at, evidence, ..
            } => {
                let mut said = format!("{}, {by}, {}", say("passed", "通过"), beijing(*at));
                for piece in evidence {
                    let _ = write!(said, "; {}", self.evidence(piece));
                }
                said
            }
            ledger::Outcome::Failed { by, reason } => {
                let reason = said(reason, self.lang);
                format!("{}, {by}: {reason}", say("failed", "未通过"))
            }
            ledger::Outcome::Waived { by } => format!("{} ({by})", say("done without", "免除")),
            ledger::Outcome::Expired => say("expired", "已失效").to_owned(),
            _ => say("pending", "待定").to_owned(),
        }
    }

    fn seats(&self, text: &mut String, state: &State) {
        let _ = writeln!(text, "{}", self.lang.say("seats", "参与人"));
        for (seat, person) in &state.seats {
            let _ = writeln!(text, "  {}: {person}", seat.said(self.lang));
        }
    }

    fn deadlines(&self, text: &mut String, state: &State) {
        if state.deadlines.is_empty() {
            return;
        }
        let _ = writeln!(text, "{}", self.lang.say("deadlines", "期限"));
        for (name, deadline) in &state.deadlines {
            let calendar = deadline.calendar.as_deref().map(|version| {
                let calendar = self.lang.say("calendar", "日历");
                self.lang.bracketed(&format!("{calendar} {version}"))
            });
            let passed = if deadline.at < self.view.now {
                self.lang.say(", passed", "，已过")
            } else {
                ""
            };
            let _ = writeln!(
                text,
                "  {}: {}{passed}{}",
                name.said(self.lang),
                beijing(deadline.at),
                calendar.unwrap_or_default(),
            );
        }
    }

    fn deficiencies(&self, text: &mut String, state: &State) {
        if state.deficiencies.is_empty() {
            return;
        }
        let _ = writeln!(text, "{}", self.lang.say("to be corrected", "待补正"));
        for deficiency in &state.deficiencies {
            let words = said(&deficiency.words, self.lang);
            let _ = writeln!(text, "  {}: {words}", deficiency.subject);
        }
    }

    /// A number of a person, of which the last four characters are left.
    fn masked(&self, value: &str) -> String {
        if self.reveal {
            return value.to_owned();
        }
        let length = value.chars().count();
        let hidden = length.saturating_sub(4).max(length.min(4));
        let rest: String = value.chars().skip(hidden).collect();
        format!("{}{rest}", "*".repeat(hidden))
    }
}

/// What stands in the place of a value of a person that is not known.
fn unknown<T>(value: &Personal<T>, lang: Language) -> &'static str {
    match value.is_destroyed() {
        true => lang.say("erased", "已删除"),
        false => lang.say("sealed", "已封存"),
    }
}

/// Somebody's words.
fn said(words: &Personal<String>, lang: Language) -> &str {
    words.known().map_or(unknown(words, lang), String::as_str)
}

/// The beginning of a digest over a person's values.
fn short_of(digest: &Personal<Octets>, lang: Language) -> String {
    let known = digest.known().map(|digest| short(digest));
    known.unwrap_or_else(|| unknown(digest, lang).to_owned())
}

/// The first half of a digest's first quarter: enough to find its file.
fn short(digest: &[u8]) -> String {
    let end = digest.len().min(8);
    hexadecimal(&digest[..end])
}
