use super::*;
use crate::{
    pki::certificate::tests::{certificate, extension, tlv},
    sm2::SecretKey,
};
use alloc::{format, vec};
use der::Encode;
use proptest::prelude::*;

const RESIDENT: &str = "110101199001011237";
const CODE: &str = "91440300MA5DDA000Y";

fn lookup(extensions: &[(ObjectIdentifier, Vec<u8>)]) -> Vec<Identity> {
    let key = SecretKey::from_bytes(&[7; 32]).unwrap().public_key();
    let extensions: Vec<_> = extensions
        .iter()
        .map(|(id, value)| extension(*id, value))
        .collect();
    find_identities(&certificate(key, &[], &extensions.concat())).unwrap()
}

fn one(id: ObjectIdentifier, value: &[u8]) -> Identity {
    let [found] = &lookup(&[(id, value.to_vec())])[..] else {
        panic!("one number");
    };
    found.clone()
}

fn own() -> ObjectIdentifier {
    ObjectIdentifier::new_unwrap("1.2.86.11.7.1")
}

#[test]
fn an_identity_code_is_read_in_every_encoding() {
    let text = RESIDENT.as_bytes();
    let bmp: Vec<u8> = RESIDENT.encode_utf16().flat_map(u16::to_be_bytes).collect();
    for (value, encoding) in [
        (
            tlv(0xa0, &[&tlv(0x13, &[text])]),
            IdentityEncoding::Explicit(0),
        ),
        (tlv(0x80, &[text]), IdentityEncoding::Implicit(0)),
        (tlv(0x0c, &[text]), IdentityEncoding::Utf8String),
        (tlv(0x13, &[text]), IdentityEncoding::PrintableString),
        (tlv(0x12, &[text]), IdentityEncoding::NumericString),
        (tlv(0x16, &[text]), IdentityEncoding::Ia5String),
        (tlv(0x1e, &[&bmp]), IdentityEncoding::BmpString),
        (text.to_vec(), IdentityEncoding::Raw),
    ] {
        let found = one(oid::IDENTIFY_CODE, &value);
        assert_eq!(found.reveal(), RESIDENT);
        assert_eq!(found.encoding(), encoding, "{encoding}");
        assert_eq!(found.kind(), IdentityKind::ResidentNumber);
        assert_eq!(found.check(), IdentityCheck::Fits);
        assert_eq!(found.place(), IdentityPlace::Extension(oid::IDENTIFY_CODE));
    }
}

#[test]
fn the_tag_of_the_choice_says_what_the_number_is() {
    for (tag, kind) in [
        (1, IdentityKind::MilitaryOfficerCard),
        (2, IdentityKind::Passport),
        (3, IdentityKind::IdentityCode),
    ] {
        let explicit = tlv(0xa0 | tag, &[&tlv(0x0c, &["军字第1号".as_bytes()])]);
        let implicit = tlv(0x80 | tag, &["军字第1号".as_bytes()]);
        for value in [explicit, implicit] {
            let found = one(oid::IDENTIFY_CODE, &value);
            assert_eq!((found.kind(), found.reveal()), (kind, "军字第1号"));
            assert_eq!(found.encoding().choice(), Some(tag));
            assert_eq!(found.check(), IdentityCheck::None);
        }
    }
}

#[test]
fn every_extension_of_both_editions_is_known() {
    let text = tlv(0x13, &[b"E12345678"]);
    for (id, kind) in [
        (oid::RESIDENT_IDENTITY, IdentityKind::ResidentNumber),
        (oid::PASSPORT, IdentityKind::Passport),
        (oid::INSURANCE_NUMBER, IdentityKind::SocialInsurance),
        (
            oid::IC_REGISTRATION_NUMBER,
            IdentityKind::BusinessRegistration,
        ),
        (oid::ORGANIZATION_CODE, IdentityKind::OrganizationCode),
        (oid::TAXATION_NUMBER, IdentityKind::TaxationNumber),
        (oid::CREDIT_CODE, IdentityKind::CreditCode),
        (oid::CREDIT_CODE_XIPKI, IdentityKind::CreditCode),
        (oid::IDENTIFY_CODE, IdentityKind::IdentityCode),
    ] {
        let found = one(id, &text);
        assert_eq!((found.kind(), found.reveal()), (kind, "E12345678"));
    }
    // A number that its own kind refuses is given, with its check.
    assert_eq!(one(oid::CREDIT_CODE, &text).check(), IdentityCheck::Wrong);
    assert_eq!(
        one(oid::RESIDENT_IDENTITY, &text).check(),
        IdentityCheck::Wrong
    );
}

