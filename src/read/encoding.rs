//! Bytes of a page → text, whatever the page says about its encoding.
//!
//! The bytes decide before the declaration does: pages that declare `gb2312` and are UTF-8 are as
//! common as damaged ones. We ask in this order: byte order mark, valid UTF-8, the pattern of
//! UTF-16; then every encoding that Chinese pages come in is tried, and the one that gives the
//! most common characters and the least damage wins, with a small start for those that the server
//! and the page declare.

use std::borrow::Cow;
use std::sync::LazyLock;

use encoding_rs::{BIG5, Encoding, GB18030, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use super::euc_tw;

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

/// Decodes bytes; `declared` is what the server and the page say they are.
pub fn decode(bytes: &[u8], declared: &[&'static Encoding]) -> Decoded {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        return decode_as(&bytes[mark..], Kind::Web(encoding));
    }
    match std::str::from_utf8(bytes) {
        Ok(text) if !looks_like_utf16(bytes) => {
            Decoded { text: text.to_owned(), encoding: "UTF-8", damaged: 0 }
        }
        _ => guess(bytes, declared),
    }
}

/// Decodes bytes as [`decode`] does, without a copy where they are valid UTF-8.
pub fn decode_owned(bytes: Vec<u8>, declared: &[&'static Encoding]) -> Decoded {
    if Encoding::for_bom(&bytes).is_some() || looks_like_utf16(&bytes) {
        return decode(&bytes, declared);
    }
    match String::from_utf8(bytes) {
        Ok(text) => Decoded { text, encoding: "UTF-8", damaged: 0 },
        Err(error) => guess(error.as_bytes(), declared),
    }
}

/// Finds how a file begins that is read as a stream: its encoding, if it is another than UTF-8, and
/// the length of its byte order mark. `start` are its first bytes.
pub(super) fn of_stream(start: &[u8]) -> (Option<&'static Encoding>, usize) {
    if let Some((encoding, mark)) = Encoding::for_bom(start) {
        return (Some(encoding).filter(|encoding| *encoding != UTF_8), mark);
    }
    let cut = match std::str::from_utf8(start) {
        Ok(_) => true,
        // A character that the start cuts in two is no damage.
        Err(error) => error.error_len().is_none(),
    };
    if cut && !looks_like_utf16(start) {
        return (None, 0);
    }
    match kind_of(start, &[]) {
        Kind::Web(encoding) if encoding != UTF_8 => (Some(encoding), 0),
        _ => (None, 0),
    }
}

/// Whether a file that starts so is UTF-16, in which no character is a single byte.
pub(super) fn is_utf16(start: &[u8]) -> bool {
    let marked = Encoding::for_bom(start).is_some_and(|(encoding, _)| encoding != UTF_8);
    marked || looks_like_utf16(start)
}

/// Finds the encoding that an HTTP header `Content-Type` declares.
pub fn declared_in_header(content_type: &str) -> Option<&'static Encoding> {
    label_after(&content_type.to_ascii_lowercase(), "charset")
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

/// How bytes are decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// By the tables that browsers share.
    Web(&'static Encoding),
    /// By a table of our own.
    EucTw,
}

/// How many bytes are tried in every encoding.
const TRIED: usize = 256 << 10;

/// Takes the encoding of Chinese pages that gives the most Chinese.
fn guess(bytes: &[u8], declared: &[&'static Encoding]) -> Decoded {
    let mut decoded = decode_as(bytes, kind_of(bytes, declared));
    if decoded.text.starts_with('\u{feff}') {
        decoded.text.remove(0);
    }
    decoded
}

/// Tries the encodings of Chinese pages on bytes that are not valid UTF-8.
fn kind_of(bytes: &[u8], declared: &[&'static Encoding]) -> Kind {
    if looks_like_utf16(bytes) {
        let little = bytes.iter().skip(1).step_by(2).filter(|&&b| b == 0).count();
        let big = bytes.iter().step_by(2).filter(|&&b| b == 0).count();
        return Kind::Web(if little >= big { UTF_16LE } else { UTF_16BE });
    }
    // Where the first character beyond ASCII stands, one begins in every encoding but UTF-16.
    let first = bytes.iter().position(|byte| !byte.is_ascii()).unwrap_or(0);
    let sample = &bytes[first..bytes.len().min(first + TRIED)];
    let whole = &bytes[..bytes.len().min(TRIED)];
    let usual = [UTF_8, GB18030, BIG5];
    let candidates = usual.iter().chain(declared).map(|encoding| {
        let start = if declared.contains(encoding) { 0.05 } else { 0.0 };
        (Kind::Web(encoding), sample, start)
    });
    // What hardly anybody uses has to be clearly better than what everybody does.
    let rare = [
        (Kind::EucTw, sample, -0.1),
        (Kind::Web(UTF_16LE), whole, -0.2),
        (Kind::Web(UTF_16BE), whole, -0.2),
    ];
    let mut best = (f64::NEG_INFINITY, Kind::Web(UTF_8));
    for (kind, bytes, start) in candidates.chain(rare) {
        let score = chineseness(&decode_as(bytes, kind)) + start;
        if score > best.0 {
            best = (score, kind);
        }
    }
    best.1
}

/// Decodes bytes as one encoding.
fn decode_as(bytes: &[u8], kind: Kind) -> Decoded {
    let (text, encoding) = match kind {
        Kind::Web(encoding) => {
            (encoding.decode_without_bom_handling(bytes).0.into_owned(), encoding.name())
        }
        Kind::EucTw => (euc_tw::decode(bytes), "EUC-TW"),
    };
    let damaged = damage(&text);
    Decoded { text, encoding, damaged }
}

/// How many characters of a text could not be decoded.
pub(super) fn damage(text: &str) -> u64 {
    text.matches('\u{fffd}').count() as u64
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

/// Whether bytes make Chinese when they are read as UTF-16.
fn is_chinese_utf16(bytes: &[u8]) -> bool {
    [UTF_16LE, UTF_16BE]
        .iter()
        .any(|encoding| chineseness(&decode_as(bytes, Kind::Web(encoding))) > 0.3)
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
    controls * 50 > start.len() && !is_chinese_utf16(start)
}

/// Undoes what happens to UTF-8 that somebody took for Western text and encoded once more:
/// `ä½›å±±` was 佛山.
///
/// Only stretches that become whole Chinese characters are touched; a text without any is not
/// copied.
pub fn undoubled(text: &str) -> Cow<'_, str> {
    // Chinese begins with ã to é then, which UTF-8 writes as C3 and one of A3 to A9.
    let doubled = |at: usize| matches!(text.as_bytes().get(at + 1), Some(0xa3..=0xa9));
    if !memchr::memchr_iter(0xc3, text.as_bytes()).any(doubled) {
        return text.into();
    }
    let mut whole = String::with_capacity(text.len());
    let (mut rest, mut bytes) = (text, Vec::new());
    while let Some(start) = rest.find(|c| western_byte(c).is_some()) {
        whole.push_str(&rest[..start]);
        rest = &rest[start..];
        let end = rest.find(|c| western_byte(c).is_none()).unwrap_or(rest.len());
        bytes.clear();
        bytes.extend(rest[..end].chars().filter_map(western_byte));
        let chinese = |c: char| matches!(c, '\u{2010}'..='\u{203b}' | '\u{3000}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{ff00}'..='\u{ffef}' | '\u{b7}');
        match std::str::from_utf8(&bytes) {
            Ok(text) if text.chars().all(chinese) => whole.push_str(text),
            _ => whole.push_str(&rest[..end]),
        }
        rest = &rest[end..];
    }
    whole.push_str(rest);
    whole.into()
}

/// The byte beyond ASCII that a character is in Western encodings (ISO 8859-1, windows-1252).
fn western_byte(character: char) -> Option<u8> {
    match u8::try_from(u32::from(character)) {
        Ok(byte) => (byte >= 0x80).then_some(byte),
        Err(_) => WINDOWS
            .iter()
            .position(|known| *known == character)
            .and_then(|at| u8::try_from(0x80 + at).ok()),
    }
}

/// What windows-1252 has in place of the second set of control characters.
static WINDOWS: LazyLock<Vec<char>> = LazyLock::new(|| {
    let bytes: Vec<u8> = (0x80..=0x9f).collect();
    WINDOWS_1252.decode_without_bom_handling(&bytes).0.chars().collect()
});

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
            for declared in [&[][..], &[GB18030], &[UTF_8], &[BIG5], &[WINDOWS_1252, BIG5]] {
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
        let decoded = decode(&bytes, &[GB18030]);
        assert_eq!((decoded.encoding, decoded.damaged), ("UTF-8", 1));
        let mut bytes = encoded(&NEWS.repeat(3), GB18030);
        bytes.insert(40, 0xff);
        assert_eq!(decode(&bytes, &[]).encoding, "gb18030");
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
    fn utf16_without_a_mark_is_read() {
        let text = NEWS.repeat(3);
        let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        for (bytes, encoding) in [(little, "UTF-16LE"), (big, "UTF-16BE")] {
            assert!(!is_binary(&bytes), "{encoding}");
            let decoded = decode(&bytes, &[]);
            assert_eq!((decoded.text.as_str(), decoded.encoding), (text.as_str(), encoding));
            assert_eq!(decode(&bytes, &[GB18030]).text, text, "a wrong declaration");
        }
    }

    #[test]
    fn the_server_declares_in_its_header() {
        for (header, name) in [
            ("text/html; charset=GB2312", Some("GBK")),
            ("text/html;charset=\"utf-8\"", Some("UTF-8")),
            ("text/html", None),
            ("text/html; charset=", None),
        ] {
            assert_eq!(declared_in_header(header).map(Encoding::name), name, "{header}");
        }
    }

    #[test]
    fn a_stream_is_known_by_its_start() {
        let text = NEWS.repeat(400);
        let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        for (bytes, name) in [
            (&text.as_bytes()[..1000], None),
            (&text.as_bytes()[..1001], None),
            (&text.as_bytes()[..1002], None),
            (&encoded(&text, GB18030)[..1001], Some("gb18030")),
            (&utf16[..2001], Some("UTF-16LE")),
        ] {
            assert_eq!(of_stream(bytes).0.map(Encoding::name), name);
        }
        assert_eq!(of_stream("\u{feff}a,b".as_bytes()), (None, 3));
    }

    #[test]
    fn doubled_utf8_is_undone_where_that_is_certain() {
        // As `iconv -f ISO-8859-1 -t UTF-8` and `iconv -f CP1252 -t UTF-8` give it.
        let latin: String = NEWS.bytes().map(char::from).collect();
        let windows = WINDOWS_1252.decode_without_bom_handling(NEWS.as_bytes()).0.into_owned();
        for doubled in [&latin, &windows] {
            assert_eq!(undoubled(doubled), NEWS);
            assert_eq!(undoubled(&format!("<p>{doubled}</p>佛山é")), format!("<p>{NEWS}</p>佛山é"));
        }
        for whole in [NEWS, "café ä½ naïve", "São Paulo、Čapek", "ã€", "", "é"] {
            assert_eq!(undoubled(whole), whole);
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
