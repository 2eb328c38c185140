//! A disk that fills while an index is written: a clear error, and the index as it was.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::support::{articles, check, program, record};

/// A small disk in memory; none (said aloud) where this user may not mount one.
struct SmallDisk<'a>(&'a Path);

impl<'a> SmallDisk<'a> {
    fn mount(at: &'a Path, size: &str) -> Option<Self> {
        std::fs::create_dir_all(at).unwrap();
        let options = format!("size={size}");
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", &options, "tmpfs"]).arg(at).stderr(Stdio::null());
        if mount.status().is_ok_and(|status| status.success()) {
            return Some(Self(at));
        }
        println!("SKIPPED: a small disk cannot be mounted here (it takes root on Linux)");
        None
    }
}

impl Drop for SmallDisk<'_> {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.0).status();
    }
}

#[test]
fn a_full_disk_leaves_the_index_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let disk_path = folder.path().join("disk");
    let Some(_disk) = SmallDisk::mount(&disk_path, "3m") else { return };
    let (crawl, home) = (folder.path().join("crawl"), disk_path.join("index"));
    std::fs::create_dir(&crawl).unwrap();
    let crawl_name = crawl.to_string_lossy().into_owned();
    let before: String = (0..50).map(|n| record(&format!("a{n}"), 1)).collect();
    std::fs::write(crawl.join("a.jsonl"), before).unwrap();
    assert!(program(&home, &["index", &crawl_name]).status().unwrap().success());
    let whole = articles(&home);
    // Texts that do not pack well.
    let mut dice = crate::support::Dice(3);
    let mut random = || -> String {
        (0..900).filter_map(|_| char::from_u32(0x4e00 + dice.below(8_000) as u32)).collect()
    };
    let more: String =
        (0..4_000).map(|n| record(&format!("b{n:05}"), 1).replace("两市", &random())).collect();
    std::fs::write(crawl.join("b.jsonl"), more).unwrap();
    for args in [&["index", crawl_name.as_str()][..], &["rebuild"]] {
        let output = program(&home, args).stderr(Stdio::piped()).output().unwrap();
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{args:?}: {told}");
        assert!(told.contains("make room on the disk"), "{args:?}: {told}");
        assert!(!told.contains("panicked"), "{args:?}: {told}");
        check(&home);
        assert_eq!(articles(&home), whole, "{args:?}");
    }
    // With room again, all goes in.
    std::fs::remove_file(crawl.join("b.jsonl")).unwrap();
    std::fs::write(crawl.join("c.jsonl"), record("c", 1)).unwrap();
    assert!(program(&home, &["index", &crawl_name]).status().unwrap().success());
    assert_eq!(articles(&home).len(), whole.len() + 1);
}
