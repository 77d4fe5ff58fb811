use super::{Email, Slug};
use crate::fault::{Fault, FaultCode};

/// Fewest characters of a password. Length beats composition rules (NIST SP 800-63B, 5.1.1.2).
pub const MIN_PASSWORD_CHARS: usize = 12;
/// Most bytes of a password: beyond that, hashing only costs.
pub const MAX_PASSWORD_BYTES: usize = 256;

/// Beginnings of passwords that are guessed first, in lower case.
const COMMON: &[&str] = &[
    "password",
    "passw0rd",
    "123456",
    "12345678",
    "qwerty",
    "1q2w3e4r",
    "abc123",
    "111111",
    "admin",
    "welcome",
    "letmein",
    "iloveyou",
    "woaini",
    "5201314",
    "changeme",
    "trunkline",
];

/// Whether a new password of the person with `email` at `tenant` may be used.
///
/// # Errors
/// WEAK_PASSWORD at `path`; its `rule` says what would do. The password is never part of it.
pub fn check_password(
    path: &str,
    password: &str,
    email: &Email,
    tenant: &Slug,
) -> Result<(), Fault> {
    let folded = password.to_lowercase();
    let rule = if password.chars().count() < MIN_PASSWORD_CHARS {
        format!("at least {MIN_PASSWORD_CHARS} characters")
    } else if password.len() > MAX_PASSWORD_BYTES {
        format!("at most {MAX_PASSWORD_BYTES} bytes")
    } else if names(&folded, email.as_str()) || names(&folded, email.local_part()) {
        "not with the e-mail address in it".to_owned()
    } else if names(&folded, tenant.as_str()) {
        "not with the company's short name in it".to_owned()
    } else if is_common(&folded) {
        "not one of the passwords that everybody tries first".to_owned()
    } else {
        return Ok(());
    };
    Err(Fault::new(FaultCode::WeakPassword).at(path).with("rule", rule))
}

/// Names of one to three letters occur in any text by chance.
fn names(folded: &str, name: &str) -> bool {
    name.len() > 3 && folded.contains(name)
}

/// One common password, or one repeated, with at most five characters around it.
fn is_common(folded: &str) -> bool {
    let mut letters: Vec<_> = folded.chars().collect();
    letters.sort_unstable();
    letters.dedup();
    letters.len() < 4
        || COMMON
            .iter()
            .any(|common| folded.contains(common) && folded.replace(common, "").chars().count() < 6)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule_broken(password: &str) -> Option<String> {
        let email = Email::parse("email", "lin.yue@huayin.example").expect("address");
        let slug = Slug::parse("slug", "huayin").expect("slug");
        let fault = check_password("password", password, &email, &slug).err()?;
        Some(fault.params[0].1.clone())
    }

    #[test]
    fn a_long_phrase_will_do() {
        assert_eq!(rule_broken("correct horse battery"), None);
        assert_eq!(rule_broken("正确的马电池订书钉在桌子上"), None);
    }

    #[test]
    fn a_weak_password_is_refused_with_what_would_do() {
        for (password, rule) in [
            ("short", "at least 12 characters"),
            ("my Lin.Yue 2026!", "not with the e-mail address in it"),
            ("we love HUAYIN so", "not with the company's short name in it"),
            ("Password12345", "not one of the passwords that everybody tries first"),
            ("aaaaaaaaaaaaaaab", "not one of the passwords that everybody tries first"),
        ] {
            assert_eq!(rule_broken(password).as_deref(), Some(rule), "{password}");
        }
        assert_eq!(rule_broken(&"ab cd ".repeat(60)).as_deref(), Some("at most 256 bytes"));
    }
}
