//! The nouns that all rooms share: what was crawled, what was read from it, what was understood.
//!
//! Nothing here does any work beyond keeping its own promises: a [`NewsDate`] is a date of the
//! calendar, a [`Span`] lies in order. Rooms further down turn one noun into the next.

mod date;
mod page;
mod partnership;
mod place;
mod skip;

pub use date::{DateError, Dated, NewsDate};
pub use page::{CleanPage, Content, Given, Origin, RawPage, Said, Title, Witness, full_path};
pub use partnership::{Alliance, Cooperation, Figure, Partnership, Status, pair_name};
pub use place::{Field, Level, Mention, Place, Role, Span};
pub use skip::Skip;

use serde::{Deserialize, Serialize};

/// One article with everything that was understood about it; this is what an index stores.
///
/// Lists of names hold full official names, without repetition, the most important first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Article {
    /// The crawler's own id, else derived from the address, else from the path.
    pub id: String,
    /// The file (and record in it) that the article was read from.
    pub origin: Origin,
    /// Headline in the readable original.
    pub title: String,
    /// Whether the headline was made from the first words of the body, for want of a real one.
    #[serde(default, skip_serializing_if = "is_false")]
    pub title_made: bool,
    /// Text in the readable original, paragraphs separated by one `\n`.
    pub body: String,
    /// Publication date, as far as the page states it.
    pub date: Option<Dated>,
    /// The medium that published it.
    pub outlet: Option<Said>,
    /// The medium that it was taken over from, where the page names one beside the outlet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub original_outlet: Option<Said>,
    /// Who wrote it.
    pub author: Option<Said>,
    /// Address on the web.
    pub url: Option<String>,
    /// Language and script of the text, as a BCP 47 tag: `zh-Hans`, `zh-Hant`, `en`; `und` where
    /// it cannot be told.
    #[serde(default = "undetermined")]
    pub language: String,
    /// Every place named, with where and how. Left out where only the article is needed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub places: Vec<Place>,
    /// Cities the article is about.
    pub cities: Vec<String>,
    /// Cities it names, those it is about among them.
    pub mentioned_cities: Vec<String>,
    /// Counties and districts it is about, as 「佛山市/南海区」.
    pub counties: Vec<String>,
    /// Provinces it is about, or that its cities lie in.
    pub provinces: Vec<String>,
    /// Economic regions it names, as 「粤港澳大湾区」.
    pub regions: Vec<String>,
    /// Pairs of places that work together.
    pub partners: Vec<Partnership>,
    /// Groups of more than two.
    pub alliances: Vec<Alliance>,
}

impl Article {
    /// All circles of partners: the two of each pair, the members of each alliance, with the fact.
    pub fn circles(&self) -> impl Iterator<Item = (Vec<&str>, &Cooperation)> {
        let pairs = self.partners.iter().map(|p| (vec![p.a.as_str(), p.b.as_str()], &p.fact));
        let alliances = self
            .alliances
            .iter()
            .map(|a| (a.members.iter().map(String::as_str).collect(), &a.fact));
        pairs.chain(alliances)
    }

    /// Returns a fingerprint of what a reader sees and what was said beside it: title, body,
    /// date, outlet, author and address, and of its id. The same page fetched twice has the same
    /// one; no two articles of an index have.
    pub fn fingerprint(&self) -> u64 {
        let mut hasher = blake3::Hasher::new();
        let parts = [
            self.id.as_str(),
            self.title.as_str(),
            self.body.as_str(),
            self.date.as_ref().map_or("", |d| d.said.text.as_str()),
            self.outlet.as_ref().map_or("", |s| s.text.as_str()),
            self.author.as_ref().map_or("", |s| s.text.as_str()),
            self.url.as_deref().unwrap_or(""),
        ];
        for part in parts {
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part.as_bytes());
        }
        let bytes = hasher.finalize();
        u64::from_le_bytes(bytes.as_bytes()[..8].try_into().unwrap_or_default())
    }
}

fn undetermined() -> String {
    "und".to_owned()
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands references")]
fn is_false(flag: &bool) -> bool {
    !flag
}
