//! What was typed → the plan that was meant.

use std::ffi::OsString;

use super::CliError;
use super::args::FilterArgs;
use crate::query::{FilterRequest, Plan};

/// Stands before a word that begins with a hyphen and is no option; nobody types it.
const SHIELD: char = '\u{fdd0}';

/// Keeps what only looks like an option from being read as one: `-招聘` excludes a word. No option
/// has a name that is not ASCII.
pub(super) fn shield(argument: OsString) -> OsString {
    match argument.to_str() {
        Some(text)
            if text
                .strip_prefix('-')
                .is_some_and(|rest| rest.starts_with(|c: char| !c.is_ascii())) =>
        {
            format!("{SHIELD}{text}").into()
        }
        _ => argument,
    }
}

/// Joins the words of a query as they stood on the command line.
pub(super) fn query(words: &[String]) -> String {
    let words: Vec<&str> = words.iter().map(|word| word.trim_start_matches(SHIELD)).collect();
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
        kinds: names(&args.kind),
    }
}

/// Makes the plan of a query and filters: the first page of ten, best first.
/// `literal` leaves out everything that was not typed.
pub(super) fn plan(query: &str, filters: &FilterArgs, literal: bool) -> Result<Plan, CliError> {
    let filters = self::filters(filters).resolve()?;
    let typed = if literal { Plan::literally(query) } else { Plan::of(query) };
    Ok(Plan { filters, ..typed })
}
