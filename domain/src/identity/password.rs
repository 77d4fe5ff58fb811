use zxcvbn::zxcvbn;

use super::{Email, Slug};
use crate::fault::{Fault, FaultCode};

/// Fewest characters of a password. Length beats composition rules (NIST SP 800-63B, 3.1.1.2).
pub const MIN_PASSWORD_CHARS: usize = 10;
/// Most characters of a password: beyond that, hashing only costs.
pub const MAX_PASSWORD_CHARS: usize = 256;
/// Guesses that a password must withstand, as a power of ten. Ten times the 10⁸ of zxcvbn's score 3
/// (Wheeler, "zxcvbn", USENIX Security 2016): its formula gives that to any three parts, however
/// common each of them is, so the score alone would let `P@ssw0rd2026!` through.
const WANTED_GUESSES_LOG10: f64 = 9.0;

/// What is guessed first here and stands in none of zxcvbn's dictionaries, which are of English and
/// of leaks before 2012: pinyin and digits that sound like words, and the words of this product.
const COMMON: &[&str] = &[
    "trunkline",
    "callcentre",
    "callcenter",
    "headset",
    "kefu",
    "hujiao",
    "mima",
    "woaini",
    "woaini1314",
    "5201314",
    "1314520",
    "5211314",
    "wodemima",
    "nihao",
    "zhongguo",
    "beijing",
    "shanghai",
    "guangzhou",
    "chengdu",
    "qaz2wsx",
    "aa123456",
    "a123456789",
    "woaiwojia",
    "xiaoming",
];

/// Whose password it is: nothing is guessed sooner than what is known of a person.
#[derive(Debug, Clone, Copy)]
pub struct PasswordOwner<'a> {
    /// Address to sign in with.
    pub email: &'a Email,
    /// Name that colleagues see.
    pub name: &'a str,
    /// Short name of the company.
    pub tenant: &'a Slug,
}

impl PasswordOwner<'_> {
    /// Words that are known of the person, whole and in parts.
    fn words(&self) -> Vec<String> {
        let texts = [self.email.as_str(), self.email.local_part(), self.name, self.tenant.as_str()];
        let mut words = Vec::new();
        for text in texts {
            let parts: Vec<&str> = text
                .split(|letter: char| !letter.is_alphanumeric())
                .filter(|part| part.chars().count() > 1)
                .collect();
            words.extend([text.to_owned(), parts.concat()]);
            words.extend(parts.into_iter().map(str::to_owned));
        }
        words
    }
}

/// Whether a new password of `owner` may be used. No rule asks for digits or signs: what counts is
/// how many guesses it withstands.
///
/// # Errors
/// WEAK_PASSWORD at `path` with `reason` (TOO_SHORT, TOO_LONG or GUESSABLE; BREACHED is for who asks a
/// set, see [`breached_password`]) and what would do: `min` and `max` characters. The password is never
/// part of it.
pub fn check_password(path: &str, password: &str, owner: &PasswordOwner<'_>) -> Result<(), Fault> {
    let length = password.chars().count();
    let reason = if length < MIN_PASSWORD_CHARS {
        "TOO_SHORT"
    } else if length > MAX_PASSWORD_CHARS {
        "TOO_LONG"
    } else if is_guessable(password, owner) {
        "GUESSABLE"
    } else {
        return Ok(());
    };
    Err(weak(path, reason))
}

/// WEAK_PASSWORD at `path` with the `reason` BREACHED: the password stands in a set of breached ones.
#[must_use]
pub fn breached_password(path: &str) -> Fault {
    weak(path, "BREACHED")
}

fn weak(path: &str, reason: &str) -> Fault {
    Fault::new(FaultCode::WeakPassword)
        .at(path)
        .with("reason", reason)
        .with("min", MIN_PASSWORD_CHARS.to_string())
        .with("max", MAX_PASSWORD_CHARS.to_string())
}

fn is_guessable(password: &str, owner: &PasswordOwner<'_>) -> bool {
    let words = owner.words();
    let mut known: Vec<&str> =
        words.iter().map(String::as_str).chain(COMMON.iter().copied()).collect();
    let withstands = |text: &str, known: &[&str]| {
        !text.is_empty() && zxcvbn(text, known).guesses_log10() >= WANTED_GUESSES_LOG10
    };
    if !withstands(password, &known) {
        return true;
    }
    // What is known adds nothing: the rest must do alone. Longest words first.
    known.sort_by_key(|word| std::cmp::Reverse(word.len()));
    let folded = password.to_lowercase();
    // Words of one to three letters occur in any text by chance.
    let rest = known
        .iter()
        .filter(|word| word.len() > 3)
        .fold(folded.clone(), |rest, word| rest.replace(&word.to_lowercase(), ""));
    rest != folded && !withstands(&rest, &known)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reason(password: &str) -> Option<String> {
        let email = Email::parse("email", "lin.yue@huayin.example").expect("address");
        let tenant = Slug::parse("slug", "huayin").expect("slug");
        let owner = PasswordOwner { email: &email, name: "Lin Yue", tenant: &tenant };
        let fault = check_password("password", password, &owner).err()?;
        let names: Vec<&str> = fault.params.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["reason", "min", "max"]);
        Some(fault.params[0].1.clone())
    }

    #[test]
    fn a_long_phrase_will_do_in_any_script() {
        for password in [
            "correct horse battery",
            "tea at four in spring",
            "正确的马电池订书钉在桌子上",
            "vK8 quilt-Oslo",
        ] {
            assert_eq!(reason(password), None, "{password}");
        }
    }

    #[test]
    fn length_is_counted_in_characters_from_10_to_256() {
        let long: String = "quilt Oslo 7 rain ".chars().cycle().take(256).collect();
        assert_eq!(reason(&long), None);
        assert_eq!(reason(&format!("{long}x")).as_deref(), Some("TOO_LONG"));
        assert_eq!(reason("vK8quiltO").as_deref(), Some("TOO_SHORT"));
        assert_eq!(reason("茶在春天的四点钟喝好"), None, "10 characters in 30 bytes");
    }

    #[test]
    fn what_everybody_tries_first_is_refused() {
        for password in [
            "Password12345",
            "P@ssw0rd2026!",
            "aaaaaaaaaaaaaaab",
            "1q2w3e4r5t6y",
            "woaini1314520",
            "trunkline2026",
            "20261125!!",
        ] {
            assert_eq!(reason(password).as_deref(), Some("GUESSABLE"), "{password}");
        }
    }

    #[test]
    fn what_is_known_of_the_person_is_no_secret() {
        for password in ["LinYue2026!", "lin.yue@huayin.example", "Huayin12345", "huayin-Gz-2026!"]
        {
            assert_eq!(reason(password).as_deref(), Some("GUESSABLE"), "{password}");
        }
        assert_eq!(reason("huayin quilt Oslo 7 rain"), None, "the rest is enough");
    }
}
