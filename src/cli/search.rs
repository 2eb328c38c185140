//! `liancheng search`.

use std::collections::BTreeSet;
use std::path::Path;

use super::args::SearchArgs;
use super::saved::Saved;
use super::whence::Whence;
use super::{CliError, Console, Outcome, meant, new};
use crate::present::{Answer, Frame, remark};
use crate::query::Plan;
use crate::search::{Response, Searcher, did_you_mean, looks_mistyped};

/// Finds articles and prints them.
pub(super) fn run(
    home: &Path,
    args: &SearchArgs,
    console: &mut Console<'_>,
) -> Result<Outcome, CliError> {
    let query = meant::query(&args.query);
    let plan = Plan {
        sort: args.sort,
        size: args.number as usize,
        page: args.page as usize,
        facets: args.facets,
        all: args.all,
        fresh: args.fresh,
        explain: args.explain,
        ..meant::plan(&query, &args.filters, args.literal)?
    };
    if query.is_empty() && plan.filters.is_empty() {
        return Err(CliError::NothingAsked);
    }
    let whence = Whence::open(home, &args.cluster)?;
    if whence.local().is_none() {
        for (asked, name) in [(args.explain, "--explain"), (args.save.is_some(), "--save")] {
            if asked {
                return Err(CliError::OnlyHere(name));
            }
        }
    }
    let (response, mut remarks) = ask(whence.searcher(), &plan)?;
    // The words of the index are read only where something seems to be wrong.
    if let Some(searcher) = whence.local()
        && looks_mistyped(searcher, &plan, response.total)?
    {
        let meant = did_you_mean(searcher, &searcher.lexicon()?, &plan)?;
        remarks.extend(meant.as_ref().map(remark));
    }
    let found = !response.hits.is_empty();
    let around = args.context.unwrap_or(0);
    let frame = Frame {
        width: args.width,
        before: args.before.unwrap_or(around),
        after: args.after.unwrap_or(around),
    };
    let answer = Answer::new(&plan, response, remarks, frame);
    let format = console.answer(&answer, &args.format)?;
    if args.facets && !format.holds_facets {
        console.remark(format!(
            "{} has no room for facets; `liancheng facets` counts them alone",
            format.name
        ));
    }
    if let Some(name) = &args.save {
        let saved = Saved {
            name: name.clone(),
            query,
            filters: meant::filters(&args.filters),
            literal: args.literal,
            asked_at: 0,
            told: BTreeSet::new(),
        };
        new::save(home, name, saved, whence.searcher(), console)?;
    }
    Ok(if found { Outcome::Done } else { Outcome::Nothing })
}

/// Carries out a plan and says what a person should know about the answer.
pub(super) fn ask(
    searcher: &dyn Searcher,
    plan: &Plan,
) -> Result<(Response, Vec<String>), CliError> {
    let (response, remarks) = crate::search::ask(searcher, plan)?;
    Ok((response, remarks.iter().map(remark).collect()))
}
