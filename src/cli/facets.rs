//! `liancheng facets`.

use std::path::Path;

use super::args::{FacetsArgs, Table};
use super::whence::Whence;
use super::{CliError, Console, Outcome, meant, search};
use crate::present::format::{FACET_NAMES, FacetTable, FacetsAnswer};
use crate::present::{counted, duration};
use crate::query::Plan;

/// Counts what matches and prints tables.
pub(super) fn run(
    home: &Path,
    args: &FacetsArgs,
    console: &mut Console<'_>,
) -> Result<Outcome, CliError> {
    let by: Vec<String> = args.by.iter().map(|name| name.trim().to_owned()).collect();
    if let Some(unknown) = by.iter().find(|name| !FACET_NAMES.contains(&name.as_str())) {
        return Err(CliError::UnknownFacet(unknown.clone()));
    }
    let plan = Plan {
        size: 0,
        facets: true,
        all: args.all,
        ..meant::plan(&meant::query(&args.query), &args.filters, false)?
    };
    let searcher = Whence::open(home, &args.cluster)?;
    let (response, remarks) = search::ask(searcher.searcher(), &plan)?;
    let facets = response.facets.unwrap_or_default();
    let table = FacetTable::new(&facets, (!by.is_empty()).then_some(by.as_slice()), args.limit);
    let layout = console.layout();
    match args.format {
        Table::Text => {
            let total =
                format!("{}, {}", counted(response.total, "article"), duration(response.took));
            writeln!(console.out(), "{}\n", layout.palette.aside(total))?;
            table.write_text(layout.palette, console.out())?;
        }
        Table::Csv => table.write_csv(console.out())?,
        Table::Json => {
            let counted = FacetsAnswer {
                query: &plan.query,
                total: response.total,
                took_ms: (response.took.as_secs_f64() * 10_000.0).round() / 10.0,
                remarks: &remarks,
                understood: &plan.understood,
                facets: table,
            };
            serde_json::to_writer_pretty(console.out(), &counted)?;
            writeln!(console.out())?;
        }
    }
    console.finish()?;
    if args.format != Table::Json {
        for remark in &remarks {
            console.remark(remark);
        }
    }
    Ok(if response.total > 0 { Outcome::Done } else { Outcome::Nothing })
}
