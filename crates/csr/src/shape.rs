//! What a request is made of, walked over before anything is decoded: who counts first can
//! refuse before there is work.

use crate::{Error, Limits, Work};

/// Octets of an OBJECT IDENTIFIER: what the crate `const-oid` holds.
const MAX_OID: usize = 39;

/// What an element is, by the place where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    Request,
    Info,
    Subject,
    Rdn,
    Key,
    Attributes,
    Attribute,
    Values,
    Other,
}

/// An element, seen from what holds it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Element<'a> {
    /// Tag, length and content.
    pub(crate) octets: &'a [u8],
    pub(crate) role: Role,
    /// What holds it; [`Role::Other`] for the request itself.
    pub(crate) parent: Role,
    /// Its place in what holds it, from 0.
    pub(crate) index: usize,
}

/// Where the walk met what is not DER.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) offset: usize,
    pub(crate) reason: &'static str,
}

impl From<Fault> for Error {
    fn from(fault: Fault) -> Self {
        Self::Malformed {
            source: gm_crypto::Error::Encoding {
                what: "CertificationRequest",
                offset: fault.offset as u64,
                reason: fault.reason,
            },
        }
    }
}

/// Holds a request against `limits`. What is no DER is given back, for the decoder has better
/// words for most of it; the decoder does not look into values that nobody asked for.
pub(crate) fn measure(
    octets: &[u8],
    limits: &Limits,
    work: &mut Work,
) -> Result<Option<Fault>, Error> {
    let [mut rdns, mut attributes, mut values, mut most_values] = [0; 4];
    let [mut subject, mut longest, mut longest_oid] = [0; 3];
    let fault = walk(octets, limits.depth, |element| {
        work.elements += 1;
        if element.octets[0] == OBJECT_IDENTIFIER {
            let content = Header::read(element.octets).map_or(0, |header| header.content);
            longest_oid = longest_oid.max(content);
        }
        match element.parent {
            Role::Rdn => rdns += 1,
            // CFCA's values stand right behind the type.
            Role::Attribute if element.index > 0 && element.role != Role::Values => values += 1,
            Role::Values => values += 1,
            _ => {}
        }
        match element.role {
            Role::Subject => subject = element.octets.len(),
            Role::Attribute => {
                attributes += 1;
                values = 0;
                longest = longest.max(element.octets.len());
            }
            _ => {}
        }
        most_values = most_values.max(values);
    })?;
    let over = |found, limit| (found > limit).then_some((found, limit));
    if let Some((found, limit)) = over(subject, limits.subject_bytes) {
        return Err(Error::SubjectTooLong { found, limit });
    }
    if let Some((found, limit)) = over(rdns, limits.rdns) {
        return Err(Error::TooManyRdns { found, limit });
    }
    if let Some((found, limit)) = over(attributes, limits.attributes) {
        return Err(Error::TooManyAttributes { found, limit });
    }
    if let Some((found, limit)) = over(longest, limits.attribute_bytes) {
        return Err(Error::AttributeTooLong { found, limit });
    }
    if let Some((found, limit)) = over(most_values, limits.values) {
        return Err(Error::TooManyValues { found, limit });
    }
    // Of what is no DER, nothing is sure to be an identifier.
    if let (None, Some((found, limit))) = (fault, over(longest_oid, MAX_OID)) {
        return Err(Error::HugeOid { found, limit });
    }
    Ok(fault)
}

/// What holds the elements that come.
struct Frame {
    end: usize,
    role: Role,
    children: usize,
}

