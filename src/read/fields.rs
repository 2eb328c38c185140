//! Names of fields that a person gives for a crawl whose names we do not know: a small TOML file.
//!
//! `schema/fields.toml` shows one; a test reads it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::record::Field;

/// For each field the names under which a crawl records it, most trusted first.
///
/// A name is that of a key or column as it is written there; dots lead into objects
/// (`detail.content`).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FieldNames {
    by_field: BTreeMap<Field, Names>,
}

/// One name or several.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
enum Names {
    One(String),
    Many(Vec<String>),
}

/// Why a file of field names cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum FieldsError {
    /// The file cannot be read.
    #[error("the field names in `{}` cannot be read: {reason}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        reason: std::io::Error,
    },
    /// The file says something else.
    #[error("the field names in `{}` are not understood: {reason}", path.display())]
    Wrong {
        /// The file.
        path: PathBuf,
        /// What is wrong, and in which line.
        reason: String,
    },
}

impl FieldNames {
    /// Reads a file of names.
    pub fn read(path: &Path) -> Result<Self, FieldsError> {
        let text = std::fs::read_to_string(path)
            .map_err(|reason| FieldsError::Unreadable { path: path.to_owned(), reason })?;
        toml::from_str(&text).map_err(|error: toml::de::Error| {
            let line = error.span().map(|span| text[..span.start].matches('\n').count() + 1);
            let message = error.message().lines().next().unwrap_or_default().to_owned();
            let reason = match line {
                Some(line) => format!("line {line}: {message}"),
                None => message,
            };
            FieldsError::Wrong { path: path.to_owned(), reason }
        })
    }

    /// Whether nothing was given.
    pub fn is_empty(&self) -> bool {
        self.by_field.is_empty()
    }

    /// The names with their fields and ranks, most trusted first.
    pub(super) fn iter(&self) -> impl Iterator<Item = (Field, usize, &str)> {
        self.by_field.iter().flat_map(|(key, names)| {
            let names = match names {
                Names::One(name) => std::slice::from_ref(name),
                Names::Many(names) => names,
            };
            let ranked = names.iter().enumerate();
            ranked.map(|(rank, name)| (*key, rank, name.as_str()))
        })
    }

    /// Whether a name is among those given.
    pub(super) fn names(&self, name: &str) -> bool {
        self.iter().any(|(_, _, given)| given == name)
    }
}

impl FieldsError {
    /// What a person can do about it.
    pub fn hint(&self) -> String {
        match self {
            Self::Unreadable { .. } => "check the path given with --fields".to_owned(),
            Self::Wrong { .. } => {
                let known: Vec<&str> = Field::all().map(|(_, key)| key).collect();
                format!(
                    "each line names a field and how the crawl calls it, as in \
                     `body = \"zhengwen\"` or `body = [\"zw\", \"detail.text\"]`; fields are {}",
                    known.join(", ")
                )
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_the_schema_is_understood() {
        let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema/fields.toml");
        let names = FieldNames::read(&example).unwrap();
        let mut shown: Vec<Field> = names.iter().map(|(field, ..)| field).collect();
        shown.dedup();
        for (field, key) in Field::all() {
            assert!(shown.contains(&field), "schema/fields.toml shows `{key}`");
        }
    }

    #[test]
    fn what_is_wrong_with_names_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("fields.toml");
        let told = |text: &str| {
            std::fs::write(&path, text).unwrap();
            let error = FieldNames::read(&path).unwrap_err();
            error.to_string().replace(&*folder.path().to_string_lossy(), "")
        };
        let start = "the field names in `/fields.toml` are not understood: ";
        for (text, reason) in [
            ("title = \"bt\"\ntext = \"zw\"", "line 2: unknown variant `text`"),
            ("title = 3", "line 1: data did not match"),
            ("title", "line 1: "),
        ] {
            let told = told(text);
            assert!(told.starts_with(&format!("{start}{reason}")), "{told}");
        }
        let error = FieldNames::read(&folder.path().join("gone")).unwrap_err();
        assert!(error.to_string().contains("cannot be read") && !error.hint().is_empty());
    }

    #[test]
    fn names_survive_being_stored() {
        let names: FieldNames = toml::from_str("title = \"bt\"\nbody = [\"a\", \"b\"]").unwrap();
        let stored = serde_json::to_string(&names).unwrap();
        assert_eq!(stored, r#"{"title":"bt","body":["a","b"]}"#);
        assert_eq!(serde_json::from_str::<FieldNames>(&stored).unwrap(), names);
    }
}
