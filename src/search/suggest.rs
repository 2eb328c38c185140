//! What a [`Lexicon`] guesses → what articles hold: suggestions while somebody types, and the query
//! that was meant instead of one that finds nothing.

use std::collections::HashSet;

use serde::Serialize;

use super::{LocalSearcher, Remark, SearchError, Searcher};
use crate::clean::fold::{fold, is_han};
use crate::query::suggest::{Kind, Lexicon};
use crate::query::{Filters, Node, Plan, Scope, Word};

/// Guesses that are held against the index.
const ASKED: usize = 24;
/// Headlines that are suggested.
const TITLES: usize = 3;
/// So many articles are few.
const FEW: u64 = 5;
/// Words that fewer articles hold come from misprints as often as not.
const RARE: u32 = 2;
/// A word that fewer articles hold is not meant before a name that fits as well.
const SELDOM: u64 = 10;

/// Something that may be meant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Suggestion {
    /// The query that may be meant.
    pub text: String,
    /// What was put in.
    pub kind: Kind,
    /// How many articles hold it word for word; where none does, how many it finds.
    pub count: u64,
}

impl LocalSearcher {
    /// Collects the words of the index for suggestions.
    pub fn lexicon(&self) -> Result<Lexicon, SearchError> {
        let mut words = Vec::new();
        self.vocabulary(RARE, &mut |word, count| words.push((word.to_owned(), count)))?;
        Ok(Lexicon::new(words))
    }
}

/// Suggests what may be meant by what was typed so far, `most` at most: words, places, programmes,
/// then headlines that hold it.
pub fn suggest(
    searcher: &dyn Searcher,
    lexicon: &Lexicon,
    typed: &str,
    most: usize,
) -> Result<Vec<Suggestion>, SearchError> {
    let typed = typed.trim_start();
    let mut found: Vec<Suggestion> = Vec::new();
    for guess in lexicon.complete(typed, ASKED) {
        if found.len() >= most {
            break;
        }
        let mut count = literally(searcher, &guess.text)?;
        // A name that nobody writes so may still be what articles are about.
        if count == 0 && guess.kind != Kind::Word && guess.cost < 1.5 {
            count = searcher.search(&Plan { size: 0, ..Plan::of(&guess.text) })?.total;
        }
        if count > 0 {
            found.push(Suggestion { text: guess.text, kind: guess.kind, count });
        }
    }
    let headline = typed.trim();
    if headline.chars().filter(|&c| is_han(c)).count() >= 2 {
        let node = Node::Phrase(fold(headline), Scope::Title);
        let plan = Plan { node: Some(node), size: TITLES * 2, ..Plan::of("") };
        let mut seen = HashSet::new();
        let mut titles = Vec::new();
        for hit in searcher.search(&plan)?.hits {
            let title = hit.article.title;
            if !hit.article.title_made && seen.insert(title.clone()) && titles.len() < TITLES {
                titles.push(Suggestion { text: title, kind: Kind::Title, count: 1 });
            }
        }
        found.truncate(most.saturating_sub(titles.len()));
        found.extend(titles);
    }
    Ok(found)
}

/// Whether a query may well be mistyped: it finds little, or one of its stretches stands nowhere as
/// it is and is no more than a word or two.
pub fn looks_mistyped(
    searcher: &dyn Searcher,
    plan: &Plan,
    total: u64,
) -> Result<bool, SearchError> {
    if plan.node.is_none() {
        return Ok(false);
    }
    if total < FEW {
        return Ok(true);
    }
    let mut short: Vec<String> = Vec::new();
    let mut in_pieces = false;
    if let Some(node) = &plan.node {
        node.visit(&mut |leaf| {
            if let Node::Bag(bag) = leaf {
                for run in &bag.runs {
                    let length = run.text.chars().count();
                    // 市校合作 is a word, if one that articles seldom write.
                    let known = run.expansions.iter().any(|e| e.words == (0..run.words.len()));
                    if known || !(2..=4).contains(&length) || !run.text.chars().all(is_han) {
                        continue;
                    }
                    // 门厦 is cut into 门 and 厦: no words, and not the name of a place.
                    let loose =
                        |word: &Word| word.text.chars().count() == 1 && word.places.is_empty();
                    in_pieces |= run.words.len() > 1 && run.words.iter().all(loose);
                    short.push(run.text.clone());
                }
            }
        });
    }
    if in_pieces {
        return Ok(true);
    }
    for text in short.iter().take(4) {
        if literally(searcher, text)? <= u64::from(RARE) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Finds the query that was meant instead of one that looks mistyped: one that articles hold word
/// for word, many more than hold what was typed.
pub fn did_you_mean(
    searcher: &dyn Searcher,
    lexicon: &Lexicon,
    plan: &Plan,
) -> Result<Option<Remark>, SearchError> {
    let query = plan.query.trim();
    let typed = literally(searcher, query)?;
    let mut best: Option<(f64, String)> = None;
    let mut named: Option<String> = None;
    let often = often_written(searcher, query)?;
    for guess in lexicon.corrections(query, ASKED) {
        // What is often written was not mistyped, however rare the other stretches are.
        let kept: Vec<&str> = guess.text.split_whitespace().collect();
        if often.iter().any(|stretch| !kept.contains(stretch)) {
            continue;
        }
        let held = literally(searcher, &guess.text)?;
        if held <= typed.saturating_mul(4) {
            if typed == 0 && guess.kind != Kind::Word && guess.cost < 1.5 && named.is_none() {
                named = Some(guess.text);
            }
            continue;
        }
        // A word that hardly any article holds is no better than the name of a programme.
        if named.is_some() && guess.kind == Kind::Word && held < SELDOM {
            continue;
        }
        // Twice as dear has to be ten times as frequent.
        let worth = (held as f64).log10() - f64::from(guess.cost) * 2.0;
        if best.as_ref().is_none_or(|(most, _)| worth > *most) {
            best = Some((worth, guess.text));
        }
    }
    // A place or programme that no article writes so is still likelier meant than a slip.
    let Some(text) = best.map(|(_, text)| text).or(named) else { return Ok(None) };
    let meant =
        Plan { size: 0, page: 1, facets: false, filters: plan.filters.clone(), ..Plan::of(&text) };
    let total = searcher.search(&meant)?.total;
    Ok((total > 0).then_some(Remark::DidYouMean(text, total)))
}

/// The stretches of a query that more than a few articles hold.
fn often_written<'q>(searcher: &dyn Searcher, query: &'q str) -> Result<Vec<&'q str>, SearchError> {
    let mut often = Vec::new();
    for stretch in query.split_whitespace() {
        if literally(searcher, stretch)? > SELDOM {
            often.push(stretch);
        }
    }
    Ok(often)
}

/// How many articles hold every stretch of a query word for word.
fn literally(searcher: &dyn Searcher, query: &str) -> Result<u64, SearchError> {
    let mut phrases = Vec::new();
    if let Some(node) = Plan::literally(query).node {
        node.visit(&mut |leaf| match leaf {
            Node::Bag(bag) => {
                phrases
                    .extend(bag.runs.iter().map(|run| Node::Phrase(run.text.clone(), run.scope)));
            }
            other => phrases.push(other.clone()),
        });
    }
    if phrases.is_empty() {
        return Ok(0);
    }
    let node = Some(Node::All(phrases));
    let plan = Plan { node, filters: Filters::default(), size: 0, ..Plan::of("") };
    Ok(searcher.search(&plan)?.total)
}
