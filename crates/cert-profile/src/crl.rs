//! Revocation lists (RFC 5280, 5): full and delta, whole and in shards, direct,
//! version 2; written and read entry by entry.

mod entry;
mod number;
mod point;
mod read;
mod reason;
mod revocations;
mod write;

pub use entry::RevokedEntry;
pub use number::CrlNumber;
pub use point::{IssuingDistributionPoint, OnlyContains};
pub use read::{CrlEntries, CrlReader, EntryRef};
pub use reason::Reason;
pub use revocations::Revocations;
pub use write::CrlWriter;

use crate::{
    Error, Issuer, Prepared, SignatureParameters,
    extension::{authority_key_identifier, extension},
};
use core::{borrow::Borrow, fmt};
use der::{
    DateTime, Encode, TagMode, TagNumber,
    asn1::{Any, ContextSpecific, Ia5String, Uint},
};
use point::{distribution_point, read_urls};
use spki::AlgorithmIdentifierOwned;
use x509_cert::{
    ext::{
        Extension,
        pkix::{self, crl::FreshestCrl},
    },
    serial_number::SerialNumber,
    time::Time,
};

/// What a CA is about to say about the certificates it has revoked.
///
/// The list is signed by the CA with the key of its [`Issuer`]. No indirect lists: a
/// list speaks of its own issuer's certificates alone (RFC 5280, 5).
#[derive(Clone)]
pub struct CrlDraft<'a> {
    issuer: &'a Issuer,
    number: CrlNumber,
    this_update: DateTime,
    next_update: DateTime,
    base: Option<CrlNumber>,
    point: Option<IssuingDistributionPoint>,
    freshest: Vec<Ia5String>,
    signature_parameters: Option<SignatureParameters>,
    shard: Option<&'a dyn Fn(&SerialNumber) -> bool>,
}

impl<'a> CrlDraft<'a> {
    /// The full list of `issuer` with this CRL number, which only grows (RFC 5280,
    /// 5.2.3), from `this_update` until `next_update`, both in whole seconds.
    pub fn new(
        issuer: &'a Issuer,
        number: impl Into<CrlNumber>,
        this_update: DateTime,
        next_update: DateTime,
    ) -> Self {
        Self {
            issuer,
            number: number.into(),
            this_update,
            next_update,
            base: None,
            point: None,
            freshest: Vec::new(),
            signature_parameters: None,
            shard: None,
        }
    }

    /// Makes it a delta: what changed since the full list with the number `base`
    /// (deltaCRLIndicator, RFC 5280, 5.2.4). Both are of one scope and one sequence of
    /// numbers, and a full list of the same moment has the same number.
    #[must_use]
    pub fn delta_to(mut self, base: impl Into<CrlNumber>) -> Self {
        self.base = Some(base.into());
        self
    }

    /// Limits the certificates that the list is about.
    #[must_use]
    pub fn distribution_point(mut self, point: IssuingDistributionPoint) -> Self {
        self.point = Some(point);
        self
    }

    /// Refuses entries for which `belongs` is false. Which certificates name the list's
    /// distribution point is for their profile to know.
    #[must_use]
    pub fn shard(mut self, belongs: &'a dyn Fn(&SerialNumber) -> bool) -> Self {
        self.shard = Some(belongs);
        self
    }

    /// Says where the deltas of this full list are (freshestCRL, RFC 5280, 5.2.6).
    ///
    /// # Errors
    /// [`Error::Invalid`] without a URL, and for one that is not visible ASCII, has no host
    /// or begins with neither `http://` nor `ldap://`.
    pub fn freshest<U: AsRef<str>>(
        mut self,
        urls: impl IntoIterator<Item = U>,
    ) -> Result<Self, Error> {
        self.freshest = read_urls("freshestCRL", urls)?;
        Ok(self)
    }

    /// Writes the parameters of the signature's algorithm in this way, and not as the
    /// issuer's own algorithm has them.
    #[must_use]
    pub fn signature_parameters(mut self, parameters: SignatureParameters) -> Self {
        self.signature_parameters = Some(parameters);
        self
    }

