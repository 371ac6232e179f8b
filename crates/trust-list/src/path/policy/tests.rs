//! Policies down a path, and the tree of RFC 5280 beside the graph.

use super::*;
use crate::forge::{
    Forged, Key, inhibit_any_policy, policies, policy_constraints, policy_mappings,
};
use proptest::prelude::*;
use std::sync::LazyLock;

const ONE: &str = "1.2.3.1";
const TWO: &str = "1.2.3.2";
const THREE: &str = "1.2.3.3";
const ANY: &str = "2.5.29.32.0";

static KEY: LazyLock<Key> = LazyLock::new(Key::new);

/// A CA that is not self-issued.
fn ca() -> Forged {
    Forged::ca("CN=Below", &KEY, "CN=Above")
}

fn leaf(list: &[&str]) -> Forged {
    let leaf = Forged::leaf("CN=Leaf", &KEY, "CN=Below");
    if list.is_empty() {
        leaf
    } else {
        leaf.with(policies(list))
    }
}

fn ask(path: &[Forged], rules: &PolicyRules) -> Result<Vec<String>, NoPolicy> {
    let path: Vec<_> = path.iter().map(|forged| forged.issue(&KEY)).collect();
    let path: Vec<_> = path.iter().collect();
    let valid = valid_policies(None, &path, rules, 10_000)?;
    Ok(valid.iter().map(ToString::to_string).collect())
}

fn explicit(list: &[&str]) -> PolicyRules {
    PolicyRules::one_of(list.iter().map(|oid| ObjectIdentifier::new(oid).unwrap()))
}

fn none(index: usize) -> Result<Vec<String>, NoPolicy> {
    let fault = PolicyFault::None;
    Err(NoPolicy { index, fault })
}

fn valid(list: &[&str]) -> Result<Vec<String>, NoPolicy> {
    Ok(list.iter().map(|oid| (*oid).to_owned()).collect())
}

#[test]
fn a_policy_stands_in_every_certificate_or_is_not_valid() {
    let path = [ca().with(policies(&[ONE, TWO])), leaf(&[TWO, THREE])];
    assert_eq!(ask(&path, &explicit(&[ANY])), valid(&[TWO]));
    assert_eq!(ask(&path, &explicit(&[ONE])), none(1));
    assert_eq!(ask(&path, &PolicyRules::default()), valid(&[TWO]));
    let path = [ca(), leaf(&[TWO])];
    assert_eq!(ask(&path, &explicit(&[ANY])), none(0));
    assert_eq!(ask(&path, &PolicyRules::default()), valid(&[]));
}

#[test]
fn any_policy_stands_for_all_unless_it_is_inhibited() {
    let path = [ca().with(policies(&[ANY])), leaf(&[ANY])];
    assert_eq!(ask(&path, &explicit(&[ONE])), valid(&[ONE]));
    assert_eq!(ask(&path, &explicit(&[ANY])), valid(&[ANY]));
    let mut rules = explicit(&[ONE]);
    rules.inhibit_any = true;
    assert_eq!(ask(&path, &rules), none(0));
    let upper = ca().with(policies(&[ANY])).with(inhibit_any_policy(0));
    assert_eq!(
        ask(&[upper.clone(), leaf(&[ANY])], &explicit(&[ONE])),
        none(1)
    );
    assert_eq!(
        ask(&[upper, leaf(&[ONE])], &explicit(&[ONE])),
        valid(&[ONE])
    );
}

#[test]
fn a_mapped_policy_is_valid_in_the_anchors_words() {
    let mapping = policy_mappings(&[(ONE, TWO)]);
    let upper = ca().with(policies(&[ONE])).with(mapping.clone());
    let path = [upper, leaf(&[TWO])];
    assert_eq!(ask(&path, &explicit(&[ONE])), valid(&[ONE]));
    assert_eq!(ask(&path, &explicit(&[TWO])), none(1));
    let mut rules = explicit(&[ONE]);
    rules.inhibit_mapping = true;
    assert_eq!(ask(&path, &rules), none(1));
    // Under anyPolicy a mapping makes the policy that it maps.
    let upper = ca().with(policies(&[ANY])).with(mapping);
    assert_eq!(
        ask(&[upper, leaf(&[TWO])], &explicit(&[ONE])),
        valid(&[ONE])
    );
}

#[test]
fn any_policy_is_not_mapped() {
    for pair in [(ANY, ONE), (ONE, ANY)] {
        let upper = ca().with(policies(&[ONE])).with(policy_mappings(&[pair]));
        let fault = PolicyFault::AnyMapped;
        let refused = Err(NoPolicy { index: 0, fault });
        assert_eq!(
            ask(&[upper, leaf(&[ONE])], &PolicyRules::default()),
            refused
        );
    }
}

