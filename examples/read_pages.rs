//! Prints what is made of pages, one JSON object a line, for the scorers.

use std::io::Write;

use liancheng::{clean, read, understand};

fn main() {
    let paths: Vec<std::path::PathBuf> = std::env::args_os().skip(1).map(Into::into).collect();
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    for page in read::pages(&paths, read::ReadOptions::default()) {
        let cleaned = page.and_then(clean::clean);
        let line = match cleaned {
            Ok(page) => {
                let date = understand::date::published(&page);
                serde_json::json!({
                    "id": page.id, "path": page.origin.path, "title": page.title.text, "made": page.title.made,
                    "date": date.as_ref().map(|d| d.date.to_string()), "date_by": date.as_ref().map(|d| d.said.witness.to_string()),
                    "date_said": date.map(|d| d.said.text),
                    "outlet": understand::outlet::outlet(&page).map(|s| s.text),
                    "author": understand::outlet::author(&page).map(|s| s.text),
                    "url": page.url, "body": page.body,
                })
            }
            Err(skip) => {
                serde_json::json!({"path": skip.origin.path, "line": skip.origin.line, "skip": skip.to_string()})
            }
        };
        let _ = writeln!(out, "{line}");
    }
}
