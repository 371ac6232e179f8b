//! Where the outbox delivers: folders, and programs of somebody else.
//!
//! Delivery is at least once. What was handed over and not noted, because the process died in
//! between, is handed over again, under the same name and with the same octets: receivers tell
//! by these that they have it. What could not be handed over is tried again by the next
//! [`Engine::settle`](crate::Engine::settle) or [`Engine::tick`](crate::Engine::tick).

mod command;
mod folder;

pub use command::{CommandNotifier, CommandPublisher, DeliveryCommand};
pub use folder::{FolderNotifier, FolderPublisher};

use crate::{Error, Publication, ports::Publisher};
use std::io;

/// Publishes to one place and then to another; what the second did not take, the first is given
/// again, too.
#[derive(Clone, Debug)]
pub struct BothPublishers<A, B>(A, B);

impl<A: Publisher, B: Publisher> BothPublishers<A, B> {
    /// Publishes to `first`, then to `second`.
    pub fn new(first: A, second: B) -> Self {
        Self(first, second)
    }
}

impl<A: Publisher, B: Publisher> Publisher for BothPublishers<A, B> {
    fn publish(&self, item: &Publication) -> io::Result<()> {
        self.0.publish(item)?;
        self.1.publish(item)
    }

    fn publish_all(&self, items: &[Publication]) -> Result<(), Error> {
        self.0.publish_all(items)?;
        self.1.publish_all(items)
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests;
