//! A structure as lines: offset, name, tag, value.

use super::{
    Line, View,
    asn1::{self, Class, Length, MAX_DEPTH, Node},
    brief::brief,
    schema::{Type, assign_what_fits},
    value::value,
};
use alloc::{format, string::String, vec::Vec};

/// Lines that are made at most, whatever is wanted.
const MAX_LINES: usize = 4000;
/// Elements of a SEQUENCE OF that are shown where not everything is wanted.
const ELEMENTS: usize = 6;

/// The lines of a structure.
pub(crate) fn tree(node: &Node<'_>, kind: &'static Type, name: &str, view: View) -> Vec<Line> {
    let mut walk = Walk {
        view,
        lines: Vec::new(),
    };
    let place = Place {
        depth: 0,
        hide: false,
        oid: "",
    };
    walk.walk(node, kind, name, &Outer::NONE, place);
    walk.lines
}

struct Walk {
    view: View,
    lines: Vec<Line>,
}

#[derive(Clone, Copy)]
struct Place<'s> {
    depth: usize,
    /// Something here may be a secret.
    hide: bool,
    /// The identifier that stands in front.
    oid: &'s str,
}

/// The tags around a value that are told in its line.
struct Outer {
    tags: String,
    /// Where the first of them stands.
    offset: Option<usize>,
}

impl Outer {
    const NONE: Self = Self {
        tags: String::new(),
        offset: None,
    };

    /// With one more tag.
    fn with(&self, node: &Node<'_>, tag: &str) -> Self {
        Self {
            tags: format!("{}{tag}", self.tags),
            offset: self.offset.or(Some(node.offset)),
        }
    }
}

impl Walk {
    fn line(&mut self, at: usize, name: &str, tag: String, value: String, depth: usize) {
        self.lines.push(Line {
            depth,
            offset: Some(at),
            name: name.into(),
            tag,
            value,
        });
    }

    fn more(&mut self, count: usize, depth: usize) {
        if count > 0 {
            self.lines.push(Line {
                depth,
                offset: None,
                name: String::new(),
                tag: String::new(),
                value: format!("… {count} more"),
            });
        }
    }

