use super::*;
use crate::{FieldFault, UploadFault, case::ledger::Outcome, case::paper::Deficiency};

fn draft() -> Desk {
    let mut desk = desk();
    let opening = desk.opening();
    desk.opened(HOLDER, opening);
    desk
}

#[test]
fn consents_name_agreements_and_sensitive_ones_are_given_alone() {
    let mut desk = draft();
    let ground = Ground::SeparateConsent {
        agreement: "sensitive".into(),
    };
    desk.refuses(HOLDER, consent(&["privacy", "sensitive"]), &ground, "S2-03");
    let ground = Ground::UnknownName {
        what: "agreement",
        name: "unheard-of".into(),
    };
    desk.refuses(HOLDER, consent(&["unheard-of"]), &ground, "S2-03");
    let what = "an agreement";
    desk.refuses(HOLDER, consent(&[]), &Ground::Missing { what }, "S2-03");
    let short = Command::Consent {
        agreements: BTreeMap::from([("privacy".into(), vec![1; 31].into())]),
    };
    let (ground, _) = desk.refused(HOLDER, short);
    assert!(matches!(ground, Ground::Missing { .. }), "{ground}");

    desk.act(HOLDER, consent(&["agreement"]));
    let given = &desk.state().consents["agreement"];
    assert_eq!((given.version.as_str(), given.at), ("2", desk.now));
}

#[test]
fn a_consent_that_was_taken_back_is_missing_at_the_next_gate() {
    let take_back = || Command::WithdrawConsent {
        agreement: "privacy".into(),
    };
    let (ground, _) = draft().refused(HOLDER, take_back());
    assert!(matches!(ground, Ground::UnknownName { .. }), "{ground}");
    let mut desk = desk();
    desk.approving().act(HOLDER, take_back());
    let ground = Ground::CheckOpen {
        check: Check::Consent,
    };
    desk.refuses(APPROVER, approve(), &ground, "S2-03");
}

#[test]
fn papers_are_the_customers_own() {
    let desk = draft();
    let stranger = ("stranger", Seat::Applicant);
    let (ground, _) = desk.refused(stranger, fill(&[("unit", "Example Ltd")]));
    assert!(matches!(ground, Ground::NotAParty { .. }), "{ground}");
    let ground = Ground::Seat {
        seat: Seat::Registrar,
    };
    for command in [
        consent(&["agreement"]),
        fill(&[("unit", "Example Ltd")]),
        document("licence", None),
    ] {
        desk.refuses(REGISTRAR, command, &ground, "S2-27");
    }
}

#[test]
fn a_form_has_its_fields_its_years_and_a_version() {
    let mut desk = draft();
    let field = |field: &str, why| Ground::Field {
        field: field.into(),
        why,
    };
    let unit = ("unit", "Example Ltd");
    let unknown = field("colour", FieldFault::Unknown);
    desk.refuses(HOLDER, fill(&[unit, ("colour", "red")]), &unknown, "S2-10");
    desk.refuses(
        HOLDER,
        fill(&[]),
        &field("unit", FieldFault::Empty),
        "S1-05",
    );
    let wrong = field("account", FieldFault::Format);
    desk.refuses(HOLDER, fill(&[unit, ("account", "12")]), &wrong, "S1-05");
    for (years, is_good) in [(0, false), (1, true), (3, true), (4, false)] {
        let command = Command::Fill {
            fields: fields(&[unit]),
            years,
        };
        if is_good {
            assert!(desk.ask(HOLDER, command).is_ok());
        } else {
            desk.refuses(HOLDER, command, &Ground::Years { years }, "S2-09");
        }
    }
    desk.act(HOLDER, fill(&[unit]));
    let first = desk.state().form.clone().unwrap();
    desk.act(HOLDER, fill(&[unit]));
    let second = desk.state().form.clone().unwrap();
    assert_eq!((first.version, second.version), (1, 2));
    assert_ne!(first.digest, second.digest);
    let text = second.render(&desk.id, "seal");
    assert_eq!(
        text,
        "case: case-1\ncertificate: seal\nversion: 2\nyears: 2\nunit: Example Ltd\n"
    );
    let digest = gm_crypto::sm3::digest(text.as_bytes()).to_vec();
    assert_eq!(second.digest, digest.into());
}

