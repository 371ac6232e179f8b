//! Who a certificate is about: the GM extensions with personal identity.
