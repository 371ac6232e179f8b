//! A `DateTime` of a clock has fractions of a second, and no certificate, CRL or OCSP answer
//! has (RFC 5280, 4.1.2.5; RFC 6960, 4.2.2.1).

use core::time::Duration;
use der::DateTime;

/// The second that this moment is in: what is written, and so what is compared.
pub(crate) fn whole(time: DateTime) -> DateTime {
    let seconds = Duration::from_secs(time.unix_duration().as_secs());
    DateTime::from_unix_duration(seconds).unwrap_or(time)
}
