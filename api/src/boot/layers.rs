//! Where values come from: defaults < file < environment < flags. Later layers win, key by key.

use std::{
    collections::BTreeMap,
    fmt,
    path::{Path, PathBuf},
};

use config::{Config as Reader, File, FileFormat, Value};

use super::keys::{KEYS, nearest};

/// Where a value comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// Nobody set it.
    Default,
    /// A configuration file.
    File(PathBuf),
    /// An environment variable.
    Variable(String),
    /// The command line.
    Flag(&'static str),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File(path) => write!(f, "file {}", path.display()),
            Self::Variable(name) => write!(f, "variable {name}"),
            Self::Flag(name) => write!(f, "flag --{}", name.replace('_', "-")),
        }
    }
}

/// Why the configuration is refused. Each text is one line that says what to do.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfigFault {
    /// The file is not there or no TOML.
    #[error("configuration file {path}: {why}")]
    File {
        /// Its path.
        path: String,
        /// What is wrong.
        why: String,
    },
    /// No key is called so.
    #[error(
        "{origin}: there is no key `{name}`{} (`trunkline config explain` lists all)", meant(origin, *nearest)
    )]
    Unknown {
        /// Where it stands.
        origin: String,
        /// As it was written.
        name: String,
        /// The key that it looks like, if there is one.
        nearest: Option<&'static str>,
    },
    /// The key takes other values.
    #[error("{origin}: `{name}` cannot be `{value}`: {wanted}")]
    Value {
        /// Where it stands.
        origin: String,
        /// The key.
        name: &'static str,
        /// What was given.
        value: String,
        /// What would do.
        wanted: &'static str,
    },
}

/// Values as text, each with its origin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layers(BTreeMap<&'static str, (String, Origin)>);

/// The prefix of all variables.
const PREFIX: &str = "TRUNKLINE_";
/// Variables that other programs use for the same, taken where ours is not set.
const ALIASES: [(&str, &str); 2] = [("DATABASE_URL", "database_url"), ("REDIS_URL", "redis_url")];
/// Variables with our prefix that are not configuration.
const NOT_KEYS: [&str; 2] = ["TRUNKLINE_CONFIG", "TRUNKLINE_PASSWORD"];
/// Variables of the tests.
const TESTS: &str = "TRUNKLINE_TEST_";
/// Looked for in the current directory.
const FILE: &str = "trunkline.toml";

