//! SDF and SKF devices: the software device loaded as a vendor's library would be, and
//! libraries that do what none should.

mod child;
mod hostile;
mod hostile_skf;
mod openssl;
mod sdf;
mod skf;
