//! What every value of a rule set rests on.

use super::*;

/// A value of a rule set, with the requirements it follows from or the reason why it was
/// assumed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Provenance {
    /// Where it stands in the TOML, dots between tables and fields; places in lists count from
    /// 0: `values.years`, `pins.0`, `cells.apply.other.carriers`.
    pub path: String,
    /// The value in words of the TOML; for a rule of several fields, what it says in short.
    pub value: String,
    /// Requirements it follows from.
    pub requirements: Vec<Requirement>,
    /// Why it was assumed.
    pub assumed: Option<String>,
}

impl RuleSet {
    /// Every value, rule and cell with its basis or the reason for the assumption, in the order
    /// of the schema. Since the set was loaded, each has one or the other.
    pub fn provenance(&self) -> Vec<Provenance> {
        let mut rows = Rows(Vec::new());
        rows.set(self);
        rows.0
    }
}

/// A value as words.
trait Words {
    fn words(&self) -> String;
}

macro_rules! displayed {
    ($($type:ty),*) => {$(
        impl Words for $type {
            fn words(&self) -> String {
                self.to_string()
            }
        }
    )*};
}
displayed!(
    u8,
    u16,
    u32,
    u64,
    bool,
    String,
    Model,
    Seat,
    Carrier,
    SubjectKind,
    Employment,
    FileFormat,
    IdentityMethod
);

impl Words for Date {
    fn words(&self) -> String {
        self.to_string()
    }
}

impl Words for Activation {
    fn words(&self) -> String {
        let word = match self {
            Self::Acceptance => "acceptance",
            Self::Dispatch => "dispatch",
        };
        word.to_owned()
    }
}

impl Words for ReissueValidity {
    fn words(&self) -> String {
        let word = match self {
            Self::Remainder => "remainder",
            Self::NewTerm => "new-term",
        };
        word.to_owned()
    }
}

impl<T: Words> Words for Option<T> {
    fn words(&self) -> String {
        self.as_ref().map_or_else(|| "none".to_owned(), T::words)
    }
}

impl<T: Words> Words for Vec<T> {
    fn words(&self) -> String {
        if self.is_empty() {
            return "none".to_owned();
        }
        joined(self.iter().map(T::words))
    }
}

fn joined(words: impl Iterator<Item = String>) -> String {
    words.collect::<Vec<_>>().join(", ")
}

fn names<T: fmt::Display>(all: &[T]) -> String {
    joined(all.iter().map(T::to_string))
}

/// Structs are taken apart by name below: a new field does not compile before it is told here.
struct Rows(Vec<Provenance>);

impl Rows {
    fn push(&mut self, path: String, value: String, basis: &[Requirement], why: &Option<String>) {
        self.0.push(Provenance {
            path,
            value,
            requirements: basis.to_vec(),
            assumed: why.clone(),
        });
    }

    fn one<T: Words>(&mut self, path: impl Into<String>, sourced: &Sourced<T>) {
        let Sourced {
            value,
            basis,
            assumed,
        } = sourced;
        self.push(path.into(), value.words(), basis, assumed);
    }

