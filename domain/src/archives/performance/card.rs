use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::{CardGrade, Scale};
use crate::fault::{Fault, Rule};

/// What an item watches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Aspect {
    /// How well; every card has one such item.
    Quality,
    /// How much; at most 20 of 100.
    Volume,
    /// Time, presence, knowledge.
    Other,
}

/// One item of a card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CardItem {
    /// Code of the KPI.
    pub kpi: String,
    /// Weight; those of a card add up to 100.
    pub weight: Decimal,
    /// What it watches.
    pub aspect: Aspect,
    /// How a value becomes points.
    pub scale: Scale,
    /// A value of fewer observations than this counts as none.
    pub data_minimum: u64,
}

/// A score card of a post.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scorecard {
    /// Version, from 1.
    pub version: u32,
    /// Items, in order.
    pub items: Vec<CardItem>,
}

/// What a card comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum CardScore {
    /// A score, 0 to 120, not rounded, and its grade.
    Scored {
        /// Score.
        score: Decimal,
        /// Grade.
        grade: CardGrade,
    },
    /// Items of more than 40 of 100 have no data.
    InsufficientData,
}

/// What an agent cannot influence, so what stands on no personal card.
const OUT_OF_REACH: [&str; 3] = ["service_level", "abandonment_rate", "avg_speed_of_answer"];
const VOLUME_LIMIT: Decimal = Decimal::from_parts(20, 0, 0, false, 0);
pub(super) const MISSING_LIMIT: Decimal = Decimal::from_parts(40, 0, 0, false, 0);

impl Scorecard {
    /// Whether it may be the card of persons.
    ///
    /// # Errors
    /// INVALID_VALUE for every rule broken: weights, order of values, quality, volume, reach.
    pub fn check_personal(&self) -> Result<(), Vec<Fault>> {
        let mut faults = Vec::new();
        for (index, item) in self.items.iter().enumerate() {
            let mut fault = |field: &str, rule: Rule| {
                faults.push(Fault::invalid(&format!("items.{index}.{field}"), rule));
            };
            if item.weight <= Decimal::ZERO {
                fault("weight", Rule::MoreThan(0));
            }
            if !item.scale.is_ordered() {
                fault("scale", Rule::ScaleInOrder);
            }
            if OUT_OF_REACH.contains(&item.kpi.as_str()) {
                fault("kpi", Rule::WithinReach);
            }
        }
        let sum = |aspect: Option<Aspect>| -> Decimal {
            let items =
                self.items.iter().filter(|it| aspect.is_none_or(|aspect| it.aspect == aspect));
            items.map(|item| item.weight).sum()
        };
        if sum(None) != Decimal::ONE_HUNDRED {
            faults.push(Fault::invalid("items", Rule::WeightsOf100(sum(None))));
        }
        if sum(Some(Aspect::Quality)) <= Decimal::ZERO {
            faults.push(Fault::invalid("items", Rule::ItemOfQuality));
        }
        if sum(Some(Aspect::Volume)) > VOLUME_LIMIT {
            faults.push(Fault::invalid("items", Rule::VolumeAtMost(20)));
        }
        if faults.is_empty() { Ok(()) } else { Err(faults) }
    }

    /// Score of the values that there are: sum of weight × points / sum of weights with data.
    #[must_use]
    pub fn score(&self, values: &BTreeMap<String, Decimal>, capped: bool) -> CardScore {
        let (mut points, mut present, mut all) = (Decimal::ZERO, Decimal::ZERO, Decimal::ZERO);
        for item in &self.items {
            all += item.weight;
            let Some(value) = values.get(&item.kpi) else { continue };
            points += item.weight * item.scale.points(*value);
            present += item.weight;
        }
        match points.checked_div(present) {
            Some(score) if all - present <= MISSING_LIMIT => {
                CardScore::Scored { score, grade: CardGrade::of(score, capped) }
            }
            _ => CardScore::InsufficientData,
        }
    }
}

