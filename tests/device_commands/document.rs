//! The commands that `docs/devices.md` shows, run as they stand there.

use gm_pki_tests::{
    command::{Bench, libraries, program},
    openssl::Said,
};
use std::{fs, process::Command};

const DOCUMENT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/devices.md");

#[test]
fn the_commands_of_the_document_run_from_its_beginning_to_its_end() {
    let text = fs::read_to_string(DOCUMENT).expect("the document");
    let mut commands = String::new();
    for block in text.split("```sh\n").skip(1) {
        commands.push_str(block.split("```").next().expect("a block ends"));
    }
    let run = commands.matches("gmpki ").count();
    assert!(run > 30, "{run} commands found");

    let bench = Bench::new();
    let script = bench.write("script.sh", format!("set -eu\n{commands}"));
    let folder = program().parent().expect("it lies in a folder").display();
    let path = std::env::var("PATH").expect("a search path");
    let said = Said::of(
        Command::new("sh")
            .arg(&script)
            .env("PATH", format!("{folder}:{path}"))
            .env("LIBRARIES", libraries())
            .current_dir(script.parent().expect("it lies in a folder")),
    );
    assert_eq!(said.exit, Some(0), "{}", said.text);
    for (said_by, times) in [
        // What OpenSSL says of a CA under a root of PKCS#11 and of SDF.
        ("issuing.pem: OK", 2),
        ("for 张三 alone", 1),
        ("done: read demo/", 1),
    ] {
        assert_eq!(
            said.text.matches(said_by).count(),
            times,
            "{said_by:?}: {}",
            said.text
        );
    }
}
