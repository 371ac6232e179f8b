use super::*;
use crate::{
    NotQualified,
    case::seats::{Apart, MATRIX, apart},
};

fn same(person: &str, held: Seat, wanted: Seat) -> Ground {
    Ground::SamePerson {
        person: PersonId::new(person).unwrap(),
        held,
        wanted,
    }
}

/// The seats of persons who do business.
const BUSINESS: [Seat; 10] = [
    Seat::Applicant,
    Seat::Agent,
    Seat::OrganisationApprover,
    Seat::Registrar,
    Seat::Approver,
    Seat::Witness,
    Seat::Handler,
    Seat::Checker,
    Seat::PinCustodian,
    Seat::Auditor,
];

#[test]
fn the_matrix_is_that_of_the_requirements() {
    let open = [
        ((Seat::Applicant, Seat::Agent), Apart::Centralised),
        ((Seat::Registrar, Seat::Witness), Apart::UnlessShared),
        ((Seat::Approver, Seat::PinCustodian), Apart::UnlessShared),
        ((Seat::Witness, Seat::Handler), Apart::UnlessShared),
    ];
    for one in BUSINESS {
        for other in BUSINESS {
            if one == other {
                continue;
            }
            let wanted = open
                .iter()
                .find(|(pair, _)| *pair == (one, other) || *pair == (other, one))
                .map_or(Apart::Always, |(_, apart)| *apart);
            assert_eq!(apart(one, other), wanted, "{one}, {other}");
        }
    }
    // What is not listed is as strict.
    assert_eq!(apart(Seat::Cashier, Seat::Official), Apart::Always);
    for (index, (one, other, _)) in MATRIX.iter().enumerate() {
        let mut rest = MATRIX[index + 1..].iter();
        assert!(
            !rest.any(|(a, b, _)| (a, b) == (one, other) || (b, a) == (one, other)),
            "{one}, {other} twice"
        );
    }
}

#[test]
fn the_registrar_can_not_approve_what_he_registered() {
    let mut desk = desk();
    desk.registering()
        .checked()
        .paid()
        .act(REGISTRAR, register());
    let again = ("registrar", Seat::Approver);
    let ground = same("registrar", Seat::Registrar, Seat::Approver);
    desk.refuses(again, Command::TakeReview, &ground, "S1-12");
    // Nor can another registrar who once had the case.
    desk.act(APPROVER, Command::TakeReview);
    desk.refuses(again, approve(), &ground, "X-01");
}

#[test]
fn the_holder_is_a_party_even_where_he_never_acted() {
    let mut desk = desk();
    let opening = desk.opening();
    desk.opened(AGENT, opening);
    desk.act(AGENT, consent(&["agreement", "privacy"]))
        .act(AGENT, consent(&["sensitive"]))
        .act(AGENT, fill(&[("unit", "Example Ltd")]))
        .act(AGENT, document("licence", None))
        .act(AGENT, document("application", Some(1)))
        .act(AGENT, Command::Submit);
    let ground = same("holder", Seat::Applicant, Seat::Registrar);
    let holder = ("holder", Seat::Registrar);
    desk.refuses(holder, Command::StartRegistration, &ground, "S1-12");
    let ground = same("agent", Seat::Agent, Seat::Registrar);
    let agent = ("agent", Seat::Registrar);
    desk.refuses(agent, Command::StartRegistration, &ground, "S1-12");
}

#[test]
fn applicant_and_agent_are_two_persons_where_the_agent_judges_the_applicant() {
    let holder_as_agent = ("holder", Seat::Agent);
    let mut desk = desk();
    let mut opening = desk.opening();
    opening.model = Model::Centralised;
    let ground = same("holder", Seat::Applicant, Seat::Agent);
    desk.refuses(
        holder_as_agent,
        Command::Open(opening.clone()),
        &ground,
        "S1-12",
    );
    // In the other model the two are one customer.
    opening.model = Model::SelfService;
    opening.holder = PersonId::new("agent").unwrap();
    desk.opened(AGENT, opening);
}

#[test]
fn what_a_rule_set_shares_it_shares_and_no_more() {
    let approver_tells = ("approver", Seat::PinCustodian);
    let tell = || Command::DeliverPin {
        channel: PinChannel::Telephone,
        recipient: Seat::Applicant,
        receipt: evidence(EvidenceKind::NoticeReceipt),
    };
    let mut desk = desk();
    desk.dispatched(DeliveryMethod::Courier);
    assert!(desk.ask(approver_tells, tell()).is_ok());
    let ground = same("registrar", Seat::Registrar, Seat::PinCustodian);
    desk.refuses(("registrar", Seat::PinCustodian), tell(), &ground, "X-01");

    let strict = drill(&[(
        "shared = [{ seats = [\"approver\", \"pin-custodian\"], basis = [\"S1-17\"] }]",
        "",
    )]);
    desk.rules = strict;
    let ground = same("approver", Seat::Approver, Seat::PinCustodian);
    desk.refuses(approver_tells, tell(), &ground, "S1-12");
}

