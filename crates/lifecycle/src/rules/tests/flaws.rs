//! For each rule about rule sets a twin of a shipped set that differs in one place, and is
//! refused for that alone.

use super::*;

struct Twin {
    flaw: Flaw,
    /// The shipped set.
    of: &'static str,
    /// What stands there, once or more: the first is replaced.
    text: &'static str,
    instead: &'static str,
    /// The field that the error names.
    field: &'static str,
    /// What is in the line that the error names.
    line: &'static str,
}

const fn twin(
    flaw: Flaw,
    of: &'static str,
    text: &'static str,
    instead: &'static str,
    field: &'static str,
    line: &'static str,
) -> Twin {
    Twin {
        flaw,
        of,
        text,
        instead,
        field,
        line,
    }
}

const CC: &str = "chinaclear-agency";
const EGOV: &str = "egov-extranet";
const SZCA: &str = "szca-online";
const HOUSE: &str = "in-house";

/// A witness cell of the in-house set, not offered, and the head of the next.
const WITNESS: &str = "[cells.apply.witness]\nnot-offered = { en = \"all come to the counter\", zh = \"仅在柜台办理\" }\nassumed = \"the operator's own choice\"\n";

#[rustfmt::skip]
const TWINS: &[Twin] = &[
    // Values, and what they rest on.
    twin(Flaw::NoBasis, SZCA, "value = 3, basis = [\"S2-23\"]", "value = 3", "values.review-working-days", "review-working-days"),
    twin(Flaw::NoBasis, SZCA, "value = 3, basis = [\"S2-23\"]", "value = 3, basis = []", "values.review-working-days", "review-working-days"),
    twin(Flaw::NoBasis, SZCA, "basis = [\"S2-03\", \"S2-04\"]\nassumed = \"the guide prints the agreement without its version\"\n", "", "consents.service-agreement", "[consents.service-agreement]"),
    twin(Flaw::NoBasis, SZCA, "basis = [\"S2-11\"]\n", "", "checks.mobile-real-name", "[checks.mobile-real-name]"),
    twin(Flaw::NoBasis, SZCA, "basis = [\"S2-13\", \"S2-15\"]\n\n", "\n", "documents.holder-identity-card", "[documents.holder-identity-card]"),
    twin(Flaw::NoBasis, SZCA, "basis = [\"S2-05\", \"S2-06\", \"S2-10\"]\n", "", "certificates.organisation-seal", "[certificates.organisation-seal]"),
    twin(Flaw::NoBasis, SZCA, "recipient = \"agent\"\nbasis = [\"S2-28\", \"X-03\"]\n", "recipient = \"agent\"\n", "pins.1", "[[pins]]"),
    twin(Flaw::NoBasis, SZCA, "basis = [\"S2-01\", \"S2-17\", \"S2-25\", \"S2-27\"]\n", "", "cells.apply.other", "[cells.apply.other]"),
    twin(Flaw::NoBasis, SZCA, "at-once = { value = true, basis = [\"S2-32\"] }", "at-once = { value = true }", "cells.freeze.other.at-once", "at-once"),
    twin(Flaw::NoBasis, CC, "subjects = { value = [\"person\"], basis = [\"S0-23\"] }", "subjects = { value = [\"person\"] }", "cells.apply.other.subjects", "subjects"),
    twin(Flaw::NoBasis, HOUSE, WITNESS, "[cells.apply.witness]\nnot-offered = { en = \"no\", zh = \"否\" }\n", "cells.apply.witness", "[cells.apply.witness]"),
    twin(Flaw::NoReason, HOUSE, "value = 3, assumed = \"the operator's own choice\"", "value = 3, assumed = \" \"", "values.review-working-days.assumed", "review"),
    twin(Flaw::Twice, SZCA, "basis = [\"S2-29\", \"X-06\"]", "basis = [\"S2-29\", \"S2-29\"]", "values.deemed-acceptance-days.basis", "deemed"),
    // The head.
    twin(Flaw::Name, HOUSE, "name = \"in-house\"", "name = \"In house\"", "name", "In house"),
    twin(Flaw::Name, HOUSE, "name = \"in-house\"", "name = \"\"", "name", "name = \"\""),
    twin(Flaw::Name, HOUSE, "value = \"china\"", "value = \"中国\"", "calendar.value", "calendar"),
    twin(Flaw::Name, HOUSE, "[certificates.pair]", "[certificates.9]\n[certificates.pair]", "certificates", "[certificates.9]"),
    twin(Flaw::Name, HOUSE, "signing-profile = \"subscriber-signing\"", "signing-profile = \"../x\"", "certificates.pair.signing-profile", "../x"),
    twin(Flaw::Name, HOUSE, "encryption-profile = \"subscriber-encryption\"", "encryption-profile = \"\"", "certificates.pair.encryption-profile", "encryption-profile"),
    twin(Flaw::Version, HOUSE, "version = 1", "version = 0", "version", "version = 0"),
    twin(Flaw::Words, HOUSE, "en = \"In-house CA\"", "en = \"\"", "title", "title"),
    twin(Flaw::Words, HOUSE, "zh = \"单位自用CA\"", "zh = \"\\n\"", "title", "title"),
    twin(Flaw::Words, HOUSE, "source = \"the operator's own choice\"", "source = \" \"", "source", "source"),
    twin(Flaw::Words, HOUSE, "zh = \"双证书\"", "zh = \"\"", "certificates.pair.title", "title"),
    twin(Flaw::Words, HOUSE, "en = \"Name\"", "en = \"\"", "certificates.pair.fields.common-name.title", "common-name"),
    twin(Flaw::Words, SZCA, "zh = \"证书附页\"", "zh = \"\"", "documents.annex.title", "title"),
    twin(Flaw::Words, SZCA, "zh = \"个人信息保护政策\"", "zh = \"\"", "consents.privacy-policy.title", "title"),
    twin(Flaw::Words, SZCA, "version = \"1\"", "version = \"\"", "consents.service-agreement.version", "version"),
    twin(Flaw::Words, HOUSE, "en = \"all come to the counter\"", "en = \"\"", "cells.apply.witness.not-offered", "not-offered"),
    twin(Flaw::Interval, HOUSE, "calendar =", "until = { value = \"2020-01-01\", assumed = \"a test\" }\ncalendar =", "until", "until"),
    twin(Flaw::Interval, HOUSE, "calendar =", "until = { value = \"2019-12-31\", assumed = \"a test\" }\ncalendar =", "until", "until"),
    twin(Flaw::Empty, HOUSE, "models = { value = [\"self-service\"]", "models = { value = []", "models.value", "models"),
    twin(Flaw::Twice, HOUSE, "models = { value = [\"self-service\"]", "models = { value = [\"self-service\", \"self-service\"]", "models.value", "models"),
    // Numbers.
    twin(Flaw::Empty, HOUSE, "value = [2]", "value = []", "values.years.value", "years"),
    twin(Flaw::Years, HOUSE, "value = [2]", "value = [0, 2]", "values.years.value", "years"),
    twin(Flaw::Years, HOUSE, "value = [2]", "value = [2, 101]", "values.years.value", "years"),
    twin(Flaw::Years, HOUSE, "value = [2]", "value = [2, 1]", "values.years.value", "years"),
    twin(Flaw::Zero, HOUSE, "renewal-months = { value = 2", "renewal-months = { value = 0", "values.renewal-months.value", "renewal-months"),
    twin(Flaw::Zero, HOUSE, "upload-octets = { value = 2097152", "upload-octets = { value = 0", "values.upload-octets.value", "upload-octets"),
    twin(Flaw::Zero, HOUSE, "upload-remark-octets = { value = 2000000", "upload-remark-octets = { value = 0", "values.upload-remark-octets.value", "upload-remark-octets"),
    twin(Flaw::Zero, HOUSE, "review-working-days = { value = 3", "review-working-days = { value = 0", "values.review-working-days.value", "review-working-days"),
    twin(Flaw::Zero, SZCA, "deemed-acceptance-days = { value = 7", "deemed-acceptance-days = { value = 0", "values.deemed-acceptance-days.value", "deemed-acceptance-days"),
    twin(Flaw::Zero, HOUSE, "confirmation-days = { value = 7", "confirmation-days = { value = 0", "values.confirmation-days.value", "confirmation-days"),
    twin(Flaw::Zero, HOUSE, "lapse-days = { value = 30", "lapse-days = { value = 0", "values.lapse-days.value", "lapse-days"),
    twin(Flaw::Zero, HOUSE, "prompt-working-days = { value = 1", "prompt-working-days = { value = 0", "values.prompt-working-days.value", "prompt-working-days"),
    twin(Flaw::Zero, HOUSE, "retention-years = { value = 5", "retention-years = { value = 0", "values.retention-years.value", "retention-years"),
    twin(Flaw::Zero, HOUSE, "freeze-alarm-days = { value = 90", "freeze-alarm-days = { value = 0", "values.freeze-alarm-days.value", "freeze-alarm-days"),
    twin(Flaw::Zero, HOUSE, "deposit-fen = { value = 1", "deposit-fen = { value = 0", "values.deposit-fen.value", "deposit-fen"),
    twin(Flaw::Zero, HOUSE, "deposit-code-hours = { value = 72", "deposit-code-hours = { value = 0", "values.deposit-code-hours.value", "deposit-code-hours"),
    twin(Flaw::Zero, HOUSE, "deposit-attempts = { value = 3", "deposit-attempts = { value = 0", "values.deposit-attempts.value", "deposit-attempts"),
    twin(Flaw::Zero, SZCA, "quota = { value = 8", "quota = { value = 0", "certificates.business-seal.quota.value", "quota"),
    twin(Flaw::Remark, HOUSE, "upload-remark-octets = { value = 2000000", "upload-remark-octets = { value = 2097153", "values.upload-remark-octets.value", "upload-remark-octets"),
    twin(Flaw::Notices, HOUSE, "value = [60, 30, 7]", "value = [60, 7, 30]", "values.expiry-notice-days.value", "expiry-notice-days"),
    twin(Flaw::Notices, HOUSE, "value = [60, 30, 7]", "value = [60, 30, 30]", "values.expiry-notice-days.value", "expiry-notice-days"),
    twin(Flaw::CodeDigits, HOUSE, "deposit-code-digits = { value = 6", "deposit-code-digits = { value = 3", "values.deposit-code-digits.value", "deposit-code-digits"),
    twin(Flaw::CodeDigits, HOUSE, "deposit-code-digits = { value = 6", "deposit-code-digits = { value = 13", "values.deposit-code-digits.value", "deposit-code-digits"),
    // Certificates and documents.
    twin(Flaw::Empty, HOUSE, "carriers = { value = [\"soft\", \"hard\"]", "carriers = { value = []", "certificates.pair.carriers.value", "carriers"),
    twin(Flaw::Twice, HOUSE, "carriers = { value = [\"soft\", \"hard\"]", "carriers = { value = [\"hard\", \"hard\"]", "certificates.pair.carriers.value", "carriers"),
    twin(Flaw::Empty, HOUSE, "name = [\n    { attribute = \"CN\", field = \"common-name\" },\n    { attribute = \"O\", field = \"organisation\" },\n    { attribute = \"C\", field = \"country\" },\n]", "name = []", "certificates.pair.name", "name = []"),
    twin(Flaw::NamePart, HOUSE, "field = \"country\" }", "field = \"country\", fixed = \"CN\" }", "certificates.pair.name.2", "fixed"),
    twin(Flaw::NamePart, HOUSE, "\"C\", field = \"country\" }", "\"C\" }", "certificates.pair.name.2", "\"C\""),
    twin(Flaw::Attribute, HOUSE, "attribute = \"C\"", "attribute = \"c\"", "certificates.pair.name.2", "\"c\""),
    twin(Flaw::FixedValue, SZCA, "fixed = \"CN\"", "fixed = \" \"", "certificates.organisation-seal.name.2", "fixed"),
    twin(Flaw::NoField, HOUSE, "field = \"country\"", "field = \"land\"", "certificates.pair.name.2", "land"),
    twin(Flaw::OptionalField, HOUSE, "zh = \"单位\" }, mandatory = true", "zh = \"单位\" }, mandatory = false", "certificates.pair.name.1", "organisation"),
    twin(Flaw::NoDocument, SZCA, "\"business-licence\", \"agent", "\"licence\", \"agent", "certificates.organisation-seal.documents.value.1", "documents"),
    twin(Flaw::Twice, SZCA, "\"business-licence\", \"agent", "\"annex\", \"agent", "certificates.organisation-seal.documents.value", "documents"),
    twin(Flaw::UnusedDocument, SZCA, "\"holder-identity-card\", \"application-form\"", "\"application-form\"", "documents.holder-identity-card", "[documents.holder-identity-card]"),
    twin(Flaw::TwoFirst, SZCA, "sealed = { value = false, basis = [\"S2-13\"]", "first = true\nsealed = { value = false, basis = [\"S2-13\"]", "certificates.personal-seal.documents.value.4", "documents"),
    twin(Flaw::Empty, SZCA, "formats = { value = [\"jpeg\", \"bmp\", \"gif\", \"pdf\"]", "formats = { value = []", "documents.holder-identity-card.formats.value", "formats"),
    twin(Flaw::Empty, CC, "taiwan-permit = { value = [\"named\"]", "taiwan-permit = { value = []", "identity.taiwan-permit.value", "taiwan"),
    twin(Flaw::Twice, CC, "seats = { value = [\"witness\", \"handler\"", "seats = { value = [\"witness\", \"witness\"", "roster.seats.value", "seats"),
    twin(Flaw::Twice, CC, "\"marketing\", \"dispatched\"", "\"marketing\", \"marketing\"", "roster.barred.value", "barred"),
    // Seats.
    twin(Flaw::Matrix, EGOV, "seats = [\"approver\", \"pin-custodian\"]", "seats = [\"registrar\", \"approver\"]", "seats.shared.0", "[[seats.shared]]"),
    twin(Flaw::Matrix, EGOV, "seats = [\"approver\", \"pin-custodian\"]", "seats = [\"registrar\", \"pin-custodian\"]", "seats.shared.0", "[[seats.shared]]"),
    twin(Flaw::Matrix, EGOV, "seats = [\"approver\", \"pin-custodian\"]\nbasis = [\"S1-17\", \"X-01\"]", "seats = [\"approver\", \"pin-custodian\"]\nassumed = \"fewer people\"", "seats.shared.0", "[[seats.shared]]"),
    twin(Flaw::SameSeat, EGOV, "seats = [\"approver\", \"pin-custodian\"]", "seats = [\"witness\", \"witness\"]", "seats.shared.0", "[[seats.shared]]"),
    twin(Flaw::Twice, EGOV, "[[seats.shared]]", "[[seats.shared]]\nseats = [\"pin-custodian\", \"approver\"]\nbasis = [\"S1-17\"]\n[[seats.shared]]", "seats.shared.1", "[[seats.shared]]"),
    twin(Flaw::SharedAndBarred, EGOV, "[[seats.shared]]", "[[seats.barred]]\nseats = [\"pin-custodian\", \"approver\"]\nassumed = \"a test\"\n[[seats.shared]]", "seats.shared.0", "[[seats.shared]]"),
    // PINs.
    twin(Flaw::Empty, HOUSE, "channels = [\"telephone\", \"letter\"]", "channels = []", "pins.1.channels", "channels"),
    twin(Flaw::PinFallback, HOUSE, "[[pins]]\nchannels", "[[pins]]\nsubject = \"member\"\nchannels", "pins.1", "[[pins]]"),
    twin(Flaw::PinFallback, SZCA, "[[pins]]\nsubject = \"member\"\n", "[[pins]]\n", "pins.0", "[[pins]]"),
    twin(Flaw::BankRemark, HOUSE, "channels = [\"telephone\", \"letter\"]", "channels = [\"bank-remark\"]", "pins.1", "[[pins]]"),
    twin(Flaw::PinOnSite, HOUSE, "channels = [\"telephone\", \"letter\"]", "channels = [\"on-site\"]", "pins.1", "[[pins]]"),
    // Checks.
    twin(Flaw::NoSeats, SZCA, "seats = [\"system\"]\nevidence = [[\"liveness\"]]", "seats = []\nevidence = [[\"liveness\"]]", "checks.agent-is-there", "[checks.agent-is-there]"),
    twin(Flaw::Twice, SZCA, "seats = [\"system\"]\nevidence = [[\"liveness\"]]", "seats = [\"system\", \"system\"]\nevidence = [[\"liveness\"]]", "checks.agent-is-there.seats", "seats"),
    twin(Flaw::NoEvidence, SZCA, "evidence = [[\"liveness\"]]\n", "", "checks.agent-is-there", "[checks.agent-is-there]"),
    twin(Flaw::Empty, SZCA, "evidence = [[\"liveness\"]]", "evidence = [[\"liveness\"], []]", "checks.agent-is-there.evidence.1", "evidence"),
    twin(Flaw::Twice, SZCA, "evidence = [[\"liveness\"]]", "evidence = [[\"liveness\", \"liveness\"]]", "checks.agent-is-there.evidence.0", "evidence"),
    twin(Flaw::Derived, SZCA, "check = \"quota\"\n", "check = \"quota\"\nseats = [\"registrar\"]\n", "checks.quota", "[checks.quota]"),
    twin(Flaw::Derived, SZCA, "check = \"consent\"\n", "check = \"consent\"\nevidence = [[\"call-record\"]]\n", "checks.consent", "[checks.consent]"),
    twin(Flaw::Derived, SZCA, "check = \"form\"\n", "check = \"form\"\nfields = []\n", "checks.form", "[checks.form]"),
    twin(Flaw::NoFormField, SZCA, "fields = [\"agent-name\", \"agent-identity-number\"]", "fields = [\"agent-name\", \"holder-name\"]", "checks.agent-is-there.fields", "fields"),
    twin(Flaw::NoFormField, CC, "fields = [\"investor-name\", \"identity-number\"]", "fields = [\"agent-name\"]", "checks.investor-at-counter.fields", "fields"),
    twin(Flaw::Twice, SZCA, "fields = [\"agent-name\", \"agent-identity-number\"]", "fields = [\"agent-name\", \"agent-name\"]", "checks.agent-is-there.fields", "fields"),
    twin(Flaw::NothingToConsent, HOUSE, "[checks.form]", "[checks.consent]\ncheck = \"consent\"\nby = \"submission\"\nassumed = \"a test\"\n[checks.form]", "checks.consent", "[checks.consent]"),
    twin(Flaw::NoOnboarding, EGOV, "onboarding = { value = true", "onboarding = { value = false", "checks.authorisation", "[checks.authorisation]"),
    twin(Flaw::NoIdentity, SZCA, "[identity]\nresident-card = { value = [\"liveness\"], basis = [\"S2-17\"] }\n", "", "checks.agent-is-there", "[checks.agent-is-there]"),
    twin(Flaw::Empty, SZCA, "openers = [\"official\"]\n", "openers = []\n", "checks.official-order.openers", "openers"),
    twin(Flaw::Twice, SZCA, "openers = [\"official\"]\n", "openers = [\"official\", \"official\"]\n", "checks.official-order.openers", "openers"),
    // The cashier opens nothing; the official opens nothing in the cell of a first certificate.
    twin(Flaw::NoOpener, SZCA, "openers = [\"official\"]\n", "openers = [\"official\", \"cashier\"]\n", "checks.official-order.openers", "openers"),
    twin(Flaw::NoOpener, SZCA, "\"key-proof\", \"token-bound\"]\n", "\"key-proof\", \"token-bound\", \"official-order\"]\n", "cells.apply.other.checks.10", "official-order"),
    twin(Flaw::UnusedCheck, HOUSE, "[checks.form]", "[checks.quota]\ncheck = \"quota\"\nby = \"submission\"\nassumed = \"a test\"\n[checks.form]", "checks.quota", "[checks.quota]"),
    twin(Flaw::Name, HOUSE, "[checks.form]", "[checks.Quota]\ncheck = \"quota\"\nby = \"submission\"\nassumed = \"a test\"\n[checks.form]", "checks", "[checks."),
    // Cells.
    twin(Flaw::NoMode, HOUSE, WITNESS, "", "cells.apply", "[cells.apply.counter]"),
    twin(Flaw::OfferedOrNot, HOUSE, "assumed = \"the operator's own choice\"\n\n[cells.apply.other]", "assumed = \"the operator's own choice\"\nchecks = []\n\n[cells.apply.other]", "cells.apply.witness.not-offered", "not-offered"),
    twin(Flaw::OfferedOrNot, HOUSE, "assumed = \"the operator's own choice\"\n\n[cells.apply.other]", "assumed = \"the operator's own choice\"\npresent = []\n\n[cells.apply.other]", "cells.apply.witness.not-offered", "not-offered"),
    twin(Flaw::NoOpeners, HOUSE, "not-offered = { en = \"all come to the counter\", zh = \"仅在柜台办理\" }\n", "", "cells.apply.witness", "[cells.apply.witness]"),
    twin(Flaw::Empty, HOUSE, "openers = [\"applicant\", \"registrar\"]", "openers = []", "cells.apply.counter.openers", "openers"),
    twin(Flaw::Empty, CC, "subjects = { value = [\"person\"]", "subjects = { value = []", "cells.apply.other.subjects.value", "subjects"),
    twin(Flaw::Empty, CC, "[\"person\"], basis = [\"S0-23\"] }\ncarriers = { value = [\"soft\"]", "[\"person\"], basis = [\"S0-23\"] }\ncarriers = { value = []", "cells.apply.other.carriers.value", "carriers"),
    twin(Flaw::Twice, CC, "present = [\"handler\", \"checker\"]", "present = [\"handler\", \"handler\"]", "cells.apply.other.present", "present"),
    twin(Flaw::NoCheck, HOUSE, "checks = [\"form\", \"key-proof\"", "checks = [\"form\", \"proof\"", "cells.apply.counter.checks.1", "proof"),
    twin(Flaw::Twice, HOUSE, "checks = [\"form\", \"key-proof\"", "checks = [\"form\", \"form\"", "cells.apply.counter.checks.1", "form"),
    twin(Flaw::Overlap, CC, "subject = \"organisation\"\nseats = [\"registrar\"]\nevidence = [[\"identity-query\", \"other-identity-proof\"]]\nfields = [\"agent-name\", \"agent-identity-number\"]\nbasis = [\"S0-24\", \"S0-25\", \"S0-26\", \"S0-27\"]", "seats = [\"registrar\"]\nevidence = [[\"identity-query\", \"other-identity-proof\"]]\nbasis = [\"S0-24\"]\n[checks.agent-again]\ncheck = \"identity-agent\"\nby = \"approval\"\nsubject = \"organisation\"\nseats = [\"registrar\"]\nevidence = [[\"identity-query\"]]\nbasis = [\"S0-24\"]", "cells.apply.counter.checks.4", "agent-again"),
    twin(Flaw::AtOnce, HOUSE, "[cells.revoke.counter]\n", "[cells.revoke.counter]\nat-once = { value = true, assumed = \"a test\" }\n", "cells.revoke.counter.at-once", "at-once"),
    twin(Flaw::AtOnce, HOUSE, "[cells.apply.counter]\n", "[cells.apply.counter]\nat-once = { value = false, assumed = \"a test\" }\n", "cells.apply.counter.at-once", "at-once"),
    twin(Flaw::Deliveries, HOUSE, "deliveries = [\"on-site\", \"download\"]\n", "", "cells.apply.counter", "[cells.apply.counter]"),
    twin(Flaw::Deliveries, HOUSE, "[cells.freeze.counter]\n", "[cells.freeze.counter]\ndeliveries = [\"courier\"]\n", "cells.freeze.counter", "[cells.freeze.counter]"),
    twin(Flaw::Twice, HOUSE, "deliveries = [\"on-site\", \"download\"]", "deliveries = [\"on-site\", \"on-site\"]", "cells.apply.counter.deliveries", "deliveries"),
];

