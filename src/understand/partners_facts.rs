//! The sentence that says who works with whom → what it is about, its form, how far it has come,
//! when that was, and the figures beside it.

use super::partners_said::Sentence;
use super::partners_words::{Cue, KINDS, Role, kind_number};
use super::places_named::Text;
use crate::article::{Figure, NewsDate, Status};

/// What counts for the kind of a cooperation.
pub(super) struct About<'a> {
    /// Words of the part of the sentence that says so.
    pub(super) said: &'a [Cue],
    /// Words of the whole sentence.
    pub(super) sentence: &'a [Cue],
    /// Words of the headline.
    pub(super) title: &'a [Cue],
    /// Words of all other sentences about the same partners.
    pub(super) others: Vec<&'a [Cue]>,
    /// Whether a programme of the State or paired assistance binds the partners.
    pub(super) paired: bool,
}

/// What partners work together on: a name of [`KINDS`].
pub(super) fn kind(about: &About) -> &'static str {
    let mut scores = [0.0f32; KINDS.len()];
    let mut count = |cues: &[Cue], weight: f32| {
        for cue in cues {
            for &kind in &cue.word.kinds {
                scores[kind] += weight * f32::from(cue.word.strength.max(1));
            }
        }
    };
    count(about.said, 2.0);
    count(about.sentence, 1.0);
    count(about.title, 1.5);
    for cues in about.others.iter().take(6) {
        count(cues, 0.3);
    }
    let named = |name: &str| kind_number(name).unwrap_or(0);
    let (enclave, labour, help) = (named("人才飞地"), named("劳务协作"), named("对口帮扶"));
    let holds = |cues: &[Cue], kind: usize, least: u8| {
        cues.iter()
            .any(|c| c.word.strength >= least && c.word.kinds == [kind] && c.is_cooperation())
    };
    if holds(about.sentence, enclave, 3) || holds(about.title, enclave, 3) {
        return KINDS[enclave];
    }
    if holds(about.said, labour, 3) {
        return KINDS[labour];
    }
    if about.paired {
        return KINDS[help];
    }
    // Assistance without a programme is what it is about.
    scores[help] *= 0.3;
    let best = (0..KINDS.len()).rev().max_by(|&a, &b| scores[a].total_cmp(&scores[b]));
    match best {
        Some(kind) if scores[kind] > 0.0 => KINDS[kind],
        _ => "区域一体化",
    }
}

/// The form of a cooperation: the one named nearest to what is said.
pub(super) fn form(said: &[Cue], sentence: &[Cue]) -> Option<&'static str> {
    let strongest = |cues: &[Cue]| {
        cues.iter()
            .filter(|cue| !cue.word.form.is_empty())
            .max_by_key(|cue| (cue.word.strength, std::cmp::Reverse(cue.start)))
            .map(|cue| cue.word.form)
    };
    strongest(said).or_else(|| strongest(sentence))
}

/// How far a cooperation has come, by the words of the sentence: what is opened is signed, too.
pub(super) fn status(sentence: &[Cue]) -> Option<Status> {
    let has = |status| sentence.iter().any(|cue| cue.word.status == Some(status));
    if has(Status::Proposed) && !has(Status::Running) {
        return Some(Status::Proposed);
    }
    [Status::Opened, Status::Signed, Status::Running].into_iter().find(|&status| has(status))
}

/// Whether something has come about in a sentence: signed, opened, or counted.
pub(super) fn is_event(sentence: &[Cue]) -> bool {
    sentence.iter().any(|cue| {
        matches!(cue.word.status, Some(Status::Signed | Status::Opened))
            && matches!(cue.word.role, Role::State | Role::Act | Role::Thing)
    })
}

/// A whole number at a place, and one past its end.
fn number(text: &Text, start: usize) -> Option<(u32, usize)> {
    let end = (start..text.chars.len()).take_while(|&at| text.at(at).is_ascii_digit()).last()? + 1;
    let digits: String = text.chars[start..end].iter().collect();
    Some((digits.parse().ok()?, end))
}

/// The date of the event in a sentence: the first day with a month, else the first month of a year.
pub(super) fn date(text: &Text, sentence: Sentence) -> Option<NewsDate> {
    let mut year = None;
    let mut month_only = None;
    let mut at = sentence.start;
    while at < sentence.end {
        if !text.at(at).is_ascii_digit() {
            at += 1;
            continue;
        }
        let Some((value, end)) = number(text, at) else {
            at += 1;
            continue;
        };
        match text.at(end) {
            '年' if (1980..2100).contains(&value) => year = u16::try_from(value).ok(),
            '月' => {
                let month = u8::try_from(value).ok();
                let day = number(text, end + 1).filter(|&(_, end)| text.at(end) == '日');
                let day = day.and_then(|(day, _)| u8::try_from(day).ok());
                // 「1-7月」 is a period, no date.
                let period = matches!(text.before(at), '-' | '至' | '—');
                if let Some(date) = NewsDate::new(year, month, day).filter(|_| !period) {
                    if day.is_some() {
                        return Some(date);
                    }
                    month_only = month_only.or(year.map(|_| date));
                }
            }
            _ => {}
        }
        at = end;
    }
    month_only.or_else(|| NewsDate::new(year, None, None))
}

