//! The rules for CRLs, asked in one pass over the entries.

use super::{
    Broken, Check, FAMILIES, Family, Finding, Lint, Verdict, note,
    octets::Read,
    view::{Crl, Entry},
};

/// Asks every rule, and gives a serial number that stands twice in a direct list.
pub(super) fn ask<'a>(crl: &Crl<'a>, findings: &mut Vec<Finding>) -> Read<Option<&'a [u8]>> {
    let tables = FAMILIES
        .iter()
        .filter(|(family, _)| *family != Family::Gdhk);
    let lints = tables.flat_map(|(_, table)| table.iter());
    let mut asked: Vec<(&'static Lint, Verdict)> = lints
        .filter_map(|lint| match lint.check {
            Check::Crl(list) | Check::CrlAndEntry(list, _) => Some((lint, list(crl))),
            Check::CrlEntry(_) | Check::CrlSerials(_) => Some((lint, Ok(()))),
            _ => None,
        })
        .collect();
    let mut open: Vec<usize> = (0..asked.len()).collect();
    open.retain(|index| asked[*index].1.is_ok() && is_of_entries(asked[*index].0.check));
    let mut order = Order::new();
    crl.each_entry(|place, entry| {
        order.take(entry.serial);
        open.retain(|index| {
            let (lint, verdict) = &mut asked[*index];
            *verdict = ask_entry(lint.check, crl, entry, place);
            verdict.is_ok()
        });
    })?;
    // Indirect lists have the serial numbers of several issuers.
    let twice = match order.rising || crl.is_indirect() {
        true => None,
        false => twice(crl, order.count)?,
    };
    for (lint, verdict) in asked {
        let verdict = match lint.check {
            Check::CrlSerials(check) => check(twice),
            _ => verdict,
        };
        note(lint, verdict, findings);
    }
    Ok(twice)
}

fn is_of_entries(check: Check) -> bool {
    matches!(check, Check::CrlEntry(_) | Check::CrlAndEntry(..))
}

fn ask_entry(check: Check, crl: &Crl<'_>, entry: &Entry<'_>, place: usize) -> Verdict {
    let verdict = match check {
        Check::CrlEntry(holds) if !holds(crl, entry) => Err(Broken(None)),
        Check::CrlAndEntry(_, check) => check(entry),
        _ => Ok(()),
    };
    // Without words of its own, a rule says where.
    verdict
        .map_err(|Broken(detail)| Broken(detail.or_else(|| Some(format!("entry {place}").into()))))
}

/// Whether serial numbers come in strictly rising order, so that none stands twice.
#[derive(Debug)]
struct Order<'a> {
    last: &'a [u8],
    rising: bool,
    count: usize,
}

impl<'a> Order<'a> {
    fn new() -> Self {
        Self {
            last: &[],
            rising: true,
            count: 0,
        }
    }

    fn take(&mut self, serial: &'a [u8]) {
        self.rising &= (self.last.len(), self.last) < (serial.len(), serial);
        self.last = serial;
        self.count += 1;
    }
}

/// A serial number that stands twice among as many entries in another order.
fn twice<'a>(crl: &Crl<'a>, count: usize) -> Read<Option<&'a [u8]>> {
    // The last octets as a number sort faster than what they are of.
    let mut all = Vec::with_capacity(count);
    crl.each_serial(|serial| {
        let mut last = [0; 8];
        for (octet, value) in last.iter_mut().rev().zip(serial.iter().rev()) {
            *octet = *value;
        }
        all.push((u64::from_be_bytes(last), serial));
    })?;
    all.sort_unstable();
    let mut pairs = all.windows(2).filter(|pair| pair[0] == pair[1]);
    Ok(pairs.next().map(|pair| pair[0].1))
}
