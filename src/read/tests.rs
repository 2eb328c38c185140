//! What holds for every format, and for the walk.

use std::io::Write;
use std::path::Path;

use super::*;
use crate::article::Content;

/// One page in every format.
const SAMPLES: &[(&str, &str)] = &[
    ("jsonl", "{\"title\":\"佛茂携手\",\"body\":\"佛山与茂名签约。\"}\n"),
    (
        "html",
        "<html><head><title>佛茂携手</title></head><body><p>佛山与茂名签约。</p></body></html>",
    ),
    ("txt", "佛茂携手\n\n佛山与茂名签约。\n"),
];

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packer.write_all(bytes).unwrap();
    packer.finish().unwrap()
}

fn put(folder: &Path, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
    let path = folder.join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(&path, bytes).unwrap();
    path
}

fn text(page: &RawPage) -> &str {
    match &page.content {
        Content::Body(text) | Content::Dump(text) | Content::Html(text) => text,
    }
}

/// Reads paths and shows each result in a line, paths without the folder.
fn read_all(folder: &Path, paths: &[PathBuf], options: ReadOptions) -> Vec<String> {
    let shown = pages(paths, options).map(|result| match result {
        Ok(page) => format!("{} {} characters", page.origin, text(&page).chars().count()),
        Err(skip) => skip.to_string(),
    });
    shown.map(|line| line.replace(&format!("{}/", folder.display()), "")).collect()
}

#[test]
fn every_format_passes_the_same_battery() {
    for format in FORMATS {
        let (ending, sample) = SAMPLES
            .iter()
            .find(|(ending, _)| format.endings().contains(ending))
            .unwrap_or_else(|| panic!("help: add a sample of {} to SAMPLES", format.name()));
        let folder = tempfile::tempdir().unwrap();
        let mut gb18030 = encoding_rs::GB18030.encode(sample).0.into_owned();
        let variants = [
            (format!("plain.{ending}"), sample.as_bytes().to_vec()),
            (format!("packed.{ending}.gz"), gzip(sample.as_bytes())),
            (format!("packed.{ending}.zst"), zstd::encode_all(sample.as_bytes(), 1).unwrap()),
            (format!("misnamed.{ending}"), gzip(sample.as_bytes())),
            (format!("UPPER.{}", ending.to_uppercase()), sample.as_bytes().to_vec()),
            (format!("marked.{ending}"), ["\u{feff}".as_bytes(), sample.as_bytes()].concat()),
            (format!("gb18030.{ending}"), gb18030.clone()),
            ("unnamed".to_owned(), sample.as_bytes().to_vec()),
            ("unnamed.bin".to_owned(), gzip(sample.as_bytes())),
        ];
        for (name, bytes) in variants {
            let path = put(folder.path(), &name, &bytes);
            assert_eq!(total_bytes(std::slice::from_ref(&path)), bytes.len() as u64);
            let mut pages = pages(&[path], ReadOptions::default());
            let page = pages.next().unwrap().unwrap_or_else(|skip| panic!("{name}: {skip}"));
            assert!(text(&page).contains("佛山与茂名签约。"), "{name}: {page:?}");
            assert!(!text(&page).contains('\u{feff}'), "{name}: {page:?}");
            assert_eq!(page.damaged, 0, "{name}");
            assert!(pages.next().is_none(), "{name}");
            assert_eq!(pages.bytes_read(), bytes.len() as u64, "{name}");
        }
        // Nothing that a disk or a network can do to a file makes the reader panic.
        gb18030.truncate(gb18030.len() - 1);
        let packed = gzip(sample.as_bytes());
        for bytes in [
            &b""[..],
            b"\n",
            b"\xff\xfe",
            b"{",
            b"<",
            b"\0\0\0",
            &gb18030,
            &packed[..packed.len() / 2],
        ] {
            let path = put(folder.path(), &format!("broken.{ending}"), bytes);
            pages(&[path], ReadOptions::default()).for_each(drop);
        }
        // What is longer than the limit is told and passed.
        let long = sample.replace("签约。", &"签约。".repeat(1000));
        let path = put(folder.path(), &format!("long.{ending}.gz"), gzip(long.as_bytes()));
        let skips: Vec<_> =
            pages(&[path], ReadOptions { max_page: 1000 }).filter_map(Result::err).collect();
        assert_eq!(skips.len(), 1, "{}", format.name());
        assert_eq!(skips[0].reason, "is longer than 1000 bytes");
    }
}

