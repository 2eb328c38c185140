//! `liancheng trend [QUERY]`.

use std::io::Write;
use std::path::Path;

use unicode_width::UnicodeWidthStr;

use super::args::{Chart, Times, TrendArgs};
use super::whence::Whence;
use super::{CliError, Console, Outcome, meant};
use crate::present::{Bars, Palette, TrendAnswer, counted, taken, thousands};
use crate::search::{Step, Trend, trend};

/// Columns of the longest bar.
const LONGEST: usize = 50;
/// One to seven eighths of a column.
const PARTS: [char; 7] = ['▏', '▎', '▍', '▌', '▋', '▊', '▉'];
/// Height of the picture.
const HEIGHT: f64 = 260.0;

/// Counts what matches over time and prints it.
pub(super) fn run(
    home: &Path,
    args: &TrendArgs,
    console: &mut Console<'_>,
) -> Result<Outcome, CliError> {
    let plan = meant::plan(&meant::query(&args.query), &args.filters, false)?;
    let searcher = Whence::open(home, &args.cluster)?;
    let by = match args.by {
        Times::Month => Step::Month,
        Times::Year => Step::Year,
    };
    let trend = trend(searcher.searcher(), &plan, by, None)?;
    let answer = TrendAnswer { query: &plan.query, trend: &trend };
    let palette = console.layout().palette;
    match args.format {
        Chart::Text => write_bars(&trend, palette, console.out())?,
        Chart::Csv => answer.write_csv(console.out())?,
        Chart::Json => answer.write_json(console.out())?,
        Chart::Svg => Bars::of(&trend, HEIGHT).write_file(console.out())?,
    }
    console.finish()?;
    for aside in &plan.asides {
        console.remark(taken(aside));
    }
    if trend.undated > 0 && trend.total > 0 {
        console.remark(format!(
            "{} of {} no {} and {} left out",
            thousands(trend.undated),
            counted(trend.total, "article") + if trend.undated == 1 { " states" } else { " state" },
            if by == Step::Month { "month" } else { "year" },
            if trend.undated == 1 { "is" } else { "are" }
        ));
    }
    if trend.total == 0 {
        console.remark("nothing was found to be counted");
    }
    Ok(if trend.total > 0 { Outcome::Done } else { Outcome::Nothing })
}

/// Writes a bar a line: time, count, share of all articles, bar.
fn write_bars(trend: &Trend, palette: Palette, out: &mut dyn Write) -> std::io::Result<()> {
    let most = trend.points.iter().map(|point| point.count).max().unwrap_or(0).max(1);
    let numbers: Vec<String> = trend.points.iter().map(|point| thousands(point.count)).collect();
    let digits = numbers.iter().map(|number| number.width()).max().unwrap_or(0);
    for (point, number) in trend.points.iter().zip(&numbers) {
        // Eighths of a column.
        let eighths = (point.count as f64 / most as f64 * (LONGEST * 8) as f64).round() as usize;
        let mut bar = "█".repeat(eighths / 8);
        let rest = if eighths == 0 && point.count > 0 { 1 } else { eighths % 8 };
        bar.extend(rest.checked_sub(1).map(|at| PARTS[at]));
        let share = palette.aside(format!("{:>6.2} %", point.share * 100.0));
        let line = format!("{}  {number:>digits$}  {share}  {bar}", point.when);
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(())
}
