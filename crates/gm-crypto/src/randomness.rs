//! Tests of random octets: whether a source still lives.
//!
//! | test | of | says |
//! |---|---|---|
//! | [`HealthTest`], [`HealthChecked`] | the raw samples of a noise source, all of them | GM/T 0105-2021, 5.5 and annex D; SP 800-90B, 4.4 |
//! | [`poker`], [`SingleUse`] | random octets right before they are used | GM/T 0005-2021, single use |
//!
//! Neither tells good randomness from a counter under a block cipher: they find sources
//! that are stuck, cut off or badly biased.
//!
//! ```
//! use getrandom::SysRng;
//! use gm_crypto::{randomness::{HealthChecked, SingleUse}, sm2::SecretKey};
//!
//! let mut source = SingleUse::new(HealthChecked::start(SysRng)?);
//! let key = SecretKey::generate(&mut source)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod health;
mod single_use;

pub use health::{HealthChecked, HealthTest};
pub use single_use::{Poker, SingleUse, poker};

use rand_core::TryRng;
use zeroize::Zeroizing;

/// Why a source gives nothing more, or not this time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Unhealthy<E> {
    /// The source itself failed.
    #[error("the random source failed: {0}")]
    Source(E),
    /// One sample came too often in a row.
    #[error("the noise source repeats itself")]
    RepetitionCount,
    /// One sample came too often among 512.
    #[error("the noise source gives one value too often")]
    AdaptiveProportion,
    /// The random octets failed the poker test of GM/T 0005, each time they were drawn.
    #[error("random octets fail the poker test of GM/T 0005")]
    Poker,
}

/// The octets of an integer, tested like all others on their way and wiped.
fn draw<const N: usize, R: TryRng>(source: &mut R) -> Result<Zeroizing<[u8; N]>, R::Error> {
    let mut octets = Zeroizing::new([0; N]);
    source.try_fill_bytes(octets.as_mut_slice())?;
    Ok(octets)
}
