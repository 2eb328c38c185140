//! A page on its way from the crawl to the article: raw, then clean.

use std::fmt;
use std::path::{Component, Path, PathBuf};

use serde::{Deserialize, Serialize};

/// Where in a crawl something was found.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Origin {
    /// The file; `-` for standard input. Bytes that are no UTF-8 are shown as `�`. A member of an
    /// archive stands behind it: `crawl.zip!/2024/a.html`.
    pub path: String,
    /// Line of the record in the file, or its number where records have no lines, from 1; none
    /// where the file is one page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
}

impl Origin {
    /// A file that is one page.
    pub fn file(path: impl Into<String>) -> Self {
        Self { path: path.into(), line: None }
    }

    /// A record of a file, by its line or number (from 1).
    pub fn record(path: impl Into<String>, line: u64) -> Self {
        Self { path: path.into(), line: Some(line) }
    }
}

/// The name of standard input among paths.
const STANDARD_INPUT: &str = "-";

/// A path from the root of the file system, so that it means the same from any folder: `.` and `..`
/// are resolved by name, links stay as they are. Standard input stays `-`.
pub fn full_path(path: &Path) -> PathBuf {
    if path == Path::new(STANDARD_INPUT) {
        return path.to_owned();
    }
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let mut full = PathBuf::new();
    for part in absolute.components() {
        if part == Component::ParentDir {
            full.pop();
        } else {
            full.push(part);
        }
    }
    full
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}", self.path),
            None => f.write_str(&self.path),
        }
    }
}

/// One page as the crawler left it, decoded to text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawPage {
    /// Where it was found.
    pub origin: Origin,
    /// What the crawler recorded beside the text.
    pub given: Given,
    /// The text itself.
    pub content: Content,
    /// The format it was read from (`WARC`, `CSV`), by the name that `read --report` shows.
    pub format: &'static str,
    /// The encoding it was decoded from, by its WHATWG name (`UTF-8`, `gb18030`).
    pub encoding: &'static str,
    /// How many characters could not be decoded and stand as `�`.
    pub damaged: u64,
}

/// What a page's text is, and so how it has to be cleaned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// The body of an article and nothing else.
    Body(String),
    /// Everything a page showed, as text without markup.
    Dump(String),
    /// Markup.
    Html(String),
}

impl Content {
    /// The text as it came.
    pub fn text(&self) -> &str {
        match self {
            Self::Body(text) | Self::Dump(text) | Self::Html(text) => text,
        }
    }
}

/// What a crawler recorded beside the text, as it was written there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Given {
    /// Identifier within the crawl.
    pub id: Option<String>,
    /// Headline.
    pub title: Option<String>,
    /// Time of publication.
    pub date: Option<String>,
    /// Medium.
    pub outlet: Option<String>,
    /// Medium that it was taken over from.
    pub original_outlet: Option<String>,
    /// Writer.
    pub author: Option<String>,
    /// Address on the web.
    pub url: Option<String>,
    /// Time at which it was fetched or saved: it was published no later.
    pub crawled: Option<String>,
}

/// A page without what is not the article.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CleanPage {
    /// Where it was found.
    pub origin: Origin,
    /// Identifier that the crawler gave.
    pub id: Option<String>,
    /// Address on the web.
    pub url: Option<String>,
    /// Time at which it was fetched or saved, as written.
    pub crawled: Option<String>,
    /// Headline.
    pub title: Title,
    /// Paragraphs separated by one `\n`, in the readable original.
    pub body: String,
    /// Everything that states when it was published, most trusted first, as written.
    pub dates: Vec<Said>,
    /// Everything that states who published it, most trusted first.
    pub outlets: Vec<Said>,
    /// Everything that states from whom it was taken over (「转载自…」), most trusted first.
    pub originals: Vec<Said>,
    /// Everything that states who wrote it, most trusted first.
    pub authors: Vec<Said>,
}

/// A headline and whether the page had one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Title {
    /// The headline, or the first words of the body.
    pub text: String,
    /// Whether it was made from the first words of the body.
    pub made: bool,
}

/// Words of the page that state a fact, and which part of the page they stood in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// The words as they stand there (trimmed).
    pub text: String,
    /// Where they stood.
    pub witness: Witness,
}

impl Said {
    /// Notes words and where they stood.
    pub fn new(text: impl Into<String>, witness: Witness) -> Self {
        Self { text: text.into(), witness }
    }
}

/// The parts of a page that state facts about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Witness {
    /// A field of the crawl record.
    Record,
    /// A `<meta>` element.
    Meta,
    /// Structured data in a script (JSON-LD).
    JsonLd,
    /// The line of outlet, time and author near the headline.
    Header,
    /// The start of the text: 「本报佛山9月16日电」.
    Dateline,
    /// A sentence of the text.
    Text,
    /// A year that follows from the text's own arithmetic: 「2016年签订…非凡七年」.
    Arithmetic,
    /// The end of the text: 「（经济日报记者…）」, 「【来源】…」.
    Signature,
    /// The address of the page.
    Url,
}

impl fmt::Display for Witness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Record => "crawl record",
            Self::Meta => "meta tag",
            Self::JsonLd => "structured data",
            Self::Header => "header line",
            Self::Dateline => "dateline",
            Self::Text => "text",
            Self::Arithmetic => "arithmetic of the text",
            Self::Signature => "signature",
            Self::Url => "address",
        })
    }
}
