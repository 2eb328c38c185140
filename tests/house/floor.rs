//! What is passed over because it cannot be found changes nothing of what is found.

use std::collections::HashMap;

use liancheng::query::{Node, Plan};
use liancheng::search::{LocalSearcher, Searcher, Weights};

use crate::support::{built, open, sample};

/// What a query finds, every copy, with the score.
fn found(searcher: &LocalSearcher, query: &str) -> HashMap<String, f32> {
    let plan = Plan { size: 1_000, all: true, ..Plan::of(query) };
    let hits = searcher.search(&plan).expect("it searches").hits;
    hits.into_iter().map(|hit| (hit.article.id, hit.score)).collect()
}

/// Whether a query is words of two characters and more.
fn words_alone(query: &str) -> bool {
    let (mut words, mut characters) = (0, 0);
    if let Some(node) = Plan::of(query).node {
        node.visit(&mut |leaf| {
            if let Node::Bag(bag) = leaf {
                for word in bag.runs.iter().flat_map(|run| &run.words) {
                    words += 1;
                    characters += usize::from(word.text.chars().nth(1).is_none());
                }
            }
        });
    }
    words > 1 && characters == 0
}

#[test]
fn articles_earn_the_same_under_any_floor() {
    let folder = tempfile::tempdir().expect("a folder");
    built(folder.path(), &[sample()]);
    let searcher = open(folder.path());
    let floor = |required| {
        searcher.with_weights(Weights { required, reconsidered: 0, ..Weights::default() })
    };
    // Without a floor every list is walked through; the higher it is, the more words are only asked
    // about what others found.
    let all = floor(0.0);
    let mut sentences: Vec<String> = Vec::new();
    let each = searcher.for_each_article(&mut |article| {
        sentences.extend(article.body.split(['，', '。', '\n']).map(str::to_owned).step_by(2));
    });
    each.expect("articles can be read");
    // Lone characters hidden in words are left out under some floors and not under others.
    sentences.retain(|sentence| words_alone(sentence));
    sentences.truncate(400);
    sentences.extend(
        ["佛山 茂名 人才飞地 合作", "沪滇 对口帮扶 产业", "人才 合作 企业 城市"].map(str::to_owned),
    );
    let mut hits = 0;
    for sentence in &sentences {
        let everything = found(&all, sentence);
        let mut fewer = everything.len();
        for required in [0.2, 0.35, 0.6, 0.9] {
            let held = found(&floor(required), sentence);
            assert!(held.len() <= fewer, "「{sentence}」: a higher floor finds no more");
            fewer = held.len();
            hits += fewer;
            for (id, score) in held {
                let without = everything[&id];
                assert!(
                    (score - without).abs() <= 1e-4 * without,
                    "「{sentence}」 {required}: {id} earns {score}, and {without} without a floor"
                );
            }
        }
    }
    assert!(hits > 500, "{hits} hits");
}
