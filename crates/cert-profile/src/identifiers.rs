//! Numbers of persons and organisations in the private extensions of GM/T 0015
//! (GB/T 20518): what a profile allows, and how it is written.

use crate::{
    Error, Objection, Presence,
    profile::{Edition, IdentifiersConfig, Kind, Tagging, refuse},
};
use der::asn1::{ObjectIdentifier, OctetString};
use gm_crypto::pki::identity::{
    Identifier, IdentityCheck, IdentityEdition, IdentityKind, IdentityTagging,
};
use x509_cert::ext::Extension;

const CLAUSE: &str = "GM/T 0015-2012, 5.2.4.2";

/// What a profile says about numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct IdentifierRules {
    edition: IdentityEdition,
    tagging: IdentityTagging,
    /// Those that are not forbidden.
    allowed: Vec<(IdentityKind, Presence)>,
}

/// The numbers of a person in one CHOICE (GM/T 0015-2012, 5.2.4.2.1).
const OF_A_PERSON: [IdentityKind; 3] = [
    IdentityKind::ResidentNumber,
    IdentityKind::MilitaryOfficerCard,
    IdentityKind::Passport,
];

impl IdentifierRules {
    pub(crate) fn new(config: Option<&IdentifiersConfig>, kind: Kind) -> Result<Self, Error> {
        let Some(config) = config else {
            return Ok(Self::default());
        };
        if kind.is_ca() {
            return refuse(
                "identifiers",
                "numbers of persons and organisations stand in subscribers' certificates",
                CLAUSE,
            );
        }
        let edition = match config.edition {
            Edition::Of2012 => IdentityEdition::Of2012,
            Edition::Of2023 => IdentityEdition::Of2023,
        };
        if config.tagging.is_some() && edition != IdentityEdition::Of2012 {
            return refuse(
                "identifiers.tagging",
                "the edition of 2012 alone has a CHOICE to tag",
                "GM/T 0015-2012, 5.2.4.2.1",
            );
        }
        let mut allowed = Vec::new();
        for (field, kind, presence) in fields(config) {
            if presence == Presence::Forbidden {
                continue;
            }
            if Identifier::extension(kind, edition).is_none() {
                return refuse(
                    field,
                    "the edition has no extension for it: in that of 2012 the credit code is an \
                     organisation code",
                    CLAUSE,
                );
            }
            allowed.push((kind, presence));
        }
        if allowed.is_empty() {
            return refuse("identifiers", "at least one number is allowed", CLAUSE);
        }
        let required = allowed.iter().filter(|(kind, presence)| {
            *presence == Presence::Required && OF_A_PERSON.contains(kind)
        });
        if edition == IdentityEdition::Of2012 && required.count() > 1 {
            return refuse(
                "identifiers",
                "identifyCode is a CHOICE: one of its numbers may be required",
                "GM/T 0015-2012, 5.2.4.2.1",
            );
        }
        Ok(Self {
            edition,
            tagging: match config.tagging {
                None | Some(Tagging::Explicit) => IdentityTagging::Explicit,
                Some(Tagging::Implicit) => IdentityTagging::Implicit,
            },
            allowed,
        })
    }

    /// Everything that stands against these numbers; none of them is shown.
    pub(crate) fn check(&self, identifiers: &[Identifier]) -> Vec<Objection> {
        let mut objections = Vec::new();
        for &(kind, presence) in &self.allowed {
            let missing = identifiers.iter().all(|number| number.kind() != kind);
            if presence == Presence::Required && missing {
                objections.push(Objection::IdentifierMissing { kind });
            }
        }
        let mut seen = Vec::new();
        for number in identifiers {
            let kind = number.kind();
            if !self.allowed.iter().any(|(allowed, _)| *allowed == kind) {
                objections.push(Objection::IdentifierNotAllowed { kind });
                continue;
            }
            let good = number.check() != IdentityCheck::Wrong
                && !is_small_x(number)
                && number.to_extension(self.edition, self.tagging).is_ok();
            if !good {
                objections.push(Objection::IdentifierValue { kind });
            }
            let place = self.extension_of(kind);
            if seen.contains(&place) {
                objections.push(Objection::IdentifierRepeated { kind });
            }
            seen.push(place);
        }
        objections
    }

    /// The extensions with these numbers, which were checked.
    pub(crate) fn extensions(&self, identifiers: &[Identifier]) -> der::Result<Vec<Extension>> {
        let write = |number: &Identifier| {
            let written = number.to_extension(self.edition, self.tagging);
            let (extn_id, value) = written.map_err(|_| der::ErrorKind::Failed)?;
            Ok(Extension {
                extn_id,
                critical: false,
                extn_value: OctetString::new(value)?,
            })
        };
        identifiers.iter().map(write).collect()
    }

    /// Where numbers of this kind stand.
    pub(crate) fn extension_of(&self, kind: IdentityKind) -> Option<ObjectIdentifier> {
        Identifier::extension(kind, self.edition)
    }

    /// What a number is that stands in this extension, under this tag of a CHOICE.
    pub(crate) fn kind_at(&self, id: ObjectIdentifier, choice: Option<u8>) -> Option<IdentityKind> {
        let mut kinds = self.allowed.iter().map(|(kind, _)| *kind);
        kinds.find(|kind| {
            let tag = OF_A_PERSON.iter().position(|person| person == kind);
            let tag = tag.filter(|_| self.edition == IdentityEdition::Of2012);
            self.extension_of(*kind) == Some(id) && tag == choice.map(usize::from)
        })
    }

    /// Each extension that may be there, and whether it must.
    pub(crate) fn places(&self) -> Vec<(ObjectIdentifier, bool)> {
        let mut places: Vec<(ObjectIdentifier, bool)> = Vec::new();
        for &(kind, presence) in &self.allowed {
            let Some(oid) = self.extension_of(kind) else {
                continue;
            };
            let required = presence == Presence::Required;
            match places.iter_mut().find(|(known, _)| *known == oid) {
                Some((_, known)) => *known |= required,
                None => places.push((oid, required)),
            }
        }
        places
    }
}

/// A resident number that ends in a small x: GB 11643 has the capital, and who looks the number
/// up finds one spelling.
fn is_small_x(number: &Identifier) -> bool {
    number.kind() == IdentityKind::ResidentNumber && number.reveal().ends_with('x')
}

type Field = (&'static str, IdentityKind, Presence);

fn fields(config: &IdentifiersConfig) -> [Field; 8] {
    [
        (
            "identifiers.resident_identity_card",
            IdentityKind::ResidentNumber,
            config.resident_identity_card,
        ),
        (
            "identifiers.military_officer_card",
            IdentityKind::MilitaryOfficerCard,
            config.military_officer_card,
        ),
        (
            "identifiers.passport",
            IdentityKind::Passport,
            config.passport,
        ),
        (
            "identifiers.social_insurance_number",
            IdentityKind::SocialInsurance,
            config.social_insurance_number,
        ),
        (
            "identifiers.ic_registration_number",
            IdentityKind::BusinessRegistration,
            config.ic_registration_number,
        ),
        (
            "identifiers.organisation_code",
            IdentityKind::OrganizationCode,
            config.organisation_code,
        ),
        (
            "identifiers.taxation_number",
            IdentityKind::TaxationNumber,
            config.taxation_number,
        ),
        (
            "identifiers.unified_social_credit_code",
            IdentityKind::CreditCode,
            config.unified_social_credit_code,
        ),
    ]
}
