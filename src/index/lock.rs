//! Locks on files that are given back by saying so.

use std::fs::{File, TryLockError};
use std::io;

/// A file with a lock of the system's (`flock`) on it; dropping it gives the lock back.
///
/// Closing the file would not always do: a child process that another thread has just begun has the
/// same open file until it runs its program, and with it the lock. Crashes leave no lock behind.
#[derive(Debug)]
pub struct Locked(File);

impl Locked {
    /// Waits until nobody else has the file.
    pub fn alone(file: File) -> io::Result<Self> {
        file.lock().map(|()| Self(file))
    }

    /// Waits until all who have the file share it.
    pub fn shared(file: File) -> io::Result<Self> {
        file.lock_shared().map(|()| Self(file))
    }

    /// Takes the file if nobody else has it; otherwise gives it back as it is.
    pub fn try_alone(file: File) -> io::Result<Result<Self, File>> {
        match file.try_lock() {
            Ok(()) => Ok(Ok(Self(file))),
            Err(TryLockError::WouldBlock) => Ok(Err(file)),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }

    /// The file.
    pub fn file(&mut self) -> &mut File {
        &mut self.0
    }
}

impl Drop for Locked {
    fn drop(&mut self) {
        let _ = self.0.unlock();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_child_just_begun_does_not_keep_the_lock() {
        let path = tempfile::NamedTempFile::new().unwrap();
        let lock = || Locked::try_alone(path.reopen().unwrap()).unwrap();
        let file = path.reopen().unwrap();
        // What a child has between its beginning and its program: the same open file.
        let _in_a_child = file.try_clone().unwrap();
        let held = Locked::try_alone(file).unwrap().unwrap();
        assert!(lock().is_err(), "somebody has it");
        drop(held);
        assert!(lock().is_ok());
    }
}
