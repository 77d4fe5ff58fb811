//! What the months of the performance file say, as the schema shows it.

use async_graphql::SimpleObject;
use trunkline_domain::archives::performance::{
    CardScore, KpiSnapshot, MonthFigures as DomainFigures, MonthlyAttendance as DomainAttendance,
    MonthlyCard as DomainCard, MonthlyItem,
};

use super::codes::{CardGrade, CardState};
use crate::graphql::{Date, Decimal};

/// A figure of a month with its points. Later recalculation never changes it.
#[derive(Debug, SimpleObject)]
pub struct MonthlyFigure {
    /// Code of the KPI.
    pub kpi: String,
    /// Version of its definition.
    pub kpi_version: i32,
    /// First day of the period.
    pub starts_on: Date,
    /// Last day of the period.
    pub ends_on: Date,
    /// Observations behind the value.
    pub observations: i32,
    /// Value. `null` when there is none.
    pub value: Option<Decimal>,
    /// Weight on the card.
    pub weight: Decimal,
    /// Points, 0 to 120. `null` without a value.
    pub points: Option<Decimal>,
}

impl MonthlyFigure {
    fn of(item: MonthlyItem) -> Self {
        let MonthlyItem { figure, weight, points } = item;
        Self {
            kpi: figure.kpi,
            kpi_version: i32::try_from(figure.kpi_version).unwrap_or(i32::MAX),
            starts_on: Date(figure.from),
            ends_on: Date(figure.to),
            observations: i32::try_from(figure.n).unwrap_or(i32::MAX),
            value: figure.value.map(Into::into),
            weight: weight.into(),
            points: points.map(Into::into),
        }
    }
}

/// The card of a month.
#[derive(Debug, SimpleObject)]
pub struct MonthlyCard {
    /// Version of the score card.
    pub card_version: i32,
    /// Figures with points, in the order of the card.
    pub items: Vec<MonthlyFigure>,
    /// Score, 0 to 120. `null` when items of more than 40 of 100 have no data.
    pub score: Option<Decimal>,
    /// Grade. `null` without a score.
    pub grade: Option<CardGrade>,
    /// Where it stands.
    pub state: CardState,
    /// Words of the leader. `null` without any.
    pub remark: Option<String>,
}

impl MonthlyCard {
    pub(super) fn of(card: DomainCard) -> Self {
        let DomainCard { card_version, items, score, state, remark } = card;
        let (score, grade) = match score {
            CardScore::Scored { score, grade } => (Some(score.into()), Some(grade.into())),
            CardScore::InsufficientData => (None, None),
        };
        Self {
            card_version: i32::try_from(card_version).unwrap_or(i32::MAX),
            items: items.into_iter().map(MonthlyFigure::of).collect(),
            score,
            grade,
            state: state.into(),
            remark,
        }
    }
}

/// The sum of a measure over a month.
#[derive(Debug, SimpleObject)]
pub struct MonthSum {
    /// Name of the measure in the catalogue, e.g. `talk_seconds`.
    pub measure: String,
    /// The sum.
    pub value: Decimal,
}

/// The value of a KPI in a month: a ratio of sums.
#[derive(Debug, SimpleObject)]
pub struct MonthKpi {
    /// Code of the KPI.
    pub kpi: String,
    /// Version of its definition.
    pub kpi_version: i32,
    /// What it was counted over: calls, evaluations, shifts or seconds.
    pub observations: i32,
    /// Value. `null` where a sum is unknown, never 0 instead.
    pub value: Option<Decimal>,
}

/// What the system has counted of a month. Data that came late makes a new version of it.
#[derive(Debug, SimpleObject)]
pub struct MonthFigures {
    /// First day of the month.
    pub starts_on: Date,
    /// Last day of the month.
    pub ends_on: Date,
    /// Sums over the time of which the state is known; what is unknown is not among them.
    pub sums: Vec<MonthSum>,
    /// Every KPI that agents have.
    pub kpis: Vec<MonthKpi>,
}

impl MonthFigures {
    pub(super) fn of(figures: DomainFigures) -> Self {
        let DomainFigures { from, to, sums, kpis } = figures;
        let sums = sums.into_iter();
        let kpi = |it: KpiSnapshot| MonthKpi {
            kpi: it.kpi,
            kpi_version: i32::try_from(it.kpi_version).unwrap_or(i32::MAX),
            observations: i32::try_from(it.n).unwrap_or(i32::MAX),
            value: it.value.map(Into::into),
        };
        Self {
            starts_on: Date(from),
            ends_on: Date(to),
            sums: sums.map(|(measure, value)| MonthSum { measure, value: value.into() }).collect(),
            kpis: kpis.into_iter().map(kpi).collect(),
        }
    }
}

/// Shifts and hours of a month.
#[derive(Debug, SimpleObject)]
pub struct MonthlyAttendance {
    /// First day of the month.
    pub starts_on: Date,
    /// Last day of the month.
    pub ends_on: Date,
    /// Published shifts that began in the month.
    pub shifts_planned: i32,
    /// Those during which the agent was signed in.
    pub shifts_attended: i32,
    /// Those attended to which the agent came late.
    pub shifts_late: i32,
    /// Those during which the agent was signed out throughout.
    pub shifts_absent: i32,
    /// Those of which no state is known.
    pub shifts_unknown: i32,
    /// Seconds planned, breaks and meals among them.
    pub planned_seconds: i32,
    /// Seconds of work. `null` while no state is known.
    pub worked_seconds: Option<i32>,
    /// Seconds planned and not worked. `null` while no state is known.
    pub absence_seconds: Option<i32>,
    /// Longest run of days with work, looking back over the border of the month.
    pub longest_run_days: i32,
    /// Swaps that changed the roster.
    pub swaps: i32,
}

impl MonthlyAttendance {
    pub(super) fn of(attendance: DomainAttendance) -> Self {
        let DomainAttendance { from, to, summary } = attendance;
        let count = |count: u32| i32::try_from(count).unwrap_or(i32::MAX);
        let seconds = |seconds: i64| i32::try_from(seconds).unwrap_or(i32::MAX);
        Self {
            starts_on: Date(from),
            ends_on: Date(to),
            shifts_planned: count(summary.shifts_planned),
            shifts_attended: count(summary.shifts_attended),
            shifts_late: count(summary.shifts_late),
            shifts_absent: count(summary.shifts_absent),
            shifts_unknown: count(summary.shifts_unknown),
            planned_seconds: seconds(summary.planned_seconds),
            worked_seconds: summary.worked_seconds.map(seconds),
            absence_seconds: summary.absence_seconds.map(seconds),
            longest_run_days: count(summary.longest_run_days),
            swaps: count(summary.swaps),
        }
    }
}