impl Twin {
    fn text(&self) -> String {
        let whole = text(self.of);
        assert!(whole.contains(self.text), "{}: {}", self.of, self.text);
        let mut edited = whole.replacen(self.text, self.instead, 1);
        if self.flaw == Flaw::Overlap {
            let checks = "\"agent-at-counter\"";
            edited = edited.replacen(checks, "\"agent-at-counter\", \"agent-again\"", 1);
        }
        if self.instead.starts_with("[certificates.9]") {
            edited = edited.replace("[certificates.pair", "[certificates.9");
            edited = edited.replacen("[certificates.9]\n", "", 1);
        }
        edited
    }
}

#[test]
fn each_rule_refuses_the_set_that_breaks_it_and_says_where() {
    let wrong: Vec<_> = TWINS.iter().filter_map(complaint).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What is not as the twin wants it.
fn complaint(twin: &Twin) -> Option<String> {
    let text = twin.text();
    let what = format!("{} with {:?}", twin.of, twin.instead);
    let (field, line, flaw) = match RuleSet::from_toml(&text) {
        Err(RuleSetError::Unsound {
            field, line, flaw, ..
        }) => (field, line, flaw),
        Err(other) => return Some(format!("{what}: {other}")),
        Ok(_) => return Some(format!("{what}: it loads")),
    };
    let line = line.and_then(|line| text.lines().nth(line - 1));
    let line = line.unwrap_or_default();
    let right = flaw == twin.flaw && field == twin.field && line.contains(twin.line);
    (!right).then(|| format!("{what}: {flaw:?} at {field}: {line}"))
}

/// What stands at the edge of a rule is inside.
#[test]
fn the_largest_and_smallest_that_are_allowed_load() {
    for (stands, instead) in [
        ("value = [2]", "value = [1, 100]"),
        ("octets = { value = 2000000", "octets = { value = 2097152"),
        (
            "deposit-code-digits = { value = 6",
            "deposit-code-digits = { value = 4",
        ),
        (
            "deposit-code-digits = { value = 6",
            "deposit-code-digits = { value = 12",
        ),
    ] {
        let whole = text(HOUSE);
        assert!(whole.contains(stands), "{stands}");
        let edge = RuleSet::from_toml(&whole.replacen(stands, instead, 1));
        assert!(edge.is_ok(), "{instead}: {edge:?}");
    }
}

#[test]
fn every_rule_about_rule_sets_has_a_twin_that_it_refuses() {
    let mut tried: BTreeSet<_> = TWINS.iter().map(|twin| twin.flaw).collect();
    // Below: it takes more than one place.
    tried.insert(Flaw::NoKind);
    let all: BTreeSet<_> = Flaw::ALL.iter().copied().collect();
    assert_eq!(tried, all);
}

#[test]
fn a_set_without_one_of_the_eighteen_cells_does_not_load() {
    for kind in Kind::ALL {
        let mut root: toml::Table = text("szca-online").parse().unwrap();
        let cells = root["cells"].as_table_mut().unwrap();
        for mode in Mode::ALL {
            let mut root = root_without(&root_of("szca-online"), *kind, Some(*mode));
            assert!(matches!(
                RuleSet::from_toml(&root),
                Err(RuleSetError::Unsound {
                    flaw: Flaw::NoMode,
                    ..
                })
            ));
            root.clear();
        }
        cells.remove(kind.as_str());
        let error = RuleSet::from_toml(&toml::to_string(&root).unwrap()).unwrap_err();
        let kind = format!("({kind})");
        assert!(matches!(
            error,
            RuleSetError::Unsound {
                flaw: Flaw::NoKind,
                ..
            }
        ));
        assert!(error.to_string().ends_with(&kind), "{error}");
    }
}

fn root_of(name: &str) -> toml::Table {
    text(name).parse().unwrap()
}

fn root_without(root: &toml::Table, kind: Kind, mode: Option<Mode>) -> String {
    let mut root = root.clone();
    let cells = root["cells"].as_table_mut().unwrap();
    if let Some(mode) = mode {
        let modes = cells[kind.as_str()].as_table_mut().unwrap();
        assert!(modes.remove(mode.as_str()).is_some());
    }
    toml::to_string(&root).unwrap()
}

#[test]
fn the_matrix_of_seats_is_loosened_for_three_pairs_and_no_other() {
    let mut joined = BTreeSet::new();
    for one in Seat::ALL {
        for other in Seat::ALL {
            let pair = format!("seats = [\"{one}\", \"{other}\"]");
            let text =
                text("egov-extranet").replace("seats = [\"approver\", \"pin-custodian\"]", &pair);
            if load(&text).is_ok() {
                joined.insert((one.as_str(), other.as_str()));
            }
        }
    }
    let both = |one, other| [(one, other), (other, one)];
    let wanted = [
        both("registrar", "witness"),
        both("witness", "handler"),
        both("approver", "pin-custodian"),
    ];
    assert_eq!(joined, wanted.into_iter().flatten().collect());
}

#[test]
fn text_that_is_no_rule_set_says_where() {
    for (of, old, new, message) in [
        (
            "in-house",
            "version = 1",
            "version = ",
            "rule set, line 5: ",
        ),
        (
            "in-house",
            "version = 1",
            "version = \"one\"",
            "rule set field `version`, line 5: invalid type: string \"one\", expected u32",
        ),
        (
            "in-house",
            "version = 1",
            "version = 1\ncolour = 2",
            "rule set field `colour`, line 6: unknown field `colour`",
        ),
        (
            "in-house",
            "value = \"2020-01-01\"",
            "value = \"2020-02-30\"",
            "rule set field `from.value`, line 8: \"2020-02-30\" is no day",
        ),
        (
            "in-house",
            "value = \"2020-01-01\"",
            "value = \"20200101\"",
            "rule set field `from.value`, line 8: \"20200101\" is no day",
        ),
        (
            "szca-online",
            "basis = [\"S2-09\"]",
            "basis = [\"S2-35\"]",
            "rule set field `values.years.basis`, line ",
        ),
        (
            "szca-online",
            "openers = [\"agent\"]",
            "openers = [\"boss\"]",
            "rule set field `cells.apply.other.openers.0`, line ",
        ),
        (
            "szca-online",
            "openers = [\"agent\"]",
            "opener = [\"agent\"]",
            "rule set field `cells.apply.other.opener`, line ",
        ),
        (
            "szca-online",
            "[cells.apply.other]",
            "[cells.apply.else]",
            "rule set field `cells.apply.else`, line ",
        ),
        (
            "szca-online",
            "[cells.apply.other]",
            "[cells.issue.other]",
            "rule set field `cells.issue`, line ",
        ),
        (
            "szca-online",
            "years = { value = [1, 2, 3, 4, 5], basis",
            "years = { value = [1, 2, 65536], basis",
            "rule set field `values.years.value.2`, line ",
        ),
        (
            "szca-online",
            "years = { value = [1, 2, 3, 4, 5], basis = [\"S2-09\"] }\n",
            "",
            "rule set field `values`, line 18: missing field `years`",
        ),
    ] {
        let whole = text(of);
        assert!(whole.contains(old), "{old}");
        let error = load(&whole.replacen(old, new, 1)).unwrap_err();
        assert!(error.starts_with(message), "{error}\n{message}");
    }
    assert!(matches!(
        RuleSet::from_toml(""),
        Err(RuleSetError::Toml { .. })
    ));
}

#[test]
fn names_words_and_reasons_have_bounds() {
    let with = |old: &str, new: String| {
        let whole = text("in-house");
        assert!(whole.contains(old), "{old}");
        load(&whole.replacen(old, &new, 1)).is_ok()
    };
    for (length, loads) in [(64, true), (65, false)] {
        assert_eq!(
            with(
                "name = \"in-house\"",
                format!("name = \"{}\"", "a".repeat(length))
            ),
            loads
        );
        let fixed = format!("fixed = \"{}\"", "值".repeat(length));
        assert_eq!(with("field = \"country\"", fixed), loads);
    }
    for (length, loads) in [(1000, true), (1001, false)] {
        let words = "词".repeat(length);
        assert_eq!(with("zh = \"双证书\"", format!("zh = \"{words}\"")), loads);
        // The reason has some words before.
        let reason = words.chars().skip(27).collect();
        assert_eq!(with("early enough for every case", reason), loads);
    }
    for bad in ["1a", "-a", "a_b", "a b", "A", "a\u{e9}"] {
        assert!(
            !with("name = \"in-house\"", format!("name = \"{bad}\"")),
            "{bad}"
        );
    }
}

#[test]
fn two_rules_for_one_check_apply_to_different_cases() {
    let both = |one: &str, other: &str| {
        let rule = |name: &str, condition: &str| {
            format!(
                "[checks.{name}]\ncheck = \"quota\"\nby = \"submission\"\nassumed = \"a test\"\n{condition}\n"
            )
        };
        let checks = format!("{}{}[checks.form]", rule("one", one), rule("other", other));
        let text = text("in-house").replacen("[checks.form]", &checks, 1);
        let text = text.replacen(
            "checks = [\"form\"",
            "checks = [\"form\", \"one\", \"other\"",
            1,
        );
        match RuleSet::from_toml(&text) {
            Ok(_) => true,
            Err(RuleSetError::Unsound {
                flaw: Flaw::Overlap,
                ..
            }) => false,
            Err(error) => panic!("{error}"),
        }
    };
    for (one, other) in [
        ("carrier = \"soft\"", "carrier = \"hard\""),
        ("subject = \"person\"", "subject = \"member\""),
        ("model = \"centralised\"", "model = \"self-service\""),
        ("payment = \"wallet\"", "payment = \"corporate-transfer\""),
        ("openers = [\"applicant\"]", "openers = [\"registrar\"]"),
    ] {
        assert!(both(one, other), "{one}");
        assert!(!both(one, one), "{one}");
        assert!(!both(one, ""), "{one}");
        assert!(!both("", other), "{one}");
    }
    assert!(!both("carrier = \"soft\"", "subject = \"person\""));
    assert!(!both(
        "openers = [\"applicant\"]",
        "openers = [\"registrar\", \"applicant\"]"
    ));
    assert!(!both("", ""));
}
