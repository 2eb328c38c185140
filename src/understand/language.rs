//! A text → its language and, for Chinese, its script, as a BCP 47 tag.
//!
//! Pages declare their language as carelessly as their encoding, so the characters decide: Han with
//! kana is Japanese, with Hangul Korean, alone Chinese. A character that has a simplified form
//! (`data/folding/traditional.tsv`) speaks for the traditional script, one that is such a form for
//! the simplified one. Other scripts are left to trigrams.

use std::sync::LazyLock;

use crate::clean::fold::fold_char;

/// Characters that are looked at; more change nothing.
const WINDOW: usize = 600;

/// The tag of a text: `zh-Hans`, `zh-Hant`, `zh` where no character tells the script, `ja`, `ko`,
/// `en` …; `und` where the language cannot be told.
pub fn of(text: &str) -> &'static str {
    let mut seen = Seen::default();
    let scripts = SCRIPTS.as_slice();
    text.chars().take(WINDOW).for_each(|character| seen.note(character, scripts));
    let asian = seen.han + seen.kana + seen.hangul;
    // A Chinese article with its translation has some eight letters to a character.
    if asian == 0 || seen.others > 8 * asian {
        return of_letters(text);
    }
    // Chinese news quotes a Japanese or Korean name; it does not write every tenth word so.
    if seen.kana * 10 > asian {
        return "ja";
    }
    if seen.hangul * 5 > asian {
        return "ko";
    }
    match seen.of(Script::Traditional).cmp(&seen.of(Script::Simplified)) {
        std::cmp::Ordering::Greater => "zh-Hant",
        std::cmp::Ordering::Less => "zh-Hans",
        std::cmp::Ordering::Equal => "zh",
    }
}

/// What characters a text is made of.
#[derive(Debug, Default)]
struct Seen {
    han: usize,
    /// Chinese characters by their script.
    scripts: [usize; 3],
    kana: usize,
    hangul: usize,
    others: usize,
}

impl Seen {
    fn of(&self, script: Script) -> usize {
        self.scripts[script as usize]
    }

    /// Counts a character; `scripts` are [`SCRIPTS`]. Which script it has is not branched on:
    /// nothing foretells it.
    fn note(&mut self, character: char, scripts: &[Script]) {
        match character {
            '\u{4e00}'..='\u{9fff}' => {
                self.han += 1;
                self.scripts[scripts[character as usize - FIRST_HAN] as usize] += 1;
            }
            '\u{3400}'..='\u{4dbf}' | '\u{20000}'..='\u{3ffff}' => self.han += 1,
            '\u{3041}'..='\u{30fa}' => self.kana += 1,
            '\u{ac00}'..='\u{d7a3}' => self.hangul += 1,
            '\u{3000}'..='\u{303f}' | '\u{ff00}'..='\u{ff20}' => {}
            _ => self.others += usize::from(character.is_alphabetic()),
        }
    }
}

/// Which script a character belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Script {
    Traditional,
    Simplified,
    Both,
}

const FIRST_HAN: usize = 0x4e00;

/// The script of each character of the basic block.
static SCRIPTS: LazyLock<Vec<Script>> = LazyLock::new(|| {
    let mut scripts = vec![Script::Both; 0x9fff - FIRST_HAN + 1];
    let place = |character: char| (character as usize).checked_sub(FIRST_HAN);
    for character in '\u{4e00}'..='\u{9fff}' {
        let simple = fold_char(character);
        if simple == character {
            continue;
        }
        if let Some(script) = place(character).and_then(|at| scripts.get_mut(at)) {
            *script = Script::Traditional;
        }
        // 「后」 is a simplified 「後」 and an empress in either script, but the rest outvotes it.
        if let Some(script) = place(simple).and_then(|at| scripts.get_mut(at))
            && *script == Script::Both
        {
            *script = Script::Simplified;
        }
    }
    scripts
});

/// The language of a text in letters.
fn of_letters(text: &str) -> &'static str {
    use whatlang::Lang;
    let window = text.char_indices().nth(WINDOW).map_or(text, |(end, _)| &text[..end]);
    let Some(guess) = whatlang::detect(window).filter(whatlang::Info::is_reliable) else {
        return "und";
    };
    // BCP 47 wants the code of two letters where there is one.
    match guess.lang() {
        Lang::Eng => "en",
        Lang::Fra => "fr",
        Lang::Deu => "de",
        Lang::Spa => "es",
        Lang::Por => "pt",
        Lang::Ita => "it",
        Lang::Rus => "ru",
        Lang::Ara => "ar",
        Lang::Vie => "vi",
        Lang::Tha => "th",
        Lang::Ind => "id",
        Lang::Jpn => "ja",
        Lang::Kor => "ko",
        Lang::Cmn => "zh",
        other => other.code(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_and_scripts() {
        for (text, tag) in [
            ("佛山与茂名携手共建人才飞地，两地签约。", "zh-Hans"),
            ("佛山與茂名攜手共建人才飛地，兩地簽約。", "zh-Hant"),
            ("皇后在台上，里长在后面。佛山與茂名簽約。", "zh-Hans"),
            ("大江大河", "zh"),
            ("深圳企业腾讯 Tencent 与 Huawei 签约", "zh-Hans"),
            ("東京と大阪の都市間で人材交流が進んでいる。", "ja"),
            ("서울과 부산의 도시 협력", "ko"),
            ("The two cities signed an agreement on talent and industry on Tuesday.", "en"),
            ("Les deux villes ont signé un accord de coopération industrielle mardi.", "fr"),
            ("", "und"),
            ("2024-10-09 12:00", "und"),
        ] {
            assert_eq!(of(text), tag, "{text}");
        }
    }
}
