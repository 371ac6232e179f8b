use super::*;

const GOOD: &str = "\
name = '示例根 2026'
place = '北京'
language = 'zh'
[ca]
subject = 'CN=示例根,O=示例,C=CN'
profile = 'root-ca'
key = 'root.key.pem'
password_file = 'ca.pass'
[backup]
file = 'root.backup.pem'
threshold = 2
[[custodian]]
name = '赵一'
share = 'zhao.share'
password_file = 'zhao.pass'
[[custodian]]
name = '钱二'
share = 'qian.share'
[[participant]]
name = '孙三'
role = '主持人'
[[step]]
who = '孙三'
does = '检查封条'
[[step]]
who = '赵一'
does = '封存分量'
when = 'after'
[output]
certificate = 'root.pem'
protocol = 'out/protocol'
";

fn read(text: &str) -> Result<Script, Fault> {
    Script::read(text, Path::new("folder"))
}

#[test]
fn a_good_file_says_everything() {
    let script = read(GOOD).unwrap();
    assert_eq!(script.digest, sm3::digest(GOOD.as_bytes()));
    assert_eq!(script.ca.subject_text, "CN=示例根,O=示例,C=CN");
    let backup = script.backup.as_ref().unwrap();
    assert_eq!(backup.threshold, 2);
    assert_eq!(backup.custodians[0].share, Path::new("folder/zhao.share"));
    assert_eq!(backup.custodians[1].password_file, None);
    let names: Vec<&str> = script.participants.iter().map(|one| &*one.name).collect();
    assert_eq!(names, ["孙三", "赵一", "钱二"], "custodians sign as well");
    assert_eq!(
        script.output.protocol(true, ".txt"),
        Path::new("folder/out/protocol.rehearsal.txt")
    );
    assert_eq!(script.new_files().len(), 8);
}

#[test]
fn the_tasks_have_their_order() {
    let order = |script: &Script| -> Vec<String> {
        let tasks = script.tasks();
        tasks
            .iter()
            .map(|task| match task {
                Task::ByHand(step) => format!("{}: {}", step.who, step.does),
                other => format!("{other:?}"),
            })
            .collect()
    };
    assert_eq!(
        order(&read(GOOD).unwrap()),
        [
            "孙三: 检查封条",
            "SelfTest",
            "MakeKey",
            "Certify",
            "BackUp",
            "HandOut(0)",
            "HandOut(1)",
            "TryBackup",
            "赵一: 封存分量"
        ]
    );
    let plain = GOOD.split("[backup]").next().unwrap().to_owned()
        + "[[participant]]\nname = 'a'\nrole = 'b'\n[output]\ncertificate = 'c'\nprotocol = 'd'\n";
    assert_eq!(
        order(&read(&plain).unwrap()),
        ["SelfTest", "MakeKey", "Certify"]
    );
}

