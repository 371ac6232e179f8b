//! What an agency files, and how it is looked at: each part by itself, before anybody decides.

use super::{Provision, State, View};
use crate::{
    Evidence, Ground, Interval, Octets, OrganisationId, PersonId, Refusal,
    calendar::Calendar,
    field,
    octets::seconds,
    rules::FieldFormat,
    terms::{EvidenceKind, Kind, Mode},
};
use csr::VerifiedCsr;
use der::{DateTime, Decode, Encode, asn1::ObjectIdentifier};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use x509_cert::{attr::AttributeValue, name::Name};

/// One filing, as the agency brings it: the first, or one that adds modes (S0-02, S0-11).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[non_exhaustive]
pub struct Package {
    /// The letter that asks for it, with the modes in words (证书服务代理申请书):
    /// a [document](EvidenceKind::FilingDocument), as is the next.
    pub application: Evidence,
    /// All of it in electronic form: what the paper is bound to.
    pub bundle: Evidence,
    /// The agreement (S0-07); a later filing may go without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agreement: Option<Agreement>,
    /// The request for the access certificate (S0-08); a later filing may go without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<AccessRequest>,
    /// Proofs of the devices' qualification (S0-10); a later filing may go without.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub devices: Vec<DeviceProof>,
    /// Who acts for the agency (经办人): they alone, and the agents of its own record. The first
    /// filing of one whose record has none names whoever brings it; a later one that names
    /// nobody leaves it so.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub agents: BTreeSet<PersonId>,
    /// The modes (S0-06): one at least.
    pub modes: BTreeMap<Mode, ModeFiling>,
}

/// The agreement between the agency and the CA (证书服务代理协议).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[non_exhaustive]
pub struct Agreement {
    /// Version of the standard form, one that the terms name.
    pub template: String,
    /// The agreement itself: a [document](EvidenceKind::FilingDocument).
    pub document: Evidence,
    /// Who signed it for the agency.
    pub signer: Signer,
}

/// Who signs for an agency (S0-07).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Signer {
    /// Its legal representative (法定代表人).
    #[serde(rename_all = "kebab-case")]
    LegalRepresentative {
        /// His name: 1 to 256 characters.
        name: String,
    },
    /// Somebody whom he authorised.
    #[serde(rename_all = "kebab-case")]
    Delegate {
        /// His name: 1 to 256 characters.
        name: String,
        /// The [power of attorney](EvidenceKind::PowerOfAttorney) (授权委托书).
        power_of_attorney: Evidence,
    },
}

/// The request for the certificate with which the agency's system reaches the CA's (S0-08).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[non_exhaustive]
pub struct AccessRequest {
    /// The file: a [certificate request](EvidenceKind::CertificateRequest).
    pub file: Evidence,
    /// The organisation that the message named which brought it (邮件主题中注明……机构名称).
    pub sent_as: String,
    /// DER of the subject's `Name`.
    pub subject: Octets,
    /// DER of the `SubjectPublicKeyInfo`, whose private key signed the request.
    pub public_key: Octets,
    /// DER of what the request says about where the key was made ([`csr::KeyOrigin`]); none:
    /// it says nothing that can be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_origin: Option<Octets>,
}

impl AccessRequest {
    /// Takes the values over from a request whose possession was proved, in this file, sent
    /// under this organisation's name.
    pub fn from_csr(csr: &VerifiedCsr, file: Evidence, sent_as: impl Into<String>) -> Self {
        let origin = csr.key_origin().ok().flatten();
        Self {
            file,
            sent_as: sent_as.into(),
            subject: csr
                .subject()
                .to_der()
                .expect("a name that was decoded has an encoding")
                .into(),
            public_key: csr.public_key_der().to_vec().into(),
            key_origin: origin.map(|origin| origin.to_der().into()),
        }
    }
}

/// A device by what is engraved on it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct DeviceId {
    /// Its model.
    pub model: String,
    /// Its serial number.
    pub serial: String,
}

impl DeviceId {
    /// A device of this model with this serial number.
    pub fn new(model: impl Into<String>, serial: impl Into<String>) -> Self {
        Self {
            model: model.into(),
            serial: serial.into(),
        }
    }
}

