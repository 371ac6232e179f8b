use crate::{ADMINISTRATOR, application, device, pin, user};
use getrandom::SysRng;
use gm_crypto::sm2::{EnvelopedKey, SecretKey};
use softdevice::{
    Attributes, Changes, Device, Draft, Error, KeyKind, KeyUse, NewApplication, ObjectClass,
    Options, PrivateKey, Public, Role, Secret, SecretKind, SecretValue,
};

#[test]
fn a_container_holds_two_pairs_and_their_certificates() {
    let (_folder, application) = application();
    let user = user(&application);
    let container = application.create_container("ca").unwrap();
    assert_eq!(container.number(), 1);
    for for_use in [KeyUse::Signing, KeyUse::Encryption] {
        let error = application.certificate(&container, for_use).unwrap_err();
        assert!(matches!(error, Error::PlaceEmpty { .. }));
        let pair = user
            .generate_pair(&container, for_use, KeyKind::Sm2)
            .unwrap();
        let found = application.key_pair_in(&container, for_use).unwrap();
        assert_eq!(found, pair);
        let public = application
            .object_in(container.id(), for_use, ObjectClass::PublicKey)
            .unwrap()
            .unwrap();
        assert_eq!(public.value(), pair.value());
        assert_eq!(public.key_id(), pair.key_id());
        let again = user.generate_pair(&container, for_use, KeyKind::Sm2);
        assert!(matches!(again, Err(Error::PlaceTaken { .. })));

        let der = [0x30, 0];
        let written = application
            .set_certificate(&container, for_use, &der)
            .unwrap();
        assert_eq!(written.key_id(), pair.key_id());
        application
            .set_certificate(&container, for_use, &[0x30, 1, 0])
            .unwrap();
        let read = application.certificate(&container, for_use).unwrap();
        assert_eq!(read, [0x30, 1, 0]);
    }
    assert_eq!(application.objects().unwrap().len(), 6);
    application
        .delete_pair(&container, KeyUse::Encryption)
        .unwrap();
    assert_eq!(application.objects().unwrap().len(), 3);
    application.delete_container("ca").unwrap();
    assert!(application.objects().unwrap().is_empty());
}

#[test]
fn numbers_are_the_lowest_that_are_free_and_can_be_changed() {
    let (_folder, application) = application();
    let numbers = || -> Vec<_> {
        let all = application.containers().unwrap();
        all.iter()
            .map(|one| (one.number(), one.name().to_owned()))
            .collect()
    };
    for name in ["a", "b", "c"] {
        application.create_container(name).unwrap();
    }
    application.delete_container("b").unwrap();
    application.renumber_container("a", 9).unwrap();
    application.create_container("d").unwrap();
    application.create_container("e").unwrap();
    let expected = [(1, "d"), (2, "e"), (3, "c"), (9, "a")];
    assert_eq!(
        numbers(),
        expected.map(|(number, name)| (number, name.into()))
    );
    application.renumber_container("a", 9).unwrap();
    assert!(matches!(
        application.renumber_container("d", 9),
        Err(Error::NumberTaken { number: 9 })
    ));
    assert!(matches!(
        application.renumber_container("d", 0),
        Err(Error::Range { .. })
    ));
    let (of, found) = application.device().container_by_number(9).unwrap();
    assert_eq!((of.id(), found.name()), (application.id(), "a"));
    assert!(application.device().container_by_number(4).is_err());
}