impl Layers {
    /// Lays all sources over each other. `file` must exist when it is named; `trunkline.toml` in
    /// the current directory need not.
    ///
    /// # Errors
    /// [`ConfigFault::File`], [`ConfigFault::Unknown`].
    pub fn gather(
        file: Option<&Path>,
        variables: impl IntoIterator<Item = (String, String)>,
        flags: &[(&'static str, Option<String>)],
    ) -> Result<Self, ConfigFault> {
        let mut layers = Self(
            KEYS.iter().map(|key| (key.name, (key.default.to_owned(), Origin::Default))).collect(),
        );
        match file {
            Some(path) => layers.lay_file(path)?,
            None if Path::new(FILE).exists() => layers.lay_file(Path::new(FILE))?,
            None => {}
        }
        layers.lay_variables(variables.into_iter().collect())?;
        for (name, value) in flags {
            if let Some(value) = value {
                layers.0.insert(name, (value.clone(), Origin::Flag(name)));
            }
        }
        Ok(layers)
    }

    fn lay_file(&mut self, path: &Path) -> Result<(), ConfigFault> {
        let fault = |why: String| ConfigFault::File { path: path.display().to_string(), why };
        let text = std::fs::read_to_string(path).map_err(|error| {
            fault(format!(
                "{error}; correct --config or TRUNKLINE_CONFIG, or leave it out to start without"
            ))
        })?;
        let values: BTreeMap<String, Value> = Reader::builder()
            .add_source(File::from_str(&text, FileFormat::Toml))
            .build()
            .and_then(Reader::try_deserialize)
            .map_err(|error| fault(one_line(&error.to_string())))?;
        let origin = Origin::File(path.to_owned());
        for (name, value) in values {
            let key = known(&name, &origin)?;
            let text = value.into_string().map_err(|error| fault(format!("{name}: {error}")))?;
            self.0.insert(key, (text, origin.clone()));
        }
        Ok(())
    }

    fn lay_variables(&mut self, variables: BTreeMap<String, String>) -> Result<(), ConfigFault> {
        for (alias, key) in ALIASES {
            if let Some(value) = variables.get(alias).filter(|value| !value.is_empty()) {
                self.0.insert(key, (value.clone(), Origin::Variable(alias.to_owned())));
            }
        }
        for (variable, value) in variables {
            let Some(name) = variable.strip_prefix(PREFIX) else { continue };
            if NOT_KEYS.contains(&variable.as_str()) || variable.starts_with(TESTS) {
                continue;
            }
            let key = known(&name.to_lowercase(), &Origin::Variable(variable.clone()))?;
            self.0.insert(key, (value, Origin::Variable(variable)));
        }
        Ok(())
    }

    /// The configuration file that somebody named, if any value comes from it.
    #[must_use]
    pub fn named_file(&self) -> Option<&Path> {
        self.0.values().find_map(|(_, origin)| match origin {
            Origin::File(path) if path != Path::new(FILE) => Some(path.as_path()),
            _ => None,
        })
    }

    /// The value of a key with its origin.
    #[must_use]
    pub fn of(&self, name: &str) -> (&str, &Origin) {
        self.0.get(name).map_or(("", &Origin::Default), |(value, origin)| (value, origin))
    }
}

fn known(name: &str, origin: &Origin) -> Result<&'static str, ConfigFault> {
    KEYS.iter().map(|key| key.name).find(|key| *key == name).ok_or_else(|| ConfigFault::Unknown {
        origin: origin.to_string(),
        name: name.to_owned(),
        nearest: nearest(name),
    })
}

/// The question whether another key was meant, as it is written where the unknown one stands.
fn meant(origin: &str, nearest: Option<&str>) -> String {
    match nearest {
        Some(key) if origin.starts_with("variable ") => {
            format!("; did you mean {PREFIX}{}?", key.to_uppercase())
        }
        Some(key) => format!("; did you mean `{key}`?"),
        None => String::new(),
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(text: &str) -> tempfile::NamedTempFile {
        let file = tempfile::NamedTempFile::new().expect("file");
        std::fs::write(file.path(), text).expect("text");
        file
    }

    fn variables(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn later_layers_win_key_by_key_and_say_where_they_are() {
        let file = file("listen = \"0.0.0.0:80\"\npool_size = 8\nlog_format = \"json\"");
        let layers = Layers::gather(
            Some(file.path()),
            variables(&[("TRUNKLINE_POOL_SIZE", "9"), ("TRUNKLINE_LOG_FORMAT", "text")]),
            &[("log_format", Some("json".to_owned())), ("listen", None)],
        )
        .expect("layers");
        assert_eq!(layers.of("listen"), ("0.0.0.0:80", &Origin::File(file.path().to_owned())));
        let variable = Origin::Variable("TRUNKLINE_POOL_SIZE".to_owned());
        assert_eq!(layers.of("pool_size"), ("9", &variable));
        assert_eq!(layers.of("log_format"), ("json", &Origin::Flag("log_format")));
        assert_eq!(layers.of("log_filter").1, &Origin::Default);
    }

    #[test]
    fn the_usual_variables_serve_until_our_own_are_set() {
        let usual = ("DATABASE_URL", "postgres://a/b");
        let layers = Layers::gather(None, variables(&[usual]), &[]).expect("layers");
        assert_eq!(layers.of("database_url").0, "postgres://a/b");
        let own = ("TRUNKLINE_DATABASE_URL", "postgres://c/d");
        let layers = Layers::gather(None, variables(&[usual, own]), &[]).expect("layers");
        assert_eq!(layers.of("database_url").0, "postgres://c/d");
    }

    #[test]
    fn a_key_that_does_not_exist_is_refused_with_the_nearest_one() {
        let refused = Layers::gather(None, variables(&[("TRUNKLINE_LISTENS", "x")]), &[]);
        assert_eq!(
            refused.expect_err("refused").to_string(),
            "variable TRUNKLINE_LISTENS: there is no key `listens`; did you mean TRUNKLINE_LISTEN? \
             (`trunkline config explain` lists all)"
        );
        let unlike = Layers::gather(None, variables(&[("TRUNKLINE_FOO", "x")]), &[]);
        assert_eq!(
            unlike.expect_err("refused").to_string(),
            "variable TRUNKLINE_FOO: there is no key `foo` (`trunkline config explain` lists all)"
        );
        let file = file("databse_url = \"postgres://a/b\"");
        let refused = Layers::gather(Some(file.path()), [], &[]).expect_err("refused");
        assert!(
            matches!(refused, ConfigFault::Unknown { nearest: Some("database_url"), .. }),
            "{refused}"
        );
    }

    #[test]
    fn a_file_that_is_missing_or_malformed_is_one_line() {
        let missing = Layers::gather(Some(Path::new("/nowhere.toml")), [], &[]);
        assert!(matches!(missing, Err(ConfigFault::File { .. })), "{missing:?}");
        let told = missing.expect_err("refused").to_string();
        assert!(told.contains("/nowhere.toml") && told.contains("correct --config"), "{told}");
        let file = file("listen = = 3");
        let malformed = Layers::gather(Some(file.path()), [], &[]).expect_err("refused");
        assert!(!malformed.to_string().contains('\n'), "{malformed}");
    }
}
