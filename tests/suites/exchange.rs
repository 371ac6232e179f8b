//! `sm2_key_exchange.json`.

use gm_pki_tests::suites::Outcome;
use serde_json::Value;

/// Until the exchange is there.
pub(crate) fn run(_: &Value) -> Outcome {
    Outcome::Skipped
}
