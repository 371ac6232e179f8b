//! The rules for CRLs, OCSP answers and requests.

use super::{Answer, Asked, Case, Cert, Document, Given, List, case, documents::*};

pub(super) fn cases() -> Vec<Case> {
    let mut cases = lists();
    cases.extend(entries());
    cases.extend(answers());
    cases.extend(singles());
    cases.extend(requests());
    cases
}

fn list() -> List {
    List::new()
}

fn with(change: impl FnOnce(&mut List)) -> List {
    list().change(change)
}

fn lists() -> Vec<Case> {
    const AKI: &str = "2.5.29.35";
    const NUMBER: &str = "2.5.29.20";
    const DELTA: &str = "2.5.29.27";
    const POINT: &str = "2.5.29.28";
    const FRESHEST: &str = "2.5.29.46";
    let number = |value: &[u8]| list().with(NUMBER, false, &tlv(2, value));
    let point = |critical, value: &[&[u8]]| list().with(POINT, critical, &seq(value));
    let (users, cas) = ([0x81, 1, 0xff], [0x82, 1, 0xff]);
    let freshest = seq(&[&crl_point("http://ca.example.cn/delta.crl")]);
    let aki = seq(&[&tlv(0x80, [9; 20])]);
    let syntax = |der| Given::Octets(Document::Crl, der);
    vec![
        case(
            "rfc5280.crl_syntax",
            list(),
            syntax(list().der()[..40].to_vec()),
        ),
        case(
            "rfc5280.crl_version",
            list().entries(&[entry(5, &[])]),
            list()
                .entries(&[entry(5, &[])])
                .change(|list| list.version = Vec::new()),
        ),
        case(
            "rfc5280.crl_algorithms_match",
            list(),
            with(|list| list.outer = algorithm(SM2_SM3, &[5, 0])),
        ),
        case(
            "rfc5280.crl_issuer",
            list(),
            with(|list| list.issuer = vec![0x30, 0]),
        ),
        case(
            "rfc5280.crl_next_update",
            list(),
            with(|list| list.next = Vec::new()),
        ),
        case(
            "rfc5280.crl_validity",
            with(|list| list.next = utc("260801000001Z")),
            with(|list| list.next = utc("260801000000Z")),
        ),
        case(
            "rfc5280.crl_time_form",
            list(),
            with(|list| list.next = utc("2608020000Z")),
        ),
        case(
            "rfc5280.crl_time_encoding",
            list(),
            with(|list| list.next = generalized("20260802000000Z")),
        ),
        case(
            "rfc5280.crl_time_exists",
            list(),
            with(|list| list.next = utc("260832000000Z")),
        ),
        case(
            "rfc5280.crl_extensions_not_empty",
            list(),
            list().entries(&[seq(&[&[2, 1, 5], &utc("260701000000Z"), &[0x30, 0]])]),
        ),
        case(
            "rfc5280.crl_extensions_unique",
            list(),
            with(|list| list.extensions.push(list.extensions[1].clone())),
        ),
        case(
            "rfc5280.crl_extension_syntax",
            list(),
            list().with(NUMBER, false, &[5, 0]),
        ),
        case(
            "rfc5280.crl_extension_der",
            list().with("2.25.1", false, &nested(16)),
            list().with("2.25.1", false, &nested(17)),
        ),
        case(
            "rfc5280.crl_name_attributes",
            with(|list| list.issuer = units(32)),
            with(|list| list.issuer = units(33)),
        ),
        case(
            "rfc5280.crl_critical_false",
            list(),
            with(|list| {
                let whole = seq(&[&oid(NUMBER), &[1, 1, 0], &[4, 3, 2, 1, 7]]);
                list.extensions[1].1 = whole;
            }),
        ),
        case(
            "rfc5280.crl_unknown_critical",
            list().with("2.25.1", false, &[5, 0]),
            list().with("2.25.1", true, &[5, 0]),
        ),
        case("rfc5280.crl_authority_key", list(), list().without(AKI)),
        case(
            "rfc5280.crl_authority_key",
            list(),
            list().with(AKI, true, &aki),
        ),
        case("rfc5280.crl_number", list(), list().without(NUMBER)),
        case(
            "rfc5280.crl_number_not_critical",
            list(),
            list().with(NUMBER, true, &[2, 1, 7]),
        ),
        case(
            "rfc5280.crl_number_length",
            number(&[1; 20]),
            number(&[1; 21]),
        ),
        case("rfc5280.crl_number_positive", number(&[0]), number(&[0x80])),
        case(
            "rfc5280.crl_delta_critical",
            List::delta(),
            list().with(DELTA, false, &[2, 1, 6]),
        ),
        case(
            "rfc5280.crl_delta_base",
            List::delta(),
            list().with(DELTA, true, &[2, 1, 7]),
        ),
        case(
            "rfc5280.crl_delta_has_no_freshest",
            list().with(FRESHEST, false, &freshest),
            List::delta().with(FRESHEST, false, &freshest),
        ),
        case(
            "rfc5280.crl_freshest_not_critical",
            list().with(FRESHEST, false, &freshest),
            list().with(FRESHEST, true, &freshest),
        ),
        case(
            "rfc5280.crl_point_critical",
            point(true, &[&users]),
            point(false, &[&users]),
        ),
        case(
            "rfc5280.crl_point_not_empty",
            point(true, &[&users]),
            point(true, &[]),
        ),
        case(
            "rfc5280.crl_point_one_scope",
            point(true, &[&users]),
            point(true, &[&users, &cas]),
        ),
        case(
            "rfc5280.crl_point_default",
            point(true, &[&users]),
            point(true, &[&[0x81, 1, 0]]),
        ),
        case(
            "rfc5280.crl_revoked_not_empty",
            with(|list| list.entries = Vec::new()),
            list().entries(&[]),
        ),
    ]
}