#[test]
fn no_years_are_chosen_where_the_old_end_stays() {
    let mut desk = desk();
    let opening = desk.about_old(Kind::Reissue);
    desk.opened(HOLDER, opening);
    let filled = |years| Command::Fill {
        fields: fields(&[("unit", "Example Ltd")]),
        years,
    };
    desk.refuses(HOLDER, filled(2), &Ground::Years { years: 2 }, "S2-09");
    desk.act(HOLDER, filled(0));

    let new_term = drill(&[(
        "reissue-validity = { value = \"remainder\"",
        "reissue-validity = { value = \"new-term\"",
    )]);
    let mut desk = desk_under(new_term);
    let opening = desk.about_old(Kind::Reissue);
    desk.opened(HOLDER, opening).act(HOLDER, filled(2));
}

#[test]
fn uploads_are_of_a_size_and_a_format_that_are_taken() {
    let desk = draft();
    let upload = |name: &str, format, size| Command::AddDocument {
        document: name.into(),
        file_name: "scan".into(),
        inspected: inspected(format, size),
        form_version: None,
    };
    let fault = |why| Ground::Upload {
        document: "licence".into(),
        why,
    };
    let jpeg = FileFormat::Jpeg;
    let size = UploadFault::Size {
        size: 1001,
        limit: 1000,
    };
    desk.refuses(HOLDER, upload("licence", jpeg, 1001), &fault(size), "S2-13");
    desk.refuses(
        HOLDER,
        upload("licence", jpeg, 0),
        &fault(UploadFault::Empty),
        "S2-13",
    );
    let pdf = UploadFault::Format(FileFormat::Pdf);
    desk.refuses(
        HOLDER,
        upload("licence", FileFormat::Pdf, 10),
        &fault(pdf),
        "S2-13",
    );
    assert!(desk.ask(HOLDER, upload("licence", jpeg, 1000)).is_ok());
    let (ground, _) = desk.refused(HOLDER, upload("unheard-of", jpeg, 10));
    assert!(matches!(ground, Ground::UnknownName { .. }), "{ground}");
    let nameless = Command::AddDocument {
        document: "licence".into(),
        file_name: String::new(),
        inspected: inspected(jpeg, 10),
        form_version: None,
    };
    let (ground, _) = desk.refused(HOLDER, nameless);
    assert!(matches!(ground, Ground::Missing { .. }), "{ground}");
}

#[test]
fn the_first_document_comes_first() {
    let mut desk = draft();
    desk.act(HOLDER, fill(&[("unit", "Example Ltd")]));
    let ground = Ground::DocumentOrder {
        document: "licence".into(),
    };
    desk.refuses(HOLDER, document("application", Some(1)), &ground, "S2-15");
    desk.act(HOLDER, document("licence", None))
        .act(HOLDER, document("application", Some(1)));
}

#[test]
fn what_was_made_from_the_form_is_of_its_last_version() {
    let mut desk = draft();
    desk.act(HOLDER, document("licence", None));
    let stale = |of, now| Ground::Stale {
        document: "application".into(),
        of,
        now,
    };
    desk.refuses(
        HOLDER,
        document("application", Some(1)),
        &stale(1, 0),
        "S2-12",
    );
    desk.refuses(
        HOLDER,
        document("application", Some(0)),
        &stale(0, 0),
        "S2-12",
    );
    desk.act(HOLDER, fill(&[("unit", "Example Ltd")]));
    desk.refuses(HOLDER, document("application", None), &stale(0, 1), "S2-12");
    desk.refuses(
        HOLDER,
        document("application", Some(2)),
        &stale(2, 1),
        "S2-12",
    );
    desk.act(HOLDER, document("application", Some(1)));
    desk.act(HOLDER, consent(&["agreement", "privacy"]))
        .act(HOLDER, consent(&["sensitive"]))
        .act(HOLDER, fill(&[("unit", "Example Ltd")]));
    // The form went on: what was printed from it counts no more.
    desk.refuses(HOLDER, Command::Submit, &stale(1, 2), "S2-12");
    desk.act(HOLDER, document("application", Some(2)))
        .act(HOLDER, Command::Submit);
}

