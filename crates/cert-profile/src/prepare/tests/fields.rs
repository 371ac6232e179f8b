//! What each field of a policy writes and refuses.

use super::*;
use crate::{Identifier, IdentityKind};
use der::{asn1::OctetString, oid::db::rfc5280};
use gm_crypto::sm3;
use x509_cert::ext::pkix::{CrlDistributionPoints, NameConstraints, crl::FreshestCrl};

const PLAIN: &str = r#"
    name = "a"
    kind = "end-entity"
    key_usage = ["digitalSignature"]
    validity = { days = 10 }
    subject = { required = ["commonName"] }
"#;

fn with(more: &str) -> Profile {
    let text = PLAIN.replacen("name", &format!("{more}\nname"), 1);
    Profile::from_toml(&text).unwrap_or_else(|error| panic!("{error}"))
}

fn replaced(line: &str, instead: &str) -> Profile {
    assert!(PLAIN.contains(line), "{line}");
    Profile::from_toml(&PLAIN.replace(line, instead)).unwrap_or_else(|error| panic!("{error}"))
}

fn ask(profile: &Profile, request: &CertRequest) -> Result<TbsCertificate, Rejection> {
    let (_, issuer) = authority();
    let prepared = profile.prepare(&issuer, request, &serial(2), now())?;
    Ok(TbsCertificate::from_der(prepared.tbs()).unwrap())
}

fn refused(profile: &Profile, request: &CertRequest, message: &str) {
    let rejection = ask(profile, request).expect_err(message);
    let begins = format!("profile a refuses: {message}");
    assert!(rejection.to_string().starts_with(&begins), "{rejection}");
    assert_eq!(rejection.objections().len(), 1, "{rejection}");
}

#[test]
fn years_are_chosen_where_the_profile_leaves_the_choice() {
    let chosen = replaced("days = 10", "years = { from = 1, to = 5 }");
    let plain = request("CN=a", &key());
    refused(
        &chosen,
        &plain,
        "no years of validity are chosen: 1 to 5 (RFC 5280, 4.1.2.5)",
    );
    refused(
        &chosen,
        &plain.clone().years(6),
        "6 years of validity are chosen, 1 to 5 are allowed",
    );
    let cut = plain.clone().years(2).not_after(at("2028-06-30T00:00:00Z"));
    refused(
        &chosen,
        &cut,
        "an end at 2028-06-30T00:00:00Z is asked for, the profile gives whole",
    );
    let long = plain.clone().years(2).not_after(at("2029-01-01T00:00:00Z"));
    let end = |tbs: TbsCertificate| tbs.validity().not_after.to_date_time();
    assert_eq!(
        end(ask(&chosen, &long).unwrap()),
        at("2028-07-01T08:00:00Z")
    );

    let fixed = replaced("days = 10", "years = 2");
    assert!(ask(&fixed, &plain.clone().years(2)).is_ok());
    refused(
        &fixed,
        &plain.clone().years(3),
        "3 years of validity are chosen, 2 are allowed",
    );
    let days = Profile::from_toml(PLAIN).unwrap();
    refused(
        &days,
        &plain.years(1),
        "1 years of validity are chosen, the profile gives days",
    );
}

#[test]
fn an_end_beyond_the_issuer_is_cut_where_the_profile_says_so_and_shown() {
    let (_, issuer) = authority();
    let clamp = replaced("days = 10", "years = 5, beyond_issuer = \"clamp\"");
    let request = request("CN=a", &key());
    let limit = at("2046-07-01T08:00:00Z");
    let late = at("2045-01-01T00:00:00Z");
    let granted = clamp.validity(&issuer, &request, late).unwrap();
    assert_eq!((granted.begin(), granted.end()), (late, limit));
    assert_eq!(granted.shortened_from(), Some(at("2050-01-01T00:00:00Z")));
    let prepared = clamp.prepare(&issuer, &request, &serial(2), late).unwrap();
    assert_eq!(prepared.shortened_from(), granted.shortened_from());
    let tbs = TbsCertificate::from_der(prepared.tbs()).unwrap();
    assert_eq!(tbs.validity().not_after.to_date_time(), limit);

    let early = clamp.validity(&issuer, &request, now()).unwrap();
    assert_eq!(early.shortened_from(), None);
    let gone = clamp.validity(&issuer, &request, limit).unwrap_err();
    assert_eq!(
        gone.objections(),
        [Objection::EndsBeforeBegin { not_after: limit }]
    );
    let refuse = replaced("days = 10", "years = 5");
    let refused = refuse.validity(&issuer, &request, late).unwrap_err();
    assert!(matches!(
        refused.objections(),
        [Objection::PastIssuer { .. }]
    ));
}

