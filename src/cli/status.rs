//! `liancheng status`.

use std::path::Path;
use std::time::SystemTime;

use serde::Serialize;
use walkdir::WalkDir;

use super::ago::{ago, clock};
use super::args::{Report, StatusArgs};
use super::{CliError, Console, Outcome};
use crate::article::NewsDate;
use crate::index::{Home, IndexError, Stamp, Survey};
use crate::present::{counted, sanitize, size, thousands};
use crate::query::{Filters, Plan, Sort};
use crate::search::{LocalSearcher, Searcher};

/// What an index holds and what is stale.
#[derive(Debug, Serialize)]
struct Status {
    index: String,
    articles: u64,
    /// Reprints among them; unknown if the index cannot be opened.
    reprints: Option<Reprints>,
    generation: String,
    segments: usize,
    bytes: u64,
    committed_at: u64,
    stamp: Stamp,
    /// First and last day of the articles that have one; unknown if the index cannot be opened.
    dates: Option<Dates>,
    sources: Vec<Source>,
    stale: Vec<Stale>,
}

/// Articles that stand behind others of the same text.
#[derive(Debug, Serialize)]
struct Reprints {
    groups: u64,
    copies: u64,
}

#[derive(Debug, Serialize)]
struct Dates {
    first: Option<NewsDate>,
    last: Option<NewsDate>,
    undated: u64,
}

#[derive(Debug, Serialize)]
struct Source {
    path: String,
    exists: bool,
    /// Files that changed after the index was committed.
    newer_files: u64,
}

/// Something that the index does not know of, and what to run.
#[derive(Debug, Serialize)]
struct Stale {
    what: String,
    run: String,
}

/// Looks at the index and says what it is like.
pub(super) fn run(
    home: &Path,
    args: &StatusArgs,
    console: &mut Console<'_>,
) -> Result<Outcome, CliError> {
    let status = look(&Home::at(home))?;
    match args.format {
        Report::Json => {
            serde_json::to_writer_pretty(console.out(), &status)?;
            writeln!(console.out())?;
        }
        Report::Text => write(&status, console)?,
    }
    Ok(Outcome::Done)
}

fn look(home: &Home) -> Result<Status, CliError> {
    let Survey { generation, imprint, articles, segments, bytes } = home.survey()?;
    let name = home.path().display();
    let sources: Vec<Source> =
        imprint.sources.iter().map(|path| source(path, imprint.committed_at)).collect();
    let (dates, reprints) = match home.open() {
        Ok(index) => {
            let known = index.copies()?;
            let reprints = Reprints { groups: known.groups(), copies: known.copies() };
            (Some(dates(&LocalSearcher::new(index))?), Some(reprints))
        }
        Err(IndexError::OtherStamp { .. }) => (None, None),
        Err(error) => return Err(error.into()),
    };
    let mut stale = Vec::new();
    if let Some((built, wanted)) = imprint.stamp.difference(&Stamp::current()) {
        let what = format!("it was built with {built}, this program has {wanted}");
        stale.push(Stale { what, run: format!("liancheng rebuild --index {name}") });
    }
    for gone in sources.iter().filter(|source| !source.exists) {
        stale.push(Stale {
            what: format!("`{}` is gone", gone.path),
            run: format!("liancheng rebuild --index {name} PATH…"),
        });
    }
    let newer: u64 = sources.iter().map(|source| source.newer_files).sum();
    if newer > 0 {
        let (files, are) = (counted(newer, "file"), if newer == 1 { "is" } else { "are" });
        let paths: Vec<String> = sources
            .iter()
            .filter(|source| source.newer_files > 0)
            .map(|source| quoted(&source.path))
            .collect();
        stale.push(Stale {
            what: format!("{files} {are} newer than the index"),
            run: format!("liancheng index --index {name} {}", paths.join(" ")),
        });
    }
    Ok(Status {
        index: name.to_string(),
        articles,
        reprints,
        generation,
        segments,
        bytes,
        committed_at: imprint.committed_at,
        stamp: imprint.stamp,
        dates,
        sources,
        stale,
    })
}

