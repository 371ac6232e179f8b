//! SM2.

use super::{KnownAnswer, Trial, hex};
use crate::{
    Error, Result,
    sm2::{
        Ciphertext, DerSignature, EnvelopedKey, PreparedVerifyingKey, PublicKey, RawSignature,
        SecretKey, SigningKey, TableSize, UserId, VerifyingKey,
        exchange::{Initiator, Responder},
    },
    sm3::digest,
};
use core::convert::Infallible;
use rand_core::{TryCryptoRng, TryRng};

pub(super) const ALL: &[KnownAnswer] = &[
    KnownAnswer {
        name: "sm2-public-key",
        run: public_key,
    },
    KnownAnswer {
        name: "sm2-sign",
        run: sign,
    },
    KnownAnswer {
        name: "sm2-verify",
        run: verify,
    },
    KnownAnswer {
        name: "sm2-encrypt",
        run: encrypt,
    },
    KnownAnswer {
        name: "sm2-decrypt",
        run: decrypt,
    },
    KnownAnswer {
        name: "sm2-key-exchange",
        run: exchange,
    },
    KnownAnswer {
        name: "sm2-enveloped-key",
        run: envelope,
    },
];

// GB/T 32918.5-2017, annex A: the key pair.
const D: [u8; 32] = hex("3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8");
const P: [u8; 65] = hex(
    "0409f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020\
     ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13",
);
const SIGNED: &[u8] = b"message digest";

fn secret() -> Result<SecretKey> {
    SecretKey::from_bytes(&D)
}

fn public_key(trial: &mut Trial) -> Result<()> {
    trial.equal(&secret()?.public_key().to_uncompressed(), &P);
    trial.holds(PublicKey::from_uncompressed(&P)? == secret()?.public_key());
    let [rows @ .., last] = P;
    let off_the_curve: [u8; 65] =
        core::array::from_fn(|index| *rows.get(index).unwrap_or(&(last ^ 1)));
    trial.holds(PublicKey::from_uncompressed(&off_the_curve).is_err());
    Ok(())
}

/// The nonce is RFC 6979's with HMAC-SM3; crate `sm2` 0.14 makes the same signature.
fn sign(trial: &mut Trial) -> Result<()> {
    const SIGNATURE: [u8; 64] = hex(RFC6979);
    let key = SigningKey::new(secret()?, UserId::default());
    let e = key.verifying_key().za().digest(SIGNED);
    let signature = key.sign_digest(&e)?;
    trial.equal(RawSignature::from(signature).as_bytes(), &SIGNATURE);
    // The paths of hedged nonces and of batches, for random octets that are none.
    let hedged = key.sign_digest_hedged(&mut Fixed(D), &e)?;
    key.verifying_key().verify_digest(&e, &hedged)?;
    let batch = key.sign_digests(&mut Fixed(D), &[e, e])?;
    trial.holds(batch.len() == 2 && batch[0] == hedged);
    for signature in &batch {
        key.verifying_key().verify_digest(&e, signature)?;
    }
    Ok(())
}

const RFC6979: &str = "24858ee71d63e687feefe41f5af80a59f0791eb1dabc2bbe71daf0e57f06c367\
     3d15550de52785a435004c937256ac715c0e04176ac57062c6722fa692f7a491";

// GB/T 32918.5-2017, annex A.2.
fn verify(trial: &mut Trial) -> Result<()> {
    const E: [u8; 32] = hex("f0b43e94ba45accaace692ed534382eb17e6ab5a19ce7b31f4486fdfc0d28640");
    const SIGNATURE: [u8; 64] = hex(
        "f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3\
         b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa",
    );
    let key = PublicKey::from_uncompressed(&P)?;
    let key = VerifyingKey::new(key, &UserId::default());
    let e = key.za().digest(SIGNED);
    trial.equal(&e, &E);
    let signature = DerSignature::try_from(&SIGNATURE)?;
    let mut other = E;
    other[31] ^= 1;
    trial.holds(key.verify_digest(&e, &signature).is_ok());
    trial.holds(key.verify_digest(&other, &signature).is_err());
    let prepared = PreparedVerifyingKey::new(&key, TableSize::Small);
    trial.holds(prepared.verify_digest(&e, &signature).is_ok());
    trial.holds(prepared.verify_digest(&other, &signature).is_err());
    Ok(())
}

// GB/T 32918.5-2017, annex A.3.
const K: [u8; 32] = hex("59276e27d506861a16680f3ad9c02dccef3cc1fa3cdbe4ce6d54b80deac1bc21");
const PLAINTEXT: &[u8] = b"encryption standard";
const CIPHERTEXT: [u8; 116] = hex(
    "0404ebfc718e8d1798620432268e77feb6415e2ede0e073c0f4f640ecd2e149a73\
     e858f9d81e5430a57b36daab8f950a3c64e6ee6a63094d99283aff767e124df0\
     59983c18f809e262923c53aec295d30383b54e39d609d160afcb1908d0bd8766\
     21886ca989ca9c7d58087307ca93092d651efa",
);