#[test]
fn a_credit_code_is_found_wherever_it_stands() {
    for id in [
        oid::ORGANIZATION_CODE,
        oid::TAXATION_NUMBER,
        oid::CREDIT_CODE,
        own(),
    ] {
        let found = one(id, &tlv(0x13, &[CODE.as_bytes()]));
        assert_eq!(found.kind(), IdentityKind::CreditCode);
        assert_eq!((found.reveal(), found.check()), (CODE, IdentityCheck::Fits));
    }
    // With a wrong check character: where it belongs, it is one; elsewhere it is any text.
    let wrong = tlv(0x13, &[b"91440300MA5DDA0007"]);
    let found = one(oid::ORGANIZATION_CODE, &wrong);
    assert_eq!(found.kind(), IdentityKind::CreditCode);
    assert_eq!(found.check(), IdentityCheck::Wrong);
    assert!(lookup(&[(own(), wrong)]).is_empty());
}

#[test]
fn the_subject_is_searched_by_check_digit() {
    let attribute = |id: ObjectIdentifier, tag, text: &str| {
        let value = tlv(tag, &[text.as_bytes()]);
        tlv(0x31, &[&tlv(0x30, &[&id.to_der().unwrap(), &value])])
    };
    let name = [
        attribute(oid::ORGANIZATIONAL_UNIT, 0x0c, CODE),
        attribute(oid::ORGANIZATIONAL_UNIT, 0x0c, "测试部门"),
        attribute(oid::SERIAL_NUMBER, 0x12, RESIDENT),
        attribute(oid::SERIAL_NUMBER, 0x13, "110101199001011238"),
        attribute("2.5.4.3".parse().unwrap(), 0x0c, RESIDENT),
    ]
    .concat();
    let key = SecretKey::from_bytes(&[7; 32]).unwrap().public_key();
    let found = find_identities(&certificate(key, &name, &[])).unwrap();
    let alone = find_identities_in_name(&tlv(0x30, &[&name])).unwrap();
    let numbers = |found: &[Identity]| {
        let numbers = found.iter().map(|one| one.reveal().to_owned());
        numbers.collect::<Vec<_>>()
    };
    assert_eq!(numbers(&alone), numbers(&found));
    assert!(find_identities_in_name(&name).is_err());
    let found: Vec<_> = found
        .iter()
        .map(|one| (one.kind(), one.place(), one.reveal(), one.encoding()))
        .collect();
    assert_eq!(
        found,
        [
            (
                IdentityKind::CreditCode,
                IdentityPlace::Subject(oid::ORGANIZATIONAL_UNIT),
                CODE,
                IdentityEncoding::Utf8String,
            ),
            (
                IdentityKind::ResidentNumber,
                IdentityPlace::Subject(oid::SERIAL_NUMBER),
                RESIDENT,
                IdentityEncoding::NumericString,
            ),
        ]
    );
}

#[test]
fn extensions_of_a_vendor_are_read_and_a_caller_can_name_more() {
    let found = one(
        oid::BJCA_IDENTITY,
        &tlv(0x0c, &[b"SF", RESIDENT.as_bytes()]),
    );
    assert_eq!(found.kind(), IdentityKind::ResidentNumber);
    assert_eq!(found.reveal(), RESIDENT);
    let other = ObjectIdentifier::new_unwrap("1.2.156.112562.2.1.1.14");
    let found = one(other, &tlv(0x0c, &[b"998000100131427"]));
    assert_eq!(found.kind(), IdentityKind::VendorCode);

    let text = tlv(0x0c, &[b"A-17"]);
    assert!(lookup(&[(own(), text.clone())]).is_empty());
    let lookup = IdentityLookup::default().with_extension(own(), IdentityKind::Passport);
    let found = lookup.in_extension(own(), &text).unwrap();
    assert_eq!(
        (found.kind(), found.reveal()),
        (IdentityKind::Passport, "A-17")
    );
}

