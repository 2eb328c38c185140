//! `liancheng show ID`.

use std::path::Path;

use super::args::{Report, ShowArgs};
use super::whence::Whence;
use super::{CliError, Console, Outcome};
use crate::article::Article;
use crate::present::{ArticlePage, Lights, Record, write_article, write_copies};
use crate::query::Plan;
use crate::search::{Found, Searcher};
use crate::understand::overrides::Overrides;

/// Ids that are named to somebody who typed one that there is not.
const NEAREST: usize = 3;

/// Prints one article.
pub(super) fn run(
    home: &Path,
    args: &ShowArgs,
    console: &mut Console<'_>,
) -> Result<Outcome, CliError> {
    let whence = Whence::open(home, &args.cluster)?;
    let searcher = whence.searcher();
    let Some(mut article) = find(searcher, &args.id, console)? else {
        return Ok(Outcome::Nothing);
    };
    Overrides::of_index(home)?.apply(&mut article);
    let copies = searcher.copies(&article.id)?;
    match args.format {
        Report::Json => {
            let record = Record::of(&article, true).with_copies(&copies);
            serde_json::to_writer_pretty(console.out(), &record)?;
            writeln!(console.out())?;
        }
        Report::Text => {
            let lights = lights(args.query.as_deref().unwrap_or_default());
            let page = ArticlePage { article: &article, lights: &lights, witness: true };
            write_article(page, console.layout(), console.out())?;
            write_copies(&copies, console.layout(), console.out())?;
        }
    }
    Ok(Outcome::Done)
}

/// Finds an article by its id or the beginning of it; says why if there is none.
pub(super) fn find(
    searcher: &dyn Searcher,
    id: &str,
    console: &mut Console<'_>,
) -> Result<Option<Article>, CliError> {
    let id = id.trim();
    match searcher.article(id)? {
        Found::Article(article) => return Ok(Some(*article)),
        Found::Nothing => {
            let nearest = nearest(searcher, id)?;
            console.fail(&CliError::UnknownId { id: id.to_owned(), nearest });
        }
        Found::Many(ids) => {
            console.fail(&CliError::ManyIds { id: id.to_owned(), ids });
        }
    }
    Ok(None)
}

/// What a query lights up.
fn lights(query: &str) -> Lights {
    Lights::of(&Plan::of(query))
}

/// Ids that begin like one that there is not.
fn nearest(searcher: &dyn Searcher, id: &str) -> Result<Vec<String>, CliError> {
    let mut begin = id;
    // At least half of it has to be right, or it is no likeness.
    while let Some((at, _)) = begin.char_indices().next_back()
        && at * 2 >= id.len()
        && at > 0
    {
        begin = &begin[..at];
        match searcher.article(begin)? {
            Found::Nothing => {}
            Found::Article(article) => return Ok(vec![article.id]),
            Found::Many(mut ids) => {
                ids.truncate(NEAREST);
                return Ok(ids);
            }
        }
    }
    Ok(Vec::new())
}
