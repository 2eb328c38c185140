//! Places and words of an article → who works with whom, on what, and the sentence that says so.
//!
//! Three steps, a file each: `partners_words.rs` finds the words of working together,
//! `partners_said.rs` reads each sentence as claims about certain places, and `partners_facts.rs`
//! reads kind, form, status, date and figures from the best sentence. This file weighs the claims
//! of an article together: several sentences, the headline, and what the article is about.
//!
//! What counts as cooperation, at which level a partner is named and when many partners are one
//! alliance is described in `data/partnership/README.md`.

use super::gazetteer::{Gazetteer, Target};
use super::partners_facts::{self, About};
use super::partners_said::{Claim, Party, Said, Sentence, parties, sentences};
use super::partners_words::{self, Cue, Role, have_programme};
use super::places::Named;
use super::places_about::Use;
use super::places_named::Text;
use crate::article::{Alliance, Cooperation, Partnership, Span, Status};

pub use super::partners_words::{KINDS, fingerprint, terms};

/// The partners that an article tells of.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Together {
    /// Pairs, the surest first.
    pub partners: Vec<Partnership>,
    /// Circles of more than four, and regions that act as one.
    pub alliances: Vec<Alliance>,
}

/// From this weight on a claim is believed.
const BELIEVED: f32 = 3.0;
/// Longest evidence, in characters.
const LONGEST_EVIDENCE: usize = 150;
/// Somebody speaks: what is said is less a proof than what is reported.
const SPOKEN: &[&str] = &["表示", "说:", "指出", "认为", "他说", "她说", "强调", "告诉记者"];
/// Headlines of articles that gather unrelated news.
const DIGESTS: &[&str] = &[
    "快讯",
    "简讯",
    "速览",
    "一周",
    "早报",
    "晚报",
    "早知道",
    "汇总",
    "集锦",
    "要闻",
    "短讯",
    "盘点",
];

/// Reads who works with whom. Spans are in characters of the texts as given.
pub(super) fn find(title: &str, body: &str, named: &Named) -> Together {
    if !is_worth_reading(named) {
        return Together::default();
    }
    let article = Reading::new(named);
    let mut circles = article.circles();
    article.support(&mut circles);
    let believed = Reading::believed(circles);
    if believed.is_empty() {
        return article.region_as_one(title, body);
    }
    let originals: [Vec<char>; 2] = [title.chars().collect(), body.chars().collect()];
    let mut together = Together::default();
    let name = |place: u16| Gazetteer::get().at(place).name.to_owned();
    for circle in believed {
        let fact = article.fact(&circle, &originals);
        match circle.places.as_slice() {
            &[a, b] => together.partners.push(Partnership { a: name(a), b: name(b), fact }),
            many => together
                .alliances
                .push(Alliance { members: many.iter().map(|&place| name(place)).collect(), fact }),
        }
    }
    together
}

/// Whether an article names two places, or a region that might act.
fn is_worth_reading(named: &Named) -> bool {
    let mut first = None;
    named.weighed.spots.iter().any(|(spot, _)| match spot.target {
        Target::Region(_) => true,
        Target::Division(index) => {
            let province = Gazetteer::get().city_index(index).unwrap_or(index);
            let first = *first.get_or_insert(province);
            first != province
        }
    })
}

/// An article cut into sentences, with the parties and words of each.
struct Reading<'a> {
    named: &'a Named,
    sentences: Vec<Sentence>,
    parties: [Vec<Party>; 2],
    cues: [Vec<Cue>; 2],
    digest: bool,
}

/// Some places and all that is said of them.
struct Circle {
    places: Vec<u16>,
    item: usize,
    weight: f32,
    /// The claims with the number of their sentence.
    claims: Vec<(usize, Claim)>,
    /// Further sentences that speak of them as 「两地」.
    echoes: Vec<usize>,
}

impl<'a> Reading<'a> {
    fn new(named: &'a Named) -> Self {
        let [title, body] = &named.texts;
        let digest = DIGESTS.iter().any(|word| title.folded.text.contains(word));
        let mut all = sentences(title, 0, false);
        all.extend(sentences(body, 1, digest));
        let of = |number: usize| {
            let spots = &named.weighed.spots;
            let start = spots.partition_point(|(spot, _)| spot.text < number);
            let end = spots.partition_point(|(spot, _)| spot.text <= number);
            parties(&named.texts[number], &spots[start..end])
        };
        let parties = [of(0), of(1)];
        let cues = [partners_words::cues(title), partners_words::cues(body)];
        Self { named, sentences: all, parties, cues, digest }
    }

