//! What holds for every format, and for the walk.

use std::io::Write;
use std::path::Path;

use super::*;

/// A body, and how to make bytes of text: what a sample is made of.
type Encode<'e> = &'e dyn Fn(&str) -> Vec<u8>;

/// Makes a file of a body.
type Make = fn(&str, Encode<'_>) -> Vec<u8>;

/// One page in every format: its ending, and the file made of a body.
const SAMPLES: &[(&str, Make)] = &[
    ("warc", |body, encode| {
        let page = encode(&page_of(body));
        let answer = [&b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"[..], &page].concat();
        [
            warc_record("warcinfo", "application/warc-fields", b"software: x\r\n"),
            warc_record("response", "application/http;msgtype=response", &answer),
        ]
        .concat()
    }),
    ("wacz", |body, encode| {
        let warc = (SAMPLES[0].1)(body, encode);
        zip_of(&[("archive/data.warc.gz", gzip(&warc)), ("pages/pages.jsonl", b"{}".to_vec())])
    }),
    ("zip", |body, encode| zip_of(&[("a/page.html", encode(&page_of(body))), ("a/b.png", vec![])])),
    ("tar", |body, encode| {
        tar_of(&[("a/page.html", encode(&page_of(body))), ("a/b.png", vec![0; 700])])
    }),
    ("mhtml", |body, encode| {
        let part = encode(&page_of(body));
        [
            &b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=b\r\n\r\n\
               --b\r\nContent-Type: text/html\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"[..],
            &part,
            b"\r\n--b--\r\n",
        ]
        .concat()
    }),
    ("json", |body, encode| {
        encode(&format!("[\n  {{\"title\": \"佛茂携手\", \"body\": \"{body}\"}}\n]\n"))
    }),
    ("jsonl", |body, encode| encode(&format!("{{\"title\":\"佛茂携手\",\"body\":\"{body}\"}}\n"))),
    ("html", |body, encode| encode(&page_of(body))),
    ("md", |body, encode| encode(&format!("---\ntitle: 佛茂携手\n---\n\n{body}\n"))),
    ("csv", |body, encode| encode(&format!("title,body\n佛茂携手,\"{body}\"\n"))),
    ("tsv", |body, encode| encode(&format!("title\tbody\n佛茂携手\t{body}\n"))),
    ("txt", |body, encode| encode(&format!("佛茂携手\n\n{body}\n"))),
];

fn page_of(body: &str) -> String {
    format!("<html><head><title>佛茂携手</title></head><body><p>{body}</p></body></html>")
}

fn warc_record(kind: &str, content_type: &str, block: &[u8]) -> Vec<u8> {
    let head = format!(
        "WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: https://example.com/1\r\n\
         WARC-Date: 2024-10-09T08:00:00Z\r\nContent-Type: {content_type}\r\n\
         Content-Length: {}\r\n\r\n",
        block.len()
    );
    [head.as_bytes(), block, b"\r\n\r\n"].concat()
}

fn zip_of(members: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut zip = ::zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in members {
        let options = ::zip::write::SimpleFileOptions::default()
            .compression_method(::zip::CompressionMethod::Deflated);
        zip.start_file(*name, options).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn tar_of(members: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut tar = ::tar::Builder::new(Vec::new());
    for (name, bytes) in members {
        let mut header = ::tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        tar.append_data(&mut header, name, bytes.as_slice()).unwrap();
    }
    tar.into_inner().unwrap()
}

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
    page.content.text()
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
    let utf8 = |text: &str| text.as_bytes().to_vec();
    let gb18030 = |text: &str| encoding_rs::GB18030.encode(text).0.into_owned();
    let utf16 = |text: &str| {
        "\u{feff}".encode_utf16().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect()
    };
    let marked = |text: &str| ["\u{feff}".as_bytes(), text.as_bytes()].concat();
    for format in FORMATS {
        let (ending, sample) = SAMPLES
            .iter()
            .find(|(ending, _)| format.endings().contains(ending))
            .unwrap_or_else(|| panic!("help: add a sample of {} to SAMPLES", format.name()));
        let folder = tempfile::tempdir().unwrap();
        let make = |encode: Encode<'_>| sample("佛山与茂名签约。", encode);
        let plain = make(&utf8);
        let in_zip = zip_of(&[(&format!("页/plain.{ending}"), plain.clone())]);
        let in_tar = gzip(&tar_of(&[(&format!("页/plain.{ending}.gz"), gzip(&plain))]));
        let variants = vec![
            (format!("plain.{ending}"), plain.clone()),
            (format!("packed.{ending}.gz"), gzip(&plain)),
            (format!("packed.{ending}.zst"), zstd::encode_all(plain.as_slice(), 1).unwrap()),
            (format!("misnamed.{ending}"), gzip(&plain)),
            (format!("UPPER.{}", ending.to_uppercase()), plain.clone()),
            ("member.zip".to_owned(), in_zip),
            ("member.tar.gz".to_owned(), in_tar),
            (format!("marked.{ending}"), make(&marked)),
            (format!("gb18030.{ending}"), make(&gb18030)),
            (format!("utf16.{ending}"), make(&utf16)),
            ("unnamed".to_owned(), plain.clone()),
            ("unnamed.bin".to_owned(), gzip(&plain)),
        ];
        for (name, bytes) in variants {
            let path = put(folder.path(), &name, &bytes);
            assert_eq!(total_bytes(std::slice::from_ref(&path)), bytes.len() as u64);
            let mut pages = pages(&[path], ReadOptions::default());
            let page = pages
                .next()
                .unwrap_or_else(|| panic!("{name}: no page"))
                .unwrap_or_else(|skip| panic!("{name}: {skip}"));
            assert!(text(&page).contains("佛山与茂名签约。"), "{name}: {page:?}");
            assert!(!text(&page).contains('\u{feff}'), "{name}: {page:?}");
            assert_eq!(page.damaged, 0, "{name}");
            let format = match *ending {
                "zip" | "tar" => "HTML",
                "wacz" => "WARC",
                _ => format.name(),
            };
            assert_eq!(page.format, format, "{name}");
            assert!(pages.next().is_none(), "{name}");
            assert_eq!(pages.bytes_read(), bytes.len() as u64, "{name}");
            let encoding = match name.split('.').next() {
                Some("gb18030") => "gb18030",
                Some("utf16") => "UTF-16LE",
                _ => "UTF-8",
            };
            assert_eq!(page.encoding, encoding, "{name}");
        }
        // Nothing that a disk or a network can do to a file makes the reader panic.
        let mut cut = make(&gb18030);
        cut.truncate(cut.len() - 1);
        let packed = gzip(&plain);
        for bytes in [
            &b""[..],
            b"\n",
            b"\xff\xfe",
            b"{",
            b"<",
            b"[{",
            b"\0\0\0",
            b"PK\x03\x04",
            b"WARC/1.0\r\n",
            &cut,
            &plain[..plain.len() / 2],
            &packed[..packed.len() / 2],
        ] {
            let path = put(folder.path(), &format!("broken.{ending}"), bytes);
            for page in pages(&[path], ReadOptions::default()) {
                let stumbled = page.is_err_and(|skip| skip.reason.contains("stumble"));
                assert!(!stumbled, "{ending}: {bytes:?}");
            }
        }
        // What is longer than the limit is told and passed.
        let long = sample(&"签约。".repeat(1000), &utf8);
        let path = put(folder.path(), &format!("long.{ending}.gz"), gzip(&long));
        let options = ReadOptions { max_page: 1000, ..ReadOptions::default() };
        let skips: Vec<_> = pages(&[path], options).filter_map(Result::err).collect();
        assert_eq!(skips.len(), 1, "{}", format.name());
        assert_eq!(skips[0].reason, "is longer than 1000 bytes", "{}", format.name());
    }
}

#[test]
fn every_file_of_the_folder_is_a_format_or_serves_them() {
    let serves = [
        "crawl",
        "encoding",
        "euc_tw",
        "fields",
        "http",
        "mod",
        "record",
        "source",
        "tests",
        "transcode",
        "walk",
    ];
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/read");
    let files = std::fs::read_dir(folder).unwrap().flatten();
    let stems = files.map(|file| file.path().file_stem().unwrap().to_string_lossy().into_owned());
    let formats = stems.filter(|stem| !serves.contains(&stem.as_str())).count();
    // CSV and TSV are one file.
    assert_eq!(formats, FORMATS.len() - 1, "a format that is not in FORMATS is read by nobody");
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
        read_all(folder.path(), &[path], ReadOptions { max_page: 100, ..ReadOptions::default() }),
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
        lines[0]
            .starts_with("a.png is none of the formats that can be read (readable are WARC (.warc"),
        "{lines:?}"
    );
}
