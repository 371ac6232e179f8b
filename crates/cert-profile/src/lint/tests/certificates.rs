//! The rules of RFC 5280 and its kin for certificates.

use super::{Case, Cert, Document, Given, case, documents::*};

pub(super) fn cases() -> Vec<Case> {
    let mut cases = fields();
    cases.extend(names());
    cases.extend(extensions());
    cases.extend(keys());
    cases.extend(policies());
    cases.extend(places());
    cases
}

fn cert() -> Cert {
    Cert::subscriber()
}

/// A subscriber's certificate, changed.
fn with(change: impl FnOnce(&mut Cert)) -> Cert {
    cert().change(change)
}

fn times(begin: &[u8], end: &[u8]) -> Cert {
    with(|cert| cert.validity = validity(begin, end))
}

fn fields() -> Vec<Case> {
    let end = || utc("280701000000Z");
    let begin = || utc("260701000000Z");
    let syntax = |der| Given::Octets(Document::Certificate, der);
    vec![
        case(
            "rfc5280.certificate_syntax",
            cert(),
            syntax([cert().der(), vec![0]].concat()),
        ),
        case(
            "rfc5280.version",
            cert(),
            with(|cert| cert.version = tlv(0xa0, [2, 1, 1])),
        )
        .also(&["gmt0015.version"]),
        case(
            "rfc5280.version_known",
            cert(),
            with(|cert| cert.version = tlv(0xa0, [2, 1, 0])),
        )
        .also(&["rfc5280.version", "gmt0015.version"]),
        case(
            "rfc5280.serial",
            cert(),
            with(|cert| cert.serial = tlv(2, [0xa0; 16])),
        ),
        case(
            "rfc5280.serial",
            cert(),
            with(|cert| cert.serial = vec![2, 1, 0]),
        )
        .also(&["cabf.serial_entropy"]),
        case(
            "rfc5280.serial_length",
            with(|cert| cert.serial = tlv(2, [1; 20])),
            with(|cert| cert.serial = tlv(2, [1; 21])),
        ),
        case(
            "rfc5280.serial_minimal",
            with(|cert| cert.serial = tlv(2, [0, 0x80, 1, 1, 1, 1, 1, 1, 1])),
            with(|cert| cert.serial = tlv(2, [0, 1, 1, 1, 1, 1, 1, 1, 1])),
        ),
        case(
            "cabf.serial_entropy",
            with(|cert| cert.serial = tlv(2, [1; 8])),
            with(|cert| cert.serial = tlv(2, [1; 7])),
        ),
        case(
            "rfc5280.algorithms_match",
            cert(),
            with(|cert| cert.outer = algorithm(SM2_SM3, &[5, 0])),
        ),
        case(
            "rfc5280.signature_octets",
            cert(),
            with(|cert| cert.signature[0] = 1),
        ),
        case(
            "rfc5280.issuer",
            cert(),
            with(|cert| cert.issuer = vec![0x30, 0]),
        ),
        case(
            "rfc5280.time_seconds",
            times(&begin(), &end()),
            times(&utc("2607010000Z"), &end()),
        ),
        case(
            "rfc5280.time_zulu",
            times(&begin(), &end()),
            times(&utc("260701000000+0800"), &end()),
        ),
        case(
            "rfc5280.time_fraction",
            times(&begin(), &generalized("20510701000000Z")),
            times(&begin(), &generalized("20510701000000.5Z")),
        ),
        case(
            "rfc5280.time_exists",
            times(&begin(), &utc("280229000000Z")),
            times(&begin(), &utc("270229000000Z")),
        ),
        case(
            "rfc5280.time_encoding",
            times(&begin(), &generalized("20500101000000Z")),
            times(&begin(), &generalized("20491231235959Z")),
        ),
        case(
            // A year 50 is 1950, and begins before it ends.
            "rfc5280.validity",
            times(&utc("491231235959Z"), &generalized("20500101000000Z")),
            times(&begin(), &utc("500101000000Z")),
        ),
        case(
            "rfc5280.no_end",
            times(&begin(), &generalized("99991231235958Z")),
            times(&begin(), &generalized("99991231235959Z")),
        ),
        case(
            "rfc5280.ca_subject",
            Cert::ca(),
            Cert::ca().change(|cert| cert.subject = vec![0x30, 0]),
        )
        .also(&["rfc5280.subject_or_alt_name"]),
        case(
            "rfc5280.subject_or_alt_name",
            with(|cert| cert.subject = vec![0x30, 0]).with(
                "2.5.29.17",
                true,
                &seq(&[&tlv(0x82, "a.example.cn")]),
            ),
            with(|cert| cert.subject = vec![0x30, 0]),
        ),
        case(
            "rfc5280.key_octets",
            cert(),
            with(|cert| cert.key = seq(&[&sm2_algorithm(), &tlv(3, [0])])),
        )
        .also(&[
            "gmt0015.key",
            "gmt0015.key_form",
            "gmt0015.subject_key_identifier",
            "gmt0015.subject_key_sha1",
        ]),
        case(
            "rfc5280.unique_identifiers_version",
            with(|cert| cert.unique = vec![0x81, 2, 0, 1]),
            with(|cert| {
                cert.unique = vec![0x81, 2, 0, 1];
                cert.version = Vec::new();
            }),
        )
        .also(&["gmt0015.version", "rfc5280.version"]),
    ]
}

