//! Files, folders and standard input → [`RawPage`]s.
