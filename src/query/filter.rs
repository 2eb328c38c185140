//! Filters: what was typed after `--region`, `--city`, `--since` … → facets and days.

use serde::{Deserialize, Serialize};

use crate::article::{DateError, Level, NewsDate};
use crate::understand::gazetteer::{CityRef, Gazetteer, RegionRef};
use crate::understand::partners::KINDS;

/// Filters as they were typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct FilterRequest {
    /// Provinces and economic regions.
    pub regions: Vec<String>,
    /// Cities and counties.
    pub cities: Vec<String>,
    /// Places that work together; each entry is one name.
    pub partners: Vec<String>,
    /// First day, month or year.
    pub since: Option<String>,
    /// Last day, month or year.
    pub until: Option<String>,
    /// Media.
    pub outlets: Vec<String>,
    /// Kinds of cooperation.
    pub kinds: Vec<String>,
}

/// A facet value that stands for a place.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Place {
    /// 「广东省」
    Province(String),
    /// 「佛山市」
    City(String),
    /// 「佛山市/南海区」
    County(String),
    /// 「粤港澳大湾区」
    Region(String),
}

impl Place {
    /// The value as it stands in the index.
    pub fn name(&self) -> &str {
        match self {
            Self::Province(name) | Self::City(name) | Self::County(name) | Self::Region(name) => {
                name
            }
        }
    }
}

/// Filters as they are meant. Values of one filter widen it, different filters narrow the result.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filters {
    /// Provinces and economic regions.
    pub regions: Vec<Place>,
    /// Cities and counties.
    pub cities: Vec<Place>,
    /// Places that all have to work together; of each typed name, the places it may stand for.
    pub partners: Vec<Vec<Place>>,
    /// First day, as `yyyymmdd`.
    pub since: Option<u32>,
    /// Last day, as `yyyymmdd`.
    pub until: Option<u32>,
    /// Media, by their whole name.
    pub outlets: Vec<String>,
    /// Kinds of cooperation, of the closed list.
    pub kinds: Vec<String>,
}

/// Why a filter makes no sense.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FilterError {
    /// The gazetteer does not know the name.
    #[error("`{name}` is no {what} that the gazetteer knows")]
    UnknownPlace {
        /// What was typed.
        name: String,
        /// city or county; province or economic region.
        what: &'static str,
        /// The nearest name it knows.
        nearest: Option<String>,
    },
    /// Not a date, or one without a year.
    #[error(transparent)]
    Date(#[from] DateError),
    /// A kind of cooperation that is not on the list.
    #[error("`{0}` is no kind of cooperation")]
    UnknownKind(String),
    /// The span ends before it begins.
    #[error("`--since {since}` is later than `--until {until}`")]
    Backwards {
        /// What was typed for the first day.
        since: String,
        /// What was typed for the last day.
        until: String,
    },
}

impl FilterError {
    /// What a person can do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::UnknownPlace { nearest: Some(nearest), .. } => {
                Some(format!("did you mean `{nearest}`?"))
            }
            Self::UnknownPlace { .. } => Some(
                "use an official or short name, such as 佛山市, 佛山 or 粤港澳大湾区".to_owned(),
            ),
            Self::Date(_) => None,
            Self::UnknownKind(_) => Some(format!("kinds are {}", KINDS.join(" "))),
            Self::Backwards { .. } => Some("swap them".to_owned()),
        }
    }
}

impl FilterRequest {
    /// Looks up what the names and dates mean.
    pub fn resolve(&self) -> Result<Filters, FilterError> {
        let gazetteer = Gazetteer::get();
        let mut filters = Filters { outlets: self.outlets.clone(), ..Filters::default() };
        for kind in &self.kinds {
            if !KINDS.contains(&kind.as_str()) {
                return Err(FilterError::UnknownKind(kind.clone()));
            }
            filters.kinds.push(kind.clone());
        }
        for name in &self.regions {
            let found = gazetteer.resolve_region(name);
            if found.is_empty() {
                return Err(unknown(name, "province or economic region"));
            }
            filters.regions.extend(found.iter().map(region_place));
        }
        for name in &self.cities {
            let found = gazetteer.resolve_city(name);
            if found.is_empty() {
                return Err(unknown(name, "city or county"));
            }
            filters.cities.extend(found.iter().map(city_place));
        }
        for name in &self.partners {
            filters.partners.push(partner_places(name)?);
        }
        let day = |text: &Option<String>, of: fn(NewsDate) -> Option<u32>| {
            text.as_ref()
                .map(|text| {
                    let date: NewsDate = text.parse()?;
                    of(date).ok_or_else(|| DateError(text.clone()))
                })
                .transpose()
        };
        filters.since = day(&self.since, NewsDate::first_day)?;
        filters.until = day(&self.until, NewsDate::last_day)?;
        if let (Some(since), Some(until)) = (filters.since, filters.until)
            && since > until
        {
            let typed = |text: &Option<String>| text.clone().unwrap_or_default();
            return Err(FilterError::Backwards {
                since: typed(&self.since),
                until: typed(&self.until),
            });
        }
        Ok(filters)
    }
}

impl Filters {
    /// Whether nothing is filtered.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// The places that may be meant by the name of a partner: a city, a county, else a province.
///
/// A region is no partner by itself; its alliance is looked up by its name.
pub fn partner_places(name: &str) -> Result<Vec<Place>, FilterError> {
    let gazetteer = Gazetteer::get();
    let mut places: Vec<Place> = Vec::new();
    // 「吉林」 is the province, too.
    places.extend(gazetteer.resolve_city(name).iter().map(city_place));
    places.extend(gazetteer.resolve_region(name).iter().map(region_place));
    if places.is_empty() { Err(unknown(name, "city, county or province")) } else { Ok(places) }
}

fn unknown(name: &str, what: &'static str) -> FilterError {
    let nearest = Gazetteer::get().suggest(name);
    FilterError::UnknownPlace { name: name.to_owned(), what, nearest }
}

/// The places that a region consists of; any other place consists of itself.
pub(crate) fn members(place: &Place) -> Vec<Place> {
    let Place::Region(name) = place else { return vec![place.clone()] };
    let gazetteer = Gazetteer::get();
    let members = gazetteer.region(name).into_iter().flat_map(|region| &region.members);
    let divisions = members.filter_map(|code| gazetteer.division(code));
    let places = divisions.filter_map(|division| {
        let name = division.name.to_owned();
        Some(match division.level {
            Level::Province => Place::Province(name),
            Level::Municipality | Level::City => Place::City(name),
            Level::County => Place::County(format!("{}/{name}", gazetteer.city_of(division)?.name)),
            Level::Region => return None,
        })
    });
    places.collect()
}

/// The facet value of a city or county.
pub(super) fn city_place(found: &CityRef) -> Place {
    match found {
        CityRef::City(_) => Place::City(found.facet_name()),
        CityRef::County { .. } => Place::County(found.facet_name()),
    }
}

/// The facet value of a province or region.
pub(super) fn region_place(found: &RegionRef) -> Place {
    match found {
        RegionRef::Province(_) => Place::Province(found.facet_name()),
        RegionRef::Region(_) => Place::Region(found.facet_name()),
    }
}