/// A cryptographic device with the authority's certificate for it (S0-10).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[non_exhaustive]
pub struct DeviceProof {
    /// Its model: 1 to 256 characters, as the next three.
    pub model: String,
    /// Its serial number.
    pub serial: String,
    /// The number of its certificate.
    pub number: String,
    /// The authority that issued it (国家密码管理局等部门).
    pub issuer: String,
    /// The copy: a [proof of qualification](EvidenceKind::DeviceQualification).
    pub document: Evidence,
    /// When it is good. It has an end.
    pub interval: Interval,
}

impl DeviceProof {
    /// A device by model, serial number, number of its certificate, and the authority.
    pub fn new(
        [model, serial, number, issuer]: [&str; 4],
        document: Evidence,
        interval: Interval,
    ) -> Self {
        Self {
            model: model.to_owned(),
            serial: serial.to_owned(),
            number: number.to_owned(),
            issuer: issuer.to_owned(),
            document,
            interval,
        }
    }

    /// Which device it is of.
    pub fn device(&self) -> DeviceId {
        DeviceId::new(&self.model, &self.serial)
    }

    /// Whether both are of one device.
    pub fn is_of_same_device(&self, other: &Self) -> bool {
        (&self.model, &self.serial) == (&other.model, &other.serial)
    }

    /// The last second before which a renewed certificate is filed.
    pub(super) fn renew_by(&self, calendar: &Calendar, alarm_days: u16) -> Option<DateTime> {
        Some(calendar.days_before(self.interval.until?, alarm_days))
    }

    pub(super) fn check(&self, context: &View<'_>) -> Result<(), Refusal> {
        for text in [&self.model, &self.serial, &self.number, &self.issuer] {
            line(
                text,
                "a device's model, serial number, certificate or authority",
                DEVICE,
            )?;
        }
        self.document
            .is_a(EvidenceKind::DeviceQualification, DEVICE)?;
        let issuers = &context.terms.device_issuers.value;
        if !issuers.is_empty() && !issuers.contains(&self.issuer) {
            return Err(Ground::UnknownName {
                what: "authority for devices",
                name: self.issuer.clone(),
            }
            .refuse(DEVICE));
        }
        if self.interval.until.is_none() || !self.interval.holds(context.now) {
            return missing(
                "a device's certificate that is good now, and has an end",
                DEVICE,
            );
        }
        Ok(())
    }
}

/// What an agency files about one mode.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[non_exhaustive]
pub struct ModeFiling {
    /// The first second at which it may begin (S0-11).
    #[serde(with = "seconds")]
    pub from: DateTime,
    /// The flow of each kind of business (S0-13, S0-14): [documents](EvidenceKind::FilingDocument).
    pub flows: BTreeMap<Kind, Evidence>,
    /// Where the agency's rules say what they must say: [documents](EvidenceKind::FilingDocument).
    #[serde(default)]
    pub provisions: BTreeMap<Provision, Evidence>,
    /// Earlier filings that stand for some of them (S0-22).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub references: Vec<Reference>,
}

/// An earlier filing that stands for a part of this one (S0-22).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[non_exhaustive]
pub struct Reference {
    /// Which filing.
    pub source: Source,
    /// What is taken over from it: one at least.
    pub provisions: BTreeSet<Provision>,
}

/// An earlier filing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Source {
    /// One of this agency that was accepted here, with the mode for which it says so.
    #[serde(rename_all = "kebab-case")]
    Accepted {
        /// Its receipt.
        receipt: String,
        /// Its mode.
        mode: Mode,
    },
    /// One with another department, which had no objection (非现场开户).
    #[serde(rename_all = "kebab-case")]
    Elsewhere {
        /// The number it has there: 1 to 256 characters.
        number: String,
        /// That there was no objection: a [document](EvidenceKind::FilingDocument).
        answer: Evidence,
    },
}

/// What the CA's clerk saw of a filing on paper (S0-02, S0-07).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[non_exhaustive]
pub struct Paper {
    /// The number on the receipt: 1 to 256 characters. No two filings have the same.
    pub receipt: String,
    /// How many copies came.
    pub copies: u8,
    /// Whether each has the agency's seal.
    pub sealed: bool,
    /// SM3 of the electronic form that the receipt names: 32 octets.
    pub bundle: Octets,
    /// The marks on the agreement; none where the filing has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub marks: Option<Marks>,
}

/// The three marks of an agreement, each by itself (S0-07).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[non_exhaustive]
pub struct Marks {
    /// The signature (签字).
    pub signature: bool,
    /// The seal (公章).
    pub seal: bool,
    /// The seal across the edges of the pages (骑缝章).
    pub cross_page_seal: bool,
}

