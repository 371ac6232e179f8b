//! Answers that are signed before anybody asks: for certificates that many ask about.

use crate::{AuthorityId, Entry, Event, Serial, StreamId, authority};
use cert_profile::ocsp::{CertId, OcspRequest};
use der::DateTime;
use std::collections::HashMap;

/// Signed answers, each until its nextUpdate or until something happens to its certificate,
/// whichever comes first.
///
/// An answer takes about 1 KB of memory, most of it the responder's certificate. Nothing of it
/// is durable: a new process signs anew.
#[derive(Debug, Default)]
pub(super) struct AnswerSet {
    by_responder: HashMap<AuthorityId, Answers>,
    /// How often another engine had been found to write when they were signed.
    overtaken: u64,
}

/// Those of one responder.
#[derive(Debug)]
struct Answers {
    /// The CA that it answers for.
    issuer: AuthorityId,
    /// By the plain question: its `CertID` stands in it octet for octet as it is answered.
    by_question: HashMap<Vec<u8>, Answer>,
    /// The questions about a certificate.
    by_serial: HashMap<Serial, Vec<Vec<u8>>>,
}

#[derive(Debug)]
struct Answer {
    octets: Vec<u8>,
    this_update: DateTime,
    next_update: DateTime,
}

impl AnswerSet {
    /// Whether nobody else has written since they were signed.
    pub(super) fn are_of(&self, overtaken: u64) -> bool {
        self.overtaken == overtaken
    }

    /// Drops what was signed before somebody else wrote, and what is past its nextUpdate: nobody
    /// is ever given it again.
    pub(super) fn begin(&mut self, overtaken: u64, now: DateTime) {
        if !self.are_of(overtaken) {
            self.by_responder.clear();
            self.overtaken = overtaken;
        }
        self.by_responder.retain(|_, answers| {
            let Answers {
                by_question,
                by_serial,
                ..
            } = answers;
            by_question.retain(|_, answer| now < answer.next_update);
            by_serial.retain(|_, questions| {
                questions.retain(|question| by_question.contains_key(question));
                !questions.is_empty()
            });
            !by_serial.is_empty()
        });
    }

    /// The answer to a question in these octets at this time, if one is kept: nothing is read
    /// for it.
    pub(super) fn find(
        &self,
        responder: &AuthorityId,
        question: &[u8],
        now: DateTime,
    ) -> Option<&[u8]> {
        let answer = self
            .by_responder
            .get(responder)?
            .by_question
            .get(question)?;
        let is_current = answer.this_update <= now && now < answer.next_update;
        is_current.then_some(&answer.octets)
    }

    /// The same for a question that was read: about one certificate and without a nonce, with
    /// whatever else it says of who asks.
    pub(super) fn find_read(
        &self,
        responder: &AuthorityId,
        question: &OcspRequest,
        now: DateTime,
    ) -> Option<&[u8]> {
        let ([id], None) = (question.cert_ids(), question.nonce()) else {
            return None;
        };
        self.find(responder, &plain(id).ok()?, now)
    }

    /// Keeps an answer about one certificate, in the place of an older one.
    pub(super) fn keep(
        &mut self,
        (responder, issuer): (&AuthorityId, &AuthorityId),
        (id, serial): (&CertId, &Serial),
        octets: Vec<u8>,
        (this_update, next_update): (DateTime, DateTime),
    ) -> Result<(), cert_profile::Error> {
        let question = plain(id)?;
        let fresh = || Answers {
            issuer: issuer.clone(),
            by_question: HashMap::new(),
            by_serial: HashMap::new(),
        };
        let answers = self
            .by_responder
            .entry(responder.clone())
            .or_insert_with(fresh);
        let questions = answers.by_serial.entry(serial.clone()).or_default();
        if !questions.contains(&question) {
            questions.push(question.clone());
        }
        let answer = Answer {
            octets,
            this_update,
            next_update,
        };
        answers.by_question.insert(question, answer);
        Ok(())
    }

