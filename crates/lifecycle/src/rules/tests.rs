//! What loads, what does not and why, and what the shipped sets say.

use super::*;

#[test]
fn each_shipped_set_loads_under_its_name() {
    for (name, text) in SHIPPED {
        let set = match RuleSet::from_toml(text) {
            Ok(set) => set,
            Err(error) => panic!("{name}: {error}"),
        };
        assert_eq!(set.id().name, *name);
    }
    assert!(RuleSet::shipped("none").is_none());
}
