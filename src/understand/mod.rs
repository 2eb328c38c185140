//! [`CleanPage`](crate::article::CleanPage) → [`Article`](crate::article::Article): date, outlet,
//! places, each with the words it was read from.

pub mod date;
pub mod outlet;
