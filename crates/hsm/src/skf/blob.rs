//! Structures of GM/T 0016 that GM/T 0018 does not have.

use super::SkfDeviceInfo;
use crate::{
    Error,
    blob::{Fields, Layout, Misfit, readable},
};
use gm_crypto::{
    delivery::{DeliveryTarget, DeviceForm, EncryptionKeyDelivery, ScalarPlace},
    sm2::{EnvelopedKey, ScalarPadding},
};
use std::ffi::{CStr, CString};

/// The most names in a list.
const MAX_NAMES: usize = 4096;
/// `SGD_SM4_ECB` (GM/T 0006).
pub(super) const SM4_ECB: u32 = 0x0000_0401;

/// Reads `DEVINFO` (GM/T 0016-2012, 6.4.1), in front of what a vendor has behind it.
pub(super) fn device_info(layout: Layout, octets: &[u8]) -> Result<SkfDeviceInfo, Misfit> {
    let mut fields = Fields(octets);
    let mut info = SkfDeviceInfo {
        version: version(&mut fields)?,
        manufacturer: fields.text(64)?,
        issuer: fields.text(64)?,
        label: fields.text(32)?,
        serial: fields.text(32)?,
        hardware: version(&mut fields)?,
        firmware: version(&mut fields)?,
        ..SkfDeviceInfo::default()
    };
    // AlgSymCap, AlgAsymCap, AlgHashCap.
    for _ in 0..3 {
        fields.integer(layout.integer)?;
    }
    let algorithm = fields.integer(layout.integer)?;
    info.authentication_algorithm =
        u32::try_from(algorithm).map_err(|_| "an algorithm identifier of more than 32 bits")?;
    info.total_space = fields.integer(layout.integer)?;
    info.free_space = fields.integer(layout.integer)?;
    // MaxECCBufferSize, MaxBufferSize, Reserved.
    fields.take(2 * layout.integer + 64)?;
    Ok(info)
}

/// `VERSION`: major and minor.
fn version(fields: &mut Fields<'_>) -> Result<String, Misfit> {
    let octets = fields.take(2)?;
    Ok(format!("{}.{}", octets[0], octets[1]))
}

/// Reads a list of names, each ending with a zero octet and the list with one more.
pub(super) fn names(octets: &[u8]) -> Result<Vec<CString>, Misfit> {
    let mut names = Vec::new();
    let mut rest = octets;
    while let [first, ..] = rest
        && *first != 0
    {
        let name = CStr::from_bytes_until_nul(rest)
            .map_err(|_| "a list of names whose last one does not end")?;
        rest = &rest[name.to_bytes_with_nul().len()..];
        if names.len() == MAX_NAMES {
            return Err("more than 4096 names");
        }
        names.push(name.to_owned());
    }
    Ok(names)
}

/// A name for people.
pub(super) fn shown(name: &CStr) -> String {
    readable(name.to_bytes())
}

/// Writes `ENVELOPEDKEYBLOB` (GM/T 0016-2012, 6.4.10). An envelope that encrypts 64 octets can
/// be written in any place; of another one the 32 octets stand right or left.
pub(super) fn enveloped_key(
    layout: Layout,
    envelope: &EnvelopedKey,
    preferred: ScalarPlace,
) -> Result<Vec<u8>, Error> {
    let whole = envelope.form().padding == ScalarPadding::LeadingZeros;
    let place = match preferred {
        ScalarPlace::Whole if !whole => ScalarPlace::Right,
        preferred => preferred,
    };
    let form = DeviceForm::SKF.with_scalar(place);
    let blob = EncryptionKeyDelivery::from(envelope.clone())
        .reshaped(DeliveryTarget::Device(form))
        .map_err(|source| Error::Crypto { source })?
        .write();
    if layout.integer == Layout::STANDARD.integer {
        return Ok(blob);
    }
    // The same with wider integers: three, the scalar, the key, the ciphertext.
    let mut octets = Vec::new();
    for integer in [1, SM4_ECB, 256_u32] {
        layout.put_integer(&mut octets, integer.into());
    }
    octets.extend_from_slice(&blob[12..76]);
    octets.extend(layout.write_public_key(envelope.public_key()));
    octets.extend(layout.write_ciphertext(envelope.encrypted_key()));
    Ok(octets)
}