    /// One value; its line stands where `outer` begins.
    fn walk(
        &mut self,
        node: &Node<'_>,
        kind: &'static Type,
        name: &str,
        outer: &Outer,
        place: Place<'_>,
    ) {
        let at = outer.offset.unwrap_or(node.offset);
        if self.lines.len() >= MAX_LINES || place.depth > MAX_DEPTH {
            if self.lines.last().is_none_or(|line| line.offset.is_some()) {
                self.lines.push(Line {
                    depth: place.depth.min(MAX_DEPTH),
                    offset: None,
                    name: String::new(),
                    tag: String::new(),
                    value: "… not shown further".into(),
                });
            }
            return;
        }
        let tag = format!("{}{}{}", outer.tags, node.tag_name(), length_note(node));
        match kind {
            Type::Secret(inner) => {
                let place = Place {
                    hide: true,
                    ..place
                };
                return self.walk(node, inner, name, outer, place);
            }
            Type::Open(by) => return self.walk(node, by(place.oid), name, outer, place),
            Type::Look(by) => return self.walk(node, by(node), name, outer, place),
            Type::Brief(which, inner) => {
                let told = brief(*which, node, inner, self.view).filter(|_| !self.view.full);
                return match told {
                    Some((own, value)) => {
                        let name = own.as_deref().unwrap_or(name);
                        self.line(at, name, tag, value, place.depth);
                    }
                    None => self.walk(node, inner, name, outer, place),
                };
            }
            Type::Choice(fields) => {
                let named = fields.iter().find(|field| field.accepts(node));
                if let Some(field) = named {
                    let name = format!("{name}.{}", field.name);
                    return if field.is_explicit() {
                        let outer = outer.with(node, &format!("[{}] ", node.number));
                        match node.child(0) {
                            Some(inner) => self.walk(&inner, field.kind, &name, &outer, place),
                            None => self.line(at, &name, tag, "empty".into(), place.depth),
                        }
                    } else {
                        self.walk(node, field.kind, &name, outer, place)
                    };
                }
                return self.any(node, at, name, tag, place);
            }
            Type::Wrapped(inner) => {
                let inside = node.inside().filter(|inside| inner.accepts(inside));
                if let Some(inside) = inside.filter(|_| !node.constructed) {
                    let outer = outer.with(node, &format!("{} with ", node.tag_name()));
                    return self.walk(&inside, inner, name, &outer, place);
                }
            }
            Type::Sequence(fields) if node.constructed => {
                self.line(at, name, tag, String::new(), place.depth);
                let mut oid = String::from(place.oid);
                for (field, child) in assign_what_fits(node, fields, 1000) {
                    let below = Place {
                        depth: place.depth + 1,
                        oid: &oid,
                        ..place
                    };
                    match field {
                        Some(field) if field.is_explicit() => {
                            let outer = Outer::NONE.with(&child, &format!("[{}] ", child.number));
                            match child.child(0) {
                                Some(inner) => {
                                    self.walk(&inner, field.kind, field.name, &outer, below);
                                }
                                None => {
                                    self.walk(&child, &Type::Any, field.name, &Outer::NONE, below);
                                }
                            }
                        }
                        Some(field) => {
                            self.walk(&child, field.kind, field.name, &Outer::NONE, below);
                        }
                        // What nobody expects there may be a key.
                        None => {
                            let hidden = Place {
                                hide: true,
                                ..below
                            };
                            self.walk(&child, &Type::Any, "(no field)", &Outer::NONE, hidden);
                        }
                    }
                    if let Some(found) = child.oid() {
                        oid = found;
                    }
                }
                return self.leftover(node, place);
            }
            Type::SequenceOf(element, inner) | Type::SetOf(element, inner) if node.constructed => {
                let count = node.children().count();
                let elements = match count {
                    0 => "empty".into(),
                    1 => String::new(),
                    count => format!("{count} elements"),
                };
                self.line(at, name, tag, elements, place.depth);
                let limit = if self.view.full { usize::MAX } else { ELEMENTS };
                let below = Place {
                    depth: place.depth + 1,
                    ..place
                };
                for child in node.children().take(limit) {
                    if self.lines.len() >= MAX_LINES {
                        break;
                    }
                    self.walk(&child, inner, element, &Outer::NONE, below);
                }
                self.more(count.saturating_sub(limit), below.depth);
                return self.leftover(node, place);
            }
            _ => {}
        }
        if node.constructed && !matches!(kind, Type::Personal) {
            return self.any(node, at, name, tag, place);
        }
        let told = value(node, kind, self.view, place.hide);
        self.line(at, name, tag, told, place.depth);
    }

    /// A structure of which nothing is known.
    fn any(&mut self, node: &Node<'_>, at: usize, name: &str, tag: String, place: Place<'_>) {
        if !node.constructed {
            let told = value(node, &Type::Any, self.view, place.hide);
            return self.line(at, name, tag, told, place.depth);
        }
        self.line(at, name, tag, String::new(), place.depth);
        let limit = if self.view.full { usize::MAX } else { 20 };
        let below = Place {
            depth: place.depth + 1,
            ..place
        };
        let mut children = node.children();
        for child in children.by_ref().take(limit) {
            if self.lines.len() >= MAX_LINES {
                break;
            }
            self.walk(&child, &Type::Any, "", &Outer::NONE, below);
        }
        self.more(children.count(), below.depth);
        self.leftover(node, place);
    }

    /// Octets at the end of a content that are no value.
    fn leftover(&mut self, node: &Node<'_>, place: Place<'_>) {
        let mut children = node.children();
        let end = children.by_ref().last();
        let rest = children.rest();
        if rest > 0 {
            let value = format!("{rest} octets that are no value");
            let at = end.map_or(node.offset + node.header, |last| {
                last.offset + last.octets.len()
            });
            self.line(at, "", String::new(), value, place.depth + 1);
        }
    }
}