#[test]
fn a_subject_keeps_order_values_lengths_and_string_types() {
    let subject = "{ required = [\"countryName\", \"commonName\"], \
                   optional = [\"organizationName\", \"organizationalUnitName\"], \
                   order = [\"countryName\", \"organizationName\", \"organizationalUnitName\", \"commonName\"], \
                   values = { countryName = \"CN\" }, lengths = { commonName = 4 }, strings = \"utf8\" }";
    let profile = replaced("{ required = [\"commonName\"] }", subject);
    let key = key();
    let asks = |name: &str| request(name, &key);
    assert!(ask(&profile, &asks("CN=张三,OU=a,OU=b,O=a,C=CN")).is_ok());
    assert!(ask(&profile, &asks("CN=张三,C=CN")).is_ok());
    refused(
        &profile,
        &asks("C=CN,CN=a"),
        "subject has, from the most general part on, countryName after commonName",
    );
    refused(
        &profile,
        &asks("OU=a,CN=a,O=a,C=CN"),
        "subject has, from the most general part on, organizationalUnitName after commonName",
    );
    refused(
        &profile,
        &asks("CN=a,C=HK"),
        "subject has another countryName than the profile's, \"CN\"",
    );
    refused(
        &profile,
        &asks("CN=abcde,C=CN"),
        "commonName has 5 characters, at most 4 are allowed",
    );
    refused(
        &profile,
        &asks("2.5.4.3=#130161,C=CN"),
        "commonName is not a UTF8String",
    );
    refused(
        &profile,
        &asks("CN=a+OU=b,C=CN"),
        "subject has a relative distinguished name with several",
    );

    let several = subject.replace("strings", "multi_valued = true, strings");
    let profile = replaced("{ required = [\"commonName\"] }", &several);
    assert!(ask(&profile, &asks("CN=a+OU=b,C=CN")).is_ok());
}

#[test]
fn an_attribute_that_stands_twice_in_one_rdn_is_still_repeated() {
    let several = "{ required = [\"commonName\"], multi_valued = true }";
    let profile = replaced("{ required = [\"commonName\"] }", several);
    let attribute = |letter: u8| [0x30, 8, 6, 3, 0x55, 4, 3, 0x0c, 1, letter];
    let octets = [
        &[0x30, 22, 0x31, 20][..],
        &attribute(b'a'),
        &attribute(b'b'),
    ]
    .concat();
    let name = Name::from_der(&octets).unwrap();
    let request = CertRequest::new(name, spki(&key()));
    let text = ask(&profile, &request).unwrap_err().to_string();
    assert!(text.contains("commonName more than once"), "{text}");
}

#[test]
fn policies_carry_their_qualifiers() {
    let profile = with(
        "certificate_policies = [\"1.2.3\", { oid = \"1.2.4\", cps = \"https://a.cn/cps\", notice = \"仅供测试\" }]",
    );
    let tbs = ask(&profile, &request("CN=a", &key())).unwrap();
    let (critical, policies) = extension::<CertificatePolicies>(&tbs).unwrap();
    assert!(!critical);
    assert_eq!(policies.0[0].policy_qualifiers, None);
    let qualifiers = policies.0[1].policy_qualifiers.as_ref().unwrap();
    assert_eq!(qualifiers[0].policy_qualifier_id, rfc5280::ID_QT_CPS);
    let cps: Ia5String = qualifiers[0]
        .qualifier
        .as_ref()
        .unwrap()
        .decode_as()
        .unwrap();
    assert_eq!(cps.as_str(), "https://a.cn/cps");
    assert_eq!(qualifiers[1].policy_qualifier_id, rfc5280::ID_QT_UNOTICE);
    // SEQUENCE { UTF8String }: 4 characters of 3 octets.
    let notice = qualifiers[1].qualifier.as_ref().unwrap().to_der().unwrap();
    assert_eq!(notice[..4], [0x30, 14, 0x0c, 12]);
    assert_eq!(&notice[4..], "仅供测试".as_bytes());
    assert_eq!(faults(&tbs), [""; 0]);
}

