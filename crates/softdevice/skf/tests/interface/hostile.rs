//! Arguments that are none.

use crate::*;

/// GM/T 0016's functions, and `SKF_ECCDecrypt`.
const FUNCTIONS: &str = include_str!("functions.txt");

#[test]
fn every_function_of_the_standard_can_be_found() {
    let names: Vec<&str> = FUNCTIONS.split_whitespace().collect();
    assert!(names.len() > 70, "{}", names.len());
    let missing: Vec<&&str> = names.iter().filter(|name| !has(name)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn handles_that_are_none_are_refused() {
    let store = Store::new();
    let connection = store.connect(&[]);
    let application = connection.application();
    let mut buffer = [0; 512];
    let place = buffer.as_mut_ptr();
    let strange = [
        ptr::null_mut(),
        application,
        ptr::without_provenance_mut(usize::MAX),
        (&raw const store).cast_mut().cast(),
    ];
    for handle in strange {
        assert_eq!(SKF_GetDevInfo(handle, place), HANDLE, "{handle:?}");
        assert_eq!(SKF_GenRandom(handle, place, 8), HANDLE);
        assert_eq!(SKF_ECCSignData(handle, place, 32, place), HANDLE);
        assert_eq!(SKF_CloseHandle(handle), HANDLE);
        assert_eq!(SKF_DisConnectDev(handle), HANDLE);
        assert_eq!(SKF_CloseContainer(handle), HANDLE);
        let parameter = BlockCipherParam {
            iv: [0; 32],
            iv_length: 16,
            padding: 0,
            feedback_bits: 0,
        };
        assert_eq!(SKF_EncryptInit(handle, parameter), HANDLE);
    }
    assert_eq!(verify_pin(connection.device, USER, USER_PIN).0, HANDLE);
    assert_eq!(buffer, [0; 512]);
    // Closing the application closes its containers, disconnecting everything.
    let container = connection.container();
    let mut container_type = 0;
    let other = connection.user();
    assert_eq!(SKF_CloseApplication(other), 0);
    assert_eq!(SKF_CloseApplication(other), HANDLE);
    assert_eq!(SKF_GetContainerType(container, &raw mut container_type), 0);
    assert_eq!(SKF_DisConnectDev(connection.device), 0);
    let code = SKF_GetContainerType(container, &raw mut container_type);
    assert_eq!(code, HANDLE);
    assert_eq!(SKF_ClearSecureState(application), HANDLE);
}

#[test]
fn null_and_absurd_lengths_are_refused() {
    let store = Store::new();
    let connection = store.connect(&[]);
    let device = connection.device;
    let application = connection.user();
    let container = connection.container();
    let null = ptr::null_mut();
    let mut buffer = [0; 512];
    let place = buffer.as_mut_ptr();
    assert_eq!(SKF_ConnectDev(ptr::null(), ptr::null_mut()), PARAMETER);
    assert_eq!(SKF_EnumDev(1, ptr::null_mut(), ptr::null_mut()), PARAMETER);
    assert_eq!(SKF_GetDevInfo(device, null), PARAMETER);
    assert_eq!(SKF_GenRandom(device, null, 8), PARAMETER);
    assert_eq!(SKF_GenRandom(device, place, u32::MAX), INPUT_LENGTH);
    assert_eq!(SKF_SetLabel(device, ptr::null()), PARAMETER);
    assert_eq!(
        SKF_VerifyPIN(application, USER, ptr::null(), null.cast()),
        PARAMETER
    );
    // A text that does not end is read no further than any name is long.
    let endless = c(&"x".repeat(1000));
    assert_eq!(SKF_SetLabel(device, endless.as_ptr()), BASE + 0x09);
    let not_text = [0xFFu8, 0].as_ptr().cast();
    assert_eq!(SKF_SetLabel(device, not_text), PARAMETER);
    assert_eq!(SKF_ECCSignData(container, null, 32, place), PARAMETER);
    assert_eq!(
        SKF_ECCSignData(container, place, u32::MAX, place),
        INPUT_LENGTH
    );
    assert_eq!(SKF_ImportECCKeyPair(container, ptr::null()), PARAMETER);
    assert_eq!(SKF_ImportECCKeyPair(container, place), INPUT);
    assert_eq!(
        SKF_ImportCertificate(container, 1, place, u32::MAX),
        INPUT_LENGTH
    );
    assert_eq!(SKF_ImportCertificate(container, 1, place, 0), INPUT_LENGTH);
    assert_eq!(
        SKF_ExportCertificate(container, 1, place, ptr::null_mut()),
        PARAMETER
    );
    assert_eq!(SKF_ECCVerify(device, place, place, 32, place), INPUT);
    let mut key = ptr::null_mut();
    let code = SKF_SetSymmKey(device, place, 0x101, &raw mut key);
    assert_eq!((code, key.is_null()), (NOT_SUPPORTED, true));
    let code = SKF_Transmit(device, place, 4, place, ptr::null_mut());
    assert_eq!(code, NOT_SUPPORTED);
    assert_eq!(
        SKF_WaitForDevEvent(ptr::null_mut(), ptr::null_mut(), ptr::null_mut()),
        PARAMETER
    );
    // A PIN of no length is none, and takes no try.
    assert_eq!(verify_pin(application, USER, "abc"), (PIN_LENGTH, 99));
}
