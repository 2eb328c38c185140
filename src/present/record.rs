//! An [`Article`] → the record of the contract (`schema/article.schema.json`): what `read` and
//! `show` print for other programs.

use serde::Serialize;

use crate::article::{Alliance, Article, Dated, NewsDate, Origin, Partnership, Place, Said};

/// What the program made of an article.
#[derive(Debug, Serialize)]
pub struct Record<'a> {
    /// Identifier.
    pub id: &'a str,
    /// File (and line) it was read from.
    pub path: String,
    /// Headline.
    pub title: &'a str,
    /// When it was published.
    pub date: Option<NewsDate>,
    /// Who published it.
    pub outlet: Option<&'a str>,
    /// The medium it was taken over from.
    pub original_outlet: Option<&'a str>,
    /// Who wrote it.
    pub author: Option<&'a str>,
    /// Address on the web.
    pub url: Option<&'a str>,
    /// Language and script, as a BCP 47 tag.
    pub language: &'a str,
    /// Text, paragraphs separated by one `\n`.
    pub body: &'a str,
    /// Cities it is about.
    pub cities: &'a [String],
    /// Cities it names.
    pub mentioned_cities: &'a [String],
    /// Counties it is about, as 「佛山市/南海区」.
    pub counties: &'a [String],
    /// Provinces it is about.
    pub provinces: &'a [String],
    /// Economic regions it names.
    pub regions: &'a [String],
    /// Pairs of places that work together.
    pub partners: &'a [Partnership],
    /// Groups of more than two.
    pub alliances: &'a [Alliance],
    /// Its other copies, the most original first; none where no index was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub copies: Option<Vec<CopyOf<'a>>>,
    /// Where each fact was read, if that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub witness: Option<Witnesses<'a>>,
}

/// Another copy of an article.
#[derive(Debug, Serialize)]
pub struct CopyOf<'a> {
    /// Identifier.
    pub id: &'a str,
    /// Headline.
    pub title: &'a str,
    /// When it was published.
    pub date: Option<NewsDate>,
    /// Who published it.
    pub outlet: Option<&'a str>,
}

/// The words that each fact was read from.
#[derive(Debug, Serialize)]
pub struct Witnesses<'a> {
    /// File and line.
    pub origin: &'a Origin,
    /// Whether the headline was made from the first words of the text.
    pub title_made: bool,
    /// The date, and the words that state it.
    pub date: Option<&'a Dated>,
    /// The words that name the outlet.
    pub outlet: Option<&'a Said>,
    /// The words that name the medium it was taken over from.
    pub original_outlet: Option<&'a Said>,
    /// The words that name the author.
    pub author: Option<&'a Said>,
    /// Every place named, with every mention.
    pub places: &'a [Place],
}

impl<'a> Record<'a> {
    /// The record with the other copies of the article.
    #[must_use]
    pub fn with_copies(self, copies: &'a [Article]) -> Self {
        let copy = |article: &'a Article| CopyOf {
            id: &article.id,
            title: &article.title,
            date: article.date.as_ref().map(|dated| dated.date),
            outlet: article.outlet.as_ref().map(|said| said.text.as_str()),
        };
        Self { copies: Some(copies.iter().map(copy).collect()), ..self }
    }

    /// Makes the record of an article, with or without witnesses.
    pub fn of(article: &'a Article, witness: bool) -> Self {
        Self {
            id: &article.id,
            path: article.origin.to_string(),
            title: &article.title,
            date: article.date.as_ref().map(|dated| dated.date),
            outlet: article.outlet.as_ref().map(|said| said.text.as_str()),
            original_outlet: article.original_outlet.as_ref().map(|said| said.text.as_str()),
            author: article.author.as_ref().map(|said| said.text.as_str()),
            url: article.url.as_deref(),
            language: &article.language,
            body: &article.body,
            cities: &article.cities,
            mentioned_cities: &article.mentioned_cities,
            counties: &article.counties,
            provinces: &article.provinces,
            regions: &article.regions,
            partners: &article.partners,
            alliances: &article.alliances,
            copies: None,
            witness: witness.then(|| Witnesses {
                origin: &article.origin,
                title_made: article.title_made,
                date: article.date.as_ref(),
                outlet: article.outlet.as_ref(),
                original_outlet: article.original_outlet.as_ref(),
                author: article.author.as_ref(),
                places: &article.places,
            }),
        }
    }
}
