//! A key that many signatures are checked with.

use crate::{
    Error, Result,
    low::field::on_this_machine,
    mid::{multiply::Prepared, scalar::Scalar},
    self_test::ready,
};
use core::fmt;
use signature::Verifier;

use super::{DerSignature, VerifyingKey};

/// How much memory a [`PreparedVerifyingKey`] may take for its tables.
///
/// More memory makes a verification faster and the preparation slower. A table that does not
/// stay in the cache of the processor is slower than a smaller one that does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum TableSize {
    /// 2 KiB.
    Small,
    /// 52 KiB.
    #[default]
    Medium,
    /// 148 KiB.
    Large,
}

/// A [`VerifyingKey`] with tables of multiples of its point: for the key of an authority,
/// which signs what many relying parties check.
///
/// ```
/// # use getrandom::SysRng;
/// # use gm_crypto::sm2::{PreparedVerifyingKey, SecretKey, SigningKey, TableSize, UserId};
/// use signature::Verifier;
/// # let secret = SecretKey::generate(&mut SysRng)?;
/// # let signer = SigningKey::new(secret, UserId::default());
/// # let signature = signer.sign_hedged(&mut SysRng, b"octets")?;
/// let key = PreparedVerifyingKey::new(signer.verifying_key(), TableSize::Small);
/// assert_eq!(key.table_size(), 2 * 1024);
/// key.verify(b"octets", &signature)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct PreparedVerifyingKey {
    key: VerifyingKey,
    tables: Prepared,
}

impl PreparedVerifyingKey {
    /// Makes the tables. For the large ones that takes as long as some twenty verifications.
    pub fn new(key: &VerifyingKey, size: TableSize) -> Self {
        let point = key.public_key().point();
        let tables = on_this_machine!(m => match size {
            TableSize::Small => Prepared::quarters(m, point),
            TableSize::Medium => Prepared::comb(m, point, 5),
            TableSize::Large => Prepared::comb(m, point, 7),
        });
        Self {
            key: key.clone(),
            tables,
        }
    }

    /// The key without its tables.
    pub fn verifying_key(&self) -> &VerifyingKey {
        &self.key
    }

    /// Octets of the tables.
    pub fn table_size(&self) -> usize {
        self.tables.size()
    }

    /// Checks a signature as [`VerifyingKey::verify_digest`] does.
    ///
    /// # Errors
    /// [`Error::Crypto`] when the signature does not fit.
    pub fn verify_digest(&self, e: &[u8; 32], signature: &DerSignature) -> Result<()> {
        ready()?;
        let (r, s, t) = signature.r_s_t()?;
        let x = r.sub(&Scalar::reduce(e));
        let fits = on_this_machine!(m => {
            self.tables
                .double_multiply_vartime(m, &s, &t, self.key.public_key().point())
                .x_is_congruent_vartime(m, &x)
        });
        if fits { Ok(()) } else { Err(Error::Crypto) }
    }
}

impl Verifier<DerSignature> for PreparedVerifyingKey {
    fn verify(&self, message: &[u8], signature: &DerSignature) -> signature::Result<()> {
        self.verify_digest(&self.key.za().digest(message), signature)
            .map_err(|_| signature::Error::new())
    }
}

impl fmt::Debug for PreparedVerifyingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PreparedVerifyingKey")
            .field("key", &self.key)
            .field("table_size", &self.table_size())
            .finish()
    }
}
