//! What differs is found in each place.
