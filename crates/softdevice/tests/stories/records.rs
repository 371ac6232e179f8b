//! What somebody does with the file in hand.

use crate::{application, user};
use rusqlite::{Connection, params};
use softdevice::{
    Application, Attributes, Draft, Error, KeyKind, KeyUse, Object, PrivateKey, Secret, SecretKind,
    SecretValue,
};

fn with_file<T>(application: &Application, change: impl FnOnce(&Connection) -> T) -> T {
    let connection = Connection::open(application.device().path()).unwrap();
    change(&connection)
}

fn change(application: &Application, sql: &str, parameters: impl rusqlite::Params) {
    let changed = with_file(application, |file| file.execute(sql, parameters).unwrap());
    assert!(changed > 0, "{sql}");
}

fn key(application: &Application, label: &str) -> Object {
    let mut attributes = Attributes::default();
    attributes.set(0x162, [0]);
    let draft = Draft::new(label)
        .with_use(KeyUse::Signing)
        .with_attributes(attributes);
    let key = PrivateKey::generate(KeyKind::Sm2).unwrap();
    user(application).store(&draft, Secret::Key(&key)).unwrap()
}

fn is_damaged(application: &Application, object: &Object) -> bool {
    matches!(
        user(application).private_key(object.id()),
        Err(Error::Damaged { .. })
    )
}

#[test]
fn a_record_in_the_place_of_another_does_not_open() {
    let (_folder, application) = application();
    let [one, two] = ["one", "two"].map(|label| key(&application, label));
    assert!(!is_damaged(&application, &one));
    change(
        &application,
        "UPDATE objects SET sealed = (SELECT sealed FROM objects WHERE id = ?1) WHERE id = ?2",
        params![one.id().get(), two.id().get()],
    );
    assert!(is_damaged(&application, &two));
    assert!(!is_damaged(&application, &one));
}

#[test]
fn no_public_part_can_be_changed_beside_the_device() {
    for (column, value) in [
        ("label", rusqlite::types::Value::Text("other".into())),
        ("key_id", rusqlite::types::Value::Blob(vec![9])),
        ("private", rusqlite::types::Value::Integer(0)),
        ("kind", rusqlite::types::Value::Text("P-256".into())),
        // As if it could be taken out.
        (
            "attributes",
            rusqlite::types::Value::Blob(
                [&0x162_u64.to_be_bytes()[..], &1_u64.to_be_bytes(), &[1]].concat(),
            ),
        ),
        ("value", rusqlite::types::Value::Blob(vec![4; 65])),
        ("uid", rusqlite::types::Value::Blob(vec![4; 16])),
    ] {
        let (_folder, application) = application();
        let object = key(&application, "one");
        let sql = format!("UPDATE objects SET {column} = ?1 WHERE id = ?2");
        change(&application, &sql, params![value, object.id().get()]);
        assert!(is_damaged(&application, &object), "{column}");
    }
}

#[test]
fn a_pin_of_another_application_opens_nothing() {
    let (_folder, application) = application();
    let device = application.device();
    let wanted = softdevice::NewApplication::new("other", crate::pin("87654321"))
        .with_user_pin(crate::pin("654321"));
    let other = device.create_application(&wanted).unwrap();
    for columns in ["salt", "sealed", "iterations"] {
        change(
            &application,
            &format!(
                "UPDATE pins SET {columns} =
                 (SELECT {columns} FROM pins WHERE application = ?1 AND role = 'user')
                 WHERE application = ?2 AND role = 'user'"
            ),
            params![other.id().get(), application.id().get()],
        );
    }
    let error = application.login(softdevice::Role::User, &crate::pin("654321"));
    assert!(matches!(error, Err(Error::PinIncorrect { .. })));
}

#[test]
fn no_secret_lies_open_in_the_file() {
    const PIN: &str = "the user's own PIN";
    let (_folder, application) = application();
    let secret = SecretValue::new(*b"sixteen octets!!");
    let user = user(&application);
    user.store(
        &Draft::new("k"),
        Secret::Symmetric(SecretKind::Sm4, &secret),
    )
    .unwrap();
    let private = PrivateKey::generate(KeyKind::P256).unwrap();
    user.store(&Draft::new("p"), Secret::Key(&private)).unwrap();
    let folder = application.device().path().parent().unwrap();
    let mut octets = Vec::new();
    for file in std::fs::read_dir(folder).unwrap() {
        octets.extend(std::fs::read(file.unwrap().path()).unwrap());
    }
    let holds = |needle: &[u8]| octets.windows(needle.len()).any(|window| window == needle);
    // The search finds what does lie open.
    assert!(holds(private.point()));
    assert!(!holds(secret.as_bytes()));
    assert!(!holds(&private.scalar()));
    assert!(!holds(PIN.as_bytes()));
}

#[test]
fn a_store_with_garbage_in_it_is_an_error() {
    let (_folder, application) = application();
    let object = key(&application, "one");
    for (column, value) in [
        ("class", "nothing"),
        ("place", "nowhere"),
        ("attributes", "short"),
    ] {
        let old: rusqlite::types::Value = with_file(&application, |file| {
            let sql = format!("SELECT {column} FROM objects");
            file.query_row(&sql, [], |row| row.get(0)).unwrap()
        });
        let sql = format!("UPDATE objects SET {column} = CAST(?1 AS BLOB)");
        let text = format!("UPDATE objects SET {column} = ?1");
        let sql = if column == "attributes" { &sql } else { &text };
        change(&application, sql, [value]);
        let error = application.object(object.id()).unwrap_err();
        assert!(matches!(error, Error::Damaged { .. }), "{column}: {error}");
        change(&application, &text, [old]);
    }
}

#[test]
fn what_is_deleted_leaves_nothing_in_the_file() {
    let (folder, application) = application();
    // So many that whole pages become free.
    let keys: Vec<_> = (0..100)
        .map(|number| key(&application, &number.to_string()))
        .collect();
    let sealed: Vec<Vec<u8>> = with_file(&application, |file| {
        let mut statement = file
            .prepare("SELECT sealed FROM objects WHERE sealed IS NOT NULL")
            .unwrap();
        let rows = statement.query_map([], |row| row.get(0)).unwrap();
        rows.collect::<Result<_, _>>().unwrap()
    });
    assert_eq!(sealed.len(), keys.len());
    let kept = || -> usize {
        let files = std::fs::read_dir(folder.path()).unwrap();
        files
            .map(|file| {
                let octets = std::fs::read(file.unwrap().path()).unwrap();
                let is_in = |sealed: &&Vec<u8>| {
                    let places = octets.windows(sealed.len());
                    places.into_iter().any(|place| place == sealed.as_slice())
                };
                sealed.iter().filter(is_in).count()
            })
            .sum()
    };
    assert_eq!(kept(), keys.len());
    for key in &keys {
        application.delete_object(key.id()).unwrap();
    }
    assert_eq!(kept(), 0);
}
