//! Broken rules in words: whose, how much, when, and what is the least or the most.

use jiff::tz::TimeZone;

use super::{
    Bound, Quantity,
    RuleCode::{self, *},
    Violation, ViolationParam,
};
use crate::{
    fault::Language,
    time::{Span, local_of_instant},
    when,
};

/// For whom the words are made.
#[derive(Debug, Clone)]
pub struct ViolationSetting<'a> {
    /// Language of the reader.
    pub language: Language,
    /// Zone of the site whose clock is meant.
    pub zone: &'a TimeZone,
    /// Name of [`Violation::agent`], or what the reader may know of that person.
    pub who: Option<&'a str>,
}

impl Violation {
    /// The sentence for who may only know that the rule is broken: no figures, no time, no reason.
    #[must_use]
    pub fn bare_message(&self, language: Language, who: Option<&str>) -> String {
        let title = self.rule.title(language);
        match (language, who) {
            (Language::English, Some(who)) => format!("{who}, {}: not kept.", lower_first(title)),
            (Language::English, None) => format!("{title}: not kept."),
            (Language::Chinese, Some(who)) => format!("{who}：{title}，不符合规则。"),
            (Language::Chinese, None) => format!("{title}，不符合规则。"),
        }
    }

    /// The sentence for a person, such as `Li Wei, weekly hours of the contract: 28 h in the week of
    /// 12 Oct, at least 32 h are agreed.`
    #[must_use]
    pub fn message(&self, setting: &ViolationSetting<'_>) -> String {
        let ViolationSetting { language, zone, who } = setting;
        let title = self.rule.title(*language);
        let when = self.when(zone, *language);
        let measured = self.measured.text(*language);
        let clause = limit_clause(self.rule, &self.limit, self.bound(), *language);
        // Two sites are no figures.
        let bare = self.rule == CrossSite;
        match language {
            Language::English => {
                let whose = match who {
                    Some(who) => format!("{who}, {}", lower_first(title)),
                    None => title.to_owned(),
                };
                if bare {
                    format!("{whose}: {when}.")
                } else {
                    format!("{whose}: {measured} {when}, {clause}.")
                }
            }
            Language::Chinese => {
                let whose = who.map(|who| format!("{who}：")).unwrap_or_default();
                if bare {
                    format!("{whose}{title}，{when}。")
                } else {
                    format!("{whose}{title}，{when} {measured}，{clause}。")
                }
            }
        }
    }

    /// The time meant, by the clock of the site: a week, month or period by its first day.
    fn when(&self, zone: &TimeZone, language: Language) -> String {
        let of_params = self.params.iter().find_map(|param| match param {
            ViolationParam::Date(date) => Some(*date),
            _ => None,
        });
        let first = of_params.unwrap_or_else(|| local_of_instant(self.span.start(), zone).date());
        let date = when::date(first, language);
        let (english, chinese) = match self.rule {
            WeeklyRest | PaidTimeWeek | WorkDaysWeek | ContractHours | NightShifts => {
                (format!("in the week of {date}"), format!("{date}当周"))
            }
            PaidTimePeriod | DaysOff => {
                (format!("in the period from {date}"), format!("{date}起的周期"))
            }
            OvertimeMonth => (format!("in the month from {date}"), format!("{date}起的当月")),
            PaidTimeDay | OvertimeDay => {
                let day = when::day(first, language);
                (format!("on {day}"), day)
            }
            _ => (on(self.span, zone, language), on(self.span, zone, language)),
        };
        match language {
            Language::English => english,
            Language::Chinese => chinese,
        }
    }
}

/// `on Wed 4 Mar 07:00–15:00`; of more than a day its first and last day.
fn on(span: Span, zone: &TimeZone, language: Language) -> String {
    const DAY: i64 = 86_400;
    if span.seconds() <= DAY {
        let span = when::span(span, zone, language);
        return match language {
            Language::English => format!("on {span}"),
            Language::Chinese => span,
        };
    }
    let last = Span::of_seconds(span.start(), span.seconds() - 1).end();
    let day = |at| when::day(local_of_instant(at, zone).date(), language);
    let (first, last) = (day(span.start()), day(last));
    match language {
        Language::English => format!("from {first} to {last}"),
        Language::Chinese => format!("{first}至{last}"),
    }
}

/// What is allowed or needed: `at least 32 h are agreed`, `at most 6 days are allowed`.
pub(crate) fn limit_clause(
    rule: RuleCode,
    limit: &Quantity,
    bound: Option<Bound>,
    language: Language,
) -> String {
    let none = limit.number() == Some(0);
    let limit = limit.text(language);
    let (english, chinese) = match (rule, bound) {
        (ContractHours, Some(Bound::AtLeast)) => {
            (format!("at least {limit} are agreed"), format!("约定至少 {limit}"))
        }
        (ContractHours, Some(Bound::AtMost)) => {
            (format!("at most {limit} are agreed"), format!("约定至多 {limit}"))
        }
        (BreakWindow, Some(Bound::AtLeast)) => (
            format!("it starts {limit} after the start at the earliest"),
            format!("最早在上班 {limit} 后开始"),
        ),
        (BreakWindow, Some(Bound::AtMost)) => (
            format!("it starts {limit} after the start at the latest"),
            format!("最迟在上班 {limit} 后开始"),
        ),
        (StartBand, Some(Bound::AtLeast)) => {
            (format!("{limit} is the earliest"), format!("最早 {limit}"))
        }
        (StartBand, Some(Bound::AtMost)) => {
            (format!("{limit} is the latest"), format!("最迟 {limit}"))
        }
        (_, Some(Bound::AtMost)) if none => ("none is allowed".to_owned(), "不得有".to_owned()),
        (_, Some(Bound::AtLeast)) => {
            (format!("at least {limit} are needed"), format!("至少须 {limit}"))
        }
        (_, Some(Bound::AtMost)) => {
            (format!("at most {limit} are allowed"), format!("至多允许 {limit}"))
        }
        (_, None) => (format!("{limit} is needed"), format!("须为 {limit}")),
    };
    match language {
        Language::English => english,
        Language::Chinese => chinese,
    }
}

