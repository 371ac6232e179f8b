//! Which signers a caller expects, and whether it was they who signed.

use alloc::vec::Vec;

use super::{
    VerifiedSigner, WHAT,
    signer::{SignedOctets, SignerInfo},
};
use crate::{Error, Result, message::party::Party};

/// More certificates of one name than this are not tried.
const MAX_NAMESAKES: usize = 8;

/// What is asked of certificates that a caller gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Demand {
    /// One of them is named, whoever else signed.
    One,
    /// Each signer names one of them; some of them may be named by nobody.
    All,
    /// Each of them is named, whoever else signed.
    Each,
}

/// Certificates (DER) from a caller, read.
pub(crate) struct Expected {
    demand: Demand,
    parties: Vec<(Party, Vec<u8>)>,
}

const NOT_BY_THEM: Error = Error::Invalid {
    what: WHAT,
    reason: "is not signed by the certificate that should sign it",
};

/// Refuses a set in which one signature stands twice: somebody copied it. What stands around
/// it may differ (attributes that are not signed) and does not make it another.
///
/// # Errors
/// [`Error::Invalid`].
pub(crate) fn refuse_copies(what: &'static str, signers: &[SignerInfo]) -> Result<()> {
    for (at, info) in signers.iter().enumerate() {
        let mut before = signers[..at].iter();
        if before.any(|other| other.signature() == info.signature()) {
            return Err(Error::Invalid {
                what,
                reason: "has one signature twice",
            });
        }
    }
    Ok(())
}

impl Expected {
    /// # Errors
    /// [`Error::Malformed`] for a certificate that can't be read.
    pub(crate) fn new(demand: Demand, certificates: &[impl AsRef<[u8]>]) -> Result<Self> {
        let parties = certificates
            .iter()
            .map(|der| {
                let der = der.as_ref();
                Ok((Party::from_certificate(der)?, der.to_vec()))
            })
            .collect::<Result<_>>()?;
        Ok(Self { demand, parties })
    }

    /// Those of `certificates` that can be read, for every signer: others can't be a signer's.
    pub(crate) fn readable(certificates: &[Vec<u8>]) -> Self {
        let read = |der: &Vec<u8>| Some((Party::from_certificate(der).ok()?, der.clone()));
        Self {
            demand: Demand::All,
            parties: certificates.iter().filter_map(read).collect(),
        }
    }

