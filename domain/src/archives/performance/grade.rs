use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// Grade of a period, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum CardGrade {
    /// From 95.
    A,
    /// From 85.
    B,
    /// From 70.
    C,
    /// From 60.
    D,
    /// Below.
    E,
}

impl CardGrade {
    /// Grade of a score that was not rounded. `capped`: a compliance-critical error or a valid
    /// demerit limits it to C.
    #[must_use]
    pub fn of(score: Decimal, capped: bool) -> Self {
        let grade = [(95, Self::A), (85, Self::B), (70, Self::C), (60, Self::D)]
            .into_iter()
            .find(|(least, _)| score >= Decimal::from(*least))
            .map_or(Self::E, |(_, grade)| grade);
        if capped { grade.max(Self::C) } else { grade }
    }

    /// Factor of the incentive.
    #[must_use]
    pub fn factor(self) -> Decimal {
        let tenths = match self {
            Self::A => 13,
            Self::B => 11,
            Self::C => 10,
            Self::D => 8,
            Self::E => 6,
        };
        Decimal::new(tenths, 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_score_is_compared_before_it_is_rounded() {
        assert_eq!(CardGrade::of("95".parse().expect("score"), false), CardGrade::A);
        assert_eq!(CardGrade::of("94.999".parse().expect("score"), false), CardGrade::B);
        assert_eq!(CardGrade::of("59.99".parse().expect("score"), false), CardGrade::E);
    }

    #[test]
    fn a_cap_limits_to_c_and_lifts_nobody() {
        assert_eq!(CardGrade::of(120.into(), true), CardGrade::C);
        assert_eq!(CardGrade::of(61.into(), true), CardGrade::D);
    }
}
