//! A Merkle tree over the log: RFC 6962, section 2.1, with SM3.
//!
//! Leaf n is SM3(0x00 ‖ h(n)), over the chain's digest after record n, so a root says the same
//! of the records as the chain does; a node is SM3(0x01 ‖ left ‖ right). (A link of the chain
//! begins with 0x01 too: it goes on with the text of an entry, which no 32 octets of a node
//! can be.) Leaves are numbered from 0: record n is leaf n − 1.

use gm_crypto::sm3;
use sm3::digest::Digest;
use std::ops::Range;

/// A leaf's or node's digest.
pub(crate) type Hash = [u8; 32];

/// The leaf of the record after which the chain's digest is this.
pub(crate) fn leaf(digest: &Hash) -> Hash {
    let hash = sm3::Sm3::new().chain_update([0x00]).chain_update(digest);
    hash.finalize().into()
}

fn node(left: &Hash, right: &Hash) -> Hash {
    let hash = sm3::Sm3::new().chain_update([0x01]);
    hash.chain_update(left)
        .chain_update(right)
        .finalize()
        .into()
}

/// The right edge of a tree: the roots of the perfect trees that it is made of, the largest
/// first. It grows leaf by leaf and knows the root of all of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Frontier {
    size: u64,
    roots: Vec<Hash>,
}

impl Frontier {
    /// The frontier that a store kept; none when so many leaves have another number of roots.
    pub(crate) fn from_stored(size: u64, roots: Vec<Hash>) -> Option<Self> {
        (roots.len() == size.count_ones() as usize).then_some(Self { size, roots })
    }

    /// Leaves so far.
    pub(crate) fn size(&self) -> u64 {
        self.size
    }

    /// The roots of the perfect trees, the largest first: one for each bit that is set in the
    /// size.
    pub(crate) fn roots(&self) -> &[Hash] {
        &self.roots
    }

    /// Adds the leaf behind all others.
    pub(crate) fn push(&mut self, leaf: Hash) {
        let mut right = leaf;
        let pairs = self.size.trailing_ones();
        let kept = self.roots.len() - pairs as usize;
        for left in self.roots.drain(kept..).rev() {
            right = node(&left, &right);
        }
        self.roots.push(right);
        self.size += 1;
    }

    /// The root; SM3 of nothing where there is no leaf.
    pub(crate) fn root(&self) -> Hash {
        let smallest_first = self.roots.iter().rev().copied();
        let root = smallest_first.reduce(|right, left| node(&left, &right));
        root.unwrap_or_else(|| sm3::Sm3::new().finalize().into())
    }
}

/// The leaves left and right of one leaf, in a tree of so many, each range under one node: the
/// nearest first. Their roots are the leaf's audit path (RFC 6962, section 2.1.1).
pub(crate) fn path_of(leaf: u64, size: u64) -> Vec<Range<u64>> {
    let is_leaf = |tree: &Range<u64>| tree.end - tree.start <= 1;
    let (path, _) = descend(size, is_leaf, |left| left.contains(&leaf));
    path
}

/// The ranges whose roots show that a tree of `size` goes on from one of `old` leaves
/// (RFC 6962, section 2.1.2): the nearest first. None for `old` 0 or all.
pub(crate) fn growth_of(old: u64, size: u64) -> Vec<Range<u64>> {
    if old == 0 || old >= size {
        return Vec::new();
    }
    let (mut path, last) = descend(size, |tree| tree.end == old, |left| old <= left.end);
    // One that begins the tree is all of the old one: its root is known.
    if last.start > 0 {
        path.insert(0, last);
    }
    path
}

/// Goes down to the subtree that is looked for: what was passed on the other side, the nearest
/// first, and the subtree.
fn descend(
    size: u64,
    is_found: impl Fn(&Range<u64>) -> bool,
    is_left: impl Fn(&Range<u64>) -> bool,
) -> (Vec<Range<u64>>, Range<u64>) {
    let mut passed = Vec::new();
    let mut tree = 0..size;
    while !is_found(&tree) {
        let (left, right) = halves(&tree);
        let (into, other) = match is_left(&left) {
            true => (left, right),
            false => (right, left),
        };
        passed.push(other);
        tree = into;
    }
    passed.reverse();
    (passed, tree)
}

/// The root over one leaf and its path; none for a path of another length.
pub(crate) fn root_over(leaf: u64, size: u64, hash: &Hash, path: &[Hash]) -> Option<Hash> {
    let ranges = path_of(leaf, size);
    if leaf >= size || ranges.len() != path.len() {
        return None;
    }
    let up = ranges.iter().zip(path);
    Some(up.fold(*hash, |hash, (range, other)| {
        if range.start > leaf {
            node(&hash, other)
        } else {
            node(other, &hash)
        }
    }))
}

