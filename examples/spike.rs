//! x
#![allow(clippy::all, clippy::pedantic, clippy::print_stdout, clippy::print_stderr)]
use liancheng::{index::*, query::*, search::*};
use std::time::Instant;
struct W; impl Watcher for W{fn skipped(&mut self,s:&liancheng::article::Skip){eprintln!("{s}")} fn progressed(&mut self,_:u64,_:u64){}}
fn plan(q:&str,size:usize)->Plan{ let (node,understood,remarks)=parse(q); Plan{query:q.into(),node,filters:Filters::default(),sort:Sort::Relevance,size,page:1,facets:false,understood,remarks}}
fn main(){
 let a:Vec<String>=std::env::args().collect();
 let home=Home::at("/tmp/spike.idx");
 if a[1]=="index"{ let _=std::fs::remove_dir_all("/tmp/spike.idx"); let s=index(&home,&["/work/shared/corpus/archive40k.jsonl.gz".into()],&BuildOptions::default(),&mut W).unwrap(); println!("{s:?} bytes {}",home.bytes().unwrap()); return }
 let t=Instant::now(); let s=LocalSearcher::new(home.open().unwrap()); println!("open {:?}",t.elapsed());
 if a[1]=="run"{ // topics -> run tsv
   let t:serde_json::Value=serde_json::from_str(&std::fs::read_to_string("/work/shared/topics/dev.json").unwrap()).unwrap();
   let mut out=String::new(); let name=&a[2];
   let mut ask=|id:String,q:&str|{ let r=s.search(&plan(q,100)).unwrap(); for h in r.hits{ out+=&format!("{name}\t{id}\t{}\t{}\n",h.rank,h.article.id);} };
   for x in t["topics"].as_array().unwrap(){ let id=x["id"].as_str().unwrap(); ask(id.into(),x["query"].as_str().unwrap()); for (i,v) in x["variants"].as_array().unwrap().iter().enumerate(){ ask(format!("{id}#{i}"),v.as_str().unwrap()); } }
   for x in t["known"].as_array().unwrap(){ ask(x["id"].as_str().unwrap().into(),x["query"].as_str().unwrap()); }
   std::fs::write("/tmp/run.tsv",out).unwrap(); return }
 if a[1]=="b"{ for q in &a[2..]{ for size in [0,10]{ let p=plan(q,size); for _ in 0..20{s.search(&p).unwrap();} let t=Instant::now(); for _ in 0..200{ s.search(&p).unwrap(); } print!("{q} size {size}: {:?}  ",t.elapsed()/200);} 
   // tantivy OR
   use tantivy::{query::*,collector::*,schema::*,Term}; let (_,u,_)=parse(q); let f=s.index().fields; let se=s.index().searcher();
   let qq=BooleanQuery::union(u.words.iter().map(|w|Box::new(TermQuery::new(Term::from_field_text(f.body_words,w),IndexRecordOption::WithFreqs)) as Box<dyn Query>).collect());
   let t=Instant::now(); for _ in 0..200{ se.search(&qq,&TopDocs::with_limit(10).order_by_score()).unwrap(); } println!("OR {:?} words {:?}",t.elapsed()/200,u.words); } return }
 for q in &a[2..]{ let p=plan(q,10); let r=s.search(&p).unwrap(); let t=Instant::now(); for _ in 0..20{ s.search(&p).unwrap(); } println!("== {q} total {} {:?}",r.total,t.elapsed()/20); for h in r.hits.iter().take(if a[1]=="q"{5}else{0}){ println!("  {:.2} {} {} {}",h.score,h.article.id,h.article.date.as_ref().map(|d|d.date.to_string()).unwrap_or_default(),h.article.title.chars().take(40).collect::<String>()); } }
}
