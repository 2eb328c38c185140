//! Articles with partners → a table of pairs, and the time line of one pair.

use std::collections::{BTreeMap, HashSet};

use serde::Serialize;

use crate::article::{Article, Cooperation, Figure, NewsDate, Status};

/// One article that tells of some partners.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Event {
    /// Id of the article.
    pub article: String,
    /// Its headline.
    pub title: String,
    /// Its date of publication.
    pub published: Option<NewsDate>,
    /// Its outlet.
    pub outlet: Option<String>,
    /// How many further articles say the same in the same words.
    pub reprints: u64,
    /// The group of reprints that the article belongs to.
    #[serde(skip)]
    pub group: Option<u32>,
    /// What they do together, and the sentence that says so.
    #[serde(flatten)]
    pub fact: Cooperation,
}

/// Some partners, and all that was told of them.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Circle {
    /// Who works together: two places, or an alliance.
    pub members: Vec<String>,
    /// How many articles say so, reprints counted once.
    pub articles: u64,
    /// First day of publication, as far as known.
    pub first: Option<NewsDate>,
    /// Last day of publication.
    pub last: Option<NewsDate>,
    /// On what, the most frequent first.
    pub kinds: Vec<(String, u64)>,
    /// Figures, the largest of each thing counted.
    pub figures: Vec<Figure>,
    /// The event whose sentence says most; an index into `events`.
    pub best: usize,
    /// What was told, the latest first, the undated last.
    pub events: Vec<Event>,
}

/// Everything in a table of pairs.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Pairs {
    /// By members.
    told: BTreeMap<Vec<String>, Vec<Event>>,
}

impl Pairs {
    /// Adds what an article without reprints tells of partners that `wanted` lets through.
    pub fn add(&mut self, article: &Article, wanted: impl Fn(&[&str], &Cooperation) -> bool) {
        self.add_of_group(article, None, wanted);
    }

    /// The same for an article of a group of reprints, which count once.
    pub fn add_of_group(
        &mut self,
        article: &Article,
        group: Option<u32>,
        wanted: impl Fn(&[&str], &Cooperation) -> bool,
    ) {
        for (members, fact) in article.circles() {
            if !wanted(&members, fact) {
                continue;
            }
            let event = Event {
                article: article.id.clone(),
                title: article.title.clone(),
                published: article.date.as_ref().map(|dated| dated.date),
                outlet: article.outlet.as_ref().map(|said| said.text.clone()),
                reprints: 0,
                group,
                fact: fact.clone(),
            };
            let members = members.into_iter().map(str::to_owned).collect();
            self.told.entry(members).or_default().push(event);
        }
    }

    /// The circles, those with most articles first, then by name.
    pub fn circles(self) -> Vec<Circle> {
        let mut circles: Vec<Circle> =
            self.told.into_iter().map(|(members, events)| Circle::of(members, events)).collect();
        circles.sort_by(|a, b| {
            b.articles
                .cmp(&a.articles)
                .then_with(|| b.last.cmp(&a.last))
                .then_with(|| a.members.cmp(&b.members))
        });
        circles
    }
}

impl Circle {
    fn of(members: Vec<String>, mut events: Vec<Event>) -> Self {
        events.sort_by(|a, b| {
            a.published
                .is_none()
                .cmp(&b.published.is_none())
                .then_with(|| a.published.cmp(&b.published))
                .then_with(|| a.article.cmp(&b.article))
        });
        let mut events = first_prints(events);
        let dates: Vec<NewsDate> =
            events.iter().filter_map(|e| e.published).filter(|d| d.year().is_some()).collect();
        let mut kinds: Vec<(String, u64)> = Vec::new();
        for event in &events {
            match kinds.iter_mut().find(|(kind, _)| *kind == event.fact.kind) {
                Some((_, count)) => *count += 1,
                None => kinds.push((event.fact.kind.clone(), 1)),
            }
        }
        kinds.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        events.reverse();
        // Undated events last, in both orders.
        events.sort_by_key(|event| event.published.is_none());
        let best =
            (0..events.len()).rev().max_by_key(|&number| worth(&events[number].fact)).unwrap_or(0);
        Self {
            articles: events.len() as u64,
            first: dates.iter().min().copied(),
            last: dates.iter().max().copied(),
            figures: largest(&events),
            kinds,
            best,
            members,
            events,
        }
    }
}

/// How much a sentence says of a cooperation.
fn worth(fact: &Cooperation) -> u32 {
    u32::from(matches!(fact.status, Some(Status::Signed | Status::Opened))) * 3
        + u32::from(!fact.figures.is_empty()) * 2
        + u32::from(fact.form.is_some())
        + u32::from(fact.date.is_some())
        + u32::from((20..=110).contains(&fact.evidence.chars().count()))
}

/// Leaves of articles that say the same in the same words the first.
fn first_prints(events: Vec<Event>) -> Vec<Event> {
    let mut kept: Vec<Event> = Vec::new();
    for event in events {
        let same = kept.iter_mut().find(|known| {
            known.fact.evidence == event.fact.evidence
                || known.title == event.title
                || known.group.is_some() && known.group == event.group
        });
        match same {
            Some(known) => known.reprints += 1,
            None => kept.push(event),
        }
    }
    kept
}

/// Most figures that are shown of a circle.
const FIGURES: usize = 6;

/// The largest figure of each thing counted, the dearest first.
fn largest(events: &[Event]) -> Vec<Figure> {
    let mut figures: Vec<&Figure> = events.iter().flat_map(|event| &event.fact.figures).collect();
    figures.sort_by(|a, b| {
        (b.unit == "CNY")
            .cmp(&(a.unit == "CNY"))
            .then_with(|| b.value.total_cmp(&a.value))
            .then_with(|| a.what.cmp(&b.what))
    });
    let mut seen = HashSet::new();
    figures.retain(|figure| seen.insert((&figure.what, &figure.unit)));
    figures.into_iter().take(FIGURES).cloned().collect()
}
