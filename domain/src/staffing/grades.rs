//! Hard questions to seniors, easy ones to everybody: a requirement by skill grade.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::StaffingError;
use crate::time::Span;

/// How many of a queue's agents must be seniors.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SeniorRule {
    share: f64,
    minimum: u32,
}

/// A requirement split by skill grade.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GradeSplit {
    /// Agents of any grade.
    pub general: u32,
    /// Agents of senior grade.
    pub senior: u32,
}

impl SeniorRule {
    /// At least `share` (0 to 1) of the agents, and at least `minimum` of them whatever the share.
    ///
    /// # Errors
    /// [`StaffingError::NotAShare`] when `share` is not within 0 and 1.
    pub fn new(share: f64, minimum: u32) -> Result<Self, StaffingError> {
        if (0.0..=1.0).contains(&share) {
            Ok(Self { share, minimum })
        } else {
            Err(StaffingError::NotAShare { what: "senior share", value: share })
        }
    }

    /// Splits `agents` required. The minimum of seniors holds even where fewer agents are
    /// required: then the seniors alone are the requirement. Nobody required, nobody split.
    #[must_use]
    pub fn split(self, agents: u32) -> GradeSplit {
        if agents == 0 {
            return GradeSplit { general: 0, senior: 0 };
        }
        let senior = self.by_share(agents).max(self.minimum);
        GradeSplit { general: agents.saturating_sub(senior), senior }
    }

    /// Seniors missing when `seniors` of `agents` staffed are senior; 0 when the rule is kept.
    /// A shift with agents but without the minimum of seniors is thereby flagged.
    #[must_use]
    pub fn seniors_missing(self, agents: u32, seniors: u32) -> u32 {
        self.split(agents).senior.saturating_sub(seniors)
    }

    fn by_share(self, agents: u32) -> u32 {
        // 0.1 × 30 is 3.0000000000000004 in doubles: what lies this near is a whole number.
        const ROUNDING: f64 = 1e-9;
        let exact = f64::from(agents) * self.share;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a share of a u32, rounded up, is a u32"
        )]
        let whole = (exact * (1.0 - ROUNDING)).ceil() as u32;
        whole
    }
}

/// An agent as far as the mix of grades goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GradedAgent {
    /// Whether the agent is a senior.
    pub is_senior: bool,
    /// When the agent is planned on queue.
    pub on_queue: Vec<Span>,
}

/// A stretch of a plan with too few seniors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SeniorShortfall {
    /// When.
    pub span: Span,
    /// Agents on queue.
    pub agents: u32,
    /// Seniors among them.
    pub seniors: u32,
    /// Seniors who are missing, more than 0.
    pub missing: u32,
}

/// Where a plan breaks the rule, in order: each stretch over which as many agents and seniors are on
/// queue, to the second. Where nobody is on queue nothing is missing; that is for the requirement.
#[must_use]
pub fn senior_shortfalls(rule: SeniorRule, agents: &[GradedAgent]) -> Vec<SeniorShortfall> {
    // How many come, less those who go, and how many of them are seniors.
    let mut turns: BTreeMap<Timestamp, (i64, i64)> = BTreeMap::new();
    for agent in agents {
        let senior = i64::from(agent.is_senior);
        for span in agent.on_queue.iter().filter(|span| !span.is_empty()) {
            for (at, sign) in [(span.start(), 1), (span.end(), -1)] {
                let turn = turns.entry(at).or_default();
                turn.0 += sign;
                turn.1 += sign * senior;
            }
        }
    }
    turns.retain(|_, turn| *turn != (0, 0));
    let count = |people: i64| u32::try_from(people).unwrap_or(0);
    let (mut there, mut seniors) = (0, 0);
    let mut found = Vec::new();
    let ends = turns.keys().skip(1).copied().collect::<Vec<_>>();
    for ((start, turn), end) in turns.iter().zip(ends) {
        there += turn.0;
        seniors += turn.1;
        let missing = rule.seniors_missing(count(there), count(seniors));
        if let Some(span) = Span::new(*start, end).filter(|_| missing > 0) {
            let (agents, seniors) = (count(there), count(seniors));
            found.push(SeniorShortfall { span, agents, seniors, missing });
        }
    }
    found
}

