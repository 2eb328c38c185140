//! Killing `index` and `rebuild` at any moment leaves an index that answers as before or as after.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use liancheng::query::FilterRequest;
use liancheng::search::Searcher;

use crate::support::{built, open, plan, sample};

/// Moments at which each command is killed.
const MOMENTS: u32 = 25;

fn program(folder: &Path, command: &str, paths: &[&Path]) -> Command {
    let mut program = Command::new(env!("CARGO_BIN_EXE_liancheng"));
    program.arg(command).arg("--index").arg(folder).args(paths);
    program.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    program
}

/// The ids in an index, in order.
fn ids(folder: &Path) -> Vec<String> {
    let mut ids = open(folder).ids(&plan("", &FilterRequest::default())).expect("it answers");
    ids.sort();
    ids
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().flatten() {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// Kills a command at moments spread over the time it takes, from a fresh copy of `before` each
/// time, and compares what is there with what was and what should come.
fn kill_at_many_moments(command: &str) {
    let folder = tempfile::tempdir().unwrap();
    let before_folder = folder.path().join("before");
    let (dumps, feeds) = (sample().join("dumps"), sample().join("feeds"));
    built(&before_folder, std::slice::from_ref(&dumps));
    let before = ids(&before_folder);
    let after_folder = folder.path().join("after");
    copy(&before_folder, &after_folder);
    let started = Instant::now();
    assert!(program(&after_folder, command, &[&feeds]).status().unwrap().success());
    let whole = started.elapsed();
    let after = ids(&after_folder);
    assert_ne!(before, after);

    let (mut as_before, mut as_after) = (0, 0);
    for moment in 0..MOMENTS {
        let work = folder.path().join(format!("work-{moment}"));
        copy(&before_folder, &work);
        let mut child = program(&work, command, &[&feeds]).spawn().unwrap();
        // From the first instant to a little past the end: the last steps are the delicate ones.
        let share = f64::from(moment) / f64::from(MOMENTS - 1) * 1.1;
        std::thread::sleep(Duration::from_secs_f64(whole.as_secs_f64() * share));
        child.kill().unwrap();
        child.wait().unwrap();
        let now = ids(&work);
        if now == before {
            as_before += 1;
        } else {
            assert_eq!(now, after, "killed at {share:.2} of its time, {command} left neither");
            as_after += 1;
        }
        // Nothing is left that needs hands: the next run does its work.
        if moment % 8 == 0 {
            assert!(program(&work, command, &[&feeds]).status().unwrap().success());
            assert_eq!(ids(&work), after);
        }
        std::fs::remove_dir_all(&work).unwrap();
    }
    println!("{command}: {as_before} times as before, {as_after} times as after");
    assert!(as_before > 0, "some kill came before the end");
}

#[test]
fn a_killed_index_run_leaves_before_or_after() {
    kill_at_many_moments("index");
}

#[test]
fn a_killed_rebuild_leaves_before_or_after() {
    kill_at_many_moments("rebuild");
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
