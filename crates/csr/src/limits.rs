//! How much of a stranger's request is read, and how much work it was.

/// What a request may hold before anything else is asked of it.
///
/// A request over a limit is refused with the [`Error`](crate::Error) of that
/// limit, whatever its signature, before anything of it is decoded. Start from
/// [`Default`] and change a field.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Octets of the whole request in DER, looked at before parsing; 65,536 unless
    /// set.
    pub bytes: usize,
    /// Elements that hold the innermost one, the request itself being the first; 16
    /// unless set. A request with extensions has 8.
    pub depth: usize,
    /// Octets of the subject in DER; 8,192 unless set.
    pub subject_bytes: usize,
    /// Attributes of the subject, those of a multi-valued relative distinguished
    /// name counted singly; 32 unless set.
    pub rdns: usize,
    /// Attributes of the request (RFC 2986, 4.1); 16 unless set.
    pub attributes: usize,
    /// Octets of one attribute in DER; 16,384 unless set.
    pub attribute_bytes: usize,
    /// Values of one attribute; 16 unless set.
    pub values: usize,
    /// Extensions in `extensionRequest` (RFC 2985, 5.4.2); 32 unless set.
    pub extensions: usize,
    /// Whether the subject must say something.
    pub subject: SubjectRule,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            bytes: 65_536,
            depth: 16,
            subject_bytes: 8_192,
            rdns: 32,
            attributes: 16,
            attribute_bytes: 16_384,
            values: 16,
            extensions: 32,
            subject: SubjectRule::Required,
        }
    }
}

/// What a request cost, counted while it is read and verified; it only grows.
///
/// Octets bound it: elements are at most half of [`Limits::bytes`], signature checks at
/// most the algorithms that the caller listed, and each of them hashes less than the
/// request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Work {
    /// Elements of DER that were looked at, those in OCTET STRINGs and BIT STRINGs not
    /// among them.
    pub elements: usize,
    /// Signatures that were checked.
    pub signature_checks: usize,
    /// Octets that were hashed for them.
    pub octets_hashed: usize,
}

/// Whether a subject without any attribute will do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum SubjectRule {
    /// The subject has at least one attribute.
    #[default]
    Required,
    /// The subject may be empty: its name stands in the subjectAltName (RFC 5280,
    /// 4.1.2.6) or is known from elsewhere.
    MayBeEmpty,
}
