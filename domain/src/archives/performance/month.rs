use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::{CardGrade, CardScore, Scorecard, card::MISSING_LIMIT};

/// A figure as it was when it was quoted: recalculation never changes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KpiSnapshot {
    /// Code of the KPI.
    pub kpi: String,
    /// Version of its definition.
    pub kpi_version: u32,
    /// First local day of the period.
    pub from: Date,
    /// Last local day of the period.
    pub to: Date,
    /// Observations behind the value.
    pub n: u64,
    /// Value; `None` when there is none.
    pub value: Option<Decimal>,
}

/// A figure of the month with its points.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MonthlyItem {
    /// Figure.
    pub figure: KpiSnapshot,
    /// Weight on the card.
    pub weight: Decimal,
    /// Points, 0 to 120; `None` without a value.
    pub points: Option<Decimal>,
}

/// Where a monthly card stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum CardState {
    /// Computed.
    Draft,
    /// Confirmed by the leader.
    Confirmed,
    /// Seen by the agent.
    Acknowledged,
    /// The agent has appealed.
    UnderAppeal,
    /// Changed by correction entries only.
    Closed,
}

/// The card of a month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MonthlyCard {
    /// Version of the score card.
    pub card_version: u32,
    /// Figures with points, in the order of the card.
    pub items: Vec<MonthlyItem>,
    /// What they come to.
    pub score: CardScore,
    /// State.
    pub state: CardState,
    /// Words of the leader.
    pub remark: Option<String>,
}

impl MonthlyCard {
    /// A draft of items whose points are known: sum of weight × points / sum of weights with points;
    /// no score when items of more than 40 have none.
    #[must_use]
    pub fn of_items(card_version: u32, items: Vec<MonthlyItem>, capped: bool) -> Self {
        let (mut points, mut present, mut all) = (Decimal::ZERO, Decimal::ZERO, Decimal::ZERO);
        for item in &items {
            all += item.weight;
            let Some(earned) = item.points else { continue };
            points += item.weight * earned;
            present += item.weight;
        }
        let score = match points.checked_div(present) {
            Some(score) if all - present <= MISSING_LIMIT => {
                CardScore::Scored { score, grade: CardGrade::of(score, capped) }
            }
            _ => CardScore::InsufficientData,
        };
        Self { card_version, items, score, state: CardState::Draft, remark: None }
    }

    /// Scores figures on a card; a KPI without a figure is left out like one without a value, and so
    /// is one of too few observations.
    #[must_use]
    pub fn draft(card: &Scorecard, figures: &[KpiSnapshot], capped: bool) -> Self {
        let items: Vec<_> = card
            .items
            .iter()
            .filter_map(|item| {
                let figure = figures.iter().find(|figure| figure.kpi == item.kpi)?.clone();
                let enough = figure.value.filter(|_| figure.n >= item.data_minimum);
                let points = enough.map(|value| item.scale.points(value));
                Some(MonthlyItem { figure, weight: item.weight, points })
            })
            .collect();
        let counts = items.iter().filter(|item| item.points.is_some());
        let values =
            counts.filter_map(|item| Some((item.figure.kpi.clone(), item.figure.value?))).collect();
        Self {
            card_version: card.version,
            score: card.score(&values, capped),
            items,
            state: CardState::Draft,
            remark: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::archives::performance::{Aspect, CardGrade, CardItem, Scale};

    #[test]
    fn a_draft_keeps_the_figure_beside_its_points() {
        let item = |kpi: &str, weight: i64| CardItem {
            kpi: kpi.into(),
            weight: weight.into(),
            aspect: Aspect::Quality,
            scale: Scale::Linear { floor: 75.into(), target: 85.into(), stretch: None },
            data_minimum: 4,
        };
        let card = Scorecard {
            version: 4,
            items: vec![item("monitoring_score", 70), item("csat_top2", 30)],
        };
        let figure = |kpi: &str, value| KpiSnapshot {
            kpi: kpi.into(),
            kpi_version: 1,
            from: date(2026, 4, 1),
            to: date(2026, 4, 30),
            n: 5,
            value,
        };
        let figures =
            [figure("csat_top2", None), figure("monitoring_score", Some(Decimal::from(80)))];
        let month = MonthlyCard::draft(&card, &figures, false);
        let points: Vec<_> = month.items.iter().map(|item| item.points).collect();
        assert_eq!(points, [Some(80.into()), None]);
        assert_eq!(month.score, CardScore::Scored { score: 80.into(), grade: CardGrade::C });
        assert_eq!(MonthlyCard::of_items(4, month.items.clone(), false), month);

        let few = KpiSnapshot { n: 3, ..figures[1].clone() };
        let month = MonthlyCard::draft(&card, &[few], false);
        assert_eq!((month.items[0].points, month.score), (None, CardScore::InsufficientData));
    }
}
