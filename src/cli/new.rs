//! `liancheng new [NAME]`, and `liancheng search … --save NAME`.

use std::cmp::Reverse;
use std::path::Path;
use std::time::SystemTime;

use super::ago::ago;
use super::args::NewArgs;
use super::saved::{Saved, Shelf, hash_of};
use super::{CliError, Console, Outcome};
use crate::index::Home;
use crate::present::{Answer, counted, sanitize};
use crate::query::Plan;
use crate::search::{Found, Hit, LocalSearcher, Response, Searcher};

/// Prints what has come since a saved search was asked last.
pub(super) fn run(
    home: &Path,
    args: &NewArgs,
    console: &mut Console<'_>,
) -> Result<Outcome, CliError> {
    let shelf = Shelf::of(home);
    let Some(name) = &args.name else { return list(home, &shelf, console) };
    if args.forget {
        let _lock = shelf.lock()?;
        return if shelf.forget(name)? { Ok(Outcome::Done) } else { Err(unknown(&shelf, name)?) };
    }
    if shelf.get(name)?.is_none() {
        return Err(unknown(&shelf, name)?);
    }
    // Nobody else asks until what we print is noted as told.
    let lock = if args.peek { None } else { Some(shelf.lock()?) };
    let Some(mut saved) = shelf.get(name)? else { return Err(unknown(&shelf, name)?) };
    let searcher = LocalSearcher::new(Home::at(home).open()?);
    let plan = saved.plan()?;
    let hits = untold(&searcher, &saved, &plan, args.oldest)?;
    let ids: Vec<u64> = hits.iter().map(|hit| hash_of(&hit.article.id)).collect();
    let response = Response { total: hits.len() as u64, hits, ..Response::default() };
    let found = !response.hits.is_empty();
    let since = ago(saved.asked_at, SystemTime::now());
    let remarks = if found {
        Vec::new()
    } else {
        vec![format!("nothing new for `{name}` since it was asked last, {since}")]
    };
    let answer = Answer::new(&plan, response, remarks, args.width);
    console.answer(&answer, &args.format)?;
    if lock.is_some() {
        saved.told.extend(ids);
        saved.asked_at = now();
        shelf.put(&saved)?;
    }
    Ok(if found { Outcome::Done } else { Outcome::Nothing })
}

/// Saves a search: what matches now counts as told.
pub(super) fn save(
    home: &Path,
    name: &str,
    saved: Saved,
    searcher: &dyn Searcher,
    console: &mut Console<'_>,
) -> Result<(), CliError> {
    let shelf = Shelf::of(home);
    let _lock = shelf.lock()?;
    let plan = saved.plan()?;
    let told = searcher.ids(&plan)?.iter().map(|id| hash_of(id)).collect();
    let replaced = shelf.get(name)?.is_some();
    shelf.put(&Saved { name: name.to_owned(), asked_at: now(), told, ..saved })?;
    let how = if replaced { "saved anew" } else { "saved" };
    console.remark(format!("{how} as `{name}`; `liancheng new {name}` prints what has come since"));
    Ok(())
}

/// The articles that match and were not told, the latest first.
fn untold(
    searcher: &dyn Searcher,
    saved: &Saved,
    plan: &Plan,
    oldest: bool,
) -> Result<Vec<Hit>, CliError> {
    let mut hits = Vec::new();
    for id in searcher.ids(plan)? {
        if saved.told.contains(&hash_of(&id)) {
            continue;
        }
        if let Found::Article(article) = searcher.article(&id)? {
            hits.push(Hit {
                rank: 0,
                score: 0.0,
                why: Vec::new(),
                duplicates: 0,
                article: *article,
            });
        }
    }
    let day = |hit: &Hit| {
        hit.article.date.as_ref().and_then(|dated| dated.date.last_day()).unwrap_or_default()
    };
    if oldest {
        hits.sort_by_key(|hit| (day(hit), hit.article.id.clone()));
    } else {
        hits.sort_by_key(|hit| (Reverse(day(hit)), hit.article.id.clone()));
    }
    for (rank, hit) in (1..).zip(&mut hits) {
        hit.rank = rank;
    }
    Ok(hits)
}

/// Lists the saved searches and how much is new for each.
fn list(home: &Path, shelf: &Shelf, console: &mut Console<'_>) -> Result<Outcome, CliError> {
    let all = shelf.all()?;
    if all.is_empty() {
        console.remark("no search is saved; `liancheng search … --save NAME` saves one");
        return Ok(Outcome::Nothing);
    }
    let searcher = LocalSearcher::new(Home::at(home).open()?);
    for saved in all {
        let ids = searcher.ids(&saved.plan()?)?;
        let new = ids.iter().filter(|id| !saved.told.contains(&hash_of(id))).count();
        let line = format!(
            "{}: {} new, asked {} ({})",
            saved.name,
            counted(new as u64, "article"),
            ago(saved.asked_at, SystemTime::now()),
            saved.typed()
        );
        writeln!(console.out(), "{}", sanitize::terminal(&line))?;
    }
    Ok(Outcome::Done)
}

fn unknown(shelf: &Shelf, name: &str) -> Result<CliError, CliError> {
    let names = shelf.all()?.into_iter().map(|saved| saved.name).collect();
    Ok(CliError::UnknownSaved(name.to_owned(), names))
}

fn now() -> u64 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_secs())
}
