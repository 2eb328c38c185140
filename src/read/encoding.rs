//! Bytes of a page → text, whatever the page says about its encoding.
//!
//! The bytes decide before the declaration does: pages that declare `gb2312` and are UTF-8 are as
//! common as damaged ones. We ask in this order: byte order mark, valid UTF-8, the pattern of
//! UTF-16; then every encoding that Chinese pages come in is tried, and the one that gives the
//! most common characters and the least damage wins, with a small start for the declared one.

use std::sync::LazyLock;

use encoding_rs::{BIG5, Encoding, GB18030, UTF_8, UTF_16BE, UTF_16LE};

/// Text and how it was won.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decoded {
    /// The text; what could not be decoded stands as `�`.
    pub text: String,
    /// The encoding, by its WHATWG name.
    pub encoding: &'static str,
    /// How many characters could not be decoded.
    pub damaged: u64,
}

/// Decodes bytes; `declared` is what the page or the server says they are.
pub fn decode(bytes: &[u8], declared: Option<&'static Encoding>) -> Decoded {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        return decode_as(&bytes[mark..], encoding);
    }
    match std::str::from_utf8(bytes) {
        Ok(text) if !looks_like_utf16(bytes) => {
            Decoded { text: text.to_owned(), encoding: "UTF-8", damaged: 0 }
        }
        _ => guess(bytes, declared),
    }
}

/// Decodes bytes as [`decode`] does, without a copy where they are valid UTF-8.
pub fn decode_owned(bytes: Vec<u8>, declared: Option<&'static Encoding>) -> Decoded {
    if Encoding::for_bom(&bytes).is_some() || looks_like_utf16(&bytes) {
        return decode(&bytes, declared);
    }
    match String::from_utf8(bytes) {
        Ok(text) => Decoded { text, encoding: "UTF-8", damaged: 0 },
        Err(error) => guess(error.as_bytes(), declared),
    }
}

/// Finds the encoding that the head of an HTML page declares.
///
/// Only a `<meta>` element or the XML declaration counts; `<script charset>` speaks of the script.
pub fn declared_in_html(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = &bytes[..bytes.len().min(16 << 10)];
    let head = String::from_utf8_lossy(head).to_ascii_lowercase();
    let declaration =
        head.trim_start().strip_prefix("<?xml").and_then(|rest| rest.split('>').next());
    let metas = head.split("<meta").skip(1).filter_map(|rest| rest.split('>').next());
    declaration
        .and_then(|text| label_after(text, "encoding"))
        .or_else(|| { metas }.find_map(|text| label_after(text, "charset")))
}

/// Reads `charset = "gbk"` out of the attributes of an element.
fn label_after(attributes: &str, name: &str) -> Option<&'static Encoding> {
    let (_, rest) = attributes.split_once(name)?;
    let label = rest.trim_start().strip_prefix('=')?.trim_start_matches([' ', '"', '\'']);
    let end = label.find(['"', '\'', ' ', ';', '/', '?']).unwrap_or(label.len());
    Encoding::for_label(&label.as_bytes()[..end])
}

/// Tries the encodings of Chinese pages and takes the one that gives the most Chinese.
fn guess(bytes: &[u8], declared: Option<&'static Encoding>) -> Decoded {
    if looks_like_utf16(bytes) {
        let little = bytes.iter().skip(1).step_by(2).filter(|&&b| b == 0).count();
        let big = bytes.iter().step_by(2).filter(|&&b| b == 0).count();
        return decode_as(bytes, if little >= big { UTF_16LE } else { UTF_16BE });
    }
    let candidates = [Some(UTF_8), Some(GB18030), Some(BIG5), declared];
    let mut best: Option<(f64, Decoded)> = None;
    for encoding in candidates.into_iter().flatten() {
        let decoded = decode_as(bytes, encoding);
        let start = if declared == Some(encoding) { 0.05 } else { 0.0 };
        let score = chineseness(&decoded) + start;
        if best.as_ref().is_none_or(|(highest, _)| score > *highest) {
            best = Some((score, decoded));
        }
    }
    best.map_or_else(|| decode_as(bytes, UTF_8), |(_, decoded)| decoded)
}

