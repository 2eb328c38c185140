//! A WARC file made of real pages, with everything that such files hold beside pages.

use std::path::{Path, PathBuf};

use liancheng::article::{RawPage, Skip};
use liancheng::index::{BuildOptions, Home, Watcher};
use liancheng::read::{ReadOptions, pages};

use crate::desk::{files, project, read, shared, told, understood};
use crate::make::{BODY, chunked, gzip, page, warc_answer, warc_record};

struct Told(Vec<String>);

impl Watcher for Told {
    fn skipped(&mut self, skip: &Skip) {
        self.0.push(skip.to_string());
    }
    fn progressed(&mut self, _: u64, _: u64) {}
}

fn body_of(page: RawPage) -> String {
    understood(page).map_or_else(|skip| skip.reason, |article| article.body)
}

/// Makes a WARC of pages and of everything that such files hold beside them; its last record breaks
/// off.
fn warc_of(paths: &[PathBuf]) -> Vec<u8> {
    let mut warc = gzip(&warc_record(
        "warcinfo",
        "",
        "Content-Type: application/warc-fields\r\n",
        b"software: crawler\r\nformat: WARC File Format 1.1\r\n",
    ));
    for (at, path) in paths.iter().enumerate() {
        let bytes = std::fs::read(path).unwrap();
        let url = format!("https://news.example.com/{at}.html");
        let request = b"GET / HTTP/1.1\r\nHost: news.example.com\r\n\r\n";
        let http = "Content-Type: application/http; msgtype=request\r\n";
        warc.extend(gzip(&warc_record("request", &url, http, request)));
        // With and without charset, with a wrong one, packed and in chunks.
        let (headers, body) = match at % 5 {
            0 => ("Content-Type: text/html\r\n", bytes),
            1 => ("Content-Type: text/html; charset=gb2312\r\n", bytes),
            2 => (
                "Content-Type: text/html; charset=utf-8\r\nContent-Encoding: gzip\r\n",
                gzip(&bytes),
            ),
            3 => (
                "Content-Type: text/html;charset=GBK\r\nTransfer-Encoding: chunked\r\n",
                chunked(&bytes),
            ),
            _ => (
                "content-type: text/html\r\nTransfer-Encoding: chunked\r\ncontent-encoding: gzip\r\n",
                chunked(&gzip(&bytes)),
            ),
        };
        warc.extend(gzip(&warc_answer(&url, "200 OK", headers, &body)));
    }
    let revisit = "WARC-Profile: http://netpreserve.org/warc/1.1/revisit/identical-payload-digest\r\n\
                   Content-Type: application/http; msgtype=response\r\n";
    let head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n";
    warc.extend(gzip(&warc_record("revisit", "https://news.example.com/0.html", revisit, head)));
    let png = "Content-Type: image/png\r\n";
    warc.extend(gzip(&warc_answer(
        "https://news.example.com/a.png",
        "200 OK",
        png,
        b"\x89PNG\r\n\x1a\n\0\0",
    )));
    let gone = "Content-Type: text/html\r\n";
    warc.extend(gzip(&warc_answer(
        "https://news.example.com/x",
        "404 Not Found",
        gone,
        b"<p>404</p>",
    )));
    warc.extend(gzip(&warc_record(
        "metadata",
        "https://news.example.com/0.html",
        "",
        b"fetchTimeMs: 7\r\n",
    )));
    let last = page("最后一篇", &BODY.repeat(200));
    let last = gzip(&warc_answer("https://news.example.com/last", "200 OK", gone, last.as_bytes()));
    warc.extend(&last[..last.len() - 40]);
    warc
}

/// Makes a WARC of pages, indexes it, and holds each page against the same page read from its file.
fn check(paths: &[PathBuf]) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("crawl.warc.gz");
    std::fs::write(&path, warc_of(paths)).unwrap();

    let index = folder.path().join("index");
    let mut skips = Told(Vec::new());
    let crawl = std::slice::from_ref(&path);
    let options = BuildOptions::default();
    let summary = liancheng::index::index(&Home::at(&index), crawl, &options, &mut skips).unwrap();
    println!("{summary:?}");
    assert_eq!(summary.read, paths.len() as u64 + 1);
    assert_eq!(summary.read, summary.new + summary.changed + summary.unchanged + summary.skipped);
    assert!(
        skips.0.iter().any(|told| told.contains("crawl.warc.gz:") && told.contains("breaks off")),
        "the last record is named: {:?}",
        skips.0
    );
    let passed: Vec<(&str, u64)> =
        summary.passed_over.iter().map(|(what, count)| (what.as_str(), *count)).collect();
    assert_eq!(
        passed,
        [
            ("HTTP 404", 1),
            ("WARC metadata", 1),
            ("WARC request", paths.len() as u64),
            ("WARC revisit", 1),
            ("WARC warcinfo", 1),
            ("image/png", 1),
        ]
    );

    let from_files: Vec<RawPage> =
        pages(paths, ReadOptions::default()).map(|page| page.expect("the page is read")).collect();
    let from_warc: Vec<RawPage> = pages(crawl, ReadOptions::default()).flatten().collect();
    assert_eq!(from_warc.len(), from_files.len());
    let mut articles = 0;
    for (at, (warc, file)) in from_warc.into_iter().zip(from_files).enumerate() {
        assert_eq!(warc.encoding, file.encoding, "{}", paths[at].display());
        assert_eq!(warc.damaged, file.damaged, "{}", paths[at].display());
        assert_eq!(warc.given.url, Some(format!("https://news.example.com/{at}.html")));
        assert_eq!(warc.given.crawled.as_deref(), Some("2024-10-09T08:00:00Z"));
        let (in_warc, in_file) = (body_of(warc), body_of(file));
        assert_eq!(in_warc, in_file, "{}", paths[at].display());
        articles += u64::from(in_file != "holds no text of an article");
    }
    assert_eq!(summary.new, articles);
}

