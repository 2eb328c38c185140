//! Text from outside → text that cannot do anything to who shows it.
//!
//! A crawled page may hold escape sequences that recolour a terminal, bidirectional marks that
//! turn a line around, zero-width characters that hide in a word, Markdown that becomes a link, or
//! a cell that a spreadsheet takes for a formula.

use std::borrow::Cow;
use std::fmt::Write as _;

/// What a character becomes in a terminal.
enum Shown {
    AsIs,
    Blank,
    Nothing,
    Escaped,
}

/// Decides what a terminal may be shown of a character.
fn shown(character: char) -> Shown {
    match character {
        '\n' | '\t' | '\u{2028}' | '\u{2029}' => Shown::Blank,
        // Of zero width; bidirectional marks, embeddings and isolates; annotations; tags.
        '\u{ad}'
        | '\u{61c}'
        | '\u{200b}'
        | '\u{200c}'
        | '\u{200e}'
        | '\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{feff}'
        | '\u{fff9}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e007f}' => Shown::Nothing,
        _ if character.is_control() => Shown::Escaped,
        _ => Shown::AsIs,
    }
}

/// Makes one line of text that a terminal can show: control characters escaped (`\x1b`), marks
/// that turn or hide text dropped, line breaks blanks.
pub fn terminal(text: &str) -> Cow<'_, str> {
    if text.chars().all(|character| matches!(shown(character), Shown::AsIs)) {
        return Cow::Borrowed(text);
    }
    let mut clean = String::with_capacity(text.len());
    for character in text.chars() {
        match shown(character) {
            Shown::AsIs => clean.push(character),
            Shown::Blank => clean.push(' '),
            Shown::Nothing => {}
            Shown::Escaped => {
                // Writing to a string cannot fail.
                let _ = write!(clean, "\\x{:02x}", u32::from(character));
            }
        }
    }
    Cow::Owned(clean)
}

/// Makes text that Markdown shows as it stands; one line.
pub fn markdown(text: &str) -> String {
    let plain = terminal(text);
    let mut escaped = String::with_capacity(plain.len());
    for (at, character) in plain.char_indices() {
        let special = match character {
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '~' | '$' | '&' => true,
            '#' | '+' | '-' | '=' => at == 0,
            '!' => plain[at + 1..].starts_with('['),
            '.' | ')' => at > 0 && plain[..at].bytes().all(|b| b.is_ascii_digit()),
            _ => false,
        };
        if special {
            escaped.push('\\');
        }
        escaped.push(character);
    }
    escaped
}

/// Makes a link target of an address: only web addresses are one, without signs that end it.
pub fn address(url: &str) -> Option<String> {
    let known = ["http://", "https://"].iter().any(|scheme| {
        url.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme))
    });
    if !known {
        return None;
    }
    let mut safe = String::with_capacity(url.len());
    for character in url.chars() {
        match character {
            '(' | ')' | '<' | '>' | '"' | '\\' | '`' | ' ' => {
                let _ = write!(safe, "%{:02X}", u32::from(character));
            }
            _ if !matches!(shown(character), Shown::AsIs) => {}
            _ => safe.push(character),
        }
    }
    Some(safe)
}

/// Makes text that may stand in XML, also between quotation marks; what XML cannot hold and marks
/// that turn or hide text are left out.
pub fn xml(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match (character, shown(character)) {
            ('&', _) => safe.push_str("&amp;"),
            ('<', _) => safe.push_str("&lt;"),
            ('>', _) => safe.push_str("&gt;"),
            ('"', _) => safe.push_str("&quot;"),
            ('\'', _) => safe.push_str("&#39;"),
            ('\u{fffe}' | '\u{ffff}', _) | (_, Shown::Nothing | Shown::Escaped) => {}
            (_, Shown::Blank) => safe.push(' '),
            (character, Shown::AsIs) => safe.push(character),
        }
    }
    safe
}

/// Makes a spreadsheet cell that is never taken for a formula. Marks that turn or hide text are
/// dropped: one of them before a `=` would hide it from us and not from every program.
pub fn cell(text: &str) -> Cow<'_, str> {
    if text.chars().any(|character| matches!(shown(character), Shown::Nothing)) {
        let seen = text.chars().filter(|&character| !matches!(shown(character), Shown::Nothing));
        return Cow::Owned(cell(&seen.collect::<String>()).into_owned());
    }
    if text
        .trim_start_matches([' ', '\n', '\u{3000}', '\u{a0}'])
        .starts_with(['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠'])
    {
        Cow::Owned(format!("'{text}"))
    } else {
        Cow::Borrowed(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_is_not_told_what_to_do() {
        assert_eq!(terminal("\u{1b}[31m红\u{7}"), "\\x1b[31m红\\x07");
        assert_eq!(terminal("人\u{200b}才\u{202e}飞地\u{feff}"), "人才飞地");
        assert_eq!(terminal("一\n二\t三"), "一 二 三");
        assert!(matches!(terminal("佛山，茂名 😀👨‍👩‍👧"), Cow::Borrowed(_)), "joined emoji stay whole");
    }

    #[test]
    fn markdown_shows_it_as_it_stands() {
        assert_eq!(markdown("[点我](javascript:1) *重*"), "\\[点我\\](javascript:1) \\*重\\*");
        assert_eq!(markdown("# 标题"), "\\# 标题");
        assert_eq!(markdown("2024. 年"), "2024\\. 年");
        assert_eq!(markdown("<script>"), "\\<script\\>");
    }

    #[test]
    fn only_web_addresses_are_linked() {
        assert_eq!(address("javascript:alert(1)"), None);
        assert_eq!(address("https://a.cn/(1) 2").as_deref(), Some("https://a.cn/%281%29%202"));
        assert_eq!(address("长"), None);
    }

    #[test]
    fn xml_holds_no_marks_of_its_own() {
        assert_eq!(xml("甲<乙>&\"丙'\u{1}\n丁\u{202e}戊"), "甲&lt;乙&gt;&amp;&quot;丙&#39; 丁戊");
    }

    #[test]
    fn a_cell_is_no_formula() {
        assert_eq!(cell("=1+1"), "'=1+1");
        assert_eq!(cell("@SUM(A1)"), "'@SUM(A1)");
        assert_eq!(cell(" \u{200b}\u{202e}=1+1"), "' =1+1");
        assert_eq!(cell("佛山"), "佛山");
    }
}
