//! [`Article`](crate::article::Article)s → an index on disk, and the index opened again.
//!
//! The only room that makes or opens an index, and the only one that loads the dictionary.

mod catalogue;
mod check;
pub mod copies;
mod document_writer;
mod error;
mod export;
mod fields;
mod guard;
mod home;
mod lists;
mod lock;
mod look;
mod rollback;
mod seal;
mod segment;
mod stamp;
mod stored;
mod tokenizers;
mod trie;
mod watch;
pub mod words;
mod writer;

pub use catalogue::Pointer;
pub use check::{Checkup, check};
pub use error::IndexError;
pub use export::{Entry, Export, Exported};
pub use fields::{Declaration, Declared, Fields};
pub use guard::{Broke, guard_thread, guarded, is_guarded};
pub use home::{Home, OpenIndex, Survey, WriterLock};
pub use lock::Locked;
pub use look::{Look, look};
pub use rollback::rollback;
pub use stamp::{Difference, Imprint, Stamp};
pub use watch::{Looked, Watch};
pub use writer::{BuildOptions, Summary, Trial, Watcher, index, rebuild};
