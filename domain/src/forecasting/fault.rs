//! What can be wrong with a row of a history file, and what would mend it.

use serde::{Deserialize, Serialize};

use crate::fault::Language;

/// The rule that a row broke. Codes are stable: API, log and tests share them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum FaultRule {
    /// A required column is not in the header.
    MissingColumn,
    /// The header names a column twice.
    DuplicateColumn,
    /// The row has more or fewer fields than the header.
    WrongFieldCount,
    /// The field is not UTF-8.
    NotUtf8,
    /// A required field is empty.
    Empty,
    /// Not `YYYY-MM-DDTHH:MM`.
    NotALocalTime,
    /// The interval has not begun yet.
    InTheFuture,
    /// Not an IANA zone.
    UnknownZone,
    /// Rows before it gave the same queue another zone.
    ZoneDiffers,
    /// Not one of the grains.
    UnsupportedGrain,
    /// The interval does not start on a multiple of its length.
    NotOnGrain,
    /// Not a number, or not a whole one where calls are counted.
    NotANumber,
    /// Below zero.
    Negative,
    /// Above what any call centre has.
    TooLarge,
    /// A handle time without the number of calls that it is the mean of.
    HandleTimeWithoutAnswered,
    /// The same interval of the same queue stands in the file twice.
    DuplicateInterval,
    /// No queue that the caller may write history of has this code.
    UnknownQueue,
    /// No such site takes calls of the queue, or the caller may not write history of it.
    UnknownSite,
    /// No site is named, and the caller may not write at every site of the network.
    SiteRequired,
    /// The queue's intervals have another length.
    GrainDiffers,
}

impl FaultRule {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::MissingColumn => "MISSING_COLUMN",
            Self::DuplicateColumn => "DUPLICATE_COLUMN",
            Self::WrongFieldCount => "WRONG_FIELD_COUNT",
            Self::NotUtf8 => "NOT_UTF8",
            Self::Empty => "EMPTY",
            Self::NotALocalTime => "NOT_A_LOCAL_TIME",
            Self::InTheFuture => "IN_THE_FUTURE",
            Self::UnknownZone => "UNKNOWN_ZONE",
            Self::ZoneDiffers => "ZONE_DIFFERS",
            Self::UnsupportedGrain => "UNSUPPORTED_GRAIN",
            Self::NotOnGrain => "NOT_ON_GRAIN",
            Self::NotANumber => "NOT_A_NUMBER",
            Self::Negative => "NEGATIVE",
            Self::TooLarge => "TOO_LARGE",
            Self::HandleTimeWithoutAnswered => "HANDLE_TIME_WITHOUT_ANSWERED",
            Self::DuplicateInterval => "DUPLICATE_INTERVAL",
            Self::UnknownQueue => "UNKNOWN_QUEUE",
            Self::UnknownSite => "UNKNOWN_SITE",
            Self::SiteRequired => "SITE_REQUIRED",
            Self::GrainDiffers => "GRAIN_DIFFERS",
        }
    }

    /// What is wrong and what would mend it, in English and in Chinese, with `{name}` where a
    /// parameter goes.
    const fn templates(self) -> (&'static str, &'static str) {
        match self {
            Self::MissingColumn => (
                "The header has no column {expected}: add it to every row.",
                "表头缺少 {expected} 列：请为每一行补充该列。",
            ),
            Self::DuplicateColumn => (
                "The header names {expected} twice: keep one of the columns.",
                "表头中 {expected} 列重复：请只保留一列。",
            ),
            Self::WrongFieldCount => (
                "The row has {value} fields, the header {expected}: mend the row.",
                "本行有 {value} 个字段，表头有 {expected} 个：请更正该行。",
            ),
            Self::NotUtf8 => (
                "These bytes are not UTF-8: save the file as UTF-8.",
                "内容不是 UTF-8 编码：请将文件另存为 UTF-8。",
            ),
            Self::Empty => ("A value is missing here: fill it in.", "此处缺少值：请填写。"),
            Self::NotALocalTime => (
                "{value} is no local time: write {expected}.",
                "{value} 不是当地时间：请写成 {expected}。",
            ),
            Self::InTheFuture => (
                "{value} is still to come, it is {expected} there now: leave the row out, or correct its time or zone.",
                "{value} 尚未到来，当地现在是 {expected}：请删除该行，或更正时间或时区。",
            ),
            Self::UnknownZone => (
                "{value} is no time zone: take a name of the IANA list, such as Asia/Shanghai.",
                "{value} 不是有效时区：请使用 IANA 名称，例如 Asia/Shanghai。",
            ),
            Self::ZoneDiffers => (
                "{value} differs from {expected} in row {first_row}: give a queue one zone.",
                "{value} 与第 {first_row} 行的 {expected} 不同：同一队列只能使用一个时区。",
            ),
            Self::UnsupportedGrain => (
                "Intervals of {value} minutes are not taken: use one of {expected}.",
                "不支持 {value} 分钟的时段：请使用 {expected} 之一。",
            ),
            Self::NotOnGrain => (
                "{value} is not a multiple of {multiple_of_minutes} minutes: start the interval on one.",
                "{value} 不是 {multiple_of_minutes} 分钟的整数倍：请对齐时段起点。",
            ),
            Self::NotANumber => {
                ("{value} is no number: write {expected}.", "{value} 不是数字：应为 {expected}。")
            }
            Self::Negative => {
                ("{value} is below zero: write {expected}.", "{value} 为负数：应为 {expected}。")
            }
            Self::TooLarge => {
                ("{value} is too large: write {expected}.", "{value} 过大：应为 {expected}。")
            }
            Self::HandleTimeWithoutAnswered => (
                "A handle time needs the number of calls that it is the mean of: fill in {expected}.",
                "填写处理时长时必须给出通话数：请填写 {expected}。",
            ),
            Self::DuplicateInterval => (
                "{value} stands in row {first_row} already: keep one of the two.",
                "{value} 已出现在第 {first_row} 行：请只保留一行。",
            ),
            Self::UnknownQueue => (
                "No queue that you may import has the code {value}: use one of {expected}.",
                "没有可导入的队列使用代码 {value}：请使用 {expected} 之一。",
            ),
            Self::UnknownSite => (
                "No site that you may import for this queue has the code {value}: use one of {expected}.",
                "该队列没有可导入的站点使用代码 {value}：请使用 {expected} 之一。",
            ),
            Self::SiteRequired => (
                "Rows without a site are for those who may import at every site of the network: fill in one of {expected}.",
                "只有可导入全网所有站点的用户才能提交没有站点的行：请填写 {expected} 之一。",
            ),
            Self::GrainDiffers => (
                "Intervals of this queue have {expected} minutes, not {value}: export them so.",
                "该队列的时段为 {expected} 分钟，而不是 {value} 分钟：请按此导出。",
            ),
        }
    }
}

