//! `docs/rules.md` has each field and word, and the shipped sets as they are.

use super::*;
use crate::rules::read::RawSet;
use std::{env, fmt::Write as _, fs};

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/rules.md");
const HEADING: &str = "## Shipped sets\n";

/// The fields that serde expects in the place of an unknown one.
fn fields(text: &str) -> Vec<String> {
    let error = toml::from_str::<RawSet>(text).err().expect(text);
    let message = error.message().to_owned();
    let (_, expected) = message.split_once("expected ").expect(text);
    let words = expected.split('`').skip(1).step_by(2);
    words.map(str::to_owned).collect()
}

#[test]
fn the_page_has_each_field_of_each_table() {
    let page = fs::read_to_string(PAGE).unwrap();
    let mut count = 0;
    for (heading, table) in [
        ("## Fields\n", "unknown = 1"),
        ("## What a value rests on\n", "from = { unknown = 1 }"),
        ("## What a value rests on\n", "title = { unknown = 1 }"),
        ("### `[values]`\n", "[values]\nunknown = 1"),
        (
            "### `[certificates.NAME]`\n",
            "[certificates.a]\nunknown = 1",
        ),
        (
            "#### `name = [{ … }]`\n",
            "[[certificates.a.name]]\nunknown = 1",
        ),
        (
            "#### `[certificates.NAME.fields]`\n",
            "[certificates.a.fields.b]\nunknown = 1",
        ),
        ("### `[documents.NAME]`\n", "[documents.a]\nunknown = 1"),
        ("### `[consents.NAME]`\n", "[consents.a]\nunknown = 1"),
        ("### `[identity]`\n", "[identity]\nunknown = {}"),
        ("### `[roster]`\n", "[roster]\nunknown = 1"),
        ("### `[[seats.shared]]`", "[seats]\nunknown = 1"),
        ("### `[[seats.shared]]`", "[[seats.shared]]\nunknown = 1"),
        ("### `[[pins]]`\n", "[[pins]]\nunknown = 1"),
        ("### `[checks.NAME]`\n", "[checks.a]\nunknown = 1"),
        (
            "### `[cells.KIND.MODE]`\n",
            "[cells.apply.counter]\nunknown = 1",
        ),
    ] {
        let (_, section) = page.split_once(heading).expect(heading);
        let end = section.find("\n#").unwrap_or(section.len());
        for field in fields(table) {
            let row = match field.as_str() {
                "basis" | "assumed" if heading != "## What a value rests on\n" => {
                    "\n| `basis`, `assumed` |".to_owned()
                }
                field => format!("\n| `{field}` |"),
            };
            assert!(section[..end].contains(&row), "{table}: {field}");
            count += 1;
        }
    }
    assert!(count > 110, "{count}");
}

#[test]
fn the_page_has_each_word() {
    let page = fs::read_to_string(PAGE).unwrap();
    let words = |all: &[&str]| {
        for word in all {
            let quoted = format!("`\"{word}\"`");
            assert!(
                page.contains(&quoted) || page.contains(&format!("`{word}`")),
                "{word}"
            );
        }
    };
    macro_rules! of {
        ($($list:ident),*) => {
            $(words(&$list::ALL.iter().map(|one| one.as_str()).collect::<Vec<_>>());)*
        };
    }
    of!(
        Kind,
        Mode,
        Model,
        Seat,
        Carrier,
        SubjectKind,
        Check,
        Stage,
        EvidenceKind,
        PaymentRoute,
        DeliveryMethod,
        PinChannel,
        Employment,
        IdentityDocument,
        IdentityMethod,
        FileFormat
    );
    // The others are serde's alone.
    for (word, table) in [
        (
            "activation",
            "[values]\nactivation = { value = \"unknown\" }",
        ),
        (
            "reissue-validity",
            "[values]\nreissue-validity = { value = \"unknown\" }",
        ),
        ("format", "[certificates.a.fields.b]\nformat = \"unknown\""),
    ] {
        let row = page.split_once(&format!("\n| `{word}` |")).unwrap().1;
        let row = row.lines().next().unwrap();
        for value in fields(table) {
            assert!(row.contains(&format!("`\"{value}\"`")), "{word}: {value}");
        }
    }
    for attribute in NamePart::ATTRIBUTES {
        assert!(
            page.contains(&format!(" {attribute},")) || page.contains(&format!(" {attribute} |"))
        );
    }
}

#[test]
fn the_page_has_the_shipped_sets_as_they_are() {
    let page = fs::read_to_string(PAGE).unwrap();
    let (head, _) = page.split_once(HEADING).unwrap();
    let wanted = format!("{head}{HEADING}\n{}", shipped_sets());
    if env::var_os("GM_PKI_WRITE_GOLDEN").is_some() {
        fs::write(PAGE, &wanted).unwrap();
    }
    let page = fs::read_to_string(PAGE).unwrap();
    assert!(
        page == wanted,
        "docs/rules.md is old: GM_PKI_WRITE_GOLDEN=1 writes it"
    );
}

fn shipped_sets() -> String {
    let mut text = String::from(
        "Made from the texts in `crates/lifecycle/rules`: change them there, then\n\
         `GM_PKI_WRITE_GOLDEN=1 cargo test -p lifecycle page`. A copy with an operator's own choices\n\
         is a set of its own.\n\n\
         | set | source | modes | certificates | with basis alone | assumed, in part or whole |\n\
         |---|---|---|---|---|---|\n",
    );
    for (name, _) in SHIPPED {
        let set = RuleSet::shipped(name).unwrap();
        let modes = Mode::ALL.iter().filter(|mode| {
            let mut kinds = Kind::ALL.iter();
            kinds.any(|kind| matches!(set.cell(*kind, **mode), Some(Cell::Offered(_))))
        });
        let modes: Vec<_> = modes.map(|mode| mode.as_str()).collect();
        let certificates: Vec<_> = set.certificates().keys().map(String::as_str).collect();
        let told = set.provenance();
        let assumed = told.iter().filter(|one| one.assumed.is_some()).count();
        let _ = writeln!(
            text,
            "| `{name}` | {} | {} | {} | {} | {assumed} |",
            set.source(),
            modes.join(", "),
            certificates.join(", "),
            told.len() - assumed,
        );
    }
    text
}
