//! Names of the work rules for people.

use super::RuleCode::{self, *};
use crate::fault::Language;

impl RuleCode {
    /// What the rule is about, for people.
    #[must_use]
    pub fn title(self, language: Language) -> &'static str {
        let (english, chinese) = match self {
            MinRest => ("Rest between two shifts", "两班之间的休息"),
            WeeklyRest => ("Continuous rest in the week", "每周连续休息"),
            ConsecutiveDays => ("Working days in a row", "连续工作天数"),
            ConsecutiveWeekends => ("Weekends in a row with work", "连续工作的周末"),
            DaysOff => ("Days off in the period", "周期内休息天数"),
            PaidTimeDay => ("Paid time of the day", "当日计薪时间"),
            PaidTimeWeek => ("Paid time of the week", "当周计薪时间"),
            PaidTimePeriod => ("Paid time of the period", "周期内计薪时间"),
            WorkDaysWeek => ("Working days of the week", "当周工作天数"),
            OvertimeDay => ("Overtime of the day", "当日加班"),
            OvertimeMonth => ("Overtime of the month", "当月加班"),
            ShiftLength => ("Length of the shift", "班次时长"),
            ContinuousWork => ("Work without a break", "连续工作时间"),
            BreakWindow => ("Break or meal in the shift", "班次内的休息或用餐"),
            StartBand => ("Start and end of the shift", "班次的起止时间"),
            StartVariance => ("Difference of starts on consecutive days", "相邻两天上班时间之差"),
            Notice => ("Notice before the change", "变更的提前通知"),
            ContractHours => ("Weekly hours of the contract", "合同周工时"),
            Availability => ("Availability", "可用时间"),
            Skill => ("Skill that the shift needs", "班次所需技能"),
            TrainingGate => ("Training passed", "完成培训"),
            OpeningHours => ("Opening hours of the site", "职场开放时间"),
            Seats => ("Seats of the site", "职场座位"),
            NightShifts => ("Night shifts of the week", "当周夜班"),
            Overlap => ("Two shifts at once", "班次重叠"),
            Coverage => ("Agents left against agents required", "在岗人数与需求人数"),
            CrossSite => ("Work at another site", "跨职场工作"),
        };
        language.pick(english, chinese)
    }
}
