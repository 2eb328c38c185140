//! `liancheng check`.

use std::path::Path;

use super::args::{Report, StatusArgs};
use super::{CliError, Console, Outcome};
use crate::index::{self, Home};
use crate::present::{counted, sanitize};

/// Verifies the index and says what to do.
pub(super) fn run(
    home: &Path,
    args: &StatusArgs,
    console: &mut Console<'_>,
) -> Result<Outcome, CliError> {
    let index = Home::at(home);
    let checkup = index::check(&index)?;
    let is_well = checkup.problems.is_empty();
    let path = home.display();
    let has_previous = index.survey().is_ok_and(|survey| survey.previous.is_some());
    match args.format {
        Report::Json => {
            serde_json::to_writer_pretty(console.out(), &checkup)?;
            writeln!(console.out())?;
        }
        Report::Text => {
            for problem in &checkup.problems {
                writeln!(console.out(), "damaged: {}", sanitize::terminal(problem))?;
            }
            if is_well {
                writeln!(
                    console.out(),
                    "{} is whole: {}, {}, {} in the catalogue",
                    checkup.generation,
                    counted(checkup.files, "file"),
                    counted(checkup.articles, "article"),
                    counted(checkup.catalogued, "crawl file")
                )?;
            }
        }
    }
    if is_well {
        return Ok(Outcome::Done);
    }
    console.finish()?;
    let back = if has_previous {
        format!(", or `liancheng rebuild --rollback --index {path}` to go back")
    } else {
        String::new()
    };
    console.remark(format!(
        "run `liancheng rebuild --index {path}`{back}; if the crawl files are gone, first make a copy \
         of `{path}`: what can still be read of it is taken into the new index"
    ));
    Ok(Outcome::Failed)
}
