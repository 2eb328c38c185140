//! What a script asks → JSON, by the contracts of the command line (`schema/openapi.json`).

use axum::response::{IntoResponse, Response as HttpResponse};
use serde::Serialize;

use super::asked::Asked;
use super::live::Shelf;
use super::reply::{Refusal, Reply};
use crate::article::Article;
use crate::present::format::{FACET_NAMES, FacetTable, FacetsAnswer, PairsAnswer};
use crate::present::{
    Answer, Circle, DEFAULT_WIDTH, PartnersError, PartnersRequest, Record, TrendAnswer, remark,
};
use crate::query::{FilterRequest, Plan};
use crate::search::{
    Found, Remark, Response, SearchError, Searcher, Suggestion, ask, did_you_mean, looks_mistyped,
};

/// The description of the API.
pub(super) const OPENAPI: &str = include_str!("../../schema/openapi.json");

/// Contracts that it refers to.
const SCHEMAS: [(&str, &str); 2] = [
    ("search-response.schema.json", include_str!("../../schema/search-response.schema.json")),
    ("article.schema.json", include_str!("../../schema/article.schema.json")),
];

/// Parameters that say which articles are meant.
const FILTERS: [&str; 9] =
    ["q", "region", "city", "partners", "kind", "outlet", "since", "until", "literal"];

/// Suggestions that are made.
const SUGGESTIONS: usize = 10;
/// Pairs that are listed.
const PAIRS: usize = 50;
/// Values of a facet that are listed.
const VALUES: usize = 10;

/// One of the contracts.
pub(super) fn schema(name: &str) -> HttpResponse {
    match SCHEMAS.iter().find(|(known, _)| *known == name) {
        Some((_, text)) => Reply::asset(text, "application/schema+json"),
        None => Reply::refusal(&Refusal::nowhere(), true),
    }
}

