//! Inputs of the target `path`: our own chain, and each case of the suites where they are at
//! hand; those go into the corpus, which git ignores.

use super::{Result, write};
use cert_profile::{CrlDraft, Issuer};
use gm_crypto::pki::decode_pem;
use gm_pki_fuzz::parties::{CA, ROOT, SUBSCRIBER, in_days, key, now, sign};
use serde_json::Value;
use std::{env, fs, path::{Path, PathBuf}};

/// Choices of the target: a constrained anchor, real signatures.
const OWN: u8 = 0b11;
/// The same in 2010, where the suite's certificates live, under a name and a key.
const OF_2010: u8 = 0b110;

pub(super) fn paths() -> Result<()> {
    let chain = [OWN].into_iter().chain(SUBSCRIBER.iter().copied());
    let chain: Vec<u8> = chain.chain(CA.iter().copied()).collect();
    let root = &ROOT[..];
    write("path", "plain", [&chain[..], root].concat())?;
    let crls = crl(&CA, "ca")?.into_iter().chain(crl(root, "root")?);
    let whole: Vec<u8> = chain.into_iter().chain(crls).chain(root.iter().copied()).collect();
    write("path", "with-crls", &whole)?;
    let mut easy = whole;
    easy[0] = 0b1;
    write("path", "any-signature", easy)?;
    let Some(suites) = suites() else {
        return Ok(());
    };
    pkits(&suites.join("conformance/sm2-pkits"))?;
    limbo(&suites.join("conformance/sm2-limbo/limbo-sm2.json"))
}

fn crl(issuer: &[u8], signer: &str) -> Result<Vec<u8>> {
    let issuer = Issuer::from_certificate(issuer)?;
    let draft = CrlDraft::new(&issuer, 1, now(), in_days(8));
    let prepared = draft.prepare(std::iter::empty::<cert_profile::RevokedEntry>())?;
    let signature = sign(&key(signer), prepared.tbs());
    Ok(prepared.attach(&signature)?)
}

/// As everywhere: `GM_PKI_SUITES`, seen from the root of the repository, or ../shared.
fn suites() -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let named = env::var_os("GM_PKI_SUITES").map(PathBuf::from);
    let folder = root.join(named.unwrap_or_else(|| PathBuf::from("../shared")));
    folder.join("vectors").is_dir().then_some(folder)
}

fn pkits(folder: &Path) -> Result<()> {
    let Ok(text) = fs::read(folder.join("vectors.json")) else {
        return Ok(());
    };
    let json: Value = serde_json::from_slice(&text)?;
    for vector in json["vectors"].as_array().into_iter().flatten() {
        let files = |member: &str| strings(&vector[member]);
        let mut path = files("path");
        path.reverse();
        let anchor = path.pop().ok_or("a path has an anchor")?;
        let mut input = vec![OF_2010];
        let others = path.into_iter().chain(files("extra_certs")).chain([anchor]);
        for file in others {
            input.extend(fs::read(folder.join("certs").join(file))?);
        }
        for file in files("crls") {
            input.extend(fs::read(folder.join("crls").join(file))?);
        }
        let id = vector["id"].as_str().ok_or("a vector has a name")?;
        corpus(&format!("suite-pkits-{id}"), &input)?;
    }
    Ok(())
}

fn limbo(file: &Path) -> Result<()> {
    let Ok(text) = fs::read(file) else {
        return Ok(());
    };
    let json: Value = serde_json::from_slice(&text)?;
    for (index, case) in json["testcases"].as_array().into_iter().flatten().enumerate() {
        let mut pems = strings(&Value::Array(vec![case["peer_certificate"].clone()]));
        for member in ["untrusted_intermediates", "crls", "trusted_certs"] {
            pems.extend(strings(&case[member]));
        }
        let mut input = vec![OWN];
        for pem in pems {
            let der = decode_pem(pem.as_bytes(), &["CERTIFICATE", "X509 CRL"])?;
            input.extend_from_slice(&der);
        }
        // Some have a hundred CAs, which a fuzzer gets nowhere with.
        if input.len() < 1 << 14 {
            corpus(&format!("suite-limbo-{index}"), &input)?;
        }
    }
    Ok(())
}

fn strings(list: &Value) -> Vec<String> {
    let list = list.as_array().into_iter().flatten();
    list.filter_map(|one| one.as_str().map(str::to_owned)).collect()
}

fn corpus(name: &str, octets: &[u8]) -> Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus/path");
    fs::create_dir_all(&folder)?;
    Ok(fs::write(folder.join(name), octets)?)
}
