//! What copies say is what the list says.

use super::*;
use crate::{
    etsi::UncheckedXmlList,
    forge::time,
    list::{
        Contact, PostalAddress, Status, SupplyKind, SupplyPoint,
        tests::{Scene, change, text},
    },
};

fn contact() -> Contact {
    let street = PostalAddress::new(text("府前路 <1> & 2"), "CN").unwrap();
    let place = street.locality("广州").unwrap();
    Contact::new(place, "mailto:a@example.cn", "https://example.cn/?a=1&b=2").unwrap()
}

#[test]
fn xml_says_what_the_list_says() {
    let scene = Scene::new();
    let mut entry = scene
        .entry()
        .supply_point(SupplyPoint::new(SupplyKind::Ocsp, "http://o.example/?a&b").unwrap());
    for (status, from) in [
        (Status::Suspended, "2026-03-01T00:00:00Z"),
        (Status::Recognised, "2026-04-01T00:00:00Z"),
    ] {
        entry.change(change(status, from)).unwrap();
    }
    let list = scene.accept(&scene.draft_with(entry.clone()).contact(contact()));
    let xml = etsi_xml(&list).unwrap();
    let read = UncheckedXmlList::from_xml(&xml).unwrap();
    assert_eq!((read.version, read.sequence), (6, 1));
    assert_eq!(read.operator[0].1, "省密码管理局");
    let (_, service) = read.services_of(&scene.sub).next().unwrap();
    assert_eq!(service.certificates, [scene.sub.der().to_vec()]);
    let granted = service.intervals(|status| status.word() == "granted");
    assert_eq!(granted, entry.intervals(Status::Recognised));
}

#[test]
fn xml_needs_an_address() {
    let scene = Scene::new();
    let list = scene.accept(&scene.draft_with(scene.entry()));
    assert_eq!(etsi_xml(&list).unwrap_err().code(), "FORMAT");
}

#[test]
fn anchors_are_those_of_a_time() {
    let scene = Scene::new();
    let mut entry = scene.entry();
    entry
        .change(change(Status::Suspended, "2026-03-01T00:00:00Z"))
        .unwrap();
    let list = scene.accept(&scene.draft_with(entry));
    assert!(trust_anchors(&list, time("2026-02-28T23:59:59Z")).is_ok());
    assert_eq!(
        trust_anchors(&list, time("2026-03-01T00:00:00Z"))
            .unwrap_err()
            .code(),
        "FORMAT"
    );
}

#[test]
fn a_page_is_of_its_language_and_escapes_texts() {
    let scene = Scene::new();
    let entry = scene.entry_named("甲<b>&\"'");
    let list = scene.accept(&scene.draft_with(entry));
    for tag in ["zh-Hans", "zh-Hant", "en"] {
        let language = Language::of_tag(tag).unwrap();
        let html = page(&list, language);
        assert!(html.contains(&format!("<html lang=\"{tag}\">")));
        assert!(html.contains("甲&lt;b&gt;&amp;&quot;&#39;"));
        assert!(!html.contains("<b>"));
    }
    assert_eq!(Language::of_tag("fr"), None);
    let empty = page(&scene.accept(&scene.draft()), Language::English);
    assert!(empty.contains("The list has no certificate class."));
}
