//! Reads raw publish times, one a line of a TSV, and text dates of articles.
use liancheng::understand::date;
use std::io::BufRead;
fn main() {
    for line in std::io::stdin().lock().lines().map_while(Result::ok) {
        let raw: String =
            serde_json::from_str(line.split('\t').nth(1).unwrap_or("")).unwrap_or_default();
        println!(
            "{}\t{}",
            line,
            date::parse_date_header(&raw).map(|d| d.to_string()).unwrap_or_default()
        );
    }
}
