//! What the benchmarks share: crawls as lines, parts in processes of their own, medians.

use std::error::Error;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use liancheng::article::Skip;
use liancheng::index::words::words_of_query;
use liancheng::index::{BuildOptions, Home, Watcher};
use serde_json::{Value, json};

/// Whatever may go wrong ends a benchmark.
pub(crate) type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// Prints what a part measured, for the process that started it.
pub(crate) fn report(measured: &Value) {
    println!("{measured}");
}

/// The lines of a crawl, packed or not.
pub(crate) fn lines(crawl: &Path) -> Result<impl Iterator<Item = std::io::Result<String>>> {
    let file = File::open(crawl)?;
    let reader: Box<dyn Read> = match crawl.extension().and_then(|extension| extension.to_str()) {
        Some("gz") => Box::new(flate2::read::MultiGzDecoder::new(file)),
        Some("zst") => Box::new(zstd::Decoder::new(file)?),
        _ => Box::new(file),
    };
    Ok(BufReader::new(reader).lines())
}

/// The text of the first of some fields that a record has.
pub(crate) fn text_of<'a>(record: &'a Value, names: &[&str]) -> &'a str {
    names.iter().find_map(|name| record[name].as_str()).unwrap_or_default()
}

/// Says nothing while an index is built.
pub(crate) struct Silent;

impl Watcher for Silent {
    fn skipped(&mut self, _: &Skip) {}
    fn progressed(&mut self, _: u64, _: u64) {}
}

/// Indexes a crawl as the program does.
pub(crate) fn own_build(crawl: &Path, folder: &Path) -> Result<Value> {
    let started = Instant::now();
    let home = Home::at(folder);
    let summary =
        liancheng::index::index(&home, &[crawl.to_owned()], &BuildOptions::default(), &mut Silent)?;
    Ok(json!({
        "seconds": started.elapsed().as_secs_f64(),
        "cpu_seconds": cpu_seconds(),
        "peak_bytes": peak_bytes(),
        "index_bytes": home.survey()?.bytes,
        "articles": summary.articles,
        "skipped": summary.skipped,
    }))
}

/// The most memory this process has had, where the system tells (Linux).
pub(crate) fn peak_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    Some(line.split_whitespace().nth(1)?.parse::<u64>().ok()? * 1024)
}

/// Seconds of processor time that this process has had on all its threads, where the system tells
/// (Linux, which counts hundredths).
pub(crate) fn cpu_seconds() -> Option<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    let mut fields = stat.rsplit(')').next()?.split_whitespace().skip(11);
    let mut ticks = || fields.next()?.parse::<f64>().ok();
    Some((ticks()? + ticks()?) / 100.0)
}

/// Runs a part in a process of its own.
pub(crate) fn part(name: &str, arguments: &[&Path]) -> Result<Value> {
    let output = Command::new(std::env::current_exe()?).arg(name).args(arguments).output()?;
    if !output.status.success() {
        return Err(format!("{name}: {}", String::from_utf8_lossy(&output.stderr)).into());
    }
    Ok(serde_json::from_slice(&output.stdout)?)
}

/// Seconds of one whole `search` process.
pub(crate) fn cold_search(index: &Path) -> Result<f64> {
    let started = Instant::now();
    let output = Command::new(env!("CARGO_BIN_EXE_liancheng"))
        .arg("search")
        .arg("--index")
        .arg(index)
        .arg("人才合作 大湾区")
        .output()?;
    let took = started.elapsed().as_secs_f64();
    if output.status.code() == Some(2) {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned().into());
    }
    Ok(took)
}

/// The query of a number that is made of a folded text: one to ten of its words in a row.
pub(crate) fn words_in_a_row(folded: &str, number: usize) -> Option<&str> {
    let cut = words_of_query(folded);
    let (start, count) = ((number * 7) % cut.len().max(1), 1 + number % 10);
    let words = cut.get(start..(start + count).min(cut.len()))?;
    folded.get(words.first()?.start..words.last()?.end)
}

/// The middle value.
pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// The time, in microseconds, that a share of all times does not exceed.
pub(crate) fn micros(times: &[Duration], share: f64) -> f64 {
    let mut times = times.to_vec();
    times.sort();
    let at = ((times.len() as f64 * share) as usize).min(times.len().saturating_sub(1));
    times.get(at).map_or(f64::NAN, |time| (time.as_nanos() as f64 / 100.0).round() / 10.0)
}
