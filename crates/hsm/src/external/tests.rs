use super::*;
use crate::{Checked, DecryptionKey, Error, KeyHandle, SoftKey};
use gm_crypto::sm2::{
    DerSignature, PublicKey, RawSignature, SecretKey, SigningKey, UserId, VerifyingKey,
};
use std::time::Instant;

fn secret() -> SecretKey {
    SecretKey::from_bytes(&[7; 32]).unwrap()
}

fn public() -> PublicKey {
    secret().public_key()
}

/// A signature over `message` as the command would make it, in the three forms.
fn signatures(message: &[u8]) -> [Vec<u8>; 3] {
    let key = SoftKey::new(SigningKey::new(secret(), UserId::default()));
    let der = key.sign(message).unwrap().raw_bytes().to_vec();
    let raw = RawSignature::from(DerSignature::from_der(&der).unwrap());
    let raw = raw.as_bytes().to_vec();
    let hex = to_hex(&raw);
    [der, raw, hex]
}

/// The shell stands for any program here.
#[cfg(unix)]
fn script(text: &str, arguments: &[&str]) -> ExternalCommand {
    ExternalCommand::new("sh", ["-c", text, "script"].iter().chain(arguments))
}

#[test]
fn digits_become_octets_and_back() {
    assert_eq!(to_hex(&[0, 0x9f, 0xff]), b"009fff");
    assert_eq!(**from_hex(b" 00 9F\nff\r\n").unwrap(), [0, 0x9f, 0xff]);
    for wrong in [&b"0"[..], b"0g", b"00x", "\u{ff10}0".as_bytes()] {
        assert!(from_hex(wrong).is_none());
    }
}

#[test]
fn places_are_filled_wherever_they_stand_and_nothing_else_is_touched() {
    let command = ExternalCommand::new("p", ["--in={a}", "{b}{a}", "{c}", "$(id)", "{a", "{a}{a}"]);
    let filled = command.filled(&[("{a}", OsStr::new("/x {b}")), ("{b}", OsStr::new("/y"))]);
    let expected = [
        "--in=/x {b}",
        "/y/x {b}",
        "{c}",
        "$(id)",
        "{a",
        "/x {b}/x {b}",
    ];
    assert_eq!(filled, expected.map(OsString::from));
    assert!(command.names("{a}") && !command.names("{d}"));
}

#[cfg(unix)]
mod with_programs {
    use super::*;

    #[test]
    fn a_signature_is_taken_in_each_form_from_output_or_file() {
        let folder = tempfile::tempdir().unwrap();
        let forms = [
            SignatureEncoding::Der,
            SignatureEncoding::Raw,
            SignatureEncoding::Hex,
        ];
        for (form, octets) in forms.into_iter().zip(signatures(b"m")) {
            let path = folder.path().join("signature");
            std::fs::write(&path, octets).unwrap();
            let path = path.to_str().unwrap();
            for command in [
                script("cat \"$1\"", &[path]),
                script("cp \"$1\" \"$2\"; echo noise", &[path, "{signature-file}"]),
            ] {
                let key =
                    Checked::new(ExternalKey::new(public(), command).with_signature_encoding(form));
                key.sign(b"m").unwrap();
                assert!(matches!(key.sign(b"other"), Err(Error::BadSignature)));
            }
        }
    }

    #[test]
    fn e_goes_out_in_each_form_by_input_or_file() {
        let e = VerifyingKey::new(public(), &UserId::default())
            .za()
            .digest(b"m");
        let other = UserId::new("other").unwrap();
        let other_e = VerifyingKey::new(public(), &other).za().digest(b"m");
        let folder = tempfile::tempdir().unwrap();
        let seen = folder.path().join("seen");
        let path = seen.to_str().unwrap();
        for command in [
            script("cat > \"$1\"", &[path]),
            script("cp \"$2\" \"$1\"", &[path, "{digest-file}"]),
        ] {
            let key = || ExternalKey::new(public(), command.clone());
            for (key, expected) in [
                (key(), e.to_vec()),
                (
                    key().with_digest_encoding(DigestEncoding::Hex),
                    [&to_hex(&e)[..], b"\n"].concat(),
                ),
                (key().with_user_id(&other), other_e.to_vec()),
            ] {
                // It says nothing, which is no signature.
                let error = key.sign(b"m").unwrap_err();
                assert!(error.to_string().contains("0 octets"), "{error}");
                assert_eq!(std::fs::read(&seen).unwrap(), expected);
            }
        }
    }

    #[test]
    fn what_goes_wrong_is_said_with_the_program_and_its_complaint() {
        let cases = [
            (script("exit 3", &[]), "exit status: 3"),
            (
                script(
                    "printf '\\n  no \\033[1m smart card\\nmore\\n' >&2; exit 1",
                    &[],
                ),
                ": no ?[1m smart card; more",
            ),
            (
                script("yes no card | head -c 999 >&2; exit 1", &[]),
                ": ...",
            ),
            (script("kill -9 $$", &[]), "signal: 9"),
            (
                script("echo not hexadecimal", &[]),
                "no signature in the form Der",
            ),
            (script("true", &["{signature-file}"]), "left no answer"),
            (
                script("mkfifo \"$1\"", &["{signature-file}"]),
                "it is no regular file",
            ),
            (
                script("ln -s /dev/zero \"$1\"", &["{signature-file}"]),
                "it is no regular file",
            ),
            (
                ExternalCommand::new("/no/such/program", [""; 0]),
                "does not start",
            ),
        ];
        for (command, expected) in cases {
            let name = command.name();
            let error = ExternalKey::new(public(), command).sign(b"m").unwrap_err();
            assert!(error.to_string().contains(expected), "{error}");
            assert!(error.to_string().len() < 400);
            assert!(matches!(error, Error::Command { program, .. } if program == name));
        }
    }