    /// The signers whose signatures must fit, at least one: known without the content.
    ///
    /// # Errors
    /// [`Error::Invalid`] when one is missing, by its name.
    pub(crate) fn among<'a>(&self, signers: &'a [SignerInfo]) -> Result<Vec<&'a SignerInfo>> {
        let invalid = |reason| Error::Invalid { what: WHAT, reason };
        if signers.is_empty() {
            return Err(invalid("has no signer"));
        }
        if self.parties.is_empty() {
            return Err(invalid("is not expected to be signed by anybody"));
        }
        let chosen: Vec<&SignerInfo> = signers.iter().filter(|info| self.knows(info)).collect();
        let signs = |(party, _): &(Party, Vec<u8>)| {
            let mut chosen = chosen.iter();
            chosen.any(|info| party.is_named_by(info.party_id()))
        };
        let met = match self.demand {
            Demand::One => !chosen.is_empty(),
            Demand::All => chosen.len() == signers.len(),
            Demand::Each => self.parties.iter().all(signs),
        };
        if met { Ok(chosen) } else { Err(NOT_BY_THEM) }
    }

    /// How many signers name none of the certificates, so that nobody checks them.
    pub(crate) fn unknown_among(&self, signers: &[SignerInfo]) -> usize {
        signers.iter().filter(|info| !self.knows(info)).count()
    }

    fn knows(&self, info: &SignerInfo) -> bool {
        let mut parties = self.parties.iter();
        parties.any(|(party, _)| party.is_named_by(info.party_id()))
    }

    /// Refuses, without the content, what names other signers, or has no key of theirs to
    /// check: what is encrypted is decrypted after this, and fails with one error.
    pub(crate) fn expect_named(&self, signers: &[SignerInfo]) -> Result<()> {
        for info in self.among(signers)? {
            let mut result = Err(NOT_BY_THEM);
            for (party, _) in self.namesakes(info) {
                result = party.public_key().map(drop);
                if result.is_ok() {
                    break;
                }
            }
            result?;
        }
        Ok(())
    }

    fn namesakes(&self, info: &SignerInfo) -> impl Iterator<Item = &(Party, Vec<u8>)> {
        let named = |(party, _): &&(Party, Vec<u8>)| party.is_named_by(info.party_id());
        self.parties.iter().filter(named).take(MAX_NAMESAKES)
    }

    /// Checks every signature of [`Self::among`]; gives each certificate once, with the first
    /// of its signatures, so that nobody counts twice who signed twice.
    ///
    /// # Errors
    /// Those of [`Self::among`] and of [`SignerInfo::verify`]; [`Error::Crypto`] when under
    /// [`Demand::Each`] the signatures in the name of a certificate fit namesakes alone.
    pub(crate) fn verify(
        &self,
        signers: &[SignerInfo],
        content: &impl SignedOctets,
    ) -> Result<Vec<VerifiedSigner>> {
        let chosen = self.among(signers)?;
        let mut verified: Vec<VerifiedSigner> = Vec::with_capacity(chosen.len());
        for info in chosen {
            let signer = self.verify_one(info, content)?;
            let same = |other: &VerifiedSigner| other.certificate == signer.certificate;
            if !verified.iter().any(same) {
                verified.push(signer);
            }
        }
        let fits = |(_, certificate): &(Party, Vec<u8>)| {
            let mut verified = verified.iter();
            verified.any(|signer| signer.certificate == *certificate)
        };
        if self.demand == Demand::Each && !self.parties.iter().all(fits) {
            return Err(Error::Crypto);
        }
        Ok(verified)
    }

    /// Checks one signature, with whichever of the certificates it names.
    ///
    /// # Errors
    /// [`Error::Invalid`] when it names none of them; those of [`SignerInfo::verify`].
    pub(crate) fn verify_one(
        &self,
        info: &SignerInfo,
        content: &impl SignedOctets,
    ) -> Result<VerifiedSigner> {
        // A content that is another one need not be tried with each key.
        if let Some(digest) = info.message_digest()?
            && digest != content.digest()?
        {
            return Err(Error::Crypto);
        }
        // Several certificates may have one name: it is enough that one of them fits.
        let mut result = Err(NOT_BY_THEM);
        for (party, certificate) in self.namesakes(info) {
            result = info.verify(party, content).map(|()| VerifiedSigner {
                certificate: certificate.clone(),
                info: info.clone(),
            });
            if result.is_ok() {
                break;
            }
        }
        result
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::tests::crafted::{Owner, Pieces},
        *,
    };
    use crate::{
        message::{Dialect, UnverifiedSignedData},
        sm2::Za,
        sm3::DIGEST_LENGTH,
    };
    use alloc::vec;
    use core::cell::Cell;

    /// A content of which every reading is counted.
    #[derive(Default)]
    struct Counted {
        digests: Cell<usize>,
        with: Cell<usize>,
    }

    impl SignedOctets for Counted {
        fn digest(&self) -> Result<[u8; DIGEST_LENGTH]> {
            self.digests.set(self.digests.get() + 1);
            Ok([0; DIGEST_LENGTH])
        }

        fn digest_with(&self, _: &Za) -> Result<[u8; DIGEST_LENGTH]> {
            self.with.set(self.with.get() + 1);
            Ok([0; DIGEST_LENGTH])
        }

        fn could_be_attributes(&self) -> bool {
            false
        }
    }

    #[test]
    fn another_content_is_not_tried_with_every_namesake() {
        let owner = Owner::new(1);
        let namesakes: Vec<_> = (2..7)
            .map(|key| Owner::with_key(1, Some(&[1; 20]), [key; 32]).certificate)
            .collect();
        let expected = Expected::new(Demand::All, &namesakes).unwrap();
        let der = Pieces::with_attributes(&owner, b"content").to_der();
        let message = UnverifiedSignedData::read(&der, Dialect::Strict).unwrap();
        let content = Counted::default();
        let result = expected.verify(message.signer_infos(), &content);
        assert!(matches!(result, Err(Error::Crypto)));
        assert_eq!((content.digests.get(), content.with.get()), (1, 0));
    }

    #[test]
    fn what_was_hashed_once_is_the_same_again() {
        use crate::message::signed::signer::HashedOnce;
        let zas: Vec<Za> = vec![1, 2]
            .into_iter()
            .map(|serial| Owner::new(serial).key.verifying_key().za().clone())
            .collect();
        let once = HashedOnce::new(b"content");
        for _ in 0..2 {
            assert_eq!(once.digest().unwrap(), crate::sm3::digest(b"content"));
            for za in &zas {
                assert_eq!(once.digest_with(za).unwrap(), za.digest(b"content"));
            }
            assert!(!once.could_be_attributes());
        }
    }
}
