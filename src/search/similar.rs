//! An article → others on the same affair, and why: the rare words that they share.
//!
//! The article's own rarest words (by how often it uses them and how few others do) become a query;
//! what is found is compared with it word by word. Reprints, which share nearly everything, are
//! told apart from articles that tell of the same thing in other words.

use std::collections::{HashMap, HashSet};

use tantivy::Term;

use super::{LocalSearcher, SearchError, Searcher, Weights};
use crate::article::Article;
use crate::clean::fold::{fold, is_han};
use crate::index::words::words_of_query;
use crate::query::{Bag, Node, Plan, Run, Scope, Word};

/// Share of the key words' worth that a similar article has to hold.
const HELD: f32 = 0.12;
/// Words of an article that it is compared by.
const KEY_WORDS: usize = 24;
/// Characters of an article that are read for them.
const READ: usize = 4_000;
/// Shared words that are named.
const NAMED: usize = 8;
/// Share of five-character pieces in common from which an article is a reprint.
const REPRINT: f64 = 0.6;

/// How an article is akin to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kin {
    /// The same text, or most of it.
    Reprint,
    /// The same affair in other words.
    Affair,
}

/// An article that is akin to another.
#[derive(Debug, Clone, PartialEq)]
pub struct Similar {
    /// The article.
    pub article: Article,
    /// How it is akin.
    pub kin: Kin,
    /// Share of the key words, by what they are worth, that it holds too.
    pub shared: f32,
    /// The most telling words that both hold.
    pub words: Vec<String>,
    /// Cities and counties that both are about.
    pub places: Vec<String>,
}

impl LocalSearcher {
    /// Finds articles akin to one, the nearest first, `count` at most.
    pub fn similar(&self, article: &Article, count: usize) -> Result<Vec<Similar>, SearchError> {
        let text = readable(article);
        let keys = self.key_words(&text);
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        let words = keys.iter().map(|(text, _)| Word {
            text: text.clone(),
            places: Vec::new(),
            any_of: Vec::new(),
            filler: false,
        });
        let run = |word: Word| Run {
            text: word.text.clone(),
            scope: Scope::Anywhere,
            words: vec![word],
            expansions: Vec::new(),
        };
        let bag = Bag { runs: words.map(run).collect() };
        let plan = Plan {
            node: Some(Node::Bag(bag)),
            // Reprints stand first and are many at times.
            size: count.saturating_mul(3).saturating_add(10),
            all: true,
            ..Plan::of("")
        };
        let pieces = pieces(&text);
        let worth: f32 = keys.iter().map(|(_, worth)| worth).sum();
        let mut found = Vec::new();
        // Nobody typed these words: an article on the same affair need not hold many of them.
        let searcher = self.with_weights(Weights { required: HELD, ..(*self.weights).clone() });
        for hit in searcher.search(&plan)?.hits {
            let other = hit.article;
            if other.id == article.id {
                continue;
            }
            let other_text = readable(&other);
            let held: Vec<&(String, f32)> =
                keys.iter().filter(|(word, _)| other_text.contains(word.as_str())).collect();
            let shared = held.iter().map(|(_, worth)| worth).sum::<f32>() / worth;
            let both = |own: &[String], others: &[String]| -> Vec<String> {
                own.iter().filter(|name| others.contains(name)).cloned().collect()
            };
            let mut places = both(&article.cities, &other.cities);
            places.extend(both(&article.counties, &other.counties));
            let alike = likeness(&pieces, &self::pieces(&other_text));
            found.push(Similar {
                kin: if alike >= REPRINT { Kin::Reprint } else { Kin::Affair },
                shared,
                words: held.into_iter().take(NAMED).map(|(word, _)| word.clone()).collect(),
                places,
                article: other,
            });
        }
        found.sort_by(|a, b| {
            let reprint = |similar: &Similar| similar.kin == Kin::Reprint;
            (reprint(a).cmp(&reprint(b)).reverse())
                .then(b.shared.total_cmp(&a.shared))
                .then_with(|| a.article.id.cmp(&b.article.id))
        });
        found.truncate(count);
        Ok(found)
    }

    /// The words that tell an article from others, the most telling first, with their worth.
    fn key_words(&self, folded: &str) -> Vec<(String, f32)> {
        let mut counts: HashMap<&str, f32> = HashMap::new();
        for range in words_of_query(folded) {
            let word = &folded[range];
            if word.chars().nth(1).is_some() && word.chars().any(is_han) {
                *counts.entry(word).or_default() += 1.0;
            }
        }
        let total = self.engine().num_docs() as f32;
        let field = self.index().fields.words;
        let mut rated: Vec<(String, f32)> = counts
            .into_iter()
            .map(|(word, count)| {
                let frequency =
                    self.engine().doc_freq(&Term::from_field_text(field, word)).unwrap_or(0) as f32;
                let rarity = (1.0 + total / (frequency + 1.0)).ln();
                (word.to_owned(), rarity * count / (count + 1.2))
            })
            .collect();
        rated.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        rated.truncate(KEY_WORDS);
        rated
    }
}

/// Headline and the first of the text, folded.
fn readable(article: &Article) -> String {
    let body: String = article.body.chars().take(READ).collect();
    if article.title_made { fold(&body) } else { fold(&format!("{}。{body}", article.title)) }
}

/// All pieces of five characters.
fn pieces(folded: &str) -> HashSet<[char; 5]> {
    let characters: Vec<char> = folded.chars().collect();
    characters.windows(5).filter_map(|piece| piece.try_into().ok()).collect()
}

/// What two texts have in common, as a share of the shorter one.
fn likeness(a: &HashSet<[char; 5]>, b: &HashSet<[char; 5]>) -> f64 {
    let least = a.len().min(b.len());
    if least == 0 {
        return 0.0;
    }
    a.intersection(b).count() as f64 / least as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reprint_shares_most_pieces_whatever_stands_around_it() {
        let text = "佛山与茂名共建人才飞地，首批企业已经入驻，两地还将互认职称。";
        let reprint = format!("本报讯 {text}（完）");
        assert!(likeness(&pieces(text), &pieces(&reprint)) > 0.9);
        let other = "茂名市在佛山设立人才飞地，两市的企业可以在那里一起招人。";
        assert!(likeness(&pieces(text), &pieces(other)) < REPRINT);
        assert!(likeness(&pieces("短"), &pieces(text)).abs() < 1e-9);
    }
}
