//! The folder of an index → the state of it that is served now, and the next one beside it.
//!
//! A rebuild swaps generations, `index` commits into one; either way the new state is opened and
//! made ready beside the old one and then takes its place. Whoever still reads the old one finishes
//! with it; its files go when the last reader lets go.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
#[cfg(feature = "cluster")]
use std::sync::Mutex;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};
#[cfg(feature = "cluster")]
use std::time::{Duration, Instant};

use super::{ServeError, Whose};
use crate::article::Article;
#[cfg(feature = "cluster")]
use crate::cluster::{ClusterError, ClusterSearcher, Nodes};
use crate::index::Home;
use crate::query::Plan;
use crate::query::suggest::Lexicon;
use crate::search::{Facets, Found, LocalSearcher, Response, SearchError, Searcher, Similar};
use crate::understand::overrides::Overrides;

/// How often a cluster is asked whether its archive has changed.
#[cfg(feature = "cluster")]
const LOOK_AT_CLUSTER: Duration = Duration::from_secs(15);

/// The index that is served, whatever its state.
pub(super) struct Live {
    home: Home,
    folder: PathBuf,
    now: RwLock<Arc<Shelf>>,
    #[cfg(feature = "cluster")]
    looked: Mutex<Instant>,
}

/// Who answers.
#[derive(Clone)]
enum Answering {
    Local(Arc<LocalSearcher>),
    #[cfg(feature = "cluster")]
    Cluster(Arc<ClusterSearcher>),
}

impl Answering {
    fn searcher(&self) -> &dyn Searcher {
        match self {
            Self::Local(searcher) => &**searcher,
            #[cfg(feature = "cluster")]
            Self::Cluster(searcher) => &**searcher,
        }
    }
}

/// One state of the index, and what was gathered from it once.
pub(super) struct Shelf {
    answering: Answering,
    articles: u64,
    pub(super) generation: String,
    pub(super) overrides: Overrides,
    gathered: Arc<Gathered>,
}

/// What is worth gathering once for a state of the index.
#[derive(Default)]
struct Gathered {
    lexicon: OnceLock<Lexicon>,
    facets: OnceLock<Facets>,
    /// The same with every copy of an article counted.
    copies: OnceLock<Facets>,
    /// Every article in which places work together, without its text.
    together: OnceLock<Vec<Article>>,
}

impl Live {
    /// Opens the index of a folder.
    pub(super) fn open(folder: &Path, whose: &Whose) -> Result<Self, ServeError> {
        let home = Home::at(folder);
        let shelf = match whose {
            Whose::Index => Shelf::open(&home, folder)?,
            #[cfg(feature = "cluster")]
            Whose::Cluster { addresses, archive } => {
                let nodes = Nodes::at(addresses).map_err(SearchError::from)?;
                let searcher = ClusterSearcher::open(nodes, archive).map_err(SearchError::from)?;
                Shelf::of_cluster(searcher, folder)?
            }
        };
        Ok(Self {
            home,
            folder: folder.to_owned(),
            now: RwLock::new(Arc::new(shelf)),
            #[cfg(feature = "cluster")]
            looked: Mutex::new(Instant::now()),
        })
    }

    /// The state that is served now.
    pub(super) fn shelf(&self) -> Arc<Shelf> {
        Arc::clone(&self.now.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Looks whether the index or its corrections have changed; if so, opens the new state, makes it
    /// ready and serves it from now on.
    pub(super) fn look(&self) -> Result<Option<Arc<Shelf>>, ServeError> {
        let old = self.shelf();
        let overrides = Overrides::of_index(&self.folder)?;
        let same = match &old.answering {
            Answering::Local(searcher) => searcher.index().is_current(),
            #[cfg(feature = "cluster")]
            Answering::Cluster(searcher) => self.is_still(searcher)?,
        };
        let new = if same && overrides == old.overrides {
            return Ok(None);
        } else if same {
            Shelf {
                answering: old.answering.clone(),
                articles: old.articles,
                generation: old.generation.clone(),
                overrides,
                gathered: Arc::clone(&old.gathered),
            }
        } else {
            match &old.answering {
                Answering::Local(_) => Shelf::open(&self.home, &self.folder)?,
                #[cfg(feature = "cluster")]
                Answering::Cluster(searcher) => {
                    let new = searcher.reopened().map_err(SearchError::from)?;
                    Shelf::of_cluster(new, &self.folder)?
                }
            }
        };
        new.warm_up();
        let new = Arc::new(new);
        *self.now.write().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&new);
        Ok(Some(new))
    }

    /// Whether an archive on a cluster is as it was; asked now and then only.
    #[cfg(feature = "cluster")]
    fn is_still(&self, searcher: &ClusterSearcher) -> Result<bool, ServeError> {
        let mut looked = self.looked.lock().unwrap_or_else(PoisonError::into_inner);
        if looked.elapsed() < LOOK_AT_CLUSTER {
            return Ok(true);
        }
        *looked = Instant::now();
        drop(looked);
        Ok(searcher.is_current().map_err(|error: ClusterError| SearchError::from(error))?)
    }
}

impl Shelf {
    fn open(home: &Home, folder: &Path) -> Result<Self, ServeError> {
        let index = home.open()?;
        Ok(Self {
            generation: index.generation.clone(),
            articles: index.len(),
            answering: Answering::Local(Arc::new(LocalSearcher::new(index))),
            overrides: Overrides::of_index(folder)?,
            gathered: Arc::default(),
        })
    }