#[test]
fn nobody_sees_a_number_who_does_not_ask_for_it() {
    let found = one(oid::IDENTIFY_CODE, RESIDENT.as_bytes());
    let number = ResidentNumber::parse(RESIDENT).unwrap();
    let code = CreditCode::parse(CODE).unwrap();
    for (shown, whole) in [
        (format!("{found} {found:?} {number} {number:?}"), RESIDENT),
        (format!("{code} {code:?}"), CODE),
    ] {
        assert!(shown.contains("***"));
        for part in 0..=whole.len() - 3 {
            assert!(!shown.contains(&whole[part..part + 3]), "{shown}");
        }
    }
    assert_eq!(format!("{found}"), "resident identity number 11***37");
    let short = one(oid::PASSPORT, &tlv(0x13, &[b"E1234567890"]));
    assert_eq!(format!("{short}"), "passport number ***");
    assert_eq!((number.reveal(), code.reveal()), (RESIDENT, CODE));
}

#[test]
fn check_digits_are_those_of_the_standards() {
    // GB 11643-1999's own examples, and companies' published codes.
    for number in [
        RESIDENT,
        "34052419800101001X",
        "11010519491231002X",
        "11010519491231002x",
    ] {
        assert!(ResidentNumber::parse(number).is_ok());
    }
    for number in [
        "",
        "11010119900101123",
        "110101199001011238",
        "110101199013011230",
        "11010119900101123七",
        "A10101199001011237",
        "1101011990010112377",
    ] {
        assert!(ResidentNumber::parse(number).is_err());
    }
    for code in [CODE, "91110000600037341L"] {
        assert!(CreditCode::parse(code).is_ok(), "{code}");
    }
    for code in [
        "",
        "91440300MA5DDA0007",
        "91440300MA5DDA000y",
        "91440300MA5DDA00OY",
        "9144O300MA5DDA000Y",
        "91440300MA5DDA000",
        "91440300MA5DDA000YY",
        "统一社会信用代码",
    ] {
        assert!(CreditCode::parse(code).is_err(), "{code}");
    }
}

#[test]
fn a_day_of_birth_is_a_day() {
    let with_check = |digits: &str| {
        (b"0123456789X".iter()).any(|last| {
            let number = format!("{digits}{}", char::from(*last));
            ResidentNumber::parse(&number).is_ok()
        })
    };
    for (day, good) in [
        ("19900228", true),
        ("19900229", false),
        ("20000229", true),
        ("19000229", false),
        ("19900431", false),
        ("19901231", true),
        ("19901301", false),
        ("19900100", false),
        ("17991231", false),
    ] {
        assert_eq!(with_check(&format!("110101{day}001")), good, "{day}");
    }
}

#[test]
fn what_is_no_text_is_no_number() {
    for value in [
        &[][..],
        &[5, 0],
        &[0x13, 0],
        &[0x30, 3, 0x13, 1, 0x31],
        &[0x0c, 1, 0xff],
        &[0x13, 2, 0x31, 0],
        &[0xa0, 2, 5, 0],
        &[0x1e, 1, 0x31],
        &[0xff; 18],
    ] {
        assert!(
            lookup(&[(oid::IDENTIFY_CODE, value.to_vec())]).is_empty(),
            "{value:02x?}"
        );
    }
    let long = vec![b'1'; 300];
    assert!(lookup(&[(oid::IDENTIFY_CODE, long)]).is_empty());
}

proptest! {
    #[test]
    fn any_octets_in_an_extension_or_subject_do_no_harm(
        value in prop::collection::vec(any::<u8>(), 0..64),
    ) {
        let lookup = IdentityLookup::default();
        for id in [oid::IDENTIFY_CODE, oid::BJCA_IDENTITY, oid::CREDIT_CODE, own()] {
            let _ = lookup.in_extension(id, &value);
        }
        let _ = in_subject(&value);
        let _ = in_subject(&tlv(0x30, &[&value]));
        let _ = in_subject(&tlv(0x30, &[&tlv(0x31, &[&value])]));
    }

    #[test]
    fn one_changed_character_or_two_exchanged_do_not_pass(at in 0usize..17, by in 1u8..10) {
        let mut digits = RESIDENT.as_bytes().to_vec();
        digits[at] = b'0' + (digits[at] - b'0' + by) % 10;
        let changed = String::from_utf8(digits).unwrap();
        prop_assert!(ResidentNumber::parse(&changed).is_err());

        let mut code = CODE.as_bytes().to_vec();
        code.swap(at, at + 1);
        let exchanged = String::from_utf8(code).unwrap();
        prop_assert_eq!(CreditCode::parse(&exchanged).is_ok(), exchanged == CODE);
    }

    #[test]
    fn the_check_character_is_that_of_the_formula(
        front in "[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{9}",
    ) {
        let alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY";
        // GB 32100-2015, 5.2, with the powers of 3 counted out.
        let sum: u64 = (front.chars().zip(0..))
            .map(|(letter, at)| alphabet.find(letter).unwrap() as u64 * 3u64.pow(at))
            .sum();
        let wanted = usize::try_from((31 - sum % 31) % 31).unwrap();
        for (at, letter) in alphabet.chars().enumerate() {
            let code = format!("{front}{letter}");
            prop_assert_eq!(CreditCode::parse(&code).is_ok(), at == wanted);
        }
    }
}

