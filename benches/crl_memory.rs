//! The memory and the time that a CRL with a million entries takes: built, signed, and read
//! back. The most that the process ever had resident is its own `VmHWM`.

use cert_profile::{CertRequest, CrlDraft, CrlReader, Issuer, Profile, Reason, RevokedEntry};
use hsm::{KeyHandle, SoftKey};
use spki::SubjectPublicKeyInfoOwned;
use std::{error::Error, fs, time::Instant};
use x509_cert::{der::DateTime, serial_number::SerialNumber};

fn main() -> Result<(), Box<dyn Error>> {
    let now: DateTime = "2026-07-01T08:00:00Z".parse()?;
    let (this, next) = (
        "2026-07-02T00:00:00Z".parse()?,
        "2026-07-03T00:00:00Z".parse()?,
    );
    let key = SoftKey::generate()?;
    let spki: SubjectPublicKeyInfoOwned = key.public_key().decode_msg()?;
    let request = CertRequest::new("CN=根,O=示例,C=CN".parse()?, spki);
    let issuer = Issuer::self_signed(&request, key.algorithm());
    let profile = Profile::shipped("root-ca").ok_or("it is shipped")?;
    let prepared = profile.prepare(&issuer, &request, &1u8.into(), now)?;
    let signature = key.sign(prepared.tbs())?;
    let issuer = Issuer::from_certificate(&prepared.attach(&signature)?)?;
    println!("before: {}", resident());

    // In no order, so that serial numbers that stand twice are looked for in the dearest way.
    let entry = |index: u64| {
        let number = u128::from(index + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835);
        let serial = SerialNumber::new(&(1 << 124 | number >> 8).to_be_bytes());
        let serial = serial.expect("16 octets");
        RevokedEntry::new(serial, now, Reason::KeyCompromise)
    };
    let start = Instant::now();
    let draft = CrlDraft::new(&issuer, 7u64, this, next);
    let prepared = draft.prepare((0..1_000_000).map(entry))?;
    let built = start.elapsed();
    let signature = key.sign(prepared.tbs())?;
    let crl = prepared.attach(&signature)?;
    println!(
        "built in {built:?}, built and signed in {:?}",
        start.elapsed()
    );
    println!("{} octets; after: {}", crl.len(), resident());

    let start = Instant::now();
    let count = CrlReader::from_der(&crl)?.entries().flatten().count();
    println!("{count} entries read back in {:?}", start.elapsed());
    println!("at the end: {}", resident());
    Ok(())
}

fn resident() -> String {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    line.map_or("no VmHWM on this system".into(), |line| {
        line.replace('\t', " ")
    })
}
