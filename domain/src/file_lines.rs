//! Lines of a file as an editor counts them, for who is told of a row.

use csv::{ByteRecord, Position};

/// Counts the lines of a file up to its records, which are asked for in their order. The reader's own
/// count is one too low after lines that end as Windows ends them, and does not know empty lines.
pub(crate) struct FileLines<'a> {
    file: &'a [u8],
    counted: usize,
    line: u64,
}

impl<'a> FileLines<'a> {
    pub(crate) fn of(file: &'a [u8]) -> Self {
        Self { file, counted: 0, line: 1 }
    }

    /// The line on which a record begins, from 1.
    pub(crate) fn begin(&mut self, record: &ByteRecord) -> u64 {
        let at = record.position().map_or(0, Position::byte);
        let mut start = usize::try_from(at).unwrap_or(usize::MAX).min(self.file.len());
        // What ended the lines before may still stand before it.
        while matches!(self.file.get(start), Some(b'\r' | b'\n')) {
            start += 1;
        }
        let passed = self.file.get(self.counted..start).unwrap_or_default();
        self.line += passed.iter().filter(|byte| **byte == b'\n').count() as u64;
        self.counted = self.counted.max(start);
        self.line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(file: &str) -> Vec<u64> {
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .from_reader(file.as_bytes());
        let mut lines = FileLines::of(file.as_bytes());
        let mut record = ByteRecord::new();
        let mut found = Vec::new();
        while reader.read_byte_record(&mut record).expect("in memory") {
            found.push(lines.begin(&record));
        }
        found
    }

    #[test]
    fn lines_are_those_of_an_editor_however_they_end() {
        assert_eq!(lines("a,b\n1,2\n3,4\n"), [1, 2, 3]);
        assert_eq!(lines("a,b\r\n1,2\r\n3,4\r\n"), [1, 2, 3]);
        assert_eq!(lines("a,b\r\n\r\n1,2\r\n\n3,4"), [1, 3, 5], "empty lines count");
        assert_eq!(lines("a,\"b\r\nc\"\r\n1,2\n"), [1, 3], "a field may hold an end");
    }
}
