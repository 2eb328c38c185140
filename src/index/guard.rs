//! Work on bytes from a disk that may have gone bad → its result, or the news that it broke.
//!
//! The engine trusts its files. What is flipped in them between two looks can make it panic, and a
//! panic must not reach a person: it is caught here, and whoever prints panics asks
//! [`is_guarded`] and stays silent.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};

thread_local! {
    static GUARDED: Cell<u32> = const { Cell::new(0) };
}

/// The work broke over what it read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Broke;

/// Does work that may panic because of bytes from outside.
pub fn guarded<T>(work: impl FnOnce() -> T) -> Result<T, Broke> {
    GUARDED.set(GUARDED.get() + 1);
    let done = catch_unwind(AssertUnwindSafe(work)).map_err(|_| Broke);
    GUARDED.set(GUARDED.get() - 1);
    done
}

/// Takes all that this thread will ever do as such work: for threads that work for others, to whom
/// their panics go on.
pub fn guard_thread() {
    GUARDED.set(GUARDED.get() + 1);
}

/// Whether this thread does such work now, so that its panics need not be printed.
pub fn is_guarded() -> bool {
    GUARDED.get() > 0
}
