//! What each part of the ranking counts. `docs/ranking.md` says what each is for and what it pays.

use serde::Deserialize;

/// The weights of the ranking; 0 switches a part off.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Weights {
    /// How quickly further occurrences of a word count less (BM25's k1).
    pub saturation: f32,
    /// How much a long text is held against it (BM25's b).
    pub length: f32,
    /// Share of a word's worth that a hidden occurrence earns.
    pub hidden: f32,
    /// Share of a word's worth that an article about the place which the word names earns.
    pub place: f32,
    /// The same where the place is named by an abbreviation (鲁渝), or its cities are meant (江浙沪城市): then
    /// articles seldom hold the name.
    pub short_place: f32,
    /// Factor on the worth of a region whose cities are meant.
    pub cities: f32,
    /// The least that a place which the query names is worth.
    pub place_least: f32,
    /// What an article earns that is about several places of the query, as a share of their worth.
    pub together_places: f32,
    /// What is left of an article's score that holds places of the query and nothing of its subject.
    pub subject: f32,
    /// What is left of an article's score that holds the subject of the query and none of its places.
    pub placeless: f32,
    /// Factor on what synonyms and other names earn.
    pub expansion: f32,
    /// Whether words that only ask are left out: 1 or 0.
    pub filler: f32,
    /// Share of the words' worth that an article has to hold to match at all.
    pub required: f32,
    /// The most that one word's worth counts towards what an article has to hold.
    pub required_most: f32,
    /// Articles that are looked at more closely.
    pub reconsidered: usize,
    /// What an article earns whose best passage covers all of the query, as a share of its worth.
    pub passage: f32,
    /// To which power the share that a passage covers is raised.
    pub passage_power: f32,
    /// Characters of a passage.
    pub passage_length: u32,
    /// What a lead earns that covers all of the query.
    pub lead: f32,
    /// Characters of a lead.
    pub lead_length: u32,
    /// What a sentence earns that covers all of the query.
    pub sentence: f32,
    /// What an article earns for each unit of ln(1 + occurrences) of all of the query.
    pub often: f32,
    /// What the newest article gains where recent ones are favoured, as a share of its score.
    pub fresh: f32,
}

impl Default for Weights {
    fn default() -> Self {
        Self {
            saturation: 1.2,
            length: 0.6,
            hidden: 0.2,
            place: 0.1,
            short_place: 0.7,
            cities: 0.5,
            place_least: 5.0,
            together_places: 1.0,
            subject: 0.7,
            placeless: 0.7,
            expansion: 1.0,
            filler: 1.0,
            required: 0.35,
            required_most: 3.0,
            reconsidered: 20,
            passage: 0.5,
            passage_power: 2.0,
            passage_length: 120,
            lead: 0.4,
            lead_length: 120,
            sentence: 0.4,
            often: 0.15,
            fresh: 0.25,
        }
    }
}