impl Marks {
    /// What was seen.
    pub fn new(signature: bool, seal: bool, cross_page_seal: bool) -> Self {
        Self {
            signature,
            seal,
            cross_page_seal,
        }
    }
}

const DEVICE: &[&str] = &["S0-10"];

impl Package {
    /// A letter and the electronic form.
    pub fn new(application: Evidence, bundle: Evidence) -> Self {
        Self {
            application,
            bundle,
            agreement: None,
            request: None,
            devices: Vec::new(),
            agents: BTreeSet::new(),
            modes: BTreeMap::new(),
        }
    }

    /// With an agreement.
    #[must_use]
    pub fn agreement(mut self, agreement: Agreement) -> Self {
        self.agreement = Some(agreement);
        self
    }

    /// With a request for the access certificate.
    #[must_use]
    pub fn request(mut self, request: AccessRequest) -> Self {
        self.request = Some(request);
        self
    }

    /// With the proof of a device.
    #[must_use]
    pub fn device(mut self, proof: DeviceProof) -> Self {
        self.devices.push(proof);
        self
    }

    /// With somebody who acts for the agency.
    #[must_use]
    pub fn agent(mut self, agent: PersonId) -> Self {
        self.agents.insert(agent);
        self
    }

    /// With a mode.
    #[must_use]
    pub fn mode(mut self, mode: Mode, filing: ModeFiling) -> Self {
        self.modes.insert(mode, filing);
        self
    }
}

impl Agreement {
    /// An agreement on this version of the form.
    pub fn new(template: impl Into<String>, document: Evidence, signer: Signer) -> Self {
        Self {
            template: template.into(),
            document,
            signer,
        }
    }
}

impl Signer {
    /// The legal representative himself.
    pub fn legal_representative(name: impl Into<String>) -> Self {
        Self::LegalRepresentative { name: name.into() }
    }

    /// Somebody with his power of attorney.
    pub fn delegate(name: impl Into<String>, power_of_attorney: Evidence) -> Self {
        Self::Delegate {
            name: name.into(),
            power_of_attorney,
        }
    }
}

impl ModeFiling {
    /// A mode that may begin then.
    pub fn new(from: DateTime) -> Self {
        Self {
            from,
            flows: BTreeMap::new(),
            provisions: BTreeMap::new(),
            references: Vec::new(),
        }
    }

    /// With the flow of a kind of business.
    #[must_use]
    pub fn flow(mut self, kind: Kind, document: Evidence) -> Self {
        self.flows.insert(kind, document);
        self
    }

    /// With what the rules say.
    #[must_use]
    pub fn provision(mut self, provision: Provision, document: Evidence) -> Self {
        self.provisions.insert(provision, document);
        self
    }

    /// With an earlier filing.
    #[must_use]
    pub fn reference(mut self, reference: Reference) -> Self {
        self.references.push(reference);
        self
    }
}

impl Reference {
    /// So much of an earlier filing.
    pub fn new(source: Source, provisions: impl IntoIterator<Item = Provision>) -> Self {
        Self {
            source,
            provisions: provisions.into_iter().collect(),
        }
    }
}

impl Source {
    /// One that was accepted here.
    pub fn accepted(receipt: impl Into<String>, mode: Mode) -> Self {
        Self::Accepted {
            receipt: receipt.into(),
            mode,
        }
    }

    /// One with another department.
    pub fn elsewhere(number: impl Into<String>, answer: Evidence) -> Self {
        Self::Elsewhere {
            number: number.into(),
            answer,
        }
    }
}

impl Paper {
    /// So many copies, sealed or not, with a receipt that names an electronic form by its SM3.
    pub fn new(receipt: impl Into<String>, copies: u8, sealed: bool, bundle: [u8; 32]) -> Self {
        Self {
            receipt: receipt.into(),
            copies,
            sealed,
            bundle: bundle.to_vec().into(),
            marks: None,
        }
    }

    /// With the marks on the agreement.
    #[must_use]
    pub fn marks(mut self, marks: Marks) -> Self {
        self.marks = Some(marks);
        self
    }
}

