use super::*;
use der::{Decode, Reader, SliceReader};
use proptest::prelude::*;

/// Header and content as the crate `der` reads them.
fn theirs(octets: &[u8]) -> der::Result<(usize, usize)> {
    let mut reader = SliceReader::new(octets)?;
    let header = der::Header::decode(&mut reader)?;
    let length = usize::try_from(reader.position())?;
    reader.read_slice(header.length())?;
    Ok((length, usize::try_from(header.length())?))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]

    #[test]
    fn what_the_decoder_takes_is_measured_alike(
        tag in any::<u8>(),
        length in prop::collection::vec(any::<u8>(), 1..6),
        rest in 0usize..400,
    ) {
        let octets = [&[tag], &length[..], &vec![0; rest]].concat();
        let ours = Header::read(&octets).map(|header| (header.length, header.content));
        match theirs(&octets) {
            Ok(theirs) => prop_assert_eq!(ours, Ok(theirs)),
            Err(error) => prop_assert!(
                ours.is_err()
                    || tag & NUMBER == NUMBER
                    || matches!(error.kind(), der::ErrorKind::TagUnknown { .. }),
                "{} {:x?}", error, octets,
            ),
        }
    }

    #[test]
    fn elements_stand_in_each_other_and_one_behind_the_other(
        octets in prop::collection::vec(prop_oneof![
            Just(0x30u8), Just(0x31), Just(0x05), Just(0x00), Just(0x02), 0u8..8, any::<u8>(),
        ], 0..64),
    ) {
        let mut seen = 0;
        let mut ends = Vec::new();
        let base = octets.as_ptr().addr();
        let _ = walk(&octets, 16, |element| {
            let start = element.octets.as_ptr().addr() - base;
            let end = start + element.octets.len();
            // What has ended ended before; what has not holds this one.
            ends.retain(|outer| *outer > start);
            assert!(ends.iter().all(|outer| end <= *outer));
            ends.push(end);
            seen += 1;
        });
        prop_assert!(seen <= octets.len() / 2 + 1);
    }
}

#[test]
fn an_empty_input_is_cut_off() {
    let fault = walk(&[], 16, |_| panic!("there is no element")).unwrap();
    assert_eq!(
        fault,
        Some(Fault {
            offset: 0,
            reason: "the element is cut off"
        })
    );
}
