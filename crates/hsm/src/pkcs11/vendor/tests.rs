use super::*;

const SMALL: &str = r#"
name = "small"
about = "a test"
matches = { manufacturer = ["*acme*"] }
key = { type = 0x80000004, generate = 0x80008001 }
"#;

#[test]
fn every_built_in_description_can_be_read_and_has_its_own_name() {
    for (name, text) in BUILT_IN {
        let profile = VendorProfile::from_toml(name, text).unwrap();
        assert_eq!(profile.name(), name);
        assert_eq!(VendorProfile::named(name).unwrap(), profile);
        assert!(!profile.sign.is_empty(), "{name} signs");
    }
    let error = VendorProfile::named("acme").unwrap_err().to_string();
    assert!(error.contains("tass, sansec, luna"), "{error}");
}

#[test]
fn the_numbers_are_those_of_the_vendors() {
    let number = |mechanism: MechanismType| *mechanism;
    let of = |name| {
        let profile = VendorProfile::named(name).unwrap();
        let sign: Vec<_> = profile
            .sign
            .iter()
            .map(|sign| number(sign.mechanism))
            .collect();
        (*profile.key_type, number(profile.generate), sign)
    };
    let tass = (0x8000_0004, 0x8000_8001, vec![0x8000_8000, 0x8000_8100]);
    assert_eq!(of("tass"), tass);
    let luna = (0x8000_0016, 0x8000_0b20, vec![0x8000_0b21, 0x8000_0b22]);
    assert_eq!(of("luna"), luna);
    let ep11 = (0x8005_0002, 0x8005_000a, vec![0x8005_000b, 0x8005_000c]);
    assert_eq!(of("ep11"), ep11);
    assert_eq!(of("westone"), (0x8000_0001, 0x8000_0001, vec![0x8000_0002]));
    let (key_type, generate, sign) = of("sansec");
    assert_eq!((key_type, generate), (0x8000_0004, 0x8000_8001));
    assert!(
        [0x8000_8104, 0x8000_8105, 0x8000_8100, 0x8000_8101]
            .iter()
            .all(|n| sign.contains(n))
    );
    // One number, two meanings.
    let sm4 = |name| VendorProfile::named(name).unwrap().sm4.unwrap();
    assert_eq!(sm4("tass").cbc, sm4("sansec").cbc);
    assert_ne!(sm4("tass").key_type, sm4("sansec").key_type);
}

#[test]
fn a_token_gets_the_description_that_fits_it_and_others_get_none() {
    let name = |manufacturers: &[&str], model| {
        let profile = VendorProfile::for_token(manufacturers, model).unwrap();
        profile.map(|profile| profile.name)
    };
    assert_eq!(
        name(&["Sansec Technology"], "SJJ1012").as_deref(),
        Some("sansec")
    );
    assert_eq!(
        name(&["", "SAFENET, Inc."], "Luna K7").as_deref(),
        Some("luna")
    );
    assert_eq!(name(&["IBM"], "EP11").as_deref(), Some("ep11"));
    assert_eq!(name(&["SoftHSM project", "SoftHSM"], "SoftHSM v2"), None);
    assert_eq!(name(&["Not IBM"], ""), None);
    assert_eq!(name(&[], ""), None);
}

#[test]
fn a_star_stands_for_anything() {
    for (pattern, text, expected) in [
        ("*", "", true),
        ("*", "abc", true),
        ("", "", true),
        ("", "a", false),
        ("abc", "abc", true),
        ("abc", "abcd", false),
        ("a*", "abc", true),
        ("*c", "abc", true),
        ("a*c", "ac", true),
        ("a*b*c", "a-b-b-c", true),
        ("a*b*c", "a-c", false),
        ("ab*ba", "aba", false),
        ("*b*", "abc", true),
        ("*d*", "abc", false),
    ] {
        assert_eq!(matches(pattern, text), expected, "{pattern} {text}");
    }
}

