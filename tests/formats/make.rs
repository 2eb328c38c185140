//! Crawl files as crawlers make them.

use std::io::{Cursor, Write};

use flate2::Compression;
use flate2::write::GzEncoder;

/// What the samples say.
pub(crate) const BODY: &str = "佛山与茂名签订人才合作框架协议，共建人才飞地。";

/// Packs bytes.
pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::fast());
    packer.write_all(bytes).unwrap();
    packer.finish().unwrap()
}

/// A record of a WARC file; `fields` are named fields beside the usual ones, each with its end.
pub(crate) fn warc_record(kind: &str, url: &str, fields: &str, block: &[u8]) -> Vec<u8> {
    let head = format!(
        "WARC/1.1\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {url}\r\n\
         WARC-Date: 2024-10-09T08:00:00Z\r\n{fields}Content-Length: {}\r\n\r\n",
        block.len()
    );
    [head.as_bytes(), block, b"\r\n\r\n"].concat()
}

/// The record of an answer; `headers` are lines with their ends.
pub(crate) fn warc_answer(url: &str, status: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let block = [format!("HTTP/1.1 {status}\r\n{headers}\r\n").as_bytes(), body].concat();
    warc_record("response", url, "Content-Type: application/http; msgtype=response\r\n", &block)
}

/// Bytes in chunks, as servers send what they do not know the length of.
pub(crate) fn chunked(bytes: &[u8]) -> Vec<u8> {
    let mut chunks = Vec::new();
    for chunk in bytes.chunks(1000) {
        chunks.extend(format!("{:x}\r\n", chunk.len()).into_bytes());
        chunks.extend(chunk);
        chunks.extend(b"\r\n");
    }
    chunks.extend(b"0\r\n\r\n");
    chunks
}

/// A ZIP archive.
pub(crate) fn zip(members: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default()
        .compression_method(zip::CompressionMethod::Deflated);
    for (name, bytes) in members {
        zip.start_file(*name, options).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// A TAR archive.
pub(crate) fn tar(members: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut tar = tar::Builder::new(Vec::new());
    for (name, bytes) in members {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        tar.append_data(&mut header, name, bytes.as_slice()).unwrap();
    }
    tar.into_inner().unwrap()
}

/// A web page.
pub(crate) fn page(title: &str, body: &str) -> String {
    format!(
        "<!DOCTYPE html><html><head><meta charset=\"utf-8\"><title>{title}</title></head>\
         <body><div><h1>{title}</h1><p>{body}</p><p>{body}</p></div></body></html>"
    )
}

/// One file of each format: its name, its bytes, how many pages it holds.
pub(crate) fn samples() -> Vec<(&'static str, Vec<u8>, usize)> {
    let html = page("佛茂携手", BODY);
    let packed = gzip(html.as_bytes());
    let types = "Content-Type: text/html; charset=utf-8\r\n";
    let gzipped = format!("{types}Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n");
    let records = [
        warc_record(
            "warcinfo",
            "",
            "Content-Type: application/warc-fields\r\n",
            b"software: x\r\n",
        ),
        warc_answer("https://example.com/1", "200 OK", types, html.as_bytes()),
        warc_answer("https://example.com/2", "200 OK", &gzipped, &chunked(&packed)),
        warc_answer("https://example.com/3", "404 Not Found", types, b"<p>404</p>"),
        warc_record(
            "conversion",
            "https://example.com/4",
            "Content-Type: text/plain\r\n",
            BODY.as_bytes(),
        ),
    ];
    let warc = records.concat();
    let warc_gz: Vec<u8> = records.iter().flat_map(|record| gzip(record)).collect();
    let line = |n: usize| format!("{{\"id\":\"{n}\",\"title\":\"佛茂携手\",\"body\":\"{BODY}\"}}");
    let mhtml = format!(
        "From: <Saved by Blink>\r\nSnapshot-Content-Location: https://example.com/1\r\n\
         MIME-Version: 1.0\r\nContent-Type: multipart/related; type=\"text/html\"; boundary=\"b\"\r\n\r\n\
         --b\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n\
         {}\r\n--b\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\niVBORw0KGgo=\r\n--b--\r\n",
        html.bytes().fold(String::new(), |all, byte| all + &format!("={byte:02X}"))
    );
    let csv =
        format!("标题,发布时间,正文\r\n佛茂携手,2024-10-09,\"{BODY}\n第二段。\"\r\n二,,{BODY}\r\n");
    let tsv = format!("title\turl\tcontent\n佛茂携手\thttps://example.com/1\t{BODY}\n");
    let markdown = format!(
        "---\ntitle: 佛茂携手\ntags: [a, b]\ndate: 2024-10-09\n---\n\n# 佛茂携手\n\n{BODY}\n\n- 一\n- 二\n"
    );
    vec![
        ("a.warc", warc.clone(), 3),
        ("a.warc.gz", warc_gz.clone(), 3),
        ("a.wacz", zip(&[("archive/a.warc.gz", warc_gz), ("datapackage.json", b"{}".to_vec())]), 3),
        (
            "a.zip",
            zip(&[("a/1.html", html.clone().into_bytes()), ("b.jsonl", line(1).into_bytes())]),
            2,
        ),
        (
            "a.tar",
            tar(&[
                ("a/1.html", html.clone().into_bytes()),
                ("b.json.gz", gzip(line(1).as_bytes())),
            ]),
            2,
        ),
        ("a.tar.gz", gzip(&tar(&[("a.warc", warc)])), 3),
        ("a.mhtml", mhtml.into_bytes(), 1),
        ("a.json", format!("[{},\n {}]", line(1), line(2)).into_bytes(), 2),
        (
            "b.json",
            format!(
                "{{\"code\": 0, \"data\": {{\"total\": 2, \"list\": [{}, {}]}}}}",
                line(1),
                line(2)
            )
            .into_bytes(),
            2,
        ),
        ("a.jsonl", format!("{}\n{}\n", line(1), line(2)).into_bytes(), 2),
        ("a.html", html.into_bytes(), 1),
        ("a.md", markdown.into_bytes(), 1),
        ("b.md", format!("+++\ntitle = \"佛茂携手\"\n+++\n{BODY}\n").into_bytes(), 1),
        ("a.csv", csv.into_bytes(), 2),
        ("a.tsv", tsv.into_bytes(), 1),
        ("a.txt", format!("佛茂携手\n2024-10-09 来源：南方日报\n{BODY}\n").into_bytes(), 1),
    ]
}

#[test]
fn every_sample_is_read_whole() {
    for (name, bytes, pages) in samples() {
        let results = crate::desk::read(name, bytes);
        let told = crate::desk::told(&results);
        assert_eq!(results.len(), pages, "{name}: {told:#?}");
        for page in results {
            let page = page.unwrap_or_else(|skip| panic!("{name}: {skip}"));
            let article =
                crate::desk::understood(page).unwrap_or_else(|skip| panic!("{name}: {skip}"));
            assert!(article.body.contains(BODY), "{name}: {}", article.body);
        }
    }
}
