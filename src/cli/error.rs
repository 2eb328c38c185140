//! Whatever goes wrong → one sentence that says what happened, and one that says what to do.

use std::io;

use crate::index::IndexError;
use crate::measure::{JudgedError, RunError};
use crate::present::{PartnersError, list};
use crate::query::FilterError;
use crate::read::FieldsError;
use crate::search::SearchError;
use crate::understand::overrides::{FILE_NAME, OverridesError};
use crate::understand::partners::KINDS;

/// Why a command could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    /// The index.
    #[error(transparent)]
    Index(#[from] IndexError),
    /// The cluster.
    #[error("{what}")]
    Cluster {
        /// What happened.
        what: String,
        /// What to do about it.
        hint: Option<String>,
    },
    /// A filter.
    #[error(transparent)]
    Filter(#[from] FilterError),
    /// A file of field names.
    #[error(transparent)]
    Fields(#[from] FieldsError),
    /// Output could not be written.
    #[error("cannot write the output: {0}")]
    Output(#[from] io::Error),
    /// Something that only the index on this machine can do.
    #[error("{0} asks the index on this machine, not a cluster")]
    OnlyHere(&'static str),
    /// Neither words nor filters.
    #[error("there is nothing to search for")]
    NothingAsked,
    /// A file of corrections.
    #[error(transparent)]
    Overrides(#[from] OverridesError),
    /// A question about partners.
    #[error(transparent)]
    Partners(#[from] PartnersError),
    /// The server.
    #[cfg(feature = "serve")]
    #[error(transparent)]
    Serve(#[from] crate::serve::ServeError),
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
    /// A file cannot be read or written: its path, what the system says.
    #[error("`{0}`: {1}")]
    File(String, String),
    /// A file of judged queries cannot be used.
    #[error("`{path}`: {source}")]
    Judged {
        /// The file.
        path: String,
        /// What is wrong.
        source: JudgedError,
    },
    /// A run cannot be read.
    #[error("`{path}`: {source}")]
    Run {
        /// The file.
        path: String,
        /// What is wrong.
        source: RunError,
    },
    /// No search was saved under a name: what was typed, names that there are.
    #[error("no search is saved as `{0}`")]
    UnknownSaved(String, Vec<String>),
    /// A saved search cannot be read: its file, why.
    #[error("the saved search in `{0}` cannot be read: {1}")]
    Saved(String, String),
    /// No time to wait.
    #[error("`--settle {0}` is no number of seconds")]
    Settle(String),
    /// Pages were skipped, and that was not to happen.
    #[error("{0} skipped, and --strict forbids it")]
    Skipped(String),
}

impl From<SearchError> for CliError {
    fn from(error: SearchError) -> Self {
        match error {
            SearchError::Index(error) => Self::Index(error),
            SearchError::Cluster { what, hint } => Self::Cluster { what, hint },
        }
    }
}

#[cfg(feature = "cluster")]
impl From<crate::cluster::ClusterError> for CliError {
    fn from(error: crate::cluster::ClusterError) -> Self {
        SearchError::from(error).into()
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
            Self::Cluster { hint, .. } => hint.clone(),
            Self::Filter(error) => error.hint(),
            Self::Fields(error) => Some(error.hint()),
            Self::Output(_) => None,
            Self::OnlyHere(_) => Some(
                "leave out --cluster, or unset LIANCHENG_CLUSTER, where the index is".to_owned(),
            ),
            Self::Overrides(_) => Some(format!(
                "mend the file, or take it away; `{FILE_NAME}` is described in data/partnership/README.md"
            )),
            Self::Partners(PartnersError::Filter(error)) => error.hint(),
            Self::Partners(PartnersError::UnknownKind(_)) => {
                Some(format!("kinds are {}", KINDS.join(" ")))
            }
            Self::Partners(PartnersError::ManyPlaces(_)) => {
                Some("as in `liancheng partners 佛山` or `liancheng partners 佛山,茂名`".to_owned())
            }
            #[cfg(feature = "serve")]
            Self::Serve(error) => error.hint(),
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
            Self::File(..) => Some("check the path and who may read or write there".to_owned()),
            Self::Judged { .. } => {
                Some("`liancheng eval --help` says which formats are read".to_owned())
            }
            Self::Run { .. } => {
                Some("write one with `liancheng eval TOPICS --write FILE`".to_owned())
            }
            Self::UnknownSaved(_, names) if names.is_empty() => {
                Some("`liancheng search … --save NAME` saves one".to_owned())
            }
            Self::UnknownSaved(_, names) => {
                Some(format!("there are {}", list(&quoted(names), "and")))
            }
            Self::Saved(..) => Some("take the file away and save the search again".to_owned()),
            Self::Settle(_) => Some("write it as 2 or 0.5".to_owned()),
            Self::Skipped(_) => {
                Some("everything else was read; leave out --strict to accept that".to_owned())
            }
        }
    }

    /// Whether whoever read our output went away, as `head` does.
    pub fn is_broken_pipe(&self) -> bool {
        matches!(self, Self::Output(error) if error.kind() == io::ErrorKind::BrokenPipe)
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    fn told(error: impl Into<CliError>) -> String {
        let error = error.into();
        match error.hint() {
            Some(hint) => format!("error: {error}\nhint: {hint}"),
            None => format!("error: {error}"),
        }
    }

    fn io_error() -> io::Error {
        io::Error::from(io::ErrorKind::PermissionDenied)
    }

    #[test]
    fn what_is_wrong_with_an_index_is_a_sentence() {
        let path = || PathBuf::from("a.idx");
        for (error, text) in [
            (
                IndexError::Missing(path()),
                "error: there is no index in `a.idx`\nhint: run `liancheng index --index a.idx PATH…` to make one",
            ),
            (
                IndexError::Foreign(path()),
                "error: `a.idx` holds files that are not an index\nhint: give an empty or new folder with --index",
            ),
            (
                IndexError::OtherStamp {
                    path: path(),
                    built: "schema 1".into(),
                    wanted: "schema 2".into(),
                },
                "error: the index in `a.idx` was built with schema 1, this program has schema 2\nhint: run `liancheng rebuild --index a.idx`",
            ),
            (
                IndexError::Busy { path: path(), pid: Some(7) },
                "error: another process (7) is writing the index in `a.idx`\nhint: wait until it is done, or stop it",
            ),
            (
                IndexError::Busy { path: path(), pid: None },
                "error: another process is writing the index in `a.idx`\nhint: wait until it is done, or stop it",
            ),
            (
                IndexError::NoSources(path()),
                "error: the index in `a.idx` knows no files to rebuild from\nhint: name what to read: `liancheng rebuild --index a.idx PATH…`",
            ),
            (
                IndexError::SourceGone { path: path(), source_path: "crawl".into() },
                "error: `crawl`, from which the index in `a.idx` was built, is gone\nhint: name what to read: `liancheng rebuild --index a.idx PATH…`",
            ),
            (
                IndexError::Damaged { path: path(), what: "no imprint".into() },
                "error: the index in `a.idx` is damaged: no imprint\nhint: run `liancheng rebuild --index a.idx`; `liancheng check --index a.idx` says more",
            ),
            (
                IndexError::Io { action: "open", path: path(), source: io_error() },
                "error: cannot open `a.idx`: permission denied\nhint: give yourself the right to use it, or run as someone who has it",
            ),
        ] {
            assert_eq!(told(error), text);
        }
    }

    #[test]
    fn what_is_wrong_with_a_filter_is_a_sentence() {
        let unknown = |nearest: Option<&str>| FilterError::UnknownPlace {
            name: "佛三".into(),
            what: "city or county",
            nearest: nearest.map(str::to_owned),
        };
        let date = crate::article::DateError("2023-13".into());
        let backwards = FilterError::Backwards { since: "2024".into(), until: "2023".into() };
        for (error, text) in [
            (
                unknown(Some("佛山市")),
                "error: `佛三` is no city or county that the gazetteer knows\nhint: did you mean `佛山市`?",
            ),
            (
                unknown(None),
                "error: `佛三` is no city or county that the gazetteer knows\nhint: use an official or short name, such as 佛山市, 佛山 or 粤港澳大湾区",
            ),
            (
                FilterError::Date(date),
                "error: `2023-13` is not a date; write it as 2024, 2024-10 or 2024-10-09",
            ),
            (backwards, "error: `--since 2024` is later than `--until 2023`\nhint: swap them"),
        ] {
            assert_eq!(told(error), text);
        }
    }

    #[test]
    fn everything_else_is_a_sentence_too() {
        let id = |id: &str| id.to_owned();
        for (error, text) in [
            (CliError::Output(io_error()), "error: cannot write the output: permission denied"),
            (
                CliError::NothingAsked,
                "error: there is nothing to search for\nhint: type words, as in `liancheng search 人才飞地`, or a filter, as in `liancheng search --city 佛山`",
            ),
            (
                CliError::UnknownFacet("town".into()),
                "error: `town` is no facet\nhint: choose from province, city, county, region, partner, kind, year, month and outlet",
            ),
            (
                CliError::UnknownId { id: id("a1"), nearest: vec![id("a2"), id("a3")] },
                "error: no article has the id `a1`\nhint: did you mean `a2` or `a3`?",
            ),
            (
                CliError::UnknownId { id: id("a1"), nearest: vec![] },
                "error: no article has the id `a1`\nhint: `liancheng search` shows the id of each article at the end of its second line",
            ),
            (
                CliError::ManyIds { id: id("a"), ids: vec![id("a1"), id("a2")] },
                "error: several ids begin with `a`\nhint: type more of it: `a1` or `a2`",
            ),
            (
                CliError::NothingRead("`crawl`".into()),
                "error: nothing could be read from `crawl`\nhint: the lines above say what is wrong with each",
            ),
            (
                CliError::Skipped("2 pages were".into()),
                "error: 2 pages were skipped, and --strict forbids it\nhint: everything else was read; leave out --strict to accept that",
            ),
        ] {
            assert_eq!(told(error), text);
        }
    }
}
