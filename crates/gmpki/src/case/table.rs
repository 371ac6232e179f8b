//! Comma-separated values (RFC 4180), as spreadsheets write them.

use std::collections::BTreeMap;

/// Rows of the longest table.
const ROWS: usize = 100_000;

/// A row by the names of its columns, and the line it begins on.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) line: usize,
    pub(super) cells: BTreeMap<String, String>,
}

/// Reads a table whose first row has the names of its columns. Empty cells are left out.
pub(super) fn rows(text: &str) -> Result<Vec<Row>, String> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut records = records(text)?.into_iter();
    let (_, names) = records.next().ok_or("it is empty")?;
    let mut seen = names.clone();
    seen.sort_unstable();
    if let Some(twice) = seen.windows(2).find(|pair| pair[0] == pair[1]) {
        return Err(format!("the column {:?} is there twice", twice[0]));
    }
    records
        .map(|(line, cells)| {
            if cells.len() != names.len() {
                let (has, wants) = (cells.len(), names.len());
                return Err(format!(
                    "line {line} has {has} cells, the first row {wants}"
                ));
            }
            let cells = names.iter().cloned().zip(cells);
            let cells = cells.filter(|(_, cell)| !cell.is_empty()).collect();
            Ok(Row { line, cells })
        })
        .collect()
}

fn records(text: &str) -> Result<Vec<(usize, Vec<String>)>, String> {
    let mut records = Vec::new();
    let (mut line, mut start) = (1, 1);
    let (mut record, mut cell) = (Vec::new(), String::new());
    let mut chars = text.chars().peekable();
    let mut quoted = false;
    while let Some(c) = chars.next() {
        if c == '\n' {
            line += 1;
        }
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => {
                chars.next();
                cell.push('"');
            }
            '"' if quoted => quoted = false,
            _ if quoted => cell.push(c),
            '"' if cell.is_empty() => quoted = true,
            '"' => {
                return Err(format!(
                    "line {line}: a quotation mark inside a cell without them"
                ));
            }
            ',' => record.push(std::mem::take(&mut cell)),
            '\r' if chars.peek() == Some(&'\n') => {}
            '\n' => {
                record.push(std::mem::take(&mut cell));
                push(&mut records, start, &mut record)?;
                start = line;
            }
            _ => cell.push(c),
        }
    }
    if quoted {
        return Err(format!("line {start}: a quotation mark is not closed"));
    }
    if !cell.is_empty() || !record.is_empty() {
        record.push(cell);
        push(&mut records, start, &mut record)?;
    }
    Ok(records)
}

/// Keeps a record; blank lines are none.
fn push(
    records: &mut Vec<(usize, Vec<String>)>,
    start: usize,
    record: &mut Vec<String>,
) -> Result<(), String> {
    let record = std::mem::take(record);
    if record.iter().any(|cell| !cell.is_empty()) {
        records.push((start, record));
    }
    if records.len() > ROWS + 1 {
        return Err(format!("more than {ROWS} rows"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        pairs.iter().map(owned).collect()
    }

    #[test]
    fn cells_with_commas_marks_and_line_breaks_come_whole() {
        let text = "\u{feff}case,field name\r\na-1,\"陈, \"\"刚\"\"\nb\"\r\n\r\na-2,\r\n";
        let rows = rows(text).unwrap();
        assert_eq!(
            rows[0].cells,
            cells(&[("case", "a-1"), ("field name", "陈, \"刚\"\nb")])
        );
        assert_eq!(rows[1].cells, cells(&[("case", "a-2")]));
        assert_eq!((rows[0].line, rows[1].line, rows.len()), (2, 5, 2));
    }

    #[test]
    fn a_table_that_does_not_close_or_is_uneven_is_refused_with_its_line() {
        for (text, reason) in [
            ("", "empty"),
            ("a,a\n1,2\n", "twice"),
            ("a,b\n1\n", "line 2 has 1 cells"),
            ("a\n\"1\n", "line 2: a quotation mark is not closed"),
            ("a\n1\"2\n", "line 2: a quotation mark inside"),
        ] {
            let found = rows(text).unwrap_err();
            assert!(found.contains(reason), "{text:?}: {found}");
        }
    }
}
