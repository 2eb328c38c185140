//! An [`Answer`] → the formats in which it can be had; each has a file of its own.

mod csv;
mod facets;
mod json;
mod markdown;
mod pairs;
mod text;
mod trend;

use std::io::{self, Write};

pub use facets::{FacetTable, FacetsAnswer, NAMES as FACET_NAMES};
pub use pairs::{PairsAnswer, what};
pub use text::{lit, wrapped};
pub use trend::TrendAnswer;

use super::answer::Answer;
use super::paint::Layout;

/// Writes the hits of an answer below others.
pub type WriteMore = fn(&Answer, &mut dyn Write) -> io::Result<()>;

/// A way to write an answer.
pub struct Format {
    /// What a person types to have it.
    pub name: &'static str,
    /// What it is good for.
    pub what: &'static str,
    /// Whether it can hold counts by facet.
    pub holds_facets: bool,
    /// Whether remarks are part of it; else they have to be told beside it.
    pub holds_remarks: bool,
    /// Writes an answer.
    pub write: fn(&Answer, Layout, &mut dyn Write) -> io::Result<()>,
    /// Writes the hits of a further page below those of the first; none if they are one whole.
    pub write_more: Option<WriteMore>,
}

/// All formats; the first is for people.
pub const FORMATS: &[Format] = &[
    Format {
        name: "text",
        what: "for reading in a terminal",
        holds_facets: true,
        holds_remarks: false,
        write: text::write,
        write_more: None,
    },
    Format {
        name: "json",
        what: "one object with everything (schema/search-response.schema.json)",
        holds_facets: true,
        holds_remarks: true,
        write: json::write,
        write_more: None,
    },
    Format {
        name: "jsonl",
        what: "one object a line for each article",
        holds_facets: false,
        holds_remarks: false,
        write: json::write_lines,
        write_more: Some(|answer, out| json::write_lines(answer, Layout::PLAIN, out)),
    },
    Format {
        name: "csv",
        what: "for a spreadsheet",
        holds_facets: false,
        holds_remarks: false,
        write: csv::write,
        write_more: Some(csv::write_rows),
    },
    Format {
        name: "md",
        what: "a Markdown list with links and citations",
        holds_facets: false,
        holds_remarks: false,
        write: markdown::write,
        write_more: Some(markdown::write_hits),
    },
];

impl Format {
    /// The format of a name.
    pub fn named(name: &str) -> Option<&'static Self> {
        FORMATS.iter().find(|format| format.name == name)
    }
}