fn known(more: &[&'static str]) -> Vec<&'static str> {
    FILTERS.iter().chain(more).copied().collect()
}

/// Carries out a plan, with what should be known beside it and the query that may have been meant.
pub(super) fn answered(shelf: &Shelf, plan: &Plan) -> Result<(Response, Vec<Remark>), SearchError> {
    let (response, mut remarks) = ask(shelf, plan)?;
    if plan.page == 1 && looks_mistyped(shelf, plan, response.total)? {
        remarks.extend(did_you_mean(shelf, shelf.lexicon()?, plan)?);
    }
    Ok((response, remarks))
}

pub(super) fn search(shelf: &Shelf, query: Option<&str>) -> Result<Reply, Refusal> {
    let known = known(&["all", "fresh", "sort", "page", "n", "facets", "explain", "width"]);
    let asked = Asked::of_script(query, &known)?;
    if asked.is_nothing() {
        return Err(Refusal::nonsense(
            "there is nothing to search for",
            Some("give `q`, or a filter such as `city`".to_owned()),
        ));
    }
    let plan = asked.plan()?;
    let (response, remarks) = answered(shelf, &plan)?;
    let remarks = remarks.iter().map(remark).collect();
    let width = asked.extra.width.unwrap_or(DEFAULT_WIDTH);
    Reply::json(&Answer::new(&plan, response, remarks, width))
}

pub(super) fn facets(shelf: &Shelf, query: Option<&str>) -> Result<Reply, Refusal> {
    let asked = Asked::of_script(query, &known(&["all", "by", "limit"]))?;
    let by = &asked.extra.by;
    if let Some(unknown) = by.iter().find(|name| !FACET_NAMES.contains(&name.as_str())) {
        return Err(Refusal::nonsense(
            format!("`{unknown}` is no facet"),
            Some(format!("there are {}", FACET_NAMES.join(", "))),
        ));
    }
    let plan = Plan { size: 0, facets: true, ..asked.plan()? };
    let (response, remarks) = answered(shelf, &plan)?;
    let remarks: Vec<String> = remarks.iter().map(remark).collect();
    let facets = response.facets.unwrap_or_default();
    let only = (!by.is_empty()).then_some(by.as_slice());
    Reply::json(&FacetsAnswer {
        query: &plan.query,
        total: response.total,
        took_ms: (response.took.as_secs_f64() * 10_000.0).round() / 10.0,
        remarks: &remarks,
        understood: &plan.understood,
        facets: FacetTable::new(&facets, only, asked.extra.limit.unwrap_or(VALUES)),
    })
}

/// Finds an article by its id, with the corrections of the index.
pub(super) fn find(shelf: &Shelf, id: &str) -> Result<Article, Refusal> {
    match shelf.article(id)? {
        Found::Article(mut article) => {
            shelf.overrides.apply(&mut article);
            Ok(*article)
        }
        Found::Nothing => Err(Refusal::missing("no article has this id", None)),
        Found::Many(ids) => Err(Refusal::missing(
            "several ids begin so",
            Some(format!("type more of it: {}", ids.join(", "))),
        )),
    }
}

pub(super) fn article(shelf: &Shelf, id: &str) -> Result<Reply, Refusal> {
    let article = find(shelf, id)?;
    let copies = shelf.copies(&article.id)?;
    Reply::json(&Record::of(&article, true).with_copies(&copies))
}

/// The circles of partners among the articles that are asked for, and how many further articles
/// would count but state no date. Of the pairs, only those of the partners asked for.
pub(super) fn circles(shelf: &Shelf, asked: &Asked) -> Result<(Vec<Circle>, u64), Refusal> {
    let request = PartnersRequest {
        // More than two are asked of the articles alone.
        places: asked.partners.iter().take(2).cloned().collect(),
        regions: Vec::new(),
        within: false,
        kinds: asked.kinds.clone(),
    };
    let filters = asked.filters();
    let partners = if filters.partners.len() > 2 { filters.partners.clone() } else { Vec::new() };
    told(shelf, asked, &request, FilterRequest { partners, ..filters })
}

fn told(
    shelf: &Shelf,
    asked: &Asked,
    request: &PartnersRequest,
    filters: FilterRequest,
) -> Result<(Vec<Circle>, u64), Refusal> {
    let wanted = request.resolve().map_err(|error| match error {
        PartnersError::Filter(error) => super::asked::of_filter(&error),
        other => Refusal::nonsense(other.to_string(), None),
    })?;
    // Places and kinds are asked of what is told: corrections may add a pair that the index does not
    // know.
    let filters = FilterRequest { kinds: Vec::new(), ..filters };
    let filters = filters.resolve().map_err(|error| super::asked::of_filter(&error))?;
    let plan = Plan { filters, ..asked.plan()? };
    Ok(wanted.circles(shelf, &plan, std::slice::from_ref(&shelf.overrides))?)
}

pub(super) fn partners(shelf: &Shelf, query: Option<&str>) -> Result<Reply, Refusal> {
    let asked = Asked::of_script(query, &known(&["within", "n"]))?;
    // As on the command line, a region is one in which a side lies.
    let request = PartnersRequest {
        places: asked.partners.clone(),
        regions: asked.regions.clone(),
        within: asked.extra.within,
        kinds: asked.kinds.clone(),
    };
    let filters = FilterRequest { regions: Vec::new(), partners: Vec::new(), ..asked.filters() };
    let without = Asked { regions: Vec::new(), ..asked.clone() };
    let (circles, undated) = told(shelf, &without, &request, filters)?;
    let most = if asked.size == super::asked::SIZE { PAIRS } else { asked.size };
    let shown = &circles[..circles.len().min(most)];
    let mut remarks = Vec::new();
    if undated > 0 {
        remarks.push(remark(&Remark::Undated(undated)));
    }
    Reply::json(&PairsAnswer {
        total: circles.len() as u64,
        undated,
        remarks: &remarks,
        pairs: shown,
    })
}

pub(super) fn trend(shelf: &Shelf, query: Option<&str>) -> Result<Reply, Refusal> {
    let asked = Asked::of_script(query, &known(&["by"]))?;
    let plan = asked.plan()?;
    let trend = crate::search::trend(shelf, &plan, asked.step()?, Some(shelf.facets()?))?;
    Reply::json(&TrendAnswer { query: &plan.query, trend: &trend })
}

pub(super) fn suggest(shelf: &Shelf, query: Option<&str>) -> Result<Reply, Refusal> {
    #[derive(Serialize)]
    struct Suggested<'a> {
        query: &'a str,
        suggestions: &'a [Suggestion],
    }
    let asked = Asked::of_script(query, &["q", "n"])?;
    let most = if asked.size == super::asked::SIZE { SUGGESTIONS } else { asked.size };
    let lexicon = shelf.lexicon()?;
    let suggestions = crate::search::suggest(shelf, lexicon, &asked.query, most)?;
    Reply::json(&Suggested { query: &asked.query, suggestions: &suggestions })
}

pub(super) fn health(shelf: &Shelf) -> HttpResponse {
    #[derive(Serialize)]
    struct Health<'a> {
        status: &'static str,
        version: &'static str,
        generation: &'a str,
        articles: u64,
    }
    let health = Health {
        status: "ok",
        version: env!("CARGO_PKG_VERSION"),
        generation: &shelf.generation,
        articles: shelf.articles(),
    };
    match Reply::json(&health) {
        Ok(reply) => reply.into_response(),
        Err(refusal) => Reply::refusal(&refusal, true),
    }
}