/// What is worth keeping of the many numbers in news: what they count, before or after them.
const COUNTED: &[&str] = &[
    "签约项目",
    "合作项目",
    "产业项目",
    "帮扶项目",
    "项目",
    "总投资额",
    "总投资",
    "投资额",
    "投资",
    "协议",
    "帮扶资金",
    "援助资金",
    "援建资金",
    "财政资金",
    "资金",
    "企业",
    "园区",
    "平台",
    "岗位",
    "就业",
    "务工人员",
    "劳动力",
    "医疗队员",
    "医务人员",
    "医生",
    "专家",
    "干部人才",
    "干部",
    "教师",
    "人才",
    "志愿者",
    "群众",
    "面积",
    "事项",
    "案件",
    "销售额",
    "成交额",
    "采购额",
    "交易额",
    "消费",
    "销售",
    "物资",
    "学校",
    "医院",
    "村",
    "患者",
    "手术",
    "全长",
    "班次",
    "产值",
    "意向",
    "签约",
    "捐赠",
    "合作金额",
];
/// Measure words that count cooperation.
const MEASURES: &[&str] = &[
    "人次",
    "元",
    "个",
    "家",
    "项",
    "名",
    "人",
    "所",
    "份",
    "件",
    "亩",
    "公里",
    "平方公里",
    "平方米",
    "万吨",
    "吨",
    "例",
    "台",
    "条",
    "对",
    "户",
    "宗",
    "场",
    "期",
];
/// At most so many figures of one sentence are kept.
const MOST_FIGURES: usize = 6;

/// The figures in a sentence.
pub(super) fn figures(text: &Text, sentence: Sentence, original: &[char]) -> Vec<Figure> {
    let mut figures = Vec::new();
    let mut at = sentence.start;
    while at < sentence.end && figures.len() < MOST_FIGURES {
        if !text.at(at).is_ascii_digit() || text.before(at).is_ascii_alphanumeric() {
            at += 1;
            continue;
        }
        let end = (at..sentence.end)
            .take_while(|&i| text.at(i).is_ascii_digit() || matches!(text.at(i), '.' | ','))
            .last()
            .map_or(at + 1, |last| last + 1);
        if let Some((figure, after)) = figure(text, sentence, at, end, original) {
            figures.push(figure);
            at = after;
        } else {
            at = end;
        }
    }
    figures
}

fn figure(
    text: &Text,
    sentence: Sentence,
    start: usize,
    end: usize,
    original: &[char],
) -> Option<(Figure, usize)> {
    let digits: String = text.chars[start..end].iter().filter(|c| **c != ',').collect();
    let mut value: f64 = digits.trim_end_matches('.').parse().ok()?;
    let mut at = end;
    let skip_about = |at: usize| at + usize::from(matches!(text.at(at), '多' | '余'));
    at = skip_about(at);
    loop {
        let factor = match text.at(at) {
            '千' => 1e3,
            '万' => 1e4,
            '亿' => 1e8,
            _ => break,
        };
        value *= factor;
        at += 1;
    }
    at = skip_about(at);
    let measure =
        MEASURES.iter().filter(|measure| text.has(at, measure)).max_by_key(|m| m.len())?;
    let after = at + measure.chars().count();
    let unit = if *measure == "元" { "CNY" } else { measure };
    // 「72个项目」, else 「签约项目72个」; money is always named before.
    let stops = |at: &usize| !matches!(text.at(*at), ',' | '、' | ';' | '。' | ':');
    let behind: Vec<usize> = (after..(after + 5).min(sentence.end)).take_while(stops).collect();
    let earliest = sentence.start.max(start.saturating_sub(10));
    let before: Vec<usize> = (earliest..start).rev().take_while(stops).collect();
    let named_in = |places: &[usize]| -> Option<&'static str> {
        let stands = |word: &&&'static str| places.iter().any(|&at| text.has(at, word));
        COUNTED.iter().filter(stands).max_by_key(|word| word.len()).copied()
    };
    let what = match *measure {
        "元" => named_in(&before)?,
        _ => named_in(&behind).or_else(|| named_in(&before))?,
    };
    let span = text.folded.original(start..after);
    let words = original.get(span.start as usize..span.end as usize)?.iter().collect();
    let figure = Figure { what: what.to_owned(), value, unit: unit.to_owned(), text: words };
    Some((figure, after))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::Field;

    fn whole(text: &Text) -> Sentence {
        Sentence { text: 1, start: 0, end: text.chars.len(), item: 0 }
    }

    #[test]
    fn figures_keep_what_they_count() {
        let read = |original: &str| -> String {
            let text = Text::new(Field::Body, original);
            let characters: Vec<char> = original.chars().collect();
            let figures = figures(&text, whole(&text), &characters);
            let written: Vec<String> = figures
                .iter()
                .map(|f| format!("{} {} {} [{}]", f.what, f.value, f.unit, f.text))
                .collect();
            written.join("; ")
        };
        for (text, expected) in [
            (
                "签约项目72个，总投资近300亿元",
                "签约项目 72 个 [72个]; 总投资 30000000000 CNY [300亿元]",
            ),
            ("先后选派4批共24名干部人才", "干部人才 24 名 [24名]"),
            ("现场签约15个项目", "项目 15 个 [15个]"),
            ("第3届博览会于8月16日开幕，气温30度", ""),
            ("捐赠１，２００万元", "捐赠 12000000 CNY [１，２００万元]"),
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
    }

    #[test]
    fn the_date_is_as_precise_as_the_sentence() {
        let read = |original: &str| {
            let text = Text::new(Field::Body, original);
            date(&text, whole(&text)).map(|date| date.to_string())
        };
        for (text, expected) in [
            ("2023年8月15日，双方签约", Some("2023-08-15")),
            ("12月12日，中心揭牌", Some("--12-12")),
            ("2019年，四地建立机制", Some("2019")),
            ("2022年5月签署协议", Some("2022-05")),
            ("1-7月两地贸易增长", None),
            ("两地签约", None),
        ] {
            assert_eq!(read(text).as_deref(), expected, "{text}");
        }
    }
}
