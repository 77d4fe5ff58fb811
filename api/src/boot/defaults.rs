//! Values of keys that nobody set and whose default follows from another key.

use std::path::{Path, PathBuf};

use trunkline_infra::postgres::default_root;

use super::layers::Layers;

/// Directory of the program's own files.
pub(super) fn data_dir(layers: &Layers) -> PathBuf {
    match layers.of("data_dir").0 {
        "" => default_root().to_owned(),
        dir => PathBuf::from(dir),
    }
}

/// A file or directory that has a key of its own and lies in `data_dir` where nobody says another.
pub(super) fn own_file(layers: &Layers, name: &str, data_dir: &Path) -> PathBuf {
    match layers.of(name).0 {
        "" => data_dir.join(usual_name(name).unwrap_or(name)),
        path => PathBuf::from(path),
    }
}

/// What a key of a file or directory in `data_dir` is called there.
fn usual_name(name: &str) -> Option<&'static str> {
    match name {
        "token_key_dir" => Some("token-keys"),
        "seal_key_file" => Some("seal.key"),
        "audit_key_file" => Some("audit-key.der"),
        _ => None,
    }
}

/// The value in effect of a key that nobody set and whose default is no fixed text; `None` of all others.
pub(crate) fn effective(layers: &Layers, name: &str) -> Option<String> {
    if !layers.of(name).0.is_empty() {
        return None;
    }
    match name {
        "data_dir" => Some(data_dir(layers).display().to_string()),
        "public_url" if layers.of("production").0.trim() != "true" => {
            Some(format!("http://{}", layers.of("listen").0))
        }
        _ => {
            usual_name(name)?;
            Some(own_file(layers, name, &data_dir(layers)).display().to_string())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layers(pairs: &[(&str, &str)]) -> Layers {
        let variables =
            pairs.iter().map(|(key, value)| (format!("TRUNKLINE_{key}"), (*value).to_owned()));
        Layers::gather(None, variables, &[]).expect("layers")
    }

    #[test]
    fn what_follows_from_another_key_is_told_as_it_is_in_effect() {
        let moved = layers(&[("DATA_DIR", "/srv/x"), ("SEAL_KEY_FILE", "/run/seal")]);
        let told = |name| effective(&moved, name);
        assert_eq!(told("token_key_dir").as_deref(), Some("/srv/x/token-keys"));
        assert_eq!(told("audit_key_file").as_deref(), Some("/srv/x/audit-key.der"));
        assert_eq!(told("public_url").as_deref(), Some("http://127.0.0.1:4000"));
        for set_or_fixed in ["data_dir", "seal_key_file", "listen", "redis_url"] {
            assert_eq!(told(set_or_fixed), None, "{set_or_fixed}");
        }
        let usual = default_root().display().to_string();
        assert_eq!(effective(&layers(&[]), "data_dir"), Some(usual));
        assert_eq!(effective(&layers(&[("PRODUCTION", "true")]), "public_url"), None);
    }
}
