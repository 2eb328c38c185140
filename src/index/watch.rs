//! Folders that crawlers write to → the index, as files arrive.
//!
//! The folders are looked at again and again and held against the catalogue. That works on every
//! file system, network mounts among them, needs no limit of the system to be raised, and cannot
//! miss a file; a look at a thousand files takes milliseconds, and where looking takes long it is
//! done less often. A file is taken when it has rested: its size and times stayed as they were for
//! a while, so that what is being written is not read in half.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

use super::catalogue::{Catalogue, Entry};
use super::error::IndexError;
use super::home::Home;
use super::stamp::Imprint;
use super::writer::{BuildOptions, Readings, Summary, Watcher, hash_of_path, index_files, is_gone};
use crate::article::full_path;
use crate::read::{Crawl, FileFacts, Found, nanoseconds};

/// A look takes at most this share of the time.
const SHARE: u32 = 20;

/// The most files that are taken at once; then what is in is committed.
const MOST: usize = 20_000;

/// Watches folders for an index.
pub struct Watch {
    home: Home,
    paths: Vec<PathBuf>,
    settle: Duration,
    /// Files that are not in the index as they are: how they looked, and since when.
    pending: HashMap<PathBuf, (FileFacts, Instant)>,
    /// Files that could not be read as they are.
    failed: HashMap<PathBuf, FileFacts>,
    /// What the index knew when it was looked at last.
    known: Option<(Imprint, Catalogue)>,
    /// How long the last look took.
    look: Duration,
}

/// What a look came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Looked {
    /// Nothing was to be done; so many files are still being written.
    Nothing(usize),
    /// Files were taken into the index.
    Indexed(Summary),
    /// Another process writes the index; try again later.
    Busy,
}

impl Watch {
    /// Watches `paths`; a file is taken when it has stayed as it is for the time of `settle`.
    pub fn new(home: Home, paths: Vec<PathBuf>, settle: Duration) -> Self {
        Self {
            home,
            paths,
            settle,
            pending: HashMap::new(),
            failed: HashMap::new(),
            known: None,
            look: Duration::ZERO,
        }
    }

    /// How long to wait before the next look.
    pub fn pause(&self) -> Duration {
        (self.settle / 4)
            .clamp(Duration::from_millis(50), Duration::from_secs(2))
            .max(self.look * SHARE)
    }

    /// Looks once, and takes what has rested into the index. Folders that are not there are looked
    /// for again the next time.
    pub fn look(
        &mut self,
        options: &BuildOptions,
        watcher: &mut dyn Watcher,
    ) -> Result<Looked, IndexError> {
        let started = Instant::now();
        let corrected = self.refresh(options)?;
        let mut rested = Vec::new();
        let mut pending = HashMap::new();
        let mut met = HashSet::new();
        let now = nanoseconds(SystemTime::now());
        let settle = i64::try_from(self.settle.as_nanos()).unwrap_or(i64::MAX);
        for path in &self.paths {
            let mut read = options.read.clone();
            if let Some((imprint, _)) = &self.known
                && let Some(names) = imprint.fields.get(&*full_path(path).to_string_lossy())
                && read.fields.is_empty()
            {
                read.fields = names.clone().into();
            }
            let reading = Readings::of(&read).at(path);
            // What cannot be reached now is met later, or named when it is read.
            for found in Crawl::of(std::slice::from_ref(path), read).flatten() {
                let file = full_path(&found.path);
                let facts = found.facts;
                met.insert(hash_of_path(&file));
                let entry = self.known.as_ref().and_then(|(_, catalogue)| catalogue.get(&file));
                let is_known = entry.is_some_and(|entry| entry.is_as_read(&facts, reading));
                if found.is_stream || is_known || self.failed.get(&file) == Some(&facts) {
                    continue;
                }
                let since = match self.pending.get(&file) {
                    Some((before, since)) if *before == facts => *since,
                    _ => started,
                };
                if (started - since >= self.settle || facts.rested(now, settle))
                    && rested.len() < MOST
                {
                    rested.push(found);
                }
                pending.insert(file, (facts, since));
            }
        }
        self.pending = pending;
        let is_gone = |(file, entry): (&Path, &Entry)| {
            !entry.gone && !met.contains(&hash_of_path(file)) && is_gone(file)
        };
        let prunes = options.prune
            && self.known.as_ref().is_some_and(|(_, catalogue)| catalogue.iter().any(is_gone));
        self.look = started.elapsed();
        if rested.is_empty() && !corrected && !prunes {
            return Ok(Looked::Nothing(self.pending.len()));
        }
        self.take(rested, options, watcher)
    }

    fn take(
        &mut self,
        rested: Vec<Found>,
        options: &BuildOptions,
        watcher: &mut dyn Watcher,
    ) -> Result<Looked, IndexError> {
        let taken: Vec<(PathBuf, FileFacts)> =
            rested.iter().map(|found| (full_path(&found.path), found.facts)).collect();
        match index_files(&self.home, &self.paths, rested, options, watcher) {
            Ok(summary) => {
                for (file, _) in &taken {
                    self.pending.remove(file);
                }
                self.refresh(options)?;
                // A file that gave nothing to the catalogue could not be opened: it is tried again
                // when it looks otherwise.
                let known = self.known.as_ref().map(|(_, catalogue)| catalogue);
                let failed = taken.into_iter().filter(|(file, _)| {
                    known.is_some_and(|catalogue| catalogue.get(file).is_none())
                });
                self.failed.extend(failed);
                self.failed.retain(|file, _| file.exists());
                Ok(Looked::Indexed(summary))
            }
            Err(IndexError::Busy { .. }) => Ok(Looked::Busy),
            Err(error) => Err(error),
        }
    }

    /// Reads the catalogue if somebody committed; says whether corrections have changed.
    fn refresh(&mut self, options: &BuildOptions) -> Result<bool, IndexError> {
        for attempt in 0.. {
            let Some(current) = self.home.current()? else {
                self.known = None;
                return Ok(false);
            };
            let folder = self.home.path().join(&current);
            let read = self.home.open_engine(&folder).and_then(|(_, imprint)| {
                let same = self.known.as_ref().is_some_and(|(known, _)| *known == imprint);
                let catalogue =
                    if same { None } else { Some(self.home.catalogue(&folder, &imprint)?) };
                Ok((imprint, catalogue))
            });
            match read {
                Ok((imprint, catalogue)) => {
                    if let Some(catalogue) = catalogue {
                        self.known = Some((imprint, catalogue));
                    }
                    break;
                }
                // A writer that commits meanwhile takes away what we were about to read.
                Err(_) if attempt < 5 => std::thread::sleep(Duration::from_millis(50)),
                Err(error) => return Err(error),
            }
        }
        let before = self.known.as_ref().map(|(imprint, _)| &imprint.overrides);
        Ok(before.is_some_and(|before| *before != options.overrides.fingerprints()))
    }
}
