//! Counts over time → a table or an object.

use std::io::{self, Write};

use serde::Serialize;

use super::csv::as_io;
use crate::search::Trend;

/// Counts over time, and of what.
#[derive(Debug, Serialize)]
pub struct TrendAnswer<'a> {
    /// The query as it was typed.
    pub query: &'a str,
    /// The counts.
    #[serde(flatten)]
    pub trend: &'a Trend,
}

impl TrendAnswer<'_> {
    /// Writes one object.
    pub fn write_json(&self, out: &mut dyn Write) -> io::Result<()> {
        serde_json::to_writer_pretty(&mut *out, self)?;
        writeln!(out)
    }

    /// Writes one row a month or year.
    pub fn write_csv(&self, out: &mut dyn Write) -> io::Result<()> {
        out.write_all("\u{feff}".as_bytes())?;
        let mut table =
            csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(out);
        table.write_record(["when", "count", "all", "share"]).map_err(as_io)?;
        for point in &self.trend.points {
            let (count, all) = (point.count.to_string(), point.all.to_string());
            let row = [point.when.as_str(), &count, &all, &point.share.to_string()];
            table.write_record(row).map_err(as_io)?;
        }
        table.flush()
    }
}
