//! What customers and their organisations do.

use super::{Act, DeskPlace, OnCase, case_id, reason};
use crate::args::{
    Proof,
    desk::{Pair, pair, term},
};
use clap::{Args as Group, ValueEnum};
use lifecycle::{
    CaseId, OrganisationId, PersonId,
    certificate::RevocationReason,
    terms::{Carrier, Kind, Mode, Model},
};
use std::path::PathBuf;

#[derive(Debug, Group)]
#[command(
    after_help = "A case is judged by the rules of the desk that are in force when it is opened.\n\n\
    Examples:\n  gmpki case open ju-0007 --actor chen.gang:applicant --certificate individual \\\n      \
    --holder chen.gang --organisation xin-xi-ju --model centralised\n  \
    gmpki case open qy-1 --actor zhou.qi:agent --mode other --certificate org-seal \\\n      \
    --holder zhou.qi --organisation shi-li --account 13800138000 --order 38"
)]
pub(crate) struct Open {
    #[command(flatten)]
    pub(crate) act: Act,
    /// What it is about
    #[arg(long, value_name = "KIND", default_value = "apply",
        value_parser = term(Kind::ALL, Kind::as_str))]
    pub(crate) kind: Kind,
    /// How it is handled
    #[arg(long, value_name = "MODE", default_value = "counter",
        value_parser = term(Mode::ALL, Mode::as_str))]
    pub(crate) mode: Mode,
    /// Who brings it
    #[arg(long, value_name = "MODEL", default_value = "self-service",
        value_parser = term(Model::ALL, Model::as_str))]
    pub(crate) model: Model,
    /// The certificate's name in the rules
    #[arg(long, value_name = "NAME")]
    pub(crate) certificate: String,
    /// Where its key lies
    #[arg(long, value_name = "CARRIER", default_value = "hard",
        value_parser = term(Carrier::ALL, Carrier::as_str))]
    pub(crate) carrier: Carrier,
    /// The person who uses it
    #[arg(long, value_name = "PERSON", value_parser = |text: &str| PersonId::new(text))]
    pub(crate) holder: PersonId,
    /// The organisation that it is of, or for
    #[arg(long, value_name = "NAME", value_parser = |text: &str| OrganisationId::new(text))]
    pub(crate) organisation: Option<OrganisationId>,
    /// The agency that it comes through
    #[arg(long, value_name = "NAME", value_parser = |text: &str| OrganisationId::new(text))]
    pub(crate) agency: Option<OrganisationId>,
    /// The account that was logged in with
    #[arg(long, value_name = "ACCOUNT")]
    pub(crate) account: Option<String>,
    /// An order that several cases belong to
    #[arg(long, value_name = "ORDER")]
    pub(crate) order: Option<String>,
    /// The case whose certificates it is about
    #[arg(long, value_name = "CASE", value_parser = case_id)]
    pub(crate) target: Option<CaseId>,
    /// Why, for freezing, revoking and issuing anew (RFC 5280, 5.3.1)
    #[arg(long, value_name = "REASON", value_parser = reason)]
    pub(crate) reason: Option<RevocationReason>,
    /// The version of the CA's practice statement that was shown
    #[arg(long, value_name = "VERSION")]
    pub(crate) practice_statement: Option<String>,
    /// The holder wants the certificate not published; its status is still answered for
    #[arg(long)]
    pub(crate) unpublished: bool,
    /// The case's name, chosen by whoever opens it
    #[arg(value_parser = case_id)]
    pub(crate) case: CaseId,
}

#[derive(Debug, Group)]
#[command(
    after_help = "An agreement about sensitive personal data is consented to in a call of its own.\n\n\
    Example:\n  gmpki case consent qy-1 --actor zhou.qi:agent \\\n      \
    --agreement service-agreement=agreement.txt --agreement privacy-policy=privacy.txt"
)]
pub(crate) struct Consent {
    #[command(flatten)]
    pub(crate) on: OnCase,
    /// The agreement's name in the rules, and the text that was shown; may be given again
    #[arg(long, required = true, value_name = "NAME=FILE", value_parser = pair)]
    pub(crate) agreement: Vec<Pair>,
}

#[derive(Debug, Group)]
#[command(
    after_help = "Example:\n  gmpki case withdraw-consent qy-1 --actor zhou.qi:agent \\\n      \
    --agreement sensitive-personal-data"
)]
pub(crate) struct WithdrawConsent {
    #[command(flatten)]
    pub(crate) on: OnCase,
    /// The agreement's name in the rules
    #[arg(long, value_name = "NAME")]
    pub(crate) agreement: String,
}