/// One fault: where, which rule, what stood there and the parameters of the remedy's text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RowFault {
    /// Line of the file on which the row starts, counted from 1; the header is line 1.
    pub row: u64,
    /// Column of the common form.
    pub column: &'static str,
    /// The rule that was broken.
    pub rule: FaultRule,
    /// What stood there, cut to 80 characters.
    pub value: String,
    /// Parameters of the remedy's text, by name: `expected`, `first_row`, `offered` and the like. A fault
    /// that is told once of many rows has `row_count`, how many they are, and `rows`, the first of them.
    pub remedy: Vec<(&'static str, String)>,
}

impl RowFault {
    /// What is wrong and what would mend it, as a sentence.
    #[must_use]
    pub fn message(&self, language: Language) -> String {
        let (english, chinese) = match self.rule {
            FaultRule::UnknownQueue if self.expects_nothing() => NO_QUEUE_YET,
            FaultRule::MissingColumn if self.column.is_empty() => NO_HEADER,
            FaultRule::MissingColumn if self.names("meant") => MISSPELT,
            rule => rule.templates(),
        };
        let (many_english, many_chinese) =
            if self.names("row_count") { MANY_ROWS } else { ("", "") };
        let text = language.pick(english, chinese).replace("{value}", &self.value);
        let text = text + language.pick(many_english, many_chinese);
        self.remedy
            .iter()
            .fold(text, |text, (name, value)| text.replace(&format!("{{{name}}}"), value))
    }

    /// Whether the remedy has this parameter.
    fn names(&self, parameter: &str) -> bool {
        self.remedy.iter().any(|(name, _)| *name == parameter)
    }

    /// Whether there is nothing that would do.
    fn expects_nothing(&self) -> bool {
        self.remedy.iter().any(|(name, value)| *name == "expected" && value.is_empty())
    }
}

/// What is said of an unknown queue where there is no other to name instead.
const NO_QUEUE_YET: (&str, &str) = (
    "No queue that you may import has the code {value}, and there is no other: make the queue first.",
    "没有可导入的队列使用代码 {value}，也没有其他队列：请先创建该队列。",
);

/// What is said besides of a fault that many rows have and that is told of the first one.
const MANY_ROWS: (&str, &str) = (
    " So it is in {row_count} rows, the first of them on the lines {rows}.",
    "共有 {row_count} 行如此，前几行为第 {rows} 行。",
);

