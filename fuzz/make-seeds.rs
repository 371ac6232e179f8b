//! Writes the seeds: for each target a few inputs that are accepted, made by the
//! crates themselves. Run again, it writes the same octets.
//!
//! ```text
//! cargo run --manifest-path fuzz/Cargo.toml --example make-seeds
//! ```

mod decisions;
mod key_centre;
mod paths;

use cert_profile::{
    CrlDraft, Issuer, IssuingDistributionPoint, OnlyContains, Reason, RevokedEntry, SHIPPED,
    ocsp::{
        CertId, CertStatus, ErrorStatus, Nonce, OcspDraft, OcspRequest, SingleResponse,
        error_response,
    },
};
use csr::{CsrDraft, Device, Environment, KeyOrigin, KeyOriginEvidence};
use der::{Encode, asn1::OctetString, oid::AssociatedOid, referenced::OwnedToRef};
use gm_crypto::{
    delivery::{CfcaForm, DeliveryTarget, DeviceForm, EncryptionKeyDelivery},
    message::{
        CipherName, ContentTypes, EncryptedData, EncryptionName, EnvelopedData, Parameters,
        Partner, PartyIdKind, SignatureName, SignedDataDraft, SignedMessage, Signer,
        stream::{self, SigningPlan},
    },
    pki::{
        KeyCipher, KeyFileParameters, Prf, encode_pem, encode_private_key, encode_private_key_bare,
        encode_private_key_encrypted, encode_private_key_legacy_pem, encode_public_key_bare,
        pkcs12::{Pkcs12Draft, Pkcs12Parameters},
    },
    sm2::{CiphertextForm, EnvelopedKey, EnvelopedKeyForm, PublicKey, RawSignature, ScalarPadding},
    sm3,
};
use gm_pki_fuzz::{
    asn1::{explicit, octet_string, sequence},
    packages,
    parties::{
        self, CA, CONTENT_KEY, Counter, PASSWORD, ROOT, SUBSCRIBER, in_days, key, now, public_half,
        sign, under_ca,
    },
    proofs,
};
use signature::Signer as _;
use spki::{DynSignatureAlgorithmIdentifier, EncodePublicKey};
use std::{error::Error, fs, io::Cursor, path::Path};
use trust_list::{
    export::etsi_xml,
    list::{
        Ca, Carrier, Contact, Entry, Interval, LocalText, Mirror, PolicyRule, PostalAddress,
        Publisher, RegisteredPolicy, SignerRoll, SignerSet, Status, StatusCause, StatusChange,
        SupplyKind, SupplyPoint, TrustListDraft, UnverifiedList, Usage,
    },
    path::ParsedCertificate,
};
use x509_cert::ext::{
    Extension,
    pkix::{SubjectAltName, name::GeneralName},
};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> Result<()> {
    requests()?;
    certificates()?;
    revocation_lists()?;
    paths::paths()?;
    ocsp()?;
    trust_lists()?;
    key_files()?;
    sm2_structures()?;
    device_structures()?;
    device_calls()?;
    signed_data()?;
    messages()?;
    envelopes()?;
    key_centre::messages()?;
    pkcs12_files()?;
    explained()?;
    sm2_inputs()?;
    sm4_inputs()?;
    decisions::decisions()?;
    checkpoints()?;
    package()?;
    for (name, uri) in KEY_NAMES {
        write("pkcs11_uri", name, uri)?;
    }
    for (name, toml) in SHIPPED {
        write("profile_toml", &format!("{name}.toml"), toml)?;
    }
    for (name, toml) in lifecycle::rules::SHIPPED {
        write("ruleset_toml", &format!("{name}.toml"), toml)?;
    }
    write(
        "profile_toml",
        "each-field-of-a-ca.toml",
        EACH_FIELD_OF_A_CA,
    )?;
    write(
        "profile_toml",
        "each-field-of-others.toml",
        EACH_FIELD_OF_OTHERS,
    )?;
    Ok(())
}

