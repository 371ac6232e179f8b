//! What the aggregates are at the end of the log, kept in memory: most commands are about what
//! an earlier one was about, and none of them reads a history twice.

use crate::{
    Entry, Error, Event, Head, PersonId, Store, StreamId, authority, case, certificate, cessation,
    erasure, key, organisation, ports::SubjectKeys, proceeding, roster, token,
};
use der::DateTime;
use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    sync::Arc,
};

/// Aggregates of one kind that a generation holds before the next begins: some ten thousand
/// cases of a few thousand octets each.
const GENERATION: usize = 10_000;

/// An aggregate as its history made it.
#[derive(Debug)]
pub(super) struct Known<S> {
    pub(super) state: Option<Arc<S>>,
    pub(super) version: u64,
    /// When its first event happened.
    pub(super) begun: Option<DateTime>,
}

impl<S> Clone for Known<S> {
    fn clone(&self) -> Self {
        Self {
            state: self.state.clone(),
            ..*self
        }
    }
}

impl<S> Default for Known<S> {
    fn default() -> Self {
        Self {
            state: None,
            version: 0,
            begun: None,
        }
    }
}

impl<S: Aggregate> Known<S> {
    /// After one more entry of its history.
    pub(super) fn after(self, entry: &Entry) -> Self {
        let state = self.state.map(Arc::unwrap_or_clone);
        Self {
            state: S::after(&entry.stream, state, entry).map(Arc::new),
            version: entry.version,
            begun: self.begun.or(Some(entry.at)),
        }
    }
}

/// A kind of aggregate: how a history makes its state, and where that is kept.
pub(super) trait Aggregate: Clone {
    fn after(stream: &StreamId, state: Option<Self>, entry: &Entry) -> Option<Self>;
    fn shelf(shelves: &mut Shelves) -> &mut Shelf<Self>;

    /// Whom a history of this kind is about, if what is personal in it has a key.
    fn subject<'a>(_: &'a StreamId, _: Option<&'a Self>, _: &'a Event) -> Option<&'a PersonId> {
        None
    }
}

/// Streams of one kind with their states, those that were asked for lately and those before.
#[derive(Debug)]
pub(super) struct Shelf<S> {
    young: HashMap<StreamId, Known<S>>,
    old: HashMap<StreamId, Known<S>>,
}

impl<S> Default for Shelf<S> {
    fn default() -> Self {
        Self {
            young: HashMap::new(),
            old: HashMap::new(),
        }
    }
}

impl<S> Shelf<S> {
    fn get(&mut self, stream: &StreamId) -> Option<Known<S>> {
        if let Some((stream, known)) = self.old.remove_entry(stream) {
            self.young.insert(stream, known);
        }
        self.young.get(stream).cloned()
    }

    fn put(&mut self, stream: StreamId, known: Known<S>) {
        self.old.remove(&stream);
        self.young.insert(stream, known);
    }

    fn take(&mut self, stream: &StreamId) -> Option<Known<S>> {
        self.young
            .remove(stream)
            .or_else(|| self.old.remove(stream))
    }

    fn let_go(&mut self, stream: &StreamId) {
        self.old.remove(stream);
        self.young.remove(stream);
    }

    fn turn(&mut self) {
        if self.young.len() > GENERATION {
            self.old = std::mem::take(&mut self.young);
        }
    }

    fn take_in(&mut self, newer: Self) {
        for (stream, known) in newer.young {
            self.put(stream, known);
        }
    }
}

/// One shelf for each kind of aggregate.
#[derive(Debug, Default)]
pub(super) struct Shelves {
    cases: Shelf<case::State>,
    authorities: Shelf<authority::State>,
    certificates: Shelf<certificate::State>,
    persons: Shelf<roster::State>,
    organisations: Shelf<organisation::State>,
    tokens: Shelf<token::State>,
    cessations: Shelf<cessation::State>,
    keys: Shelf<key::State>,
    erasures: Shelf<erasure::State>,
    proceedings: Shelf<proceeding::State>,
}

impl Shelves {
    pub(super) fn get<S: Aggregate>(&mut self, stream: &StreamId) -> Option<Known<S>> {
        S::shelf(self).get(stream)
    }

    /// What is kept of it, for whoever puts it back changed.
    pub(super) fn take<S: Aggregate>(&mut self, stream: &StreamId) -> Option<Known<S>> {
        S::shelf(self).take(stream)
    }

