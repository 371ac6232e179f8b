//! How octets of unforeseen length go back to a C caller: a buffer, and an integer that says
//! how long it is and then how much of it was used.
//!
//! GM/T 0018 calls some of these integers out, some in and out. Here each says how much room
//! there is; without a buffer it only asks how much is needed.

use crate::library::Call;
use zeroize::Zeroizing;

/// The room that a caller has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Room {
    /// None: how much is needed?
    Asked,
    /// This many octets.
    Octets(usize),
}

impl Room {
    /// Whether `length` octets fit; none need no room.
    pub(crate) fn fits(self, length: usize) -> bool {
        match self {
            Self::Asked => length == 0,
            Self::Octets(room) => length <= room,
        }
    }
}

/// What comes back.
#[derive(Debug)]
pub(crate) enum Reply {
    /// The octets needed; nothing was done, and the call can be made again.
    Needs(usize),
    /// The octets.
    Octets(Zeroizing<Vec<u8>>),
}

impl Reply {
    /// The octets, or how many they are where they don't fit. For what can be made again.
    pub(crate) fn fitting(octets: impl Into<Zeroizing<Vec<u8>>>, room: Room) -> Self {
        let octets = octets.into();
        if room.fits(octets.len()) {
            Self::Octets(octets)
        } else {
            Self::Needs(octets.len())
        }
    }

    /// The reply, with the fault that this call is to have.
    pub(crate) fn distorted(mut self, call: &Call) -> Self {
        if let Self::Octets(octets) = &mut self {
            call.distort(octets);
        }
        self
    }
}