/// Names of keys with every attribute that there is.
const KEY_NAMES: [(&str, &str); 7] = [
    (
        "object",
        "pkcs11:token=The%20Software%20PKCS%2311%20Softtoken;manufacturer=Snake%20Oil,%20Inc.;\
         model=1.0;object=my-certificate;type=cert;id=%69%95%3E%5C%F4%BD%EC%91;serial=\
         ?pin-source=file:/etc/token_pin",
    ),
    (
        "library",
        "pkcs11:library-manufacturer=Snake%20Oil,%20Inc.;library-description=Soft%20Token;\
         library-version=1.23?module-name=soft&pin-value=the-pin",
    ),
    (
        "slot",
        "pkcs11:slot-id=7;slot-description=Sun%20Metaslot;slot-manufacturer=Sun;vendor-aaa=a\
         ?module-path=/mnt/libmypkcs11.so.1&vendor=sansec&vendor-bbb=b&vendor-bbb=c",
    ),
    (
        "sdf",
        "sdf:index=1?module-path=/usr/lib/libsdf.so&pin-source=pin&variant=2023",
    ),
    (
        "skf",
        "skf:device=d;application=a;container=c?module-path=libskf.so&pin-source=|cat",
    ),
    (
        "exec",
        "exec:program=/usr/bin/sign;arg=-k;arg=a%20b?public-key=key.pem",
    ),
    (
        "file",
        "file:///etc/ca%20key.pem?pin-source=file:/etc/pass%2525",
    ),
];

fn write(target: &str, name: &str, octets: impl AsRef<[u8]>) -> Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("seeds")
        .join(target);
    fs::create_dir_all(&folder)?;
    Ok(fs::write(folder.join(name), octets)?)
}

/// DER for a target, and its PEM for the target `pem`.
fn write_both(target: &str, name: &str, label: &'static str, der: &[u8]) -> Result<()> {
    write(target, &format!("{name}.der"), der)?;
    write("pem", &format!("{name}.pem"), encode_pem(label, der))
}

/// A package as it is, and with octets and blocks changed.
fn package() -> Result<()> {
    write("package", "whole", packages::valid())?;
    for (name, act) in (0..).zip(0..packages::ACTS) {
        let edit = [packages::EDITED, 0, 9, 0, 40, act];
        write("package", &format!("edited-{name}"), edit)?;
    }
    // An end of line in the cover that is taken for the same: before its last octet.
    let ends = [packages::EDITED, 0, 3, 0xff, b'\r', packages::MENDED];
    write("package", "cover-ends", ends)?;
    write("package", "unchanged", [packages::EDITED])
}

/// Checkpoints and proofs of one log as they are, and with an octet changed.
fn checkpoints() -> Result<()> {
    for (name, text) in proofs::valid() {
        write("checkpoint", name, text)?;
    }
    for which in 0..proofs::valid().count() {
        let which = u8::try_from(which)?;
        write(
            "checkpoint",
            &format!("edited-{which}"),
            [proofs::EDITED, which, 9, 0, 40, 1],
        )?;
        write(
            "checkpoint",
            &format!("flipped-{which}"),
            [proofs::FLIPPED, which, 3, 7, 1],
        )?;
    }
    Ok(())
}

fn requests() -> Result<()> {
    let key = key("subscriber");
    let names = vec![GeneralName::DnsName("example.cn".to_owned().try_into()?)];
    let names = Extension {
        extn_id: SubjectAltName::OID,
        critical: false,
        extn_value: OctetString::new(SubjectAltName(names).to_der()?)?,
    };
    for (name, draft) in [
        ("person", CsrDraft::new("CN=Zhang San,C=CN".parse()?)),
        (
            "organisation",
            CsrDraft::new("CN=示例章,OU=财务部,O=示例公司,L=深圳市,C=CN".parse()?),
        ),
        (
            "with-extension",
            CsrDraft::new("CN=Example,C=CN".parse()?).extension(names),
        ),
        ("with-claims", with_claims()?),
        (
            "cfca-dual",
            CsrDraft::new("CN=certRequisition,C=CN".parse()?)
                .challenge_password("111111")?
                .cfca_temporary_key(parties::key("temporary").verifying_key().public_key())?,
        ),
    ] {
        let draft = draft.prepare(public_half(&key), key.signature_algorithm_identifier()?)?;
        let signature = sign(&key, draft.tbs());
        write_both(
            "csr",
            name,
            "CERTIFICATE REQUEST",
            &draft.attach(&signature)?,
        )?;
    }
    Ok(())
}

fn with_claims() -> Result<CsrDraft> {
    let device = Device::new("智能密码钥匙", "K-1", "0001")?.with_qualification("GM0001")?;
    let origin = KeyOrigin::in_hardware(Environment::Production, device);
    let evidence = KeyOriginEvidence::bind(b"a key", origin.clone());
    write("csr", "key-origin-evidence.der", evidence.to_der())?;
    Ok(CsrDraft::new("CN=Example,C=CN".parse()?)
        .challenge_password("secret 1")?
        .unstructured_name("a name")?
        .key_origin(&origin)?)
}

