//! `gmpki audit`.

use crate::{failure::Failure, outcome::Outcome, sm3::hexadecimal};
use lifecycle::{SqliteStore, audit};
use serde_json::json;
use std::path::Path;

pub(crate) fn verify(path: &Path) -> Result<Outcome, Failure> {
    let store = SqliteStore::open_read_only(path)?;
    store.check_file()?;
    let report = audit::verify(&store).map_err(|source| Failure::file(path, source))?;
    let digest = hexadecimal(&report.digest);
    let text = format!(
        "audit: good\n\
         records:       {}, chained by SM3 up to {digest}\n\
         cases:         {}\n\
         authorities:   {}\n\
         certificates:  {}, each intended before it was signed\n\
         burnt serials: {}\n\
         CRLs:          {}\n\
         to be done:    {}",
        report.records,
        report.cases,
        report.authorities,
        report.certificates,
        report.burnt,
        report.crls,
        report.unsettled,
    );
    let json = json!({
        "records": report.records,
        "digest": digest,
        "cases": report.cases,
        "authorities": report.authorities,
        "certificates": report.certificates,
        "burnt": report.burnt,
        "crls": report.crls,
        "unsettled": report.unsettled,
    });
    Ok(Outcome::new(text, json))
}