fn subject(rest: &[u8]) -> Cert {
    with(|cert| cert.subject = name_with(rest))
}

fn names() -> Vec<Case> {
    const CN: &str = "2.5.4.3";
    const OU: &str = "2.5.4.11";
    let both = |parts: &[&[u8]]| subject(&tlv(0x31, parts.concat()));
    let (one, other) = (attribute(CN, 12, b"a"), attribute(OU, 12, b"a"));
    let cn = |tag, text| subject(&rdn(CN, tag, text));
    vec![
        case("rfc5280.rdn_empty", cert(), subject(&[0x31, 0])),
        case(
            "rfc5280.rdn_order",
            both(&[&one, &other]),
            both(&[&other, &one]),
        ),
        case(
            "rfc5280.rdn_repeated",
            both(&[&one, &other]),
            both(&[&one, &attribute(CN, 12, b"b")]),
        ),
        case(
            "rfc5280.name_attributes",
            cert().change(|cert| cert.subject = units(32)),
            cert().change(|cert| cert.subject = units(33)),
        ),
        case("rfc5280.attribute_type", cn(12, "a"), cn(0x16, "a"))
            .also(&["gmt0015.names_are_utf8"]),
        case("rfc5280.attribute_legacy", cn(12, "a"), cn(0x14, "a"))
            .also(&["gmt0015.names_are_utf8"]),
        case("rfc5280.attribute_empty", cn(12, " "), cn(12, "")),
        case(
            "rfc5280.attribute_length",
            cn(12, &"张".repeat(64)),
            cn(12, &"张".repeat(65)),
        ),
        case("rfc5280.attribute_control", cn(12, "a b"), cn(12, "a\tb")),
        case(
            "rfc5280.country",
            with(|cert| cert.subject = seq(&[&rdn("2.5.4.6", 0x13, "HK")])),
            with(|cert| cert.subject = seq(&[&rdn("2.5.4.6", 0x13, "hk")])),
        ),
        case(
            "rfc5280.email_in_subject",
            cert(),
            subject(&rdn("1.2.840.113549.1.9.1", 0x16, "a@example.cn")),
        ),
    ]
}

fn extensions() -> Vec<Case> {
    let own = "2.25.1";
    vec![
        case(
            "rfc5280.extensions_not_empty",
            Cert::ca().change(|cert| cert.issuer = cert.subject.clone()),
            Cert::ca().change(|cert| {
                cert.issuer = cert.subject.clone();
                cert.field = Some(tlv(0xa3, [0x30, 0]));
            }),
        )
        .also(&["gmt0015.key_usage", "rfc5280.subject_key_of_subscriber"]),
        case(
            "rfc5280.extensions_unique",
            cert().with(own, false, &[5, 0]),
            cert()
                .with(own, false, &[5, 0])
                .change(|cert| cert.extensions.push(cert.extensions[6].clone())),
        ),
        case(
            "rfc5280.extension_syntax",
            cert(),
            cert().with("2.5.29.31", false, &[5, 0]),
        ),
        case(
            "rfc5280.extension_der",
            cert().with(own, false, &nested(16)),
            cert().with(own, false, &nested(17)),
        ),
        case(
            "rfc5280.extension_der",
            cert().with(own, false, &[5, 0]),
            cert().with(own, false, &[0x30, 0x80, 5, 0, 0, 0]),
        ),
        case(
            "rfc5280.critical_false",
            cert().with(own, false, &[5, 0]),
            cert().change(|cert| {
                let whole = seq(&[&oid(own), &[1, 1, 0], &[4, 2, 5, 0]]);
                cert.extensions.push((own.to_owned(), whole));
            }),
        ),
        case(
            "rfc5280.unknown_critical",
            cert().with(own, false, &[5, 0]),
            cert().with(own, true, &[5, 0]),
        ),
    ]
}

