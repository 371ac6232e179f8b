//! How much of a stranger's request is read.

/// What a request may hold before anything else is asked of it.
///
/// A request over a limit is refused with the [`Error`](crate::Error) of that
/// limit, whatever its signature. Start from [`Default`] and change a field.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Octets of the whole request in DER, looked at before parsing; 65,536 unless
    /// set.
    pub bytes: usize,
    /// Attributes of the request (RFC 2986, 4.1); 16 unless set.
    pub attributes: usize,
    /// Attributes of the subject, those of a multi-valued relative distinguished
    /// name counted singly; 32 unless set.
    pub rdns: usize,
    /// Extensions in `extensionRequest` (RFC 2985, 5.4.2); 32 unless set.
    pub extensions: usize,
    /// Whether the subject must say something.
    pub subject: SubjectRule,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            bytes: 65_536,
            attributes: 16,
            rdns: 32,
            extensions: 32,
            subject: SubjectRule::Required,
        }
    }
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
