//! `gmpki device where`: the three libraries of the software device.

use crate::{args::DeviceWhere, failure::Failure, outcome::Outcome};
use serde_json::json;
use softdevice::Device;
use std::{
    env::{self, consts},
    path::{Path, PathBuf},
};

/// What each library is called, and for what.
const LIBRARIES: [(&str, &str); 3] = [
    ("softdevice_pkcs11", "PKCS#11"),
    ("softdevice_sdf", "GM/T 0018 (SDF)"),
    ("softdevice_skf", "GM/T 0016 (SKF)"),
];

pub(super) fn run(args: &DeviceWhere) -> Result<Outcome, Failure> {
    let folders = match &args.folder {
        Some(folder) => vec![folder.clone()],
        None => own_folders(),
    };
    let mut found = Vec::new();
    let (mut lines, mut libraries) = (Vec::new(), Vec::new());
    for (name, interface) in LIBRARIES {
        let file = format!("{}{name}{}", consts::DLL_PREFIX, consts::DLL_SUFFIX);
        let path = folders.iter().map(|folder| folder.join(&file));
        let path = path.into_iter().find(|path| path.is_file());
        let path = path.map(|path| path.canonicalize().unwrap_or(path));
        let shown = path.as_ref().map(|path| path.display().to_string());
        let text = shown.as_deref().unwrap_or("not found");
        lines.push(format!("{interface:<16} {text}"));
        libraries.push(json!({ "interface": interface, "file": file, "path": shown }));
        found.push(path);
    }
    let store = Device::default_path().ok();
    let store = store.map(|path| path.display().to_string());
    if let Some(store) = &store {
        lines.push(format!("{:<16} {store}", "device"));
    }
    let all = found.iter().all(Option::is_some);
    if let [Some(pkcs11), Some(sdf), Some(skf)] = found.as_slice() {
        lines.extend(usage(pkcs11, sdf, skf));
    }
    let json = json!({ "libraries": libraries, "store": store });
    let outcome = Outcome::judged(lines.join("\n"), json, all);
    if all {
        return Ok(outcome);
    }
    let build = "cargo build --release -p softdevice-pkcs11 -p softdevice-sdf -p softdevice-skf";
    Ok(outcome.notes([format!(
        "a library is missing: --folder says where to look; {build}"
    )]))
}

/// Where this program lies: where cargo puts libraries, and where packages do.
fn own_folders() -> Vec<PathBuf> {
    let own = env::current_exe().and_then(|path| path.canonicalize()).ok();
    let Some(own) = own.as_deref().and_then(Path::parent) else {
        return Vec::new();
    };
    ["", "deps", "../lib", "../lib/gm-pki"]
        .map(|folder| own.join(folder))
        .into()
}

fn usage(pkcs11: &Path, sdf: &Path, skf: &Path) -> Vec<String> {
    let [pkcs11, sdf, skf] = [pkcs11, sdf, skf].map(|path| path.display().to_string());
    vec![
        String::new(),
        "SOFTDEVICE_STORE names another device's file than the user's own.".into(),
        String::new(),
        format!("  pkcs11-tool --module {pkcs11} --list-slots"),
        format!("  gmpki device show 'pkcs11:?module-path={pkcs11}'"),
        format!("  gmpki device show 'sdf:?module-path={sdf}'"),
        format!("  gmpki device show 'skf:?module-path={skf}'"),
    ]
}
