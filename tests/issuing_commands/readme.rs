//! The commands that the README shows, run as they stand there.

use gm_pki_tests::{
    command::{Bench, program},
    openssl::Said,
};
use std::{fs, path::Path, process::Command};

const ENGLISH: (&str, &str) = ("README.md", "### Without the engine");
const CHINESE: (&str, &str) = ("README.zh-CN.md", "### 不用引擎");

/// The commands in the section under a heading.
fn commands((file, heading): (&str, &str)) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(file);
    let text = fs::read_to_string(path).expect("the README");
    let (_, section) = text.split_once(heading).expect("the section");
    let section = section.split("\n### ").next().expect("it has an end");
    let mut commands = String::new();
    for block in section.split("```sh\n").skip(1) {
        commands.push_str(block.split("```").next().expect("a block ends"));
    }
    // Comments are in the language of the text.
    let lines = commands.lines().filter(|line| !line.starts_with('#'));
    lines.map(|line| format!("{line}\n")).collect()
}

#[test]
fn the_commands_of_the_readme_run_and_are_the_same_in_both_languages() {
    let wanted = commands(ENGLISH);
    assert!(wanted.lines().count() > 20, "{wanted}");
    assert_eq!(commands(CHINESE), wanted);

    let bench = Bench::new();
    let script = bench.write("script.sh", format!("set -eu\n{wanted}"));
    let folder = program().parent().expect("it lies in a folder").display();
    let path = std::env::var("PATH").expect("a search path");
    let mut shell = Command::new("sh");
    shell
        .arg(&script)
        .env("PATH", format!("{folder}:{path}"))
        .current_dir(script.parent().expect("it lies in a folder"));
    let said = Said::of(&mut shell);
    assert_eq!(said.exit, Some(0), "{}", said.text);
    for said_by in [
        "kind:        full list",
        "revoked since ",
        "双证书：是",
        "(keyCompromise)",
    ] {
        assert!(said.text.contains(said_by), "{said_by:?}: {}", said.text);
    }
}
