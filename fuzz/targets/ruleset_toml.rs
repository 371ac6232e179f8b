//! Rule sets: one that loads has an answer for every case, rests each value on something, and
//! leaves the matrix of seats alone; one that does not names a line of its text.
#![no_main]

use gm_pki_fuzz::{parties::now, tally};
use libfuzzer_sys::fuzz_target;
use lifecycle::{
    Seat,
    rules::{Cell, RuleBook, RuleSet, RuleSetError},
    terms::{DeliveryMethod, Kind, Mode, Model, PaymentRoute, SubjectKind},
};

fuzz_target!(|octets: &[u8]| {
    let Ok(text) = str::from_utf8(octets) else {
        return tally(false);
    };
    let set = RuleSet::from_toml(text);
    tally(set.is_ok());
    match set {
        Ok(set) => holds(&set),
        Err(error) => {
            assert!(!error.to_string().is_empty());
            let line = match error {
                RuleSetError::Toml { line, .. } | RuleSetError::Unsound { line, .. } => line,
                _ => None,
            };
            let lines = 1 + text.matches('\n').count();
            assert!(line.is_none_or(|line| (1..=lines).contains(&line)));
        }
    }
});

fn holds(set: &RuleSet) {
    for one in set.provenance() {
        assert!(
            !one.requirements.is_empty() || one.assumed.is_some(),
            "{}",
            one.path
        );
    }
    for kind in Kind::ALL {
        for mode in Mode::ALL {
            match set.cell(*kind, *mode).expect("all cells are there") {
                Cell::Offered(process) => {
                    assert!(!process.openers.is_empty());
                    assert_eq!(process.deliveries.is_empty(), !kind.makes_certificates());
                    for rule in &process.checks {
                        assert_eq!(rule.seats.is_empty(), rule.check.is_derived());
                    }
                }
                Cell::NotOffered(cell) => assert!(!cell.not_offered.en.is_empty()),
                _ => unreachable!("there are two"),
            }
        }
    }
    let routes = PaymentRoute::ALL.iter().copied().map(Some).chain([None]);
    for route in routes {
        for model in Model::ALL {
            for subject in SubjectKind::ALL {
                for delivery in DeliveryMethod::ALL {
                    let pin = set.pin(*model, *subject, route, *delivery);
                    assert!(!pin.expect("one rule fits always").channels.is_empty());
                }
            }
        }
    }
    for pair in &set.seats().shared {
        let customers = [Seat::Applicant, Seat::Agent];
        assert!(!pair.seats.iter().any(|seat| customers.contains(seat)));
        assert!(!(pair.seats.contains(&Seat::Registrar) && pair.seats.contains(&Seat::Approver)));
    }
    let (id, counts) = (set.id(), set.in_force(now()));
    let book = RuleBook::new([set.clone()]).expect("one goes with itself");
    assert!(book.get(&id).is_some());
    assert_eq!(book.in_force(&id.name, now()).is_some(), counts);
    assert!(RuleBook::new([set.clone(), set.clone()]).is_err());
}
