//! From a message to a list that its publisher signed and that still counts.

use crate::{
    Error, Result,
    list::{
        Contact, Contents, Digest, Entry, EntryKey, MAX_LIFETIME, Mirror, Publisher,
        RegisteredPolicy, SignerRoll, SignerSet, UnverifiedList,
    },
    path::ParsedCertificate,
    signing_certificate::{SIGNING_CERTIFICATE, reference},
    wire,
};
use der::DateTime;
use gm_crypto::{
    message::{UnverifiedSignedData, VerifiedSigner},
    sm3,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    hash::{DefaultHasher, Hash, Hasher},
    ops::Range,
    sync::Arc,
    time::Duration,
};

/// A list whose signers were checked, and that was current when it was.
#[derive(Clone, Debug)]
pub struct TrustList {
    pub(crate) contents: Contents,
    /// The places of the entries that have an issuer of a name (DER), so that a question looks
    /// at no others.
    by_issuer: BTreeMap<Vec<u8>, Vec<Place>>,
    /// The signed octets are the longest part of a list: copies share them.
    der: Arc<[u8]>,
    json: Json,
    digest: Digest,
}

/// Where an entry stands, with a hash of its type: who asks about one type does not look at the
/// entries of others.
#[derive(Clone, Copy, Debug)]
struct Place {
    index: usize,
    type_hash: Option<u64>,
}

fn type_hash(name: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    name.hash(&mut hasher);
    hasher.finish()
}

/// Where the JSON lies.
#[derive(Clone, Debug)]
enum Json {
    /// In the message.
    Within(Range<usize>),
    /// In a file of its own.
    Beside(Arc<[u8]>),
}

impl Json {
    /// Octets before the content of signed data: tags, lengths, a version, a digest algorithm
    /// or a few, a type.
    const MAX_HEAD: usize = 1 << 12;

    fn of(der: &[u8], json: Vec<u8>) -> Self {
        let heads = der.windows(json.len().max(1)).take(Self::MAX_HEAD);
        match heads.enumerate().find(|(_, part)| *part == json) {
            Some((start, part)) => Self::Within(start..start + part.len()),
            None => Self::Beside(json.into()),
        }
    }
}

impl UnverifiedList {
    /// Checks the signature over the octets as they came, then reads them.
    ///
    /// `signer_certificate` (DER) is the certificate that the caller knows by other
    /// means to be the publisher's; those in the message are not looked at. `at` is
    /// now: a list that is stale or not yet issued is not given out.
    ///
    /// # Errors
    /// [`Error::Signer`] and [`Error::SignerUnfit`]; for what the signer signed,
    /// [`Error::Json`], [`Error::Value`], [`Error::DuplicateEntry`] and the errors of
    /// [`ParsedCertificate::from_der`]; [`Error::Time`], [`Error::Stale`].
    pub fn verify(self, signer_certificate: &[u8], at: DateTime) -> Result<TrustList> {
        let signer = ParsedCertificate::from_der(signer_certificate)?;
        check_signer(&signer, at)?;
        let json = self.json.as_deref();
        let json = signed_content(&self.message, json, &[signer_certificate])?;
        self.into_current(json, at)
    }

    /// The same with certificates that the message carries, of which enough are in a set
    /// that the caller knows by digest.
    ///
    /// # Errors
    /// Those of [`Self::verify`]; [`Error::Signers`] when too few of them signed.
    pub fn verify_by(self, signers: &SignerSet, at: DateTime) -> Result<TrustList> {
        let json = self.json.as_deref();
        let (json, owners) = authenticate(&self.message, json, signers.members())?;
        owners
            .iter()
            .try_for_each(|owner| check_signer(owner, at))?;
        let signed: BTreeSet<Digest> = owners.iter().map(|owner| owner.digest()).collect();
        if !signers.is_met_by(&signed) {
            return Err(too_few(signed.len()));
        }
        self.into_current(json, at)
    }

