//! `liancheng serve`.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::args::ServeArgs;
use super::{CliError, Console, Outcome, console};
use crate::serve::{Notice, Options, Whose};

/// Serves the page and the API until a signal ends it.
pub(super) fn run(
    home: &Path,
    args: &ServeArgs,
    console: &mut Console<'_>,
) -> Result<Outcome, CliError> {
    console.finish()?;
    let log = !args.no_log;
    #[cfg(feature = "cluster")]
    let whose = match args.cluster.address() {
        None => Whose::Index,
        Some(addresses) => Whose::Cluster {
            addresses: addresses.to_owned(),
            archive: args.cluster.archive.clone(),
        },
    };
    #[cfg(not(feature = "cluster"))]
    let whose = Whose::Index;
    let options = Options {
        whose,
        listen: args.listen,
        token: args.token.clone().filter(|token| !token.is_empty()),
        at_once: usize::from(args.at_once),
        timeout: Duration::from_secs(u64::from(args.timeout)),
        log_queries: args.log_queries,
    };
    let tell = move |notice: Notice| {
        if log || !matches!(notice, Notice::Answered { .. }) {
            console::tell(&notice.to_string());
        }
    };
    crate::serve::run(home, options, Arc::new(tell))?;
    Ok(Outcome::Done)
}
