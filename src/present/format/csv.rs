//! An answer as a table for spreadsheet programs: RFC 4180, with a byte order mark, since some
//! take Chinese text for something else without one.

use std::io::{self, Write};

use csv::{Terminator, WriterBuilder};

use crate::present::answer::{Answer, AnsweredHit};
use crate::present::paint::Layout;
use crate::present::sanitize::cell;

/// The mark that says UTF-8.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// What stands between the values of a list in one cell.
const BETWEEN: &str = "；";

const HEADER: [&str; 16] = [
    "rank",
    "id",
    "score",
    "title",
    "date",
    "outlet",
    "url",
    "path",
    "cities",
    "counties",
    "provinces",
    "regions",
    "partners",
    "evidence",
    "snippet",
    "duplicates",
];

/// Writes the hits, one a row.
pub(super) fn write(answer: &Answer, _: Layout, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(BYTE_ORDER_MARK)?;
    let mut table = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(out);
    table.write_record(HEADER).map_err(as_io)?;
    write_records(answer, &mut table)
}

/// Writes further rows.
pub(super) fn write_rows(answer: &Answer, out: &mut dyn Write) -> io::Result<()> {
    write_records(answer, &mut WriterBuilder::new().terminator(Terminator::CRLF).from_writer(out))
}

fn write_records(answer: &Answer, table: &mut csv::Writer<&mut dyn Write>) -> io::Result<()> {
    for hit in &answer.hits {
        let cells = row(hit);
        let guarded = cells.iter().map(|value| cell(value).into_owned());
        table.write_record(guarded).map_err(as_io)?;
    }
    table.flush()
}

/// The error of the file system in an error of a table, so that a broken pipe stays one.
pub(super) fn as_io(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        other => io::Error::other(format!("{other:?}")),
    }
}

fn row(hit: &AnsweredHit) -> [String; 16] {
    let partners: Vec<String> =
        hit.partners.iter().map(|pair| format!("{}—{}（{}）", pair.a, pair.b, pair.kind)).collect();
    let snippets: Vec<&str> = hit.snippets.iter().map(|snippet| snippet.text.as_str()).collect();
    [
        hit.rank.to_string(),
        hit.id.clone(),
        hit.score.to_string(),
        hit.title.clone(),
        hit.date.map(|date| date.to_string()).unwrap_or_default(),
        hit.outlet.clone().unwrap_or_default(),
        hit.url.clone().unwrap_or_default(),
        hit.path.clone(),
        hit.cities.join(BETWEEN),
        hit.counties.join(BETWEEN),
        hit.provinces.join(BETWEEN),
        hit.regions.join(BETWEEN),
        partners.join(BETWEEN),
        hit.evidence.join(BETWEEN),
        snippets.join(" … "),
        hit.duplicates.to_string(),
    ]
}
