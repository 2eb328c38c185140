//! `liancheng read PATH…`.

use rayon::prelude::*;
use serde::Serialize;

use super::args::{ReadArgs, Records};
use super::index::field_names;
use super::{CliError, Console, Outcome};
use crate::article::{Article, RawPage, Skip};
use crate::present::{
    ArticlePage, CrawlReport, Lights, LineFate, PageRead, Record, counted, diff, sanitize,
    write_article, write_diff,
};
use crate::read::{self, ReadOptions};
use crate::{clean, understand};

/// Pages that are worked on together.
const BATCH: usize = 256;

/// What became of a page.
struct Made {
    page: PageRead,
    article: Result<Article, Skip>,
    /// The lines of the page, if they are to be compared.
    lines: Vec<String>,
}

/// Prints what becomes of crawl files, in their order.
pub(super) fn run(args: &ReadArgs, console: &mut Console<'_>) -> Result<Outcome, CliError> {
    let fields = field_names(args.fields.fields.as_deref())?;
    let mut pages = read::pages(&args.paths, ReadOptions { fields, ..ReadOptions::default() });
    let mut report = CrawlReport::default();
    let list = args.format == Records::Json && !args.report;
    if list {
        write!(console.out(), "[")?;
    }
    loop {
        let batch = pages.batch(BATCH);
        if batch.is_empty() {
            break;
        }
        let made: Vec<Result<Made, Skip>> =
            batch.into_par_iter().map(|page| Ok(make(page?, args.diff))).collect();
        for made in made {
            let first = report.articles == 0;
            let skip = match made {
                Ok(Made { page, article, lines }) => {
                    report.read(&page, &article);
                    match article {
                        Ok(article) => {
                            if !args.report {
                                write_one(&article, &lines, args, first, console)?;
                            }
                            continue;
                        }
                        Err(skip) => skip,
                    }
                }
                Err(skip) => {
                    report.skipped(&skip);
                    skip
                }
            };
            // A report counts what was skipped and names some of it.
            if !args.report {
                console.say(format_args!("skipped: {}", sanitize::terminal(&skip.to_string())));
            }
        }
    }
    if list {
        writeln!(console.out(), "{}]", if report.articles > 0 { "\n" } else { "" })?;
    }
    report.passed_over = pages.passed_over();
    if args.report {
        write_report(&report, args, console)?;
    }
    console.finish()?;
    if report.skipped > 0 && args.strict {
        let what = counted(report.skipped, "page");
        let were = if report.skipped == 1 { "was" } else { "were" };
        return Err(CliError::Skipped(format!("{what} {were}")));
    }
    if report.articles == 0 && report.skipped > 0 {
        return Ok(Outcome::Failed);
    }
    Ok(if report.articles > 0 { Outcome::Done } else { Outcome::Nothing })
}

/// Takes one page through the house.
fn make(page: RawPage, with_lines: bool) -> Made {
    let (origin, format) = (page.origin.clone(), page.format);
    let read =
        PageRead { origin: origin.clone(), format, encoding: page.encoding, damaged: page.damaged };
    let shown = || Ok(clean::shown_lines(&page.content));
    let lines =
        if with_lines { Skip::on_panic(&origin, shown).unwrap_or_default() } else { Vec::new() };
    let article = Skip::on_panic(&origin, || Ok(understand::understand(clean::clean(page)?)));
    Made { page: read, article, lines }
}

/// What `--diff` prints for other programs.
#[derive(Serialize)]
struct Diff<'a> {
    path: String,
    lines: &'a [LineFate],
}

fn write_one(
    article: &Article,
    lines: &[String],
    args: &ReadArgs,
    first: bool,
    console: &mut Console<'_>,
) -> Result<(), CliError> {
    let layout = console.layout();
    let out = console.out();
    let fates = if args.diff { diff(lines, article) } else { Vec::new() };
    let path = article.origin.to_string();
    if args.format == Records::Text {
        if !first {
            writeln!(out, "\n{}\n", "─".repeat(layout.columns.unwrap_or(60).min(60)))?;
        }
        if args.diff {
            write_diff(&path, &fates, layout, out)?;
        } else {
            let page = ArticlePage { article, lights: &Lights::default(), witness: args.witness };
            write_article(page, layout, out)?;
        }
        return Ok(());
    }
    if args.format == Records::Json {
        write!(out, "{}", if first { "\n" } else { ",\n" })?;
    }
    if args.diff {
        serde_json::to_writer(&mut *out, &Diff { path, lines: &fates })?;
    } else {
        serde_json::to_writer(&mut *out, &Record::of(article, args.witness))?;
    }
    if args.format == Records::Jsonl {
        writeln!(out)?;
    }
    Ok(())
}

fn write_report(
    report: &CrawlReport,
    args: &ReadArgs,
    console: &mut Console<'_>,
) -> Result<(), CliError> {
    let layout = console.layout();
    let out = console.out();
    if args.format == Records::Text {
        report.write_text(layout, out)?;
    } else {
        serde_json::to_writer(&mut *out, report)?;
        writeln!(out)?;
    }
    Ok(())
}
