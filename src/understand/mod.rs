//! [`CleanPage`] → [`Article`]: its id, date, outlet, places and partners, each with the words it was
//! read from.

pub mod date;
pub mod gazetteer;
pub mod language;
mod lexicon;
pub mod near_duplicates;
pub mod outlet;
pub mod overrides;
pub mod partners;
mod partners_facts;
mod partners_said;
mod partners_words;
pub mod places;
mod places_about;
mod places_named;

use std::path::Path;

use crate::article::{Article, CleanPage, Origin, full_path};

/// Takes a clean page and says everything that the program understands of it.
pub fn understand(page: CleanPage) -> Article {
    understand_and_fold(page).0
}

/// The same, and the folded headline and text, which understanding needs and indexing needs again.
pub fn understand_and_fold(page: CleanPage) -> (Article, [String; 2]) {
    let date = date::published(&page);
    let outlet = outlet::outlet(&page);
    let original_outlet = outlet::original(&page, outlet.as_ref());
    let author = outlet::author(&page);
    let language = language::of(&page.body).to_owned();
    let (found, named) = places::find_and_keep(&page.title.text, &page.body);
    let together = partners::find(&page.title.text, &page.body, &named);
    let article = Article {
        id: page.id.unwrap_or_else(|| derived_id(page.url.as_deref(), &page.origin)),
        origin: page.origin,
        title: page.title.text,
        title_made: page.title.made,
        body: page.body,
        date,
        outlet,
        original_outlet,
        author,
        url: page.url,
        language,
        places: found.places,
        cities: found.cities,
        mentioned_cities: found.mentioned_cities,
        counties: found.counties,
        provinces: found.provinces,
        regions: found.regions,
        partners: together.partners,
        alliances: together.alliances,
    };
    (article, named.texts.map(|text| text.folded.text))
}

/// The id of an article whose crawler gave it none: 16 hexadecimal digits that follow from the
/// address, else from the full path (and line) it was read from, however the path was typed.
fn derived_id(url: Option<&str>, origin: &Origin) -> String {
    let hash = if let Some(url) = url {
        blake3::hash(url.as_bytes())
    } else {
        let path = full_path(Path::new(&origin.path)).to_string_lossy().into_owned();
        blake3::hash(Origin { path, ..origin.clone() }.to_string().as_bytes())
    };
    hash.to_hex()[..16].to_owned()
}
