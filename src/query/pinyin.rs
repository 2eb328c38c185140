//! Chinese characters → how they are read in pinyin, without tones; for suggestions only.
//!
//! Readings come from the crate `pinyin`. A character may have several (重: zhong, chong); all are
//! taken, since what somebody types is right if one of them fits.

use pinyin::ToPinyinMulti;

/// Readings of a word that are kept; of long words with many readings the likelier ones.
const KEPT: usize = 8;

/// The readings of a character, the usual one first; ü is written v. None if it has none.
pub(super) fn readings(character: char) -> Vec<String> {
    let mut readings: Vec<String> = Vec::new();
    for reading in character.to_pinyin_multi().into_iter().flatten() {
        let plain = reading.plain().replace('ü', "v").replace('ê', "e");
        let is_plain = !plain.is_empty() && plain.bytes().all(|b| b.is_ascii_lowercase());
        if is_plain && !readings.contains(&plain) {
            readings.push(plain);
        }
    }
    readings
}

/// How a word can be read: whole (`rencai`) and by its initials (`rc`); nothing if one of its
/// characters has no reading.
pub(super) fn spellings(word: &str) -> Vec<(String, String)> {
    let mut spelled = vec![(String::new(), String::new())];
    for character in word.chars() {
        let readings = readings(character);
        let mut longer = Vec::with_capacity(KEPT);
        // The usual reading of each character first, so that those are kept.
        for reading in &readings {
            for (whole, initials) in &spelled {
                if longer.len() < KEPT {
                    longer.push((
                        format!("{whole}{reading}"),
                        format!("{initials}{}", &reading[..1]),
                    ));
                }
            }
        }
        spelled = longer;
    }
    spelled.retain(|(whole, _)| !whole.is_empty());
    spelled
}

/// How it sounds to who does not tell apart zh and z, ch and c, sh and s, l and n, -ng and -n.
pub(super) fn blurred(spelling: &str) -> String {
    let mut blurred = spelling.replace("zh", "z").replace("ch", "c").replace("sh", "s");
    blurred = blurred.replace("ang", "an").replace("eng", "en").replace("ing", "in");
    blurred.replace('l', "n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_can_be_read_in_every_way_its_characters_can() {
        let whole = |word| -> Vec<String> { spellings(word).into_iter().map(|s| s.0).collect() };
        assert!(whole("重庆").contains(&"chongqing".to_owned()), "{:?}", whole("重庆"));
        assert!(whole("厦门").contains(&"xiamen".to_owned()));
        assert_eq!(whole("人才飞地")[0], "rencaifeidi");
        assert!(spellings("人才飞地").iter().any(|(_, initials)| initials == "rcfd"));
        assert!(whole("吕梁").contains(&"lvliang".to_owned()));
        assert!(spellings("G60").is_empty());
    }

    #[test]
    fn some_do_not_tell_all_sounds_apart() {
        assert_eq!(blurred("zhangsheng"), blurred("zansen"));
    }
}
