//! [`CleanPage`](crate::article::CleanPage) → [`Article`](crate::article::Article): date, outlet,
//! places, each with the words it was read from.

pub mod gazetteer;
pub mod places;
mod places_about;
mod places_named;
