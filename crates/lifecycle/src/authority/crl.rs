//! The lists that an authority signs: of all that it revoked, of each shard, and what changed
//! since.
//!
//! One run gives all of its lists one number and one thisUpdate, so that a complete list and a
//! delta of one moment have the same number (RFC 5280, 5.2.3), and the shards say together what
//! the list of all certificates says. The number only grows, over all lists of an authority; none
//! of them ever has one twice.

use super::{Active, Command, Context, Event, encode};
use crate::{AuthorityId, CrlPoint, Error, Ground, Octets, Publication, Refusal, octets::seconds};
use cert_profile::{CrlDraft, CrlReader, Issuer, IssuingDistributionPoint, RevokedEntry};
use der::DateTime;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One of an authority's lists: of which certificates, complete or what changed.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct List {
    /// The shard, as its certificates name it; none: all certificates of the authority.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shard: Option<u32>,
    /// Of a delta, the number of the complete list that it changes (RFC 5280, 5.2.4).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base: Option<u64>,
}

impl List {
    /// The complete list of all certificates.
    pub const ALL: Self = Self {
        shard: None,
        base: None,
    };

    /// The complete list of one shard; none: of all certificates.
    pub fn of(shard: Option<u32>) -> Self {
        Self { shard, base: None }
    }

    /// What changed since the complete list of this number.
    #[must_use]
    pub fn delta_to(self, base: u64) -> Self {
        Self {
            base: Some(base),
            ..self
        }
    }

    pub(super) fn is_all(&self) -> bool {
        *self == Self::ALL
    }

    /// What a number is never used for twice, whatever the delta's base.
    fn place(self) -> (Option<u32>, bool) {
        (self.shard, self.base.is_some())
    }

    /// Where it is found: each under its number for whoever asks about the past, the last
    /// under a name that stays.
    fn names(self, id: &AuthorityId, number: u64) -> [String; 2] {
        let folder = match self.shard {
            None => format!("authorities/{id}"),
            Some(shard) => format!("authorities/{id}/shards/{shard}"),
        };
        match self.base {
            None => [format!("{folder}/{number}.crl"), format!("{folder}.crl")],
            Some(_) => [
                format!("{folder}/delta/{number}.crl"),
                format!("{folder}/delta.crl"),
            ],
        }
    }
}

/// A CRL that is about to be signed; as with certificates, its number is never
/// used for other content.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CrlIntent {
    /// Which list.
    #[serde(default, skip_serializing_if = "List::is_all")]
    pub list: List,
    /// cRLNumber.
    pub number: u64,
    /// thisUpdate.
    #[serde(with = "seconds")]
    pub this_update: DateTime,
    /// DER of the `TBSCertList`.
    pub tbs: Octets,
    /// DER of the signature's `AlgorithmIdentifier`.
    pub algorithm: Octets,
}

impl CrlIntent {
    pub(crate) fn attach(&self, signature: &der::asn1::BitString) -> Result<Octets, Error> {
        crate::issuance::attach(&self.tbs, &self.algorithm, signature)
    }
}

/// What lists are made of.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Revoked {
    /// The certificates that are revoked or held, each with its shard, by serial number.
    pub entries: Vec<(RevokedEntry, Option<u32>)>,
    /// What certificates say of where their lists lie.
    pub points: Vec<CrlPoint>,
}

impl Revoked {
    /// These certificates, with these points.
    pub fn new(entries: Vec<(RevokedEntry, Option<u32>)>, points: Vec<CrlPoint>) -> Self {
        Self { entries, points }
    }

    /// What goes into the list of each shard that certificates name, and first into that of all:
    /// everything is looked at once, however many shards there are.
    fn sheets(&self) -> BTreeMap<Option<u32>, Sheet<'_>> {
        let mut sheets = BTreeMap::from([(None, Sheet::default())]);
        for point in &self.points {
            sheets.entry(point.shard).or_default().points.push(point);
        }
        for (entry, shard) in &self.entries {
            let lists = [None].into_iter().chain(shard.map(Some));
            for list in lists {
                if let Some(sheet) = sheets.get_mut(&list) {
                    sheet.entries.push(entry);
                }
            }
        }
        sheets
    }
}

/// What one list is made of.
#[derive(Default)]
struct Sheet<'r> {
    entries: Vec<&'r RevokedEntry>,
    points: Vec<&'r CrlPoint>,
}

impl<'r> Sheet<'r> {
    /// All URLs that its certificates ever named: ways to one list.
    fn urls(&self, of: impl Fn(&'r CrlPoint) -> &'r [String]) -> Vec<&'r str> {
        let mut urls = Vec::new();
        for point in &self.points {
            for url in of(point) {
                if !urls.contains(&&**url) {
                    urls.push(&**url);
                }
            }
        }
        urls
    }

