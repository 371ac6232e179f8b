//! Checking a rule set as a whole.

use super::{
    read::{Found, flawed, flawed_by},
    *,
};
use crate::case::seats::{Apart, apart};
use std::collections::BTreeSet;

/// The longest words and reasons, in characters.
const MAX_WORDS: usize = 1000;

impl Check {
    /// Whether a case's own data say if it passed, so that nobody records it.
    pub fn is_derived(self) -> bool {
        match self {
            Self::Consent
            | Self::Form
            | Self::Documents
            | Self::Authorisation
            | Self::Payment
            | Self::BankControl
            | Self::Quota
            | Self::KeyProof
            | Self::TokenBound => true,
            Self::IdentityAgent
            | Self::IdentityHolder
            | Self::Genuineness
            | Self::Witness
            | Self::LiveSession
            | Self::MobileRealName => false,
        }
    }
}

impl RuleSet {
    /// Whether it holds together.
    pub(super) fn check(&self) -> Result<(), Found> {
        self.head()?;
        self.numbers()?;
        for (name, certificate) in &self.certificates {
            self.certificate_holds(&format!("certificates.{name}"), certificate)?;
        }
        self.lists()?;
        self.seat_pairs()?;
        self.pin_rules()?;
        for (name, rule) in &self.checks {
            self.check_rule(&format!("checks.{name}"), rule)?;
        }
        for kind in Kind::ALL {
            let Some(modes) = self.cells.get(kind) else {
                return flawed_by("cells", kind, Flaw::NoKind);
            };
            for mode in Mode::ALL {
                match modes.get(mode) {
                    None => return flawed_by(format!("cells.{kind}"), mode, Flaw::NoMode),
                    Some(Cell::NotOffered(cell)) => {
                        words(
                            &format!("cells.{kind}.{mode}.not-offered"),
                            &cell.not_offered,
                        )?;
                    }
                    Some(Cell::Offered(process)) => {
                        process_holds(&format!("cells.{kind}.{mode}"), *kind, process)?;
                    }
                }
            }
        }
        self.all_used()?;
        for one in self.provenance() {
            match one.assumed {
                None if one.requirements.is_empty() => return flawed(one.path, Flaw::NoBasis),
                Some(reason) if !has_words(&reason, MAX_WORDS) => {
                    return flawed(format!("{}.assumed", one.path), Flaw::NoReason);
                }
                _ => {}
            }
            distinct(&format!("{}.basis", one.path), &one.requirements)?;
        }
        Ok(())
    }

    fn head(&self) -> Result<(), Found> {
        name("name", &self.name)?;
        if self.version == 0 {
            return flawed("version", Flaw::Version);
        }
        words("title", &self.title)?;
        if !has_words(&self.source, MAX_WORDS) {
            return flawed("source", Flaw::Words);
        }
        if let Some(until) = &self.until
            && until.value <= self.from.value
        {
            return flawed("until", Flaw::Interval);
        }
        name("calendar.value", &self.calendar.value)?;
        filled("models.value", &self.models.value)
    }

    fn numbers(&self) -> Result<(), Found> {
        let values = &self.values;
        let years = &values.years.value;
        filled("values.years.value", years)?;
        let rising = years.iter().zip(years.iter().skip(1)).all(|(a, b)| a < b);
        if !rising || years.iter().any(|year| !(1..=100).contains(year)) {
            return flawed("values.years.value", Flaw::Years);
        }
        for (field, number) in [
            ("renewal-months", u64::from(values.renewal_months.value)),
            ("upload-octets", values.upload_octets.value),
            ("upload-remark-octets", values.upload_remark_octets.value),
            (
                "review-working-days",
                values.review_working_days.value.into(),
            ),
            (
                "deemed-acceptance-days",
                values.deemed_acceptance_days.value.unwrap_or(1).into(),
            ),
            ("confirmation-days", values.confirmation_days.value.into()),
            ("lapse-days", values.lapse_days.value.into()),
            (
                "prompt-working-days",
                values.prompt_working_days.value.into(),
            ),
            ("retention-years", values.retention_years.value.into()),
            (
                "freeze-alarm-days",
                values.freeze_alarm_days.value.unwrap_or(1).into(),
            ),
            ("deposit-fen", values.deposit_fen.value.into()),
            ("deposit-code-hours", values.deposit_code_hours.value.into()),
            ("deposit-attempts", values.deposit_attempts.value.into()),
        ] {
            if number == 0 {
                return flawed(format!("values.{field}.value"), Flaw::Zero);
            }
        }
        if values.upload_remark_octets.value > values.upload_octets.value {
            return flawed("values.upload-remark-octets.value", Flaw::Remark);
        }
        let notices = &values.expiry_notice_days.value;
        if notices
            .iter()
            .zip(notices.iter().skip(1))
            .any(|(a, b)| a <= b)
        {
            return flawed("values.expiry-notice-days.value", Flaw::Notices);
        }
        if !(4..=12).contains(&values.deposit_code_digits.value) {
            return flawed("values.deposit-code-digits.value", Flaw::CodeDigits);
        }
        Ok(())
    }

