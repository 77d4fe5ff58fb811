//! Where a person finds the editor of the API.

use crate::{boot::config::Config, demo::running_at};

/// The demo that runs on the data that a command was led to, if one does.
pub(super) fn demo_at(config: &Config) -> Option<String> {
    let own = matches!(config.database.access(), Ok(None));
    own.then(|| running_at(&config.data_dir)).flatten()
}

/// The editor, as the end of a sentence: of the demo that runs, or of a server that is to be started.
pub(super) fn editor(config: &Config) -> String {
    match demo_at(config) {
        Some(url) => format!("GraphiQL of the demo that runs there, {url}/graphiql/"),
        None => format!("GraphiQL of {}", config.next("serve")),
    }
}