/// Decodes bytes as one encoding.
fn decode_as(bytes: &[u8], encoding: &'static Encoding) -> Decoded {
    let text = encoding.decode_without_bom_handling(bytes).0.into_owned();
    let damaged = text.matches('\u{fffd}').count() as u64;
    Decoded { text, encoding: encoding.name(), damaged }
}

/// How much a decoded text looks like Chinese: common characters among all that are not ASCII,
/// less what is damaged or belongs to nobody.
fn chineseness(decoded: &Decoded) -> f64 {
    let (mut all, mut common, mut wrong) = (0u32, 0u32, 0u32);
    for character in decoded.text.chars().filter(|c| !c.is_ascii()).take(20_000) {
        all += 1;
        match character {
            '\u{fffd}' | '\u{e000}'..='\u{f8ff}' | '\u{80}'..='\u{9f}' => wrong += 1,
            '，' | '。' | '、' | '：' | '“' | '”' | '（' | '）' | '《' | '》' | '\u{3000}'
            | '？' | '！' => common += 1,
            _ => common += u32::from(COMMON_SET.binary_search(&character).is_ok()),
        }
    }
    if all == 0 { 0.0 } else { (f64::from(common) - f64::from(wrong)) / f64::from(all) }
}

/// Whether every second byte of much of the text is zero, as in UTF-16 without a mark.
fn looks_like_utf16(bytes: &[u8]) -> bool {
    let start = &bytes[..bytes.len().min(4 << 10)];
    if !start.contains(&0) {
        return false;
    }
    let even = start.iter().step_by(2).filter(|&&b| b == 0).count();
    let odd = start.iter().skip(1).step_by(2).filter(|&&b| b == 0).count();
    let (more, less) = (even.max(odd), even.min(odd));
    more * 20 > start.len() && less * 10 < more
}

/// First bytes of files that hold no text.
const BINARY: &[&[u8]] = &[
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"%PDF",
    b"PK\x03\x04",
    b"\x7fELF",
    b"\xd0\xcf\x11\xe0",
    b"RIFF",
    b"Rar!",
    b"7z\xbc\xaf",
    b"BZh",
    b"\xfd7zXZ",
    b"SQLite format",
    b"ID3",
    b"OggS",
    b"wOFF",
    b"wOF2",
    b"\x1f\x8b",
];

/// Whether bytes are no text in any encoding.
pub fn is_binary(bytes: &[u8]) -> bool {
    let start = &bytes[..bytes.len().min(8 << 10)];
    if BINARY.iter().any(|magic| start.starts_with(magic)) {
        return true;
    }
    if Encoding::for_bom(start).is_some() || looks_like_utf16(start) {
        return false;
    }
    let controls = start
        .iter()
        .filter(|&&b| b < 0x20 && !matches!(b, b'\t' | b'\n' | b'\r' | 0x0c | 0x1b))
        .count();
    controls * 50 > start.len()
}

/// The characters of [`COMMON`] in order.
static COMMON_SET: LazyLock<Vec<char>> = LazyLock::new(|| {
    let mut set: Vec<char> = COMMON.concat().chars().collect();
    set.sort_unstable();
    set.dedup();
    set
});

