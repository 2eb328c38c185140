//! A folded text → its likeness: a few hundred bytes that tell reprints from other articles.
//!
//! What is compared are shingles, all runs of five letters, digits or Chinese characters, since
//! reprints change punctuation first. Of them a likeness keeps
//!
//! - a `MinHash` by one permutation (Li, Owen, Zhang 2012): shingles fall into bins by their hash,
//!   each bin keeps its least; of that, eight bits (b-bit minwise hashing, Li and König 2010).
//!   Empty bins borrow from others (Shrivastava 2017). The share of equal bins estimates the
//!   Jaccard similarity of two texts, and with the number of shingles the share of the shorter
//!   text that the longer one contains;
//! - a sketch of the numbers in the text. A form that is filled in anew every day (closing prices,
//!   weather warnings, receptions) is alike in all but its numbers, a reprint is alike in them, too.
//!
//! Nothing here looks at an index; a likeness follows from the text alone.

use hashbrown::hash_table::{Entry, HashTable};

use crate::clean::fold::{ascii_runs, fold, is_letter_or_digit};

/// Characters of a shingle.
const SHINGLE: usize = 5;
/// Bins of the `MinHash`. The estimate's standard error is at most `1 / (2 √BINS)` = 0.036.
const BINS: usize = 192;
/// Bins that have to agree for two texts to be compared at all.
const ROWS: usize = 4;
/// Numbers of which both texts keep those with the least hashes.
const NUMBERS: usize = 16;
/// Texts with fewer shingles say too little to be told apart.
const LEAST: usize = 24;

/// Words of a likeness: the head, the numbers, the bins.
const WORDS: usize = 1 + NUMBERS / 4 + BINS / 8;

/// Share of all shingles that two texts have in common from which they are one.
const SAME: f64 = 0.53;
/// The same for short texts, in which a name or two make another article.
const SAME_SHORT: f64 = 0.7;
/// The same for texts of which the longer contains the shorter.
const CUT: f64 = 0.42;
/// Share of the shorter text's shingles from which it counts as contained.
const CONTAINED: f64 = 0.75;
/// The two for texts of which the longer holds nearly all of the shorter.
const CUT_SHORT: f64 = 0.3;
const NEARLY_ALL: f64 = 0.9;
/// Share of all shingles from which texts of which one holds the other are nearly the same.
const NEARLY_SAME: f64 = 0.65;
/// Fewer shingles are a short text.
const SHORT: u32 = 150;

/// Share of the numbers compared that has to agree at least.
const NUMBERS_SHARED: f64 = 0.6;
/// The same where more than [`NUMBERS_DIFFER`] differ.
const MANY_NUMBERS_SHARED: f64 = 0.8;
/// Numbers that a slip of the pen explains.
const NUMBERS_DIFFER: usize = 2;

/// Days between two prints of a text; what lies further apart has to be nearly equal, since
/// announcements return every year.
const APART: u32 = 60;
/// What "nearly equal" means for them.
const RETURNED: f64 = 0.9;
/// Shingles of a text that is no mere announcement.
const LONG: u32 = 200;

/// What is kept of a text to tell reprints by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Likeness {
    /// Number of different shingles.
    shingles: u32,
    /// Least hashes of numbers, ascending, without repetition.
    numbers: Vec<u16>,
    /// What each bin keeps.
    bins: [u8; BINS],
}

/// How alike two texts are, as estimated.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Alike {
    /// Jaccard similarity of the shingles, 0 to 1.
    pub jaccard: f64,
    /// Share of the shorter text that the longer contains, 0 to 1.
    pub contained: f64,
    /// Numbers that were compared, and how many of them agree.
    pub numbers: (usize, usize),
    /// Shingles of the shorter text.
    pub shingles: u32,
}

impl Likeness {
    /// How many words [`Likeness::words`] gives.
    pub const WORDS: usize = WORDS;
    /// How many keys [`Likeness::band`] knows.
    pub const BANDS: usize = BINS / ROWS;

