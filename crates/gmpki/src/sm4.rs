//! `gmpki sm4`.

mod modes;

use crate::{
    args::{Mode, Sm4Crypt, Sm4Keygen},
    failure::Failure,
    input,
    outcome::Outcome,
    output,
    sm3::hexadecimal,
};
use getrandom::{SysRng, rand_core::TryRng};
use gm_crypto::sm4::BLOCK_LENGTH;
use modes::Parameters;
use serde_json::json;
use std::path::Path;
use zeroize::Zeroizing;

pub(crate) fn keygen(args: &Sm4Keygen) -> Result<Outcome, Failure> {
    let mut key = Zeroizing::new([0; BLOCK_LENGTH]);
    SysRng.try_fill_bytes(key.as_mut_slice())?;
    let mut text = Zeroizing::new(hexadecimal(key.as_slice()));
    text.push('\n');
    output::write_secret(&args.out, text.as_bytes())?;
    let path = args.out.display().to_string();
    let text = format!("SM4 key, not encrypted: {path}");
    Ok(Outcome::new(text, json!({ "key": path })))
}

pub(crate) fn encrypt(args: &Sm4Crypt) -> Result<Outcome, Failure> {
    let given = check(args)?;
    let key = key(&args.key_file)?;
    let aad = associated_data(args)?;
    let text = Zeroizing::new(input::read(&args.file, input::DOCUMENT)?);
    let mut octets = Zeroizing::new(Vec::new());
    let iv = match given {
        Some(iv) => iv,
        None => {
            let mut iv = vec![0; iv_length(args.mode)];
            SysRng.try_fill_bytes(&mut iv)?;
            octets.extend_from_slice(&iv);
            iv
        }
    };
    let parameters = Parameters {
        key: &key,
        iv: &iv,
        aad: &aad,
        padding: !args.no_padding,
    };
    let ciphertext = modes::encrypt(args.mode, &parameters, &text).map_err(|_| {
        let reason = "not whole blocks of 16 octets, and --no-padding is given";
        Failure::file(&args.file, reason)
    })?;
    octets.extend_from_slice(&ciphertext);
    Outcome::octets("ciphertext", octets, args.out.as_deref())
}

pub(crate) fn decrypt(args: &Sm4Crypt) -> Result<Outcome, Failure> {
    let given = check(args)?;
    let key = key(&args.key_file)?;
    let aad = associated_data(args)?;
    let octets = input::read(&args.file, input::DOCUMENT + input::OVERHEAD)?;
    let (iv, ciphertext) = match &given {
        Some(iv) => (&iv[..], &octets[..]),
        None => octets
            .split_at_checked(iv_length(args.mode))
            .ok_or_else(|| {
                let reason = "too short: the initial vector should stand in front";
                Failure::file(&args.file, reason)
            })?,
    };
    let parameters = Parameters {
        key: &key,
        iv,
        aad: &aad,
        padding: !args.no_padding,
    };
    let text = modes::decrypt(args.mode, &parameters, ciphertext).map_err(|_| {
        let reason = match args.mode {
            Mode::Gcm | Mode::Ccm => "not authentic under this key, nonce and associated data",
            _ if args.no_padding => "not whole blocks of 16 octets, and --no-padding is given",
            _ => "another key, or damaged: the padding is wrong",
        };
        Failure::file(&args.file, reason)
    })?;
    Outcome::text(text, args.out.as_deref())
}

/// What the arguments can't say together; gives the initial vector if there is one.
fn check(args: &Sm4Crypt) -> Result<Option<Vec<u8>>, Failure> {
    let usage = |message: &str| Err(Failure::Usage(message.into()));
    let mut files: Vec<&Path> = vec![&args.key_file, &args.file];
    files.extend(args.aad.as_deref());
    input::at_most_one_is_standard_input(&files)?;
    if args.aad.is_some() && !matches!(args.mode, Mode::Gcm | Mode::Ccm) {
        return usage("--aad goes with --mode gcm or ccm: the other modes are not authentic");
    }
    if args.no_padding && !matches!(args.mode, Mode::Cbc | Mode::Ecb) {
        return usage("--no-padding goes with --mode cbc or ecb: the other modes do not pad");
    }
    let Some(digits) = &args.iv else {
        return Ok(None);
    };
    let wanted = iv_length(args.mode);
    if wanted == 0 {
        return usage("--iv does not go with --mode ecb");
    }
    match input::from_hexadecimal(digits.as_bytes()) {
        Some(iv) if iv.len() == wanted => Ok(Some(iv.to_vec())),
        _ => {
            let digits = 2 * wanted;
            usage(&format!(
                "--iv takes {wanted} octets in this mode, {digits} hexadecimal digits"
            ))
        }
    }
}

/// Octets of the initial vector or nonce.
fn iv_length(mode: Mode) -> usize {
    match mode {
        Mode::Ecb => 0,
        Mode::Gcm | Mode::Ccm => modes::NONCE_LENGTH,
        Mode::Cbc | Mode::Ctr | Mode::Ofb | Mode::Cfb => BLOCK_LENGTH,
    }
}

/// 16 octets as they are, or 32 hexadecimal digits and the end of a line.
pub(crate) fn key(path: &Path) -> Result<Zeroizing<[u8; BLOCK_LENGTH]>, Failure> {
    let octets = input::read_key(path)?;
    let bare = if octets.len() == BLOCK_LENGTH {
        Some(octets)
    } else {
        input::from_hexadecimal(octets.trim_ascii_end())
    };
    let key = bare.and_then(|octets| Some(Zeroizing::new(octets.as_slice().try_into().ok()?)));
    key.ok_or_else(|| {
        let reason = "no SM4 key: neither 16 octets nor 32 hexadecimal digits";
        Failure::file(path, reason)
    })
}

fn associated_data(args: &Sm4Crypt) -> Result<Vec<u8>, Failure> {
    match &args.aad {
        Some(path) => input::read(path, input::DOCUMENT),
        None => Ok(Vec::new()),
    }
}
