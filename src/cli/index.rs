//! `liancheng index PATH…` and `liancheng rebuild [PATH…]`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::args::{BuildArgs, IndexArgs, RebuildArgs, Report};
use super::progress::Progress;
use super::{CliError, Console, Outcome};
use crate::index::{self, BuildOptions, Home, IndexError, Summary, Watcher};
use crate::present::{counted, duration, list, sanitize, thousands};
use crate::read::{self, FieldNames};
use crate::understand::overrides::Overrides;

/// Bytes that a thread may fill before it writes to disk.
const MEMORY: usize = 150_000_000;

/// Adds what is new.
pub(super) fn index(
    home: &Path,
    args: &IndexArgs,
    console: &mut Console<'_>,
) -> Result<Outcome, CliError> {
    let bytes = read::total_bytes(&args.paths);
    build(home, &args.paths, bytes, &args.build, console, index::index)
}

/// Builds anew.
pub(super) fn rebuild(
    home: &Path,
    args: &RebuildArgs,
    console: &mut Console<'_>,
) -> Result<Outcome, CliError> {
    let known = || -> Vec<PathBuf> {
        let imprint = Home::at(home).imprint();
        imprint.map(|i| i.sources.iter().map(PathBuf::from).collect()).unwrap_or_default()
    };
    let bytes = if args.paths.is_empty() {
        read::total_bytes(&known())
    } else {
        read::total_bytes(&args.paths)
    };
    build(home, &args.paths, bytes, &args.build, console, index::rebuild)
}

type Builder =
    fn(&Home, &[PathBuf], &BuildOptions, &mut dyn Watcher) -> Result<Summary, IndexError>;

fn build(
    home: &Path,
    paths: &[PathBuf],
    bytes: u64,
    args: &BuildArgs,
    console: &mut Console<'_>,
    builder: Builder,
) -> Result<Outcome, CliError> {
    let overrides = Overrides::of_index(home)?;
    let mut options = BuildOptions { overrides, ..BuildOptions::default() };
    options.read.fields = field_names(args.fields.fields.as_deref())?;
    if let Some(threads) = args.threads {
        options.threads = usize::from(threads);
        options.memory = MEMORY * options.threads;
    }
    let mut progress = Progress::new(console, bytes, args.verbose);
    let summary = builder(&Home::at(home), paths, &options, &mut progress);
    progress.finish();
    let summary = summary?;
    if !summary.passed_over.is_empty() {
        console.say(passed_over(&summary.passed_over));
    }
    match args.format {
        Report::Text => writeln!(console.out(), "{}", sentence(&summary))?,
        Report::Json => {
            serde_json::to_writer(console.out(), &summary)?;
            writeln!(console.out())?;
        }
    }
    console.finish()?;
    outcome(&summary, args.strict, paths)
}

/// The names of fields that a person gives.
pub(super) fn field_names(file: Option<&Path>) -> Result<Arc<FieldNames>, CliError> {
    Ok(file.map(FieldNames::read).transpose()?.unwrap_or_default().into())
}

/// Says what was passed over because it holds no page.
fn passed_over(kinds: &BTreeMap<String, u64>) -> String {
    let named = |(kind, count): (&String, &u64)| {
        format!("{} ({})", sanitize::terminal(kind), thousands(*count))
    };
    let kinds_named: Vec<String> = kinds.iter().map(named).collect();
    let sum = kinds.values().sum();
    let what = if sum == 1 { "file or record that holds" } else { "files and records that hold" };
    format!("passed over {} {what} no page: {}", thousands(sum), list(&kinds_named, "and"))
}

/// The summary; its numbers add up.
fn sentence(summary: &Summary) -> String {
    let Summary { read, new, changed, unchanged, skipped, articles, took, .. } = summary;
    format!(
        "read {} = {} new + {} changed + {} unchanged + {} skipped; {} in the index, {}",
        thousands(*read),
        thousands(*new),
        thousands(*changed),
        thousands(*unchanged),
        thousands(*skipped),
        counted(*articles, "article"),
        duration(*took)
    )
}

fn outcome(summary: &Summary, strict: bool, paths: &[PathBuf]) -> Result<Outcome, CliError> {
    if summary.skipped > 0 && summary.skipped == summary.read {
        let names: Vec<String> =
            paths.iter().take(3).map(|path| format!("`{}`", path.display())).collect();
        let names = if names.is_empty() { "the sources".to_owned() } else { list(&names, "and") };
        return Err(CliError::NothingRead(names));
    }
    if summary.skipped > 0 && strict {
        let were = if summary.skipped == 1 { "was" } else { "were" };
        return Err(CliError::Skipped(format!("{} {were}", counted(summary.skipped, "page"))));
    }
    Ok(if summary.read == 0 { Outcome::Nothing } else { Outcome::Done })
}
