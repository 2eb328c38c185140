//! The same archive on an OpenSearch cluster: what is sent there, and the same answers from there.
//!
//! The only room that speaks to OpenSearch. Words are cut and weighed, plans compiled and articles
//! shown by the code of the rooms before and after it; here conditions become the query language of
//! the cluster, and its answers become responses.

mod archive;
mod dsl;
mod error;
mod facts;
mod hits;
mod nodes;
mod push;
mod reprints;
mod searcher;
mod template;

pub use archive::{DEFAULT_NAME, rollback};
pub use error::ClusterError;
pub use nodes::Nodes;
pub use push::{Progress, PushOptions, Pushed, push};
pub use searcher::ClusterSearcher;
pub use template::template;