#[test]
fn an_encryption_pair_comes_in_an_envelope_for_the_signing_key() {
    let (_folder, application) = application();
    let user = user(&application);
    let container = application.create_container("person").unwrap();
    let delivered = SecretKey::generate(&mut SysRng).unwrap();
    let signing = user
        .generate_pair(&container, KeyUse::Signing, KeyKind::Sm2)
        .unwrap();
    let signing = user.private_key(signing.id()).unwrap().public_key();
    let stranger = PrivateKey::generate(KeyKind::Sm2).unwrap().public_key();
    for (recipient, opens) in [(&stranger, false), (&signing, true)] {
        let envelope =
            EnvelopedKey::seal(&mut SysRng, recipient.sm2().unwrap(), &delivered).unwrap();
        let result = user.import_enveloped(&container, &envelope);
        assert_eq!(result.is_ok(), opens);
    }
    let key = user.key_in(&container, KeyUse::Encryption).unwrap();
    let ciphertext = delivered
        .public_key()
        .encrypt(&mut SysRng, b"for the person")
        .unwrap();
    let plain = key
        .sm2()
        .unwrap()
        .secret_key()
        .decrypt(&ciphertext)
        .unwrap();
    assert_eq!(*plain, b"for the person");

    // And out again, for another device.
    let pair = application
        .key_pair_in(&container, KeyUse::Encryption)
        .unwrap();
    let other = SecretKey::generate(&mut SysRng).unwrap();
    let recipient =
        softdevice::PublicKey::from_point(KeyKind::Sm2, &other.public_key().to_uncompressed())
            .unwrap();
    let envelope = user.envelop(pair.id(), &recipient).unwrap();
    assert_eq!(
        *envelope.open(&other).unwrap().to_bytes(),
        *delivered.to_bytes()
    );
}

#[test]
fn a_key_with_a_label_and_a_use_is_a_containers() {
    let (_folder, application) = application();
    let user = user(&application);
    let [first, second] = [(); 2].map(|()| PrivateKey::generate(KeyKind::Sm2).unwrap());
    let draft = Draft::new("ca").with_use(KeyUse::Signing).with_key_id([7]);
    let stored = user.store(&draft, Secret::Key(&first)).unwrap();
    let container = application.container("ca").unwrap();
    assert_eq!(stored.container(), Some(container.id()));
    // The place is taken: the second lies beside the container.
    let beside = user.store(&draft, Secret::Key(&second)).unwrap();
    assert_eq!(beside.container(), None);
    let unused = Draft::new("other");
    let unused = user.store(&unused, Secret::Key(&second)).unwrap();
    assert_eq!(unused.container(), None);
    assert!(application.container("other").is_err());

    // A certificate goes where the key of its identifier is, whatever its label.
    let draft = Draft::new("x").with_key_id([7]);
    let certificate = application
        .store(&draft, Public::Certificate(&[0x30, 0]))
        .unwrap();
    assert_eq!(certificate.container(), Some(container.id()));
    let read = application.certificate(&container, KeyUse::Signing);
    assert_eq!(read.unwrap(), [0x30, 0]);

    // With another label it moves, and its secret with it.
    let changes = Changes::default().with_label("root");
    let moved = user.update(stored.id(), &changes).unwrap();
    let container = application.container("root").unwrap();
    assert_eq!(moved.container(), Some(container.id()));
    let key = user.key_in(&container, KeyUse::Signing).unwrap();
    assert_eq!(*key.scalar(), *first.scalar());
}

#[test]
fn a_container_of_another_application_takes_no_key() {
    let (_folder, application) = application();
    let user = user(&application);
    let wanted = NewApplication::new("other", pin(ADMINISTRATOR));
    let other = application.device().create_application(&wanted).unwrap();
    let container = other.create_container("theirs").unwrap();
    let refused = user.generate_pair(&container, KeyUse::Signing, KeyKind::Sm2);
    assert!(matches!(refused, Err(Error::NoSuchContainer { .. })));
    let refused = application.set_certificate(&container, KeyUse::Signing, &[0x30, 0]);
    assert!(matches!(refused, Err(Error::NoSuchContainer { .. })));
    assert!(other.objects().unwrap().is_empty());
}

