//! A [`Response`] → the answer of the contract (`schema/search-response.schema.json`): what every
//! format is written from.

use serde::Serialize;

use super::highlight::{Lights, LitText, Passage};
use super::snippet::{Frame, snippets};
use crate::article::{Article, Field, NewsDate, Span};
use crate::query::{Plan, Understood};
use crate::search::{Facets, Hit, Part, Response};

/// What a search answers.
#[derive(Debug, Clone, Serialize)]
pub struct Answer {
    /// The query as it was typed.
    pub query: String,
    /// How many articles match, on all pages; reprints count once, unless all were asked for.
    pub total: u64,
    /// Milliseconds it took.
    pub took_ms: f64,
    /// What a person should know about the answer.
    pub remarks: Vec<String>,
    /// What was understood of the query.
    pub understood: Understood,
    /// The articles of this page.
    pub hits: Vec<AnsweredHit>,
    /// Counts by facet, if they were asked for.
    pub facets: Option<Facets>,
}

/// An article that matches, with what shows why.
#[derive(Debug, Clone, Serialize)]
pub struct AnsweredHit {
    /// Its place in the order, from 1.
    pub rank: usize,
    /// Identifier.
    pub id: String,
    /// How well it matches; only the order means something.
    pub score: f64,
    /// Headline.
    pub title: String,
    /// What is lit in the headline.
    pub title_marks: Vec<Span>,
    /// Those of them that only stand for what was typed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub title_also: Vec<Span>,
    /// When it was published.
    pub date: Option<NewsDate>,
    /// Who published it.
    pub outlet: Option<String>,
    /// Address on the web.
    pub url: Option<String>,
    /// File (and line) it was read from.
    pub path: String,
    /// Cities it is about.
    pub cities: Vec<String>,
    /// Counties it is about, as 「佛山市/南海区」.
    pub counties: Vec<String>,
    /// Provinces it is about.
    pub provinces: Vec<String>,
    /// Economic regions it names.
    pub regions: Vec<String>,
    /// Pairs of places that work together.
    pub partners: Vec<AnsweredPartners>,
    /// Passages of the text.
    pub snippets: Vec<Passage>,
    /// What earned it its place, if that was asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub why: Vec<Part>,
    /// How many further copies of it match and stand behind it.
    pub duplicates: u64,
    /// The sentences that say who works with whom; for formats that list them.
    #[serde(skip)]
    pub evidence: Vec<String>,
}

/// Two places that work together, and on what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AnsweredPartners {
    /// One side.
    pub a: String,
    /// The other.
    pub b: String,
    /// What they do together.
    pub kind: String,
}

impl Answer {
    /// Makes the answer to a plan; `frame` says how much of each text is shown, a number alone how
    /// many characters.
    pub fn new(
        plan: &Plan,
        response: Response,
        remarks: Vec<String>,
        frame: impl Into<Frame>,
    ) -> Self {
        let (lights, frame) = (Lights::of(plan), frame.into());
        let hits = response.hits.into_iter().map(|hit| AnsweredHit::new(hit, &lights, frame));
        Self {
            query: plan.query.clone(),
            total: response.total,
            took_ms: (response.took.as_secs_f64() * 10_000.0).round() / 10.0,
            remarks,
            understood: plan.understood.clone(),
            hits: hits.collect(),
            facets: response.facets,
        }
    }
}

impl AnsweredHit {
    fn new(hit: Hit, lights: &Lights, frame: Frame) -> Self {
        let Article { id, origin, title, body, date, outlet, url, places, .. } = hit.article;
        let headline = LitText::new(&title, Field::Title, &places, lights).whole();
        let text = LitText::new(&body, Field::Body, &places, lights);
        let mut evidence: Vec<String> =
            hit.article.partners.iter().map(|pair| pair.fact.evidence.clone()).collect();
        evidence.dedup();
        Self {
            rank: hit.rank,
            id,
            score: (f64::from(hit.score) * 1000.0).round() / 1000.0,
            title: headline.text,
            title_marks: headline.marks,
            title_also: headline.also,
            date: date.map(|dated| dated.date),
            outlet: outlet.map(|said| said.text),
            url,
            path: origin.to_string(),
            cities: hit.article.cities,
            counties: hit.article.counties,
            provinces: hit.article.provinces,
            regions: hit.article.regions,
            partners: hit
                .article
                .partners
                .into_iter()
                .map(|pair| AnsweredPartners { a: pair.a, b: pair.b, kind: pair.fact.kind })
                .collect(),
            snippets: snippets(&text, lights, frame),
            why: hit.why,
            duplicates: hit.duplicates,
            evidence,
        }
    }
}