    fn set(&mut self, set: &RuleSet) {
        let RuleSet {
            name: _,
            version: _,
            title: _,
            source: _,
            from,
            until,
            calendar,
            models,
            agencies,
            accreditation,
            onboarding,
            values,
            certificates,
            documents,
            consents,
            identity,
            roster,
            seats,
            pins,
            checks,
            cells,
        } = set;
        self.one("from", from);
        if let Some(until) = until {
            self.one("until", until);
        }
        self.one("calendar", calendar);
        self.one("models", models);
        self.one("agencies", agencies);
        if let Some(accreditation) = accreditation {
            self.one("accreditation", accreditation);
        }
        self.one("onboarding", onboarding);
        self.values(values);
        for (name, certificate) in certificates {
            self.certificate(name, certificate);
        }
        for (name, document) in documents {
            self.document(name, document);
        }
        for (name, consent) in consents {
            let ConsentRule {
                title: _,
                version,
                separate,
                basis,
                assumed,
            } = consent;
            let apart = if *separate {
                ", in an act of its own"
            } else {
                ""
            };
            let path = format!("consents.{name}");
            self.push(path, format!("version {version}{apart}"), basis, assumed);
        }
        for (document, methods) in identity {
            self.one(format!("identity.{document}"), methods);
        }
        let RosterRule {
            seats: rostered,
            barred,
            licence,
        } = roster;
        self.one("roster.seats", rostered);
        self.one("roster.barred", barred);
        self.one("roster.licence", licence);
        let SeatRules { shared, barred } = seats;
        for (list, pairs) in [("shared", shared), ("barred", barred)] {
            for (index, pair) in pairs.iter().enumerate() {
                let SharedSeats {
                    seats,
                    basis,
                    assumed,
                } = pair;
                let path = format!("seats.{list}.{index}");
                self.push(path, names(seats), basis, assumed);
            }
        }
        for (index, pin) in pins.iter().enumerate() {
            self.pin(index, pin);
        }
        for (name, check) in checks {
            self.check(name, check);
        }
        for (kind, modes) in cells {
            for (mode, cell) in modes {
                self.cell(format!("cells.{kind}.{mode}"), cell);
            }
        }
    }

    fn values(&mut self, values: &Values) {
        let Values {
            years,
            renewal_months,
            upload_octets,
            upload_remark_octets,
            review_working_days,
            deemed_acceptance_days,
            confirmation_days,
            lapse_days,
            prompt_working_days,
            retention_years,
            freeze_alarm_days,
            expiry_notice_days,
            activation,
            reissue_validity,
            revoke_superseded,
            renew_same_key,
            deposit_fen,
            deposit_code_digits,
            deposit_code_hours,
            deposit_attempts,
            deposit_cooling_hours,
        } = values;
        self.one("values.years", years);
        self.one("values.renewal-months", renewal_months);
        self.one("values.upload-octets", upload_octets);
        self.one("values.upload-remark-octets", upload_remark_octets);
        self.one("values.review-working-days", review_working_days);
        self.one("values.deemed-acceptance-days", deemed_acceptance_days);
        self.one("values.confirmation-days", confirmation_days);
        self.one("values.lapse-days", lapse_days);
        self.one("values.prompt-working-days", prompt_working_days);
        self.one("values.retention-years", retention_years);
        self.one("values.freeze-alarm-days", freeze_alarm_days);
        self.one("values.expiry-notice-days", expiry_notice_days);
        self.one("values.activation", activation);
        self.one("values.reissue-validity", reissue_validity);
        self.one("values.revoke-superseded", revoke_superseded);
        self.one("values.renew-same-key", renew_same_key);
        self.one("values.deposit-fen", deposit_fen);
        self.one("values.deposit-code-digits", deposit_code_digits);
        self.one("values.deposit-code-hours", deposit_code_hours);
        self.one("values.deposit-attempts", deposit_attempts);
        self.one("values.deposit-cooling-hours", deposit_cooling_hours);
    }

    fn certificate(&mut self, name: &str, certificate: &CertificateRule) {
        let CertificateRule {
            title: _,
            subject,
            carriers,
            quota,
            signing_profile,
            encryption_profile,
            name: parts,
            fields,
            documents,
            basis,
            assumed,
        } = certificate;
        let attributes = joined(parts.iter().map(|part| part.attribute.clone()));
        let value = format!(
            "for {subject}; {signing_profile}, {encryption_profile}; names {attributes}; fields {}",
            joined(fields.keys().cloned())
        );
        let path = format!("certificates.{name}");
        self.push(path.clone(), value, basis, assumed);
        self.one(format!("{path}.carriers"), carriers);
        self.one(format!("{path}.quota"), quota);
        self.one(format!("{path}.documents"), documents);
    }

