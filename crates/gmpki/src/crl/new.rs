//! `gmpki crl new`.

use super::revoked;
use crate::{
    args::{CrlNew, OnlyName, Parameters},
    authority, cert,
    failure::Failure,
    input, moment,
    outcome::Outcome,
    output::{self, Readers},
};
use cert_profile::{
    CrlDraft, CrlNumber, IssuingDistributionPoint, OnlyContains, Profile, SignatureParameters,
};
use gm_crypto::pki;
use hsm::KeyHandle;
use serde_json::json;
use std::path::Path;
use x509_cert::serial_number::SerialNumber;

pub(crate) fn new(args: &CrlNew) -> Result<Outcome, Failure> {
    let mut paths: Vec<&Path> = vec![&args.issuer];
    paths.extend(args.key.file());
    paths.extend(args.revoked.iter().map(|path| &**path));
    input::at_most_one_is_standard_input(&paths)?;
    let number = number("--number", &args.number)?;
    let this_update = moment::or_now("--this-update", args.this_update.as_deref())?;
    let next_update = match (&args.next_update, args.days) {
        (Some(text), _) => moment::parse("--next-update", text)?,
        (None, days) => moment::days_after(this_update, days.unwrap_or_default())?,
    };
    let shard = shard(args)?;
    let issuer = authority::issuer(&args.issuer)?;
    let key = authority::key_of(&issuer, &args.key)?;

    let mut draft = CrlDraft::new(&issuer, number, this_update, next_update);
    let base = args.delta_of.as_deref();
    let base = base
        .map(|text| self::number("--delta-of", text))
        .transpose()?;
    if let Some(base) = base {
        draft = draft.delta_to(base);
    }
    if let Some(point) = point(args, shard.as_ref())? {
        draft = draft.distribution_point(point);
    }
    let belongs = |serial: &SerialNumber| {
        let mine = shard.as_ref();
        mine.is_none_or(|(profile, number)| profile.shard(serial) == Some(*number))
    };
    draft = draft.shard(&belongs);
    if !args.freshest.is_empty() {
        draft = draft.freshest(&args.freshest)?;
    }
    if let Some(parameters) = args.parameters {
        draft = draft.signature_parameters(match parameters {
            Parameters::Absent => SignatureParameters::Absent,
            Parameters::Null => SignatureParameters::Null,
        });
    }
    let mut list = draft.begin()?;
    let mut count: u64 = 0;
    for path in &args.revoked {
        revoked::each(path, |entry| {
            list.push(&entry)?;
            count += 1;
            Ok(())
        })?;
    }
    let prepared = list.finish()?;
    let signature = key.sign(prepared.tbs())?;
    let crl = prepared.attach(&signature)?;

    let mut json = json!({
        "number": number.to_string(),
        "delta_of": base.map(|base| base.to_string()),
        "entries": count,
        "this_update": this_update.to_string(),
        "next_update": next_update.to_string(),
    });
    let Some(out) = &args.out else {
        let pem = pki::encode_pem(input::CRL[0], &crl);
        json["crl"] = pem.as_str().into();
        return Ok(Outcome::new(pem, json));
    };
    if args.der {
        output::write(out, &crl, Readers::AsUsual)?;
    } else {
        let pem = pki::encode_pem(input::CRL[0], &crl);
        output::write(out, pem.as_bytes(), Readers::AsUsual)?;
    }
    let path = out.display().to_string();
    let kind = match base {
        None => "list".to_owned(),
        Some(base) => format!("delta to {base}"),
    };
    let text = format!(
        "{:<12} {path}\nnumber:      {number}\nentries:     {count}\n\
         valid:       {this_update} to {next_update}",
        format!("{kind}:")
    );
    json["file"] = path.into();
    Ok(Outcome::new(text, json))
}

/// The profile whose shard the list is, and the shard's number.
fn shard(args: &CrlNew) -> Result<Option<(Profile, u32)>, Failure> {
    let (Some(name), Some(number)) = (&args.profile, args.shard) else {
        return Ok(None);
    };
    let profile = cert::profile(name)?;
    match profile.shards() {
        Some(count) if number < count => Ok(Some((profile, number))),
        Some(count) => Err(Failure::Usage(format!(
            "--shard {number}: the profile has shards 0 to {}",
            count - 1
        ))),
        None => Err(Failure::Usage(format!(
            "--shard {number}: the profile {name} has no crl_shards"
        ))),
    }
}

/// The certificates that the list is limited to.
fn point(
    args: &CrlNew,
    shard: Option<&(Profile, u32)>,
) -> Result<Option<IssuingDistributionPoint>, Failure> {
    let urls = match shard {
        Some((profile, number)) => profile.crl_urls(*number),
        None => args.url.clone(),
    };
    let only = args.only.map(|only| match only {
        OnlyName::User => OnlyContains::UserCerts,
        OnlyName::Ca => OnlyContains::CaCerts,
    });
    Ok(match (urls.is_empty(), only) {
        (true, None) => None,
        (true, Some(only)) => Some(IssuingDistributionPoint::of(only)),
        (false, None) => Some(IssuingDistributionPoint::at(&urls)?),
        (false, Some(only)) => Some(IssuingDistributionPoint::at(&urls)?.only(only)),
    })
}

fn number(option: &str, text: &str) -> Result<CrlNumber, Failure> {
    text.parse()
        .map_err(|error| Failure::Usage(format!("{option} {text:?}: {error}")))
}
