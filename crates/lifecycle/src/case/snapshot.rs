//! What was registered, as octets that later steps compare with (S1-09, S1-13).

use super::{State, command::Opening};
use crate::{Octets, Personal};
use gm_crypto::sm3;

/// Octets that different content can't share: each piece with its length before it.
#[derive(Default)]
struct Pieces(Vec<u8>);

impl Pieces {
    fn add(&mut self, piece: &[u8]) {
        let length = u64::try_from(piece.len()).unwrap_or(u64::MAX);
        self.0.extend_from_slice(&length.to_be_bytes());
        self.0.extend_from_slice(piece);
    }

    fn add_text(&mut self, text: &str) {
        self.add(text.as_bytes());
    }

    /// One that may be missing is another than one that is empty.
    fn add_optional(&mut self, text: Option<&str>) {
        self.add(&[u8::from(text.is_some())]);
        self.add_text(text.unwrap_or_default());
    }
}

impl State {
    /// SM3 of what there is to be registered: the opening, the form's fields and years, the
    /// documents' digests, and the key if it was proved. Not known where one of these is not.
    pub fn snapshot(&self) -> Personal<Octets> {
        self.registered_octets(self.request.is_some())
    }

    /// As at a registration that had the key in it, or not.
    pub(super) fn registered_octets(&self, with_key: bool) -> Personal<Octets> {
        self.registered_known(with_key)
            .map_or_else(Personal::sealed, Personal::from)
    }

    fn registered_known(&self, with_key: bool) -> Option<Octets> {
        let mut pieces = Pieces(self.papers()?);
        add_opening(&mut pieces, &self.opening)?;
        let request = self.request.as_ref().filter(|_| with_key);
        pieces.add(request.map_or(&[][..], |request| &request.public_key));
        match request {
            Some(request) => pieces.add(request.csr.known()?),
            None => pieces.add(&[]),
        }
        Some(sm3::digest(&pieces.0).to_vec().into())
    }

    /// Form and documents; none where their values are not known.
    pub(super) fn papers(&self) -> Option<Vec<u8>> {
        let mut pieces = Pieces::default();
        if let Some(form) = &self.form {
            pieces.add(&form.version.to_be_bytes());
            pieces.add(&form.years.to_be_bytes());
            pieces.add(form.digest.known()?);
            for (field, value) in form.fields.known()? {
                pieces.add_text(field);
                pieces.add_text(value);
            }
        }
        // A field's name is never empty: here the documents begin.
        pieces.add(&[]);
        for (name, document) in &self.documents {
            pieces.add_text(name);
            pieces.add(&document.digest);
        }
        pieces.add(&[]);
        Some(pieces.0)
    }
}

/// Every word of the opening: the compiler asks for those that are added to it.
fn add_opening(pieces: &mut Pieces, opening: &Opening) -> Option<()> {
    let Opening {
        rules,
        kind,
        mode,
        model,
        certificate,
        carrier,
        holder,
        organisation,
        agency,
        account,
        order,
        target,
        reason,
        practice_statement,
        unpublished,
    } = opening;
    pieces.add_text(&rules.name);
    pieces.add(&rules.version.to_be_bytes());
    for word in [
        kind.as_str(),
        mode.as_str(),
        model.as_str(),
        certificate,
        carrier.as_str(),
        holder.as_str(),
    ] {
        pieces.add_text(word);
    }
    let account = match account {
        Some(account) => Some(account.known()?),
        None => None,
    };
    for word in [
        organisation.as_ref().map(|one| one.as_str()),
        agency.as_ref().map(|one| one.as_str()),
        account.map(String::as_str),
        order.as_deref(),
        target.as_ref().map(|one| one.as_str()),
        reason.map(|one| one.as_str()),
        practice_statement.as_deref(),
    ] {
        pieces.add_optional(word);
    }
    pieces.add(&[u8::from(*unpublished)]);
    Some(())
}
