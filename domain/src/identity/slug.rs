use std::fmt;

use serde::Serialize;

use crate::fault::{Fault, Rule};

/// Short name of a tenant for signing in: 2 to 40 of `a-z`, `0-9` and single inner hyphens.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Slug(String);

impl Slug {
    /// Reads a slug, ignoring case and surrounding space.
    ///
    /// # Errors
    /// INVALID_VALUE at `path` when other characters stand in it or its length does not fit.
    pub fn parse(path: &str, text: &str) -> Result<Self, Fault> {
        let text = text.trim().to_lowercase();
        let fits = (2..=40).contains(&text.len())
            && text.split('-').all(|word| {
                !word.is_empty()
                    && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
            });
        if fits {
            Ok(Self(text))
        } else {
            let rule = Rule::Slug;
            Err(Fault::invalid(path, rule))
        }
    }

    /// The slug.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slug_is_lower_case_words_with_hyphens() {
        assert_eq!(Slug::parse("slug", " Huayin-2 ").expect("slug").as_str(), "huayin-2");
        for text in ["", "a", "-a", "a-", "a--b", "a_b", "华音", &"a".repeat(41)] {
            assert!(Slug::parse("slug", text).is_err(), "{text}");
        }
    }
}
