//! Pages and files that were made to fill memory or time, or that crawlers make by mistake.

use std::io::{Seek, SeekFrom, Write};
use std::time::{Duration, Instant};

use liancheng::article::{Content, Given, Origin, RawPage};
use liancheng::read::{ReadOptions, pages, pages_of_bytes};

use crate::desk::{read, told, understood};
use crate::make::{BODY, gzip, page, warc_answer, zip};

/// Does work and says how long it took; a test machine may be slow and busy.
fn timed<T>(what: &str, most: u64, work: impl FnOnce() -> T) -> T {
    let started = Instant::now();
    let done = work();
    println!("{what}: {:?}", started.elapsed());
    assert!(started.elapsed() < Duration::from_secs(most), "{what} took {:?}", started.elapsed());
    done
}

fn html(text: String) -> RawPage {
    RawPage {
        origin: Origin::file("page.html"),
        given: Given::default(),
        content: Content::Html(text),
        format: "HTML",
        encoding: "UTF-8",
        damaged: 0,
    }
}

#[test]
fn a_packed_bomb_is_told_and_passed() {
    // 300 MiB of blanks in one page, 512 MiB of them in one line.
    let page = zstd::encode_all(std::io::repeat(b' ').take_of(300 << 20), 1).unwrap();
    let results = timed("a page of 300 MiB", 60, || read("a.html.zst", page));
    assert_eq!(
        told(&results),
        ["skipped: a.html.zst is longer than 64 MiB (no page is that long)"]
    );
    let line = zstd::encode_all(std::io::repeat(b' ').take_of(512 << 20), 1).unwrap();
    let results = timed("a line of 512 MiB", 60, || read("a.jsonl.zst", line));
    assert_eq!(
        told(&results),
        [
            "skipped: a.jsonl.zst:1 breaks off: it unpacks to more than 200 times its size, as no text \
          does (what stands before is read; fetch or pack the file again)"
        ]
    );
}

/// `Read::take` for an endless reader, by its right name in a chain.
trait TakeOf: std::io::Read + Sized {
    fn take_of(self, count: u64) -> std::io::Take<Self> {
        std::io::Read::take(self, count)
    }
}
impl<R: std::io::Read> TakeOf for R {}

#[test]
fn an_answer_that_is_a_bomb_is_told_and_passed() {
    let headers = "Content-Type: text/html\r\nContent-Encoding: gzip\r\n";
    let bomb =
        warc_answer("https://example.com/1", "200 OK", headers, &gzip(&vec![b' '; 70 << 20]));
    let good = page("佛茂携手", BODY);
    let good = warc_answer(
        "https://example.com/2",
        "200 OK",
        "Content-Type: text/html\r\n",
        good.as_bytes(),
    );
    let results = timed("a packed answer of 70 MiB", 60, || read("a.warc", [bomb, good].concat()));
    assert_eq!(
        told(&results),
        ["skipped: a.warc:1 is longer than 64 MiB (no page is that long)", "a.warc:2 WARC UTF-8"]
    );
}

#[test]
fn a_zip_of_bombs_and_zips_within_zips_are_told() {
    let blanks = vec![b' '; 4 << 20];
    let members: Vec<(String, Vec<u8>)> =
        (0..8).map(|n| (format!("{n}.txt"), blanks.clone())).collect();
    let mut members: Vec<(&str, Vec<u8>)> =
        members.iter().map(|(name, bytes)| (name.as_str(), bytes.clone())).collect();
    members.push(("good.txt", BODY.as_bytes().to_vec()));
    let options = ReadOptions { max_page: 1 << 20, ..ReadOptions::default() };
    let results: Vec<_> = pages_of_bytes("a.zip", zip(&members), options).collect();
    let lines = told(&results);
    assert_eq!(lines.len(), 9, "{lines:#?}");
    assert_eq!(lines[0], "skipped: a.zip!/0.txt is longer than 1 MiB (no page is that long)");
    assert_eq!(lines[8], "a.zip!/good.txt text UTF-8");

    let nested = (0..7)
        .fold(zip(&[("a.txt", BODY.as_bytes().to_vec())]), |inner, _| zip(&[("a.zip", inner)]));
    let lines = told(&read("a.zip", nested));
    assert_eq!(lines.len(), 1);
    assert!(lines[0].contains("lies in too many archives within each other"), "{lines:?}");
}

