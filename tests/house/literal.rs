//! What the text contains is found: random strings against a naive scan.

use liancheng::measure::literal::{Scanned, compare, strings};
use liancheng::query::{FilterRequest, parse};
use liancheng::search::{LocalSearcher, Searcher};

use crate::support::{built, open, plan, sample, shared};

fn check(searcher: &LocalSearcher, count: usize, seed: u64) {
    let (mut articles, mut texts) = (Vec::new(), Vec::new());
    let collected = searcher.for_each_article(&mut |article| {
        articles.push(Scanned::new(&article.id, &article.title, &article.body));
        texts.push((article.title, article.body));
    });
    collected.expect("articles can be read");
    texts.sort();
    let misses = compare(searcher, &articles, &strings(&texts, count, seed)).expect("it searches");
    assert!(misses.is_empty(), "{misses:#?}");
}

#[test]
fn every_string_of_the_sample_is_found_where_it_stands() {
    let folder = tempfile::tempdir().unwrap();
    built(folder.path(), &[sample()]);
    check(&open(folder.path()), 3_000, 7);
}

#[test]
fn every_string_of_a_real_archive_is_found_where_it_stands() {
    let Some(archive) = shared("corpus/archive40k.jsonl.gz") else { return };
    // A part of it: the whole archive is for `examples/literal_recall.rs`.
    let folder = tempfile::tempdir().unwrap();
    let part = folder.path().join("part.jsonl");
    let reader = std::io::BufReader::new(flate2::read::MultiGzDecoder::new(
        std::fs::File::open(archive).unwrap(),
    ));
    let lines: Vec<String> =
        std::io::BufRead::lines(reader).map_while(Result::ok).step_by(13).collect();
    std::fs::write(&part, lines.join("\n")).unwrap();
    let index = folder.path().join("index");
    built(&index, &[part]);
    check(&open(&index), 1_000, 11);
}

#[test]
fn odd_queries_get_an_answer() {
    let folder = tempfile::tempdir().unwrap();
    built(folder.path(), &[sample()]);
    let searcher = open(folder.path());
    let total = |query: &str| {
        searcher.search(&plan(query, &FilterRequest::default())).expect("an answer").total
    };
    let enclave = total("人才飞地");
    assert!(enclave > 0);
    for same in ["“人才飞地”", "「人才飞地」", "人才（飞地）", "飞地+人才", "人才 飞地", "人才飛地"]
    {
        assert!(total(same) > 0, "{same} finds something");
    }
    for odd in
        ["时间:2024", "２０２４年", "区", "😀", "\"", "(((", "- - -", "OR", "", "　", "a:b:c"]
    {
        let _ = total(odd);
    }
    let (known, with_unknown) = (total("产业协作"), total("产业协作 qqzzxx"));
    assert_eq!(known, with_unknown, "a word that stands nowhere takes nothing away");
    assert_eq!(total("qqzzxx"), 0);
    let long = "广东与广西的产业协作、".repeat(1_000);
    assert!(long.chars().count() > 10_000);
    let _ = total(&long);
    let (_, _, remarks) = parse(&long);
    assert!(!remarks.is_empty(), "what is left aside is said");
}
