//! [`Article`](crate::article::Article)s → an index on disk, and the index opened again.
//!
//! The only room that makes or opens an index, and the only one that loads the dictionary.

pub mod copies;
mod error;
mod fields;
mod home;
mod stamp;
mod tokenizers;
mod trie;
pub mod words;
mod writer;

pub use error::IndexError;
pub use fields::{Declaration, Declared, Fields};
pub use home::{Home, OpenIndex, Survey, WriterLock};
pub use stamp::{Imprint, Stamp};
pub use writer::{BuildOptions, Summary, Watcher, index, rebuild};
