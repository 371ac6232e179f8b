//! The elements of TS 119 612's namespace, as a tree; all others are passed over.

use crate::{Error, Result};
use quick_xml::{
    events::{BytesStart, Event},
    name::{Namespace, ResolveResult},
    reader::NsReader,
};

const NAMESPACE: &str = "http://uri.etsi.org/02231/v2#";
const MAX_DEPTH: usize = 64;
const MAX_ELEMENTS: usize = 500_000;

#[derive(Debug)]
pub(super) struct Element {
    pub(super) name: String,
    pub(super) lang: Option<String>,
    pub(super) text: String,
    pub(super) line: usize,
    children: Vec<Self>,
}

impl Element {
    pub(super) fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name == name)
    }

    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Self> {
        self.children.iter().filter(move |child| child.name == name)
    }

    pub(super) fn text_of(&self, name: &str) -> Option<&str> {
        self.child(name).map(|child| child.text.trim())
    }

    pub(super) fn required(&self, name: &'static str) -> Result<&Self> {
        self.child(name)
            .ok_or_else(|| self.wrong("lacks a part that TS 119 612 requires"))
    }

    pub(super) fn wrong(&self, rule: &'static str) -> Error {
        Error::Xml {
            line: self.line,
            rule,
            source: None,
        }
    }
}

/// Reads a document to its end.
pub(super) fn read(octets: &[u8]) -> Result<Element> {
    let wrong = |rule| Error::Xml {
        line: 1,
        rule,
        source: None,
    };
    let octets = octets.strip_prefix(b"\xef\xbb\xbf").unwrap_or(octets);
    let text = str::from_utf8(octets).map_err(|_| wrong("is not UTF-8"))?;
    let mut tree = Tree {
        reader: NsReader::from_str(text),
        text,
        counted: (0, 1),
        open: Vec::new(),
        root: None,
        elements: 0,
    };
    while tree.step()? {}
    let root = tree.root.take();
    root.ok_or_else(|| wrong("is no document"))
}

struct Tree<'a> {
    reader: NsReader<&'a [u8]>,
    text: &'a str,
    /// Octets whose lines have been counted, and the line there.
    counted: (usize, usize),
    /// The elements that are not closed: none in the place of what is passed over.
    open: Vec<Option<Element>>,
    root: Option<Element>,
    elements: usize,
}

impl Tree<'_> {
    fn step(&mut self) -> Result<bool> {
        let line = self.line();
        let refuse = |rule| Error::Xml {
            line,
            rule,
            source: None,
        };
        let ill_formed = |source| Error::Xml {
            line,
            rule: "is not well-formed",
            source: Some(source),
        };
        let (namespace, event) = self.reader.read_resolved_event().map_err(ill_formed)?;
        let is_ours =
            matches!(namespace, ResolveResult::Bound(Namespace(name)) if name == NAMESPACE);
        match event {
            Event::Start(start) => {
                let element = self.element(&start, is_ours, line)?;
                self.open.push(element);
                Error::cap("levels of XML", self.open.len(), MAX_DEPTH)?;
            }
            Event::Empty(start) => {
                let element = self.element(&start, is_ours, line)?;
                self.close(element);
            }
            Event::End(_) => {
                // The reader has compared the names.
                if let Some(element) = self.open.pop() {
                    self.close(element);
                }
            }
            Event::Text(text) => self.add(&text.xml10_content(), line)?,
            Event::CData(text) => self.add(&text.xml10_content(), line)?,
            Event::GeneralRef(reference) => {
                let character = reference.resolve_char_ref().map_err(ill_formed)?;
                let text = match (character, &*reference.xml10_content()) {
                    (Some(character), _) => character.to_string(),
                    (None, "amp") => "&".into(),
                    (None, "lt") => "<".into(),
                    (None, "gt") => ">".into(),
                    (None, "quot") => "\"".into(),
                    (None, "apos") => "'".into(),
                    (None, _) => return Err(refuse("has an entity that is not XML's own")),
                };
                self.add(&text, line)?;
            }
            Event::DocType(_) => {
                return Err(refuse("has a document type declaration"));
            }
            Event::Decl(_) | Event::PI(_) | Event::Comment(_) => {}
            Event::Eof if self.open.is_empty() => return Ok(false),
            Event::Eof => return Err(refuse("ends before its last element")),
        }
        Ok(true)
    }

    fn element(
        &mut self,
        start: &BytesStart<'_>,
        is_ours: bool,
        line: usize,
    ) -> Result<Option<Element>> {
        self.elements += 1;
        Error::cap("elements of XML", self.elements, MAX_ELEMENTS)?;
        let wrong = |rule| Error::Xml {
            line,
            rule,
            source: None,
        };
        if self.open.is_empty() && (self.root.is_some() || !is_ours) {
            return Err(wrong("has no single root of TS 119 612"));
        }
        let mut lang = None;
        for attribute in start.attributes() {
            let attribute = attribute.map_err(|source| Error::Xml {
                line,
                rule: "is not well-formed",
                source: Some(source.into()),
            })?;
            if attribute.key.as_ref() == "xml:lang" {
                lang = Some(attribute.value.into_owned());
            }
        }
        // What stands inside something foreign is passed over with it.
        let is_inside = self.open.last().is_none_or(Option::is_some);
        Ok((is_ours && is_inside).then(|| Element {
            name: start.local_name().as_ref().to_owned(),
            lang,
            text: String::new(),
            line,
            children: Vec::new(),
        }))
    }

    fn close(&mut self, element: Option<Element>) {
        let Some(element) = element else { return };
        match self.open.last_mut() {
            Some(Some(parent)) => parent.children.push(element),
            Some(None) => {}
            None => self.root = Some(element),
        }
    }

    fn add(&mut self, text: &str, line: usize) -> Result<()> {
        match self.open.last_mut() {
            Some(Some(element)) => element.text.push_str(text),
            Some(None) => {}
            None if text.trim().is_empty() => {}
            None => {
                return Err(Error::Xml {
                    line,
                    rule: "has text outside its root",
                    source: None,
                });
            }
        }
        Ok(())
    }

    fn line(&mut self) -> usize {
        let at = usize::try_from(self.reader.buffer_position()).unwrap_or(usize::MAX);
        let (before, line) = self.counted;
        let passed = self.text.as_bytes().get(before..at).unwrap_or_default();
        let lines = passed.iter().filter(|octet| **octet == b'\n').count();
        self.counted = (at.max(before), line + lines);
        self.counted.1
    }
}
