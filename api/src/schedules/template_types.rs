use async_graphql::{Context, Enum, ID, InputObject, Object, SimpleObject};
use trunkline_domain::{
    fault::Fault,
    network::Names,
    schedules::{ActivityCategory, ShiftTemplate as Template, TimeBand, generator::ShapePause},
};

use super::shift_templates::{SetTemplates, TemplateSet};
use crate::{
    agents::ContractKind,
    graphql::{Date, DateTime, LocalTime, Operation, UserError, parse_id},
};

/// What interrupts the work of a shift. New values can be added: treat an unknown one as `BREAK`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum ShiftPauseKind {
    /// Short break.
    Break,
    /// Meal.
    Meal,
}

impl From<ActivityCategory> for ShiftPauseKind {
    fn from(category: ActivityCategory) -> Self {
        if category == ActivityCategory::Meal { Self::Meal } else { Self::Break }
    }
}

impl From<ShiftPauseKind> for ActivityCategory {
    fn from(kind: ShiftPauseKind) -> Self {
        match kind {
            ShiftPauseKind::Break => Self::Break,
            ShiftPauseKind::Meal => Self::Meal,
        }
    }
}

/// A break or meal of a shift that a site offers. Generation places it where it costs least cover.
#[derive(Debug, SimpleObject)]
pub struct ShiftTemplatePause {
    /// Which of both.
    pub kind: ShiftPauseKind,
    /// Earliest start, from the start of the shift.
    pub earliest_seconds: i64,
    /// Latest start, from the start of the shift.
    pub latest_seconds: i64,
    /// How long it lasts.
    pub duration_seconds: i64,
    /// Whether it is paid.
    pub paid: bool,
}

impl From<ShapePause> for ShiftTemplatePause {
    fn from(pause: ShapePause) -> Self {
        let ShapePause { category, earliest_seconds, latest_seconds, length_seconds, paid } = pause;
        let (kind, duration_seconds) = (category.into(), length_seconds);
        Self { kind, earliest_seconds, latest_seconds, duration_seconds, paid }
    }
}

/// A kind of shift that a site offers, in one length or in several. Work rules may ask for more breaks and longer meals than it has; where the site closes for lunch, an unpaid meal lasts as long as that, and the shift ends as much later.
#[derive(Debug)]
pub struct ShiftTemplate(Template);

/// A kind of shift that a site offers, in one length or in several. Work rules may ask for more breaks and longer meals than it has; where the site closes for lunch, an unpaid meal lasts as long as that, and the shift ends as much later.
#[Object]
impl ShiftTemplate {
    /// Short code, unique in its set.
    async fn code(&self) -> &str {
        &self.0.code
    }
    /// Name in the caller's language.
    async fn name(&self, ctx: &Context<'_>) -> async_graphql::Result<&str> {
        Ok(self.0.names.in_language(Operation::of(ctx)?.language))
    }
    /// Name in English.
    async fn name_en(&self) -> &str {
        &self.0.names.en
    }
    /// Name in Chinese.
    async fn name_zh(&self) -> &str {
        &self.0.names.zh
    }
    /// Least time from start to end.
    async fn shortest_seconds(&self) -> i64 {
        self.0.shortest_seconds
    }
    /// Most time from start to end.
    async fn longest_seconds(&self) -> i64 {
        self.0.longest_seconds
    }
    /// From one length to the next.
    async fn length_step_seconds(&self) -> i64 {
        self.0.length_step_seconds
    }
    /// Paid time of the shortest shift.
    async fn least_paid_seconds(&self) -> i64 {
        paid_seconds(&self.0, self.0.shortest_seconds)
    }
    /// Paid time of the longest shift.
    async fn most_paid_seconds(&self) -> i64 {
        paid_seconds(&self.0, self.0.longest_seconds)
    }
    /// Earliest local time at which it starts.
    async fn earliest_start(&self) -> LocalTime {
        LocalTime(self.0.starts.from)
    }
    /// Latest local time at which it starts; the next day when it is before the earliest.
    async fn latest_start(&self) -> LocalTime {
        LocalTime(self.0.starts.to)
    }
    /// From one possible start to the next, counted from midnight.
    async fn start_step_seconds(&self) -> i64 {
        self.0.start_step_seconds
    }
    /// Breaks and meals of the longest shift; a shorter one has those that end before it does.
    async fn pauses(&self) -> Vec<ShiftTemplatePause> {
        let pauses = self.0.pauses_of(self.0.longest_seconds);
        pauses.into_iter().map(ShiftTemplatePause::from).collect()
    }
    /// Whether these are the usual breaks and meals, which each length has for itself.
    async fn has_usual_pauses(&self) -> bool {
        self.0.pauses.is_none()
    }
    /// Kinds of contract that may work it. Empty = all.
    async fn contract_kinds(&self) -> Vec<ContractKind> {
        self.0.contract_kinds.iter().map(|kind| (*kind).into()).collect()
    }
    /// How many people it wants on each weekday, from Monday on: seven numbers. Empty = it is not planned by number.
    async fn headcounts(&self) -> &[u16] {
        &self.0.headcounts
    }
}

