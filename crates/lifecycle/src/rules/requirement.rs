//! The requirements that rules follow from, by name.

use serde::{Deserialize, Serialize};
use std::fmt;

/// A requirement by its name: `S1-07`, `X-03`. Only names that are [listed](Self::all) are
/// one; in the list's order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Requirement(
    /// Its place in [`TITLES`].
    u8,
);

impl Requirement {
    /// The requirement of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::all().find(|one| one.as_str() == name)
    }

    /// All of them: those of the sources in their order, then the open points that had to be
    /// decided (`X-`).
    pub fn all() -> impl Iterator<Item = Self> {
        (0..=u8::MAX).map_while(|place| TITLES.get(usize::from(place)).map(|_| Self(place)))
    }

    /// The name.
    pub fn as_str(&self) -> &'static str {
        self.row().0
    }

    /// What it is about, in few words of English.
    pub fn title(&self) -> &'static str {
        self.row().1
    }

    fn row(self) -> (&'static str, &'static str) {
        let row = TITLES.get(usize::from(self.0));
        row.copied().unwrap_or_default()
    }
}

impl TryFrom<String> for Requirement {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text)
            .ok_or_else(|| format!("{text:?} names no requirement: S0-01 to S5-04, X-01 to X-15"))
    }
}

impl From<Requirement> for String {
    fn from(requirement: Requirement) -> Self {
        requirement.as_str().to_owned()
    }
}

