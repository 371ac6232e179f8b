//! Seeds of the target `decide`: whole cases, and ways they go wrong.

use super::{Result, write};

/// Persons and seats as `business` counts them: the high half of an octet is the seat.
pub(crate) fn decisions() -> Result<()> {
    const HOLDER: u8 = 0x00;
    const AGENT: u8 = 0x11;
    const REGISTRAR: u8 = 0x32;
    const APPROVER: u8 = 0x43;
    const CUSTODIAN: u8 = 0x85;
    const CASHIER: u8 = 0x94;
    const OFFICER: u8 = 0xd6;
    const SECOND_OFFICER: u8 = 0xd7;
    const NOBODY: u8 = 0x00;
    const SETTLE: [u8; 3] = [NOBODY, 43, 0];
    const CRASH: [u8; 3] = [NOBODY, 44, 0];
    let asked = [
        [HOLDER, 0, 0],
        [HOLDER, 3, 0],
        [HOLDER, 16, 0],
        [HOLDER, 6, 0],
    ];
    let reviewed = |case| {
        [
            [REGISTRAR, 10, case],
            [REGISTRAR, 11, case],
            [APPROVER, 13, case],
            [APPROVER, 14, case],
        ]
    };
    let issued = [&asked[..], &reviewed(0), &[[APPROVER, 18, 0], SETTLE]].concat();
    let delivered = [
        [APPROVER, 19, 0],
        [APPROVER, 20, 0],
        SETTLE,
        [CUSTODIAN, 21, 0],
        [HOLDER, 22, 0],
        [APPROVER, 24, 0],
    ];
    let delivered = [&issued[..], &delivered].concat();
    let changed = [
        [HOLDER, 0, 1 | 2 << 2],
        [HOLDER, 28, 1],
        [APPROVER, 29, 1],
        [OFFICER, 40, 0],
        [HOLDER, 0, 2 | 5 << 2],
        [HOLDER, 6, 2],
    ];
    let again = [
        [HOLDER, 0, 1 | 4 << 2],
        [HOLDER, 3, 1],
        [HOLDER, 16, 1 | 1 << 2],
        [HOLDER, 6, 1],
    ];
    let returned = [
        [REGISTRAR, 10, 0],
        [REGISTRAR, 12, 1 << 2],
        [HOLDER, 3, 0],
        [HOLDER, 7, 0],
    ];
    // The token, then the store fails; then the process dies, with an intent open.
    let crashed = [[APPROVER, 18, 0], [NOBODY, 43, 1], [NOBODY, 43, 8], CRASH];
    let same_person = [[0x30, 10, 0], [REGISTRAR, 10, 0], [REGISTRAR, 11, 0]];
    let same_person = [&asked[..], &same_person, &[[0x42, 13, 0], [0x42, 14, 0]]].concat();
    // Each act draws a serial number.
    let same_serial = [[NOBODY, 46, 3], [APPROVER, 18, 0], [NOBODY, 46, 2], SETTLE];
    let responder = [
        [OFFICER, 41, 0],
        SETTLE,
        [SECOND_OFFICER, 42, 0],
        SETTLE,
        [OFFICER, 40, 0],
        SETTLE,
    ];
    let by_pair = [
        [HOLDER, 36, 0],
        [REGISTRAR, 37, 0],
        [APPROVER, 38, 0],
        [REGISTRAR, 37, 1 << 2],
        [APPROVER, 38, 0],
        [OFFICER, 40, 0],
        SETTLE,
    ];
    let documents = |who, count: u8| (0..count).map(move |which| [who, 4, which << 2]);
    let checks = |who, count: u8| (0..count).map(move |which| [who, 5, which << 2]);
    let seal = [
        vec![[AGENT, 0, 6 << 2], [AGENT, 1, 0], [AGENT, 1, 33 << 2]],
        vec![[AGENT, 3, 0]],
        documents(AGENT, 5).collect(),
        checks(AGENT, 2).collect(),
        vec![[AGENT, 31, 0], [AGENT, 6, 0], [CASHIER, 32, 0]],
        reviewed(0)[..1].to_vec(),
        vec![[CASHIER, 32, 0]],
        reviewed(0)[1..].to_vec(),
        vec![[APPROVER, 17, 0], [APPROVER, 16, 0], [APPROVER, 18, 0]],
        vec![SETTLE, [APPROVER, 19, 0], [APPROVER, 20, 1 << 2], SETTLE],
        vec![[CUSTODIAN, 21, 11 << 2], [AGENT, 22, 0], [APPROVER, 24, 0]],
        // One more than the quota.
        vec![[AGENT, 0, 1 | 6 << 2]],
    ]
    .concat();
    let wallet = [
        vec![[AGENT, 0, 6 << 2], [AGENT, 3, 0], [AGENT, 31, BAD << 2]],
        vec![[CASHIER, 33, 0], [CASHIER, 33, 2 << 2]],
        vec![[AGENT, 33, 3 << 2], [NOBODY, 45, 0x10], [CASHIER, 33, 0]],
        vec![[CASHIER, 33, 1 << 2], [AGENT, 34, BAD << 2]],
        vec![[AGENT, 34, 0], [AGENT, 26, 0]],
        vec![[CASHIER, 27, 0]],
    ]
    .concat();
    let inside = [
        vec![[HOLDER, 0, 6 << 2], [HOLDER, 3, 0]],
        documents(HOLDER, 6).collect(),
        vec![[HOLDER, 8, 0], [AGENT, 9, 0], reviewed(0)[0]],
        checks(REGISTRAR, 4).collect(),
        reviewed(0)[1..].to_vec(),
        vec![[APPROVER, 17, 0], [APPROVER, 16, 0], [APPROVER, 18, 0]],
        vec![SETTLE, [APPROVER, 19, 0], [APPROVER, 20, 0], SETTLE],
    ]
    .concat();
    let agency = [
        vec![[HOLDER, 0, 12 << 2], [HOLDER, 3, 0]],
        documents(HOLDER, 3).collect(),
        vec![[HOLDER, 16, 0], [HOLDER, 6, 0], reviewed(0)[0]],
        checks(REGISTRAR, 4).collect(),
        reviewed(0)[1..].to_vec(),
        vec![[APPROVER, 18, 0], SETTLE],
    ]
    .concat();
    let lapsed = [&asked[..2], &[[NOBODY, 45, 0xf0]; 3]].concat();
    for (name, rules, steps) in [
        ("issued", 0, delivered.clone()),
        (
            "changed",
            0,
            [&delivered[..], &changed, &reviewed(2)].concat(),
        ),
        (
            "reissued",
            0,
            [
                &delivered[..],
                &again,
                &reviewed(1),
                &[[APPROVER, 18, 1], SETTLE],
            ]
            .concat(),
        ),
        (
            "returned",
            0,
            [&asked[..], &returned, &reviewed(0)].concat(),
        ),
        ("crashed", 0, [&issued[..8], &crashed, &[SETTLE]].concat()),
        ("same-person", 0, same_person),
        (
            "same-serial",
            0,
            [&issued[..8], &same_serial, &[SETTLE]].concat(),
        ),
        ("responder", 0, responder.to_vec()),
        ("by-pair", 0, [&delivered[..], &by_pair].concat()),
        (
            "rejected",
            0,
            [&asked[..], &reviewed(0)[..3], &[[APPROVER, 15, 0]]].concat(),
        ),
        ("lapsed", 0, lapsed),
        ("seal", 1, seal),
        ("wallet", 1, wallet),
        ("inside", 2, inside),
        ("agency", 3, agency),
    ] {
        write("decide", name, [vec![rules], steps.concat()].concat())?;
    }
    Ok(())
}

/// Makes an act of `business` a bad one.
const BAD: u8 = 0x20;
