//! `liancheng watch DIR…`.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::args::{Report, WatchArgs};
use super::index::{options, sentence};
use super::progress::Progress;
use super::{CliError, Console, Outcome};
use crate::index::{Home, IndexError, Looked, Watch};
use crate::present::counted;

/// How often the wish to stop is looked for.
const PULSE: Duration = Duration::from_millis(50);

/// How long to wait after something went wrong that may pass: a full disk, a folder that is away.
const AFTER_FAILURE: Duration = Duration::from_secs(10);

/// Indexes what arrives until it is told to stop.
pub(super) fn run(
    home: &Path,
    args: &WatchArgs,
    console: &mut Console<'_>,
) -> Result<Outcome, CliError> {
    let stop = Arc::<AtomicBool>::default();
    for signal in [signal_hook::consts::SIGTERM, signal_hook::consts::SIGINT] {
        signal_hook::flag::register(signal, Arc::clone(&stop))?;
    }
    let settle = Duration::try_from_secs_f64(args.settle)
        .map_err(|_| CliError::Settle(args.settle.to_string()))?;
    let mut watch = Watch::new(Home::at(home), args.paths.clone(), settle);
    let names: Vec<String> = args.paths.iter().map(|p| format!("`{}`", p.display())).collect();
    console.say(format_args!("watching {}; stop with Ctrl-C", names.join(", ")));
    let mut told_busy = false;
    loop {
        // Corrections may change while we watch.
        let options = options(home, &args.build)?;
        let mut progress = Progress::new(console, 0, args.build.verbose);
        let looked = watch.look(&options, &mut progress);
        progress.finish();
        let mut pause = watch.pause();
        match looked {
            Ok(Looked::Nothing(0)) if args.once => break,
            Ok(Looked::Nothing(_)) => {}
            Ok(Looked::Indexed(summary)) => {
                told_busy = false;
                match args.build.format {
                    Report::Text => writeln!(console.out(), "{}", sentence(&summary))?,
                    Report::Json => {
                        serde_json::to_writer(console.out(), &summary)?;
                        writeln!(console.out())?;
                    }
                }
                console.finish()?;
                if args.build.strict && summary.skipped > 0 {
                    let were = if summary.skipped == 1 { "was" } else { "were" };
                    let what = format!("{} {were}", counted(summary.skipped, "page"));
                    return Err(CliError::Skipped(what));
                }
            }
            Ok(Looked::Busy) => {
                if !told_busy {
                    console.say("another process is writing the index; waiting for it");
                }
                told_busy = true;
                pause = pause.max(Duration::from_secs(1));
            }
            // What was in stays in; the next look tries again.
            Err(error @ IndexError::Io { .. }) => {
                console.fail(&CliError::Index(error));
                pause = AFTER_FAILURE;
            }
            Err(error) => return Err(error.into()),
        }
        let until = Instant::now() + pause;
        while !stop.load(Ordering::Relaxed) && Instant::now() < until {
            std::thread::sleep(PULSE.min(until.saturating_duration_since(Instant::now())));
        }
        if stop.load(Ordering::Relaxed) {
            console.say("stopped");
            break;
        }
    }
    Ok(Outcome::Done)
}