    /// The same for a list that may be stale, such as the one that a new one follows: its
    /// signers were fit when it was issued.
    ///
    /// # Errors
    /// Those of [`Self::verify_by`] but for what concerns now.
    pub fn verify_by_at_issue(self, signers: &SignerSet) -> Result<TrustList> {
        let json = self.json.as_deref();
        let (json, owners) = authenticate(&self.message, json, signers.members())?;
        let signed: BTreeSet<Digest> = owners.iter().map(|owner| owner.digest()).collect();
        if !signers.is_met_by(&signed) {
            return Err(too_few(signed.len()));
        }
        let list = TrustList::read(self.der, json, MAX_LIFETIME)?;
        let issued = list.issued();
        owners
            .iter()
            .try_for_each(|owner| check_signer(owner, issued))?;
        Ok(list)
    }

    fn into_current(self, json: Vec<u8>, at: DateTime) -> Result<TrustList> {
        let list = TrustList::read(self.der, json, MAX_LIFETIME)?;
        list.check_issued(at, Duration::ZERO)?;
        list.check_fresh(at, Duration::ZERO)?;
        Ok(list)
    }
}

pub(crate) fn too_few(signed: usize) -> Error {
    Error::Signers {
        signed,
        rule: "which are too few",
    }
}

/// The content of a message, with the certificates of those who signed it: what the
/// message carries is looked at where it is among `allowed`, and each of these that is
/// named as a signer must have signed. Whether they are fit is not asked here.
pub(crate) fn authenticate<'a>(
    message: &UnverifiedSignedData,
    detached: Option<&[u8]>,
    allowed: impl Iterator<Item = &'a Digest>,
) -> Result<(Vec<u8>, Vec<ParsedCertificate>)> {
    let allowed: BTreeSet<&Digest> = allowed.collect();
    let mut named: Vec<&[u8]> = Vec::new();
    for certificate in message.certificates() {
        let is_allowed = allowed.contains(&sm3::digest(certificate));
        let is_named = || {
            let mut signers = message.signers();
            signers.any(|signer| signer.is_named_by(certificate).unwrap_or(false))
        };
        if is_allowed && !named.contains(&&**certificate) && is_named() {
            named.push(certificate);
        }
    }
    if named.is_empty() {
        return Err(too_few(0));
    }
    let content = signed_content(message, detached, &named)?;
    let owners = named.into_iter().map(ParsedCertificate::from_der);
    Ok((content, owners.collect::<Result<_>>()?))
}

/// The content that the owner of each of `certificates` signed.
fn signed_content(
    message: &UnverifiedSignedData,
    detached: Option<&[u8]>,
    certificates: &[&[u8]],
) -> Result<Vec<u8>> {
    let message = message.clone();
    let content = match detached {
        None => message.verify_each(certificates),
        Some(json) => message.verify_each_detached(certificates, json),
    };
    let content = content.map_err(|source| Error::Signer { source })?;
    content.signers().iter().try_for_each(check_reference)?;
    Ok(content.into_bytes())
}

/// Where a signer says which certificate they signed with, it is that one.
fn check_reference(signer: &VerifiedSigner) -> Result<()> {
    let mut attributes = signer.attributes().unwrap_or_default().iter();
    let Some(attribute) = attributes.find(|one| one.oid() == SIGNING_CERTIFICATE) else {
        return Ok(());
    };
    let ours = reference(signer.certificate())?;
    if attribute.values().eq([ours]) {
        return Ok(());
    }
    Err(Error::SignerUnfit {
        rule: "is another than its signature names (RFC 5035)",
    })
}

impl TrustList {
    /// Reads what somebody signed; times are the caller's business.
    pub(crate) fn read(der: Vec<u8>, json: Vec<u8>, max_lifetime: Duration) -> Result<Self> {
        let contents = wire::read(&json)?;
        contents.check(max_lifetime)?;
        let mut by_issuer: BTreeMap<Vec<u8>, Vec<Place>> = BTreeMap::new();
        for (index, entry) in contents.entries.iter().enumerate() {
            let type_hash = entry.certificate_type().map(type_hash);
            let place = Place { index, type_hash };
            let names = entry.issuers().iter().map(ParsedCertificate::subject_der);
            for name in names.collect::<BTreeSet<_>>() {
                match by_issuer.get_mut(name) {
                    Some(places) => places.push(place),
                    None => {
                        by_issuer.insert(name.to_vec(), vec![place]);
                    }
                }
            }
        }
        Ok(Self {
            digest: sm3::digest(&json),
            by_issuer,
            contents,
            json: Json::of(&der, json),
            der: der.into(),
        })
    }