fn certificates() -> Result<()> {
    let encryption = under_ca("subscriber-encryption", "CN=Subscriber,C=CN", "archived", 4);
    let responder = under_ca("ocsp-responder", "CN=Responder,C=CN", "responder", 5);
    for (name, der) in [
        ("root", &*ROOT),
        ("ca", &*CA),
        ("signing", &*SUBSCRIBER),
        ("encryption", &encryption),
        ("responder", &responder),
    ] {
        write("certificate", &format!("{name}.der"), der)?;
    }
    write("pem", "certificate.pem", encode_pem("CERTIFICATE", &CA))
}

fn revocation_lists() -> Result<()> {
    let issuer = Issuer::from_certificate(&CA)?;
    let reasons = (0..=10).filter_map(Reason::from_code).collect::<Vec<_>>();
    let revoked = (1u8..).zip(reasons);
    let revoked = revoked.map(|(serial, reason)| RevokedEntry::new(serial.into(), now(), reason));
    let revoked: Vec<_> = revoked.collect();
    let draft = |number: u64| CrlDraft::new(&issuer, number, in_days(1), in_days(8));
    let back = RevokedEntry::removed(7u8.into(), now());
    let invalid = RevokedEntry::new(20u8.into(), now(), Reason::KeyCompromise);
    let point = IssuingDistributionPoint::at(["http://ca.example.cn/3.crl"])?;
    for (name, draft, entries) in [
        ("empty", draft(1), &[][..]),
        ("reasons", draft(2), &revoked),
        (
            "delta",
            draft(3).delta_to(2),
            &[back, invalid.invalid_since(now())],
        ),
        (
            "shard",
            draft(4)
                .distribution_point(point.only(OnlyContains::UserCerts))
                .freshest(["http://ca.example.cn/3-delta.crl"])?,
            &revoked,
        ),
    ] {
        let prepared = draft.prepare(entries)?;
        let signature = sign(&key("ca"), prepared.tbs());
        let list = prepared.attach(&signature)?;
        write("crl", &format!("{name}.der"), &list)?;
        write("crl_lookup", &format!("{name}.der"), list)?;
    }
    Ok(())
}

fn ocsp() -> Result<()> {
    let issuer = Issuer::from_certificate(&CA)?;
    let ca_key = issuer.public_key().owned_to_ref();
    let by_sha1 = CertId::new(issuer.name(), ca_key.clone(), 3u8.into())?;
    let by_sm3 = CertId::with_sm3(issuer.name(), ca_key, 4u8.into())?;
    let nonce = Some(Nonce::new([7; 32])?);
    let plain = OcspRequest::new(vec![by_sha1.clone()], None)?;
    let both = OcspRequest::new(vec![by_sha1.clone(), by_sm3.clone()], nonce.clone())?;
    write("ocsp", "request.der", plain.to_der()?)?;
    write("ocsp", "request-nonce.der", both.to_der()?)?;

    let responder = key("responder");
    let revoked = CertStatus::Revoked {
        at: now(),
        reason: Some(Reason::KeyCompromise),
    };
    let algorithm = responder.signature_algorithm_identifier()?;
    let spki = public_half(&responder);
    let delegated = under_ca("ocsp-responder", "CN=Responder,C=CN", "responder", 5);
    let (archived_id, same_algorithm) = (by_sha1.clone(), algorithm.clone());
    let draft = OcspDraft::new(spki.owned_to_ref(), algorithm, now())
        .response(SingleResponse::new(by_sha1, CertStatus::Good, now()).until(in_days(1)))
        .response(SingleResponse::new(by_sm3, revoked, now()))
        .nonce(nonce)
        .certificate(delegated.clone())
        .prepare()?;
    let signature = sign(&responder, draft.tbs());
    write("ocsp", "response.der", draft.attach(&signature)?)?;
    let archived = SingleResponse::new(archived_id, CertStatus::Good, now());
    let never = CertId::new(
        issuer.name(),
        issuer.public_key().owned_to_ref(),
        9u8.into(),
    )?;
    let draft = OcspDraft::new(spki.owned_to_ref(), same_algorithm, now())
        .by_name("CN=Responder,C=CN".parse()?)
        .response(archived.until(in_days(1)).archived_since(now()))
        .response(SingleResponse::new(never, CertStatus::NEVER_ISSUED, now()))
        .certificate(delegated)
        .prepare()?;
    let signature = sign(&responder, draft.tbs());
    write("ocsp", "response-by-name.der", draft.attach(&signature)?)?;
    write("ocsp", "refusal.der", error_response(ErrorStatus::TryLater))
}

