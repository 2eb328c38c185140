//! What somebody asks about partners (places, regions, kinds) → the circles that are told of.

use std::collections::HashSet;

use super::pairs::{Circle, Pairs};
use crate::article::Article;
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
        let mut pairs = Pairs::default();
        let mut undated = 0;
        let correct = |article: &mut Article| {
            for overrides in overrides {
                overrides.apply(article);
            }
        };
        searcher.together(plan, &mut |mut article| {
            correct(&mut article);
            pairs.add(&article, |members, fact| self.wants(members, &fact.kind));
        })?;
        if plan.filters.since.is_some() || plan.filters.until.is_some() {
            let mut always = plan.clone();
            (always.filters.since, always.filters.until) = (None, None);
            searcher.together(&always, &mut |mut article| {
                correct(&mut article);
                let dated = article.date.as_ref().is_some_and(|date| date.date.year().is_some());
                let told = article.circles().any(|(m, fact)| self.wants(&m, &fact.kind));
                undated += u64::from(!dated && told);
            })?;
        }
        Ok((pairs.circles(), undated))
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
    fn a_province_stands_for_its_cities() {
        let guangdong = filed("广东").expect("it is known");
        assert!(guangdong.contains("广东省") && guangdong.contains("佛山市"), "{guangdong:?}");
        assert_eq!(filed("南海区").expect("it is known"), HashSet::from(["佛山市".to_owned()]));
        let delta = in_regions(&["长三角".to_owned()]).expect("it is known");
        assert!(delta.contains("苏州市") && delta.contains("上海市") && !delta.contains("佛山市"));
    }
}
