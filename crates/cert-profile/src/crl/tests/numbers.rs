//! CRL numbers: what there is and what there is not.

use super::super::CrlNumber;
use proptest::prelude::*;

fn greatest() -> CrlNumber {
    let mut octets = [0xff; 20];
    octets[0] = 0x7f;
    CrlNumber::from_be_bytes(&octets).unwrap()
}

#[test]
fn the_greatest_has_twenty_octets() {
    // 2^159 - 1.
    let digits = "730750818665451459101842416358141509827966271487";
    assert_eq!(greatest().to_string(), digits);
    assert_eq!(digits.parse::<CrlNumber>().unwrap(), greatest());
    assert_eq!(greatest().next(), None);
    assert!(CrlNumber::from_be_bytes(&[0x80; 20]).is_err());
    assert!(CrlNumber::from_be_bytes(&[1; 21]).is_err());
    let zeros = [&[0; 30][..], &[0x7f]].concat();
    assert_eq!(CrlNumber::from_be_bytes(&zeros).unwrap(), 127.into());
    for bad in [
        "730750818665451459101842416358141509827966271488",
        "9999999999999999999999999999999999999999999999999999",
        "",
        "-1",
        "+1",
        "0x10",
        "1 ",
    ] {
        assert!(bad.parse::<CrlNumber>().is_err(), "{bad}");
    }
}

#[test]
fn zero_is_a_number() {
    let zero = CrlNumber::from_be_bytes(&[]).unwrap();
    assert_eq!(zero, 0.into());
    assert_eq!(zero.as_be_bytes(), [0]);
    assert_eq!(zero.to_string(), "0");
    assert_eq!(zero.next(), Some(1.into()));
}

proptest! {
    #[test]
    fn numbers_count_compare_and_read_as_numbers_do(one: u64, other: u64) {
        let (a, b) = (CrlNumber::from(one), CrlNumber::from(other));
        prop_assert_eq!(a.cmp(&b), one.cmp(&other));
        prop_assert_eq!(a.to_string(), one.to_string());
        prop_assert_eq!(one.to_string().parse::<CrlNumber>().unwrap(), a);
        prop_assert_eq!(CrlNumber::from_be_bytes(a.as_be_bytes()).unwrap(), a);
        if let Some(next) = one.checked_add(1) {
            prop_assert_eq!(a.next(), Some(next.into()));
        }
    }

    #[test]
    fn long_numbers_come_back(octets: [u8; 19]) {
        let number = CrlNumber::from_be_bytes(&octets).unwrap();
        prop_assert_eq!(number.to_string().parse::<CrlNumber>().unwrap(), number);
        let carried = number.next().unwrap();
        prop_assert!(number < carried);
    }
}
