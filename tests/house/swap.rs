//! Searches go on while an index is written; the same crawl twice changes nothing.

use std::path::Path;
use std::process::{Command, Stdio};

use liancheng::query::FilterRequest;
use liancheng::search::Searcher;

use crate::support::{built, open, plan, sample};

fn program(folder: &Path, command: &str, paths: &[&Path]) -> Command {
    let mut program = Command::new(env!("CARGO_BIN_EXE_liancheng"));
    program.arg(command).arg("--index").arg(folder).args(paths);
    program.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    program
}

#[test]
fn a_search_that_runs_meanwhile_answers_from_the_old_index() {
    let folder = tempfile::tempdir().unwrap();
    let index = folder.path().join("index");
    built(&index, &[sample().join("dumps")]);
    let reader = open(&index);
    let before = reader.ids(&plan("", &FilterRequest::default())).unwrap().len();
    let status = program(&index, "rebuild", &[&sample().join("feeds")]).status().unwrap();
    assert!(status.success());
    let still = reader.search(&plan("合作", &FilterRequest::default())).unwrap();
    assert!(still.hits.iter().all(|hit| hit.article.origin.path.contains("dumps")));
    assert_eq!(reader.ids(&plan("", &FilterRequest::default())).unwrap().len(), before);
    assert!(open(&index).ids(&plan("", &FilterRequest::default())).unwrap().len() != before);
    // The old generation stays while it is read and goes when nobody reads it any more.
    let generations = || {
        let entries = std::fs::read_dir(&index).unwrap().flatten();
        entries.filter(|e| e.file_name().to_string_lossy().starts_with("generation-")).count()
    };
    assert_eq!(generations(), 2);
    drop(reader);
    // A search was answered from the new one: what was before it goes with the next rebuild.
    open(&index).search(&plan("合作", &FilterRequest::default())).unwrap();
    assert!(program(&index, "rebuild", &[]).status().unwrap().success());
    assert_eq!(generations(), 2);
}

#[test]
fn the_same_crawl_twice_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let first = built(folder.path(), &[sample()]);
    let second = built(folder.path(), &[sample()]);
    assert_eq!(first.read, first.new + first.changed + first.unchanged + first.skipped);
    assert_eq!((second.new, second.changed), (0, 0));
    assert_eq!(second.read, second.unchanged + second.skipped);
    assert_eq!(first.articles, second.articles);
}

#[test]
fn a_changed_article_replaces_its_older_version() {
    let folder = tempfile::tempdir().unwrap();
    let (index, crawl) = (folder.path().join("index"), folder.path().join("crawl.jsonl"));
    let record =
        |body: &str| format!("{{\"id\":\"a1\",\"title\":\"佛山与茂名\",\"body\":\"{body}\"}}\n");
    let write = |body: &str| std::fs::write(&crawl, record(body)).unwrap();
    write("佛山与茂名签订人才合作框架协议，共建人才飞地。");
    assert_eq!(built(&index, std::slice::from_ref(&crawl)).new, 1);
    write("佛山与茂名签订产业协作框架协议，共建产业园区。");
    let summary = built(&index, std::slice::from_ref(&crawl));
    assert_eq!((summary.changed, summary.articles), (1, 1));
    let searcher = open(&index);
    let total = |query| searcher.search(&plan(query, &FilterRequest::default())).unwrap().total;
    assert_eq!((total("\"人才飞地\""), total("\"产业园区\"")), (0, 1));
}
