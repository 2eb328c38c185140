//! Reprints: what a reader sees of them, and that the file which remembers them is only a memory.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use liancheng::query::{FilterRequest, Plan, Sort};
use liancheng::search::{LocalSearcher, Response, Searcher};

use crate::support::{built, open, plan, sample};

/// The file that remembers which articles are reprints.
fn memory(index: &Path) -> PathBuf {
    let current = std::fs::read_to_string(index.join("CURRENT")).expect("a pointer");
    index.join(current.trim()).join("copies")
}

/// Everything a plan lists, on as many pages as it takes.
fn all_pages(searcher: &LocalSearcher, plan: &Plan) -> Vec<Response> {
    let mut pages = Vec::new();
    for page in 1.. {
        let response = searcher.search(&Plan { page, ..plan.clone() }).expect("an answer");
        let done = response.hits.is_empty();
        pages.push(response);
        if done {
            break;
        }
    }
    pages
}

fn plans() -> Vec<Plan> {
    let region = FilterRequest { regions: vec!["江苏".to_owned()], ..FilterRequest::default() };
    let later = FilterRequest { since: Some("2023-08-11".to_owned()), ..FilterRequest::default() };
    let mut plans = Vec::new();
    for (query, request) in [
        ("太湖", &FilterRequest::default()),
        ("执法 交通 一体化", &FilterRequest::default()),
        ("", &region),
        ("太湖", &later),
        ("", &later),
    ] {
        for sort in [Sort::Relevance, Sort::Newest, Sort::Oldest] {
            plans.push(Plan { sort, size: 3, facets: true, ..plan(query, request) });
        }
    }
    plans
}

#[test]
fn copies_stand_behind_one_that_matches_and_every_count_agrees() {
    let folder = tempfile::tempdir().expect("a folder");
    built(folder.path(), &[sample()]);
    let searcher = open(folder.path());
    assert_eq!((searcher.index().copies().unwrap().groups()), 1);
    let mut collapsed_some = false;
    for plan in plans() {
        let pages = all_pages(&searcher, &plan);
        let hits: Vec<_> = pages.iter().flat_map(|page| &page.hits).collect();
        let every = searcher.ids(&plan).expect("ids");
        let all = Plan { all: true, size: 1_000, ..plan.clone() };
        let all = searcher.search(&all).expect("an answer");
        assert_eq!(all.total, every.len() as u64, "--all lists every copy: {plan:?}");
        assert!(all.hits.iter().all(|hit| hit.duplicates == 0));
        let listed: BTreeSet<&str> = hits.iter().map(|hit| hit.article.id.as_str()).collect();
        assert_eq!(listed.len(), hits.len(), "nothing twice on any page");
        assert!(listed.iter().all(|id| every.iter().any(|e| e == id)), "what is listed matches");
        assert_eq!(pages[0].total, hits.len() as u64, "the total is what is listed: {plan:?}");
        let behind: u64 = hits.iter().map(|hit| hit.duplicates).sum();
        assert_eq!(pages[0].total + behind, all.total);
        collapsed_some |= behind > 0;
        // A facet's count is the total of a search with that value as a filter.
        for count in &pages[0].facets.as_ref().expect("facets").outlet {
            let mut narrowed = Plan { facets: false, ..plan.clone() };
            narrowed.filters.outlets = vec![count.value.clone()];
            assert_eq!(searcher.search(&narrowed).unwrap().total, count.count, "{}", count.value);
        }
    }
    assert!(collapsed_some);
}

#[test]
fn without_its_memory_an_index_answers_the_same() {
    let folder = tempfile::tempdir().expect("a folder");
    let (index, dumps, feeds) =
        (folder.path().join("index"), sample().join("dumps"), sample().join("feeds"));
    let answers = || -> Vec<(Vec<(String, u64)>, u64)> {
        let searcher = open(&index);
        let answer = |plan: Plan| {
            let response = searcher.search(&plan).expect("an answer");
            let hits = response.hits.into_iter().map(|hit| (hit.article.id, hit.duplicates));
            (hits.collect(), response.total)
        };
        plans().into_iter().map(answer).collect()
    };
    built(&index, std::slice::from_ref(&dumps));
    let stale = std::fs::read(memory(&index)).expect("the memory is there");
    built(&index, std::slice::from_ref(&feeds));
    let told = answers();
    let fresh = std::fs::read(memory(&index)).expect("the memory is there");
    let mut damaged = fresh.clone();
    let middle = damaged.len() / 2;
    damaged[middle] ^= 1;
    for (what, bytes) in [
        ("missing: killed between the commit and the file", None),
        ("of the commit before", Some(stale)),
        ("damaged", Some(damaged)),
        ("cut off", Some(fresh[..fresh.len() - 8].to_vec())),
        ("empty", Some(Vec::new())),
    ] {
        match bytes {
            Some(bytes) => std::fs::write(memory(&index), bytes).unwrap(),
            None => std::fs::remove_file(memory(&index)).unwrap(),
        }
        assert_eq!(answers(), told, "{what}");
    }
    built(&index, &[feeds]);
    let again = open(&index).index().copies().unwrap();
    assert!(memory(&index).exists() && again.copies() > 0, "the next run writes it anew");
    assert_eq!(answers(), told);
}

#[test]
fn the_same_groups_one_by_one_or_all_at_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let crawl = std::fs::read_to_string(sample().join("feeds/crawl.jsonl")).expect("the crawl");
    let groups = |index: &Path| {
        let searcher = open(index);
        let copies = searcher.index().copies().unwrap();
        let mut groups: BTreeMap<u32, Vec<String>> = BTreeMap::new();
        for id in searcher.ids(&plan("", &FilterRequest::default())).unwrap() {
            if let Some(group) = searcher.group(&id).unwrap() {
                let others = searcher.copies(&id).unwrap().into_iter().map(|other| other.id);
                let mut members: Vec<String> = others.chain([id]).collect();
                members.sort();
                assert_eq!(groups.entry(group).or_insert_with(|| members.clone()), &members);
            }
        }
        assert_eq!(groups.len() as u64, copies.groups());
        groups.into_values().collect::<BTreeSet<_>>()
    };
    let path = folder.path().join("crawl.jsonl");
    let (bit_by_bit, at_once) = (folder.path().join("bit"), folder.path().join("once"));
    for line in crawl.lines().take(12).collect::<Vec<_>>().into_iter().rev() {
        std::fs::write(&path, line).unwrap();
        built(&bit_by_bit, std::slice::from_ref(&path));
    }
    std::fs::write(&path, crawl.lines().take(12).collect::<Vec<_>>().join("\n")).unwrap();
    built(&at_once, &[path]);
    assert_eq!(groups(&bit_by_bit), groups(&at_once));
    assert_eq!(groups(&at_once).len(), 1);
}
