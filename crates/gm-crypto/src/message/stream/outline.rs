//! A message without its content: what is left is small, and read in memory.
//!
//! While the content goes by, everything around it is kept. Put together again without
//! the content it is a detached message, which the readers in memory understand: there is
//! one code for signers, recipients and deviations.

use crate::{
    Error, Result,
    message::{
        Deviation, Dialect,
        ber::{
            self, CONSTRUCTED, Header, Length, OBJECT_IDENTIFIER, OCTET_STRING, Reader, Rules,
            SEQUENCE, SET, explicit, implicit, write_header,
        },
        dialect::Forgiven,
    },
    pki::oid,
};
use alloc::vec::Vec;
use der::{Decode, Encode, asn1::ObjectIdentifier};
use std::io::{Read, Seek};

/// Octets around the content: certificates, lists of revoked certificates, signers and
/// recipients together.
pub(super) const MAX_OUTLINE: usize = 4 << 20;

/// Which message it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Signed,
    Enveloped,
    SignedAndEnveloped,
}

impl Kind {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Signed => "SignedData",
            Self::Enveloped => "EnvelopedData",
            Self::SignedAndEnveloped => "SignedAndEnvelopedData",
        }
    }

    /// Its content types, GM/T 0010's first.
    pub(super) const fn types(self) -> [ObjectIdentifier; 2] {
        match self {
            Self::Signed => [oid::SIGNED_DATA, oid::PKCS7_SIGNED_DATA],
            Self::Enveloped => [oid::ENVELOPED_DATA, oid::PKCS7_ENVELOPED_DATA],
            Self::SignedAndEnveloped => [
                oid::SIGNED_AND_ENVELOPED_DATA,
                oid::PKCS7_SIGNED_AND_ENVELOPED_DATA,
            ],
        }
    }

    /// Tags of what stands between the version and the content's SEQUENCE.
    const fn front(self) -> &'static [u8] {
        match self {
            Self::Signed | Self::Enveloped => &[SET],
            Self::SignedAndEnveloped => &[SET, SET],
        }
    }
}

/// What stands around the content, in DER.
#[derive(Debug, Default)]
pub(super) struct Outline {
    /// The version and the sets in front of the content.
    pub(super) front: Vec<Vec<u8>>,
    /// The content's type, and the algorithm where it is encrypted.
    pub(super) before: Vec<Vec<u8>>,
    /// Certificates, lists, signers.
    rest: Vec<u8>,
}

impl Outline {
    /// Its signers and what is carried with them, as detached `SignedData`: that is what
    /// they are in `SignedAndEnvelopedData` too.
    pub(super) fn to_signed(&self) -> Vec<u8> {
        let [version, .., algorithms] = self.front.as_slice() else {
            unreachable!("each kind has a version and a set")
        };
        let content = wrap(SEQUENCE, &[&self.before[0]]);
        let message = wrap(SEQUENCE, &[version, algorithms, &content, &self.rest]);
        let message = wrap(explicit(0), &[&message]);
        let content_type = oid::SIGNED_DATA
            .to_der()
            .expect("an identifier has an encoding");
        wrap(SEQUENCE, &[&content_type, &message])
    }
}

pub(super) fn wrap(tag: u8, contents: &[&[u8]]) -> Vec<u8> {
    let contents = contents.concat();
    let mut element = Vec::with_capacity(contents.len() + 10);
    write_header(&mut element, tag, contents.len() as u64);
    element.extend_from_slice(&contents);
    element
}

/// Reads a message: what is in front, then the content, then the rest.
pub(super) struct MessageReader<R> {
    reader: Reader<R>,
    kind: Kind,
    pub(super) outline: Outline,
    left: usize,
    /// What was forgiven so far.
    pub(super) forgiven: Forgiven,
    /// The header of the content; none where there is none.
    content: Option<Header>,
}

impl<R: Read> MessageReader<R> {
    /// Reads up to the content.
    pub(super) fn open(input: R, kind: Kind, dialect: Dialect) -> Result<Self> {
        let rules = match dialect {
            Dialect::Field => Rules::Ber,
            Dialect::Strict => Rules::Der,
        };
        let mut this = Self {
            reader: Reader::new(input, kind.name(), rules),
            kind,
            outline: Outline::default(),
            left: MAX_OUTLINE,
            forgiven: Forgiven::new(dialect),
            content: None,
        };
        this.front()?;
        Ok(this)
    }

    pub(super) fn kind(&self) -> Kind {
        self.kind
    }

    fn front(&mut self) -> Result<()> {
        self.reader.enter_expected(SEQUENCE, "no ContentInfo")?;
        let content_type = self.element(OBJECT_IDENTIFIER, "no content type")?;
        let oid = ObjectIdentifier::from_der(&content_type)
            .map_err(Error::malformed(self.kind.name()))?;
        let types = self.kind.types();
        if oid != types[0] {
            if oid != types[1] {
                return Err(Error::Unsupported {
                    what: self.kind.name(),
                    oid,
                });
            }
            self.forgive(Deviation::ContentTypeOfRfc5652)?;
        }
        self.reader.enter_expected(explicit(0), "no content")?;
        self.reader.enter_expected(SEQUENCE, "no SEQUENCE")?;
        let version = self.element(ber::INTEGER, "no version")?;
        self.outline.front.push(version);
        for tag in self.kind.front() {
            let set = self.element(*tag, "no SET of algorithms or recipients")?;
            self.outline.front.push(set);
        }
        self.reader
            .enter_expected(SEQUENCE, "no SEQUENCE of the content")?;
        let content_type = self.element(OBJECT_IDENTIFIER, "no type of the content")?;
        self.outline.before.push(content_type);
        if self.kind != Kind::Signed {
            let algorithm = self.element(SEQUENCE, "no algorithm of the content")?;
            self.outline.before.push(algorithm);
        }
        self.content = self.content_header()?;
        Ok(())
    }

