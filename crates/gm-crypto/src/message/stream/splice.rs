//! Puts a content of any length into a message that was made without one.

use super::outline::Kind;
use crate::{
    Error, Result,
    message::ber::{
        CONSTRUCTED, Length, OCTET_STRING, Reader, Rules, SEQUENCE, element_length, explicit,
        implicit, write_header,
    },
};
use alloc::vec::Vec;

/// What is written before the content, and behind it.
pub(super) struct Halves {
    pub(super) head: Vec<u8>,
    pub(super) tail: Vec<u8>,
}

/// An element around the content.
struct Around {
    tag: u8,
    /// Where its header begins and its contents begin and end.
    offset: usize,
    start: usize,
    end: usize,
}

/// A message in DER without content, and the place where the content belongs.
pub(super) struct Splice<'a> {
    der: &'a [u8],
    kind: Kind,
    /// From outside to inside.
    around: Vec<Around>,
    place: usize,
}

impl<'a> Splice<'a> {
    /// Finds the place in a message that this crate has written.
    pub(super) fn find(der: &'a [u8], kind: Kind) -> Result<Self> {
        let mut reader = Reader::new(der, kind.name(), Rules::Der);
        let mut around = Vec::new();
        let mut enter = |reader: &mut Reader<&[u8]>, tag| -> Result<()> {
            let header = reader.expect(tag, "another element was expected here")?;
            let Length::Definite(length) = header.length else {
                unreachable!("DER")
            };
            let start = reader.offset();
            let place = |offset| usize::try_from(offset).expect("the message is in memory");
            around.push(Around {
                tag,
                offset: place(header.offset),
                start: place(start),
                end: place(start + length),
            });
            reader.enter(&header)
        };
        let over = |reader: &mut Reader<&[u8]>, count| -> Result<()> {
            for _ in 0..count {
                let header = reader.header()?;
                reader.element(&header, der.len())?;
            }
            Ok(())
        };
        enter(&mut reader, SEQUENCE)?;
        over(&mut reader, 1)?;
        enter(&mut reader, explicit(0))?;
        enter(&mut reader, SEQUENCE)?;
        over(
            &mut reader,
            if kind == Kind::SignedAndEnveloped {
                3
            } else {
                2
            },
        )?;
        enter(&mut reader, SEQUENCE)?;
        over(&mut reader, if kind == Kind::Signed { 1 } else { 2 })?;
        let place = usize::try_from(reader.offset()).expect("the message is in memory");
        Ok(Self {
            der,
            kind,
            around,
            place,
        })
    }

    /// The halves around a content of so many octets, all lengths exact: DER.
    pub(super) fn definite(&self, content: u64) -> Result<Halves> {
        let mut lengths = Vec::with_capacity(self.around.len());
        // What is put in, with its headers.
        let inserted = || -> Option<u64> {
            let mut inserted = element_length(content)?;
            if self.kind == Kind::Signed {
                inserted = element_length(inserted)?;
            }
            for around in self.around.iter().rev() {
                let before = (around.end - around.start) as u64;
                let header = (around.start - around.offset) as u64;
                let length = before.checked_add(inserted)?;
                lengths.push(length);
                inserted = element_length(length)?.checked_sub(before + header)?;
            }
            Some(())?;
            Some(inserted)
        };
        let mut inserted = inserted;
        inserted().ok_or(Error::TooLarge {
            what: self.kind.name(),
            limit: u64::MAX,
            unit: "octets",
        })?;
        let mut head = Vec::new();
        for (around, next, length) in self.pairs(lengths.into_iter().rev()) {
            write_header(&mut head, around.tag, length);
            head.extend_from_slice(&self.der[around.start..next]);
        }
        if self.kind == Kind::Signed {
            let inner = element_length(content).expect("counted above");
            write_header(&mut head, explicit(0), inner);
            write_header(&mut head, OCTET_STRING, content);
        } else {
            write_header(&mut head, implicit(0), content);
        }
        Ok(Halves {
            head,
            tail: self.der[self.place..].to_vec(),
        })
    }

