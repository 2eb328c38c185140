//! The order of the house: rooms import from rooms before them, every file says what it is for.

use std::fs;
use std::path::{Path, PathBuf};

use crate::support::project;

/// The rooms in the order in which a page passes through them.
const ROOMS: &[&str] = &[
    "article",
    "read",
    "clean",
    "understand",
    "index",
    "query",
    "search",
    "cluster",
    "present",
    "measure",
    "serve",
    // The command line starts the server, and nothing else does.
    "cli",
];

/// Libraries that are met in few rooms only.
const GUESTS: &[(&str, &[&str])] = &[
    ("tantivy::", &["index", "search"]),
    ("tantivy_jieba", &["index"]),
    ("clap", &["cli", "query"]),
    ("axum", &["serve"]),
    ("tokio", &["cluster", "serve"]),
    ("opensearch::", &["cluster"]),
    ("maud", &["serve"]),
];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("sources can be read").flatten() {
        let path = entry.path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
}

fn all_sources() -> Vec<PathBuf> {
    let mut found = Vec::new();
    for folder in ["src", "tests", "benches", "examples"] {
        sources(&project().join(folder), &mut found);
    }
    found.sort();
    found
}

/// The room of a file: `src/<room>/…` or `src/<room>.rs`.
fn room(path: &Path) -> Option<String> {
    let inside = path.strip_prefix(project().join("src")).ok()?;
    let name = inside.components().next()?.as_os_str().to_str()?;
    let name = name.strip_suffix(".rs").unwrap_or(name);
    ROOMS.contains(&name).then(|| name.to_owned())
}

/// The lines of a file that are code: comments are left out.
fn code(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with("//"))
}

#[test]
fn rooms_import_from_rooms_before_them() {
    let position = |name: &str| ROOMS.iter().position(|room| *room == name);
    let mut wrong = Vec::new();
    for path in all_sources() {
        let Some(room) = room(&path) else { continue };
        let text = fs::read_to_string(&path).expect("sources are UTF-8");
        for (number, line) in code(&text) {
            // `crate::{a, b}` as well as `crate::a::…`.
            for (at, _) in line.match_indices("crate::") {
                let rest = &line[at + "crate::".len()..];
                let names: Vec<&str> = match rest.strip_prefix('{') {
                    Some(list) => list.split(['}', ',']).map(str::trim).collect(),
                    None => vec![rest],
                };
                for name in names {
                    let name = name.split(|c: char| !c.is_alphanumeric() && c != '_').next();
                    let Some(other) = name.filter(|name| position(name).is_some()) else {
                        continue;
                    };
                    if position(other) > position(&room) {
                        wrong.push(format!(
                            "{}:{}: {room} imports {other}",
                            path.display(),
                            number + 1
                        ));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "imports against the order of src/lib.rs:\n{}", wrong.join("\n"));
}

#[test]
fn rooms_stand_in_order_in_the_hall() {
    let hall = fs::read_to_string(project().join("src/lib.rs")).expect("src/lib.rs is there");
    let listed: Vec<&str> =
        hall.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';')).collect();
    let expected: Vec<&str> = ROOMS.iter().copied().filter(|room| listed.contains(room)).collect();
    assert_eq!(listed, expected, "src/lib.rs lists the rooms in the order of the flow");
}

#[test]
fn guests_stay_in_their_rooms() {
    let mut wrong = Vec::new();
    for path in all_sources() {
        let Some(room) = room(&path) else { continue };
        let text = fs::read_to_string(&path).expect("sources are UTF-8");
        for (number, line) in code(&text) {
            for (guest, rooms) in GUESTS {
                if line.contains(guest) && !rooms.contains(&room.as_str()) {
                    wrong.push(format!("{}:{}: {guest} in {room}", path.display(), number + 1));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_file_says_what_it_is_for() {
    let silent: Vec<PathBuf> = all_sources()
        .into_iter()
        .filter(|path| !fs::read_to_string(path).expect("sources are UTF-8").starts_with("//!"))
        .collect();
    assert!(silent.is_empty(), "these files do not open with `//!`: {silent:?}");
}

#[test]
fn every_data_folder_says_where_its_facts_come_from() {
    for entry in fs::read_dir(project().join("data")).expect("data is there").flatten() {
        assert!(
            entry.path().join("README.md").exists(),
            "{} has no README.md",
            entry.path().display()
        );
    }
}

#[test]
fn documents_name_files_that_exist() {
    for document in [
        "README.md",
        "CONTRIBUTING.md",
        "docs/architecture.md",
        "docs/formats.md",
        "docs/operations.md",
        "docs/near-duplicates.md",
        "docs/serve.md",
        "docs/cluster.md",
    ] {
        let text = fs::read_to_string(project().join(document)).expect("documents are there");
        for quoted in text.split('`').skip(1).step_by(2) {
            let looks_like_a_path =
                ["src/", "tests/", "data/", "schema/", "docs/", "benches/", "examples/"]
                    .iter()
                    .any(|start| quoted.starts_with(start));
            if looks_like_a_path && !quoted.contains(['…', '*', ' ', '<']) {
                assert!(
                    project().join(quoted).exists(),
                    "{document} names `{quoted}`, which is not there"
                );
            }
        }
    }
}
