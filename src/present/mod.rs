//! [`Response`](crate::search::Response) → text: what lights up, which sentences are shown, and
//! the formats in which a terminal, a spreadsheet or another program takes them.
//!
//! Nothing here prints; everything is written to whatever the caller hands over.

mod answer;
mod count;
mod crawl;
mod diff;
pub mod format;
mod highlight;
mod page;
mod paint;
mod pairs;
mod record;
pub mod sanitize;
mod snippet;
#[cfg(test)]
mod testing;

pub use answer::{Answer, AnsweredHit, AnsweredPartners};
pub use count::{counted, duration, list, size, thousands};
pub use crawl::{CrawlReport, PageRead};
pub use diff::{Fate, LineFate, diff, write_diff};
pub use format::Format;
pub use highlight::{Lights, Lit, LitText, Passage, Spot};
pub use page::{ArticlePage, write_article, write_copies};
pub use paint::{Layout, Palette};
pub use pairs::{Circle, Event, Pairs};
pub use record::{CopyOf, Record, Witnesses};
pub use snippet::{DEFAULT_WIDTH, Frame, snippets};
