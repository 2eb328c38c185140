//! `liancheng partners [PLACE[,PLACE]]`.

use std::path::Path;

use super::args::{Graph, PartnersArgs};
use super::whence::Whence;
use super::{CliError, Console, Outcome};
use crate::present::format::PairsAnswer;
use crate::present::{Matrix, Network, PartnersRequest, counted};
use crate::query::{FilterRequest, Plan};
use crate::understand::overrides::Overrides;

/// Lists pairs of partners, or the time line of one pair.
pub(super) fn run(
    home: &Path,
    args: &PartnersArgs,
    console: &mut Console<'_>,
) -> Result<Outcome, CliError> {
    let names = |values: &[String]| -> Vec<String> {
        let parts = values.iter().flat_map(|value| value.split([',', '，', '、']));
        parts.map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).collect()
    };
    let request = PartnersRequest {
        places: names(&args.places),
        regions: names(&args.region),
        within: args.within,
        kinds: names(&args.kind),
    };
    let asked = request.resolve()?;
    // Places and kinds are no filters here: what is corrected by hand may add a pair that the index
    // does not know.
    let days = FilterRequest {
        since: args.since.clone(),
        until: args.until.clone(),
        ..FilterRequest::default()
    };
    let plan = Plan { filters: days.resolve()?, ..Plan::of("") };
    let mut overrides = vec![Overrides::of_index(home)?];
    if let Some(path) = &args.overrides {
        overrides.push(Overrides::read(path)?);
    }
    let searcher = Whence::open(home, &args.cluster)?;
    let (circles, undated) = asked.circles(searcher.searcher(), &plan, &overrides)?;
    let total = circles.len();
    let shown = &circles[..total.min(args.number as usize)];
    let mut remarks = Vec::new();
    if undated > 0 {
        remarks.push(format!(
            "{} would count but {} no date; without --since and --until they do",
            counted(undated, "other article"),
            if undated == 1 { "states" } else { "state" }
        ));
    }
    if shown.len() < total {
        remarks.push(format!(
            "{} of {} are shown; `-n {total}` shows all",
            shown.len(),
            counted(total as u64, "pair")
        ));
    }
    let answer = PairsAnswer { total: total as u64, undated, remarks: &remarks, pairs: shown };
    let layout = console.layout();
    match args.format {
        Graph::Json => answer.write_json(console.out())?,
        Graph::Csv => answer.write_csv(console.out())?,
        Graph::Dot => answer.write_dot(console.out())?,
        Graph::Graphml => answer.write_graphml(console.out())?,
        Graph::Svg => Network::of(shown).write_file(console.out())?,
        Graph::Matrix => Matrix::of(shown).write_file(console.out())?,
        Graph::Text if asked.is_pair() => answer.write_time_line(layout, console.out())?,
        Graph::Text => answer.write_text(layout, console.out())?,
    }
    console.finish()?;
    if args.format != Graph::Json {
        for remark in &remarks {
            console.remark(remark);
        }
    }
    if circles.is_empty() {
        console.remark("nobody is said to work together so");
        return Ok(Outcome::Nothing);
    }
    Ok(Outcome::Done)
}
