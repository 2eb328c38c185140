//! A [`Condition`] → the query language of OpenSearch.
//!
//! `matching` says what an article has to hold, `scored` what it earns by it: the arithmetic of
//! `src/search/bag.rs` in clauses whose scores are added up. A word's clause is BM25 by the cluster,
//! whose own rarity is divided out; what the clauses cannot say (an occurrence that counts less than
//! one, the scarcest of several words) is said by a small script, the same for every query.

use serde_json::{Value, json};

use super::facts::Facts;
use super::template::{LENGTH, spaced};
use crate::query::Within;
use crate::search::{
    Alternative, Bag, Column, Concept, Condition, Freshness, HALVED, HIDDEN_COUNT, Key, Leaf, Near,
    PLACES,
};

/// What so many occurrences earn: BM25's saturation of the scarcest of some words, where a word that
/// does not count as a term counts as much as is said.
const SCARCEST: &str = "double least = 1e9; \
    for (int i = 0; i < params.terms.length; i++) { \
        double count = 0; \
        if (params.terms[i] != null) { count = termFreq(params.field, params.terms[i]); } \
        if (count == 0) { count = params.others[i]; } \
        if (count < least) { least = count; } \
    } \
    double norm = params.k * (1 - params.b + params.b * doc[params.length].value / params.average); \
    return params.worth * least * (params.k + 1) / (least + norm);";

/// What a score is multiplied by where recent articles are favoured: `src/search/fresh.rs`.
const FRESH: &str = "if (doc['first_day'].size() == 0) { return 1.0; } \
    long day = doc['first_day'].value; \
    double count = day / 10000 * 365 + day / 100 % 100 * 30 + day % 100; \
    double age = Math.max(params.newest - count, 0.0); \
    return 1.0 + params.share * Math.pow(2.0, -age / params.halved);";

/// Signs that end a sentence, folded.
const ENDS: [char; 3] = ['。', '!', '?'];

/// Name of a field.
fn name(column: Column) -> &'static str {
    match column {
        Column::Words => "words",
        Column::HiddenWords => "hidden_words",
        Column::TitleCharacters => "title_characters",
        Column::BodyCharacters => "body_characters",
        Column::Province => "province",
        Column::City => "city",
        Column::County => "county",
        Column::Region => "region",
        Column::Partnership => "partnership",
        Column::Kind => "kind",
        Column::Outlet => "outlet",
    }
}

/// The text of a term as it stands in the field.
fn text_of(key: &Key) -> String {
    match key.column {
        Column::TitleCharacters | Column::BodyCharacters => spaced(&key.text),
        _ => key.text.clone(),
    }
}

/// A term as a query.
pub(super) fn term(key: &Key) -> Value {
    json!({ "term": { name(key.column): text_of(key) } })
}

fn constant(filter: &Value, boost: f32) -> Value {
    json!({ "constant_score": { "filter": filter, "boost": boost } })
}

/// One of some queries.
fn any(mut queries: Vec<Value>) -> Value {
    match queries.len() {
        0 => json!({ "match_none": {} }),
        1 => queries.remove(0),
        _ => json!({ "bool": { "should": queries, "minimum_should_match": 1 } }),
    }
}

/// All of some queries, unscored.
fn all(mut queries: Vec<Value>) -> Value {
    if queries.len() == 1 { queries.remove(0) } else { json!({ "bool": { "filter": queries } }) }
}

/// The one and not the other.
fn without(query: Value, not: &[Value]) -> Value {
    if not.is_empty() {
        return query;
    }
    json!({ "bool": { "filter": [query], "must_not": not } })
}

/// What an article has to hold.
pub(super) fn matching(condition: &Condition) -> Value {
    match condition {
        Condition::Everything => json!({ "match_all": {} }),
        Condition::Nothing => json!({ "match_none": {} }),
        Condition::Term(key) => term(key),
        Condition::Phrase(column, text) => {
            json!({ "match_phrase": { name(*column): { "query": spaced(text) } } })
        }
        Condition::Near(near) => all(vec![matching(&near.holding), intervals(near)]),
        Condition::Days(since, until) => days(*since, *until),
        Condition::All(must, not) => {
            let must: Vec<Value> = must.iter().map(matching).collect();
            let not: Vec<Value> = not.iter().map(matching).collect();
            match (must.is_empty(), not.is_empty()) {
                (_, true) => all(must),
                (true, false) => json!({ "bool": { "must_not": not } }),
                (false, false) => json!({ "bool": { "filter": must, "must_not": not } }),
            }
        }
        Condition::Any(some) => any(some.iter().map(matching).collect()),
        Condition::Constant(inner, _) => matching(inner),
        Condition::Bag(bag) => floor(bag),
    }
}

