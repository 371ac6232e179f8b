//! How fast it signs: `cargo test --release -p softdevice-pkcs11 speed -- --ignored --nocapture`.

use crate::*;
use getrandom::SysRng;
use gm_crypto::sm2::{SecretKey, SigningKey, UserId};
use std::{
    thread,
    time::{Duration, Instant},
};

const SIGN: u64 = 0x8000_8000;

/// Calls of `sign` in a second.
fn rate(mut sign: impl FnMut()) -> f64 {
    const TIME: Duration = Duration::from_secs(2);
    let start = Instant::now();
    let mut count = 0_u32;
    while start.elapsed() < TIME {
        for _ in 0..100 {
            sign();
        }
        count += 100;
    }
    f64::from(count) / start.elapsed().as_secs_f64()
}

#[test]
#[ignore = "takes seconds, and says something in release code alone"]
fn speed_of_sm2_signatures() {
    let token = Token::new();
    let session = token.user_session();
    let (_, private) = session
        .generate_key_pair(&vendor(0x8000_8001), &[], &[Attribute::Token(true)])
        .unwrap();
    let bare = SigningKey::new(SecretKey::generate(&mut SysRng).unwrap(), UserId::default());
    let library = rate(|| {
        bare.sign_digest_hedged(&mut SysRng, &[7; 32]).unwrap();
    });
    let through = |session: &Session| {
        rate(|| {
            session.sign(&vendor(SIGN), private, &[7; 32]).unwrap();
        })
    };
    let one = through(&session);
    let two: f64 = thread::scope(|scope| {
        let threads = [(); 2].map(|()| scope.spawn(|| through(&token.session())));
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .sum()
    });
    println!(
        "bare library {library:.0}/s; PKCS#11 one thread {one:.0}/s, two {two:.0}/s ({:.2} times); \
         {:.1} us more for a call",
        two / one,
        1e6 / one - 1e6 / library,
    );
    assert!(one >= 25_000.0, "{one:.0}/s");
}