    pub(super) fn put<S: Aggregate>(&mut self, stream: StreamId, known: Known<S>) {
        S::shelf(self).put(stream, known);
    }
}

/// The aggregates at one head of the log.
#[derive(Debug)]
pub(super) struct View {
    head: Cell<Head>,
    /// How often somebody else was found to have moved the head.
    overtaken: Cell<u64>,
    shelves: RefCell<Shelves>,
    subjects: Arc<dyn SubjectKeys>,
}

impl View {
    /// Nothing is known yet.
    pub(super) fn new(subjects: Arc<dyn SubjectKeys>) -> Self {
        Self {
            head: Cell::new(Head::EMPTY),
            overtaken: Cell::new(0),
            shelves: RefCell::default(),
            subjects,
        }
    }

    /// The keys that what is personal is opened with.
    pub(super) fn keys(&self) -> &dyn SubjectKeys {
        &*self.subjects
    }

    /// Forgets what histories with personal values said.
    pub(super) fn let_go<'a>(&self, streams: impl Iterator<Item = &'a StreamId>) {
        let mut shelves = self.shelves.borrow_mut();
        for stream in streams {
            shelves.cases.let_go(stream);
            shelves.persons.let_go(stream);
        }
    }

    /// The head that it is of.
    pub(super) fn head(&self) -> Head {
        self.head.get()
    }

    /// Stands at the store's head from now on; asked when all that is kept here is in the store,
    /// too. Whoever else writes to the store moves that: then
    /// nothing that is kept here can be believed.
    pub(super) fn catch_up(&self, store: &dyn Store) -> Result<Head, Error> {
        let head = store.head()?;
        if self.head.replace(head) != head {
            self.shelves.take();
            self.overtaken.set(self.overtaken.get() + 1);
        }
        self.turn();
        Ok(head)
    }

    /// How often it had to let go of everything: what was said before the last time may not be
    /// so any more.
    pub(super) fn overtaken(&self) -> u64 {
        self.overtaken.get()
    }

    /// An aggregate, if it is known without asking the store.
    pub(super) fn kept<S: Aggregate>(&self, stream: &StreamId) -> Option<Known<S>> {
        self.shelves.borrow_mut().get(stream)
    }

    /// An aggregate as it is at the head.
    pub(super) fn known<S: Aggregate>(
        &self,
        store: &dyn Store,
        stream: &StreamId,
    ) -> Result<Known<S>, Error> {
        if let Some(known) = self.kept(stream) {
            return Ok(known);
        }
        let mut known = Known::default();
        for record in store.stream(stream)? {
            known = known.after(&record.open(self.keys())?);
        }
        self.shelves.borrow_mut().put(stream.clone(), known.clone());
        Ok(known)
    }

    /// Moves on to `head` by a step that changed these.
    pub(super) fn go_on(&self, head: Head, changed: Shelves) {
        self.head.set(head);
        let mut shelves = self.shelves.borrow_mut();
        shelves.cases.take_in(changed.cases);
        shelves.authorities.take_in(changed.authorities);
        shelves.certificates.take_in(changed.certificates);
        shelves.persons.take_in(changed.persons);
        shelves.organisations.take_in(changed.organisations);
        shelves.tokens.take_in(changed.tokens);
        shelves.cessations.take_in(changed.cessations);
        shelves.keys.take_in(changed.keys);
        shelves.erasures.take_in(changed.erasures);
        shelves.proceedings.take_in(changed.proceedings);
    }

    /// Lets go of what nobody asked for lately.
    fn turn(&self) {
        let mut shelves = self.shelves.borrow_mut();
        shelves.cases.turn();
        shelves.authorities.turn();
        shelves.certificates.turn();
        shelves.persons.turn();
        shelves.organisations.turn();
        shelves.tokens.turn();
        shelves.cessations.turn();
        shelves.keys.turn();
        shelves.erasures.turn();
        shelves.proceedings.turn();
    }
}

impl Aggregate for case::State {
    fn after(_: &StreamId, state: Option<Self>, entry: &Entry) -> Option<Self> {
        match &entry.event {
            Event::Case(event) => case::evolve(state, &entry.actor, entry.at, event),
            _ => state,
        }
    }

    fn shelf(shelves: &mut Shelves) -> &mut Shelf<Self> {
        &mut shelves.cases
    }

