//! What `cert-profile` writes, before three judges who share no code with it: OpenSSL,
//! pkilint and BouncyCastle. A certificate of each shipped profile, CRLs and OCSP answers
//! are accepted by all three; a twin of each with one bit changed is refused by those two
//! who verify signatures.

mod authority;
mod certificates;
mod judges;
mod pkilint;
mod statuses;
mod table;

use judges::Panel;

/// What the notes and warnings of pkilint mean for us is written down; another is told.
#[test]
fn each_shipped_profile_issues_what_three_judges_accept() {
    let Some(panel) = Panel::find() else { return };
    certificates::judge(&panel);
}

#[test]
fn three_judges_accept_what_policies_of_ones_own_write() {
    let Some(panel) = Panel::find() else { return };
    certificates::judge_own(&panel);
}

#[test]
fn three_judges_accept_lists_of_every_kind() {
    let Some(panel) = Panel::find() else { return };
    statuses::judge_crls(&panel);
}

#[test]
fn three_judges_accept_ocsp_answers_of_every_kind() {
    let Some(panel) = Panel::find() else { return };
    statuses::judge_answers(&panel);
}

/// Findings come from its own programs, and from ours around the same rules.
#[test]
fn pkilint_finds_in_one_process_what_its_programs_find() {
    let Some(panel) = Panel::find() else { return };
    pkilint::same_as_programs(&panel);
}

/// A figure; nothing is asserted.
#[test]
fn how_long_pkilint_takes_and_how_long_our_rules() {
    let Some(panel) = Panel::find() else { return };
    certificates::time(&panel);
}
