//! What the tests of this room share: plans of queries, and marks that a person can read.

use super::highlight::Passage;
use crate::query::{Filters, Plan, Sort, parse};

/// The plan of a query without any filter.
pub(super) fn plan(query: &str) -> Plan {
    let (node, understood, remarks) = parse(query);
    Plan {
        query: query.to_owned(),
        node,
        filters: Filters::default(),
        sort: Sort::Relevance,
        size: 10,
        page: 1,
        facets: false,
        understood,
        remarks,
    }
}

/// Writes a passage with what is lit between 【】.
pub(super) fn shown(passage: &Passage) -> String {
    let pieces = passage.pieces().into_iter();
    pieces.map(|(text, lit)| if lit { format!("【{text}】") } else { text.to_owned() }).collect()
}
