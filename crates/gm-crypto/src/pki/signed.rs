//! What is signed, as it came: certificates, CRLs, requests and OCSP answers all
//! are `SEQUENCE { toBeSigned, AlgorithmIdentifier, BIT STRING }`.

use crate::{Error, Result};
use alloc::vec::Vec;
use der::{
    Decode, Encode, Header, Reader, SliceReader, Tag,
    asn1::{BitString, BitStringRef},
};
use spki::{AlgorithmIdentifierOwned, AlgorithmIdentifierRef, SubjectPublicKeyInfoRef};

use super::VerifyAlgorithm;

/// A signed structure split into its three parts, borrowed from the input.
///
/// The to-be-signed part is kept as the octets that came, tag and length
/// included, and verified as such: nothing is ever encoded again to verify.
#[derive(Clone, Debug)]
pub struct Signed<'a> {
    tbs: &'a [u8],
    algorithm: AlgorithmIdentifierRef<'a>,
    signature: BitStringRef<'a>,
}

impl<'a> Signed<'a> {
    /// Splits `octets`; `what` names the structure in errors.
    ///
    /// # Errors
    /// [`Error::Malformed`] for anything but the three parts in strict DER with
    /// nothing behind them. The inside of the first is not looked at.
    pub fn from_der(what: &'static str, octets: &'a [u8]) -> Result<Self> {
        let split = || -> der::Result<Self> {
            let mut reader = SliceReader::new(octets)?;
            let signed = reader.sequence(|reader| {
                Ok::<_, der::Error>(Self {
                    tbs: reader.tlv_bytes()?,
                    algorithm: reader.decode()?,
                    signature: reader.decode()?,
                })
            })?;
            reader.finish()?;
            Ok(signed)
        };
        split().map_err(Error::malformed(what))
    }

    /// The octets that were signed.
    pub fn tbs(&self) -> &'a [u8] {
        self.tbs
    }

    /// The algorithm named beside the signature.
    pub fn algorithm(&self) -> AlgorithmIdentifierRef<'a> {
        self.algorithm
    }

    /// The signature.
    pub fn signature(&self) -> BitStringRef<'a> {
        self.signature
    }

    /// Checks the signature with the key in `spki`, by the first of `algorithms`
    /// that accepts both identifiers.
    ///
    /// # Errors
    /// [`Error::Unsupported`] when none accepts, [`Error::Crypto`] when the
    /// signature does not fit.
    pub fn verify(
        &self,
        spki: SubjectPublicKeyInfoRef<'_>,
        algorithms: &[&dyn VerifyAlgorithm],
    ) -> Result<()> {
        let algorithm = algorithms
            .iter()
            .find(|candidate| candidate.accepts(self.algorithm, spki.algorithm))
            .ok_or(Error::Unsupported {
                what: "signature",
                oid: self.algorithm.oid,
            })?;
        let signature = self.signature.as_bytes().ok_or(Error::Crypto)?;
        algorithm
            .verify(spki, self.tbs, signature)
            .map_err(|_| Error::Crypto)
    }
}

/// Puts a signature behind the octets that were signed, without touching them.
///
/// # Errors
/// [`Error::Malformed`] when `tbs` is not one DER value.
pub fn assemble(
    tbs: &[u8],
    algorithm: &AlgorithmIdentifierOwned,
    signature: &BitString,
) -> Result<Vec<u8>> {
    let encode = || -> der::Result<Vec<u8>> {
        let tbs = der::AnyRef::from_der(tbs)?;
        let length = (tbs.encoded_len()? + algorithm.encoded_len()? + signature.encoded_len()?)?;
        let header = Header::new(Tag::Sequence, length);
        // A CRL has millions of octets: room for them is taken once.
        let mut octets = Vec::with_capacity(usize::try_from((header.encoded_len()? + length)?)?);
        header.encode_to_vec(&mut octets)?;
        tbs.encode_to_vec(&mut octets)?;
        algorithm.encode_to_vec(&mut octets)?;
        signature.encode_to_vec(&mut octets)?;
        Ok(octets)
    };
    encode().map_err(Error::malformed("signed structure"))
}