    pub(crate) fn check_issued(&self, now: DateTime, skew: Duration) -> Result<()> {
        let (issued, next_update) = (self.issued(), self.next_update());
        if issued.unix_duration() > now.unix_duration() + skew {
            return Err(Error::Time {
                issued,
                next_update,
                rule: "it was issued later than now",
            });
        }
        Ok(())
    }

    pub(crate) fn check_fresh(&self, at: DateTime, grace: Duration) -> Result<()> {
        let next_update = self.next_update();
        if at.unix_duration() >= next_update.unix_duration() + grace {
            return Err(Error::Stale { next_update, at });
        }
        Ok(())
    }

    /// The entries that have an issuer of this name (DER).
    pub(crate) fn entries_of(&self, issuer: &[u8]) -> impl Iterator<Item = &Entry> {
        let places = self.by_issuer.get(issuer).into_iter().flatten();
        places.filter_map(|place| self.contents.entries.at(place.index))
    }

    /// Those of them that are for any type, or for one of these; a few others may be among
    /// them.
    pub(crate) fn entries_of_types(
        &self,
        issuer: &[u8],
        types: &[String],
    ) -> impl Iterator<Item = &Entry> {
        let hashes: Vec<u64> = types.iter().map(|name| type_hash(name)).collect();
        let places = self.by_issuer.get(issuer).into_iter().flatten();
        let of_types = places.filter(move |place| {
            let is_asked = |hash| hashes.contains(&hash);
            place.type_hash.is_none_or(is_asked)
        });
        of_types.filter_map(|place| self.contents.entries.at(place.index))
    }

    /// Who published it.
    pub fn publisher(&self) -> &Publisher {
        &self.contents.publisher
    }

    /// Where the publisher is reached, if it says so.
    pub fn contact(&self) -> Option<&Contact> {
        self.contents.contact.as_ref()
    }

    /// Its number: each list of a publisher has a higher one than the last.
    pub fn sequence(&self) -> u64 {
        self.contents.sequence
    }

    /// When it was issued.
    pub fn issued(&self) -> DateTime {
        self.contents.issued
    }

    /// When the next one will have been issued.
    pub fn next_update(&self) -> DateTime {
        self.contents.next_update
    }

    /// SM3 of the signed JSON, which names this list.
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// The digest of the list before it, if it says so.
    pub fn previous(&self) -> Option<Digest> {
        self.contents.previous
    }

    /// Who signs now and next, if it says so.
    pub fn signers(&self) -> Option<&SignerRoll> {
        self.contents.signers.as_ref()
    }

    /// The publisher's register of policies.
    pub fn registry(&self) -> &[RegisteredPolicy] {
        &self.contents.registry
    }

    /// The lists of others beside it.
    pub fn mirrors(&self) -> &[Mirror] {
        &self.contents.mirrors
    }

    /// The entries, sorted by their keys.
    pub fn entries(&self) -> impl ExactSizeIterator<Item = &Entry> {
        self.contents.entries.iter()
    }

    /// The entry with this key.
    pub fn entry(&self, key: &EntryKey) -> Option<&Entry> {
        self.contents.entries.get(key)
    }

    /// Whether the JSON stands beside the message and not in it.
    pub(crate) fn is_detached(&self) -> bool {
        matches!(self.json, Json::Beside(_))
    }

    /// The signed message as it came: with the JSON inside, or without.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// The JSON as it was signed.
    pub fn json(&self) -> &[u8] {
        match &self.json {
            Json::Within(place) => &self.der[place.clone()],
            Json::Beside(json) => json,
        }
    }
}

pub(crate) fn check_signer(signer: &ParsedCertificate, at: DateTime) -> Result<()> {
    let unfit = |rule| Err(Error::SignerUnfit { rule });
    if at < signer.not_before() {
        return unfit("is not valid yet");
    }
    if at > signer.not_after() {
        return unfit("has expired");
    }
    if !may_sign(signer) {
        return unfit("may not sign by its keyUsage (RFC 5280, 4.2.1.3)");
    }
    Ok(())
}

/// Whether the keyUsage, if there is one, is for signatures (RFC 5280, 4.2.1.3).
pub(crate) fn may_sign(certificate: &ParsedCertificate) -> bool {
    certificate
        .key_usage()
        .is_none_or(|usage| usage.digital_signature() || usage.non_repudiation())
}
