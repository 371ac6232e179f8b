//! However long the content, memory stays as it is; and how fast it goes.
//!
//! `GM_PKI_STREAM` is the length of the content in mebibytes; `tests/campaign stream` sets it
//! to 2048.

use super::*;
use gm_crypto::{
    message::UnverifiedSignedData,
    sm3::{Sm3, digest::Digest},
};
use gm_pki_tests::streams::{Expecting, Source};
use std::{
    fs::{self, File},
    io::{BufWriter, Seek},
    time::Instant,
};

const MIB: u64 = 1 << 20;
/// The most that the heap may grow.
const LIMIT: usize = 32 << 20;

fn length() -> u64 {
    let mebibytes = std::env::var("GM_PKI_STREAM").map_or(64, |said| said.parse().unwrap());
    // Not a whole number of anything.
    mebibytes * MIB + 12_345
}

/// Runs `work` over as many octets, prints how fast it went, and checks the heap.
///
/// Of the two speeds the first counts seconds on the clock, the second those in which this
/// thread had a processor: what the first would be on a machine that does nothing else.
fn measured<T>(name: &str, octets: u64, work: impl FnOnce() -> T) -> T {
    let (start, on_processor) = (Instant::now(), processor_time());
    let (result, peak) = HEAP.peak_of(work);
    let speed = |seconds: f64| format!("{:.0} MB/s", octets as f64 / seconds / 1e6);
    let by_clock = speed(start.elapsed().as_secs_f64());
    let used = processor_time()
        .zip(on_processor)
        .map(|(end, start)| speed((end - start) as f64 / 1e9));
    println!(
        "{name:32} {by_clock:>10} by the clock, {:>10} of processor time, heap at most {} KiB",
        used.as_deref().unwrap_or("?"),
        peak / 1024
    );
    assert!(peak < LIMIT, "{name} took {peak} octets");
    result
}

/// Nanoseconds in which this thread had a processor, where the system tells.
fn processor_time() -> Option<u64> {
    let times = fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    times.split(' ').next()?.parse().ok()
}

/// The most memory that this process has had resident, in KiB, where the system tells.
fn resident() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix(" kB")?.parse().ok()
}

#[test]
fn memory_is_the_same_however_long_the_content() {
    let length = length();
    let partner = Partner::default();
    let bob = [&BOB.certificate[..]];
    let mut file = tempfile::tempfile().unwrap();
    println!("{} MiB", length / MIB);

    // The bound of what is signed.
    measured("SM3 alone", length, || {
        let piece = content(1 << 17);
        let mut hash = Sm3::new();
        for _ in 0..length >> 17 {
            hash.update(&piece);
        }
        hash.finalize()
    });
    let detached = measured("sign_detached", length, || {
        let input = Source::new(length);
        stream::sign_detached(&mut SysRng, &partner, signer(), &ALICE.key, input).unwrap()
    });
    measured("verify_detached", length, || {
        let message = UnverifiedSignedData::from_der(&detached).unwrap();
        stream::verify_detached(message, alice(), Source::new(length)).unwrap()
    });

    let rewound = |file: &mut File| {
        file.rewind().unwrap();
        file.try_clone().unwrap()
    };
    measured("sign_and_encrypt", length, || {
        let output = BufWriter::new(rewound(&mut file));
        stream::sign_and_encrypt(
            &mut SysRng,
            &partner,
            signer(),
            &ALICE.key,
            &bob,
            Source::new(length),
            output,
        )
        .unwrap();
    });
    let input = rewound(&mut file);
    measured("decrypt_and_release_then_verify", length, || {
        let mut output = Expecting::new(length);
        stream::decrypt_and_release_then_verify(
            input,
            Dialect::Strict,
            None,
            BOB.secret(),
            alice(),
            &mut output,
        )
        .unwrap();
        assert_eq!(output.count(), length);
    });
    let input = rewound(&mut file);
    measured("decrypt_and_verify_then_release", length, || {
        let mut output = Expecting::new(length);
        stream::decrypt_and_verify_then_release(
            input,
            Dialect::Strict,
            None,
            BOB.secret(),
            alice(),
            &mut output,
        )
        .unwrap();
        assert_eq!(output.count(), length);
    });

    rewound(&mut file).set_len(0).unwrap();
    measured("sign_attached", length, || {
        let output = rewound(&mut file);
        let input = Source::new(length);
        stream::sign_attached(&mut SysRng, &partner, signer(), &ALICE.key, input, output).unwrap();
    });
    let input = rewound(&mut file);
    measured("verify_attached", length, || {
        stream::verify_attached(input, Dialect::Strict, alice()).unwrap()
    });
    if let Some(resident) = resident() {
        println!("resident memory of the whole process at most {resident} KiB");
        if std::env::var_os("GM_PKI_STREAM").is_some() {
            assert!(resident < (LIMIT / 1024) as u64, "{resident} KiB");
        }
    }
}
