//! How a ciphertext is written.

/// The forms in use of one SM2 ciphertext.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum CiphertextForm {
    /// `SM2Cipher` in DER (GM/T 0009, 7.2).
    #[default]
    Der,
    /// C1 ‖ C3 ‖ C2, C1 being `04 ‖ x ‖ y` (GB/T 32918.4-2016).
    C1C3C2,
    /// C1 ‖ C3 ‖ C2 without the octet 04.
    C1C3C2Without04,
    /// C1 ‖ C2 ‖ C3, the order of the draft of 2010.
    C1C2C3,
    /// C1 ‖ C2 ‖ C3 without the octet 04.
    C1C2C3Without04,
}