#[test]
fn a_certificate_demands_a_policy_from_some_certificate_on() {
    let demand = |skip| {
        ca().with(policies(&[ONE]))
            .with(policy_constraints(Some(skip), None))
    };
    let plain = || ca().with(policies(&[ONE]));
    let rules = PolicyRules::default();
    assert_eq!(ask(&[demand(0), leaf(&[])], &rules), none(1));
    assert_eq!(ask(&[demand(1), leaf(&[])], &rules), none(1));
    assert_eq!(ask(&[demand(2), leaf(&[])], &rules), valid(&[]));
    assert_eq!(ask(&[demand(2), plain(), leaf(&[])], &rules), none(2));
    // A CA of its own name does not count.
    let renewed = Forged::ca("CN=Below", &KEY, "CN=Below").with(policies(&[ONE]));
    assert_eq!(ask(&[demand(2), renewed, leaf(&[])], &rules), valid(&[]));
    assert_eq!(ask(&[demand(0), leaf(&[ONE])], &rules), valid(&[ONE]));
    let last = leaf(&[]).with(policy_constraints(Some(0), None));
    assert_eq!(ask(&[plain(), last], &rules), none(1));
}

#[test]
fn an_anchor_constrains_and_need_not_have_policies() {
    let path = [leaf(&[ONE, TWO]).issue(&KEY)];
    let path: Vec<_> = path.iter().collect();
    let root = |forged: Forged| forged.issue(&KEY);
    let rules = explicit(&[ANY]);
    let ask = |anchor: &ParsedCertificate| {
        let valid = valid_policies(Some(anchor), &path, &rules, 100).unwrap();
        valid.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(ask(&root(ca())), [ONE, TWO]);
    assert_eq!(ask(&root(ca().with(policies(&[TWO])))), [TWO]);
    let path = [leaf(&[]).issue(&KEY)];
    let path: Vec<_> = path.iter().collect();
    let demanding = root(ca().with(policy_constraints(Some(0), None)));
    let rules = PolicyRules::default();
    assert!(valid_policies(Some(&demanding), &path, &rules, 100).is_err());
    assert!(valid_policies(None, &path, &rules, 100).is_ok());
}

/// Every policy mapped to every other, over and over: a tree would have 8^15 leaves.
#[test]
fn the_graph_grows_with_what_is_written_alone() {
    let names: Vec<String> = (0..8).map(|last| format!("1.2.4.{last}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let pairs: Vec<_> = names
        .iter()
        .flat_map(|from| names.iter().map(move |to| (*from, *to)))
        .collect();
    let upper = ca().with(policies(&names)).with(policy_mappings(&pairs));
    let mut path = vec![upper; 14];
    path.push(leaf(&names));
    assert_eq!(ask(&path, &explicit(&[names[0]])), valid(&names[..1]));
    let path: Vec<_> = path.iter().map(|forged| forged.issue(&KEY)).collect();
    let path: Vec<_> = path.iter().collect();
    let rules = PolicyRules::default();
    assert!(valid_policies(None, &path, &rules, 15 * 3 * 64).is_ok());
    let few = valid_policies(None, &path, &rules, 100);
    assert!(matches!(
        few,
        Err(NoPolicy {
            fault: PolicyFault::TooMany,
            ..
        })
    ));
}

/// The tree as RFC 5280, 6.1, has it, one node for each way down.
mod tree {
    use super::*;

    #[derive(Clone)]
    struct Leaf {
        /// Valid policies from the root down.
        way: Vec<ObjectIdentifier>,
        expected: BTreeSet<ObjectIdentifier>,
    }

    /// Whether the path is valid; `None` where anyPolicy is mapped.
    pub(super) fn is_valid(path: &[&ParsedCertificate], rules: &PolicyRules) -> Option<bool> {
        let n = u32::try_from(path.len()).unwrap();
        let start = |inhibited: bool| if inhibited { 0 } else { n + 1 };
        let (mut explicit, mut mapping, mut any) = (
            start(rules.require_explicit),
            start(rules.inhibit_mapping),
            start(rules.inhibit_any),
        );
        let mut leaves = vec![Leaf {
            way: vec![ANY_POLICY],
            expected: BTreeSet::from([ANY_POLICY]),
        }];
        for (index, certificate) in path.iter().enumerate() {
            let is_last = index + 1 == path.len();
            let may_be_any = any > 0 || (!is_last && certificate.is_self_issued());
            leaves = below(&leaves, certificate.policies(), may_be_any);
            if explicit == 0 && leaves.is_empty() {
                return Some(false);
            }
            let statements = certificate.statements();
            if is_last {
                explicit = explicit.saturating_sub(1);
                if statements.require_explicit_policy == Some(0) {
                    explicit = 0;
                }
                break;
            }
            let is_any = |(from, to): &(_, _)| *from == ANY_POLICY || *to == ANY_POLICY;
            if statements.mappings.iter().any(is_any) {
                return None;
            }
            leaves = mapped(&leaves, &statements.mappings, mapping > 0);
            if !certificate.is_self_issued() {
                explicit = explicit.saturating_sub(1);
                mapping = mapping.saturating_sub(1);
                any = any.saturating_sub(1);
            }
            explicit = explicit.min(statements.require_explicit_policy.unwrap_or(explicit));
            mapping = mapping.min(statements.inhibit_policy_mapping.unwrap_or(mapping));
            any = any.min(statements.inhibit_any_policy.unwrap_or(any));
        }
        let fits = |leaf: &Leaf| {
            let first = leaf.way.iter().find(|policy| **policy != ANY_POLICY);
            rules.acceptable.is_empty()
                || first.is_none_or(|policy| rules.acceptable.contains(policy))
        };
        Some(explicit > 0 || leaves.iter().any(fits))
    }

    fn below(leaves: &[Leaf], policies: &[ObjectIdentifier], any: bool) -> Vec<Leaf> {
        let mut next: Vec<Leaf> = Vec::new();
        let mut add = |leaf: &Leaf, policy: ObjectIdentifier| {
            let mut way = leaf.way.clone();
            way.push(policy);
            if !next.iter().any(|other| other.way == way) {
                let expected = BTreeSet::from([policy]);
                next.push(Leaf { way, expected });
            }
        };
        for policy in policies.iter().filter(|policy| **policy != ANY_POLICY) {
            let mut matched = false;
            for leaf in leaves.iter().filter(|leaf| leaf.expected.contains(policy)) {
                matched = true;
                add(leaf, *policy);
            }
            let is_any = |leaf: &&Leaf| leaf.way.last() == Some(&ANY_POLICY);
            if let Some(leaf) = leaves.iter().find(is_any).filter(|_| !matched) {
                add(leaf, *policy);
            }
        }
        if any && policies.contains(&ANY_POLICY) {
            for leaf in leaves {
                for policy in &leaf.expected {
                    add(leaf, *policy);
                }
            }
        }
        next
    }

    fn mapped(
        leaves: &[Leaf],
        mappings: &[(ObjectIdentifier, ObjectIdentifier)],
        allowed: bool,
    ) -> Vec<Leaf> {
        let mut next = leaves.to_vec();
        let sources: BTreeSet<_> = mappings.iter().map(|(from, _)| *from).collect();
        for source in sources {
            let targets: BTreeSet<_> = mappings
                .iter()
                .filter(|(from, _)| *from == source)
                .map(|(_, to)| *to)
                .collect();
            let is_source = |leaf: &Leaf| leaf.way.last() == Some(&source);
            if !allowed {
                next.retain(|leaf| !is_source(leaf));
            } else if next.iter().any(is_source) {
                for leaf in next.iter_mut().filter(|leaf| is_source(leaf)) {
                    leaf.expected.clone_from(&targets);
                }
            } else if let Some(any) = next
                .iter()
                .find(|leaf| leaf.way.last() == Some(&ANY_POLICY))
            {
                let mut way = any.way.clone();
                way.pop();
                way.push(source);
                let expected = targets;
                next.push(Leaf { way, expected });
            }
        }
        next
    }
}

fn some_policies() -> impl Strategy<Value = Vec<&'static str>> {
    prop::sample::subsequence(vec![ONE, TWO, THREE, ANY], 0..=4)
}

fn some_ca() -> impl Strategy<Value = Forged> {
    let pair = (
        prop::sample::select(vec![ONE, TWO, THREE]),
        prop::sample::select(vec![ONE, TWO, THREE]),
    );
    (
        some_policies(),
        prop::collection::vec(pair, 0..4),
        any::<bool>(),
        prop::option::of(0..3u32),
        prop::option::of(0..3u32),
        prop::option::of(0..3u32),
    )
        .prop_map(|(list, pairs, own, explicit, mapping, any)| {
            let issuer = if own { "CN=Below" } else { "CN=Above" };
            let mut forged = Forged::ca("CN=Below", &KEY, issuer);
            if !list.is_empty() {
                forged = forged.with(policies(&list));
            }
            if !pairs.is_empty() {
                forged = forged.with(policy_mappings(&pairs));
            }
            if explicit.is_some() || mapping.is_some() {
                forged = forged.with(policy_constraints(explicit, mapping));
            }
            match any {
                Some(skip) => forged.with(inhibit_any_policy(skip)),
                None => forged,
            }
        })
}

fn some_rules() -> impl Strategy<Value = PolicyRules> {
    let wanted = prop::sample::subsequence(vec![ONE, TWO, THREE], 0..=2);
    (wanted, any::<[bool; 3]>()).prop_map(|(wanted, [explicit, mapping, any])| PolicyRules {
        acceptable: wanted
            .iter()
            .map(|oid| ObjectIdentifier::new(oid).unwrap())
            .collect(),
        require_explicit: explicit,
        inhibit_mapping: mapping,
        inhibit_any: any,
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn the_graph_says_what_the_tree_says(
        upper in prop::collection::vec(some_ca(), 0..4),
        last in some_policies(),
        rules in some_rules(),
    ) {
        let mut path: Vec<_> = upper.iter().map(|forged| forged.issue(&KEY)).collect();
        path.push(leaf(&last).issue(&KEY));
        let path: Vec<_> = path.iter().collect();
        let graph = valid_policies(None, &path, &rules, 10_000);
        let graph = match graph {
            Err(NoPolicy { fault: PolicyFault::AnyMapped, .. }) => None,
            other => Some(other.is_ok()),
        };
        prop_assert_eq!(graph, tree::is_valid(&path, &rules));
    }
}
