//! Encryption under a password (RFC 8018), for key files and PKCS#12.
