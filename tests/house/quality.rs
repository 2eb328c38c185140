//! The figures of `eval` over the sample crawl as golden text: a change of the ranking shows as a
//! readable difference. `UPDATE_EXPECT=1` rewrites it.

use std::fmt::Write as _;

use expect_test::expect_file;
use liancheng::measure::{Judged, Kind, Run, Scores};
use liancheng::query::Plan;
use liancheng::search::Searcher;

use crate::support::{built, open, project, sample};

#[test]
fn judged_topics_of_the_sample() {
    let folder = tempfile::tempdir().expect("a folder");
    built(folder.path(), &[sample().join("feeds")]);
    let searcher = open(folder.path());
    let topics = std::fs::read_to_string(project().join("tests/golden/topics.json"));
    let judged = Judged::read(&topics.expect("the topics"), None).expect("topics");
    let mut run = Run::default();
    for (id, query) in judged.queries() {
        let hits = searcher
            .search(&Plan { size: 20, all: true, ..Plan::of(query) })
            .expect("an answer")
            .hits;
        let list = hits.into_iter().map(|hit| (hit.article.id, f64::from(hit.score)));
        run.answers.insert(id, list.collect());
    }
    let scores = Scores::of(&judged, &run);
    let figure = |value: Option<f64>| value.map_or("–".to_owned(), |value| format!("{value:.3}"));
    let mut text = String::new();
    for row in &scores.rows {
        let what = if row.kind == Kind::Known { row.reciprocal_rank } else { row.ndcg };
        let first: Vec<&str> = run.ranking(&row.id).into_iter().take(3).collect();
        let _ =
            writeln!(text, "{:<5} {}  {}  → {}", row.id, figure(what), row.query, first.join(" "));
    }
    let _ = writeln!(
        text,
        "\nnDCG@10 {} · variants {} · recall {} · known items {}",
        figure(scores.ndcg),
        figure(scores.ndcg_of_variants),
        figure(scores.recall),
        figure(scores.reciprocal_rank),
    );
    expect_file![project().join("tests/golden/topics.txt")].assert_eq(&text);
}
