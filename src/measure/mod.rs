//! How good the answers are, as figures: pure functions over judged queries and rankings, and over
//! a [`Searcher`](crate::search::Searcher) and the truth.

mod figures;
mod judged;
pub mod literal;
mod run;
mod score;

pub use figures::{mean, ndcg, p_value, recall, reciprocal_rank};
pub use judged::{Judged, JudgedError, KnownItem, Topic};
pub use run::{Run, RunError};
pub use score::{Figure, Kind, Row, Scores};
