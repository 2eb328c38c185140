//! An [`Article`] and what was asked → its headline and paragraphs in pieces, each with what it is:
//! lit, the name of a place, part of the sentence that tells of partners.

use std::ops::Range;

use super::highlight::{Lights, Lit, LitText};
use crate::article::{Article, Cooperation, Field, Role};

/// A piece of text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// The text; it may hold anything that the page held.
    pub text: String,
    /// Whether the query found it, as it was typed or not.
    pub lit: Lit,
    /// The full name of the place that it names.
    pub place: Option<String>,
    /// Which fact it is the evidence of: a number of [`facts`].
    pub evidence: Option<usize>,
}

/// All that an article tells of partners: those of the pairs first, then of the alliances.
pub fn facts(article: &Article) -> Vec<(Vec<&str>, &Cooperation)> {
    article.circles().collect()
}

/// The headline in pieces.
pub fn marked_title(article: &Article, lights: &Lights) -> Vec<Piece> {
    let whole = 0..article.title.chars().count();
    pieces(article, &article.title, Field::Title, lights, &[whole]).into_iter().flatten().collect()
}

/// The paragraphs in pieces; empty ones are left out.
pub fn marked_body(article: &Article, lights: &Lights) -> Vec<Vec<Piece>> {
    let mut at = 0;
    let mut paragraphs = Vec::new();
    for paragraph in article.body.split('\n') {
        let length = paragraph.chars().count();
        if !paragraph.trim().is_empty() {
            paragraphs.push(at..at + length);
        }
        at += length + 1;
    }
    pieces(article, &article.body, Field::Body, lights, &paragraphs)
}

/// Cuts parts of a text wherever something begins or ends.
fn pieces(
    article: &Article,
    text: &str,
    field: Field,
    lights: &Lights,
    parts: &[Range<usize>],
) -> Vec<Vec<Piece>> {
    let lit = LitText::new(text, field, &article.places, lights);
    let characters = &lit.characters;
    let fits = |start: u32, end: u32| {
        let range = start as usize..end as usize;
        (range.start < range.end && range.end <= characters.len()).then_some(range)
    };
    // For each character what it is; later layers lie on top.
    let mut lights_on = vec![Lit::No; characters.len()];
    let mut places: Vec<Option<usize>> = vec![None; characters.len()];
    let mut evidence: Vec<Option<usize>> = vec![None; characters.len()];
    for range in lit.marks.iter().filter_map(|mark| fits(mark.start, mark.end)) {
        lights_on[range].fill(Lit::Also);
    }
    for range in lit.typed.iter().filter_map(|mark| fits(mark.start, mark.end)) {
        lights_on[range].fill(Lit::Typed);
    }
    for (number, place) in article.places.iter().enumerate() {
        if place.role == Role::InName {
            continue;
        }
        for mention in place.mentions.iter().filter(|mention| mention.field == field) {
            if let Some(range) = fits(mention.span.start, mention.span.end) {
                places[range].fill(Some(number));
            }
        }
    }
    for (number, (_, fact)) in facts(article).into_iter().enumerate() {
        if fact.field == field
            && let Some(range) = fits(fact.span.start, fact.span.end)
        {
            for slot in &mut evidence[range] {
                slot.get_or_insert(number);
            }
        }
    }
    let kind = |at: usize| (lights_on[at], places[at], evidence[at]);
    let cut = |part: &Range<usize>| -> Vec<Piece> {
        let mut pieces = Vec::new();
        let mut start = part.start;
        while start < part.end {
            let same = (start..part.end).take_while(|&at| kind(at) == kind(start)).count();
            let (lit, place, evidence) = kind(start);
            pieces.push(Piece {
                text: characters[start..start + same].iter().collect(),
                lit,
                place: place.map(|number| article.places[number].name.clone()),
                evidence,
            });
            start += same;
        }
        pieces
    };
    parts.iter().map(cut).collect()
}