    fn certificate_holds(&self, path: &str, rule: &CertificateRule) -> Result<(), Found> {
        words(&format!("{path}.title"), &rule.title)?;
        filled(&format!("{path}.carriers.value"), &rule.carriers.value)?;
        if rule.quota.value == Some(0) {
            return flawed(format!("{path}.quota.value"), Flaw::Zero);
        }
        name(&format!("{path}.signing-profile"), &rule.signing_profile)?;
        name(
            &format!("{path}.encryption-profile"),
            &rule.encryption_profile,
        )?;
        for (field, form) in &rule.fields {
            name(&format!("{path}.fields"), field)?;
            words(&format!("{path}.fields.{field}.title"), &form.title)?;
        }
        if rule.name.is_empty() {
            return flawed(format!("{path}.name"), Flaw::Empty);
        }
        for (index, part) in rule.name.iter().enumerate() {
            name_part(&format!("{path}.name.{index}"), part, &rule.fields)?;
        }
        distinct(&format!("{path}.documents.value"), &rule.documents.value)?;
        let mut first = 0;
        for (index, document) in rule.documents.value.iter().enumerate() {
            let place = format!("{path}.documents.value.{index}");
            match self.documents.get(document) {
                None => return flawed_by(place, document, Flaw::NoDocument),
                Some(rule) if rule.first => first += 1,
                Some(_) => {}
            }
            if first > 1 {
                return flawed_by(place, document, Flaw::TwoFirst);
            }
        }
        Ok(())
    }

    fn lists(&self) -> Result<(), Found> {
        if self.certificates.is_empty() {
            return flawed("certificates", Flaw::Empty);
        }
        for certificate in self.certificates.keys() {
            name("certificates", certificate)?;
        }
        for (document, rule) in &self.documents {
            name("documents", document)?;
            words(&format!("documents.{document}.title"), &rule.title)?;
            filled(
                &format!("documents.{document}.formats.value"),
                &rule.formats.value,
            )?;
        }
        for (consent, rule) in &self.consents {
            name("consents", consent)?;
            words(&format!("consents.{consent}.title"), &rule.title)?;
            if !has_words(&rule.version, 64) {
                return flawed(format!("consents.{consent}.version"), Flaw::Words);
            }
        }
        for (document, methods) in &self.identity {
            filled(&format!("identity.{document}.value"), &methods.value)?;
        }
        distinct("roster.seats.value", &self.roster.seats.value)?;
        distinct("roster.barred.value", &self.roster.barred.value)
    }

    fn seat_pairs(&self) -> Result<(), Found> {
        let same = |one: &SharedSeats, other: &SharedSeats| {
            let [a, b] = other.seats;
            one.seats == [a, b] || one.seats == [b, a]
        };
        let lists = [
            ("shared", &self.seats.shared),
            ("barred", &self.seats.barred),
        ];
        for (list, pairs) in lists {
            for (index, pair) in pairs.iter().enumerate() {
                let path = format!("seats.{list}.{index}");
                let [one, other] = pair.seats;
                if one == other {
                    return flawed_by(path, one, Flaw::SameSeat);
                }
                if pairs.iter().take(index).any(|earlier| same(earlier, pair)) {
                    return flawed(path, Flaw::Twice);
                }
            }
        }
        for (index, pair) in self.seats.shared.iter().enumerate() {
            let path = format!("seats.shared.{index}");
            if !may_be_one_person(pair) {
                let [one, other] = pair.seats;
                return flawed_by(path, format!("{one}, {other}"), Flaw::Matrix);
            }
            if self.seats.barred.iter().any(|barred| same(barred, pair)) {
                return flawed(path, Flaw::SharedAndBarred);
            }
        }
        Ok(())
    }