    fn cues_of(&self, sentence: Sentence) -> &[Cue] {
        let cues = &self.cues[sentence.text];
        let start = cues.partition_point(|cue| cue.start < sentence.start);
        let end = cues.partition_point(|cue| cue.start < sentence.end);
        &cues[start..end]
    }

    fn parties_of(&self, sentence: Sentence) -> &[Party] {
        let parties = &self.parties[sentence.text];
        let start = parties.partition_point(|party| party.start < sentence.start);
        let end = parties.partition_point(|party| party.start < sentence.end);
        &parties[start..end]
    }

    /// The city that the article is about most.
    fn topic(&self) -> Option<u16> {
        if self.digest {
            return None;
        }
        let weighed = &self.named.weighed;
        let titled = |place: u16| self.parties[0].iter().any(|party| party.place == place);
        let mut cities = weighed.cities.iter().filter(|total| total.subject);
        match (cities.next(), cities.next()) {
            (Some(first), other) if other.is_none() || titled(first.index) => Some(first.index),
            _ => {
                let mut provinces = weighed.provinces.iter().filter(|total| total.subject);
                provinces.by_ref().map(|total| total.index).find(|&place| titled(place))
            }
        }
    }

    /// Whether words speak of paired assistance.
    fn speak_of_pairs<'c>(cues: impl IntoIterator<Item = &'c Cue>) -> bool {
        cues.into_iter().any(|cue| cue.word.role == Role::Help && cue.word.strength >= 2)
    }

    /// All claims, put together by places.
    fn circles(&self) -> Vec<Circle> {
        let mut circles: Vec<Circle> = Vec::new();
        let topic = self.topic();
        // Of the whole article, since a text without items speaks of one thing; looked for once,
        // since a text may be a book.
        let paired = !self.digest && Self::speak_of_pairs(self.cues.iter().flatten());
        for (number, &sentence) in self.sentences.iter().enumerate() {
            let parties = self.parties_of(sentence);
            let bodies = self.cues_of(sentence).iter().any(|cue| cue.word.role == Role::Body);
            if (parties.is_empty() && !bodies) || (self.digest && sentence.text == 0) {
                continue;
            }
            let said = Said {
                text: &self.named.texts[sentence.text],
                parties,
                cues: self.cues_of(sentence),
                topic,
                paired: if self.digest {
                    Self::speak_of_pairs(self.cues_of(sentence))
                } else {
                    paired
                },
            };
            for claim in said.claims() {
                let known = circles
                    .iter_mut()
                    .find(|circle| circle.places == claim.places && circle.item == sentence.item);
                if let Some(circle) = known {
                    circle.weight = circle.weight.max(claim.weight);
                    circle.claims.push((number, claim));
                } else {
                    circles.push(Circle {
                        places: claim.places.clone(),
                        item: sentence.item,
                        weight: claim.weight,
                        claims: vec![(number, claim)],
                        echoes: Vec::new(),
                    });
                }
            }
        }
        circles
    }

    /// Whether the article is about a place, or about one in it.
    fn is_about(&self, place: u16) -> bool {
        let weighed = &self.named.weighed;
        weighed.cities.iter().chain(&weighed.provinces).any(|t| t.index == place && t.subject)
    }

    /// What other sentences add to each circle.
    fn support(&self, circles: &mut [Circle]) {
        let coarse: Vec<(Vec<u16>, usize, f32)> =
            circles.iter().map(|c| (c.places.clone(), c.item, c.weight)).collect();
        let abroad = self.cues.iter().flatten().filter(|cue| cue.word.role == Role::Abroad).count();
        for circle in circles.iter_mut() {
            let serious = circle.claims.iter().filter(|(_, c)| c.weight >= 2.0).count();
            circle.weight += (serious.saturating_sub(1) as f32 * 0.5).min(1.0);
            if circle.claims.iter().any(|&(n, _)| self.sentences[n].text == 0) {
                circle.weight += 0.5;
            }
            let about = circle.places.iter().filter(|&&place| self.is_about(place)).count();
            if about < circle.places.len() {
                circle.weight -= 0.5;
            }
            let framed = coarse.iter().any(|(places, item, weight)| {
                circle.weight >= 1.0
                    && *item == circle.item
                    && *weight >= BELIEVED
                    && is_finer(&circle.places, places)
            });
            // Much of an article about another country is what the countries do.
            circle.weight -= if abroad >= 4 { 1.0 } else { 0.0 };
            circle.weight += if framed { 2.0 } else { 0.0 };
        }
        // 「双方签订协议」 speaks of the only two that the article tells of.
        for (number, &sentence) in self.sentences.iter().enumerate() {
            let cues = self.cues_of(sentence);
            let both: Vec<&Cue> = cues.iter().filter(|cue| cue.word.role == Role::Both).collect();
            let text = &self.named.texts[sentence.text];
            // 「双方」 may be anybody; 「两地」 are places.
            let places =
                both.iter().any(|cue| !text.has_any(cue.start, &["双方", "各方", "三方", "四方"]));
            let least = if places { 0.0 } else { 2.5 };
            let wish = cues.iter().any(|cue| cue.word.role == Role::Wish);
            let acts = cues.iter().any(|cue| cue.is_cooperation() && cue.word.strength > 1);
            if both.is_empty() || wish || !acts || self.parties_of(sentence).len() > 2 {
                continue;
            }
            let mut best: Option<(f32, usize)> = None;
            for (position, circle) in circles.iter().enumerate() {
                if circle.item == sentence.item
                    && circle.places.len() == 2
                    && best.is_none_or(|(most, _)| circle.weight > most)
                {
                    best = Some((circle.weight, position));
                }
            }
            if let Some((_, position)) = best.filter(|(weight, _)| *weight >= least) {
                let strongest = cues.iter().filter(|cue| cue.is_cooperation());
                let strongest = strongest.map(|cue| cue.word.strength).max().unwrap_or(2);
                // What is said of three is said of each two of them.
                let first = circles[position].claims.first().map(|(n, c)| (*n, c.from, c.to));
                for circle in circles.iter_mut() {
                    if circle.claims.first().map(|(n, c)| (*n, c.from, c.to)) != first {
                        continue;
                    }
                    if circle.echoes.len() < 2 {
                        circle.weight += 0.25 + 0.25 * f32::from(strongest);
                    }
                    circle.echoes.push(number);
                }
            }
        }
    }

    /// The circles that are believed: at the finest level, and not the parts of a larger one.
    fn believed(circles: Vec<Circle>) -> Vec<Circle> {
        let said = |circle: &Circle| {
            circle.claims.iter().any(|(_, claim)| claim.cued) || !circle.echoes.is_empty()
        };
        let mut believed: Vec<Circle> = circles
            .into_iter()
            .filter(|circle| circle.weight >= BELIEVED && said(circle))
            .collect();
        let kept: Vec<bool> = believed
            .iter()
            .map(|circle| {
                !believed.iter().any(|other| {
                    other.item == circle.item
                        && (is_finer(&other.places, &circle.places)
                            || other.places.len() > circle.places.len()
                                && circle.places.iter().all(|p| other.places.contains(p)))
                })
            })
            .collect();
        let mut kept = kept.into_iter();
        believed.retain(|_| kept.next().unwrap_or(true));
        believed
            .sort_by(|a, b| b.weight.total_cmp(&a.weight).then_with(|| a.places.cmp(&b.places)));
        // A digest may tell of the same places twice.
        let mut seen: Vec<Vec<u16>> = Vec::new();
        believed.retain(|circle| {
            let new = !seen.contains(&circle.places);
            seen.push(circle.places.clone());
            new
        });
        believed
    }

    /// Everything about the best sentence of a circle.
    fn fact(&self, circle: &Circle, originals: &[Vec<char>; 2]) -> Cooperation {
        let mut best: Option<(f32, usize, usize, usize)> = None;
        let mut consider = |value: f32, number: usize, from: usize, to: usize| {
            let sentence = self.sentences[number];
            let cues = self.cues_of(sentence);
            let text = &self.named.texts[sentence.text];
            let digits = (sentence.start..sentence.end).any(|at| text.at(at).is_ascii_digit());
            let mut value = value;
            value += if partners_facts::is_event(cues) { 0.7 } else { 0.0 };
            value += if digits { 0.3 } else { 0.0 };
            let has = |wanted: fn(&Cue) -> bool| cues.iter().any(wanted);
            value -= if sentence.text == 0 { 1.0 } else { 0.0 };
            value += if sentence.text == 1 && sentence.start < 200 { 0.4 } else { 0.0 };
            value -= if has(|c| c.word.role == Role::Wish) { 0.7 } else { 0.0 };
            value -= if has(|c| c.word.status == Some(Status::Proposed)) { 0.4 } else { 0.0 };
            let quoted = (sentence.start..sentence.end).any(|at| text.has_any(at, SPOKEN));
            value -= if quoted { 0.5 } else { 0.0 };
            value -= if sentence.end - sentence.start > 110 { 0.3 } else { 0.0 };
            if best.is_none_or(|(most, ..)| value > most) {
                best = Some((value, number, from, to));
            }
        };
        for (number, claim) in &circle.claims {
            consider(claim.weight.min(4.0), *number, claim.from, claim.to);
        }
        for &number in &circle.echoes {
            let sentence = self.sentences[number];
            let strongest = self.cues_of(sentence).iter().filter(|c| c.is_cooperation());
            let span = strongest.max_by_key(|c| c.word.strength).map(|c| (c.start, c.end));
            let (from, to) = span.unwrap_or((sentence.start, sentence.end));
            consider(2.6, number, from, to);
        }
        let (_, number, from, to) = best.unwrap_or((0.0, 0, 0, 0));
        self.cooperation(circle, number, from..to, originals)
    }

    fn cooperation(
        &self,
        circle: &Circle,
        number: usize,
        said: std::ops::Range<usize>,
        originals: &[Vec<char>; 2],
    ) -> Cooperation {
        let sentence = self.sentences[number];
        let text = &self.named.texts[sentence.text];
        let original = &originals[sentence.text];
        let cues = self.cues_of(sentence);
        let first = cues.partition_point(|cue| cue.start < said.start);
        let last = cues.partition_point(|cue| cue.start < said.end);
        let title: &[Cue] = if self.digest { &[] } else { &self.cues[0] };
        let others: Vec<&[Cue]> = circle
            .claims
            .iter()
            .map(|(n, _)| *n)
            .chain(circle.echoes.iter().copied())
            .filter(|&n| n != number)
            .map(|n| self.cues_of(self.sentences[n]))
            .collect();
        let about = About {
            said: &cues[first..last],
            sentence: cues,
            title,
            paired: self.is_paired(circle, cues, title, &others),
            others,
        };
        let part = part_with(text, sentence, said);
        let span = text.folded.original(part.clone());
        let kept = original.get(span.start as usize..span.end as usize).unwrap_or_default();
        let (span, evidence) = trimmed(span, kept);
        Cooperation {
            kind: partners_facts::kind(&about).to_owned(),
            form: partners_facts::form(about.said, cues).map(str::to_owned),
            status: partners_facts::status(cues),
            date: partners_facts::date(text, sentence),
            figures: partners_facts::figures(text, sentence, original),
            evidence,
            field: text.field,
            span,
        }
    }

    /// Whether paired assistance binds the partners, by what is said of them.
    fn is_paired(&self, circle: &Circle, cues: &[Cue], title: &[Cue], others: &[&[Cue]]) -> bool {
        let help = |cues: &[Cue], least: u8| {
            cues.iter().any(|cue| cue.word.role == Role::Help && cue.word.strength >= least)
        };
        // 「结对」 alone pairs families, too; 「援疆」 names a programme.
        let named = |cues: &[Cue]| {
            cues.iter().any(|cue| {
                let word = cue.word;
                word.role == Role::Help
                    && (word.strength > 2 || word.strength == 2 && word.form.is_empty())
            })
        };
        let near = named(cues) || named(title) || others.iter().any(|cues| named(cues));
        let bound = match circle.places.as_slice() {
            &[a, b] => have_programme(a, b),
            _ => false,
        };
        let anywhere = || help(&self.cues[1], 2) || self.names_programme();
        near || (bound && (anywhere() || help(cues, 1)))
    }

    /// Whether a programme is named by its abbreviations: 「沪滇协作」.
    fn names_programme(&self) -> bool {
        self.parties.iter().zip(&self.named.texts).any(|(parties, text)| {
            parties.iter().any(|party| {
                party.abbreviation && text.has_any(party.end, &["协作", "对口", "帮扶", "扶贫"])
            })
        })
    }

    /// A region whose members are not named, where they are said to do something together.
    fn region_as_one(&self, title: &str, body: &str) -> Together {
        let originals: [Vec<char>; 2] = [title.chars().collect(), body.chars().collect()];
        let regions = Gazetteer::get().regions();
        let mut best: Option<(f32, usize, std::ops::Range<usize>, u16)> = None;
        for (spot, used) in &self.named.weighed.spots {
            let Target::Region(index) = spot.target else { continue };
            if *used == Use::InName || self.digest {
                continue;
            }
            let listed = regions.get(index as usize).is_some_and(|region| region.listed);
            let Some(number) = self
                .sentences
                .iter()
                .position(|s| s.text == spot.text && s.start <= spot.start && spot.end <= s.end)
            else {
                continue;
            };
            let sentence = self.sentences[number];
            let cues = self.cues_of(sentence);
            let thing = cues.iter().find(|cue| {
                cue.start >= spot.end
                    && cue.start - spot.end <= 20
                    && matches!(
                        cue.word.form,
                        "协作机制" | "联席会议" | "城市联盟" | "规划" | "框架协议"
                    )
            });
            let Some(thing) = thing.filter(|_| listed) else { continue };
            let done = cues
                .iter()
                .any(|c| matches!(c.word.role, Role::State | Role::Act) && c.word.strength > 0);
            let wish = cues.iter().any(|cue| cue.word.role == Role::Wish);
            let text = &self.named.texts[spot.text];
            let stops = |at: usize| matches!(text.at(at), ',' | ':' | ' ');
            let clause = (sentence.start..spot.start).rev().find(|&at| stops(at));
            let clause = clause.map_or(sentence.start, |at| at + 1);
            // 「要落实好京津冀协调联动机制」 asks for it.
            let asked = text.has_any(clause, &["要", "应", "加强", "推动", "完善", "健全", "落实"]);
            let value = f32::from(thing.word.strength) + if done { 1.0 } else { 0.0 }
                - if wish || asked { 1.5 } else { 0.0 }
                - if sentence.text == 0 { 0.5 } else { 0.0 };
            if value >= BELIEVED && best.as_ref().is_none_or(|(most, ..)| value > *most) {
                best = Some((value, number, spot.start..thing.end, index));
            }
        }
        let Some((weight, number, said, index)) = best else { return Together::default() };
        let circle =
            Circle { places: Vec::new(), item: 0, weight, claims: Vec::new(), echoes: Vec::new() };
        let fact = self.cooperation(&circle, number, said, &originals);
        let members =
            regions.get(index as usize).map(|region| region.name.to_owned()).into_iter().collect();
        Together { partners: Vec::new(), alliances: vec![Alliance { members, fact }] }
    }
}