#[test]
fn a_shard_is_a_number_of_the_serial_s_digest() {
    let profile = with(
        "crl_urls = [\"http://a.cn/{shard}.crl\", \"ldap://b.cn/{shard}\"]\ncrl_shards = 16\n\
         delta_crl_urls = [\"http://a.cn/{shard}.delta\"]",
    );
    let (_, issuer) = authority();
    let request = request("CN=a", &key());
    // The content octets of an INTEGER: a high bit has a zero before it.
    for octets in [vec![2], vec![0, 0x80], vec![0x5a; 16]] {
        let serial = SerialNumber::from_der(
            &[&[2, u8::try_from(octets.len()).unwrap()], &octets[..]].concat(),
        )
        .unwrap();
        let digest = sm3::digest(&octets);
        let expected = u64::from_be_bytes(digest[..8].try_into().unwrap()) % 16;
        let shard = profile.shard(&serial).unwrap();
        assert_eq!(u64::from(shard), expected, "{octets:02x?}");
        let prepared = profile.prepare(&issuer, &request, &serial, now()).unwrap();
        let tbs = TbsCertificate::from_der(prepared.tbs()).unwrap();
        let (_, points) = extension::<CrlDistributionPoints>(&tbs).unwrap();
        let [point] = &points.0[..] else {
            panic!("one point")
        };
        let text = format!("{point:?}");
        for url in profile.crl_urls(shard) {
            assert!(text.contains(&url), "{url}: {text}");
        }
        let (critical, freshest) = extension::<FreshestCrl>(&tbs).unwrap();
        assert!(
            !critical && format!("{freshest:?}").contains(&format!("http://a.cn/{shard}.delta"))
        );
        assert_eq!(faults(&tbs), [""; 0]);
    }
    assert_eq!(profile.shards(), Some(16));
    let one = with("crl_urls = [\"http://a.cn/crl\"]");
    assert_eq!(one.shard(&serial(7)), None);
    assert_eq!(one.crl_urls(3), ["http://a.cn/crl"]);
}

#[test]
fn shards_are_filled_alike() {
    let profile = with("crl_urls = [\"http://a.cn/{shard}.crl\"]\ncrl_shards = 16");
    let mut counts = [0; 16];
    for number in 1..=1600u64 {
        counts[usize::try_from(profile.shard(&serial(number)).unwrap()).unwrap()] += 1;
    }
    assert!(
        counts.iter().all(|count| (50..200).contains(count)),
        "{counts:?}"
    );
}

#[test]
fn alternative_names_have_the_forms_of_the_profile() {
    let profile =
        with("alternative_names = \"optional\"\nalternative_name_forms = [\"dns\", \"ip\"]");
    let ia5 = |text: &str| Ia5String::new(text).unwrap();
    let named = |name: GeneralName| request("CN=a", &key()).alternative_name(name);
    let dns = |text: &str| named(GeneralName::DnsName(ia5(text)));
    assert!(ask(&profile, &dns("a.cn")).is_ok());
    refused(
        &profile,
        &dns("*.a.cn"),
        "alternative name 0 is not a DNS name without a star",
    );
    let mailbox = named(GeneralName::Rfc822Name(ia5("a@a.cn")));
    refused(
        &profile,
        &mailbox,
        "alternative name 0 is not of a form that the profile allows",
    );
    let uri = named(GeneralName::UniformResourceIdentifier(ia5("http://a.cn")));
    refused(&profile, &uri, "alternative name 0 is not of a form");
    let address = named(GeneralName::IpAddress(
        OctetString::new([1, 2, 3, 4]).unwrap(),
    ));
    assert!(ask(&profile, &address).is_ok());
    let stars = with("alternative_names = \"optional\"\ndns_wildcards = true");
    assert!(ask(&stars, &dns("*.a.cn")).is_ok());
}

