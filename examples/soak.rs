//! Watches a folder for as long as one likes, with files arriving, changing and vanishing and two
//! readers searching, and prints what memory it takes.
//!
//! `cargo run --release --example soak -- target/release/liancheng 30` runs for 30 minutes.

#![allow(clippy::print_stdout, reason = "it is a program")]

use std::error::Error;
use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use liancheng::index::{Home, check};
use liancheng::query::Plan;
use liancheng::search::{LocalSearcher, Searcher};

fn record(id: &str, version: u64) -> String {
    format!(
        "{{\"id\":\"{id}\",\"title\":\"佛山与茂名签约\",\"body\":\"两市于2024年10月{}日签约，{id}第{version}版。\"}}\n",
        version % 28 + 1
    )
}

/// Kilobytes of memory that a process holds, where the system tells.
fn resident(pid: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.split_whitespace().next()?.parse().ok()
}

fn search(program: &str, index: &Path) -> bool {
    let mut search = Command::new(program);
    search.args(["search", "签约", "-n", "3", "--index"]).arg(index);
    search.stdout(Stdio::null()).stderr(Stdio::null());
    search.status().is_ok_and(|status| status.success())
}

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = std::env::args().collect();
    let program = args.get(1).ok_or("which program?")?.clone();
    let minutes: f64 = args.get(2).map_or(Ok(1.0), |text| text.parse())?;
    let folder = std::env::temp_dir().join(format!("liancheng-soak-{}", std::process::id()));
    let (crawl, index) = (folder.join("crawl"), folder.join("index"));
    fs::create_dir_all(&crawl)?;
    fs::write(crawl.join("first.jsonl"), record("first", 0))?;
    let mut watch = Command::new(&program)
        .arg("watch")
        .arg(&crawl)
        .args(["--settle", "1", "--index"])
        .arg(&index)
        .stdout(Stdio::null())
        .spawn()?;
    while !search(&program, &index) {
        std::thread::sleep(Duration::from_millis(200));
    }
    let (stop, searches, failures) = (AtomicBool::new(false), AtomicU64::new(0), AtomicU64::new(0));
    let written = std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while !stop.load(Ordering::Relaxed) {
                    searches.fetch_add(1, Ordering::Relaxed);
                    failures.fetch_add(u64::from(!search(&program, &index)), Ordering::Relaxed);
                    std::thread::sleep(Duration::from_millis(100));
                }
            });
        }
        let written = write_for(minutes, &crawl, watch.id());
        stop.store(true, Ordering::Relaxed);
        written
    })?;
    std::thread::sleep(Duration::from_secs(6));
    let code = stop_and_wait(&mut watch)?;
    let opened = LocalSearcher::new(Home::at(&index).open()?);
    let there = opened.ids(&Plan::of("签约"))?.len() as u64;
    let checkup = check(&Home::at(&index))?;
    println!(
        "watch ended with {code:?}; {} searches, {} failed; {written} articles written, {there} in \
         the index; {} problems",
        searches.load(Ordering::Relaxed),
        failures.load(Ordering::Relaxed),
        checkup.problems.len()
    );
    fs::remove_dir_all(&folder)?;
    let is_well = code == Some(0)
        && failures.load(Ordering::Relaxed) == 0
        && there == written
        && checkup.problems.is_empty();
    if is_well { Ok(()) } else { Err("something went wrong".into()) }
}

/// Writes, changes and removes files; returns how many articles there were in all.
fn write_for(minutes: f64, crawl: &Path, watch: u32) -> Result<u64, std::io::Error> {
    let (started, end) = (Instant::now(), Duration::from_secs_f64(minutes * 60.0));
    let (mut round, mut written, mut told) = (0_u64, 1, Duration::ZERO);
    while started.elapsed() < end {
        round += 1;
        let lines: String = (0..20).map(|n| record(&format!("r{round}n{n}"), 0)).collect();
        // Half of them are written and renamed, half slowly.
        let path = crawl.join(format!("{round:06}.jsonl"));
        if round.is_multiple_of(2) {
            let new = crawl.join(".new");
            fs::write(&new, lines)?;
            fs::rename(new, path)?;
        } else {
            // In the middle of a line, and of a character.
            let middle = lines.len() / 2;
            fs::write(&path, &lines.as_bytes()[..middle])?;
            std::thread::sleep(Duration::from_millis(300));
            fs::write(&path, &lines)?;
        }
        written += 20;
        fs::write(crawl.join("first.jsonl"), record("first", round))?;
        // What was taken long ago vanishes; its articles stay.
        if round > 60 {
            fs::remove_file(crawl.join(format!("{:06}.jsonl", round - 60)))?;
        }
        if started.elapsed() >= told {
            let memory = resident(watch).map_or("?".to_owned(), |kilobytes| kilobytes.to_string());
            println!(
                "{:>5} s: watch holds {memory} kB, {written} articles",
                started.elapsed().as_secs()
            );
            told += end / 20;
        }
        std::thread::sleep(Duration::from_millis(700));
    }
    Ok(written)
}

/// Asks the process to stop, as a service manager does.
fn stop_and_wait(watch: &mut Child) -> Result<Option<i32>, std::io::Error> {
    Command::new("kill").arg("-TERM").arg(watch.id().to_string()).status()?;
    Ok(watch.wait()?.code())
}