/// What an article earns; it also has to hold what `matching` says.
pub(super) fn scored(condition: &Condition, facts: &Facts) -> Value {
    match condition {
        Condition::Constant(inner, worth) => constant(&matching(inner), *worth),
        Condition::All(must, not) => {
            let (mut earning, mut holding) = (Vec::new(), Vec::new());
            for inner in must {
                if earns(inner) {
                    earning.push(scored(inner, facts));
                } else {
                    holding.push(matching(inner));
                }
            }
            if earning.is_empty() {
                return constant(&matching(condition), 0.0);
            }
            let not: Vec<Value> = not.iter().map(matching).collect();
            json!({ "bool": { "must": earning, "filter": holding, "must_not": not } })
        }
        Condition::Any(some) if some.iter().any(earns) => {
            any(some.iter().map(|inner| scored(inner, facts)).collect())
        }
        Condition::Bag(bag) => json!({ "bool": {
            "filter": [floor(bag)],
            "must": [earned(bag, facts)],
        } }),
        other => constant(&matching(other), 0.0),
    }
}

/// The same, more for what is recent.
pub(super) fn favouring(scored: &Value, fresh: Freshness) -> Value {
    let (newest, share) = fresh.newest();
    json!({ "function_score": {
        "query": scored,
        "script_score": { "script": { "lang": "painless", "source": FRESH, "params": {
            "newest": newest, "share": share, "halved": HALVED,
        } } },
        "boost_mode": "multiply",
    } })
}

/// Whether anything is earned by a condition.
fn earns(condition: &Condition) -> bool {
    match condition {
        Condition::Bag(_) => true,
        Condition::Constant(_, worth) => *worth > 0.0,
        Condition::All(all, _) | Condition::Any(all) => all.iter().any(earns),
        _ => false,
    }
}

/// Articles that can have been published between two days; none is open.
fn days(since: Option<u32>, until: Option<u32>) -> Value {
    let since = since.map(|day| json!({ "range": { "last_day": { "gte": day } } }));
    let until = until.map(|day| json!({ "range": { "first_day": { "lte": day } } }));
    match (since, until) {
        (None, None) => json!({ "match_none": {} }),
        (Some(one), None) | (None, Some(one)) => one,
        (Some(since), Some(until)) => all(vec![since, until]),
    }
}

/// Texts near each other, by where their characters stand.
fn intervals(near: &Near) -> Value {
    let exactly =
        |text: &str| json!({ "match": { "query": spaced(text), "ordered": true, "max_gaps": 0 } });
    // A text that is asked for twice stands near itself; the cluster would look for two of it.
    let mut different: Vec<&str> = Vec::new();
    let mut spare = 0;
    for text in &near.texts {
        if different.contains(&text.as_str()) {
            spare += text.chars().count() as u32;
        } else {
            different.push(text);
        }
    }
    if let [text] = different.as_slice() {
        return json!({ "intervals": { name(near.column): exactly(text) } });
    }
    let texts: Vec<Value> = different.into_iter().map(exactly).collect();
    let rule = match near.within {
        Within::Characters(most) => {
            json!({ "all_of": { "intervals": texts, "ordered": false, "max_gaps": most + spare } })
        }
        Within::Sentence => {
            let ends: Vec<Value> = ENDS.iter().map(|end| exactly(&end.to_string())).collect();
            json!({ "all_of": {
                "intervals": texts,
                "ordered": false,
                "filter": { "not_containing": { "any_of": { "intervals": ends } } },
            } })
        }
    };
    json!({ "intervals": { name(near.column): rule } })
}

/// Articles that hold a word, openly or not.
fn held(leaf: &Leaf, needless: bool) -> Vec<Value> {
    let mut ways: Vec<Value> = leaf.counted.iter().map(term).collect();
    if !needless {
        ways.extend(leaf.hidden.iter().map(term));
    }
    ways.extend(leaf.other.iter().map(matching));
    ways
}

