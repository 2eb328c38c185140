//! `liancheng eval`.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::Serialize;

use super::args::{EvalArgs, Report};
use super::whence::Whence;
use super::{CliError, Console, Outcome};
use crate::measure::{Figure, Judged, Kind, Run, Scores};
use crate::present::Palette;
use crate::query::Plan;
use crate::search::Searcher;

/// What is printed as one object.
#[derive(Serialize)]
struct Measured<'a> {
    #[serde(flatten)]
    scores: &'a Scores,
    #[serde(skip_serializing_if = "Option::is_none")]
    against: Option<&'a [Figure]>,
}

/// Answers judged queries, or takes a run that did, and prints how good the answers are.
pub(super) fn run(
    home: &Path,
    args: &EvalArgs,
    console: &mut Console<'_>,
) -> Result<Outcome, CliError> {
    let qrels = args.qrels.as_deref().map(text_of).transpose()?;
    let judged = Judged::read(&text_of(&args.topics)?, qrels.as_deref())
        .map_err(|source| CliError::Judged { path: shown(&args.topics), source })?;
    let answers = if let Some(path) = &args.run {
        run_of(path)?
    } else {
        let mut whence = Whence::open(home, &args.cluster)?;
        if let Some(weights) = &args.weights {
            let weights = serde_json::from_str(weights)
                .map_err(|e| CliError::File("--weights".to_owned(), e.to_string()))?;
            let local = whence.local().ok_or(CliError::OnlyHere("--weights"))?;
            whence = Whence::Local(local.with_weights(weights));
        }
        answer(whence.searcher(), &judged, args)?
    };
    if let Some(path) = &args.write {
        let mut written = Vec::new();
        answers.write("liancheng", &mut written)?;
        fs::write(path, written).map_err(|e| CliError::File(shown(path), e.to_string()))?;
    }
    let scores = Scores::of(&judged, &answers);
    let against = match &args.against {
        Some(path) => Some(scores.against(&Scores::of(&judged, &run_of(path)?))),
        None => None,
    };
    match args.format {
        Report::Json => {
            let measured = Measured { scores: &scores, against: against.as_deref() };
            serde_json::to_writer_pretty(console.out(), &measured)?;
            writeln!(console.out())?;
        }
        Report::Text => {
            let text = in_words(&scores, against.as_deref(), args.rows, console.layout().palette);
            write!(console.out(), "{text}")?;
        }
    }
    console.finish()?;
    Ok(Outcome::Done)
}

/// Asks every query.
fn answer(searcher: &dyn Searcher, judged: &Judged, args: &EvalArgs) -> Result<Run, CliError> {
    let mut answers = BTreeMap::new();
    for (id, query) in judged.queries() {
        let all = !args.collapse;
        let size = args.depth as usize;
        let plan = Plan { size, all, fresh: args.fresh, ..Plan::of(query) };
        // Signs only ask for nothing, not for everything.
        if plan.node.is_none() {
            continue;
        }
        let hits = searcher.search(&plan)?.hits;
        let list = hits.into_iter().map(|hit| (hit.article.id, f64::from(hit.score)));
        answers.insert(id, list.collect());
    }
    Ok(Run { answers })
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

fn text_of(path: impl AsRef<Path>) -> Result<String, CliError> {
    let path = path.as_ref();
    fs::read_to_string(path).map_err(|e| CliError::File(shown(path), e.to_string()))
}

fn run_of(path: &Path) -> Result<Run, CliError> {
    Run::read(&text_of(path)?).map_err(|source| CliError::Run { path: shown(path), source })
}

/// Rows and means as a table.
fn in_words(scores: &Scores, against: Option<&[Figure]>, rows: bool, palette: Palette) -> String {
    use std::fmt::Write as _;

    let figure = |value: Option<f64>| value.map_or("–".to_owned(), |value| format!("{value:.3}"));
    let mut text = String::new();
    if rows {
        let head = format!(
            "{:<8} {:>8} {:>8} {:>8} {:>8}  query",
            "id", "nDCG@10", "R@100", "RR@10", "judged"
        );
        let _ = writeln!(text, "{}", palette.aside(head));
        for row in &scores.rows {
            let _ = writeln!(
                text,
                "{:<8} {:>8} {:>8} {:>8} {:>8}  {}",
                crate::present::sanitize::terminal(&row.id),
                figure(row.ndcg),
                figure(row.recall),
                figure(row.reciprocal_rank),
                figure(row.judged),
                crate::present::sanitize::terminal(&row.query),
            );
        }
        text.push('\n');
    }
    let count = |kind| scores.rows.iter().filter(|row| row.kind == kind).count();
    let (topics, variants, known) = (count(Kind::Topic), count(Kind::Variant), count(Kind::Known));
    for (name, value, of) in [
        ("nDCG@10 of the topics", scores.ndcg, topics),
        ("nDCG@10 of their variants", scores.ndcg_of_variants, variants),
        ("recall@100 of grade 2 and more", scores.recall, topics),
        ("MRR@10 of the known items", scores.reciprocal_rank, known),
        ("share of topics without a hit", scores.without_hit, topics),
        ("share of the first ten judged", scores.judged, topics),
    ] {
        if value.is_some() {
            let _ = writeln!(text, "{name:<32} {:>6}   ({of} queries)", figure(value));
        }
    }
    if let Some(against) = against {
        let head = format!(
            "\n{:<24} {:>7} {:>7} {:>8} {:>7} {:>6} {:>7}",
            "against the other run", "this", "other", "better", "worse", "of", "p"
        );
        let _ = writeln!(text, "{}", palette.aside(head));
        for line in against {
            let _ = writeln!(
                text,
                "{:<24} {:>7.3} {:>7.3} {:>8} {:>7} {:>6} {:>7.4}",
                line.name,
                line.this,
                line.other,
                line.better_worse.0,
                line.better_worse.1,
                line.queries,
                line.p
            );
        }
    }
    text
}
