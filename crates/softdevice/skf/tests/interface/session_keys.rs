//! Session keys: made, wrapped, agreed on; encryption and MACs with them.

use crate::*;

const ECB: u32 = 0x401;
const CBC: u32 = 0x402;
const MAC: u32 = 0x410;

fn parameter(iv: u8, iv_length: u32, padding: u32) -> BlockCipherParam {
    BlockCipherParam {
        iv: [iv; 32],
        iv_length,
        padding,
        feedback_bits: 0,
    }
}

fn set_key(connection: &Connection, octets: &[u8; 16], algorithm: u32) -> Handle {
    let mut key = ptr::null_mut();
    let code = SKF_SetSymmKey(connection.device, octets.as_ptr(), algorithm, &raw mut key);
    assert_eq!(code, 0);
    key
}

/// Encrypts a block, so that two keys can be compared.
fn fingerprint(key: Handle) -> Vec<u8> {
    assert_eq!(SKF_EncryptInit(key, parameter(0, 16, 0)), 0);
    both_calls(|output, length| SKF_Encrypt(key, [7; 16].as_ptr(), 16, output, length)).unwrap()
}

#[test]
fn the_example_of_the_standard_is_encrypted_in_place() {
    // GB/T 32907-2016, annex A.1.
    let octets = 0x0123_4567_89AB_CDEF_FEDC_BA98_7654_3210_u128.to_be_bytes();
    let sealed = 0x681E_DF34_D206_965E_86B3_E94F_536E_4246_u128.to_be_bytes();
    let store = Store::new();
    let connection = store.connect(&[]);
    let key = set_key(&connection, &octets, ECB);
    let (mut block, mut length) = (octets, 16);
    let place = block.as_mut_ptr();
    assert_eq!(SKF_EncryptInit(key, parameter(0, 0, 0)), 0);
    assert_eq!(SKF_Encrypt(key, place, 16, place, &raw mut length), 0);
    assert_eq!((block, length), (sealed, 16));
    // It ended.
    let code = SKF_Encrypt(key, place, 16, place, &raw mut length);
    assert_eq!(code, NOT_INITIALIZED);
    assert_eq!(SKF_DecryptInit(key, parameter(0, 0, 0)), 0);
    assert_eq!(SKF_Decrypt(key, place, 16, place, &raw mut length), 0);
    assert_eq!(block, octets);
}

#[test]
fn padding_is_made_and_taken_away_and_steps_give_what_one_call_gives() {
    let store = Store::new();
    let connection = store.connect(&[]);
    let key = set_key(&connection, &[1; 16], CBC);
    let message: Vec<u8> = (0..45).collect();
    assert_eq!(SKF_EncryptInit(key, parameter(9, 16, 1)), 0);
    let whole = both_calls(|output, length| SKF_Encrypt(key, message.as_ptr(), 45, output, length));
    let whole = whole.unwrap();
    assert_eq!(whole.len(), 48);

    assert_eq!(SKF_EncryptInit(key, parameter(9, 16, 1)), 0);
    let mut steps = Vec::new();
    for piece in message.chunks(20) {
        #[expect(clippy::cast_possible_truncation, reason = "20 at most")]
        let update = |output, length| {
            SKF_EncryptUpdate(key, piece.as_ptr(), piece.len() as u32, output, length)
        };
        steps.extend(both_calls(update).unwrap());
    }
    steps.extend(both_calls(|output, length| SKF_EncryptFinal(key, output, length)).unwrap());
    assert_eq!(steps, whole);

    // Too little room: nothing was done, and the same call is made again.
    assert_eq!(SKF_DecryptInit(key, parameter(9, 16, 1)), 0);
    let (mut opened, mut length) = ([0; 48], 44);
    let decrypt = |opened: &mut [u8; 48], length| {
        SKF_Decrypt(key, whole.as_ptr(), 48, opened.as_mut_ptr(), length)
    };
    assert_eq!(decrypt(&mut opened, &raw mut length), TOO_SMALL);
    assert_eq!((length, opened), (45, [0; 48]));
    assert_eq!(decrypt(&mut opened, &raw mut length), 0);
    assert_eq!((length, &opened[..45]), (45, &message[..]));

    assert_eq!(SKF_DecryptInit(key, parameter(9, 16, 1)), 0);
    let mut steps = Vec::new();
    for piece in whole.chunks(24) {
        let update = |output, length| SKF_DecryptUpdate(key, piece.as_ptr(), 24, output, length);
        steps.extend(both_calls(update).unwrap());
    }
    steps.extend(both_calls(|output, length| SKF_DecryptFinal(key, output, length)).unwrap());
    assert_eq!(steps, message);

    // Without padding 45 octets are no blocks; another IV has no right padding.
    assert_eq!(SKF_EncryptInit(key, parameter(9, 16, 0)), 0);
    let code = SKF_Encrypt(
        key,
        message.as_ptr(),
        45,
        opened.as_mut_ptr(),
        &raw mut length,
    );
    assert_eq!(code, INPUT_LENGTH);
    assert_eq!(SKF_EncryptInit(key, parameter(9, 16, 2)), PARAMETER);
    assert_eq!(SKF_EncryptInit(key, parameter(9, 15, 0)), PARAMETER);
}

