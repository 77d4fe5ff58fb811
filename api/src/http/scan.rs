//! A look at a document's text before the parser sees it.
//!
//! The parser recurses once for each open bracket, so a few kilobytes of `[[[[…` would end the
//! process. This scan walks the bytes once, without recursion, and refuses what no honest client
//! sends. It accepts a superset of GraphQL: syntax is the parser's business.

use super::refusal::{ErrorCode, Refusal};

/// Largest text that is handed to the parser.
#[derive(Clone, Copy, Debug)]
pub struct ScanLimits {
    /// Bytes of text.
    pub bytes: usize,
    /// Names, numbers, strings and punctuators together.
    pub tokens: usize,
    /// Brackets of any kind open at once.
    pub nesting: usize,
    /// Operations and fragments together.
    pub definitions: usize,
}

impl Default for ScanLimits {
    fn default() -> Self {
        Self { bytes: 128 * 1024, tokens: 10_000, nesting: 100, definitions: 100 }
    }
}

/// Refuses a text that exceeds one of the limits.
///
/// # Errors
/// `QUERY_TOO_DEEP` for the nesting, `QUERY_TOO_COSTLY` for every other limit.
pub fn scan(text: &str, limits: &ScanLimits) -> Result<(), Refusal> {
    if text.len() > limits.bytes {
        return Err(costly(format!("The document is longer than {} bytes.", limits.bytes)));
    }
    let bytes = text.as_bytes();
    let (mut at, mut tokens, mut nesting, mut definitions) = (0, 0usize, 0usize, 0usize);
    while let Some(&byte) = bytes.get(at) {
        let end = match byte {
            b' ' | b'\t' | b'\r' | b'\n' | b',' => {
                at += 1;
                continue;
            }
            b'#' => {
                at = end_of_line(bytes, at);
                continue;
            }
            b'"' => end_of_string(bytes, at),
            b'{' | b'[' | b'(' => {
                // Outside brackets every definition has exactly one `{`: its selection set.
                definitions += usize::from(byte == b'{' && nesting == 0);
                nesting += 1;
                at + 1
            }
            b'}' | b']' | b')' => {
                nesting = nesting.saturating_sub(1);
                at + 1
            }
            byte if is_word(byte) => end_of_word(bytes, at),
            _ => at + 1,
        };
        tokens += 1;
        if nesting > limits.nesting {
            let message = format!("The document nests more than {} brackets.", limits.nesting);
            return Err(Refusal::document(ErrorCode::QueryTooDeep, message));
        }
        if tokens > limits.tokens {
            return Err(costly(format!("The document has more than {} tokens.", limits.tokens)));
        }
        if definitions > limits.definitions {
            let message = format!("The document has more than {} definitions.", limits.definitions);
            return Err(costly(message));
        }
        at = end;
    }
    Ok(())
}

fn costly(message: String) -> Refusal {
    Refusal::document(ErrorCode::QueryTooCostly, message)
}

const fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

fn end_of_word(bytes: &[u8], start: usize) -> usize {
    let length = bytes[start..].iter().position(|&byte| !is_word(byte));
    length.map_or(bytes.len(), |length| start + length)
}

fn end_of_line(bytes: &[u8], start: usize) -> usize {
    let length = bytes[start..].iter().position(|&byte| byte == b'\n' || byte == b'\r');
    length.map_or(bytes.len(), |length| start + length)
}

/// The index after the string that begins at `start`; the end of the text if it is not closed.
fn end_of_string(bytes: &[u8], start: usize) -> usize {
    let block = bytes[start..].starts_with(br#"""""#);
    let mut at = start + if block { 3 } else { 1 };
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'"' if !block => return at + 1,
            b'"' if bytes[at..].starts_with(br#"""""#) => return at + 3,
            b'\\' if block && bytes[at..].starts_with(br#"\""""#) => at += 4,
            b'\\' if !block => at += 2,
            // An ordinary string cannot span lines; going on would hide brackets from the scan.
            b'\n' | b'\r' if !block => return at,
            _ => at += 1,
        }
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str) -> Option<ErrorCode> {
        scan(text, &ScanLimits::default()).err().map(|refusal| refusal.code)
    }

    #[test]
    fn an_ordinary_document_passes() {
        assert_eq!(code("query A($a: [Int!]! = [1]) { a(b: {c: \"x\"}) { ...F } } # note"), None);
    }

    #[test]
    fn nested_lists_are_refused_before_the_parser_can_recurse() {
        let text = format!("{{ a(b: {}{}) }}", "[".repeat(2_000), "]".repeat(2_000));
        assert_eq!(code(&text), Some(ErrorCode::QueryTooDeep));
    }

    #[test]
    fn the_parser_survives_the_deepest_text_that_passes() {
        let text = format!("{{ a(b: {}{}) }}", "[".repeat(98), "]".repeat(98));
        assert_eq!(code(&text), None);
        assert!(async_graphql::parser::parse_query(&text).is_ok());
    }

    #[test]
    fn brackets_in_strings_and_comments_do_not_count() {
        let open = "[".repeat(2_000);
        assert_eq!(code(&format!("{{ a(b: \"{open}\\\"{open}\") }}")), None);
        assert_eq!(code(&format!("{{ a(b: \"\"\"{open} \" \\\"\"\" {open}\"\"\") }}")), None);
        assert_eq!(code(&format!("{{ a }} #{open}\n")), None);
    }

    #[test]
    fn brackets_after_a_string_that_was_never_closed_do_count() {
        let text = format!("{{ a(b: \"\n{}", "[".repeat(2_000));
        assert_eq!(code(&text), Some(ErrorCode::QueryTooDeep));
    }

    #[test]
    fn too_many_tokens_are_refused() {
        assert_eq!(
            code(&format!("{{ {} }}", "a ".repeat(10_000))),
            Some(ErrorCode::QueryTooCostly)
        );
    }

    #[test]
    fn too_many_definitions_are_refused() {
        let text = "query Q { a } ".repeat(101);
        assert_eq!(code(&text), Some(ErrorCode::QueryTooCostly));
        assert_eq!(code(&"query Q($a: T = {b: {c: 1}}) { a } ".repeat(100)), None);
    }

    #[test]
    fn whatever_nests_or_repeats_is_refused_before_the_parser_pays_for_it() {
        let nested = |open: &str, close: &str| open.repeat(3_000) + &close.repeat(3_000);
        for (text, expected) in [
            (format!("{{ a(b: {}) }}", nested("{a:", "}")), ErrorCode::QueryTooDeep),
            (format!("query($a: {}) {{ a }}", nested("[", "]")), ErrorCode::QueryTooDeep),
            (nested("{a", "}"), ErrorCode::QueryTooDeep),
            ("fragment F on Query { a } ".repeat(101), ErrorCode::QueryTooCostly),
            (format!("{{ a # {}\n }}", "x".repeat(128 * 1024)), ErrorCode::QueryTooCostly),
        ] {
            let start: String = text.chars().take(40).collect();
            assert_eq!(code(&text), Some(expected), "{start}");
        }
    }

    #[test]
    fn a_text_that_is_too_long_is_refused() {
        assert_eq!(code(&" ".repeat(128 * 1024 + 1)), Some(ErrorCode::QueryTooCostly));
    }
}