fn entries() -> Vec<Case> {
    let one = |extensions: &[&[u8]]| list().entries(&[entry(5, extensions)]);
    let date = || utc("260701000000Z");
    let of = |serial: &[u8]| list().entries(&[entry_of(serial, &date(), &[])]);
    let at = |text: &str| list().entries(&[entry_of(&[2, 1, 5], &utc(text), &[])]);
    let since = |time: &[u8]| one(&[&extension("2.5.29.24", false, time)]);
    let issuer = |critical| extension("2.5.29.29", critical, &seq(&[&tlv(0xa4, name("别的机构"))]));
    let indirect =
        |critical| one(&[&issuer(critical)]).with("2.5.29.28", true, &seq(&[&[0x84, 1, 0xff]]));
    vec![
        case("rfc5280.crl_serial", of(&[2, 1, 5]), of(&[2, 1, 0])),
        case(
            "rfc5280.crl_serial",
            of(&tlv(2, [1; 20])),
            of(&tlv(2, [1; 21])),
        ),
        case(
            "rfc5280.crl_duplicate",
            list().entries(&[entry(5, &[]), entry(6, &[]), entry(7, &[])]),
            list().entries(&[entry(5, &[]), entry(6, &[]), entry(5, &[])]),
        ),
        case(
            "rfc5280.crl_revoked_later",
            at("260801000000Z"),
            at("260801000001Z"),
        ),
        case(
            "rfc5280.crl_entry_version",
            one(&[&reason(1)]),
            one(&[&reason(1)]).change(|list| list.version = Vec::new()),
        )
        .also(&["rfc5280.crl_version"]),
        case(
            "rfc5280.crl_entry_extensions_unique",
            one(&[&reason(1)]),
            one(&[&reason(1), &reason(2)]),
        ),
        case("rfc5280.crl_reason", one(&[&reason(6)]), one(&[&reason(7)])),
        case(
            "rfc5280.crl_reason_unspecified",
            one(&[]),
            one(&[&reason(0)]),
        ),
        case(
            "rfc5280.crl_reason_not_critical",
            one(&[&reason(1)]),
            one(&[&extension("2.5.29.21", true, &[10, 1, 1])]),
        ),
        case(
            "rfc5280.crl_remove_in_delta",
            List::delta().entries(&[entry(5, &[&reason(8)])]),
            one(&[&reason(8)]),
        ),
        case(
            "rfc5280.crl_invalidity_form",
            since(&generalized("20260630000000Z")),
            since(&utc("260630000000Z")),
        ),
        case(
            "rfc5280.crl_invalidity_before",
            since(&generalized("20260701000000Z")),
            since(&generalized("20260702000000Z")),
        ),
        case(
            "rfc5280.crl_certificate_issuer_critical",
            indirect(true),
            indirect(false),
        ),
        case(
            "rfc5280.crl_certificate_issuer_indirect",
            indirect(true),
            one(&[&issuer(true)]),
        ),
    ]
}

fn answer() -> Answer {
    Answer::new()
}

