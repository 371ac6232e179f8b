//! Each piece of evidence is looked at by itself.

use super::*;
use std::collections::BTreeSet;

/// What an act leaves behind.
fn pieces(act: &mut Act) -> Vec<&mut Evidence> {
    match act {
        Act::Receive(receipt) => {
            let files = receipt.materials.iter_mut().map(|one| &mut one.file);
            std::iter::once(&mut receipt.stamp).chain(files).collect()
        }
        Act::CompleteMaterials { materials } => {
            materials.iter_mut().map(|one| &mut one.file).collect()
        }
        Act::Grant(decision)
        | Act::ApproveNameChange(decision)
        | Act::ApproveRenovation(decision)
        | Act::GrantRenewal(decision) => vec![&mut decision.document],
        Act::Refuse { decision, reasons } | Act::Withdraw { decision, reasons } => {
            vec![&mut decision.document, reasons]
        }
        Act::FileNameChange {
            explanation,
            original,
            ..
        } => vec![explanation, original],
        Act::ReportRenovation {
            application,
            security,
            interoperability,
        } => vec![application, security, interoperability],
        Act::DeclineAcceptance { reasons: one }
        | Act::RefuseNameChange { reasons: one }
        | Act::RefuseRenovation { reasons: one }
        | Act::RefuseRenewal { reasons: one }
        | Act::Forward { receipt: one }
        | Act::HandOver { receipt: one }
        | Act::Declare {
            declaration: one, ..
        }
        | Act::Report { report: one, .. }
        | Act::CheckCondition { evidence: one, .. }
        | Act::RequestHearing { request: one }
        | Act::CloseHearing { record: one, .. }
        | Act::Notify { contact: one }
        | Act::FileRenewal { application: one }
        | Act::ExerciseRight { statement: one, .. }
        | Act::AnswerRight { evidence: one, .. } => vec![one],
        Act::RequestCorrection { .. }
        | Act::Accept
        | Act::OpenAssessment { .. }
        | Act::NameAssessor { .. }
        | Act::Recuse { .. }
        | Act::ListInDirectory(_)
        | Act::Lapse
        | Act::NoteOverdue { .. } => Vec::new(),
    }
}

// proves: S3-03, S3-04, S3-05, S3-06, S3-07, S3-08, S3-10, S3-11, S3-12, S3-14, S3-15, S3-16, S5-01
#[test]
fn no_step_is_taken_on_evidence_of_another_kind_or_that_nobody_can_find() {
    let mut steps = BTreeSet::new();
    for play in machine::places() {
        for (actor, command) in machine::commands(&play) {
            if play.ask(&actor, command.clone()).is_err() {
                continue;
            }
            for place in 0..pieces(&mut command.act.clone()).len() {
                steps.insert(command.act.step());
                let refused = |spoil: fn(&mut Evidence)| {
                    let mut spoilt = command.clone();
                    spoil(pieces(&mut spoilt.act).swap_remove(place));
                    play.refused(&actor, spoilt)
                };
                let short = refused(|one| one.digest = vec![7; 31].into());
                assert!(matches!(short, Ground::Missing { .. }), "{command:?}");
                // A condition is shown by whatever shows it.
                if !matches!(command.act, Act::CheckCondition { .. }) {
                    let kind = refused(|one| one.kind = EvidenceKind::WitnessPhoto);
                    assert!(matches!(kind, Ground::EvidenceKind { .. }), "{command:?}");
                }
            }
        }
    }
    assert_eq!(steps.len(), 25, "{steps:?}");
}