#[test]
fn an_error_names_the_line_and_the_field() {
    for (text, expected) in [
        ("", "missing field `name`"),
        ("name = ", "line 1: "),
        (
            &format!("{SMALL}colour = 1\n"),
            "line 6: unknown field `colour`",
        ),
        (
            &SMALL.replace("0x80008001", "\"x\""),
            "line 5: invalid type",
        ),
        (
            &SMALL.replace("name = \"small\"", "name = \"\""),
            "line 2: name is empty",
        ),
        (
            &format!(
                "{SMALL}[[sign]]\nmechanism = 0x80008000\ntakes = \"message\"\nform = \"der\"\n"
            ),
            "line 8: sign.id is missing",
        ),
        (
            &format!(
                "{SMALL}[[sign]]\nmechanism = 0x80008000\ntakes = \"digest\"\nid = \"default\"\n\
                 form = \"der\"\n"
            ),
            "line 9: sign.id: the ID is in a digest already",
        ),
        (
            &format!(
                "{SMALL}[[sign]]\nmechanism = 0x80008000\ntakes = \"digest\"\nform = \"asn1\"\n"
            ),
            "line 9: unknown variant `asn1`",
        ),
    ] {
        let error = VendorProfile::from_toml("acme.toml", text).unwrap_err();
        let text = error.to_string();
        assert!(matches!(error, Error::Vendor { .. }));
        assert!(
            text.starts_with("acme.toml: ") && text.contains(expected),
            "{text}"
        );
    }
    VendorProfile::from_toml("acme.toml", SMALL).unwrap();
}

#[test]
fn numbers_that_are_no_vendors_are_refused_with_the_reason() {
    // The family MK-1: CKM_SM2_SIGN_VERIFY and CKM_SM2_KEY_PAIR_GEN.
    for (field, text) in [
        ("key.generate", SMALL.replace("0x80008001", "0x00010009")),
        ("key.type", SMALL.replace("0x80000004", "3")),
        ("key.type", SMALL.replace("0x80000004", "-1")),
        ("key.type", SMALL.replace("0x80000004", "0x180000004")),
        (
            "sign.mechanism",
            format!("{SMALL}[[sign]]\nmechanism = 0x10002\ntakes = \"digest\"\nform = \"der\"\n"),
        ),
        (
            "envelope.wrap",
            format!("{SMALL}[envelope]\nwrap = 0x10001\n"),
        ),
        ("sm3.digest", format!("{SMALL}[sm3]\ndigest = 0x10005\n")),
        ("sm4.ecb", format!("{SMALL}[sm4]\necb = 0x10006\n")),
        (
            "decrypt.mechanism",
            format!("{SMALL}[decrypt]\nmechanism = 0x10001\nform = \"der\"\n"),
        ),
    ] {
        let error = VendorProfile::from_toml("mk1", &text)
            .unwrap_err()
            .to_string();
        assert!(error.contains(field), "{error}");
        assert!(error.contains("0x80000000 to 0xffffffff"), "{error}");
    }
}

#[test]
fn a_description_from_a_file_is_what_the_file_says() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("acme.toml");
    std::fs::write(&path, SMALL).unwrap();
    let profile = VendorProfile::from_file(&path).unwrap();
    assert_eq!((profile.name(), profile.about()), ("small", "a test"));
    assert!(profile.names_curve && profile.signing_keys_decrypt);
    std::fs::write(&path, format!("{SMALL}quirks.curve = false\n")).unwrap();
    let profile = VendorProfile::from_file(&path).unwrap();
    assert!(!profile.names_curve && profile.signing_keys_decrypt);

    std::fs::write(&path, "#".repeat(70_000)).unwrap();
    assert!(matches!(
        VendorProfile::from_file(&path),
        Err(Error::Vendor { .. })
    ));
    std::fs::write(&path, [0xff]).unwrap();
    assert!(matches!(
        VendorProfile::from_file(&path),
        Err(Error::Io { .. })
    ));
}
