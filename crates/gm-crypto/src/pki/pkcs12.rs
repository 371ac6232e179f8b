//! PKCS#12 (RFC 7292): keys and certificates in one file.
