//! By which flags the demo's data were made. They stand beside the data: played on by others, a hundred
//! agents' traffic would be written for eighteen.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use crate::boot::{StartFault, config::Config};

/// The seed where nobody says another.
pub(crate) const DEFAULT_SEED: u64 = 1;

/// The port where nobody says another.
pub(crate) const DEFAULT_PORT: u16 = 4000;

/// The flags that shape the data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Choice {
    pub(super) small: bool,
    pub(super) seed: u64,
}

impl Choice {
    /// Refuses data that were made by other flags. Where nothing is written down there are none, or an
    /// earlier version made them.
    pub(super) fn check(self, config: &Config) -> Result<(), StartFault> {
        let path = file_in(&config.data_dir);
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(source) => return Err(fault("read", &path, source)),
        };
        let dir = config.data_dir.display();
        match serde_json::from_str::<Self>(&text) {
            Ok(made) if made == self => Ok(()),
            Ok(made) => {
                let port = match config.listen.port() {
                    DEFAULT_PORT => String::new(),
                    port => format!(" --port {port}"),
                };
                Err(StartFault::Usage(format!(
                    "the demo's data in {dir} were made with other flags ({}, not {}): go on with {}, begin \
                     anew with --fresh, or name another directory with --data-dir",
                    made.told(),
                    self.told(),
                    config.next(&format!("{}{port}", made.command()))
                )))
            }
            Err(error) => Err(StartFault::Usage(format!(
                "{} does not say by which flags the demo's data were made ({error}): begin anew with \
                 --fresh",
                path.display()
            ))),
        }
    }

    /// Writes down by which flags the data are made.
    pub(super) fn keep(self, data_dir: &Path) -> Result<(), StartFault> {
        let path = file_in(data_dir);
        let text = serde_json::to_string(&self).map_err(io::Error::other);
        let written = text.and_then(|text| fs::write(&path, text));
        written.map_err(|source| fault("write", &path, source))
    }

    /// The flags with their values, those too that nobody typed.
    fn told(self) -> String {
        let size = if self.small { "with --small" } else { "without --small" };
        format!("{size}, --seed {}", self.seed)
    }

    /// As it is typed.
    fn command(self) -> String {
        let small = if self.small { " --small" } else { "" };
        let seed = match self.seed {
            DEFAULT_SEED => String::new(),
            seed => format!(" --seed {seed}"),
        };
        format!("demo{small}{seed}")
    }
}

fn file_in(data_dir: &Path) -> PathBuf {
    data_dir.join("demo.json")
}

fn fault(what: &str, path: &Path, source: io::Error) -> StartFault {
    StartFault::File { what: format!("cannot {what} {}", path.display()), source }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::boot::layers::Layers;

    #[test]
    fn data_are_gone_on_with_by_the_flags_that_made_them_and_others_are_told_which() {
        let dir = tempfile::tempdir().expect("a directory");
        let place = dir.path().to_str().expect("a path").to_owned();
        let layers = Layers::gather(None, [], &[("data_dir", Some(place))]).expect("layers");
        let config = Config::of(&layers).expect("configuration");
        let small = Choice { small: true, seed: 7 };
        small.check(&config).expect("nothing is there");
        small.keep(&config.data_dir).expect("kept");
        small.check(&config).expect("the same flags");
        for other in [Choice { small: false, ..small }, Choice { seed: 8, ..small }] {
            let told = other.check(&config).expect_err("other flags").to_string();
            assert!(told.contains("`trunkline demo --small --seed 7 --data-dir "), "{told}");
            assert!(told.contains("--fresh") && !told.contains('\n'), "{told}");
            let which = format!("(with --small, --seed 7, not {})", other.told());
            assert!(told.contains(&which) && !told.contains("--port"), "{told}");
        }
        let mut elsewhere = config.clone();
        elsewhere.listen.set_port(8080);
        let told = Choice { seed: 8, ..small }.check(&elsewhere).expect_err("other flags");
        let go_on = "`trunkline demo --small --seed 7 --port 8080 --data-dir ";
        assert!(told.to_string().contains(go_on), "{told}");
        let usual = Choice { small: false, seed: DEFAULT_SEED };
        assert_eq!(usual.command(), "demo");
        fs::write(file_in(&config.data_dir), "eighteen").expect("another text");
        let told = small.check(&config).expect_err("nobody knows").to_string();
        assert!(told.contains("--fresh"), "{told}");
    }
}
