//! DER by hand, around what a fuzzer makes.

/// The identifier of PKCS#7's data, 1.2.840.113549.1.7.1.
pub const DATA: &[u8] = &[0x06, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 1];

/// A SEQUENCE of elements.
pub fn sequence(elements: &[&[u8]]) -> Vec<u8> {
    element(0x30, &elements.concat())
}

/// An OCTET STRING.
pub fn octet_string(octets: &[u8]) -> Vec<u8> {
    element(0x04, octets)
}

/// A small INTEGER, below 128.
pub fn integer(number: u8) -> Vec<u8> {
    element(0x02, &[number])
}

/// An element under an explicit tag, below 31.
pub fn explicit(tag: u8, inner: &[u8]) -> Vec<u8> {
    element(0xa0 | tag, inner)
}

fn element(tag: u8, value: &[u8]) -> Vec<u8> {
    let length = value.len().to_be_bytes();
    let zeros = length.iter().take_while(|octet| **octet == 0).count();
    let length = match &length[zeros..] {
        [] => vec![0],
        [short] if *short < 0x80 => vec![*short],
        long => [&[0x80 | u8::try_from(long.len()).expect("at most 8")], long].concat(),
    };
    [&[tag], &length[..], value].concat()
}

/// What asks for more iterations than this is refused at once.
const REFUSED_ABOVE: u64 = 10_000_000;
/// A file may ask for ten million iterations, and gets them: that is slow and no finding. So
/// many are done here.
const MAX_ITERATIONS: u64 = 4_096;

/// Whether an INTEGER between the two limits stands anywhere: the number of iterations stands
/// in a file as it is, whatever is around it.
pub fn takes_long(octets: &[u8]) -> bool {
    (2..=4_u8).any(|length| {
        octets.windows(2 + usize::from(length)).any(|window| {
            let number = window[2..]
                .iter()
                .fold(0, |number, octet| number << 8 | u64::from(*octet));
            window[..2] == [0x02, length] && (MAX_ITERATIONS + 1..=REFUSED_ABOVE).contains(&number)
        })
    })
}
