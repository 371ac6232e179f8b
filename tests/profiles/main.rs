//! What `cert-profile` writes, before three judges who share no code with it: OpenSSL,
//! pkilint and BouncyCastle. A certificate of each shipped profile, CRLs and OCSP answers
//! are accepted by all three; a twin of each with one bit changed is refused by those two
//! who verify signatures.

mod authority;
mod certificates;
mod judges;
mod statuses;
mod table;

use judges::Panel;

/// What the notes and warnings of pkilint mean for us is written down; another is told.
#[test]
fn each_shipped_profile_issues_what_three_judges_accept() {
    let Some(panel) = Panel::find() else { return };
    certificates::judge(&panel);
}
