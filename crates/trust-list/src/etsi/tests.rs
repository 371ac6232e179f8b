//! A small list, and every kind of XML that is none.

mod assertions;

use super::*;
use proptest::prelude::*;

fn list(services: &str) -> String {
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<t:TrustServiceStatusList xmlns:t="http://uri.etsi.org/02231/v2#" TSLTag="x">
<t:SchemeInformation>
<t:TSLVersionIdentifier>6</t:TSLVersionIdentifier>
<t:TSLSequenceNumber>7</t:TSLSequenceNumber>
<t:SchemeOperatorName><t:Name xml:lang="en">A &amp; B</t:Name></t:SchemeOperatorName>
<t:SchemeTerritory>XX</t:SchemeTerritory>
<t:ListIssueDateTime>2026-01-01T00:00:00Z</t:ListIssueDateTime>
<t:NextUpdate/>
<t:SchemeExtensions><o:Other xmlns:o="urn:o"><t:SchemeInformation/></o:Other></t:SchemeExtensions>
</t:SchemeInformation>
<t:TrustServiceProviderList><t:TrustServiceProvider>
<t:TSPInformation><t:TSPName><t:Name xml:lang="en">P</t:Name></t:TSPName></t:TSPInformation>
<t:TSPServices>{services}</t:TSPServices>
</t:TrustServiceProvider></t:TrustServiceProviderList>
</t:TrustServiceStatusList>"#
    )
}

fn status(word: &str, from: &str) -> String {
    format!(
        "<t:ServiceStatus>http://uri.etsi.org/{word}</t:ServiceStatus>\
         <t:StatusStartingTime>{from}</t:StatusStartingTime>"
    )
}

fn service() -> String {
    format!(
        "<t:TSPService><t:ServiceInformation>\
         <t:ServiceTypeIdentifier>CA</t:ServiceTypeIdentifier>\
         <t:ServiceDigitalIdentity><t:DigitalId><t:X509Certificate>TUlJ\n R0c=</t:X509Certificate>\
         </t:DigitalId></t:ServiceDigitalIdentity>{}</t:ServiceInformation><t:ServiceHistory>\
         <t:ServiceHistoryInstance>{}</t:ServiceHistoryInstance>\
         <t:ServiceHistoryInstance>{}</t:ServiceHistoryInstance>\
         </t:ServiceHistory></t:TSPService>",
        status("granted", "2025-03-01T00:00:00Z"),
        status("withdrawn", "2025-02-01T00:00:00Z"),
        status("granted", "2025-01-01T00:00:00Z"),
    )
}

fn code(xml: &str) -> &'static str {
    UncheckedXmlList::from_xml(xml.as_bytes()).map_or_else(|error| error.code(), |_| "")
}

#[test]
fn a_service_that_was_granted_twice_has_two_intervals() {
    let list = UncheckedXmlList::from_xml(list(&service()).as_bytes()).unwrap();
    assert_eq!((list.version, list.sequence), (6, 7));
    assert_eq!(list.operator, [("en".to_owned(), "A & B".to_owned())]);
    assert_eq!(list.next_update, None);
    assert!(list.defects.is_empty(), "{:?}", list.defects);
    let (provider, service) = list.services().next().unwrap();
    assert_eq!(provider.names[0].1, "P");
    assert_eq!(service.certificates, [b"MIIGG".to_vec()]);
    let granted = service.intervals(|status| status.word() == "granted");
    assert_eq!(granted.as_slice().len(), 2);
    for (at, word) in [
        ("2024-12-31T23:59:59Z", None),
        ("2025-01-01T00:00:00Z", Some("granted")),
        ("2025-02-01T00:00:00Z", Some("withdrawn")),
        ("2025-02-28T23:59:59Z", Some("withdrawn")),
        ("2025-03-01T00:00:00Z", Some("granted")),
    ] {
        let at = at.parse().unwrap();
        assert_eq!(service.status_at(at).map(XmlStatus::word), word, "{at}");
        assert_eq!(granted.contains(at), word == Some("granted"));
    }
}

#[test]
fn what_is_missing_is_said() {
    let text =
        list(&service()).replace("<t:ServiceTypeIdentifier>CA</t:ServiceTypeIdentifier>", "");
    let read = UncheckedXmlList::from_xml(text.as_bytes()).unwrap();
    assert_eq!(read.defects.len(), 1);
    assert_eq!(read.defects[0].missing, "ServiceTypeIdentifier");
    assert_eq!(code(&list("<t:TSPService/>")), "");
    let without = list("").replace("TSLSequenceNumber>", "Other>");
    assert_eq!(code(&without), "FORMAT");
}

#[test]
fn hostile_xml_is_refused() {
    let good = list(&service());
    assert_eq!(code(&good), "");
    let with = |from: &str, to: &str| {
        assert!(good.contains(from));
        good.replacen(from, to, 1)
    };
    let head = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>";
    for (what, xml) in [
        ("a DTD", with(head, "<!DOCTYPE x>")),
        (
            "entities",
            with(
                head,
                "<!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;\">]>",
            ),
        ),
        (
            "an outer entity",
            with(
                head,
                "<!DOCTYPE x [<!ENTITY a SYSTEM \"file:///etc/passwd\">]>",
            ),
        ),
        ("an unknown entity", with("&amp;", "&a;")),
        (
            "another root",
            with("TrustServiceStatusList xmlns", "Other xmlns"),
        ),
        ("another namespace", with("02231/v2#", "02231/v3#")),
        ("two roots", format!("{good}{}", &good[head.len()..])),
        ("text behind it", format!("{good}x")),
        ("no end", good[..good.len() - 5].into()),
        ("crossed ends", with("</t:SchemeTerritory>", "</t:Name>")),
        (
            "an attribute twice",
            with("TSLTag=\"x\"", "TSLTag=\"x\" TSLTag=\"y\""),
        ),
        ("no number", with(">7<", ">seven<")),
        ("a negative", with(">7<", ">-7<")),
        ("no time", with("2026-01-01T00:00:00Z", "yesterday")),
        ("no base64", with("TUlJ", "????")),
        ("nothing", String::new()),
    ] {
        assert_eq!(code(&xml), "FORMAT", "{what}");
    }
    let utf16: Vec<u8> = good.encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(
        UncheckedXmlList::from_xml(&utf16).unwrap_err().code(),
        "FORMAT"
    );
}

#[test]
fn depth_and_size_are_bounded() {
    let deep = list(&format!(
        "{}{}",
        "<t:a>".repeat(10_000),
        "</t:a>".repeat(10_000)
    ));
    assert_eq!(code(&deep), "LIMIT");
    let foreign = list(&"<a>".repeat(10_000));
    assert_eq!(code(&foreign), "LIMIT");
    let many = list(&"<t:a/>".repeat(1_000_000));
    assert_eq!(code(&many), "LIMIT");
    let long = vec![b' '; UnverifiedList::MAX_LENGTH + 1];
    assert_eq!(
        UncheckedXmlList::from_xml(&long).unwrap_err().code(),
        "LIMIT"
    );
}

proptest! {
    /// Whatever one octet becomes, the reader answers.
    #[test]
    fn any_octet_may_change(at in 0usize..2000, to in any::<u8>()) {
        let mut octets = list(&service()).into_bytes();
        let at = at % octets.len();
        octets[at] = to;
        let _ = UncheckedXmlList::from_xml(&octets);
    }
}