    /// Writes the `TBSCertList` with these entries, in their order. Without entries
    /// there is no revokedCertificates (RFC 5280, 5.1.2.6).
    ///
    /// # Errors
    /// Those of [`Self::begin`], [`CrlWriter::push`] and [`CrlWriter::finish`].
    pub fn prepare<E: Borrow<RevokedEntry>>(
        self,
        entries: impl IntoIterator<Item = E>,
    ) -> Result<Prepared, Error> {
        let entries = entries.into_iter();
        let mut list = self.begin()?;
        list.reserve(entries.size_hint().0);
        for entry in entries {
            list.push(entry.borrow())?;
        }
        list.finish()
    }

    /// Writes what stands before the entries: for those that come one by one and may
    /// fail to.
    ///
    /// # Errors
    /// [`Error::Invalid`] for an issuer that may not sign CRLs, an end before the
    /// beginning, a delta whose number is not greater than its base's or that has
    /// deltas itself; [`Error::Encoding`] for 256 MiB or more.
    pub fn begin(self) -> Result<CrlWriter<'a>, Error> {
        self.check()?;
        let algorithm = self.algorithm();
        let write = || -> der::Result<(Vec<u8>, Vec<u8>)> {
            // Version 2.
            let mut front = vec![2, 1, 1];
            algorithm.encode_to_vec(&mut front)?;
            self.issuer.name().encode_to_vec(&mut front)?;
            Time::from(self.this_update).encode_to_vec(&mut front)?;
            Time::from(self.next_update).encode_to_vec(&mut front)?;
            let extensions = ContextSpecific {
                tag_number: TagNumber(0),
                tag_mode: TagMode::Explicit,
                value: self.extensions()?,
            };
            Ok((front, extensions.to_der()?))
        };
        let (front, extensions) = write().map_err(Error::encoding(WHAT))?;
        Ok(CrlWriter::new(self, algorithm, front, extensions))
    }

    fn extensions(&self) -> der::Result<Vec<Extension>> {
        let number = |number: &CrlNumber| Uint::new(number.as_be_bytes());
        let mut extensions = vec![
            authority_key_identifier(self.issuer)?,
            extension(false, &pkix::CrlNumber(number(&self.number)?))?,
        ];
        if let Some(base) = &self.base {
            extensions.push(extension(true, &pkix::BaseCrlNumber(number(base)?))?);
        }
        if let Some(point) = &self.point {
            extensions.push(extension(true, &point.to_x509())?);
        }
        if !self.freshest.is_empty() {
            let points = FreshestCrl(vec![distribution_point(&self.freshest)]);
            extensions.push(extension(false, &points)?);
        }
        Ok(extensions)
    }

    fn algorithm(&self) -> AlgorithmIdentifierOwned {
        let own = self.issuer.algorithm();
        let parameters = match self.signature_parameters {
            None => own.parameters.clone(),
            Some(SignatureParameters::Absent) => None,
            Some(SignatureParameters::Null) => Some(Any::null()),
        };
        AlgorithmIdentifierOwned {
            oid: own.oid,
            parameters,
        }
    }

    fn belongs(&self, serial: &SerialNumber) -> bool {
        self.shard.is_none_or(|belongs| belongs(serial))
    }

    fn check(&self) -> Result<(), Error> {
        if !self.issuer.may_sign_crls() {
            return refuse("the issuer has the key usage cRLSign", "RFC 5280, 4.2.1.3");
        }
        if self.next_update <= self.this_update {
            return refuse("nextUpdate is after thisUpdate", "RFC 5280, 5.1.2.5");
        }
        if self.base.is_some_and(|base| base >= self.number) {
            return refuse(
                "a delta has a greater number than the list that it is a delta to",
                "RFC 5280, 5.2.4",
            );
        }
        if self.base.is_some() && !self.freshest.is_empty() {
            return refuse("freshestCRL is not in a delta CRL", "RFC 5280, 5.2.6");
        }
        Ok(())
    }
}

impl fmt::Debug for CrlDraft<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CrlDraft")
            .field("issuer", &self.issuer.name().to_string())
            .field("number", &self.number)
            .field("this_update", &self.this_update)
            .field("next_update", &self.next_update)
            .field("base", &self.base)
            .field("point", &self.point)
            .field("freshest", &self.freshest)
            .field("shard", &self.shard.is_some())
            .finish_non_exhaustive()
    }
}

const WHAT: &str = "TBSCertList";

fn refuse<T>(rule: &'static str, clause: &'static str) -> Result<T, Error> {
    Err(Error::Invalid {
        what: WHAT,
        rule,
        clause,
    })
}

#[cfg(test)]
mod tests;
