use std::fmt;

use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::fault::{Fault, Language, Rule};

/// Name in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Names {
    /// English.
    pub en: String,
    /// Chinese.
    pub zh: String,
}

impl Names {
    /// Reads two names; one that is empty is taken from the other.
    ///
    /// # Errors
    /// INVALID_VALUE at `nameEn` or `nameZh` when both are empty or one is over 100 characters.
    pub fn parse(en: &str, zh: &str) -> Result<Self, Fault> {
        let (en, zh) = (en.trim(), zh.trim());
        for (path, name) in [("nameEn", en), ("nameZh", zh)] {
            if name.chars().count() > 100 {
                return Err(Fault::invalid(path, Rule::CharactersAtMost(100)));
            }
        }
        if en.is_empty() && zh.is_empty() {
            return Err(Fault::invalid("nameEn", Rule::NameInALanguage));
        }
        let or = |name: &str, other: &str| if name.is_empty() { other.into() } else { name.into() };
        Ok(Self { en: or(en, zh), zh: or(zh, en) })
    }

    /// The name in a language.
    #[must_use]
    pub fn in_language(&self, language: Language) -> &str {
        language.pick(&self.en, &self.zh)
    }
}

/// Short name by which a tenant's files and feeds call a site, team, skill or queue: 1 to 40 of
/// letters, digits, `_`, `-` and `.`; case counts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Code(String);

impl Code {
    /// Reads a code.
    ///
    /// # Errors
    /// INVALID_VALUE at `path`.
    pub fn parse(path: &str, text: &str) -> Result<Self, Fault> {
        let text = text.trim();
        let known = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte);
        if (1..=40).contains(&text.len()) && text.bytes().all(known) {
            Ok(Self(text.to_owned()))
        } else {
            Err(Fault::invalid(path, Rule::Code))
        }
    }

    /// The code.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Reads the IANA name of a time zone, such as `Asia/Shanghai`.
///
/// # Errors
/// INVALID_VALUE at `path` when the time zone database has no such name.
pub fn parse_zone(path: &str, name: &str) -> Result<TimeZone, Fault> {
    TimeZone::get(name.trim()).map_err(|_| Fault::invalid(path, Rule::TimeZone))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_name_will_do_for_both_languages() {
        let names = Names::parse(" ", "广州").expect("names");
        assert_eq!(names.in_language(Language::English), "广州");
        assert_eq!(Names::parse("", "").expect_err("no name").path, ["nameEn"]);
    }

    #[test]
    fn codes_and_zones_are_known_or_refused() {
        assert_eq!(Code::parse("code", " GZ-1 ").expect("code").as_str(), "GZ-1");
        assert!(Code::parse("code", "G Z").is_err());
        assert!(parse_zone("timeZone", "Asia/Shanghai").is_ok());
        assert!(parse_zone("timeZone", "Asia/Atlantis").is_err());
    }
}
