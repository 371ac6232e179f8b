//! What the shipped sets say, held against their sources and the profiles.

use super::*;
use cert_profile::{CertRequest, Issuer, KeyCustody, KeyEnvironment, KeyOrigin, Profile};
use der::asn1::BitString;
use gm_crypto::sm2::{SecretKey, SigningKey, UserId};
use spki::{DynSignatureAlgorithmIdentifier, EncodePublicKey, SubjectPublicKeyInfoOwned};

fn shipped() -> impl Iterator<Item = RuleSet> {
    SHIPPED
        .iter()
        .filter_map(|(name, _)| RuleSet::shipped(name))
}

fn offered(set: &RuleSet) -> Vec<(Kind, Mode)> {
    let mut all = Vec::new();
    for kind in Kind::ALL {
        for mode in Mode::ALL {
            if let Some(Cell::Offered(_)) = set.cell(*kind, *mode) {
                all.push((*kind, *mode));
            }
        }
    }
    all
}

fn process(set: &RuleSet, kind: Kind, mode: Mode) -> &Process {
    match set.cell(kind, mode) {
        Some(Cell::Offered(process)) => process,
        _ => panic!("{kind} in {mode} is not offered"),
    }
}

#[test]
fn each_set_offers_the_modes_of_its_source() {
    let modes = |name: &str| -> BTreeSet<_> {
        let set = RuleSet::shipped(name).unwrap();
        let offered = offered(&set);
        let modes: BTreeSet<_> = offered.iter().map(|(_, mode)| *mode).collect();
        assert_eq!(offered.len(), 6 * modes.len(), "{name}");
        modes
    };
    assert_eq!(
        modes("chinaclear-agency"),
        Mode::ALL.iter().copied().collect()
    );
    assert_eq!(modes("egov-extranet"), BTreeSet::from([Mode::Counter]));
    assert_eq!(modes("szca-online"), BTreeSet::from([Mode::Other]));
    assert_eq!(modes("in-house"), BTreeSet::from([Mode::Counter]));
}

#[test]
fn each_certificate_has_profiles_that_take_its_name_its_years_and_its_carriers() {
    let [key, own] = [7, 8].map(|octet| {
        SigningKey::new(
            SecretKey::from_bytes(&[octet; 32]).unwrap(),
            UserId::default(),
        )
    });
    let issuer = issuer(&own);
    for set in shipped() {
        for (name, rule) in set.certificates() {
            for profile in [&rule.signing_profile, &rule.encryption_profile] {
                let profile = Profile::shipped(profile).unwrap();
                for years in &set.values().years.value {
                    for carrier in &rule.carriers.value {
                        let request = request(&subject(rule), &key, *years, *carrier);
                        let prepared = profile.prepare(&issuer, &request, &9u8.into(), now());
                        let what = format!("{} {name} {}", set.id(), profile.name());
                        assert!(prepared.is_ok(), "{what}: {}", prepared.unwrap_err());
                    }
                }
            }
        }
    }
}

/// A subject with a value in the place of each field.
fn subject(rule: &CertificateRule) -> String {
    let parts = rule.name.iter().map(|part| {
        let value = part.fixed.as_deref().unwrap_or("CN");
        format!("{}={value}", part.attribute)
    });
    parts.collect::<Vec<_>>().join(",")
}

fn now() -> DateTime {
    at("2026-07-01T08:00:00Z")
}

fn request(subject: &str, key: &SigningKey, years: u16, carrier: Carrier) -> CertRequest {
    let spki = key.verifying_key().to_public_key_der().unwrap();
    let spki: SubjectPublicKeyInfoOwned = spki.decode_msg().unwrap();
    let custody = match carrier {
        Carrier::Hard => KeyCustody::Hardware,
        Carrier::Soft => KeyCustody::Software,
    };
    CertRequest::new(subject.parse().unwrap(), spki)
        .years(years)
        .key_origin(KeyOrigin::new(KeyEnvironment::Production, custody))
}

/// A root. Nobody verifies what it issues here, so it signs nothing.
fn issuer(key: &SigningKey) -> Issuer {
    let request = request("CN=Root,O=Example,C=CN", key, 20, Carrier::Hard);
    let own = Issuer::self_signed(&request, key.signature_algorithm_identifier().unwrap());
    let root = Profile::shipped("root-ca").unwrap();
    let prepared = root.prepare(&own, &request, &1u8.into(), now()).unwrap();
    let certificate = prepared.attach(&BitString::from_bytes(&[]).unwrap());
    Issuer::from_certificate(&certificate.unwrap()).unwrap()
}