fn encrypt(trial: &mut Trial) -> Result<()> {
    let ciphertext = PublicKey::from_uncompressed(&P)?.encrypt(&mut Fixed(K), PLAINTEXT)?;
    trial.equal(&ciphertext.to_c1c3c2(), &CIPHERTEXT);
    Ok(())
}

fn decrypt(trial: &mut Trial) -> Result<()> {
    let key = secret()?;
    let ciphertext = Ciphertext::from_c1c3c2(&CIPHERTEXT)?;
    trial.equal(&key.decrypt(&ciphertext)?, PLAINTEXT);
    let mut changed = CIPHERTEXT;
    changed[115] ^= 1;
    let changed = Ciphertext::from_c1c3c2(&changed)?;
    trial.holds(key.decrypt(&changed).is_err());
    Ok(())
}

// GB/T 32918.5-2017, annex A.4.
fn exchange(trial: &mut Trial) -> Result<()> {
    const D_A: [u8; 32] = hex("81eb26e941bb5af16df116495f90695272ae2cd63d6c4ae1678418be48230029");
    const D_B: [u8; 32] = hex("785129917d45a9ea5437a59356b82338eaadda6ceb199088f14ae10defa229b5");
    const R_A: [u8; 32] = hex("d4de15474db74d06491c440d305e012400990f3e390c7e87153c12db2ea60bb3");
    const R_B: [u8; 32] = hex("7e07124814b309489125eaed101113164ebf0f3458c5bd88335c1f9d596243d6");
    const KEY: [u8; 16] = hex("6c89347354de2484c60b4ab1fde4c6e5");
    const S_B: [u8; 32] = hex("d3a0fe15dee185ceae907a6b595cc32a266ed7b3367e9983a896dc32fa20f8eb");
    const S_A: [u8; 32] = hex("18c7894b3816df16cf07b05c5ec0bef5d655d58f779cc1b400a4f3884644db88");
    let party = |d| {
        Ok::<_, Error>(SigningKey::new(
            SecretKey::from_bytes(d)?,
            UserId::default(),
        ))
    };
    let (a, b) = (party(&D_A)?, party(&D_B)?);
    let (initiator, r_a) = Initiator::start(&mut Fixed(R_A), &a)?;
    let (responder, r_b, s_b) =
        Responder::answer(&mut Fixed(R_B), &b, a.verifying_key(), &r_a, KEY.len())?;
    trial.equal(&s_b, &S_B);
    let (key, s_a) = initiator.confirm(b.verifying_key(), &r_b, KEY.len(), &s_b)?;
    trial.equal(&key, &KEY);
    trial.equal(&s_a, &S_A);
    trial.equal(&responder.confirm(&s_a)?, &KEY);
    Ok(())
}

/// The key pair of the standard wrapped for itself, K as random octets: the SM4 key is its
/// first half. Known by SM2's formulas in Python and by OpenSSL's SM3 and SM4.
fn envelope(trial: &mut Trial) -> Result<()> {
    const SCALAR: [u8; 32] =
        hex("c5febea098c09c41e2c54ec5757dd3328e942942a7aab3cdefcb5d62d33229f8");
    const DER: [u8; 32] = hex("e7df4e32ae314679e88a5beb09e3702d6259cd8b4db13b2bf585b01bb6f5b31b");
    let key = secret()?;
    let sealed = EnvelopedKey::seal(&mut Fixed(K), &key.public_key(), &key)?;
    trial.equal(sealed.encrypted_scalar(), &SCALAR);
    trial.equal(&digest(&sealed.to_der()), &DER);
    let opened = EnvelopedKey::from_der(&sealed.to_der())?.open(&key)?;
    trial.equal(opened.to_bytes().as_slice(), &D);
    let other = SecretKey::from_bytes(&K)?;
    trial.holds(sealed.open(&other).is_err());
    Ok(())
}

/// A source whose octets are known: these 32, over and over, from the first at each call.
struct Fixed([u8; 32]);

impl TryRng for Fixed {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> core::result::Result<u32, Infallible> {
        let mut octets = [0; 4];
        self.try_fill_bytes(&mut octets)?;
        Ok(u32::from_le_bytes(octets))
    }

    fn try_next_u64(&mut self) -> core::result::Result<u64, Infallible> {
        let mut octets = [0; 8];
        self.try_fill_bytes(&mut octets)?;
        Ok(u64::from_le_bytes(octets))
    }

    fn try_fill_bytes(&mut self, octets: &mut [u8]) -> core::result::Result<(), Infallible> {
        for (octet, known) in octets.iter_mut().zip(self.0.iter().cycle()) {
            *octet = *known;
        }
        Ok(())
    }
}

impl TryCryptoRng for Fixed {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crate_sm2_makes_the_known_signature() {
        use signature::Signer;
        let theirs = sm2::dsa::SigningKey::from_slice("1234567812345678", &D).unwrap();
        let signature: sm2::dsa::Signature = theirs.sign(SIGNED);
        assert_eq!(signature.to_bytes()[..], hex::<64>(RFC6979));
    }
}
