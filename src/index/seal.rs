//! The seal of a generation: which of its files were found whole, and what they looked like then.
//!
//! The engine writes a checksum into every file but never asks for it. Reading all of them for
//! every search would take as long as the search; so whoever has checked a file notes its size and
//! times, and only what has changed since is checked again. Damage that leaves even the times
//! alone, as a dying disk's, is found by `check`.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};
use tantivy::{Index, IndexMeta};

use super::guard::guarded;
use crate::read::{FileFacts, nanoseconds};

const FILE_NAME: &str = "seal.json";

/// Beyond this, no clock of a file system that holds an index is so coarse that a change does not
/// show.
const TICK: Duration = Duration::from_millis(50);

/// Files that were found whole.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Seal {
    /// When, in nanoseconds since 1970 (UTC).
    at: i64,
    files: BTreeMap<String, FileFacts>,
}

/// Makes sure that the engine's files are what was written: of those that have not changed since
/// they were sealed by their looks, of the others by their checksums. Says what is wrong.
pub(super) fn verify(folder: &Path, engine: &Index, metas: &IndexMeta) -> Result<(), String> {
    let old = read(folder);
    let now = nanoseconds(SystemTime::now());
    let tick = nanoseconds(SystemTime::UNIX_EPOCH + TICK);
    let mut seal = Seal { at: now, files: BTreeMap::new() };
    let mut changed = false;
    for path in metas.list_segment_files() {
        let name = path.to_string_lossy().into_owned();
        let sealed = old.files.get(&name);
        let facts = match FileFacts::of(&folder.join(&path)) {
            Ok(facts) => facts,
            // Not every segment has every kind of file.
            Err(error) if error.kind() == io::ErrorKind::NotFound && sealed.is_none() => continue,
            Err(error) => return Err(format!("`{name}` cannot be read ({error})")),
        };
        if sealed != Some(&facts) || !facts.rested(old.at, tick) {
            whole(folder, engine, &path)?;
            changed = true;
        }
        seal.files.insert(name, facts);
    }
    if changed || seal.files.len() != old.files.len() {
        // Who may only read has to check again the next time.
        let _ = write(folder, &seal);
    }
    Ok(())
}

/// Checks every file by its checksum, whatever the seal says. Returns how many there are.
pub(super) fn verify_all(folder: &Path, engine: &Index, metas: &IndexMeta) -> Result<u64, String> {
    let sealed = read(folder).files;
    let mut checked = 0;
    for path in metas.list_segment_files() {
        let name = path.to_string_lossy().into_owned();
        if !folder.join(&path).exists() && !sealed.contains_key(&name) {
            continue;
        }
        whole(folder, engine, &path)?;
        checked += 1;
    }
    Ok(checked)
}

/// Seals files that were just written, once the clock has moved on.
pub(super) fn seal(folder: &Path, metas: &IndexMeta) {
    let files: BTreeMap<String, FileFacts> = metas
        .list_segment_files()
        .into_iter()
        .filter_map(|path| {
            let facts = FileFacts::of(&folder.join(&path)).ok()?;
            Some((path.to_string_lossy().into_owned(), facts))
        })
        .collect();
    let tick = nanoseconds(SystemTime::UNIX_EPOCH + TICK);
    if files.values().any(|facts| !facts.rested(nanoseconds(SystemTime::now()), tick)) {
        std::thread::sleep(TICK + TICK / 4);
    }
    let _ = write(folder, &Seal { at: nanoseconds(SystemTime::now()), files });
}

fn whole(folder: &Path, engine: &Index, path: &Path) -> Result<(), String> {
    let name = path.display();
    match guarded(|| engine.directory().validate_checksum(path)) {
        Ok(Ok(true)) if has_our_footer(&folder.join(path)).unwrap_or(false) => Ok(()),
        Ok(Ok(_)) | Err(_) => Err(format!("`{name}` is not what was written")),
        Ok(Err(error)) => Err(format!("`{name}` cannot be read ({error})")),
    }
}

/// Whether the footer of a file names the engine that wrote it: the one part that its checksum does
/// not cover, and that the engine reads past. Behind it stand its length and a mark, four bytes each.
fn has_our_footer(path: &Path) -> io::Result<bool> {
    let mut file = fs::File::open(path)?;
    let end = file.metadata()?.len();
    file.seek(SeekFrom::Start(end.saturating_sub(8)))?;
    let mut length = [0; 4];
    file.read_exact(&mut length)?;
    let from = end.saturating_sub(8 + u64::from(u32::from_le_bytes(length)));
    file.seek(SeekFrom::Start(from))?;
    let begin = format!("{{\"version\":{},", serde_json::to_string(tantivy::version())?);
    let mut written = vec![0; begin.len()];
    file.read_exact(&mut written)?;
    Ok(written == begin.as_bytes())
}

fn read(folder: &Path) -> Seal {
    let text = fs::read(folder.join(FILE_NAME)).unwrap_or_default();
    serde_json::from_slice(&text).unwrap_or_default()
}

fn write(folder: &Path, seal: &Seal) -> io::Result<()> {
    let new = folder.join(format!("{FILE_NAME}.{}", std::process::id()));
    let write = || -> io::Result<()> {
        let mut file = fs::File::create(&new)?;
        file.write_all(&serde_json::to_vec(seal)?)?;
        fs::rename(&new, folder.join(FILE_NAME))
    };
    write().inspect_err(|_| {
        let _ = fs::remove_file(&new);
    })
}
