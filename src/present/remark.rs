//! A [`Remark`] → the sentence that a person reads beside an answer.

use super::count::{counted, list};
use crate::query::Aside;
use crate::search::{FilterName, Remark};

/// Writes a remark as it is printed in a terminal and stands in JSON.
pub fn remark(remark: &Remark) -> String {
    let quoted = |texts: &[String]| -> Vec<String> {
        texts.iter().map(|text| format!("「{text}」")).collect()
    };
    match remark {
        Remark::Taken(aside) => taken(aside),
        Remark::Undated(count) => format!(
            "{} would match but {} no date; without --since and --until they are listed",
            counted(*count, "other article"),
            if *count == 1 { "states" } else { "state" }
        ),
        Remark::NoPage { page, last, total } => format!(
            "there is no page {page}; the last is page {last} of {}",
            counted(*total, "article")
        ),
        Remark::Unheard(texts) => format!("no article holds {}", list(&quoted(texts), "or")),
        Remark::NotAtOnce => {
            "no article holds enough of the query at once; try fewer words".to_owned()
        }
        Remark::NoOutlet { name, alike } if alike.is_empty() => {
            format!("no article is by an outlet named 「{name}」")
        }
        Remark::NoOutlet { name, alike } => format!(
            "no article is by an outlet named 「{name}」; there is {}",
            list(&quoted(alike), "and")
        ),
        Remark::Without(filter, total) => {
            format!("without {} there would be {}", option(*filter), counted(*total, "article"))
        }
        Remark::WithoutFilters(total) => {
            format!("without any filter there would be {}", counted(*total, "article"))
        }
        Remark::Partly(missing, parts) => format!(
            "{missing} of {parts} parts of the archive did not answer; there may be more articles"
        ),
        Remark::DidYouMean(query, total) => {
            format!("did you mean 「{query}」? It finds {}", counted(*total, "article"))
        }
    }
}

/// Writes how a query was taken.
pub fn taken(aside: &Aside) -> String {
    match aside {
        Aside::Words { count, kept } => {
            format!("the query has {count} words; the first {kept} are looked for")
        }
        Aside::LongPhrase(kept) => {
            format!("a phrase is long; its first {kept} characters are compared")
        }
        Aside::OnlyWithout => "the query only says what must not be there".to_owned(),
        Aside::Unclosed(mark) => format!("a quotation mark {mark} is not closed; it is left aside"),
        Aside::NoValue(text) => format!("`{text}` is no such value; it is looked for as text"),
        Aside::NearNothing(text) => format!("「{text}」 is one text, which is near nothing else"),
        Aside::Nothing(query) => format!("`{query}` holds nothing to look for"),
    }
}

/// What is typed for a filter.
fn option(filter: FilterName) -> &'static str {
    match filter {
        FilterName::Region => "--region",
        FilterName::City => "--city",
        FilterName::Partners => "--partners",
        FilterName::Since => "--since",
        FilterName::Until => "--until",
        FilterName::Days => "--since and --until",
        FilterName::Outlet => "--outlet",
        FilterName::Kind => "--kind",
    }
}
