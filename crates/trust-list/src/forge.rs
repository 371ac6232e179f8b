//! Test certificates and CRLs, good ones and every kind of bad one.

use crate::path::{ParsedCertificate, ParsedCrl};
use der::{
    DateTime, Encode, Sequence,
    asn1::{Ia5String, Null, ObjectIdentifier, OctetString},
    flagset::FlagSet,
    oid::AssociatedOid,
};
use getrandom::SysRng;
use gm_crypto::{
    pki::assemble,
    sm2::{SIGNATURE_OID, SecretKey, SigningKey, UserId},
};
use spki::{
    AlgorithmIdentifierOwned, EncodePublicKey, SignatureBitStringEncoding,
    SubjectPublicKeyInfoOwned,
};
use x509_cert::{
    Version,
    ext::{
        Extension,
        pkix::{
            AuthorityKeyIdentifier, BasicConstraints, CertificatePolicies, CrlDistributionPoints,
            CrlNumber, CrlReason, InhibitAnyPolicy, KeyUsage, KeyUsages, NameConstraints,
            PolicyConstraints, PolicyMapping, PolicyMappings, SubjectAltName, SubjectKeyIdentifier,
            certpolicy::PolicyInformation,
            constraints::name::GeneralSubtree,
            crl::dp::{DistributionPoint, IssuingDistributionPoint, ReasonFlags},
            name::{DistributionPointName, GeneralName},
        },
    },
    name::Name,
    serial_number::SerialNumber,
    time::{Time, Validity},
};

pub(crate) fn time(text: &str) -> DateTime {
    text.parse().unwrap()
}

/// The middle of every forged validity, unless a test says otherwise.
pub(crate) fn now() -> DateTime {
    time("2026-06-01T00:00:00Z")
}

pub(crate) struct Key(pub(crate) SigningKey);

impl Key {
    pub(crate) fn new() -> Self {
        let secret = SecretKey::generate(&mut SysRng).unwrap();
        Self(SigningKey::new(secret, UserId::default()))
    }

    pub(crate) fn spki(&self) -> SubjectPublicKeyInfoOwned {
        let der = self.0.verifying_key().to_public_key_der().unwrap();
        der.decode_msg().unwrap()
    }

    pub(crate) fn sign(&self, tbs: &[u8]) -> der::asn1::BitString {
        let signature = self.0.sign_hedged(&mut SysRng, tbs).unwrap();
        signature.to_bitstring().unwrap()
    }
}

pub(crate) fn sm2_with_sm3(null: bool) -> AlgorithmIdentifierOwned {
    AlgorithmIdentifierOwned {
        oid: SIGNATURE_OID,
        parameters: null.then(|| der::Any::encode_from(&Null).unwrap()),
    }
}

pub(crate) fn extension(critical: bool, oid: &str, value: &impl Encode) -> Extension {
    Extension {
        extn_id: ObjectIdentifier::new(oid).unwrap(),
        critical,
        extn_value: OctetString::new(value.to_der().unwrap()).unwrap(),
    }
}

fn own<T: Encode + AssociatedOid>(critical: bool, value: &T) -> Extension {
    extension(critical, &T::OID.to_string(), value)
}

pub(crate) fn key_usage(usages: impl Into<FlagSet<KeyUsages>>) -> Extension {
    own(true, &KeyUsage(usages.into()))
}

pub(crate) fn basic_constraints(ca: bool, path_len_constraint: Option<u8>) -> Extension {
    own(
        true,
        &BasicConstraints {
            ca,
            path_len_constraint,
        },
    )
}

fn oid(text: &str) -> ObjectIdentifier {
    ObjectIdentifier::new(text).unwrap()
}

pub(crate) fn policies(list: &[&str]) -> Extension {
    let policy = |policy: &&str| PolicyInformation {
        policy_identifier: oid(policy),
        policy_qualifiers: None,
    };
    own(
        false,
        &CertificatePolicies(list.iter().map(policy).collect()),
    )
}

pub(crate) fn policy_mappings(list: &[(&str, &str)]) -> Extension {
    let mapping = |(from, to): &(&str, &str)| PolicyMapping {
        issuer_domain_policy: oid(from),
        subject_domain_policy: oid(to),
    };
    own(true, &PolicyMappings(list.iter().map(mapping).collect()))
}

pub(crate) fn policy_constraints(explicit: Option<u32>, mapping: Option<u32>) -> Extension {
    own(
        true,
        &PolicyConstraints {
            require_explicit_policy: explicit,
            inhibit_policy_mapping: mapping,
        },
    )
}

pub(crate) fn inhibit_any_policy(skip: u32) -> Extension {
    own(true, &InhibitAnyPolicy(skip))
}

pub(crate) fn dns(name: &str) -> GeneralName {
    GeneralName::DnsName(Ia5String::new(name).unwrap())
}

pub(crate) fn directory(name: &str) -> GeneralName {
    GeneralName::DirectoryName(name.parse().unwrap())
}

