//! Files of the device (GM/T 0018-2012, 6.7). Nobody logs in for them.

pub(crate) mod sys;

use crate::{
    code::{Code, Result},
    session::Session,
};
use zeroize::Zeroizing;

/// Rights that GM/T 0016 would give such a file: everybody's.
const EVERYBODY: u32 = 0xFF;

/// A name as the standard has it: octets and their number. Text, for the store keeps text.
fn name(octets: &[u8]) -> Result<&str> {
    // Callers count the zero at the end of a C string, or don't.
    let octets = octets.strip_suffix(b"\0").unwrap_or(octets);
    std::str::from_utf8(octets).map_err(|_| Code::Input)
}

impl Session {
    /// `SDF_CreateFile`
    pub(crate) fn create_file(&self, file: &[u8], size: u32) -> Result<()> {
        let files = self.device().files();
        Ok(files.create(name(file)?, size as usize, EVERYBODY, EVERYBODY)?)
    }

    /// `SDF_ReadFile`: fewer octets at the end of the file.
    pub(crate) fn read_file(
        &self,
        file: &[u8],
        offset: u32,
        length: u32,
    ) -> Result<Zeroizing<Vec<u8>>> {
        let files = self.device().files();
        Ok(files.read(name(file)?, offset as usize, length as usize)?)
    }

    /// `SDF_WriteFile`
    pub(crate) fn write_file(&self, file: &[u8], offset: u32, octets: &[u8]) -> Result<()> {
        let files = self.device().files();
        Ok(files.write(name(file)?, offset as usize, octets)?)
    }

    /// `SDF_DeleteFile`
    pub(crate) fn delete_file(&self, file: &[u8]) -> Result<()> {
        Ok(self.device().files().delete(name(file)?)?)
    }
}
