//! What somebody asks about partners (places, regions, kinds) → the circles that are told of.

use std::collections::HashSet;

use super::pairs::{Circle, Pairs};
use crate::article::{Cooperation, NewsDate};
use crate::query::Plan;
use crate::query::{FilterError, FilterRequest, Place, partner_places};
use crate::search::{SearchError, Searcher};
use crate::understand::gazetteer::{Gazetteer, RegionRef};
use crate::understand::overrides::Overrides;
use crate::understand::partners::KINDS;

/// A question about partners, as it was typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PartnersRequest {
    /// No place: every pair; one: its partners; two: what is told of them.
    pub places: Vec<String>,
    /// Provinces and economic regions of which a side has to lie in one.
    pub regions: Vec<String>,
    /// Whether both sides have to.
    pub within: bool,
    /// Kinds of cooperation.
    pub kinds: Vec<String>,
}

/// Why a question about partners makes no sense.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PartnersError {
    /// A place or region.
    #[error(transparent)]
    Filter(#[from] FilterError),
    /// A kind of cooperation that is not on the list.
    #[error("`{0}` is no kind of cooperation")]
    UnknownKind(String),
    /// More places than two.
    #[error("partners are asked for by one place or two, not by {0}")]
    ManyPlaces(usize),
}

/// A question about partners, as it is meant.
#[derive(Debug, Clone, Default)]
pub struct PartnersAsked {
    /// Of each place that was typed, the names that partners are filed under.
    places: Vec<HashSet<String>>,
    /// Names of the places in the regions; none if no region was asked for.
    region: Option<HashSet<&'static str>>,
    within: bool,
    kinds: Vec<String>,
}

impl PartnersRequest {
    /// Looks up what the names mean.
    pub fn resolve(&self) -> Result<PartnersAsked, PartnersError> {
        if self.places.len() > 2 {
            return Err(PartnersError::ManyPlaces(self.places.len()));
        }
        if let Some(unknown) = self.kinds.iter().find(|kind| !KINDS.contains(&kind.as_str())) {
            return Err(PartnersError::UnknownKind(unknown.clone()));
        }
        let places = self.places.iter().map(|name| filed(name)).collect::<Result<_, _>>()?;
        let region = (!self.regions.is_empty()).then(|| in_regions(&self.regions)).transpose()?;
        Ok(PartnersAsked { places, region, within: self.within, kinds: self.kinds.clone() })
    }
}

impl PartnersAsked {
    /// Whether exactly two places were asked for.
    pub fn is_pair(&self) -> bool {
        self.places.len() == 2
    }

    /// The circles that the articles of a plan tell of, corrected by hand, and how many further
    /// articles would count but state no date.
    pub fn circles(
        &self,
        searcher: &dyn Searcher,
        plan: &Plan,
        overrides: &[Overrides],
    ) -> Result<(Vec<Circle>, u64), SearchError> {
        let days = Days { since: plan.filters.since, until: plan.filters.until };
        // An article of today may tell of what was signed years ago: days are those of the event.
        let mut plan = plan.clone();
        (plan.filters.since, plan.filters.until) = (None, None);
        let mut pairs = Pairs::default();
        let mut failed = None;
        let mut undated = 0;
        searcher.together(&plan, &mut |mut article| {
            for overrides in overrides {
                overrides.apply(&mut article);
            }
            let group = searcher.group(&article.id).unwrap_or_else(|error| {
                failed = Some(error);
                None
            });
            let published = article.date.as_ref().map(|dated| dated.date);
            let happened = |fact: &Cooperation| days.hold(when(fact, published));
            pairs.add_of_group(&article, group, |members, fact| {
                let then = !days.are_asked() || happened(fact) == Some(true);
                then && self.wants(members, &fact.kind)
            });
            if days.are_asked() {
                let told = article
                    .circles()
                    .any(|(m, fact)| happened(fact).is_none() && self.wants(&m, &fact.kind));
                undated += u64::from(told);
            }
        })?;
        failed.map_or(Ok((pairs.circles(), undated)), Err)
    }

    /// Whether partners are among those that were asked for.
    pub fn wants(&self, members: &[&str], kind: &str) -> bool {
        let kind = self.kinds.is_empty() || self.kinds.iter().any(|wanted| wanted == kind);
        let places = self.places.iter().all(|names| members.iter().any(|m| names.contains(*m)));
        // Two places have to be two members.
        let apart = match self.places.as_slice() {
            [a, b] => members
                .iter()
                .any(|x| a.contains(*x) && members.iter().any(|y| x != y && b.contains(*y))),
            _ => true,
        };
        let region = self.region.as_ref().is_none_or(|inside| {
            let is_inside = |member: &&str| inside.contains(*member);
            if self.within { members.iter().all(is_inside) } else { members.iter().any(is_inside) }
        });
        kind && places && apart && region
    }
}

