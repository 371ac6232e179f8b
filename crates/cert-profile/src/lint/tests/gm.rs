//! The rules of GM/T 0015, GB/T 20518, for mutual recognition and for pairs.

use super::{Answer, Asked, Case, Cert, Document, Given, List, case, documents::*};

pub(super) fn cases() -> Vec<Case> {
    let mut cases = certificates();
    cases.extend(others());
    cases.extend(private());
    cases.extend(recognised());
    cases.extend(pairs());
    cases
}

fn cert() -> Cert {
    Cert::subscriber()
}

fn with(change: impl FnOnce(&mut Cert)) -> Cert {
    cert().change(change)
}

/// Of this key, with the identifiers taken out that belong to another.
fn key(key: &[u8]) -> Cert {
    with(|cert| cert.key = key.to_vec()).without("2.5.29.14")
}

fn signed(id: &str, parameters: &[u8]) -> Cert {
    with(|cert| {
        cert.algorithm = algorithm(id, parameters);
        cert.outer = cert.algorithm.clone();
    })
}

fn numbers(r: &[u8], s: &[u8]) -> Vec<u8> {
    [&[0][..], &seq(&[&tlv(2, r), &tlv(2, s)])].concat()
}

/// n of GB/T 32918.5, and the number before it.
fn order(last: u8) -> Vec<u8> {
    let mut n = vec![
        0, 0xff, 0xff, 0xff, 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
        0xff, 0xff, 0x72, 0x03, 0xdf, 0x6b, 0x21, 0xc6, 0x05, 0x2b, 0x53, 0xbb, 0xf4, 0x09, 0x39,
        0xd5, 0x41,
    ];
    n.push(last);
    n
}

fn certificates() -> Vec<Case> {
    let ecdsa = "1.2.840.10045.4.3.2";
    let curve = |parameters: &[u8]| {
        key(&spki(
            &algorithm("1.2.840.10045.2.1", parameters),
            &point(0x21),
        ))
    };
    let sm2 = || key(&sm2_key(0x21));
    let mut compressed = point(0x21)[..33].to_vec();
    compressed[0] = 2 | (point(0x21)[64] & 1);
    let mut off = point(0x21);
    off[64] ^= 1;
    let base = {
        let mut one = [0; 32];
        one[31] = 1;
        let one = gm_crypto::sm2::SecretKey::from_bytes(&one).unwrap();
        one.public_key().to_uncompressed()
    };
    let sm3 = gm_crypto::sm3::digest(&point(0x21));
    let identified = |value: &[u8]| cert().with("2.5.29.14", false, &tlv(4, value));
    let named = |rest: &[u8]| with(|cert| cert.subject = name_with(rest));
    vec![
        case(
            "gmt0015.version",
            cert(),
            with(|cert| cert.version = tlv(0xa0, [2, 1, 1])),
        )
        .also(&["rfc5280.version"]),
        case(
            "gmt0015.signature_algorithm",
            signed(SM2_SM3, &[]),
            signed(ecdsa, &[]),
        ),
        case(
            "gmt0015.signature_parameters",
            signed(SM2_SM3, &[5, 0]),
            signed(SM2_SM3, &[4, 0]),
        ),
        case(
            "gmt0015.signature_value",
            with(|cert| cert.signature = numbers(&order(0x22), &[1])),
            with(|cert| cert.signature = numbers(&order(0x23), &[1])),
        ),
        case(
            "gmt0015.signature_value",
            cert(),
            with(|cert| cert.signature = numbers(&[1], &[0x80])),
        ),
        case("gmt0015.key_algorithm", sm2(), key(&rsa_key(256))),
        case(
            "gmt0015.key_curve",
            sm2(),
            curve(&oid("1.2.840.10045.3.1.7")),
        ),
        case("gmt0015.key_curve_named", sm2(), curve(&[5, 0])),
        case(
            "gmt0015.key_spelling",
            sm2(),
            key(&spki(&algorithm("1.2.156.10197.1.301", &[]), &point(0x21))),
        ),
        case(
            "gmt0015.key_form",
            sm2(),
            key(&spki(&sm2_algorithm(), &compressed)),
        ),
        case("gmt0015.key", sm2(), key(&spki(&sm2_algorithm(), &off))),
        case(
            "gmt0015.key_not_base_point",
            sm2(),
            key(&spki(&sm2_algorithm(), &base)),
        ),
        case(
            "gmt0015.rsa_modulus",
            key(&rsa_key(256)),
            key(&rsa_key(255)),
        ),
        case(
            "gmt0015.unique_identifiers",
            cert(),
            with(|cert| cert.unique = vec![0x81, 2, 0, 1]),
        ),
        case("gmt0015.key_usage", cert(), cert().without("2.5.29.15")),
        case(
            "gmt0015.key_usage_critical",
            cert(),
            cert().with("2.5.29.15", false, &usage(&[0, 1])),
        ),
        case("gmt0015.dual_usage", cert(), cert().usage(&[0, 1, 2, 3])),
        case("gmt0015.signing_usage", cert(), cert().usage(&[0])),
        case(
            "gmt0015.encryption_usage",
            Cert::encryption(),
            Cert::encryption().usage(&[2]),
        ),
        case("gmt0015.ca_usage", Cert::ca(), Cert::ca().usage(&[5])),
        case(
            "gmt0015.ca_false",
            cert().with("2.5.29.19", true, &[0x30, 0]),
            cert().with("2.5.29.19", true, &seq(&[&[1, 1, 0]])),
        ),
        case(
            "gmt0015.subject_key_identifier",
            identified(&sm3),
            identified(&[1; 20]),
        ),
        case("gmt0015.subject_key_sha1", cert(), identified(&sm3[..20])),
        case(
            "gmt0015.country_printable",
            cert(),
            with(|cert| cert.subject = seq(&[&rdn("2.5.4.6", 12, "CN")])),
        )
        .also(&["rfc5280.attribute_type"]),
        case(
            "gmt0015.beyond_ascii_is_utf8",
            named(&rdn("2.5.4.3", 12, "张")),
            {
                named(&tlv(
                    0x31,
                    attribute("2.5.4.3", 0x1e, &[0x5f, 0x20, 0xff, 0x01]),
                ))
            },
        )
        .also(&["rfc5280.attribute_legacy", "gmt0015.names_are_utf8"]),
        case(
            "gmt0015.names_are_utf8",
            named(&rdn("2.5.4.3", 12, "a")),
            named(&rdn("2.5.4.3", 0x13, "a")),
        ),
    ]
}

