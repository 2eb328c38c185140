//! Files that were made to break a program: each is named, the rest is indexed.

use std::io::Write;
use std::path::Path;
use std::process::Stdio;

use crate::support::{articles, program, record};

/// Indexes the crawl in a folder; returns the exit code and what was said.
fn indexed(folder: &Path) -> (Option<i32>, String) {
    let home = folder.join("index");
    let crawl = folder.join("crawl");
    let output = program(&home, &["index", &crawl.to_string_lossy(), "--verbose"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .output()
        .unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code(), text(&output.stderr) + &text(&output.stdout))
}

#[test]
fn what_is_no_page_is_named_and_the_rest_is_indexed() {
    let folder = tempfile::tempdir().unwrap();
    let crawl = folder.path().join("crawl");
    std::fs::create_dir(&crawl).unwrap();
    let write = |name: &str, bytes: &[u8]| std::fs::write(crawl.join(name), bytes).unwrap();
    write("good.jsonl", record("good", 1).as_bytes());
    // A line of 100 MB, beyond what one page may hold.
    let mut long = b"{\"id\":\"long\",\"body\":\"".to_vec();
    long.resize(100 << 20, b'x');
    long.extend(b"\"}\n");
    long.extend(record("after", 1).bytes());
    write("long.jsonl", &long);
    // Zeros that unpack to a thousand times their size.
    let mut bomb = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    for _ in 0..600 {
        bomb.write_all(&vec![b' '; 1 << 20]).unwrap();
    }
    write("bomb.jsonl.gz", &bomb.finish().unwrap());
    let noise: Vec<u8> =
        (0..100_000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    write("noise.jsonl", &noise);
    #[cfg(unix)]
    {
        use std::os::unix::ffi::OsStrExt;
        let name = std::ffi::OsStr::from_bytes(b"\xb7\xf0\xc9\xbd.jsonl");
        std::fs::write(crawl.join(name), record("latin", 1)).unwrap();
        std::os::unix::fs::symlink("nowhere", crawl.join("broken.jsonl")).unwrap();
    }
    let (code, told) = indexed(folder.path());
    assert_eq!(code, Some(0), "{told}");
    for part in ["long.jsonl:1 is longer than 64 MiB", "bomb.jsonl.gz", "noise.jsonl"] {
        assert!(told.contains(part), "{part}: {told}");
    }
    let there = articles(&folder.path().join("index"));
    assert!(there.contains_key("good") && there.contains_key("after"), "{there:?}");
    #[cfg(unix)]
    assert!(there.contains_key("latin"), "a path that is no UTF-8");
    let (_, again) = indexed(folder.path());
    assert!(again.contains("0 new + 0 changed"), "{again}");
    assert!(again.contains("long.jsonl:1 is longer than 64 MiB"), "what is wrong is said again");
}

/// The number of the user nobody, who may do nothing.
#[cfg(unix)]
const NOBODY: &str = "65534";

#[cfg(unix)]
#[test]
fn a_folder_without_permission_is_named_and_the_rest_is_indexed() {
    use std::os::unix::fs::{PermissionsExt, chown};
    let folder = tempfile::tempdir().unwrap();
    let (crawl, home) = (folder.path().join("crawl"), folder.path().join("index"));
    let closed = crawl.join("closed");
    std::fs::create_dir_all(&closed).unwrap();
    std::fs::create_dir(&home).unwrap();
    std::fs::write(crawl.join("good.jsonl"), record("good", 1)).unwrap();
    std::fs::write(closed.join("hidden.jsonl"), record("hidden", 1)).unwrap();
    std::fs::write(crawl.join("shut.jsonl"), record("shut", 1)).unwrap();
    let set = |path: &Path, mode| {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    set(&closed, 0o000);
    set(&crawl.join("shut.jsonl"), 0o000);
    // Nothing is closed to root, who becomes somebody else.
    let is_root = std::fs::read_dir(&closed).is_ok();
    let program = program(&home, &["index", &crawl.to_string_lossy(), "--verbose"]);
    let mut command = if is_root {
        let nobody: u32 = NOBODY.parse().unwrap();
        set(folder.path(), 0o755);
        chown(&home, Some(nobody), Some(nobody)).unwrap();
        let name = folder.path().join("liancheng");
        std::fs::copy(program.get_program(), &name).unwrap();
        let mut other = std::process::Command::new("setpriv");
        other.args(["--reuid", NOBODY, "--regid", NOBODY, "--clear-groups"]).arg(name);
        other.args(program.get_args());
        other
    } else {
        program
    };
    let output = match command.stdout(Stdio::piped()).stderr(Stdio::piped()).output() {
        Ok(output) => output,
        Err(error) => {
            println!("SKIPPED: root cannot become somebody else here ({error})");
            return;
        }
    };
    let told = String::from_utf8_lossy(&[output.stderr, output.stdout].concat()).into_owned();
    set(&closed, 0o755);
    assert_eq!(output.status.code(), Some(0), "{told}");
    for part in ["closed may not be read", "shut.jsonl may not be read"] {
        assert!(told.contains(part), "{part}: {told}");
    }
    assert_eq!(articles(&home).into_keys().collect::<Vec<_>>(), ["good"], "{told}");
}

#[test]
fn a_text_as_long_as_a_book_is_an_article() {
    let folder = tempfile::tempdir().unwrap();
    let crawl = folder.path().join("crawl");
    std::fs::create_dir(&crawl).unwrap();
    let body = "佛山与茂名共建人才飞地。".repeat(80_000);
    let line = format!("{{\"id\":\"huge\",\"title\":\"飞地\",\"body\":\"{body}版本1号\"}}\n");
    std::fs::write(crawl.join("huge.jsonl"), line + &record("small", 1)).unwrap();
    let (code, told) = indexed(folder.path());
    assert_eq!(code, Some(0), "{told}");
    assert_eq!(articles(&folder.path().join("index")).len(), 2, "{told}");
}