#[test]
fn key_identifiers_are_made_as_the_profile_says() {
    let own = key();
    let point = own.verifying_key().public_key().to_uncompressed();
    let sha1 = key_identifier_of(&point);
    for (method, expected) in [
        ("sha1", sha1.to_vec()),
        ("sha1-60", [&[0x40 | sha1[12] & 0x0f], &sha1[13..]].concat()),
        ("sm3", sm3::digest(&point)[..20].to_vec()),
    ] {
        let profile = with(&format!("subject_key_identifier = {method:?}"));
        let tbs = ask(&profile, &request("CN=a", &own)).unwrap();
        let (_, identifier) = extension::<SubjectKeyIdentifier>(&tbs).unwrap();
        assert_eq!(identifier.0.as_bytes(), expected, "{method}");
    }
}

fn key_identifier_of(point: &[u8]) -> [u8; 20] {
    use sha1::{Digest, Sha1};
    Sha1::digest(point).into()
}

#[test]
fn what_a_root_calls_itself_its_subjects_call_it_too() {
    let text = "name = 'r'\nkind = 'root'\nkey_usage = ['keyCertSign']\n\
                validity = { years = 20 }\nsubject = { required = ['commonName'] }\n\
                subject_key_identifier = 'sm3'\nauthority_key_identifier = 'key-and-issuer'";
    let profile = Profile::from_toml(text).unwrap();
    let own = key();
    let asks = request("CN=root", &own);
    let issuer = Issuer::self_signed(&asks, own.signature_algorithm_identifier().unwrap());
    let prepared = profile.prepare(&issuer, &asks, &serial(5), now()).unwrap();
    let der = sign(prepared, &own);
    let tbs = verified(&der, &own);
    let (_, subject) = extension::<SubjectKeyIdentifier>(&tbs).unwrap();
    let (_, authority) = extension::<AuthorityKeyIdentifier>(&tbs).unwrap();
    assert_eq!(authority.key_identifier, Some(subject.0.clone()));
    assert_eq!(authority.authority_cert_serial_number, Some(serial(5)));

    let issuer = Issuer::from_certificate(&der).unwrap();
    let below = with("authority_key_identifier = \"key-and-issuer\"");
    let prepared = below.prepare(&issuer, &request("CN=a", &key()), &serial(6), now());
    let tbs = verified(&sign(prepared.unwrap(), &own), &own);
    let (critical, authority) = extension::<AuthorityKeyIdentifier>(&tbs).unwrap();
    assert!(!critical);
    assert_eq!(authority.key_identifier, Some(subject.0));
    assert_eq!(authority.authority_cert_serial_number, Some(serial(5)));
    let root: Name = "CN=root".parse().unwrap();
    let names = authority.authority_cert_issuer.unwrap();
    assert_eq!(names, [GeneralName::DirectoryName(root)]);
    assert_eq!(faults(&tbs), [""; 0]);

    let unknown = Issuer::new(
        "CN=root".parse().unwrap(),
        spki(&own),
        own.signature_algorithm_identifier().unwrap(),
        *issuer.validity().unwrap(),
    );
    let found = objections(below.prepare(&unknown, &request("CN=a", &key()), &serial(6), now()));
    assert_eq!(found, [Objection::IssuerCertificateUnknown]);
}

