//! What `check` answers: which rule, whose, how far off and why.

use std::{cmp::Ordering, fmt};

use jiff::civil;
use serde::{Deserialize, Serialize};

use super::{ActivityCategory, LimitUnit, RuleCode, Severity};
use crate::{
    fault::Language,
    id::{AgentId, ShiftId, SiteId, SkillId},
    time::Span,
};

/// What made a rule break.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ViolationCause {
    /// What was worked before the window.
    History,
    /// Granted time off.
    TimeOff,
    /// A clock change: by wall clock the rule would be kept.
    Dst,
    /// Declared availability.
    Availability,
    /// The request of an agent.
    Request,
    /// An edit of the plan.
    Edit,
}

impl ViolationCause {
    /// Stable name, as the API writes it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::History => "HISTORY",
            Self::TimeOff => "TIME_OFF",
            Self::Dst => "DST",
            Self::Availability => "AVAILABILITY",
            Self::Request => "REQUEST",
            Self::Edit => "EDIT",
        }
    }
}

/// A measured value or a limit, with its unit. Written as `9 h`, `7 days`, `2 agents`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Quantity {
    /// Seconds of time.
    Seconds(i64),
    /// Days.
    Days(i64),
    /// Weekends.
    Weekends(i64),
    /// Shifts.
    Shifts(i64),
    /// Agents.
    Agents(i64),
    /// Grade of a skill, 0 when the agent does not have it.
    Grade(u8),
    /// A local wall-clock time.
    LocalTime(civil::Time),
    /// There is no activity of the kind.
    Without(ActivityCategory),
    /// The training is not passed.
    Untrained,
    /// The training passed, and from which day on when that is known.
    Trained(Option<civil::Date>),
    /// Something without a number, such as the name of a class.
    Label(String),
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counted = |f: &mut fmt::Formatter<'_>, count: i64, one: &str| {
            write!(f, "{count} {one}{}", if count == 1 { "" } else { "s" })
        };
        match self {
            Self::Seconds(seconds) => write_duration(f, *seconds),
            Self::Days(count) => counted(f, *count, "day"),
            Self::Weekends(count) => counted(f, *count, "weekend"),
            Self::Shifts(count) => counted(f, *count, "shift"),
            Self::Agents(count) => counted(f, *count, "agent"),
            Self::Grade(grade) => write!(f, "grade {grade}"),
            Self::LocalTime(time) => write!(f, "{:02}:{:02}", time.hour(), time.minute()),
            Self::Without(category) => write!(f, "no {}", category.as_str()),
            Self::Untrained => f.write_str("not trained"),
            Self::Trained(None) => f.write_str("trained"),
            Self::Trained(Some(from)) => write!(f, "trained from {from}"),
            Self::Label(label) => f.write_str(label),
        }
    }
}

impl Quantity {
    /// The quantity for a person. Symbols of units are the same in every language.
    #[must_use]
    pub fn text(&self, language: Language) -> String {
        if language == Language::English {
            return self.to_string();
        }
        match self {
            Self::Days(count) => format!("{count} 天"),
            Self::Weekends(count) => format!("{count} 个周末"),
            Self::Shifts(count) => format!("{count} 个班次"),
            Self::Agents(count) => format!("{count} 人"),
            Self::Grade(grade) => format!("{grade} 级"),
            Self::Without(category) => format!("无 {}", category.as_str()),
            Self::Untrained => "未完成培训".to_owned(),
            Self::Trained(None) => "已完成培训".to_owned(),
            Self::Trained(Some(from)) => format!("自 {from} 起完成培训"),
            Self::Seconds(_) | Self::LocalTime(_) | Self::Label(_) => self.to_string(),
        }
    }

    /// Its number in the unit that it has; `None` for what is no count.
    #[must_use]
    pub fn number(&self) -> Option<i64> {
        match self {
            Self::Seconds(number)
            | Self::Days(number)
            | Self::Weekends(number)
            | Self::Shifts(number)
            | Self::Agents(number) => Some(*number),
            Self::Grade(grade) => Some(i64::from(*grade)),
            Self::LocalTime(_)
            | Self::Without(_)
            | Self::Untrained
            | Self::Trained(_)
            | Self::Label(_) => None,
        }
    }

