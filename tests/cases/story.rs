//! A story as it stands in its file: header, sentences, what is expected after each.
//!
//! ```text
//! Story: Somebody gets a certificate.
//! Rules: egov-extranet
//! Proves: S1-02 S1-05
//!
//! # Lines like this one are for the reader alone.
//! li.hua, applicant, fills in the form for 3 years:
//!   - applicant-name: 李华
//! wang.wei, registrar, tries to approve the case
//!   refused under S1-12 as seat: "can't do this"
//! ```
//!
//! A sentence begins at the margin. Indented below it are its list, each item behind a dash, and
//! then what is expected once it was carried out.

use lifecycle::rules::Requirement;
use std::{fmt, path::Path};

/// One story.
#[derive(Debug)]
pub(crate) struct Story {
    /// What happens in it, in one sentence.
    pub(crate) title: String,
    /// The rule set that it is played under.
    pub(crate) rules: String,
    /// The requirements that it proves.
    pub(crate) proves: Vec<Requirement>,
    /// What is done, in order.
    pub(crate) sentences: Vec<Sentence>,
}

/// Something done, and what is expected after it.
#[derive(Clone, Debug)]
pub(crate) struct Sentence {
    /// Its line in the file.
    pub(crate) line: usize,
    /// Its words.
    pub(crate) text: String,
    /// Its list.
    pub(crate) items: Vec<Item>,
    /// What is expected.
    pub(crate) expectations: Vec<Expectation>,
}

/// An item of a list: `- name: value`.
#[derive(Clone, Debug)]
pub(crate) struct Item {
    /// In front of the colon.
    pub(crate) name: String,
    /// Behind it.
    pub(crate) value: String,
}

/// Something that must be so.
#[derive(Clone, Debug)]
pub(crate) struct Expectation {
    /// Its line in the file.
    pub(crate) line: usize,
    /// In front of the colon.
    pub(crate) what: String,
    /// Behind it.
    pub(crate) value: String,
}

/// A place in a story where it can't be read, or does not go as it says.
#[derive(Debug)]
pub(crate) struct Fault {
    /// The file, from the folder of stories on.
    pub(crate) file: String,
    /// The line.
    pub(crate) line: usize,
    /// What is wrong.
    pub(crate) words: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file, self.line, self.words)
    }
}

impl Story {
    /// Reads a file.
    pub(crate) fn read(folder: &Path, name: &str) -> Result<Self, Fault> {
        let file = format!("{name}.story");
        let text = std::fs::read_to_string(folder.join(&file)).map_err(|error| Fault {
            file: file.clone(),
            line: 0,
            words: error.to_string(),
        })?;
        Self::parse(&text).map_err(|(line, words)| Fault { file, line, words })
    }

    /// Reads the text of a story.
    ///
    /// # Errors
    /// The line, and what is wrong with it.
    pub(crate) fn parse(text: &str) -> Result<Self, (usize, String)> {
        let mut header = [None, None, None];
        let mut sentences: Vec<Sentence> = Vec::new();
        for (line, text) in (1..).zip(text.lines()) {
            let trimmed = text.trim();
            if trimmed.is_empty() || trimmed.starts_with('#') {
                continue;
            }
            if text.starts_with([' ', '\t']) {
                let Some(sentence) = sentences.last_mut() else {
                    return Err((line, "nothing was done that this could be about".to_owned()));
                };
                sentence.add(line, trimmed)?;
                continue;
            }
            let head = HEADER.iter().position(|name| {
                let rest = trimmed.strip_prefix(name);
                rest.is_some_and(|rest| rest.starts_with(':'))
            });
            match head {
                Some(place) if sentences.is_empty() && header[place].is_none() => {
                    let value = trimmed[HEADER[place].len() + 1..].trim();
                    header[place] = Some((line, value.to_owned()));
                }
                Some(place) => {
                    return Err((
                        line,
                        format!("{}: a second time, or too late", HEADER[place]),
                    ));
                }
                None => sentences.push(Sentence {
                    line,
                    text: trimmed.trim_end_matches(':').to_owned(),
                    items: Vec::new(),
                    expectations: Vec::new(),
                }),
            }
        }
        let [title, rules, proves] = header;
        let missing = |name| (1, format!("the line {name}: is missing"));
        let (line, proves) = proves.ok_or_else(|| missing("Proves"))?;
        let proves = proves.split_whitespace().map(|name| {
            Requirement::parse(name)
                .ok_or_else(|| (line, format!("there is no requirement {name}")))
        });
        let proves: Vec<_> = proves.collect::<Result<_, _>>()?;
        if proves.is_empty() {
            return Err((line, "a story proves something".to_owned()));
        }
        let expects = sentences.iter().any(|one| !one.expectations.is_empty());
        if !expects {
            return Err((1, "a story that expects nothing can't fail".to_owned()));
        }
        let story = Self {
            title: title.ok_or_else(|| missing("Story"))?.1,
            rules: rules.ok_or_else(|| missing("Rules"))?.1,
            proves,
            sentences,
        };
        story.sentences.iter().try_for_each(Sentence::check)?;
        Ok(story)
    }
}

const HEADER: [&str; 3] = ["Story", "Rules", "Proves"];

impl Sentence {
    fn add(&mut self, line: usize, text: &str) -> Result<(), (usize, String)> {
        let is_item = text.starts_with("- ");
        let text = text.trim_start_matches("- ");
        // Text in quotes may hold a colon; what is in front of the first one is the name.
        let Some((name, value)) = text.split_once(':') else {
            return Err((line, format!("{text:?} has no colon")));
        };
        let (name, value) = (name.trim().to_owned(), value.trim().to_owned());
        match (is_item, self.expectations.is_empty()) {
            (true, true) => self.items.push(Item { name, value }),
            (true, false) => {
                return Err((line, "a list comes before what is expected".to_owned()));
            }
            (false, _) => self.expectations.push(Expectation {
                line,
                what: name,
                value,
            }),
        }
        Ok(())
    }

    /// What somebody tries is refused, and nothing else is.
    fn check(&self) -> Result<(), (usize, String)> {
        let refusals = self.expectations.iter().filter(|one| one.is_refusal());
        match (self.text.contains(" tries to "), refusals.count()) {
            (true, 1) | (false, 0) => Ok(()),
            (true, _) => Err((self.line, "who tries is refused: say why, once".to_owned())),
            (false, _) => Err((self.line, "what is refused is only tried".to_owned())),
        }
    }
}

impl Expectation {
    /// Whether the act is expected to be refused.
    pub(crate) fn is_refusal(&self) -> bool {
        self.what == "refused" || self.what.starts_with("refused ")
    }
}