impl Package {
    /// Everything that can be said of it without its paper.
    pub(super) fn check(&self, state: Option<&State>, context: &View<'_>) -> Result<(), Refusal> {
        let is_first = state.is_none_or(|state| state.accepted().next().is_none());
        self.application
            .is_a(EvidenceKind::FilingDocument, &["S0-06"])?;
        self.bundle.is_a(EvidenceKind::FilingDocument, &["S0-02"])?;
        if self.modes.is_empty() {
            return missing("a mode", &["S0-06"]);
        }
        match &self.agreement {
            Some(agreement) => agreement.check(context)?,
            None if is_first => return missing("the agreement", &["S0-07"]),
            None => {}
        }
        for device in &self.devices {
            device.check(context)?;
        }
        match &self.request {
            Some(request) => {
                let known = state.into_iter().flat_map(|state| &state.devices);
                let devices = self.devices.iter().chain(known.map(|known| &known.proof));
                request.check(devices, context)?;
            }
            None if is_first => {
                return missing("the request for the access certificate", &["S0-08"]);
            }
            None => {}
        }
        for (mode, filing) in &self.modes {
            filing.check(*mode, state, context)?;
        }
        Ok(())
    }
}

impl Agreement {
    fn check(&self, context: &View<'_>) -> Result<(), Refusal> {
        const BASIS: &[&str] = &["S0-07"];
        if !context.terms.templates.value.contains(&self.template) {
            return Err(Ground::UnknownName {
                what: "version of the agreement",
                name: self.template.clone(),
            }
            .refuse(BASIS));
        }
        self.document.is_a(EvidenceKind::FilingDocument, BASIS)?;
        let (Signer::LegalRepresentative { name } | Signer::Delegate { name, .. }) = &self.signer;
        line(name, "the name of whoever signed the agreement", BASIS)?;
        if let Signer::Delegate {
            power_of_attorney, ..
        } = &self.signer
        {
            power_of_attorney.is_a(EvidenceKind::PowerOfAttorney, BASIS)?;
        }
        Ok(())
    }
}

impl AccessRequest {
    /// `devices`: those of which a proof is filed.
    fn check<'a>(
        &self,
        devices: impl Iterator<Item = &'a DeviceProof>,
        context: &View<'_>,
    ) -> Result<(), Refusal> {
        self.file
            .is_a(EvidenceKind::CertificateRequest, &["S0-08"])?;
        let agency = context.sight.organisation.as_ref();
        let agency = agency.map(|state| state.name.as_str());
        let named = organisation_of(&self.subject);
        if agency.is_none() || named.as_deref() != agency || Some(self.sent_as.as_str()) != agency {
            return key("it names another organisation than the agency", "S0-08");
        }
        let origin = self.key_origin.as_deref().map(csr::KeyOrigin::from_der);
        let Some(Ok(origin)) = origin else {
            return key("it does not say where the key was made", "S0-09");
        };
        // What is not known to be production is a test environment.
        if !matches!(origin.environment(), csr::Environment::Production) {
            return key("it was made in a test environment", "S0-09");
        }
        let Some(device) = origin.device() else {
            return key("it was made in software", "S0-09");
        };
        let mut devices = devices;
        let is_filed = devices.any(|proof| {
            proof.model == device.model()
                && proof.serial == device.serial()
                && Some(proof.number.as_str()) == device.qualification()
        });
        if !is_filed {
            return key("no proof of its device's qualification is filed", "S0-10");
        }
        Ok(())
    }
}

impl ModeFiling {
    fn check(&self, mode: Mode, state: Option<&State>, context: &View<'_>) -> Result<(), Refusal> {
        let terms = context.terms.of(mode);
        for kind in &context.terms.kinds.value {
            let Some(flow) = self.flows.get(kind) else {
                return Err(Ground::FlowMissing { kind: *kind, mode }.refuse(&["S0-13", "S0-14"]));
            };
            flow.is_a(EvidenceKind::FilingDocument, &["S0-14"])?;
        }
        for document in self.provisions.values() {
            document.is_a(EvidenceKind::FilingDocument, &["S0-27"])?;
        }
        for reference in &self.references {
            reference.check(mode, state, context)?;
        }
        let covered = |one: &Provision| {
            let mut references = self.references.iter();
            self.provisions.contains_key(one)
                || references.any(|reference| reference.provisions.contains(one))
        };
        if let Some(provision) = terms.provisions.value.iter().find(|one| !covered(one)) {
            return Err(Ground::ProvisionMissing {
                provision: *provision,
                mode,
            }
            .refuse(provision.basis()));
        }
        Ok(())
    }
}