#[test]
fn secrets_are_had_after_login_alone_and_attributes_stay_with_them() {
    let (_folder, application) = application();
    let mut attributes = Attributes::default();
    attributes.set(0x103, [1]);
    attributes.set(0x8000_0001, *b"own");
    let draft = Draft::new("kek").with_attributes(attributes.clone());
    let key = SecretValue::new([9; 16]);
    let stored = user(&application)
        .store(&draft, Secret::Symmetric(SecretKind::Sm4, &key))
        .unwrap();
    assert!(stored.value().is_empty());
    assert!(stored.is_private());
    let found = application.object(stored.id()).unwrap();
    assert_eq!(found, stored);
    assert_eq!(found.attributes(), &attributes);
    assert!(matches!(
        application.update(stored.id(), &Changes::default().with_label("x")),
        Err(Error::NotPermitted { .. })
    ));
    let user = user(&application);
    assert_eq!(user.secret(stored.id()).unwrap().as_bytes(), [9; 16]);
    assert!(matches!(
        user.private_key(stored.id()),
        Err(Error::NoSuchObject)
    ));
    for length in [15, 17] {
        let key = SecretValue::new(vec![9; length]);
        let refused = user.store(&draft, Secret::Symmetric(SecretKind::Sm4, &key));
        assert!(matches!(refused, Err(Error::Length { .. })));
    }
    let many = (0..65).fold(Attributes::default(), |mut many, number| {
        many.set(number, []);
        many
    });
    let refused = application.store(&Draft::new("").with_attributes(many), Public::Data(&[]));
    assert!(matches!(refused, Err(Error::TooLarge { .. })));
}

#[test]
fn names_are_taken_once_and_gone_when_deleted() {
    let (_folder, application) = application();
    let device = application.device().clone();
    let wanted = NewApplication::new("test", pin(ADMINISTRATOR));
    assert!(matches!(
        device.create_application(&wanted),
        Err(Error::ApplicationExists { .. })
    ));
    application.create_container("a").unwrap();
    assert!(matches!(
        application.create_container("a"),
        Err(Error::ContainerExists { .. })
    ));
    for name in ["", "a\0b", &"a".repeat(129)] {
        let error = application.create_container(name).unwrap_err();
        assert!(matches!(error, Error::Name { .. }));
    }
    application.files().create("f", 10, 0, 0).unwrap();
    device.delete_application("test").unwrap();
    assert!(device.application("test").is_err());
    // The way to it leads nowhere now.
    assert!(matches!(
        application.create_container("b"),
        Err(Error::NoSuchApplication { .. })
    ));
    assert!(matches!(
        application.login(Role::User, &pin("123456")),
        Err(Error::NoSuchApplication { .. })
    ));
    let again = device.create_application(&wanted).unwrap();
    assert_ne!(again.id(), application.id());
    assert!(again.files().list().unwrap().is_empty());
}

#[test]
fn an_application_that_is_reset_is_empty_and_has_another_name() {
    let (_folder, application) = application();
    let container = application.create_container("ca").unwrap();
    let before = user(&application);
    before
        .generate_pair(&container, KeyUse::Signing, KeyKind::Sm2)
        .unwrap();
    assert!(application.reset(&pin("wrong"), "new").is_err());
    assert_eq!(application.objects().unwrap().len(), 2);
    let emptied = application.reset(&pin(ADMINISTRATOR), "new").unwrap();
    assert_eq!(emptied, application.device().application("new").unwrap());
    assert!(emptied.objects().unwrap().is_empty());
    assert!(emptied.containers().unwrap().is_empty());
    assert!(matches!(
        emptied.pin_state(Role::User),
        Err(Error::PinUnset { .. })
    ));
    emptied
        .login(Role::Administrator, &pin(ADMINISTRATOR))
        .unwrap();
    // Who was logged in seals nothing more under the key that is gone.
    let container = emptied.create_container("ca").unwrap();
    let key = PrivateKey::generate(KeyKind::Sm2).unwrap();
    for refused in [
        before.store(&Draft::new("k"), Secret::Key(&key)),
        before.import_pair(&container, KeyUse::Signing, &key),
    ] {
        assert!(matches!(refused, Err(Error::NoSuchApplication { .. })));
    }
}

