use std::fmt;

use serde::Serialize;

use crate::fault::{Fault, Rule};

/// An e-mail address with which a person signs in: lower case, at most 254 bytes.
///
/// Only what every deliverable address has is asked for; whether it exists, the invitation tells.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Email(String);

impl Email {
    /// Reads an address, ignoring case and surrounding space.
    ///
    /// # Errors
    /// INVALID_VALUE at `path` when it has not the form `name@host.domain`.
    pub fn parse(path: &str, text: &str) -> Result<Self, Fault> {
        let text = text.trim().to_lowercase();
        let fits = text.len() <= 254
            && !text.chars().any(|letter| letter.is_whitespace() || letter.is_control())
            && text.split_once('@').is_some_and(|(name, host)| {
                (1..=64).contains(&name.len())
                    && !host.contains('@')
                    && host.contains('.')
                    && host.split('.').all(|label| !label.is_empty())
            });
        if fits { Ok(Self(text)) } else { Err(Fault::invalid(path, Rule::Email)) }
    }

    /// The address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The part before the `@`.
    #[must_use]
    pub fn local_part(&self) -> &str {
        self.0.split_once('@').map_or(&self.0, |(name, _)| name)
    }
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn case_and_space_do_not_make_another_address() {
        let email = Email::parse("email", " Lin.Yue@Huayin.Example ").expect("address");
        assert_eq!(email.as_str(), "lin.yue@huayin.example");
        assert_eq!(email.local_part(), "lin.yue");
    }

    #[test]
    fn what_is_no_address_is_refused_at_its_place() {
        for text in ["", "a", "@b.c", "a@b", "a@b..c", "a@@b.c", "a@b@c.d", "a b@c.d", "a@b.c\0"] {
            let fault = Email::parse("input.email", text).expect_err(text);
            assert_eq!(fault.path, ["input", "email"]);
        }
    }

    proptest! {
        #[test]
        fn what_was_read_is_read_the_same_again(text in "[A-Za-z.]{1,9}@[A-Za-z]{1,9}\\.[A-Za-z]{2}") {
            let email = Email::parse("email", &text).expect("address");
            prop_assert_eq!(Email::parse("email", email.as_str()), Ok(email));
        }
    }
}
