//! Crawl records as tables: the first row names the columns.

use std::error::Error;
use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use csv::{ByteRecord, ReaderBuilder};

use crate::article::{RawPage, Skip};

use super::record::{self, Field, Taken};
use super::source::{Source, broken_off, too_long};
use super::{Format, PagesOfFile, encoding, only};

/// Tables of one kind.
pub(super) struct Table {
    name: &'static str,
    endings: &'static [&'static str],
    /// What stands between columns where the first row leaves it open.
    delimiter: u8,
}

/// Columns with commas (or semicolons) between them, as spreadsheets write them.
pub(super) static COMMAS: Table = Table { name: "CSV", endings: &["csv"], delimiter: b',' };

/// Columns with tabulators between them.
pub(super) static TABULATORS: Table =
    Table { name: "TSV", endings: &["tsv", "tab"], delimiter: b'\t' };

/// What may stand between columns.
const DELIMITERS: &[u8] = b",\t;|";

impl Format for Table {
    fn name(&self) -> &'static str {
        self.name
    }

    fn endings(&self) -> &'static [&'static str] {
        self.endings
    }

    fn recognises(&self, start: &[u8]) -> bool {
        if encoding::is_binary(start) {
            return false;
        }
        let text = encoding::decode(start, &[]).text;
        let first = text.lines().next().unwrap_or_default();
        let delimiter = char::from(delimiter_of(first.as_bytes(), self.delimiter));
        let names = first.split(delimiter).map(|name| name.trim().trim_matches('"'));
        let known = names.clone().filter(|name| record::known(name).is_some()).count();
        delimiter == char::from(self.delimiter)
            && known >= 2
            && record::has_text(names, &super::FieldNames::default())
    }

    fn pages(&self, source: Source) -> PagesOfFile {
        match Rows::begin(source, self) {
            Ok(rows) => Box::new(rows),
            Err(skip) => only(skip),
        }
    }
}

/// What stands between the columns of a first row; `usual` where it does not tell.
fn delimiter_of(row: &[u8], usual: u8) -> u8 {
    let count = |delimiter: u8| memchr::memchr_iter(delimiter, row).count();
    let most = DELIMITERS.iter().copied().max_by_key(|delimiter| count(*delimiter));
    most.filter(|most| count(*most) > count(usual)).unwrap_or(usual)
}

/// The rows of a table.
struct Rows {
    /// Kept for its names; its bytes are read through `reader`.
    source: Source,
    format: &'static str,
    encoding: &'static str,
    reader: csv::Reader<Capped>,
    /// How many bytes were read since the last row ended.
    since: Arc<AtomicUsize>,
    /// What each column means.
    columns: Option<Vec<Option<(Field, usize)>>>,
    /// Names of columns that mean nothing to us.
    others: Vec<String>,
    row: ByteRecord,
    /// 1 where rows end with CR and LF: the LF is read, and its line counted, with the next row.
    uncounted: u64,
    done: bool,
}

impl Rows {
    fn begin(source: Source, table: &Table) -> Result<Self, Skip> {
        let (mut source, encoding) = source.into_utf8()?;
        let start = source.start(super::START)?;
        let first = start.split(|byte| *byte == b'\n').next().unwrap_or_default();
        let delimiter = delimiter_of(first, table.delimiter);
        let inner = std::mem::replace(&mut source.reader, Box::new(io::empty()));
        let since = Arc::<AtomicUsize>::default();
        let capped = Capped { inner, since: Arc::clone(&since), limit: source.limit };
        let reader = ReaderBuilder::new()
            .delimiter(delimiter)
            .flexible(true)
            .has_headers(false)
            .buffer_capacity(BUFFER)
            .from_reader(capped);
        Ok(Self {
            source,
            format: table.name,
            encoding,
            reader,
            since,
            columns: None,
            others: Vec::new(),
            row: ByteRecord::new(),
            uncounted: u64::from(first.ends_with(b"\r")),
            done: false,
        })
    }