    /// The unit of its number; `None` for grades, which have none, and for what is no count.
    #[must_use]
    pub const fn unit(&self) -> Option<LimitUnit> {
        match self {
            Self::Seconds(_) => Some(LimitUnit::Seconds),
            Self::Days(_) => Some(LimitUnit::Days),
            Self::Weekends(_) => Some(LimitUnit::Weekends),
            Self::Shifts(_) => Some(LimitUnit::Shifts),
            Self::Agents(_) => Some(LimitUnit::Agents),
            Self::Grade(_)
            | Self::LocalTime(_)
            | Self::Without(_)
            | Self::Untrained
            | Self::Trained(_)
            | Self::Label(_) => None,
        }
    }
}

/// `9 h`, `8 h 30 min`, `45 min`, `20 s`, `-1 h`.
fn write_duration(f: &mut fmt::Formatter<'_>, seconds: i64) -> fmt::Result {
    if seconds < 0 {
        f.write_str("-")?;
    }
    let left = seconds.unsigned_abs();
    let mut space = "";
    for (value, unit) in [(left / 3600, "h"), (left % 3600 / 60, "min"), (left % 60, "s")] {
        if value > 0 {
            write!(f, "{space}{value} {unit}")?;
            space = " ";
        }
    }
    if left == 0 { f.write_str("0 h") } else { Ok(()) }
}

/// A value from which a client builds its own sentence.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "name", content = "value", rename_all = "snake_case")]
pub enum ViolationParam {
    /// A shift that takes part.
    Shift(ShiftId),
    /// The local date on which it counts, the Monday of a week, the first of a month.
    Date(civil::Date),
    /// The skill that is missing or short.
    Skill(SkillId),
    /// The grade of it from which on agents count, where not every grade does.
    Grade(u8),
    /// Code of the training that is not passed.
    Training(String),
    /// The site whose hours, seats or borders are meant.
    Site(SiteId),
    /// Name of the class or other reason why the agent is not available.
    Reason(String),
}

/// Which side of a limit is allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Bound {
    /// The limit is the least.
    AtLeast,
    /// The limit is the most.
    AtMost,
}

impl Bound {
    /// Stable name, as the API writes it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AtLeast => "AT_LEAST",
            Self::AtMost => "AT_MOST",
        }
    }
}

/// A rule that is not kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Violation {
    /// Which rule.
    pub rule: RuleCode,
    /// Its weight.
    pub severity: Severity,
    /// Whose roster. For `COVERAGE` and `SEATS` the agent whose change tips the balance; `None`
    /// when the roster itself is judged and nobody in particular is to blame.
    pub agent: Option<AgentId>,
    /// The time meant: the rest that is too short, the week, the interval.
    pub span: Span,
    /// What was measured.
    pub measured: Quantity,
    /// What is allowed.
    pub limit: Quantity,
    /// What made it so.
    pub cause: ViolationCause,
    /// Whether it stood before the change and the change does not worsen it, or a recorded override
    /// lets it stand. Such a violation is told, and holds nothing up. When the change is empty the
    /// roster as it stands is judged: then only an override makes it so.
    pub standing: bool,
    /// Whether it is too little of something that only more planning mends, such as hours of the
    /// contract: a roster under construction is short everywhere.
    #[serde(default)]
    pub shortfall: bool,
    /// How far off, in the rule's own unit; compares two violations of one rule.
    pub excess: i64,
    /// Values for a sentence.
    pub params: Vec<ViolationParam>,
}

impl Violation {
    /// Whether this one, of the roster as it was or as an override was recorded for it, is why `later`
    /// stands: the same rule and side of it, for the same agent at the same time, no heavier and no
    /// further off. Of seats it says so of the roster as a whole too, where nobody is to blame.
    #[must_use]
    pub fn covers(&self, later: &Self) -> bool {
        self.rule == later.rule
            && self.shortfall == later.shortfall
            && (self.agent == later.agent || later.agent.is_none())
            && self.severity >= later.severity
            && self.excess >= later.excess
            && (self.span.overlaps(later.span) || self.span == later.span)
    }