/// Score of a quarter or year: mean of month scores weighted by days active. `None` without days.
#[must_use]
pub fn mean_by_days(months: impl IntoIterator<Item = (Decimal, u32)>) -> Option<Decimal> {
    let (sum, days) =
        months.into_iter().fold((Decimal::ZERO, 0), |(sum, days), (score, active)| {
            (sum + score * Decimal::from(active), days + active)
        });
    sum.checked_div(days.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// KPI, weight, floor, target, stretch, value of the example card.
    const EXAMPLE: [(&str, i64, [i64; 3], &str); 7] = [
        ("monitoring_score", 20, [75, 85, 95], "88.4"),
        ("critical_error_rate", 10, [5, 2, 0], "0"),
        ("csat_top2", 15, [75, 85, 95], "80"),
        ("first_call_resolution_rate", 15, [70, 85, 95], "79"),
        ("schedule_adherence", 15, [85, 90, 97], "93.06"),
        ("attendance_rate", 5, [90, 95, 100], "100"),
        ("knowledge_score", 10, [80, 90, 100], "87.5"),
    ];

    fn example() -> (Scorecard, BTreeMap<String, Decimal>) {
        let mut items: Vec<_> = EXAMPLE
            .iter()
            .map(|(kpi, weight, [floor, target, stretch], _)| CardItem {
                kpi: (*kpi).into(),
                weight: (*weight).into(),
                aspect: if *weight == 20 { Aspect::Quality } else { Aspect::Other },
                scale: Scale::Linear {
                    floor: (*floor).into(),
                    target: (*target).into(),
                    stretch: Some((*stretch).into()),
                },
                data_minimum: 1,
            })
            .collect();
        items.push(CardItem {
            kpi: "avg_handle_time".into(),
            weight: 10.into(),
            aspect: Aspect::Other,
            scale: Scale::Range {
                min: 180.into(),
                max: 600.into(),
                critical_min: 120.into(),
                critical_max: 900.into(),
            },
            data_minimum: 1,
        });
        let mut values: BTreeMap<String, Decimal> = EXAMPLE
            .iter()
            .map(|(kpi, .., value)| ((*kpi).into(), value.parse().expect("value")))
            .collect();
        values.insert("avg_handle_time".into(), 360.into());
        (Scorecard { version: 1, items }, values)
    }

    fn told(score: CardScore) -> String {
        match score {
            CardScore::Scored { score, grade } => format!("{} {grade:?}", score.round_dp(2)),
            CardScore::InsufficientData => "insufficient".into(),
        }
    }

    #[test]
    fn the_example_card_scores_99_27_with_grade_a() {
        let (card, mut values) = example();
        assert_eq!(card.check_personal(), Ok(()));
        assert_eq!(told(card.score(&values, false)), "99.27 A");
        assert_eq!(told(card.score(&values, true)), "99.27 C");
        values.remove("csat_top2");
        assert_eq!(told(card.score(&values, false)), "102.67 A");
    }

    #[test]
    fn more_than_forty_of_a_hundred_without_data_gives_no_score() {
        let (card, mut values) = example();
        for kpi in ["csat_top2", "first_call_resolution_rate", "knowledge_score"] {
            values.remove(kpi);
        }
        assert_ne!(card.score(&values, false), CardScore::InsufficientData);
        values.remove("attendance_rate");
        assert_eq!(card.score(&values, false), CardScore::InsufficientData);
    }

    #[test]
    fn a_personal_card_holds_what_the_person_can_influence() {
        let (mut card, _) = example();
        card.items[0].kpi = "service_level".into();
        card.items[0].aspect = Aspect::Volume;
        card.items[1].aspect = Aspect::Volume;
        let faults = card.check_personal().expect_err("three faults");
        let paths: Vec<_> = faults.iter().map(|fault| fault.path.join(".")).collect();
        assert_eq!(paths, ["items.0.kpi", "items", "items"]);
    }

    #[test]
    fn a_quarter_weighs_its_months_by_days_active() {
        let months = [(Decimal::from(100), 20), (Decimal::from(70), 10)];
        assert_eq!(mean_by_days(months), Some(90.into()));
        assert_eq!(mean_by_days([]), None);
    }
}