    fn content_header(&mut self) -> Result<Option<Header>> {
        if self.kind == Kind::Signed {
            if !self.reader.has_more()? {
                return Ok(None);
            }
            self.reader.enter_expected(explicit(0), "no content")?;
            let header = self.reader.header()?;
            if header.tag & !CONSTRUCTED != OCTET_STRING {
                // What crate `der` does not know is read nowhere: X.690, 8.6 to 8.23 say
                // which types of one octet are constructed.
                if der::Tag::from_der(&[header.tag]).is_err() {
                    let reason = "the content has a tag that is none";
                    return Err(self.reader.wrong(header.offset, reason));
                }
                self.forgive(Deviation::ContentNotOctetString)?;
            }
            return Ok(Some(header));
        }
        match self.reader.next_tag()? {
            Some(tag) if tag & !CONSTRUCTED == implicit(0) => Ok(Some(self.reader.header()?)),
            _ => Ok(None),
        }
    }

    /// Octets of the content, where its header says so.
    pub(super) fn definite_length(&self) -> Option<u64> {
        match self.content?.length {
            Length::Definite(length) if !self.in_pieces() => Some(length),
            _ => None,
        }
    }

    fn in_pieces(&self) -> bool {
        self.content.is_some_and(|header| match self.kind {
            Kind::Signed => header.tag == OCTET_STRING | CONSTRUCTED,
            _ => header.tag & CONSTRUCTED != 0,
        })
    }

    fn content(&self) -> Result<Header> {
        self.content.ok_or(Error::Invalid {
            what: self.kind.name(),
            reason: "is detached, its content stands elsewhere",
        })
    }

    /// Reads the content, giving it to `sink` as it comes; the number of its octets.
    pub(super) fn read_content(
        &mut self,
        sink: &mut dyn FnMut(&mut [u8]) -> Result<()>,
    ) -> Result<u64> {
        let header = self.content()?;
        let mut length = 0;
        let mut count = |octets: &mut [u8]| {
            length += octets.len() as u64;
            sink(octets)
        };
        match header.length {
            _ if self.in_pieces() => self.reader.string(&header, OCTET_STRING, &mut count)?,
            Length::Definite(length) => self.reader.pass(length, &mut count)?,
            Length::Indefinite => {
                let reason = "content of indefinite length that is no OCTET STRING";
                return Err(self.reader.wrong(header.offset, reason));
            }
        }
        Ok(length)
    }

    /// Reads what is behind the content, to the end of the message.
    pub(super) fn close(mut self) -> Result<(Outline, Forgiven)> {
        if self.kind == Kind::Signed {
            self.reader.leave()?;
        } else {
            // What GM/T 0010 shares beside the content: nobody asks a stream for it.
            for number in [1, 2] {
                if self.reader.next_tag()? == Some(implicit(number)) {
                    let header = self.reader.header()?;
                    self.take(&header)?;
                }
            }
        }
        self.reader.leave()?;
        while self.reader.has_more()? {
            let header = self.reader.header()?;
            if self.kind == Kind::Enveloped {
                return Err(self
                    .reader
                    .wrong(header.offset, "an element more than expected"));
            }
            let mut element = self.take(&header)?;
            self.outline.rest.append(&mut element);
        }
        for _ in 0..3 {
            self.reader.leave()?;
        }
        if self.reader.finish()? {
            self.forgive(Deviation::TrailingOctets)?;
        }
        if self.reader.met_ber() {
            self.forgive(Deviation::Ber)?;
        }
        Ok((self.outline, self.forgiven))
    }

    fn forgive(&mut self, deviation: Deviation) -> Result<()> {
        self.forgiven.forgive(self.kind.name(), deviation)
    }

    fn element(&mut self, tag: u8, reason: &'static str) -> Result<Vec<u8>> {
        let header = self.reader.expect(tag, reason)?;
        self.take(&header)
    }

    fn take(&mut self, header: &Header) -> Result<Vec<u8>> {
        let too_large = || Error::TooLarge {
            what: self.kind.name(),
            limit: MAX_OUTLINE as u64,
            unit: "octets around its content",
        };
        let element = match self.reader.element(header, self.left) {
            Err(Error::TooLarge { unit: "octets", .. }) => return Err(too_large()),
            other => other?,
        };
        // In DER an element may be shorter than it came, and never longer.
        self.left = self.left.saturating_sub(element.len().max(2));
        Ok(element)
    }
}

impl<R: Read + Seek> MessageReader<R> {
    /// Goes over the content without reading it, where that is possible.
    pub(super) fn skip_content(&mut self) -> Result<()> {
        self.content()?;
        match self.definite_length() {
            Some(length) => self.reader.skip(length),
            None => self.read_content(&mut |_| Ok(())).map(drop),
        }
    }
}
