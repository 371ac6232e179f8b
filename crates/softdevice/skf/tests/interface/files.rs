//! Files, and who may read and write them.

use crate::*;

#[test]
fn files_are_written_by_those_who_may_and_read_by_all() {
    let store = Store::new();
    let connection = store.connect(&[]);
    pins::authenticate(&connection);
    let mut application = ptr::null_mut();
    // The user makes files.
    let code = SKF_CreateApplication(
        connection.device,
        c("mail").as_ptr(),
        c("12345678").as_ptr(),
        5,
        c("123456").as_ptr(),
        5,
        0x10,
        &raw mut application,
    );
    assert_eq!(code, 0);
    let name = c("address book");
    let name = name.as_ptr();
    let create = || SKF_CreateFile(application, name, 100, 0xFF, 0x10);
    assert_eq!(create(), NOT_LOGGED_IN);
    assert_eq!(verify_pin(application, ADMINISTRATOR, "12345678").0, 0);
    assert_eq!(create(), NOT_LOGGED_IN);
    assert_eq!(verify_pin(application, USER, "123456").0, 0);
    assert_eq!(create(), 0);
    assert_eq!(create(), BASE + 0x2F);
    let write = |offset| SKF_WriteFile(application, name, offset, b"0123456789".as_ptr(), 10);
    assert_eq!((write(90), write(91)), (0, INPUT_LENGTH));
    assert_eq!(SKF_ClearSecureState(application), 0);
    assert_eq!(write(90), NOT_LOGGED_IN);
    let read =
        both_calls(|output, length| SKF_ReadFile(application, name, 95, 100, output, length));
    assert_eq!(read.unwrap(), b"56789");

    let mut info = [0xA5; 45];
    assert_eq!(SKF_GetFileInfo(application, name, info.as_mut_ptr()), 0);
    assert_eq!(names_of(&info), ["address book"]);
    assert_eq!(info[32..36], 100u32.to_ne_bytes());
    assert_eq!(info[36..40], 0xFFu32.to_ne_bytes());
    assert_eq!(info[40..44], 0x10u32.to_ne_bytes());
    assert_eq!(info[44], 0xA5);
    let names = both_calls(|names, size| SKF_EnumFiles(application, names, size)).unwrap();
    assert_eq!(names_of(&names), ["address book"]);
    assert_eq!(SKF_DeleteFile(application, name), NOT_LOGGED_IN);
    assert_eq!(verify_pin(application, USER, "123456").0, 0);
    assert_eq!(SKF_DeleteFile(application, name), 0);
    assert_eq!(SKF_DeleteFile(application, name), BASE + 0x31);
    let names = both_calls(|names, size| SKF_EnumFiles(application, names, size)).unwrap();
    assert_eq!(names, [0, 0]);
}
