//! Text as it was damaged on its way → text as it was written.
//!
//! Only what is certain is repaired: character references that were left standing, characters that
//! take no room, UTF-8 that was encoded twice, line ends of three systems, runs of blanks that came from markup.

use std::borrow::Cow;

use crate::read::encoding::undoubled;

/// Repairs a text of many lines; lines stay lines, and each is trimmed.
pub(super) fn repair(text: &str) -> String {
    let text = undoubled(text);
    let text = entities(&text);
    let mut repaired = String::with_capacity(text.len());
    for line in text.split(['\n', '\r', '\u{2028}', '\u{2029}', '\u{85}']) {
        let start = repaired.len();
        push_line(&mut repaired, line);
        if repaired.len() > start {
            repaired.push('\n');
        }
    }
    repaired.pop();
    repaired
}

/// Repairs a text that is one line: headlines, names.
pub(super) fn repair_line(text: &str) -> String {
    let text = undoubled(text);
    let text = entities(&text);
    let mut repaired = String::with_capacity(text.len());
    push_line(&mut repaired, &text);
    repaired
}

/// Appends a line without the blanks around it; runs of blanks within become one.
fn push_line(repaired: &mut String, line: &str) {
    let start = repaired.len();
    let mut rest = line;
    let mut blank = None;
    while !rest.is_empty() {
        // What needs no attention is copied in one piece.
        let plain = rest.find(needs_attention).unwrap_or(rest.len());
        if plain > 0 {
            if let Some(blank) = blank.take()
                && repaired.len() > start
            {
                repaired.push(blank);
            }
            repaired.push_str(&rest[..plain]);
        }
        let Some(character) = rest[plain..].chars().next() else { break };
        rest = &rest[plain + character.len_utf8()..];
        if character.is_whitespace() {
            // A gap of full width is one that someone made; it stays one.
            blank.get_or_insert(if character == '\u{3000}' { '\u{3000}' } else { ' ' });
        }
    }
}

/// Whether a character is white space, or takes no room.
fn needs_attention(character: char) -> bool {
    match character {
        ' ' => true,
        '!'..='~' | '\u{3001}'..='\u{fefe}' => false,
        _ => character.is_whitespace() || takes_no_room(character),
    }
}

/// Controls, zero-width characters, bidirectional marks, byte order marks, soft hyphens.
fn takes_no_room(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}'
            | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// Named character references that are left standing in texts.
const NAMED: &[(&str, &str)] = &[
    ("nbsp", " "),
    ("amp", "&"),
    ("lt", "<"),
    ("gt", ">"),
    ("quot", "\""),
    ("apos", "'"),
    ("ldquo", "“"),
    ("rdquo", "”"),
    ("lsquo", "‘"),
    ("rsquo", "’"),
    ("mdash", "—"),
    ("ndash", "–"),
    ("hellip", "…"),
    ("middot", "·"),
    ("bull", "•"),
    ("ensp", " "),
    ("emsp", " "),
    ("times", "×"),
    ("deg", "°"),
    ("permil", "‰"),
    ("yen", "¥"),
    ("laquo", "«"),
    ("raquo", "»"),
    ("copy", "©"),
    ("reg", "®"),
    ("plusmn", "±"),
    ("zwnj", ""),
    ("zwj", ""),
    ("thinsp", " "),
    ("shy", ""),
];

/// Resolves character references, also those that resolving others brings forth; a text without any
/// is not copied.
fn entities(text: &str) -> Cow<'_, str> {
    let mut text = Cow::Borrowed(text);
    while text.contains('&') {
        let resolved = entities_once(&text);
        if resolved == text {
            break;
        }
        text = resolved.into();
    }
    text
}

/// Resolves the character references that stand in a text. What comes of it is never longer.
fn entities_once(text: &str) -> String {
    let mut resolved = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        resolved.push_str(&rest[..at]);
        rest = &rest[at..];
        if let Some((length, characters)) = reference(rest) {
            resolved.push_str(&characters);
            rest = &rest[length..];
        } else {
            resolved.push('&');
            rest = &rest[1..];
        }
    }
    resolved.push_str(rest);
    resolved
}

/// Reads the reference that a text starts with: its bytes and what it stands for.
fn reference(text: &str) -> Option<(usize, String)> {
    let end = text.bytes().take(10).position(|byte| byte == b';')?;
    let name = text.get(1..end)?;
    // What was escaped twice (`&amp;nbsp;`) is resolved twice.
    if name == "amp"
        && let Some((length, characters)) =
            reference(&format!("&{}", text.get(end + 1..)?.chars().take(9).collect::<String>()))
    {
        return Some((end + length, characters));
    }
    if let Some((_, characters)) = NAMED.iter().find(|(known, _)| *known == name) {
        return Some((end + 1, (*characters).to_owned()));
    }
    let number = name.strip_prefix('#')?;
    let code = match number.strip_prefix(['x', 'X']) {
        Some(hex) => u32::from_str_radix(hex, 16).ok()?,
        None => number.parse().ok()?,
    };
    let character = char::from_u32(code).filter(|c| !c.is_control() || c.is_whitespace())?;
    Some((end + 1, character.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_certain_is_repaired() {
        for (damaged, whole) in [
            ("佛山&nbsp;&nbsp;茂名", "佛山 茂名"),
            ("&ldquo;人才飞地&rdquo;&#20803;&#x5143;", "“人才飞地”元元"),
            ("&amp;nbsp;佛山&amp;amp;茂名", "佛山&茂名"),
            ("佛山&amp;#38;ldquo;茂名", "佛山“茂名"),
            ("A&B；R&D；&#0;；&;", "A&B；R&D；&#0;；&;"),
            ("零\u{200b}宽\u{feff}", "零宽"),
            ("ä½\u{9b}å±± caf\u{e9}", "佛山 café"),
            ("　　一段。\r\n\r\n  二段。\t", "一段。\n二段。"),
            ("战略互融　　夯实基础", "战略互融　夯实基础"),
            ("", ""),
        ] {
            assert_eq!(repair(damaged), whole, "{damaged}");
        }
    }

    proptest::proptest! {
        #[test]
        fn repairing_never_panics(text in "(&|amp;|#|x|[0-9;]|\\PC|\\s){0,30}") {
            let once = repair(&text);
            proptest::prop_assert!(!once.starts_with(' '));
        }
    }
}
