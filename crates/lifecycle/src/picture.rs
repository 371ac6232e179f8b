//! Pictures of the state machines, drawn from their tables as Mermaid text.
//!
//! `docs/machines.md` holds them; a test compares it with what is drawn here.

use crate::{
    authority,
    case::{
        Phase, Step,
        machine::{self as cases, To},
    },
    certificate, cessation, erasure,
    machine::Transition,
    organisation,
    proceeding::qualification,
    roster,
    terms::Kind,
    token,
    words::{Language, Named, name},
};
use std::fmt::Write;

/// One arrow of a machine: from where (none: from nothing), by which step, to where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Arrow {
    /// The row of the requirements' table; empty where there is none.
    pub row: &'static str,
    /// From where; none: from nothing.
    pub from: Option<&'static str>,
    /// The step.
    pub step: &'static str,
    /// To where; the same as `from` where it stays.
    pub to: &'static str,
    /// Only under this condition; empty: always.
    pub only: &'static str,
}

/// The picture of a case's main machine (SM-A).
pub fn case() -> String {
    diagram(&case_arrows(), |phase| {
        Phase::parse(phase).is_some_and(Phase::is_final)
    })
}

/// The picture of a certificate's status (SM-B).
pub fn certificate() -> String {
    drawn(&arrows(certificate::machine::TRANSITIONS))
}

/// The picture of an authority and its key.
pub fn authority() -> String {
    drawn(&arrows(authority::machine::TRANSITIONS))
}

/// The picture of a token.
pub fn token() -> String {
    drawn(&arrows(token::TRANSITIONS))
}

/// The picture of a person's entry on the roster.
pub fn roster() -> String {
    drawn(&arrows(roster::TRANSITIONS))
}

/// The picture of an organisation's record.
pub fn organisation() -> String {
    drawn(&arrows(organisation::machine::TRANSITIONS))
}

/// The picture of the end of a CA's service (S5-03).
pub fn cessation() -> String {
    drawn(&arrows(cessation::TRANSITIONS))
}

/// The picture of the erasure of a person's values.
pub fn erasure() -> String {
    drawn(&arrows(erasure::TRANSITIONS))
}

/// The picture of a CA's qualification for e-government (SM-D).
pub fn qualification() -> String {
    drawn(&arrows(qualification::TRANSITIONS))
}

