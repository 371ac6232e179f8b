//! Lists: that one says what was decided, and that the other side has it beside its own.

use super::{
    super::{Event, Measure, Publication, Stage, Step},
    Asked, missing, not_as_decided,
};
use crate::{Evidence, Ground, Refusal, terms::EvidenceKind};

impl Asked<'_> {
    pub(super) fn publish(
        self,
        authority: String,
        publication: Publication,
        list: Evidence,
    ) -> Result<Event, Refusal> {
        const LIST: &[&str] = &["S4-03"];
        let Self {
            state,
            side,
            actor,
            context,
        } = self;
        self.acts_for(&authority, &side.publisher)?;
        list.is_a(EvidenceKind::PublishedList, LIST)?;
        let last = state.listing.as_ref();
        let is_new = last.is_none_or(|last| last.sequence < publication.sequence);
        if !is_new || publication.issued > context.now {
            return Err(missing("a list after the last one", LIST));
        }
        self.check_signers(&publication)?;
        publication.check_contents(state)?;
        let publication = Box::new(publication);
        let step = match state.stage {
            Stage::ReadyToPublish | Stage::ReinstatementReady => {
                actor.differs_from(&self.acted())?;
                self.check_grant(&publication)?;
                Step::Published
            }
            Stage::Suspending | Stage::Terminating => {
                actor.differs_from(&self.acted())?;
                self.check_withdrawal(&publication)?;
                Step::Published
            }
            _ => Step::CertificatePublished,
        };
        if step == Step::CertificatePublished {
            let unchanged = last.is_some_and(|last| {
                last.status == publication.status && last.from == publication.from
            });
            if !unchanged {
                return Err(not_as_decided("the standing"));
            }
            let mut filings = state.certificates.iter();
            if !filings.any(|filing| filing.recorded && !filing.listed) {
                return Err(missing("a certificate that is on record", &["S4-16"]));
            }
            publication.check_complete(state)?;
            return Ok(Event::CertificatePublished {
                authority,
                publication,
                list,
            });
        }
        let owed = match state.stage {
            Stage::ReadyToPublish => self.duties(publication.from),
            Stage::ReinstatementReady => Vec::new(),
            _ => self.result()?,
        };
        Ok(Event::Published {
            authority,
            publication,
            list,
            owed,
        })
    }

    /// A recognition begins when the list is out, or later; never before (SM-E).
    fn check_grant(self, publication: &Publication) -> Result<(), Refusal> {
        let approval = self.state.approval.as_ref();
        let reference = approval.map(|approval| &approval.reference);
        if publication.status != "recognised" || publication.cause != "decision" {
            return Err(not_as_decided("the standing"));
        }
        if publication.reference.as_ref() != reference {
            return Err(not_as_decided("the decision's number"));
        }
        if publication.from < publication.issued
            || approval.is_some_and(|approval| publication.issued < approval.at)
        {
            return Err(Ground::BackDated {
                from: publication.from,
            }
            .refuse(&["S4-03", "S4-07"]));
        }
        publication.check_complete(self.state)
    }

    fn check_withdrawal(self, publication: &Publication) -> Result<(), Refusal> {
        let Some(decided) = &self.state.withdrawal else {
            return Err(missing("a decision", &["S4-08"]));
        };
        let status = match decided.measure {
            Measure::Suspension => "suspended",
            Measure::Termination => "terminated",
        };
        for (holds, what) in [
            (publication.status == status, "the standing"),
            (publication.cause == decided.cause.as_str(), "the cause"),
            (
                publication.from == decided.from,
                "the time from which it holds",
            ),
            (
                publication.happened == decided.happened,
                "the time of the event",
            ),
            (
                publication.reference.as_ref() == Some(&decided.reference),
                "the decision's number",
            ),
        ] {
            if !holds {
                return Err(not_as_decided(what));
            }
        }
        Ok(())
    }

    pub(super) fn mirror(
        self,
        authority: String,
        publication: Publication,
        report: Evidence,
    ) -> Result<Event, Refusal> {
        const MIRROR: &[&str] = &["S4-03"];
        self.acts_for_the_other_side(&authority)?;
        report.is_a(EvidenceKind::ImportReport, MIRROR)?;
        self.check_signers(&publication)?;
        let state = self.state;
        let last = state.listing.as_ref();
        // A list that the case does not know of, or that is older than the one beside theirs.
        let is_known = publication.key == state.key
            && last.is_some_and(|last| {
                publication.sequence >= last.sequence
                    && publication.status == last.status
                    && publication.from == last.from
            });
        let is_later = state
            .mirrored
            .is_none_or(|before| before < publication.sequence);
        if !is_known || !is_later {
            return Err(missing("the list that was published last", MIRROR));
        }
        Ok(Event::MirrorImported {
            authority,
            publication: Box::new(publication),
            report,
        })
    }

    /// Where the terms say whose signatures the publisher's lists bear, it is they who sign.
    fn check_signers(self, publication: &Publication) -> Result<(), Refusal> {
        let terms = self.context.terms;
        let publisher = terms.acting(&self.side.publisher, self.context.now);
        match terms.admits_signers(publisher, &publication.signers) {
            true => Ok(()),
            false => Err(missing("a signer of the authority", &["S4-03"])),
        }
    }
}
