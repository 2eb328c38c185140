//! Articles as an index stores them → the pages they were understood from.
//!
//! An archive remembers: when the files of a crawl are gone, an article is understood anew from
//! what the index itself holds. The fields are found by name, so that indexes of older schemas can
//! be read, too.

use serde::{Deserialize, Serialize};
use tantivy::schema::{Field, IndexRecordOption, Value};
use tantivy::{DocAddress, DocSet, Index, Searcher, TantivyDocument, Term};

use super::guard::guarded;
use crate::article::{Article, CleanPage, Said, Title};

/// What a page says beside its headline and its text.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Beside {
    #[serde(skip_serializing_if = "Option::is_none")]
    crawled: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    dates: Vec<Said>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    outlets: Vec<Said>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    originals: Vec<Said>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    authors: Vec<Said>,
}

impl Beside {
    /// Notes what a page says.
    pub(super) fn of(page: &CleanPage) -> Self {
        Self {
            crawled: page.crawled.clone(),
            dates: page.dates.clone(),
            outlets: page.outlets.clone(),
            originals: page.originals.clone(),
            authors: page.authors.clone(),
        }
    }
}

/// An article as it is stored.
pub(super) struct Original {
    /// The article as JSON, without its places.
    pub(super) text: String,
    pub(super) article: Article,
    beside: Beside,
}

impl Original {
    /// The page that the article was understood from.
    pub(super) fn into_page(self) -> CleanPage {
        let Article { id, origin, title, title_made, body, date, outlet, author, url, .. } =
            self.article;
        let Beside { crawled, mut dates, mut outlets, originals, mut authors } = self.beside;
        // An index of an older schema stored only what was made of it.
        for (said, chosen) in [
            (&mut dates, date.map(|dated| dated.said)),
            (&mut outlets, outlet),
            (&mut authors, author),
        ] {
            if said.is_empty() {
                said.extend(chosen);
            }
        }
        CleanPage {
            origin,
            id: Some(id),
            url,
            crawled,
            title: Title { text: title, made: title_made },
            body,
            dates,
            outlets,
            originals,
            authors,
        }
    }
}

/// All articles that an index stores.
pub(super) struct Originals {
    searcher: Searcher,
    id: Field,
    article: Field,
    said: Option<Field>,
}

impl Originals {
    /// Opens the stored articles of an index, whatever its schema; none if it has no such fields.
    pub(super) fn of(index: &Index) -> tantivy::Result<Self> {
        let schema = index.schema();
        let (id, article) = (schema.get_field("id")?, schema.get_field("article")?);
        let said = schema.get_field("said").ok();
        Ok(Self { searcher: index.reader()?.searcher(), id, article, said })
    }

    /// How many there are.
    pub(super) fn len(&self) -> u64 {
        self.searcher.num_docs()
    }

    /// Hands every article to `visit`; of one that cannot be read, why.
    pub(super) fn each<E>(
        &self,
        mut visit: impl FnMut(Result<Original, String>) -> Result<(), E>,
    ) -> Result<(), E> {
        for (ordinal, segment) in (0..).zip(self.searcher.segment_readers()) {
            for doc in segment.doc_ids_alive() {
                visit(self.read(DocAddress::new(ordinal, doc)))?;
            }
        }
        Ok(())
    }

    /// Looks an article up by its id; none if there is none that can be read.
    pub(super) fn find(&self, id: &str) -> Option<Original> {
        let look = || -> tantivy::Result<Option<DocAddress>> {
            let term = Term::from_field_text(self.id, id);
            for (ordinal, segment) in (0..).zip(self.searcher.segment_readers()) {
                let ids = segment.inverted_index(self.id)?;
                let Some(mut postings) = ids.read_postings(&term, IndexRecordOption::Basic)? else {
                    continue;
                };
                while postings.doc() != tantivy::TERMINATED {
                    if !segment.is_deleted(postings.doc()) {
                        return Ok(Some(DocAddress::new(ordinal, postings.doc())));
                    }
                    postings.advance();
                }
            }
            Ok(None)
        };
        self.read(guarded(look).ok()?.ok()??).ok()
    }

    fn read(&self, address: DocAddress) -> Result<Original, String> {
        let document: TantivyDocument = guarded(|| self.searcher.doc(address))
            .map_err(|_| "its bytes are damaged".to_owned())?
            .map_err(|error| error.to_string())?;
        let text = |field: Field| {
            document.get_first(field).and_then(|value| value.as_str()).map(str::to_owned)
        };
        let article_text = text(self.article).unwrap_or_default();
        let article: Article =
            serde_json::from_str(&article_text).map_err(|error| error.to_string())?;
        let beside = match self.said.and_then(text) {
            Some(said) => serde_json::from_str(&said).map_err(|error| error.to_string())?,
            None => Beside::default(),
        };
        Ok(Original { text: article_text, article, beside })
    }
}
