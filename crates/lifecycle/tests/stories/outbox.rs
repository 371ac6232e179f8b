//! An engine that delivers by programs.

use lifecycle::{
    Engine, Error, Notice,
    outbox::{BothPublishers, CommandNotifier, CommandPublisher, DeliveryCommand, FolderPublisher},
    ports::NullNotifier,
};
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    time::Duration,
};
use tempfile::TempDir;

use crate::{
    doubles::{FailingStore, Side, World},
    script::{Applicant, establish, in_business, take_through},
};

const DAY: u64 = 86_400;

/// The shell stands for any program here; the folder is its first argument.
fn receiver(folder: &Path, script: &str) -> DeliveryCommand {
    let arguments = ["-c", script, "receiver", folder.to_str().unwrap()];
    DeliveryCommand::new("sh", arguments).with_time_limit(Duration::from_secs(20))
}

/// A case whose review is late: somebody is to be told.
fn late() -> (World, TempDir) {
    let (world, mut engine) = in_business();
    Applicant::new("zhang.san").submit(&mut engine).unwrap();
    world.clock.forward(7 * DAY);
    (world, tempfile::tempdir().unwrap())
}

fn tick(engine: &mut Engine) -> Result<(), Error> {
    engine.tick(&mut |_| {})
}

fn lines(folder: &Path, name: &str) -> Vec<String> {
    let text = fs::read_to_string(folder.join(name)).unwrap_or_default();
    text.lines().map(str::to_owned).collect()
}

#[test]
fn a_receiver_that_fails_twice_is_given_the_same_a_third_time() {
    let (world, folder) = late();
    let script = "cat >> \"$1/items\"; echo \"$2\" >> \"$1/keys\"
                  [ $(wc -l < \"$1/keys\") -ge 3 ] && exit 0
                  echo busy >&2; echo 'no line' >&2; exit 7";
    let notifier = CommandNotifier::new(receiver(folder.path(), script));
    for turn in 0..5 {
        // Each time another process.
        let (shelf, notifier) = (world.shelf.clone(), notifier.clone());
        let mut engine = world.engine_to(world.store.clone(), shelf, notifier);
        match tick(&mut engine) {
            Err(Error::Notify { key, source }) if turn < 2 => {
                assert!(key.starts_with("case_"), "{key}");
                let source = source.to_string();
                assert!(source.ends_with("exit status: 7: no line"), "{source}");
            }
            answer => assert!(answer.is_ok() && turn >= 2, "{turn}: {answer:?}"),
        }
    }
    let (keys, items) = (lines(folder.path(), "keys"), lines(folder.path(), "items"));
    assert_eq!((keys.len(), items.len()), (3, 3), "told once, and no more");
    assert!(keys.iter().all(|key| *key == keys[0]), "{keys:?}");
    assert!(items.iter().all(|item| *item == items[0]), "{items:?}");
    let notice: Notice = serde_json::from_str(&items[0]).unwrap();
    assert_eq!(notice.key(), keys[0]);
}

#[test]
fn what_was_told_and_not_noted_is_told_again_under_the_same_key() {
    for side in [Side::Before, Side::After] {
        let (world, folder) = late();
        let script = "cat > /dev/null; echo \"$2\" >> \"$1/keys\"";
        let notifier = CommandNotifier::new(receiver(folder.path(), script));
        // The process dies when it notes: the second thing that it writes.
        let store = FailingStore::new(world.store.clone(), 2, side);
        let mut engine = world.engine_to(store, world.shelf.clone(), notifier.clone());
        tick(&mut engine).unwrap_err();
        assert_eq!(lines(folder.path(), "keys").len(), 1, "it was told");
        drop(engine);
        let mut engine = world.engine_to(world.store.clone(), world.shelf.clone(), notifier);
        tick(&mut engine).unwrap();
        tick(&mut engine).unwrap();
        let keys = lines(folder.path(), "keys");
        // Unless it was noted after all.
        let times = if side == Side::Before { 2 } else { 1 };
        assert_eq!(keys.len(), times, "{keys:?}");
        assert!(keys.iter().all(|key| *key == keys[0]), "{keys:?}");
    }
}

#[test]
fn one_that_hangs_stops_no_business() {
    let (world, folder) = late();
    let command = receiver(folder.path(), "exec sleep 100");
    let notifier = CommandNotifier::new(command.with_time_limit(Duration::from_millis(200)));
    let mut engine = world.engine_to(world.store.clone(), world.shelf.clone(), notifier);
    let failed = tick(&mut engine).unwrap_err();
    assert!(matches!(failed, Error::Notify { .. }), "{failed:?}");
    take_through(&mut engine, &Applicant::new("li.ming")).unwrap();
}

#[test]
fn a_program_is_given_everything_that_a_folder_is() {
    let folder = tempfile::tempdir().unwrap();
    let world = World::default();
    let script = "mkdir -p \"$1/by-program/$(dirname \"$2\")\"; cat > \"$1/by-program/$2\"
                  echo \"$2 $3\" >> \"$1/names\"";
    let publisher = BothPublishers::new(
        FolderPublisher::new(folder.path().join("by-folder")),
        CommandPublisher::new(receiver(folder.path(), script)),
    );
    let store = world.store.clone();
    let mut engine = world.engine_to(store, publisher, NullNotifier::default());
    establish(&mut engine).unwrap();
    take_through(&mut engine, &Applicant::new("zhang.san")).unwrap();
    let by_folder = contents(&folder.path().join("by-folder"));
    assert!(by_folder.len() >= 5, "{:?}", by_folder.keys());
    assert!(by_folder == contents(&folder.path().join("by-program")));
    let mut names = lines(folder.path(), "names");
    let count = names.len();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), count, "nothing was published twice");
}

/// Every file below a folder, by its name there.
fn contents(root: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let (mut found, mut folders) = (BTreeMap::new(), vec![root.to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(root).unwrap().to_owned();
                found.insert(name, fs::read(path).unwrap());
            }
        }
    }
    found
}
