//! The page of Hong Kong's office: each of its five conditions is needed, in the list and on
//! the page in three languages.

use crate::world::*;
use trust_list::{
    export::{Language, page},
    list::{Decided, Entry, Interval, Status, StatusCause, SupplyKind, SupplyPoint},
};

const TYPE: &str = "Hongkong Post e-Cert (Personal)";

struct Office {
    side: Side,
    root: Holder,
    issuer: Holder,
}

impl Office {
    fn new() -> Self {
        let root = authority("CN=Hongkong Post Root CA 2,C=HK", None, day(1, 1));
        let issuer = authority(
            "CN=Hongkong Post e-Cert CA 2 - 15,C=HK",
            Some(&root),
            day(1, 1),
        );
        let side = Side::new(
            "HK",
            &[
                ("zh-Hant", "數字政策辦公室"),
                ("zh-Hans", "数字政策办公室"),
                ("en", "Digital Policy Office"),
            ],
        );
        Self { side, root, issuer }
    }

    fn entry(&self) -> Entry {
        let names = [("en", "Postmaster General"), ("zh-Hant", "香港郵政署長")];
        let point = |kind, uri| SupplyPoint::new(kind, uri).expect("a URI");
        entry("HK", ca(&names, "HK"), TYPE, day(2, 1))
            .also_called(text("zh-Hant", "香港郵政電子證書（個人）"))
            .anchor(self.root.parsed())
            .issuer_during(
                self.issuer.parsed(),
                Interval::new(day(2, 1), Some(day(6, 1))),
            )
            .type_name(TYPE)
            .expect("a type")
            .policy(hong_kong_rule())
            .supply_point(point(SupplyKind::Crl, "http://crl.example.hk/ca2-15.crl"))
            .supply_point(point(SupplyKind::Ocsp, "http://ocsp.example.hk"))
            .notice(text("en", "<script>alert('no')</script> & nothing else"))
    }
}

// proves: S4-14
#[test]
fn each_of_the_five_conditions_is_needed() {
    let office = Office::new();
    office
        .side
        .publish(day(2, 20), [Decided::admit(office.entry())], |draft| draft);
    let subject = format!("CN=Chan,O={TYPE},C=HK");
    let good = subscriber(&subject, &office.issuer, day(2, 10), &[HONG_KONG]);
    let ask =
        |target: &trust_list::path::ParsedCertificate| office.side.ask(target, day(3, 1), None);
    assert_eq!(ask(&good), "RECOGNISED");
    // 1: issued before the period.
    let before = subscriber(&subject, &office.issuer, day(1, 31), &[HONG_KONG]);
    assert_eq!(ask(&before), "ISSUER_TIME");
    // 2: another root of the same name.
    let other_root = authority(&office.root.name, None, day(1, 1));
    let under_it = authority(&office.issuer.name, Some(&other_root), day(1, 1));
    assert_eq!(
        ask(&subscriber(&subject, &under_it, day(2, 10), &[HONG_KONG])),
        "PATH"
    );
    // 3: the right root, another issuer.
    let other = authority(
        "CN=Hongkong Post e-Cert CA 1 - 10,C=HK",
        Some(&office.root),
        day(1, 1),
    );
    assert_eq!(
        ask(&subscriber(&subject, &other, day(2, 10), &[HONG_KONG])),
        "NO_ENTRY"
    );
    // 4: another type.
    let bank = "CN=Chan,O=Hongkong Post Bank-Cert (Personal),C=HK";
    assert_eq!(
        ask(&subscriber(bank, &office.issuer, day(2, 10), &[HONG_KONG])),
        "TYPE_NAME"
    );
    // 5: another policy, by one digit.
    let policy = ["2.16.344.8.2.2008.810.20.2018.1.1"];
    assert_eq!(
        ask(&subscriber(&subject, &office.issuer, day(2, 10), &policy)),
        "POLICY"
    );
}

#[test]
fn the_page_says_all_of_it_in_three_languages() {
    let office = Office::new();
    office
        .side
        .publish(day(2, 20), [Decided::admit(office.entry())], |draft| draft);
    let list = office.side.client.list().expect("a list");
    let key = office.entry().key();
    for (language, words) in [
        (
            Language::SimplifiedChinese,
            [
                "有效期间",
                "根证书",
                "签发证书",
                "证书中的证书类型名称",
                "证书策略对象标识符",
                "直至另行公告",
                "数字政策办公室",
            ],
        ),
        (
            Language::TraditionalChinese,
            [
                "有效期間",
                "根證書",
                "簽發證書",
                "證書內的證書類型名稱",
                "證書政策物件識別碼",
                "香港郵政電子證書（個人）",
                "數字政策辦公室",
            ],
        ),
        (
            Language::English,
            [
                "Validity period",
                "Root certificate",
                "Signing certificate",
                "Certificate type named in the certificate",
                "Certificate policy object identifier",
                "until further notice",
                "Digital Policy Office",
            ],
        ),
    ] {
        let html = page(&list, language);
        assert!(html.starts_with("<!DOCTYPE html>"), "{html}");
        assert!(html.contains(&format!("<html lang=\"{}\">", language.tag())));
        let mut at = 0;
        for word in &words[..5] {
            let next = html[at..].find(word);
            at += next.unwrap_or_else(|| panic!("{word} comes in its order"));
        }
        for word in words {
            assert!(html.contains(word), "{word}");
        }
        for fact in [
            "2026-02-01T00:00:00Z",
            "Hongkong Post Root CA 2",
            "e-Cert CA 2 - 15",
            TYPE,
            HONG_KONG,
            "http://crl.example.hk/ca2-15.crl",
            "决定〔2026〕1号",
        ] {
            assert!(html.contains(fact), "{fact}");
        }
        assert!(!html.contains("<script>"), "texts are texts");
        assert_eq!(html.matches("<tr>").count(), html.matches("</tr>").count());
        assert_eq!(html, page(&list, language));
    }
    let (status, cause) = (Status::Suspended, StatusCause::Request);
    let suspended = standing(status, day(3, 1), cause);
    let suspended = Decided::change(key, suspended);
    office.side.publish(day(3, 1), [suspended], |draft| draft);
    let list = office.side.client.list().expect("a list");
    let html = page(&list, Language::TraditionalChinese);
    for word in [
        "現時不獲互認",
        "暫停",
        "機構申請",
        "2026-02-01T00:00:00Z 至 2026-03-01T00:00:00Z",
    ] {
        assert!(html.contains(word), "{word}");
    }
}
