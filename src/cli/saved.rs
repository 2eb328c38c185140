//! Searches that were saved under a name, in the folder of the index: what was asked, and which
//! articles were told already.
//!
//! The articles are remembered one by one, by the hash of their id. So each is told once, whatever
//! is rebuilt, pruned and crawled again meanwhile.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::CliError;
use crate::index::Locked;
use crate::query::{FilterError, FilterRequest, Plan};

const FOLDER: &str = "searches";
const ENDING: &str = "json";

/// A search with a name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Saved {
    pub(super) name: String,
    pub(super) query: String,
    pub(super) filters: FilterRequest,
    #[serde(default)]
    pub(super) literal: bool,
    /// When it was asked last, in seconds since 1970 (UTC).
    pub(super) asked_at: u64,
    /// Hashes of the ids of articles that were told.
    pub(super) told: BTreeSet<u64>,
}

impl Saved {
    /// The plan of the search.
    pub(super) fn plan(&self) -> Result<Plan, FilterError> {
        let filters = self.filters.resolve()?;
        let typed = if self.literal { Plan::literally(&self.query) } else { Plan::of(&self.query) };
        Ok(Plan { filters, ..typed })
    }

    /// What was typed, for people.
    pub(super) fn typed(&self) -> String {
        let FilterRequest { regions, cities, partners, since, until, outlets, kinds } =
            &self.filters;
        let mut typed = vec![self.query.clone()];
        for (name, values) in
            [("region", regions), ("city", cities), ("outlet", outlets), ("kind", kinds)]
        {
            typed.extend(values.iter().map(|value| format!("--{name} {value}")));
        }
        if !partners.is_empty() {
            typed.push(format!("--partners {}", partners.join(",")));
        }
        for (name, value) in [("since", since), ("until", until)] {
            typed.extend(value.iter().map(|value| format!("--{name} {value}")));
        }
        if self.literal {
            typed.push("--literal".to_owned());
        }
        typed.retain(|part| !part.is_empty());
        typed.join(" ")
    }
}

/// Hash of an id, as it is remembered.
pub(super) fn hash_of(id: &str) -> u64 {
    u64::from_le_bytes(blake3::hash(id.as_bytes()).as_bytes()[..8].try_into().unwrap_or_default())
}

/// The saved searches of an index.
pub(super) struct Shelf {
    folder: PathBuf,
}

impl Shelf {
    /// Those of the index in `home`.
    pub(super) fn of(home: &Path) -> Self {
        Self { folder: home.join(FOLDER) }
    }

    /// Keeps others from asking or saving meanwhile.
    pub(super) fn lock(&self) -> Result<Locked, CliError> {
        let path = self.folder.join("lock");
        let lock = || -> io::Result<Locked> {
            fs::create_dir_all(&self.folder)?;
            let file = File::options().write(true).create(true).truncate(false).open(&path)?;
            Locked::alone(file)
        };
        lock().map_err(|error| failed(&path, &error))
    }

    /// The search of a name; none if there is none.
    pub(super) fn get(&self, name: &str) -> Result<Option<Saved>, CliError> {
        let path = self.path(name);
        match fs::read(&path) {
            Ok(bytes) => parse(&path, &bytes).map(Some),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(failed(&path, &error)),
        }
    }

    /// All searches, by name.
    pub(super) fn all(&self) -> Result<Vec<Saved>, CliError> {
        let entries = match fs::read_dir(&self.folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(failed(&self.folder, &error)),
        };
        let mut all = Vec::new();
        for path in entries.flatten().map(|entry| entry.path()) {
            if path.extension().is_some_and(|ending| ending == ENDING) {
                let bytes = fs::read(&path).map_err(|error| failed(&path, &error))?;
                all.push(parse(&path, &bytes)?);
            }
        }
        all.sort_by(|a: &Saved, b| a.name.cmp(&b.name));
        Ok(all)
    }

    /// Writes a search, in one step.
    pub(super) fn put(&self, saved: &Saved) -> Result<(), CliError> {
        let path = self.path(&saved.name);
        let new = path.with_extension("new");
        let write = || -> io::Result<()> {
            let mut file = File::create(&new)?;
            file.write_all(&serde_json::to_vec(saved)?)?;
            file.sync_all()?;
            fs::rename(&new, &path)?;
            File::open(&self.folder)?.sync_all()
        };
        write().map_err(|error| failed(&path, &error))
    }

    /// Forgets a search; false if there was none.
    pub(super) fn forget(&self, name: &str) -> Result<bool, CliError> {
        let path = self.path(name);
        match fs::remove_file(&path) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(failed(&path, &error)),
        }
    }

    /// Any text can be a name; the file's follows from it.
    fn path(&self, name: &str) -> PathBuf {
        let hash = blake3::hash(name.as_bytes()).to_hex();
        self.folder.join(format!("{}.{ENDING}", &hash[..16]))
    }
}

fn parse(path: &Path, bytes: &[u8]) -> Result<Saved, CliError> {
    serde_json::from_slice(bytes)
        .map_err(|error| CliError::Saved(path.display().to_string(), error.to_string()))
}

fn failed(path: &Path, error: &io::Error) -> CliError {
    CliError::File(path.display().to_string(), error.to_string())
}
