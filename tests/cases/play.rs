//! Playing a story: sentence by sentence, and looking after each whether all is as expected.

use crate::{
    story::{Expectation, Fault, Sentence, Story},
    verbs,
    words::{in_china, time, unclear, wait, word},
    world::{Refused, Trouble, World},
};
use lifecycle::{
    CaseId, PersonId, Seat, TokenId,
    case::{payment::Payment, state::DeadlineName},
    certificate::Status,
    rules::{RuleSet, SHIPPED},
    terms::Check,
};
use std::path::Path;

/// How many stories one story may go on from, one behind the other.
const DEPTH: usize = 5;

/// Reads and plays a story.
pub(crate) fn play(folder: &Path, name: &str) -> Result<(Story, World), Fault> {
    let story = Story::read(folder, name)?;
    let fault = |line, words| Fault {
        file: format!("{name}.story"),
        line,
        words,
    };
    let rules = rules_of(&story.rules)
        .ok_or_else(|| fault(1, format!("there are no rules {}", story.rules)))?;
    let mut world = World::new(rules).map_err(|trouble| fault(0, tell(&trouble)))?;
    go_through(&mut world, folder, name, &story, 0)?;
    Ok((story, world))
}

fn go_through(
    world: &mut World,
    folder: &Path,
    name: &str,
    story: &Story,
    depth: usize,
) -> Result<(), Fault> {
    for sentence in &story.sentences {
        let fault = |line, words| Fault {
            file: format!("{name}.story"),
            line,
            words,
        };
        let refused = match sentence.text.strip_prefix("After the story ") {
            Some(other) if depth < DEPTH => {
                let earlier = Story::read(folder, other)?;
                if earlier.rules != story.rules {
                    let words = format!("{other} is played under other rules");
                    return Err(fault(sentence.line, words));
                }
                go_through(world, folder, other, &earlier, depth + 1)?;
                for opened in &mut world.opened {
                    opened.before = true;
                }
                None
            }
            Some(_) => return Err(fault(sentence.line, "too many stories".to_owned())),
            None => match carry_out(world, sentence) {
                Ok(()) => None,
                Err(Trouble::Refused(refused)) => Some(refused),
                Err(trouble) => return Err(fault(sentence.line, tell(&trouble))),
            },
        };
        let is_expected = sentence.expectations.iter().any(Expectation::is_refusal);
        if let (Some(refused), false) = (&refused, is_expected) {
            return Err(fault(
                sentence.line,
                tell(&Trouble::Refused(refused.clone())),
            ));
        }
        for expectation in &sentence.expectations {
            expect(world, story, refused.as_ref(), expectation)
                .map_err(|trouble| fault(expectation.line, tell(&trouble)))?;
        }
    }
    Ok(())
}

fn tell(trouble: &Trouble) -> String {
    match trouble {
        Trouble::Unclear(words) => format!("not understood: {words}"),
        Trouble::Broken(words) => words.clone(),
        Trouble::Refused(refused) => {
            let names: Vec<_> = refused
                .requirements
                .iter()
                .map(|one| one.as_str())
                .collect();
            let (code, words) = (&refused.code, &refused.words);
            format!("refused under {} as {code}: {words}", names.join(" "))
        }
    }
}

fn carry_out(world: &mut World, sentence: &Sentence) -> Result<(), Trouble> {
    let text = sentence.text.as_str();
    if let Some(given) = text.strip_prefix("Given the ") {
        return verbs::given(world, given);
    }
    if let Some(then) = text.strip_prefix("On ") {
        let then = time(then)?;
        return world.wait_until(then);
    }
    if let Some(then) = wait(world, text)? {
        return world.wait_until(then);
    }
    if let Some(id) = text
        .strip_prefix("Case ")
        .and_then(|text| text.strip_suffix(" again"))
    {
        let id = CaseId::new(id)?;
        world.case(&id)?;
        world.current = Some(id);
        return Ok(());
    }
    let (actor, doing) = verbs::act(text)?;
    verbs::carry_out(world, &actor, &doing, &sentence.items)
}

fn expect(
    world: &mut World,
    story: &Story,
    refused: Option<&Refused>,
    expectation: &Expectation,
) -> Result<(), Trouble> {
    let (what, value) = (expectation.what.as_str(), expectation.value.as_str());
    if expectation.is_refusal() {
        let Some(refused) = refused else {
            return Err(Trouble::Broken("this was not refused".to_owned()));
        };
        return is_refused(story, refused, what, value);
    }
    if what == "told" {
        let news = world.news();
        if value == "nobody" && news.is_empty() || news.iter().any(|one| one.contains(value)) {
            return Ok(());
        }
        return Err(Trouble::Broken(format!("told was {news:?}")));
    }
    let found = found(world, what, value)?;
    if found == value {
        return Ok(());
    }
    Err(Trouble::Broken(format!("{what}: {found}, not {value}")))
}

