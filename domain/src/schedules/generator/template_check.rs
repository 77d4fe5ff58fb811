//! Whether the shifts that a site wants to offer can be worked by its rules, with what would mend it:
//! generation leaves out what they forbid, and nobody should have to find that out from a roster.

use jiff::{civil, tz::TimeZone};

use super::{
    Calendar,
    breaks::any_layout,
    layout::{Layout, is_near, windows},
    ledger::Ledger,
    shape::{ShiftShape, max_stretch, starts, terms_of},
    template::Template,
};
use crate::{
    fault::{Fault, Rule},
    schedules::{
        Bounds, ContractKind, ContractTerms, RuleCode, RuleLimits, Severity, ShiftTemplate,
        ShiftTemplates,
    },
};

/// Minutes of the slots of a search: shifts start and end at whole quarters of an hour.
const SLOT_MINUTES: u16 = 15;
/// The same in seconds.
const SLOT: i64 = 900;
/// Most paid minutes of a week that templates are added up to.
const WEEK_MINUTES: u16 = 60 * 60;

impl ShiftTemplates {
    /// What of them the rules let nobody work who may: INVALID_VALUE below `templates.N` with the rule
    /// and the value that would do. `limits` gives the rules of everybody, or those of a kind of
    /// contract, each of which counts with its usual hours. Rules that only warn count as well, since
    /// generation keeps them all.
    #[must_use]
    pub fn check(&self, limits: impl Fn(Option<ContractKind>) -> RuleLimits) -> Vec<Fault> {
        let mut faults: Vec<Fault> = Vec::new();
        for (at, template) in self.list().iter().enumerate() {
            let everybody = template.contract_kinds.is_empty().then_some(None);
            let named = template.contract_kinds.iter().copied().map(Some);
            for kind in named.chain(everybody) {
                let of_usual = |kind| ContractTerms::of_hours(kind, Bounds::default());
                let limits = limits(kind);
                let checked = Checked { template, limits: &limits, contract: kind.map(of_usual) };
                for fault in checked.faults() {
                    let path = format!("templates.{at}.{}", fault.path.join("."));
                    let fault = fault.at(&path);
                    // What several kinds of contract forbid is told once.
                    if faults.iter().all(|known| known.path != fault.path) {
                        faults.push(fault);
                    }
                }
            }
        }
        if faults.is_empty()
            && !ContractKind::ALL.into_iter().all(|kind| self.adds_up(kind, &limits))
        {
            faults.push(Fault::invalid("templates", Rule::FewerLengths));
        }
        faults
    }

    /// Whether the weeks that can be put together of them are few enough to be weighed.
    fn adds_up(
        &self,
        kind: ContractKind,
        limits: impl Fn(Option<ContractKind>) -> RuleLimits,
    ) -> bool {
        let monday = civil::date(2024, 1, 1);
        let calendar = Calendar::new(monday, 7, SLOT_MINUTES, &TimeZone::UTC);
        let (limits, shapes) = (limits(Some(kind)), self.shapes((None, None)));
        let contract = ContractTerms::of_hours(kind, Bounds::default());
        let terms = terms_of(&limits, &contract, (&shapes, &[]), &calendar);
        Ledger::new(&terms, 0, WEEK_MINUTES).is_ok()
    }
}

/// A template beside the rules.
struct Checked<'a> {
    template: &'a ShiftTemplate,
    limits: &'a RuleLimits,
    /// Usual terms of the kind of contract that is to work it; `None` = any that can.
    contract: Option<ContractTerms>,
}

