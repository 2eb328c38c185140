//! Who works with whom, on what, since when, and the sentence that says so.

use serde::{Deserialize, Serialize};

use super::{Field, NewsDate, Span};

/// Two places that work together, as one article tells it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Partnership {
    /// One side, full official name at city level (or province, where the text gives no city).
    pub a: String,
    /// The other side; of the two the one with the higher code of GB/T 2260.
    pub b: String,
    /// What they do together, and which sentence says so.
    #[serde(flatten)]
    pub fact: Cooperation,
}

/// More than two places that work together as one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Alliance {
    /// Full official names; a region that acts as one stands under its name.
    pub members: Vec<String>,
    /// What they do together, and which sentence says so.
    #[serde(flatten)]
    pub fact: Cooperation,
}

/// The name of a pair, whichever side is named first: 「佛山市—茂名市」.
pub fn pair_name(a: &str, b: &str) -> String {
    if a <= b { format!("{a}—{b}") } else { format!("{b}—{a}") }
}

/// What partners do together, and the sentence that says so.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Cooperation {
    /// What it is about, from a closed list: 人才飞地, 产业协作, 对口帮扶 …
    pub kind: String,
    /// The form it takes, as the text names it: 框架协议, 飞地, 合作区 …
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub form: Option<String>,
    /// How far it has come, as far as the sentence tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<Status>,
    /// When that happened, as far as the sentence tells: 「12月12日」 is `--12-12`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<NewsDate>,
    /// Figures in the sentence or right after it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub figures: Vec<Figure>,
    /// The sentence that says so, as it stands in the article; of a long one the part that does.
    pub evidence: String,
    /// The part of the article it stands in.
    #[serde(rename = "evidence_in")]
    pub field: Field,
    /// Where it stands there, in characters of the original.
    #[serde(rename = "evidence_span")]
    pub span: Span,
}

/// How far a cooperation has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Planned or asked for.
    Proposed,
    /// Agreed in writing.
    Signed,
    /// Opened, founded, unveiled.
    Opened,
    /// At work for some time.
    Running,
}

impl Status {
    /// What it is called in Chinese: 拟议, 签约, 启动, 运行.
    pub fn name(self) -> &'static str {
        match self {
            Self::Proposed => "拟议",
            Self::Signed => "签约",
            Self::Opened => "启动",
            Self::Running => "运行",
        }
    }
}

/// A number that a text gives beside a cooperation: 「签约项目72个」.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Figure {
    /// What is counted or measured, as the text says: 签约项目, 总投资.
    pub what: String,
    /// How many or how much: 「近300亿元」 is 3.0e10.
    pub value: f64,
    /// The unit: `CNY` for yuan, else the measure word: 个, 家, 人次, 亩.
    pub unit: String,
    /// The words, as they stand in the article.
    pub text: String,
}
