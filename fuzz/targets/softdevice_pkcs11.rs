//! The C functions of the software device behind PKCS#11, in any order.
#![no_main]

use gm_pki_fuzz::tally;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|octets: &[u8]| tally(softdevice_pkcs11::fuzz_calls(octets) > 0));