    fn deltas(&self) -> Vec<&'r str> {
        self.urls(|point| &point.deltas)
    }
}

/// The last complete list of a shard, or of all certificates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Complete {
    number: u64,
    crl: Octets,
    /// The last delta to it: it names whatever one before it named.
    delta: Option<Octets>,
}

/// What an authority's lists are at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Lists {
    /// The last complete ones: what deltas change.
    complete: BTreeMap<Option<u32>, Complete>,
    /// The last number of each list; `true` stands for deltas.
    numbers: BTreeMap<(Option<u32>, bool), u64>,
}

impl Active {
    /// What becomes of CRLs, and of what is to be published.
    pub(super) fn apply_crl(&mut self, id: &AuthorityId, event: &Event) {
        match event {
            Event::CrlIntended(intent) if self.may_intend(intent) => {
                self.crl_number = intent.number;
                self.last_update = Some(intent.this_update);
                let numbers = &mut self.lists.numbers;
                numbers.insert(intent.list.place(), intent.number);
                self.crl_intents.push(intent.clone());
            }
            Event::CrlAbandoned { number } => {
                self.crl_intents.retain(|intent| intent.number != *number);
            }
            Event::CrlIssued { list, number, crl } if self.awaits(*list, *number) => {
                let open = |intent: &CrlIntent| intent.list != *list || intent.number != *number;
                self.crl_intents.retain(open);
                if list.base.is_none() {
                    let complete = Complete {
                        number: *number,
                        crl: crl.clone(),
                        delta: None,
                    };
                    self.lists.complete.insert(list.shard, complete);
                } else if let Some(complete) = self.lists.complete.get_mut(&list.shard)
                    && Some(complete.number) == list.base
                {
                    complete.delta = Some(crl.clone());
                }
                for name in list.names(id, *number) {
                    // Of two that wait under one name, the earlier never comes out after the
                    // later, however often all of them are published; places are counted, so
                    // it keeps its own.
                    for earlier in &mut self.unpublished {
                        if earlier.name == name {
                            earlier.octets = crl.clone();
                        }
                    }
                    self.unpublished.push(Publication {
                        name,
                        octets: crl.clone(),
                    });
                }
            }
            _ => {}
        }
    }

    /// Whether a list is the next of its kind: of a new run, or one more of the run that has
    /// the last number.
    fn may_intend(&self, intent: &CrlIntent) -> bool {
        let place = intent.list.place();
        let is_open = |open: &CrlIntent| open.list.place() == place;
        let used = self.lists.numbers.get(&place);
        let in_time = match self.crl_number.cmp(&intent.number) {
            std::cmp::Ordering::Less => self.last_update <= Some(intent.this_update),
            std::cmp::Ordering::Equal => self.last_update == Some(intent.this_update),
            std::cmp::Ordering::Greater => false,
        };
        in_time
            && used.is_none_or(|used| *used < intent.number)
            && !self.crl_intents.iter().any(is_open)
    }

    fn awaits(&self, list: List, number: u64) -> bool {
        let own = |intent: &CrlIntent| intent.list == list && intent.number == number;
        self.crl_intents.iter().any(own)
    }

    /// What is asked for lists, and what became of them; none for what does not fit.
    pub(super) fn decide_crl(
        &self,
        command: &Command,
        context: &Context<'_>,
    ) -> Result<Option<Vec<Event>>, Error> {
        Ok(match command {
            Command::IssueCrl if self.crl_intents.is_empty() => {
                let sheets = context.revoked.sheets();
                let mut lists = Vec::new();
                for (shard, sheet) in &sheets {
                    lists.push(List::of(*shard));
                    lists.extend(self.next_delta(*shard, sheet));
                }
                Some(self.intend(&lists, &sheets, context)?)
            }
            Command::IssueDeltaCrl if self.crl_intents.is_empty() => {
                let sheets = context.revoked.sheets();
                let lists: Vec<_> = sheets
                    .iter()
                    .filter_map(|(shard, sheet)| self.next_delta(*shard, sheet))
                    .collect();
                if lists.is_empty() {
                    return Err(Ground::Missing {
                        what: "a complete list with certificates that say where its delta lies",
                    }
                    .by(super::BASIS));
                }
                Some(self.intend(&lists, &sheets, context)?)
            }
            Command::RecordCrl { list, number, crl } if self.awaits(*list, *number) => {
                Some(vec![Event::CrlIssued {
                    list: *list,
                    number: *number,
                    crl: crl.clone(),
                }])
            }
            Command::RecordCrlUnknownOutcome { number } => {
                let open = self.crl_intents.iter();
                let open = open.filter(|intent| intent.number == *number);
                // A delta begins at what is complete by now.
                let again: Vec<_> = open
                    .filter_map(|intent| match intent.list.base {
                        None => Some(intent.list),
                        Some(_) => self.delta(intent.list.shard),
                    })
                    .collect();
                if again.is_empty() {
                    return Ok(None);
                }
                let mut events = vec![Event::CrlAbandoned { number: *number }];
                events.extend(self.intend(&again, &context.revoked.sheets(), context)?);
                Some(events)
            }
            _ => None,
        })
    }

