//! Files of an application (GM/T 0016-2012, 7.4).

pub(crate) mod sys;

use crate::{
    application::OpenApplication,
    code::{Code, Result},
    device::{name_list, put_text},
};
use softdevice::room::{Reply, Room};

/// Octets of the longest name, and of its field in `FILEATTRIBUTE`.
const NAME_LENGTH: usize = 32;
/// Octets of `FILEATTRIBUTE`.
const ATTRIBUTE_LENGTH: usize = NAME_LENGTH + 3 * 4;
const _: () = assert!(ATTRIBUTE_LENGTH == 44);

impl OpenApplication {
    /// `SKF_CreateFile`, for whom the application lets make files.
    pub(crate) fn create_file(
        &self,
        name: &str,
        size: u32,
        read_rights: u32,
        write_rights: u32,
    ) -> Result<()> {
        if name.len() > NAME_LENGTH {
            return Err(Code::NameLength);
        }
        self.expect_rights(self.application().file_rights()?)?;
        let files = self.application().files();
        Ok(files.create(name, size as usize, read_rights, write_rights)?)
    }

    /// `SKF_DeleteFile`, for whom the application lets make files.
    pub(crate) fn delete_file(&self, name: &str) -> Result<()> {
        self.expect_rights(self.application().file_rights()?)?;
        Ok(self.application().files().delete(name)?)
    }

    /// `SKF_EnumFiles`
    pub(crate) fn file_names(&self) -> Result<Vec<u8>> {
        let files = self.application().files().list()?;
        Ok(name_list(files.iter().map(|file| file.name.as_str())))
    }

    /// `SKF_GetFileInfo`
    pub(crate) fn file_info(&self, name: &str) -> Result<Vec<u8>> {
        let info = self.application().files().info(name)?;
        let size = u32::try_from(info.size).map_err(|_| Code::File)?;
        let mut octets = Vec::with_capacity(ATTRIBUTE_LENGTH);
        put_text::<NAME_LENGTH>(&mut octets, &info.name);
        for number in [size, info.read_rights, info.write_rights] {
            octets.extend_from_slice(&number.to_ne_bytes());
        }
        Ok(octets)
    }

    /// `SKF_ReadFile`, for whom the file's rights name: fewer octets at its end.
    pub(crate) fn read_file(
        &self,
        name: &str,
        offset: u32,
        size: u32,
        room: Room,
    ) -> Result<Reply> {
        let files = self.application().files();
        self.expect_rights(files.info(name)?.read_rights)?;
        let octets = files.read(name, offset as usize, size as usize)?;
        Ok(Reply::fitting(octets, room))
    }

    /// `SKF_WriteFile`, for whom the file's rights name.
    pub(crate) fn write_file(&self, name: &str, offset: u32, octets: &[u8]) -> Result<()> {
        let files = self.application().files();
        self.expect_rights(files.info(name)?.write_rights)?;
        Ok(files.write(name, offset as usize, octets)?)
    }
}
