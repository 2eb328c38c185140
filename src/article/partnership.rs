//! Who works with whom, and the sentence that says so.

use serde::{Deserialize, Serialize};

/// Two places that work together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Partnership {
    /// One side, full official name at city level (or province, where the text gives no city).
    pub a: String,
    /// The other side.
    pub b: String,
    /// What they do together, from the closed list: 人才飞地, 产业协作, 对口帮扶 …
    pub kind: String,
    /// The sentence that says so, as it stands in the article.
    pub evidence: String,
}

/// More than two places that work together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alliance {
    /// Full official names.
    pub members: Vec<String>,
    /// What they do together, from the same list as [`Partnership::kind`].
    pub kind: String,
    /// The sentence that says so, as it stands in the article.
    pub evidence: String,
}