    /// Reads the next row; false at the end.
    fn advance(&mut self) -> Result<bool, Skip> {
        let before = self.reader.position().line();
        let read = self.reader.read_byte_record(&mut self.row);
        self.since.store(0, Ordering::Relaxed);
        read.map_err(|error| {
            self.done = true;
            let origin = self.source.line(before + self.uncounted);
            match error.into_kind() {
                csv::ErrorKind::Io(error)
                    if error.get_ref().is_some_and(<dyn Error + Send + Sync>::is::<TooLong>) =>
                {
                    let hint = "a quotation mark is probably not closed; the file is read up to \
                                here";
                    too_long(origin, self.source.limit, hint)
                }
                csv::ErrorKind::Io(error) => broken_off(origin, &error),
                other => Skip::new(origin, format!("is no row of a table: {other:?}")),
            }
        })
    }

    /// Reads the names of the columns.
    fn name_columns(&mut self) -> Result<(), Skip> {
        let names: Vec<String> =
            self.row.iter().map(|cell| text_of(cell).trim().to_owned()).collect();
        if !record::has_text(names.iter().map(String::as_str), &self.source.fields) {
            self.done = true;
            let listed = names.iter().take(8).map(|name| format!("`{name}`")).collect::<Vec<_>>();
            return Err(Skip::new(
                self.source.origin(),
                "has no column `body`, `content` or the like",
            )
            .hint(format!(
                "its first row holds {}; name the text `body`, or say with --fields which it is",
                listed.join(", ")
            )));
        }
        let meant = |name: &String| record::meant(name, &self.source.fields);
        self.columns = Some(names.iter().map(meant).collect());
        self.others = names.iter().filter(|name| meant(name).is_none()).cloned().collect();
        Ok(())
    }

    /// Makes a page of a row.
    fn page(&self, columns: &[Option<(Field, usize)>]) -> Result<RawPage, Skip> {
        let line = self.row.position().map_or(0, csv::Position::line);
        let origin = self.source.line(line + self.uncounted);
        if self.row.as_slice().len() > self.source.limit {
            return Err(too_long(origin, self.source.limit, "no article is that long"));
        }
        let mut taken = Taken::default();
        self.others.iter().for_each(|name| taken.note_other(name));
        let mut damaged = 0;
        for (cell, meant) in self.row.iter().zip(columns) {
            if let Some((field, rank)) = meant {
                let text = text_of(cell);
                damaged += encoding::damage(&text);
                taken.offer_text(*field, *rank, &text);
            }
        }
        taken.into_page(origin, self.format, (self.encoding, damaged))
    }
}

/// The text of a cell. A file in UTF-8 may hold cells in other encodings.
fn text_of(cell: &[u8]) -> String {
    encoding::decode(cell, &[]).text
}

impl Iterator for Rows {
    type Item = Result<RawPage, Skip>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if self.done {
                return None;
            }
            match self.advance() {
                Ok(true) => {}
                Ok(false) => return None,
                Err(skip) => return Some(Err(skip)),
            }
            match &self.columns {
                Some(columns) => return Some(self.page(columns)),
                None => {
                    if let Err(skip) = self.name_columns() {
                        return Some(Err(skip));
                    }
                }
            }
        }
    }
}

/// How many bytes are read ahead.
const BUFFER: usize = 64 << 10;

/// Ends a row that does not end.
struct Capped {
    inner: Box<dyn io::BufRead + Send>,
    since: Arc<AtomicUsize>,
    limit: usize,
}

/// A row is longer than the limit.
#[derive(Debug, thiserror::Error)]
#[error("the row is too long")]
struct TooLong;

impl Read for Capped {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.since.load(Ordering::Relaxed) > self.limit + 2 * BUFFER {
            return Err(io::Error::other(TooLong));
        }
        let count = self.inner.read(buffer)?;
        self.since.fetch_add(count, Ordering::Relaxed);
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{ReadOptions, pages_of_bytes};

    #[test]
    fn rows_are_named_by_the_line_on_which_they_begin() {
        for end in ["\n", "\r\n"] {
            let rows = ["标题,正文", "一,\"两地\n签约。\"", "二,签约。", "三,"].join(end) + end;
            let pages = pages_of_bytes("a.csv", rows.into_bytes(), ReadOptions::default());
            let lines = pages.map(|page| page.map_or_else(|skip| skip.origin, |page| page.origin));
            let lines: Vec<String> = lines.map(|origin| origin.to_string()).collect();
            assert_eq!(lines, ["a.csv:2", "a.csv:4", "a.csv:5"], "{end:?}");
        }
    }
}