    /// Drops what may not be so any more once this is durable: called before it is, so that
    /// nothing stays whatever becomes of the write.
    pub(super) fn heed(&mut self, entries: &[Entry]) {
        for entry in entries {
            match (&entry.stream, &entry.event) {
                (StreamId::Certificate(issuer, serial), _) => {
                    let own = self
                        .by_responder
                        .values_mut()
                        .filter(|one| one.issuer == *issuer);
                    for answers in own {
                        for question in answers.by_serial.remove(serial).unwrap_or_default() {
                            answers.by_question.remove(&question);
                        }
                    }
                }
                (StreamId::Authority(id), Event::Authority(event)) if !is_of_lists(event) => {
                    self.by_responder
                        .retain(|responder, answers| responder != id && answers.issuer != *id);
                }
                _ => {}
            }
        }
    }
}

/// DER of the question about this certificate that says nothing else.
fn plain(id: &CertId) -> Result<Vec<u8>, cert_profile::Error> {
    OcspRequest::new(vec![id.clone()], None)?.to_der()
}

/// Whether it leaves keys and certificates as they are.
fn is_of_lists(event: &authority::Event) -> bool {
    use authority::Event as Happened;
    matches!(
        event,
        Happened::CrlIntended(_)
            | Happened::CrlAbandoned { .. }
            | Happened::CrlIssued { .. }
            | Happened::Published
            | Happened::PublishedThrough { .. }
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use gm_crypto::sm2::SecretKey;
    use spki::{EncodePublicKey, SubjectPublicKeyInfoRef};
    use std::time::Duration;

    fn at(second: u64) -> DateTime {
        DateTime::from_unix_duration(Duration::from_secs(second)).unwrap()
    }

    fn serial(number: u8) -> Serial {
        Serial::from_bytes(&[number]).unwrap()
    }

    fn cert_id(number: u8) -> CertId {
        use der::Decode;
        let key = SecretKey::from_bytes(&[7; 32]).unwrap().public_key();
        let key = key.to_public_key_der().unwrap();
        let key = SubjectPublicKeyInfoRef::from_der(key.as_bytes()).unwrap();
        let name = "CN=CA,O=Example,C=CN".parse().unwrap();
        CertId::new(&name, key, serial(number).to_x509()).unwrap()
    }

    fn keep(set: &mut AnswerSet, number: u8, lasts: (u64, u64)) {
        let [responder, ca] = ["responder", "ca"].map(|name| AuthorityId::new(name).unwrap());
        let about = (&cert_id(number), &serial(number));
        let lasts = (at(lasts.0), at(lasts.1));
        set.keep((&responder, &ca), about, vec![number], lasts)
            .unwrap();
    }

    fn found(set: &AnswerSet, number: u8, now: u64) -> Option<&[u8]> {
        let question = plain(&cert_id(number)).unwrap();
        set.find(&AuthorityId::new("responder").unwrap(), &question, at(now))
    }

    /// Questions and certificates that take memory.
    fn size(set: &AnswerSet) -> (usize, usize) {
        let all = set.by_responder.values();
        all.fold((0, 0), |(questions, serials), answers| {
            let more = (answers.by_question.len(), answers.by_serial.len());
            (questions + more.0, serials + more.1)
        })
    }

    #[test]
    fn what_is_past_its_time_takes_no_memory() {
        let mut set = AnswerSet::default();
        keep(&mut set, 1, (10, 20));
        keep(&mut set, 2, (10, 30));
        set.begin(0, at(19));
        assert_eq!(size(&set), (2, 2));
        assert_eq!(found(&set, 1, 19), Some(&[1][..]));
        set.begin(0, at(20));
        assert_eq!(size(&set), (1, 1));
        assert_eq!(found(&set, 2, 20), Some(&[2][..]));
        // One that is signed again lasts as long as the new one.
        keep(&mut set, 2, (20, 40));
        set.begin(0, at(39));
        assert_eq!(size(&set), (1, 1));
        set.begin(0, at(40));
        assert_eq!((size(&set), set.by_responder.len()), ((0, 0), 0));
    }

    #[test]
    fn what_was_signed_before_another_wrote_is_dropped() {
        let mut set = AnswerSet::default();
        keep(&mut set, 1, (10, 20));
        set.begin(0, at(10));
        assert_eq!(size(&set), (1, 1));
        set.begin(1, at(10));
        assert_eq!(size(&set), (0, 0));
        assert!(set.are_of(1) && !set.are_of(0));
    }
}
