//! What stays as proof: files, kept by their digests.

use super::documents::{Documents, Kept};
use crate::{
    args::{EvidenceFile, Proof},
    failure::Failure,
    input,
};
use lifecycle::{Evidence, terms::EvidenceKind};
use std::path::Path;

/// Octets of the largest paper or recording that is taken in.
pub(crate) const PAPER: u64 = 1 << 26;

/// The piece of this kind. A single piece of another kind is taken as it is, for the rules to
/// refuse.
pub(crate) fn pick(proof: &Proof, kind: EvidenceKind) -> Result<&EvidenceFile, Failure> {
    let of_kind = proof.evidence.iter().find(|piece| piece.kind == kind);
    match (of_kind, proof.evidence.as_slice()) {
        (Some(piece), _) | (None, [piece]) => Ok(piece),
        _ => Err(Failure::Usage(format!(
            "this leaves a proof: give --evidence {kind}=FILE"
        ))),
    }
}

/// The same, kept.
pub(crate) fn one(
    documents: &Documents,
    proof: &Proof,
    kind: EvidenceKind,
) -> Result<Evidence, Failure> {
    let piece = pick(proof, kind)?;
    in_file(documents, piece.kind, &piece.path)
}

/// All of them, kept.
pub(crate) fn all(documents: &Documents, proof: &Proof) -> Result<Vec<Evidence>, Failure> {
    let pieces = proof.evidence.iter();
    let kept = pieces.map(|piece| in_file(documents, piece.kind, &piece.path));
    kept.collect()
}

/// A file, kept, and referred to by its name.
pub(crate) fn in_file(
    documents: &Documents,
    kind: EvidenceKind,
    path: &Path,
) -> Result<Evidence, Failure> {
    let kept = keep(documents, path)?;
    Ok(Evidence::new(kind, kept.digest, name_of(path)))
}

/// Keeps a file.
pub(crate) fn keep(documents: &Documents, path: &Path) -> Result<Kept, Failure> {
    documents.keep(&input::read(path, PAPER)?)
}

/// The last part of a path; what lies before it is nobody's business.
pub(crate) fn name_of(path: &Path) -> String {
    let name = path.file_name().unwrap_or(path.as_os_str());
    name.to_string_lossy().into_owned()
}
