//! Title and body → the places an article names, where, and which of them it is about.
//!
//! Three steps, a file each: `places_named.rs` finds the names and reads each as one place,
//! `places_about.rs` weighs what each mention says about the article, and this file gathers the
//! mentions of a place and makes the lists that articles are filed under.

use std::ops::Range;

use super::gazetteer::{FalseFriend, Form, Gazetteer, Name, Need, Reading, Target};
use super::places_about::{self, Weighed};
use super::places_named::{self, Text, only_province};
use crate::article::{Field, Level, Mention, Place, Role};

/// The places of an article, as [`Article`](crate::article::Article) keeps them.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PlacesFound {
    /// Every place named, the most important first.
    pub places: Vec<Place>,
    /// Cities the article is about.
    pub cities: Vec<String>,
    /// Cities it names, those it is about among them.
    pub mentioned_cities: Vec<String>,
    /// Counties and districts it is about, as 「佛山市/南海区」.
    pub counties: Vec<String>,
    /// Provinces it is about, or that its cities lie in.
    pub provinces: Vec<String>,
    /// Economic regions of the closed list that it names.
    pub regions: Vec<String>,
}

/// Finds the places of an article. Spans are in characters of the texts as given.
pub fn find(title: &str, body: &str) -> PlacesFound {
    let texts = [Text::new(Field::Title, title), Text::new(Field::Body, body)];
    let spots = places_named::spots(&texts);
    let weighed = places_about::weigh(&texts, &spots);
    let mut places = gather(&texts, &weighed, title, body);
    places.sort_by(|a, b| {
        b.score.total_cmp(&a.score).then_with(|| first_spot(a).cmp(&first_spot(b)))
    });
    file(places, &weighed)
}

/// Where a place is named first: ties are in text order, the larger unit first.
fn first_spot(place: &Place) -> (Option<(Field, u32)>, Level, &str) {
    (place.mentions.first().map(|m| (m.field, m.span.start)), place.level, &place.code)
}

/// Puts the mentions of each place together.
fn gather(texts: &[Text], weighed: &Weighed, title: &str, body: &str) -> Vec<Place> {
    let gazetteer = Gazetteer::get();
    let originals: [Vec<char>; 2] = [title.chars().collect(), body.chars().collect()];
    let mut places: Vec<(Target, Place)> = Vec::new();
    for (spot, in_name) in &weighed.spots {
        let text = &texts[spot.text];
        let span = text.folded.original(spot.start..spot.end);
        let words =
            originals[spot.text].get(span.start as usize..span.end as usize).unwrap_or_default();
        let mention = Mention { field: text.field, span, text: words.iter().collect() };
        if let Some((_, place)) = places.iter_mut().find(|(target, _)| *target == spot.target) {
            place.mentions.push(mention);
            if !in_name && place.role == Role::InName {
                place.role = Role::Mention;
            }
            continue;
        }
        let (code, name, level) = match spot.target {
            Target::Division(index) => {
                let division = gazetteer.at(index);
                (division.code, division.name, division.level)
            }
            Target::Region(index) => {
                let Some(region) = gazetteer.regions().get(index as usize) else { continue };
                (region.name, region.name, Level::Region)
            }
        };
        let role = if *in_name { Role::InName } else { Role::Mention };
        let score = weighed.score(spot.target).min(1.0);
        places.push((
            spot.target,
            Place {
                code: code.to_owned(),
                name: name.to_owned(),
                level,
                role,
                score,
                mentions: vec![mention],
            },
        ));
    }
    for (target, place) in &mut places {
        if place.role == Role::Mention && weighed.is_subject(*target) {
            place.role = Role::Subject;
        }
    }
    places.into_iter().map(|(_, place)| place).collect()
}

/// Makes the lists that an article is filed under, most important first.
fn file(places: Vec<Place>, weighed: &Weighed) -> PlacesFound {
    let gazetteer = Gazetteer::get();
    let name = |index: u16| gazetteer.at(index).name.to_owned();
    let mut found = PlacesFound::default();
    for total in &weighed.cities {
        if total.subject {
            found.cities.push(name(total.index));
        }
        found.mentioned_cities.push(name(total.index));
    }
    found.provinces = weighed
        .provinces
        .iter()
        .filter(|total| total.subject)
        .map(|total| name(total.index))
        .collect();
    for place in &places {
        if place.role == Role::InName {
            continue;
        }
        if place.level == Level::Region
            && gazetteer.regions().iter().any(|r| r.listed && r.name == place.name)
        {
            found.regions.push(place.name.clone());
        }
        if place.level == Level::County && place.role == Role::Subject {
            let city = gazetteer.division(&place.code).and_then(|county| gazetteer.city_of(county));
            found.counties.extend(city.map(|city| format!("{}/{}", city.name, place.name)));
        }
    }
    found.places = places;
    found
}

