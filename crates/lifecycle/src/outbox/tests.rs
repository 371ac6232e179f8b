use super::*;
use crate::{Notice, Publication, ports::Notifier};
use gm_crypto::sm3;
use std::{
    fs,
    path::Path,
    time::{Duration, Instant},
};

/// The shell stands for any program here; the folder is its first argument.
fn receiver(folder: &Path, script: &str) -> DeliveryCommand {
    let arguments = ["-c", script, "receiver", folder.to_str().unwrap()];
    DeliveryCommand::new("sh", arguments).with_time_limit(Duration::from_secs(20))
}

fn publication(octets: Vec<u8>) -> Publication {
    Publication {
        name: "authorities/ca.crl".to_owned(),
        octets: octets.into(),
    }
}

fn notice() -> Notice {
    let notice = r#"{"stream": "case/zhang-1", "about": {"expiry": {"days": 30}}, "from": 9}"#;
    serde_json::from_str(notice).unwrap()
}

/// Publishes a megabyte, more than any pipe holds.
fn publish(command: DeliveryCommand) -> io::Result<()> {
    CommandPublisher::new(command).publish(&publication(vec![7; 1 << 20]))
}

fn refused(command: DeliveryCommand) -> String {
    let before = Instant::now();
    let error = publish(command).unwrap_err().to_string();
    assert!(before.elapsed() < Duration::from_secs(15), "{error}");
    assert!(error.len() < 400, "{} octets", error.len());
    error
}

fn is_alive(pid: &Path) -> bool {
    let pid = fs::read_to_string(pid).unwrap();
    let mut kill = std::process::Command::new("kill");
    let kill = kill.args(["-0", pid.trim()]);
    kill.stderr(std::process::Stdio::null())
        .status()
        .unwrap()
        .success()
}

#[test]
fn a_publication_comes_with_its_name_and_its_digest() {
    let folder = tempfile::tempdir().unwrap();
    let octets: Vec<u8> = (0..=255).cycle().take(300_000).collect();
    let script = "cat > \"$1/octets\"; shift; printf '%s\\n' \"$@\" > \"$0.out\"";
    let arguments = ["-c", script, folder.path().join("said").to_str().unwrap()]
        .map(str::to_owned)
        .into_iter()
        .chain([folder.path().to_str().unwrap(), "$(id) *", "two words"].map(str::to_owned));
    let command = DeliveryCommand::new("sh", arguments);
    let item = publication(octets.clone());
    CommandPublisher::new(command).publish(&item).unwrap();
    assert_eq!(fs::read(folder.path().join("octets")).unwrap(), octets);
    let said = fs::read_to_string(folder.path().join("said.out")).unwrap();
    let digest = sm3::digest(&octets).map(|octet| format!("{octet:02x}"));
    let expected = [
        "$(id) *",
        "two words",
        "authorities/ca.crl",
        &digest.concat(),
    ];
    assert_eq!(said.lines().collect::<Vec<_>>(), expected);
}

#[test]
fn a_notice_comes_with_its_key_as_one_line_of_json() {
    let folder = tempfile::tempdir().unwrap();
    let command = receiver(folder.path(), "cat > \"$1/$2\"");
    CommandNotifier::new(command).tell(&notice()).unwrap();
    let line = fs::read_to_string(folder.path().join("case_zhang-1_expiry-30")).unwrap();
    assert_eq!(line.matches('\n').count(), 1);
    assert_eq!(serde_json::from_str::<Notice>(&line).unwrap(), notice());
}

#[test]
fn how_a_program_ends_says_whether_it_is_delivered() {
    let folder = tempfile::tempdir().unwrap();
    let of = |script: &str| receiver(folder.path(), script);
    publish(of("cat > \"$1/item\"; echo noise; echo a note >&2")).unwrap();
    for (command, expected) in [
        (of("cat > /dev/null; exit 3"), "exit status: 3"),
        (
            of("printf 'first\\n  no \\033[1mline\\t \\n\\n' >&2; exit 1"),
            ": no ?[1mline",
        ),
        (of("kill -9 $$"), "signal: 9"),
        (
            DeliveryCommand::new("/no/such/program", [""; 0]),
            "does not start",
        ),
        (DeliveryCommand::new("sh", ["-c\0"]), "does not start"),
    ] {
        let error = refused(command);
        assert!(error.contains(expected), "{error}");
    }
    assert!(!refused(of("echo first >&2; echo last >&2; exit 1")).contains("first"));
}

#[test]
fn one_that_hangs_is_killed_at_its_limit() {
    let folder = tempfile::tempdir().unwrap();
    let pid = folder.path().join("pid");
    for script in [
        "echo $$ > \"$1/pid\"; exec sleep 100",
        "echo $$ > \"$1/pid\"; exec sleep 100 <&- 2>&-",
        "echo $$ > \"$1/pid\"; exec cat",
        "echo $$ > \"$1/pid\"; while :; do echo much >&2; done",
    ] {
        let limit = Duration::from_millis(400);
        let command = receiver(folder.path(), script).with_time_limit(limit);
        // One of them reads everything and ends in time.
        if script.ends_with("cat") {
            publish(command).unwrap();
        } else {
            let before = Instant::now();
            let error = publish(command).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::TimedOut, "{error}");
            assert!(
                error.to_string().contains("was killed after 400ms"),
                "{error}"
            );
            assert!(before.elapsed() >= limit);
            assert!(before.elapsed() < Duration::from_secs(15));
        }
        assert!(!is_alive(&pid), "it is gone");
    }
}