/// `refused under S1-12 X-01 as same-person: "acted as registrar"`.
fn is_refused(story: &Story, refused: &Refused, what: &str, value: &str) -> Result<(), Trouble> {
    let mut words = what.split(' ').skip(1).peekable();
    let wrong = |words| Err(Trouble::Broken(words));
    let found = || tell(&Trouble::Refused(refused.clone()));
    if words.next_if_eq(&"under").is_some() {
        while let Some(name) = words.next_if(|word| *word != "as") {
            if !refused.requirements.iter().any(|one| one.as_str() == name) {
                return wrong(format!("{name} is not named: {}", found()));
            }
            if !story.proves.iter().any(|one| one.as_str() == name) {
                return wrong(format!("{name} is not in the line Proves"));
            }
        }
    }
    if words.next_if_eq(&"as").is_some() {
        let code = words.next().unwrap_or_default();
        if refused.code != code {
            return wrong(format!("it was {}", found()));
        }
    }
    if let Some(rest) = words.next() {
        return Err(unclear(format!("{rest:?} in {what:?}")));
    }
    let quote = value.trim_matches('"');
    if quote.is_empty() {
        return Err(unclear("the words of the refusal, or some of them"));
    }
    if !refused.words.contains(quote) {
        return wrong(format!("it was {}", found()));
    }
    // Whoever reads Chinese is told as well.
    if refused
        .chinese
        .chars()
        .any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c))
    {
        return Ok(());
    }
    wrong(format!("in Chinese it was {:?}", refused.chinese))
}

/// How something stands that a story expects something of.
fn found(world: &World, what: &str, value: &str) -> Result<String, Trouble> {
    if let Some(token) = what.strip_prefix("token ") {
        let token = world.engine().token(&TokenId::new(token)?)?;
        let status = token.map(|token| token.status.name());
        return Ok(status.unwrap_or("not there").to_owned());
    }
    if let Some(person) = what.strip_prefix("public roster on ") {
        return on_the_roster(world, &PersonId::new(person)?);
    }
    let (what, id) = match what.split_once(" of ") {
        Some((what, id)) => (what, CaseId::new(id)?),
        None => (what, world.current()?),
    };
    if what == "certificates" {
        return status_of(world, &world.certified(&id)?);
    }
    let state = world.case(&id)?;
    if let Some(name) = what.strip_prefix("deadline ") {
        let name = word(DeadlineName::parse, "deadline", name)?;
        let deadline = state.deadlines.get(&name);
        return Ok(deadline.map_or("none".to_owned(), |one| in_china(one.at)));
    }
    if let Some(name) = what.strip_prefix("check ") {
        let check = word(Check::parse, "check", name)?;
        let holds = state.ledger.holds(check);
        return Ok(if holds { "passed" } else { "open" }.to_owned());
    }
    Ok(match what {
        "now" => state.phase.to_string(),
        "number" => state
            .number
            .map_or("none".to_owned(), |one| one.to_string()),
        "rounds" => state.rounds.to_string(),
        "published" => if state.published { "yes" } else { "no" }.to_owned(),
        "account" => state
            .opening
            .account
            .as_ref()
            .and_then(|account| account.known())
            .cloned()
            .unwrap_or_default(),
        "practice statement" => state.opening.practice_statement.unwrap_or_default(),
        "form" => {
            let form = state.form.as_ref();
            form.map_or("none".to_owned(), |form| {
                format!("version {}", form.version)
            })
        }
        "payment" => payment(&state.payment).to_owned(),
        "end" => {
            let end = |id: &CaseId| -> Result<String, Trouble> {
                let end = world.engine().store().case(id).ok().flatten();
                let end = end.and_then(|row| row.holding).and_then(|one| one.until);
                Ok(end.map_or("none".to_owned(), in_china))
            };
            match value.strip_prefix("that of ") {
                Some(other) if end(&id)? == end(&CaseId::new(other)?)? => value.to_owned(),
                _ => end(&id)?,
            }
        }
        _ => return Err(unclear(format!("nobody can look at {what:?}"))),
    })
}

/// What anybody may know of somebody who says that he is a witness (S0-17).
fn on_the_roster(world: &World, person: &PersonId) -> Result<String, Trouble> {
    let entry = world.engine().person(person)?.unwrap_or_default();
    let found = entry.qualified(Seat::Witness, world.rules.roster(), world.now());
    Ok(match found.interval {
        Some(interval) => match interval.until {
            Some(until) => format!("qualified until {}", in_china(until)),
            None => "qualified".to_owned(),
        },
        None => "not qualified".to_owned(),
    })
}

/// Where a case's certificates stand, in a word that people use.
pub(crate) fn status_of(world: &World, id: &CaseId) -> Result<String, Trouble> {
    let word = |status| match status {
        None => "none",
        Some(Status::Reserved) => "reserved",
        Some(Status::Issued) => "issued",
        Some(Status::Active) => "active",
        Some(Status::Held) => "frozen",
        Some(Status::Revoked) => "revoked",
        Some(Status::Burnt) => "burnt",
        _ => "unknown",
    };
    let [signing, encryption] = world.status(id)?.map(word);
    Ok(if signing == encryption {
        signing.to_owned()
    } else {
        format!("{signing} and {encryption}")
    })
}

fn payment(payment: &Payment) -> &'static str {
    match payment {
        Payment::None => "none",
        Payment::SlipUploaded(_) => "slip uploaded",
        Payment::FundsConfirmed => "funds confirmed",
        Payment::Paid(_) => "paid",
        Payment::DepositSent(_) => "deposit sent",
        Payment::DepositSettled { .. } => "deposit arrived",
        Payment::DepositFailed { .. } => "deposit came back",
        Payment::AccountReentered { .. } => "another account",
        Payment::CodeVerified => "code right",
        Payment::Locked { .. } => "locked",
        _ => "unknown",
    }
}

/// The shipped set of that name. Stories are of cases: their agencies are accredited elsewhere,
/// and a filing that two persons record opens their modes.
fn rules_of(name: &str) -> Option<RuleSet> {
    let (_, text) = SHIPPED.iter().find(|(shipped, _)| *shipped == name)?;
    let elsewhere = |line: &&str| !line.starts_with("accreditation = ");
    let lines: Vec<_> = text.lines().filter(elsewhere).collect();
    RuleSet::from_toml(&lines.join("\n")).ok()
}
