//! Which bodies run.

use crate::low;
use core::fmt;

/// The body that each routine runs with on this processor: for reports of benchmarks and for
/// tests that must know what they tested.
///
/// The names are for people and may change.
///
/// ```
/// let paths = gm_crypto::Paths::current();
/// assert_eq!(paths.sm2 == "portable", paths.to_string().contains("sm2=portable"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Paths {
    /// Field, scalars, points and tables of SM2.
    pub sm2: &'static str,
    /// SM3 of one message.
    pub sm3: &'static str,
    /// SM3 of eight messages at once.
    pub sm3_lanes: &'static str,
    /// SM4's blocks.
    pub sm4: &'static str,
    /// The hash of GCM.
    pub ghash: &'static str,
}

impl Paths {
    /// What runs now. Debug builds read `GM_CRYPTO_DISABLE` and `GM_CRYPTO_FORCE` once.
    pub fn current() -> Self {
        Self {
            sm2: low::field::path(),
            sm3: low::sm3::path(),
            sm3_lanes: low::sm3::lanes_path(),
            sm4: low::sm4::path(),
            ghash: low::ghash::path(),
        }
    }
}

impl fmt::Display for Paths {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            sm2,
            sm3,
            sm3_lanes,
            sm4,
            ghash,
        } = self;
        write!(
            f,
            "sm2={sm2} sm3={sm3} sm3-lanes={sm3_lanes} sm4={sm4} ghash={ghash}"
        )
    }
}
