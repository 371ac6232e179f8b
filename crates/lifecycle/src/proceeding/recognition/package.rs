//! What a CA hands in: who it is, its four documents, its certificates.

use super::{CertificateRole, Context, decide::missing};
use crate::{
    Evidence, Ground, Interval, Octets, Refusal, field::is_hidden, octets::seconds,
    terms::EvidenceKind,
};
use der::DateTime;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Certificates that one application or case can have.
pub(super) const MAX_CERTIFICATES: usize = 32;

/// What a case is about: where, who, and which class of certificates (S4-12). The same three
/// find the entry in a list.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[non_exhaustive]
pub struct Key {
    /// The side: `HK`, `CN-GD`.
    pub jurisdiction: String,
    /// The CA's legal name, 1 to 256 characters.
    pub ca: String,
    /// The class of certificates, 1 to 256 characters.
    pub class: String,
}

impl Key {
    /// Joins the three.
    pub fn new(
        jurisdiction: impl Into<String>,
        ca: impl Into<String>,
        class: impl Into<String>,
    ) -> Self {
        Self {
            jurisdiction: jurisdiction.into(),
            ca: ca.into(),
            class: class.into(),
        }
    }

    fn check(&self) -> Result<(), Refusal> {
        for (text, what) in [(&self.ca, "the CA's name"), (&self.class, "the class")] {
            let length = text.trim().chars().count();
            if !(1..=256).contains(&length) || text.contains(is_hidden) {
                return Err(missing(what, &["S4-12"]));
            }
        }
        Ok(())
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, {}, {}", self.jurisdiction, self.ca, self.class)
    }
}

/// The licence that the CA has at home (S4-01).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[non_exhaustive]
pub struct Licence {
    /// Its number, 1 to 1000 characters.
    pub number: String,
    /// When it holds.
    pub interval: Interval,
    /// A [copy](EvidenceKind::ServiceLicence).
    pub copy: Evidence,
}

impl Licence {
    /// Joins the three.
    pub fn new(number: impl Into<String>, interval: Interval, copy: Evidence) -> Self {
        Self {
            number: number.into(),
            interval,
            copy,
        }
    }

    pub(super) fn check(&self, now: DateTime) -> Result<(), Refusal> {
        const LICENCE: &[&str] = &["S4-01", "S4-18"];
        Ground::words(&self.number, "the number of the licence", LICENCE)?;
        self.copy.is_a(EvidenceKind::ServiceLicence, LICENCE)?;
        if !self.interval.holds(now) {
            return Err(missing("a licence that holds now", LICENCE));
        }
        Ok(())
    }
}

/// What an independent third party found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[non_exhaustive]
pub struct Review {
    /// Its [report](EvidenceKind::ConformityReview), or [that](EvidenceKind::ExecutionReview).
    pub report: Evidence,
    /// Who made it: an auditor of the side's roster (S4-18).
    pub auditor: String,
    /// When it was made.
    #[serde(with = "seconds")]
    pub made: DateTime,
    /// The auditor [declares](EvidenceKind::IndependenceDeclaration) to be independent of the
    /// CA.
    pub independence: Evidence,
}

impl Review {
    /// Joins the four.
    pub fn new(
        report: Evidence,
        auditor: impl Into<String>,
        made: DateTime,
        independence: Evidence,
    ) -> Self {
        Self {
            report,
            auditor: auditor.into(),
            made,
            independence,
        }
    }
}

/// The four documents (S4-04).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[non_exhaustive]
pub struct Documents {
    /// 互认申请书, an [application](EvidenceKind::RecognitionApplication).
    pub application: Evidence,
    /// 电子认证业务规则, the [statement of practice](EvidenceKind::PracticeStatement).
    pub practice: Evidence,
    /// 符合性审查报告: the statement against the policy.
    pub conformity: Review,
    /// 执行审查报告: what is done against the statement.
    pub execution: Review,
}

impl Documents {
    /// Joins the four.
    pub fn new(
        application: Evidence,
        practice: Evidence,
        conformity: Review,
        execution: Review,
    ) -> Self {
        Self {
            application,
            practice,
            conformity,
            execution,
        }
    }

    pub(super) fn check(&self, key: &Key, context: &Context<'_>) -> Result<(), Refusal> {
        const FOUR: &[&str] = &["S4-04"];
        self.application
            .is_a(EvidenceKind::RecognitionApplication, FOUR)?;
        self.practice.is_a(EvidenceKind::PracticeStatement, FOUR)?;
        for (review, kind) in [
            (&self.conformity, EvidenceKind::ConformityReview),
            (&self.execution, EvidenceKind::ExecutionReview),
        ] {
            context.terms.check_review(review, kind, key, context)?;
        }
        Ok(())
    }
}

/// Where a key was made (S4-15).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[non_exhaustive]
pub struct KeyOrigin {
    /// The model of the hardware, 1 to 1000 characters.
    pub device: String,
    /// The number of its approval by the regulator at home, 1 to 1000 characters.
    pub approval: String,
    /// [That it was](EvidenceKind::KeyOrigin) made there.
    pub proof: Evidence,
}

