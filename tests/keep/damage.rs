//! Flipped and missing bytes anywhere in an index: an error or the right answer, never a panic and
//! never a wrong answer; `check` finds them.

use std::fs;
use std::path::{Path, PathBuf};

use liancheng::index::{Home, IndexError};
use liancheng::query::Plan;
use liancheng::search::Searcher;

use crate::support::{Dice, index, open, program, record};

/// What an index answers to some questions.
fn answers(folder: &Path) -> Result<String, String> {
    let searcher = open(folder).map_err(|error: IndexError| error.to_string())?;
    let mut told = format!("{} articles\n", searcher.index().len());
    for query in ["签约", "\"版本3号\"", "佛山 茂名", "地区:广东"] {
        let plan = Plan { facets: true, size: 50, ..Plan::of(query) };
        let response = searcher.search(&plan).map_err(|error| error.to_string())?;
        told += &format!("{query}: {} {:?}\n", response.total, response.facets);
        for hit in response.hits {
            told += &format!("{} {} {}\n", hit.article.id, hit.article.title, hit.article.body);
        }
    }
    Ok(told)
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = Vec::new();
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            files.extend(self::files(&path));
        } else if entry.metadata().unwrap().len() > 0 {
            files.push(path);
        }
    }
    files.sort();
    files
}

#[test]
fn a_flipped_byte_gives_an_error_or_the_right_answer() {
    let folder = tempfile::tempdir().unwrap();
    let (crawl, home) = (folder.path().join("a.jsonl"), folder.path().join("index"));
    let lines: String = (0..200).map(|n| record(&format!("n{n}"), n % 7)).collect();
    fs::write(&crawl, lines).unwrap();
    index(&home, std::slice::from_ref(&crawl), false).unwrap();
    // A second commit, so that there are deletions, too.
    let lines: String = (0..200).map(|n| record(&format!("n{n}"), n % 5)).collect();
    fs::write(&crawl, lines).unwrap();
    index(&home, std::slice::from_ref(&crawl), false).unwrap();
    let right = answers(&home).unwrap();
    let (mut flips, mut refused, mut found) = (0, 0, 0);
    let mut dice = Dice(7);
    for path in files(&home) {
        let whole = fs::read(&path).unwrap();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        for _ in 0..12.min(whole.len()) {
            let mut bytes = whole.clone();
            let at = dice.below(bytes.len() as u64) as usize;
            match dice.below(6) {
                0 => bytes.truncate(at),
                bit => bytes[at] ^= 1 << bit,
            }
            fs::write(&path, &bytes).unwrap();
            flips += 1;
            match answers(&home) {
                Ok(told) => assert_eq!(told, right, "`{name}` at {at} gives a wrong answer"),
                Err(_) => refused += 1,
            }
            let checkup = liancheng::index::check(&Home::at(&home));
            let is_found = checkup.map_or(true, |checkup| !checkup.problems.is_empty());
            found += u32::from(is_found);
            // The engine's own list of files, our seal and locks can be made anew.
            let matters = [".idx", ".pos", ".store", ".term", ".fast", ".fieldnorm", ".del"];
            if matters.iter().any(|end| name.ends_with(end)) || name.starts_with("catalogue-") {
                assert!(is_found, "`check` overlooks `{name}` at {at}");
            }
        }
        fs::write(&path, &whole).unwrap();
    }
    assert_eq!(answers(&home).unwrap(), right);
    println!("{flips} files damaged: {refused} times no search, {found} times found by check");
}

#[test]
fn check_says_what_to_do_and_a_rebuild_mends() {
    let folder = tempfile::tempdir().unwrap();
    let (crawl, home) = (folder.path().join("a.jsonl"), folder.path().join("index"));
    fs::write(&crawl, (0..50).map(|n| record(&format!("n{n}"), 1)).collect::<String>()).unwrap();
    index(&home, std::slice::from_ref(&crawl), false).unwrap();
    assert_eq!(program(&home, &["check"]).status().unwrap().code(), Some(0));
    let positions =
        files(&home).into_iter().find(|path| path.extension().is_some_and(|e| e == "pos"));
    let positions = positions.unwrap();
    let mut bytes = fs::read(&positions).unwrap();
    bytes[3] ^= 1;
    fs::write(&positions, bytes).unwrap();
    assert_eq!(program(&home, &["check"]).status().unwrap().code(), Some(2));
    let search = program(&home, &["search", "签约"]).stderr(std::process::Stdio::piped()).output();
    let search = search.unwrap();
    let told = String::from_utf8_lossy(&search.stderr).into_owned();
    assert_eq!(search.status.code(), Some(2));
    assert!(
        told.contains("is not what was written") && told.contains("liancheng rebuild"),
        "{told}"
    );
    // The stored articles are whole, so that nothing is lost even without the crawl.
    fs::remove_file(&crawl).unwrap();
    assert_eq!(program(&home, &["rebuild"]).status().unwrap().code(), Some(0));
    assert_eq!(program(&home, &["check"]).status().unwrap().code(), Some(0));
    assert_eq!(crate::support::articles(&home).len(), 50);
}