/// Articles that hold all words of something that may stand for a concept.
fn held_instead(alternative: &Alternative) -> Value {
    all(alternative.words.iter().map(|leaf| any(held(leaf, false))).collect())
}

/// Articles that are about one of the bag's places.
fn about(bag: &Bag, bit: usize) -> Value {
    any(bag.places.get(bit).into_iter().flatten().map(term).collect())
}

fn bits(places: u16) -> impl Iterator<Item = usize> {
    (0..PLACES).filter(move |bit| places >> bit & 1 == 1)
}

/// What makes an article hold the whole of a concept, whichever of its words it holds: something
/// that stands for it, or that it is about all of its places.
fn wholly(bag: &Bag, concept: &Concept) -> Vec<Value> {
    let earning = concept.alternatives.iter().filter(|alternative| alternative.worth > 0.0);
    let mut ways: Vec<Value> = earning.map(held_instead).collect();
    if concept.places != 0 {
        ways.push(all(bits(concept.places).map(|bit| about(bag, bit)).collect()));
    }
    ways
}

/// Articles that hold enough of a bag.
fn floor(bag: &Bag) -> Value {
    let required = bag.required();
    let mut needless = bag.needless().into_iter();
    let mut clauses: Vec<(Value, f32)> = Vec::new();
    for concept in &bag.concepts {
        let whole = wholly(bag, concept);
        for leaf in &concept.leaves {
            let ways = held(leaf, needless.next().unwrap_or(false));
            let need = bag.need(leaf.idf);
            if !ways.is_empty() && (need > 0.0 || required <= 0.0) {
                // What holds the whole concept counts as that, below.
                let alone = if required <= 0.0 { Vec::new() } else { whole.clone() };
                clauses.push((without(any(ways), &alone), need));
            }
        }
        let need: f32 = concept.leaves.iter().map(|leaf| bag.need(leaf.idf)).sum();
        if !whole.is_empty() && (need > 0.0 || required <= 0.0) {
            clauses.push((any(whole), need));
        }
    }
    if required <= 0.0 {
        let mut anything: Vec<Value> = clauses.into_iter().map(|(filter, _)| filter).collect();
        anything.extend((0..bag.places.len().min(PLACES)).map(|bit| about(bag, bit)));
        return any(anything);
    }
    if clauses.iter().all(|(_, need)| *need >= required) {
        return any(clauses.into_iter().map(|(filter, _)| filter).collect());
    }
    let held: Vec<Value> = clauses.iter().map(|(filter, need)| constant(filter, *need)).collect();
    json!({ "function_score": {
        "query": { "bool": { "should": held } },
        "min_score": required,
    } })
}

/// What a bag earns an article that holds enough of it.
fn earned(bag: &Bag, facts: &Facts) -> Value {
    let scoring = Scoring { bag, facts };
    let mut clauses = Vec::new();
    let mut needless = bag.needless().into_iter();
    for concept in &bag.concepts {
        let mut typed = Vec::new();
        for leaf in &concept.leaves {
            scoring.leaf(leaf, needless.next().unwrap_or(false), &mut typed);
        }
        let mut ways: Vec<Value> = Vec::new();
        for alternative in &concept.alternatives {
            ways.extend(scoring.alternative(alternative));
        }
        if ways.is_empty() {
            clauses.append(&mut typed);
        } else {
            if !typed.is_empty() {
                ways.insert(0, any(typed));
            }
            clauses.push(json!({ "dis_max": { "queries": ways, "tie_breaker": 0.0 } }));
        }
    }
    let several = bag.several();
    let mut together = Vec::new();
    for bit in 0..bag.places.len().min(PLACES) {
        let share = bag.concepts.iter().filter(|concept| concept.places >> bit & 1 == 1);
        let share = share
            .map(|concept| concept.about * concept.worth() / concept.places.count_ones() as f32);
        let worth = share.sum::<f32>();
        let about = about(bag, bit);
        if worth > 0.0 {
            clauses.push(constant(&about, worth));
        }
        together.push(constant(&about, several));
    }
    if together.len() > 1 && several > 0.0 {
        clauses.push(json!({ "bool": { "should": together, "minimum_should_match": 2 } }));
    }
    // Who holds enough may yet earn nothing.
    clauses.push(constant(&json!({ "match_all": {} }), 0.0));
    let sum = json!({ "bool": { "should": clauses, "minimum_should_match": 1 } });
    if !bag.has_subject() {
        return sum;
    }
    json!({ "function_score": {
        "query": sum,
        "functions": [{
            "filter": { "bool": { "must_not": anything_of(bag, |concept| concept.places == 0) } },
            "weight": bag.weights.subject,
        }, {
            "filter": { "bool": { "must_not": anything_of_places(bag) } },
            "weight": bag.weights.placeless,
        }],
        "score_mode": "multiply",
        "boost_mode": "multiply",
    } })
}

