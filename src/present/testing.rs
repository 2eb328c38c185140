//! What the tests of this room share: marks that a person can read.

use super::highlight::Passage;

/// Writes a passage with what is lit between 【】.
pub(super) fn shown(passage: &Passage) -> String {
    let pieces = passage.pieces().into_iter();
    pieces.map(|(text, lit)| if lit { format!("【{text}】") } else { text.to_owned() }).collect()
}