fn others() -> Vec<Case> {
    let ecdsa = || algorithm("1.2.840.10045.4.3.2", &[]);
    let list = |id: &[u8]| {
        List::new().change(|list| {
            list.algorithm = id.to_vec();
            list.outer = id.to_vec();
        })
    };
    let sm2 = |parameters: &[u8]| algorithm(SM2_SM3, parameters);
    vec![
        case(
            "gmt0015.crl_signature_algorithm",
            List::new(),
            list(&ecdsa()),
        ),
        case(
            "gmt0015.crl_signature_parameters",
            list(&sm2(&[5, 0])),
            list(&sm2(&[4, 0])),
        ),
        case(
            "gmt0015.crl_signature_value",
            List::new(),
            List::new().change(|list| list.signature = numbers(&[0], &[1])),
        ),
        case(
            "gmt0015.ocsp_signature_algorithm",
            Answer::new(),
            Answer::new().change(|answer| answer.algorithm = ecdsa()),
        ),
        case(
            "gmt0015.ocsp_signature_value",
            Answer::new(),
            Answer::new().change(|answer| answer.signature = numbers(&[0, 1], &[1])),
        ),
        case(
            "gmt0015.request_signature_algorithm",
            Asked::new(),
            Asked::new().change(|asked| asked.outer = ecdsa()),
        ),
        case(
            "gmt0015.request_key",
            Asked::new(),
            Asked::new().change(|asked| asked.key = rsa_key(256)),
        ),
    ]
}

const IDENTIFY: &str = "1.2.156.10260.4.1.1";
const INSURANCE: &str = "1.2.156.10260.4.1.2";
const ORGANISATION: &str = "1.2.156.10260.4.1.4";
const TAXATION: &str = "1.2.156.10260.4.1.5";
const CREDIT: &str = "1.2.156.10260.4.4";
/// Nobody's: the day is 1990-01-01, the place is none.
const RESIDENT: &str = "110101199001011237";

