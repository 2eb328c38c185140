//! Where answers come from: the index on this machine, or the same archive on a cluster.

use std::path::Path;

use super::CliError;
use super::args::ClusterArgs;
#[cfg(feature = "cluster")]
use crate::cluster::{ClusterSearcher, Nodes};
use crate::index::Home;
use crate::search::{LocalSearcher, Searcher};

/// Something that answers.
pub(super) enum Whence {
    /// An index on this machine.
    Local(LocalSearcher),
    /// An archive on a cluster.
    #[cfg(feature = "cluster")]
    Cluster(ClusterSearcher),
}

impl Whence {
    /// Opens what was asked for.
    pub(super) fn open(home: &Path, args: &ClusterArgs) -> Result<Self, CliError> {
        #[cfg(feature = "cluster")]
        if let Some(addresses) = args.address() {
            return Ok(Self::Cluster(ClusterSearcher::open(Nodes::at(addresses)?, &args.archive)?));
        }
        let _ = args;
        Ok(Self::Local(LocalSearcher::new(Home::at(home).open()?)))
    }

    /// What answers plans.
    pub(super) fn searcher(&self) -> &dyn Searcher {
        match self {
            Self::Local(searcher) => searcher,
            #[cfg(feature = "cluster")]
            Self::Cluster(searcher) => searcher,
        }
    }

    /// The index on this machine, if that is what answers.
    pub(super) fn local(&self) -> Option<&LocalSearcher> {
        match self {
            Self::Local(searcher) => Some(searcher),
            #[cfg(feature = "cluster")]
            Self::Cluster(_) => None,
        }
    }
}
