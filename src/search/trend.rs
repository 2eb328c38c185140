//! A [`Plan`] → how many articles match month by month or year by year, and what share of all
//! articles of that time they are: a growing archive is no growing topic.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Count, Facets, SearchError, Searcher};
use crate::query::{Filters, Node, Plan};

/// How long the times are that are counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// Months.
    #[default]
    Month,
    /// Years.
    Year,
}

/// Counts over time.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Trend {
    /// How long each time is.
    pub by: Step,
    /// How many articles match, the undated among them.
    pub total: u64,
    /// How many of them state no month (or no year), and so stand nowhere in the list.
    pub undated: u64,
    /// From the first time with an article to the last, without gaps.
    pub points: Vec<Point>,
}

/// Counts of one month or year.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Point {
    /// 「2024-10」 or 「2024」
    pub when: String,
    /// How many articles match.
    pub count: u64,
    /// How many articles there are.
    pub all: u64,
    /// The one as a share of the other, from 0 to 1.
    pub share: f64,
}

/// Counts what a plan finds over time; its page, size and order do not matter. `all` are the counts
/// of everything, where they are at hand.
pub fn trend(
    searcher: &dyn Searcher,
    plan: &Plan,
    by: Step,
    all: Option<&Facets>,
) -> Result<Trend, SearchError> {
    // The counts of a facet ignore the filter on itself; here the days are meant.
    let Filters { since, until, .. } = plan.filters;
    let days = since.or(until).map(|_| Node::Days(since, until));
    let nodes: Vec<Node> = plan.node.iter().cloned().chain(days).collect();
    let node = match nodes.len() {
        0 => None,
        _ => Some(Node::All(nodes)),
    };
    let filters = Filters { since: None, until: None, ..plan.filters.clone() };
    let counted = |node, filters| {
        searcher.search(&Plan { node, filters, size: 0, page: 1, facets: true, ..Plan::of("") })
    };
    let found = counted(node, filters)?;
    let found_facets = found.facets.unwrap_or_default();
    if let Some(all) = all {
        return Ok(Trend::of(found.total, &found_facets, all, by));
    }
    let all = counted(None, Filters::default())?.facets.unwrap_or_default();
    Ok(Trend::of(found.total, &found_facets, &all, by))
}

impl Trend {
    /// Sets the counts of what was found beside those of everything.
    pub fn of(total: u64, found: &Facets, all: &Facets, by: Step) -> Self {
        let of = |facets: &Facets| -> BTreeMap<u32, u64> {
            let counts: &[Count] = match by {
                Step::Month => &facets.month,
                Step::Year => &facets.year,
            };
            counts.iter().filter_map(|c| Some((number(&c.value)?, c.count))).collect()
        };
        let (found, all) = (of(found), of(all));
        let span = found.keys().next().copied().zip(found.keys().next_back().copied());
        let times = span.map_or(0..0, |(first, last)| first..last + 1);
        let points: Vec<Point> = times
            .map(|time| {
                let count = found.get(&time).copied().unwrap_or(0);
                let all = all.get(&time).copied().unwrap_or(0).max(count);
                let share = if all == 0 { 0.0 } else { count as f64 / all as f64 };
                let when = match by {
                    Step::Month => format!("{:04}-{:02}", time / 12, time % 12 + 1),
                    Step::Year => format!("{time:04}"),
                };
                Point { when, count, all, share: (share * 1e6).round() / 1e6 }
            })
            .collect();
        let dated: u64 = points.iter().map(|point| point.count).sum();
        Self { by, total, undated: total.saturating_sub(dated), points }
    }
}

/// 「2024」 as 2024, 「2024-10」 as the number of its month since the year 0.
fn number(value: &str) -> Option<u32> {
    match value.split_once('-') {
        None => value.parse().ok(),
        Some((year, month)) => {
            let (year, month): (u32, u32) = (year.parse().ok()?, month.parse().ok()?);
            (1..=12).contains(&month).then(|| year * 12 + month - 1)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(list: &[(&str, u64)]) -> Vec<Count> {
        list.iter().map(|(value, count)| Count { value: (*value).into(), count: *count }).collect()
    }

    #[test]
    fn months_without_an_article_are_there_too() {
        let found =
            Facets { month: counts(&[("2024-02", 1), ("2023-11", 3)]), ..Facets::default() };
        let all = Facets {
            month: counts(&[("2024-02", 4), ("2024-01", 5), ("2023-11", 3)]),
            ..Facets::default()
        };
        let trend = Trend::of(6, &found, &all, Step::Month);
        let shown: Vec<String> = trend
            .points
            .iter()
            .map(|p| format!("{} {} {} {:.2}", p.when, p.count, p.all, p.share))
            .collect();
        assert_eq!(
            shown,
            ["2023-11 3 3 1.00", "2023-12 0 0 0.00", "2024-01 0 5 0.00", "2024-02 1 4 0.25"]
        );
        assert_eq!(trend.undated, 2, "六篇里有两篇没有月份");
        assert_eq!(Trend::of(0, &Facets::default(), &all, Step::Year).points, []);
    }
}