#[test]
fn what_is_wrong_is_told_with_its_line_and_field() {
    for (one, other, message) in [
        ("name = '示例根 2026'", "name = ", "line 1, "),
        ("place = '北京'", "places = '北京'", "line 2, unknown field"),
        (
            "language = 'zh'",
            "language = 'fr'",
            "line 3, unknown variant",
        ),
        ("place = '北京'\n", "", "line 1, missing field `place`"),
        ("'北京'", "' '", "line 2, `place`: is empty"),
        (
            "'北京'",
            "\"a\\nb\"",
            "line 2, `place`: has a character that is not shown",
        ),
        (
            "'北京'",
            "\"a\\u202eb\"",
            "line 2, `place`: has a character that is not shown",
        ),
        (
            "'北京'",
            "\"a\\u061cb\"",
            "line 2, `place`: has a character that is not shown",
        ),
        (
            "'北京'",
            "\"a\\u2060b\"",
            "line 2, `place`: has a character that is not shown",
        ),
        (
            "'北京'",
            "\"a\\u00adb\"",
            "line 2, `place`: has a character that is not shown",
        ),
        (
            "name = '赵一'",
            "name = '赵\u{3000}一'",
            "line 13, `custodian.name`: has blanks",
        ),
        (
            "name = '钱二'",
            "name = 'Qian  Er'",
            "line 17, `custodian.name`: has blanks",
        ),
        (
            "name = '孙三'",
            "name = '孙\u{a0}三'",
            "line 20, `participant.name`: has blanks",
        ),
        (
            "'root.key.pem'",
            "'pkcs11:token=a;object=b?module-path=/m.so'",
            "line 7, `ca.key`: a device lets no key out to be split",
        ),
        (
            "'root.key.pem'",
            "'skf:application=a;container=b?module-path=/m.so'\nexisting = true",
            "line 7, `ca.key`: a device lets no key out to be split",
        ),
        (
            "'root.key.pem'",
            "'sdf:index=1'\nexisting = true",
            "line 7, `ca.key`: a device lets no key out to be split",
        ),
        (
            "'CN=示例根,O=示例,C=CN'",
            "'示例根'",
            "line 5, `ca.subject`: is no name",
        ),
        (
            "'CN=示例根,O=示例,C=CN'",
            "'CN=a，O=b'",
            "line 5, `ca.subject`: has '，'",
        ),
        (
            "'root.key.pem'",
            "'pkcs11:token'",
            "line 7, `ca.key`: cannot read",
        ),
        (
            "'root.key.pem'",
            "'exec:program=a'",
            "line 7, `ca.key`: a command makes no key",
        ),
        (
            "'root.key.pem'",
            "'exec:program=a'\nexisting = true",
            "line 7, `ca.key`: a command lets no key out",
        ),
        (
            "'root.key.pem'",
            "'sdf:index=1'",
            "line 7, `ca.key`: GM/T 0018 makes no keys",
        ),
        (
            "threshold = 2",
            "threshold = 1",
            "line 11, `backup.threshold`: with fewer than 2",
        ),
        (
            "threshold = 2",
            "threshold = 3",
            "line 11, `backup.threshold`: 3 of 2",
        ),
        ("threshold = 2", "threshold = -1", "line 11, invalid value"),
        ("threshold = 2", "threshold = 300", "line 11, invalid value"),
        (
            "'qian.share'",
            "'zhao.share'",
            "`output`: two results go to folder/zhao.share",
        ),
        (
            "'qian.share'",
            "'none/.././zhao.share'",
            "`output`: two results go to folder/none/.././zhao.share",
        ),
        (
            "'root.backup.pem'",
            "'root.pem'",
            "`output`: two results go to folder/root.pem",
        ),
        (
            "name = '钱二'",
            "name = '赵一'",
            "line 17, `custodian.name`: is a custodian or",
        ),
        (
            "name = '孙三'",
            "name = '赵一'",
            "line 13, `custodian.name`: is a custodian or",
        ),
        (
            "who = '孙三'",
            "who = '李四'",
            "line 23, `step.who`: 李四 is no participant",
        ),
        (
            "when = 'after'",
            "when = 'later'",
            "line 28, unknown variant",
        ),
        (
            "share = 'qian.share'",
            "share = 'qian.share'\npassword_file = 'zhao.pass'",
            "line 17, `custodian.password_file`: two custodians have one password",
        ),
        (
            "share = 'qian.share'",
            "share = 'qian.share'\npassword_file = './zhao.pass'",
            "line 17, `custodian.password_file`: two custodians have one password",
        ),
        (
            "share = 'qian.share'",
            "share = 'qian.share'\npassword_file = '../folder/none/../zhao.pass'",
            "line 17, `custodian.password_file`: two custodians have one password",
        ),
        (
            "[backup]\nfile = 'root.backup.pem'\nthreshold = 2\n",
            "",
            "line 10, `custodian`: custodians without a table `backup`",
        ),
        (
            "[[participant]]\nname = '孙三'\nrole = '主持人'\n",
            "",
            "line 1, `participant`: nobody leads",
        ),
    ] {
        assert!(GOOD.contains(one), "{one}");
        let fault = read(&GOOD.replacen(one, other, 1)).expect_err(other);
        let shown = fault.to_string();
        assert!(shown.contains(message), "{other}: {shown}");
    }
    let long = format!("'{}'", "a".repeat(301));
    let fault = read(&GOOD.replace("'北京'", &long)).unwrap_err();
    assert!(fault.to_string().contains("more than 300"), "{fault}");
    let many = "[[custodian]]\nname = 'N'\nshare = 'N.share'\n";
    let many: String = (0..15).map(|n| many.replace('N', &n.to_string())).collect();
    let fault = read(&GOOD.replace("[[participant]]", &format!("{many}[[participant]]")));
    assert!(fault.unwrap_err().to_string().contains("17 custodians"));
    let steps = "[[step]]\nwho = '孙三'\ndoes = 'a'\n".repeat(63);
    let fault = read(&GOOD.replace("[output]", &format!("{steps}[output]"))).unwrap_err();
    assert!(
        fault.to_string().contains("`step`: more than 64"),
        "{fault}"
    );
}

#[test]
fn a_tab_is_no_part_of_a_line() {
    let fault = read(&GOOD.replace("'北京'", "\"a\\tb\"")).unwrap_err();
    assert_eq!(fault.field, "place");
}