#[test]
fn each_ending_belongs_to_one_format() {
    let mut endings: Vec<_> = FORMATS.iter().flat_map(|format| format.endings()).collect();
    let count = endings.len();
    endings.sort_unstable();
    endings.dedup();
    assert_eq!(endings.len(), count);
}

#[test]
fn folders_are_read_in_order_and_each_file_once() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    put(root, "b.txt", "乙");
    put(root, "a/2.txt", "二二");
    put(root, "a/1.txt", "一");
    put(root, "a/.hidden.txt", "隐");
    put(root, ".git/c.txt", "隐");
    put(root, "a/picture.png", "\u{89}PNG");
    put(root, "README", "读我");
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(root, root.join("a/loop")).unwrap();
        std::os::unix::fs::symlink(root.join("a"), root.join("z")).unwrap();
        std::os::unix::fs::symlink(root.join("nowhere"), root.join("broken.txt")).unwrap();
    }
    let paths = [root.to_owned(), root.join("b.txt"), root.join("missing.txt")];
    let mut lines = read_all(root, &paths, ReadOptions::default());
    if cfg!(unix) {
        let broken = lines.remove(3);
        assert_eq!(broken, "broken.txt is a link to something that is not there (remove the link)");
    }
    assert_eq!(
        lines,
        [
            "a/1.txt 1 characters",
            "a/2.txt 2 characters",
            "b.txt 1 characters",
            "missing.txt is not there (check the path)"
        ]
    );
    let mut pages = pages(&paths[..1], ReadOptions::default());
    pages.by_ref().for_each(drop);
    let passed: Vec<_> =
        pages.passed_over().iter().map(|(ending, count)| format!("{ending} {count}")).collect();
    assert_eq!(passed, [".png 1", "README 1"]);
}

#[test]
fn a_bad_line_does_not_hide_the_next() {
    let folder = tempfile::tempdir().unwrap();
    let lines = "{\"body\":\"一\"}\n\n{\"body\":\n{\"body\":\"二\"}\r\n{\"title\":\"无\"}\n{\"body\":\"三\"}";
    let path = put(folder.path(), "a.jsonl", lines);
    assert_eq!(
        read_all(folder.path(), &[path], ReadOptions::default()),
        [
            "a.jsonl:1 1 characters",
            "a.jsonl:3 is not valid JSON: EOF while parsing a value at byte 8 (each line must hold one whole record)",
            "a.jsonl:4 1 characters",
            "a.jsonl:5 has no text in `body`, `content`, `text` or the like",
            "a.jsonl:6 1 characters",
        ]
    );
}

#[test]
fn a_line_beyond_the_limit_is_passed_and_the_rest_read() {
    let folder = tempfile::tempdir().unwrap();
    let long = format!(
        "{{\"body\":\"一\"}}\n{{\"body\":\"{}\"}}\n{{\"body\":\"二\"}}\n",
        "长".repeat(50_000)
    );
    let path = put(folder.path(), "a.jsonl.zst", zstd::encode_all(long.as_bytes(), 1).unwrap());
    assert_eq!(
        read_all(folder.path(), &[path], ReadOptions { max_page: 100 }),
        [
            "a.jsonl:1 1 characters".replace("jsonl", "jsonl.zst"),
            "a.jsonl.zst:2 is longer than 100 bytes (no article is that long; look whether the line ends of the file are lost)".to_owned(),
            "a.jsonl.zst:3 1 characters".to_owned(),
        ]
    );
}

#[test]
fn what_was_read_before_a_file_breaks_off_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let line = |i| format!("{{\"id\":{i},\"body\":\"第{i}条，佛山与茂名签约。\"}}\n");
    let lines = (0..2000).map(line).collect::<Vec<_>>().concat();
    let packed = gzip(lines.as_bytes());
    let path = put(folder.path(), "a.jsonl.gz", &packed[..packed.len() - 20]);
    let results: Vec<_> = pages(&[path], ReadOptions::default()).collect();
    let skips: Vec<_> = results.iter().filter_map(|result| result.as_ref().err()).collect();
    assert_eq!(skips.len(), 1);
    assert!(skips[0].reason.starts_with("breaks off"), "{}", skips[0]);
    assert!(results.len() > 500, "{}", results.len());
}

#[test]
fn a_named_file_of_no_known_kind_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = put(folder.path(), "a.png", b"\x89PNG\r\n\x1a\n\0\0");
    let lines = read_all(folder.path(), &[path], ReadOptions::default());
    assert!(
        lines[0].starts_with(
            "a.png is none of the formats that can be read (readable are JSON Lines (.jsonl"
        ),
        "{lines:?}"
    );
}
