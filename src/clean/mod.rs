//! clean
pub mod fold;
use crate::article::*;
/// c
pub fn clean(p:RawPage)->Result<CleanPage,Skip>{ let Content::Body(body)=p.content else{ return Err(Skip::new(p.origin,"x"))}; let t=p.given.title.unwrap_or_default(); let made=fold::fold(&body).contains(&fold::fold(&t)); let body=body.split_whitespace().collect::<Vec<_>>().join("\n"); Ok(CleanPage{origin:p.origin,id:p.given.id,url:p.given.url,title:Title{text:t,made},body,dates:p.given.date.map(|d|Said::new(d,Witness::Record)).into_iter().collect(),outlets:p.given.outlet.map(|d|Said::new(d,Witness::Record)).into_iter().collect(),authors:vec![]})}
