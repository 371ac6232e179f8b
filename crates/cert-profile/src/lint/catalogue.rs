//! The table of rules, for people.

use super::{Document, rules};

/// The rules as a page of Markdown.
pub fn catalogue() -> String {
    let count = rules().count();
    let gm = rules().filter(|lint| {
        let families = ["gmt0015.", "gb20518.", "gdhk.", "pair."];
        families.iter().any(|family| lint.id().starts_with(family))
    });
    let mut page = format!(
        "# Rules for certificates, CRLs, OCSP answers, requests and pairs\n\n\
         Made from the table in `crates/cert-profile/src/lint`: change it there, then\n\
         `GM_PKI_WRITE_GOLDEN=1 cargo test -p cert-profile catalogue`.\n\n\
         {count} rules, {} of them from GM/T 0015, GB/T 20518, for pairs and for mutual\n\
         recognition. `gmpki cert lint` asks them; nothing that breaks one of severity\n\
         *error* is issued. Those of `gdhk` are asked with `--scheme gdhk` alone.\n",
        gm.count()
    );
    let documents = [
        (Document::Certificate, "Certificates"),
        (Document::Crl, "Revocation lists"),
        (Document::OcspResponse, "OCSP answers"),
        (Document::Request, "Requests"),
        (Document::Pair, "Pairs"),
    ];
    for (document, title) in documents {
        page.push_str(&format!(
            "\n## {title}\n\n| rule | severity | what holds | source |\n|---|---|---|---|\n"
        ));
        for lint in rules().filter(|lint| lint.document() == document) {
            page.push_str(&format!(
                "| `{}` | {} | {} | {} |\n",
                lint.id(),
                lint.severity(),
                lint.statement(),
                lint.source()
            ));
        }
    }
    page
}
