//! Tables of state machines: decisions and histories look in them, and pictures are drawn from
//! them.

/// One row of a table: it is the only word on whether a step is taken from a state.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Transition<S: 'static, E> {
    /// Its name in the requirements' table; empty where there is none.
    pub row: &'static str,
    /// From one of these; empty: from nothing.
    pub from: &'static [S],
    /// What happens.
    pub step: E,
    /// Where it leads; none: it stays where it is.
    pub to: Option<S>,
}

/// A row of a table that the requirements number.
pub(crate) const fn numbered<S: Copy, E: Copy>(
    row: &'static str,
    from: &'static [S],
    step: E,
    to: Option<S>,
) -> Transition<S, E> {
    Transition {
        row,
        from,
        step,
        to,
    }
}

/// A row of a table that the requirements don't number.
pub(crate) const fn row<S: Copy, E: Copy>(
    from: &'static [S],
    step: E,
    to: Option<S>,
) -> Transition<S, E> {
    numbered("", from, step, to)
}

/// The row of a step from a state (none: from nothing); none where it is not listed.
pub(crate) fn find<S: PartialEq, E: PartialEq>(
    table: &'static [Transition<S, E>],
    from: Option<S>,
    step: E,
) -> Option<&'static Transition<S, E>> {
    table.iter().find(|one| {
        one.step == step
            && match &from {
                None => one.from.is_empty(),
                Some(state) => one.from.contains(state),
            }
    })
}

/// Each pair of the table was decided somewhere.
#[cfg(test)]
pub(crate) fn assert_all_reached<S, E>(
    table: &'static [Transition<S, E>],
    reached: &std::collections::BTreeSet<(Option<S>, E)>,
) where
    S: Copy + Ord + std::fmt::Debug,
    E: Copy + Ord + std::fmt::Debug,
{
    for row in table {
        let nothing = row.from.is_empty().then_some(None);
        let from = row.from.iter().map(|state| Some(*state)).chain(nothing);
        for from in from {
            assert!(
                reached.contains(&(from, row.step)),
                "nothing decides {from:?} {:?}",
                row.step
            );
        }
    }
}
