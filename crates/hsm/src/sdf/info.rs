//! `DEVICEINFO` (GM/T 0018-2012, 5.1).

use crate::{
    Description,
    blob::{Fields, Misfit},
};

/// Octets of the structure.
const LENGTH: usize = 100;

/// Reads the structure, in front of what a vendor has behind it.
pub(super) fn read(octets: &[u8]) -> Result<Description, Misfit> {
    let mut fields = Fields(
        octets
            .get(..LENGTH)
            .ok_or("a DEVICEINFO that is cut short")?,
    );
    let manufacturer = fields.text(40)?;
    let model = fields.text(16)?;
    let serial = fields.text(16)?;
    let device_version = fields.integer(4)?;
    let standard_version = fields.integer(4)?;
    Ok(Description {
        interface: format!("SDF (GM/T 0018), version {standard_version}"),
        manufacturer,
        model,
        serial,
        label: String::new(),
        firmware: device_version.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fields_lie_where_the_standard_has_them() {
        let mut octets = vec![0; LENGTH];
        octets[..5].copy_from_slice(b"Maker");
        octets[40..56].copy_from_slice(b"sixteen-octets!!");
        octets[56..60].copy_from_slice(b"4711");
        octets[72..76].copy_from_slice(&3_u32.to_le_bytes());
        octets[76] = 1;
        let description = read(&octets).unwrap();
        assert_eq!(description.manufacturer, "Maker");
        assert_eq!(
            description.model, "sixteen-octets!!",
            "a full field has no zero"
        );
        assert_eq!(description.serial, "4711");
        assert_eq!(description.firmware, "3");
        assert_eq!(description.interface, "SDF (GM/T 0018), version 1");
        assert!(read(&octets[..99]).is_err());
        octets.extend([0xff; 40]);
        assert_eq!(read(&octets), Ok(description), "a vendor's own fields");
    }
}
