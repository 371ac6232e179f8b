//! The mathematics of SM2 in safe Rust, over `low` and under the public modules.
//!
//! What has no suffix takes secrets: no branch and no address depends on a value.
//! What ends in `_vartime` takes public data only.

pub(crate) mod field;
pub(crate) mod inverse;
pub(crate) mod limbs;
pub(crate) mod multiply;
pub(crate) mod point;
pub(crate) mod scalar;
pub(crate) mod table;