#[derive(Debug, Group)]
#[command(
    after_help = "A file of the form has lines 'field = \"value\"' (TOML). What --field says comes over it.\n\n\
    Examples:\n  gmpki case fill ju-0007 --actor chen.gang:applicant --form form.toml --years 2\n  \
    gmpki case fill ju-0007 --actor chen.gang:applicant --form form.toml \\\n      \
    --field 'holder-name=陈刚' --years 2"
)]
pub(crate) struct Fill {
    #[command(flatten)]
    pub(crate) on: OnCase,
    /// A file with the fields
    #[arg(long, value_name = "FILE")]
    pub(crate) form: Option<PathBuf>,
    /// One field; may be given again
    #[arg(long, value_name = "NAME=VALUE", value_parser = pair)]
    pub(crate) field: Vec<Pair>,
    /// Whole years of validity
    #[arg(long, value_name = "YEARS")]
    pub(crate) years: u16,
}

#[derive(Debug, Group)]
#[command(
    after_help = "It bears the version and the digest of the form, which uploads made from it are \
    compared with.\n\n\
    Example:\n  gmpki case print ju-0007 --out application-form.txt"
)]
pub(crate) struct Print {
    #[command(flatten)]
    pub(crate) desk: DeskPlace,
    /// Where to write it [default: standard output]
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// The case
    #[arg(value_parser = case_id)]
    pub(crate) case: CaseId,
}

#[derive(Debug, Group)]
#[command(
    after_help = "The file is looked at by its first octets, its name and its size, hashed and kept; \
    never opened.\n\n\
    Example:\n  gmpki case add-document ju-0007 application-form scan.jpg \\\n      \
    --actor chen.gang:applicant --form-version 1"
)]
pub(crate) struct AddDocument {
    #[command(flatten)]
    pub(crate) on: OnCase,
    /// The version of the form that it was made from, for those that are printed
    #[arg(long, value_name = "N")]
    pub(crate) form_version: Option<u32>,
    /// The document's name in the rules
    pub(crate) document: String,
    /// The file
    pub(crate) file: PathBuf,
}

/// What the organisation's agent looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum InternalPoint {
    /// The applicant meets the organisation's conditions
    Eligible,
    /// The form is complete and right
    Form,
    /// The other documents are there
    Documents,
}

#[derive(Debug, Group)]
#[command(
    after_help = "Example:\n  gmpki case approve-internally ju-0007 --actor he.ping:agent \\\n      \
    --found eligible,form,documents"
)]
pub(crate) struct ApproveInternally {
    #[command(flatten)]
    pub(crate) on: OnCase,
    /// What was found to be so; what is left out was not
    #[arg(long, value_enum, value_delimiter = ',', value_name = "POINT")]
    pub(crate) found: Vec<InternalPoint>,
}

#[derive(Debug, Group)]
#[command(
    after_help = "Example:\n  gmpki case return-internally ju-0007 --actor he.ping:agent \\\n      \
    --reason 'the department is missing'"
)]
pub(crate) struct ReturnInternally {
    #[command(flatten)]
    pub(crate) on: OnCase,
    /// What is wrong; may be given again
    #[arg(long, required = true, value_name = "WORDS")]
    pub(crate) reason: Vec<String>,
}

#[derive(Debug, Group)]
#[command(
    after_help = "Example:\n  gmpki case prove-key ju-0007 applicant.csr.pem --actor chen.gang:applicant"
)]
pub(crate) struct ProveKey {
    #[command(flatten)]
    pub(crate) on: OnCase,
    /// The request (PKCS#10)
    #[arg(value_name = "CSR")]
    pub(crate) csr: PathBuf,
}

#[derive(Debug, Group)]
#[command(
    after_help = "Who finds that it is not right objects: gmpki case object.\n\n\
    Example:\n  gmpki case confirm ju-0007 --actor chen.gang:applicant --correct \\\n      \
    --evidence call-record=call.txt"
)]
pub(crate) struct Confirm {
    #[command(flatten)]
    pub(crate) on: OnCase,
    /// What it says and what is written on it are right
    #[arg(long)]
    pub(crate) correct: bool,
    #[command(flatten)]
    pub(crate) proof: Proof,
}

#[derive(Debug, Group)]
#[command(
    after_help = "Example:\n  gmpki case object ju-0007 --actor chen.gang:applicant \\\n      \
    --statement 'my name is written wrongly'"
)]
pub(crate) struct Object {
    #[command(flatten)]
    pub(crate) on: OnCase,
    /// What is wrong
    #[arg(long, value_name = "WORDS")]
    pub(crate) statement: String,
}
