//! A new index → whether it answers: what is stored in it has to be found.

use super::{Found, LocalSearcher, Searcher};
use crate::index::OpenIndex;
use crate::query::Plan;

/// Articles that are looked for.
const ARTICLES: usize = 12;
/// Characters of the phrase by which one is looked for.
const PHRASE: usize = 16;

/// Looks for some articles of an index, spread over all of it, by their ids and by words of their
/// headlines and texts. Says what is not found.
pub fn try_out(index: OpenIndex) -> Result<(), String> {
    let searcher = LocalSearcher::new(index);
    for article in searcher.some_articles(ARTICLES).map_err(|error| error.to_string())? {
        match searcher.article(&article.id).map_err(|error| error.to_string())? {
            Found::Article(found) if found.body == article.body => {}
            _ => return Err(format!("the article `{}` is not found by its id", article.id)),
        }
        for text in [&article.title, &article.body] {
            let Some(phrase) = phrase(text) else { continue };
            let plan = Plan::of(&format!("\"{phrase}\""));
            let ids = searcher.ids(&plan).map_err(|error| error.to_string())?;
            if !ids.contains(&article.id) {
                return Err(format!("the article `{}` is not found by its words", article.id));
            }
        }
    }
    Ok(())
}

/// Words that stand in a text without a sign between them.
fn phrase(text: &str) -> Option<String> {
    let runs = text.split(|c: char| !c.is_alphanumeric());
    let longest = runs.max_by_key(|run| run.chars().count().min(PHRASE))?;
    let phrase: String = longest.chars().take(PHRASE).collect();
    (!phrase.is_empty()).then_some(phrase)
}
