//! Whatever goes wrong → one sentence that says what happened, and one that says what to do.

use std::io;

use crate::index::IndexError;
use crate::present::list;
use crate::query::FilterError;
use crate::search::SearchError;

/// Why a command could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    /// The index.
    #[error(transparent)]
    Index(#[from] IndexError),
    /// A filter.
    #[error(transparent)]
    Filter(#[from] FilterError),
    /// Output could not be written.
    #[error("cannot write the output: {0}")]
    Output(#[from] io::Error),
    /// Neither words nor filters.
    #[error("there is nothing to search for")]
    NothingAsked,
    /// A facet that there is not.
    #[error("`{0}` is no facet")]
    UnknownFacet(String),
    /// No article has the id.
    #[error("no article has the id `{id}`")]
    UnknownId {
        /// What was typed.
        id: String,
        /// Ids that begin alike.
        nearest: Vec<String>,
    },
    /// Several articles have an id that begins so.
    #[error("several ids begin with `{id}`")]
    ManyIds {
        /// What was typed.
        id: String,
        /// Ids that begin so, some of them.
        ids: Vec<String>,
    },
    /// Crawl files gave no article at all.
    #[error("nothing could be read from {0}")]
    NothingRead(String),
    /// Pages were skipped, and that was not to happen.
    #[error("{0} skipped, and --strict forbids it")]
    Skipped(String),
}

impl From<SearchError> for CliError {
    fn from(error: SearchError) -> Self {
        match error {
            SearchError::Index(error) => Self::Index(error),
        }
    }
}

impl From<serde_json::Error> for CliError {
    fn from(error: serde_json::Error) -> Self {
        Self::Output(error.into())
    }
}

impl CliError {
    /// What a person can do about it.
    pub fn hint(&self) -> Option<String> {
        let quoted = |ids: &[String]| -> Vec<String> {
            ids.iter().map(|id| format!("`{}`", crate::present::sanitize::terminal(id))).collect()
        };
        match self {
            Self::Index(error) => error.hint(),
            Self::Filter(error) => error.hint(),
            Self::Output(_) => None,
            Self::NothingAsked => Some(
                "type words, as in `liancheng search 人才飞地`, or a filter, as in \
                 `liancheng search --city 佛山`"
                    .to_owned(),
            ),
            Self::UnknownFacet(_) => {
                Some(format!("choose from {}", list(crate::present::format::FACET_NAMES, "and")))
            }
            Self::UnknownId { nearest, .. } if nearest.is_empty() => Some(
                "`liancheng search` shows the id of each article at the end of its second line"
                    .to_owned(),
            ),
            Self::UnknownId { nearest, .. } => {
                Some(format!("did you mean {}?", list(&quoted(nearest), "or")))
            }
            Self::ManyIds { ids, .. } => {
                Some(format!("type more of it: {}", list(&quoted(ids), "or")))
            }
            Self::NothingRead(_) => Some("the lines above say what is wrong with each".to_owned()),
            Self::Skipped(_) => Some(
                "everything else is in the index; leave out --strict to accept that".to_owned(),
            ),
        }
    }

    /// Whether whoever read our output went away, as `head` does.
    pub fn is_broken_pipe(&self) -> bool {
        matches!(self, Self::Output(error) if error.kind() == io::ErrorKind::BrokenPipe)
    }
}