    #[test]
    fn one_that_hangs_is_killed_whether_it_holds_its_output_or_not() {
        let folder = tempfile::tempdir().unwrap();
        let pid = folder.path().join("pid");
        for text in [
            "echo $$ > \"$1\"; exec sleep 100",
            "echo $$ > \"$1\"; exec sleep 100 >&- 2>&-",
        ] {
            let limit = Duration::from_millis(300);
            let command = script(text, &[pid.to_str().unwrap()]).with_time_limit(limit);
            let before = Instant::now();
            let error = ExternalKey::new(public(), command).sign(b"m").unwrap_err();
            assert!(matches!(error, Error::TimedOut { limit: l, .. } if l == limit));
            assert!(before.elapsed() < Duration::from_secs(20));
            let pid = std::fs::read_to_string(&pid).unwrap();
            let alive = std::process::Command::new("kill")
                .args(["-0", pid.trim()])
                .stderr(std::process::Stdio::null())
                .status()
                .unwrap();
            assert!(!alive.success(), "it is gone");
        }
    }

    #[test]
    fn one_that_talks_without_end_is_killed_and_fills_no_memory() {
        let command = script("yes", &[]).with_time_limit(Duration::from_millis(300));
        let error = ExternalKey::new(public(), command).sign(b"m").unwrap_err();
        assert!(matches!(error, Error::TimedOut { .. }));
        let command = script("yes | head -c 1000000", &[]);
        let error = ExternalKey::new(public(), command).sign(b"m").unwrap_err();
        assert!(error.to_string().contains("4096 octets"), "{error}");
    }

    #[test]
    fn what_a_program_leaves_running_is_not_waited_for() {
        let [der, ..] = signatures(b"m");
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("signature");
        std::fs::write(&path, der).unwrap();
        let path = path.to_str().unwrap();
        for text in [
            "cat \"$1\"; sleep 20 > /dev/null &",
            "cat \"$1\"; sleep 20 &",
        ] {
            let before = Instant::now();
            let key = ExternalKey::new(public(), script(text, &[path]));
            Checked::new(key).sign(b"m").unwrap();
            assert!(before.elapsed() < Duration::from_secs(15));
        }
    }

    #[test]
    fn what_a_killed_program_leaves_talking_is_not_listened_to_for_ever() {
        let folder = tempfile::tempdir().unwrap();
        let over = folder.path().join("over");
        let text = "(yes; echo over > \"$1\") & wait";
        let limit = Duration::from_millis(200);
        let command = script(text, &[over.to_str().unwrap()]).with_time_limit(limit);
        let error = ExternalKey::new(public(), command).sign(b"m").unwrap_err();
        assert!(matches!(error, Error::TimedOut { .. }));
        let until = Instant::now() + Duration::from_secs(20);
        while !over.exists() {
            assert!(Instant::now() < until, "it still talks");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    #[test]
    fn an_answer_file_is_wiped_whatever_became_of_the_command() {
        let folder = tempfile::tempdir().unwrap();
        let kept = folder.path().join("kept");
        let path = kept.to_str().unwrap();
        // Another name of the file shows what was in it last.
        let write = "head -c 10000 /dev/zero | tr '\\0' s > \"$2\"; ln \"$2\" \"$1\"; ";
        for end in ["exit 1", "exec sleep 20", "exit 0"] {
            let text = format!("{write}{end}");
            let command = script(&text, &[path, "{signature-file}"]);
            let command = command.with_time_limit(Duration::from_secs(1));
            // The other name is on the same file system as the first.
            ExternalKey::new(public(), command).sign(b"m").unwrap_err();
            assert_eq!(std::fs::read(&kept).unwrap(), vec![0; 10000], "{end}");
            std::fs::remove_file(&kept).unwrap();
        }
    }

    #[test]
    fn a_command_that_multiplies_points_decrypts() {
        use spki::EncodePublicKey;
        // With d = 1 the shared point is the one that was sent.
        let mut one = [0; 32];
        one[31] = 1;
        let one = SecretKey::from_bytes(&one).unwrap().public_key();
        let ciphertext = one.encrypt(&mut getrandom::SysRng, b"for one").unwrap();
        for form in [
            PointEncoding::Uncompressed,
            PointEncoding::Hex,
            PointEncoding::Tpm,
        ] {
            for command in [
                script("cat", &[]),
                script("cp \"$1\" \"$2\"", &["{point-file}", "{shared-file}"]),
            ] {
                let agreement = ExternalAgreement::new(command, form);
                let spki = one.to_public_key_der().unwrap();
                let key = crate::AgreementKey::new(spki, agreement).unwrap();
                assert_eq!(**key.decrypt(&ciphertext).unwrap(), *b"for one");
            }
        }
        let silent = ExternalAgreement::new(script("true", &[]), PointEncoding::Tpm);
        let key = crate::AgreementKey::new(one.to_public_key_der().unwrap(), silent).unwrap();
        let error = key.decrypt(&ciphertext).unwrap_err();
        assert!(
            error.to_string().contains("no point in the form Tpm"),
            "{error}"
        );
    }
}
