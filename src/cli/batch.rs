//! `liancheng batch QUERIES.csv`.

use std::path::Path;

use super::args::BatchArgs;
use super::whence::Whence;
use super::{CliError, Console, Outcome};
use crate::query::{FilterRequest, Plan};
use crate::search::ask;

/// The columns of what is printed.
const COLUMNS: [&str; 10] =
    ["line", "query", "total", "rank", "score", "id", "title", "date", "outlet", "duplicates"];

/// A query with its filters, as a line of the file gives them.
#[derive(Debug, PartialEq)]
struct Asked {
    line: u64,
    query: String,
    request: FilterRequest,
}

/// Answers every query of a file; one row for each query and hit, one without a hit for a query
/// that finds nothing.
pub(super) fn run(
    home: &Path,
    args: &BatchArgs,
    console: &mut Console<'_>,
) -> Result<Outcome, CliError> {
    let bytes = if args.queries.as_os_str() == "-" {
        std::io::read_to_string(std::io::stdin())
    } else {
        std::fs::read_to_string(&args.queries)
    };
    let name = args.queries.display().to_string();
    let text = bytes.map_err(|e| CliError::File(name.clone(), e.to_string()))?;
    let asked = read(&text, &name)?;
    let searcher = Whence::open(home, &args.cluster)?;
    let mut found = false;
    let mut rows = csv::Writer::from_writer(Vec::new());
    let failed = |e: csv::Error| CliError::Output(std::io::Error::other(e));
    rows.write_record(COLUMNS).map_err(failed)?;
    for Asked { line, query, request } in &asked {
        let filters = match request.resolve() {
            Ok(filters) => filters,
            Err(error) => {
                // The other queries are worth an answer; this one gets a sentence.
                console.remark(format!("line {line} of `{name}` is left out: {error}"));
                continue;
            }
        };
        let plan = Plan { filters, size: args.number as usize, all: args.all, ..Plan::of(query) };
        let (response, _) = ask(searcher.searcher(), &plan)?;
        found |= !response.hits.is_empty();
        let (line, total) = (line.to_string(), response.total.to_string());
        if response.hits.is_empty() {
            let row = [line.as_str(), query, &total, "", "", "", "", "", "", ""];
            rows.write_record(row).map_err(failed)?;
        }
        for hit in &response.hits {
            let article = &hit.article;
            let date = article.date.as_ref().map(|dated| dated.date.to_string());
            rows.write_record([
                line.as_str(),
                query,
                &total,
                &hit.rank.to_string(),
                &format!("{:.3}", hit.score),
                &article.id,
                &article.title,
                &date.unwrap_or_default(),
                article.outlet.as_ref().map_or("", |said| &said.text),
                &hit.duplicates.to_string(),
            ])
            .map_err(failed)?;
        }
    }
    let written = rows.into_inner().map_err(|e| CliError::Output(std::io::Error::other(e)))?;
    console.out().write_all(&written)?;
    console.finish()?;
    Ok(if found { Outcome::Done } else { Outcome::Nothing })
}

/// Reads the queries: columns by their names in the first line, or one query a line.
fn read(text: &str, name: &str) -> Result<Vec<Asked>, CliError> {
    let text = text.trim_start_matches('\u{feff}');
    let mut rows = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let mut header: Option<Vec<String>> = None;
    let mut asked = Vec::new();
    for (number, row) in rows.records().enumerate() {
        let row = row.map_err(|e| CliError::File(name.to_owned(), e.to_string()))?;
        let line = row.position().map_or(0, csv::Position::line);
        let cells: Vec<String> = row.iter().map(str::to_owned).collect();
        if number == 0 && cells.iter().any(|cell| matches!(cell.as_str(), "query" | "检索词")) {
            header = Some(cells);
            continue;
        }
        let cell = |names: &[&str]| -> String {
            let at = match &header {
                Some(header) => header.iter().position(|head| names.contains(&head.as_str())),
                None => names.contains(&"query").then_some(0),
            };
            at.and_then(|at| cells.get(at)).cloned().unwrap_or_default()
        };
        let several = |names: &[&str]| -> Vec<String> {
            let text = cell(names);
            let parts = text.split([',', '，', '、', ';', '；']).map(str::trim);
            parts.filter(|part| !part.is_empty()).map(str::to_owned).collect()
        };
        let one = |names: &[&str]| Some(cell(names)).filter(|text| !text.is_empty());
        let request = FilterRequest {
            regions: several(&["region", "地区"]),
            cities: several(&["city", "城市"]),
            partners: several(&["partners", "合作方"]),
            since: one(&["since", "起"]),
            until: one(&["until", "止"]),
            outlets: several(&["outlet", "来源"]),
            kinds: several(&["kind", "合作类型"]),
        };
        let query = cell(&["query", "检索词"]);
        if !query.is_empty() || request != FilterRequest::default() {
            asked.push(Asked { line, query, request });
        }
    }
    Ok(asked)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_queries_needs_no_header_and_may_have_one() {
        let bare = read("佛山 茂名 飞地\n\"沪滇, 协作\"\n\n", "q.csv").unwrap();
        let queries: Vec<(u64, &str)> = bare.iter().map(|a| (a.line, a.query.as_str())).collect();
        assert_eq!(queries, [(1, "佛山 茂名 飞地"), (2, "沪滇, 协作")]);
        let named = read("城市,query,since\n佛山、茂名,飞地,2023\n", "q.csv").unwrap();
        assert_eq!(named[0].query, "飞地");
        assert_eq!(named[0].request.cities, ["佛山", "茂名"]);
        assert_eq!(named[0].request.since.as_deref(), Some("2023"));
    }
}
