//! Checking a rule set as a whole.