fn length_note(node: &Node<'_>) -> &'static str {
    match node.length {
        Length::Minimal => "",
        Length::Long => ", length too long",
        Length::Indefinite => ", indefinite",
        Length::Cut(_) => ", cut off",
    }
}

/// One line for anything: what its fields say, in their order.
pub(crate) fn one_line(node: &Node<'_>, kind: &'static Type, oid: &str, view: View) -> String {
    let text = inline(node, kind, oid, view, false, 0);
    super::value::printable(&text)
}

fn inline(
    node: &Node<'_>,
    kind: &'static Type,
    oid: &str,
    view: View,
    hide: bool,
    depth: usize,
) -> String {
    if depth > 12 {
        return "…".into();
    }
    let deeper = |node: &Node<'_>, kind: &'static Type, oid: &str| {
        inline(node, kind, oid, view, hide, depth + 1)
    };
    match kind {
        Type::Secret(inner) => inline(node, inner, oid, view, true, depth + 1),
        Type::Open(by) => deeper(node, by(oid), oid),
        Type::Look(by) => deeper(node, by(node), oid),
        Type::Brief(which, inner) => match brief(*which, node, inner, view) {
            Some((Some(name), value)) => format!("{name}: {value}"),
            Some((None, value)) => value,
            None => deeper(node, inner, oid),
        },
        Type::Choice(fields) => {
            let Some(field) = fields.iter().find(|field| field.accepts(node)) else {
                return deeper(node, &Type::Any, oid);
            };
            let inner = if field.is_explicit() {
                node.child(0)
            } else {
                Some(*node)
            };
            let told = inner.map_or_else(String::new, |inner| deeper(&inner, field.kind, oid));
            if told.is_empty() || matches!(field.name, "uniformResourceIdentifier" | "fullName") {
                if told.is_empty() {
                    field.name.into()
                } else {
                    told
                }
            } else {
                format!("{} {told}", field.name)
            }
        }
        Type::Wrapped(inner) => match node.inside().filter(|inside| inner.accepts(inside)) {
            Some(inside) if !node.constructed => deeper(&inside, inner, oid),
            _ => value(node, &Type::Any, view, hide),
        },
        Type::Sequence(fields) if node.constructed => {
            let mut parts: Vec<String> = Vec::new();
            let mut seen = String::from(oid);
            for (field, child) in assign_what_fits(node, fields, 20) {
                let (name, kind) = field.map_or(("", &Type::Any), |field| (field.name, field.kind));
                let inner = match field {
                    Some(field) if field.is_explicit() => child.child(0),
                    _ => Some(child),
                };
                if let Some(inner) = inner {
                    parts.push(format!("{name} {}", deeper(&inner, kind, &seen)));
                }
                if let Some(found) = child.oid() {
                    seen = found;
                }
            }
            if parts.is_empty() {
                "empty".into()
            } else {
                parts.join(", ")
            }
        }
        Type::SequenceOf(_, inner) | Type::SetOf(_, inner) if node.constructed => {
            let mut children = node.children();
            let mut parts: Vec<String> = children
                .by_ref()
                .take(4)
                .map(|child| deeper(&child, inner, oid))
                .collect();
            let more = children.count();
            if more > 0 {
                parts.push(format!("… {more} more"));
            }
            if parts.is_empty() {
                "empty".into()
            } else {
                parts.join("; ")
            }
        }
        _ if node.constructed && !matches!(kind, Type::Personal) => {
            let parts: Vec<String> = node
                .children()
                .take(4)
                .map(|child| deeper(&child, &Type::Any, oid))
                .collect();
            format!("{{{}}}", parts.join(", "))
        }
        _ => match kind.bare() {
            Type::Is(asn1::OBJECT_IDENTIFIER) => match node.oid() {
                Some(dotted) => super::names::name_or_dotted(&dotted),
                None => value(node, kind, view, hide),
            },
            Type::Personal if node.class == Class::Universal && node.constructed => {
                super::value::hidden(node.content)
            }
            _ => value(node, kind, view, hide),
        },
    }
}
