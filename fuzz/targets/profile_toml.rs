//! Policies: one that loads gives certificates that keep its own rules, or a reason.
#![no_main]

use cert_profile::{CertRequest, Issuer, Kind, Profile, lint};
use der::{Decode, asn1::Ia5String};
use gm_pki_fuzz::{
    parties::{CA, in_days, key, public_half, request},
    tally,
};
use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;
use x509_cert::{TbsCertificate, ext::pkix::name::GeneralName, name::Name};

static REQUESTS: LazyLock<[CertRequest; 3]> = LazyLock::new(|| {
    let mailbox = Ia5String::new("zhang@example.cn").expect("seven bits");
    let key = key("subscriber");
    [
        request("CN=Zhang San,O=Example,C=CN", &key),
        request("CN=Zhang San", &key).alternative_name(GeneralName::Rfc822Name(mailbox)),
        CertRequest::new(Name::default(), public_half(&key)),
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
            }
            Err(rejection) => assert!(!rejection.objections().is_empty(), "{rejection}"),
        }
    }
});