/// Shows each element to `visit`, what holds others before what it holds; stops where it
/// meets what is not DER. One step for each element, and no recursion.
pub(crate) fn walk<'a>(
    octets: &'a [u8],
    depth: usize,
    mut visit: impl FnMut(Element<'a>),
) -> Result<Option<Fault>, Error> {
    let mut frames: Vec<Frame> = Vec::new();
    let mut at = 0;
    loop {
        while frames.last().is_some_and(|frame| frame.end == at) {
            frames.pop();
        }
        if frames.is_empty() && at > 0 {
            return Ok(None);
        }
        let end = frames.last().map_or(octets.len(), |frame| frame.end);
        let header = match Header::read(&octets[at..end]) {
            Ok(header) => header,
            Err(reason) => return Ok(Some(Fault { offset: at, reason })),
        };
        let content = at + header.length;
        let behind = content + header.content;
        let (parent, index) = match frames.last_mut() {
            Some(frame) => {
                frame.children += 1;
                (frame.role, frame.children - 1)
            }
            None => (Role::Other, 0),
        };
        let role = if frames.is_empty() {
            Role::Request
        } else {
            role(parent, index, header.tag)
        };
        visit(Element {
            octets: &octets[at..behind],
            role,
            parent,
            index,
        });
        at = content;
        if header.tag & CONSTRUCTED == 0 {
            at = behind;
        } else if frames.len() == depth {
            return Err(Error::TooDeep { limit: depth });
        } else {
            frames.push(Frame {
                end: behind,
                role,
                children: 0,
            });
        }
    }
}

/// RFC 2986, clause 4.
fn role(parent: Role, index: usize, tag: u8) -> Role {
    match (parent, index, tag) {
        (Role::Request, 0, SEQUENCE) => Role::Info,
        (Role::Info, 1, SEQUENCE) => Role::Subject,
        (Role::Info, 2, SEQUENCE) => Role::Key,
        (Role::Info, 3, CONTEXT_0) => Role::Attributes,
        (Role::Subject, _, SET) => Role::Rdn,
        (Role::Attributes, _, SEQUENCE) => Role::Attribute,
        (Role::Attribute, 1, SET) => Role::Values,
        _ => Role::Other,
    }
}

const CONSTRUCTED: u8 = 0x20;
const UNIVERSAL_CLASS: u8 = 0xC0;
const NUMBER: u8 = 0x1F;
pub(crate) const OBJECT_IDENTIFIER: u8 = 0x06;
pub(crate) const SEQUENCE: u8 = 0x30;
const SET: u8 = 0x31;
const CONTEXT_0: u8 = 0xA0;

/// Identifier and length octets (X.690, 8.1.2 and 10.1).
pub(crate) struct Header {
    /// The first identifier octet.
    pub(crate) tag: u8,
    /// Octets of the header itself.
    pub(crate) length: usize,
    /// Octets of the content, all of them there.
    pub(crate) content: usize,
}

impl Header {
    pub(crate) fn read(octets: &[u8]) -> Result<Self, &'static str> {
        const CUT: &str = "the element is cut off";
        let tag = *octets.first().ok_or(CUT)?;
        let mut at = 1;
        if tag & NUMBER == NUMBER {
            // Tag numbers of 31 and more, seven bits an octet.
            let more = octets[1..].iter().take(4);
            at += 1 + more.take_while(|octet| **octet & 0x80 != 0).count();
        } else if tag & UNIVERSAL_CLASS == 0 {
            let holds_others = matches!(tag & NUMBER, 0x10 | 0x11);
            if holds_others != (tag & CONSTRUCTED != 0) {
                return Err("SEQUENCE and SET alone are constructed (X.690, 10.2)");
            }
        }
        let first = *octets.get(at).ok_or(CUT)?;
        at += 1;
        let content = match first {
            0..=0x7F => usize::from(first),
            0x80 => return Err("the length is indefinite (X.690, 10.1)"),
            _ => {
                let count = usize::from(first & 0x7F);
                let length = octets.get(at..at + count).ok_or(CUT)?;
                if count > 4 || length[0] == 0 {
                    return Err("the length is not in the fewest octets (X.690, 10.1)");
                }
                at += count;
                let content = length
                    .iter()
                    .fold(0, |sum, octet| sum << 8 | usize::from(*octet));
                if content < 0x80 {
                    return Err("the length is not in the fewest octets (X.690, 10.1)");
                }
                content
            }
        };
        match at.checked_add(content) {
            Some(end) if end <= octets.len() => Ok(Self {
                tag,
                length: at,
                content,
            }),
            _ => Err("the element is longer than what holds it"),
        }
    }
}

#[cfg(test)]
mod tests;
