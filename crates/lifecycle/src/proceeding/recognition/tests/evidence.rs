//! Each piece of evidence is of its kind, and each act of the authority whose act it is.

use super::*;
use std::collections::BTreeSet;

/// For whom the official acts, and what he leaves behind.
fn parts(command: &mut Command) -> (Option<&mut String>, Vec<&mut Evidence>) {
    match command {
        Command::Apply(_) | Command::NoteOverdue { .. } => (None, Vec::new()),
        Command::FileCertificate { certificate } => (None, vec![&mut certificate.origin.proof]),
        Command::RequestMeasure { letter, .. } => (None, vec![letter]),
        Command::ApplyReinstatement(asked) => (None, vec![&mut asked.application]),
        Command::Approve {
            authority,
            decision,
            assignment,
            ..
        } => (Some(authority), vec![decision, assignment]),
        Command::Withdraw {
            authority,
            decision,
            incident,
            ..
        } => {
            let decision = std::iter::once(decision);
            (Some(authority), decision.chain(incident).collect())
        }
        Command::FulfilDuty {
            authority, report, ..
        } => {
            let report = match report {
                DutyReport::Plain(report) => vec![report],
                DutyReport::Reviewed(review) => {
                    vec![&mut review.report, &mut review.independence]
                }
            };
            (Some(authority), report)
        }
        Command::PassPreliminary {
            authority,
            opinion: one,
        }
        | Command::Refuse {
            authority,
            decision: one,
            ..
        }
        | Command::NotifyCounterpart {
            authority,
            notice: one,
            ..
        }
        | Command::Acknowledge {
            authority,
            acknowledgement: one,
            ..
        }
        | Command::FinishLegalProcedure {
            authority,
            proof: one,
        }
        | Command::Publish {
            authority,
            list: one,
            ..
        }
        | Command::RecordCertificate {
            authority,
            record: one,
            ..
        }
        | Command::RefuseCertificate {
            authority,
            record: one,
            ..
        }
        | Command::NameAgents {
            authority,
            letter: one,
            ..
        }
        | Command::OpenBreach {
            authority,
            report: one,
            ..
        }
        | Command::OrderCorrection {
            authority,
            order: one,
            ..
        }
        | Command::AcceptCorrection {
            authority,
            report: one,
            ..
        }
        | Command::Notify {
            authority,
            proof: one,
            ..
        }
        | Command::OrderAssessment {
            authority,
            order: one,
            ..
        }
        | Command::ImportMirror {
            authority,
            report: one,
            ..
        } => (Some(authority), vec![one]),
    }
}

// proves: S4-04, S4-05, S4-06, S4-07, S4-08, S4-09, S4-11, S4-13, S4-15, S4-16
#[test]
fn no_step_is_taken_on_evidence_of_another_kind_or_by_another_authority() {
    let mut taken = BTreeSet::new();
    for side in [GUANGDONG, HONG_KONG] {
        // At once, and when a recognition has begun.
        let places = chain::places(side).into_iter();
        for case in places.flat_map(|case| [case.clone(), case.on("2026-06-01")]) {
            for (who, command) in chain::commands(side, case.state.as_ref()) {
                let Ok(event) = case.decide(&who, command.clone()) else {
                    continue;
                };
                taken.insert(event.step());
                let refused = |spoiled: Command| {
                    let answer = case.decide(&who, spoiled.clone());
                    let error = answer.expect_err(&format!("{spoiled:?}"));
                    error.coded()
                };
                for place in 0..parts(&mut command.clone()).1.len() {
                    let mut spoiled = command.clone();
                    parts(&mut spoiled).1[place].kind = EvidenceKind::WitnessPhoto;
                    let code = refused(spoiled);
                    assert!(code.starts_with("evidence-kind ("), "{event:?}: {code}");
                }
                // An office that another one took the place of.
                let mut elsewhere = command.clone();
                let office = parts(&mut elsewhere).0;
                if office.map(|office| "hk-ogcio".clone_into(office)).is_some() {
                    assert_eq!(refused(elsewhere), "other-authority (S4-05)");
                }
            }
        }
    }
    let all: BTreeSet<_> = Step::ALL.iter().copied().collect();
    let untold: Vec<_> = all.difference(&taken).collect();
    assert_eq!(untold, [&Step::OverdueNoted]);
}

// proves: S4-08
#[test]
fn a_breach_is_named() {
    let side = GUANGDONG;
    let unnamed = Command::OpenBreach {
        authority: side.office.to_owned(),
        what: String::new(),
        report: evidence(EvidenceKind::InspectionReport),
    };
    let case = Case::recognised(side);
    assert_eq!(case.refused("clerk", unnamed), "words (S4-08)");
}
