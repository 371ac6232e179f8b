//! What is recorded of a person, until when it is kept, and its end.

use crate::desk::Desk;
use std::{fs, path::Path};

/// The files of a folder, of the store or not, in which a text stands.
fn holding(folder: &Path, text: &str, part_of_name: &str) -> Vec<String> {
    let files = fs::read_dir(folder)
        .expect("the desk")
        .map(|one| one.expect("an entry"));
    let named = files.filter_map(|file| Some((file.file_name().into_string().ok()?, file.path())));
    let of_store = named.filter(|(name, _)| name.contains(part_of_name));
    let has = |path: &Path| {
        let octets = fs::read(path).expect("a file");
        octets
            .windows(text.len())
            .any(|part| part == text.as_bytes())
    };
    let found = of_store.filter(|(_, path)| has(path));
    found.map(|(name, _)| name).collect()
}

// proves: S5-03
#[test]
fn a_person_is_forgotten_when_the_term_ran_out_and_not_before() {
    let desk = Desk::of_the_extranet();
    desk.refused(
        "case open a-0 --actor 13900139000:applicant --certificate person \
         --holder 13900139000 --organisation guan --carrier soft",
        "S2-03",
    );
    desk.submitted("a-1");
    desk.good("case withdraw a-1 --actor su.qing:applicant");
    let folder = desk.path("gmpki-desk");
    for value in ["苏青", "440106199003154563", "13900139000"] {
        assert_eq!(
            holding(&folder, value, "store"),
            Vec::<String>::new(),
            "{value}"
        );
    }
    let shown = desk.good("case show a-1 --reveal");
    assert!(shown.contains("440106199003154563"), "{shown}");

    let forget = "person forget su.qing --actor wu.jiu:clerk --reason 期满";
    desk.refused(forget, "S5-03");
    let kept = desk.object("person show su.qing");
    assert_eq!(kept["histories"][0]["history"], "case/a-1");
    assert_eq!(kept["histories"][0]["until"], "2031-03-02T01:00:00Z");
    assert_eq!(desk.object("report retention")["count"], 0);
    let later = "report retention --at 2031-03-02T01:00:00Z";
    assert_eq!(desk.object(later)["rows"][0]["person"], "su.qing");
    desk.refused(&format!("{forget} --at 2031-03-02T00:59:59Z"), "S5-03");

    // Without the keys nobody works here, and what needs none goes on.
    let keys = folder.join("subject-keys.sqlite");
    let aside = desk.path("aside");
    fs::rename(&keys, &aside).expect("one file system");
    desk.refused(forget, "subject-keys.sqlite");
    desk.refused("case show a-1", "subject-keys.sqlite");
    desk.good("case list");
    desk.good("audit verify --store gmpki-desk/store.sqlite");
    fs::rename(&aside, &keys).expect("one file system");

    let call = desk.call(&format!("{forget} --at 2031-03-02T01:00:00Z --json"));
    let done = call.answer();
    assert_eq!(done.code, Some(0), "{done}");
    assert!(done.err.contains("are for you to destroy"), "{done}");
    let done = done.json();
    let events = done["durable"].as_array().expect("a list");
    let events: Vec<_> = events.iter().map(|one| one["event"].clone()).collect();
    assert!(
        events.ends_with(&["decided".into(), "destroyed".into()]),
        "{events:?}"
    );
    desk.refused(forget, "S5-03");
    for (words, said) in [("", "erased"), (" --lang zh", "已删除")] {
        let shown = desk.good(&format!("case show a-1 --reveal{words}"));
        assert!(
            shown.contains(said) && !shown.contains("440106199003154563"),
            "{shown}"
        );
    }
    desk.refused("case print a-1", "erased");
    let audit = "audit verify --store gmpki-desk/store.sqlite \
                 --subject-keys gmpki-desk/subject-keys.sqlite";
    desk.good(audit);
    assert_eq!(desk.object("report retention")["count"], 0);
    desk.good("store check");
}
