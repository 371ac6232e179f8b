//! Whether a certificate is that of somebody who is named.

use super::ParsedCertificate;
use core::{fmt, net::IpAddr};
use x509_cert::ext::pkix::name::GeneralName;

/// Whom the target must name in its subjectAltName. The subject's commonName is not looked
/// at (RFC 9525, 2).
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum PeerName {
    /// A host, in ASCII (RFC 9525, 6.3). A dNSName equals it whatever the case, or is
    /// `*.` and at least two labels and stands for one label more.
    Dns(String),
    /// An address (RFC 9525, 6.4).
    Ip(IpAddr),
    /// A mailbox: what stands before the last `@` octet for octet, the host whatever the
    /// case (RFC 5280, 7.5).
    Email(String),
}

impl PeerName {
    /// Whether the certificate names it.
    pub(super) fn is_named_by(&self, certificate: &ParsedCertificate) -> bool {
        let mut names = certificate.alternative_names().iter();
        names.any(|name| match (self, name) {
            (Self::Dns(wanted), GeneralName::DnsName(found)) => is_host(found.as_str(), wanted),
            (Self::Ip(wanted), GeneralName::IpAddress(found)) => match wanted {
                IpAddr::V4(wanted) => found.as_bytes() == wanted.octets(),
                IpAddr::V6(wanted) => found.as_bytes() == wanted.octets(),
            },
            (Self::Email(wanted), GeneralName::Rfc822Name(found)) => {
                is_mailbox(found.as_str(), wanted)
            }
            _ => false,
        })
    }
}

fn is_host(found: &str, wanted: &str) -> bool {
    if wanted.is_empty() || wanted.contains('*') {
        return false;
    }
    let Some(parent) = found.strip_prefix("*.") else {
        return found.eq_ignore_ascii_case(wanted);
    };
    let is_narrow = parent.contains('.') && !parent.contains('*');
    let above = wanted
        .split_once('.')
        .filter(|(label, _)| !label.is_empty());
    is_narrow && above.is_some_and(|(_, above)| above.eq_ignore_ascii_case(parent))
}

fn is_mailbox(found: &str, wanted: &str) -> bool {
    match (found.rsplit_once('@'), wanted.rsplit_once('@')) {
        (Some((one, host)), Some((other, wanted))) => {
            !one.is_empty() && one == other && host.eq_ignore_ascii_case(wanted)
        }
        _ => false,
    }
}

impl fmt::Display for PeerName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Dns(host) => f.write_str(host),
            Self::Ip(address) => address.fmt(f),
            Self::Email(mailbox) => f.write_str(mailbox),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wildcard_is_one_whole_label_in_front() {
        for (found, wanted) in [
            ("example.com", "EXAMPLE.com"),
            ("*.example.com", "foo.example.com"),
            ("*.example.com", "foo.EXAMPLE.com"),
        ] {
            assert!(is_host(found, wanted), "{found} {wanted}");
        }
        for (found, wanted) in [
            ("example.com", "example.com."),
            ("*.example.com", "example.com"),
            ("*.example.com", "a.b.example.com"),
            ("*.example.com", ".example.com"),
            ("*.example.com", "*.example.com"),
            ("*", "example"),
            ("*.com", "example.com"),
            ("*.", "example."),
            ("ba*.example.com", "baz.example.com"),
            ("foo.*.example.com", "foo.bar.example.com"),
            ("*.*.com", "a.*.com"),
            ("", ""),
        ] {
            assert!(!is_host(found, wanted), "{found} {wanted}");
        }
    }

    #[test]
    fn case_means_nothing_in_the_host_of_a_mailbox_alone() {
        assert!(is_mailbox("li@Example.cn", "li@example.CN"));
        assert!(!is_mailbox("Li@example.cn", "li@example.cn"));
        assert!(!is_mailbox("@example.cn", "@example.cn"));
        assert!(!is_mailbox("example.cn", "example.cn"));
    }
}
