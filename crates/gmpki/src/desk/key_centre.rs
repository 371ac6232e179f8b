//! Where a desk has its encryption keys from.

use super::Settings;
use crate::{demo::folder::Folder, failure::Failure, keys, names, output};
use gm_crypto::pki::{SpkiOptions, encode_pem};
use hsm::{Error, KeyAlgorithm, KeyLabel, SoftToken, Token};
use lifecycle::{
    key_centre::{RemoteKeyCentre, transport::TcpTransport},
    ports::{KeyCentre, SystemClock, TokenKeyCentre},
};
use std::{fs, path::Path, time::Duration};

/// The label of the key that signs requests to a centre. It is none of the CA's: what signs
/// certificates signs nothing else.
const CLIENT: &str = "key-centre-client";
/// The file of its public half, for the centre.
const CLIENT_FILE: &str = "key-centre-client.pem";
/// For how long a centre is waited for.
const TIMEOUT: Duration = Duration::from_secs(20);

/// The centre that the settings name, or the folder's own archive.
pub(super) fn of(
    settings: &Settings,
    folder: &Folder,
    token: &dyn Token,
) -> Result<Box<dyn KeyCentre>, Failure> {
    let Some(centre) = &settings.key_centre else {
        let archive = SoftToken::open(folder.key_centre(), folder.own_password()?)?;
        return Ok(Box::new(TokenKeyCentre::new(archive)));
    };
    let label = KeyLabel::new(CLIENT)?;
    let key = match token.key(&label) {
        Err(Error::NoSuchKey { .. }) => token.generate(&label, KeyAlgorithm::Sm2),
        found => found,
    }?;
    let file = folder.file(CLIENT_FILE)?;
    let pem = encode_pem("PUBLIC KEY", key.public_key().as_bytes());
    // One of an earlier key would be taken to the centre, and the desk then be a stranger there.
    if !is_in(&file, pem.as_bytes()) {
        output::replace(&file, pem.as_bytes())?;
    }
    let (public_key, _) = keys::public_key_in(centre.key.as_bytes(), SpkiOptions::default())?;
    // The clock of the machine, on a rehearsal too: the centre compares it with its own.
    let remote = RemoteKeyCentre::new(
        TcpTransport::new(centre.address, TIMEOUT),
        key,
        &names::subject(&settings.name)?,
        public_key,
        SystemClock::default(),
    )?;
    Ok(Box::new(remote))
}

/// Whether a file is these octets and no more.
fn is_in(file: &Path, octets: &[u8]) -> bool {
    let length = fs::metadata(file).map(|file| file.len());
    length.is_ok_and(|length| length == octets.len() as u64)
        && fs::read(file).is_ok_and(|found| found == octets)
}
