use super::console::say;
use crate::boot::{config::shown, effective, keys::KEYS, layers::Layers};

/// Prints every key with the value that is in effect, the value's origin and what the key does.
pub(super) fn explain(layers: &Layers) {
    let width = KEYS.iter().map(|key| key.name.len()).max().unwrap_or_default();
    for key in KEYS {
        let (value, origin) = layers.of(key.name);
        let value = effective(layers, key.name).unwrap_or_else(|| shown(value));
        say(format_args!("{:width$}  {value}  [{origin}]", key.name));
        say(format_args!("{:width$}  {}", "", key.meaning));
    }
    say(
        "\nSet a key as `key = value` in trunkline.toml, as TRUNKLINE_<KEY> in the environment, or \
         as a flag.",
    );
}