#[test]
fn the_first_attribute_of_a_rule_is_the_last_of_the_certificate() {
    let set = RuleSet::shipped("in-house").unwrap();
    let name = subject(set.certificate("pair").unwrap());
    assert_eq!(name, "CN=CN,O=CN,C=CN");
    let parsed: x509_cert::name::Name = name.parse().unwrap();
    let first = parsed.iter_rdn().next().unwrap().to_string();
    assert_eq!(first, "C=CN");
}

#[test]
fn each_attribute_that_can_be_named_is_one_that_certificates_have() {
    for attribute in NamePart::ATTRIBUTES {
        let name: x509_cert::name::Name = format!("{attribute}=Example").parse().unwrap();
        assert!(!name.is_empty(), "{attribute}");
    }
}

#[test]
fn china_clearing_has_its_witnesses_handlers_and_soft_certificates() {
    let set = RuleSet::shipped("chinaclear-agency").unwrap();
    assert!(set.agencies().value && set.accreditation());
    for other in ["egov-extranet", "szca-online", "in-house"] {
        assert!(!RuleSet::shipped(other).unwrap().accreditation());
    }
    let barred = [
        Employment::Marketing,
        Employment::Dispatched,
        Employment::Broker,
        Employment::Subsidiary,
    ];
    assert_eq!(set.roster().barred.value, barred);
    for kind in Kind::ALL {
        let witness = process(&set, *kind, Mode::Witness);
        let seen = witness
            .checks
            .iter()
            .find(|rule| rule.check == Check::Witness);
        let seen = &seen.unwrap().evidence;
        for wanted in [
            &[EvidenceKind::PaperArchive][..],
            &[EvidenceKind::SignedInPresence],
            &[
                EvidenceKind::WitnessVideo,
                EvidenceKind::WitnessAudio,
                EvidenceKind::WitnessPhoto,
            ],
        ] {
            assert!(
                seen.iter().any(|group| group == wanted),
                "{kind}: {wanted:?}"
            );
        }
        let other = process(&set, *kind, Mode::Other);
        assert_eq!(other.present, [Seat::Handler, Seat::Checker]);
        assert_eq!(
            other.subjects.as_ref().unwrap().value,
            [SubjectKind::Person]
        );
        assert_eq!(other.carriers.as_ref().unwrap().value, [Carrier::Soft]);
        let live = other
            .checks
            .iter()
            .find(|rule| rule.check == Check::LiveSession);
        assert_eq!(
            live.unwrap().evidence,
            [[EvidenceKind::LiveSessionRecording]]
        );
    }
    let card = set
        .identity_methods(IdentityDocument::ResidentCard)
        .unwrap();
    assert_eq!(
        card.value,
        [IdentityMethod::CardReader, IdentityMethod::PoliceQuery]
    );
}

#[test]
fn each_customer_is_identified_in_each_cell_that_is_offered() {
    for name in ["chinaclear-agency", "egov-extranet"] {
        let set = RuleSet::shipped(name).unwrap();
        for (kind, mode) in offered(&set) {
            let process = process(&set, kind, mode);
            // A freeze at once is identified by the act itself.
            if process
                .at_once
                .as_ref()
                .is_some_and(|at_once| at_once.value)
            {
                continue;
            }
            for certificate in set.certificates().values() {
                let subject = certificate.subject;
                let limited = process.subjects.as_ref();
                if limited.is_some_and(|only| !only.value.contains(&subject)) {
                    continue;
                }
                let models = set.models().value.iter();
                let customers = [Seat::Applicant, Seat::Agent];
                let pairs = models.flat_map(|model| customers.map(|seat| (model, seat)));
                for (model, opener) in pairs {
                    if !process.openers.contains(&opener) {
                        continue;
                    }
                    let identified = process.checks.iter().any(|rule| {
                        matches!(rule.check, Check::IdentityAgent | Check::IdentityHolder)
                            && rule.subject.is_none_or(|only| only == subject)
                            && rule.model.is_none_or(|only| only == *model)
                            && is_for(rule, opener)
                    });
                    assert!(
                        identified,
                        "{name} {kind} {mode} {subject} {model} {opener}"
                    );
                }
            }
        }
    }
}

fn is_for(rule: &CheckRule, opener: Seat) -> bool {
    let openers = rule.openers.as_ref();
    openers.is_none_or(|openers| openers.contains(&opener))
}

