//! Seeds of the protocol between a CA and a key-management centre.

use crate::{Result, write};
use der::Encode;
use gm_crypto::sm2::EnvelopedKey;
use gm_pki_fuzz::{
    asn1::{octet_string, sequence},
    parties::{Counter, in_days, key, now, sign},
};
use lifecycle::{
    Serial,
    key_centre::message::{
        Ask, Body, EntityName, KeyAnswer, KeyApplication, KeyDelivery, KeyRequest, KeyRestoration,
        Reply, ReturnedKey, Tagging, to_be_signed,
    },
};
use spki::DynSignatureAlgorithmIdentifier;

/// One of everything, in both taggings.
pub(crate) fn messages() -> Result<()> {
    let (ca, centre) = (key("ca"), key("centre"));
    let subscriber = *key("subscriber").verifying_key().public_key();
    let number = Serial::from_bytes(&[0x81, 2])?;
    let authority = EntityName::new(
        &"CN=CA,O=Fuzz,C=CN".parse()?,
        ca.verifying_key().public_key(),
    )?;
    let authority = authority.with_serial(&number);
    let name = EntityName::new(&"CN=kmc".parse()?, centre.verifying_key().public_key())?;
    let application = KeyApplication::new(number.clone(), subscriber, (now(), in_days(365)));
    let asks = vec![
        Ask::Apply(Box::new(application)),
        Ask::Restore(Box::new(KeyRestoration::new(number.clone(), subscriber))),
        Ask::Revoke(number.clone()),
    ];
    let archived = key("archived");
    let envelope = EnvelopedKey::seal(&mut Counter::default(), &subscriber, archived.secret_key())?;
    let given = ReturnedKey::new(number.clone(), envelope);
    let mut signed = given.clone();
    // Not looked into: what stands first says what it is.
    signed.private_key = KeyDelivery::SignedAndEnveloped(sequence(&[&[2, 1, 1], &[0x31, 0]]));
    let replies = vec![
        Reply::Applied(Box::new(given)),
        Reply::Restored(Box::new(signed)),
        Reply::Revoked(number),
        Reply::Failed {
            number: 4,
            said: "密钥恢复须经保管人同意".to_owned(),
        },
    ];
    for (tagging, word) in [
        (Tagging::Implicit, "implicit"),
        (Tagging::Explicit, "explicit"),
    ] {
        for (ask, kind) in asks.iter().zip(["apply", "restore", "revoke"]) {
            let request = KeyRequest::new(authority.clone(), ask.clone(), now(), 7);
            seed(&format!("{kind}-{word}"), &request, tagging, "ca")?;
        }
        let mut all = KeyRequest::new(authority.clone(), asks[0].clone(), now(), u64::MAX);
        all.asks.clone_from(&asks);
        seed(&format!("requests-{word}"), &all, tagging, "ca")?;
        for (reply, kind) in replies
            .iter()
            .zip(["applied", "restored", "revoked", "failed"])
        {
            let answer = KeyAnswer::new(name.clone(), vec![reply.clone()], now(), 7);
            seed(&format!("{kind}-{word}"), &answer, tagging, "centre")?;
        }
        let all = KeyAnswer::new(name.clone(), replies.clone(), now(), 7);
        seed(&format!("answers-{word}"), &all, tagging, "centre")?;
    }
    Ok(())
}

fn seed<B: Body>(name: &str, body: &B, tagging: Tagging, signer: &str) -> Result<()> {
    let key = key(signer);
    let tbs = to_be_signed(body, tagging)?;
    let algorithm = key.signature_algorithm_identifier()?.to_der()?;
    let signature = octet_string(sign(&key, &tbs).raw_bytes());
    let message = sequence(&[&tbs, &algorithm, &signature]);
    write("kmc_message", &format!("{name}.der"), message)
}