#[test]
fn one_that_reads_nothing_of_it_is_believed_by_its_end() {
    let folder = tempfile::tempdir().unwrap();
    for script in [
        "exit 0",
        "exec <&-; exit 0",
        "head -c 10 > /dev/null; exit 0",
    ] {
        publish(receiver(folder.path(), script)).unwrap();
        let script = script.replace("exit 0", "exit 9");
        assert!(refused(receiver(folder.path(), &script)).contains("exit status: 9"));
    }
}

#[test]
fn of_much_that_it_says_the_end_is_shown_and_little_kept() {
    let folder = tempfile::tempdir().unwrap();
    let script = "yes complaint | head -c 20000000 >&2; echo the end >&2; exit 1";
    let error = refused(receiver(folder.path(), script));
    assert!(error.ends_with(": the end"), "{error}");
    let script = "head -c 3000000 /dev/zero | tr '\\0' x >&2; exit 1";
    let error = refused(receiver(folder.path(), script));
    assert!(error.contains(": ...xxx"), "{error}");
    // Standard output goes nowhere, however much of it there is.
    publish(receiver(
        folder.path(),
        "yes | head -c 20000000; cat > /dev/null",
    ))
    .unwrap();
}

#[test]
fn what_a_program_leaves_running_is_not_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    let before = Instant::now();
    publish(receiver(folder.path(), "sleep 100 & exit 0")).unwrap();
    // Nor is it what it said that is lost, though its pipe has no end.
    let error = refused(receiver(
        folder.path(),
        "sleep 100 & echo first >&2; echo no >&2; exit 1",
    ));
    assert!(error.ends_with("exit status: 1: no"), "{error}");
    assert!(before.elapsed() < Duration::from_secs(15));
}

#[test]
fn what_the_second_place_did_not_take_comes_to_both_again() {
    let folder = tempfile::tempdir().unwrap();
    let script = "echo x >> \"$1/tries\"; cat > /dev/null; [ -e \"$1/open\" ]";
    let second = CommandPublisher::new(receiver(folder.path(), script));
    let first = FolderPublisher::new(folder.path().join("published"));
    let both = BothPublishers::new(first, second);
    let item = publication(vec![1, 2, 3]);
    both.publish(&item).unwrap_err();
    let published = folder.path().join("published/authorities/ca.crl");
    assert_eq!(fs::read(&published).unwrap(), *item.octets);
    fs::remove_file(&published).unwrap();
    fs::write(folder.path().join("open"), "").unwrap();
    both.publish(&item).unwrap();
    assert_eq!(fs::read(&published).unwrap(), *item.octets);
    let tries = fs::read_to_string(folder.path().join("tries")).unwrap();
    assert_eq!(tries.lines().count(), 2);
}

/// Things of one round under these names.
fn round(names: &[&str]) -> Vec<Publication> {
    let item = |(octet, name): (u8, &&str)| Publication {
        name: (*name).to_owned(),
        octets: vec![octet; 3].into(),
    };
    (0..).zip(names).map(item).collect()
}

#[test]
fn a_round_is_published_as_its_things_would_be() {
    let folder = tempfile::tempdir().unwrap();
    let publisher = FolderPublisher::new(folder.path().join("new/published"));
    let names = ["ca.pem", "shards/1/a.crl", "shards/1/b.crl", "shards/2.crl"];
    publisher.publish_all(&round(&names)).unwrap();
    publisher.publish_all(&round(&names)).unwrap();
    publisher.publish_all(&[]).unwrap();
    for item in round(&names) {
        let path = folder.path().join("new/published").join(&item.name);
        assert_eq!(fs::read(path).unwrap(), *item.octets);
    }
    let files = fs::read_dir(folder.path().join("new/published/shards/1")).unwrap();
    assert_eq!(files.count(), 2, "nothing else is left");

    // A folder stands where the second has its place.
    fs::create_dir_all(folder.path().join("new/published/b.pem")).unwrap();
    let refused = publisher.publish_all(&round(&["a.pem", "b.pem", "c.pem"]));
    assert!(matches!(refused, Err(Error::Publish { name, .. }) if name == "b.pem"));
    let is_there = |name: &str| folder.path().join("new/published").join(name).is_file();
    assert!(is_there("a.pem") && !is_there("c.pem"));

    // And where it goes to two places, the first has all before the second has any.
    let script = "cat > /dev/null; ls \"$1/both\" >> \"$1/seen\"";
    let second = CommandPublisher::new(receiver(folder.path(), script));
    let first = FolderPublisher::new(folder.path().join("both"));
    let both = BothPublishers::new(first, second);
    both.publish_all(&round(&["a", "b"])).unwrap();
    let seen = fs::read_to_string(folder.path().join("seen")).unwrap();
    assert_eq!(seen, "a\nb\na\nb\n");
}

/// Nodes of one store have one folder, and publish the same names at once.
#[test]
fn two_who_publish_one_name_do_not_meet() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log/checkpoint.txt");
    let publish = |octet: u8| {
        let publisher = FolderPublisher::new(folder.path());
        for length in 1..200 {
            let item = Publication {
                name: "log/checkpoint.txt".to_owned(),
                octets: vec![octet; 64 * length].into(),
            };
            publisher.publish(&item).unwrap();
            let there = fs::read(&path).unwrap();
            assert!(!there.is_empty() && there.iter().all(|one| *one == there[0]));
        }
    };
    std::thread::scope(|scope| {
        scope.spawn(|| publish(1));
        scope.spawn(|| publish(2));
    });
    let files = fs::read_dir(folder.path().join("log")).unwrap();
    assert_eq!(files.count(), 1, "nothing else is left");
}
