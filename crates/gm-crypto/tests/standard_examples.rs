//! The examples that the standards print.

use core::convert::Infallible;
use gm_crypto::{
    sm2::{
        Ciphertext, DerSignature, PublicKey, SecretKey, SigningKey, UserId, VerifyingKey,
        exchange::{Initiator, Responder},
    },
    sm3,
    sm4::{
        Sm4,
        cipher::{BlockCipherEncrypt, KeyInit},
    },
};
use rand_core::{TryCryptoRng, TryRng};
use signature::Verifier;

/// The key pair of GB/T 32918.5-2017, annex A.
const D: &str = "3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8";
const P: &str = "0409f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020\
                 ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13";

fn octets(hexadecimal: &str) -> Vec<u8> {
    let digit = |c: char| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let digits: Option<Vec<u8>> = hexadecimal.chars().map(digit).collect();
    let digits = digits.expect("hexadecimal digits");
    digits
        .chunks(2)
        .map(|pair| pair[0] << 4 | pair[1])
        .collect()
}

fn array<const N: usize>(hexadecimal: &str) -> [u8; N] {
    octets(hexadecimal)
        .try_into()
        .expect("as many octets as the type says")
}

#[test]
fn the_public_key_belongs_to_the_private_one() {
    let key = SecretKey::from_bytes(&array(D)).unwrap();
    assert_eq!(key.public_key().to_uncompressed()[..], octets(P));
}

// GB/T 32918.5-2017, annex A.2.
#[test]
fn the_signature_of_the_standard_verifies_by_its_own_intermediate_values() {
    let key = PublicKey::from_uncompressed(&octets(P)).unwrap();
    let key = VerifyingKey::new(key, &UserId::default());
    let za = "b2e14c5c79c6df5b85f4fe7ed8db7a262b9da7e07ccb0ea9f4747b8ccda8a4f3";
    assert_eq!(key.za().as_bytes()[..], octets(za));
    let message = b"message digest";
    let e = "f0b43e94ba45accaace692ed534382eb17e6ab5a19ce7b31f4486fdfc0d28640";
    assert_eq!(key.za().digest(message)[..], octets(e));
    let signature: [u8; 64] = array(
        "f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3\
         b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa",
    );
    let signature = DerSignature::try_from(&signature).unwrap();
    key.verify(message, &signature).unwrap();
    assert!(key.verify(b"message digesu", &signature).is_err());
}

// GB/T 32918.5-2017, annex A.3.
#[test]
fn the_ciphertext_of_the_standard_decrypts() {
    let key = SecretKey::from_bytes(&array(D)).unwrap();
    let ciphertext = octets(
        "0404ebfc718e8d1798620432268e77feb6415e2ede0e073c0f4f640ecd2e149a73\
         e858f9d81e5430a57b36daab8f950a3c64e6ee6a63094d99283aff767e124df0\
         59983c18f809e262923c53aec295d30383b54e39d609d160afcb1908d0bd8766\
         21886ca989ca9c7d58087307ca93092d651efa",
    );
    let ciphertext = Ciphertext::from_c1c3c2(&ciphertext).unwrap();
    assert_eq!(
        key.decrypt(&ciphertext).unwrap()[..],
        *b"encryption standard"
    );
}

// GB/T 32905-2016, annex A.
#[test]
fn the_digests_of_the_standard() {
    let abc = "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0";
    assert_eq!(sm3::digest(b"abc")[..], octets(abc));
    let long = "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732";
    assert_eq!(sm3::digest(&b"abcd".repeat(16))[..], octets(long));
}

// GB/T 32907-2016, annex A.2.
#[test]
fn a_million_encryptions_of_the_standard() {
    let key: [u8; 16] = array("0123456789abcdeffedcba9876543210");
    let cipher = Sm4::new(&key.into());
    let mut block = key.into();
    for _ in 0..1_000_000 {
        cipher.encrypt_block(&mut block);
    }
    assert_eq!(block[..], octets("595298c7c6fd271f0402f804c33d3f66"));
}

/// A source that gives the octets of the example.
struct Fixed([u8; 32]);

impl TryRng for Fixed {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        unreachable!("keys are drawn as octets")
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        unreachable!("keys are drawn as octets")
    }

    fn try_fill_bytes(&mut self, octets: &mut [u8]) -> Result<(), Infallible> {
        octets.copy_from_slice(&self.0);
        Ok(())
    }
}

impl TryCryptoRng for Fixed {}

// GB/T 32918.5-2017, annex A.4.
#[test]
fn both_sides_of_the_example_agree_on_its_key() {
    let party = |d| SigningKey::new(SecretKey::from_bytes(&array(d)).unwrap(), UserId::default());
    let a = party("81eb26e941bb5af16df116495f90695272ae2cd63d6c4ae1678418be48230029");
    let b = party("785129917d45a9ea5437a59356b82338eaadda6ceb199088f14ae10defa229b5");
    let mut r_a = Fixed(array(
        "d4de15474db74d06491c440d305e012400990f3e390c7e87153c12db2ea60bb3",
    ));
    let mut r_b = Fixed(array(
        "7e07124814b309489125eaed101113164ebf0f3458c5bd88335c1f9d596243d6",
    ));
    let (initiator, point_a) = Initiator::start(&mut r_a, &a).unwrap();
    let (responder, point_b, s_b) =
        Responder::answer(&mut r_b, &b, a.verifying_key(), &point_a, 16).unwrap();
    assert_eq!(
        s_b[..],
        octets("d3a0fe15dee185ceae907a6b595cc32a266ed7b3367e9983a896dc32fa20f8eb")
    );
    let (key, s_a) = initiator
        .confirm(b.verifying_key(), &point_b, 16, &s_b)
        .unwrap();
    assert_eq!(key[..], octets("6c89347354de2484c60b4ab1fde4c6e5"));
    assert_eq!(
        s_a[..],
        octets("18c7894b3816df16cf07b05c5ec0bef5d655d58f779cc1b400a4f3884644db88")
    );
    assert_eq!(*responder.confirm(&s_a).unwrap(), *key);
}