#[test]
fn what_is_written_is_read_again_in_each_edition() {
    use {IdentityEdition as Edition, IdentityKind as Kind};
    let numbers = [
        (Kind::ResidentNumber, RESIDENT),
        (Kind::MilitaryOfficerCard, "\u{519b}123456"),
        (Kind::Passport, "E12345678"),
        (Kind::SocialInsurance, "123456"),
        (Kind::BusinessRegistration, "440301103097413"),
        (Kind::OrganizationCode, "D2143569-X"),
        (Kind::TaxationNumber, "440301103097413"),
        (Kind::CreditCode, CODE),
    ];
    let without = [
        (Kind::CreditCode, Edition::Of2012),
        (Kind::MilitaryOfficerCard, Edition::Of2023),
    ];
    for edition in [Edition::Of2012, Edition::Of2023] {
        for tagging in [IdentityTagging::Explicit, IdentityTagging::Implicit] {
            for (kind, value) in numbers {
                let number = Identifier::new(kind, value);
                let written = number.to_extension(edition, tagging);
                if without.contains(&(kind, edition)) {
                    assert!(written.is_err(), "{kind}");
                    assert_eq!(Identifier::extension(kind, edition), None);
                    continue;
                }
                let (id, octets) = written.unwrap();
                assert_eq!(Identifier::extension(kind, edition), Some(id));
                let found = one(id, &octets);
                assert_eq!((found.kind(), found.reveal()), (kind, value), "{edition:?}");
            }
        }
    }
}

#[test]
fn a_number_to_be_written_is_checked_and_masked() {
    use {IdentityCheck as Check, IdentityKind as Kind};
    let check = |kind, value: &str| Identifier::new(kind, value).check();
    assert_eq!(check(Kind::ResidentNumber, RESIDENT), Check::Fits);
    assert_eq!(
        check(Kind::ResidentNumber, "110101199001011238"),
        Check::Wrong
    );
    assert_eq!(check(Kind::CreditCode, CODE), Check::Fits);
    assert_eq!(check(Kind::CreditCode, "91440300MA5DDA0007"), Check::Wrong);
    // GB 11714-1997: the weighted sum of 12345678 is 201, and 11 - 201 mod 11 is 8; that of
    // D2143569 is 199, which leaves 10, an X.
    for (value, expected) in [
        ("123456788", Check::Fits),
        ("12345678-8", Check::Fits),
        ("D2143569-X", Check::Fits),
        ("D2143569-0", Check::Wrong),
        ("12345678-4", Check::Wrong),
        ("1234567-88", Check::Wrong),
        ("12345678--8", Check::Wrong),
        ("12345678", Check::Wrong),
        (CODE, Check::Fits),
    ] {
        assert_eq!(check(Kind::OrganizationCode, value), expected, "{value}");
    }
    for kind in [Kind::TaxationNumber, Kind::BusinessRegistration] {
        assert_eq!(check(kind, CODE), Check::Fits);
        assert_eq!(check(kind, "91440300MA5DDA0007"), Check::Wrong);
        assert_eq!(check(kind, "440301103097413"), Check::None);
    }
    for value in ["", " 1", "1\n", &"1".repeat(65)] {
        assert_eq!(check(Kind::Passport, value), Check::Wrong);
    }
    let number = Identifier::new(Kind::ResidentNumber, RESIDENT);
    let shown = format!("{number} {number:?}");
    assert!(
        shown.contains("11***37") && !shown.contains(&RESIDENT[2..16]),
        "{shown}"
    );
    let bad = Identifier::new(Kind::Passport, "\u{62a4}");
    let written = bad.to_extension(IdentityEdition::Of2012, IdentityTagging::Explicit);
    assert!(written.is_err(), "no PrintableString");
}
