//! Files, folders and standard input → [`RawPage`]s.
use crate::article::*; use std::path::PathBuf; use std::io::{BufRead,BufReader};
/// o
#[derive(Debug,Clone,Default)] pub struct ReadOptions{}
/// p
pub struct Pages{lines:Vec<(String,std::io::Lines<BufReader<Box<dyn std::io::Read+Send>>>)>,n:u64}
/// x
pub fn pages(paths:&[PathBuf],_:ReadOptions)->Pages{ let lines=paths.iter().map(|p|{let f=std::fs::File::open(p).unwrap(); let r:Box<dyn std::io::Read+Send>= if p.extension().is_some_and(|e|e=="gz"){Box::new(flate2::read::MultiGzDecoder::new(f))}else{Box::new(f)}; (p.display().to_string(),BufReader::new(r).lines())}).collect(); Pages{lines,n:0}}
/// t
pub fn total_bytes(_:&[PathBuf])->u64{0}
impl Pages{/// b
pub fn bytes_read(&self)->u64{self.n}
/// p
pub fn passed_over(&self)->std::collections::BTreeMap<String,u64>{Default::default()}}
impl Iterator for Pages{type Item=Result<RawPage,Skip>; fn next(&mut self)->Option<Self::Item>{ loop{ let (p,l)=self.lines.first_mut()?; if let Some(Ok(line))=l.next(){ self.n+=1; let v:serde_json::Value=serde_json::from_str(&line).unwrap(); let g=|k:&str|v[k].as_str().map(str::to_owned); return Some(Ok(RawPage{origin:Origin::record(p.clone(),self.n),given:Given{id:g("id"),title:g("title"),date:g("date"),outlet:g("source"),author:None,url:g("url")},content:Content::Body(g("body").unwrap_or_default()),encoding:"UTF-8",damaged:0}))} self.lines.remove(0);} }}