/// The page of `docs/machines.md`: pictures, tables, and the words in both languages.
pub fn page() -> String {
    let mut text = "# State machines\n\n\
        Made from the tables in `crates/lifecycle/src`: change them there, then\n\
        `GM_PKI_WRITE_GOLDEN=1 cargo test -p lifecycle pictures`. A pair of state and step that\n\
        is not here is refused. Steps that leave the state where it is are in the tables\n\
        alone; states without a way out are final.\n\n\
        What holds for a time has no states: whether a person is qualified, an agent authorised,\n\
        an applicant listed or a mode filed is asked of intervals, at the time of the act. The\n\
        machines of the roster and of organisations are those of the records alone.\n"
        .to_owned();
    let mut machine = |title: &str, source: &str, picture: String, arrows: &[Arrow]| {
        let _ = write!(
            text,
            "\n## {title}\n\n`{source}`.\n\n```mermaid\n{picture}```\n\n{}",
            table(arrows)
        );
    };
    machine("A case (SM-A)", "case/machine.rs", case(), &case_arrows());
    machine(
        "A certificate's status (SM-B)",
        "certificate/machine.rs",
        certificate(),
        &arrows(certificate::machine::TRANSITIONS),
    );
    machine(
        "An authority and its key",
        "authority/machine.rs",
        authority(),
        &arrows(authority::machine::TRANSITIONS),
    );
    machine("A token", "token.rs", token(), &arrows(token::TRANSITIONS));
    machine(
        "A person's entry on the roster",
        "roster.rs",
        roster(),
        &arrows(roster::TRANSITIONS),
    );
    machine(
        "An organisation's record",
        "organisation/machine.rs",
        organisation(),
        &arrows(organisation::machine::TRANSITIONS),
    );
    machine(
        "The end of a CA's service (S5-03)",
        "cessation.rs",
        cessation(),
        &arrows(cessation::TRANSITIONS),
    );
    machine(
        "The erasure of a person's values (S5-03)",
        "erasure.rs",
        erasure(),
        &arrows(erasure::TRANSITIONS),
    );
    machine(
        "A CA's qualification for e-government (SM-D)",
        "proceeding/qualification.rs",
        qualification(),
        &arrows(qualification::TRANSITIONS),
    );
    text.push_str("\n## Words\n");
    for (title, words) in [
        ("States of a case", glossary(Phase::ALL)),
        ("Steps of a case", glossary(Step::ALL)),
        (
            "Statuses of a certificate",
            glossary(certificate::Status::ALL),
        ),
        ("Steps of a certificate", glossary(certificate::Step::ALL)),
        ("States of an authority", glossary(authority::Stage::ALL)),
        ("Steps of an authority", glossary(authority::Step::ALL)),
        ("States of a token", glossary(token::Stage::ALL)),
        ("Steps of a token", glossary(token::Step::ALL)),
        ("States of an entry", glossary(roster::Stage::ALL)),
        ("Steps of an entry", glossary(roster::Step::ALL)),
        ("States of a record", glossary(organisation::Stage::ALL)),
        ("Steps of a record", glossary(organisation::Step::ALL)),
        ("States of a cessation", glossary(cessation::Stage::ALL)),
        ("Steps of a cessation", glossary(cessation::Step::ALL)),
        ("States of an erasure", glossary(erasure::Stage::ALL)),
        ("Steps of an erasure", glossary(erasure::Step::ALL)),
        (
            "States of a qualification",
            glossary(qualification::Stage::ALL),
        ),
        (
            "Steps of a qualification",
            glossary(qualification::Step::ALL),
        ),
    ] {
        let _ = write!(text, "\n{title}:\n\n{words}");
    }
    text
}

/// Mermaid's text of any machine. Steps that lead nowhere else are left out: a table has
/// them. Several steps between two states share an arrow.
pub fn diagram(arrows: &[Arrow], is_final: impl Fn(&str) -> bool) -> String {
    let mut text = "stateDiagram-v2\n".to_owned();
    let mut states: Vec<&str> = Vec::new();
    let mut drawn: Vec<(Option<&str>, &str, Vec<String>)> = Vec::new();
    for arrow in arrows {
        for state in arrow.from.into_iter().chain([arrow.to]) {
            if !states.contains(&state) {
                states.push(state);
            }
        }
        if arrow.from == Some(arrow.to) {
            continue;
        }
        let label = match arrow.only {
            "" => arrow.step.to_owned(),
            only => format!("{} ({only})", arrow.step),
        };
        let same =
            |(from, to, _): &&mut (Option<&str>, &str, _)| (*from, *to) == (arrow.from, arrow.to);
        match drawn.iter_mut().find(same) {
            Some((_, _, labels)) => labels.push(label),
            None => drawn.push((arrow.from, arrow.to, vec![label])),
        }
    }
    // A hyphen is no part of a name there. Writing to a string can't fail.
    let id = |state: &str| state.replace('-', "_");
    for state in states.iter().filter(|state| state.contains('-')) {
        let _ = writeln!(text, "    state \"{state}\" as {}", id(state));
    }
    for (from, to, labels) in &drawn {
        let from = from.map_or("[*]".to_owned(), id);
        let _ = writeln!(text, "    {from} --> {}: {}", id(to), labels.join(", "));
    }
    for state in states.iter().filter(|state| is_final(state)) {
        let _ = writeln!(text, "    {} --> [*]", id(state));
    }
    text
}

