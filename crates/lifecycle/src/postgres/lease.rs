//! A node's lease: for how long its open intents are its own.

use super::link::Link;
use crate::{Error, StoreError, StreamId};
use std::{
    fmt::Write as _,
    time::{Duration, Instant},
};

const RENEW: &str = "INSERT INTO nodes (id, expires)
    VALUES ($1, CURRENT_TIMESTAMP + CAST($2 AS double precision) * INTERVAL '1 second')
    ON CONFLICT (id) DO UPDATE SET expires = excluded.expires";

/// A node that is not in the table is gone as well.
const FORGET: &str = "DELETE FROM nodes WHERE expires < CURRENT_TIMESTAMP - INTERVAL '1 day'";

const RELEASE: &str = "DELETE FROM nodes WHERE id = $1";

/// The oldest of this node's streams and of those of nodes that are gone.
const FOUND: &str = "SELECT unsettled.stream, unsettled.node FROM unsettled
    LEFT JOIN nodes ON nodes.id = unsettled.node
    WHERE unsettled.node = $1 OR nodes.id IS NULL OR nodes.expires <= CURRENT_TIMESTAMP
    ORDER BY unsettled.since, unsettled.turn LIMIT $2";

/// Of two nodes that take one stream over at once, the second waits, and finds the first
/// one's name.
const TAKE_OVER: &str = "UPDATE unsettled SET node = $1
    FROM UNNEST(CAST($2 AS text[]), CAST($3 AS text[])) AS gone (stream, node)
    WHERE unsettled.stream = gone.stream AND unsettled.node = gone.node";

/// One engine's name among those that share a database.
#[derive(Debug)]
pub(super) struct Node {
    /// What it is called, and random digits: two processes are never one node, and a process
    /// that comes back is another one.
    id: String,
    lease: Duration,
    renewed: Option<Instant>,
}

impl Node {
    /// A node that was never there.
    ///
    /// # Errors
    /// [`Error::Random`].
    pub(super) fn new(name: &str, lease: Duration) -> Result<Self, Error> {
        let mut octets = [0; 8];
        getrandom::fill(&mut octets).map_err(Error::Random)?;
        let mut id = format!("{name}#");
        for octet in octets {
            let _ = write!(id, "{octet:02x}");
        }
        Ok(Self {
            id,
            lease,
            renewed: None,
        })
    }

    pub(super) fn id(&self) -> &str {
        &self.id
    }

    /// Renews the lease when a third of it is over. Nothing else does: a node that does nothing
    /// for as long as its lease is one that others may take over from.
    pub(super) fn renew(&mut self, link: &mut Link) -> Result<(), StoreError> {
        let now = Instant::now();
        let is_fresh = |at: Instant| now.duration_since(at) < self.lease / 3;
        if !self.renewed.is_some_and(is_fresh) {
            let seconds = self.lease.as_secs_f64();
            link.execute("renewing a lease", RENEW, &[&self.id, &seconds])?;
            self.renewed = Some(now);
        }
        Ok(())
    }

    /// Takes names away that nobody has had for long.
    pub(super) fn forget_others(link: &mut Link) -> Result<(), StoreError> {
        link.execute("clearing leases", FORGET, &[]).map(drop)
    }

    /// The oldest streams that are this node's to settle, at most `limit`; those of nodes that
    /// are gone are taken over first.
    pub(super) fn streams(
        &mut self,
        link: &mut Link,
        limit: usize,
    ) -> Result<Vec<StreamId>, StoreError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        loop {
            self.renew(link)?;
            let found = link.read(FOUND, &[&self.id, &limit], |row| {
                let stream: String = row.try_get(0)?;
                let node: String = row.try_get(1)?;
                Ok((StreamId::try_from(stream)?, node))
            })?;
            let (own, others): (Vec<_>, Vec<_>) =
                found.into_iter().partition(|(_, node)| *node == self.id);
            if others.is_empty() {
                return Ok(own.into_iter().map(|(stream, _)| stream).collect());
            }
            let (streams, nodes): (Vec<_>, Vec<_>) = others
                .into_iter()
                .map(|(stream, node)| (stream.to_string(), node))
                .unzip();
            // Once more afterwards: another node may have been faster, and the order is that
            // of all of them.
            let parameters: [&(dyn ::postgres::types::ToSql + Sync); 3] =
                [&self.id, &streams, &nodes];
            link.execute("taking streams over", TAKE_OVER, &parameters)?;
        }
    }

    /// Others need not wait for the lease to run out.
    pub(super) fn release(&self, link: &mut Link) {
        link.leave(RELEASE, &[&self.id]);
    }
}
