//! `liancheng analyze TEXT`.

use serde::Serialize;

use super::args::{AnalyzeArgs, Report};
use super::{CliError, Console, Outcome, meant};
use crate::clean::fold::fold;
use crate::index::words::Words;
use crate::present::sanitize::terminal;
use crate::present::taken;
use crate::query::{Bag, Node, Plan, Understood};
use crate::understand::places::find;

/// What the program makes of a text, as a query and as an article.
#[derive(Serialize)]
struct Analysis {
    folded: String,
    query: AsQuery,
    document: AsDocument,
}

#[derive(Serialize)]
struct AsQuery {
    words: Vec<String>,
    /// Words that only ask.
    fillers: Vec<String>,
    /// What may stand for which words, and its share of their worth.
    expansions: Vec<(String, String, f32)>,
    understood: Understood,
    remarks: Vec<String>,
}

#[derive(Serialize)]
struct AsDocument {
    words: Vec<String>,
    hidden: Vec<String>,
    cities: Vec<String>,
    mentioned_cities: Vec<String>,
    provinces: Vec<String>,
    regions: Vec<String>,
}

/// Shows folding, words, places and expansion of a text.
pub(super) fn run(args: &AnalyzeArgs, console: &mut Console<'_>) -> Result<Outcome, CliError> {
    let text = meant::query(&args.text);
    if text.is_empty() {
        return Err(CliError::NothingAsked);
    }
    let analysis = analyze(&text);
    if args.format == Report::Json {
        serde_json::to_writer_pretty(console.out(), &analysis)?;
        writeln!(console.out())?;
    } else {
        let Analysis { folded, query, document } = &analysis;
        let expansions: Vec<String> = query
            .expansions
            .iter()
            .map(|(words, text, share)| format!("{words}→{text} ({share})"))
            .collect();
        for (name, list) in [
            ("folded", std::slice::from_ref(folded)),
            ("as a query: words", &query.words),
            ("  only ask", &query.fillers),
            ("  may stand for them", &expansions),
            ("  cities", &query.understood.cities),
            ("  provinces, regions", &query.understood.regions),
            ("as an article: words", &document.words),
            ("  hidden words", &document.hidden),
            ("  about", &document.cities),
            ("  names", &document.mentioned_cities),
            ("  provinces", &document.provinces),
            ("  regions", &document.regions),
        ] {
            if !list.is_empty() {
                let list = list.join(" ");
                writeln!(console.out(), "{name:<22} {}", terminal(&list))?;
            }
        }
        for remark in &query.remarks {
            console.remark(remark);
        }
    }
    console.finish()?;
    Ok(Outcome::Done)
}

fn analyze(text: &str) -> Analysis {
    let plan = Plan::of(text);
    let (mut words, mut fillers, mut expansions) = (Vec::new(), Vec::new(), Vec::new());
    if let Some(node) = &plan.node {
        node.visit(&mut |leaf| {
            let Node::Bag(Bag { runs }) = leaf else { return };
            for run in runs {
                for word in &run.words {
                    let list = if word.filler { &mut fillers } else { &mut words };
                    list.push(word.text.clone());
                }
                for expansion in &run.expansions {
                    let of = run.words[expansion.words.clone()].iter().map(|w| w.text.as_str());
                    expansions.push((of.collect(), expansion.shown(), expansion.share));
                }
            }
        });
    }
    let folded = fold(text);
    let Words { words: ranges, hidden } = Words::of(&folded);
    let cut = |ranges: &[std::ops::Range<usize>]| -> Vec<String> {
        ranges.iter().map(|range| folded[range.clone()].to_owned()).collect()
    };
    let places = find("", text);
    let document = AsDocument {
        words: cut(&ranges),
        hidden: cut(&hidden),
        cities: places.cities,
        mentioned_cities: places.mentioned_cities,
        provinces: places.provinces,
        regions: places.regions,
    };
    let Plan { understood, asides, .. } = plan;
    let remarks = asides.iter().map(taken).collect();
    Analysis {
        folded,
        query: AsQuery { words, fillers, expansions, understood, remarks },
        document,
    }
}
