//! What can be wrong with a cluster, as sentences.

use crate::index::IndexError;
use crate::search::SearchError;

/// The oldest version of OpenSearch that has what is needed (the similarity `LegacyBM25`).
pub(super) const OLDEST: [u32; 2] = [3, 0];

/// Why a cluster did not answer, or did not take what was sent.
#[derive(Debug, thiserror::Error)]
pub enum ClusterError {
    /// Not an address.
    #[error("`{address}` is no address of a cluster: {what}")]
    Address {
        /// As it was given, without a password.
        address: String,
        /// What is wrong with it.
        what: &'static str,
    },
    /// Credentials or certificates that cannot be used; never says what they are.
    #[error("{0}")]
    Credentials(String),
    /// No node could be reached.
    #[error("the cluster cannot be reached: {0}")]
    Unreachable(String),
    /// No node answered in time.
    #[error("the cluster did not answer within {seconds} s ({node})")]
    Slow {
        /// The node that was asked last.
        node: String,
        /// How long was waited.
        seconds: u64,
    },
    /// Who asks is not known.
    #[error("the cluster at {0} does not know who asks (401)")]
    Unauthorised(String),
    /// Who asks may not.
    #[error("the cluster does not allow it (403): {0}")]
    Forbidden(String),
    /// Too old, or something else.
    #[error("{node} runs {found}; OpenSearch {}.{} or newer is needed", OLDEST[0], OLDEST[1])]
    Version {
        /// The node.
        node: String,
        /// What it says it is.
        found: String,
    },
    /// There is nothing of this name.
    #[error("the cluster holds no archive `{0}`")]
    Missing(String),
    /// A name that OpenSearch does not take, or that would hide another.
    #[error("`{name}` cannot name an archive: {what}")]
    Name {
        /// As it was given.
        name: String,
        /// What is wrong with it.
        what: &'static str,
    },
    /// It was pushed by another program, dictionary, gazetteer or schema.
    #[error("the archive `{name}` was pushed with {built}, this program has {wanted}")]
    OtherStamp {
        /// The archive.
        name: String,
        /// What differs, as the archive has it.
        built: String,
        /// The same, as this program has it.
        wanted: String,
    },
    /// The disks are full.
    #[error("the cluster takes nothing more, its disks are too full: {0}")]
    Full(String),
    /// Too much was asked of it.
    #[error("the cluster is too busy: {0}")]
    Busy(String),
    /// Some part of the archive is nowhere.
    #[error("the archive `{name}` cannot be searched: {what}")]
    Unavailable {
        /// The archive.
        name: String,
        /// What the cluster says.
        what: String,
    },
    /// What was pushed is not what is there.
    #[error("what the cluster holds in `{index}` is not what was sent: {what}")]
    Unproven {
        /// The index behind the archive.
        index: String,
        /// What differs.
        what: String,
    },
    /// There is nothing to go back to.
    #[error("the archive `{0}` has no earlier state to go back to")]
    NoPrevious(String),
    /// It said something that is not understood.
    #[error("the cluster refused ({status}): {what}")]
    Refused {
        /// HTTP status.
        status: u16,
        /// What it said.
        what: String,
    },
    /// An answer without what belongs in it.
    #[error("the cluster's answer cannot be read: {0}")]
    Unreadable(String),
    /// The index on this machine.
    #[error(transparent)]
    Index(#[from] IndexError),
    /// This machine itself.
    #[error("cannot talk to a cluster: {0}")]
    Here(std::io::Error),
}

impl ClusterError {
    /// What a person can do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Address { .. } => {
                Some("write it as http://host:9200, several with commas between".to_owned())
            }
            Self::Credentials(_) | Self::Unauthorised(_) => Some(
                "set LIANCHENG_CLUSTER_USER and LIANCHENG_CLUSTER_PASSWORD, or \
                 LIANCHENG_CLUSTER_API_KEY, or name a file that holds them in \
                 LIANCHENG_CLUSTER_CREDENTIALS"
                    .to_owned(),
            ),
            Self::Unreachable(_) => {
                Some("see that it runs and that this machine may reach it".to_owned())
            }
            Self::Slow { .. } | Self::Busy(_) => {
                Some("try again later, or ask for less at once".to_owned())
            }
            Self::Forbidden(_) => Some(
                "the user needs to read the archive, and to push it also to manage it".to_owned(),
            ),
            Self::Version { .. } => Some("update the cluster".to_owned()),
            Self::Missing(name) => {
                Some(format!("run `liancheng push --to URL --name {name}` to make it"))
            }
            Self::Name { .. } => {
                Some("use small letters, digits, - and _, beginning with a letter".to_owned())
            }
            Self::OtherStamp { name, .. } => Some(format!(
                "run `liancheng push --to URL --name {name}`; it fills a new archive beside the old"
            )),
            Self::Full(_) => Some(
                "make room on its disks; what was sent stays, and the next push goes on from there"
                    .to_owned(),
            ),
            Self::Unavailable { .. } => Some(
                "see that all nodes run; `GET _cluster/health` says what is missing".to_owned(),
            ),
            Self::Unproven { .. } => {
                Some("the archive that is searched stays as it was; run the push again".to_owned())
            }
            Self::NoPrevious(_) => {
                Some("only a full push leaves the state before it behind".to_owned())
            }
            Self::Index(error) => error.hint(),
            Self::Refused { .. } | Self::Unreadable(_) | Self::Here(_) => None,
        }
    }
}

impl From<ClusterError> for SearchError {
    fn from(error: ClusterError) -> Self {
        match error {
            ClusterError::Index(error) => Self::Index(error),
            other => Self::Cluster { what: other.to_string(), hint: other.hint() },
        }
    }
}
