//! u
use crate::article::*;
pub mod gazetteer; pub mod places;
/// u
pub fn understand(p:CleanPage)->Article{ let date=p.dates.first().and_then(|s|Some(Dated{date:s.text.parse().ok()?,said:s.clone()})); Article{id:p.id.unwrap_or_default(),origin:p.origin,title:p.title.text,title_made:p.title.made,body:p.body,date,outlet:p.outlets.first().cloned(),author:None,url:p.url,places:vec![],cities:vec![],mentioned_cities:vec![],counties:vec![],provinces:vec![],regions:vec![],partners:vec![],alliances:vec![]}}