fn paid_seconds(template: &Template, length_seconds: i64) -> i64 {
    let pauses = template.pauses_of(length_seconds).into_iter().filter(|pause| !pause.paid);
    length_seconds - pauses.map(|pause| pause.length_seconds).sum::<i64>()
}

/// What shifts a site offers from a day on, until the next day for which others are set.
#[derive(Debug, SimpleObject)]
pub struct ShiftTemplateSet {
    /// The day, in the site's zone. `null` of the usual shifts, which hold until the first day for which others are set.
    pub valid_from_date: Option<Date>,
    /// Whether these are the usual shifts, which sites offer that have set none.
    pub is_usual: bool,
    /// The shifts.
    pub templates: Vec<ShiftTemplate>,
    /// Set at. `null` of the usual shifts that nobody set.
    pub set_at: Option<DateTime>,
}

impl From<TemplateSet> for ShiftTemplateSet {
    fn from(set: TemplateSet) -> Self {
        let TemplateSet { valid_from, templates, set_at } = set;
        let is_usual = templates.list().is_empty();
        let shown = templates.or_usual();
        Self {
            valid_from_date: valid_from.map(Date),
            is_usual,
            templates: shown.list().iter().cloned().map(ShiftTemplate).collect(),
            set_at: set_at.map(DateTime),
        }
    }
}

/// A break or meal of a shift.
#[derive(Debug, InputObject)]
pub struct ShiftTemplatePauseInput {
    /// Which of both.
    pub kind: ShiftPauseKind,
    /// Earliest start, from the start of the shift.
    pub earliest_seconds: i64,
    /// Latest start, from the start of the shift.
    pub latest_seconds: i64,
    /// How long it lasts, 300 to 14400.
    pub duration_seconds: i64,
    /// Whether it is paid.
    pub paid: bool,
}

/// A kind of shift to offer.
#[derive(Debug, InputObject)]
pub struct ShiftTemplateInput {
    /// Short code, unique in the set: 1 to 40 letters, digits, `_`, `-` and `.`.
    pub code: String,
    /// Name in English; empty = as in Chinese.
    #[graphql(default)]
    pub name_en: String,
    /// Name in Chinese; empty = as in English.
    #[graphql(default)]
    pub name_zh: String,
    /// Least time from start to end, 3600 to 86400 in whole quarters of an hour.
    pub shortest_seconds: i64,
    /// Most time from start to end; absent = as the least.
    pub longest_seconds: Option<i64>,
    /// From one length to the next, in whole quarters of an hour.
    #[graphql(default = 1800)]
    pub length_step_seconds: i64,
    /// Earliest local time at which it starts, a quarter of an hour.
    pub earliest_start: LocalTime,
    /// Latest local time at which it starts; absent = as the earliest.
    pub latest_start: Option<LocalTime>,
    /// From one possible start to the next, counted from midnight, 900 to 14400.
    #[graphql(default = 1800)]
    pub start_step_seconds: i64,
    /// Breaks and meals, at most 5; a shorter shift has those that end before it does. Absent = the usual ones of each length.
    pub pauses: Option<Vec<ShiftTemplatePauseInput>>,
    /// Kinds of contract that may work it. Empty = all.
    #[graphql(default)]
    pub contract_kinds: Vec<ContractKind>,
    /// How many people it wants on each weekday, from Monday on, for schedules that are made by number: seven numbers of at most 1000. Only of a shift with one start and one length. Empty = not planned by number.
    #[graphql(default)]
    pub headcounts: Vec<i32>,
}

