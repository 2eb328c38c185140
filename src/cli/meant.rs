//! What was typed → the plan that was meant.

use super::CliError;
use super::args::FilterArgs;
use crate::query::{self, FilterRequest, Plan, Sort};

/// Joins the words of a query as they stood on the command line.
pub(super) fn query(words: &[String]) -> String {
    words.join(" ").trim().to_owned()
}

/// The filters, by name, as they were typed.
pub(super) fn filters(args: &FilterArgs) -> FilterRequest {
    let names = |values: &[String]| -> Vec<String> {
        let parts = values.iter().flat_map(|value| value.split([',', '，', '、']));
        parts.map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).collect()
    };
    FilterRequest {
        regions: names(&args.region),
        cities: names(&args.city),
        partners: names(&args.partners),
        since: args.since.clone(),
        until: args.until.clone(),
        outlets: args.outlet.clone(),
    }
}

/// Makes the plan of a query and filters: the first page of ten, best first.
pub(super) fn plan(query: &str, filters: &FilterArgs) -> Result<Plan, CliError> {
    let filters = self::filters(filters).resolve()?;
    let (node, understood, mut remarks) = query::parse(query);
    if node.is_none() && !query.is_empty() {
        remarks.push(format!("`{query}` holds nothing to look for"));
    }
    Ok(Plan {
        query: query.to_owned(),
        node,
        filters,
        sort: Sort::Relevance,
        size: 10,
        page: 1,
        facets: false,
        understood,
        remarks,
    })
}
