//! Why something does not verify. It tells and never accepts.