#[test]
fn what_a_rule_set_bars_is_barred_with_its_requirement() {
    let mut desk = desk();
    desk.registering().act(HOLDER, transfer());
    let receipt = evidence(EvidenceKind::PaymentReceipt);
    let ground = same("registrar", Seat::Registrar, Seat::Cashier);
    desk.refuses(
        ("registrar", Seat::Cashier),
        Command::ConfirmFunds { receipt },
        &ground,
        "X-01",
    );
}

#[test]
fn a_seat_of_the_roster_is_for_those_on_it() {
    let witness = ("witness", Seat::Witness);
    let mut desk = desk();
    let mut opening = desk.opening();
    opening.mode = Mode::Witness;
    desk.opened(HOLDER, opening)
        .act(HOLDER, fill(&[("unit", "Example Ltd")]))
        .act(HOLDER, Command::Submit)
        .act(REGISTRAR, Command::StartRegistration);
    let seen = || {
        passed(
            Check::Witness,
            &[EvidenceKind::WitnessVideo, EvidenceKind::SignedInPresence],
        )
    };
    assert!(desk.ask(witness, seen()).is_ok());

    let refused = |desk: &Desk, why, named| {
        let ground = Ground::NotQualified {
            person: PersonId::new("witness").unwrap(),
            seat: Seat::Witness,
            why,
        };
        desk.refuses(witness, seen(), &ground, named);
    };
    let marketing = enrolled(desk.now, Employment::Marketing);
    desk.roster.insert("witness", marketing);
    let barred = NotQualified::Employment(Employment::Marketing);
    refused(&desk, barred, "S0-16");
    desk.roster.remove("witness");
    refused(&desk, NotQualified::NotOnRoster, "S0-15");
}

#[test]
fn a_witness_does_not_witness_for_his_family() {
    let witness = ("witness", Seat::Witness);
    let mut desk = desk();
    desk.organisation = None;
    let mut opening = desk.opening();
    opening.mode = Mode::Witness;
    opening.certificate = "investor".into();
    opening.organisation = None;
    opening.holder = PersonId::new("cousin").unwrap();
    let cousin = ("cousin", Seat::Applicant);
    desk.opened(cousin, opening)
        .act(cousin, fill(&[("name", "Cousin")]))
        .act(cousin, Command::Submit)
        .act(REGISTRAR, Command::StartRegistration);
    let seen = passed(
        Check::Witness,
        &[EvidenceKind::WitnessVideo, EvidenceKind::SignedInPresence],
    );
    let ground = Ground::NotQualified {
        person: PersonId::new("witness").unwrap(),
        seat: Seat::Witness,
        why: NotQualified::Conflict,
    };
    desk.refuses(witness, seen, &ground, "S0-18");
}

#[test]
fn an_agent_has_his_authority_when_he_begins_and_need_not_keep_it() {
    let mut desk = desk();
    let stranger = ("stranger", Seat::Agent);
    let ground = Ground::NotAuthorised {
        agent: PersonId::new("stranger").unwrap(),
        organisation: OrganisationId::new("example").unwrap(),
    };
    let opening = desk.opening();
    desk.refuses(stranger, Command::Open(opening.clone()), &ground, "S1-03");
    desk.opened(AGENT, opening);
    let fill = || fill(&[("unit", "Example Ltd")]);
    desk.refuses(stranger, fill(), &ground, "S1-03");
    // Taken back: the case goes on, and no other begins.
    let revoked = organisation::Event::AuthorityRevoked {
        agent: PersonId::new("agent").unwrap(),
        reason: "left".into(),
    };
    let clerk = actor(("clerk", Seat::Clerk));
    let unit = organisation::evolve(Some(unit()), &clerk, &revoked, desk.now);
    desk.organisation = unit;
    desk.act(AGENT, fill());
    desk.state = None;
    let (ground, _) = desk.refused(AGENT, Command::Open(desk.opening()));
    assert!(matches!(ground, Ground::NotAuthorised { .. }), "{ground}");
}

#[test]
fn where_agents_are_not_named_beforehand_the_one_who_opened_it_is_the_agent() {
    let rule =
        "[checks.listed]\ncheck = \"authorisation\"\nby = \"submission\"\nbasis = [\"S1-01\"]\n";
    let text = [
        (
            "onboarding = { value = true",
            "onboarding = { value = false",
        ),
        (", \"listed\"", ""),
        (rule, ""),
    ];
    let mut desk = desk_under(drill(&text));
    let opening = desk.opening();
    let other = ("other", Seat::Agent);
    desk.opened(other, opening);
    let fill = || fill(&[("unit", "Example Ltd")]);
    let (ground, _) = desk.refused(AGENT, fill());
    assert!(matches!(ground, Ground::NotAParty { .. }), "{ground}");
    desk.act(other, fill());
}

#[test]
fn the_holder_has_a_say_in_a_case_that_an_agent_opened_for_him() {
    let mut desk = desk();
    let opening = desk.opening();
    desk.opened(AGENT, opening);
    desk.act(HOLDER, fill(&[("unit", "Example Ltd")]));
    let stranger = ("stranger", Seat::Applicant);
    let (ground, _) = desk.refused(stranger, fill(&[("unit", "Example Ltd")]));
    assert!(matches!(ground, Ground::NotAParty { .. }), "{ground}");
}