    fn pin_rules(&self) -> Result<(), Found> {
        if self.pins.is_empty() {
            return flawed("pins", Flaw::Empty);
        }
        for (index, rule) in self.pins.iter().enumerate() {
            let path = format!("pins.{index}");
            filled(&format!("{path}.channels"), &rule.channels)?;
            let for_all = rule.model.is_none()
                && rule.subject.is_none()
                && rule.payment.is_none()
                && rule.delivery.is_none();
            if for_all != (index + 1 == self.pins.len()) {
                return flawed(path, Flaw::PinFallback);
            }
            if rule.channels.contains(&PinChannel::BankRemark) && rule.basis.is_empty() {
                return flawed(path, Flaw::BankRemark);
            }
            let on_site = rule.delivery == Some(DeliveryMethod::OnSite);
            if rule.channels.contains(&PinChannel::OnSite) && !on_site {
                return flawed(path, Flaw::PinOnSite);
            }
        }
        Ok(())
    }

    fn check_rule(&self, path: &str, rule: &CheckRule) -> Result<(), Found> {
        name("checks", &rule.name)?;
        distinct(&format!("{path}.seats"), &rule.seats)?;
        if let Some(openers) = &rule.openers {
            filled(&format!("{path}.openers"), openers)?;
        }
        if rule.check.is_derived() {
            if !rule.seats.is_empty() || !rule.evidence.is_empty() || rule.fields.is_some() {
                return flawed_by(path, rule.check, Flaw::Derived);
            }
        } else {
            if rule.seats.is_empty() {
                return flawed_by(path, rule.check, Flaw::NoSeats);
            }
            if rule.evidence.is_empty() {
                return flawed_by(path, rule.check, Flaw::NoEvidence);
            }
            for (index, group) in rule.evidence.iter().enumerate() {
                filled(&format!("{path}.evidence.{index}"), group)?;
            }
            if let Some(fields) = &rule.fields {
                let path = format!("{path}.fields");
                distinct(&path, fields)?;
                let asked = self.certificates.values();
                let asked = asked.filter(|one| rule.subject.is_none_or(|only| only == one.subject));
                for form in asked.map(|one| &one.fields) {
                    if let Some(field) = fields.iter().find(|field| !form.contains_key(*field)) {
                        return flawed_by(path, field, Flaw::NoFormField);
                    }
                }
            }
        }
        match rule.check {
            Check::Consent if self.consents.is_empty() => flawed(path, Flaw::NothingToConsent),
            Check::Authorisation if !self.onboarding.value => flawed(path, Flaw::NoOnboarding),
            Check::IdentityAgent | Check::IdentityHolder if self.identity.is_empty() => {
                flawed(path, Flaw::NoIdentity)
            }
            _ => Ok(()),
        }
    }

    /// What is described and never asked for was meant for something: a slip.
    fn all_used(&self) -> Result<(), Found> {
        let certificates = self.certificates.values();
        let asked: BTreeSet<_> = certificates
            .flat_map(|rule| &rule.documents.value)
            .collect();
        if let Some(document) = self.documents.keys().find(|name| !asked.contains(name)) {
            return flawed(format!("documents.{document}"), Flaw::UnusedDocument);
        }
        let cells = self.cells.values().flat_map(BTreeMap::values);
        let asked: BTreeSet<_> = cells
            .filter_map(Cell::process)
            .flat_map(|process| process.checks.iter().map(|rule| &rule.name))
            .collect();
        if let Some(check) = self.checks.keys().find(|name| !asked.contains(name)) {
            return flawed(format!("checks.{check}"), Flaw::UnusedCheck);
        }
        self.checks
            .values()
            .try_for_each(|rule| self.openers_open(rule))
    }

    /// Each seat that a check is limited to opens cases of some cell that asks for it.
    fn openers_open(&self, rule: &CheckRule) -> Result<(), Found> {
        let cells = self.cells.values().flat_map(BTreeMap::values);
        let opening: BTreeSet<_> = cells
            .filter_map(Cell::process)
            .filter(|process| process.checks.iter().any(|one| one.name == rule.name))
            .flat_map(|process| &process.openers)
            .collect();
        let mut named = rule.openers.iter().flatten();
        match named.find(|seat| !opening.contains(seat)) {
            None => Ok(()),
            Some(seat) => {
                let path = format!("checks.{}.openers", rule.name);
                flawed_by(path, seat, Flaw::NoOpener)
            }
        }
    }
}