    /// Whether it holds up what a planner does: it is made or worsened by that, and prevents it or needs
    /// an approver. What is short holds no planner up, who can only add to it.
    #[must_use]
    pub fn holds_up(&self) -> bool {
        let heavy = match self.severity {
            Severity::Blocking => true,
            Severity::NeedsApproval => !self.shortfall,
            Severity::Warning | Severity::Off => false,
        };
        heavy && !self.standing
    }

    /// Whether the limit is the least or the most: what was measured lies on the other side of it.
    /// `None` where nothing is counted, such as of training or another site.
    #[must_use]
    pub fn bound(&self) -> Option<Bound> {
        let less = match (&self.measured, &self.limit) {
            // What is missing should have begun by then.
            (Quantity::Without(_), Quantity::Seconds(_)) => false,
            // A time on a dial lies before the limit or behind it, by as much as it is off.
            (Quantity::LocalTime(time), Quantity::LocalTime(limit)) => {
                let ahead = time.duration_until(*limit).as_secs().rem_euclid(86_400);
                ahead == self.excess
            }
            (measured, limit) => match measured.number()?.cmp(&limit.number()?) {
                Ordering::Less => true,
                Ordering::Greater => false,
                Ordering::Equal => return None,
            },
        };
        Some(if less { Bound::AtLeast } else { Bound::AtMost })
    }
}

/// The heaviest weight among violations that the change makes or worsens; `Off` when there is none.
#[must_use]
pub fn worst(violations: &[Violation]) -> Severity {
    let made = violations.iter().filter(|violation| !violation.standing);
    made.map(|violation| violation.severity).max().unwrap_or(Severity::Off)
}

/// Whether the violations hold up what a planner does; see [`Violation::holds_up`].
#[must_use]
pub fn holds_up(violations: &[Violation]) -> bool {
    violations.iter().any(Violation::holds_up)
}

/// Whether the violations prevent the change (or, for an empty change, whether the roster is unfit),
/// whoever approves it.
#[must_use]
pub fn refuses(violations: &[Violation]) -> bool {
    worst(violations) == Severity::Blocking
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_are_written_with_their_unit() {
        let cases = [
            (Quantity::Seconds(9 * 3600), "9 h"),
            (Quantity::Seconds(8 * 3600 + 1800), "8 h 30 min"),
            (Quantity::Seconds(45 * 60), "45 min"),
            (Quantity::Seconds(0), "0 h"),
            (Quantity::Seconds(-3600), "-1 h"),
            (Quantity::Days(7), "7 days"),
            (Quantity::Days(1), "1 day"),
            (Quantity::Agents(2), "2 agents"),
            (Quantity::Grade(4), "grade 4"),
            (Quantity::LocalTime(civil::time(7, 5, 0, 0)), "07:05"),
            (Quantity::Label("Accounting".into()), "Accounting"),
        ];
        for (quantity, text) in cases {
            assert_eq!(quantity.to_string(), text);
            assert_eq!(quantity.text(Language::English), text);
        }
    }

    #[test]
    fn quantities_in_chinese_have_no_english_words() {
        let cases = [
            (Quantity::Seconds(9 * 3600), "9 h"),
            (Quantity::Days(7), "7 天"),
            (Quantity::Weekends(2), "2 个周末"),
            (Quantity::Shifts(1), "1 个班次"),
            (Quantity::Agents(2), "2 人"),
            (Quantity::Grade(4), "4 级"),
            (Quantity::Without(ActivityCategory::Meal), "无 MEAL"),
            (Quantity::Untrained, "未完成培训"),
            (Quantity::Trained(None), "已完成培训"),
            (Quantity::Trained(Some(civil::date(2026, 3, 2))), "自 2026-03-02 起完成培训"),
        ];
        for (quantity, text) in cases {
            assert_eq!(quantity.text(Language::Chinese), text);
        }
    }
}
