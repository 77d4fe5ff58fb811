//! What agents wish of a week: this shift, rather not that one, to work, or a day off.

use jiff::{ToSpan as _, civil};

use super::{TemplatesFrom, offered_templates};
use crate::{
    fault::{Fault, Rule},
    id::AgentId,
    plannable::check_plannable,
};

/// A wish of an agent for a day. It is weighed when a roster is made by headcounts, and binds nobody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShiftWish {
    /// Whose.
    pub agent: AgentId,
    /// The day, in the zone of the agent's site.
    pub date: civil::Date,
    /// Code of the shift that it is about. `None` = any: wanted means to work, not wanted the day off.
    pub template: Option<String>,
    /// Whether it is wanted; else rather not.
    pub is_wanted: bool,
    /// How much it matters, 1 to 5.
    pub weight: u8,
}

impl ShiftWish {
    /// The least that a wish weighs.
    pub const LEAST_WEIGHT: u8 = 1;
    /// The most that a wish weighs.
    pub const MOST_WEIGHT: u8 = 5;
    /// Most wishes of an agent for a week.
    pub const MOST_OF_A_WEEK: usize = 21;

    /// Whether wishes of an agent for the week from `monday` can be meant, by what its site offers
    /// then.
    ///
    /// # Errors
    /// INVALID_VALUE at `weekStartsOn`, at `wishes`, or below `wishes.N` for each of them that cannot;
    /// for a shift that is not offered on its day with the codes of those that are.
    pub fn check_week(
        monday: civil::Date,
        wishes: &[Self],
        sets: &[TemplatesFrom],
    ) -> Result<(), Vec<Fault>> {
        let mut faults: Vec<Fault> =
            check_plannable(monday, "weekStartsOn").err().into_iter().collect();
        if monday.weekday() != civil::Weekday::Monday {
            faults.push(Fault::invalid("weekStartsOn", Rule::Monday));
        }
        if wishes.len() > Self::MOST_OF_A_WEEK {
            faults.push(Fault::invalid("wishes", Rule::ItemsAtMost(Self::MOST_OF_A_WEEK)));
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        for (at, wish) in wishes.iter().enumerate() {
            let broken = [
                ("localDate", wish.outside(monday)),
                ("templateCode", wish.unoffered(sets)),
                ("weight", wish.weightless()),
            ];
            let broken = broken.into_iter().filter_map(|(field, rule)| Some((field, rule?)));
            let place =
                |(field, rule): (&str, Rule)| Fault::invalid(&format!("wishes.{at}.{field}"), rule);
            faults.extend(broken.map(place));
            let against = wish.against(&wishes[..at]);
            faults.extend(against.map(|rule| Fault::invalid(&format!("wishes.{at}"), rule)));
        }
        if faults.is_empty() { Ok(()) } else { Err(faults) }
    }

    fn outside(&self, monday: civil::Date) -> Option<Rule> {
        let week = monday..monday.saturating_add(7.days());
        (!week.contains(&self.date)).then_some(Rule::DayOfTheWeek(monday))
    }

    fn unoffered(&self, sets: &[TemplatesFrom]) -> Option<Rule> {
        let code = self.template.as_ref()?;
        let offered = offered_templates(sets, self.date);
        let codes: Vec<&str> = offered.list().iter().map(|it| it.code.as_str()).collect();
        (!codes.contains(&code.as_str())).then(|| Rule::OneOf(codes.join(", ")))
    }

    fn weightless(&self) -> Option<Rule> {
        let (least, most) = (Self::LEAST_WEIGHT, Self::MOST_WEIGHT);
        let fits = (least..=most).contains(&self.weight);
        (!fits).then(|| Rule::Between(least.into(), most.into()))
    }

    /// What forbids it beside wishes that were said before.
    fn against(&self, earlier: &[Self]) -> Option<Rule> {
        let date = self.date;
        let of_the_day = || earlier.iter().filter(move |other| other.date == date);
        if of_the_day().any(|other| other.template == self.template) {
            return Some(Rule::EachOnce);
        }
        let contradicts = self.asks() && of_the_day().any(Self::asks);
        contradicts.then_some(Rule::OneWishOfADay)
    }

    /// Whether it says what the day is to be, and not only what it had better not be.
    const fn asks(&self) -> bool {
        self.is_wanted || self.template.is_none()
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use uuid::Uuid;

    use super::*;
    use crate::{
        plannable::{FIRST_PLANNABLE, LAST_PLANNABLE},
        schedules::ShiftTemplates,
    };

    const MONDAY: civil::Date = date(2026, 3, 9);

    fn wish(day: i8, template: Option<&str>, is_wanted: bool) -> ShiftWish {
        ShiftWish {
            agent: AgentId::from_uuid(Uuid::nil()),
            date: date(2026, 3, day),
            template: template.map(str::to_owned),
            is_wanted,
            weight: 3,
        }
    }

    fn faults(wishes: &[ShiftWish]) -> Vec<(String, Option<Rule>)> {
        let faults = ShiftWish::check_week(MONDAY, wishes, &[]).err().unwrap_or_default();
        faults.into_iter().map(|fault| (fault.path.join("."), fault.rule)).collect()
    }

    fn at(path: &str, rule: Rule) -> Vec<(String, Option<Rule>)> {
        vec![(path.to_owned(), Some(rule))]
    }

    #[test]
    fn a_week_of_one_thing_wanted_a_day_and_others_not_wanted_can_be_meant() {
        let wishes = [
            wish(9, Some("FULL"), true),
            wish(9, Some("SIX"), false),
            wish(9, Some("FOUR"), false),
            wish(10, None, true),
            wish(10, Some("FULL"), false),
            wish(15, None, false),
            wish(15, Some("FULL"), false),
        ];
        assert!(faults(&wishes).is_empty());
        assert!(faults(&[]).is_empty(), "nothing wished");
    }

    #[test]
    fn what_contradicts_another_wish_of_the_day_is_refused() {
        let full = wish(9, Some("FULL"), true);
        for other in [wish(9, Some("SIX"), true), wish(9, None, false), wish(9, None, true)] {
            let refused = faults(&[full.clone(), other.clone()]);
            assert_eq!(refused, at("wishes.1", Rule::OneWishOfADay), "{other:?}");
        }
        let twice = [full.clone(), wish(10, None, false), wish(9, Some("FULL"), false)];
        assert_eq!(faults(&twice), at("wishes.2", Rule::EachOnce));
        assert!(faults(&[full, wish(10, Some("SIX"), true)]).is_empty(), "of another day");
    }

    #[test]
    fn a_wish_lies_in_the_week_weighs_1_to_5_and_names_a_shift_that_is_offered() {
        for day in [8, 16] {
            let refused = faults(&[wish(day, None, true)]);
            assert_eq!(refused, at("wishes.0.localDate", Rule::DayOfTheWeek(MONDAY)));
        }
        for weight in [0, 6] {
            let refused = faults(&[ShiftWish { weight, ..wish(9, None, true) }]);
            assert_eq!(refused, at("wishes.0.weight", Rule::Between(1, 5)));
        }
        let unknown = faults(&[wish(9, Some("NIGHT"), true)]);
        let rule = Rule::OneOf("FULL, SIX, FOUR".to_owned());
        assert_eq!(unknown, at("wishes.0.templateCode", rule));
        let mut night = ShiftTemplates::usual().list()[0].clone();
        night.code = "NIGHT".to_owned();
        let templates = ShiftTemplates::parse(vec![night]).expect("sound");
        let sets = [TemplatesFrom { valid_from: date(2026, 3, 10), templates }];
        let wishes = [wish(9, Some("FULL"), true), wish(10, Some("NIGHT"), true)];
        assert_eq!(ShiftWish::check_week(MONDAY, &wishes, &sets), Ok(()));
    }

    #[test]
    fn a_week_begins_on_a_monday_and_has_at_most_21_wishes() {
        for (monday, rule) in [
            (date(2026, 3, 10), Rule::Monday),
            (date(2200, 1, 6), Rule::PlannableDay(FIRST_PLANNABLE, LAST_PLANNABLE)),
        ] {
            let faults = ShiftWish::check_week(monday, &[], &[]).expect_err("no such week");
            assert_eq!(faults, [Fault::invalid("weekStartsOn", rule)]);
        }
        let many = vec![wish(9, None, true); 22];
        assert_eq!(faults(&many), at("wishes", Rule::ItemsAtMost(21)));
    }
}