/// A table of the steps, in the order of the machine: those that start from several states
/// in one line.
fn table(arrows: &[Arrow]) -> String {
    let mut lines: Vec<(&Arrow, Vec<&str>)> = Vec::new();
    for arrow in arrows {
        let stays = |arrow: &Arrow| arrow.from == Some(arrow.to);
        let alike = |(other, _): &&mut (&Arrow, Vec<&str>)| {
            (other.row, other.step, other.only) == (arrow.row, arrow.step, arrow.only)
                && stays(other) == stays(arrow)
                && (stays(arrow) || other.to == arrow.to)
        };
        let from = arrow.from.unwrap_or("–");
        match lines.iter_mut().find(alike) {
            Some((_, all)) => all.push(from),
            None => lines.push((arrow, vec![from])),
        }
    }
    let rows = arrows.iter().any(|arrow| !arrow.row.is_empty());
    let mut text = match rows {
        true => "| row | from | step | to |\n|---|---|---|---|\n",
        false => "| from | step | to |\n|---|---|---|\n",
    }
    .to_owned();
    for (arrow, from) in lines {
        let to = match arrow.from {
            Some(state) if state == arrow.to => "the same",
            _ => arrow.to,
        };
        let only = match arrow.only {
            "" => String::new(),
            only => format!(" ({only})"),
        };
        let row = if rows {
            format!("| {} ", arrow.row)
        } else {
            String::new()
        };
        let _ = writeln!(
            text,
            "{row}| {} | {}{only} | {to} |",
            from.join(", "),
            arrow.step
        );
    }
    text
}

/// A table of a closed list in both languages.
fn glossary<T: Named>(all: &[T]) -> String {
    let mut text = "| word | English | 中文 |\n|---|---|---|\n".to_owned();
    for one in all {
        let (en, zh) = (name(Language::En, *one), name(Language::Zh, *one));
        let _ = writeln!(text, "| `{}` | {en} | {zh} |", one.word());
    }
    text
}

/// Whether nothing leads away from a state.
fn is_last(arrows: &[Arrow], state: &str) -> bool {
    let leaves = |arrow: &Arrow| arrow.from == Some(state) && arrow.to != state;
    !arrows.iter().any(leaves)
}

fn case_arrows() -> Vec<Arrow> {
    let mut arrows = Vec::new();
    for row in cases::TRANSITIONS {
        let arrow = |from: Option<Phase>, to: Phase, only| Arrow {
            row: row.row,
            from: from.map(Phase::as_str),
            step: row.step.as_str(),
            to: to.as_str(),
            only,
        };
        let from = row.from.iter().map(|phase| Some(*phase));
        let from = from.chain(row.from.is_empty().then_some(None));
        for phase in from {
            match row.to {
                To::Phase(to) => arrows.push(arrow(phase, to, "")),
                To::Same => arrows.extend(phase.map(|same| arrow(phase, same, ""))),
                To::ByKind => {
                    let there = |kind| row.to.phase(Phase::Approving, kind, false);
                    arrows.push(arrow(phase, there(Kind::Apply), MAKES));
                    arrows.push(arrow(phase, there(Kind::Revoke), CHANGES));
                }
                To::WhenComplete => {
                    let there = |complete| row.to.phase(Phase::Issuing, Kind::Apply, complete);
                    arrows.push(arrow(phase, there(false), "the first"));
                    arrows.push(arrow(phase, there(true), "the second"));
                }
            }
        }
    }
    arrows
}

/// Conditions of [`To::ByKind`].
const MAKES: &str = "apply, renew, reissue";
const CHANGES: &str = "freeze, unfreeze, revoke";

fn arrows<S: Named, E: Named>(table: &'static [Transition<S, E>]) -> Vec<Arrow> {
    let arrows = table.iter().flat_map(|row| {
        ends(row.from, row.to).map(|(from, to)| Arrow {
            row: row.row,
            from: from.map(S::word),
            step: row.step.word(),
            to: to.word(),
            only: "",
        })
    });
    arrows.collect()
}

/// A picture in which the states without a way out are final.
fn drawn(arrows: &[Arrow]) -> String {
    diagram(arrows, |state| is_last(arrows, state))
}

