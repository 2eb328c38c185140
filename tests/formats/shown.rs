//! What a person sees of a crawl: `read --report`, `read --diff`, `--fields`.

use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::desk::project;
use crate::make::{BODY, page, warc_answer, warc_record, zip};

/// Runs the program in a folder: exit code, standard output, standard error.
fn run(folder: &Path, args: &[&str]) -> (Option<i32>, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_liancheng"));
    command.current_dir(folder).args(args).stdin(Stdio::null()).env_remove("LIANCHENG_INDEX");
    let ran = command.output().expect("the program runs");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (ran.status.code(), text(&ran.stdout), text(&ran.stderr))
}

fn crawl() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let put = |name: &str, bytes: &[u8]| std::fs::write(folder.path().join(name), bytes).unwrap();
    let long = BODY.repeat(6);
    let html = page("佛茂携手共建人才飞地", &long);
    let types = "Content-Type: text/html\r\n";
    put(
        "a.warc",
        &[
            warc_answer("https://example.com/2024/10/09/1.html", "200 OK", types, html.as_bytes()),
            warc_record("request", "https://example.com/1", "", b"GET / HTTP/1.1\r\n\r\n"),
        ]
        .concat(),
    );
    put("b.csv", &encoding_rs::GBK.encode(&format!("标题,来源,正文,发布时间\n佛茂携手,南方日报,{long},2024-10-09\n短,,短文一篇。,\n无文,,,\n")).0);
    put("c.zip", &zip(&[("页/一.json", b"not json".to_vec()), ("x.png", vec![])]));
    let mut damaged =
        encoding_rs::GBK.encode(&format!("佛茂携手\n2024-10-09\n{long}")).0.into_owned();
    damaged.extend(b"\n\xff\n");
    put("d.txt", &damaged);
    folder
}

#[test]
fn a_report_sums_up_a_crawl() {
    let folder = crawl();
    let (code, out, err) = run(folder.path(), &["read", ".", "--report", "--format", "json"]);
    assert_eq!((code, err.as_str()), (Some(0), ""), "{out}");
    let report: Value = serde_json::from_str(&out).unwrap();
    let schema =
        std::fs::read_to_string(project().join("schema/crawl-report.schema.json")).unwrap();
    let schema: Value = serde_json::from_str(&schema).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let wrong: Vec<String> = validator.iter_errors(&report).map(|e| e.to_string()).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    for (key, want) in [("pages", 6), ("articles", 4), ("skipped", 2), ("damaged_characters", 1)] {
        assert_eq!(report[key], want, "{key}: {report:#}");
    }
    for (key, pages, example) in
        [("short", 1, "./b.csv:3"), ("damaged", 1, "./d.txt"), ("without_outlet", 3, "./a.warc:1")]
    {
        assert_eq!(report[key]["pages"], pages, "{key}: {report:#}");
        assert_eq!(report[key]["examples"][0], example, "{key}");
    }
    assert_eq!(report["by_format"], serde_json::json!({"CSV": 2, "WARC": 1, "text": 1}));
    assert_eq!(report["by_encoding"], serde_json::json!({"UTF-8": 1, "gb18030": 3}));
    assert_eq!(report["passed_over"], serde_json::json!({".png": 1, "WARC request": 1}));
    assert_eq!(report["reasons"]["is not valid JSON"]["examples"][0], "./c.zip!/页/一.json:1");

    let (_, text, _) = run(folder.path(), &["read", ".", "--report"]);
    for line in [
        "pages            6 = 4 articles + 2 skipped",
        "formats          CSV 2, WARC 1, text 1",
        "encodings        gb18030 3, UTF-8 1",
        "short (<100)     1  ./b.csv:3",
        "damaged (1)      1  ./d.txt",
        "skipped          1 is not valid JSON  ./c.zip!/页/一.json:1",
        "passed over      .png 1, WARC request 1",
    ] {
        assert!(text.contains(line), "{line} in\n{text}");
    }
}

#[test]
fn the_summary_of_an_index_adds_up_over_archives() {
    let folder = crawl();
    let (code, out, err) = run(folder.path(), &["index", "."]);
    assert_eq!(code, Some(0));
    assert!(
        out.starts_with("read 6 = 4 new + 0 changed + 0 unchanged + 2 skipped; 4 articles"),
        "{out}"
    );
    assert!(
        err.contains(
            "passed over 2 files and records that hold no page: .png (1) and WARC request (1)"
        ),
        "{err}"
    );
    let (_, hits, _) = run(folder.path(), &["search", "\"人才飞地\"", "--format", "jsonl"]);
    assert_eq!(hits.lines().count(), 3, "{hits}");
}

