use super::*;
use gm_crypto::pki::Sm2Sm3;
#[test]
fn vectors() {
    let dir = "/work/shared/vectors/";
    let manifest: serde_json::Value =
        serde_json::from_slice(&std::fs::read(format!("{dir}manifest.json")).unwrap()).unwrap();
    let sm2 = Sm2Sm3::default();
    for e in manifest.as_array().unwrap() {
        let f = e["file"].as_str().unwrap();
        let kind = e["kind"].as_str().unwrap();
        let verdict = e["verdict"].as_str().unwrap();
        let read = |f: &str| std::fs::read(format!("{dir}{f}")).unwrap();
        if kind == "x509" {
            let t = ParsedCertificate::from_der(read(f));
            let got = match (&t, e["issuer"].as_str()) {
                (Err(err), _) => format!(
                    "PARSE-ERR {err} {:?}",
                    std::error::Error::source(err).map(|e| e.to_string())
                ),
                (Ok(_), None) => "parsed".into(),
                (Ok(t), Some(i)) => {
                    let at = t.not_before();
                    let at = if f.contains("expired") {
                        "2026-06-01T00:00:00Z".parse().unwrap()
                    } else {
                        at
                    };
                    let issuer =
                        Anchor::name_and_key(ParsedCertificate::from_der(read(i)).unwrap());
                    let a = match validate(t, &[], &[issuer], &PathOptions::new(at, &[&sm2])) {
                        Ok(_) => "OK".to_string(),
                        Err(e) => format!("REFUSED {e}"),
                    };
                    let whole =
                        Anchor::from_certificate(ParsedCertificate::from_der(read(i)).unwrap());
                    let b = match validate(t, &[], &[whole], &PathOptions::new(at, &[&sm2])) {
                        Ok(_) => "OK".to_string(),
                        Err(e) => format!("REFUSED {e}"),
                    };
                    if a == b {
                        a
                    } else {
                        format!("{a} // whole: {b}")
                    }
                }
            };
            println!("{verdict:8} {f:45} {got}");
        }
        if kind == "crl" {
            match ParsedCrl::from_der(read(f)) {
                Err(err) => println!(
                    "{verdict:8} {f:45} PARSE-ERR {err} {:?}",
                    std::error::Error::source(&err)
                ),
                Ok(c) => {
                    let mut ok = vec![];
                    for i in ["nrcac-rootca", "nrcac-device-root", "gen-sub", "crafted-ca"] {
                        let i_ =
                            ParsedCertificate::from_der(read(&format!("x509/{i}.der"))).unwrap();
                        if i_.subject_der() == c.issuer_der() {
                            ok.push((i, c.verify_signature(i_.public_key(), &[&sm2]).is_ok()));
                        }
                    }
                    println!(
                        "{verdict:8} {f:45} n={} un={:?} {} {:?} {ok:?} 41={:?} 43={:?}",
                        c.len(),
                        c.unprocessed(),
                        c.this_update(),
                        c.next_update(),
                        c.find(&[0x41]),
                        c.find(&[0x43])
                    );
                }
            }
        }
    }
}
#[test]
fn pkits() {
    let dir = "/work/shared/conformance/sm2-pkits/";
    let v: serde_json::Value =
        serde_json::from_slice(&std::fs::read(format!("{dir}vectors.json")).unwrap()).unwrap();
    let sm2 = Sm2Sm3::default();
    let (mut good, mut bad, mut wrong_accept) = (0, 0, 0);
    for t in v["vectors"].as_array().unwrap() {
        let files = |k: &str, d: &str| -> Vec<Vec<u8>> {
            t[k].as_array()
                .map(|a| {
                    a.iter()
                        .map(|f| {
                            std::fs::read(format!("{dir}{d}/{}", f.as_str().unwrap())).unwrap()
                        })
                        .collect()
                })
                .unwrap_or_default()
        };
        let path = files("path", "certs");
        let crls: Vec<_> = files("crls", "crls")
            .into_iter()
            .filter_map(|c| ParsedCrl::from_der(c).ok())
            .collect();
        let anchor = [Anchor::name_and_key(
            ParsedCertificate::from_der(path[0].clone()).unwrap(),
        )];
        let pool: Vec<_> = path[1..path.len() - 1]
            .iter()
            .cloned()
            .chain(files("extra_certs", "certs"))
            .filter_map(|c| ParsedCertificate::from_der(c).ok())
            .collect();
        let got = match ParsedCertificate::from_der(path.last().unwrap().clone()) {
            Err(e) => Err(e.to_string()),
            Ok(target) => validate(
                &target,
                &pool,
                &anchor,
                &PathOptions::new("2010-06-01T00:00:00Z".parse().unwrap(), &[&sm2])
                    .crls(&crls)
                    .revocation(RevocationRule::Required),
            )
            .map(|_| ())
            .map_err(|e| e.to_string()),
        };
        let expected = t["expected"] == "accept";
        if expected == got.is_ok() {
            good += 1
        } else {
            bad += 1;
            if got.is_ok() {
                wrong_accept += 1
            }
            println!(
                "{} {} expected {} got {:?} flags {} pol {} {}",
                t["id"],
                t["title"],
                t["expected"],
                got,
                t["flags"],
                t["initial_policy_set"],
                t["reason_code"]
            );
        }
    }
    println!("pkits {good} agree {bad} differ, wrongly accepted {wrong_accept}");
}
#[test]
fn limbo() {
    let v: serde_json::Value = serde_json::from_slice(
        &std::fs::read("/work/shared/conformance/sm2-limbo/limbo-sm2.json").unwrap(),
    )
    .unwrap();
    let sm2 = Sm2Sm3::default();
    let (mut good, mut bad) = (0, 0);
    for t in v["testcases"].as_array().unwrap() {
        let tier = t["tier"].as_str().unwrap();
        let pem = |s: &serde_json::Value, l: &'static [&'static str]| {
            gm_crypto::pki::decode_pem(s.as_str().unwrap().as_bytes(), l)
                .unwrap()
                .into_owned()
        };
        let list = |k: &str| -> Vec<ParsedCertificate> {
            t[k].as_array()
                .unwrap()
                .iter()
                .filter_map(|p| ParsedCertificate::from_der(pem(p, &["CERTIFICATE"])).ok())
                .collect()
        };
        let anchors: Vec<_> = list("trusted_certs")
            .into_iter()
            .map(Anchor::from_certificate)
            .collect();
        let pool = list("untrusted_intermediates");
        let crls: Vec<_> = t["crls"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(|p| ParsedCrl::from_der(pem(p, &["X509 CRL"])).ok())
            .collect();
        let at = format!("{}Z", &t["validation_time"].as_str().unwrap()[..19]);
        let began = std::time::Instant::now();
        let arr: [&dyn VerifyAlgorithm; 1] = [&sm2];
        let mut opt2 = PathOptions::new(at.parse().unwrap(), &arr).crls(&crls);
        if t["validation_kind"] == "SERVER" {
            opt2 = opt2.purpose(ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.1"));
        }
        let got = match ParsedCertificate::from_der(pem(&t["peer_certificate"], &["CERTIFICATE"])) {
            Err(e) => Err(e.to_string()),
            Ok(target) => validate(&target, &pool, &anchors, &opt2)
                .map(|_| ())
                .map_err(|e| e.to_string()),
        };
        let took = began.elapsed();
        let expected = t["expected_result"] == "SUCCESS";
        if expected == got.is_ok() {
            good += 1
        } else {
            bad += 1;
            println!(
                "[{tier}] {} expected {} got {:.300} {took:?}",
                t["id"],
                t["expected_result"],
                format!("{got:?}")
            );
        }
    }
    println!("limbo {good} agree {bad} differ");
}
