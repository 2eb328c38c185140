//! Paths → the files to read, in order, each once.

use std::collections::HashSet;
use std::fs::Metadata;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use serde::{Deserialize, Serialize};
use walkdir::{DirEntry, WalkDir};

use crate::article::{Origin, Skip};

/// A file to read.
#[derive(Debug, Clone)]
pub struct Found {
    /// Where it lies; `-` is standard input.
    pub path: PathBuf,
    /// Whether a person named it, rather than a folder it lies in.
    pub named: bool,
    /// The path among those given through which it was found.
    pub argument: Arc<Path>,
    /// What the file system says of it.
    pub facts: FileFacts,
    /// Whether it can be read only once: standard input, a pipe.
    pub is_stream: bool,
}

impl Found {
    /// Whether this is standard input.
    pub fn is_stdin(&self) -> bool {
        self.path.as_os_str() == "-"
    }
}

/// What the file system says of a file without reading it. While all of it stays the same, so does
/// the file, unless it is written to more than once within a tick of the clock.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileFacts {
    /// Its size.
    pub bytes: u64,
    /// When it was written, in nanoseconds since 1970 (UTC).
    pub modified: i64,
    /// When anything of it was changed, its name or times among them, in nanoseconds since 1970
    /// (UTC); 0 where the system does not tell.
    pub changed: i64,
}

impl FileFacts {
    /// Looks at a file; links are followed.
    pub fn of(path: &Path) -> std::io::Result<Self> {
        std::fs::metadata(path).map(|metadata| Self::from(&metadata))
    }

    /// Whether the file was left alone for so long before a time (nanoseconds since 1970) that a
    /// later change shows in its facts, however coarse the clock of the file system.
    pub fn rested(&self, at: i64, for_nanoseconds: i64) -> bool {
        self.modified.max(self.changed).saturating_add(for_nanoseconds) < at
    }
}

impl From<&Metadata> for FileFacts {
    fn from(metadata: &Metadata) -> Self {
        let modified = metadata.modified().ok().map_or(0, nanoseconds);
        #[cfg(unix)]
        let changed = {
            use std::os::unix::fs::MetadataExt;
            metadata.ctime().saturating_mul(1_000_000_000).saturating_add(metadata.ctime_nsec())
        };
        #[cfg(not(unix))]
        let changed = 0;
        Self { bytes: metadata.len(), modified, changed }
    }
}

/// A time in nanoseconds since 1970 (UTC); times too far away are drawn near.
pub fn nanoseconds(time: SystemTime) -> i64 {
    match time.duration_since(SystemTime::UNIX_EPOCH) {
        Ok(since) => i64::try_from(since.as_nanos()).unwrap_or(i64::MAX),
        Err(before) => i64::try_from(before.duration().as_nanos()).map_or(i64::MIN, |n| -n),
    }
}

/// Goes through paths and folders.
pub(super) struct Walk {
    paths: std::vec::IntoIter<PathBuf>,
    folder: Option<walkdir::IntoIter>,
    /// The path that is being walked.
    argument: Arc<Path>,
    seen: HashSet<Identity>,
}

/// What makes a file or folder the same under another name.
#[derive(PartialEq, Eq, Hash)]
enum Identity {
    /// Device and inode.
    #[cfg(unix)]
    Node(u64, u64),
    /// The path with all links resolved, where the system has no inodes.
    #[cfg(not(unix))]
    Path(PathBuf),
    /// Standard input.
    Stdin,
}

impl Identity {
    #[cfg(unix)]
    fn of(_path: &Path, metadata: &Metadata) -> Self {
        use std::os::unix::fs::MetadataExt;
        Self::Node(metadata.dev(), metadata.ino())
    }

    #[cfg(not(unix))]
    fn of(path: &Path, _metadata: &Metadata) -> Self {
        Self::Path(path.canonicalize().unwrap_or_else(|_| path.to_owned()))
    }
}

impl Walk {
    pub(super) fn new(paths: &[PathBuf]) -> Self {
        Self {
            paths: Vec::from(paths).into_iter(),
            folder: None,
            argument: Path::new("").into(),
            seen: HashSet::new(),
        }
    }

