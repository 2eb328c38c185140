//! g
/// g
pub struct Gazetteer; 
/// d
pub struct Division;
/// c
pub enum CityRef<'a>{/// c
City(&'a Division),/// c
County{/// c
city:&'a Division,/// c
county:&'a Division}}
/// r
pub enum RegionRef<'a>{/// p
Province(&'a Division),/// r
Region(&'a Division)}
impl CityRef<'_>{/// f
pub fn facet_name(&self)->String{String::new()}}
impl RegionRef<'_>{/// f
pub fn facet_name(&self)->String{String::new()}}
impl Gazetteer{ /// g
pub fn get()->&'static Self{&Gazetteer}
/// f
pub fn fingerprint()->&'static str{"x"}
/// r
pub fn resolve_city(&self,_:&str)->Vec<CityRef<'_>>{vec![]}
/// r
pub fn resolve_region(&self,_:&str)->Vec<RegionRef<'_>>{vec![]}
/// s
pub fn suggest(&self,_:&str)->Option<String>{None}}
