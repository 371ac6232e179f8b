//! What an agency files, read from a TOML file and the files beside it.

use crate::{
    csr::read_verified,
    desk::{Desk, evidence},
    failure::Failure,
    input, moment,
};
use gm_crypto::sm2::UserId;
use lifecycle::{
    Evidence, Interval, PersonId,
    proceeding::accreditation::{
        AccessRequest, Agreement, DeviceProof, ModeFiling, Package, Provision, Reference, Signer,
        Source,
    },
    terms::{EvidenceKind, Kind, Mode},
};
use serde::Deserialize;
use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

/// Octets of the largest package.
const PACKAGE: u64 = 1 << 20;

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct File {
    application: PathBuf,
    bundle: PathBuf,
    agreement: Option<AgreementFile>,
    request: Option<RequestFile>,
    #[serde(default)]
    devices: Vec<DeviceFile>,
    #[serde(default)]
    agents: Vec<String>,
    modes: BTreeMap<Mode, ModeFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct AgreementFile {
    template: String,
    document: PathBuf,
    legal_representative: Option<String>,
    delegate: Option<String>,
    power_of_attorney: Option<PathBuf>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct RequestFile {
    csr: PathBuf,
    sent_as: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct DeviceFile {
    model: String,
    serial: String,
    number: String,
    issuer: String,
    document: PathBuf,
    from: String,
    until: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct ModeFile {
    from: String,
    flows: BTreeMap<Kind, PathBuf>,
    #[serde(default)]
    provisions: BTreeMap<Provision, PathBuf>,
    #[serde(default)]
    references: Vec<ReferenceFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct ReferenceFile {
    receipt: Option<String>,
    mode: Option<Mode>,
    elsewhere: Option<String>,
    answer: Option<PathBuf>,
    provisions: BTreeSet<Provision>,
}

/// The package of a file. The files that it names lie beside it, and are kept.
pub(super) fn read(desk: &Desk, path: &Path) -> Result<Package, Failure> {
    let octets = input::read(path, PACKAGE)?;
    let text = str::from_utf8(&octets).map_err(|source| Failure::file(path, source))?;
    let file: File = toml::from_str(text).map_err(|source| Failure::file(path, source))?;
    let keeper = Keeper {
        desk,
        path,
        folder: path.parent().unwrap_or(Path::new("")),
    };
    keeper.package(file)
}

struct Keeper<'a> {
    desk: &'a Desk,
    path: &'a Path,
    folder: &'a Path,
}

impl Keeper<'_> {
    fn keep(&self, kind: EvidenceKind, name: &Path) -> Result<Evidence, Failure> {
        evidence::in_file(self.desk.documents(), kind, &self.folder.join(name))
    }

    fn document(&self, name: &Path) -> Result<Evidence, Failure> {
        self.keep(EvidenceKind::FilingDocument, name)
    }

    fn wrong(&self, reason: &'static str) -> Failure {
        Failure::file(self.path, reason)
    }

    fn package(&self, file: File) -> Result<Package, Failure> {
        let application = self.document(&file.application)?;
        let mut package = Package::new(application, self.document(&file.bundle)?);
        if let Some(agreement) = file.agreement {
            package = package.agreement(self.agreement(agreement)?);
        }
        if let Some(request) = file.request {
            let path = self.folder.join(&request.csr);
            let csr = read_verified(&path, UserId::default())?;
            let kept = self.keep(EvidenceKind::CertificateRequest, &request.csr)?;
            package = package.request(AccessRequest::from_csr(&csr, kept, request.sent_as));
        }
        for device in file.devices {
            package = package.device(self.device(device)?);
        }
        for agent in file.agents {
            let agent = PersonId::new(agent).map_err(|source| Failure::file(self.path, source))?;
            package = package.agent(agent);
        }
        for (mode, filing) in file.modes {
            package = package.mode(mode, self.mode(filing)?);
        }
        Ok(package)
    }

    fn agreement(&self, file: AgreementFile) -> Result<Agreement, Failure> {
        let signer = match (
            file.legal_representative,
            file.delegate,
            file.power_of_attorney,
        ) {
            (Some(name), None, None) => Signer::legal_representative(name),
            (None, Some(name), Some(paper)) => {
                Signer::delegate(name, self.keep(EvidenceKind::PowerOfAttorney, &paper)?)
            }
            _ => {
                return Err(self.wrong(
                    "an agreement is signed by the legal-representative, or by a delegate with a \
                     power-of-attorney",
                ));
            }
        };
        let document = self.document(&file.document)?;
        Ok(Agreement::new(file.template, document, signer))
    }

    fn device(&self, file: DeviceFile) -> Result<DeviceProof, Failure> {
        let from = moment::parse("from", &file.from)?;
        let until = moment::parse("until", &file.until)?;
        Ok(DeviceProof::new(
            [&file.model, &file.serial, &file.number, &file.issuer].map(String::as_str),
            self.keep(EvidenceKind::DeviceQualification, &file.document)?,
            Interval::new(from, Some(until)),
        ))
    }

    fn mode(&self, file: ModeFile) -> Result<ModeFiling, Failure> {
        let mut filing = ModeFiling::new(moment::parse("from", &file.from)?);
        for (kind, flow) in file.flows {
            filing = filing.flow(kind, self.document(&flow)?);
        }
        for (provision, words) in file.provisions {
            filing = filing.provision(provision, self.document(&words)?);
        }
        for reference in file.references {
            let source = match (
                reference.receipt,
                reference.mode,
                reference.elsewhere,
                reference.answer,
            ) {
                (Some(receipt), Some(mode), None, None) => Source::accepted(receipt, mode),
                (None, None, Some(number), Some(answer)) => {
                    Source::elsewhere(number, self.document(&answer)?)
                }
                _ => {
                    return Err(self.wrong(
                        "a reference names a receipt and a mode, or elsewhere and an answer",
                    ));
                }
            };
            filing = filing.reference(Reference::new(source, reference.provisions));
        }
        Ok(filing)
    }
}
