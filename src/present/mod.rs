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
mod marked;
mod page;
mod paint;
mod pairs;
mod partners;
mod picture;
mod record;
mod remark;
pub mod sanitize;
mod snippet;
#[cfg(test)]
mod testing;

pub use answer::{Answer, AnsweredHit, AnsweredPartners};
pub use count::{counted, duration, list, size, thousands};
pub use crawl::{CrawlReport, PageRead};
pub use diff::{Fate, LineFate, diff, write_diff};
pub use format::{Format, TrendAnswer};
pub use highlight::{Lights, Lit, LitText, Passage, Spot};
pub use marked::{Piece, facts, marked_body, marked_title};
pub use page::{ArticlePage, write_article, write_copies};
pub use paint::{Layout, Palette};
pub use pairs::{Circle, Event, Pairs};
pub use partners::{PartnersAsked, PartnersError, PartnersRequest};
pub use picture::{Bars, Link, Matrix, Network, Picked};
pub use record::{CopyOf, Record, Witnesses};
pub use remark::{remark, taken};
pub use snippet::{DEFAULT_WIDTH, Frame, snippets};
