//! Why a request gets no certificate.

use crate::{Difference, KeyOriginFault, NameConstraintFault, lint::Finding, subject};
use core::fmt;
use der::{DateTime, asn1::ObjectIdentifier};
use gm_crypto::pki::identity::IdentityKind;
use x509_cert::serial_number::SerialNumber;

/// A request is refused: every objection at once, in the order of the checks.
///
/// Never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejection {
    profile: String,
    objections: Vec<Objection>,
}

impl Rejection {
    /// Name of the profile that refused.
    pub fn profile(&self) -> &str {
        &self.profile
    }

    /// What stands against the request; at least one.
    pub fn objections(&self) -> &[Objection] {
        &self.objections
    }

    pub(crate) fn new(profile: &str, objections: Vec<Objection>) -> Self {
        Self {
            profile: profile.to_owned(),
            objections,
        }
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "profile {} refuses", self.profile)?;
        for (index, objection) in self.objections.iter().enumerate() {
            let separator = if index == 0 { ":" } else { ";" };
            write!(f, "{separator} {objection} ({})", objection.clause())?;
        }
        Ok(())
    }
}

impl core::error::Error for Rejection {}

/// One reason against a request.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Objection {
    /// Neither a subject nor an alternative name.
    #[error("subject is empty and no alternative name is given")]
    SubjectEmpty,

    /// A relative distinguished name without an attribute.
    #[error("subject has an empty relative distinguished name")]
    RdnEmpty,

    /// The profile asks for an attribute that the subject lacks.
    #[error("subject lacks {}", subject::label(attribute))]
    AttributeMissing {
        /// Its type.
        attribute: ObjectIdentifier,
    },

    /// The subject has an attribute that the profile does not name.
    #[error(
        "subject has {}, which the profile does not allow",
        subject::label(attribute)
    )]
    AttributeNotAllowed {
        /// Its type.
        attribute: ObjectIdentifier,
    },

    /// An attribute that stands twice, so that two readers may see two names.
    #[error("subject has {} more than once", subject::label(attribute))]
    AttributeRepeated {
        /// Its type.
        attribute: ObjectIdentifier,
    },

    /// An attribute that stands before one which the profile's order puts before it.
    #[error(
        "subject has, from the most general part on, {} after {}, and the profile's order has it \
         before",
        subject::label(attribute),
        subject::label(after)
    )]
    AttributeOrder {
        /// Its type.
        attribute: ObjectIdentifier,
        /// The type of the one that stands before it.
        after: ObjectIdentifier,
    },

    /// An attribute whose value is the profile's, with another one.
    #[error(
        "subject has another {} than the profile's, {expected:?}",
        subject::label(attribute)
    )]
    AttributeFixed {
        /// Its type.
        attribute: ObjectIdentifier,
        /// The profile's value.
        expected: String,
    },

    /// A relative distinguished name with several attributes.
    #[error("subject has a relative distinguished name with several attributes")]
    RdnMultiValued,

    /// A value that breaks the rule of its type.
    #[error("{} {fault}", subject::label(attribute))]
    AttributeValue {
        /// Its type.
        attribute: ObjectIdentifier,
        /// How.
        fault: ValueFault,
    },

    /// The profile writes no alternative names.
    #[error("alternative names are given, which the profile does not allow")]
    AlternativeNamesNotAllowed,

    /// The profile asks for alternative names.
    #[error("no alternative name is given, which the profile asks for")]
    AlternativeNameMissing,

    /// An alternative name of a form that is not written, or not in its form.
    #[error("alternative name {index} is not {expected}")]
    AlternativeName {
        /// Its place in the request, from 0.
        index: usize,
        /// What would have done.
        expected: &'static str,
    },

    /// An alternative name that stands twice; of DNS names case does not count.
    #[error("alternative name {index} stands there already: name it once")]
    AlternativeNameRepeated {
        /// The place of the second one in the request, from 0.
        index: usize,
    },

    /// A server's certificate without a DNS name or an IP address.
    #[error("no DNS name or IP address is given, by which clients know a server")]
    ServerUnnamed,

    /// A mailbox of the subject that is no alternative name.
    #[error("emailAddress of the subject is no alternative name: name it there too")]
    MailboxUnnamed,

    /// A number that the profile asks for is not given.
    #[error("no {kind} is given, which the profile asks for")]
    IdentifierMissing {
        /// What it is.
        kind: IdentityKind,
    },

    /// A number that the profile does not write.
    #[error("a {kind} is given, which the profile does not allow{}", instead(kind))]
    IdentifierNotAllowed {
        /// What it is.
        kind: IdentityKind,
    },

    /// Two numbers for one extension.
    #[error("a {kind} is given where the extension has a number already")]
    IdentifierRepeated {
        /// What the second one is.
        kind: IdentityKind,
    },

    /// A number whose check digit or form is wrong. The number is not shown.
    #[error("the {kind} is not one: its form or its check digit is wrong")]
    IdentifierValue {
        /// What it should be.
        kind: IdentityKind,
    },

    /// The key was not made where the profile asks.
    #[error("origin of the key {0}")]
    KeyOrigin(KeyOriginFault),

    /// The public key is not a point of the SM2 curve in the usual form.
    #[error("public key is not an SM2 key: id-ecPublicKey on sm2p256v1, an uncompressed point")]
    Key,

    /// The applicant's key is the issuer's own.
    #[error("public key is the issuer's own")]
    KeyOfIssuer,

    /// The applicant's name is the issuer's own.
    #[error("subject is the issuer's own name")]
    NameOfIssuer,

    /// A root profile with an issuer above it, another profile without one, or a
    /// root's request that is not the one its issuer was made from.
    #[error("{rule}")]
    IssuerRole {
        /// What holds instead.
        rule: &'static str,
    },

    /// The issuer may have no CA, or none so deep, below it.
    #[error("issuer's pathLenConstraint {limit} does not allow this CA below it")]
    IssuerPathLen {
        /// The issuer's limit.
        limit: u8,
    },

    /// A subject that the issuer's name constraints do not let it certify.
    #[error("subject {fault}")]
    SubjectConstrained {
        /// How.
        fault: NameConstraintFault,
    },

    /// An attribute of the subject that the issuer's name constraints do not let it
    /// certify: emailAddress.
    #[error("{} of the subject {fault}", subject::label(attribute))]
    AttributeConstrained {
        /// Its type.
        attribute: ObjectIdentifier,
        /// How.
        fault: NameConstraintFault,
    },

    /// An alternative name that the issuer's name constraints do not let it certify.
    #[error("alternative name {index} {fault}")]
    AlternativeNameConstrained {
        /// Its place in the request, from 0.
        index: usize,
        /// How.
        fault: NameConstraintFault,
    },

    /// The profile names the issuer's certificate, which is not known.
    #[error("issuer's certificate is not known, which the profile's authorityKeyIdentifier names")]
    IssuerCertificateUnknown,

    /// The issuer is not valid at the time of issuance.
    #[error("issuer is valid from {not_before} to {not_after} only")]
    IssuerNotValid {
        /// Begin of the issuer's validity.
        not_before: DateTime,
        /// End of the issuer's validity.
        not_after: DateTime,
    },

    /// The certificate would outlive its issuer.
    #[error(
        "validity to {not_after} is longer than the issuer's, to {limit}: ask for a shorter one"
    )]
    PastIssuer {
        /// End of the validity that the profile gives.
        not_after: DateTime,
        /// End of the issuer's validity.
        limit: DateTime,
    },

    /// The end that the request asks for, or its issuer's, is not after the time of issuance.
    #[error("validity would end at {not_after}, before it begins")]
    EndsBeforeBegin {
        /// That end, in whole seconds.
        not_after: DateTime,
    },

    /// The profile leaves a choice of years that the request does not make.
    #[error("no years of validity are chosen: {from} to {to}")]
    YearsMissing {
        /// The fewest.
        from: u16,
        /// The most.
        to: u16,
    },

    /// Other years than the profile has.
    #[error("{asked} years of validity are chosen, {} are allowed", choice(*from, *to))]
    YearsOutside {
        /// The years that were chosen.
        asked: u16,
        /// The fewest.
        from: u16,
        /// The most.
        to: u16,
    },

    /// Years are chosen where the profile counts days.
    #[error("{asked} years of validity are chosen, the profile gives days")]
    YearsNotChosen {
        /// The years that were chosen.
        asked: u16,
    },

    /// An end is asked for that would cut the chosen years.
    #[error("an end at {not_after} is asked for, the profile gives whole years")]
    YearsNotWhole {
        /// That end, in whole seconds.
        not_after: DateTime,
    },

    /// Form, registration and certificate say different things.
    #[error("{0}")]
    Differs(Difference),

    /// The validity would end after the year 9999.
    #[error("validity would end after the year 9999")]
    EndsTooLate,

    /// Zero, negative, or more than 20 octets.
    #[error("serial number {serial} is not positive with at most 20 octets")]
    Serial {
        /// The number.
        serial: Box<SerialNumber>,
    },

    /// The octets that would be signed break a rule.
    #[error("{0}")]
    Lint(Finding),

    /// The octets to sign can't be written or read back.
    #[error("to-be-signed certificate has no DER encoding")]
    Unwritable {
        /// Why.
        source: der::Error,
    },
}

