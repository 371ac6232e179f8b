//! A desk that delivers by programs.

use crate::desk::{Desk, MONDAY};
use std::fs;

/// Keeps what it is given in the folder that is its argument, while that has a file `open`.
const RECEIVER: &str = "cat > \"$1/last\"; [ -e \"$1/open\" ] || { echo closed >&2; exit 4; }
                        shift; echo \"$@\" >> \"$0\"";

#[test]
fn what_a_desk_publishes_and_tells_goes_to_programs() {
    let desk = Desk::of("egov-extranet");
    let place = desk.path("received");
    fs::create_dir(&place).expect("a folder");
    let received = |name: &str| {
        let text = fs::read_to_string(desk.path(name)).unwrap_or_default();
        text.lines().map(str::to_owned).collect::<Vec<_>>()
    };
    let init = || {
        let mut call = desk.call("ca init --dir other --rehearsal --rules egov-extranet");
        call = call.option("--at", MONDAY);
        for (option, to) in [
            ("--publish-command", "published"),
            ("--notify-command", "told"),
        ] {
            let to = desk.path(to);
            let words = ["sh", "-c", RECEIVER, to.to_str().expect("text")];
            let folder = place.to_str().expect("text");
            for word in words.iter().chain(&[folder]) {
                call = call.option(option, word);
            }
        }
        call.answer()
    };
    // What the receiver does not take stays to be done, and the reason is its own.
    init().refused("sh ended with exit status: 4: closed");
    assert!(received("published").is_empty());
    fs::write(place.join("open"), "").expect("a file");
    init().good();
    let published = received("published");
    for name in ["root.pem", "issuing-ca.pem", "log.pem"] {
        let of = |line: &&String| line.starts_with(&format!("authorities/{name} "));
        let line = published.iter().find(of).expect("it was published");
        let file = desk.path("other/published/authorities").join(name);
        let digests = desk.object(&format!("sm3 {}", file.display()))["digests"].clone();
        let told = line.split(' ').nth(1).expect("a digest");
        assert_eq!(digests[0]["sm3"], told, "{line}");
    }

    // A case that waits for too long: somebody is told.
    desk.good(
        "organisation add guan --dir other --actor wu.jiu:clerk --name 区文化馆 \
         --model self-service --evidence organisation-documents=papers.txt --conditions 馆员 \
         --approver lin.ming --applicant su.qing",
    );
    desk.write(
        "form.toml",
        "applicant-name = '苏青'\nidentity-number = '440106199003154563'\n\
         organisation-name = '区文化馆'\ndepartment = '群文部'\nmobile = '13900139000'\n\
         delivery = 'on-site'\n",
    );
    let by = "--dir other --actor su.qing:applicant";
    desk.good(&format!(
        "case open a-1 {by} --certificate person --holder su.qing --organisation guan \
         --carrier soft"
    ));
    desk.good(&format!("case fill a-1 {by} --form form.toml --years 1"));
    for document in [
        "application-form scan.jpg --form-version 1",
        "identity-copy scan.jpg",
    ] {
        desk.good(&format!("case add-document a-1 {document} {by}"));
    }
    desk.good(&format!("case submit a-1 {by}"));
    desk.good("ca tick --dir other --at 2026-04-02T01:00:00Z");
    desk.good("ca tick --dir other");
    let told = received("told");
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].starts_with("case_a-1_"), "{told:?}");
    assert!(!desk.path("other/notices").exists());
}