#[test]
fn a_mac_is_the_same_at_once_and_in_steps() {
    let store = Store::new();
    let connection = store.connect(&[]);
    let key = set_key(&connection, &[1; 16], MAC);
    let begin = || {
        let mut mac = ptr::null_mut();
        assert_eq!(
            SKF_MacInit(key, &raw const PARAMETER_OF_ZEROS, &raw mut mac),
            0
        );
        mac
    };
    let message = [5; 48];
    let at_once = begin();
    let once = both_calls(|output, length| SKF_Mac(at_once, message.as_ptr(), 48, output, length));
    let steps = begin();
    assert_eq!(SKF_MacUpdate(steps, message.as_ptr(), 30), 0);
    assert_eq!(SKF_MacUpdate(steps, message[30..].as_ptr(), 18), 0);
    let last = both_calls(|output, length| SKF_MacFinal(steps, output, length));
    assert_eq!(once, last);
    assert_eq!(once.unwrap().len(), 16);
    // Such a key does not encrypt.
    assert_eq!(SKF_EncryptInit(key, PARAMETER_OF_ZEROS), BASE + 0x0A);
    assert_eq!(SKF_CloseHandle(steps), 0);
    assert_eq!(SKF_CloseHandle(key), 0);
}

static PARAMETER_OF_ZEROS: BlockCipherParam = BlockCipherParam {
    iv: [0; 32],
    iv_length: 16,
    padding: 0,
    feedback_bits: 0,
};

#[test]
fn a_session_key_goes_out_wrapped_and_comes_in_again() {
    let store = Store::new();
    let connection = store.connect(&[]);
    let container = connection.container();
    let recipient = public_key_blob(&store.encryption.public_key());
    let (mut sealed, mut key) = ([0; 164 + 16], ptr::null_mut());
    let code = SKF_ECCExportSessionKey(
        container,
        CBC,
        recipient.as_ptr(),
        sealed.as_mut_ptr(),
        &raw mut key,
    );
    assert_eq!(code, 0);
    let mut again = ptr::null_mut();
    let import = |sealed: &[u8], again| {
        #[expect(clippy::cast_possible_truncation, reason = "180")]
        let length = sealed.len() as u32;
        SKF_ImportSessionKey(container, CBC, sealed.as_ptr(), length, again)
    };
    assert_eq!(import(&sealed, &raw mut again), 0);
    assert_eq!(fingerprint(key), fingerprint(again));
    assert_eq!(import(&sealed[..179], &raw mut again), INPUT);
    sealed[179] ^= 1;
    assert_eq!(import(&sealed, &raw mut again), INPUT);
}

#[test]
fn both_sides_of_an_agreement_have_one_key() {
    let [here, there] = [Store::new(), Store::new()];
    let lasting = public_key_blob(&here.encryption.public_key());
    let [here, there] = [here.connect(&[]), there.connect(&[])];
    let (a, b) = (b"sponsor", b"responder");
    let [mut a_now, mut b_now] = [[0; 132]; 2];
    let [mut agreement, mut a_key, mut b_key] = [ptr::null_mut(); 3];
    let code = SKF_GenerateAgreementDataWithECC(
        here.container(),
        CBC,
        a_now.as_mut_ptr(),
        a.as_ptr(),
        7,
        &raw mut agreement,
    );
    assert_eq!(code, 0);
    // Both stores have the same encryption key.
    let code = SKF_GenerateAgreementDataAndKeyWithECC(
        there.container(),
        CBC,
        lasting.as_ptr(),
        a_now.as_ptr(),
        b_now.as_mut_ptr(),
        b.as_ptr(),
        9,
        a.as_ptr(),
        7,
        &raw mut b_key,
    );
    assert_eq!(code, 0);
    let end = |key| {
        SKF_GenerateKeyWithECC(
            agreement,
            lasting.as_ptr(),
            b_now.as_ptr(),
            b.as_ptr(),
            9,
            key,
        )
    };
    assert_eq!(end(&raw mut a_key), 0);
    assert_eq!(fingerprint(a_key), fingerprint(b_key));
    // It is ended once.
    assert_eq!(end(&raw mut a_key), HANDLE);
}
