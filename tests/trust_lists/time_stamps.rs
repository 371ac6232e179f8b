//! Tokens of OpenSSL's time-stamping authority: both read them, and both refuse the same
//! changed ones. OpenSSL 3 signs none with SM2 keys; imprints by SM3 it makes.

use gm_crypto::pki::{Ecdsa, RsaPkcs1, VerifyAlgorithm};
use gm_pki_tests::openssl::Desk;
use std::{fs, path::PathBuf};
use trust_list::{
    Error,
    path::{Anchor, ParsedCertificate},
    time_stamp::{DigestAlgorithm, TimeStamp, TimeStampOptions, UnverifiedTimeStamp},
};

const DATA: &[u8] = "签名的八位组\n".as_bytes();

/// An authority of OpenSSL below a root of its own.
struct Authority {
    desk: Desk,
    config: PathBuf,
}

impl Authority {
    fn new(algorithm: &str, reference: &str) -> Option<Self> {
        let desk = Desk::find()?;
        let serial = desk.write("serial", "01\n");
        let config = format!(
            "[req]\ndistinguished_name=name\n[name]\n\
             [ca]\nbasicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\n\
             [stamper]\nbasicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\n\
             extendedKeyUsage=critical,timeStamping\n\
             [tsa]\ndefault_tsa=own\n\
             [own]\nserial={}\ndigests=sha256,sha384,sha512,sm3\ndefault_policy=1.2.3.4.1\n\
             accuracy=secs:1,millisecs:500,microsecs:100\nordering=yes\ntsa_name=yes\n\
             ess_cert_id_chain=no\ness_cert_id_alg={reference}\nclock_precision_digits=3\n",
            serial.display()
        );
        let config = desk.write("config", config);
        let authority = Self { desk, config };
        let own = |words: &str, names: &[&str]| {
            let paths: Vec<PathBuf> = names.iter().map(|name| authority.path(name)).collect();
            let paths: Vec<_> = paths.iter().map(PathBuf::as_path).collect();
            authority.desk.ask(words, &paths).good();
        };
        for key in ["root.key", "tsa.key"] {
            own(&format!("genpkey {algorithm} -out {{}}"), &[key]);
        }
        own(
            "req -x509 -new -sha256 -subj /CN=Root -days 30 -extensions ca -config {} -key {} -out {}",
            &["config", "root.key", "root.pem"],
        );
        own(
            "req -new -sha256 -subj /CN=TSA -config {} -key {} -out {}",
            &["config", "tsa.key", "tsa.csr"],
        );
        own(
            "x509 -req -sha256 -set_serial 7 -days 20 -extensions stamper -extfile {} -in {} -CA {} -CAkey {} -out {}",
            &["config", "tsa.csr", "root.pem", "root.key", "tsa.pem"],
        );
        authority.desk.write("data", DATA);
        Some(authority)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.desk.path(name)
    }

    /// A response about the data, with the authority's certificate or without.
    fn reply(&self, digest: &str, certificate: &str) -> Vec<u8> {
        let (data, query, reply) = (self.path("data"), self.path("query"), self.path("reply"));
        let words = format!("ts -query -data {{}} -{digest} {certificate} -out {{}}");
        self.desk.ask(&words, &[&data, &query]).good();
        let (key, tsa) = (self.path("tsa.key"), self.path("tsa.pem"));
        let words = "ts -reply -sha256 -config {} -queryfile {} -inkey {} -signer {} -out {}";
        let paths = [&self.config, &query, &key, &tsa, &reply];
        self.desk.ask(words, &paths.map(PathBuf::as_path)).good();
        fs::read(reply).expect("a response")
    }

    fn openssl_takes(&self, reply: &[u8], data: &[u8]) -> bool {
        let (reply, data) = (
            self.desk.write("asked", reply),
            self.desk.write("about", data),
        );
        let (root, tsa) = (self.path("root.pem"), self.path("tsa.pem"));
        let words = "ts -verify -in {} -data {} -CAfile {} -untrusted {}";
        let said = self.desk.ask(words, &[&reply, &data, &root, &tsa]);
        said.agrees("Verification: OK")
    }

    fn certificate(&self, name: &str) -> ParsedCertificate {
        let pem = fs::read(self.path(name)).expect("a file");
        let der = gm_crypto::pki::decode_pem(&pem, &["CERTIFICATE"]).expect("PEM");
        ParsedCertificate::from_der(der.to_vec()).expect("a certificate")
    }