    #[cfg(feature = "cluster")]
    fn of_cluster(searcher: ClusterSearcher, folder: &Path) -> Result<Self, ServeError> {
        let everything = Plan { size: 0, all: true, ..Plan::of("") };
        Ok(Self {
            generation: searcher.index().to_owned(),
            articles: searcher.search(&everything)?.total,
            answering: Answering::Cluster(Arc::new(searcher)),
            overrides: Overrides::of_index(folder)?,
            gathered: Arc::default(),
        })
    }

    fn searcher(&self) -> &dyn Searcher {
        self.answering.searcher()
    }

    /// Articles akin to one; a cluster is not asked for them.
    pub(super) fn similar(
        &self,
        article: &Article,
        count: usize,
    ) -> Result<Vec<Similar>, SearchError> {
        match &self.answering {
            Answering::Local(searcher) => searcher.similar(article, count),
            #[cfg(feature = "cluster")]
            Answering::Cluster(_) => Ok(Vec::new()),
        }
    }

    /// Gathers what requests will need, so that the first is as quick as the next.
    pub(super) fn warm_up(&self) {
        // What fails here fails again where it is needed, and is told there.
        let _ = self.facets();
        let _ = self.lexicon();
        let _ = self.together_all();
        let _ = self.searcher().search(&Plan::of("合作"));
    }

    /// Number of articles.
    pub(super) fn articles(&self) -> u64 {
        self.articles
    }

    /// The counts of all articles, reprints once.
    pub(super) fn facets(&self) -> Result<&Facets, SearchError> {
        self.counted(&self.gathered.facets, false)
    }

    /// The counts of all articles, every copy of them if `all`.
    pub(super) fn facets_of(&self, all: bool) -> Result<&Facets, SearchError> {
        if all { self.counted(&self.gathered.copies, true) } else { self.facets() }
    }

    fn counted<'a>(
        &'a self,
        once: &'a OnceLock<Facets>,
        all: bool,
    ) -> Result<&'a Facets, SearchError> {
        if let Some(facets) = once.get() {
            return Ok(facets);
        }
        let everything = Plan { size: 0, facets: true, all, ..Plan::of("") };
        let facets = self.searcher().search(&everything)?.facets.unwrap_or_default();
        Ok(once.get_or_init(|| facets))
    }

    /// The words that suggestions are made of.
    pub(super) fn lexicon(&self) -> Result<&Lexicon, SearchError> {
        if let Some(lexicon) = self.gathered.lexicon.get() {
            return Ok(lexicon);
        }
        let lexicon = match &self.answering {
            Answering::Local(searcher) => searcher.lexicon()?,
            // A cluster does not list its words; names of places and programmes are known here.
            #[cfg(feature = "cluster")]
            Answering::Cluster(_) => Lexicon::new([]),
        };
        // Pinyin is spelled out with the first word that is typed in it.
        let _ = lexicon.complete("zhongguo", 1);
        Ok(self.gathered.lexicon.get_or_init(|| lexicon))
    }

    /// Every article in which places work together, without its text.
    fn together_all(&self) -> Result<&[Article], SearchError> {
        if let Some(articles) = self.gathered.together.get() {
            return Ok(articles);
        }
        let mut articles = Vec::new();
        self.searcher().together(&Plan::of(""), &mut |article| {
            articles.push(Article { body: String::new(), places: Vec::new(), ..article });
        })?;
        Ok(self.gathered.together.get_or_init(|| articles))
    }
}

/// A shelf answers like the index on it, but has the articles on partners at hand.
impl Searcher for Shelf {
    fn search(&self, plan: &Plan) -> Result<Response, SearchError> {
        self.searcher().search(plan)
    }

    fn ids(&self, plan: &Plan) -> Result<Vec<String>, SearchError> {
        self.searcher().ids(plan)
    }

    fn together(&self, plan: &Plan, visit: &mut dyn FnMut(Article)) -> Result<(), SearchError> {
        let articles = self.together_all()?;
        if plan.node.is_none() && plan.filters.is_empty() {
            articles.iter().cloned().for_each(visit);
            return Ok(());
        }
        let ids: HashSet<String> = self.searcher().ids(plan)?.into_iter().collect();
        articles.iter().filter(|article| ids.contains(&article.id)).cloned().for_each(visit);
        Ok(())
    }

    fn group(&self, id: &str) -> Result<Option<u32>, SearchError> {
        self.searcher().group(id)
    }

    fn copies(&self, id: &str) -> Result<Vec<Article>, SearchError> {
        self.searcher().copies(id)
    }

    fn article(&self, id: &str) -> Result<Found, SearchError> {
        self.searcher().article(id)
    }
}
