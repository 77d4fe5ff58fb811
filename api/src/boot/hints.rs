//! What is typed next, said so that it reaches the same data.

use std::path::PathBuf;

use super::{
    config::{Config, shown},
    layers::{Layers, Origin},
};

/// The flags that said where the data are, as they are typed again. What stands in the environment
/// or in the `trunkline.toml` here is heard by the next command as well.
pub(super) fn flags_of(layers: &Layers) -> String {
    let flag = |name| match layers.of(name) {
        (value, Origin::Flag(_)) => Some(shown(value)),
        _ => None,
    };
    let file = layers.named_file().map(|path| path.display().to_string());
    let flags = [
        ("--config", file),
        ("--database-url", flag("database_url")),
        ("--data-dir", flag("data_dir")),
    ];
    let typed = flags.into_iter().filter_map(|(name, value)| Some((name, quoted(&value?))));
    typed.map(|(name, value)| format!(" {name} {value}")).collect()
}

/// A word as a shell takes it.
fn quoted(word: &str) -> String {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "/._-+:@%".contains(letter);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

impl Config {
    /// A command to be typed next, with the flags that lead this one to its data.
    pub(crate) fn next(&self, command: &str) -> String {
        format!("`trunkline {command}{}`", self.flags)
    }

    /// Directory of the demo's own files: apart from everything that `trunkline serve` keeps, so
    /// `demo --fresh` can only hit the demo.
    pub(crate) fn demo_dir(&self) -> PathBuf {
        self.data_dir.join("demo")
    }

    /// How the demo's data are reached, for who looks beside them; `None` where there are none.
    pub(crate) fn demo_hint(&self) -> Option<String> {
        let demo = self.demo_dir();
        let beside = matches!(self.database.access(), Ok(None)) && demo.is_dir();
        let option = || quoted(&demo.display().to_string());
        beside.then(|| format!("the data of the demo are reached with --data-dir {}", option()))
    }

    /// What to do where there is no database of our own.
    pub(crate) fn where_data_are(&self) -> String {
        let place = self.demo_hint().unwrap_or_else(|| {
            "say where the running program has its data with --data-dir DIR (a demo prints its own), \
             or set TRUNKLINE_DATABASE_URL"
                .to_owned()
        });
        format!("{place}; {} makes a new one", self.next("migrate"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(variables: &[(&str, &str)], flags: &[(&'static str, &str)]) -> Config {
        let variables =
            variables.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
        let flags: Vec<_> =
            flags.iter().map(|(key, value)| (*key, Some((*value).to_owned()))).collect();
        let layers = Layers::gather(None, variables, &flags).expect("layers");
        Config::of(&layers).expect("configuration")
    }

    #[test]
    fn the_next_command_repeats_the_flags_that_led_to_the_data_and_no_password() {
        assert_eq!(config(&[], &[]).next("serve"), "`trunkline serve`");
        let heard_anyway = config(&[("TRUNKLINE_DATA_DIR", "/srv/x")], &[]);
        assert_eq!(heard_anyway.next("serve"), "`trunkline serve`");
        let flag = config(&[], &[("data_dir", "/srv/my data")]);
        assert_eq!(flag.next("serve"), "`trunkline serve --data-dir '/srv/my data'`");
        for address in ["postgres://me:secret@db/x", "postgres://db/x?user=me&password=secret"] {
            let config = config(&[], &[("database_url", address)]);
            for said in [config.next("doctor"), config.where_data_are()] {
                assert!(said.contains("--database-url") && said.contains("********"), "{said}");
                assert!(!said.contains("secret"), "{said}");
            }
        }
    }

    #[test]
    fn a_file_that_was_named_is_named_again() {
        let file = tempfile::NamedTempFile::new().expect("file");
        std::fs::write(file.path(), "pool_size = 8").expect("text");
        let layers = Layers::gather(Some(file.path()), [], &[]).expect("layers");
        let next = Config::of(&layers).expect("configuration").next("serve");
        assert_eq!(next, format!("`trunkline serve --config {}`", file.path().display()));
    }

    #[test]
    fn a_word_is_quoted_where_a_shell_would_part_it() {
        assert_eq!(quoted("/var/lib/trunkline"), "/var/lib/trunkline");
        assert_eq!(quoted("it's here"), r"'it'\''s here'");
    }

    #[test]
    fn the_demo_is_named_where_there_is_one_beside_the_data() {
        let dir = tempfile::tempdir().expect("a directory");
        let place = ("TRUNKLINE_DATA_DIR", dir.path().to_str().expect("a path"));
        assert_eq!(config(&[place], &[]).demo_hint(), None, "there is no demo");
        assert!(config(&[place], &[]).where_data_are().contains("--data-dir DIR"));
        std::fs::create_dir(dir.path().join("demo")).expect("a directory");
        let hint = config(&[place], &[]).demo_hint().expect("a demo");
        assert!(hint.ends_with("/demo"), "{hint}");
        assert!(config(&[place], &[]).where_data_are().starts_with(&hint));
        let elsewhere = ("TRUNKLINE_DATABASE_URL", "postgres://db/trunkline");
        assert_eq!(config(&[place, elsewhere], &[]).demo_hint(), None, "the data are not here");
    }
}