impl fmt::Display for Requirement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Names and titles. The sources: 0 agencies of China Securities Depository and Clearing, 1 the
/// state's extranet, 2 Shenzhen CA online, 3 qualification for electronic government, 4 mutual
/// recognition of Guangdong and Hong Kong, 5 what the law has changed since.
#[rustfmt::skip]
const TITLES: &[(&str, &str)] = &[
    ("S0-01", "No business through an agency that is not in operation"),
    ("S0-02", "Filing on paper, twice, sealed, and electronically"),
    ("S0-03", "Consultation before filing, without effect"),
    ("S0-04", "A filing goes back with numbered deficiencies, and comes again as a new version"),
    ("S0-05", "A filing is accepted, not certified"),
    ("S0-06", "A filing names the modes of handling"),
    ("S0-07", "Marks on the agency agreement, and a delegate's power of attorney"),
    ("S0-08", "Access certificates of agencies are apart from subscribers'"),
    ("S0-09", "An access certificate's key comes from production hardware"),
    ("S0-10", "The hardware's qualification is filed, and expires"),
    ("S0-11", "Accreditation is for each mode; an unfiled mode is refused"),
    ("S0-12", "Every piece of business keeps its mode; reports by mode"),
    ("S0-13", "Six kinds of business, and no other"),
    ("S0-14", "Every kind is defined in every mode, or the rules don't load"),
    ("S0-15", "Witnesses have a labour contract, training and a licence at the time of the act"),
    ("S0-16", "Four kinds of employment bar from witnessing"),
    ("S0-17", "Anybody can ask whether a person is a witness"),
    ("S0-18", "Conflicts of interest are declared; sanctions end the qualification"),
    ("S0-19", "Other modes take a handler and a checker, two persons"),
    ("S0-20", "Sound or picture of the witnessing is kept"),
    ("S0-21", "A paper form, signed before the witness"),
    ("S0-22", "A filing may refer to an earlier one"),
    ("S0-23", "Other modes: soft certificates of natural persons alone"),
    ("S0-24", "Identity cards are checked with a reader or the police's query"),
    ("S0-25", "Other identity documents are checked by another proper means, named"),
    ("S0-26", "For an organisation, its agent is identified"),
    ("S0-27", "Key steps leave traces, or the case is not approved"),
    ("S0-28", "A live session of sound and picture both ways"),
    ("S0-29", "Vouchers are kept electronically at the agency, for inspection"),
    ("S0-30", "Contact data are configuration"),
    ("S1-01", "An organisation prepares: approver, agent, conditions, list of applicants"),
    ("S1-02", "Two models: centralised, self-service"),
    ("S1-03", "Centralised: the agent is authorised first"),
    ("S1-04", "The agent receives, distributes and renews for those on the list"),
    ("S1-05", "The form is filled in completely and correctly"),
    ("S1-06", "The agent's internal review has three points"),
    ("S1-07", "Cases are numbered without gaps and registered"),
    ("S1-08", "The registrar judges documents, identity and genuineness"),
    ("S1-09", "What is registered is the measure of later steps"),
    ("S1-10", "Registering, issuing and delivering each leave a work record"),
    ("S1-11", "The registrar hands the case over to the approver"),
    ("S1-12", "The approver reviews a second time, on his own"),
    ("S1-13", "What was registered agrees with the form and with what is signed"),
    ("S1-14", "Tokens are labelled, and bound before signing"),
    ("S1-15", "What is written to a token is read back"),
    ("S1-16", "Sealed, and delivered by mail or on site as the form says"),
    ("S1-17", "The PIN is told apart from the token, unless all was handed over on site"),
    ("S1-18", "The customer confirms that all arrived and is right"),
    ("S1-19", "The holder accepts; a soft certificate is installed"),
    ("S1-20", "Protection by carrier: the computer's password, a changed PIN"),
    ("S1-21", "One token, one person"),
    ("S1-22", "The picture of the flow can't be read in the source's text"),
    ("S2-01", "A first certificate: none of the kind is there"),
    ("S2-02", "An account is neither applicant nor agent"),
    ("S2-03", "Agreements are consented to; the one on sensitive data separately"),
    ("S2-04", "The practice statement prevails over the agreement"),
    ("S2-05", "Three kinds: organisation's seal, business seal, personal seal"),
    ("S2-06", "One seal for each organisation"),
    ("S2-07", "Eight business seals online"),
    ("S2-08", "Personal seals: one for each named person"),
    ("S2-09", "One to five whole years"),
    ("S2-10", "Fields of the form, those that are mandatory, and their formats"),
    ("S2-11", "The agent's mobile number is registered under his own name"),
    ("S2-12", "Form and annex are made from the data, signed and sealed; stale ones are refused"),
    ("S2-13", "Six uploads with formats, 2 MB at most"),
    ("S2-14", "Uploads are kept as they came"),
    ("S2-15", "The holder's identity card is uploaded first"),
    ("S2-16", "Images of seals, with a declaration that they are the registered ones"),
    ("S2-17", "The agent shows both sides of his card and that he is there"),
    ("S2-18", "Two ways to pay"),
    ("S2-19", "A transfer from the unit's own account, with its slip"),
    ("S2-20", "A deposit of 0.01 yuan with a random code in its remark"),
    ("S2-21", "Reviewed only after the code is right"),
    ("S2-22", "After a failed deposit, another account and another code"),
    ("S2-23", "Reviewed in three working days"),
    ("S2-24", "Sent back, corrected and submitted again"),
    ("S2-25", "Accepted when documents and bank have both passed, in either order"),
    ("S2-26", "Money back before production"),
    ("S2-27", "By courier, with its number"),
    ("S2-28", "The PIN's channel is not the token's"),
    ("S2-29", "Without objection it counts as accepted"),
    ("S2-30", "Publication can be declined in the application"),
    ("S2-31", "Renewed in the last month"),
    ("S2-32", "A lost key is reported at once, and the certificate stopped"),
    ("S2-33", "Not rented, lent or transferred"),
    ("S2-34", "An electronic invoice, courier's fee included"),
    ("S3-01", "A permit of the state: no quota, no fee"),
    ("S3-02", "Two offices accept, one decides"),
    ("S3-03", "Five conditions"),
    ("S3-04", "A list of materials that depends on the applicant"),
    ("S3-05", "At the window or by post"),
    ("S3-06", "Accepted or not in 5 working days"),
    ("S3-07", "Forwarded in 5 working days"),
    ("S3-08", "On-site check, assessment of capability, tests"),
    ("S3-09", "Decided in 20 working days"),
    ("S3-10", "A refusal has reasons in writing"),
    ("S3-11", "The decision is a document"),
    ("S3-12", "Told in 10 working days, and collected"),
    ("S3-13", "The qualified stand in a directory"),
    ("S3-14", "Change of name"),
    ("S3-15", "Technical change is reviewed"),
    ("S3-16", "Hearing, recusal, appeal, inspection"),
    ("S3-17", "Progress can be asked for after 15 working days"),
    ("S3-18", "Working days, office hours, public holidays"),
    ("S4-01", "Scope of recognition: transactions across the border"),
    ("S4-02", "Recognition by trust list, not by cross-certificates"),
    ("S4-03", "Each side publishes its own list and the other's"),
    ("S4-04", "Four documents apply"),
    ("S4-05", "Two chains of approval"),
    ("S4-06", "The sides tell each other"),
    ("S4-07", "Published after each side's own procedure"),
    ("S4-08", "Causes of suspension and termination"),
    ("S4-09", "Told at once, and in writing"),
    ("S4-10", "Taken off the list; history stays"),
    ("S4-11", "Who is told of the result"),
    ("S4-12", "An entry is a class of certificates of a CA"),
    ("S4-13", "Periodic duties"),
    ("S4-14", "Eight items in a certificate"),
    ("S4-15", "Keys for certificates and status lie in approved hardware"),
    ("S4-16", "A new CA certificate is filed"),
    ("S4-17", "The policy and its identifiers"),
    ("S4-18", "Each side supervises; auditors by local law"),
    ("S4-19", "Suspension ends by admission anew"),
    ("S5-01", "Qualification lasts five years since 2024"),
    ("S5-02", "Authorities have successors"),
    ("S5-03", "Records are kept for five years after the certificate lapsed; notices before a CA stops"),
    ("S5-04", "Industry procedures: suspension, release, recovery of keys"),
    ("X-01", "Separation of duties is meant, not written"),
    ("X-02", "Who the applicant of a seal is"),
    ("X-03", "The PIN's channel contradicts itself"),
    ("X-04", "Whether assessment and hearing count in the 20 days"),
    ("X-05", "What 2 MB are"),
    ("X-06", "After how many days silence accepts"),
    ("X-07", "What it means not to be published"),
    ("X-08", "At once, without a number"),
    ("X-09", "Deletion from a list, and old signatures"),
    ("X-10", "No way back from suspension"),
    ("X-11", "Validity of a reissued certificate"),
    ("X-12", "Calendar months"),
    ("X-13", "What a fee is made of"),
    ("X-14", "How long a freeze lasts"),
    ("X-15", "Whether a freeze bars decryption"),
];
