use super::*;
use der::{Decode, asn1::OctetString};
use proptest::prelude::*;
use std::io::Cursor;

fn reader(octets: &[u8], rules: Rules) -> Reader<&[u8]> {
    Reader::new(octets, "element", rules)
}

/// The one element of `octets` as DER, or the offset and reason of the refusal.
fn element(octets: &[u8], rules: Rules) -> core::result::Result<Vec<u8>, (u64, &'static str)> {
    let mut reader = reader(octets, rules);
    let read = reader.header().and_then(|header| {
        // The walk looks at everything inside; under `Rules::Der` an element is taken whole.
        if rules == Rules::Der && header.is_constructed() {
            walk(&mut reader, &header)?;
            reader.finish()?;
            return Ok(octets.to_vec());
        }
        let element = reader.element(&header, 1 << 20)?;
        reader.finish()?;
        Ok(element)
    });
    read.map_err(|error| match error {
        Error::Encoding { offset, reason, .. } => (offset, reason),
        Error::TooLarge { .. } => (0, "too large"),
        other => panic!("{other}"),
    })
}

fn walk(reader: &mut Reader<&[u8]>, header: &Header) -> Result<()> {
    if !header.is_constructed() {
        let Length::Definite(length) = header.length else {
            unreachable!("refused by header()")
        };
        return reader.pass(length, &mut |_| Ok(()));
    }
    reader.enter(header)?;
    while reader.has_more()? {
        let inner = reader.header()?;
        walk(reader, &inner)?;
    }
    reader.leave()
}

#[test]
fn indefinite_lengths_and_strings_in_pieces_become_der() {
    let ber = [
        0x30, 0x80, // SEQUENCE
        0x24, 0x80, 0x04, 0x02, 1, 2, 0x24, 0x03, 0x04, 0x01, 3, 0x04, 0x00, 0, 0, // pieces
        0x02, 0x82, 0, 1, 5, // INTEGER under a long length
        0, 0,
    ];
    let der = [0x30, 0x08, 0x04, 3, 1, 2, 3, 0x02, 1, 5];
    assert_eq!(element(&ber, Rules::Ber), Ok(der.to_vec()));
    assert_eq!(element(&ber, Rules::Der), Err((0, "an indefinite length")));
}

#[test]
fn what_is_der_is_not_called_ber() {
    let der = [0x30, 0x08, 0x04, 3, 1, 2, 3, 0x02, 1, 5];
    let mut reader = reader(&der, Rules::Ber);
    let header = reader.header().unwrap();
    assert_eq!(reader.element(&header, 10).unwrap(), der);
    assert!(!reader.met_ber());
}

#[test]
fn each_deviation_from_der_is_refused_where_it_stands() {
    for (octets, offset, reason) in [
        (
            &[0x30, 2, 0x04, 0x80][..],
            2,
            "a primitive element of indefinite length",
        ),
        (
            &[0x30, 0x81, 0x02, 0x04, 0x00],
            1,
            "a length in more octets than it needs",
        ),
        (
            &[0x30, 0x82, 0x00, 0x80],
            1,
            "a length in more octets than it needs",
        ),
        (
            &[0x30, 3, 0x04, 2, 0],
            2,
            "longer than the element around it",
        ),
        (&[0x30, 1, 0x04], 3, "longer than the element around it"),
        (
            &[0x30, 2, 0x1f, 0x20],
            2,
            "a tag of several octets, which no message has",
        ),
        (
            &[0x30, 2, 0, 0],
            2,
            "an end of contents where nothing is open",
        ),
        (&[0x30, 0xff], 1, "a length that is reserved"),
        (
            &[0x30, 0x89, 1, 0, 0, 0, 0, 0, 0, 0, 0],
            1,
            "a length of more than 64 bits",
        ),
        (&[0x30, 0, 7], 2, "octets behind the end"),
        (
            &[0x30, 3, 0x04, 1],
            4,
            "the input ends here, and should not",
        ),
    ] {
        assert_eq!(
            element(octets, Rules::Der),
            Err((offset, reason)),
            "{octets:02x?}"
        );
    }
}

#[test]
fn a_length_beyond_what_the_input_could_have_is_refused_without_reserving() {
    let huge = [
        0x04, 0x88, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1,
    ];
    let mut all = reader(&huge, Rules::Der);
    let header = all.header().unwrap();
    assert!(matches!(
        all.element(&header, 1 << 20),
        Err(Error::TooLarge {
            limit: 0x10_0000,
            ..
        })
    ));
    let beyond = [0x04, 0x88, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff];
    assert!(reader(&beyond, Rules::Ber).header().is_err());
}

#[test]
fn levels_and_octets_are_bounded() {
    let mut deep = Vec::new();
    for _ in 0..MAX_DEPTH + 1 {
        deep.extend([0x30, 0x80]);
    }
    let mut all = reader(&deep, Rules::Ber);
    let header = all.header().unwrap();
    assert!(matches!(
        all.element(&header, 1 << 20),
        Err(Error::TooLarge { unit: "levels", .. })
    ));
    let pieces = [0x24, 0x80, 0x04, 2, 1, 2, 0x04, 2, 3, 4, 0, 0];
    let mut all = reader(&pieces, Rules::Ber);
    let header = all.header().unwrap();
    assert!(matches!(
        all.element(&header, 5),
        Err(Error::TooLarge { limit: 5, .. })
    ));
}