fn html_in(folder: &Path) -> Vec<PathBuf> {
    let html = |path: &PathBuf| path.extension().is_some_and(|e| e == "html" || e == "htm");
    files(folder).into_iter().filter(html).collect()
}

#[test]
fn a_warc_of_the_sample_pages_is_indexed_whole() {
    check(&html_in(&project().join("data/sample/pages")));
}

#[test]
fn a_warc_of_real_pages_is_indexed_whole() {
    let Some(folder) = shared("pages/dev/pages") else { return };
    check(&html_in(&folder));
}

/// What is said of a record that is cut off in the middle of an uncompressed file.
#[test]
fn a_record_that_breaks_off_is_named() {
    let types = "Content-Type: text/html\r\n";
    let html = page("佛茂携手", BODY);
    let whole = warc_answer("https://example.com/1", "200 OK", types, html.as_bytes());
    let cut = [whole.as_slice(), &whole[..whole.len() - 100]].concat();
    let lines = told(&read("a.warc", cut));
    assert_eq!(lines[0], "a.warc:1 WARC UTF-8");
    assert!(
        lines[1].starts_with("skipped: a.warc:2 breaks off: ") && lines.len() == 2,
        "{lines:?}"
    );
}

/// Crawlers that are stopped and started again leave a broken record in the middle.
#[test]
fn what_stands_behind_a_broken_record_is_read() {
    let types = "Content-Type: text/html\r\n";
    let html = page("佛茂携手", BODY);
    let record =
        |n: u32| warc_answer(&format!("https://example.com/{n}"), "200 OK", types, html.as_bytes());
    let broken = gzip(&record(2));
    let packed =
        [gzip(&record(1)), broken[..broken.len() / 2].to_vec(), gzip(&record(3)), gzip(&record(4))];
    let urls = |results: Vec<Result<RawPage, Skip>>| -> Vec<String> {
        let url = |result: Result<RawPage, Skip>| match result {
            Ok(page) => page.given.url.unwrap_or_default(),
            Err(skip) => skip.reason.split(':').next().unwrap_or_default().to_owned(),
        };
        results.into_iter().map(url).collect()
    };
    assert_eq!(
        urls(read("a.warc.gz", packed.concat())),
        ["https://example.com/1", "breaks off", "https://example.com/3", "https://example.com/4"]
    );
    // A wrong length, in a file that is not packed.
    let wrong =
        String::from_utf8(record(2)).unwrap().replacen("Content-Length: ", "Content-Length: 1", 1);
    let plain = [record(1), wrong.into_bytes(), record(3)].concat();
    let lines = urls(read("a.warc", plain));
    assert_eq!(lines[0], "https://example.com/1");
    assert!(lines.len() == 2 && lines[1] == "breaks off", "{lines:?}");
    // Rubbish between records.
    let rubbish = [record(1), b"rubbish\r\nmore of it\r\n".to_vec(), record(2)].concat();
    assert_eq!(
        urls(read("a.warc", rubbish)),
        ["https://example.com/1", "is no WARC record", "https://example.com/2"]
    );
}

#[test]
fn what_the_server_sends_decides_what_a_record_is() {
    let html = page("佛茂携手", BODY);
    for (headers, body, want) in [
        ("Content-Type: application/xhtml+xml\r\n", html.as_bytes(), "page"),
        ("", html.as_bytes(), "page"),
        ("", b"{\"a\": 1}", "no Content-Type"),
        ("Content-Type: application/json\r\n", b"{}", "application/json"),
        ("Content-Type: text/plain\r\n", b"User-agent: *", "text/plain"),
        ("Content-Type: application/octet-stream\r\n", html.as_bytes(), "page"),
    ] {
        let record = warc_answer("https://example.com/1", "200 OK", headers, body);
        let mut pages = liancheng::read::pages_of_bytes("a.warc", record, ReadOptions::default());
        let read = pages.by_ref().count();
        let passed: Vec<String> = pages.passed_over().into_keys().collect();
        let got = if read == 1 { "page".to_owned() } else { passed.join(", ") };
        assert_eq!(got, want, "{headers}");
    }
}