/// A certificate with this keyUsage, and this key if it is not one for SM2.
fn usages(bits: &[usize], key: Option<Vec<u8>>) -> Cert {
    cert().usage(bits).change(|cert| {
        if let Some(key) = key {
            cert.key = key;
        }
    })
}

fn keys() -> Vec<Case> {
    const AKI: &str = "2.5.29.35";
    const SKI: &str = "2.5.29.14";
    const KU: &str = "2.5.29.15";
    const EKU: &str = "2.5.29.37";
    let id = tlv(0x80, [9; 20]);
    let issuer = tlv(0xa1, tlv(0xa4, name("根")));
    let serial = tlv(0x82, [1]);
    let aki = |parts: &[&[u8]]| cert().with(AKI, false, &seq(parts));
    let constrained =
        |critical, value: &[u8]| Cert::ca().with("2.5.29.19", critical, &seq(&[value]));
    let purposes = |ids: &[&str]| cert().purposes(ids);
    let critical = |ids: &[&str]| {
        let all: Vec<_> = ids.iter().map(|id| oid(id)).collect();
        cert().with(EKU, true, &tlv(0x30, all.concat()))
    };
    let [server, client, code, stamps, answers] =
        ["1", "2", "3", "8", "9"].map(|last| format!("1.3.6.1.5.5.7.3.{last}"));
    let p256 = algorithm("1.2.840.10045.2.1", &oid("1.2.840.10045.3.1.7"));
    let p256 = spki(&p256, &[4; 65]);
    vec![
        case(
            "rfc5280.authority_key_identifier",
            cert(),
            cert().without(AKI),
        ),
        case(
            "rfc5280.authority_key_not_critical",
            aki(&[&id]),
            cert().with(AKI, true, &seq(&[&id])),
        ),
        case(
            "rfc5280.authority_key_named",
            aki(&[&id, &issuer, &serial]),
            aki(&[&issuer, &serial]),
        ),
        case(
            "rfc5280.authority_issuer_and_serial",
            aki(&[&id, &issuer, &serial]),
            aki(&[&id, &issuer]),
        ),
        case(
            "rfc5280.subject_key_identifier",
            Cert::ca(),
            Cert::ca().without(SKI),
        ),
        case(
            "rfc5280.subject_key_of_subscriber",
            cert(),
            cert().without(SKI),
        ),
        case("rfc5280.subject_key_not_critical", cert(), {
            cert().change(|cert| {
                let value = cert.extensions[1].1.clone();
                let value = &value[value.len() - 22..];
                *cert = cert.clone().with(SKI, true, value);
            })
        }),
        case(
            "rfc5280.key_usage_set",
            cert(),
            cert().with(KU, true, &[3, 1, 0]),
        ),
        case(
            "rfc5280.key_usage_minimal",
            cert(),
            cert().with(KU, true, &[3, 2, 0, 0xc0]),
        ),
        case(
            "rfc5280.key_usage_defined",
            cert().with(KU, true, &usage(&[4, 8])),
            cert().with(KU, true, &[3, 3, 6, 0x08, 0xc0]),
        ),
        case(
            "rfc5280.ca_key_usage_present",
            Cert::ca(),
            Cert::ca().without(KU),
        )
        .also(&["gmt0015.key_usage"]),
        case("rfc5280.ca_key_usage", Cert::ca(), Cert::ca().usage(&[6])),
        case(
            "rfc5280.cert_sign_is_a_ca",
            cert(),
            cert().usage(&[0, 1, 5]),
        ),
        case(
            "rfc5280.only_with_agreement",
            usages(&[2, 3, 4, 7], None),
            usages(&[2, 3, 7], None),
        ),
        case(
            "rfc3279.rsa_key_usage",
            usages(&[2, 3], Some(rsa_key(256))),
            usages(&[2, 3, 4], Some(rsa_key(256))),
        ),
        case(
            "rfc8813.ec_key_usage",
            usages(&[4], Some(p256.clone())),
            usages(&[2, 3, 4], Some(p256)),
        ),
        case(
            "rfc5280.ca_constraints_critical",
            constrained(true, &[1, 1, 0xff]),
            constrained(false, &[1, 1, 0xff]),
        ),
        case(
            "rfc5280.path_len",
            constrained(true, &[1, 1, 0xff, 2, 1, 0]),
            cert().with("2.5.29.19", true, &seq(&[&[2, 1, 0]])),
        ),
        case(
            "rfc5280.path_len_value",
            constrained(true, &[1, 1, 0xff, 2, 1, 0]),
            constrained(true, &[1, 1, 0xff, 2, 1, 0xff]),
        ),
        case(
            "rfc5280.purposes_not_empty",
            purposes(&[&server]),
            purposes(&[]),
        ),
        case(
            "rfc5280.purposes_unique",
            purposes(&[&server, &client]),
            purposes(&[&server, &client, &server]),
        ),
        case(
            "rfc5280.any_purpose_critical",
            purposes(&["2.5.29.37.0"]),
            critical(&["2.5.29.37.0"]),
        ),
        case(
            "rfc5280.purposes_need_signatures",
            purposes(&[&code]),
            purposes(&[&code]).usage(&[2, 3]),
        ),
        case(
            "rfc3161.time_stamping_alone",
            critical(&[&stamps]),
            critical(&[&stamps, &client]),
        ),
        case(
            "rfc3161.time_stamping_critical",
            critical(&[&stamps]),
            purposes(&[&stamps]),
        ),
        case(
            "rfc6960.no_check_of_responder",
            Cert::responder(),
            Cert::responder().without(NO_CHECK),
        ),
        case(
            "rfc6960.no_check_not_critical",
            Cert::responder(),
            Cert::responder().with(NO_CHECK, true, &[5, 0]),
        ),
        case(
            "rfc6960.responder_is_no_ca",
            Cert::ca().usage(&[0, 5, 6]).purposes(&[&client]),
            Cert::ca()
                .usage(&[0, 5, 6])
                .purposes(&[&answers])
                .with(NO_CHECK, false, &[5, 0]),
        ),
        case(
            "rfc9525.server_has_a_name",
            purposes(&[&server]),
            purposes(&[&server]).without("2.5.29.17"),
        ),
    ]
}