#[test]
fn an_element_that_is_left_too_early_is_refused() {
    let mut reader = reader(&[0x30, 2, 0x04, 0], Rules::Der);
    reader.enter_expected(SEQUENCE, "no SEQUENCE").unwrap();
    assert!(reader.leave().is_err());
    let header = reader.expect(OCTET_STRING, "no OCTET STRING").unwrap();
    reader.pass(0, &mut |_| Ok(())).unwrap();
    assert_eq!(header.length, Length::Definite(0));
    reader.leave().unwrap();
    assert!(!reader.finish().unwrap());
}

#[test]
fn what_is_gone_over_is_counted() {
    let mut octets = vec![0x30, 0x84, 0, 0x10, 0, 3, 0x04, 0x83, 0x0f, 0xff, 0xfa];
    octets.resize(octets.len() + 0x0f_fffa, 7);
    octets.extend([0x05, 0]);
    for ahead in [false, true] {
        let mut reader = Reader::new(Cursor::new(&octets), "element", Rules::Ber);
        reader.enter_expected(SEQUENCE, "no SEQUENCE").unwrap();
        let string = reader.expect(OCTET_STRING, "no OCTET STRING").unwrap();
        assert_eq!(string.length, Length::Definite(0x0f_fffa));
        if ahead {
            reader.pass(100_000, &mut |_| Ok(())).unwrap();
            reader.skip(0x0f_fffa - 100_000).unwrap();
        } else {
            reader.skip(0x0f_fffa).unwrap();
        }
        assert_eq!(reader.header().unwrap().offset, octets.len() as u64 - 2);
    }
}

proptest! {
    #[test]
    fn headers_are_those_of_der(length in prop_oneof![0..70_000_u32, any::<u32>().prop_map(|l| l >> 4)]) {
        let mut ours = Vec::new();
        write_header(&mut ours, OCTET_STRING, length.into());
        let theirs = der::Header::new(der::Tag::OctetString, der::Length::new(length));
        prop_assert_eq!(&ours, &der::Encode::to_der(&theirs).unwrap());
        prop_assert_eq!(
            element_length(length.into()),
            Some(ours.len() as u64 + u64::from(length))
        );
    }

    #[test]
    fn headers_of_64_bits_are_read_back(length in any::<u64>(), shift in 0..64) {
        let length = length >> shift;
        let mut octets = Vec::new();
        write_header(&mut octets, SEQUENCE, length);
        match reader(&octets, Rules::Der).header() {
            Ok(header) => prop_assert_eq!(header.length, Length::Definite(length)),
            // The end is not countable.
            Err(_) => prop_assert!(length.checked_add(octets.len() as u64).is_none()),
        }
    }

    #[test]
    fn strict_reading_agrees_with_der(octets in proptest::collection::vec(
        prop_oneof![Just(0x30_u8), Just(0x04), Just(0x24), Just(0x80), 0..6_u8, any::<u8>()], 0..24,
    )) {
        let theirs = OctetString::from_der(&octets).is_ok();
        let ours = reader(&octets, Rules::Der);
        let ours = { let mut ours = ours; (|| -> Result<()> {
            let header = ours.expect(OCTET_STRING, "no OCTET STRING")?;
            ours.string(&header, OCTET_STRING, &mut |_| Ok(()))?;
            ours.finish().map(drop)
        })().is_ok() };
        prop_assert_eq!(ours, theirs, "{:02x?}", octets);
        // No answer is asked, only that there is one.
        let _ = element(&octets, Rules::Ber);
    }

    #[test]
    fn ber_made_der_stays_as_it_is(octets in proptest::collection::vec(
        prop_oneof![Just(0x30_u8), Just(0x04), Just(0x24), Just(0x80), Just(0), 0..6_u8], 0..24,
    )) {
        if let Ok(der) = element(&octets, Rules::Ber) {
            // What is broken inside is as it came, but for its own header.
            let inside = &der[2..];
            let as_it_came = inside.is_empty() || octets.windows(inside.len()).any(|part| part == inside);
            prop_assert!(as_it_came || element(&der, Rules::Der) == Ok(der.clone()));
            prop_assert_eq!(element(&der, Rules::Ber), Ok(der));
        }
    }
}

#[test]
fn what_is_broken_inside_an_element_is_kept_and_what_is_ber_is_not() {
    // SEQUENCE { SEQUENCE that is longer than it, … }
    let broken = [0x30, 4, 0x30, 9, 1, 2];
    assert_eq!(element(&broken, Rules::Ber), Ok(broken.to_vec()));
    // An indefinite length leaves no other way than to read what is inside.
    let open = [0x30, 0x80, 0x30, 9, 1, 2, 0, 0];
    assert!(element(&open, Rules::Ber).is_err());
    let ber = [0x30, 6, 0x30, 0x80, 5, 0, 0, 0];
    assert_eq!(element(&ber, Rules::Ber), Ok(vec![0x30, 4, 0x30, 2, 5, 0]));
}