fn trust_lists() -> Result<()> {
    let text = |value: &str| LocalText::new("en", value);
    let ca = |name: &str| -> Result<Ca> {
        let address = PostalAddress::new(text("1 Zhongshan Road")?, "CN")?;
        let address = address.locality("Guangzhou")?;
        Ok(Ca::new(
            text(name)?,
            address,
            "mailto:ca@ca.example",
            "https://ca.example/cps",
        )?)
    };
    let recognised = StatusChange::new(Status::Recognised, now(), StatusCause::Decision);
    let entry = Entry::new("CN-GD", ca("First CA Ltd.")?, text("personal")?, recognised)?
        .anchor(ParsedCertificate::from_der(&**ROOT)?)
        .issuer(ParsedCertificate::from_der(&**CA)?);
    let key_of_entry = entry.key();
    let publisher = Publisher::new("CN", text("Recognition Office")?)?;
    let mut draft = TrustListDraft::new(publisher, now(), in_days(30));
    draft.insert(entry)?;
    let first = signed(draft.prepare(&SUBSCRIBER)?)?;
    write("trust_list", "first.json", draft.to_json()?)?;
    write("trust_list", "first.der", &first)?;

    let first = UnverifiedList::from_der(first)?.verify(&SUBSCRIBER, now())?;
    let mut next = TrustListDraft::following(&first, in_days(1), in_days(31));
    let entry = next
        .entry_mut(&key_of_entry)
        .ok_or("the entry is in the list")?;
    let terminated = StatusChange::new(Status::Terminated, in_days(1), StatusCause::Decision);
    entry.change(terminated)?;
    write("trust_list", "next.json", next.to_json()?)?;
    write("trust_list_json", "next.json", next.to_json()?)?;

    // Everything that a list can say.
    let street = PostalAddress::new(text("1 Harbour Road")?, "CN")?.locality("Guangzhou")?;
    let contact = Contact::new(street, "mailto:a@example.cn", "https://example.cn/list")?;
    let signers = SignerSet::one(&SUBSCRIBER);
    let roll = SignerRoll::new(signers).announcing(SignerSet::new(1, [[7; 32]])?);
    let policy = "2.16.344.8.2.2008.810.2.2018.1.1".parse()?;
    let during = Interval::new(now(), Some(in_days(9)));
    let issuer = ParsedCertificate::from_der(&**CA)?;
    let full = StatusChange::new(Status::Recognised, in_days(1), StatusCause::Decision)
        .decided(now(), "No. 7")?
        .event(now());
    let full = Entry::new("HK", ca("Second CA")?, text("corporate")?, full)?
        .anchor(ParsedCertificate::from_der(&**ROOT)?)
        .issuer_during(issuer, during)
        .policy(PolicyRule::without_last(policy, 3)?)
        .policy(PolicyRule::exact(policy))
        .type_name("corporate")?
        .carrier(Carrier::Hard)
        .usage(Usage::CrossBorder)
        .legal_basis(text("article 26")?)
        .supply_point(SupplyPoint::new(
            SupplyKind::Crl,
            "http://ca.example/a.crl",
        )?)
        .notice(text("read this")?);
    let mut all = next
        .contact(contact)
        .signers(roll)
        .register(RegisteredPolicy::new(text("policy 1.1")?, policy, during))
        .mirror(Mirror::of(&first, "https://hk.example/mirror-CN-1.p7s")?);
    all.insert(full)?;
    write("trust_list_json", "all.json", all.to_json()?)?;
    let all = signed(SignedDataDraft::new(all.to_json()?, &SUBSCRIBER)?)?;
    let all = UnverifiedList::from_der(all)?.verify(&SUBSCRIBER, in_days(2))?;
    write("trust_list_xml", "all.xml", etsi_xml(&all)?)
}

fn signed(draft: SignedDataDraft) -> Result<Vec<u8>> {
    let signature = sign(&key("subscriber"), draft.tbs());
    Ok(draft.attach(&signature)?)
}