impl ShiftTemplateInput {
    fn parse(self) -> Template {
        let Self {
            code,
            name_en,
            name_zh,
            shortest_seconds,
            longest_seconds,
            length_step_seconds,
            earliest_start,
            latest_start,
            start_step_seconds,
            pauses,
            contract_kinds,
            headcounts,
        } = self;
        let pause = |pause| {
            let ShiftTemplatePauseInput {
                kind,
                earliest_seconds,
                latest_seconds,
                duration_seconds,
                paid,
            } = pause;
            ShapePause {
                category: kind.into(),
                earliest_seconds,
                latest_seconds,
                length_seconds: duration_seconds,
                paid,
            }
        };
        Template {
            code,
            names: Names { en: name_en, zh: name_zh },
            shortest_seconds,
            longest_seconds: longest_seconds.unwrap_or(shortest_seconds),
            length_step_seconds,
            starts: TimeBand {
                from: earliest_start.0,
                to: latest_start.map_or(earliest_start.0, |latest| latest.0),
            },
            start_step_seconds,
            pauses: pauses.map(|pauses| pauses.into_iter().map(pause).collect()),
            contract_kinds: contract_kinds.into_iter().map(Into::into).collect(),
            // What is no number of people becomes one that the check refuses.
            headcounts: headcounts
                .into_iter()
                .map(|people| u16::try_from(people).unwrap_or(u16::MAX))
                .collect(),
        }
    }
}

/// A shift of a design, as `shiftsDesign` gives it: it becomes a template of that start and length with the usual breaks and meals in it, for all contracts.
#[derive(Debug, InputObject)]
pub struct DesignedShiftInput {
    /// When it starts, wall time of the site.
    pub starts: LocalTime,
    /// How long it lasts from start to end.
    pub duration_seconds: i64,
}

/// What shifts a site is to offer.
#[derive(Debug, InputObject)]
pub struct ShiftTemplatesSetInput {
    /// Which site.
    pub site_id: ID,
    /// From which day on, in the site's zone; what was set for that day is replaced.
    pub valid_from_date: Date,
    /// The shifts, with those of the design at most 30, of at most 400 starts and lengths. Without any in both lists: the usual ones.
    #[graphql(default)]
    pub templates: Vec<ShiftTemplateInput>,
    /// Shifts of a design to be kept as templates beside them.
    #[graphql(default)]
    pub designed_shifts: Vec<DesignedShiftInput>,
}

impl ShiftTemplatesSetInput {
    pub(super) fn parse(self) -> Result<SetTemplates, Fault> {
        let Self { site_id, valid_from_date, templates, designed_shifts } = self;
        let designed = designed_shifts.into_iter();
        Ok(SetTemplates {
            site: parse_id(&site_id, "siteId")?,
            valid_from: valid_from_date.0,
            templates: templates.into_iter().map(ShiftTemplateInput::parse).collect(),
            designed: designed.map(|shift| (shift.starts.0, shift.duration_seconds)).collect(),
        })
    }
}

/// Outcome of setting what shifts a site offers.
#[derive(Debug, SimpleObject)]
pub struct ShiftTemplatesSetPayload {
    /// The shifts as they are set. `null` when refused.
    pub shift_template_set: Option<ShiftTemplateSet>,
    /// Why it was refused, with the value that would do. Empty means done.
    pub user_errors: Vec<UserError>,
}
