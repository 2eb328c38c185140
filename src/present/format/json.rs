//! An answer as JSON: whole, or one hit a line.

use std::io::{self, Write};

use crate::present::answer::Answer;
use crate::present::paint::Layout;

/// Writes the whole answer as one object.
pub(super) fn write(answer: &Answer, _: Layout, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, answer)?;
    writeln!(out)
}

/// Writes one object a line for each hit.
pub(super) fn write_lines(answer: &Answer, _: Layout, out: &mut dyn Write) -> io::Result<()> {
    for hit in &answer.hits {
        serde_json::to_writer(&mut *out, hit)?;
        writeln!(out)?;
    }
    Ok(())
}