/// Whether a tree of `size` with `root` goes on from one of `old_size` with `old_root`, which
/// has one leaf at least.
pub(crate) fn goes_on(
    (old_size, old_root): (u64, &Hash),
    (size, root): (u64, &Hash),
    path: &[Hash],
) -> bool {
    if old_size == size {
        return path.is_empty() && old_root == root;
    }
    let ranges = growth_of(old_size, size);
    if ranges.is_empty() || ranges.len() != path.len() {
        return false;
    }
    // Where the old tree is a whole subtree of the new one, its root is not in the path.
    let mut parts = ranges.iter().zip(path).peekable();
    let first = match parts.peek() {
        Some((range, hash)) if range.end == old_size => Some(**hash),
        _ => None,
    };
    let start = match first {
        Some(hash) => {
            parts.next();
            hash
        }
        None => *old_root,
    };
    let (before, now) = parts.fold((start, start), |(before, now), (range, other)| {
        if range.start >= old_size {
            (before, node(&now, other))
        } else {
            (node(other, &before), node(other, &now))
        }
    });
    before == *old_root && now == *root
}

/// The two subtrees of a tree of several leaves: the left one is the largest perfect tree that
/// is not all of it.
fn halves(tree: &Range<u64>) -> (Range<u64>, Range<u64>) {
    let size = tree.end - tree.start;
    let middle = tree.start + (1 << (size - 1).ilog2());
    (tree.start..middle, middle..tree.end)
}

/// Several ranges of leaves, and their roots as the leaves go by. Of many ranges few are open at
/// once: those of one tree that have a leaf in common lie within each other.
#[derive(Debug)]
pub(crate) struct Roots {
    ranges: Vec<(Range<u64>, Frontier)>,
    /// Which of them are still to begin, the last first.
    waiting: Vec<usize>,
    open: Vec<usize>,
}

impl Roots {
    pub(crate) fn of(ranges: impl IntoIterator<Item = Range<u64>>) -> Self {
        let empty = |range| (range, Frontier::default());
        let ranges: Vec<_> = ranges.into_iter().map(empty).collect();
        let mut waiting: Vec<_> = (0..ranges.len()).collect();
        waiting.sort_by_key(|at| std::cmp::Reverse(ranges[*at].0.start));
        Self {
            ranges,
            waiting,
            open: Vec::new(),
        }
    }

    /// The next leaf: all of them, in order.
    pub(crate) fn see(&mut self, leaf: u64, hash: Hash) {
        let ranges = &mut self.ranges;
        let begins = |at: &mut usize| ranges[*at].0.start <= leaf;
        while let Some(at) = self.waiting.pop_if(begins) {
            self.open.push(at);
        }
        self.open.retain(|at| {
            let (range, frontier) = &mut ranges[*at];
            if range.contains(&leaf) {
                frontier.push(hash);
            }
            leaf + 1 < range.end
        });
    }