fn key_files() -> Result<()> {
    let key = key("subscriber");
    let plain = encode_private_key(key.secret_key());
    write_both("key_file", "plain", "PRIVATE KEY", &plain)?;
    // PKCS#8 holds SEC 1's structure in its last OCTET STRING.
    let start = plain
        .windows(5)
        .position(|part| part == [0x02, 1, 1, 4, 0x20]);
    let start = start.ok_or("an ECPrivateKey is in the file")? - 2;
    write_both("key_file", "sec1", "EC PRIVATE KEY", &plain[start..])?;
    let mut few = KeyFileParameters::default();
    few.iterations = 1_000;
    let mut rng = Counter::default();
    let file = encode_private_key_encrypted(&mut rng, key.secret_key(), PASSWORD, few)?;
    write_both("key_file", "encrypted", "ENCRYPTED PRIVATE KEY", &file)?;
    few.prf = Prf::HmacSha256;
    few.cipher = KeyCipher::Aes256Cbc;
    let file = encode_private_key_encrypted(&mut rng, key.secret_key(), PASSWORD, few)?;
    write("key_file", "aes.der", &file)?;
    let legacy = encode_private_key_legacy_pem(&mut rng, key.secret_key(), PASSWORD)?;
    write("key_file", "legacy.pem", &*legacy)?;
    let bare = encode_private_key_bare(key.secret_key());
    write("key_file", "bare.der", &bare)?;
    let parameters = encode_pem(
        "EC PARAMETERS",
        &[0x06, 8, 0x2a, 0x81, 0x1c, 0xcf, 0x55, 1, 0x82, 0x2d],
    );
    let behind = parameters + &encode_pem("EC PRIVATE KEY", &plain[start..]);
    write("key_file", "parameters.pem", behind)?;
    let spki = key.verifying_key().to_public_key_der()?;
    write("key_file", "public.der", spki.as_bytes())?;
    let public = key.verifying_key().public_key();
    write(
        "key_file",
        "public-bare.der",
        encode_public_key_bare(public),
    )
}

/// A key of the archive on its way to the subscriber, in each form.
fn envelopes() -> Result<()> {
    let (recipient, archived) = (key("subscriber"), key("archived"));
    let plain = EnvelopedKeyForm::default();
    for (name, target) in [
        ("plain", DeliveryTarget::EnvelopedKey(plain)),
        (
            "zeros",
            DeliveryTarget::EnvelopedKey(plain.with_padding(ScalarPadding::LeadingZeros)),
        ),
        (
            "padded",
            DeliveryTarget::EnvelopedKey(plain.with_padding(ScalarPadding::Pkcs7)),
        ),
        ("skf", DeliveryTarget::Device(DeviceForm::SKF)),
        ("sdf-2012", DeliveryTarget::Device(DeviceForm::SDF_2012)),
        ("cfca", DeliveryTarget::Cfca(CfcaForm::default())),
        ("cfca-der", DeliveryTarget::Cfca(CfcaForm::Der)),
    ] {
        let public = recipient.verifying_key().public_key();
        let mut rng = Counter::default();
        let wrapped = EncryptionKeyDelivery::seal(&mut rng, public, archived.secret_key(), target)?;
        write("envelope", name, wrapped.write())?;
    }
    Ok(())
}

/// One of each kind that people ask about, and the ways to write it down.
fn explained() -> Result<()> {
    let key = key("subscriber");
    let plain = encode_private_key(key.secret_key());
    let signature = key.sign(b"message").to_der();
    let hex: String = signature
        .iter()
        .map(|octet| format!("{octet:02x}"))
        .collect();
    let chain = encode_pem("CERTIFICATE", &SUBSCRIBER) + &encode_pem("CERTIFICATE", &CA);
    write("explain", "chain.pem", chain)?;
    write("explain", "certificate.der", &*SUBSCRIBER)?;
    write("explain", "key.pem", encode_pem("PRIVATE KEY", &plain))?;
    write("explain", "signature.hex", hex)?;
    let message = signed(SignedDataDraft::new(b"content".to_vec(), &SUBSCRIBER)?)?;
    write("explain", "message.der", message)?;
    let public = key.verifying_key().public_key();
    let mut rng = Counter::default();
    let ciphertext = public.encrypt(&mut rng, b"message")?;
    write("explain", "ciphertext.der", ciphertext.to_der())?;
    let skf = DeliveryTarget::Device(DeviceForm::SKF);
    let archived = parties::key("archived");
    let wrapped = EncryptionKeyDelivery::seal(&mut rng, public, archived.secret_key(), skf)?;
    write("explain", "skf", wrapped.write())
}

/// Whole files, and behind a zero the bags of one.
fn pkcs12_files() -> Result<()> {
    let mut parameters = Pkcs12Parameters::default();
    parameters.encryption.iterations = 1_000;
    parameters.mac_iterations = 1_000;
    let mut draft = Pkcs12Draft::new();
    draft.add_key(key("subscriber").secret_key().clone(), Some("签名"))?;
    draft.add_certificate(&SUBSCRIBER)?;
    draft.add_certificate(&CA)?;
    let mut rng = Counter::default();
    write(
        "pkcs12",
        "one.p12",
        draft.write(&mut rng, PASSWORD, parameters)?,
    )?;
    draft.add_key(key("archived").secret_key().clone(), None)?;
    let both = draft.write(&mut rng, PASSWORD, parameters)?;
    write("pkcs12", "two.p12", both)?;

    // RFC 7292, 4.2: a key in the clear, and a certificate.
    let bag = |arc: u8, value: &[u8]| {
        let kind = [
            &[0x06, 11, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 12, 10, 1][..],
            &[arc],
        ];
        sequence(&[&kind.concat(), &explicit(0, value)])
    };
    let x509 = [0x06, 10, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 22, 1];
    let certificate = sequence(&[&x509, &explicit(0, &octet_string(&SUBSCRIBER))]);
    let plain = encode_private_key(key("subscriber").secret_key());
    let bags = [bag(1, &plain), bag(3, &certificate)].concat();
    write("pkcs12", "bags", [&[0][..], &bags].concat())
}

