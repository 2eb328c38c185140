//! What could not be read: named, explained, counted.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};

use serde::{Deserialize, Serialize};

use super::Origin;

/// Something in a crawl that gave no article, told so that a person can act on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Skip {
    /// The file, and the line or record in it.
    pub origin: Origin,
    /// What is wrong, as a sentence without its subject: 「is not valid JSON: …」.
    pub reason: String,
    /// What to do about it, if there is something to do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

impl Skip {
    /// Names a thing that gave no article and says why.
    pub fn new(origin: Origin, reason: impl Into<String>) -> Self {
        Self { origin, reason: reason.into(), hint: None }
    }

    /// Does work on one page. Should the page make the program stumble, it is that page which is
    /// skipped, not the crawl.
    pub fn on_panic<T>(origin: &Origin, work: impl FnOnce() -> Result<T, Self>) -> Result<T, Self> {
        catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| {
            Err(Self::new(origin.clone(), "made the program stumble")
                .hint("please report it with the page; the other pages are not affected"))
        })
    }

    /// Adds what a person can do about it.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

impl fmt::Display for Skip {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.origin, self.reason)?;
        if let Some(hint) = &self.hint {
            write!(f, " ({hint})")?;
        }
        Ok(())
    }
}
