//! A run: for each query the articles that a system listed, best first; read and written in TREC's
//! format.

use std::collections::BTreeMap;
use std::io::{self, Write};

/// What a system answered, by query.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Run {
    /// Articles with scores, best first.
    pub answers: BTreeMap<String, Vec<(String, f64)>>,
}

/// Why a run file cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line} of the run is 「{text}」; it should be query, Q0, article, rank, score, name")]
pub struct RunError {
    /// The line, from 1.
    pub line: usize,
    /// What stands there.
    pub text: String,
}

impl Run {
    /// The articles of a query, best first.
    pub fn ranking(&self, query: &str) -> Vec<&str> {
        let answers = self.answers.get(query).map(Vec::as_slice).unwrap_or_default();
        answers.iter().map(|(id, _)| id.as_str()).collect()
    }

    /// Reads TREC's six columns (query, Q0, article, rank, score, name), ordered by rank.
    pub fn read(text: &str) -> Result<Self, RunError> {
        let mut lines: BTreeMap<String, Vec<(u64, String, f64)>> = BTreeMap::new();
        for (number, line) in (1..).zip(text.lines()) {
            let columns: Vec<&str> = line.split_whitespace().collect();
            let read = || match columns.as_slice() {
                [query, _, article, rank, score, ..] => Some((
                    (*query).to_owned(),
                    (rank.parse().ok()?, (*article).to_owned(), score.parse().ok()?),
                )),
                _ => None,
            };
            if columns.is_empty() {
                continue;
            }
            let (query, answer) = read()
                .ok_or_else(|| RunError { line: number, text: line.chars().take(60).collect() })?;
            lines.entry(query).or_default().push(answer);
        }
        let answers = lines.into_iter().map(|(query, mut answers)| {
            answers.sort_by(|a, b| (a.0, &a.1).cmp(&(b.0, &b.1)));
            (query, answers.into_iter().map(|(_, id, score)| (id, score)).collect())
        });
        Ok(Self { answers: answers.collect() })
    }

    /// Writes TREC's six columns; `name` is the system's.
    pub fn write(&self, name: &str, out: &mut dyn Write) -> io::Result<()> {
        for (query, answers) in &self.answers {
            for (rank, (article, score)) in (1..).zip(answers) {
                writeln!(out, "{query} Q0 {article} {rank} {score:.6} {name}")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let answers = vec![("甲".to_owned(), 2.5), ("乙".to_owned(), 2.5), ("丙".to_owned(), 1.0)];
        let run = Run { answers: [("A1#0".to_owned(), answers)].into() };
        let mut written = Vec::new();
        run.write("liancheng", &mut written).unwrap();
        let text = String::from_utf8(written).unwrap();
        assert!(text.starts_with("A1#0 Q0 甲 1 2.500000 liancheng\n"), "{text}");
        assert_eq!(Run::read(&text).unwrap(), run);
        let error = Run::read("A1 甲 1").unwrap_err();
        assert!(error.to_string().starts_with("line 1 of the run is 「A1 甲 1」"));
    }
}
