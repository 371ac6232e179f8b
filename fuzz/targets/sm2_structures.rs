//! SM2's own structures: what can be read is written as it came.
#![no_main]

use der::{Reader, SliceReader};
use gm_crypto::sm2::{Ciphertext, DerSignature, EnvelopedKey};
use gm_pki_fuzz::{parties::key, tally};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|octets: &[u8]| {
    let signature = DerSignature::from_der(octets);
    let ciphertext = Ciphertext::from_der(octets);
    let raw = Ciphertext::from_c1c3c2(octets);
    let envelope = EnvelopedKey::from_der(octets);
    tally(signature.is_ok() || ciphertext.is_ok() || raw.is_ok() || envelope.is_ok());

    if let Ok(signature) = signature {
        assert_eq!(signature.to_der(), octets);
    }
    if let Ok(ciphertext) = ciphertext {
        assert_eq!(ciphertext.to_der(), octets);
        let _ = key("subscriber").secret_key().decrypt(&ciphertext);
    }
    if let Ok(raw) = raw {
        assert_eq!(raw.to_c1c3c2(), octets);
    }
    if let Ok(envelope) = envelope {
        // The cipher has several spellings and is written in one.
        let written = envelope.to_der();
        assert_eq!(behind_the_cipher(&written), behind_the_cipher(octets));
        let again = EnvelopedKey::from_der(&written).expect("we read what we write");
        assert_eq!(again, envelope);
        let _ = envelope.open(key("subscriber").secret_key());
    }
});

fn behind_the_cipher(envelope: &[u8]) -> &[u8] {
    let read = || -> der::Result<&[u8]> {
        SliceReader::new(envelope)?.sequence(|reader| {
            reader.tlv_bytes()?;
            reader.read_slice(reader.remaining_len())
        })
    };
    read().expect("it was read before")
}