/// Both ends of each arrow of a row: from nothing where it starts from no state, to the same
/// state where it leads to none.
fn ends<T: Copy>(from: &'static [T], to: Option<T>) -> impl Iterator<Item = (Option<T>, T)> {
    let start = from.is_empty().then_some(to).flatten().map(|to| (None, to));
    let others = from
        .iter()
        .map(move |from| (Some(*from), to.unwrap_or(*from)));
    start.into_iter().chain(others)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{collections::BTreeSet, env, fs};

    #[test]
    fn the_pictures_are_the_tables() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/machines.md");
        let made = page();
        if env::var_os("GM_PKI_WRITE_GOLDEN").is_some() {
            fs::write(path, &made).unwrap();
        }
        let written = fs::read_to_string(path).unwrap_or_default();
        assert!(
            written == made,
            "docs/machines.md is old: GM_PKI_WRITE_GOLDEN=1 writes it"
        );
    }

    #[test]
    fn each_state_and_each_step_of_a_case_is_in_its_arrows() {
        let arrows = case_arrows();
        let states: BTreeSet<_> = arrows.iter().map(|arrow| arrow.to).collect();
        assert_eq!(states, Phase::ALL.iter().map(|one| one.as_str()).collect());
        let steps: BTreeSet<_> = arrows.iter().map(|arrow| arrow.step).collect();
        assert_eq!(steps, Step::ALL.iter().map(|one| one.as_str()).collect());
    }

    #[test]
    fn each_state_and_each_step_of_every_other_machine_is_in_its_arrows() {
        fn complete<S: Named, E: Named>(
            table: &'static [Transition<S, E>],
            states: &[S],
            steps: &[E],
        ) {
            let arrows = arrows(table);
            let drawn: BTreeSet<_> = arrows.iter().map(|arrow| arrow.to).collect();
            assert_eq!(drawn, states.iter().map(|one| one.word()).collect());
            let taken: BTreeSet<_> = arrows.iter().map(|arrow| arrow.step).collect();
            assert_eq!(taken, steps.iter().map(|one| one.word()).collect());
        }
        complete(
            certificate::machine::TRANSITIONS,
            certificate::Status::ALL,
            certificate::Step::ALL,
        );
        complete(
            authority::machine::TRANSITIONS,
            authority::Stage::ALL,
            authority::Step::ALL,
        );
        complete(token::TRANSITIONS, token::Stage::ALL, token::Step::ALL);
        complete(roster::TRANSITIONS, roster::Stage::ALL, roster::Step::ALL);
        complete(
            organisation::machine::TRANSITIONS,
            organisation::Stage::ALL,
            organisation::Step::ALL,
        );
        complete(
            cessation::TRANSITIONS,
            cessation::Stage::ALL,
            cessation::Step::ALL,
        );
        complete(
            qualification::TRANSITIONS,
            qualification::Stage::ALL,
            qualification::Step::ALL,
        );
    }

    #[test]
    fn conditions_name_the_kinds_that_they_are_about() {
        let words = |makes| {
            let kinds = Kind::ALL
                .iter()
                .filter(|kind| kind.makes_certificates() == makes);
            let kinds: BTreeSet<_> = kinds.map(|kind| kind.as_str()).collect();
            kinds
        };
        assert_eq!(MAKES.split(", ").collect::<BTreeSet<_>>(), words(true));
        assert_eq!(CHANGES.split(", ").collect::<BTreeSet<_>>(), words(false));
    }

    #[test]
    fn what_lies_between_two_states_shares_an_arrow_and_what_leads_nowhere_is_left_out() {
        let arrow = |from, step, to| Arrow {
            row: "",
            from,
            step,
            to,
            only: "",
        };
        let arrows = [
            arrow(None, "born", "half-done"),
            arrow(Some("half-done"), "looked-at", "half-done"),
            arrow(Some("half-done"), "finished", "done"),
            arrow(Some("half-done"), "given-up", "done"),
        ];
        assert_eq!(
            diagram(&arrows, |state| is_last(&arrows, state)),
            "stateDiagram-v2\n    state \"half-done\" as half_done\n    [*] --> half_done: born\n    \
             half_done --> done: finished, given-up\n    done --> [*]\n"
        );
    }
}