pub(crate) fn alternative_names(names: &[GeneralName]) -> Extension {
    own(false, &SubjectAltName(names.to_vec()))
}

pub(crate) fn name_constraints(permitted: &[GeneralName], excluded: &[GeneralName]) -> Extension {
    let subtrees = |names: &[GeneralName]| {
        let subtree = |base: &GeneralName| GeneralSubtree {
            base: base.clone(),
            minimum: 0,
            maximum: None,
        };
        (!names.is_empty()).then(|| names.iter().map(subtree).collect())
    };
    let value = NameConstraints {
        permitted_subtrees: subtrees(permitted),
        excluded_subtrees: subtrees(excluded),
    };
    own(true, &value)
}

/// A distribution point of a certificate, or of a CRL.
pub(crate) fn full_name(name: &str) -> DistributionPointName {
    DistributionPointName::FullName(vec![directory(name)])
}

/// One RDN below whoever issues the CRL.
pub(crate) fn relative_name(name: &str) -> DistributionPointName {
    let name: Name = name.parse().unwrap();
    let rdn = name.iter_rdn().next().unwrap().clone();
    DistributionPointName::NameRelativeToCRLIssuer(rdn)
}

pub(crate) fn distribution_points(points: Vec<DistributionPoint>) -> Extension {
    own(false, &CrlDistributionPoints(points))
}

pub(crate) fn point(
    name: Option<DistributionPointName>,
    reasons: Option<ReasonFlags>,
    issuer: Option<&str>,
) -> DistributionPoint {
    DistributionPoint {
        distribution_point: name,
        reasons,
        crl_issuer: issuer.map(|name| vec![directory(name)]),
    }
}

/// An issuingDistributionPoint that says nothing yet.
pub(crate) fn scope() -> IssuingDistributionPoint {
    IssuingDistributionPoint {
        distribution_point: None,
        only_contains_user_certs: false,
        only_contains_ca_certs: false,
        only_some_reasons: None,
        indirect_crl: false,
        only_contains_attribute_certs: false,
    }
}

pub(crate) fn issuing_point(scope: &IssuingDistributionPoint) -> Extension {
    // Upstream's type gives another identifier.
    extension(true, "2.5.29.28", scope)
}

/// One certificate to be: change what a test needs, then [`Forged::issue`].
#[derive(Clone, Debug)]
pub(crate) struct Forged {
    pub(crate) version: Version,
    pub(crate) subject: String,
    pub(crate) issuer: String,
    pub(crate) serial: u64,
    pub(crate) valid: (DateTime, DateTime),
    pub(crate) spki: SubjectPublicKeyInfoOwned,
    pub(crate) extensions: Vec<Extension>,
    pub(crate) null_inside: bool,
    pub(crate) null_outside: bool,
}

#[derive(Sequence)]
struct Tbs {
    #[asn1(context_specific = "0", default = "Default::default")]
    version: Version,
    serial: SerialNumber,
    signature: AlgorithmIdentifierOwned,
    issuer: Name,
    validity: Validity,
    subject: Name,
    spki: SubjectPublicKeyInfoOwned,
    #[asn1(context_specific = "3", tag_mode = "EXPLICIT", optional = "true")]
    extensions: Option<Vec<Extension>>,
}

impl Forged {
    /// A subscriber's signing certificate.
    pub(crate) fn leaf(subject: &str, key: &Key, issuer: &str) -> Self {
        Self {
            version: Version::V3,
            subject: subject.into(),
            issuer: issuer.into(),
            serial: 0x41,
            valid: (time("2026-01-01T00:00:00Z"), time("2027-01-01T00:00:00Z")),
            spki: key.spki(),
            extensions: vec![key_usage(KeyUsages::DigitalSignature)],
            null_inside: false,
            null_outside: false,
        }
    }

    /// A CA's certificate with keyCertSign and cRLSign.
    pub(crate) fn ca(subject: &str, key: &Key, issuer: &str) -> Self {
        Self {
            extensions: vec![
                basic_constraints(true, None),
                key_usage(KeyUsages::KeyCertSign | KeyUsages::CRLSign),
            ],
            ..Self::leaf(subject, key, issuer)
        }
    }

    pub(crate) fn with(mut self, extension: Extension) -> Self {
        self.extensions.push(extension);
        self
    }

    /// Replaces the extensions of the same identifier.
    pub(crate) fn replacing(mut self, extension: Extension) -> Self {
        self.extensions.retain(|e| e.extn_id != extension.extn_id);
        self.with(extension)
    }

    pub(crate) fn valid(self, from: &str, to: &str) -> Self {
        Self {
            valid: (time(from), time(to)),
            ..self
        }
    }

    pub(crate) fn serial(self, serial: u64) -> Self {
        Self { serial, ..self }
    }