/// What is said of a first line that names no column at all, as of an empty file or one that is no text.
const NO_HEADER: (&str, &str) = (
    "The file does not begin with a header: give it one that names the columns {expected}, as text in UTF-8.",
    "文件没有表头：请在首行写明列名 {expected}，并保存为 UTF-8 文本。",
);

/// What is said of a column whose name is in the header, but for a slip.
const MISSPELT: (&str, &str) = (
    "The header has no column {expected}; did you mean it with {meant}? Write {expected}.",
    "表头缺少 {expected} 列；您写的 {meant} 是否就是它？请写成 {expected}。",
);

/// Faults in order of rows: the first thousand in full, all of them counted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Faults {
    kept: Vec<RowFault>,
    total: u64,
}

impl Faults {
    /// How many faults are kept in full. A file with one wrong column has one in every row.
    pub const KEPT: usize = 1_000;

    /// Counts a fault, and keeps it while there is room.
    pub fn push(&mut self, mut fault: RowFault) {
        self.total += 1;
        if self.kept.len() < Self::KEPT {
            if let Some((end, _)) = fault.value.char_indices().nth(80) {
                fault.value.truncate(end);
            }
            self.kept.push(fault);
        }
    }

    /// Says of a fault that is kept which rows have it: how many, and the first few of them. It is the one
    /// at `place` among those kept, and one that came too late to be kept is only counted.
    pub(super) fn tell_rows(&mut self, place: usize, count: u64, first: &[u64]) {
        if let Some(fault) = self.kept.get_mut(place) {
            let rows = first.iter().map(u64::to_string).collect::<Vec<_>>().join(", ");
            fault.remedy.extend([("row_count", count.to_string()), ("rows", rows)]);
        }
    }

    /// The faults kept, at most [`Self::KEPT`].
    #[must_use]
    pub fn kept(&self) -> &[RowFault] {
        &self.kept
    }

    /// How many there were in all.
    #[must_use]
    pub const fn total(&self) -> u64 {
        self.total
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_is_the_serialised_name() {
        let rule = FaultRule::HandleTimeWithoutAnswered;
        assert_eq!(serde_json::to_value(rule).expect("json"), rule.code());
        assert_eq!(serde_json::to_value(FaultRule::NotUtf8).expect("json"), "NOT_UTF8");
    }

    #[test]
    fn the_message_says_what_would_mend_it() {
        let fault = RowFault {
            row: 3,
            column: "interval_minutes",
            rule: FaultRule::GrainDiffers,
            value: "15".to_owned(),
            remedy: vec![("expected", "30".to_owned())],
        };
        let english = "Intervals of this queue have 30 minutes, not 15: export them so.";
        assert_eq!(fault.message(Language::English), english);
        let chinese = "该队列的时段为 30 分钟，而不是 15 分钟：请按此导出。";
        assert_eq!(fault.message(Language::Chinese), chinese);
    }

    #[test]
    fn every_rule_is_said_in_both_languages() {
        use FaultRule::*;
        let all = [
            MissingColumn,
            DuplicateColumn,
            WrongFieldCount,
            NotUtf8,
            Empty,
            NotALocalTime,
            InTheFuture,
            UnknownZone,
            ZoneDiffers,
            UnsupportedGrain,
            NotOnGrain,
            NotANumber,
            Negative,
            TooLarge,
            HandleTimeWithoutAnswered,
            DuplicateInterval,
            UnknownQueue,
            UnknownSite,
            SiteRequired,
            GrainDiffers,
        ];
        for rule in all {
            let (english, chinese) = rule.templates();
            crate::fault::assert_translated(rule.code(), english, chinese);
        }
        for (english, chinese) in [NO_QUEUE_YET, NO_HEADER, MISSPELT, MANY_ROWS] {
            crate::fault::assert_translated("a special case", english, chinese);
        }
    }

    #[test]
    fn where_there_is_no_queue_none_is_named_instead() {
        let message = |expected: &str| {
            let fault = RowFault {
                row: 2,
                column: "queue",
                rule: FaultRule::UnknownQueue,
                value: "presale".to_owned(),
                remedy: vec![("expected", expected.to_owned())],
            };
            fault.message(Language::English)
        };
        assert!(message("").ends_with("presale, and there is no other: make the queue first."));
        assert!(message("aftersale").ends_with("presale: use one of aftersale."));
    }

    #[test]
    fn faults_beyond_the_bound_are_counted_not_kept() {
        let mut faults = Faults::default();
        for row in 0..1_500 {
            faults.push(RowFault {
                row,
                column: "offered",
                rule: FaultRule::Negative,
                value: "✗".repeat(100),
                remedy: Vec::new(),
            });
        }
        assert_eq!((faults.kept().len(), faults.total()), (1_000, 1_500));
        assert_eq!(faults.kept()[0].value.chars().count(), 80);
    }
}
