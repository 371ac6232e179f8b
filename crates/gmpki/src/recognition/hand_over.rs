//! `gmpki recognition hand-over`: from the case into the draft of a list.

use super::{TERMS, id_of, known, terms};
use crate::{
    args::RecognitionHandOver,
    case::history,
    desk::View,
    failure::{Failure, chain},
    moment,
    outcome::Outcome,
    trust_list::{certificate, draft},
};
use lifecycle::proceeding::recognition::{HandOver, HandOverFault, Stage, State, Terms};
use trust_list::list::{Ca, Entry, LocalText, TrustListDraft};

pub(super) fn run(over: &RecognitionHandOver) -> Result<Outcome, Failure> {
    let view = View::open(&over.desk)?;
    let id = &over.which.recognition;
    let state = history::of_proceeding(&view.store, &id_of(id))?.map(|found| found.state);
    let state = known(state, id)?;
    let from = over.from.as_deref();
    let from = from.map(|text| moment::parse("--from", text)).transpose()?;
    let paths = over.certificate.iter();
    let certificates = paths.map(|path| certificate(path));
    let given = HandOver::new(from, certificates.collect::<Result<_, _>>()?);
    let mut list = draft::draft(&over.draft)?;
    let terms = terms(&over.desk.dir.join(TERMS))?;
    put(over, &state, &terms, &given, &mut list)?;
    draft::replace(&over.draft, &list)
}

fn put(
    over: &RecognitionHandOver,
    state: &State,
    terms: &Terms,
    given: &HandOver,
    list: &mut TrustListDraft,
) -> Result<(), Failure> {
    let refused = |fault: HandOverFault| Failure::Refused(chain(&fault).into());
    if state.stage != Stage::ReadyToPublish {
        return state.hand_over(list, given).map_err(refused);
    }
    let entry = entry(over, state, terms, given)?;
    state.admit(list, entry, given).map_err(refused)
}

/// The entry of a first recognition, with what is no matter of the decision.
fn entry(
    over: &RecognitionHandOver,
    state: &State,
    terms: &Terms,
    given: &HandOver,
) -> Result<Entry, Failure> {
    let names = draft::texts("--ca", &over.ca)?;
    let classes = draft::texts("--class", &over.class)?;
    let ([name, names @ ..], [class, classes @ ..]) = (names.as_slice(), classes.as_slice()) else {
        let message = "a first recognition needs --ca and --class, each with its language";
        return Err(Failure::Usage(message.into()));
    };
    let address = &over.address;
    let (Some(street), Some(country), Some(contact), Some(information)) = (
        &address.street,
        &address.country,
        &address.contact,
        &address.information,
    ) else {
        let message = "a first recognition needs --street, --country, --contact, --information";
        return Err(Failure::Usage(message.into()));
    };
    let place = draft::postal(street, country, address.locality.as_deref())?;
    let ca = Ca::new(name.clone(), place, contact, information)?;
    let ca = names.iter().cloned().fold(ca, Ca::also);
    let entry = state.entry(terms, ca, LocalText::clone(class), given);
    let entry = entry.map_err(|fault| Failure::Refused(chain(&fault).into()))?;
    let mut entry = classes.iter().cloned().fold(entry, Entry::also_called);
    if let Some(name) = &over.type_name {
        entry = entry.type_name(name)?;
    }
    for text in &over.supply {
        entry = entry.supply_point(draft::supply(text)?);
    }
    Ok(entry)
}
