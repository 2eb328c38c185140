//! A disk that fails now and then: writes, syncs and renames come back with EIO. Whatever fails, the
//! index is whole and holds what it held or what was to come, and the next run mends the rest.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::support::{Dice, articles, check, record};

/// Runs of each command with a fault; each takes about a second under the tracer.
const FAULTS: u64 = 12;

/// The system calls that fail.
const CALLS: [&str; 4] =
    ["write", "fsync,fdatasync", "rename,renameat,renameat2", "ftruncate,fallocate"];

/// The program under a tracer that lets one system call of each thread fail.
fn faulty(home: &Path, args: &[&str], calls: &str, at: u64) -> Command {
    let mut tracer = Command::new("strace");
    tracer.args(["-f", "-qq", "-o", "/dev/null", "-e"]).arg(format!("trace={calls}"));
    tracer.arg("-e").arg(format!("inject={calls}:error=EIO:when={at}"));
    tracer.arg(env!("CARGO_BIN_EXE_liancheng")).arg("--index").arg(home).args(args);
    tracer.env_remove("LIANCHENG_INDEX").stdin(Stdio::null()).stdout(Stdio::null());
    tracer.stderr(Stdio::piped());
    tracer
}

fn can_trace() -> bool {
    let mut tracer = Command::new("strace");
    tracer.args(["-f", "-qq", "-o", "/dev/null", "-e", "inject=rename:error=EIO:when=99", "true"]);
    tracer.stderr(Stdio::null()).status().is_ok_and(|status| status.success())
}

#[test]
fn a_failing_disk_leaves_an_index_that_is_whole() {
    if !can_trace() {
        println!("SKIPPED: strace, which lets writes fail, is missing or not allowed here");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let (crawl, home) = (folder.path().join("crawl"), folder.path().join("index"));
    std::fs::create_dir(&crawl).unwrap();
    let crawl_name = crawl.to_string_lossy().into_owned();
    std::fs::write(crawl.join("first.jsonl"), record("first", 1)).unwrap();
    assert!(crate::support::program(&home, &["index", &crawl_name]).status().unwrap().success());
    let mut dice = Dice(20);
    let (mut failed, mut passed) = (0, 0);
    for round in 0..FAULTS * 2 {
        let before = articles(&home);
        std::fs::write(crawl.join(format!("{round}.jsonl")), record(&format!("r{round}"), 1))
            .unwrap();
        let args = if round % 2 == 0 { &["index", crawl_name.as_str()][..] } else { &["rebuild"] };
        let calls = CALLS[dice.below(CALLS.len() as u64) as usize];
        let at = 1 + dice.below(if calls == "write" { 12 } else { 4 });
        let output = faulty(&home, args, calls, at).output().unwrap();
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        let what = format!("{args:?}, {calls} number {at}: {told}");
        assert!(!told.contains("panicked"), "{what}");
        match output.status.code() {
            Some(0) => passed += 1,
            Some(2) => {
                failed += 1;
                // What is said is written, too, and may be what failed.
                let said = told.contains("error:") && told.contains("hint:");
                assert!(said || calls == "write", "{what}");
            }
            other => panic!("it ended with {other:?}: {what}"),
        }
        check(&home);
        let mut after = before.clone();
        after.insert(format!("r{round}"), 1);
        let there = articles(&home);
        assert!(there == before || there == after, "{what}: {there:?}");
        // Without faults the rest goes in.
        let mut again = crate::support::program(&home, &["index", &crawl_name]);
        assert!(again.status().unwrap().success(), "{what}");
        assert_eq!(articles(&home), after, "{what}");
    }
    println!("{failed} runs failed and said so, {passed} got by");
    assert!(failed > FAULTS / 2, "the faults hit: {failed} of {}", FAULTS * 2);
}