fn answers() -> Vec<Case> {
    let with = |change: &dyn Fn(&mut Answer)| answer().change(change);
    let nonced = |octets: &[u8]| answer().change(|answer| answer.extensions = nonce(octets));
    let extended =
        |all: &[&[u8]]| answer().change(|answer| answer.extensions = tlv(0xa1, seq(all)));
    let own = extension("2.25.1", false, &[5, 0]);
    let octets = |der| Given::Octets(Document::OcspResponse, der);
    let beside = |cert: Cert| answer().change(|answer| answer.certificate = Some(cert.der()));
    let by_name = |name: &[u8]| {
        let responder = tlv(0xa1, name);
        answer().change(|answer| answer.responder = responder)
    };
    let named = |attributes| {
        answer().change(|answer| {
            answer.responder = tlv(0xa1, units(attributes));
            answer.certificate = None;
        })
    };
    vec![
        case("rfc6960.syntax", answer(), octets(vec![0x30, 0])),
        case(
            "rfc6960.status",
            octets(vec![0x30, 3, 10, 1, 6]),
            octets(vec![0x30, 3, 10, 1, 4]),
        ),
        case(
            "rfc6960.status",
            answer(),
            with(&|answer| answer.status = 1),
        ),
        case(
            "rfc6960.basic",
            answer(),
            with(&|answer| answer.kind = "2.25.1"),
        ),
        case(
            "rfc6960.version",
            answer(),
            with(&|answer| answer.version = tlv(0xa0, [2, 1, 0])),
        ),
        case(
            "rfc6960.responder_key",
            answer(),
            with(&|answer| answer.responder = tlv(0xa2, tlv(4, [9; 32]))),
        ),
        case(
            "rfc6960.responder_name",
            by_name(&name("应答")),
            by_name(&[0x30, 0]),
        )
        .also(&["rfc6960.responder_is_first"]),
        case(
            "rfc6960.time_form",
            answer(),
            with(&|answer| answer.produced = generalized("20260801000000.5Z")),
        ),
        case(
            "rfc6960.time_exists",
            answer(),
            with(&|answer| answer.produced = generalized("20260832000000Z")),
        ),
        case(
            "rfc6960.responses_not_empty",
            answer(),
            answer().singles(&[]),
        ),
        case(
            "rfc6960.extensions_unique",
            extended(&[&own]),
            extended(&[&own, &own]),
        ),
        case(
            "rfc6960.extension_der",
            extended(&[&extension("2.25.1", false, &nested(16))]),
            extended(&[&extension("2.25.1", false, &nested(17))]),
        ),
        case("rfc6960.name_attributes", named(32), named(33)),
        case(
            "rfc6960.extensions_not_empty",
            with(&|answer| answer.extensions = Vec::new()),
            extended(&[]),
        ),
        case(
            "rfc6960.critical_false",
            extended(&[&own]),
            extended(&[&seq(&[&oid("2.25.1"), &[1, 1, 0], &[4, 2, 5, 0]])]),
        ),
        case(
            "rfc6960.extensions_not_critical",
            extended(&[&own]),
            extended(&[&extension("2.25.1", true, &[5, 0])]),
        ),
        case(
            "rfc9654.nonce_syntax",
            answer(),
            extended(&[&extension("1.3.6.1.5.5.7.48.1.2", false, &[7; 32])]),
        ),
        case("rfc9654.nonce_length", nonced(&[7; 128]), nonced(&[7; 129])),
        case("rfc9654.nonce_long", nonced(&[7; 32]), nonced(&[7; 31])),
        case(
            "rfc6960.delegated_purpose",
            beside(Cert::responder()),
            beside(Cert::responder().purposes(&["1.3.6.1.5.5.7.3.2"])),
        ),
        case(
            "rfc6960.delegated_no_check",
            beside(Cert::responder()),
            beside(Cert::responder().without(NO_CHECK)),
        ),
        case(
            "rfc6960.responder_is_first",
            by_name(&name("应答")),
            by_name(&name("别的")),
        ),
    ]
}

