//! What people do in a schedule.

use gm_crypto::sm3;
use lifecycle::{
    Actor, Command, Evidence, Seat, authority,
    case::{self, Phase, pair::Slot, paper::Deficiency},
    certificate::{self, Change, RevocationReason},
    ports::Clock,
    terms::{Carrier, EvidenceKind, Kind, PaymentRoute, PinChannel},
};

use super::{DAY, Run, pin_digest};
use crate::{
    base::{clerk, receive, token_of},
    invariants::{self, Asked, Wrong},
    lists::Desk,
    points,
    script::{self, Applicant, CA, actor, authority_command, evidence, officer},
};

impl Run<'_> {
    /// What leads to a point that is seldom come to; none for the others.
    pub(super) fn lead_to(&mut self, point: &str) -> Option<Result<(), Wrong>> {
        let cases = &self.base.cases;
        Some(match point {
            "C8" => self.tick().and_then(|()| self.settle()),
            "C9" => {
                let one = cases[2].clone();
                let next = self.next_of(&one)?;
                self.send(next)
            }
            "C10" => self.pin(),
            "C11" | "C12" => {
                let issue = authority_command(CA, authority::Command::IssueCrl);
                let sent = self.send((officer(), issue));
                sent.and_then(|()| self.settle())
            }
            "C13" => self.publish_list(),
            "C14" => self.checkpoint(),
            "C15" => {
                let one = &cases[self.chance.place(2)];
                self.send((one.actor(), one.pair_command(certificate::Command::Freeze)))
            }
            "C16" => self.pay(),
            _ => return None,
        })
    }

    fn some_case(&mut self) -> Applicant {
        let cases = &self.base.cases;
        // Mostly applications: without them there is nothing to change.
        let among = *self.chance.pick(&[3, 3, 3, 5, cases.len()]);
        cases[self.chance.place(among)].clone()
    }

    /// What a case needs next, by whom.
    fn next_of(&mut self, one: &Applicant) -> Option<(Actor, Command)> {
        let state = self.engine().case(&one.id).unwrap();
        let token = state.as_ref().and_then(|state| state.token.clone());
        let is_hard = one.carrier == Carrier::Hard;
        match state.as_ref().map(|state| state.phase) {
            Some(Phase::Draft) if one.kind == Kind::Freeze && self.chance.one_in(2) => {
                Some((one.actor(), one.command(script::execute_at_once())))
            }
            Some(Phase::AwaitingRatification) => {
                Some((script::approver(), one.command(case::Command::Ratify)))
            }
            Some(Phase::Approved) if is_hard && token.is_none() => {
                let id = token_of(one);
                if self.engine().token(&id).unwrap().is_some() {
                    let bind = one.command(case::Command::BindToken(id));
                    return Some((script::approver(), bind));
                }
                Some((clerk(), Command::Token(id, receive())))
            }
            Some(Phase::Issued) if is_hard => self.personalise(one, &state?),
            Some(Phase::Dispatched) => {
                let confirm = case::Command::ConfirmReceipt {
                    correct: !self.chance.one_in(6),
                    record: evidence(EvidenceKind::CallRecord),
                };
                Some((one.actor(), one.command(confirm)))
            }
            _ => one.next(self.engine()).unwrap(),
        }
    }

    /// Writes the token, unless it is written: then it is read back.
    fn personalise(&mut self, one: &Applicant, state: &case::State) -> Option<(Actor, Command)> {
        let Slot::Issued(signing) = &state.signing else {
            return None;
        };
        let garbled = self.chance.one_in(12);
        let written = self.tokens.entry(one.id.clone()).or_insert_with(|| {
            let garbled: &[u8] = if garbled { b"garbled" } else { b"" };
            let octets = [&signing.certificate[..], garbled].concat();
            sm3::digest(&octets)
        });
        let read_back = Evidence::new(EvidenceKind::ReadBack, *written, "reader/1");
        points::pass("C9");
        let personalise = one.command(case::Command::Personalise {
            read_back,
            work_record: evidence(EvidenceKind::WorkRecord),
        });
        Some((script::approver(), personalise))
    }

    pub(super) fn next(&mut self) -> Result<(), Wrong> {
        let one = self.some_case();
        match self.next_of(&one) {
            Some(next) if self.chance.one_in(10) => {
                self.held.push(next);
                Ok(())
            }
            Some(next) => self.send(next),
            None => Ok(()),
        }
    }

    /// Several people at once.
    pub(super) fn group(&mut self) -> Result<(), Wrong> {
        let mut these = Vec::new();
        for _ in 0..2 + self.chance.below(2) {
            let one = self.some_case();
            if let Some((actor, command)) = self.next_of(&one) {
                these.push(self.make(actor, command));
            }
        }
        // One of them sends it twice.
        if let Some(first) = these.first().copied()
            && self.chance.one_in(3)
        {
            these.push(first);
        }
        self.resend_all(&these)
    }

    /// What nobody should ask, or somebody else.
    pub(super) fn mischief(&mut self) -> Result<(), Wrong> {
        use case::Command as Case;
        let one = self.some_case();
        let persons = ["zhang.san", "li.ming", "wang.wu", "li.si"];
        let seats = [
            Seat::Applicant,
            Seat::Registrar,
            Seat::Approver,
            Seat::KeyOfficer,
        ];
        let person = *self.chance.pick(&persons);
        let who = actor(person, *self.chance.pick(&seats));
        let commands = [
            script::register(),
            script::approve(),
            Case::Issue,
            script::personalise(),
            script::dispatch(),
            Case::Withdraw,
            Case::Reject {
                reason: "no".to_owned(),
            },
            Case::Return(vec![Deficiency::new("common-name", "not as on the card")]),
            Case::Resubmit,
            Case::Object {
                statement: "not mine".to_owned(),
            },
            Case::Close {
                work_record: evidence(EvidenceKind::WorkRecord),
            },
        ];
        let command = self.chance.pick(&commands).clone();
        self.send((who, one.command(command)))
    }

    /// Something that was sent before.
    pub(super) fn again(&mut self) -> Result<(), Wrong> {
        if self.sent.is_empty() {
            return Ok(());
        }
        let nth = self.chance.place(self.sent.len());
        self.resend(nth)
    }

    /// Something that was made before and not sent.
    pub(super) fn later(&mut self) -> Result<(), Wrong> {
        if self.held.is_empty() {
            return Ok(());
        }
        let nth = self.chance.place(self.held.len());
        let held = self.held.swap_remove(nth);
        self.send(held)
    }

    pub(super) fn checkpoint(&mut self) -> Result<(), Wrong> {
        self.outcome.commands += 1;
        let made = self.engine_mut().checkpoint().map(drop);
        self.came_of("checkpoint", &[], made)?;
        if self.earlier.is_none() {
            self.earlier = self.disk.copy();
        }
        Ok(())
    }

    /// A trust list: what an earlier process put down, or the next.
    pub(super) fn publish_list(&mut self) -> Result<(), Wrong> {
        self.outcome.commands += 1;
        let chance = self.chance.below(u64::MAX);
        let number = self.lists.get_or_insert_with(Desk::new).publish(chance)?;
        self.note(format!("list {number}"));
        Ok(())
    }

    /// Both certificates of a pair at once, without a case.
    pub(super) fn change_pair(&mut self) -> Result<(), Wrong> {
        use certificate::Command as Pair;
        let one = &self.base.cases[self.chance.place(3)];
        let revoke = Change::Revoke(RevocationReason::KeyCompromise);
        let changes = [
            (one.actor(), Pair::Freeze),
            (script::approver(), Pair::Freeze),
            (script::registrar(), Pair::Request(Change::Unfreeze)),
            (script::registrar(), Pair::Request(revoke)),
            (script::approver(), Pair::Confirm),
            (script::approver(), Pair::Confirm),
            (script::registrar(), Pair::Confirm),
        ];
        let (who, change) = self.chance.pick(&changes).clone();
        self.send((who, one.pair_command(change)))
    }

    /// The bank says that it is paid, as often as it likes.
    pub(super) fn pay(&mut self) -> Result<(), Wrong> {
        let one = self.base.cases[self.chance.place(5)].clone();
        for _ in 0..1 + self.chance.below(2) {
            points::pass("C16");
            let paid = case::Command::ReportPayment {
                route: PaymentRoute::Wallet,
                account: None,
                evidence: evidence(EvidenceKind::PaymentReceipt),
            };
            self.tell("bank", &one.id, paid)?;
        }
        Ok(())
    }

    /// A PIN is sent once; who can't remember whether he did sends the same one.
    pub(super) fn pin(&mut self) -> Result<(), Wrong> {
        let nth = self.chance.place(3);
        let mut one = self.base.cases[nth].clone();
        let state = self.engine().case(&one.id).unwrap();
        if state.is_none_or(|state| state.phase != Phase::Dispatched) {
            one = self.base.cases[0].clone();
        }
        let fresh = self.chance.below(1_000_000);
        let number = *self.pins.entry(one.id.clone()).or_insert(fresh);
        points::pass("C10");
        let told = case::Command::DeliverPin {
            channel: PinChannel::OnSite,
            recipient: Seat::Applicant,
            receipt: Evidence::new(EvidenceKind::NoticeReceipt, pin_digest(number), "sealed/1"),
        };
        self.tell("pin-printer", &one.id, told)
    }

    pub(super) fn wait(&mut self) -> Result<(), Wrong> {
        match self.chance.below(10) {
            0..5 => {
                let seconds = self.chance.below(3_600);
                self.clock.forward(seconds);
            }
            5..7 => {
                let days = 1 + self.chance.below(20);
                self.clock.forward(days * DAY);
            }
            7 => {
                let days = 600 + self.chance.below(200);
                self.clock.forward(days * DAY);
            }
            _ => {
                let seconds = self.chance.below(2 * DAY);
                self.facts.now = self.facts.now.max(Some(self.clock.now()));
                self.clock.back(seconds);
                // What is not past is no past.
                let now = self.clock.now();
                self.facts.asked.retain(|asked| asked.at < now);
            }
        }
        let now = self.clock.now();
        self.note(format!("it is {now}"));
        Ok(())
    }

    /// What a certificate was worth a moment ago: the answer stays.
    pub(super) fn ask(&mut self) -> Result<(), Wrong> {
        let engine = self.engine.as_ref().unwrap();
        let replay = invariants::Replay::of(engine.store(), &*self.facts.subjects)?;
        let known: Vec<_> = replay.issued().cloned().collect();
        if known.is_empty() {
            return Ok(());
        }
        let (issuer, serial) = self.chance.pick(&known).clone();
        let before = self.clock.now().unix_duration();
        let before = before.saturating_sub(std::time::Duration::from_secs(1));
        let store = engine.store();
        let reservation = store.reservation(&issuer, &serial).unwrap().unwrap();
        let mut asked = Asked {
            at: der::DateTime::from_unix_duration(before).unwrap(),
            end: reservation.not_after,
            answer: None,
            issuer,
            serial,
        };
        asked.answer = replay.status_at(&asked);
        // The state of now is the last of the history.
        self.outcome.asked += 1;
        self.facts.asked.push(asked);
        Ok(())
    }
}
