use super::*;

fn protocol(status: Status) -> Protocol {
    Protocol {
        status,
        language: Language::En,
        name: "Root <2026> & \"more\"".into(),
        place: "Room 3".into(),
        began: "2026-11-29T08:00:00Z".into(),
        ended: "2026-11-29T09:00:00Z".into(),
        program: "gmpki".into(),
        configuration: [0xab; 32],
        subject: "CN=Root".into(),
        profile: "root-ca".into(),
        policy: [0xcd; 32],
        key: "file:root.key.pem".into(),
        shares: Some((2, 3)),
        participants: vec![
            Participant {
                name: "Zhao".into(),
                role: "leads".into(),
            },
            Participant {
                name: "<b>Qian</b>".into(),
                role: "custodian".into(),
            },
        ],
        entries: vec![Entry {
            at: "2026-11-29T08:30:00Z".into(),
            who: "gmpki".into(),
            did: "made the key".into(),
            facts: vec![
                Fact::digest("SM3 of the public key", &[0x12; 32]),
                Fact::text("File", "root.key.pem"),
            ],
        }],
    }
}

#[test]
fn the_text_has_every_digest_in_groups_and_a_line_for_each_to_sign() {
    let text = protocol(Status::Done).text();
    let group = ["1212"; 8].join(" ");
    assert!(
        text.contains(&format!("    {group}\n         {group}\n")),
        "{text}"
    );
    assert!(text.contains("Completed."), "{text}");
    assert!(text.contains("2 of 3 custodians open it"), "{text}");
    assert_eq!(text.matches("signature ____").count(), 2);
    assert!(text.contains("  1. 2026-11-29T08:30:00Z  gmpki\n     made the key\n"));
}

#[test]
fn a_rehearsal_is_known_by_its_configuration_its_profile_and_its_check() {
    let rehearsal = protocol(Status::Rehearsal).text();
    assert!(rehearsal.starts_with("Rehearsal"), "{rehearsal}");
    assert!(is_rehearsal_of(&rehearsal, &[0xab; 32], &[0xcd; 32]));
    assert!(!is_rehearsal_of(&rehearsal, &[0xac; 32], &[0xcd; 32]));
    assert!(!is_rehearsal_of(&rehearsal, &[0xab; 32], &[0xce; 32]));
    let changed = rehearsal.replace("Room 3", "Room 4");
    assert!(!is_rehearsal_of(&changed, &[0xab; 32], &[0xcd; 32]));
    let broken = Status::BrokenOff {
        reason: "power".into(),
    };
    for other in [Status::Done, broken] {
        assert!(!is_rehearsal_of(
            &protocol(other).text(),
            &[0xab; 32],
            &[0xcd; 32]
        ));
    }
    for text in [
        "",
        "\n",
        "gm-pki-ceremony check ",
        "a\ngm-pki-ceremony rehearsal b\nc",
    ] {
        assert!(!is_rehearsal_of(text, &[0xab; 32], &[0xcd; 32]));
    }
}

#[test]
fn what_the_file_says_is_text_in_the_page_and_nothing_else() {
    let protocol = protocol(Status::Done);
    let html = protocol.html(Some("MEUCIQ=="));
    assert!(
        html.contains("Root &lt;2026&gt; &amp; &quot;more&quot;"),
        "{html}"
    );
    assert!(html.contains("&lt;b&gt;Qian&lt;/b&gt;") && !html.contains("<b>"));
    for foreign in ["<script", "http:", "https:", "src=", "url(", "@import"] {
        assert!(!html.contains(foreign), "{foreign}");
    }
    assert!(html.contains("size: A4") && html.contains("break-before: page"));
    let digest = digits::grouped(&hexadecimal(&sm3::digest(protocol.text().as_bytes())));
    assert!(
        html.contains(&digest),
        "the page names the text that was signed"
    );
    assert!(html.contains("MEUCIQ=="));
    let verdict = "REHEARSAL. No key was made or used.";
    let rehearsal = Protocol {
        status: Status::Rehearsal,
        ..protocol
    };
    assert_eq!(rehearsal.html(None).matches(verdict).count(), 2);
}

#[test]
fn a_ceremony_that_broke_off_says_why() {
    let reason = "step 3: no room".to_owned();
    let text = protocol(Status::BrokenOff { reason }).text();
    assert!(text.contains("BROKEN OFF: step 3: no room"), "{text}");
}

#[test]
fn a_protocol_is_chinese_where_its_file_says_so() {
    let mut protocol = protocol(Status::Done);
    protocol.language = Language::Zh;
    let text = protocol.text();
    assert!(text.starts_with("密钥仪式记录"), "{text}");
    assert!(text.contains("3 名保管人中 2 名可共同恢复"), "{text}");
    assert!(protocol.html(None).contains("<html lang=\"zh\">"));
    assert!(!is_rehearsal_of(&text, &[0xab; 32], &[0xcd; 32]));
}
