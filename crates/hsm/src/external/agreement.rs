//! Points that a command multiplies: SM2 decryption by a TPM and its like.

use super::{ExternalCommand, from_hex, process::Places, to_hex};
use crate::{Agreement, Error};
use gm_crypto::sm2::PublicKey;
use zeroize::Zeroizing;

/// How points go to the command and come back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum PointEncoding {
    /// `04 ‖ x ‖ y`, 65 octets; back that, or x ‖ y, or x alone.
    #[default]
    Uncompressed,
    /// The same in hexadecimal digits.
    Hex,
    /// `TPM2B_ECC_POINT` (TPM 2.0 Library, part 2, 11.2.5.3), both ways.
    Tpm,
}

/// An SM2 key that a command multiplies points with; in an
/// [`AgreementKey`](crate::AgreementKey) it decrypts.
///
/// ```
/// use hsm::{AgreementKey, Error, ExternalAgreement, ExternalCommand, PointEncoding};
///
/// /// `public_key` is a SubjectPublicKeyInfo.
/// fn decrypting_key(public_key: der::Document) -> Result<AgreementKey<ExternalAgreement>, Error> {
///     let command = ExternalCommand::new(
///         "tpm2_ecdhzgen",
///         ["-c", "0x81010002", "-u", "{point-file}", "-o", "{shared-file}"],
///     );
///     AgreementKey::new(public_key, ExternalAgreement::new(command, PointEncoding::Tpm))
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExternalAgreement {
    command: ExternalCommand,
    form: PointEncoding,
}

const PLACES: Places = Places {
    call: "the command that multiplies points",
    input: "{point-file}",
    answer: "{shared-file}",
};

impl ExternalAgreement {
    /// Joins the command and the form that it speaks.
    pub fn new(command: ExternalCommand, form: PointEncoding) -> Self {
        Self { command, form }
    }
}

impl Agreement for ExternalAgreement {
    /// Runs the command.
    ///
    /// # Errors
    /// As [`ExternalKey`](crate::ExternalKey)'s `sign`.
    fn shared_x(&self, point: &PublicKey) -> Result<Zeroizing<[u8; 32]>, Error> {
        let point = point.to_uncompressed();
        let input = match self.form {
            PointEncoding::Uncompressed => point.to_vec(),
            PointEncoding::Hex => [&to_hex(&point)[..], b"\n"].concat(),
            PointEncoding::Tpm => {
                [&[0, 68, 0, 32][..], &point[1..33], &[0, 32], &point[33..]].concat()
            }
        };
        let answer = self.command.run(&PLACES, &input)?;
        let x = match self.form {
            PointEncoding::Uncompressed => x_of(&answer),
            PointEncoding::Hex => from_hex(&answer).and_then(|octets| x_of(&octets)),
            PointEncoding::Tpm => x_of_tpm(&answer),
        };
        x.ok_or_else(|| {
            self.command.failed(format!(
                "gave {} octets that are no point in the form {:?}",
                answer.len(),
                self.form
            ))
        })
    }
}

fn x_of(octets: &[u8]) -> Option<Zeroizing<[u8; 32]>> {
    let octets = match octets.len() {
        65 => octets.strip_prefix(&[4])?,
        _ => octets,
    };
    let (x, y) = octets.split_first_chunk::<32>()?;
    matches!(y.len(), 0 | 32).then(|| Zeroizing::new(*x))
}

/// x of a size, then x and y with a size each (big endian, two octets); a coordinate may
/// have lost zeros in front.
fn x_of_tpm(octets: &[u8]) -> Option<Zeroizing<[u8; 32]>> {
    let sized = |octets: &'_ [u8]| -> Option<(usize, usize)> {
        let size = usize::from(u16::from_be_bytes(*octets.first_chunk()?));
        (octets.len() >= 2 + size).then_some((2, 2 + size))
    };
    let (start, end) = sized(octets)?;
    let point = (end == octets.len()).then(|| &octets[start..end])?;
    let (x_start, x_end) = sized(point)?;
    let (_, y_end) = sized(&point[x_end..])?;
    let short = &point[x_start..x_end];
    if x_end + y_end != point.len() || short.len() > 32 {
        return None;
    }
    let mut x = Zeroizing::new([0; 32]);
    x[32 - short.len()..].copy_from_slice(short);
    Some(x)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_point_of_a_tpm_is_read_with_zeros_lost_and_nothing_behind_it() {
        let x = [7; 32];
        let point = |x: &[u8], y: &[u8], behind: &[u8]| {
            let size = |length: usize| u16::try_from(length).unwrap().to_be_bytes();
            let body = [&size(x.len())[..], x, &size(y.len()), y].concat();
            [&size(body.len())[..], &body, behind].concat()
        };
        assert_eq!(*x_of_tpm(&point(&x, &[9; 32], &[])).unwrap(), x);
        let mut short = x;
        short[0] = 0;
        assert_eq!(*x_of_tpm(&point(&x[1..], &[9; 31], &[])).unwrap(), short);
        for wrong in [point(&[7; 33], &[9; 32], &[]), point(&x, &[9; 32], &[0])] {
            assert!(x_of_tpm(&wrong).is_none());
        }
        let whole = point(&x, &[9; 32], &[]);
        for length in 0..whole.len() {
            assert!(x_of_tpm(&whole[..length]).is_none());
        }
    }

    #[test]
    fn a_point_is_whole_or_x_alone() {
        let octets = [&[4][..], &[7; 32], &[9; 32]].concat();
        for good in [&octets[..], &octets[1..], &octets[1..33]] {
            assert_eq!(*x_of(good).unwrap(), [7; 32]);
        }
        for wrong in [&octets[..63], &octets[..33], &octets[1..32], &[]] {
            assert!(x_of(wrong).is_none());
        }
    }
}