fn returned(subjects: &[&str]) -> Desk {
    let mut desk = desk();
    let deficiencies = subjects.iter().map(|subject| Deficiency {
        subject: (*subject).to_owned(),
        words: "wrong".into(),
    });
    let deficiencies = deficiencies.collect();
    desk.registering()
        .checked()
        .act(REGISTRAR, Command::Return(deficiencies));
    desk
}

#[test]
fn a_case_that_was_sent_back_is_changed_where_it_was_wrong_and_nowhere_else() {
    let not = |subject: &str| Ground::NotFlagged {
        subject: subject.into(),
    };
    let unit = ("unit", "Example Ltd");
    let mut desk = returned(&["branch"]);
    desk.refuses(HOLDER, fill(&[("unit", "Other")]), &not("unit"), "S2-24");
    let years = Command::Fill {
        fields: fields(&[unit]),
        years: 1,
    };
    desk.refuses(HOLDER, years, &not("years"), "S2-24");
    desk.refuses(HOLDER, document("licence", None), &not("licence"), "S0-04");
    desk.refuses(
        HOLDER,
        document("application", Some(1)),
        &not("application"),
        "S2-24",
    );
    desk.act(HOLDER, fill(&[unit, ("branch", "North")]));
    // A field that was there is not dropped in passing.
    let mut again = desk.clone();
    again.state.as_mut().unwrap().deficiencies[0].subject = "code".into();
    again.refuses(HOLDER, fill(&[unit]), &not("branch"), "S2-24");
    // What was printed from the form is printed anew.
    desk.act(HOLDER, document("application", Some(2)))
        .act(HOLDER, Command::Resubmit);
    assert!(desk.state().deficiencies.is_empty());
    assert_eq!(desk.state().rounds, 1);

    let mut desk = returned(&["licence", "years"]);
    desk.act(HOLDER, document("licence", None)).act(
        HOLDER,
        Command::Fill {
            fields: fields(&[unit]),
            years: 1,
        },
    );
}

#[test]
fn an_edit_of_the_form_expires_what_persons_had_checked() {
    let mut desk = returned(&["branch"]);
    assert!(desk.state().ledger.holds(Check::IdentityHolder));
    desk.act(HOLDER, fill(&[("unit", "Example Ltd"), ("branch", "N")]));
    let ledger = &desk.state().ledger;
    for check in [Check::IdentityHolder, Check::Genuineness] {
        assert_eq!(ledger.outcome(check), Some(&Outcome::Expired));
    }
    desk.act(HOLDER, document("application", Some(2)))
        .act(HOLDER, Command::Resubmit)
        .act(REGISTRAR, Command::StartRegistration);
    let ground = Ground::CheckOpen {
        check: Check::IdentityHolder,
    };
    desk.refuses(REGISTRAR, register(), &ground, "S0-24");
}

/// The drill, in which the holder's identity rests on some fields alone.
fn identity_rests_on(fields: &str) -> RuleSet {
    let old = "evidence = [[\"identity-query\", \"other-identity-proof\", \"original-seen\", \"liveness\"]]\n";
    let limited = format!("{old}subject = \"organisation\"\nfields = {fields}\n");
    // Every certificate of an organisation has the field then.
    let business = "[certificates.business.fields]\n";
    let branch = format!(
        "{business}branch = {{ title = {{ en = \"Branch\", zh = \"部门\" }}, mandatory = false, format = \"text\" }}\n"
    );
    drill(&[(old, &limited), (business, &branch)])
}