impl KeyOrigin {
    /// Joins the three.
    pub fn new(device: impl Into<String>, approval: impl Into<String>, proof: Evidence) -> Self {
        Self {
            device: device.into(),
            approval: approval.into(),
            proof,
        }
    }
}

/// A certificate of the CA, with where its key was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[non_exhaustive]
pub struct CaCertificate {
    /// What it is for.
    pub role: CertificateRole,
    /// SM3 of its DER, 32 octets.
    pub digest: Octets,
    /// Where its key was made.
    pub origin: KeyOrigin,
}

impl CaCertificate {
    /// Joins the three.
    pub fn new(role: CertificateRole, digest: [u8; 32], origin: KeyOrigin) -> Self {
        Self {
            role,
            digest: digest.to_vec().into(),
            origin,
        }
    }

    pub(super) fn check(&self) -> Result<(), Refusal> {
        const ORIGIN: &[&str] = &["S4-15"];
        if self.digest.len() != 32 {
            return Err(missing("the SM3 of a certificate", ORIGIN));
        }
        Ground::words(&self.origin.device, "the hardware of a key", ORIGIN)?;
        Ground::words(
            &self.origin.approval,
            "the approval of a key's hardware",
            ORIGIN,
        )?;
        self.origin.proof.is_a(EvidenceKind::KeyOrigin, ORIGIN)
    }
}

/// What a CA applies with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[non_exhaustive]
pub struct Application {
    /// For what.
    pub key: Key,
    /// Its licence at home.
    pub licence: Licence,
    /// The four documents.
    pub documents: Documents,
    /// Its certificates: an anchor, an issuer and one for status at least, 32 at most; one
    /// certificate may stand there in several roles.
    pub certificates: Vec<CaCertificate>,
}

impl Application {
    /// Joins the four.
    pub fn new(
        key: Key,
        licence: Licence,
        documents: Documents,
        certificates: Vec<CaCertificate>,
    ) -> Self {
        Self {
            key,
            licence,
            documents,
            certificates,
        }
    }

    pub(super) fn check(&self, context: &Context<'_>) -> Result<(), Refusal> {
        self.key.check()?;
        context.terms.side(&self.key.jurisdiction)?;
        self.licence.check(context.now)?;
        self.documents.check(&self.key, context)?;
        if self.certificates.len() > MAX_CERTIFICATES {
            return Err(missing("32 certificates at most", &["S4-15"]));
        }
        self.certificates
            .iter()
            .try_for_each(CaCertificate::check)?;
        for (role, what) in [
            (CertificateRole::Anchor, "a certificate that is an anchor"),
            (CertificateRole::Issuer, "a certificate that issues"),
            (CertificateRole::Status, "a certificate that signs status"),
        ] {
            if !self.certificates.iter().any(|one| one.role == role) {
                return Err(missing(what, &["S4-15"]));
            }
        }
        let twice = (1..self.certificates.len()).any(|place| {
            let (before, one) = (&self.certificates[..place], &self.certificates[place]);
            before.iter().any(|other| one.is_same(other))
        });
        if twice {
            return Err(missing("each certificate once", &["S4-15"]));
        }
        Ok(())
    }
}

impl CaCertificate {
    /// The same certificate in the same role.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        self.role == other.role && self.digest == other.digest
    }
}

/// What a CA applies with to be recognised again (S4-19, X-10): a new application, and what
/// changed of the other three documents since the last time. What is none is unchanged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[non_exhaustive]
pub struct Reinstatement {
    /// The application.
    pub application: Evidence,
    /// Another statement of practice; it needs another conformity review, too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub practice: Option<Evidence>,
    /// Another conformity review.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conformity: Option<Review>,
    /// Another execution review.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub execution: Option<Review>,
}

impl Reinstatement {
    /// An application by itself: all else is unchanged.
    pub fn new(application: Evidence) -> Self {
        Self {
            application,
            practice: None,
            conformity: None,
            execution: None,
        }
    }

    /// The four documents that are in force with it.
    pub(super) fn over(&self, earlier: &Documents) -> Documents {
        let mut documents = earlier.clone();
        documents.application = self.application.clone();
        if let Some(practice) = &self.practice {
            documents.practice = practice.clone();
        }
        if let Some(conformity) = &self.conformity {
            documents.conformity = conformity.clone();
        }
        if let Some(execution) = &self.execution {
            documents.execution = execution.clone();
        }
        documents
    }

    pub(super) fn check(
        &self,
        earlier: &Documents,
        key: &Key,
        context: &Context<'_>,
    ) -> Result<(), Refusal> {
        if self.practice.is_some() && self.conformity.is_none() {
            return Err(missing(
                "a conformity review of the new statement of practice",
                &["S4-04", "S4-19"],
            ));
        }
        if self.application == earlier.application {
            return Err(missing("a new application", &["S4-19", "X-10"]));
        }
        self.over(earlier).check(key, context)
    }
}