#[test]
fn files_are_read_and_written_within_their_size() {
    let (_folder, application) = application();
    for files in [application.files(), application.device().files()] {
        files.create("f", 8, 1, 2).unwrap();
        files.write("f", 2, b"abc").unwrap();
        assert_eq!(*files.read("f", 0, 100).unwrap(), *b"\0\0abc\0\0\0");
        assert_eq!(*files.read("f", 3, 1).unwrap(), *b"b");
        let info = files.info("f").unwrap();
        assert_eq!((info.size, info.read_rights, info.write_rights), (8, 1, 2));
        for (offset, length) in [(9, 0), (6, 3), (usize::MAX, 2)] {
            let error = files.write("f", offset, &vec![0; length]).unwrap_err();
            assert!(matches!(error, Error::FileRange { size: 8, .. }));
        }
        assert!(matches!(
            files.read("f", 9, 1),
            Err(Error::FileRange { .. })
        ));
        assert!(matches!(
            files.create("f", 1, 0, 0),
            Err(Error::FileExists { .. })
        ));
        assert!(matches!(
            files.create("g", (1 << 20) + 1, 0, 0),
            Err(Error::TooLarge { .. })
        ));
        files.delete("f").unwrap();
        assert!(matches!(
            files.read("f", 0, 1),
            Err(Error::NoSuchFile { .. })
        ));
    }
}

#[test]
fn a_device_says_what_it_is_and_authenticates_who_has_its_key() {
    use gm_crypto::sm4::{
        Sm4,
        cipher::{BlockCipherEncrypt, KeyInit},
    };
    let (_folder, device) = device();
    let info = device.info().unwrap();
    assert!(info.manufacturer.contains("software"));
    assert_eq!(info.serial.len(), 16);
    device.set_label("mine").unwrap();
    assert_eq!(device.info().unwrap().label, "mine");
    assert!(device.set_label(&"x".repeat(33)).is_err());

    let answer = |key: [u8; 16], challenge: &[u8]| {
        let mut block = [0; 16];
        block[..challenge.len()].copy_from_slice(challenge);
        let mut block = block.into();
        Sm4::new(&key.into()).encrypt_block(&mut block);
        block.to_vec()
    };
    for challenge in [&[7; 8][..], &[9; 16]] {
        let good = answer(Options::DEFAULT_DEVICE_KEY, challenge);
        device.authenticate(challenge, &good).unwrap();
        for bad in [answer([1; 16], challenge), good[..15].to_vec(), Vec::new()] {
            assert!(matches!(
                device.authenticate(challenge, &bad),
                Err(Error::DeviceKey)
            ));
        }
    }
    assert!(matches!(
        device.authenticate(&[7; 9], &[]),
        Err(Error::Length { found: 9, .. })
    ));
    device.set_device_key(&[1; 16]).unwrap();
    device
        .authenticate(&[7; 8], &answer([1; 16], &[7; 8]))
        .unwrap();
}

#[test]
fn a_device_is_made_once_and_opened_where_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a/b/device.db");
    assert!(matches!(Device::open(&path), Err(Error::NoStore { .. })));
    let options = crate::options();
    let made = Device::create(&path, &options).unwrap();
    assert!(matches!(
        Device::create(&path, &options),
        Err(Error::StoreExists { .. })
    ));
    let opened = Device::open(&path).unwrap();
    assert_eq!(opened.info().unwrap(), made.info().unwrap());
    for (content, found) in [
        (&b""[..], "an empty or half-made file"),
        (&[7; 5000], "no SQLite file"),
    ] {
        let path = folder.path().join("other");
        std::fs::write(&path, content).unwrap();
        let error = Device::open(&path).unwrap_err();
        assert!(
            matches!(&error, Error::Foreign { found: known, .. } if *known == found),
            "{error}"
        );
    }
    // What a process that died left half-made is made.
    std::fs::write(folder.path().join("empty"), b"").unwrap();
    Device::create(&folder.path().join("empty"), &options).unwrap();
    for iterations in [0, 999, u32::MAX] {
        let options = Options::default().with_iterations(iterations);
        let refused = Device::create(&folder.path().join("new"), &options);
        assert!(matches!(refused, Err(Error::Range { .. })));
    }
}

#[cfg(unix)]
#[test]
fn the_file_and_what_is_beside_it_are_their_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a/device.db");
    let device = Device::create(&path, &crate::options()).unwrap();
    device.set_label("x").unwrap();
    let mode =
        |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(path.parent().unwrap()), 0o700);
    for name in ["device.db", "device.db-journal", "device.db-lock"] {
        assert_eq!(mode(&path.with_file_name(name)), 0o600, "{name}");
    }
}
