//! Certificate policies along a path: the graph of RFC 9618, which replaces the tree of
//! RFC 5280, 6.1, and stays as large as what the certificates say.

use super::ParsedCertificate;
use der::asn1::ObjectIdentifier;
use std::collections::{BTreeMap, BTreeSet};

/// anyPolicy (RFC 5280, 4.2.1.4).
pub(super) const ANY_POLICY: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.32.0");

/// What the caller asks of policies (RFC 5280, 6.1.1 (c), (e), (f), (g)).
///
/// By default every policy is acceptable and none is demanded; a certificate of the path
/// can demand one all the same.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct PolicyRules {
    /// Of these one must be valid, where one must be at all; empty means any.
    pub acceptable: BTreeSet<ObjectIdentifier>,
    /// The path must be valid for an acceptable policy.
    pub require_explicit: bool,
    /// No policy stands for another.
    pub inhibit_mapping: bool,
    /// anyPolicy stands for nothing.
    pub inhibit_any: bool,
}

impl PolicyRules {
    /// Demands one of these policies; anyPolicy among them stands for all.
    pub fn one_of(policies: impl IntoIterator<Item = ObjectIdentifier>) -> Self {
        let acceptable: BTreeSet<_> = policies.into_iter().collect();
        let any = acceptable.contains(&ANY_POLICY);
        Self {
            acceptable: if any { BTreeSet::new() } else { acceptable },
            require_explicit: true,
            ..Self::default()
        }
    }
}

/// Why a path has no valid policy: at which certificate, counted from the first that was
/// given, and what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NoPolicy {
    pub(super) index: usize,
    pub(super) fault: PolicyFault,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PolicyFault {
    /// A policy is required and none is left.
    None,
    /// anyPolicy is mapped.
    AnyMapped,
    /// More than is looked at.
    TooMany,
}

/// The policies under which a path is valid, in the words of its anchor; anyPolicy stands
/// for all (RFC 5280, 6.1.6).
pub(super) type ValidPolicies = BTreeSet<ObjectIdentifier>;

/// Goes down a path, the first certificate under the anchor and the target last.
///
/// `anchor` is there when what its certificate says applies (RFC 5937, 3): it constrains
/// like any issuer, and is no certificate of the path.
pub(super) fn valid_policies(
    anchor: Option<&ParsedCertificate>,
    path: &[&ParsedCertificate],
    rules: &PolicyRules,
    limit: usize,
) -> Result<ValidPolicies, NoPolicy> {
    let count = u32::try_from(path.len()).unwrap_or(u32::MAX);
    let unless = |inhibited: bool| {
        if inhibited {
            0
        } else {
            count.saturating_add(1)
        }
    };
    let mut state = State {
        graph: Some(Graph::new()),
        explicit_policy: unless(rules.require_explicit),
        policy_mapping: unless(rules.inhibit_mapping),
        inhibit_any: unless(rules.inhibit_any),
        nodes_left: limit,
    };
    if let Some(anchor) = anchor {
        let at = |fault| NoPolicy { index: 0, fault };
        if !anchor.policies().is_empty() {
            state.descend(anchor, true).map_err(at)?;
        }
        state.map(anchor).map_err(at)?;
        state.constrain(anchor);
    }
    for (index, certificate) in path.iter().enumerate() {
        let at = |fault| NoPolicy { index, fault };
        let is_last = index + 1 == path.len();
        let may_be_any = !is_last && certificate.is_self_issued();
        if certificate.policies().is_empty() {
            state.graph = None;
        } else {
            state.descend(certificate, may_be_any).map_err(at)?;
        }
        if state.explicit_policy == 0 && state.graph.is_none() {
            return Err(at(PolicyFault::None));
        }
        if is_last {
            state.explicit_policy = state.explicit_policy.saturating_sub(1);
            if certificate.statements().require_explicit_policy == Some(0) {
                state.explicit_policy = 0;
            }
            break;
        }
        state.map(certificate).map_err(at)?;
        if !certificate.is_self_issued() {
            for counter in [
                &mut state.explicit_policy,
                &mut state.policy_mapping,
                &mut state.inhibit_any,
            ] {
                *counter = counter.saturating_sub(1);
            }
        }
        state.constrain(certificate);
    }
    let valid = state.graph.map(Graph::authority_constrained);
    let valid = acceptable(valid.unwrap_or_default(), &rules.acceptable);
    if state.explicit_policy == 0 && valid.is_empty() {
        return Err(NoPolicy {
            index: path.len().saturating_sub(1),
            fault: PolicyFault::None,
        });
    }
    Ok(valid)
}

/// Those of the valid policies that the caller accepts (RFC 9618, 5.5).
fn acceptable(valid: ValidPolicies, wanted: &BTreeSet<ObjectIdentifier>) -> ValidPolicies {
    if wanted.is_empty() {
        return valid;
    }
    if valid.contains(&ANY_POLICY) {
        return wanted.clone();
    }
    valid.intersection(wanted).copied().collect()
}

/// The variables of RFC 5280, 6.1.2.
struct State {
    /// None is NULL.
    graph: Option<Graph>,
    explicit_policy: u32,
    policy_mapping: u32,
    inhibit_any: u32,
    /// Nodes and edges that may still be made.
    nodes_left: usize,
}

