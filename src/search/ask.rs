//! A [`Plan`] → its [`Response`], with what a person should know beside it: what was left aside,
//! why nothing was found (which word no article holds, which filter took away the last one).

use super::{Partly, Response, SearchError, Searcher};
use crate::query::{Aside, Filters, Node, Plan};

/// Words that are asked about one by one; a headline typed as a query has more.
const WORDS: usize = 12;

/// Outlets that are named to somebody who typed one that there is not.
const OUTLETS: usize = 3;

/// Something that a person should know about an answer. [`crate::present::remark`] writes it as a
/// sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Remark {
    /// How the query was taken.
    Taken(Aside),
    /// So many articles would match but state no date.
    Undated(u64),
    /// There is no such page.
    NoPage {
        /// The page that was asked for.
        page: usize,
        /// The last one there is.
        last: u64,
        /// How many articles match.
        total: u64,
    },
    /// No article holds these words or texts.
    Unheard(Vec<String>),
    /// Every word is held by some article, but no article holds enough of them.
    NotAtOnce,
    /// No article is by an outlet of this name; there are others whose names are like it.
    NoOutlet {
        /// What was typed.
        name: String,
        /// Names like it.
        alike: Vec<String>,
    },
    /// Without this filter there would be so many articles.
    Without(FilterName, u64),
    /// Without any filter there would be so many articles.
    WithoutFilters(u64),
    /// So many parts of the archive, of so many, could not be looked at.
    Partly(u64, u64),
    /// Another query, which finds so many articles.
    DidYouMean(String, u64),
}

/// The filters, by what is typed for them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FilterName {
    /// Provinces and regions.
    Region,
    /// Cities and counties.
    City,
    /// Places that work together.
    Partners,
    /// First day.
    Since,
    /// Last day.
    Until,
    /// First and last day.
    Days,
    /// Outlets.
    Outlet,
    /// Kinds of cooperation.
    Kind,
}

/// Carries out a plan and says what a person should know about the answer.
pub fn ask(searcher: &dyn Searcher, plan: &Plan) -> Result<(Response, Vec<Remark>), SearchError> {
    let mut remarks: Vec<Remark> = plan.asides.iter().cloned().map(Remark::Taken).collect();
    // A query of signs only is no wish to see everything.
    if plan.node.is_none() && !plan.query.is_empty() && plan.filters.is_empty() {
        return Ok((Response::default(), remarks));
    }
    let response = searcher.search(plan)?;
    if let Some(Partly { missing, parts }) = response.partly {
        remarks.push(Remark::Partly(missing, parts));
    }
    if response.undated > 0 {
        remarks.push(Remark::Undated(response.undated));
    }
    if response.total == 0 {
        remarks.extend(why_nothing(searcher, plan)?);
    } else if response.hits.is_empty() && plan.size > 0 {
        let last = response.total.div_ceil(plan.size as u64);
        remarks.push(Remark::NoPage { page: plan.page, last, total: response.total });
    }
    Ok((response, remarks))
}

/// Looks for the reasons why a plan finds nothing, the most telling first.
fn why_nothing(searcher: &dyn Searcher, plan: &Plan) -> Result<Vec<Remark>, SearchError> {
    let mut reasons = Vec::new();
    reasons.extend(unheard_of(searcher, plan)?);
    if plan.filters.is_empty() {
        if reasons.is_empty() && plan.node.is_some() {
            reasons.push(Remark::NotAtOnce);
        }
        return Ok(reasons);
    }
    reasons.extend(unknown_outlets(searcher, plan)?);
    let mut lifted_any = false;
    for (name, filters) in without_each(&plan.filters) {
        let total = count(searcher, &Plan { filters, ..plan.clone() })?;
        if total > 0 {
            lifted_any = true;
            reasons.push(Remark::Without(name, total));
        }
    }
    if !lifted_any && plan.node.is_some() {
        let total = count(searcher, &Plan { filters: Filters::default(), ..plan.clone() })?;
        if total > 0 {
            reasons.push(Remark::WithoutFilters(total));
        }
    }
    Ok(reasons)
}

/// Names words and phrases of the query that stand in no article at all.
fn unheard_of(searcher: &dyn Searcher, plan: &Plan) -> Result<Option<Remark>, SearchError> {
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
            unheard.push(text);
        }
    }
    Ok((!unheard.is_empty()).then_some(Remark::Unheard(unheard)))
}

/// Says of outlets that there are not which ones there are.
fn unknown_outlets(searcher: &dyn Searcher, plan: &Plan) -> Result<Vec<Remark>, SearchError> {
    if plan.filters.outlets.is_empty() {
        return Ok(Vec::new());
    }
    let everything =
        Plan { node: None, filters: Filters::default(), size: 0, facets: true, ..plan.clone() };
    let known = searcher.search(&everything)?.facets.unwrap_or_default().outlet;
    let unknown =
        plan.filters.outlets.iter().filter(|name| known.iter().all(|k| k.value != **name));
    let remarks = unknown.map(|name| {
        let is_alike = |outlet: &str| outlet.contains(name.as_str()) || name.contains(outlet);
        let names = known.iter().map(|outlet| &outlet.value);
        let alike = names.filter(|outlet| is_alike(outlet)).take(OUTLETS).cloned().collect();
        Remark::NoOutlet { name: name.clone(), alike }
    });
    Ok(remarks.collect())
}

/// The filters without one of them, for each that is set.
fn without_each(filters: &Filters) -> Vec<(FilterName, Filters)> {
    let days = match (filters.since, filters.until) {
        (Some(_), None) => FilterName::Since,
        (None, Some(_)) => FilterName::Until,
        _ => FilterName::Days,
    };
    let lifted = [
        (FilterName::Region, Filters { regions: Vec::new(), ..filters.clone() }),
        (FilterName::City, Filters { cities: Vec::new(), ..filters.clone() }),
        (FilterName::Partners, Filters { partners: Vec::new(), ..filters.clone() }),
        (FilterName::Kind, Filters { kinds: Vec::new(), ..filters.clone() }),
        (days, Filters { since: None, until: None, ..filters.clone() }),
        (FilterName::Outlet, Filters { outlets: Vec::new(), ..filters.clone() }),
    ];
    lifted.into_iter().filter(|(_, without)| without != filters).collect()
}

/// How many articles a plan finds.
fn count(searcher: &dyn Searcher, plan: &Plan) -> Result<u64, SearchError> {
    let plan = Plan { size: 0, page: 1, facets: false, ..plan.clone() };
    Ok(searcher.search(&plan)?.total)
}
