//! Octets as digits that are read aloud.

use gm_crypto::sm3;

/// Octets of a line: six groups of five digits, each for two octets.
pub(super) const LINE: usize = 12;

/// Hexadecimal digits in groups of four.
pub(super) fn grouped(digits: &str) -> String {
    let groups: Vec<&str> = (0..digits.len())
        .step_by(4)
        .filter_map(|at| digits.get(at..digits.len().min(at + 4)))
        .collect();
    groups.join(" ")
}

/// Octets in lines of decimal groups. The last group of a line is its check.
pub(super) fn lines(octets: &[u8]) -> impl Iterator<Item = String> {
    octets.chunks(LINE).enumerate().map(|(at, line)| {
        let pairs = line.chunks_exact(2);
        let mut groups: Vec<String> = pairs.map(|pair| group([pair[0], pair[1]])).collect();
        groups.push(group(check_of_line(at, line)));
        groups.join(" ")
    })
}

/// The octets of the line of this number, from 0; `None` when a digit is wrong.
pub(super) fn read_line(at: usize, line: &str) -> Option<Vec<u8>> {
    let mut octets = Vec::new();
    for group in line.split_whitespace() {
        let is_group = group.len() == 5 && group.bytes().all(|digit| digit.is_ascii_digit());
        let pair: u16 = group.parse().ok().filter(|_| is_group)?;
        octets.extend(pair.to_be_bytes());
    }
    let (line, check) = octets.split_at_checked(octets.len().checked_sub(2)?)?;
    (check_of_line(at, line) == check).then(|| line.to_vec())
}

/// A check of ten digits over a text.
pub(super) fn check(text: &[u8]) -> String {
    let digest = sm3::digest(text);
    let [a, b, c, d, ..] = digest;
    format!("{} {}", group([a, b]), group([c, d]))
}

fn check_of_line(at: usize, line: &[u8]) -> [u8; 2] {
    let [number, ..] = at.to_le_bytes();
    let digest = sm3::digest(&[&[number], line].concat());
    [digest[0], digest[1]]
}

fn group(pair: [u8; 2]) -> String {
    format!("{:05}", u16::from_be_bytes(pair))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn octets_are_lines_of_digits_and_back() {
        let octets: Vec<u8> = (0..48).map(|at| at * 5).collect();
        let lines: Vec<String> = lines(&octets).collect();
        assert_eq!(lines.len(), 4);
        assert!(lines[0].starts_with("00005 02575 "), "{}", lines[0]);
        let read = lines
            .iter()
            .enumerate()
            .map(|(at, line)| read_line(at, line));
        let read: Option<Vec<Vec<u8>>> = read.collect();
        assert_eq!(read.unwrap().concat(), octets);
        // Two lines that changed places are told.
        assert_eq!(read_line(0, &lines[1]), None);
        for wrong in [
            "",
            "12345",
            "1 2",
            "00005 99999",
            "0000५ 12345",
            "+0005 00005",
        ] {
            assert_eq!(read_line(0, wrong), None, "{wrong}");
        }
    }

    #[test]
    fn hexadecimal_digits_stand_in_groups_of_four() {
        assert_eq!(grouped("0123456789"), "0123 4567 89");
        assert_eq!(grouped(""), "");
    }
}