impl State {
    /// RFC 9618, 5.3: the policies of the next certificate.
    fn descend(
        &mut self,
        certificate: &ParsedCertificate,
        may_be_any: bool,
    ) -> Result<(), PolicyFault> {
        let Some(graph) = &mut self.graph else {
            return Ok(());
        };
        let policies = certificate.policies();
        let any = policies.contains(&ANY_POLICY) && (self.inhibit_any > 0 || may_be_any);
        let expected = graph.expected();
        let above_any = graph.deepest().contains_key(&ANY_POLICY);
        let mut level = Level::new();
        for policy in policies.iter().filter(|policy| **policy != ANY_POLICY) {
            let parents = match expected.get(policy) {
                Some(parents) => parents.clone(),
                None if above_any => vec![ANY_POLICY],
                None => continue,
            };
            self.nodes_left = spend(self.nodes_left, 1 + parents.len())?;
            level.insert(*policy, Node::new(*policy, parents));
        }
        if any {
            for (policy, parents) in expected {
                self.nodes_left = spend(self.nodes_left, 1 + parents.len())?;
                level
                    .entry(policy)
                    .or_insert_with(|| Node::new(policy, parents));
            }
        }
        if level.is_empty() {
            self.graph = None;
        } else {
            graph.0.push(level);
        }
        Ok(())
    }

    /// RFC 5280, 6.1.4 (a) and (b), as RFC 9618, 5.4, has them.
    fn map(&mut self, certificate: &ParsedCertificate) -> Result<(), PolicyFault> {
        let mappings = &certificate.statements().mappings;
        if mappings
            .iter()
            .any(|(from, to)| *from == ANY_POLICY || *to == ANY_POLICY)
        {
            return Err(PolicyFault::AnyMapped);
        }
        let Some(graph) = &mut self.graph else {
            return Ok(());
        };
        let mut targets: BTreeMap<ObjectIdentifier, BTreeSet<ObjectIdentifier>> = BTreeMap::new();
        for (from, to) in mappings {
            self.nodes_left = spend(self.nodes_left, 1)?;
            targets.entry(*from).or_default().insert(*to);
        }
        let Some(level) = graph.0.last_mut() else {
            return Ok(());
        };
        let has_any = level.contains_key(&ANY_POLICY);
        for (policy, targets) in targets {
            if self.policy_mapping == 0 {
                level.remove(&policy);
            } else if let Some(node) = level.get_mut(&policy) {
                node.expected = targets;
            } else if has_any {
                let parents = vec![ANY_POLICY];
                level.insert(
                    policy,
                    Node {
                        parents,
                        expected: targets,
                    },
                );
            }
        }
        if level.is_empty() {
            self.graph = None;
        }
        Ok(())
    }

    /// RFC 5280, 6.1.4 (i) and (j).
    fn constrain(&mut self, certificate: &ParsedCertificate) {
        let statements = certificate.statements();
        for (counter, limit) in [
            (
                &mut self.explicit_policy,
                statements.require_explicit_policy,
            ),
            (&mut self.policy_mapping, statements.inhibit_policy_mapping),
            (&mut self.inhibit_any, statements.inhibit_any_policy),
        ] {
            *counter = limit.map_or(*counter, |limit| limit.min(*counter));
        }
    }
}

fn spend(left: usize, nodes: usize) -> Result<usize, PolicyFault> {
    left.checked_sub(nodes).ok_or(PolicyFault::TooMany)
}

/// One node for each policy that is valid at a depth.
type Level = BTreeMap<ObjectIdentifier, Node>;

struct Node {
    /// Policies of the level above.
    parents: Vec<ObjectIdentifier>,
    /// What the certificate below may call it.
    expected: BTreeSet<ObjectIdentifier>,
}

impl Node {
    fn new(policy: ObjectIdentifier, parents: Vec<ObjectIdentifier>) -> Self {
        Self {
            parents,
            expected: BTreeSet::from([policy]),
        }
    }
}

/// The levels from the anchor down, none of them empty. Nodes without children stay: only
/// what is above a node of the deepest level counts, and that is asked at the end.
struct Graph(Vec<Level>);

impl Graph {
    fn new() -> Self {
        let root = Node::new(ANY_POLICY, Vec::new());
        Self(vec![Level::from([(ANY_POLICY, root)])])
    }

    fn deepest(&self) -> &Level {
        self.0.last().expect("a graph has its first level")
    }

    /// For each policy that the next certificate may name, the nodes that expect it.
    fn expected(&self) -> BTreeMap<ObjectIdentifier, Vec<ObjectIdentifier>> {
        let mut expected: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for (policy, node) in self.deepest() {
            for name in &node.expected {
                expected.entry(*name).or_default().push(*policy);
            }
        }
        expected
    }

    /// The policies in the anchor's words (RFC 9618, 5.5): those that stand directly below
    /// anyPolicy and above the deepest level, and anyPolicy if it is there itself.
    fn authority_constrained(self) -> ValidPolicies {
        let mut valid = ValidPolicies::new();
        if self.deepest().contains_key(&ANY_POLICY) {
            valid.insert(ANY_POLICY);
        }
        let mut alive: BTreeSet<ObjectIdentifier> = self.deepest().keys().copied().collect();
        for level in self.0.iter().rev() {
            let mut above = BTreeSet::new();
            for (policy, node) in level.iter().filter(|(policy, _)| alive.contains(*policy)) {
                if *policy != ANY_POLICY && node.parents.contains(&ANY_POLICY) {
                    valid.insert(*policy);
                }
                above.extend(node.parents.iter().copied());
            }
            alive = above;
        }
        valid
    }
}

#[cfg(test)]
mod tests;
