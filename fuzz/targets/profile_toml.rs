//! Policies: one that loads gives certificates that keep its own rules, or a reason.
#![no_main]

use cert_profile::{
    CertRequest, Identifier, IdentityKind, Issuer, KeyCustody, KeyEnvironment, KeyOrigin, Kind,
    Profile, lint,
};
use der::{
    Decode,
    asn1::{BitString, Ia5String},
};
use gm_pki_fuzz::{
    parties::{CA, in_days, key, public_half, request},
    tally,
};
use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;
use x509_cert::{TbsCertificate, ext::pkix::name::GeneralName, name::Name};

static REQUESTS: LazyLock<[CertRequest; 5]> = LazyLock::new(|| {
    let production = KeyOrigin::new(KeyEnvironment::Production, KeyCustody::QualifiedHardware);
    let dns = Ia5String::new("www.example.cn").expect("seven bits");
    let resident = Identifier::new(IdentityKind::ResidentNumber, "110101199001011237");
    let code = Identifier::new(IdentityKind::OrganizationCode, "91440300MA5DDA000Y");
    let mailbox = Ia5String::new("zhang@example.cn").expect("seven bits");
    let key = key("subscriber");
    [
        request("CN=Zhang San,O=Example,C=CN", &key),
        request("CN=Zhang San", &key).alternative_name(GeneralName::Rfc822Name(mailbox)),
        CertRequest::new(Name::default(), public_half(&key)),
        request("CN=Zhang San,O=Example,C=CN", &key)
            .years(3)
            .key_origin(production)
            .identifier(resident),
        request("CN=Example,O=Example,C=CN", &key)
            .alternative_name(GeneralName::DnsName(dns))
            .key_origin(production)
            .identifier(code),
    ]
});

static ISSUER: LazyLock<Issuer> =
    LazyLock::new(|| Issuer::from_certificate(&CA).expect("a CA's certificate"));

fuzz_target!(|octets: &[u8]| {
    let text = str::from_utf8(octets).ok();
    let profile = text.and_then(|text| Profile::from_toml(text).ok());
    tally(profile.is_some());
    let Some(profile) = profile else { return };
    for request in &*REQUESTS {
        let issuer = match profile.kind() {
            Kind::Root => &Issuer::self_signed(request, ISSUER.algorithm().clone()),
            _ => &*ISSUER,
        };
        match profile.prepare(issuer, request, &5u8.into(), in_days(1)) {
            Ok(prepared) => {
                TbsCertificate::from_der(prepared.tbs()).expect("DER to sign");
                let report = lint::tbs_certificate(prepared.tbs());
                assert_eq!(report.errors().count(), 0);
                let granted = profile
                    .validity(issuer, request, in_days(1))
                    .expect("it was prepared");
                assert_eq!(granted.shortened_from(), prepared.shortened_from());
                let empty = BitString::from_bytes(&[]).expect("no octet");
                let certificate = prepared.attach(&empty).expect("a short certificate");
                let deviations = lint::against(&profile, &certificate);
                assert!(deviations.is_empty(), "{deviations:?}");
            }
            Err(rejection) => assert!(!rejection.objections().is_empty(), "{rejection}"),
        }
    }
});
