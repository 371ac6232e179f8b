//! GHASH (NIST SP 800-38D, 6.4), the authenticator of GCM.
//!
//! Blocks are taken as numbers with the first octet highest. There GHASH's product is
//! [`dot`](super::generic::ghash::dot) of RFC 8452 with the key times x once
//! (its appendix A), which needs no reversal of bits and reduces by half as much.

#[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
use super::{
    cpu::{HavePclmul, HaveVpclmul},
    x86_64::{ghash_pclmul, ghash_vpclmul},
};
use super::{generic, sm4::Block};
use zeroize::Zeroize;

/// Powers of the key that are kept: so many blocks share one reduction.
pub(crate) const POWERS: usize = 16;

#[derive(Clone, Copy)]
enum Body {
    Portable,
    #[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
    Pclmul(HavePclmul),
    #[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
    Vpclmul(HaveVpclmul, HavePclmul),
}

impl Body {
    #[inline]
    fn best() -> Self {
        #[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
        if let Some(narrow) = HavePclmul::check() {
            return match HaveVpclmul::check() {
                Some(wide) => Self::Vpclmul(wide, narrow),
                None => Self::Pclmul(narrow),
            };
        }
        Self::Portable
    }
}

/// The body that new keys use: `portable`, `pclmul`, `vpclmul`.
pub(crate) fn path() -> &'static str {
    match Body::best() {
        Body::Portable => "portable",
        #[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
        Body::Pclmul(_) => "pclmul",
        #[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
        Body::Vpclmul(..) => "vpclmul",
    }
}

/// GHASH's key with its powers, the highest first. Wiped when dropped.
#[derive(Clone)]
pub(crate) struct GhashKey {
    powers: [u128; POWERS],
    body: Body,
}

impl Drop for GhashKey {
    fn drop(&mut self) {
        self.powers.zeroize();
    }
}

impl GhashKey {
    /// From H, the encrypted zero block.
    pub(crate) fn new(h: &Block) -> Self {
        let number = u128::from_be_bytes(*h);
        // Times x; without a branch on what falls off.
        let carry = 0_u128.wrapping_sub(number >> 127);
        let key = number << 1 ^ carry & 0xc200_0000_0000_0000_0000_0000_0000_0001;
        // Filled where it stands, so that no copy is left behind.
        #[allow(unused_mut, reason = "the portable body wants the key alone")]
        let mut keys = Self {
            powers: [key; POWERS],
            body: Body::best(),
        };
        #[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
        if let Body::Pclmul(token) | Body::Vpclmul(_, token) = keys.body {
            for index in (0..POWERS - 1).rev() {
                keys.powers[index] = ghash_pclmul::dot(token, keys.powers[index + 1], key);
            }
        }
        keys
    }

    /// GHASH of nothing: what sums begin with.
    pub(crate) const START: u128 = 0;

    /// `sum` after `blocks`.
    #[must_use]
    pub(crate) fn update(&self, sum: u128, blocks: &[Block]) -> u128 {
        match self.body {
            Body::Portable => blocks.iter().fold(sum, |sum, block| {
                let sum = sum ^ u128::from_be_bytes(*block);
                generic::ghash::dot(sum, self.powers[POWERS - 1])
            }),
            #[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
            Body::Pclmul(token) => ghash_pclmul::update(token, &self.powers, sum, blocks),
            #[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
            Body::Vpclmul(token, narrow) => {
                ghash_vpclmul::update(token, narrow, &self.powers, sum, blocks)
            }
        }
    }

    /// `sum` after `octets` and as many zeros as fill the last block.
    #[must_use]
    pub(crate) fn update_padded(&self, sum: u128, octets: &[u8]) -> u128 {
        let (blocks, rest) = octets.as_chunks();
        let sum = self.update(sum, blocks);
        if rest.is_empty() {
            return sum;
        }
        let mut block = [0; 16];
        block[..rest.len()].copy_from_slice(rest);
        self.update(sum, &[block])
    }
}
