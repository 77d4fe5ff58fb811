use crate::fault::Language;

macro_rules! rules {
    ($($(#[$doc:meta])* $name:ident = $english:literal, $chinese:literal;)*) => {
        /// The rule that a row of a roster file broke.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum RosterRule {
            $($(#[$doc])* $name,)*
        }

        impl RosterRule {
            /// All rules.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            const fn templates(self) -> (&'static str, &'static str) {
                match self { $(Self::$name => ($english, $chinese),)* }
            }
        }
    };
}

rules! {
    /// A column is not in the header.
    MissingColumn = "The header has no column {expected}: add it to every row.",
        "表头缺少 {expected} 列：请为每一行补充该列。";
    /// The row has more or fewer fields than the header.
    WrongFieldCount = "The row has {value} fields, the header {expected}: mend the row.",
        "本行有 {value} 个字段，表头有 {expected} 个：请更正该行。";
    /// The field is not UTF-8.
    NotUtf8 = "These bytes are not UTF-8: save the file as UTF-8.", "内容不是 UTF-8 编码：请将文件另存为 UTF-8。";
    /// A field is empty.
    Empty = "A value is missing here: fill it in.", "此处缺少值：请填写。";
    /// No agent that the caller plans has this number.
    UnknownAgent = "No agent that you plan has the number {value}: correct it.",
        "您负责排班的座席中没有工号 {value}：请更正。";
    /// Not a whole minute of local time.
    NotATime = "{value} is no local time: write {expected}.", "{value} 不是当地时间：请写成 {expected}。";
    /// The shift would count on a day that the draft does not have.
    OutsideTheDays = "{value} is not within {expected}: leave the row out or take more days.",
        "{value} 不在 {expected} 之内：请删除该行或扩大日期范围。";
    /// Not a list of activities with their minutes.
    NotActivities = "{value} is no list of activities: write such as {expected}.",
        "{value} 不是活动列表：请写成 {expected} 的形式。";
    /// Not a list of skills, each once with a grade from 1 to 5.
    NotSkillNeeds = "{value} is no list of skills, each once with a grade from 1 to 5: write such as {expected}.",
        "{value} 不是技能列表（每项技能一次，等级 1 至 5）：请写成 {expected} 的形式。";
    /// There is no skill with this code.
    UnknownSkill = "No skill has the code {value}: use one of {expected}, or make it first.",
        "没有代码为 {value} 的技能：请使用 {expected} 之一，或先创建该技能。";
    /// The end is not where the activities end.
    EndsDiffer = "The activities end at {expected}, not at {value}: correct one of the two.",
        "活动结束于 {expected}，而不是 {value}：请更正其中之一。";
    /// The parts make no shift.
    NotAShift = "The activities make no shift: {value}.", "这些活动无法构成班次：{value}。";
    /// The file has more rows than are taken at once.
    TooManyRows = "At most {expected} rows are taken at once: divide the file.",
        "一次最多导入 {expected} 行：请拆分文件。";
}

/// One fault: where, which rule, what stood there and what would do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RosterFault {
    /// Line of the file on which the row starts, counted from 1; the header is line 1.
    pub row: u64,
    /// Column; empty where it concerns the whole row.
    pub column: &'static str,
    /// The rule that was broken.
    pub rule: RosterRule,
    /// What stood there, cut to 80 characters.
    pub value: String,
    /// What would do; empty where nothing can be named.
    pub expected: String,
}

impl RosterFault {
    pub(super) fn new(
        row: u64,
        column: &'static str,
        rule: RosterRule,
        value: &str,
        expected: &str,
    ) -> Self {
        let value = value.chars().take(80).collect();
        Self { row, column, rule, value, expected: expected.to_owned() }
    }

    /// What is wrong and what would mend it, as a sentence.
    #[must_use]
    pub fn message(&self, language: Language) -> String {
        let (english, chinese) = self.rule.templates();
        let text = language.pick(english, chinese);
        text.replace("{expected}", &self.expected).replace("{value}", &self.value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_is_said_in_both_languages() {
        for rule in RosterRule::ALL {
            let (english, chinese) = rule.templates();
            crate::fault::assert_translated(&format!("{rule:?}"), english, chinese);
        }
    }
}