/// First and last day, as numbers `yyyymmdd`.
#[derive(Debug, Clone, Copy, Default)]
struct Days {
    since: Option<u32>,
    until: Option<u32>,
}

impl Days {
    /// Whether days were asked for at all.
    fn are_asked(self) -> bool {
        self.since.is_some() || self.until.is_some()
    }

    /// Whether something that happened then may have happened on one of them; `None` if its year is
    /// not known.
    fn hold(self, date: Option<NewsDate>) -> Option<bool> {
        let date = date?;
        let (first, last) = (date.first_day()?, date.last_day()?);
        Some(
            self.since.is_none_or(|since| last >= since)
                && self.until.is_none_or(|until| first <= until),
        )
    }
}

/// When something happened: the date of the event where the sentence gives its year, else the day
/// the article was published.
fn when(fact: &Cooperation, published: Option<NewsDate>) -> Option<NewsDate> {
    let event = fact.date.filter(|date| date.year().is_some());
    event.or(published).filter(|date| date.year().is_some())
}

/// The names that the partners meant by a typed name are filed under: a city by its own, a county by
/// its city's, a province by its own and those of its cities.
fn filed(name: &str) -> Result<HashSet<String>, FilterError> {
    let gazetteer = Gazetteer::get();
    let mut names = HashSet::new();
    for place in partner_places(name)? {
        match &place {
            Place::City(city) | Place::Region(city) => {
                names.insert(city.clone());
            }
            Place::County(county) => {
                names.extend(county.split('/').next().map(str::to_owned));
            }
            Place::Province(province) => {
                names.insert(province.clone());
                let inside = gazetteer.divisions().iter().filter(|division| {
                    gazetteer.province_of(division).is_some_and(|p| p.name == province)
                });
                names.extend(inside.map(|division| division.name.to_owned()));
            }
        }
    }
    Ok(names)
}

/// The provinces and cities of some regions, and the regions themselves.
fn in_regions(regions: &[String]) -> Result<HashSet<&'static str>, FilterError> {
    let gazetteer = Gazetteer::get();
    FilterRequest { regions: regions.to_vec(), ..FilterRequest::default() }.resolve()?;
    let mut inside = HashSet::new();
    for name in regions {
        for region in gazetteer.resolve_region(name) {
            let members: Vec<&str> = match region {
                RegionRef::Province(province) => vec![province.code],
                RegionRef::Region(region) => {
                    inside.insert(region.name);
                    region.members.clone()
                }
            };
            for division in gazetteer.divisions() {
                let above =
                    [Some(division), gazetteer.city_of(division), gazetteer.province_of(division)];
                if above.into_iter().flatten().any(|unit| members.contains(&unit.code)) {
                    inside.insert(division.name);
                }
            }
        }
    }
    Ok(inside)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_those_of_the_event_where_the_text_gives_its_year() {
        let date = |text: &str| text.parse::<NewsDate>().ok();
        let fact = |event: &str| Cooperation {
            kind: "产业协作".to_owned(),
            form: None,
            status: None,
            date: date(event),
            figures: Vec::new(),
            evidence: "两市签约".to_owned(),
            field: crate::article::Field::Body,
            span: crate::article::Span { start: 0, end: 4 },
        };
        let days = Days { since: Some(20_230_101), until: Some(20_231_231) };
        for (event, published, held) in [
            ("2019-05", "2023-08-01", Some(false)),
            ("2023-05-04", "2024-02-01", Some(true)),
            ("--12-12", "2023-12-13", Some(true)),
            ("", "2023", Some(true)),
            ("", "2022-12-31", Some(false)),
            ("--12-12", "--12-13", None),
            ("", "", None),
        ] {
            let answer = days.hold(when(&fact(event), date(published)));
            assert_eq!(answer, held, "{event} told on {published}");
        }
    }

    #[test]
    fn a_province_stands_for_its_cities() {
        let guangdong = filed("广东").expect("it is known");
        assert!(guangdong.contains("广东省") && guangdong.contains("佛山市"), "{guangdong:?}");
        assert_eq!(filed("南海区").expect("it is known"), HashSet::from(["佛山市".to_owned()]));
        let delta = in_regions(&["长三角".to_owned()]).expect("it is known");
        assert!(delta.contains("苏州市") && delta.contains("上海市") && !delta.contains("佛山市"));
    }
}