#[test]
fn an_order_is_checked_as_such_and_asks_nothing_of_the_holder() {
    for set in shipped() {
        let mut cells = 0;
        for (kind, mode) in offered(&set) {
            let process = process(&set, kind, mode);
            if !process.openers.contains(&Seat::Official) {
                continue;
            }
            cells += 1;
            let asked = process.checks.iter();
            let asked: Vec<_> = asked
                .filter(|rule| is_for(rule, Seat::Official))
                .map(|rule| (rule.check, &rule.evidence[..]))
                .collect();
            let order = vec![EvidenceKind::OfficialOrder];
            let wanted = [(Check::Genuineness, &[order][..])];
            assert_eq!(asked, wanted, "{} {kind} {mode}", set.id());
        }
        assert_eq!(cells, 3, "{}: freeze, unfreeze, revoke", set.id());
    }
}

#[test]
fn the_extranet_tells_its_customer_the_pin_by_the_model() {
    let set = RuleSet::shipped("egov-extranet").unwrap();
    let pin = |model, delivery| {
        let rule = set.pin(model, SubjectKind::Member, None, delivery).unwrap();
        (rule.channels.clone(), rule.recipient)
    };
    use DeliveryMethod::{Courier, OnSite};
    let told = vec![PinChannel::Telephone, PinChannel::Letter];
    let handed = vec![PinChannel::OnSite];
    assert_eq!(
        pin(Model::Centralised, Courier),
        (told.clone(), Seat::Agent)
    );
    assert_eq!(pin(Model::SelfService, Courier), (told, Seat::Applicant));
    assert_eq!(
        pin(Model::Centralised, OnSite),
        (handed.clone(), Seat::Agent)
    );
    assert_eq!(pin(Model::SelfService, OnSite), (handed, Seat::Applicant));
    let [shared] = &set.seats().shared[..] else {
        panic!("one pair")
    };
    assert_eq!(shared.seats, [Seat::Approver, Seat::PinCustodian]);
    assert_eq!(shared.basis.first().unwrap().as_str(), "S1-17");
}

#[test]
fn a_pin_rule_for_a_way_to_pay_fits_no_case_that_has_not_paid() {
    let text = text("szca-online").replace(
        "[[pins]]\nsubject = \"member\"\n",
        "[[pins]]\npayment = \"wallet\"\n",
    );
    let set = load(&text).unwrap();
    let pin = |payment| {
        let delivery = DeliveryMethod::Courier;
        let rule = set.pin(Model::SelfService, SubjectKind::Member, payment, delivery);
        rule.unwrap().recipient
    };
    assert_eq!(pin(None), Seat::Agent);
    assert_eq!(pin(Some(PaymentRoute::CorporateTransfer)), Seat::Agent);
    assert_eq!(pin(Some(PaymentRoute::Wallet)), Seat::Applicant);
}

#[test]
fn the_online_hall_has_the_formats_of_each_row_of_the_source() {
    let set = RuleSet::shipped("szca-online").unwrap();
    use FileFormat::{Bmp, Gif, Jpeg, Pdf};
    let wide = vec![Jpeg, Bmp, Gif, Pdf];
    let strict = vec![Jpeg, Bmp, Gif];
    for (name, sealed, formats) in [
        ("holder-identity-card", true, &wide),
        ("application-form", true, &strict),
        ("business-licence", true, &strict),
        ("agent-identity-card", true, &wide),
        ("seal-collection-form", false, &wide),
        ("annex", true, &strict),
    ] {
        let document = set.document(name).unwrap();
        assert_eq!(document.sealed.value, sealed, "{name}");
        assert_eq!(&document.formats.value, formats, "{name}");
        assert_eq!(document.first, name == "holder-identity-card", "{name}");
    }
    assert_eq!(set.documents().len(), 6);
    let quota = |name: &str| set.certificate(name).unwrap().quota.value;
    assert_eq!(quota("organisation-seal"), Some(1));
    assert_eq!(quota("business-seal"), Some(8));
    assert_eq!(quota("personal-seal"), None);
    let separate = set.consents().iter().filter(|(_, rule)| rule.separate);
    let separate: Vec<_> = separate.map(|(name, _)| name.as_str()).collect();
    assert_eq!(separate, ["sensitive-information"]);
}

#[test]
fn every_kind_that_costs_is_paid_and_a_wallet_proves_control_of_the_account() {
    let set = RuleSet::shipped("szca-online").unwrap();
    for kind in [Kind::Apply, Kind::Renew, Kind::Reissue] {
        let checks = &process(&set, kind, Mode::Other).checks;
        let payment = checks.iter().find(|rule| rule.check == Check::Payment);
        assert_eq!(payment.unwrap().payment, None, "{kind}: nobody goes unpaid");
        let control = checks.iter().find(|rule| rule.check == Check::BankControl);
        assert_eq!(control.unwrap().payment, Some(PaymentRoute::Wallet));
    }
}
