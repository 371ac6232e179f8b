//! Requests in a file: DER, or PEM with one request or several.

use crate::{Error, PEM_LABELS};
use gm_crypto::pki;

/// The requests of a file, each in DER, in their order.
///
/// What starts with a SEQUENCE is one request in DER. Otherwise each block of PEM (RFC 7468)
/// with a label of [`PEM_LABELS`] is one; blocks of other labels, keys above all, are passed
/// over. A block that is broken is an error in its place, and the next one comes after it.
///
/// ```
/// use gm_crypto::pki::encode_pem;
///
/// let both = [[0x30, 0], [0x30, 1]].map(|der| encode_pem("CERTIFICATE REQUEST", &der)).concat();
/// let requests: Vec<_> = csr::pem::requests(both.as_bytes()).collect::<Result<_, _>>()?;
/// assert_eq!(requests, [[0x30, 0], [0x30, 1]]);
/// assert!(csr::pem::requests(b"no request").next().unwrap().is_err());
/// # Ok::<(), csr::Error>(())
/// ```
///
/// # Errors
/// An item is [`Error::Pem`] where a block is broken, and one is where there is no request
/// at all.
pub fn requests(input: &[u8]) -> impl Iterator<Item = Result<Vec<u8>, Error>> {
    let der = (input.first() == Some(&0x30)).then(|| Ok(input.to_vec()));
    let text = if der.is_some() { &[] } else { input };
    let blocks = pki::pem_blocks(text).filter_map(|block| match block {
        Ok(block) if !PEM_LABELS.contains(&block.label()) => None,
        block => Some(
            block
                .map(|block| block.contents().to_vec())
                .map_err(|source| Error::Pem { source }),
        ),
    });
    let mut found = false;
    let mut items = der.into_iter().chain(blocks);
    core::iter::from_fn(move || {
        let item = items.next();
        if item.is_none() && !found {
            found = true;
            return Some(Err(Error::Pem {
                source: gm_crypto::Error::NoPemBlock {
                    expected: PEM_LABELS,
                },
            }));
        }
        found = true;
        item
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use gm_crypto::pki::encode_pem;

    fn lengths(text: &str) -> Vec<Option<usize>> {
        let all = requests(text.as_bytes());
        all.map(|item| item.ok().map(|der| der.len())).collect()
    }

    fn block(label: &'static str, length: usize) -> String {
        encode_pem(label, &vec![0x30; length])
    }

    #[test]
    fn several_requests_come_in_their_order_and_others_are_passed_over() {
        let text = [
            block("CERTIFICATE REQUEST", 3),
            block("PRIVATE KEY", 4),
            "a comment\n".into(),
            block("NEW CERTIFICATE REQUEST", 5),
            block("CERTIFICATE REQUEST", 6),
        ];
        assert_eq!(lengths(&text.concat()), [Some(3), Some(5), Some(6)]);
    }

    #[test]
    fn a_broken_block_is_an_error_in_its_place() {
        let text = [
            block("CERTIFICATE REQUEST", 3),
            block("CERTIFICATE REQUEST", 4).replacen("MD", "M!", 1),
            block("CERTIFICATE REQUEST", 5),
        ];
        assert_eq!(lengths(&text.concat()), [Some(3), None, Some(5)]);
    }

    #[test]
    fn der_is_one_request_and_nothing_is_an_error() {
        let der: Vec<_> = requests(&[0x30, 1, 2]).collect();
        assert!(matches!(&der[..], [Ok(der)] if der == &[0x30, 1, 2]));
        for text in ["", "no request", &block("CERTIFICATE", 3)] {
            let all: Vec<_> = requests(text.as_bytes()).collect();
            assert!(matches!(&all[..], [Err(Error::Pem { .. })]), "{text}");
        }
    }

    #[test]
    fn a_thousand_requests_are_read_one_after_the_other() {
        let text = block("CERTIFICATE REQUEST", 3).repeat(1_000);
        assert_eq!(lengths(&text).len(), 1_000);
    }
}
