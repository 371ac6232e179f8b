//! A secret in pieces (Shamir, over the field of 256 elements).

use crate::failure::Failure;
use getrandom::SysRng;
use rand_core::UnwrapErr;
use vsss_rs::Gf256;
use zeroize::Zeroizing;

/// Octets of the secret that opens a backup: a key of SM4.
pub(super) const SECRET: usize = 16;

/// A piece: the number of its point, from 1, and one octet for each of the secret's.
#[derive(Clone)]
pub(super) struct Piece {
    pub(super) number: u8,
    pub(super) octets: Zeroizing<[u8; SECRET]>,
}

/// Cuts a secret into `count` pieces of which `threshold` are enough, and fewer tell nothing.
pub(super) fn split(
    secret: &[u8; SECRET],
    threshold: u8,
    count: u8,
) -> Result<Vec<Piece>, Failure> {
    // A random source that fails leaves nothing to go on with; it was tried before.
    let pieces = Gf256::split_bytes(threshold.into(), count.into(), secret, UnwrapErr(SysRng))
        .map_err(failed)?;
    let pieces = pieces.into_iter().map(Zeroizing::new).map(|piece| {
        let (number, octets) = piece.split_first()?;
        let mut kept = Zeroizing::new([0; SECRET]);
        kept.copy_from_slice(octets.get(..SECRET)?);
        Some(Piece {
            number: *number,
            octets: kept,
        })
    });
    let pieces: Option<Vec<Piece>> = pieces.collect();
    pieces.ok_or_else(|| Failure::Refused("the secret was not split".into()))
}

/// What pieces of different numbers say together. Too few, or pieces of several secrets, say
/// something else than the secret: who asks has to look.
pub(super) fn join(pieces: &[Piece]) -> Result<Zeroizing<[u8; SECRET]>, Failure> {
    let points: Vec<Vec<u8>> = pieces
        .iter()
        .map(|piece| [&[piece.number], &piece.octets[..]].concat())
        .collect();
    let joined = Gf256::combine_bytes(&points);
    points
        .into_iter()
        .for_each(|point| drop(Zeroizing::new(point)));
    let joined = Zeroizing::new(joined.map_err(failed)?);
    let mut secret = Zeroizing::new([0; SECRET]);
    secret.copy_from_slice(joined.get(..SECRET).unwrap_or(&[0; SECRET]));
    Ok(secret)
}

fn failed(error: vsss_rs::Error) -> Failure {
    Failure::Refused(format!("sharing the secret: {error}").into())
}

/// Every choice of `size` numbers below `count`.
pub(super) fn choices(count: usize, size: usize) -> impl Iterator<Item = Vec<usize>> {
    (0u32..1 << count)
        .filter(move |mask| mask.count_ones() as usize == size)
        .map(move |mask| (0..count).filter(|bit| mask >> bit & 1 == 1).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: [u8; SECRET] = *b"0123456789abcdef";

    fn joined(pieces: &[Piece], chosen: &[usize]) -> [u8; SECRET] {
        let pieces: Vec<Piece> = chosen.iter().map(|at| pieces[*at].clone()).collect();
        *join(&pieces).unwrap()
    }

    #[test]
    fn every_choice_of_enough_pieces_is_the_secret_and_one_less_is_not() {
        for (threshold, count) in [(2u8, 2u8), (2, 3), (3, 5), (5, 5), (2, 16)] {
            let pieces = split(&KEY, threshold, count).unwrap();
            assert_eq!(pieces.len(), usize::from(count));
            for size in usize::from(threshold)..=usize::from(count).min(6) {
                for chosen in choices(count.into(), size) {
                    assert_eq!(joined(&pieces, &chosen), KEY, "{chosen:?}");
                }
            }
            // One piece alone is no sum of points.
            if threshold > 2 {
                for chosen in choices(count.into(), usize::from(threshold) - 1) {
                    assert_ne!(joined(&pieces, &chosen), KEY, "{chosen:?}");
                }
            }
        }
    }

    /// The rule of Lagrange in the field of x^8 + x^4 + x^3 + x + 1, written down again: a
    /// backup is opened by whoever knows this, without the crate that made it.
    #[test]
    fn the_pieces_are_points_of_the_field_of_aes() {
        fn times(mut a: u8, mut b: u8) -> u8 {
            let mut product = 0;
            while b != 0 {
                if b & 1 == 1 {
                    product ^= a;
                }
                a = (a << 1) ^ if a & 0x80 == 0 { 0 } else { 0x1b };
                b >>= 1;
            }
            product
        }
        let over = |a: u8, b: u8| (1..=255).find(|q| times(*q, b) == a).unwrap_or(0);
        let pieces = split(&KEY, 3, 5).unwrap();
        let chosen = [&pieces[4], &pieces[0], &pieces[2]];
        for (at, wanted) in KEY.iter().enumerate() {
            let mut sum = 0;
            for one in chosen {
                let mut term = one.octets[at];
                for other in chosen.iter().filter(|other| other.number != one.number) {
                    term = times(term, over(other.number, other.number ^ one.number));
                }
                sum ^= term;
            }
            assert_eq!(sum, *wanted);
        }
    }

    #[test]
    fn a_choice_is_each_set_once() {
        let all: Vec<_> = choices(4, 2).collect();
        assert_eq!(all.len(), 6);
        assert_eq!(all[0], [0, 1]);
        assert_eq!(choices(16, 8).count(), 12_870);
    }
}