    fn document(&mut self, name: &str, document: &DocumentRule) {
        let DocumentRule {
            title: _,
            formats,
            sealed,
            generated,
            first,
            basis,
            assumed,
        } = document;
        let mut value = String::from(if *generated {
            "made from the form"
        } else {
            "brought"
        });
        if *first {
            value.push_str(", before all others");
        }
        let path = format!("documents.{name}");
        self.push(path.clone(), value, basis, assumed);
        self.one(format!("{path}.formats"), formats);
        self.one(format!("{path}.sealed"), sealed);
    }

    fn pin(&mut self, index: usize, pin: &PinRule) {
        let PinRule {
            model,
            subject,
            payment,
            delivery,
            channels,
            recipient,
            basis,
            assumed,
        } = pin;
        let conditions = [
            model.map(|one| one.as_str()),
            subject.map(|one| one.as_str()),
            payment.map(|one| one.as_str()),
            delivery.map(|one| one.as_str()),
        ];
        let conditions: Vec<_> = conditions.into_iter().flatten().collect();
        let value = format!("{} to {recipient}{}", names(channels), only(&conditions));
        self.push(format!("pins.{index}"), value, basis, assumed);
    }

    fn check(&mut self, name: &str, rule: &CheckRule) {
        let CheckRule {
            name: _,
            check,
            by,
            carrier,
            subject,
            model,
            payment,
            openers,
            seats,
            evidence,
            fields,
            basis,
            assumed,
        } = rule;
        let conditions = [
            carrier.map(|one| one.as_str()),
            subject.map(|one| one.as_str()),
            model.map(|one| one.as_str()),
            payment.map(|one| one.as_str()),
        ];
        let conditions: Vec<_> = conditions.into_iter().flatten().collect();
        let mut value = format!("{check} by {by}{}", only(&conditions));
        if let Some(openers) = openers {
            value.push_str(&format!("; where opened by {}", names(openers)));
        }
        if !seats.is_empty() {
            value.push_str(&format!("; said by {}", names(seats)));
        }
        for group in evidence {
            let kinds: Vec<_> = group.iter().map(|kind| kind.as_str()).collect();
            value.push_str(&format!("; leaves {}", kinds.join(" or ")));
        }
        if let Some(fields) = fields {
            value.push_str(&format!("; rests on {}", fields.join(", ")));
        }
        self.push(format!("checks.{name}"), value, basis, assumed);
    }

    fn cell(&mut self, path: String, cell: &Cell) {
        match cell {
            Cell::NotOffered(NotOffered {
                not_offered,
                basis,
                assumed,
            }) => {
                let value = format!("not offered: {}", not_offered.en);
                self.push(path, value, basis, assumed);
            }
            Cell::Offered(process) => self.process(path, process),
        }
    }

    fn process(&mut self, path: String, process: &Process) {
        let Process {
            openers,
            subjects,
            carriers,
            at_once,
            checks,
            present,
            deliveries,
            basis,
            assumed,
        } = process;
        let checks = joined(checks.iter().map(|rule| rule.name.clone()));
        let mut value = format!("opened by {}; checks {checks}", names(openers));
        if !present.is_empty() {
            value.push_str(&format!("; present {}", names(present)));
        }
        if !deliveries.is_empty() {
            value.push_str(&format!("; delivered {}", names(deliveries)));
        }
        self.push(path.clone(), value, basis, assumed);
        if let Some(subjects) = subjects {
            self.one(format!("{path}.subjects"), subjects);
        }
        if let Some(carriers) = carriers {
            self.one(format!("{path}.carriers"), carriers);
        }
        if let Some(at_once) = at_once {
            self.one(format!("{path}.at-once"), at_once);
        }
    }
}

/// Conditions in brackets, where there are some.
fn only(conditions: &[&str]) -> String {
    if conditions.is_empty() {
        String::new()
    } else {
        format!(" ({})", conditions.join(", "))
    }
}
