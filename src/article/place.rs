//! A place as an article names it.

use serde::{Deserialize, Serialize};

/// A division or region that an article names, with every mention of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Place {
    /// Code of GB/T 2260 (six digits); for a region its name.
    pub code: String,
    /// Full official name: 「佛山市」, 「南海区」, 「粤港澳大湾区」.
    pub name: String,
    /// What kind of unit it is.
    pub level: Level,
    /// Whether the article is about the place or only names it.
    pub role: Role,
    /// How much the article is about it, from 0 to 1.
    pub score: f32,
    /// Where it is named.
    pub mentions: Vec<Mention>,
}

/// The kinds of units in the gazetteer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Province, autonomous region.
    Province,
    /// 北京 天津 上海 重庆 香港 澳门: province and city in one.
    Municipality,
    /// Prefecture-level city, prefecture, league; also a county directly under a province.
    City,
    /// County, district, county-level city, banner.
    County,
    /// Economic region of several provinces or cities.
    Region,
}

/// What a place does in an article.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// The article is about it.
    Subject,
    /// It is named in passing.
    Mention,
    /// Only the name of an organisation or a line carries it: 上海电气, 京沪高铁.
    InName,
}

/// One spot where a place is named.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mention {
    /// The part of the article.
    pub field: Field,
    /// The characters, in the original.
    pub span: Span,
    /// The words as they stand there: 「佛」 in 「佛茂」.
    pub text: String,
}

/// The parts of an article that are searched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// The headline.
    Title,
    /// The text.
    Body,
}

/// A half-open range of characters (Unicode scalars) in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(from = "(u32, u32)", into = "(u32, u32)")]
pub struct Span {
    /// First character.
    pub start: u32,
    /// One past the last.
    pub end: u32,
}

impl From<(u32, u32)> for Span {
    fn from((start, end): (u32, u32)) -> Self {
        Self { start, end }
    }
}

impl From<Span> for (u32, u32) {
    fn from(span: Span) -> Self {
        (span.start, span.end)
    }
}