    /// Takes the likeness of a folded text; none if it is too short to have one.
    pub fn of(folded: &str) -> Option<Self> {
        // An empty bin has what is least of nothing.
        let mut least = [u64::MAX; BINS];
        let shingles = count_shingles(folded, |hash| {
            let least = &mut least[bin(hash)];
            *least = hash.min(*least);
        });
        if shingles < LEAST {
            return None;
        }
        let mut bins = [0; BINS];
        for (number, kept) in bins.iter_mut().enumerate() {
            let others = (1..).map(|attempt| bin(mixed(attempt << 16 | number as u64)));
            let mut bins = std::iter::once(number).chain(others).map(|bin| least[bin]);
            *kept = bins.find(|&hash| hash < u64::MAX).map_or(0, |hash| hash as u8);
        }
        Some(Self { shingles: shingles as u32, numbers: numbers(folded), bins })
    }

    /// The same for a text as it was written.
    pub fn of_original(text: &str) -> Option<Self> {
        Self::of(&fold(text))
    }

    /// The likeness as numbers to be kept; always [`Likeness::WORDS`] of them. The upper half of the
    /// first, but for its lowest byte, is free for whoever keeps them.
    pub fn words(&self) -> Vec<u64> {
        let mut words = Vec::with_capacity(WORDS);
        words.push(u64::from(self.shingles) | (self.numbers.len() as u64) << 32);
        let mut numbers = self.numbers.clone();
        numbers.resize(NUMBERS, 0);
        let four = |four: &[u16]| four.iter().rev().fold(0, |word, &n| word << 16 | u64::from(n));
        words.extend(numbers.chunks_exact(4).map(four));
        let eight = |eight: &[u8]| eight.iter().rev().fold(0, |word, &b| word << 8 | u64::from(b));
        words.extend(self.bins.chunks_exact(8).map(eight));
        words
    }

    /// Reads what [`Likeness::words`] wrote; none if it is something else.
    pub fn read(words: &[u64]) -> Option<Self> {
        if words.len() != WORDS {
            return None;
        }
        let (head, rest) = words.split_first()?;
        let (numbers, bins) = rest.split_at(NUMBERS / 4);
        let numbers =
            numbers.iter().flat_map(|word| (0..4).map(move |at| (word >> (16 * at)) as u16));
        let mut kept = [0; BINS];
        for (bin, slot) in kept.iter_mut().enumerate() {
            *slot = (bins[bin / 8] >> (8 * (bin % 8))) as u8;
        }
        let count = (head >> 32) as usize & 0xff;
        Some(Self { shingles: *head as u32, numbers: numbers.take(count).collect(), bins: kept })
    }

    /// Which of the words holds the key of a band, and the key in it. Two texts that share the key
    /// of any band are worth comparing: with a Jaccard similarity of 0.53, 98 in 100 do, with 0.42,
    /// 78, with 0.05 one in 2,500.
    pub fn band(band: usize) -> (usize, impl Fn(u64) -> u32) {
        let word = 1 + NUMBERS / 4 + band / 2;
        (word, move |value: u64| (value >> (32 * (band % 2))) as u32)
    }

    /// Number of different shingles.
    pub fn shingles(&self) -> u32 {
        self.shingles
    }

    /// Estimates how alike two texts are.
    pub fn compare(&self, other: &Self) -> Alike {
        let equal = self.bins.iter().zip(&other.bins).filter(|(a, b)| a == b).count();
        // One in 256 agrees by chance.
        let jaccard = ((equal as f64 / BINS as f64 - 1.0 / 256.0) * 256.0 / 255.0).max(0.0);
        let shorter = self.shingles.min(other.shingles);
        let sum = f64::from(self.shingles) + f64::from(other.shingles);
        let shared = sum * jaccard / (1.0 + jaccard);
        Alike {
            jaccard,
            contained: (shared / f64::from(shorter.max(1))).min(1.0),
            numbers: self.numbers_shared(other),
            shingles: shorter,
        }
    }

    /// Of the numbers that both sketches reach, how many the text with fewer has, and how many of
    /// these the other has, too.
    fn numbers_shared(&self, other: &Self) -> (usize, usize) {
        let reach = |numbers: &[u16]| match numbers {
            [.., last] if numbers.len() == NUMBERS => *last,
            _ => u16::MAX,
        };
        let reach = reach(&self.numbers).min(reach(&other.numbers));
        let within = |numbers: &[u16]| numbers.partition_point(|&number| number <= reach);
        let (a, b) =
            (&self.numbers[..within(&self.numbers)], &other.numbers[..within(&other.numbers)]);
        (a.len().min(b.len()), a.iter().filter(|number| b.binary_search(number).is_ok()).count())
    }
}