impl Objection {
    /// The standard and clause that the request breaks.
    pub fn clause(&self) -> &'static str {
        match self {
            Self::SubjectEmpty => "RFC 5280, 4.1.2.6",
            Self::RdnEmpty => "RFC 5280, appendix A.1",
            Self::AttributeMissing { .. }
            | Self::AttributeNotAllowed { .. }
            | Self::AttributeRepeated { .. }
            | Self::AttributeOrder { .. }
            | Self::AttributeFixed { .. }
            | Self::RdnMultiValued => "RFC 5280, 4.1.2.6, and the profile's subject",
            Self::AttributeValue { fault, .. } => fault.clause(),
            Self::AlternativeNamesNotAllowed
            | Self::AlternativeNameMissing
            | Self::AlternativeName { .. }
            | Self::AlternativeNameRepeated { .. } => "RFC 5280, 4.2.1.6",
            Self::ServerUnnamed => "RFC 9525, 6; RFC 5280, 4.2.1.6",
            Self::MailboxUnnamed => "RFC 5280, 4.1.2.6",
            Self::IdentifierMissing { .. }
            | Self::IdentifierNotAllowed { .. }
            | Self::IdentifierRepeated { .. } => {
                "GM/T 0015-2012, 5.2.4.2, and the profile's identifiers"
            }
            Self::IdentifierValue { kind } => match kind {
                IdentityKind::ResidentNumber => "GB 11643-1999, 4",
                IdentityKind::CreditCode => "GB 32100-2015, 5.2",
                IdentityKind::OrganizationCode => "GB 11714-1997, 3; GB 32100-2015, 5.2",
                _ => "GM/T 0015-2012, 5.2.4.2",
            },
            Self::KeyOrigin(fault) => fault.clause(),
            Self::Differs(_) => "国家电子政务外网数字证书中心《数字证书申请流程》, 2.6, 2",
            Self::IssuerCertificateUnknown => "RFC 5280, 4.2.1.1",
            Self::Key | Self::KeyOfIssuer => "RFC 5280, 4.1.2.7; GB/T 32918.5",
            Self::NameOfIssuer | Self::IssuerRole { .. } => "RFC 5280, 3.2",
            Self::IssuerPathLen { .. } => "RFC 5280, 4.2.1.9",
            Self::SubjectConstrained { .. }
            | Self::AttributeConstrained { .. }
            | Self::AlternativeNameConstrained { .. } => "RFC 5280, 4.2.1.10",
            Self::IssuerNotValid { .. }
            | Self::PastIssuer { .. }
            | Self::EndsBeforeBegin { .. }
            | Self::EndsTooLate
            | Self::YearsMissing { .. }
            | Self::YearsOutside { .. }
            | Self::YearsNotChosen { .. }
            | Self::YearsNotWhole { .. } => "RFC 5280, 4.1.2.5",
            Self::Serial { .. } => "RFC 5280, 4.1.2.2",
            Self::Lint(finding) => finding.lint().source(),
            Self::Unwritable { .. } => "X.690, 8",
        }
    }
}