fn sm2_structures() -> Result<()> {
    let (recipient, archived) = (key("subscriber"), key("archived"));
    let recipient: &PublicKey = recipient.verifying_key().public_key();
    let mut rng = Counter::default();
    let signature = archived.sign(b"message").to_der();
    let ciphertext = recipient.encrypt(&mut rng, b"message")?;
    let envelope = EnvelopedKey::seal(&mut rng, recipient, archived.secret_key())?;
    write("sm2_structures", "signature.der", signature)?;
    write("sm2_structures", "ciphertext.der", ciphertext.to_der())?;
    write("sm2_structures", "ciphertext.raw", ciphertext.to_c1c3c2())?;
    write("sm2_structures", "envelope.der", envelope.to_der())
}

/// What devices give (GM/T 0018, 5; GM/T 0016, 6.4): numbers stand right in their fields.
fn device_structures() -> Result<()> {
    let archived = key("archived");
    let public = archived.verifying_key().public_key();
    let point = &public.to_uncompressed()[1..];
    let raw = RawSignature::from(archived.sign(b"message"));
    let ciphertext = public.encrypt(&mut Counter::default(), b"message")?;
    let ciphertext = ciphertext.write(CiphertextForm::C1C3C2Without04);
    for (name, target, field, integer) in [
        ("standard", "sdf_structs", 64, 4),
        ("narrow", "sdf_structs", 32, 4),
        ("standard", "skf_blobs", 64, 4),
        ("wide", "skf_blobs", 64, 8),
    ] {
        let wide = |numbers: &[u8]| -> Vec<u8> {
            let numbers = numbers.chunks(32);
            numbers
                .flat_map(|number| [&vec![0; field - 32][..], number].concat())
                .collect()
        };
        let integer = |value: u64| value.to_le_bytes()[..integer].to_vec();
        let (c1, rest) = ciphertext.split_at(64);
        let (c3, c2) = rest.split_at(32);
        let length = integer(c2.len() as u64);
        let structures = [
            ("key", [integer(256), wide(point)].concat()),
            ("signature", wide(raw.as_bytes())),
            (
                "cipher",
                [&wide(c1)[..], c3, &length, c2, b"behind"].concat(),
            ),
        ];
        for (structure, octets) in structures {
            write(target, &format!("{name}-{structure}"), octets)?;
        }
    }
    write("sdf_structs", "device-info", [b'm'; 100])?;
    write("sdf_structs", "certificate", [0x30, 0x82, 0x01, 0x00])?;
    write("skf_blobs", "device-info", [b'm'; 294])?;
    write("skf_blobs", "names", b"one\0two\0\0")
}

