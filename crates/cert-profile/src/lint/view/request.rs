//! Certification requests (RFC 2986, 4.1).

use super::{Extension, KeyView, Outer, Signed, read_extensions};
use crate::lint::{
    name::Name,
    octets::{Element, INTEGER, Read, Reader, SEQUENCE, SET, constructed},
    oid,
};

#[derive(Debug)]
pub(crate) struct Request<'a> {
    pub(crate) outer: Option<Outer<'a>>,
    pub(crate) version: &'a [u8],
    pub(crate) subject: Name<'a>,
    pub(crate) key: KeyView<'a>,
    /// Missing when the field is, which RFC 2986 does not allow.
    pub(crate) attributes: Option<Vec<RequestAttribute<'a>>>,
    /// What the first extensionRequest asks for.
    pub(crate) requested: Option<Result<Vec<Extension<'a>>, crate::lint::octets::Fault>>,
}

#[derive(Debug)]
pub(crate) struct RequestAttribute<'a> {
    pub(crate) whole: &'a [u8],
    pub(crate) oid: &'a [u8],
    /// Missing when the values are not in a SET, as CFCA writes them.
    pub(crate) values: Option<Vec<Element<'a>>>,
}

impl<'a> Request<'a> {
    pub(crate) fn read(signed: Signed<'a>, reader: &Reader<'a>) -> Read<Self> {
        let mut info = reader.inside(&signed.tbs);
        let version = info.take(INTEGER, "no version")?.content();
        let subject = Name::read(&mut info)?;
        let key = KeyView::read(&mut info)?;
        let attributes = match info.optional(constructed(0))? {
            None => None,
            Some(element) => Some(info.inside(&element).all(RequestAttribute::read)?),
        };
        info.finish()?;
        let mut all = attributes.iter().flatten();
        let requested = all
            .find(|attribute| oid::EXTENSION_REQUEST.is(attribute.oid))
            .and_then(|attribute| attribute.values.as_ref()?.first())
            .map(|value| read_extensions(info.around(value)));
        Ok(Self {
            outer: signed.outer,
            version,
            subject,
            key,
            attributes,
            requested,
        })
    }

    pub(crate) fn all_attributes(&self) -> &[RequestAttribute<'a>] {
        self.attributes.as_deref().unwrap_or_default()
    }

    pub(crate) fn all_requested(&self) -> &[Extension<'a>] {
        match &self.requested {
            Some(Ok(extensions)) => extensions,
            _ => &[],
        }
    }
}

impl<'a> RequestAttribute<'a> {
    fn read(list: &mut Reader<'a>) -> Read<Self> {
        let element = list.take(SEQUENCE, "no attribute where one belongs")?;
        let mut parts = list.inside(&element);
        let oid = parts.oid()?;
        let values = match parts.optional(SET)? {
            Some(set) => {
                let values = parts.inside(&set).all(Reader::next)?;
                parts.finish()?;
                Some(values)
            }
            None => None,
        };
        Ok(Self {
            whole: element.whole,
            oid,
            values,
        })
    }
}
