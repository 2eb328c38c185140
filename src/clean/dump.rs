//! Text dumps: a page as it was shown, without markup → headline, header line, text.
//!
//! There is nothing to go by but the words. The headline stands above the line that names day and
//! outlet, or is the first line; what stands above the headline is navigation.

use crate::article::Witness;

use super::fold::fold;
use super::header::{Facts, is_header_line, read_line, read_neighbours};
use super::rules::{DROPPED, KNOBS};
use super::settle::is_prose;

/// A dump taken apart.
pub(super) struct Parted<'a> {
    /// The headline, if there is one.
    pub(super) title: Option<&'a str>,
    /// The lines below the header.
    pub(super) lines: Vec<&'a str>,
}

/// How many lines at the top are looked at for a headline.
const TOP: usize = 40;

/// Takes a dump apart, and notes what its header line states.
pub(super) fn part<'a>(text: &'a str, facts: &mut Facts) -> Parted<'a> {
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let first_prose = lines
        .iter()
        .take(TOP)
        .position(|line| is_prose(line) && line.contains('。'))
        .unwrap_or(lines.len().min(TOP));
    let header = lines[..first_prose].iter().position(|line| is_header_line(line));
    let title_at = match header {
        Some(header) => headline_above(&lines[..header]),
        None => headline_first(&lines, first_prose),
    };
    let mut start = title_at.map_or(0, |at| at + 1);
    if let Some(header) = header {
        let below = title_at.map_or(0, |at| at + 1);
        start = start.max(header);
        for (at, line) in lines[below..first_prose].iter().enumerate() {
            if is_header_line(line) && read_line(line, Witness::Header, facts) {
                start = start.max(below + at + 1);
            }
        }
        read_neighbours(&lines[below..first_prose], facts);
    }
    Parted { title: title_at.map(|at| lines[at]), lines: lines[start..].to_vec() }
}

/// Whether a line is part of the page rather than a headline.
fn is_furniture(line: &str) -> bool {
    let folded = fold(line);
    let bare = folded.trim_matches(|c: char| !c.is_alphanumeric());
    bare.is_empty()
        || KNOBS.contains(&bare)
        || DROPPED.is_match(&folded)
        || line.matches(['>', '»', '›']).count() >= 2
}

/// The headline above a header line: the nearest line that is long enough for one.
fn headline_above(lines: &[&str]) -> Option<usize> {
    let fits = |line: &str| {
        (4..=80).contains(&line.chars().count()) && !is_furniture(line) && !is_header_line(line)
    };
    let near = lines.iter().rposition(|line| fits(line) && line.chars().count() >= 9);
    near.or_else(|| lines.iter().rposition(|line| fits(line)))
}

/// The headline of a dump without a header line: the last line above the text that can be one.
fn headline_first(lines: &[&str], first_prose: usize) -> Option<usize> {
    let above = &lines[..first_prose.min(6)];
    above.iter().rposition(|line| {
        (5..=60).contains(&line.chars().count())
            && !line.ends_with(['。', '；', '，', ':', '：'])
            && !is_furniture(line)
    })
}