/// The shortfalls of windows that follow each other: one that goes on as it was where a window ends is one
/// stretch.
pub fn join_shortfalls(
    known: &mut Vec<SeniorShortfall>,
    next: impl IntoIterator<Item = SeniorShortfall>,
) {
    for it in next {
        let goes_on = |last: &&mut SeniorShortfall| {
            last.span.end() == it.span.start()
                && (last.agents, last.seniors, last.missing) == (it.agents, it.seniors, it.missing)
        };
        match known.last_mut().filter(goes_on) {
            Some(last) => {
                last.span = Span::new(last.span.start(), it.span.end()).unwrap_or(last.span);
            }
            None => known.push(it),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        format!("2026-11-{text}:00Z").parse().expect("instant")
    }

    fn works(is_senior: bool, spans: &[(&str, &str)]) -> GradedAgent {
        let span = |(from, to): &(&str, &str)| Span::new(at(from), at(to)).expect("span");
        GradedAgent { is_senior, on_queue: spans.iter().map(span).collect() }
    }

    #[test]
    fn a_night_is_flagged_from_when_its_senior_has_gone() {
        let rule = SeniorRule::new(0.1, 1).expect("share");
        let night = [("10T22:00", "11T06:00")];
        let mut agents = vec![works(false, &night); 3];
        assert_eq!(
            senior_shortfalls(rule, &agents),
            [SeniorShortfall {
                span: Span::new(at("10T22:00"), at("11T06:00")).expect("span"),
                agents: 3,
                seniors: 0,
                missing: 1,
            }]
        );
        // With a break at midnight, and home at two.
        agents.push(works(true, &[("10T22:00", "11T00:00"), ("11T00:15", "11T02:00")]));
        let told: Vec<_> = senior_shortfalls(rule, &agents)
            .iter()
            .map(|it| (it.span.start(), it.span.end(), it.agents))
            .collect();
        let expected = [(at("11T00:00"), at("11T00:15"), 3), (at("11T02:00"), at("11T06:00"), 3)];
        assert_eq!(told, expected);
    }

    #[test]
    fn twelve_and_four_are_enough_and_thirteen_and_three_are_not() {
        let rule = SeniorRule::new(0.25, 1).expect("share");
        let day = [("10T09:00", "10T17:00")];
        let mix = |general: usize, senior: usize| {
            let mut agents = vec![works(false, &day); general];
            agents.extend(vec![works(true, &day); senior]);
            let found = senior_shortfalls(rule, &agents);
            found.iter().map(|it| (it.agents, it.seniors, it.missing)).collect::<Vec<_>>()
        };
        assert!(mix(12, 4).is_empty());
        assert_eq!(mix(13, 3), [(16, 3, 1)]);
        assert!(mix(0, 0).is_empty());
    }

    #[test]
    fn a_stretch_that_goes_on_over_midnight_is_one() {
        let rule = SeniorRule::new(0.1, 1).expect("share");
        let agents =
            [works(false, &[("10T22:00", "11T06:00")]), works(true, &[("11T02:00", "11T04:00")])];
        let whole = senior_shortfalls(rule, &agents);
        let part = |from, to| {
            let window = Span::new(at(from), at(to)).expect("span");
            let cut = |agent: &GradedAgent| GradedAgent {
                on_queue: agent.on_queue.iter().filter_map(|it| it.intersection(window)).collect(),
                ..*agent
            };
            senior_shortfalls(rule, &agents.iter().map(cut).collect::<Vec<_>>())
        };
        let mut joined = Vec::new();
        for (from, to) in
            [("10T00:00", "11T00:00"), ("11T00:00", "11T04:00"), ("11T04:00", "12T00:00")]
        {
            join_shortfalls(&mut joined, part(from, to));
        }
        assert_eq!((joined.len(), &joined), (2, &whole));
    }

    #[test]
    fn sixteen_agents_with_a_quarter_of_seniors_are_twelve_and_four() {
        let rule = SeniorRule::new(0.25, 1).expect("share");
        assert_eq!(rule.split(16), GradeSplit { general: 12, senior: 4 });
    }

    #[test]
    fn a_night_shift_without_senior_is_flagged() {
        let rule = SeniorRule::new(0.1, 1).expect("share");
        assert_eq!(rule.seniors_missing(3, 0), 1);
        assert_eq!(rule.seniors_missing(3, 1), 0);
        assert_eq!(rule.seniors_missing(0, 0), 0);
    }

    #[test]
    fn the_minimum_of_seniors_holds_in_small_teams() {
        let rule = SeniorRule::new(0.25, 2).expect("share");
        assert_eq!(rule.split(1), GradeSplit { general: 0, senior: 2 });
        assert_eq!(SeniorRule::new(0.1, 0).expect("share").split(30).senior, 3);
    }

    #[test]
    fn a_share_beyond_everybody_is_refused() {
        assert!(SeniorRule::new(1.1, 0).is_err());
        assert!(SeniorRule::new(f64::NAN, 0).is_err());
    }
}
