//! The set of breached passwords that an operator has given, searched where it lies.

use std::{cmp::Ordering, fs::File, io, os::unix::fs::FileExt as _, path::Path};

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};

/// Hexadecimal digits of a hash.
const DIGITS: usize = 40;
/// Longest line: digits, a colon and a number, with room to spare.
const LONGEST: u64 = 128;

/// A file of SHA-1 hashes of passwords, one a line in hexadecimal digits, in their order, as the downloader
/// of Pwned Passwords (Have I Been Pwned) writes it. What follows after a colon, there how often a password
/// was seen, says nothing here. A billion lines are searched with some thirty reads.
#[derive(Debug)]
pub(super) struct BreachedPasswords {
    file: File,
    length: u64,
}

/// A line of the file, from its first byte to the one after its line break.
struct Line {
    start: u64,
    end: u64,
    digits: [u8; DIGITS],
}

impl BreachedPasswords {
    /// Opens a set.
    ///
    /// # Errors
    /// When the file cannot be read, or its first and last lines are no hashes in order.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let file = File::open(path)?;
        let length = file.metadata()?.len();
        let set = Self { file, length };
        let (first, last) = (set.line_at(0)?, set.line_at(length.saturating_sub(1))?);
        if first.digits > last.digits {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "the hashes are not in order"));
        }
        Ok(set)
    }

    /// Whether a password is in the set. Waits for the disk.
    ///
    /// # Errors
    /// When the file cannot be read any more.
    pub(super) fn contains(&self, password: &str) -> io::Result<bool> {
        let hash = digest(&SHA1_FOR_LEGACY_USE_ONLY, password.as_bytes());
        let wanted: String = hash.as_ref().iter().map(|byte| format!("{byte:02X}")).collect();
        let (mut low, mut high) = (0, self.length);
        while low < high {
            let line = self.line_at(low + (high - low) / 2)?;
            match line.digits.as_slice().cmp(wanted.as_bytes()) {
                Ordering::Equal => return Ok(true),
                Ordering::Less => low = line.end,
                Ordering::Greater => high = line.start,
            }
        }
        Ok(false)
    }

    /// The line in which a byte lies.
    fn line_at(&self, place: u64) -> io::Result<Line> {
        let malformed = || {
            let why =
                "lines of 40 hexadecimal digits are wanted, with a colon after them or nothing";
            io::Error::new(io::ErrorKind::InvalidData, why)
        };
        let from = place.saturating_sub(LONGEST);
        let text = self.read(from, place + LONGEST)?;
        let here = usize::try_from(place - from).map_err(|_| malformed())?;
        let (before, after) = text.split_at_checked(here).ok_or_else(malformed)?;
        let start = match before.iter().rposition(|byte| *byte == b'\n') {
            Some(at) => at + 1,
            None if from == 0 => 0,
            None => return Err(malformed()),
        };
        // The last line may end with the file.
        let broken = after.iter().position(|byte| *byte == b'\n').map(|at| here + at + 1);
        let end = broken.unwrap_or(text.len());
        let (digits, rest) = text[start..end].split_at_checked(DIGITS).ok_or_else(malformed)?;
        let is_hash = digits.iter().all(u8::is_ascii_hexdigit);
        if !is_hash || rest.first().is_some_and(|byte| !matches!(byte, b':' | b'\r' | b'\n')) {
            return Err(malformed());
        }
        let mut digits: [u8; DIGITS] = digits.try_into().map_err(|_| malformed())?;
        digits.make_ascii_uppercase();
        let at = |index: usize| u64::try_from(index).map(|it| from + it).map_err(|_| malformed());
        Ok(Line { start: at(start)?, end: at(end)?, digits })
    }

    /// What stands between two places, as far as the file goes.
    fn read(&self, from: u64, to: u64) -> io::Result<Vec<u8>> {
        let length = to.min(self.length).saturating_sub(from);
        let mut text = vec![0; usize::try_from(length).map_err(io::Error::other)?];
        self.file.read_exact_at(&mut text, from)?;
        Ok(text)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn set(text: &str) -> io::Result<BreachedPasswords> {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("breached.txt");
        fs::write(&path, text).expect("file");
        BreachedPasswords::open(&path)
    }

    fn line(password: &str, after: &str) -> String {
        let hash = digest(&SHA1_FOR_LEGACY_USE_ONLY, password.as_bytes());
        hash.as_ref().iter().map(|byte| format!("{byte:02X}")).collect::<String>() + after
    }

    #[test]
    fn every_password_of_a_set_is_found_and_no_other() {
        let passwords: Vec<String> = (0..1000).map(|number| format!("quilt {number}")).collect();
        for (after, end) in [(":12\r\n", ""), ("\n", ""), (":3\n", "\n")] {
            let mut lines: Vec<String> = passwords.iter().map(|it| line(it, after)).collect();
            lines.sort_unstable();
            let mut text = lines.concat();
            if !end.is_empty() {
                // The last line without its break.
                text.truncate(text.len() - end.len());
            }
            let set = set(&text).expect("set");
            for password in &passwords {
                assert!(set.contains(password).expect("answer"), "{password}, {after:?}");
            }
            for number in 1000..1200 {
                let other = format!("quilt {number}");
                assert!(!set.contains(&other).expect("answer"), "{other}, {after:?}");
            }
        }
        let one = set(&line("password", "").to_lowercase()).expect("set");
        assert!(one.contains("password").expect("answer"));
        assert!(!one.contains("Password").expect("answer"));
    }

    #[test]
    fn a_file_that_is_no_such_set_is_refused() {
        let hash = line("password", "");
        assert_eq!(hash, "5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8");
        for text in [
            "".to_owned(),
            "password\n".to_owned(),
            format!("{hash}00000000\n"),
            format!("{}\n", hash.replace('A', "X")),
            format!("{hash}\n\n"),
            format!("{hash}\n{}\n", "0".repeat(40)),
        ] {
            assert!(set(&text).is_err(), "{text:?}");
        }
        assert!(BreachedPasswords::open(Path::new("/no/such/set.txt")).is_err());
    }
}