    pub(crate) fn key_ids(self, subject: u8, authority: u8) -> Self {
        let id = |octet: u8| OctetString::new([octet; 20]).unwrap();
        let authority = AuthorityKeyIdentifier {
            key_identifier: Some(id(authority)),
            ..Default::default()
        };
        self.with(own(false, &SubjectKeyIdentifier(id(subject))))
            .with(own(false, &authority))
    }

    pub(crate) fn der(&self, signer: &Key) -> Vec<u8> {
        let tbs = Tbs {
            version: self.version,
            serial: SerialNumber::from(self.serial),
            signature: sm2_with_sm3(self.null_inside),
            issuer: self.issuer.parse().unwrap(),
            validity: Validity::new(Time::from(self.valid.0), Time::from(self.valid.1)),
            subject: self.subject.parse().unwrap(),
            spki: self.spki.clone(),
            extensions: (!self.extensions.is_empty()).then(|| self.extensions.clone()),
        };
        let tbs = tbs.to_der().unwrap();
        assemble(&tbs, &sm2_with_sm3(self.null_outside), &signer.sign(&tbs)).unwrap()
    }

    pub(crate) fn issue(&self, signer: &Key) -> ParsedCertificate {
        ParsedCertificate::from_der(self.der(signer)).unwrap()
    }
}

#[derive(Sequence)]
struct TbsCertList {
    version: Option<Version>,
    signature: AlgorithmIdentifierOwned,
    issuer: Name,
    this_update: Time,
    next_update: Option<Time>,
    revoked: Option<Vec<Revoked>>,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    extensions: Option<Vec<Extension>>,
}

#[derive(Clone, Sequence)]
struct Revoked {
    serial: SerialNumber,
    date: Time,
    extensions: Option<Vec<Extension>>,
}

/// One CRL to be.
#[derive(Clone)]
pub(crate) struct ForgedCrl {
    version: Option<Version>,
    issuer: String,
    times: (DateTime, Option<DateTime>),
    revoked: Vec<Revoked>,
    extensions: Vec<Extension>,
    pub(crate) null_outside: bool,
}

impl ForgedCrl {
    /// Current in the week of [`now`], with nothing in it.
    pub(crate) fn new(issuer: &str) -> Self {
        Self {
            version: Some(Version::V2),
            issuer: issuer.into(),
            times: (
                time("2026-05-30T00:00:00Z"),
                Some(time("2026-06-06T00:00:00Z")),
            ),
            revoked: Vec::new(),
            extensions: vec![own(false, &CrlNumber::try_from(7u64).unwrap())],
            null_outside: false,
        }
    }

    pub(crate) fn times(self, this_update: &str, next_update: Option<&str>) -> Self {
        Self {
            times: (time(this_update), next_update.map(time)),
            ..self
        }
    }

    pub(crate) fn number(mut self, number: u64) -> Self {
        self.extensions.retain(|one| one.extn_id != CrlNumber::OID);
        self.with(own(false, &CrlNumber::try_from(number).unwrap()))
    }

    /// A delta to the full CRL of this number.
    pub(crate) fn delta_to(self, base: u64) -> Self {
        let base = CrlNumber::try_from(base).unwrap();
        self.with(extension(true, "2.5.29.27", &base.0))
    }

    pub(crate) fn version_1(self) -> Self {
        Self {
            version: None,
            ..self
        }
    }

    pub(crate) fn revoke(self, serial: u64, date: &str, reason: Option<CrlReason>) -> Self {
        self.revoke_with(
            serial,
            date,
            reason.iter().map(|reason| own(false, reason)).collect(),
        )
    }

    pub(crate) fn revoke_with(mut self, serial: u64, date: &str, list: Vec<Extension>) -> Self {
        self.revoked.push(Revoked {
            serial: SerialNumber::from(serial),
            date: Time::from(time(date)),
            extensions: (!list.is_empty()).then_some(list),
        });
        self
    }

    pub(crate) fn with(mut self, extension: Extension) -> Self {
        self.extensions.push(extension);
        self
    }

    pub(crate) fn without_extensions(self) -> Self {
        Self {
            extensions: Vec::new(),
            ..self
        }
    }

    pub(crate) fn der(&self, signer: &Key) -> Vec<u8> {
        let tbs = TbsCertList {
            version: self.version,
            signature: sm2_with_sm3(false),
            issuer: self.issuer.parse().unwrap(),
            this_update: Time::from(self.times.0),
            next_update: self.times.1.map(Time::from),
            revoked: (!self.revoked.is_empty()).then(|| self.revoked.clone()),
            extensions: (!self.extensions.is_empty()).then(|| self.extensions.clone()),
        };
        let tbs = tbs.to_der().unwrap();
        assemble(&tbs, &sm2_with_sm3(self.null_outside), &signer.sign(&tbs)).unwrap()
    }

    pub(crate) fn issue(&self, signer: &Key) -> ParsedCrl {
        ParsedCrl::from_der(self.der(signer)).unwrap()
    }
}
