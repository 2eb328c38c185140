//! A small index with bytes flipped, or a file of it cut: it opens, or an error says why; a search
//! answers, or an error says why. Nothing stumbles outside what is caught.

#![no_main]

use std::fs;
use std::path::PathBuf;
use std::sync::OnceLock;

use liancheng::article::Skip;
use liancheng::index::{BuildOptions, Home, Watcher, check, index};
use liancheng::query::Plan;
use liancheng::search::{LocalSearcher, Searcher};

struct Silent;

impl Watcher for Silent {
    fn skipped(&mut self, _: &Skip) {}
    fn progressed(&mut self, _: u64, _: u64) {}
}

/// The index and what its files hold when they are sound.
struct Sound {
    home: Home,
    files: Vec<(PathBuf, Vec<u8>)>,
}

fn sound() -> &'static Sound {
    static SOUND: OnceLock<Sound> = OnceLock::new();
    SOUND.get_or_init(|| {
        // The fuzzer ends the process at any panic; those that the program catches are none.
        std::panic::set_hook(Box::new(|_| {}));
        let folder = std::env::temp_dir().join(format!("liancheng-fuzz-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("a folder");
        let crawl = folder.join("crawl.jsonl");
        let lines: String = (0..40)
            .map(|n| {
                format!(
                    "{{\"id\":\"a{n}\",\"title\":\"佛山与茂名签约{n}\",\"date\":\"2024-10-{:02}\",\
                     \"body\":\"佛山市与茂名市共建人才飞地，第{n}批企业入驻。两地约定互认职称，共同招引人才。\"}}\n",
                    n % 28 + 1
                )
            })
            .collect();
        fs::write(&crawl, lines).expect("a crawl");
        let place = folder.join("index");
        let options = BuildOptions { threads: 1, memory: 20_000_000, ..BuildOptions::default() };
        index(&Home::at(&place), &[crawl], &options, &mut Silent).expect("an index");
        let mut files = Vec::new();
        let mut folders = vec![place.clone()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).expect("a folder") {
                let path = entry.expect("an entry").path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    files.push((path.clone(), fs::read(path).expect("a file")));
                }
            }
        }
        files.sort();
        Sound { home: Home::at(&place), files }
    })
}

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Sound { home, files } = sound();
    let mut touched = Vec::new();
    for change in bytes.chunks_exact(5).take(8) {
        let file = usize::from(change[0]) % files.len();
        let (path, whole) = &files[file];
        let mut content = fs::read(path).unwrap_or_else(|_| whole.clone());
        let at = u32::from_le_bytes([change[1], change[2], change[3], 0]) as usize;
        if content.is_empty() {
            continue;
        }
        let at = at % content.len();
        match change[4] {
            0 => content.truncate(at),
            flips => content[at] ^= flips,
        }
        // A new file, as a copy or a restore would leave it: nobody has checked it yet.
        let _ = fs::remove_file(path);
        fs::write(path, content).expect("it can be written");
        touched.push(file);
    }
    let survived = std::panic::catch_unwind(|| {
        if let Ok(opened) = home.open() {
            let searcher = LocalSearcher::new(opened);
            let plan = Plan { facets: true, explain: true, ..Plan::of("佛山 茂名 \"人才飞地\" 签约") };
            let _ = searcher.search(&plan);
            let _ = searcher.article("a7");
        }
        let _ = check(home);
    });
    for file in touched {
        let (path, whole) = &files[file];
        let _ = fs::remove_file(path);
        fs::write(path, whole).expect("it can be written");
    }
    if survived.is_err() {
        std::process::abort();
    }
});