impl Alike {
    /// Whether one is a reprint of the other, if so many days lie between them (none: unknown).
    pub fn is_reprint(&self, days_apart: Option<u32>) -> bool {
        let Self { jaccard, contained, numbers: (compared, agree), shingles } = *self;
        let same = if shingles < SHORT { SAME_SHORT } else { SAME };
        let cut = contained >= CONTAINED && shingles >= SHORT && 2 * agree >= compared;
        (jaccard >= same || cut) && self.may_be_reprint(days_apart)
    }

    /// Whether a reprint of the other is nearly the same text, so that it may stand where that one
    /// stands.
    pub fn is_same(&self, days_apart: Option<u32>) -> bool {
        self.jaccard >= NEARLY_SAME && self.contained >= NEARLY_ALL && self.is_reprint(days_apart)
    }

    /// Whether one may be a reprint of the other if both are reprints of a third.
    pub fn may_be_reprint(&self, days_apart: Option<u32>) -> bool {
        let Self { jaccard, contained, numbers: (compared, agree), shingles } = *self;
        let share = agree as f64 / compared.max(1) as f64;
        let filled_in_anew = match compared {
            0 => false,
            // So few say nothing in a longer text.
            1..=3 => share <= 0.5 && shingles < SHORT,
            _ if compared - agree.min(compared) <= NUMBERS_DIFFER => share < NUMBERS_SHARED,
            _ => share < MANY_NUMBERS_SHARED,
        };
        let returned =
            days_apart.is_some_and(|days| days > APART) && (jaccard < RETURNED || shingles < LONG);
        let enough = jaccard >= CUT || (jaccard >= CUT_SHORT && contained >= NEARLY_ALL);
        enough && !filled_in_anew && !returned
    }
}

/// Hands the hash of every shingle to `see`, each once; returns how many there are.
fn count_shingles(folded: &str, mut see: impl FnMut(u64)) -> usize {
    const BASE: u64 = 0x9e37_79b9_7f4a_7c15;
    const LEAVING: u64 = BASE.wrapping_pow(SHINGLE as u32);
    let mut seen = HashTable::with_capacity(folded.len() / 3);
    let mut window = [0u64; SHINGLE];
    let mut rolling = 0u64;
    for (count, character) in folded.chars().filter(|&c| is_letter_or_digit(c)).enumerate() {
        let slot = &mut window[count % SHINGLE];
        let entering = u64::from(u32::from(character));
        rolling = rolling
            .wrapping_mul(BASE)
            .wrapping_add(entering)
            .wrapping_sub(slot.wrapping_mul(LEAVING));
        *slot = entering;
        if count + 1 >= SHINGLE {
            let hash = mixed(rolling);
            if let Entry::Vacant(entry) = seen.entry(hash, |&one| one == hash, |&hash| hash) {
                entry.insert(hash);
                see(hash);
            }
        }
    }
    seen.len()
}

/// The least hashes of the numbers in a text, ascending.
fn numbers(folded: &str) -> Vec<u16> {
    let mut hashes: Vec<u16> = ascii_runs(folded, |byte| byte.is_ascii_digit() || byte == b'.')
        .map(|number| folded[number].trim_matches('.').trim_start_matches('0'))
        .filter(|number| !number.is_empty())
        .map(|number| {
            let text =
                number.bytes().fold(0u64, |sum, byte| sum.wrapping_mul(257) + u64::from(byte));
            (mixed(text) >> 48) as u16
        })
        .collect();
    hashes.sort_unstable();
    hashes.dedup();
    hashes.truncate(NUMBERS);
    hashes
}

/// The bin of a hash: bins lie in the order of hashes.
fn bin(hash: u64) -> usize {
    ((u128::from(hash) * BINS as u128) >> 64) as usize
}

