//! Literal recall: is everything found that the text contains, and nothing else?
//!
//! The truth is a naive scan: a string stands in an article if its folded form stands in the
//! folded headline or the folded text.

use rayon::prelude::*;

use crate::clean::fold::fold;
use crate::query::{Node, Plan, Scope, parse};
use crate::search::{SearchError, Searcher};

/// An article reduced to what a scan needs.
#[derive(Debug, Clone)]
pub struct Scanned {
    /// Its id.
    pub id: String,
    /// Its folded headline.
    pub title: String,
    /// Its folded text.
    pub body: String,
}

impl Scanned {
    /// Folds an article's headline and text.
    pub fn new(id: &str, title: &str, body: &str) -> Self {
        Self { id: id.to_owned(), title: fold(title), body: fold(body) }
    }

    /// Whether a folded string stands in it.
    pub fn contains(&self, folded: &str) -> bool {
        self.title.contains(folded) || self.body.contains(folded)
    }
}

/// A string for which search and scan differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Miss {
    /// The string.
    pub text: String,
    /// Whether it was asked for in quotation marks (then the two have to be equal) or bare (then
    /// the search may find more).
    pub quoted: bool,
    /// Ids that contain it and were not found.
    pub missing: Vec<String>,
    /// Ids that were found and do not contain it.
    pub surplus: Vec<String>,
}

/// Cuts strings of 1 to 12 characters at places that look random and are the same every time:
/// in headlines and texts, inside words too.
///
/// `seed` chooses other places.
pub fn strings(texts: &[(String, String)], count: usize, seed: u64) -> Vec<String> {
    // A linear congruential generator (Knuth's MMIX constants): the same on every machine.
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut random = |below: usize| {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((state >> 33) as usize) % below.max(1)
    };
    let mut strings = Vec::with_capacity(count);
    let mut attempts = 0;
    while strings.len() < count && attempts < count * 20 {
        attempts += 1;
        let Some((title, body)) = texts.get(random(texts.len())) else { break };
        let text = if random(4) == 0 { title } else { body };
        let length = 1 + random(12);
        let start = random(text.chars().count());
        let cut: String = text.chars().skip(start).take(length).collect();
        if !fold(&cut).is_empty() {
            strings.push(cut);
        }
    }
    strings
}

/// Compares search and scan for each string, quoted and bare.
pub fn compare(
    searcher: &dyn Searcher,
    articles: &[Scanned],
    strings: &[String],
) -> Result<Vec<Miss>, SearchError> {
    let mut misses = Vec::new();
    for text in strings {
        let folded = fold(text);
        let mut truth: Vec<&str> =
            articles.par_iter().filter(|a| a.contains(&folded)).map(|a| a.id.as_str()).collect();
        truth.sort_unstable();
        let phrase = Node::Phrase(folded, Scope::Anywhere);
        misses.extend(differ(searcher, text, true, Some(phrase), &truth)?);
        let (node, ..) = parse(text);
        if node.as_ref().is_some_and(is_plain) {
            misses.extend(differ(searcher, text, false, node, &truth)?);
        }
    }
    Ok(misses)
}

/// Whether a query is text alone: signs such as `-` and `来源:` mean something else bare.
fn is_plain(node: &Node) -> bool {
    match node {
        Node::Bag(_) | Node::Phrase(..) => true,
        Node::All(nodes) => nodes.iter().all(is_plain),
        _ => false,
    }
}

fn differ(
    searcher: &dyn Searcher,
    text: &str,
    quoted: bool,
    node: Option<Node>,
    truth: &[&str],
) -> Result<Option<Miss>, SearchError> {
    let plan = Plan { node, ..Plan::of("") };
    let mut found = searcher.ids(&plan)?;
    found.sort_unstable();
    let holds = |list: &[String], id: &str| list.binary_search_by(|f| f.as_str().cmp(id)).is_ok();
    let missing: Vec<String> =
        truth.iter().filter(|id| !holds(&found, id)).map(|&id| id.to_owned()).collect();
    let surplus: Vec<String> = if quoted {
        found.iter().filter(|id| truth.binary_search(&id.as_str()).is_err()).cloned().collect()
    } else {
        Vec::new()
    };
    let right = missing.is_empty() && surplus.is_empty();
    Ok((!right).then(|| Miss { text: text.to_owned(), quoted, missing, surplus }))
}