/// How the value of an attribute breaks the rule of its type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ValueFault {
    /// Another string type than allowed, or octets that are not of it.
    #[error("is not a {expected}")]
    StringType {
        /// The types that would have done.
        expected: &'static str,
    },

    /// No character, or none but blanks.
    #[error("is empty")]
    Empty,

    /// More characters than the upper bound.
    #[error("has {found} characters, at most {limit} are allowed")]
    TooLong {
        /// Characters of the value.
        found: usize,
        /// The upper bound.
        limit: usize,
    },

    /// A control character, or another that vanishes when names are compared.
    #[error("has a control character or one that can't be seen")]
    ControlCharacter,

    /// A country that is not two letters of ISO 3166.
    #[error("is not two capital letters")]
    Country,
}

impl ValueFault {
    /// The standard and clause of the rule.
    pub fn clause(&self) -> &'static str {
        match self {
            Self::StringType { .. } => "RFC 5280, 4.1.2.4",
            Self::Empty | Self::TooLong { .. } | Self::Country => "RFC 5280, appendix A.1",
            Self::ControlCharacter => "RFC 4518, 2.2",
        }
    }
}

/// The years that may be chosen.
fn choice(from: u16, to: u16) -> String {
    if from == to {
        return from.to_string();
    }
    format!("{from} to {to}")
}

/// Under which name a number may be given that goes by two.
fn instead(kind: &IdentityKind) -> &'static str {
    match kind {
        IdentityKind::CreditCode => {
            ": in the edition of 2012 it is given as the organization code, if that is allowed"
        }
        _ => "",
    }
}