fn policies() -> Vec<Case> {
    const POLICIES: &str = "2.5.29.32";
    const MAPPINGS: &str = "2.5.29.33";
    const ANY: &str = "2.5.29.32.0";
    let one = seq(&[&oid("1.2.156.1.1")]);
    let two = seq(&[&oid("1.2.156.1.2")]);
    let list = |all: &[&[u8]]| cert().with(POLICIES, false, &seq(all));
    let qualified = |qualifier: &[u8]| list(&[&seq(&[&oid("1.2.156.1.1"), qualifier])]);
    let cps =
        |tag, text: &str| qualified(&seq(&[&seq(&[&oid("1.3.6.1.5.5.7.2.1"), &tlv(tag, text)])]));
    let told = |tag, text: &str| {
        let told = seq(&[&tlv(tag, text)]);
        qualified(&seq(&[&seq(&[&oid("1.3.6.1.5.5.7.2.2"), &told])]))
    };
    let ca = || Cert::ca().with(POLICIES, false, &seq(&[&one]));
    let mapping = |from: &str, to: &str| seq(&[&oid(from), &oid(to)]);
    let mapped = |critical, all: &[&[u8]]| ca().with(MAPPINGS, critical, &seq(all));
    let good = mapping("1.2.156.1.1", "1.2.156.1.9");
    let skips = |critical, parts: &[&[u8]]| ca().with("2.5.29.36", critical, &seq(parts));
    let any = |critical, value: &[u8]| ca().with("2.5.29.54", critical, value);
    vec![
        case("rfc5280.policies_not_empty", list(&[&one]), list(&[])),
        case(
            "rfc5280.policies_unique",
            list(&[&one, &two]),
            list(&[&one, &two, &one]),
        ),
        case(
            "rfc5280.qualifiers_not_empty",
            list(&[&one]),
            qualified(&[0x30, 0]),
        ),
        case(
            "rfc5280.qualifiers_known",
            told(12, "a"),
            qualified(&seq(&[&seq(&[&oid("2.25.1"), &[5, 0]])])),
        ),
        case(
            "rfc5280.cps_uri",
            cps(0x16, "http://a.cn"),
            cps(0x16, "a.cn"),
        ),
        case(
            "rfc5280.notice_length",
            told(12, &"张".repeat(200)),
            told(12, &"张".repeat(201)),
        ),
        case("rfc5280.notice_type", told(12, "a"), told(0x1a, "a")),
        case(
            "rfc5280.mappings_not_empty",
            mapped(true, &[&good]),
            mapped(true, &[]),
        ),
        case(
            "rfc5280.mappings_not_any",
            mapped(true, &[&good]),
            mapped(true, &[&mapping("1.2.156.1.1", ANY)]),
        ),
        case(
            "rfc5280.mappings_critical",
            mapped(true, &[&good]),
            mapped(false, &[&good]),
        ),
        case(
            "rfc5280.mappings_of_policies",
            mapped(true, &[&good]),
            mapped(true, &[&mapping("1.2.156.1.2", "1.2.156.1.9")]),
        ),
        case(
            "rfc5280.policy_constraints_critical",
            skips(true, &[&[0x80, 1, 0]]),
            skips(false, &[&[0x80, 1, 0]]),
        ),
        case(
            "rfc5280.policy_constraints_not_empty",
            skips(true, &[&[0x81, 1, 0]]),
            skips(true, &[]),
        ),
        case(
            "rfc5280.skip_certificates",
            skips(true, &[&[0x80, 1, 0]]),
            skips(true, &[&[0x80, 1, 0xff]]),
        ),
        case(
            "rfc5280.skip_certificates",
            any(true, &[2, 1, 0x7f]),
            any(true, &[2, 2, 0, 0x7f]),
        ),
        case(
            "rfc5280.inhibit_any_critical",
            any(true, &[2, 1, 0]),
            any(false, &[2, 1, 0]),
        ),
        case(
            "rfc5280.path_policy_is_a_ca",
            any(true, &[2, 1, 0]),
            cert().with("2.5.29.54", true, &[2, 1, 0]),
        ),
    ]
}