impl Checked<'_> {
    /// As the rules change the shift of that length.
    fn layout(&self, length_seconds: i64) -> Layout {
        let pauses = self.template.pauses_of(length_seconds);
        Layout::of((length_seconds, &pauses), self.limits, SLOT)
    }

    fn is_on(&self, rule: RuleCode) -> bool {
        self.limits.severity(rule) != Severity::Off
    }

    fn faults(&self) -> Vec<Fault> {
        let mut faults = self.short_pauses();
        let (shortest, longest) = (self.template.shortest_seconds, self.template.longest_seconds);
        let most = self.bounds(longest).into_iter().filter_map(|(bounds, measured, rule)| {
            // The length that would do is shorter by what the rule measures too much.
            Some((longest - (measured - bounds.max.filter(|max| *max < measured)?), rule))
        });
        if let Some((most, rule)) = most.min() {
            let rule = Rule::SecondsAtMostBy(most, rule.as_str());
            faults.push(Fault::invalid("longestSeconds", rule));
        }
        let least = self.bounds(shortest).into_iter().filter_map(|(bounds, measured, rule)| {
            Some((shortest + (bounds.min.filter(|min| *min > measured)? - measured), rule))
        });
        if let Some((least, rule)) = least.max() {
            let rule = Rule::SecondsAtLeastBy(least, rule.as_str());
            faults.push(Fault::invalid("shortestSeconds", rule));
        }
        faults.extend(self.no_start());
        faults.extend(self.no_room());
        faults
    }

    /// What bounds a shift of that length, with what of it is measured.
    fn bounds(&self, length_seconds: i64) -> Vec<(Bounds, i64, RuleCode)> {
        let layout = self.layout(length_seconds);
        let (length, paid) = (layout.length_seconds, layout.paid_seconds(SLOT));
        let mut found = Vec::new();
        if self.is_on(RuleCode::ShiftLength) {
            found.push((self.limits.shift_length.limit, length, RuleCode::ShiftLength));
            let of_contract = self.contract.iter();
            found.extend(of_contract.map(|it| (it.shift_seconds, length, RuleCode::ShiftLength)));
        }
        if self.is_on(RuleCode::PaidTimeDay) {
            found.push((self.limits.paid_time_day.limit, paid, RuleCode::PaidTimeDay));
        }
        // Overtime is offered to people, not planned for them.
        let daily = match &self.contract {
            Some(contract) => contract.daily_hours_seconds,
            None => {
                let all =
                    ContractKind::ALL.map(|kind| ContractTerms::of_hours(kind, Bounds::default()));
                let most = all.iter().map(|it| it.daily_hours_seconds.unwrap_or(i64::MAX)).max();
                most.filter(|most| *most < i64::MAX)
            }
        };
        found.push((Bounds { min: None, max: daily }, paid, RuleCode::OvertimeDay));
        found
    }

    /// Own breaks and meals that are shorter than the rules want them.
    fn short_pauses(&self) -> Vec<Fault> {
        let own = self.template.pauses.as_deref().unwrap_or_default();
        let longest = self.template.longest_seconds;
        let asked = windows(self.limits).iter().filter(|it| it.from_shift_seconds <= longest);
        let short = asked.filter_map(|window| {
            let near = own.iter().enumerate().filter(|(_, pause)| is_near(pause, window));
            let (at, pause) = near.max_by_key(|(_, pause)| pause.length_seconds)?;
            let rule = Rule::SecondsAtLeastBy(window.min_seconds, RuleCode::BreakWindow.as_str());
            let path = format!("pauses.{at}.durationSeconds");
            (pause.length_seconds < window.min_seconds).then(|| Fault::invalid(&path, rule))
        });
        short.collect()
    }

    /// No start from which the band of the rules lets a shift of some length begin and end.
    fn no_start(&self) -> Option<Fault> {
        let starts_of = |shape: &ShiftShape| {
            let length = self.layout(shape.length_seconds).length_seconds;
            (length, starts(shape, length, self.limits, SLOT))
        };
        let shapes = self.template.shapes((None, None));
        let (length, _) = shapes.iter().map(starts_of).find(|(_, starts)| starts.is_empty())?;
        let band = self.limits.start_band.limit;
        let before = |time: civil::Time| time.wrapping_sub(jiff::SignedDuration::from_secs(length));
        let ends = band.end.map(|end| (before(end.from), before(end.to)));
        let (from, to) = band.start.map(|start| (start.from, start.to)).or(ends)?;
        let rule = Rule::TimesBy(from, to, RuleCode::StartBand.as_str());
        Some(Fault::invalid("earliestStart", rule))
    }

    /// No room for the breaks and meals of a shift of some length, or too little rest in it.
    fn no_room(&self) -> Option<Fault> {
        let template = |length_seconds: i64, max_stretch: u16| {
            let layout = self.layout(length_seconds);
            Template {
                days: Template::ALWAYS,
                starts: vec![0],
                length: u16::try_from(layout.length_seconds / SLOT).unwrap_or(u16::MAX),
                paid_minutes: 0,
                pauses: layout.in_slots(SLOT),
                max_stretch,
                night: false,
                shape: None,
            }
        };
        let most = max_stretch(self.limits, SLOT);
        let full = |length: &i64| any_layout(&template(*length, most)).is_none();
        let length = self.template.lengths().find(full)?;
        let rule = match any_layout(&template(length, u16::MAX)) {
            None => Rule::PausesInOrder,
            Some(_) => Rule::WorkInARowAtMostBy(
                self.limits.continuous_work.limit,
                RuleCode::ContinuousWork.as_str(),
            ),
        };
        Some(Fault::invalid("pauses", rule))
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::time;

    use super::*;
    use crate::{
        network::Names,
        schedules::{ActivityCategory, StartBand, TimeBand, generator::ShapePause},
    };

    const HOUR: i64 = 3600;

    fn template(hours: i64) -> ShiftTemplate {
        ShiftTemplate {
            code: "DAY".to_owned(),
            names: Names { en: "Day".to_owned(), zh: "日班".to_owned() },
            shortest_seconds: hours * HOUR,
            longest_seconds: hours * HOUR,
            length_step_seconds: HOUR,
            starts: TimeBand { from: time(8, 0, 0, 0), to: time(10, 0, 0, 0) },
            start_step_seconds: HOUR / 2,
            pauses: None,
            contract_kinds: Vec::new(),
            headcounts: Vec::new(),
        }
    }

    fn meal(minutes: i64) -> ShapePause {
        ShapePause {
            category: ActivityCategory::Meal,
            earliest_seconds: 3 * HOUR,
            latest_seconds: 5 * HOUR,
            length_seconds: minutes * 60,
            paid: false,
        }
    }

    /// Path and rule of each fault under changed default rules.
    fn checked(
        template: ShiftTemplate,
        change: impl FnOnce(&mut RuleLimits),
    ) -> Vec<(String, Rule)> {
        let mut limits = RuleLimits::default();
        change(&mut limits);
        let templates = ShiftTemplates::parse(vec![template]).expect("sound by itself");
        let faults = templates.check(|_| limits.clone()).into_iter();
        faults.map(|it| (it.path.join("."), it.rule.expect("a rule"))).collect()
    }

    fn at(path: &str, rule: Rule) -> Vec<(String, Rule)> {
        vec![(format!("templates.0.{path}"), rule)]
    }

    #[test]
    fn the_usual_shifts_keep_the_default_rules() {
        assert_eq!(ShiftTemplates::usual().check(|_| RuleLimits::default()), []);
    }

    #[test]
    fn a_shift_that_is_too_long_comes_back_with_the_length_that_would_do() {
        let most =
            |most, rule: &'static str| at("longestSeconds", Rule::SecondsAtMostBy(most, rule));
        // Half an hour of the nine and a half is an unpaid meal, and nobody is planned above 8 h.
        assert_eq!(checked(template(10), |_| {}), most(17 * HOUR / 2, "OVERTIME_DAY"));
        let short = |limits: &mut RuleLimits| limits.shift_length.limit.max = Some(7 * HOUR);
        assert_eq!(checked(template(8), short), most(7 * HOUR, "SHIFT_LENGTH"));
        let day = |limits: &mut RuleLimits| limits.paid_time_day.limit = Bounds::at_most(7 * HOUR);
        assert_eq!(checked(template(8), day), most(15 * HOUR / 2, "PAID_TIME_DAY"));
        let part = ShiftTemplate { contract_kinds: vec![ContractKind::PartTime], ..template(8) };
        assert_eq!(checked(part, |_| {}), most(6 * HOUR, "SHIFT_LENGTH"));
        let least = Rule::SecondsAtLeastBy(2 * HOUR, "SHIFT_LENGTH");
        assert_eq!(checked(template(1), |_| {}), at("shortestSeconds", least));
    }

    #[test]
    fn a_template_is_judged_by_the_rules_of_the_contracts_that_it_names() {
        let interns_work_short = |kind: Option<ContractKind>| {
            let mut limits = RuleLimits::default();
            if kind == Some(ContractKind::Intern) {
                limits.shift_length.limit.max = Some(6 * HOUR);
            }
            limits
        };
        let of = |contract_kinds: Vec<ContractKind>| {
            let template = ShiftTemplate { contract_kinds, ..template(8) };
            let templates = ShiftTemplates::parse(vec![template]).expect("sound by itself");
            let faults = templates.check(interns_work_short).into_iter();
            faults.map(|it| it.rule.expect("a rule")).collect::<Vec<_>>()
        };
        assert_eq!(of(vec![ContractKind::Regular]), []);
        assert_eq!(of(Vec::new()), [], "somebody may work it");
        let most = Rule::SecondsAtMostBy(6 * HOUR, "SHIFT_LENGTH");
        assert_eq!(of(vec![ContractKind::Regular, ContractKind::Intern]), [most]);
    }

    #[test]
    fn a_meal_that_is_too_short_comes_back_with_the_length_that_would_do() {
        let own = ShiftTemplate { pauses: Some(vec![meal(20)]), ..template(8) };
        let rule = Rule::SecondsAtLeastBy(1800, "BREAK_WINDOW");
        assert_eq!(checked(own, |_| {}), at("pauses.0.durationSeconds", rule));
    }

    #[test]
    fn starts_outside_the_band_come_back_with_the_band() {
        let band = |from, to| TimeBand { from: time(from, 0, 0, 0), to: time(to, 0, 0, 0) };
        let starts = |limits: &mut RuleLimits| {
            limits.start_band.limit = StartBand { start: Some(band(11, 12)), end: None };
        };
        let times = |from, to| {
            let (from, to) = (time(from, 0, 0, 0), time(to, 0, 0, 0));
            at("earliestStart", Rule::TimesBy(from, to, "START_BAND"))
        };
        assert_eq!(checked(template(8), starts), times(11, 12));
        let ends = |limits: &mut RuleLimits| {
            limits.start_band.limit = StartBand { start: None, end: Some(band(20, 22)) };
        };
        assert_eq!(checked(template(8), ends), times(12, 14));
    }

    #[test]
    fn too_much_work_in_a_row_is_told() {
        let own = ShiftTemplate { pauses: Some(vec![meal(30)]), ..template(8) };
        assert_eq!(checked(own.clone(), |_| {}), []);
        let strict = |limits: &mut RuleLimits| limits.continuous_work.limit = 3 * HOUR;
        let rule = Rule::WorkInARowAtMostBy(3 * HOUR, "CONTINUOUS_WORK");
        assert_eq!(checked(own, strict), at("pauses", rule));
        let twice = ShiftTemplate { pauses: Some(vec![meal(240), meal(240)]), ..template(8) };
        let found = checked(twice, |_| {});
        assert!(
            found.contains(&("templates.0.pauses".to_owned(), Rule::PausesInOrder)),
            "{found:?}"
        );
    }
}