/// Spreads a number over all 64 bits (the finisher of `SplitMix64`, Steele and others 2014).
fn mixed(number: u64) -> u64 {
    let mut z = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ z >> 31
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::*;

    const AGREED: &str = "佛山市与茂名市昨天签订人才合作框架协议，双方将在佛山市南海区共建人才飞地，\
        首批二十三家企业已经入驻。茂名的企业把研发团队放到佛山，享受当地的人才政策；佛山的高校和实验室\
        向茂名开放设备。两地还将互认职称，联合培养技师，每年举办两场招聘会，并设立专门的服务窗口。";

    fn alike(a: &str, b: &str) -> Alike {
        let likeness = |text| Likeness::of_original(text).expect("long enough");
        likeness(a).compare(&likeness(b))
    }

    #[test]
    fn a_reprint_is_told_by_its_text() {
        let reprint = format!("本报讯（记者 某某）{}（来源：某报）", AGREED.replace('，', ","));
        assert!(alike(AGREED, &reprint).is_reprint(None), "{:?}", alike(AGREED, &reprint));
        let cut: String = AGREED.chars().take(100).collect();
        assert!(alike(AGREED, &cut).is_reprint(Some(1)), "{:?}", alike(AGREED, &cut));
        let traditional = AGREED.replace('与', "與").replace('签', "簽").replace('双', "雙");
        assert!((alike(AGREED, &traditional).jaccard - 1.0).abs() < 1e-9, "标点、字形不算");
        let other = "茂名市近日在佛山设立人才飞地，来自两地的企业可以在那里共同招揽人才，当地政府为入驻者\
            提供办公场所与住房补贴，预计三年内吸引一百名博士。佛山市表示欢迎更多城市前来设立飞地。";
        assert!(!alike(AGREED, other).is_reprint(None), "{:?}", alike(AGREED, other));
    }

    #[test]
    fn a_form_filled_in_anew_is_no_reprint() {
        let prices = |day: u32, price: &str, change: &str| {
            format!(
                "截至2023年8月{day}日收盘，某某环保股份报收于{price}港元，下跌{change}%，换手率0.05%，\
                 成交量16.{day}万股，成交额4{day}.3万港元。资金流向数据方面，当日该股主力资金没有净流入，\
                 近五日内该股资金流向一览见下表。该股主要指标及行业内排名如下，以上内容由公开信息整理。"
            )
        };
        let (monday, friday) = (prices(3, "2.73", "0.36"), prices(7, "2.68", "1.45"));
        assert!(alike(&monday, &friday).jaccard > SAME, "格式几乎一样");
        assert!(!alike(&monday, &friday).is_reprint(Some(4)));
        assert!(alike(&monday, &monday).is_reprint(Some(4)));
    }

    #[test]
    fn an_announcement_that_returns_every_year_is_no_reprint() {
        let yearly = "国家有关部门负责人将于31日晚通过广播电视和互联网发表新年贺词，届时各大媒体将予以播出，\
            请各地听众和观众按时收听收看。";
        assert!(!alike(yearly, yearly).is_reprint(Some(365)));
        assert!(alike(yearly, yearly).is_reprint(Some(2)));
        assert_eq!(Likeness::of_original("太短的文字"), None);
    }

    /// Exact Jaccard similarity of the shingles of two texts.
    fn jaccard(a: &str, b: &str) -> f64 {
        let set = |text: &str| {
            let mut set = HashSet::new();
            count_shingles(text, |hash| assert!(set.insert(hash), "each once"));
            set
        };
        let (a, b) = (set(a), set(b));
        a.intersection(&b).count() as f64 / a.union(&b).count().max(1) as f64
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]

        #[test]
        fn the_estimate_is_near_the_truth(
            shared in "[一-龥]{60,400}", left in "[一-龥]{0,300}", right in "[一-龥]{0,300}",
        ) {
            let (a, b) = (format!("{left}{shared}"), format!("{shared}{right}"));
            let truth = jaccard(&a, &b);
            let estimate = alike(&a, &b).jaccard;
            // Five standard errors.
            prop_assert!((estimate - truth).abs() < 0.18, "{estimate} for {truth}");
        }

        #[test]
        fn what_is_kept_comes_back(text in "[一-龥]{20,80}([0-9.]{1,4}[一-龥]){0,30}") {
            if let Some(likeness) = Likeness::of(&text) {
                let words = likeness.words();
                prop_assert_eq!(words.len(), Likeness::WORDS);
                let (word, key) = Likeness::band(0);
                prop_assert_eq!(key(words[word]) as u8, likeness.bins[0]);
                let (word, key) = Likeness::band(Likeness::BANDS - 1);
                prop_assert_eq!(key(words[word]) >> 24, u32::from(likeness.bins[BINS - 1]));
                prop_assert_eq!(Likeness::read(&words), Some(likeness));
            }
        }
    }
}