fn places() -> Vec<Case> {
    const SAN: &str = "2.5.29.17";
    const IAN: &str = "2.5.29.18";
    const CDP: &str = "2.5.29.31";
    const NC: &str = "2.5.29.30";
    const ATTRIBUTES: &str = "2.5.29.9";
    const FRESHEST: &str = "2.5.29.46";
    let dns = |text: &str| tlv(0x82, text);
    let names = |all: &[&[u8]]| cert().with(SAN, false, &seq(all));
    let issuer = |critical, all: &[&[u8]]| cert().with(IAN, critical, &seq(all));
    let gender = values("1.3.6.1.5.5.7.9.3", &[&tlv(0x13, "F")]);
    let attributes = |critical, all: &[&[u8]]| cert().with(ATTRIBUTES, critical, &seq(all));
    let tree = |base: &[u8], rest: &[u8]| seq(&[base, rest]);
    let permitted = |trees: &[&[u8]]| seq(&[&tlv(0xa0, trees.concat())]);
    let dns_tree = tree(&dns("example.cn"), &[]);
    let constrained = |critical, value: &[u8]| Cert::ca().with(NC, critical, value);
    let good = permitted(&[&dns_tree]);
    let crls = |points: &[&[u8]]| cert().with(CDP, false, &seq(points));
    let point = crl_point("http://ca.example.cn/1.crl");
    let reasons = [0x81, 2, 1, 0x06];
    let place = tlv(0xa0, tlv(0xa0, uri("http://ca.example.cn/1.crl")));
    let services = |critical, all: &[&[u8]]| cert().with(AIA, critical, &seq(all));
    let ocsp = access(OCSP, &uri("http://ocsp.example.cn"));
    let repository = access("1.3.6.1.5.5.7.48.5", &uri("http://ca.example.cn"));
    let own = |critical, all: &[&[u8]]| cert().with(SIA, critical, &seq(all));
    let freshest = |critical, points: &[&[u8]]| cert().with(FRESHEST, critical, &seq(points));
    vec![
        case(
            "rfc5280.alt_name_not_empty",
            names(&[&dns("a.cn")]),
            names(&[]),
        ),
        case(
            "rfc5280.alt_name_not_critical",
            names(&[&dns("a.cn")]),
            cert().with(SAN, true, &seq(&[&dns("a.cn")])),
        ),
        case(
            "rfc5280.alt_name_dns",
            names(&[&dns("*.a-1.cn")]),
            names(&[&dns("-a.cn")]),
        ),
        case(
            "rfc5280.alt_name_ip",
            names(&[&tlv(0x87, [1; 16])]),
            names(&[&tlv(0x87, [1; 5])]),
        ),
        case(
            "rfc5280.alt_name_mail",
            names(&[&tlv(0x81, "a@b.cn")]),
            names(&[&tlv(0x81, "b.cn")]),
        ),
        case(
            "rfc5280.alt_name_uri",
            names(&[&uri("urn:a")]),
            names(&[&uri("//a.cn/")]),
        ),
        case(
            "rfc5280.issuer_alt_name_not_critical",
            issuer(false, &[&dns("a.cn")]),
            issuer(true, &[&dns("a.cn")]),
        ),
        case(
            "rfc5280.issuer_alt_name_not_empty",
            issuer(false, &[&dns("a.cn")]),
            issuer(false, &[]),
        ),
        case(
            "rfc5280.directory_attributes_not_critical",
            attributes(false, &[&gender]),
            attributes(true, &[&gender]),
        ),
        case(
            "rfc5280.directory_attributes_not_empty",
            attributes(false, &[&gender]),
            attributes(false, &[]),
        ),
        case(
            "rfc5280.name_constraints_critical",
            constrained(true, &good),
            constrained(false, &good),
        ),
        case(
            "rfc5280.name_constraints_is_a_ca",
            constrained(true, &good),
            cert().with(NC, true, &good),
        ),
        case(
            "rfc5280.name_constraints_not_empty",
            constrained(true, &good),
            constrained(true, &[0x30, 0]),
        ),
        case(
            "rfc5280.name_constraints_unbounded",
            constrained(true, &good),
            constrained(
                true,
                &permitted(&[&tree(&dns("example.cn"), &[0x80, 1, 0])]),
            ),
        ),
        case(
            "rfc5280.name_constraints_ip",
            constrained(true, &permitted(&[&tree(&tlv(0x87, [1; 8]), &[])])),
            constrained(true, &permitted(&[&tree(&tlv(0x87, [1; 4]), &[])])),
        ),
        case(
            "rfc5280.crl_points_not_critical",
            crls(&[&point]),
            cert().with(CDP, true, &seq(&[&point])),
        ),
        case("rfc5280.crl_points_not_empty", crls(&[&point]), crls(&[])),
        case(
            "rfc5280.crl_point_place",
            crls(&[&point]),
            crls(&[&point, &seq(&[&reasons])]),
        ),
        case(
            "rfc5280.crl_point_names",
            crls(&[&point]),
            crls(&[&seq(&[&tlv(0xa0, tlv(0xa0, []))])]),
        ),
        case(
            "rfc5280.crl_points_all_reasons",
            crls(&[&point, &seq(&[&place, &reasons])]),
            crls(&[&seq(&[&place, &reasons])]),
        ),
        case(
            "rfc5280.crl_point_scheme",
            crls(&[&point]),
            crls(&[&crl_point("https://a.cn/1.crl")]),
        ),
        case(
            "rfc5280.access_not_critical",
            services(false, &[&ocsp]),
            services(true, &[&ocsp]),
        ),
        case(
            "rfc5280.access_not_empty",
            services(false, &[&ocsp]),
            services(false, &[]),
        ),
        case(
            "rfc5280.access_method",
            services(false, &[&ocsp]),
            services(false, &[&repository]),
        ),
        case(
            "rfc5280.access_uri",
            services(false, &[&ocsp]),
            services(false, &[&access(OCSP, &dns("ocsp.example.cn"))]),
        ),
        case(
            "rfc5280.access_scheme",
            services(false, &[&ocsp]),
            services(false, &[&access(OCSP, &uri("https://ocsp.example.cn"))]),
        ),
        case(
            "rfc5280.subject_access_not_critical",
            own(false, &[&repository]),
            own(true, &[&repository]),
        ),
        case(
            "rfc5280.subject_access_not_empty",
            own(false, &[&repository]),
            own(false, &[]),
        ),
        case(
            "rfc5280.freshest_not_critical",
            freshest(false, &[&point]),
            freshest(true, &[&point]),
        ),
        case(
            "rfc5280.freshest_place",
            freshest(false, &[&point]),
            freshest(false, &[&seq(&[])]),
        ),
    ]
}
