use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// How a value becomes points.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scale {
    /// Better in one direction: up when the target lies above the floor, down when below.
    Linear {
        /// Worst value that still earns points: 60.
        floor: Decimal,
        /// Value that is wanted: 100.
        target: Decimal,
        /// Value from which on nothing more is earned: 120; without it the top is 100.
        stretch: Option<Decimal>,
    },
    /// Good between two values.
    Range {
        /// Least good value: 100.
        min: Decimal,
        /// Greatest good value: 100.
        max: Decimal,
        /// Limit below `min`: 60, and 0 beyond.
        critical_min: Decimal,
        /// Limit above `max`: 60, and 0 beyond.
        critical_max: Decimal,
    },
}

const FLOOR_POINTS: Decimal = Decimal::from_parts(60, 0, 0, false, 0);
const TARGET_POINTS: Decimal = Decimal::ONE_HUNDRED;
const STRETCH_POINTS: Decimal = Decimal::from_parts(120, 0, 0, false, 0);

impl Scale {
    /// Points of a value, 0 to 120, not rounded.
    #[must_use]
    pub fn points(&self, value: Decimal) -> Decimal {
        match *self {
            Self::Linear { floor, target, stretch } => {
                let up = if target < floor { -Decimal::ONE } else { Decimal::ONE };
                linear(value * up, floor * up, target * up, stretch.map(|it| it * up))
            }
            Self::Range { min, max, critical_min, critical_max } => {
                if value < min {
                    linear(value, critical_min, min, None)
                } else if value > max {
                    linear(-value, -critical_max, -max, None)
                } else {
                    TARGET_POINTS
                }
            }
        }
    }

    /// Whether the values stand in order.
    #[must_use]
    pub fn is_ordered(&self) -> bool {
        match *self {
            Self::Linear { floor, target, stretch } => {
                floor != target
                    && stretch.is_none_or(|it| (it > target) == (target > floor) && it != target)
            }
            Self::Range { min, max, critical_min, critical_max } => {
                critical_min < min && min <= max && max < critical_max
            }
        }
    }
}

/// Points where more is better.
fn linear(value: Decimal, floor: Decimal, target: Decimal, stretch: Option<Decimal>) -> Decimal {
    let between = |from: Decimal, to: Decimal, low: Decimal, high: Decimal| {
        ((value - from) * (high - low)).checked_div(to - from).map_or(high, |gain| low + gain)
    };
    if value < floor {
        Decimal::ZERO
    } else if value < target {
        between(floor, target, FLOOR_POINTS, TARGET_POINTS)
    } else {
        match stretch {
            Some(stretch) if value < stretch => {
                between(target, stretch, TARGET_POINTS, STRETCH_POINTS)
            }
            Some(_) => STRETCH_POINTS,
            None => TARGET_POINTS,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn linear_scale(floor: i64, target: i64, stretch: Option<i64>) -> Scale {
        Scale::Linear {
            floor: floor.into(),
            target: target.into(),
            stretch: stretch.map(Into::into),
        }
    }

    #[test]
    fn points_have_their_corners_at_floor_target_and_stretch() {
        let up = linear_scale(75, 85, Some(95));
        let down = linear_scale(5, 2, Some(0));
        for (scale, value, points) in [
            (up, 74, 0),
            (up, 75, 60),
            (up, 85, 100),
            (up, 99, 120),
            (down, 6, 0),
            (down, 5, 60),
            (down, 1, 110),
        ] {
            assert_eq!(scale.points(value.into()), points.into(), "{value}");
        }
        assert_eq!(linear_scale(75, 85, None).points(99.into()), 100.into());
    }

    #[test]
    fn a_range_falls_on_both_sides() {
        let scale = Scale::Range {
            min: 180.into(),
            max: 600.into(),
            critical_min: 120.into(),
            critical_max: 900.into(),
        };
        for (value, points) in
            [(119, 0), (120, 60), (150, 80), (180, 100), (600, 100), (750, 80), (901, 0)]
        {
            assert_eq!(scale.points(value.into()), points.into(), "{value}");
        }
    }

    proptest! {
        #[test]
        fn more_of_a_good_thing_never_costs_points(a in 0i64..200, b in 0i64..200) {
            let scale = linear_scale(75, 85, Some(95));
            let (low, high) = (a.min(b), a.max(b));
            prop_assert!(scale.points(low.into()) <= scale.points(high.into()));
        }
    }
}
