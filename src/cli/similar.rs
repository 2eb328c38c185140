//! `liancheng similar ID`.

use std::path::Path;

use serde::Serialize;

use super::args::{Report, SimilarArgs};
use super::whence::Whence;
use super::{CliError, Console, Outcome, show};
use crate::article::NewsDate;
use crate::present::sanitize::terminal;
use crate::search::{Kin, Similar};

/// A similar article as other programs read it.
#[derive(Serialize)]
struct Listed<'a> {
    rank: usize,
    id: &'a str,
    kin: Kin,
    shared: f64,
    title: &'a str,
    date: Option<NewsDate>,
    outlet: Option<&'a str>,
    words: &'a [String],
    places: &'a [String],
}

/// Prints articles on the same affair as one, and why.
pub(super) fn run(
    home: &Path,
    args: &SimilarArgs,
    console: &mut Console<'_>,
) -> Result<Outcome, CliError> {
    let whence = Whence::open(home, &args.cluster)?;
    let searcher = whence.local().ok_or(CliError::OnlyHere("`similar`"))?;
    let Some(article) = show::find(searcher, &args.id, console)? else {
        return Ok(Outcome::Nothing);
    };
    let found = searcher.similar(&article, args.number as usize)?;
    let listed: Vec<Listed<'_>> =
        (1..).zip(&found).map(|(rank, similar)| listed(rank, similar)).collect();
    if args.format == Report::Json {
        serde_json::to_writer_pretty(console.out(), &listed)?;
        writeln!(console.out())?;
    } else {
        let palette = console.layout().palette;
        for entry in &listed {
            let kin = match entry.kin {
                Kin::Reprint => "reprint",
                Kin::Affair => "same affair",
            };
            let known: Vec<String> = [
                entry.date.map(|date| date.to_string()),
                entry.outlet.map(str::to_owned),
                Some(entry.id.to_owned()),
            ]
            .into_iter()
            .flatten()
            .collect();
            writeln!(
                console.out(),
                "{:>2}. {}\n    {}\n    {kin}, {:.0} % of the key words: {}{}\n",
                entry.rank,
                palette.title(terminal(entry.title)),
                palette.aside(terminal(&known.join(" · "))),
                entry.shared * 100.0,
                entry.words.join(" "),
                if entry.places.is_empty() {
                    String::new()
                } else {
                    format!("; both about {}", entry.places.join(" "))
                },
            )?;
        }
    }
    if found.is_empty() {
        console.remark("no other article of the index is on the same affair");
    }
    console.finish()?;
    Ok(if found.is_empty() { Outcome::Nothing } else { Outcome::Done })
}

fn listed(rank: usize, similar: &Similar) -> Listed<'_> {
    Listed {
        rank,
        id: &similar.article.id,
        kin: similar.kin,
        shared: (f64::from(similar.shared) * 1000.0).round() / 1000.0,
        title: &similar.article.title,
        date: similar.article.date.as_ref().map(|dated| dated.date),
        outlet: similar.article.outlet.as_ref().map(|said| said.text.as_str()),
        words: &similar.words,
        places: &similar.places,
    }
}
