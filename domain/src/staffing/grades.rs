//! Hard questions to seniors, easy ones to everybody: a requirement by skill grade.

use super::StaffingError;

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

#[cfg(test)]
mod tests {
    use super::*;

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
