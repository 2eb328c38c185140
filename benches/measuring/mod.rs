//! What the benchmarks share: crawls as lines, parts in processes of their own, medians.

use std::error::Error;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use liancheng::index::Home;
use liancheng::index::words::words_of_query;
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

/// Runs the program as it is shipped, to build an index in a folder: the seconds it took, by the
/// clock and of the processor, the most memory it had, and what it printed.
pub(crate) fn build_by_program(command: &str, folder: &Path, paths: &[&Path]) -> Result<Value> {
    let (started, before) = (Instant::now(), children_seconds());
    let mut child = Command::new(env!("CARGO_BIN_EXE_liancheng"))
        .args([command, "--format", "json", "--index"])
        .arg(folder)
        .args(paths)
        .stdout(Stdio::piped())
        .spawn()?;
    let mut peak = None;
    let status = loop {
        peak = peak_bytes(&child.id().to_string()).or(peak);
        match child.try_wait()? {
            Some(status) => break status,
            None => std::thread::sleep(Duration::from_millis(10)),
        }
    };
    let seconds = started.elapsed().as_secs_f64();
    if !status.success() {
        return Err(format!("{command}: {status}").into());
    }
    let printed: Value = serde_json::from_reader(child.stdout.take().ok_or("no output")?)?;
    Ok(json!({
        "seconds": seconds,
        "cpu_seconds": children_seconds().zip(before).map(|(after, before)| after - before),
        "peak_bytes": peak,
        "index_bytes": Home::at(folder).survey()?.bytes,
        "articles": printed["articles"],
        "skipped": printed["skipped"],
    }))
}

/// The most memory that a process (or `self`) has had, where the system tells (Linux).
pub(crate) fn peak_bytes(process: &str) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    Some(line.split_whitespace().nth(1)?.parse::<u64>().ok()? * 1024)
}

/// Seconds of processor time that all processes which this one started and waited for have had,
/// where the system tells (Linux, which counts hundredths).
fn children_seconds() -> Option<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    let mut fields = stat.rsplit(')').next()?.split_whitespace().skip(13);
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
