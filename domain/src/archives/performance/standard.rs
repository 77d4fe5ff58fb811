use super::{Aspect, CardItem, Scale, Scorecard};

/// Mean scores of fewer evaluations than this grade nobody.
const EVALUATIONS: u64 = 4;

impl Scorecard {
    /// The card of agents where the company has agreed on no other: quality, critical errors,
    /// satisfaction, resolution, handle time, adherence, attendance and knowledge.
    #[must_use]
    pub fn standard() -> Self {
        let rising = |kpi: &str, weight: i64, [floor, target, stretch]: [i64; 3]| CardItem {
            kpi: kpi.into(),
            weight: weight.into(),
            aspect: Aspect::Other,
            scale: Scale::Linear {
                floor: floor.into(),
                target: target.into(),
                stretch: Some(stretch.into()),
            },
            data_minimum: 1,
        };
        let quality = |item: CardItem| CardItem { aspect: Aspect::Quality, ..item };
        let evaluated = |item: CardItem| CardItem { data_minimum: EVALUATIONS, ..quality(item) };
        let handle_time = Scale::Range {
            min: 180.into(),
            max: 600.into(),
            critical_min: 120.into(),
            critical_max: 900.into(),
        };
        Self {
            version: 1,
            items: vec![
                evaluated(rising("monitoring_score", 20, [75, 85, 95])),
                evaluated(rising("critical_error_rate", 10, [5, 2, 0])),
                quality(rising("csat_top2", 15, [75, 85, 95])),
                quality(rising("first_call_resolution_rate", 15, [70, 85, 95])),
                CardItem { scale: handle_time, ..rising("avg_handle_time", 10, [180, 600, 900]) },
                rising("schedule_adherence", 15, [85, 90, 97]),
                rising("attendance_rate", 5, [90, 95, 100]),
                rising("knowledge_score", 10, [80, 90, 100]),
            ],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kpis::{Level, definition};

    #[test]
    fn the_standard_card_may_be_the_card_of_persons_and_asks_for_what_agents_have() {
        let card = Scorecard::standard();
        assert_eq!(card.check_personal(), Ok(()));
        for item in &card.items {
            let kpi = definition(&item.kpi).expect("in the catalogue");
            assert!(kpi.levels.contains(&Level::Agent), "{}", item.kpi);
        }
    }
}
