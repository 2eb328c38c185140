//! [`RawPage`](crate::article::RawPage) → [`CleanPage`](crate::article::CleanPage), and text → its
//! folded form, which is what is searched.

pub mod fold;
