//! 连城 liancheng: full-text search over crawled Chinese news about cooperation between cities.
//!
//! The rooms stand in the order in which a page passes through them, and each imports only from
//! rooms before it (`tests/house/tidy.rs` holds that against the code):
//!
//! ```text
//! crawl files ──read──▶ RawPage ──clean──▶ CleanPage ──understand──▶ Article ──index──▶ tantivy
//! query text ──query──▶ Plan ──search──▶ Response ──present──▶ terminal · page · JSON · CSV
//! ```

pub mod article;

pub mod read;

pub mod clean;

pub mod understand;

pub mod index;

pub mod query;

pub mod search;

#[cfg(feature = "cluster")]
pub mod cluster;

pub mod present;

pub mod measure;

#[cfg(feature = "serve")]
pub mod serve;

pub mod cli;