    fn we_take(&self, reply: &[u8], data: &[u8]) -> Result<TimeStamp, String> {
        let read = UnverifiedTimeStamp::from_der(reply).map_err(|error| error.to_string())?;
        let anchors = [Anchor::from_certificate(self.certificate("root.pem"))];
        let certificates = [self.certificate("tsa.pem")];
        let algorithms: [&dyn VerifyAlgorithm; 2] = [&Ecdsa::P256_SHA256, &RsaPkcs1::SHA256];
        // The clock of the machine, as the authority read it.
        let now = read.claimed_time().second();
        let options = TimeStampOptions::new(&anchors, now)
            .certificates(&certificates)
            .algorithms(&algorithms);
        let stamp = read.verify(data, &options);
        stamp.map_err(|refusal| refusal.code().to_owned())
    }
}

const KINDS: [(&str, &str); 3] = [
    ("-algorithm EC -pkeyopt ec_paramgen_curve:P-256", "sha256"),
    ("-algorithm EC -pkeyopt ec_paramgen_curve:P-256", "sha1"),
    ("-algorithm RSA -pkeyopt rsa_keygen_bits:2048", "sha384"),
];

#[test]
fn tokens_of_openssl_are_read_as_openssl_reads_them() {
    for (algorithm, reference) in KINDS {
        let Some(authority) = Authority::new(algorithm, reference) else {
            return;
        };
        for (digest, expected) in [
            ("sha256", DigestAlgorithm::Sha256),
            ("sha384", DigestAlgorithm::Sha384),
            ("sm3", DigestAlgorithm::Sm3),
        ] {
            for certificate in ["-cert", ""] {
                let reply = authority.reply(digest, certificate);
                assert!(authority.openssl_takes(&reply, DATA));
                let stamp = authority.we_take(&reply, DATA).expect("it is good");
                assert_eq!(stamp.digest(), expected);
                assert_eq!(stamp.policy().to_string(), "1.2.3.4.1");
                let accuracy = stamp.accuracy().expect("it says so");
                assert_eq!(accuracy.as_micros(), 1_500_100);
                assert!(stamp.nonce().is_some() && stamp.name().is_some());
                let tsa = authority.certificate("tsa.pem");
                assert_eq!(stamp.authority().der(), tsa.der());
                // The time as OpenSSL shows it, to the second.
                let file = authority.desk.write("shown", &reply);
                let said = authority.desk.ask("ts -reply -text -in {}", &[&file]);
                let second = stamp.time().second();
                let clock = format!(
                    "{:02}:{:02}:{:02}",
                    second.hour(),
                    second.minutes(),
                    second.seconds()
                );
                assert!(said.agrees(&clock), "{clock}: {}", said.text);
            }
        }
    }
}

#[test]
fn what_one_refuses_the_other_refuses() {
    let (algorithm, reference) = KINDS[0];
    let Some(authority) = Authority::new(algorithm, reference) else {
        return;
    };
    let reply = authority.reply("sha256", "-cert");
    let other = "另一些八位组\n".as_bytes();
    assert!(!authority.openssl_takes(&reply, other));
    assert_eq!(authority.we_take(&reply, other).unwrap_err(), "TSA_IMPRINT");
    // Octets of the token, each changed, its certificate at hand and not inside: a copy inside
    // is signed by nobody, and we leave a broken one aside.
    let bare = authority.reply("sha256", "");
    let mut refused = 0;
    for place in (9..bare.len()).step_by(11) {
        let mut changed = bare.clone();
        changed[place] ^= 1;
        if let Ok(stamp) = authority.we_take(&changed, DATA) {
            let whole = authority.we_take(&bare, DATA).expect("it is good");
            assert_eq!(stamp.time(), whole.time(), "octet {place}");
            assert!(authority.openssl_takes(&changed, DATA), "octet {place}");
        } else {
            refused += 1;
        }
    }
    assert!(refused > 20, "{refused}");
    // Another authority's root.
    let Some(stranger) = Authority::new(algorithm, reference) else {
        return;
    };
    assert!(!stranger.openssl_takes(&reply, DATA));
    assert_eq!(stranger.we_take(&reply, DATA).unwrap_err(), "TSA_PATH");
}

#[test]
fn a_rejection_is_read_as_one() {
    let (algorithm, reference) = KINDS[0];
    let Some(authority) = Authority::new(algorithm, reference) else {
        return;
    };
    // SHA-224 is none of those that the authority takes.
    let reply = authority.reply("sha224", "-cert");
    match UnverifiedTimeStamp::from_der(&reply) {
        Err(Error::TimeStampRejected {
            status, failure, ..
        }) => assert_eq!((status, failure), (2, Some("badAlg"))),
        other => panic!("{other:?}"),
    }
}
