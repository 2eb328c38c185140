//! p
/// q
pub struct QueryPlace{/// r
pub range:std::ops::Range<usize>,/// k
pub kind:PlaceKind,/// f
pub facet_name:String,/// c
pub code:String}
/// k
#[derive(Clone,Copy)] pub enum PlaceKind{/// c
City,/// c
County,/// c
Province,/// c
Region}
/// i
pub fn in_query(_:&str)->Vec<QueryPlace>{vec![]}
