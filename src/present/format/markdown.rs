//! An answer as a Markdown list: headline with link, citation, the passages as quotations.

use std::io::{self, Write};

use super::text::dotted;
use crate::present::answer::{Answer, AnsweredHit};
use crate::present::count::counted;
use crate::present::highlight::{Lit, Passage};
use crate::present::paint::Layout;
use crate::present::sanitize::{address, markdown};

/// Writes the hits as a numbered list.
pub(super) fn write(answer: &Answer, _: Layout, out: &mut dyn Write) -> io::Result<()> {
    if !answer.query.trim().is_empty() {
        writeln!(out, "# {}\n", markdown(answer.query.trim()))?;
    }
    writeln!(out, "{}\n", counted(answer.total, "article"))?;
    write_hits(answer, out)
}

/// Writes the hits alone.
pub(super) fn write_hits(answer: &Answer, out: &mut dyn Write) -> io::Result<()> {
    for hit in &answer.hits {
        write_hit(hit, out)?;
    }
    Ok(())
}

fn write_hit(hit: &AnsweredHit, out: &mut dyn Write) -> io::Result<()> {
    let title = markdown(&hit.title);
    let title = match hit.url.as_deref().and_then(address) {
        Some(url) => format!("[{title}]({url})"),
        None => format!("**{title}**"),
    };
    let outlet = hit.outlet.as_deref().map(markdown);
    let date = hit.date.map(|date| date.to_string());
    let places = (!hit.cities.is_empty()).then(|| markdown(&hit.cities.join("、")));
    let cited: Vec<String> = [outlet, date, places].into_iter().flatten().collect();
    let number = format!("{}.", hit.rank);
    let indent = " ".repeat(number.len() + 1);
    write!(out, "{number} {title}")?;
    if !cited.is_empty() {
        write!(out, " — {}", cited.join("，"))?;
    }
    write!(out, " `{}`", markdown(&hit.id).replace(['`', '\\'], ""))?;
    if hit.duplicates > 0 {
        write!(out, " +{}", counted(hit.duplicates, "copy"))?;
    }
    writeln!(out)?;
    for snippet in &hit.snippets {
        writeln!(out, "\n{indent}> {}", emphasised(&dotted(snippet)))?;
    }
    writeln!(out)
}

/// A passage with its marks in bold, and what stands for them in italics.
fn emphasised(passage: &Passage) -> String {
    let mut written = String::new();
    for (text, marked) in passage.pieces() {
        let text = markdown(text);
        let stars = match marked {
            Lit::No => "",
            Lit::Typed => "**",
            Lit::Also => "*",
        };
        // Blanks inside the stars would keep them from being read as bold.
        if text.trim().is_empty() || stars.is_empty() {
            written.push_str(&text);
        } else {
            written.extend([stars, text.trim(), stars]);
        }
    }
    written
}
