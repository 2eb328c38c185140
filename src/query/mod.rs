//! What a person typed → a [`Plan`] that any searcher can carry out.
//!
//! Any text is a query: what is no operator is text to be found, and what cannot be made sense of
//! is left aside with a remark, never refused. A plan names no engine, and making one reads no
//! file.

mod expand;
mod filter;
mod parse;
mod pinyin;
mod plan;
pub mod suggest;

pub(crate) use filter::members;
pub use filter::{FilterError, FilterRequest, Filters, Place, partner_places};
pub use parse::{parse, parse_literally};
pub use plan::{
    Aside, Bag, Expansion, Node, Plan, Run, Scope, Sort, Understood, Within, Word, near_all,
};
