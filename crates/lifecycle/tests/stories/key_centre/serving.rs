//! A centre behind its socket: what goes wrong in one conversation ends with it.

use super::{Party, Serving, Site, number};
use der::{Document, asn1::BitString};
use hsm::{KeyHandle, SoftKey};
use lifecycle::key_centre::{Fault, transport::TcpTransport};
use spki::AlgorithmIdentifierOwned;
use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    time::Duration,
};

/// A key whose driver panics the first times.
#[derive(Debug)]
struct Breaking {
    key: SoftKey,
    times: AtomicUsize,
}

impl KeyHandle for Breaking {
    fn public_key(&self) -> &Document {
        self.key.public_key()
    }

    fn algorithm(&self) -> AlgorithmIdentifierOwned {
        self.key.algorithm()
    }

    fn sign(&self, message: &[u8]) -> Result<BitString, hsm::Error> {
        let left = self.times.load(Relaxed);
        if left > 0 {
            self.times.store(left - 1, Relaxed);
            panic!("the driver's defect");
        }
        self.key.sign(message)
    }
}

#[test]
fn a_conversation_that_panics_costs_no_other_its_place() {
    let site = Site::new();
    let key = Breaking {
        key: site.centre.handle(),
        times: AtomicUsize::new(3),
    };
    // One place: were it lost, nobody would be answered again.
    let serving = Serving::with(&site, key, 1);
    let line = TcpTransport::new(serving.address, Duration::from_secs(5));
    let (client, zhang) = (site.client(line), Party::new());
    let apply = || client.apply(number("zhang.san"), &zhang.public());
    for _ in 0..3 {
        let broken = apply();
        assert!(matches!(broken, Err(Fault::NoAnswer)), "{broken:?}");
    }
    let key = apply().unwrap();
    assert_eq!(apply().unwrap(), key);
    assert_eq!(site.open().examine(None).unwrap().keys, 1);
    let faults = Arc::clone(&serving.faults);
    // It ends as it should, too.
    drop(serving);
    assert_eq!(*faults.lock().unwrap(), ["Panicked"; 3]);
}