/// Whether some places are those of another circle, at least one of them named more finely.
fn is_finer(finer: &[u16], coarser: &[u16]) -> bool {
    let gazetteer = Gazetteer::get();
    let within = |inner: u16, outer: u16| inner == outer || gazetteer.lies_in(inner, outer);
    finer != coarser
        && finer.len() == 2
        && coarser.len() == 2
        && ((within(finer[0], coarser[0]) && within(finer[1], coarser[1]))
            || (within(finer[0], coarser[1]) && within(finer[1], coarser[0])))
}

/// The part of a sentence that is kept as evidence: all of it, or the clauses around what is said.
fn part_with(
    text: &Text,
    sentence: Sentence,
    said: std::ops::Range<usize>,
) -> std::ops::Range<usize> {
    if sentence.end - sentence.start <= LONGEST_EVIDENCE {
        return sentence.start..sentence.end;
    }
    let stops = |at: usize| matches!(text.at(at), ',' | ':' | ' ');
    let mut start = (sentence.start..said.start)
        .rev()
        .find(|&at| stops(at))
        .map_or(sentence.start, |at| at + 1);
    let mut end = (said.end..sentence.end).find(|&at| stops(at)).unwrap_or(sentence.end);
    if end - start > LONGEST_EVIDENCE {
        start = start.max(said.start);
        end = end.min(start + LONGEST_EVIDENCE);
    }
    // Whole clauses are added as long as they fit, those after first.
    loop {
        let next = (end + 1..sentence.end).find(|&at| stops(at)).unwrap_or(sentence.end);
        if next <= end || next - start > LONGEST_EVIDENCE {
            break;
        }
        end = next;
    }
    loop {
        let before = (sentence.start..start.saturating_sub(1)).rev().find(|&at| stops(at));
        let before = before.map_or(sentence.start, |at| at + 1);
        if before >= start || end - before > LONGEST_EVIDENCE {
            break;
        }
        start = before;
    }
    start..end
}

