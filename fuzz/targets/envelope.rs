//! Deliveries of an encryption key, in every form in which they come.
#![no_main]

use gm_crypto::{
    delivery::{CfcaForm, DeliveryForm, DeliveryTarget, DeviceForm, EncryptionKeyDelivery},
    sm2::{EnvelopedKeyForm, ScalarPadding, SecretKey},
};
use gm_pki_fuzz::{
    parties::{Counter, key},
    tally,
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|octets: &[u8]| {
    let delivery = EncryptionKeyDelivery::read(octets);
    tally(delivery.is_ok());
    let Ok(delivery) = delivery else { return };
    assert!(!delivery.form().to_string().is_empty());
    assert!(
        !delivery.remarks().is_empty(),
        "nobody has authenticated it"
    );

    let written = delivery.write();
    let again = EncryptionKeyDelivery::read(&written).expect("we read what we write");
    assert_eq!(again.form(), delivery.form());
    assert_eq!(again.stated_public_key(), delivery.stated_public_key());
    assert_eq!(again.write(), written);

    let recipient = key("subscriber");
    let recipient = recipient.secret_key();
    let Ok(opened) = delivery.open_unauthenticated(recipient) else {
        return;
    };
    let delivery = delivery
        .expecting(opened.public_key())
        .expect("a stated public key is the one of the key inside");
    if let Some(stated) = delivery.stated_public_key() {
        assert_eq!(*stated, opened.public_key());
    }
    rewrapped(&delivery, recipient, &opened);
});

/// Each form carries the key into each other.
fn rewrapped(delivery: &EncryptionKeyDelivery, recipient: &SecretKey, key: &SecretKey) {
    let plain = EnvelopedKeyForm::default();
    for target in [
        DeliveryTarget::EnvelopedKey(plain),
        DeliveryTarget::EnvelopedKey(plain.with_padding(ScalarPadding::Pkcs7)),
        DeliveryTarget::Device(DeviceForm::SKF),
        DeliveryTarget::Device(DeviceForm::SDF_2012),
        DeliveryTarget::Cfca(CfcaForm::default()),
    ] {
        let mut rng = Counter::default();
        let wrapped = delivery
            .rewrap(&mut rng, recipient, &recipient.public_key(), target)
            .expect("it was opened");
        let read = EncryptionKeyDelivery::read(&wrapped.write()).expect("we read what we write");
        assert!(!matches!(read.form(), DeliveryForm::SignedAndEnveloped));
        let opened = read.open(recipient).expect("it is wrapped for this key");
        assert_eq!(opened.to_bytes(), key.to_bytes());
    }
}
