//! `liancheng read PATH…`.

use rayon::prelude::*;

use super::args::{ReadArgs, Records};
use super::{CliError, Console, Outcome};
use crate::article::{Article, RawPage, Skip};
use crate::present::{ArticlePage, Lights, Record, counted, write_article};
use crate::read::{self, ReadOptions};
use crate::{clean, understand};

/// Pages that are worked on together.
const BATCH: usize = 256;

/// Prints what becomes of crawl files, in their order.
pub(super) fn run(args: &ReadArgs, console: &mut Console<'_>) -> Result<Outcome, CliError> {
    let mut pages = read::pages(&args.paths, ReadOptions::default());
    let (mut articles, mut skipped) = (0u64, 0u64);
    if args.format == Records::Json {
        write!(console.out(), "[")?;
    }
    loop {
        let batch = pages.batch(BATCH);
        if batch.is_empty() {
            break;
        }
        let made: Vec<Result<Article, Skip>> = batch.into_par_iter().map(understood).collect();
        for article in made {
            match article {
                Ok(article) => {
                    write_one(&article, args, articles == 0, console)?;
                    articles += 1;
                }
                Err(skip) => {
                    skipped += 1;
                    console.say(format_args!(
                        "skipped: {}",
                        crate::present::sanitize::terminal(&skip.to_string())
                    ));
                }
            }
        }
    }
    if args.format == Records::Json {
        writeln!(console.out(), "{}]", if articles > 0 { "\n" } else { "" })?;
    }
    console.finish()?;
    if skipped > 0 && args.strict {
        let what = counted(skipped, "page");
        let were = if skipped == 1 { "was" } else { "were" };
        return Err(CliError::Skipped(format!("{what} {were}")));
    }
    if articles == 0 && skipped > 0 {
        return Ok(Outcome::Failed);
    }
    Ok(if articles > 0 { Outcome::Done } else { Outcome::Nothing })
}

/// Takes one page through the house.
fn understood(page: Result<RawPage, Skip>) -> Result<Article, Skip> {
    let page = page?;
    let origin = page.origin.clone();
    Skip::on_panic(&origin, || Ok(understand::understand(clean::clean(page)?)))
}

fn write_one(
    article: &Article,
    args: &ReadArgs,
    first: bool,
    console: &mut Console<'_>,
) -> Result<(), CliError> {
    let layout = console.layout();
    let out = console.out();
    match args.format {
        Records::Text => {
            if !first {
                writeln!(out, "\n{}\n", "─".repeat(layout.columns.unwrap_or(60).min(60)))?;
            }
            let page = ArticlePage { article, lights: &Lights::default(), witness: args.witness };
            write_article(page, layout, out)?;
        }
        Records::Jsonl => {
            serde_json::to_writer(&mut *out, &Record::of(article, args.witness))?;
            writeln!(out)?;
        }
        Records::Json => {
            write!(out, "{}", if first { "\n" } else { ",\n" })?;
            serde_json::to_writer(&mut *out, &Record::of(article, args.witness))?;
        }
    }
    Ok(())
}