    /// The roots in the order of their ranges; none when leaves of one are missing.
    pub(crate) fn finish(self) -> Option<Vec<Hash>> {
        let root = |(range, frontier): (Range<u64>, Frontier)| {
            (frontier.size() == range.end - range.start).then(|| frontier.root())
        };
        self.ranges.into_iter().map(root).collect()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failure here is a failed test")]

    use super::*;
    use proptest::prelude::*;

    fn leaves(count: u64) -> Vec<Hash> {
        let number = |leaf: u64| leaf_of(leaf);
        (0..count).map(number).collect()
    }

    fn leaf_of(number: u64) -> Hash {
        let mut digest = [0; 32];
        digest[..8].copy_from_slice(&number.to_be_bytes());
        leaf(&digest)
    }

    /// RFC 6962, section 2.1, as it is written there.
    fn tree_head(leaves: &[Hash]) -> Hash {
        match leaves {
            [] => sm3::Sm3::new().finalize().into(),
            [one] => *one,
            many => {
                let middle = many.len().next_power_of_two() / 2;
                node(&tree_head(&many[..middle]), &tree_head(&many[middle..]))
            }
        }
    }

    fn frontier(count: u64) -> Frontier {
        let mut frontier = Frontier::default();
        for leaf in leaves(count) {
            frontier.push(leaf);
        }
        frontier
    }

    fn roots(ranges: Vec<Range<u64>>, size: u64) -> Vec<Hash> {
        let mut roots = Roots::of(ranges);
        for (number, leaf) in (0..).zip(leaves(size)) {
            roots.see(number, leaf);
        }
        roots.finish().unwrap()
    }

    #[test]
    fn a_frontier_has_the_root_of_the_definition_and_goes_on_from_what_was_stored() {
        for count in 0..70 {
            let grown = frontier(count);
            assert_eq!(grown.root(), tree_head(&leaves(count)), "{count}");
            let stored = Frontier::from_stored(count, grown.roots().to_vec());
            assert_eq!(stored, Some(grown.clone()));
            let mut roots = grown.roots().to_vec();
            roots.push([0; 32]);
            assert_eq!(Frontier::from_stored(count, roots), None);
        }
    }

    /// The shapes of RFC 6962, section 2.1.3: a tree of seven leaves.
    #[test]
    fn paths_are_those_of_the_rfc_s_example() {
        assert_eq!(path_of(0, 7), [1..2, 2..4, 4..7]);
        assert_eq!(path_of(3, 7), [2..3, 0..2, 4..7]);
        assert_eq!(path_of(4, 7), [5..6, 6..7, 0..4]);
        assert_eq!(path_of(6, 7), [4..6, 0..4]);
        assert_eq!(growth_of(3, 7), [2..3, 3..4, 0..2, 4..7]);
        assert_eq!(growth_of(4, 7), vec![4..7]);
        assert_eq!(growth_of(6, 7), [4..6, 6..7, 0..4]);
    }

    /// As many proofs as leaves: what is done for a leaf grows with the tree's depth, not with
    /// the number of proofs.
    #[test]
    fn few_ranges_are_open_at_once_and_all_get_their_roots() {
        let size = 500;
        let all: Vec<_> = (0..size).flat_map(|leaf| path_of(leaf, size)).collect();
        let mut ranges = all;
        ranges.sort_by_key(|range| (range.start, range.end));
        ranges.dedup();
        let mut roots = Roots::of(ranges.iter().cloned());
        let all = leaves(size);
        for (number, leaf) in (0..).zip(&all) {
            roots.see(number, *leaf);
            assert!(roots.open.len() <= 10, "{}", roots.open.len());
        }
        let expected = ranges.iter().map(|range| {
            let [start, end] = [range.start, range.end].map(|at| usize::try_from(at).unwrap());
            tree_head(&all[start..end])
        });
        assert_eq!(roots.finish().unwrap(), expected.collect::<Vec<_>>());
    }

    proptest! {
        #[test]
        fn every_leaf_is_in_its_tree_at_its_place_alone(size in 1_u64..90, at in 0_u64..90) {
            let at = at % size;
            let root = tree_head(&leaves(size));
            let path = roots(path_of(at, size), size);
            let shown = |leaf, hash: &Hash, path: &[Hash]| root_over(leaf, size, hash, path);
            prop_assert_eq!(shown(at, &leaf_of(at), &path), Some(root));
            for other in (0..size).filter(|other| *other != at) {
                prop_assert_ne!(shown(other, &leaf_of(at), &path), Some(root));
            }
            prop_assert_ne!(shown(at, &leaf_of(size), &path), Some(root));
            prop_assert_eq!(shown(size, &leaf_of(at), &path), None);
            let mut long = path.clone();
            long.push([0; 32]);
            prop_assert_eq!(shown(at, &leaf_of(at), &long), None);
            for place in 0..path.len() {
                let mut changed = path.clone();
                changed[place][7] ^= 1;
                prop_assert_ne!(shown(at, &leaf_of(at), &changed), Some(root));
            }
        }

        #[test]
        fn a_tree_goes_on_from_its_own_past_and_from_nothing_else(
            size in 1_u64..90,
            old in 1_u64..90,
        ) {
            let old = 1 + old % size;
            let (before, now) = (tree_head(&leaves(old)), tree_head(&leaves(size)));
            let path = roots(growth_of(old, size), size);
            prop_assert!(goes_on((old, &before), (size, &now), &path));
            let mut other = leaves(old);
            other[0][0] ^= 1;
            prop_assert!(!goes_on((old, &tree_head(&other)), (size, &now), &path));
            let mut other = leaves(size);
            let last = leaf_of(old - 1);
            let place = other.iter().position(|one| *one == last).unwrap();
            other[place][0] ^= 1;
            prop_assert!(!goes_on((old, &before), (size, &tree_head(&other)), &path));
            for place in 0..path.len() {
                let mut changed = path.clone();
                changed[place][7] ^= 1;
                prop_assert!(!goes_on((old, &before), (size, &now), &changed));
            }
        }
    }
}