/// The fields of the targets for SM2's arithmetic, one behind the other.
fn sm2_inputs() -> Result<()> {
    let key = key("subscriber");
    let scalar = key.secret_key().to_bytes();
    let public = key.verifying_key().public_key();
    let signed = |id: &[u8], message: &[u8]| -> Result<Vec<u8>> {
        Ok([&scalar[..], &[u8::try_from(id.len())?], id, message].concat())
    };
    let usual = signed(b"1234567812345678", b"message")?;
    write("sm2_sign", "usual", &usual)?;
    write("sm2_sign", "no-text", signed(&[0, 0xff, 0x80], &[0; 64])?)?;
    write("sm2_sign", "empty", signed(b"", b"")?)?;
    // n - 1, which is no key, and n - 2, which is one.
    for (name, last) in [("n-1", 0x22), ("n-2", 0x21)] {
        let mut high = usual.clone();
        high[..32].copy_from_slice(&ORDER);
        high[31] = last;
        write("sm2_sign", name, high)?;
    }

    let digest = key.verifying_key().za().digest(b"message");
    let raw = RawSignature::from(key.sign(b"message"));
    let point = public.to_uncompressed();
    let whole = [&[0], &point[1..], &digest, raw.as_bytes()].concat();
    write("sm2_verify", "as-it-comes", whole)?;
    for (name, changes) in [
        ("good", [0, 0, 0, 0]),
        ("r-changed", [3, 1, 0, 0]),
        ("s-changed", [40, 0x80, 0, 0]),
        ("digest-changed", [0, 0, 31, 1]),
        ("both-changed", [3, 1, 31, 1]),
    ] {
        let case = [&[1], &changes[..], &usual].concat();
        write("sm2_verify", name, case)?;
    }

    let mut rng = Counter::default();
    for (name, length) in [("short", 1), ("digest", 32), ("long", 200)] {
        let text = vec![0x5a; length];
        let cipher = public.encrypt(&mut rng, &text)?;
        let der = [&[0], &cipher.to_der()[..]].concat();
        write("sm2_decrypt", &format!("{name}.der"), der)?;
        let raw = [&[1], &cipher.to_c1c3c2()[..]].concat();
        write("sm2_decrypt", &format!("{name}.raw"), raw)?;
        for (change, octets) in [("good", [0, 0]), ("changed", [80, 1])] {
            let made = [&[2], &octets[..], &text].concat();
            write("sm2_decrypt", &format!("{name}-{change}"), made)?;
        }
    }

    write("der_signature", "usual.der", key.sign(b"message").to_der())?;
    // One of these has a short r, one a short s.
    let mut short = [false; 2];
    for message in 0_u32.. {
        let signature = key.sign(&message.to_be_bytes());
        let raw = RawSignature::from(signature);
        for (found, at) in short.iter_mut().zip([0, 32]) {
            if !*found && raw.as_bytes()[at] == 0 {
                *found = true;
                write(
                    "der_signature",
                    &format!("short-{at}.der"),
                    signature.to_der(),
                )?;
            }
        }
        if short == [true; 2] {
            break;
        }
    }

    write("point_decode", "uncompressed", point)?;
    let odd = point[64] & 1;
    write(
        "point_decode",
        "compressed",
        [&[2 | odd], &point[1..33]].concat(),
    )?;
    Ok(write(
        "point_decode",
        "compressed-other",
        [&[3 - odd], &point[1..33]].concat(),
    )?)
}

/// Kind, key, nonce, changes, associated data, text.
fn sm4_inputs() -> Result<()> {
    for (kind, nonce) in [(0, 12), (1, 16), (2, 8), (3, 12), (4, 13), (5, 7)] {
        for (name, aad, text) in [("empty", 0, 0), ("short", 20, 5), ("long", 5, 300)] {
            let key = 0x0123_4567_89ab_cdef_fedc_ba98_7654_3210_u128.to_be_bytes();
            let aad = [&[aad][..], &vec![0xad; usize::from(aad)]].concat();
            let input = [
                &[kind][..],
                &key,
                &vec![0x17; nonce],
                &[1; 4],
                &aad,
                &vec![0x5a; text],
            ];
            write("sm4_aead", &format!("{name}-{kind}"), input.concat())?;
        }
    }
    Ok(())
}

/// n, big endian (GB/T 32918.5).
const ORDER: [u8; 32] = [
    0xff, 0xff, 0xff, 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0x72, 0x03, 0xdf, 0x6b, 0x21, 0xc6, 0x05, 0x2b, 0x53, 0xbb, 0xf4, 0x09, 0x39, 0xd5, 0x41, 0x23,
];

fn signed_data() -> Result<()> {
    let draft = SignedDataDraft::new(b"content".to_vec(), &SUBSCRIBER)?;
    write("signed_data", "message.der", signed(draft)?)
}