/// Records from before forms said what they change: their values are compared.
#[test]
fn a_form_that_does_not_say_what_it_changes_is_compared_with_the_one_before() {
    let mut desk = desk_under(identity_rests_on("[\"unit\"]"));
    desk.drafted().checked();
    let before = desk.state().form.clone().expect("a form");
    for (field, value, holds) in [
        ("branch", "N", true),
        ("unit", "Example Ltd", true),
        ("unit", "Other Ltd", false),
    ] {
        let mut now = before.clone();
        now.changed = None;
        now.set(field, value);
        let mut ledger = desk.state().ledger.clone();
        ledger.expire(Some(&before), &now);
        assert_eq!(
            ledger.holds(Check::IdentityHolder),
            holds,
            "{field} {value}"
        );
        assert!(!ledger.holds(Check::Genuineness), "of the form as a whole");
    }
}

#[test]
fn a_check_holds_while_the_fields_that_it_rests_on_do() {
    let edit = |rules: RuleSet, form: &[(&str, &str)]| {
        let mut desk = desk_under(rules);
        desk.drafted().checked();
        desk.act(HOLDER, fill(form));
        desk.state().ledger.clone()
    };
    let own = || identity_rests_on("[\"unit\"]");
    let same = ("unit", "Example Ltd");
    let ledger = edit(own(), &[same, ("branch", "N")]);
    assert!(ledger.holds(Check::IdentityHolder));
    // What names no fields is of the form as a whole.
    assert_eq!(ledger.outcome(Check::Genuineness), Some(&Outcome::Expired));
    let ledger = edit(own(), &[("unit", "Other Ltd")]);
    assert!(!ledger.holds(Check::IdentityHolder));
    // A field that was empty is filled in, and one that was filled in is emptied.
    let both = || identity_rests_on("[\"unit\", \"branch\"]");
    let ledger = edit(both(), &[same, ("branch", "N")]);
    assert!(!ledger.holds(Check::IdentityHolder));
    let ledger = edit(identity_rests_on("[]"), &[("unit", "Other Ltd")]);
    assert!(ledger.holds(Check::IdentityHolder));

    // Before the first form there is nothing that it could rest on.
    let mut desk = desk_under(own());
    let opening = desk.opening();
    desk.opened(HOLDER, opening).checked();
    desk.act(HOLDER, fill(&[same]));
    assert!(!desk.state().ledger.holds(Check::IdentityHolder));
}

#[test]
fn an_edit_voids_registration_and_approval_and_a_failed_check_stays_failed() {
    use crate::case::state::Registered;
    let mut desk = returned(&["licence", "unit"]);
    let state = desk.state.as_mut().unwrap();
    let registered = Some(Registered {
        by: PersonId::new("registrar").unwrap(),
        verdict: GOOD,
        snapshot: state.snapshot(),
        with_key: false,
        shortened_to: None,
    });
    state.registered.clone_from(&registered);
    state.approved = Some(GOOD);
    let failed = Outcome::Failed {
        by: PersonId::new("registrar").unwrap(),
        reason: "no".into(),
    };
    state.ledger.0.insert(Check::Witness, failed.clone());
    let mut by_form = desk.clone();
    desk.act(HOLDER, document("licence", None));
    by_form.act(HOLDER, fill(&[("unit", "Other Ltd")]));
    for desk in [&desk, &by_form] {
        assert_eq!(desk.state().registered, None);
        assert_eq!(desk.state().approved, None);
    }
    assert!(desk.state().ledger.holds(Check::IdentityHolder));
    let ledger = &by_form.state().ledger;
    assert_eq!(ledger.outcome(Check::Witness), Some(&failed));
}