fn private() -> Vec<Case> {
    let identified =
        |tag, inner, text: &str| cert().with(IDENTIFY, false, &tlv(tag, tlv(inner, text)));
    let number = |id, tag, text: &str| cert().with(id, false, &tlv(tag, text));
    vec![
        case(
            "gb20518.private_not_critical",
            number(INSURANCE, 0x13, "1"),
            cert().with(INSURANCE, true, &tlv(0x13, "1")),
        )
        .also(&["rfc5280.unknown_critical"]),
        case(
            "gb20518.identify_code",
            identified(0xa0, 0x13, RESIDENT),
            number(IDENTIFY, 0x13, RESIDENT),
        ),
        case(
            "gb20518.identify_code_string",
            identified(0xa1, 12, "军字第1号"),
            identified(0xa1, 0x13, "1"),
        ),
        case(
            "gb20518.identify_code_string",
            identified(0xa0, 0x13, RESIDENT),
            cert().with(IDENTIFY, false, &tlv(0x80, RESIDENT)),
        ),
        case(
            "gb20518.private_string",
            number(INSURANCE, 0x13, "1"),
            number(INSURANCE, 12, "1"),
        ),
        case(
            "gb20518.private_value",
            number(INSURANCE, 0x13, "1"),
            number(INSURANCE, 0x13, ""),
        ),
        case(
            "gb20518.private_trimmed",
            number(INSURANCE, 0x13, "1"),
            number(INSURANCE, 0x13, "1 "),
        ),
        case(
            "gb20518.resident_number",
            identified(0xa0, 0x13, RESIDENT),
            identified(0xa0, 0x13, "110101199001011238"),
        ),
        case(
            "gb20518.credit_code",
            number(CREDIT, 0x13, "91440300MA5DDA000Y"),
            number(CREDIT, 0x13, "91440300MA5DDA0007"),
        ),
        case(
            "gb20518.credit_code",
            number(TAXATION, 0x13, "91440300MA5DDA000Y"),
            number(TAXATION, 0x13, "91440300MA5DDA0007"),
        ),
        case(
            // GB 11714's own example has D2143569X.
            "gb20518.organisation_code",
            number(ORGANISATION, 0x13, "D2143569-X"),
            number(ORGANISATION, 0x13, "D2143569-0"),
        ),
        case(
            "gb20518.person_or_organisation",
            number(ORGANISATION, 0x13, "D2143569X"),
            number(ORGANISATION, 0x13, "D2143569X").with(INSURANCE, false, &tlv(0x13, "1")),
        ),
    ]
}

fn policy(ids: &[&str]) -> Vec<u8> {
    let all: Vec<_> = ids.iter().map(|id| seq(&[&oid(id)])).collect();
    tlv(0x30, all.concat())
}

const INDIVIDUAL: &str = "2.16.156.339.1.1.1.2.1";
const ORGANISATIONS: &str = "2.16.156.339.1.1.2.2.1";
const HONG_KONG: &str = "2.16.344.8.2.2008.810.2.2018.1.1";

fn recognised() -> Vec<Case> {
    let cert = || cert().with("2.5.29.32", false, &policy(&[INDIVIDUAL]));
    let of = |ids: &[&str]| cert().with("2.5.29.32", false, &policy(ids));
    let with = |change: &dyn Fn(&mut Cert)| cert().change(change);
    let valid = |end: &str| {
        cert().change(|cert| cert.validity = validity(&utc("260701000000Z"), &utc(end)))
    };
    let cn = rdn("2.5.4.3", 12, "张三");
    let country = rdn("2.5.4.6", 0x13, "CN");
    let foreign = tlv(0x31, attribute("2.5.4.3", 0x1e, &[0x5f, 0x20, 0x4e, 0x09]));
    let without_organisation = |id| of(&[id]).change(|cert| cert.subject = seq(&[&country, &cn]));
    let rsa = |cert: &mut Cert| {
        cert.key = rsa_key(256);
        cert.algorithm = algorithm("1.2.840.113549.1.1.11", &[5, 0]);
        cert.outer = cert.algorithm.clone();
    };
    let hong_kong = || of(&[HONG_KONG]).change(rsa);
    vec![
        case(
            "gdhk.issuer_name",
            cert(),
            with(&|cert| cert.issuer = seq(&[&country, &cn])),
        ),
        case(
            "gdhk.holder_name",
            cert(),
            with(&|cert| cert.subject = name_with(&[])),
        ),
        case(
            "gdhk.holder_name_utf8",
            cert(),
            with(&|cert| cert.subject = name_with(&foreign)),
        )
        .also(&[
            "gmt0015.beyond_ascii_is_utf8",
            "gmt0015.names_are_utf8",
            "rfc5280.attribute_legacy",
        ]),
        case(
            "gdhk.serial_number",
            cert(),
            with(&|cert| cert.serial = tlv(2, [1; 21])),
        )
        .also(&["rfc5280.serial_length"]),
        case(
            "gdhk.validity",
            valid("280701000000Z"),
            valid("2807010000Z"),
        )
        .also(&["rfc5280.time_seconds"]),
        case(
            "gdhk.validity_years",
            valid("280701000000Z"),
            valid("280801000000Z"),
        ),
        case(
            "gdhk.validity_years",
            valid("280630235959Z"),
            valid("280629235959Z"),
        ),
        case(
            "gdhk.validity_years",
            valid("310701000000Z"),
            valid("320701000000Z"),
        ),
        case(
            "gdhk.verification_data",
            hong_kong(),
            hong_kong().change(|cert| cert.key = rsa_key(255)),
        ),
        case(
            "gdhk.issuer_signature",
            hong_kong(),
            hong_kong().change(|cert| cert.outer = algorithm("1.2.840.113549.1.1.5", &[5, 0])),
        )
        .also(&["rfc5280.algorithms_match"]),
        // The arc is no policy; those below it are.
        case(
            "gdhk.policy",
            of(&[HONG_KONG]),
            of(&["2.16.344.8.2.2008.810.2"]),
        ),
        case(
            "gdhk.policy",
            of(&[HONG_KONG]),
            of(&["2.16.344.8.2.2008.810.3.1"]),
        ),
        case(
            "gdhk.policy_of_one_class",
            of(&[ORGANISATIONS]),
            of(&[INDIVIDUAL, ORGANISATIONS]),
        ),
        case(
            "gdhk.policy_matches_holder",
            without_organisation(INDIVIDUAL),
            without_organisation(ORGANISATIONS),
        ),
        case("gdhk.purpose", cert(), cert().usage(&[2, 3, 4])),
        case(
            "gdhk.status",
            cert().without(AIA),
            cert().without(AIA).without("2.5.29.31"),
        ),
    ]
}

