//! Judged queries and a run → a row of figures for each query, and their means.

use serde::Serialize;

use super::figures::{mean, ndcg, p_value, recall, reciprocal_rank};
use super::judged::Judged;
use super::run::Run;

/// How many of a ranking the first page shows: the depth of nDCG and of the reciprocal rank.
const PAGE: usize = 10;
/// How many of a ranking count for recall.
const DEPTH: usize = 100;
/// The grade from which an article counts for recall.
const RELEVANT: u8 = 2;

/// What kind of query a row is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A topic in its own words.
    Topic,
    /// The same topic in other words.
    Variant,
    /// One article that is looked for.
    Known,
}

/// The figures of one query.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Row {
    /// The query's id; variants are numbered from 0, `A1#0`.
    pub id: String,
    /// The query.
    pub query: String,
    /// What kind of query it is.
    pub kind: Kind,
    /// nDCG of the first ten; none for a known item.
    pub ndcg: Option<f64>,
    /// Share of the articles graded 2 or more among the first hundred.
    pub recall: Option<f64>,
    /// One over the place of a known item among the first ten.
    pub reciprocal_rank: Option<f64>,
    /// Share of the first ten that are judged.
    pub judged: Option<f64>,
    /// How many articles the run lists.
    pub listed: usize,
}

/// The figures of a run.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Scores {
    /// Mean nDCG@10 of the topics.
    pub ndcg: Option<f64>,
    /// Mean nDCG@10 of their variants.
    pub ndcg_of_variants: Option<f64>,
    /// Mean recall@100 of the topics.
    pub recall: Option<f64>,
    /// Mean reciprocal rank of the known items.
    pub reciprocal_rank: Option<f64>,
    /// Share of the topics without any article.
    pub without_hit: Option<f64>,
    /// Mean share of the topics' first ten that are judged.
    pub judged: Option<f64>,
    /// A row for each query.
    pub rows: Vec<Row>,
}

/// What two runs differ in.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Figure {
    /// What is compared.
    pub name: &'static str,
    /// Number of queries.
    pub queries: usize,
    /// The mean of this run.
    pub this: f64,
    /// The mean of the other run.
    pub other: f64,
    /// How many queries are better here, how many worse.
    pub better_worse: (usize, usize),
    /// The chance of such a difference if the runs were alike.
    pub p: f64,
}

/// Reads one figure of a row.
type Reading = fn(&Row) -> Option<f64>;

impl Scores {
    /// Scores a run.
    pub fn of(judged: &Judged, run: &Run) -> Self {
        let mut rows = Vec::new();
        for topic in &judged.topics {
            let variants =
                topic.variants.iter().enumerate().map(|(number, query)| {
                    (format!("{}#{number}", topic.id), query, Kind::Variant)
                });
            let own = (topic.id.clone(), &topic.query, Kind::Topic);
            for (id, query, kind) in std::iter::once(own).chain(variants) {
                let ranking = run.ranking(&id);
                let first = &ranking[..ranking.len().min(PAGE)];
                let known: Vec<f64> = first
                    .iter()
                    .map(|id| f64::from(u8::from(topic.judgments.contains_key(*id))))
                    .collect();
                rows.push(Row {
                    query: query.clone(),
                    kind,
                    ndcg: Some(ndcg(&ranking, &topic.judgments, PAGE)),
                    recall: recall(&ranking, &topic.judgments, RELEVANT, DEPTH),
                    reciprocal_rank: None,
                    judged: Some(mean(&known)),
                    listed: ranking.len(),
                    id,
                });
            }
        }
        for item in &judged.known {
            let ranking = run.ranking(&item.id);
            let mut wanted = item.also.clone();
            wanted.push(item.target.clone());
            rows.push(Row {
                id: item.id.clone(),
                query: item.query.clone(),
                kind: Kind::Known,
                ndcg: None,
                recall: None,
                reciprocal_rank: Some(reciprocal_rank(&ranking, &wanted, PAGE)),
                judged: None,
                listed: ranking.len(),
            });
        }
        let mean_of = |kind: Kind, figure: Reading| {
            let values: Vec<f64> =
                rows.iter().filter(|row| row.kind == kind).filter_map(figure).collect();
            (!values.is_empty()).then(|| mean(&values))
        };
        Self {
            ndcg: mean_of(Kind::Topic, |row| row.ndcg),
            ndcg_of_variants: mean_of(Kind::Variant, |row| row.ndcg),
            recall: mean_of(Kind::Topic, |row| row.recall),
            reciprocal_rank: mean_of(Kind::Known, |row| row.reciprocal_rank),
            without_hit: mean_of(Kind::Topic, |row| Some(f64::from(u8::from(row.listed == 0)))),
            judged: mean_of(Kind::Topic, |row| row.judged),
            rows,
        }
    }

    /// Compares this run with another, figure by figure.
    pub fn against(&self, other: &Self) -> Vec<Figure> {
        let figures: [(&str, Kind, Reading); 4] = [
            ("nDCG@10", Kind::Topic, |row| row.ndcg),
            ("nDCG@10 of variants", Kind::Variant, |row| row.ndcg),
            ("recall@100", Kind::Topic, |row| row.recall),
            ("MRR@10 of known items", Kind::Known, |row| row.reciprocal_rank),
        ];
        let compare = |(name, kind, figure): (&'static str, Kind, Reading)| {
            let rows = self.rows.iter().zip(&other.rows).filter(|(row, _)| row.kind == kind);
            let pairs: Vec<(f64, f64)> =
                rows.filter_map(|(a, b)| Some((figure(a)?, figure(b)?))).collect();
            let (this, that): (Vec<f64>, Vec<f64>) = pairs.iter().copied().unzip();
            (!pairs.is_empty()).then(|| Figure {
                name,
                queries: pairs.len(),
                this: mean(&this),
                other: mean(&that),
                better_worse: (
                    pairs.iter().filter(|(a, b)| a > b).count(),
                    pairs.iter().filter(|(a, b)| a < b).count(),
                ),
                p: p_value(&pairs),
            })
        };
        figures.into_iter().filter_map(compare).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_is_scored_and_compared() {
        let judged = Judged::read(
            r#"{"topics":[{"id":"1","query":"甲","variants":["乙"],"judgments":{"a":3,"b":0}}],
                "known":[{"id":"k","query":"丙","target":"c"}]}"#,
            None,
        )
        .unwrap();
        let run =
            Run::read("1 Q0 a 1 2 x\n1 Q0 b 2 1 x\n1#0 Q0 b 1 1 x\nk Q0 z 1 2 x\nk Q0 c 2 1 x\n");
        let scores = Scores::of(&judged, &run.unwrap());
        let figures = [scores.ndcg, scores.ndcg_of_variants, scores.recall, scores.reciprocal_rank];
        assert_eq!(figures, [Some(1.0), Some(0.0), Some(1.0), Some(0.5)]);
        assert_eq!((scores.without_hit, scores.judged), (Some(0.0), Some(1.0)));
        let nothing = Scores::of(&judged, &Run::default());
        assert_eq!(nothing.without_hit, Some(1.0));
        let compared = scores.against(&nothing);
        assert_eq!(compared[0].better_worse, (1, 0));
        assert!((compared[0].p - 1.0).abs() < 1e-12, "one query proves nothing");
    }
}
