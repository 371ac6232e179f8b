//! Names that a person takes for one another.

use super::Entry;
use crate::{Error, Result};
use std::collections::BTreeMap;
use unicode_security::skeleton;

/// Refuses a list in which two CAs' names are different and look alike (Unicode
/// Technical Standard 39, section 4), or one has Latin letters beside Cyrillic or Greek
/// ones.
pub(super) fn check<'a>(entries: impl Iterator<Item = &'a Entry>) -> Result<()> {
    let mut seen: BTreeMap<String, &str> = BTreeMap::new();
    for entry in entries {
        for name in &entry.ca.names {
            let name = name.value();
            if mixes_alphabets(name) {
                return Err(Error::LookAlike {
                    name: name.to_owned(),
                    other: None,
                });
            }
            // As it is written, where O looks like 0, and in small letters.
            for shape in [name.to_owned(), name.to_lowercase()] {
                let shape: String = skeleton(&shape).collect();
                match seen.get(&shape) {
                    Some(other) if *other != name => {
                        return Err(Error::LookAlike {
                            name: name.to_owned(),
                            other: Some((*other).to_owned()),
                        });
                    }
                    Some(_) => {}
                    None => {
                        seen.insert(shape, name);
                    }
                }
            }
        }
    }
    Ok(())
}

fn mixes_alphabets(name: &str) -> bool {
    let has = |is: fn(char) -> bool| name.chars().any(is);
    let latin = has(|c| c.is_ascii_alphabetic() || ('\u{c0}'..='\u{24f}').contains(&c));
    let cyrillic = has(|c| ('\u{400}'..='\u{52f}').contains(&c));
    let greek = has(|c| ('\u{370}'..='\u{3ff}').contains(&c));
    u8::from(latin) + u8::from(cyrillic) + u8::from(greek) > 1
}
