//! `sm2_key_exchange.json`.

use crate::algorithms::{Draws, all, equal, is_on_another_curve, secret_key};
use gm_crypto::{
    Error,
    sm2::{
        PublicKey, SigningKey, UserId,
        exchange::{Initiator, Responder},
    },
};
use gm_pki_tests::suites::{Outcome, octets, text};
use serde_json::Value;

/// Both roles, with the scalars that the example drew.
pub(crate) fn run(test: &Value) -> Outcome {
    if is_on_another_curve(test) {
        // What the other side sends is refused before there is anything to exchange.
        return all(["R_a", "R_b"].map(|member| match point(test, member) {
            Ok(_) => Outcome::Accepted,
            Err(error) => Outcome::Refused(error.to_string()),
        }));
    }
    exchange(test).unwrap_or_else(|error| Outcome::Refused(error.to_string()))
}

fn exchange(test: &Value) -> Result<Outcome, Error> {
    let party = |secret: &str, id: &str| -> Result<SigningKey, Error> {
        let id = UserId::new(text(test, id).as_bytes())?;
        Ok(SigningKey::new(secret_key(test, secret)?, id))
    };
    let (a, b) = (party("d_a", "id_a")?, party("d_b", "id_b")?);
    let length = octets(test, "key").len();
    let draws = |member: &str| Draws(octets(test, member));

    let (initiator, r_a) = Initiator::start(&mut draws("r_a"), &a)?;
    let (responder, r_b, s_b) = Responder::answer(
        &mut draws("r_b"),
        &b,
        a.verifying_key(),
        &point(test, "R_a")?,
        length,
    )?;
    let s_b_of_the_example = octets(test, "s_b").try_into().expect("32 octets");
    let (key_a, s_a) = initiator.confirm(
        b.verifying_key(),
        &point(test, "R_b")?,
        length,
        &s_b_of_the_example,
    )?;
    let s_a_of_the_example = octets(test, "s_a").try_into().expect("32 octets");
    let key_b = responder.confirm(&s_a_of_the_example)?;

    // And a confirmation that does not fit is refused on both sides.
    let (initiator, _) = Initiator::start(&mut draws("r_a"), &a)?;
    let wrong_b = initiator.confirm(b.verifying_key(), &r_b, length, &s_a);
    let (responder, ..) =
        Responder::answer(&mut draws("r_b"), &b, a.verifying_key(), &r_a, length)?;
    if wrong_b.is_ok() || responder.confirm(&s_b).is_ok() {
        return Ok(Outcome::Wrong("another confirmation is taken".into()));
    }
    Ok(all([
        equal(
            "z_a",
            a.verifying_key().za().as_bytes(),
            &octets(test, "z_a"),
        ),
        equal(
            "z_b",
            b.verifying_key().za().as_bytes(),
            &octets(test, "z_b"),
        ),
        equal("R_a", &r_a.to_uncompressed(), &octets(test, "R_a")),
        equal("R_b", &r_b.to_uncompressed(), &octets(test, "R_b")),
        equal("s_b", &s_b, &octets(test, "s_b")),
        equal("s_a", &s_a, &octets(test, "s_a")),
        equal("key of A", &key_a, &octets(test, "key")),
        equal("key of B", &key_b, &octets(test, "key")),
    ]))
}

fn point(test: &Value, member: &str) -> Result<PublicKey, Error> {
    PublicKey::from_uncompressed(&octets(test, member))
}