/// What an article holds that holds anything of some concepts.
fn anything_of(bag: &Bag, wanted: impl Fn(&Concept) -> bool) -> Vec<Value> {
    let mut needless = bag.needless().into_iter();
    let mut ways = Vec::new();
    for concept in &bag.concepts {
        for leaf in &concept.leaves {
            let needless = needless.next().unwrap_or(false);
            if wanted(concept) && bag.need(leaf.idf) > 0.0 {
                ways.extend(held(leaf, needless));
            }
        }
        if wanted(concept) && concept.worth() > 0.0 {
            ways.extend(wholly(bag, concept));
        }
    }
    ways
}

/// What an article holds that holds a place of the query, or is about one.
fn anything_of_places(bag: &Bag) -> Vec<Value> {
    let mut ways = anything_of(bag, |concept| concept.places != 0);
    for bit in 0..bag.places.len().min(PLACES) {
        let about = about(bag, bit);
        if !ways.contains(&about) {
            ways.push(about);
        }
    }
    ways
}

struct Scoring<'a> {
    bag: &'a Bag,
    facts: &'a Facts,
}

impl Scoring<'_> {
    /// What the cluster holds a term to be worth: what has to be divided out. None if no article
    /// holds it.
    fn rarity(&self, key: &Key) -> Option<f32> {
        let frequency = self.facts.frequencies.get(key).copied().unwrap_or(0);
        let (all, holding) = (self.facts.filed.max(frequency) as f64, frequency as f64);
        let rarity = (1.0 + (all - holding + 0.5) / (holding + 0.5)).ln() as f32;
        (frequency > 0).then_some(rarity)
    }

    /// A term that is worth so much.
    fn counted(&self, key: &Key, worth: f32) -> Option<Value> {
        let boost = worth / self.rarity(key)?;
        let text = text_of(key);
        Some(json!({ "term": { name(key.column): { "value": text, "boost": boost } } }))
    }

    /// What the words of some query earn by their scarcest.
    fn scarcest(&self, filter: &Value, words: &[(Option<&Key>, f32)], worth: f32) -> Value {
        let bag = self.bag;
        let terms: Vec<Option<&str>> =
            words.iter().map(|(key, _)| key.map(|key| key.text.as_str())).collect();
        let others: Vec<f32> = words.iter().map(|(_, count)| *count).collect();
        json!({ "script_score": {
            "query": { "bool": { "filter": [filter] } },
            "script": { "lang": "painless", "source": SCARCEST, "params": {
                "field": name(Column::Words),
                "length": LENGTH,
                "terms": terms,
                "others": others,
                "worth": worth,
                "k": bag.weights.saturation,
                "b": bag.weights.length,
                "average": bag.average.max(1.0),
            } },
        } })
    }

    /// What a typed word earns.
    fn leaf(&self, leaf: &Leaf, needless: bool, clauses: &mut Vec<Value>) {
        if leaf.idf <= 0.0 {
            return;
        }
        let open: Vec<Value> = leaf.counted.iter().map(term).collect();
        clauses.extend(leaf.counted.as_ref().and_then(|key| self.counted(key, leaf.idf)));
        let hidden = leaf.idf * self.bag.weights.hidden;
        let mut quietly: Vec<Value> =
            if needless { Vec::new() } else { leaf.hidden.iter().map(term).collect() };
        if let Some(other) = &leaf.other {
            if leaf.other_counts {
                let filter = without(matching(other), &open);
                clauses.push(self.scarcest(&filter, &[(None, 1.0)], leaf.idf));
            } else {
                quietly.push(matching(other));
            }
        }
        if !quietly.is_empty() && hidden > 0.0 {
            clauses.push(constant(&without(any(quietly), &open), hidden));
        }
    }

    /// What something that may stand for a concept earns.
    fn alternative(&self, alternative: &Alternative) -> Vec<Value> {
        let worth = alternative.worth;
        if worth <= 0.0 {
            return Vec::new();
        }
        let count_of = |leaf: &Leaf| if leaf.other_counts { 1.0 } else { HIDDEN_COUNT };
        if let [leaf] = alternative.words.as_slice() {
            let mut ways: Vec<Value> = Vec::new();
            let open: Vec<Value> = leaf.counted.iter().map(term).collect();
            ways.extend(leaf.counted.as_ref().and_then(|key| self.counted(key, worth)));
            let mut quietly: Vec<Value> = leaf.hidden.iter().map(term).collect();
            quietly.extend(leaf.other.iter().map(matching));
            if !quietly.is_empty() {
                let filter = without(any(quietly), &open);
                ways.push(self.scarcest(&filter, &[(None, count_of(leaf))], worth));
            }
            return ways;
        }
        let words: Vec<(Option<&Key>, f32)> =
            alternative.words.iter().map(|leaf| (leaf.counted.as_ref(), count_of(leaf))).collect();
        vec![self.scarcest(&held_instead(alternative), &words, worth)]
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::facts::Asked;
    use super::*;
    use crate::query::{FilterRequest, Plan};
    use crate::search::{Compiler, Lifted, Weights};

    /// A plan's condition in an archive of a thousand articles, in which a word of two characters
    /// stands in fifty, a longer one in fewer.
    fn compiled(plan: &Plan) -> (Condition, Facts) {
        let weights = Arc::new(Weights::default());
        let mut facts =
            Facts { total: Some(1000), filed: 1000, average: 400.0, ..Facts::default() };
        loop {
            let asked = Asked::of(&facts);
            let compiler = Compiler::new(&asked, &weights);
            let plan = compiler.plan(plan.node.as_ref(), &plan.filters, Lifted::Nothing);
            let Ok(condition) = plan;
            let Some(missing) = asked.missing() else { return (condition, facts) };
            for key in missing.keys {
                let frequency = 100 / key.text.chars().count() as u64;
                facts.frequencies.insert(key, frequency);
            }
            if missing.outlets {
                facts.outlets = Some(vec!["南方日报".to_owned(), "新华社".to_owned()]);
            }
        }
    }

    fn written(plan: &Plan) -> String {
        let (condition, facts) = compiled(plan);
        let both = json!({
            "query": plan.query,
            "scored": scored(&condition, &facts),
            "matching": matching(&condition),
        });
        format!("{both:#}\n")
    }

    #[test]
    fn queries_become_the_language_of_the_cluster() {
        for (name, query) in [
            ("words", "佛山 人才飞地"),
            ("phrase", "\"人才 飞地\""),
            ("near", "\"佛山 茂名\"~10 同句(招才 引智)"),
            ("without", "(飞地 OR 合作区) -招聘 title:佛山"),
            ("outlet", "outlet:日报 日期:2023.. 地区:长三角"),
        ] {
            let path = format!("{}/tests/golden/cluster/{name}.json", env!("CARGO_MANIFEST_DIR"));
            expect_test::expect_file![path].assert_eq(&written(&Plan::of(query)));
        }
    }

    #[test]
    fn filters_earn_nothing() {
        let request = FilterRequest {
            regions: vec!["广东".to_owned()],
            since: Some("2023".to_owned()),
            partners: vec!["佛山".to_owned(), "茂名".to_owned()],
            ..FilterRequest::default()
        };
        let filters = request.resolve().expect("the filters make sense");
        let plan = Plan { filters, ..Plan::of("") };
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/cluster/filters.json");
        expect_test::expect_file![path].assert_eq(&written(&plan));
    }

    #[test]
    fn a_text_stands_near_itself() {
        let near = |texts: &[&str]| {
            intervals(&Near {
                holding: Box::new(Condition::Everything),
                texts: texts.iter().map(|&text| text.to_owned()).collect(),
                within: Within::Characters(5),
                column: Column::BodyCharacters,
            })
        };
        assert_eq!(near(&["佛山", "佛山"]), near(&["佛山"]));
        let both = near(&["佛山", "茂名", "佛山"]).to_string();
        assert!(both.contains("\"max_gaps\":7"), "{both}");
    }
}