/// A message of each kind, for each partner.
fn messages() -> Result<()> {
    let (key, content) = (key("subscriber"), b"content of a message".as_slice());
    let mut rng = Counter::default();
    let mut partners = [Partner::default(); 4];
    partners[1].content_types = ContentTypes::Rfc5652;
    partners[1].parameters = Parameters::Absent;
    partners[1].signature_name = SignatureName::Sm2WithSm3;
    partners[2].party_id = PartyIdKind::SubjectKeyIdentifier;
    partners[2].cipher_name = CipherName::Sm4;
    partners[3].ciphertext = CiphertextForm::C1C2C3Without04;
    partners[3].encryption_name = EncryptionName::Exchange;
    let recipients = [&**SUBSCRIBER, &**CA];
    for (name, partner) in ["gm", "rfc", "cfca", "old"].into_iter().zip(partners) {
        for (with, attributes) in [("", false), ("-attributes", true)] {
            let mut signer = Signer::new(&SUBSCRIBER)?;
            if attributes {
                signer = signer.signing_time(now())?;
            }
            let message = SignedMessage::new(content).partner(partner);
            let message = message.prepare(vec![signer])?.sign(&mut rng, &[&key])?;
            write("message", &format!("signed-{name}{with}.der"), message)?;
        }
        let message = EnvelopedData::encrypt(&mut rng, &partner, &recipients, content)?;
        write("message", &format!("enveloped-{name}.der"), message)?;
        let message = EncryptedData::encrypt(&mut rng, &partner, &CONTENT_KEY, content)?;
        write("message", &format!("encrypted-{name}.der"), message)?;
        let mut message = Vec::new();
        let signer = Signer::new(&SUBSCRIBER)?;
        let input = Cursor::new(content);
        stream::sign_and_encrypt(
            &mut rng,
            &partner,
            signer,
            &key,
            &recipients,
            input,
            &mut message,
        )?;
        write("message", &format!("both-{name}.der"), message)?;
    }
    let certificates = SignedMessage::new(Vec::new()).certificate(&SUBSCRIBER)?;
    let certificates = certificates.certificate(&CA)?.certificates_only()?;
    write("message", "certificates.der", certificates)?;
    let signers = vec![
        Signer::new(&SUBSCRIBER)?,
        Signer::new(&CA)?.with_attributes(),
    ];
    let two = SignedMessage::new(content).prepare(signers)?;
    let two = two.sign(&mut rng, &[&key, &parties::key("ca")])?;
    write("message", "signed-by-two.der", two)?;
    let partner = Partner::default();
    let plan = SigningPlan::new(&partner).signer(Signer::new(&SUBSCRIBER)?)?;
    let message = plan.write_indefinite(content, Vec::new())?;
    let signature = key.sign_digest(&message.digests()?[0])?.to_der();
    write("message", "signed.ber", message.finish(&[signature])?)?;
    let mut message = Vec::new();
    stream::encrypt_indefinite(&mut rng, &partner, &recipients, content, &mut message)?;
    write("message", "enveloped.ber", message)
}

const EACH_FIELD_OF_A_CA: &str = r#"name = "a"
kind = "ca"
path_len = 0
key_usage = ["keyCertSign", "cRLSign"]
certificate_policies = ["2.5.29.32.0"]
subject_key_identifier = "sm3"
authority_key_identifier = "key-and-issuer"
signature_parameters = "null"
crl_urls = ["http://a.cn/a.crl", "ldap://a.cn/a"]
delta_crl_urls = ["http://a.cn/d.crl"]
issuer_urls = ["http://a.cn/ca.cer"]
validity = { years = { from = 1, to = 5 }, beyond_issuer = "clamp" }

[subject]
required = ["countryName", "commonName"]
optional = ["organizationName"]
order = ["countryName", "organizationName", "commonName"]
values = { countryName = "CN" }
lengths = { commonName = 32 }
strings = "utf8"
multi_valued = true

[name_constraints.permitted]
dns = ["example.cn"]
email = ["a@example.cn", "example.cn", ".example.cn"]
uri = ["example.cn", ".example.cn"]
ip = ["10.0.0.0/8", "2001:db8::/32"]
directory = ["O=Example,C=CN"]

[name_constraints.excluded]
dns = ["test.example.cn"]

[key_origin]
environment = "any"
device = "qualified"
"#;

const EACH_FIELD_OF_OTHERS: &str = r#"name = "a"
kind = "end-entity"
key_usage = ["digitalSignature", "contentCommitment"]
extended_key_usage = ["serverAuth", "clientAuth", "1.2.156.1"]
alternative_names = "required"
alternative_name_forms = ["dns", "ip", "email", "uri"]
dns_wildcards = true
subject_key_identifier = "sha1-60"
crl_urls = ["http://a.cn/{shard}.crl"]
crl_shards = 16
delta_crl_urls = ["http://a.cn/{shard}.delta"]
ocsp_urls = ["http://a.cn"]
validity = { days = 90 }

[[certificate_policies]]
oid = "1.2.156.1"
cps = "http://a.cn/cps"
notice = "\u4ec5\u4f9b\u6d4b\u8bd5"

[subject]
required = ["commonName"]
optional = ["countryName", "organizationName"]

[identifiers]
edition = "2012"
tagging = "implicit"
resident_identity_card = "optional"
military_officer_card = "optional"
passport = "optional"
social_insurance_number = "optional"
ic_registration_number = "optional"
organisation_code = "optional"
taxation_number = "optional"

[key_origin]
environment = "production"
device = "hardware"
"#;

/// Calls of the software device's C functions, as chance has them.
fn device_calls() -> Result<()> {
    for target in ["softdevice_pkcs11", "softdevice_sdf", "softdevice_skf"] {
        for count in 0..4 {
            let mut script = [0; 2048];
            sm3::kdf(&[target.as_bytes(), &[count]], &mut script);
            write(target, &format!("script-{count}"), script)?;
        }
    }
    Ok(())
}
