//! The program as a shell sees it: what is typed, what is printed, how it ends.

mod build;
mod desk;
mod help;
mod pages;
mod search;
