//! Times reading, cleaning and dating of a crawl, on one thread.
use liancheng::{clean, read, understand};
use std::time::Instant;
fn main() {
    let paths: Vec<std::path::PathBuf> = std::env::args_os().skip(1).map(Into::into).collect();
    let start = Instant::now();
    let raw: Vec<_> =
        read::pages(&paths, read::ReadOptions::default()).filter_map(Result::ok).collect();
    let read = start.elapsed();
    let start = Instant::now();
    let n = raw.len();
    let pages: Vec<_> = raw.into_iter().filter_map(|p| clean::clean(p).ok()).collect();
    let cleaned = start.elapsed();
    let start = Instant::now();
    let dated = pages.iter().filter(|p| understand::date::published(p).is_some()).count();
    let t3 = start.elapsed();
    let start = Instant::now();
    let mut undated = pages;
    for p in &mut undated {
        p.dates.clear();
        p.url = None;
    }
    let d2 = undated.iter().filter(|p| understand::date::published(p).is_some()).count();
    eprintln!(
        "{n} read {read:?} clean {cleaned:?} date {t3:?} ({dated}) text date {:?} ({d2})",
        start.elapsed()
    );
    eprintln!(
        "per article: clean {:?} text date {:?}",
        cleaned / n as u32,
        start.elapsed() / n as u32
    );
}