#[test]
fn deep_and_large_pages_take_bounded_time() {
    let deep = format!("<html><body>{}<p>{BODY}</p>", "<div>".repeat(10_000));
    let article = timed("10,000 nested elements", 60, || understood(html(deep))).unwrap();
    assert!(article.body.contains(BODY), "{}", article.body);

    let unclosed = format!("<html><body>{}<p>{BODY}</p>", "<b><i><font>".repeat(3000));
    let article = timed("9,000 open inline elements", 60, || understood(html(unclosed))).unwrap();
    assert!(article.body.contains(BODY));

    let entity = |n: u32| format!("<!ENTITY l{n} \"{}\">", format!("&l{};", n - 1).repeat(10));
    let laughs = (1..10).map(entity).collect::<Vec<_>>().concat();
    let laughs = format!(
        "<?xml version=\"1.0\"?><!DOCTYPE html [<!ENTITY l0 \"lol\">{laughs}]>\
         <html><body><p>{BODY}&l9;</p></body></html>"
    );
    let results = timed("a billion laughs", 60, || read("a.xhtml", laughs.into_bytes()));
    let article = understood(results.into_iter().next().unwrap().unwrap()).unwrap();
    assert!(article.body.contains(BODY) && article.body.len() < 10_000, "{}", article.body.len());
}

#[test]
fn a_page_of_two_megabytes_is_read() {
    let paragraphs = format!("<p>{BODY}</p>").repeat((2 << 20) / (BODY.len() + 7));
    let text =
        format!("<html><head><title>佛茂携手</title></head><body>{paragraphs}</body></html>");
    let article = timed("a page of 2 MB", 120, || understood(html(text))).unwrap();
    assert!(article.body.contains(BODY));
}

#[test]
#[ignore = "takes some seconds and much memory"]
fn a_page_of_twenty_megabytes_is_read() {
    let paragraphs = (0..).map(|n| format!("<p>第{n}段：{BODY}</p>"));
    let mut text = String::from("<html><head><title>佛茂携手</title></head><body>");
    for paragraph in paragraphs {
        if text.len() > 20 << 20 {
            break;
        }
        text.push_str(&paragraph);
    }
    let result = timed("a page of 20 MB", 300, || understood(html(text)));
    println!("{:?}", result.map(|article| article.body.len()));
}

/// A line of `size` bytes, then a good record. The line is a hole in the file and takes no room.
fn long_line(size: u64) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.jsonl");
    let mut file = std::fs::File::create(&path).unwrap();
    file.write_all(b"{\"body\":\"").unwrap();
    file.seek(SeekFrom::Start(size)).unwrap();
    file.write_all(format!("\"}}\n{{\"body\":\"{BODY}\"}}\n").as_bytes()).unwrap();
    let results: Vec<_> = timed("a long line", 120, || {
        pages(std::slice::from_ref(&path), ReadOptions::default()).collect()
    });
    assert_eq!(results.len(), 2);
    assert!(results[0].as_ref().unwrap_err().reason.contains("is longer than 64 MiB"));
    assert_eq!(results[1].as_ref().unwrap().content, Content::Body(BODY.to_owned()));
    // The same in a table and in a list: the quotation mark never closes.
    for (name, start) in [("a.csv", "title,body\n佛茂,\""), ("a.json", "[{\"body\":\"")] {
        let path = folder.path().join(name);
        let mut file = std::fs::File::create(&path).unwrap();
        file.write_all(start.as_bytes()).unwrap();
        file.set_len(size).unwrap();
        let results: Vec<_> = timed(name, 120, || pages(&[path], ReadOptions::default()).collect());
        assert_eq!(results.len(), 1, "{name}");
        println!("{}", results[0].as_ref().unwrap_err());
    }
}

#[test]
fn a_line_of_a_hundred_megabytes_is_passed() {
    long_line(100 << 20);
}

#[test]
#[ignore = "reads six gigabytes"]
fn a_line_of_two_gigabytes_is_passed() {
    long_line(2 << 30);
}
