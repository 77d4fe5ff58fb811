//! The documents of a client, written down when it was built.
//!
//! Two forms are read: `{ "<hash>": "<text>" }` as the client preset of GraphQL Code Generator
//! writes it with `hashAlgorithm: "sha256"`, and Apollo's
//! `{ "format": "apollo-persisted-query-manifest", "operations": [{ "id", "body" }] }`.

use std::{collections::BTreeMap, path::Path, sync::Arc};

use serde::Deserialize;

use super::persisted::DocumentHash;

/// Texts of documents by the SHA-256 that clients send for them.
#[derive(Debug, Clone, Default)]
pub struct Manifest(Arc<[String]>);

/// Why a manifest is not taken.
#[derive(Debug, thiserror::Error)]
pub enum ManifestFault {
    /// The file cannot be read.
    #[error("{0}")]
    File(#[from] std::io::Error),
    /// It is none of the two forms.
    #[error("neither `{{ \"sha256\": \"document\" }}` nor Apollo's manifest: {0}")]
    Form(#[from] serde_json::Error),
    /// An id is not the SHA-256 of its document.
    #[error("`{0}` is not the SHA-256 of its document; set hashAlgorithm to sha256")]
    Hash(String),
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Form {
    Apollo { operations: Vec<Operation> },
    Preset(BTreeMap<String, String>),
}

#[derive(Deserialize)]
struct Operation {
    id: String,
    body: String,
}

impl Manifest {
    /// Reads a manifest file.
    ///
    /// # Errors
    /// [`ManifestFault`].
    pub fn read(path: &Path) -> Result<Self, ManifestFault> {
        Self::parse(&std::fs::read(path)?)
    }

    /// Reads the text of a manifest; ids may begin with `sha256:`.
    ///
    /// # Errors
    /// [`ManifestFault::Form`], [`ManifestFault::Hash`].
    pub fn parse(json: &[u8]) -> Result<Self, ManifestFault> {
        let entries: Vec<(String, String)> = match serde_json::from_slice(json)? {
            Form::Apollo { operations } => {
                operations.into_iter().map(|it| (it.id, it.body)).collect()
            }
            Form::Preset(documents) => documents.into_iter().collect(),
        };
        let text_of = |(id, text): (String, String)| {
            let hash = DocumentHash::from_hex(id.strip_prefix("sha256:").unwrap_or(&id));
            if hash == Some(DocumentHash::of(&text)) {
                Ok(text)
            } else {
                Err(ManifestFault::Hash(id))
            }
        };
        Ok(Self(entries.into_iter().map(text_of).collect::<Result<_, _>>()?))
    }

    /// The texts.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// SHA-256 of `{ __typename }`.
    const HASH: &str = "7f56e67dd21ab3f30d1ff8b7bed08893f0a0db86449836189b361dd1e56ddb4b";

    #[test]
    fn both_forms_are_read() {
        for json in [
            format!(r#"{{"{HASH}":"{{ __typename }}"}}"#),
            format!(r#"{{"sha256:{HASH}":"{{ __typename }}"}}"#),
            format!(
                r#"{{"format":"apollo-persisted-query-manifest","version":1,"operations":
                    [{{"id":"{HASH}","name":"T","type":"query","body":"{{ __typename }}"}}]}}"#
            ),
        ] {
            let manifest = Manifest::parse(json.as_bytes()).expect(&json);
            assert_eq!(manifest.texts().collect::<Vec<_>>(), ["{ __typename }"]);
        }
    }

    #[test]
    fn an_id_that_is_no_hash_of_its_document_is_refused_by_name() {
        let json = format!(r#"{{"{HASH}":"{{ other }}"}}"#);
        let fault = Manifest::parse(json.as_bytes()).expect_err("a foreign hash");
        assert!(fault.to_string().contains(HASH), "{fault}");
        assert!(matches!(Manifest::parse(b"[]"), Err(ManifestFault::Form(_))));
    }
}