    fn subject<'a>(
        _: &'a StreamId,
        state: Option<&'a Self>,
        event: &'a Event,
    ) -> Option<&'a PersonId> {
        match (state, event) {
            (Some(state), _) => Some(&state.opening.holder),
            (None, Event::Case(case::Event::Opened { opening, .. })) => Some(&opening.holder),
            _ => None,
        }
    }
}

impl Aggregate for authority::State {
    fn after(stream: &StreamId, state: Option<Self>, entry: &Entry) -> Option<Self> {
        match (stream, &entry.event) {
            (StreamId::Authority(id), Event::Authority(event)) => {
                authority::evolve(id, state, &entry.actor, event)
            }
            _ => state,
        }
    }

    fn shelf(shelves: &mut Shelves) -> &mut Shelf<Self> {
        &mut shelves.authorities
    }
}

impl Aggregate for certificate::State {
    fn after(_: &StreamId, state: Option<Self>, entry: &Entry) -> Option<Self> {
        match &entry.event {
            Event::Certificate(event) => certificate::evolve(state, &entry.actor, event),
            _ => state,
        }
    }

    fn shelf(shelves: &mut Shelves) -> &mut Shelf<Self> {
        &mut shelves.certificates
    }
}

impl Aggregate for roster::State {
    fn after(_: &StreamId, state: Option<Self>, entry: &Entry) -> Option<Self> {
        match &entry.event {
            Event::Person(event) => roster::evolve(state, &entry.actor, event, entry.at),
            _ => state,
        }
    }

    fn shelf(shelves: &mut Shelves) -> &mut Shelf<Self> {
        &mut shelves.persons
    }

    fn subject<'a>(
        stream: &'a StreamId,
        _: Option<&'a Self>,
        _: &'a Event,
    ) -> Option<&'a PersonId> {
        match stream {
            StreamId::Person(person) => Some(person),
            _ => None,
        }
    }
}

impl Aggregate for organisation::State {
    fn after(_: &StreamId, state: Option<Self>, entry: &Entry) -> Option<Self> {
        match &entry.event {
            Event::Organisation(event) => {
                organisation::evolve(state, &entry.actor, event, entry.at)
            }
            _ => state,
        }
    }

    fn shelf(shelves: &mut Shelves) -> &mut Shelf<Self> {
        &mut shelves.organisations
    }
}

impl Aggregate for token::State {
    fn after(_: &StreamId, state: Option<Self>, entry: &Entry) -> Option<Self> {
        match &entry.event {
            Event::Token(event) => token::evolve(state, event),
            _ => state,
        }
    }

    fn shelf(shelves: &mut Shelves) -> &mut Shelf<Self> {
        &mut shelves.tokens
    }
}

impl Aggregate for cessation::State {
    fn after(_: &StreamId, state: Option<Self>, entry: &Entry) -> Option<Self> {
        match &entry.event {
            Event::Cessation(event) => cessation::evolve(state, &entry.actor, event),
            _ => state,
        }
    }

    fn shelf(shelves: &mut Shelves) -> &mut Shelf<Self> {
        &mut shelves.cessations
    }
}

impl Aggregate for key::State {
    fn after(_: &StreamId, state: Option<Self>, entry: &Entry) -> Option<Self> {
        match &entry.event {
            Event::Key(event) => key::evolve(state, &entry.actor, event),
            _ => state,
        }
    }

    fn shelf(shelves: &mut Shelves) -> &mut Shelf<Self> {
        &mut shelves.keys
    }
}

impl Aggregate for erasure::State {
    fn after(_: &StreamId, state: Option<Self>, entry: &Entry) -> Option<Self> {
        match &entry.event {
            Event::Erasure(event) => erasure::evolve(state, event),
            _ => state,
        }
    }

    fn shelf(shelves: &mut Shelves) -> &mut Shelf<Self> {
        &mut shelves.erasures
    }
}

impl Aggregate for proceeding::State {
    fn after(_: &StreamId, state: Option<Self>, entry: &Entry) -> Option<Self> {
        match &entry.event {
            Event::Proceeding(event) => proceeding::evolve(state, &entry.actor, event),
            _ => state,
        }
    }

    fn shelf(shelves: &mut Shelves) -> &mut Shelf<Self> {
        &mut shelves.proceedings
    }
}
