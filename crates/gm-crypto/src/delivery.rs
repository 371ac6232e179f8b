//! How the private key of an encryption certificate arrives, in every form that is sent.