    /// The halves around a content of unknown length in pieces, each of which is an OCTET
    /// STRING: BER.
    pub(super) fn indefinite(&self) -> Halves {
        const INDEFINITE: u8 = 0x80;
        const END: [u8; 2] = [0, 0];
        let mut head = Vec::new();
        for (around, next, ()) in self.pairs(core::iter::repeat(())) {
            head.extend([around.tag, INDEFINITE]);
            head.extend_from_slice(&self.der[around.start..next]);
        }
        let mut tail = END.to_vec();
        if self.kind == Kind::Signed {
            head.extend([explicit(0), INDEFINITE]);
            head.extend([OCTET_STRING | CONSTRUCTED, INDEFINITE]);
            tail.extend(END);
        } else {
            head.extend([explicit(0), INDEFINITE]);
        }
        let mut from = self.place;
        for around in self.around.iter().rev() {
            tail.extend_from_slice(&self.der[from..around.end]);
            tail.extend(END);
            from = around.end;
        }
        Halves { head, tail }
    }

    /// Each element around the content with where the next one begins inside it.
    fn pairs<T>(&self, with: impl Iterator<Item = T>) -> impl Iterator<Item = (&Around, usize, T)> {
        let next = self.around.iter().skip(1).map(|around| around.offset);
        let next = next.chain([self.place]);
        self.around
            .iter()
            .zip(next)
            .zip(with)
            .map(|((around, next), with)| (around, next, with))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::{
        Deviation, Dialect, Partner,
        stream::{outline::MessageReader, skeleton},
    };
    use std::io::{self, Read, Seek, SeekFrom};

    /// A message around zeros that take no memory.
    struct Sparse {
        halves: Halves,
        zeros: u64,
        position: u64,
    }

    impl Read for Sparse {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let head = self.halves.head.len() as u64;
            let count = if self.position < head {
                let from = usize::try_from(self.position).unwrap();
                (&self.halves.head[from..]).read(buffer)?
            } else if let Some(behind) = self.position.checked_sub(head + self.zeros) {
                let from = usize::try_from(behind).unwrap();
                (&self.halves.tail[from..]).read(buffer)?
            } else {
                io::repeat(0)
                    .take(head + self.zeros - self.position)
                    .read(buffer)?
            };
            self.position += count as u64;
            Ok(count)
        }
    }

    impl Seek for Sparse {
        fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
            self.position = match to {
                SeekFrom::Start(position) => position,
                SeekFrom::Current(offset) => self.position.strict_add_signed(offset),
                SeekFrom::End(_) => unreachable!("nobody asks"),
            };
            Ok(self.position)
        }
    }

    fn empty() -> Vec<u8> {
        let carried = skeleton::Carried::default();
        skeleton::signed(&Partner::default(), &carried, Vec::new()).unwrap()
    }

    #[test]
    fn lengths_are_exact_whatever_the_content() {
        let der = empty();
        let splice = Splice::find(&der, Kind::Signed).unwrap();
        let near = |power: u32| {
            let there = 1_u64 << power;
            (there.saturating_sub(80)..=there).chain([there + 1])
        };
        let lengths = [7, 8, 16, 24, 28, 32, 40, 56, 62]
            .into_iter()
            .flat_map(near);
        for zeros in lengths {
            let halves = splice.definite(zeros).unwrap();
            let input = Sparse {
                halves,
                zeros,
                position: 0,
            };
            let mut reader = MessageReader::open(input, Kind::Signed, Dialect::Strict).unwrap();
            assert_eq!(reader.definite_length(), Some(zeros));
            reader.skip_content().unwrap();
            let (outline, forgiven) = reader.close().unwrap();
            assert_eq!(outline.to_signed(), der);
            assert_eq!(forgiven.into_deviations(), []);
        }
        for beyond in [u64::MAX, u64::MAX - 20] {
            let refused = splice.definite(beyond);
            assert!(matches!(refused, Err(Error::TooLarge { .. })));
        }
    }

    #[test]
    fn lengths_that_are_not_said_end_where_they_should() {
        let der = empty();
        let halves = Splice::find(&der, Kind::Signed).unwrap().indefinite();
        let message = [&halves.head[..], &[4, 1, 7, 4, 0, 4, 1, 8], &halves.tail].concat();
        let mut reader = MessageReader::open(&message[..], Kind::Signed, Dialect::Field).unwrap();
        let mut content = Vec::new();
        let length = reader.read_content(&mut |octets| {
            content.extend_from_slice(octets);
            Ok(())
        });
        assert_eq!((length.unwrap(), content), (2, [7, 8].to_vec()));
        let (outline, forgiven) = reader.close().unwrap();
        assert_eq!(outline.to_signed(), der);
        assert_eq!(forgiven.into_deviations(), [Deviation::Ber]);
    }
}
