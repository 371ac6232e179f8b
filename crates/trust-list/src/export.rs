//! The same list for readers of other formats. The JSON that was signed is the list;
//! these are copies of what it says.
//!
//! | format | for | signature |
//! |---|---|---|
//! | [`etsi_xml`]: ETSI TS 119 612, version 6 | software that reads European lists | detached GM/T 0010 signed data over the file ([`SignaturePlan::prepare`] with [`Form::Detached`](crate::list::Form)); XML signatures have no identifier for SM2 |
//! | [`trust_anchors`]: RFC 5914 | devices and gateways | GM/T 0010 signed data of `id-ct-trustAnchorList` ([`prepare_anchors`]) |
//! | [`page`]: HTML | people | none, which it says |

mod anchors;
mod html;
mod words;
mod xml;

pub use anchors::{prepare_anchors, trust_anchors};
pub use html::{Language, page};
pub use xml::etsi_xml;

#[cfg(doc)]
use crate::list::SignaturePlan;

#[cfg(test)]
mod tests;
