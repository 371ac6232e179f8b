//! How octets of unforeseen length go back to a C caller: a buffer, and an integer that says
//! how long it is and then how much of it was used.
//!
//! GM/T 0018 calls some of these integers out, some in and out; GM/T 0016 has them all in and
//! out. Here each says how much room there is; without a buffer it only asks how much is
//! needed.

use crate::Fault;
use zeroize::Zeroizing;

/// The room that a caller has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "there is room or there is none")]
pub enum Room {
    /// None: how much is needed?
    Asked,
    /// This many octets.
    Octets(usize),
}

impl Room {
    /// Whether `length` octets fit. Without a buffer not even none do: who asks wants
    /// nothing done.
    pub fn fits(self, length: usize) -> bool {
        matches!(self, Self::Octets(room) if length <= room)
    }
}

/// What comes back.
#[derive(Debug)]
#[expect(clippy::exhaustive_enums, reason = "a reply is one or the other")]
pub enum Reply {
    /// The octets needed; nothing was done, and the call can be made again.
    Needs(usize),
    /// The octets.
    Octets(Zeroizing<Vec<u8>>),
}

impl Reply {
    /// The octets, or how many they are where they don't fit. For what can be made again.
    pub fn fitting(octets: impl Into<Zeroizing<Vec<u8>>>, room: Room) -> Self {
        let octets = octets.into();
        if room.fits(octets.len()) {
            Self::Octets(octets)
        } else {
            Self::Needs(octets.len())
        }
    }

    /// The reply, with the fault that the call is to have.
    #[must_use]
    pub fn distorted(mut self, fault: Option<Fault>) -> Self {
        if let (Self::Octets(octets), Some(fault)) = (&mut self, fault) {
            fault.distort(octets);
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn octets_that_find_no_room_are_counted() {
        let needs = |reply| match reply {
            Reply::Needs(count) => Some(count),
            Reply::Octets(_) => None,
        };
        assert_eq!(needs(Reply::fitting(vec![1; 3], Room::Asked)), Some(3));
        assert_eq!(needs(Reply::fitting(vec![1; 3], Room::Octets(2))), Some(3));
        assert_eq!(needs(Reply::fitting(vec![1; 3], Room::Octets(3))), None);
        assert_eq!(needs(Reply::fitting(vec![], Room::Asked)), Some(0));
        assert_eq!(needs(Reply::fitting(vec![], Room::Octets(0))), None);
    }
}