    /// Looks at a path that a person named: a file is found, a folder is begun.
    fn begin(&mut self, path: PathBuf) -> Option<Result<Found, Skip>> {
        self.argument = path.as_path().into();
        let argument = Arc::clone(&self.argument);
        if path.as_os_str() == "-" {
            let new = self.seen.insert(Identity::Stdin);
            return new.then_some(Ok(Found {
                path,
                named: true,
                argument,
                facts: FileFacts::default(),
                is_stream: true,
            }));
        }
        let metadata = match std::fs::metadata(&path) {
            Ok(metadata) => metadata,
            Err(error) => return Some(Err(unreachable(&path, &error))),
        };
        if metadata.is_dir() {
            self.folder =
                Some(WalkDir::new(&path).follow_links(true).sort_by_file_name().into_iter());
            return None;
        }
        let new = self.seen.insert(Identity::of(&path, &metadata));
        let facts = FileFacts::from(&metadata);
        new.then_some(Ok(Found {
            path,
            named: true,
            argument,
            facts,
            is_stream: !metadata.is_file(),
        }))
    }

    /// Looks at an entry of the folder that is being walked.
    fn visit(&mut self, entry: Result<DirEntry, walkdir::Error>) -> Option<Result<Found, Skip>> {
        let entry = match entry {
            Ok(entry) => entry,
            // A link to a folder that holds it: all in there is read already.
            Err(error) if error.loop_ancestor().is_some() => return None,
            Err(error) => {
                let path = error.path().unwrap_or(Path::new("")).to_owned();
                let reason =
                    error.into_io_error().unwrap_or_else(|| std::io::ErrorKind::Other.into());
                return Some(Err(unreachable(&path, &reason)));
            }
        };
        let is_folder = entry.file_type().is_dir();
        let hidden = entry.depth() > 0 && entry.file_name().as_encoded_bytes().starts_with(b".");
        let metadata = match entry.metadata() {
            Ok(metadata) => metadata,
            Err(_) if hidden => return None,
            Err(error) => {
                let reason =
                    error.into_io_error().unwrap_or_else(|| std::io::ErrorKind::Other.into());
                return Some(Err(unreachable(entry.path(), &reason)));
            }
        };
        // An index within the crawl holds no pages, though it holds JSON.
        let holds = |name: &str| entry.path().join(name).is_file();
        let is_index = is_folder
            && entry.depth() > 0
            && (holds("writer.lock") || (holds("meta.json") && holds(".managed.json")));
        if hidden || is_index || !self.seen.insert(Identity::of(entry.path(), &metadata)) {
            if is_folder && let Some(folder) = &mut self.folder {
                folder.skip_current_dir();
            }
            return None;
        }
        let facts = FileFacts::from(&metadata);
        let argument = Arc::clone(&self.argument);
        metadata.is_file().then(|| {
            Ok(Found { path: entry.into_path(), named: false, argument, facts, is_stream: false })
        })
    }
}

impl Iterator for Walk {
    type Item = Result<Found, Skip>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let found = match self.folder.as_mut().map(Iterator::next) {
                Some(Some(entry)) => self.visit(entry),
                Some(None) => {
                    self.folder = None;
                    None
                }
                None => {
                    let path = self.paths.next()?;
                    self.begin(path)
                }
            };
            if found.is_some() {
                return found;
            }
        }
    }
}

/// Says why a path cannot be read.
pub(super) fn unreachable(path: &Path, error: &std::io::Error) -> Skip {
    let origin = Origin::file(path.to_string_lossy());
    match error.kind() {
        std::io::ErrorKind::NotFound if path.is_symlink() => {
            Skip::new(origin, "is a link to something that is not there").hint("remove the link")
        }
        std::io::ErrorKind::NotFound => Skip::new(origin, "is not there").hint("check the path"),
        std::io::ErrorKind::PermissionDenied => Skip::new(origin, "may not be read")
            .hint("give yourself the right to read it, or run as someone who has it"),
        _ => Skip::new(origin, format!("cannot be read: {error}")),
    }
}
