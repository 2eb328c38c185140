//! `index`, `rebuild` and `watch` are killed at random moments, with searches beside them: the
//! index is whole each time and holds exactly what was committed.
//!
//! `LIANCHENG_KILLS=300 cargo test --release --test keep kills -- --nocapture` is the long run.

use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crate::support::{Dice, articles, check, program, record};

/// Articles of each file that arrives: several batches.
const ARRIVING: u64 = 300;

/// Kills over one index.
const ROUNDS: u64 = 20;

/// What the first file holds, which changes every time.
const CHANGING: u64 = 10;

fn kills() -> u64 {
    std::env::var("LIANCHENG_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(18)
}

fn write_changing(crawl: &Path, version: u64) {
    let lines: String = (0..CHANGING).map(|n| record(&format!("a{n}"), version)).collect();
    let new = crawl.join(".new");
    std::fs::write(&new, lines).unwrap();
    std::fs::rename(new, crawl.join("000000.jsonl")).unwrap();
}

fn write_arriving(crawl: &Path, round: u64) {
    let first = (round - 1) * ARRIVING;
    let lines: String = (first..first + ARRIVING).map(|n| record(&format!("b{n:08}"), 0)).collect();
    std::fs::write(crawl.join(format!("{round:06}.jsonl")), lines).unwrap();
}

/// Searches again and again until told to stop; returns what went wrong.
fn search_beside(index: &Path, stop: &AtomicBool, searches: &AtomicU64) -> Vec<String> {
    let mut wrong = Vec::new();
    while !stop.load(Ordering::Relaxed) {
        let search = &["search", "\"签约\"", "-n", "1", "--format", "jsonl"];
        let output = program(index, search).stderr(std::process::Stdio::piped()).output().unwrap();
        if output.status.code() != Some(0) {
            wrong.push(String::from_utf8_lossy(&output.stderr).into_owned());
        }
        searches.fetch_add(1, Ordering::Relaxed);
    }
    wrong
}

#[test]
fn kills_at_random_moments_lose_nothing_and_double_nothing() {
    let mut dice = Dice(std::time::UNIX_EPOCH.elapsed().unwrap().subsec_nanos().into());
    println!("seed {}", dice.0);
    let mut ended = [[0; 3]; 3];
    let mut left = kills();
    // From time to time with a new index, since a rebuild of many articles takes long.
    while left > 0 {
        let rounds = left.min(ROUNDS);
        left -= rounds;
        one_index(rounds, &mut dice, &mut ended);
    }
    for (name, [before, between, after]) in ["index", "rebuild", "watch"].iter().zip(ended) {
        println!(
            "{name} killed: {before} times as before, {between} at a commit, {after} complete"
        );
    }
}

/// Kills commands so many times over one index, with searches beside.
fn one_index(rounds: u64, dice: &mut Dice, ended: &mut [[u32; 3]; 3]) {
    let folder = tempfile::tempdir().unwrap();
    let (crawl, index) = (folder.path().join("crawl"), folder.path().join("index"));
    std::fs::create_dir(&crawl).unwrap();
    let crawl_name = crawl.to_string_lossy().into_owned();
    write_changing(&crawl, 0);
    assert!(program(&index, &["index", &crawl_name]).status().unwrap().success());
    let (stop, searches) = (AtomicBool::new(false), AtomicU64::new(0));
    std::thread::scope(|scope| {
        let beside = scope.spawn(|| search_beside(&index, &stop, &searches));
        // However this ends, the other thread ends, too.
        let done = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            kill_again_and_again(&crawl, &index, &crawl_name, rounds, dice, ended);
        }));
        stop.store(true, Ordering::Relaxed);
        let wrong = beside.join().unwrap();
        if let Err(panic) = done {
            std::panic::resume_unwind(panic);
        }
        assert_eq!(wrong, Vec::<String>::new(), "searches failed");
    });
    println!("{rounds} kills, {} searches beside", searches.load(Ordering::Relaxed));
}

fn kill_again_and_again(
    crawl: &Path,
    index: &Path,
    crawl_name: &str,
    rounds: u64,
    dice: &mut Dice,
    ended: &mut [[u32; 3]; 3],
) {
    let every = ["--commit-every", "0", "--threads", "1"];
    let commands: [Vec<&str>; 3] = [
        [&["index", crawl_name], &every[..]].concat(),
        [&["rebuild"], &every[..]].concat(),
        [&["watch", crawl_name, "--settle", "0.05"], &every[..]].concat(),
    ];
    // How long each takes: the first time it runs to its end.
    let mut whole: [Option<Duration>; 3] = [None; 3];
    let rounds = rounds + whole.len() as u64;
    let (mut last, mut last_version) = (0, 0);
    for round in 1..=rounds {
        write_changing(crawl, round);
        write_arriving(crawl, round);
        let which = (round % 3) as usize;
        let started = Instant::now();
        let is_killed = whole[which].is_some();
        if let Some(whole) = &mut whole[which] {
            let mut child = program(index, &commands[which]).spawn().unwrap();
            let share = dice.below(1_200) as f64 / 1_000.0;
            std::thread::sleep(whole.mul_f64(share));
            // There is more to do each time: what was not done by then takes longer.
            if share > 0.4 && child.try_wait().unwrap().is_none() {
                *whole = whole.mul_f64(1.8);
            }
            child.kill().unwrap();
            child.wait().unwrap();
        } else {
            let once: &[&str] = if which == 2 { &["--once"] } else { &[] };
            let all = [&commands[which], once].concat();
            assert!(program(index, &all).status().unwrap().success());
            whole[which] = Some(started.elapsed());
        }
        check(index);
        let there = articles(index);
        let arrived: Vec<&String> = there.keys().filter(|id| id.starts_with('b')).collect();
        let count = arrived.len() as u64;
        // Articles come in their order, so that any commit holds the first so many of them.
        let first: Vec<String> = (0..count).map(|n| format!("b{n:08}")).collect();
        assert!(arrived.into_iter().eq(&first), "round {round}: not what a commit held");
        assert!(count >= last, "round {round}: {last} articles were in, now {count}");
        assert!(count <= round * ARRIVING);
        if which == 1 {
            assert!(count == last || count == round * ARRIVING, "a rebuild is all or nothing");
        }
        let versions: Vec<u64> = (0..CHANGING).map(|n| there[&format!("a{n}")]).collect();
        let version = versions[0];
        assert!(versions.iter().all(|other| *other == version), "{versions:?}");
        assert!(version == last_version || version == round, "{version} of {round}");
        let end = if count == last && version == last_version {
            0
        } else if count == round * ARRIVING {
            2
        } else {
            1
        };
        ended[which][end] += u32::from(is_killed);
        (last, last_version) = (count, version);
    }
    assert!(program(index, &["index", crawl_name]).status().unwrap().success());
    let there = articles(index);
    assert_eq!(there.len() as u64, rounds * ARRIVING + CHANGING, "in the end all is there");
    check(index);
}
