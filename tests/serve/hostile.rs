//! An article that was made to do harm, through every view and export.

use serde_json::json;

use crate::server::{Server, encoded, filler, indexed_records};

/// What must stand nowhere as it is: marks that turn or hide text.
const TURNING: [char; 5] = ['\u{202e}', '\u{202d}', '\u{2066}', '\u{200b}', '\u{feff}'];

fn articles() -> Vec<serde_json::Value> {
    let harm = "\"'><script>alert(1)</script><img src=x onerror=alert(2)>";
    vec![
        json!({
            "id": format!("a{harm}../../etc/passwd"),
            "title": "=HYPERLINK(\"http://evil.example\")佛山\u{202e}茂名\u{200b}签约 \"'><script>alert(1)</script>",
            "date": "2024-05-06",
            "source": format!("@日报{harm}"),
            "author": "'><svg onload=alert(3)>",
            "url": "javascript:alert(document.cookie)",
            "body": format!("5月6日，佛山市与茂名市签署\u{202e}框架协议{harm}，共建人才飞地。\n第二段 {{{{7*7}}}} ]]> <!-- 人才飞地 --> &lt;script&gt; 佛山 | 茂名"),
        }),
        json!({
            "id": "b",
            "title": "佛山市与茂名市再签人才飞地协议",
            "date": "2024-06-06",
            "url": "https://example.com/\"onmouseover=\"alert(1)",
            "body": "6月6日，佛山市与茂名市再次签署人才飞地合作协议，两市共建产业园。佛山派出团队，茂名提供场地。",
        }),
    ]
}

#[test]
fn nothing_that_a_crawl_holds_becomes_part_of_a_page() {
    let server = Server::start(indexed_records(&articles()), &["--no-log"]);
    let id = encoded(articles()[0]["id"].as_str().expect("a text"));
    let q = encoded("人才飞地\"><script>alert(1)</script>");
    let found = server.get(&format!("/api/search?q={}", encoded("人才飞地"))).json();
    assert_eq!(found["total"], 2, "{found:#}");
    let mut checked = 0;
    for target in [
        "/".to_owned(),
        format!("/?q={}", encoded("人才飞地")),
        format!("/?q={q}"),
        format!("/?q={}&outlet={q}&since=2024&lang=en", encoded("飞地")),
        format!("/?q={}&view=network", encoded("飞地")),
        format!("/?q={}&view=trend", encoded("飞地")),
        format!("/?q={}&outlet={q}", encoded("飞地")),
        format!("/?city={q}"),
        format!("/?view={q}"),
        format!("/articles/{id}?q={}", encoded("人才飞地 佛山")),
        format!("/articles/b?q={q}"),
        format!("/articles/{q}"),
        format!("/picture/network.svg?q={}", encoded("飞地")),
        format!("/picture/matrix.svg?q={}", encoded("飞地")),
        format!("/picture/trend.svg?q={}", encoded("飞地")),
        format!("/{q}"),
    ] {
        let answer = server.get(&target);
        let page = answer.text();
        let lower = page.to_lowercase();
        assert!(answer.status < 500, "{target}: {}", answer.status);
        for harm in ["<script>alert", "<img", "<svg onload", "javascript:", "\"onmouseover"] {
            let escaped_text = harm == "javascript:" && !lower.contains("href=\"javascript");
            assert!(escaped_text || !lower.contains(harm), "{target} holds {harm}");
        }
        // Only the page's own script, and no style or handler within.
        assert!(lower.matches("<script").count() <= 1, "{target}");
        assert!(!lower.contains(" style=") && !lower.contains(" onclick="), "{target}");
        assert!(!page.contains(TURNING), "{target}");
        checked += usize::from(page.contains("&lt;script&gt;"));
    }
    assert!(checked >= 4, "the harm was seen, and escaped: {checked}");
    let page = server.get(&format!("/articles/{id}")).text();
    assert!(!page.contains("class=\"out\""), "what is no web address is no link");
}

#[test]
fn nothing_that_a_crawl_holds_becomes_part_of_a_file() {
    let server = Server::start(indexed_records(&articles()), &["--no-log"]);
    let q = encoded("人才飞地");
    let csv = server.get(&format!("/export/csv?q={q}"));
    assert_eq!(csv.header("content-disposition"), Some("attachment; filename=\"liancheng.csv\""));
    let text = csv.text();
    let text = text.strip_prefix('\u{feff}').expect("a byte order mark");
    assert!(!text.contains(TURNING), "{text}");
    let mut table = csv::Reader::from_reader(text.as_bytes());
    let rows: Vec<csv::StringRecord> = table.records().map(|row| row.expect("a row")).collect();
    assert_eq!(rows.len(), 2);
    for row in &rows {
        assert!(row.iter().all(|cell| !cell.starts_with(['=', '+', '-', '@'])), "{row:?}");
    }
    let markdown = server.get(&format!("/export/md?q={q}")).text();
    // What stands between backticks (the id) is shown as it is.
    let outside: String = markdown.split('`').step_by(2).collect();
    assert!(!outside.replace("\\<", "").contains('<'), "{markdown}");
    assert!(!markdown.contains("](javascript:"), "{markdown}");
    assert!(!markdown.contains(TURNING));
    let lines = server.get(&format!("/export/jsonl?q={q}")).text();
    assert_eq!(lines.lines().count(), 2);
    for line in lines.lines() {
        let hit: serde_json::Value = serde_json::from_str(line).expect("JSON");
        assert!(hit["id"].is_string());
    }
}

#[test]
fn an_export_holds_everything_in_order() {
    let many: Vec<_> = (0..1203)
        .map(|n| {
            json!({
                "id": format!("m{n:04}"),
                "title": format!("第{n}次佛山茂名人才飞地会议"),
                "date": format!("2024-{:02}-{:02}", n % 12 + 1, n % 28 + 1),
                "body": format!("佛山与茂名召开第{n}次会议，讨论人才飞地建设，两市代表出席并发言。{}。", filler(n)),
            })
        })
        .collect();
    let server = Server::start(indexed_records(&many), &["--no-log"]);
    let q = encoded("人才飞地");
    let text = server.get(&format!("/export/csv?q={q}&sort=oldest")).text();
    let mut table = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let rows: Vec<csv::StringRecord> = table.records().map(|row| row.expect("a row")).collect();
    assert_eq!(rows.len(), 1203);
    let ranks: Vec<usize> = rows.iter().map(|row| row[0].parse().expect("a rank")).collect();
    assert_eq!(ranks, (1..=1203).collect::<Vec<_>>());
    let ids: std::collections::BTreeSet<&str> = rows.iter().map(|row| &row[1]).collect();
    assert_eq!(ids.len(), 1203, "each once");
    assert_eq!(server.get(&format!("/export/jsonl?q={q}")).text().lines().count(), 1203);
    let markdown = server.get(&format!("/export/md?q={q}")).text();
    assert!(markdown.contains("1203. ") && markdown.matches("1,203 articles").count() == 1);
}
