//! What can be wrong with an index, as sentences.

use std::path::PathBuf;

/// Why an index could not be opened, written or rebuilt.
#[derive(Debug, thiserror::Error)]
pub enum IndexError {
    /// There is nothing at the path.
    #[error("there is no index in `{}`", .0.display())]
    Missing(PathBuf),
    /// The folder holds other things.
    #[error("`{}` holds files that are not an index", .0.display())]
    Foreign(PathBuf),
    /// It was built by another program, dictionary, gazetteer or schema.
    #[error("the index in `{}` was built with {built}, this program has {wanted}", path.display())]
    OtherStamp {
        /// The index.
        path: PathBuf,
        /// What differs, as the index has it.
        built: String,
        /// The same, as this program has it.
        wanted: String,
    },
    /// Another process is writing.
    #[error("another process{} is writing the index in `{}`", pid.map(|p| format!(" ({p})")).unwrap_or_default(), path.display())]
    Busy {
        /// The index.
        path: PathBuf,
        /// The writer's process number, if it could be read.
        pid: Option<u32>,
    },
    /// A rebuild has nothing to read.
    #[error("the index in `{}` knows no files to rebuild from", .0.display())]
    NoSources(PathBuf),
    /// A file or folder that the index was built from is gone.
    #[error("`{source_path}`, from which the index in `{}` was built, is gone", path.display())]
    SourceGone {
        /// The index.
        path: PathBuf,
        /// What is gone.
        source_path: String,
    },
    /// A rebuilt index did not pass its checks.
    #[error("the rebuilt index in `{}` did not pass: {what}", path.display())]
    Unproven {
        /// The index.
        path: PathBuf,
        /// What was found.
        what: String,
    },
    /// There is no generation to go back to.
    #[error("the index in `{}` has no generation to go back to", .0.display())]
    NoPrevious(PathBuf),
    /// Pruning would leave nothing.
    #[error("no file of the index in `{}` is there any more", .0.display())]
    NothingLeft(PathBuf),
    /// The stored form of an article cannot be read.
    #[error("the index in `{}` is damaged: {what}", path.display())]
    Damaged {
        /// The index.
        path: PathBuf,
        /// What was found.
        what: String,
    },
    /// The file system said no.
    #[error("cannot {action} `{}`: {source}", path.display())]
    Io {
        /// What was tried.
        action: &'static str,
        /// On which file.
        path: PathBuf,
        /// The system's answer.
        source: std::io::Error,
    },
    /// The engine said no.
    #[error("the index in `{}` cannot be used: {source}", path.display())]
    Engine {
        /// The index.
        path: PathBuf,
        /// The engine's answer.
        source: tantivy::TantivyError,
    },
}

impl IndexError {
    /// What a person can do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Missing(path) => {
                Some(format!("run `liancheng index --index {} PATH…` to make one", path.display()))
            }
            Self::Foreign(_) => Some("give an empty or new folder with --index".to_owned()),
            Self::OtherStamp { path, .. } => {
                Some(format!("run `liancheng rebuild --index {}`", path.display()))
            }
            Self::Damaged { path, .. } => Some(format!(
                "run `liancheng rebuild --index {0}`; `liancheng check --index {0}` says more",
                path.display()
            )),
            Self::Unproven { .. } => {
                Some("the old index stays as it was; please report it".to_owned())
            }
            Self::NoPrevious(_) => Some(
                "a rebuild keeps the generation before it until a search was answered and \
                 something is written"
                    .to_owned(),
            ),
            Self::NothingLeft(_) => {
                Some("nothing was pruned; look whether a disk is missing".to_owned())
            }
            Self::Busy { .. } => Some("wait until it is done, or stop it".to_owned()),
            Self::NoSources(path) | Self::SourceGone { path, .. } => Some(format!(
                "name what to read: `liancheng rebuild --index {} PATH…`",
                path.display()
            )),
            Self::Io { source, .. } if source.kind() == std::io::ErrorKind::StorageFull => Some(
                "make room on the disk and run the command again; what was in is kept".to_owned(),
            ),
            Self::Engine { path, .. } => {
                Some(format!("`liancheng check --index {}` says what is wrong", path.display()))
            }
            Self::Io { source, .. } if source.kind() == std::io::ErrorKind::PermissionDenied => {
                Some("give yourself the right to use it, or run as someone who has it".to_owned())
            }
            Self::Io { .. } => Some(
                "what was in is kept; see that the disk is sound, and run the command again"
                    .to_owned(),
            ),
        }
    }
}