    /// The delta to the last complete list, where certificates say where it lies.
    fn next_delta(&self, shard: Option<u32>, sheet: &Sheet<'_>) -> Option<List> {
        let wanted = !sheet.deltas().is_empty();
        self.delta(shard).filter(|_| wanted)
    }

    fn delta(&self, shard: Option<u32>) -> Option<List> {
        let complete = self.lists.complete.get(&shard)?;
        Some(List::of(shard).delta_to(complete.number))
    }

    /// The next run: of these lists, with one number.
    fn intend(
        &self,
        lists: &[List],
        sheets: &BTreeMap<Option<u32>, Sheet<'_>>,
        context: &Context<'_>,
    ) -> Result<Vec<Event>, Error> {
        let entries = &context.revoked.entries;
        let later = |(entry, _): &(RevokedEntry, _)| entry.revoked_at() > context.now;
        if self.last_update.is_some_and(|last| context.now < last) || entries.iter().any(later) {
            return Err(Refusal::TimeRunsBackwards.into());
        }
        let issuer = Issuer::from_certificate(&self.certificate)?;
        let nothing = Sheet::default();
        let lists = lists.iter();
        let intents = lists.map(|list| {
            let sheet = sheets.get(&list.shard).unwrap_or(&nothing);
            self.intend_one(*list, sheet, &issuer, context)
                .map(Event::CrlIntended)
        });
        intents.collect()
    }

    fn intend_one(
        &self,
        list: List,
        sheet: &Sheet<'_>,
        issuer: &Issuer,
        context: &Context<'_>,
    ) -> Result<CrlIntent, Error> {
        let number = self.crl_number + 1;
        let next_update =
            DateTime::from_unix_duration(context.now.unix_duration() + context.crl_lifetime)
                .map_err(Error::Damaged)?;
        let mut draft = CrlDraft::new(issuer, number, context.now, next_update);
        let complete = list.base.and(self.lists.complete.get(&list.shard));
        let prepared = if let Some(complete) = complete {
            let base = CrlReader::from_der(&complete.crl)?;
            if let Some(point) = base.distribution_point() {
                draft = draft.distribution_point(point.clone());
            }
            draft = draft.delta_to(complete.number);
            let delta = complete.delta.as_deref();
            let delta = delta.map(CrlReader::from_der).transpose()?;
            let changes = changes(&base, delta.as_ref(), &sheet.entries, context.now)?;
            draft.prepare(changes)?
        } else {
            if list.shard.is_some() {
                let urls = sheet.urls(|point| &point.urls);
                draft = draft.distribution_point(IssuingDistributionPoint::at(urls)?);
            }
            let deltas = sheet.deltas();
            if !deltas.is_empty() {
                draft = draft.freshest(deltas)?;
            }
            draft.prepare(sheet.entries.iter().copied())?
        };
        Ok(CrlIntent {
            list,
            number,
            this_update: context.now,
            tbs: prepared.tbs().to_vec().into(),
            algorithm: encode(prepared.algorithm()),
        })
    }
}

/// What makes a base, and all that a relying party made of it with the deltas to it so far, say
/// what a complete list would say now (RFC 5280, 5.2.4): what the base lacks of `revoked`, and
/// what it or a delta has and is revoked no more. `last` is the last of those deltas. What one
/// delta names the next one names, so it speaks for those before it.
fn changes(
    base: &CrlReader<'_>,
    last: Option<&CrlReader<'_>>,
    revoked: &[&RevokedEntry],
    now: DateTime,
) -> Result<Vec<RevokedEntry>, Error> {
    let mut named = BTreeMap::new();
    for entry in base.entries() {
        let entry = entry?.to_owned()?;
        named.insert(entry.serial().clone(), Some(entry));
    }
    for entry in last.into_iter().flat_map(CrlReader::entries) {
        named.insert(entry?.to_owned()?.serial().clone(), None);
    }
    let mut changes = Vec::new();
    for entry in revoked {
        // Where a delta named it, the base's word is not the last.
        match named.remove(entry.serial()) {
            Some(Some(before)) if before == **entry => {}
            _ => changes.push((*entry).clone()),
        }
    }
    changes.extend(
        named
            .into_keys()
            .map(|serial| RevokedEntry::removed(serial, now)),
    );
    Ok(changes)
}