/// A path as a shell takes it.
fn quoted(path: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "/._-+:,@%".contains(c);
    if path.chars().all(plain) {
        path.to_owned()
    } else {
        format!("'{}'", path.replace('\'', r"'\''"))
    }
}

/// Whether a source is there, and how many of its files changed after a time.
fn source(path: &str, committed_at: u64) -> Source {
    // The index knows its own time to the second only.
    let changed = |entry: &walkdir::DirEntry| {
        let written = entry.metadata().ok().and_then(|facts| facts.modified().ok());
        let since = written.and_then(|written| written.duration_since(SystemTime::UNIX_EPOCH).ok());
        entry.file_type().is_file() && since.is_some_and(|since| since.as_secs() > committed_at)
    };
    let newer = WalkDir::new(path).follow_links(true).into_iter().flatten().filter(changed).count();
    Source { path: path.to_owned(), exists: Path::new(path).exists(), newer_files: newer as u64 }
}

/// The first and the last day, and how many articles have none.
fn dates(searcher: &dyn Searcher) -> Result<Dates, CliError> {
    let all = Plan {
        filters: Filters { since: Some(0), ..Filters::default() },
        sort: Sort::Oldest,
        size: 1,
        all: true,
        ..Plan::of("")
    };
    let oldest = searcher.search(&all)?;
    let newest = searcher.search(&Plan { sort: Sort::Newest, ..all })?;
    let date = |response: &crate::search::Response| {
        response.hits.first().and_then(|hit| hit.article.date.as_ref()).map(|dated| dated.date)
    };
    Ok(Dates { first: date(&oldest), last: date(&newest), undated: newest.undated })
}

fn write(status: &Status, console: &mut Console<'_>) -> Result<(), CliError> {
    let palette = console.layout().palette;
    let out = console.out();
    let mut line = |name: &str, value: String| {
        writeln!(out, "{} {}", palette.heading(format!("{name:<11}")), sanitize::terminal(&value))
    };
    line("index", status.index.clone())?;
    line("articles", thousands(status.articles))?;
    if let Some(Reprints { groups, copies }) = &status.reprints {
        let (copies, texts) = (counted(*copies, "copy"), counted(*groups, "text"));
        line("reprints", format!("{copies} of {texts}"))?;
    }
    if let Some(dates) = &status.dates {
        let span = match (dates.first, dates.last) {
            (Some(first), Some(last)) => format!("{first} to {last}, "),
            _ => String::new(),
        };
        line("dates", format!("{span}{} undated", thousands(dates.undated)))?;
    }
    let now = SystemTime::now();
    line(
        "built",
        format!("{} (China), {}", clock(status.committed_at), ago(status.committed_at, now)),
    )?;
    let (segments, bytes) = (counted(status.segments as u64, "segment"), size(status.bytes));
    line("size", format!("{bytes}, {segments}, {}", status.generation))?;
    let Stamp { schema, dictionary, gazetteer, partnership, folding, program } = &status.stamp;
    let short = |print: &str| print.chars().take(12).collect::<String>();
    line(
        "stamp",
        format!(
            "schema {schema}, dictionary {}, gazetteer {}, partnership {}, folding {}, program {program}",
            short(dictionary),
            short(gazetteer),
            short(partnership),
            short(folding)
        ),
    )?;
    for source in &status.sources {
        let state = match (source.exists, source.newer_files) {
            (false, _) => " (gone)".to_owned(),
            (true, 0) => String::new(),
            (true, newer) => format!(" ({} newer)", counted(newer, "file")),
        };
        line("source", format!("{}{state}", source.path))?;
    }
    for stale in &status.stale {
        line("stale", format!("{}; run `{}`", stale.what, stale.run))?;
    }
    if status.stale.is_empty() {
        line("stale", "nothing".to_owned())?;
    }
    Ok(())
}
