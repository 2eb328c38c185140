//! Counts by facet → tables.

use std::io::{self, Write};

use serde::Serialize;
use unicode_width::UnicodeWidthStr;

use super::csv::as_io;
use crate::present::count::thousands;
use crate::present::paint::Palette;
use crate::present::sanitize::{cell, terminal};
use crate::query::Understood;
use crate::search::{Count, Facets};

/// Names of the facets, in the order in which they are shown.
pub const NAMES: &[&str] =
    &["province", "city", "county", "region", "partner", "kind", "year", "month", "outlet"];

/// Counts by facet, with what they are counts of.
#[derive(Debug, Serialize)]
pub struct FacetsAnswer<'a> {
    /// The query as it was typed.
    pub query: &'a str,
    /// How many articles match.
    pub total: u64,
    /// Milliseconds it took.
    pub took_ms: f64,
    /// What a person should know about the answer.
    pub remarks: &'a [String],
    /// What was understood of the query.
    pub understood: &'a Understood,
    /// The counts.
    pub facets: FacetTable<'a>,
}

/// The facets that somebody wants to see, each cut to a number of values.
#[derive(Debug, Clone, Serialize)]
pub struct FacetTable<'a> {
    #[serde(flatten, serialize_with = "as_map")]
    facets: Vec<(&'static str, &'a [Count], usize)>,
}

fn as_map<S: serde::Serializer>(
    facets: &[(&'static str, &[Count], usize)],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_map(facets.iter().map(|(name, counts, _)| (name, counts)))
}

impl<'a> FacetTable<'a> {
    /// Takes the facets named in `only`, in that order (all, without it), and of each the first
    /// `limit` values.
    pub fn new(facets: &'a Facets, only: Option<&[String]>, limit: usize) -> Self {
        let known = |wanted: &String| NAMES.iter().find(|name| *name == wanted).copied();
        let chosen = only.map_or(NAMES.to_vec(), |only| only.iter().filter_map(known).collect());
        let facets = chosen.into_iter().map(|name| {
            let counts = counts(facets, name);
            (name, &counts[..counts.len().min(limit)], counts.len())
        });
        Self { facets: facets.collect() }
    }

    /// Writes each facet below the other, the counts aligned.
    pub fn write_text(&self, palette: Palette, out: &mut dyn Write) -> io::Result<()> {
        let shown = self.facets.iter().filter(|(_, counts, _)| !counts.is_empty());
        for (at, (name, counts, all)) in shown.enumerate() {
            if at > 0 {
                writeln!(out)?;
            }
            let more = if counts.len() < *all {
                palette.aside(format!(" ({} of {})", counts.len(), thousands(*all as u64)))
            } else {
                String::new()
            };
            writeln!(out, "{}{more}", palette.heading(name))?;
            let names: Vec<_> = counts.iter().map(|count| terminal(&count.value)).collect();
            let width = names.iter().map(|name| name.width()).max().unwrap_or(0);
            let numbers: Vec<String> = counts.iter().map(|count| thousands(count.count)).collect();
            let digits = numbers.iter().map(String::len).max().unwrap_or(0);
            for (name, number) in names.iter().zip(&numbers) {
                let gap = " ".repeat(width - name.width());
                writeln!(out, "  {name}{gap}  {number:>digits$}")?;
            }
        }
        Ok(())
    }

    /// Writes one row a value: facet, value, count.
    pub fn write_csv(&self, out: &mut dyn Write) -> io::Result<()> {
        out.write_all("\u{feff}".as_bytes())?;
        let mut table =
            csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(out);
        table.write_record(["facet", "value", "count"]).map_err(as_io)?;
        for (name, counts, _) in &self.facets {
            for count in *counts {
                let row = [*name, &cell(&count.value), &count.count.to_string()];
                table.write_record(row).map_err(as_io)?;
            }
        }
        table.flush()
    }
}

fn counts<'a>(facets: &'a Facets, name: &str) -> &'a [Count] {
    match name {
        "province" => &facets.province,
        "city" => &facets.city,
        "county" => &facets.county,
        "region" => &facets.region,
        "partner" => &facets.partner,
        "kind" => &facets.kind,
        "year" => &facets.year,
        "month" => &facets.month,
        "outlet" => &facets.outlet,
        _ => &[],
    }
}