fn singles() -> Vec<Case> {
    let one = |status: &[u8], rest: &[u8]| answer().singles(&[single(status, rest)]);
    let good = good_status();
    let until = |text: &str| one(&good, &next_update(text));
    let this = |text: &str| {
        answer().singles(&[single_of(
            &cert_id(SHA1_ID, 20, &[2, 1, 5]),
            &good,
            text,
            &[],
        )])
    };
    let of = |digest: &str, length, serial: &[u8]| {
        let id = cert_id(digest, length, serial);
        answer().singles(&[single_of(&id, &good, "20260731000000Z", &[])])
    };
    let cutoff = |time: &[u8]| {
        let one_extension = extension("1.3.6.1.5.5.7.48.1.6", false, time);
        one(&good, &tlv(0xa1, seq(&[&one_extension])))
    };
    let sm3 = "1.2.156.10197.1.401";
    vec![
        case(
            "rfc6960.validity",
            until("20260731000001Z"),
            until("20260731000000Z"),
        ),
        case(
            "rfc6960.this_update_before",
            this("20260801000000Z"),
            this("20260801000001Z"),
        ),
        case(
            "rfc6960.revoked_before",
            one(&revoked("20260801000000Z", None), &[]),
            one(&revoked("20260801000001Z", None), &[]),
        ),
        case(
            "rfc6960.reason",
            one(&revoked("20260701000000Z", Some(1)), &[]),
            one(&revoked("20260701000000Z", Some(8)), &[]),
        ),
        case(
            "rfc6960.digest_known",
            of(sm3, 32, &[2, 1, 5]),
            of("1.2.840.113549.2.5", 16, &[2, 1, 5]),
        ),
        case(
            "rfc6960.digest_length",
            of(sm3, 32, &[2, 1, 5]),
            of(sm3, 20, &[2, 1, 5]),
        ),
        case(
            "rfc6960.serial",
            of(SHA1_ID, 20, &[2, 1, 5]),
            of(SHA1_ID, 20, &[2, 2, 0, 5]),
        ),
        case(
            "rfc6960.responses_unique",
            answer(),
            answer().singles(&[single(&good, &[]), single(&good, &[])]),
        ),
        case(
            "rfc6960.archive_cutoff",
            cutoff(&generalized("20200101000000Z")),
            cutoff(&generalized("20270101000000Z")),
        ),
    ]
}

fn requests() -> Vec<Case> {
    const EXTENSIONS: &str = "1.2.840.113549.1.9.14";
    let asked = Asked::new;
    let with = |change: &dyn Fn(&mut Asked)| asked().change(change);
    let of = |attributes: &[Vec<u8>]| asked().attributes(attributes);
    let usage = extension("2.5.29.15", true, &usage(&[0]));
    let wants = |all: &[&[u8]]| of(&[asks(all)]);
    let list = seq(&[&usage]);
    let octets = |der| Given::Octets(Document::Request, der);
    let country = |text: &str| {
        let subject = seq(&[&rdn("2.5.4.6", 0x13, text)]);
        asked().change(|asked| asked.subject = subject)
    };
    vec![
        case(
            "rfc2986.syntax",
            asked(),
            octets(asked().der()[..50].to_vec()),
        ),
        case(
            "rfc2986.version",
            asked(),
            with(&|asked| asked.version = vec![2, 1, 1]),
        ),
        case(
            "rfc2986.attributes",
            of(&[]),
            with(&|asked| asked.attributes = Vec::new()),
        ),
        case(
            "rfc2986.attributes_order",
            of(&[password(12, "a"), asks(&[&usage])]),
            of(&[asks(&[&usage]), password(12, "a")]),
        ),
        case(
            "rfc2986.attributes_unique",
            of(&[password(12, "a")]),
            of(&[password(12, "a"), password(12, "b")]),
        ),
        case(
            // As CFCA writes it.
            "rfc2986.attribute_values",
            of(&[password(12, "a")]),
            of(&[seq(&[&oid("1.2.840.113549.1.9.7"), &tlv(12, "a")])]),
        ),
        case(
            "rfc2985.extension_request_single",
            wants(&[&usage]),
            of(&[values(EXTENSIONS, &[&list, &list])]),
        ),
        case(
            "rfc2985.extension_request_syntax",
            wants(&[&usage]),
            of(&[values(EXTENSIONS, &[&[5, 0]])]),
        ),
        case(
            "rfc2985.extension_request_not_empty",
            wants(&[&usage]),
            wants(&[]),
        ),
        case(
            "rfc2985.extension_request_unique",
            wants(&[&usage]),
            wants(&[&usage, &usage]),
        ),
        case(
            "rfc2985.extension_request_default",
            wants(&[&usage]),
            wants(&[&seq(&[&oid("2.25.1"), &[1, 1, 0], &[4, 2, 5, 0]])]),
        ),
        case(
            "rfc2985.extension_request_known",
            wants(&[&usage]),
            wants(&[&extension("2.25.1", true, &[5, 0])]),
        ),
        case(
            "rfc2985.challenge_password",
            of(&[password(12, &"a".repeat(255))]),
            of(&[password(12, &"a".repeat(256))]),
        ),
        case("rfc2986.subject_values", country("CN"), country("China")),
        case(
            "rfc2986.subject_sets",
            asked(),
            with(&|asked| asked.subject = seq(&[&[0x31, 0], &rdn("2.5.4.3", 12, "a")])),
        ),
        case(
            "rfc2986.subject",
            asked(),
            with(&|asked| asked.subject = vec![0x30, 0]),
        ),
        case(
            "rfc2986.signature_octets",
            asked(),
            with(&|asked| asked.signature[0] = 1),
        ),
    ]
}
