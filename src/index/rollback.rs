//! The generation before the current one → the current one again.

use super::check;
use super::error::IndexError;
use super::home::{Home, Survey};

/// Lets readers have the generation before the current one again, once it has been found whole.
/// The two change places, so that rolling back twice changes nothing. Returns what readers have
/// now.
pub fn rollback(home: &Home) -> Result<Survey, IndexError> {
    let lock = home.lock_for_writing()?;
    let pointers = home.pointers()?.ok_or_else(|| IndexError::Missing(home.path().to_owned()))?;
    let none = || IndexError::NoPrevious(home.path().to_owned());
    let previous = pointers.previous.ok_or_else(none)?;
    let survey = home.survey_of(previous.clone(), Some(pointers.current.clone()))?;
    if let Some((built, wanted)) = survey.imprint.stamp.difference(&super::Stamp::current()) {
        return Err(IndexError::OtherStamp { path: home.path().to_owned(), built, wanted });
    }
    check::verify_new(home, &previous, survey.articles).map_err(|what| home.damaged(what))?;
    home.point_to(&lock, &previous, Some(&pointers.current))?;
    Ok(survey)
}