/// A title within a sentence.
fn lower_first(title: &str) -> String {
    let mut letters = title.chars();
    letters.next().map(|first| first.to_lowercase().chain(letters).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use jiff::{Timestamp, civil};
    use uuid::Uuid;

    use super::*;
    use crate::{
        id::AgentId,
        schedules::{ActivityCategory, Severity, ViolationCause},
        time::instant_of_local,
    };

    fn shanghai() -> TimeZone {
        TimeZone::get("Asia/Shanghai").expect("zone")
    }

    fn at(day: i8, hour: i8) -> Timestamp {
        instant_of_local(civil::date(2026, 10, day).at(hour, 0, 0, 0), &shanghai()).0
    }

    fn violation(rule: RuleCode, span: Span, measured: Quantity, limit: Quantity) -> Violation {
        Violation {
            rule,
            severity: Severity::Blocking,
            agent: Some(AgentId::from_uuid(Uuid::from_u128(1))),
            span,
            measured,
            limit,
            cause: ViolationCause::Edit,
            standing: false,
            shortfall: false,
            excess: 1,
            params: Vec::new(),
        }
    }

    fn both(violation: &Violation, who: Option<&str>) -> [String; 2] {
        [Language::English, Language::Chinese].map(|language| {
            violation.message(&ViolationSetting { language, zone: &shanghai(), who })
        })
    }

    fn hours(hours: i64) -> Quantity {
        Quantity::Seconds(hours * 3600)
    }

    #[test]
    fn a_week_that_is_too_short_says_whose_and_what_is_agreed() {
        let week = Span::of_seconds(at(12, 0), 7 * 86_400);
        let short = violation(ContractHours, week, hours(28), hours(32));
        let expected = [
            "Li Wei, weekly hours of the contract: 28 h in the week of 12 Oct, at least 32 h are agreed.",
            "Li Wei：合同周工时，10月12日当周 28 h，约定至少 32 h。",
        ];
        assert_eq!(both(&short, Some("Li Wei")), expected);
        let long = violation(ContractHours, week, hours(44), hours(40));
        let [english, chinese] = both(&long, None);
        let expected =
            "Weekly hours of the contract: 44 h in the week of 12 Oct, at most 40 h are agreed.";
        assert_eq!(english, expected);
        assert!(chinese.ends_with("44 h，约定至多 40 h。"), "{chinese}");
    }

    #[test]
    fn times_are_those_of_the_site_and_bounds_those_of_the_rule() {
        let night = Span::of_seconds(at(13, 22), 9 * 3600);
        let rest = violation(MinRest, night, hours(9), hours(11));
        let [english, chinese] = both(&rest, Some("He Jun"));
        let expected = "He Jun, rest between two shifts: 9 h on Tue 13 Oct 22:00–07:00, at least 11 h are needed.";
        assert_eq!(english, expected);
        assert_eq!(
            chinese,
            "He Jun：两班之间的休息，10月13日（周二） 22:00–07:00 9 h，至少须 11 h。"
        );
        let days = Span::of_seconds(at(12, 0), 7 * 86_400);
        let row = violation(ConsecutiveDays, days, Quantity::Days(7), Quantity::Days(6));
        let [english, _] = both(&row, None);
        let expected = "Working days in a row: 7 days from Mon 12 Oct to Sun 18 Oct, at most 6 days are allowed.";
        assert_eq!(english, expected);
        let twice = violation(Overlap, night, hours(2), hours(0));
        assert!(both(&twice, None)[0].ends_with("07:00, none is allowed."));
    }

    #[test]
    fn the_side_on_which_a_value_lies_tells_the_bound() {
        let bound = |rule, measured, limit| {
            violation(rule, Span::of_seconds(at(12, 0), 3600), measured, limit).bound()
        };
        let agents = Quantity::Agents;
        assert_eq!(bound(Coverage, agents(2), agents(3)), Some(Bound::AtLeast));
        assert_eq!(bound(Seats, agents(12), agents(10)), Some(Bound::AtMost));
        assert_eq!(bound(Skill, Quantity::Grade(0), Quantity::Grade(3)), Some(Bound::AtLeast));
        let meal = Quantity::Without(ActivityCategory::Meal);
        assert_eq!(bound(BreakWindow, meal, hours(5)), Some(Bound::AtMost));
        assert_eq!(bound(TrainingGate, Quantity::Untrained, Quantity::Trained(None)), None);
        let clock = |hour, minute| Quantity::LocalTime(civil::time(hour, minute, 0, 0));
        let hour = Span::of_seconds(at(12, 0), 3600);
        let start = |measured, limit, excess| {
            Violation { excess, ..violation(StartBand, hour, measured, limit) }.bound()
        };
        assert_eq!(start(clock(6, 30), clock(7, 0), 1800), Some(Bound::AtLeast));
        assert_eq!(start(clock(0, 30), clock(23, 30), 3600), Some(Bound::AtMost), "over midnight");
    }
}
