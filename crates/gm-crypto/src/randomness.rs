//! Tests of random octets: health of a raw source, and the single-use test of GM/T 0005.
