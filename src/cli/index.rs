//! `liancheng index [PATH…]` and `liancheng rebuild [PATH…]`.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use super::ago::clock;
use super::args::{BuildArgs, IndexArgs, RebuildArgs, Report};
use super::progress::Progress;
use super::{CliError, Console, Outcome};
use crate::index::{self, BuildOptions, Difference, Home, IndexError, Stamp, Summary, Watcher};
use crate::present::{counted, duration, list, sanitize, thousands};
use crate::read::{self, FieldNames};
use crate::search::try_out;
use crate::understand::overrides::Overrides;

/// Bytes that a thread may fill before it writes to disk.
const MEMORY: usize = 150_000_000;

/// Adds what is new.
pub(super) fn index(
    home: &Path,
    args: &IndexArgs,
    console: &mut Console<'_>,
) -> Result<Outcome, CliError> {
    let bytes = read::total_bytes(&paths_or_known(home, &args.paths));
    build(home, &args.paths, bytes, &args.build, console, &mut index::index)
}

/// Builds anew, or goes back.
pub(super) fn rebuild(
    home: &Path,
    args: &RebuildArgs,
    console: &mut Console<'_>,
) -> Result<Outcome, CliError> {
    if args.rollback {
        return roll_back(home, args.build.format, console);
    }
    let bytes = read::total_bytes(&paths_or_known(home, &args.paths));
    let before = stale(home);
    for difference in &before {
        console.say(format_args!(
            "the index was built with {} {}, this program has {}: it decides {}",
            difference.part, difference.built, difference.wanted, difference.affects
        ));
    }
    build(home, &args.paths, bytes, &args.build, console, &mut |home, paths, options, watcher| {
        index::rebuild(home, paths, options, watcher, &mut try_out)
    })
}

/// In what the index differs from this program; nothing if there is none that can be asked.
fn stale(home: &Path) -> Vec<Difference> {
    let imprint = Home::at(home).imprint();
    imprint.map(|i| i.stamp.differences(&Stamp::current())).unwrap_or_default()
}

/// The paths, or those that the index knows.
fn paths_or_known(home: &Path, paths: &[PathBuf]) -> Vec<PathBuf> {
    if !paths.is_empty() {
        return paths.to_vec();
    }
    let imprint = Home::at(home).imprint();
    let known = imprint.map(|imprint| imprint.sources).unwrap_or_default();
    known.into_iter().filter(|path| path != "-").map(PathBuf::from).collect()
}

/// Lets readers have the generation before the current one again.
fn roll_back(home: &Path, format: Report, console: &mut Console<'_>) -> Result<Outcome, CliError> {
    let survey = index::rollback(&Home::at(home))?;
    match format {
        Report::Text => writeln!(
            console.out(),
            "back to {} of {} (China): {}; `liancheng rebuild --rollback` again undoes this",
            survey.generation,
            clock(survey.imprint.committed_at),
            counted(survey.articles, "article")
        )?,
        Report::Json => {
            let back = serde_json::json!({
                "generation": survey.generation,
                "committed_at": survey.imprint.committed_at,
                "articles": survey.articles,
            });
            serde_json::to_writer(console.out(), &back)?;
            writeln!(console.out())?;
        }
    }
    Ok(Outcome::Done)
}

type Builder<'a> = &'a mut dyn FnMut(
    &Home,
    &[PathBuf],
    &BuildOptions,
    &mut dyn Watcher,
) -> Result<Summary, IndexError>;

/// What a person wants of a build.
pub(super) fn options(home: &Path, args: &BuildArgs) -> Result<BuildOptions, CliError> {
    let overrides = Overrides::of_index(home)?;
    let mut options = BuildOptions { overrides, prune: args.prune, ..BuildOptions::default() };
    options.read.fields = field_names(args.fields.fields.as_deref())?;
    if let Some(threads) = args.threads {
        options.threads = usize::from(threads);
        options.memory = MEMORY * options.threads;
    }
    options.commit_every = Duration::from_secs(args.commit_every);
    Ok(options)
}

fn build(
    home: &Path,
    paths: &[PathBuf],
    bytes: u64,
    args: &BuildArgs,
    console: &mut Console<'_>,
    builder: Builder<'_>,
) -> Result<Outcome, CliError> {
    let options = options(home, args)?;
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
pub(super) fn sentence(summary: &Summary) -> String {
    let Summary { read, new, changed, unchanged, skipped, articles, took, .. } = summary;
    let mut sentence = format!(
        "read {} = {} new + {} changed + {} unchanged + {} skipped; {} in the index, {}",
        thousands(*read),
        thousands(*new),
        thousands(*changed),
        thousands(*unchanged),
        thousands(*skipped),
        counted(*articles, "article"),
        duration(*took)
    );
    let notes = [
        (summary.corrected, "corrected anew by overrides.toml"),
        (summary.understood_anew, "understood otherwise than before"),
        (summary.remembered, "taken from the older index, since no file holds them any more"),
        (summary.lost, "of the older index damaged and held by no file: lost"),
        (summary.pruned, "pruned"),
        (summary.vanished, "vanished from the crawl (--prune takes them out)"),
    ];
    for (count, what) in notes.into_iter().filter(|(count, _)| *count > 0) {
        let _ = write!(sentence, "\n{} {what}", counted(count, "article"));
    }
    sentence
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
    let done = summary.read + summary.remembered + summary.pruned + summary.corrected;
    Ok(if done == 0 { Outcome::Nothing } else { Outcome::Done })
}