/// The 400 most frequent characters of Chinese news, about two thirds of any text.
const COMMON: &[&str] = &[
    // Simplified, or the same in both scripts.
    "的一国中人在了大是有和发为年不日业上会新行动全个时地生作家以出成月来对进市公区工到多展这",
    "要能方等力部开高实民化现同产合用经于我下建主务体通法加关长分资前学理后们场机将重过者员文",
    "自提平天安面他可元事本表就心保与道电持设水金政更海定报美入强交好量也示内目度车期万子推网",
    "小次点共据活近其当外信最数社品任制总及题之利间台联增记系都得明北应情还性比司服流代运基看",
    "创并向说第科今查路所已相正特名计三式位局南续东项此技被物西至源企两从原管如标程各省队里调",
    "解军收起院布防领深回意受手而委治统广接导商造支组门责问党城消立指议供线风价规着投息山果传",
    "斯该级施口处州集但升济无达战然警质村打步办种团医亿京你游二案完常众江费结因色十求件称习护",
    "营做没书域际术视育华参专带教户超环告需态去研气预老股放些某单很境群取快影举助首球整知编决",
    "转引优让客效由河协么感型证确站约精格备非改农构赛身认少四积别克周先想显界准未空注极青图监",
    "复世降坚",
    // Traditional.
    "國發髮為業會動個箇時傢齣來對進區這開實現衕產閤經於務體關長資學後們場機將過員麵錶與電設報",
    "強內車萬網點據噹當數製總題間檯臺颱聯記係繫應還運創並併嚮曏說計侷續東項兩從標隊裡調軍佈領",
    "迴統廣導組門責問黨議線風價規傳該級處陞濟無達戰質辦種團糰醫億遊眾費結稱習護營沒書際朮術視",
    "華參蔘專帶戶環態氣預單舉編決轉優讓協麼証證確約備農構賽認積別彆剋週顯準註極圖監復複堅",
];

#[cfg(test)]
mod tests {
    use super::*;

    const NEWS: &str = "佛山与茂名两地签订人才合作协议，共建“人才飞地”。";
    const TRADITIONAL: &str = "佛山與茂名兩地簽訂人才合作協議，共建「人才飛地」。";

    fn encoded(text: &str, encoding: &'static Encoding) -> Vec<u8> {
        encoding.encode(text).0.into_owned()
    }

    #[test]
    fn the_bytes_decide() {
        for (bytes, text, encoding) in [
            (NEWS.as_bytes().to_vec(), NEWS, "UTF-8"),
            (["\u{feff}".as_bytes(), NEWS.as_bytes()].concat(), NEWS, "UTF-8"),
            (encoded(NEWS, GB18030), NEWS, "gb18030"),
            (encoded(TRADITIONAL, BIG5), TRADITIONAL, "Big5"),
            (NEWS.encode_utf16().flat_map(u16::to_le_bytes).collect(), NEWS, "UTF-16LE"),
        ] {
            let mut bytes = bytes;
            if encoding == "UTF-16LE" {
                bytes.splice(0..0, [0xff, 0xfe]);
            }
            for declared in [None, Some(GB18030), Some(UTF_8), Some(BIG5)] {
                let decoded = decode(&bytes, declared);
                assert_eq!(
                    (decoded.text.as_str(), decoded.encoding),
                    (text, encoding),
                    "{declared:?}"
                );
                assert_eq!(decoded, decode_owned(bytes.clone(), declared));
            }
        }
    }

    #[test]
    fn one_bad_byte_does_not_change_the_encoding() {
        let mut bytes = NEWS.repeat(3).into_bytes();
        bytes.insert(30, 0xff);
        let decoded = decode(&bytes, Some(GB18030));
        assert_eq!((decoded.encoding, decoded.damaged), ("UTF-8", 1));
        let mut bytes = encoded(&NEWS.repeat(3), GB18030);
        bytes.insert(40, 0xff);
        assert_eq!(decode(&bytes, None).encoding, "gb18030");
    }

    #[test]
    fn only_the_head_of_the_page_declares() {
        for (head, name) in [
            ("<meta charset=gbk>", Some("GBK")),
            ("<META http-equiv=Content-Type content='text/html; charset=gb2312' />", Some("GBK")),
            ("<script charset=\"big5\" src=a.js></script>", None),
            ("<?xml version=\"1.0\" encoding=\"big5\"?><html>", Some("Big5")),
            ("<meta name=a><meta charset=\"utf-8\">", Some("UTF-8")),
            ("<meta charset=\"\">", None),
        ] {
            assert_eq!(declared_in_html(head.as_bytes()).map(Encoding::name), name, "{head}");
        }
    }

    #[test]
    fn pictures_are_no_text() {
        assert!(is_binary(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"));
        assert!(is_binary(&[0, 1, 2, 3, 0, 0, 7]));
        assert!(!is_binary(NEWS.as_bytes()));
        assert!(!is_binary(&encoded(NEWS, GB18030)));
        assert!(!is_binary(b""));
    }
}
