//! What the tests of this room share: marks that a person can read.

use super::highlight::{Lit, Passage};

/// Writes a passage with what is lit between 【】, what stands for it between 〔〕.
pub(super) fn shown(passage: &Passage) -> String {
    let pieces = passage.pieces().into_iter();
    let bracketed = |(text, lit): (&str, Lit)| match lit {
        Lit::No => text.to_owned(),
        Lit::Typed => format!("【{text}】"),
        Lit::Also => format!("〔{text}〕"),
    };
    pieces.map(bracketed).collect()
}
