//! The text of an API client's key: `tl_live_<id>_<secret><checksum>`.
//!
//! The prefix lets scanners of source code find a key that leaked; the checksum tells them, and the
//! server, what is no key at all, so that rubbish costs no look-up.

use std::{fmt, str::FromStr};

use crate::id::{ApiKeyId, Id};

const PREFIX: &str = "tl_live_";
/// Characters of an id without its prefix.
const ID_LENGTH: usize = 26;
/// Letters and digits of the secret: 43 of 62 are 256 bits.
pub const SECRET_LENGTH: usize = 43;
const CHECKSUM_LENGTH: usize = 6;
/// What secrets and checksums are written in: nothing in it ends a word, so a double click takes all.
pub const SECRET_ALPHABET: &[u8; 62] =
    b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// A key, taken apart.
#[derive(Clone, PartialEq, Eq)]
pub struct ApiKeyText {
    /// Which key it is.
    pub id: ApiKeyId,
    /// What only its owner has.
    pub secret: String,
}

/// The text is no key, whatever a database holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is no key of an API client")]
pub struct NoApiKey;

impl ApiKeyText {
    /// Whether a text is meant as a key, so that it is not taken for a token.
    #[must_use]
    pub fn is_meant(text: &str) -> bool {
        text.starts_with(PREFIX)
    }

    fn unchecked(&self) -> String {
        let id = self.id.to_string();
        let (_, id) = id.split_once('_').unwrap_or_default();
        format!("{PREFIX}{id}_{}", self.secret)
    }
}

impl fmt::Display for ApiKeyText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.unchecked();
        write!(f, "{text}{}", checksum(&text))
    }
}

impl fmt::Debug for ApiKeyText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiKeyText").field("id", &self.id).finish_non_exhaustive()
    }
}

impl FromStr for ApiKeyText {
    type Err = NoApiKey;

    fn from_str(text: &str) -> Result<Self, NoApiKey> {
        let parts = || {
            let (id, rest) = text.strip_prefix(PREFIX)?.split_at_checked(ID_LENGTH)?;
            let (secret, given) = rest.strip_prefix('_')?.split_at_checked(SECRET_LENGTH)?;
            let plain = secret.bytes().all(|byte| byte.is_ascii_alphanumeric());
            let (checked, _) = text.split_at_checked(text.len() - CHECKSUM_LENGTH)?;
            (plain && given.len() == CHECKSUM_LENGTH && given == checksum(checked)).then_some(())?;
            let id: Id<_> = format!("key_{id}").parse().ok()?;
            Some(Self { id, secret: secret.to_owned() })
        };
        parts().ok_or(NoApiKey)
    }
}

/// CRC-32 in six letters and digits.
fn checksum(text: &str) -> String {
    let mut value = crc32(text.as_bytes());
    let mut digits = [b'0'; CHECKSUM_LENGTH];
    for digit in digits.iter_mut().rev() {
        *digit = SECRET_ALPHABET[(value % 62) as usize];
        value /= 62;
    }
    digits.iter().copied().map(char::from).collect()
}

/// CRC-32 as of ISO 3309 and Ethernet, bit by bit: keys are short.
fn crc32(bytes: &[u8]) -> u32 {
    const POLYNOMIAL: u32 = 0xEDB8_8320;
    !bytes.iter().fold(!0u32, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            if crc & 1 == 1 { crc >> 1 ^ POLYNOMIAL } else { crc >> 1 }
        })
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    fn key(bits: u128) -> ApiKeyText {
        ApiKeyText {
            id: ApiKeyId::from_uuid(Uuid::from_u128(bits)),
            secret: "aZ9".repeat(15)[..43].into(),
        }
    }

    #[test]
    fn the_checksum_is_crc_32() {
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
        assert_eq!(checksum(""), "000000");
    }

    #[test]
    fn a_key_has_a_prefix_that_scanners_know_and_one_length() {
        let text = key(7).to_string();
        assert!(text.starts_with("tl_live_00000000000000000000000007_aZ9"), "{text}");
        assert_eq!(text.len(), 84);
    }

    #[test]
    fn what_is_no_key_is_refused_without_a_look_up() {
        let text = key(7).to_string();
        let cut = &text[..text.len() - 1];
        let longer = format!("{text}0");
        let other = text.replace("aZ9aZ9", "aZ9aZ8");
        for wrong in
            ["", "tl_live_", cut, &longer, &other, &text.replace("live", "test"), "tl_live_ä"]
        {
            assert_eq!(wrong.parse::<ApiKeyText>(), Err(NoApiKey), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn text_and_back_is_the_same_key(bits: u128) {
            prop_assert_eq!(key(bits).to_string().parse::<ApiKeyText>(), Ok(key(bits)));
        }

        #[test]
        fn one_letter_changed_is_noticed(place in 8usize..84, letter in "[0-9a-z]") {
            let text = key(7).to_string();
            let mut changed = text.clone();
            changed.replace_range(place..=place, &letter);
            prop_assert_eq!(changed.parse::<ApiKeyText>().is_ok(), changed == text);
        }

        #[test]
        fn any_other_text_is_refused_without_panic(text: String) {
            prop_assert!(text.parse::<ApiKeyText>().is_err());
            let meant = format!("tl_live_{text}");
            prop_assert!(meant.parse::<ApiKeyText>().is_err());
        }
    }
}