fn name_part(
    path: &str,
    part: &NamePart,
    fields: &BTreeMap<String, FieldRule>,
) -> Result<(), Found> {
    if !NamePart::ATTRIBUTES.contains(&part.attribute.as_str()) {
        return flawed_by(path, &part.attribute, Flaw::Attribute);
    }
    match (&part.field, &part.fixed) {
        (Some(field), None) => match fields.get(field) {
            None => flawed_by(path, field, Flaw::NoField),
            Some(rule) if !rule.mandatory => flawed_by(path, field, Flaw::OptionalField),
            Some(_) => Ok(()),
        },
        (None, Some(fixed)) if has_words(fixed, 64) => Ok(()),
        (None, Some(_)) => flawed(path, Flaw::FixedValue),
        _ => flawed(path, Flaw::NamePart),
    }
}

fn process_holds(path: &str, kind: Kind, process: &Process) -> Result<(), Found> {
    filled(&format!("{path}.openers"), &process.openers)?;
    if let Some(subjects) = &process.subjects {
        filled(&format!("{path}.subjects.value"), &subjects.value)?;
    }
    if let Some(carriers) = &process.carriers {
        filled(&format!("{path}.carriers.value"), &carriers.value)?;
    }
    if process.at_once.is_some() && kind != Kind::Freeze {
        return flawed(format!("{path}.at-once"), Flaw::AtOnce);
    }
    let openers = Some(process.openers.clone());
    for (index, rule) in process.checks.iter().enumerate() {
        let place = format!("{path}.checks.{index}");
        if !share(&rule.openers, &openers) {
            return flawed_by(place, &rule.name, Flaw::NoOpener);
        }
        let mut earlier = process.checks.iter().take(index);
        if earlier.any(|other| both_could_apply(other, rule)) {
            return flawed_by(place, &rule.name, Flaw::Overlap);
        }
    }
    distinct(&format!("{path}.present"), &process.present)?;
    distinct(&format!("{path}.deliveries"), &process.deliveries)?;
    if process.deliveries.is_empty() == kind.makes_certificates() {
        return flawed(path, Flaw::Deliveries);
    }
    Ok(())
}

/// Whether there could be a case to which both rules for the same check apply.
fn both_could_apply(one: &CheckRule, other: &CheckRule) -> bool {
    fn meet<T: PartialEq>(one: &Option<T>, other: &Option<T>) -> bool {
        one.is_none() || other.is_none() || one == other
    }
    one.check == other.check
        && meet(&one.carrier, &other.carrier)
        && meet(&one.subject, &other.subject)
        && meet(&one.model, &other.model)
        && meet(&one.payment, &other.payment)
        && share(&one.openers, &other.openers)
}

/// Whether some seat is in both lists; one that is not there has all.
fn share(one: &Option<Vec<Seat>>, other: &Option<Vec<Seat>>) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => one.iter().any(|seat| other.contains(seat)),
        _ => true,
    }
}

/// What a set can loosen: pairs that the matrix of requirements 1.2 leaves to it; of these the
/// one of the approver only by the clause that does so (S1-17, X-01).
fn may_be_one_person(pair: &SharedSeats) -> bool {
    let [one, other] = pair.seats;
    let by_clause = !pair.seats.contains(&Seat::Approver) || !pair.basis.is_empty();
    apart(one, other) == Apart::UnlessShared && by_clause
}

fn name(path: &str, text: &str) -> Result<(), Found> {
    let letters = text
        .bytes()
        .all(|octet| octet.is_ascii_lowercase() || octet.is_ascii_digit() || octet == b'-');
    let begins = text
        .bytes()
        .next()
        .is_some_and(|octet| octet.is_ascii_lowercase());
    if letters && begins && text.len() <= 64 {
        Ok(())
    } else {
        flawed_by(path, format!("{text:?}"), Flaw::Name)
    }
}

fn words(path: &str, text: &Text) -> Result<(), Found> {
    if has_words(&text.en, MAX_WORDS) && has_words(&text.zh, MAX_WORDS) {
        Ok(())
    } else {
        flawed(path, Flaw::Words)
    }
}

fn has_words(text: &str, most: usize) -> bool {
    !text.trim().is_empty()
        && text.chars().take(most + 1).count() <= most
        && !text.chars().any(char::is_control)
}

/// At least one, and none twice.
fn filled<T: Ord>(path: &str, all: &[T]) -> Result<(), Found> {
    if all.is_empty() {
        return flawed(path, Flaw::Empty);
    }
    distinct(path, all)
}

fn distinct<T: Ord>(path: &str, all: &[T]) -> Result<(), Found> {
    let mut seen = BTreeSet::new();
    if all.iter().all(|one| seen.insert(one)) {
        Ok(())
    } else {
        flawed(path, Flaw::Twice)
    }
}