/// What kind of place a query names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum QueryPlaceKind {
    /// A city, or a municipality.
    City,
    /// A county or district.
    County,
    /// A province.
    Province,
    /// An economic region.
    Region,
}

/// A place that a query names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueryPlace {
    /// The characters of the folded query.
    pub range: Range<usize>,
    /// What kind of place it is.
    pub kind: QueryPlaceKind,
    /// The name that articles are filed under: 「佛山市」, 「佛山市/南海区」, 「广东省」.
    pub facet_name: String,
    /// Code of GB/T 2260; for a region its name.
    pub code: String,
}

/// The longest name that is looked up in a query, in characters.
const LONGEST_NAME: usize = 16;

/// Finds the places named in a query (already folded), by looking names up in a map: the longest
/// name at each place, false friends swallowing their text as in articles.
///
/// A name that several places bear, or that is also a common word, counts only beside another
/// place of its province.
pub fn in_query(folded: &str) -> Vec<QueryPlace> {
    let gazetteer = Gazetteer::get();
    let named = names_in(folded);
    let mut found = Vec::new();
    for (position, (range, name)) in named.iter().enumerate() {
        let others: Vec<&Name> = named
            .iter()
            .enumerate()
            .filter(|(other, _)| *other != position)
            .map(|(_, (_, name))| *name)
            .collect();
        if let Some(reading) = read_in_query(gazetteer, name, &others) {
            found.extend(query_place(gazetteer, range.clone(), &reading));
        }
    }
    found
}

/// The names in a query, longest first at each place.
fn names_in(folded: &str) -> Vec<(Range<usize>, &'static Name)> {
    let gazetteer = Gazetteer::get();
    let mut starts: Vec<usize> = folded.char_indices().map(|(at, _)| at).collect();
    starts.push(folded.len());
    let count = starts.len() - 1;
    let mut named = Vec::new();
    let mut at = 0;
    while at < count {
        let longest = (at + LONGEST_NAME).min(count);
        let hit = (at + 2..=longest)
            .rev()
            .find_map(|end| Some((end, gazetteer.name(&folded[starts[at]..starts[end]])?)));
        if let Some((end, name)) = hit {
            named.push((at..end, name));
            at = end;
        } else {
            at += 1;
        }
    }
    named
}

/// Reads a name of a query as one place, or as none.
fn read_in_query(gazetteer: &Gazetteer, name: &Name, others: &[&Name]) -> Option<Reading> {
    match name.friend {
        Some(FalseFriend::Other(index)) => {
            return Some(Reading {
                target: Target::Division(index),
                form: Form::Short,
                need: Need::Nothing,
            });
        }
        Some(_) => return None,
        None => {}
    }
    let beside = |reading: &Reading| {
        let Target::Division(index) = reading.target else { return false };
        others.iter().filter(|other| other.friend.is_none()).flat_map(|other| &other.readings).any(
            |other| match other.target {
                Target::Division(other) => {
                    gazetteer.province_index(other) == gazetteer.province_index(index)
                }
                Target::Region(_) => false,
            },
        )
    };
    let first = *name.readings.first()?;
    if let Some(supported) =
        name.readings.iter().find(|reading| name.readings.len() > 1 && beside(reading))
    {
        return Some(*supported);
    }
    // Of several bearers only one that is larger than the others owns the bare name.
    let second = name.readings.get(1);
    let owner = second.is_none_or(|second| {
        second.form != first.form || level(gazetteer, second) != level(gazetteer, &first)
    });
    ((first.need == Need::Nothing && owner) || beside(&first)).then_some(first)
}

/// The level of what a reading means.
fn level(gazetteer: &Gazetteer, reading: &Reading) -> Level {
    match reading.target {
        Target::Division(index) => gazetteer.at(index).level,
        Target::Region(_) => Level::Region,
    }
}

fn query_place(
    gazetteer: &Gazetteer,
    range: Range<usize>,
    reading: &Reading,
) -> Option<QueryPlace> {
    let (kind, facet_name, code) = match reading.target {
        Target::Region(index) => {
            let region = gazetteer.regions().get(index as usize)?;
            (QueryPlaceKind::Region, region.name.to_owned(), region.name)
        }
        Target::Division(index) => {
            let index = if only_province(index) { gazetteer.province_index(index) } else { index };
            let division = gazetteer.at(index);
            let name = division.name.to_owned();
            match division.level {
                Level::County => {
                    let city = gazetteer.at(gazetteer.city_index(index)?).name;
                    (QueryPlaceKind::County, format!("{city}/{name}"), division.code)
                }
                Level::Province | Level::Region => (QueryPlaceKind::Province, name, division.code),
                Level::City | Level::Municipality => (QueryPlaceKind::City, name, division.code),
            }
        }
    };
    Some(QueryPlace { range, kind, facet_name, code: code.to_owned() })
}