#[cfg(test)]
mod tests {
    use super::*;
    use getrandom::SysRng;
    use gm_crypto::sm2::{EnvelopedKeyForm, SecretKey};

    const WIDE: Layout = Layout {
        field: 64,
        integer: 8,
    };

    fn list(text: &[u8]) -> Result<Vec<String>, Misfit> {
        names(text).map(|names| names.iter().map(|name| shown(name)).collect())
    }

    #[test]
    fn a_list_of_names_ends_with_two_zeros_or_with_its_last_name() {
        assert_eq!(list(b""), Ok(vec![]));
        assert_eq!(list(b"\0"), Ok(vec![]));
        assert_eq!(list(b"\0\0"), Ok(vec![]));
        assert_eq!(list(b"one\0\0"), Ok(vec!["one".into()]));
        assert_eq!(list(b"one\0two\0"), Ok(vec!["one".into(), "two".into()]));
        assert_eq!(list(b"one\0\0behind"), Ok(vec!["one".into()]));
        assert_eq!(
            list(b"one\0tw"),
            Err("a list of names whose last one does not end")
        );
        assert!(list(&b"a\0".repeat(4096)).is_ok());
        assert_eq!(list(&b"a\0".repeat(4097)), Err("more than 4096 names"));
    }

    #[test]
    fn devinfo_has_its_fields_where_the_standard_has_them() {
        for (layout, length) in [(Layout::STANDARD, 294), (WIDE, 326)] {
            let mut octets = vec![0; length];
            octets[..2].copy_from_slice(&[1, 1]);
            octets[2..7].copy_from_slice(b"Maker");
            octets[66..72].copy_from_slice(b"Issuer");
            octets[130..135].copy_from_slice(b"Label");
            octets[162..166].copy_from_slice(b"4711");
            octets[194..198].copy_from_slice(&[2, 0, 3, 9]);
            let place = |number: usize| 198 + number * layout.integer;
            octets[place(3)..place(3) + 4].copy_from_slice(&SM4_ECB.to_le_bytes());
            octets[place(4)..place(4) + 4].copy_from_slice(&65_536_u32.to_le_bytes());
            octets[place(5)..place(5) + 4].copy_from_slice(&4_096_u32.to_le_bytes());
            let info = device_info(layout, &octets).unwrap();
            assert_eq!(info.manufacturer, "Maker");
            assert_eq!(info.issuer, "Issuer");
            assert_eq!((&*info.label, &*info.serial), ("Label", "4711"));
            assert_eq!((&*info.version, &*info.hardware), ("1.1", "2.0"));
            assert_eq!(info.firmware, "3.9");
            assert_eq!(info.authentication_algorithm, SM4_ECB);
            assert_eq!((info.total_space, info.free_space), (65_536, 4_096));
            assert!(device_info(layout, &octets[..length - 1]).is_err());
        }
    }

    #[test]
    fn an_envelope_is_written_as_the_blob_that_it_was_read_from() {
        let recipient = SecretKey::from_bytes(&[7; 32]).unwrap();
        let key = SecretKey::from_bytes(&[9; 32]).unwrap();
        let padded = EnvelopedKeyForm::default().with_padding(ScalarPadding::LeadingZeros);
        for form in [EnvelopedKeyForm::default(), padded] {
            let envelope =
                EnvelopedKey::seal_as(&mut SysRng, &recipient.public_key(), &key, form).unwrap();
            for place in [ScalarPlace::Whole, ScalarPlace::Right, ScalarPlace::Left] {
                let blob = enveloped_key(Layout::STANDARD, &envelope, place).unwrap();
                assert_eq!(blob.len(), 208 + 164 + 16);
                let read = EncryptionKeyDelivery::read(&blob).unwrap();
                let opened = read.open(&recipient).unwrap();
                assert_eq!(opened.public_key(), key.public_key());

                let wide = enveloped_key(WIDE, &envelope, place).unwrap();
                assert_eq!(wide.len(), 24 + 64 + 136 + 168 + 16);
                let narrowed = [
                    &wide[..4],
                    &wide[8..12],
                    &wide[16..20],
                    &wide[24..88],
                    &wide[88..92],
                    &wide[96..224],
                    &wide[224..388],
                    &wide[392..],
                ]
                .concat();
                assert_eq!(narrowed, blob);
            }
        }
    }
}