#[test]
fn a_diff_shows_what_became_of_each_line() {
    let folder = tempfile::tempdir().unwrap();
    let html = format!(
        "<html><head><title>佛茂携手共建人才飞地_某某网</title></head><body>\
         <div class=nav><a href=/>首页</a> &gt; <a href=/n>新闻中心</a></div>\
         <h1>佛茂携手共建人才飞地</h1><div>2024-10-09 08:00 来源：南方日报</div>\
         <p>{BODY}{BODY}</p><p>{BODY}两地将继续携手，推动产业协作。</p>\
         <p>（责任编辑：张三）</p><div>相关阅读</div><ul><li><a href=/1>别的新闻一则标题</a></li></ul></body></html>"
    );
    std::fs::write(folder.path().join("a.html"), html).unwrap();
    let (code, out, err) = run(folder.path(), &["read", "a.html", "--diff"]);
    assert_eq!((code, err.as_str()), (Some(0), ""));
    let signs: Vec<(char, &str)> = out
        .lines()
        .skip(1)
        .filter_map(|line| Some((line.chars().next()?, line.get(2..)?)))
        .collect();
    let sign_of =
        |words: &str| signs.iter().find(|(_, text)| text.contains(words)).map(|(sign, _)| *sign);
    for (words, sign) in [
        ("新闻中心", '-'),
        ("佛茂携手共建人才飞地", '#'),
        ("来源：南方日报", '='),
        (BODY, ' '),
        ("责任编辑", '-'),
        ("别的新闻", '-'),
    ] {
        assert_eq!(sign_of(words), Some(sign), "{words} in\n{out}");
    }
    let (_, json, _) = run(folder.path(), &["read", "a.html", "--diff", "--format", "jsonl"]);
    let json: Value = serde_json::from_str(&json).unwrap();
    let fates = json["lines"].as_array().unwrap();
    assert!(
        fates.iter().any(|line| line["fate"] == "facts" && line["as_read"] == "date, outlet"),
        "{json:#}"
    );
}

#[test]
fn names_of_fields_can_be_given_and_are_remembered() {
    let folder = tempfile::tempdir().unwrap();
    let put = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    put(
        "a.jsonl",
        &format!("{{\"id\":\"a1\",\"bt\":\"佛茂携手\",\"detail\":{{\"zw\":\"{BODY}\"}}}}\n"),
    );
    put("fields.toml", "title = \"bt\"\nbody = [\"zw\", \"detail.zw\"]\n");
    let (code, _, err) = run(folder.path(), &["index", "a.jsonl"]);
    assert_eq!(code, Some(2));
    assert!(
        err.contains(
            "it has `bt`, `detail`; name the text `body`, or say with --fields which it is"
        ),
        "{err}"
    );
    let (code, out, err) = run(folder.path(), &["index", "a.jsonl", "--fields", "fields.toml"]);
    assert_eq!(code, Some(0), "{err}");
    assert!(out.starts_with("read 1 = 1 new"), "{out}");
    for args in [&["rebuild"][..], &["rebuild", "--threads", "1"]] {
        let (code, out, err) = run(folder.path(), args);
        assert_eq!(code, Some(0), "{err}");
        assert!(out.starts_with("read 1 = 1 new"), "{out}");
    }
    let (code, out, _) = run(folder.path(), &["index", "a.jsonl"]);
    assert_eq!(code, Some(0));
    assert!(out.starts_with("read 1 = 0 new + 0 changed + 1 unchanged"), "{out}");
    let (_, out, _) =
        run(folder.path(), &["read", "a.jsonl", "--fields", "fields.toml", "--format", "jsonl"]);
    let article: Value = serde_json::from_str(&out).unwrap();
    assert_eq!((&article["title"], &article["body"]), (&"佛茂携手".into(), &BODY.into()));
    put("wrong.toml", "titel = \"bt\"\n");
    let (code, _, err) = run(folder.path(), &["read", "a.jsonl", "--fields", "wrong.toml"]);
    assert_eq!(code, Some(2));
    assert!(err.starts_with("error: the field names in `wrong.toml` are not understood: line 1: unknown variant `titel`"), "{err}");
    assert!(err.contains("\nhint: each line names a field"), "{err}");
}
