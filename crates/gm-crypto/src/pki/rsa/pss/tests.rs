//! Which identifiers are taken. Signatures that fit are made by OpenSSL, in the workspace's
//! own tests.

use super::*;
use alloc::vec::Vec;
use der::{Decode, Encode};

const ALL: [RsaPss; 3] = [RsaPss::SHA256, RsaPss::SHA384, RsaPss::SHA512];

/// RSASSA-PSS-params as they are written, each part if it is there.
fn parameters(
    hash: Option<RsaPss>,
    mask: Option<RsaPss>,
    salt: Option<u32>,
    trailer: Option<u32>,
) -> Vec<u8> {
    let digest = |algorithm: RsaPss| AlgorithmIdentifierRef {
        oid: algorithm.digest().0,
        parameters: Some(AnyRef::NULL),
    };
    let inner = mask.map(|algorithm| digest(algorithm).to_der().unwrap());
    let mask = inner.as_ref().map(|octets| AlgorithmIdentifierRef {
        oid: MGF1,
        parameters: Some(AnyRef::from_der(octets).unwrap()),
    });
    let parameters = Parameters {
        hash: hash.map(digest),
        mask,
        salt,
        trailer,
    };
    parameters.to_der().unwrap()
}

fn takes(algorithm: RsaPss, parameters: &[u8]) -> bool {
    let signature = AlgorithmIdentifierRef {
        oid: RSASSA_PSS,
        parameters: Some(AnyRef::from_der(parameters).unwrap()),
    };
    let key = AlgorithmIdentifierRef {
        oid: RSA_ENCRYPTION,
        parameters: Some(AnyRef::NULL),
    };
    algorithm.accepts(signature, key)
}

#[test]
fn one_digest_makes_hash_mask_and_salt() {
    for algorithm in ALL {
        for other in ALL {
            let (_, length) = other.digest();
            let own = parameters(Some(other), Some(other), Some(length), None);
            assert_eq!(takes(algorithm, &own), algorithm == other);
        }
        let (own, (_, length)) = (Some(algorithm), algorithm.digest());
        assert!(takes(
            algorithm,
            &parameters(own, own, Some(length), Some(1))
        ));
        // What is left out means SHA-1 and 20 octets.
        for other in [
            parameters(None, own, Some(length), None),
            parameters(own, None, Some(length), None),
            parameters(own, own, None, None),
            parameters(own, own, Some(20), None),
            parameters(own, own, Some(length), Some(2)),
            parameters(None, None, None, None),
        ] {
            assert!(!takes(algorithm, &other));
        }
    }
    let mixed = parameters(Some(ALL[0]), Some(ALL[1]), Some(32), None);
    assert!(ALL.iter().all(|algorithm| !takes(*algorithm, &mixed)));
}

#[test]
fn a_key_is_for_all_paddings_or_for_this_one() {
    let own = parameters(Some(ALL[0]), Some(ALL[0]), Some(32), None);
    let other = parameters(Some(ALL[1]), Some(ALL[1]), Some(48), None);
    let key = |oid, parameters| AlgorithmIdentifierRef { oid, parameters };
    let any = |octets| Some(AnyRef::from_der(octets).unwrap());
    for (key, is_taken) in [
        (key(RSA_ENCRYPTION, Some(AnyRef::NULL)), true),
        (key(RSA_ENCRYPTION, None), false),
        (key(RSASSA_PSS, None), true),
        (key(RSASSA_PSS, any(&own)), true),
        (key(RSASSA_PSS, any(&other)), false),
        (key(RSASSA_PSS, Some(AnyRef::NULL)), false),
        (key(MGF1, None), false),
    ] {
        assert_eq!(RsaPss::SHA256.takes_key(key), is_taken, "{key:?}");
    }
}