#[test]
fn a_ca_is_constrained_in_octets_of_the_standard() {
    let ca = PLAIN
        .replace("\"end-entity\"", "\"ca\"")
        .replace("digitalSignature", "keyCertSign\", \"cRLSign");
    let text = format!(
        "{ca}[name_constraints]\npermitted = {{ dns = [\"a.cn\"], directory = [\"O=示例,C=CN\"] }}\n\
         excluded = {{ ip = [\"10.0.0.0/9\", \"2001:db8::/33\"], email = [\".b.cn\"], uri = [\"c.cn\"] }}\n"
    );
    let profile = Profile::from_toml(&text).unwrap();
    let tbs = ask(&profile, &request("CN=a", &key())).unwrap();
    let (critical, constraints) = extension::<NameConstraints>(&tbs).unwrap();
    assert!(critical);
    let bases = |all: Option<Vec<x509_cert::ext::pkix::constraints::name::GeneralSubtree>>| {
        all.unwrap()
            .into_iter()
            .map(|subtree| subtree.base)
            .collect::<Vec<_>>()
    };
    let permitted = bases(constraints.permitted_subtrees);
    let organisation: Name = "O=示例,C=CN".parse().unwrap();
    assert_eq!(permitted[1], GeneralName::DirectoryName(organisation));
    let excluded = bases(constraints.excluded_subtrees);
    let network = |octets: &[u8]| GeneralName::IpAddress(OctetString::new(octets).unwrap());
    assert!(excluded.contains(&network(&[10, 0, 0, 0, 255, 128, 0, 0])));
    let mut wide = vec![0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    wide.extend([255, 255, 255, 255, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    assert!(excluded.contains(&network(&wide)));
    assert_eq!(faults(&tbs), [""; 0]);
}

const RESIDENT: &str = "110101199001011237";
const CODE: &str = "91440300MA5DDA000Y";

fn number(kind: IdentityKind, value: &str) -> CertRequest {
    request("CN=a", &key()).identifier(Identifier::new(kind, value))
}

#[test]
fn numbers_stand_in_their_extensions() {
    use gm_crypto::pki::identity::IdentityLookup;
    let all = "resident_identity_card = \"optional\", passport = \"optional\", \
               social_insurance_number = \"optional\", organisation_code = \"optional\", \
               ic_registration_number = \"optional\", taxation_number = \"optional\"";
    let of_2012 = with(&format!(
        "identifiers = {{ {all}, military_officer_card = \"optional\" }}"
    ));
    let implicit =
        with("identifiers = { tagging = \"implicit\", resident_identity_card = \"required\" }");
    let of_2023 = with(&format!(
        "identifiers = {{ edition = \"2023\", {all}, unified_social_credit_code = \"optional\" }}"
    ));
    use IdentityKind as Kind;
    let cases: [(&Profile, Kind, &str, &str, &[u8]); 9] = [
        (
            &of_2012,
            Kind::ResidentNumber,
            RESIDENT,
            "1.2.156.10260.4.1.1",
            &[0xa0, 20, 0x13, 18],
        ),
        (
            &implicit,
            Kind::ResidentNumber,
            RESIDENT,
            "1.2.156.10260.4.1.1",
            &[0x80, 18],
        ),
        (
            &of_2012,
            Kind::MilitaryOfficerCard,
            "军字123456",
            "1.2.156.10260.4.1.1",
            &[0xa1, 14, 0x0c, 12],
        ),
        (
            &of_2012,
            Kind::Passport,
            "E12345678",
            "1.2.156.10260.4.1.1",
            &[0xa2, 11, 0x13, 9],
        ),
        (
            &of_2012,
            Kind::SocialInsurance,
            "123456",
            "1.2.156.10260.4.1.2",
            &[0x13, 6],
        ),
        (
            &of_2012,
            Kind::OrganizationCode,
            CODE,
            "1.2.156.10260.4.1.4",
            &[0x13, 18],
        ),
        (
            &of_2023,
            Kind::ResidentNumber,
            RESIDENT,
            "1.2.156.10260.4.1.1.1",
            &[0x13, 18],
        ),
        (
            &of_2023,
            Kind::SocialInsurance,
            "123456",
            "1.2.156.10260.4.1.2",
            &[0x0c, 6],
        ),
        (
            &of_2023,
            Kind::CreditCode,
            CODE,
            "1.2.156.10260.4.4",
            &[0x13, 18],
        ),
    ];
    for (profile, kind, value, oid, header) in cases {
        let tbs = ask(profile, &number(kind, value)).unwrap();
        let mut extensions = tbs.extensions().unwrap().iter();
        let oid = ObjectIdentifier::new_unwrap(oid);
        let found = extensions
            .find(|extension| extension.extn_id == oid)
            .unwrap();
        assert!(!found.critical);
        let octets = found.extn_value.as_bytes();
        assert_eq!(octets, [header, value.as_bytes()].concat(), "{kind} {oid}");
        let read = IdentityLookup::default().in_extension(oid, octets).unwrap();
        assert_eq!(read.reveal(), value);
        assert_eq!(
            faults(&tbs).len(),
            usize::from(profile == &implicit || header[0] == 0x0c && kind == Kind::SocialInsurance),
            "{kind}"
        );
    }
}

#[test]
fn wrong_numbers_are_refused_and_never_shown() {
    let profile = with(
        "identifiers = { resident_identity_card = \"optional\", passport = \"optional\", \
         organisation_code = \"optional\", taxation_number = \"optional\" }",
    );
    use IdentityKind as Kind;
    let wrong = [
        (
            Kind::ResidentNumber,
            "110101199001011238",
            "GB 11643-1999, 4",
        ),
        (
            Kind::ResidentNumber,
            "110101199002301235",
            "GB 11643-1999, 4",
        ),
        (
            Kind::OrganizationCode,
            "91440300MA5DDA0007",
            "GB 11714-1997, 3; GB 32100-2015, 5.2",
        ),
        (
            Kind::OrganizationCode,
            "12345678-0",
            "GB 11714-1997, 3; GB 32100-2015, 5.2",
        ),
        (
            Kind::TaxationNumber,
            "91440300MA5DDA0007",
            "GM/T 0015-2012, 5.2.4.2",
        ),
        (
            Kind::Passport,
            "护照 12345678901",
            "GM/T 0015-2012, 5.2.4.2",
        ),
        (Kind::Passport, " E12345678901", "GM/T 0015-2012, 5.2.4.2"),
        (Kind::Passport, "", "GM/T 0015-2012, 5.2.4.2"),
    ];
    for (kind, value, clause) in wrong {
        let request = number(kind, value);
        let message =
            format!("the {kind} is not one: its form or its check digit is wrong ({clause})");
        refused(&profile, &request, &message);
        let (_, issuer) = authority();
        let rejection = profile
            .prepare(&issuer, &request, &serial(2), now())
            .unwrap_err();
        let shown = format!("{rejection} {rejection:?} {request:?}");
        assert!(value.len() < 5 || !shown.contains(value.trim()), "{shown}");
    }
    assert!(ask(&profile, &number(Kind::OrganizationCode, "12110000-4")).is_err());
    refused(
        &profile,
        &number(Kind::SocialInsurance, "1"),
        "a social insurance number is given, which",
    );
    let both = number(Kind::Passport, "E12345678")
        .identifier(Identifier::new(Kind::ResidentNumber, RESIDENT));
    refused(
        &profile,
        &both,
        "a resident identity number is given where the extension has a number",
    );
    let required = with("identifiers = { passport = \"required\" }");
    refused(
        &required,
        &request("CN=a", &key()),
        "no passport number is given, which the profile asks for",
    );
    let none = Profile::from_toml(PLAIN).unwrap();
    refused(
        &none,
        &number(Kind::Passport, "E1"),
        "a passport number is given, which the profile does not",
    );
}

#[test]
fn a_key_that_signs_crls_alone_is_an_end_entity_s() {
    let profile = replaced("digitalSignature", "cRLSign");
    let tbs = ask(&profile, &request("CN=a", &key())).unwrap();
    let (_, usage) = extension::<KeyUsage>(&tbs).unwrap();
    assert_eq!(usage.0, KeyUsages::CRLSign);
    assert_eq!(extension::<BasicConstraints>(&tbs), None);
    assert_eq!(faults(&tbs), [""; 0]);
}

#[test]
fn content_commitment_is_another_word_for_non_repudiation() {
    let one = replaced("digitalSignature", "contentCommitment");
    assert_eq!(one, replaced("digitalSignature", "nonRepudiation"));
}