fn pairs() -> Vec<Case> {
    let both = || [Cert::subscriber(), Cert::encryption()];
    // The encryption certificate, changed.
    let other =
        |change: &dyn Fn(&mut Cert)| [Cert::subscriber(), Cert::encryption().change(change)];
    let with = |id: &str, critical, value: &[u8]| {
        [
            Cert::subscriber(),
            Cert::encryption().with(id, critical, value),
        ]
    };
    let sha1 = |secret| {
        use sha1::Digest;
        let id: [u8; 20] = sha1::Sha1::digest(point(secret)).into();
        tlv(4, id)
    };
    let number = tlv(0x13, "1");
    let valid = |begin: &[u8], end: &[u8]| {
        let times = validity(&tlv(0x17, begin), &tlv(0x17, end));
        other(&|cert| cert.validity = times.clone())
    };
    let identified = |value: &[u8]| {
        let signing = Cert::subscriber().with(INSURANCE, false, &number);
        [signing, Cert::encryption().with(INSURANCE, false, value)]
    };
    vec![
        case(
            "pair.syntax",
            both(),
            Given::Octets(Document::Pair, Cert::subscriber().der()[1..].to_vec()),
        ),
        case(
            "pair.subject",
            both(),
            other(&|cert| cert.subject = name("李四")),
        ),
        case(
            "pair.issuer",
            both(),
            other(&|cert| cert.issuer = name("别的根")),
        ),
        case(
            "pair.issuer_key",
            both(),
            with("2.5.29.35", false, &seq(&[&tlv(0x80, [8; 20])])),
        ),
        case(
            "pair.serials",
            both(),
            other(&|cert| cert.serial = tlv(2, [0x21; 16])),
        ),
        case("pair.keys", both(), other(&|cert| cert.key = sm2_key(0x21))),
        case(
            "pair.key_kind",
            both(),
            other(&|cert| cert.key = rsa_key(256)),
        ),
        case(
            "pair.key_identifiers",
            both(),
            with("2.5.29.14", false, &sha1(0x21)),
        ),
        case(
            "pair.algorithm",
            both(),
            other(&|cert| cert.algorithm = algorithm("1.2.840.10045.4.3.2", &[])),
        ),
        case(
            "pair.parameters",
            both(),
            other(&|cert| cert.algorithm = algorithm(SM2_SM3, &[5, 0])),
        ),
        case(
            "pair.signing_usage",
            both(),
            [Cert::subscriber().without("2.5.29.15"), Cert::encryption()],
        )
        .also(&["pair.key_usage_critical"]),
        case(
            "pair.encryption_usage",
            both(),
            [Cert::subscriber(), Cert::encryption().without("2.5.29.15")],
        )
        .also(&["pair.key_usage_critical"]),
        case(
            "pair.usages_exclusive",
            both(),
            with("2.5.29.15", true, &usage(&[0, 2, 3])),
        ),
        case(
            "pair.key_usage_critical",
            both(),
            with("2.5.29.15", false, &usage(&[2, 3, 4])),
        ),
        case(
            "pair.no_ca",
            both(),
            with("2.5.29.19", true, &seq(&[&[1, 1, 0xff]])),
        ),
        case(
            "pair.validity",
            valid(b"260702000000Z", b"280630000000Z"),
            valid(b"260701000000Z", b"280702000001Z"),
        ),
        case(
            "pair.alternative_names",
            both(),
            with("2.5.29.17", false, &seq(&[&tlv(0x82, "b.example.cn")])),
        ),
        case(
            "pair.identity",
            identified(&number),
            identified(&tlv(0x13, "2")),
        ),
        case(
            "pair.policies",
            both(),
            with("2.5.29.32", false, &policy(&["1.2.156.1.2"])),
        ),
    ]
}