/// Takes white space from both ends of an evidence.
fn trimmed(span: Span, kept: &[char]) -> (Span, String) {
    let lead = kept.iter().take_while(|c| c.is_whitespace()).count();
    let tail = kept[lead..].iter().rev().take_while(|c| c.is_whitespace()).count();
    let words: String = kept[lead..kept.len() - tail].iter().collect();
    (Span { start: span.start + lead as u32, end: span.end - tail as u32 }, words)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::understand::places;

    fn read(title: &str, body: &str) -> Together {
        let (_, named) = places::find_and_keep(title, body);
        find(title, body, &named)
    }

    /// 「佛山市—茂名市 人才飞地; …」, alliances after pairs.
    fn told(title: &str, body: &str) -> String {
        let together = read(title, body);
        let mut lines: Vec<String> = together
            .partners
            .iter()
            .map(|pair| format!("{}—{} {}", pair.a, pair.b, pair.fact.kind))
            .collect();
        lines.sort();
        lines.extend(
            together.alliances.iter().map(|a| format!("{} {}", a.members.join("、"), a.fact.kind)),
        );
        lines.join("; ")
    }

    fn check(cases: &[(&str, &str)]) {
        for (body, expected) in cases {
            assert_eq!(told("", body), *expected, "{body}");
        }
    }

    #[test]
    fn who_acts_with_whom_is_read_from_the_sentence() {
        check(&[
            ("佛山市与茂名市签署战略合作框架协议。", "佛山市—茂名市 区域一体化"),
            ("8月29日，茂名—佛山人才飞地正式揭牌。", "佛山市—茂名市 人才飞地"),
            ("上海市松江区对口帮扶云南省西双版纳州勐海县。", "上海市—西双版纳傣族自治州 对口帮扶"),
            (
                "苏州、无锡、常州三市的法院共同签署司法协作协议。",
                "常州市—苏州市 执法司法; 无锡市—常州市 执法司法; 无锡市—苏州市 执法司法",
            ),
            ("长三角G60金华（上海）科创中心今日揭牌。", "上海市—金华市 科技创新"),
            ("闽宁协作三十年，两省区共建产业园区。", "福建省—宁夏回族自治区 对口帮扶"),
            ("嘉定区援滇医疗队进驻云南省楚雄州双柏县人民医院。", "上海市—楚雄彝族自治州 对口帮扶"),
            ("由郎溪县梅渚镇至溧阳市社渚镇的省际公交开通。", "常州市—宣城市 交通互联"),
            (
                "安徽省与江苏省的人社部门签订劳务协作协议，两省互派工作站。",
                "江苏省—安徽省 劳务协作",
            ),
        ]);
    }

    #[test]
    fn two_cities_in_one_sentence_are_no_partners() {
        for body in [
            "预计明天北京和天津有大雨。",
            "他从上海来到杭州游玩，觉得两地都很美。",
            "上海合作组织成员国的代表访问青岛、天津。",
            "京沪高铁今日调图，北京至上海的列车增开。",
            "深圳某公司在东莞投资建厂。",
            "中山大学与武汉大学的学生参加比赛。",
            "陕甘宁边区的历史展在延安和西安两地展出。",
            "来往北京与广州的旅客增多。",
        ] {
            assert_eq!(told("", body), "", "{body}");
        }
    }

    #[test]
    fn the_same_is_said_in_many_ways() {
        let pairs = |body: &str| -> String {
            let mut pairs: Vec<String> = read("", body)
                .partners
                .iter()
                .map(|pair| format!("{}—{}", pair.a, pair.b))
                .collect();
            pairs.sort();
            pairs.join(" ")
        };
        let mut wrong = Vec::new();
        for (body, expected) in [
            ("苏州工业园区与西双版纳州人社局就共建技工学校达成一致。", "苏州市—西双版纳傣族自治州"),
            ("衢州海创园坐落在杭州未来科技城，是衢州市在杭州设立的创新飞地。", "杭州市—衢州市"),
            ("嘉兴在上海虹桥设立的离岸创新中心迎来首批企业。", "上海市—嘉兴市"),
            ("泉州市与陕西汉中市结为友好城市。", "泉州市—汉中市"),
            ("广州越秀区法院与香港律师会签订合作备忘录。", "广州市—香港特别行政区"),
            ("湖州市吴兴区与四川广安市广安区携手打造的产业园开园。", "湖州市—广安市"),
            ("厦门市同甘肃临夏州开展协作以来，累计投入资金5亿元。", "厦门市—临夏回族自治州"),
            ("西安市与咸阳市共同出资修建城际轨道。", "西安市—咸阳市"),
            ("南京江北新区与安徽滁州来安县签订跨界河道共管协议。", "南京市—滁州市"),
            ("上海市教委组织的20所学校与云南保山的学校一对一结对。", "上海市—保山市"),
            ("常熟与贵州思南的劳务协作，让千名务工者稳定就业。", "苏州市—铜仁市"),
            ("重庆市巴南区、四川泸州市合江县共建农旅园区，首批项目投产。", "重庆市—泸州市"),
            ("成都市青白江区和德阳市广汉市联手治理毗河水质。", "成都市—德阳市"),
            ("徐州市铜山区、淮北市相山区交警建立联勤机制，联合查处货车超载。", "徐州市—淮北市"),
            ("哈尔滨与深圳共建的园区引进了60家企业。", "哈尔滨市—深圳市"),
            ("福州市鼓楼区对口协作甘肃定西市岷县。", "福州市—定西市"),
            ("海南省海口市与广东省湛江市徐闻县合作的港航一体化项目动工。", "湛江市—海口市"),
            ("雄安新区与北京市海淀区合作共建中关村科技园。", "北京市—河北省"),
            (
                "沈阳市大东区连续举办汽车大会，与北京亦庄示范区共同组建平台，双方共建产业园区。",
                "北京市—沈阳市",
            ),
            (
                "北京与天津、河北实时共享水情信息，开展联合会商和协同调度。",
                "北京市—天津市 北京市—河北省 天津市—河北省",
            ),
            (
                "由鹤峰县公共资源交易中心主导的项目，在临沂市郯城县分中心和荆州市沙市区中心的配合下完成两省三地远程异地评标。",
                "临沂市—恩施土家族苗族自治州 临沂市—荆州市 荆州市—恩施土家族苗族自治州",
            ),
            ("广西桂林全州县文桥镇至湖南永州东安县紫溪市镇的跨省客运线路开通。", "永州市—桂林市"),
            ("这条线由郑州、许昌两市分段出资、同步建设。", "郑州市—许昌市"),
            ("其中，江苏苏州结对合作帮扶阜阳。", "苏州市—阜阳市"),
            ("厦门支援湖北医疗队275名队员今天返回。", "厦门市—湖北省"),
            ("广州消防救援支队60人连夜奔赴韶关参加抗洪抢险。", "广州市—韶关市"),
            ("浙江派出150名医务人员驰援上海。", "上海市—浙江省"),
            (
                "江苏的南京市对滁州市，苏州市对阜阳市，这些城市结成对子。",
                "南京市—滁州市 苏州市—阜阳市",
            ),
            (
                "长三角一体化深入推进，三省一市共建联合实验室。",
                "上海市—安徽省 上海市—江苏省 上海市—浙江省 安徽省—浙江省 江苏省—安徽省 江苏省—浙江省",
            ),
        ] {
            let mut expected: Vec<String> = expected.split(' ').map(ordered).collect();
            expected.sort();
            let mut found: Vec<String> = pairs(body).split(' ').map(ordered).collect();
            found.sort();
            if found != expected {
                wrong.push(format!("{body} {found:?}"));
            }
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
    }

    /// A pair with its names in one order.
    fn ordered(pair: &str) -> String {
        let mut names: Vec<&str> = pair.split('—').collect();
        names.sort_unstable();
        names.join("—")
    }

    #[test]
    fn what_others_do_to_places_is_not_what_they_do_together() {
        let mut wrong = Vec::new();
        for body in [
            "国家防总针对江苏、安徽启动应急响应，派出工作组赴安徽协助指导防汛工作。",
            "某公司向河北涿州捐赠物资100万元驰援灾区，企业来自河南郑州。",
            "公司将对北京、上海两地五场赛事展开合作营销。",
            "水利部派出工作组赴浙江、福建协助做好防御工作。",
            "旅行社推出青岛烟台威海五日游，市民反映收费过高之后，当地的执法部门表示将联合执法。",
            "京津两地明天有雨，市民出行请带伞。",
            "北京市海淀区与朝阳区签署合作协议。",
            "香港联合交易所与深圳的公司签署协议。",
        ] {
            let told = told("", body);
            if !told.is_empty() {
                wrong.push(format!("{body} {told}"));
            }
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
    }

    #[test]
    fn a_wish_is_no_partnership() {
        check(&[("代表建议珠海与中山加强交流。", ""), ("要深化粤港澳合作。", "")]);
    }

    #[test]
    fn the_finest_level_that_is_named_counts() {
        check(&[(
            "沪滇协作不断深化，上海与云南共建产业园。宝山区与曲靖市签署沪滇协作协议。",
            "上海市—曲靖市 对口帮扶",
        )]);
    }

    #[test]
    fn couples_of_a_list_are_told_apart_and_large_circles_are_alliances() {
        check(&[
            (
                "广州和清远、佛山和茂名、中山和潮州结成对口帮扶关系。",
                "中山市—潮州市 对口帮扶; 佛山市—茂名市 对口帮扶; 广州市—清远市 对口帮扶",
            ),
            (
                "承德、张家口、唐山三市检察机关与北京市平谷、怀柔两区以及天津市蓟州区检察院联合签署意见。",
                "北京市、天津市、唐山市、张家口市、承德市 执法司法",
            ),
            (
                "青岛、武汉、成都、西安、厦门五市法院签署执行联动协议。",
                "厦门市、青岛市、武汉市、成都市、西安市 执法司法",
            ),
        ]);
    }

    #[test]
    fn items_of_a_digest_say_nothing_of_each_other() {
        let body = "深圳港吞吐量创新高\n今年前5个月，深圳港增长7%。\n汕尾开渔\n汕尾渔船今天出海，两地加强合作。";
        assert_eq!(told("国内联播快讯", body), "");
    }

    #[test]
    fn what_is_run_together_names_its_partners() {
        check(&[(
            "川渝高竹新区今天揭牌。高竹新区由两地共同批准设立，重庆市、广安市双方共建。",
            "重庆市—广安市 区域一体化",
        )]);
    }

    #[test]
    fn the_sentence_stands_where_it_is_said_to_stand() {
        let body = "天气晴好。佛山市與茂名市簽署戰略合作框架協議，簽約項目72個，總投資300億元。";
        let together = read("", body);
        let fact = &together.partners.first().expect("a pair").fact;
        assert_eq!(
            fact.evidence,
            "佛山市與茂名市簽署戰略合作框架協議，簽約項目72個，總投資300億元"
        );
        let marked: String = body
            .chars()
            .skip(fact.span.start as usize)
            .take((fact.span.end - fact.span.start) as usize)
            .collect();
        assert_eq!(marked, fact.evidence);
        assert_eq!(fact.form.as_deref(), Some("框架协议"));
        assert_eq!(fact.status, Some(Status::Signed));
        let figures: Vec<(&str, f64, &str)> =
            fact.figures.iter().map(|f| (f.what.as_str(), f.value, f.unit.as_str())).collect();
        assert_eq!(figures, [("签约项目", 72.0, "个"), ("总投资", 3.0e10, "CNY")]);
    }

    /// Pieces that news of cooperation is made of.
    fn pieces() -> impl Strategy<Value = String> {
        let piece = prop::sample::select(vec![
            "佛山",
            "茂名市",
            "上海",
            "沪滇",
            "川渝",
            "京津冀",
            "长三角",
            "云南",
            "、",
            "和",
            "与",
            "，",
            "。",
            "签署",
            "合作协议",
            "对口支援",
            "援滇",
            "(",
            ")",
            "两地",
            "三地",
            "赴",
            "在",
            "考察",
            "人才飞地",
            "希望",
            "72个",
            "300亿元",
            "8月17日",
            "2023年",
            "共建",
            "长株潭都市圈",
            "等",
            "協議",
            "\n",
            "  ",
            "🙂",
        ]);
        prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #[test]
        fn evidence_lies_in_the_text(title in pieces(), body in pieces()) {
            let together = read(&title, &body);
            let pairs = together.partners.iter().map(|pair| &pair.fact);
            for fact in pairs.chain(together.alliances.iter().map(|alliance| &alliance.fact)) {
                prop_assert!(KINDS.contains(&fact.kind.as_str()));
                let text = if fact.field == crate::article::Field::Title { &title } else { &body };
                let (start, end) = (fact.span.start as usize, fact.span.end as usize);
                let marked: String = text.chars().skip(start).take(end - start).collect();
                prop_assert_eq!(&marked, &fact.evidence);
                prop_assert!(end - start <= 2 * LONGEST_EVIDENCE);
            }
            for pair in &together.partners {
                prop_assert_ne!(&pair.a, &pair.b);
            }
            prop_assert_eq!(read(&title, &body), together);
        }
    }
}