impl Reference {
    fn check(&self, mode: Mode, state: Option<&State>, context: &View<'_>) -> Result<(), Refusal> {
        const BASIS: &[&str] = &["S0-22"];
        if self.provisions.is_empty() {
            return missing("what is taken over from an earlier filing", BASIS);
        }
        match &self.source {
            Source::Accepted { receipt, mode } => {
                let filing = state.and_then(|state| {
                    let mut accepted = state.accepted();
                    accepted.find(|(outcome, _)| outcome.receipt == *receipt)
                });
                let own = filing
                    .filter(|(outcome, _)| outcome.modes.contains(mode))
                    .and_then(|(_, version)| version.package.modes.get(mode));
                let Some(own) = own else {
                    return missing("an accepted filing with this receipt and mode", BASIS);
                };
                // From where the words stand, and not from a further reference.
                let stands = |one: &Provision| own.provisions.contains_key(one);
                if !self.provisions.iter().all(stands) {
                    return missing("the provision in the earlier filing", BASIS);
                }
            }
            Source::Elsewhere { number, answer } => {
                line(number, "the number of the earlier filing", BASIS)?;
                answer.is_a(EvidenceKind::FilingDocument, BASIS)?;
                let may = &context.terms.of(mode).by_reference.value;
                if !self.provisions.iter().all(|one| may.contains(one)) {
                    return missing("the provision in the filing itself", BASIS);
                }
            }
        }
        Ok(())
    }
}

impl Paper {
    /// Against the version that it belongs to.
    pub(super) fn check(
        &self,
        package: &Package,
        state: &State,
        context: &View<'_>,
    ) -> Result<(), Refusal> {
        const BASIS: &[&str] = &["S0-02"];
        line(&self.receipt, "the number on the receipt", BASIS)?;
        if self.copies < context.terms.copies.value || !self.sealed {
            return missing("two sealed copies on paper", BASIS);
        }
        if self.bundle != package.bundle.digest {
            return missing("the electronic form that the receipt names", BASIS);
        }
        if state.papers().any(|paper| paper.receipt == self.receipt) {
            return missing("a receipt of its own", BASIS);
        }
        if self.marks.is_some() != package.agreement.is_some() {
            return missing("the marks on the agreement that was filed", &["S0-07"]);
        }
        Ok(())
    }
}

impl Provision {
    /// The requirement that it carries out.
    pub(super) const fn basis(self) -> &'static [&'static str] {
        match self {
            Self::Licence | Self::Training => &["S0-15"],
            Self::Employment => &["S0-16"],
            Self::Duties | Self::Conduct | Self::Conflicts | Self::Sanctions => &["S0-18"],
            Self::PublicCheck => &["S0-17"],
            Self::Recording => &["S0-20"],
            Self::PaperForm => &["S0-21"],
            Self::NaturalPersons => &["S0-23"],
            Self::Identity => &["S0-24", "S0-25", "S0-26"],
            Self::Traces => &["S0-27"],
            Self::LiveSession => &["S0-28"],
            Self::Archive => &["S0-29"],
        }
    }
}

pub(super) fn missing<T>(what: &'static str, basis: &[&str]) -> Result<T, Refusal> {
    Err(Ground::Missing { what }.refuse(basis))
}

pub(super) fn line(text: &str, what: &'static str, basis: &[&str]) -> Result<(), Refusal> {
    match field::check(FieldFormat::Text, text) {
        Ok(()) => Ok(()),
        Err(_) => Err(Ground::Words { what }.refuse(basis)),
    }
}

fn key(why: &'static str, basis: &str) -> Result<(), Refusal> {
    Err(Ground::Key { why }.refuse(&[basis]))
}

/// The one organizationName of a `Name`'s DER (X.520); none where there is none, or several.
fn organisation_of(subject: &[u8]) -> Option<String> {
    const ORGANISATION: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.10");
    let name = Name::from_der(subject).ok()?;
    let mut found = name.iter().filter(|one| one.oid == ORGANISATION);
    let (one, none) = (found.next()?, found.next());
    if none.is_some() {
        return None;
    }
    text_of(&one.value)
}

fn text_of(value: &AttributeValue) -> Option<String> {
    let text = value.decode_as::<der::asn1::Utf8StringRef<'_>>();
    let printable = || value.decode_as::<der::asn1::PrintableStringRef<'_>>();
    match text {
        Ok(text) => Some(text.to_string()),
        Err(_) => printable().ok().map(|text| text.to_string()),
    }
}

/// To whom an open case goes when the agency ends: another agency, or the CA itself.
pub type Heir = Option<OrganisationId>;
