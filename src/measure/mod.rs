//! How good the answers are, as figures: pure functions over a [`Searcher`](crate::search::Searcher)
//! and the truth.

pub mod literal;
