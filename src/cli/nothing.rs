//! Why nothing was found: which word no article holds, which filter took away the last one.

use super::CliError;
use crate::present::{counted, list};
use crate::query::{Filters, Node, Plan};
use crate::search::Searcher;

/// Words that are asked about one by one; a headline typed as a query has more.
const WORDS: usize = 12;

/// Outlets that are named to somebody who typed one that there is not.
const OUTLETS: usize = 3;

/// Looks for the reasons why a plan finds nothing; sentences, the most telling first.
pub(super) fn why_nothing(searcher: &dyn Searcher, plan: &Plan) -> Result<Vec<String>, CliError> {
    let mut reasons = Vec::new();
    reasons.extend(unheard_of(searcher, plan)?);
    if plan.filters.is_empty() {
        if reasons.is_empty() && plan.node.is_some() {
            reasons
                .push("no article holds enough of the query at once; try fewer words".to_owned());
        }
        return Ok(reasons);
    }
    reasons.extend(unknown_outlets(searcher, plan)?);
    let mut lifted_any = false;
    for (name, filters) in without_each(&plan.filters) {
        let total = count(searcher, &Plan { filters, ..plan.clone() })?;
        if total > 0 {
            lifted_any = true;
            reasons.push(format!("without {name} there would be {}", counted(total, "article")));
        }
    }
    if !lifted_any && plan.node.is_some() {
        let total = count(searcher, &Plan { filters: Filters::default(), ..plan.clone() })?;
        if total > 0 {
            reasons
                .push(format!("without any filter there would be {}", counted(total, "article")));
        }
    }
    Ok(reasons)
}

/// Names words and phrases of the query that stand in no article at all.
fn unheard_of(searcher: &dyn Searcher, plan: &Plan) -> Result<Option<String>, CliError> {
    let mut leaves: Vec<(String, Node)> = Vec::new();
    if let Some(node) = &plan.node {
        node.visit(&mut |leaf| match leaf {
            Node::Bag(bag) => {
                for run in &bag.runs {
                    for word in &run.words {
                        let phrase = Node::Phrase(word.text.clone(), run.scope);
                        leaves.push((word.text.clone(), phrase));
                    }
                }
            }
            Node::Phrase(text, _) | Node::Outlet(text) => leaves.push((text.clone(), leaf.clone())),
            Node::Near(texts, _, scope) => {
                let single =
                    texts.iter().map(|text| (text.clone(), Node::Phrase(text.clone(), *scope)));
                leaves.extend(single);
            }
            _ => {}
        });
    }
    leaves.dedup_by(|a, b| a.0 == b.0);
    let mut unheard = Vec::new();
    for (text, node) in leaves.into_iter().take(WORDS) {
        let alone = Plan { node: Some(node), filters: Filters::default(), ..plan.clone() };
        if count(searcher, &alone)? == 0 {
            unheard.push(format!("「{text}」"));
        }
    }
    Ok((!unheard.is_empty()).then(|| format!("no article holds {}", list(&unheard, "or"))))
}

/// Says of outlets that there are not which ones there are.
fn unknown_outlets(searcher: &dyn Searcher, plan: &Plan) -> Result<Vec<String>, CliError> {
    if plan.filters.outlets.is_empty() {
        return Ok(Vec::new());
    }
    let everything =
        Plan { node: None, filters: Filters::default(), size: 0, facets: true, ..plan.clone() };
    let known = searcher.search(&everything)?.facets.unwrap_or_default().outlet;
    let unknown =
        plan.filters.outlets.iter().filter(|name| known.iter().all(|k| k.value != **name));
    Ok(unknown
        .map(|name| {
            let alike: Vec<String> = known
                .iter()
                .filter(|outlet| {
                    outlet.value.contains(name.as_str()) || name.contains(&outlet.value)
                })
                .take(OUTLETS)
                .map(|outlet| format!("「{}」", outlet.value))
                .collect();
            if alike.is_empty() {
                format!("no article is by an outlet named 「{name}」")
            } else {
                format!(
                    "no article is by an outlet named 「{name}」; there is {}",
                    list(&alike, "and")
                )
            }
        })
        .collect())
}

/// The filters without one of them, for each that is set.
fn without_each(filters: &Filters) -> Vec<(&'static str, Filters)> {
    let lifted = [
        ("--region", Filters { regions: Vec::new(), ..filters.clone() }),
        ("--city", Filters { cities: Vec::new(), ..filters.clone() }),
        ("--partners", Filters { partners: Vec::new(), ..filters.clone() }),
        ("--since and --until", Filters { since: None, until: None, ..filters.clone() }),
        ("--outlet", Filters { outlets: Vec::new(), ..filters.clone() }),
    ];
    lifted
        .into_iter()
        .filter(|(_, without)| without != filters)
        .map(|(name, without)| match (name, filters.since, filters.until) {
            ("--since and --until", Some(_), None) => ("--since", without),
            ("--since and --until", None, Some(_)) => ("--until", without),
            _ => (name, without),
        })
        .collect()
}

/// How many articles a plan finds.
fn count(searcher: &dyn Searcher, plan: &Plan) -> Result<u64, CliError> {
    let plan = Plan { size: 0, page: 1, facets: false, ..plan.clone() };
    Ok(searcher.search(&plan)?.total)
}
