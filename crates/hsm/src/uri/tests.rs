use super::*;
use crate::{DigestEncoding, Password, SignatureEncoding};
use proptest::prelude::*;
use std::path::Path;

fn parse(text: &str) -> KeyUri {
    text.parse()
        .unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn pkcs11(text: &str) -> Pkcs11Uri {
    match parse(text) {
        KeyUri::Pkcs11(name) => *name,
        other => panic!("{other:?}"),
    }
}

/// Where and why a name is refused.
fn refused(text: &str) -> (String, &'static str) {
    match text.parse::<KeyUri>() {
        Err(Error::Uri { at, what }) => (at, what),
        other => panic!("{text}: {other:?}"),
    }
}

#[test]
fn the_examples_of_rfc_7512_say_what_they_say() {
    assert_eq!(pkcs11("pkcs11:"), Pkcs11Uri::default());
    let name = pkcs11("pkcs11:object=my-pubkey;type=public");
    assert_eq!(name.object.as_deref(), Some("my-pubkey"));
    assert_eq!(name.object_type, Some(ObjectType::Public));
    let name = pkcs11("pkcs11:object=my-key;type=private?pin-source=file:/etc/token");
    assert_eq!(name.object_type, Some(ObjectType::Private));
    assert_eq!(name.pin, Some(PinSource::File("/etc/token".into())));
    let name = pkcs11(
        "pkcs11:token=The%20Software%20PKCS%2311%20Softtoken;\
         manufacturer=Snake%20Oil,%20Inc.;model=1.0;object=my-certificate;type=cert;\
         id=%69%95%3E%5C%F4%BD%EC%91;serial=?pin-source=file:/etc/token_pin",
    );
    assert_eq!(
        name.token.as_deref(),
        Some("The Software PKCS#11 Softtoken")
    );
    assert_eq!(name.manufacturer.as_deref(), Some("Snake Oil, Inc."));
    assert_eq!(name.model.as_deref(), Some("1.0"));
    assert_eq!(name.object_type, Some(ObjectType::Certificate));
    let id = [0x69, 0x95, 0x3e, 0x5c, 0xf4, 0xbd, 0xec, 0x91];
    assert_eq!(name.id.as_deref(), Some(&id[..]));
    assert_eq!(name.serial.as_deref(), Some(""), "empty is not absent");
    assert_eq!(name.slot_id, None);
    let name = pkcs11("pkcs11:object=my-sign-key;type=private?module-name=mypkcs11");
    assert_eq!(name.module_name.as_deref(), Some("mypkcs11"));
    let name = pkcs11("pkcs11:object=my-sign-key;type=private?module-path=/mnt/libmypkcs11.so.1");
    let path = Path::new("/mnt/libmypkcs11.so.1");
    assert_eq!(name.module_path.as_deref(), Some(path));
    let name = pkcs11(
        "pkcs11:token=Software%20PKCS%2311%20softtoken;\
         manufacturer=Snake%20Oil,%20Inc.?pin-value=the-pin",
    );
    let pin = Password::new("the-pin").unwrap();
    assert_eq!(name.pin, Some(PinSource::Value(pin)));
    let name = pkcs11("pkcs11:slot-description=Sun%20Metaslot");
    assert_eq!(name.slot_description.as_deref(), Some("Sun Metaslot"));
    let name = pkcs11(
        "pkcs11:library-manufacturer=Snake%20Oil,%20Inc.;\
         library-description=Soft%20Token%20Library;library-version=1.23",
    );
    assert_eq!(
        name.library_description.as_deref(),
        Some("Soft Token Library")
    );
    assert_eq!(name.library_version, Some((1, 23)));
    let name = pkcs11(
        "pkcs11:token=My%20token%25%20created%20by%20Joe;library-version=3;\
         id=%01%02%03%Ba%dd%Ca%fe%04%05%06",
    );
    assert_eq!(name.token.as_deref(), Some("My token% created by Joe"));
    assert_eq!(name.library_version, Some((3, 0)));
    let id = [1, 2, 3, 0xba, 0xdd, 0xca, 0xfe, 4, 5, 6];
    assert_eq!(name.id.as_deref(), Some(&id[..]));
    let name = pkcs11(
        "pkcs11:token=A%20name%20with%20a%20substring%20%25%3B;object=my-certificate;type=cert",
    );
    assert_eq!(name.token.as_deref(), Some("A name with a substring %;"));
    let name = pkcs11("pkcs11:token=Name%20with%20a%20small%20A%20with%20acute:%20%C3%A1");
    let token = "Name with a small A with acute: \u{e1}";
    assert_eq!(name.token.as_deref(), Some(token));
    let name = pkcs11(
        "pkcs11:token=my-token;object=my-certificate;type=cert;vendor-aaa=value-a\
         ?pin-source=file:/etc/token_pin&vendor-bbb=value-b",
    );
    let attributes: Vec<_> = name.vendor_path().chain(name.vendor_query()).collect();
    assert_eq!(
        attributes,
        [
            ("vendor-aaa", &b"value-a"[..]),
            ("vendor-bbb", &b"value-b"[..])
        ]
    );
    let name = pkcs11("pkcs11:token=t?pin-source=|/usr/lib/pinomatic");
    let command = PinSource::Command("/usr/lib/pinomatic".into());
    assert_eq!(name.pin, Some(command.clone()));
    assert!(matches!(command.read(), Err(Error::Unsupported { .. })));
}

#[test]
fn names_are_compared_by_what_they_mean() {
    for (one, other) in [
        ("pkcs11:token=a;object=b", "PKCS11:object=b;token=a"),
        ("pkcs11:id=%ba%DD;token=%61", "pkcs11:id=%BA%dd;token=a"),
        ("pkcs11:id=ab", "pkcs11:id=%61%62"),
        ("pkcs11:library-version=1", "pkcs11:library-version=01.0"),
        ("pkcs11:slot-id=007", "pkcs11:slot-id=7"),
        ("pkcs11:?pin-source=a", "pkcs11:?pin-source=file:a"),
        ("pkcs11:?pin-source=/a", "pkcs11:?pin-source=file:///a"),
        (
            "pkcs11:?pin-source=/a",
            "pkcs11:?pin-source=FILE://localhost/a",
        ),
        ("pkcs11:?x-b=1&x-a=2&x-b=0", "pkcs11:?x-a=2&x-b=1&x-b=0"),
        ("pkcs11:x-b=1;x-a=2", "pkcs11:x-a=2;x-b=1"),
        ("pkcs11:?", "pkcs11:"),
        ("sdf:index=1", "SDF:index=0001"),
        ("file:/a%62", "File:///ab"),
    ] {
        assert_eq!(parse(one), parse(other));
        assert_eq!(parse(one).to_string(), parse(other).to_string());
    }
    for (one, other) in [
        ("pkcs11:", "pkcs11:serial="),
        ("pkcs11:token=a", "pkcs11:token=A"),
        ("pkcs11:library-version=1.1", "pkcs11:library-version=1.10"),
        ("pkcs11:?pin-value=1", "pkcs11:?pin-value=2"),
        ("pkcs11:?pin-value=1", "pkcs11:?pin-source=1"),
        ("pkcs11:?x-b=1&x-b=0", "pkcs11:?x-b=0&x-b=1"),
        ("exec:program=a;arg=1;arg=2", "exec:program=a;arg=2;arg=1"),
        ("file:a", "file:./a"),
    ] {
        assert_ne!(parse(one), parse(other));
    }
}

#[test]
fn what_is_wrong_is_named_and_where() {
    for (text, at, what) in [
        ("", "", "begins with none of"),
        ("token=a", "token=a", "begins with none of"),
        ("tpm:token=a", "tpm", "begins with none of"),
        ("pkcs11:token=a;token=a", "token", "given twice"),
        ("pkcs11:x-a=1;x-b=2;x-a=3", "x-a", "given twice"),
        ("pkcs11:id=1;id=1", "id", "given twice"),
        (
            "pkcs11:?module-name=a&module-name=b",
            "module-name",
            "given twice",
        ),
        (
            "pkcs11:?pin-source=a&pin-value=b",
            "pin-value",
            "given twice",
        ),
        ("pkcs11:token=a b", "token", "percent-encoded"),
        ("pkcs11:token=a/b", "token", "percent-encoded"),
        ("pkcs11:token=\u{e1}", "token", "percent-encoded"),
        ("pkcs11:token=a#b", "token", "percent-encoded"),
        ("pkcs11:token=%e1", "token", "UTF-8"),
        ("pkcs11:token=%2", "token", "hexadecimal"),
        ("pkcs11:token=%2g", "token", "hexadecimal"),
        ("pkcs11:token=%+1", "token", "hexadecimal"),
        ("pkcs11:token", "", "without NAME="),
        ("pkcs11:;", "", "without NAME="),
        ("pkcs11:token=a;", "", "without NAME="),
        ("pkcs11:=a", "", "letters, digits"),
        ("pkcs11:to%6ben=a", "to%6ben", "letters, digits"),
        ("pkcs11:type=key", "type", "none of public"),
        ("pkcs11:type=", "type", "none of public"),
        ("pkcs11:slot-id=-1", "slot-id", "no number"),
        ("pkcs11:slot-id=+1", "slot-id", "no number"),
        ("pkcs11:slot-id=", "slot-id", "no number"),
        (
            "pkcs11:slot-id=18446744073709551616",
            "slot-id",
            "no number",
        ),
        (
            "pkcs11:library-version=1.2.3",
            "library-version",
            "no number",
        ),
        ("pkcs11:library-version=.1", "library-version", "no number"),
        (
            "pkcs11:library-version=1.256",
            "library-version",
            "no number",
        ),
        (
            "pkcs11:?pin-source=https://a/b",
            "pin-source",
            "neither a path",
        ),
        (
            "pkcs11:?pin-source=file://host/b",
            "pin-source",
            "another host",
        ),
        ("pkcs11:?pin-source=file:", "pin-source", "empty"),
        ("pkcs11:?pin-source=", "pin-source", "empty"),
        ("pkcs11:?pin-value=", "pin-value", "empty"),
        ("pkcs11:?module-path=", "module-path", "empty"),
        ("pkcs11:?module-path=%00", "module-path", "no path"),
        ("sdf:index=0", "index", "begin with 1"),
        ("sdf:index=4294967296", "index", "no number"),
        ("sdf:label=1", "label", "index alone"),
        ("sdf:?module-name=a", "module-name", "has module-path"),
        ("skf:container=", "container", "empty"),
        ("skf:container=a%00", "container", "octet zero"),
        ("skf:object=a", "object", "has device"),
        ("skf:?x-a=a", "x-a", "has module-path"),
        ("exec:arg=a", "exec", "no program"),
        ("exec:program=a;program=b", "program", "given twice"),
        (
            "exec:program=a?pin-source=b",
            "pin-source",
            "has public-key",
        ),
        ("file:", "file", "empty"),
        ("file:a b", "file", "percent-encoded"),
        ("file://host/a", "file", "another host"),
        ("file:a?module-path=b", "module-path", "pin-source alone"),
        ("file:a?pin-value=b", "pin-value", "pin-source alone"),
    ] {
        let (found, why) = refused(text);
        assert_eq!(found, at, "{text}");
        assert!(why.contains(what), "{text}: {why}");
    }
    let long = format!("pkcs11:token={}", "a".repeat(MAX_LENGTH));
    assert!(refused(&long).1.contains("8192"));
    let many = |separator| ["x-a=1"; 65].join(separator);
    assert!(refused(&format!("pkcs11:{}", many(";"))).1.contains("64"));
    assert!(refused(&format!("pkcs11:?{}", many("&"))).1.contains("64"));
    let long = format!("pkcs11:{}=1", "\u{e1}".repeat(400));
    assert_eq!(
        refused(&long).0.chars().count(),
        64,
        "what is shown is short"
    );
}

#[test]
fn a_pin_is_never_shown() {
    let name = parse("pkcs11:token=a?pin-value=geheim&x-a=1");
    assert!(!name.to_string().contains("geheim"), "{name}");
    assert!(!format!("{name:?}").contains("geheim"), "{name:?}");
    assert_eq!(name.to_string(), "pkcs11:token=a?x-a=1");
    for text in [
        "pkcs11:?pin-value=geheim%",
        "pkcs11:?pin-value=geheim zwei",
        "pkcs11:?pin-value=geheim&pin-value=geheim",
        "sdf:?pin-value=a&geheim",
    ] {
        let error = text.parse::<KeyUri>().unwrap_err();
        let shown = format!("{error} {error:?}");
        assert!(!shown.contains("geheim"), "{shown}");
    }
}

#[test]
fn another_place_for_the_pin_takes_that_of_the_name() {
    let pin = PinSource::File("other".into());
    for text in ["file:a", "pkcs11:?pin-value=1", "sdf:?pin-source=a", "skf:"] {
        let name = parse(text).with_pin(pin.clone());
        assert_eq!(name.pin(), Some(&pin), "{text}");
    }
    let command = parse("exec:program=a");
    assert_eq!(command.clone().with_pin(pin), command);
}

#[test]
fn an_argument_without_a_scheme_is_a_path_as_it_is() {
    for path in [
        "ca.key.pem",
        "a b",
        "/a/b%20c",
        "./sdf:1",
        "C:\\a",
        "x:y",
        "-",
        "",
    ] {
        let name = KeyUri::from_argument(path).unwrap();
        assert_eq!(name, KeyUri::File(FileUri::new(path)));
        assert!(!path.starts_with("file:"));
    }
    let name = KeyUri::from_argument("sdf:index=2").unwrap();
    assert!(matches!(name, KeyUri::Sdf(SdfUri { index: Some(2), .. })));
    assert!(KeyUri::from_argument("sdf:1").is_err());
    let name = KeyUri::from_argument("file:a?pin-source=b").unwrap();
    assert_eq!(name.files(), [Path::new("a"), Path::new("b")]);
}

#[test]
fn the_canonical_form_has_its_order_and_encodes_what_it_must() {
    for (text, canonical) in [
        (
            "pkcs11:type=private;object=a%2Fb&c%3B;x-z=%ff;token=t?vendor=luna&module-path=/a?b",
            "pkcs11:token=t;object=a%2Fb&c%3B;type=private;x-z=%FF?module-path=/a?b&vendor=luna",
        ),
        ("pkcs11:id=a%01", "pkcs11:id=%61%01"),
        (
            "pkcs11:?pin-source=%7Ccat%20x",
            "pkcs11:?pin-source=|cat%20x",
        ),
        ("sdf:?variant=64&module-path=b;c", "refused"),
        (
            "sdf:?variant=64&module-path=b%3bc",
            "sdf:?module-path=b%3Bc&variant=64",
        ),
        (
            "skf:container=a;application=b;device=c/d?pin-source=xx:y",
            "refused",
        ),
        (
            "skf:container=a;application=b;device=c/d?pin-source=./xx:y",
            "skf:device=c/d;application=b;container=a?pin-source=./xx:y",
        ),
        (
            "exec:program=/bin/a;arg=;arg=%7bdigest-file%7d?public-key=p.pem&digest=hex&signature=der",
            "exec:program=/bin/a;arg=;arg=%7Bdigest-file%7D?digest=hex&public-key=p.pem",
        ),
        ("file:////a%3fb", "file:////a%3Fb"),
    ] {
        match text.parse::<KeyUri>() {
            Ok(name) => assert_eq!(name.to_string(), canonical),
            Err(error) => assert_eq!(canonical, "refused", "{text}: {error}"),
        }
    }
    // A file that would be taken for something else.
    for path in ["|cat", "https://a", "file:a", "a b"] {
        let pin = Some(PinSource::File(path.into()));
        let name = KeyUri::Sdf(SdfUri {
            pin,
            ..SdfUri::default()
        });
        assert_eq!(parse(&name.to_string()), name, "{name}");
    }
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof!["[a-z0-9.-]{0,12}", "\\PC{0,12}", any::<String>()]
}

fn octets() -> impl Strategy<Value = Vec<u8>> {
    proptest::collection::vec(any::<u8>(), 0..20)
}

fn some_path() -> impl Strategy<Value = PathBuf> {
    let octets = proptest::collection::vec(1u8.., 1..12);
    prop_oneof![
        "[|/a-z:.%]{1,12}".prop_map(PathBuf::from),
        octets.prop_filter_map("no path on this system", |octets| encoding::path(&octets)),
    ]
}

fn pin() -> impl Strategy<Value = Option<PinSource>> {
    proptest::option::of(prop_oneof![
        some_path().prop_map(PinSource::File),
        text().prop_map(PinSource::Command),
    ])
}

fn some<T: fmt::Debug>(strategy: impl Strategy<Value = T>) -> impl Strategy<Value = Option<T>> {
    proptest::option::of(strategy)
}

prop_compose! {
    fn token_name()(
        texts in proptest::array::uniform9(some(text())),
        more in (some(text()), some(text())),
        numbers in (some(any::<(u8, u8)>()), some(any::<u64>())),
        kind in some(proptest::sample::select(&ObjectType::ALL[..])),
        id in some(octets()),
        pin in pin(),
        module_path in some(some_path()),
        vendor_path in proptest::collection::btree_map("x-[a-z]{1,3}", octets(), 0..4),
        vendor_query in proptest::collection::vec(("x-[a-c]", octets()), 0..4),
    ) -> KeyUri {
        let [
            token, manufacturer, serial, model, library_manufacturer, library_description,
            object, slot_description, slot_manufacturer,
        ] = texts;
        let mut vendor_query = vendor_query;
        vendor_query.sort_by(|one: &(String, Vec<u8>), other| one.0.cmp(&other.0));
        KeyUri::Pkcs11(Box::new(Pkcs11Uri {
            token, manufacturer, serial, model, library_manufacturer, library_description,
            library_version: numbers.0, object, object_type: kind, id, slot_id: numbers.1,
            slot_description, slot_manufacturer, pin, module_name: more.0, module_path,
            vendor: more.1, vendor_path: vendor_path.into_iter().collect(), vendor_query,
        }))
    }
}

prop_compose! {
    fn other_name()(
        which in 0..4,
        index in some(1..=u32::MAX),
        names in proptest::array::uniform3(some("[^\0]{1,12}")),
        variant in some(text()),
        path in some_path(),
        module_path in some(some_path()),
        arguments in proptest::collection::vec("[^\0]{0,12}", 0..5),
        forms in (0usize..2, 0usize..3),
        pin in pin(),
    ) -> KeyUri {
        let [device, application, container] = names;
        match which {
            0 => KeyUri::File(FileUri { path, pin }),
            1 => KeyUri::Sdf(SdfUri { index, module_path, pin, variant }),
            2 => KeyUri::Skf(SkfUri { device, application, container, module_path, pin, variant }),
            _ => {
                let arguments = arguments.into_iter().map(Into::into).collect();
                let digest = [DigestEncoding::Binary, DigestEncoding::Hex][forms.0];
                let signature =
                    [SignatureEncoding::Der, SignatureEncoding::Raw, SignatureEncoding::Hex][forms.1];
                KeyUri::Exec(ExecUri {
                    program: path, arguments, public_key: module_path, digest, signature,
                })
            }
        }
    }
}

proptest! {
    #[test]
    fn what_is_written_is_read_as_it_was(name in prop_oneof![token_name(), other_name()]) {
        let text = name.to_string();
        prop_assert!(text.is_ascii());
        if text.len() <= MAX_LENGTH {
            let again: KeyUri = text.parse().unwrap();
            prop_assert_eq!(&again, &name);
            prop_assert_eq!(again.to_string(), text);
        }
    }

    #[test]
    fn whatever_is_read_is_written_and_read_again(
        text in "(pkcs11|sdf|skf|exec|file):((token|id|index|device|program|x-a)=[%a-f0-9;]{0,9}[;?]?){0,3}(pin-source=[%a-z0-9:/|&]{0,9})?"
    ) {
        if let Ok(name) = text.parse::<KeyUri>() {
            prop_assert_eq!(&name.to_string().parse::<KeyUri>().unwrap(), &name);
        }
    }
}
