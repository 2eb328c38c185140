//! `liancheng partners [PLACE[,PLACE]]`.

use std::collections::HashSet;
use std::path::Path;

use super::args::{Graph, PartnersArgs};
use super::{CliError, Console, Outcome};
use crate::article::{Cooperation, NewsDate};
use crate::index::Home;
use crate::present::format::PairsAnswer;
use crate::present::{Circle, Pairs, counted};
use crate::query::{FilterRequest, Filters, Place, partner_places};
use crate::search::{LocalSearcher, Searcher};
use crate::understand::gazetteer::{Gazetteer, RegionRef};
use crate::understand::overrides::Overrides;
use crate::understand::partners::KINDS;

/// Lists pairs of partners, or the time line of one pair.
pub(super) fn run(
    home: &Path,
    args: &PartnersArgs,
    console: &mut Console<'_>,
) -> Result<Outcome, CliError> {
    let asked = Asked::of(args)?;
    let mut overrides = vec![Overrides::of_index(home)?];
    if let Some(path) = &args.overrides {
        overrides.push(Overrides::read(path)?);
    }
    let searcher = LocalSearcher::new(Home::at(home).open()?);
    let (circles, undated) = asked.circles(&searcher, &overrides)?;
    let total = circles.len();
    let shown = &circles[..total.min(args.number as usize)];
    let mut remarks = Vec::new();
    if undated > 0 {
        remarks.push(format!(
            "{} would count but {} no date; without --since and --until they do",
            counted(undated, "other article"),
            if undated == 1 { "states" } else { "state" }
        ));
    }
    if shown.len() < total {
        remarks.push(format!(
            "{} of {} are shown; `-n {total}` shows all",
            shown.len(),
            counted(total as u64, "pair")
        ));
    }
    let answer = PairsAnswer { total: total as u64, undated, remarks: &remarks, pairs: shown };
    let layout = console.layout();
    match args.format {
        Graph::Json => answer.write_json(console.out())?,
        Graph::Csv => answer.write_csv(console.out())?,
        Graph::Dot => answer.write_dot(console.out())?,
        Graph::Graphml => answer.write_graphml(console.out())?,
        Graph::Text if asked.places.len() == 2 => answer.write_time_line(layout, console.out())?,
        Graph::Text => answer.write_text(layout, console.out())?,
    }
    console.finish()?;
    if args.format != Graph::Json {
        for remark in &remarks {
            console.remark(remark);
        }
    }
    if circles.is_empty() {
        console.remark("nobody is said to work together so");
        return Ok(Outcome::Nothing);
    }
    Ok(Outcome::Done)
}

/// What was asked for.
struct Asked {
    /// Of each place that was typed, the names that partners are filed under.
    places: Vec<HashSet<String>>,
    /// Names of the places in the regions; none if no region was asked for.
    region: Option<HashSet<&'static str>>,
    /// Whether both sides have to lie in it.
    within: bool,
    kinds: Vec<String>,
    /// What can be asked of the index.
    filters: Filters,
    /// The days that were asked for.
    days: Days,
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

impl Asked {
    fn of(args: &PartnersArgs) -> Result<Self, CliError> {
        let names = |values: &[String]| -> Vec<String> {
            let parts = values.iter().flat_map(|value| value.split([',', '，', '、']));
            parts.map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).collect()
        };
        let places = names(&args.places);
        if places.len() > 2 {
            return Err(CliError::ManyPlaces(places.len()));
        }
        let kinds = names(&args.kind);
        if let Some(unknown) = kinds.iter().find(|kind| !KINDS.contains(&kind.as_str())) {
            return Err(CliError::UnknownKind(unknown.clone()));
        }
        let request = FilterRequest {
            partners: places.clone(),
            since: args.since.clone(),
            until: args.until.clone(),
            ..FilterRequest::default()
        };
        // What is corrected by hand may add a pair that the index does not know.
        let typed = request.resolve()?;
        let days = Days { since: typed.since, until: typed.until };
        // An article of today may tell of what was signed years ago: days are those of the event.
        let filters = Filters { partners: Vec::new(), since: None, until: None, ..typed };
        let regions = names(&args.region);
        Ok(Self {
            places: places.iter().map(|name| filed(name)).collect::<Result<_, CliError>>()?,
            region: (!regions.is_empty()).then(|| in_regions(&regions)).transpose()?,
            within: args.within,
            kinds,
            filters,
            days,
        })
    }

    /// The circles that are told of, and how many articles state no date.
    fn circles(
        &self,
        searcher: &dyn Searcher,
        overrides: &[Overrides],
    ) -> Result<(Vec<Circle>, u64), CliError> {
        let mut pairs = Pairs::default();
        let mut failed = None;
        let mut undated = 0;
        searcher.together(&self.filters, &mut |mut article| {
            for overrides in overrides {
                overrides.apply(&mut article);
            }
            let group = searcher.group(&article.id).unwrap_or_else(|error| {
                failed = Some(error);
                None
            });
            let published = article.date.as_ref().map(|dated| dated.date);
            let happened = |fact: &Cooperation| self.days.hold(when(fact, published));
            pairs.add_of_group(&article, group, |members, fact| {
                let then = !self.days.are_asked() || happened(fact) == Some(true);
                then && self.wants(members, &fact.kind)
            });
            if self.days.are_asked() {
                let told = article
                    .circles()
                    .any(|(m, fact)| happened(fact).is_none() && self.wants(&m, &fact.kind));
                undated += u64::from(told);
            }
        })?;
        if let Some(error) = failed {
            return Err(error.into());
        }
        Ok((pairs.circles(), undated))
    }

    fn wants(&self, members: &[&str], kind: &str) -> bool {
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
fn filed(name: &str) -> Result<HashSet<String>, CliError> {
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
fn in_regions(regions: &[String]) -> Result<HashSet<&'static str>, CliError> {
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
