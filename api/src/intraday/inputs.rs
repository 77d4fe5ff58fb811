use async_graphql::{ID, InputObject, OneofObject};
use trunkline_domain::{
    fault::{Fault, Rule},
    intraday::{IntervalFigures, Threshold, Waiting},
    kpis::{WaitBin, WaitHistogram},
};

use super::{
    service::{AgentName, FigureItem, GaugeItem, Named, StateItem},
    types::AgentStateName,
};
use crate::{agents::ExternalIdInput, graphql::DateTime};

/// Names a queue.
#[derive(Debug, OneofObject)]
pub enum QueueKeyInput {
    /// By global id.
    Id(ID),
    /// By its code.
    Code(String),
}

/// Names a site.
#[derive(Debug, OneofObject)]
pub enum SiteKeyInput {
    /// By global id.
    Id(ID),
    /// By its code.
    Code(String),
}

/// Names an agent.
#[derive(Debug, OneofObject)]
pub enum AgentKeyInput {
    /// By global id.
    Id(ID),
    /// By number in the company.
    Number(String),
    /// By the id in another system.
    ExternalId(ExternalIdInput),
}

/// What waits in a queue now.
#[derive(Debug, InputObject)]
pub struct QueueGaugeInput {
    /// Queue.
    pub queue: QueueKeyInput,
    /// Site to which the contacts are routed. Absent = not routed to one yet.
    pub site: Option<SiteKeyInput>,
    /// Contacts that wait.
    pub waiting: i32,
    /// Seconds that the first of them has waited.
    pub longest_wait_seconds: i32,
    /// When the source saw it, by its clock: the latest counts, in whatever order they arrive.
    pub source_at: DateTime,
}

/// Gauges of queues.
#[derive(Debug, InputObject)]
pub struct QueueGaugesPushInput {
    /// At most 500.
    pub gauges: Vec<QueueGaugeInput>,
}

/// An agent's state changed, or is told again as a sign of life.
#[derive(Debug, InputObject)]
pub struct AgentStateEventInput {
    /// Id of the event in its source. The same one again changes nothing.
    pub event_id: String,
    /// Whose.
    pub agent: AgentKeyInput,
    /// State from now on.
    pub state: AgentStateName,
    /// Reason of an aux state, at most 100 characters.
    pub reason: Option<String>,
    /// When, by the clock of the source. An event that comes late corrects the history.
    pub source_at: DateTime,
    /// Order of events of the same instant.
    #[graphql(default)]
    pub sequence: i64,
}

/// State events of agents.
#[derive(Debug, InputObject)]
pub struct AgentStatesPushInput {
    /// The system that saw them; ids of events are its own.
    pub source: String,
    /// At most 500.
    pub events: Vec<AgentStateEventInput>,
}

/// Contacts by their wait: those that waited longer than the bound of the bin before, and not longer than this one's.
#[derive(Debug, Clone, Copy, InputObject)]
pub struct WaitBinInput {
    /// Longest wait in the bin, in seconds. Absent = no bound, in the last bin only.
    pub up_to_seconds: Option<i32>,
    /// Answered after such a wait.
    #[graphql(default)]
    pub answered: i32,
    /// Abandoned after such a wait.
    #[graphql(default)]
    pub abandoned: i32,
}

/// Figures of one interval as a whole, not a difference. What the source does not know is absent, never 0.
#[derive(Debug, InputObject)]
pub struct IntervalFiguresInput {
    /// Queue.
    pub queue: QueueKeyInput,
    /// Site. Absent = never routed to one, e.g. abandoned while waiting for all.
    pub site: Option<SiteKeyInput>,
    /// First instant of the interval: a multiple of the queue's interval length on the clock of its zone, not in the future.
    pub starts_at: DateTime,
    /// When the source said so, by its clock: the latest word replaces the ones before.
    pub source_at: DateTime,
    /// Contacts that arrived.
    pub offered: i32,
    /// Answered by an agent.
    pub answered: Option<i32>,
    /// Answered within the threshold.
    pub answered_in_threshold: Option<i32>,
    /// Abandoned while waiting.
    pub abandoned: Option<i32>,
    /// Abandoned within the threshold.
    pub abandoned_in_threshold: Option<i32>,
    /// Abandoned within the short-abandon limit.
    pub abandoned_short: Option<i32>,
    /// Seconds waited by the answered ones.
    pub wait_seconds: Option<i32>,
    /// Seconds talked with the answered ones.
    pub talk_seconds: Option<i32>,
    /// Seconds for which the answered ones were on hold.
    pub hold_seconds: Option<i32>,
    /// Seconds of work after the answered ones.
    pub after_call_work_seconds: Option<i32>,
    /// Seconds of handling of the answered ones, all told. Absent: the sum of talk, hold and after-call work where all three are given.
    pub handle_seconds: Option<i32>,
    /// Seconds of the threshold that was counted with. Absent: that of the queue's goal in force when the interval began.
    pub threshold_seconds: Option<i32>,
    /// Contacts by their wait, shortest first, at most 100 bins: from them service levels are told at other thresholds. Bins end at 5, 10, 15, 20, 30, 40, 60, 90, 120, 180, 300 and 600 s; finer ones are summed, empty ones may be left out. They add up to `answered` and `abandoned`.
    pub waits: Option<Vec<WaitBinInput>>,
}

/// Figures of intervals.
#[derive(Debug, InputObject)]
pub struct IntervalFiguresPushInput {
    /// The system that counted them.
    pub source: String,
    /// At most 500.
    pub figures: Vec<IntervalFiguresInput>,
}

fn named<K: trunkline_domain::id::Kind>(
    id: Option<ID>,
    code: Option<String>,
) -> Named<trunkline_domain::id::Id<K>> {
    match (id, code) {
        (Some(id), _) => Named::Id(id.parse().ok()),
        (None, code) => Named::Code(code.unwrap_or_default()),
    }
}

impl QueueKeyInput {
    fn parse(self) -> Named<trunkline_domain::id::QueueId> {
        match self {
            Self::Id(id) => named(Some(id), None),
            Self::Code(code) => named(None, Some(code)),
        }
    }
}

impl SiteKeyInput {
    fn parse(self) -> Named<trunkline_domain::id::SiteId> {
        match self {
            Self::Id(id) => named(Some(id), None),
            Self::Code(code) => named(None, Some(code)),
        }
    }
}

/// A count of the wire, where a negative one can be written.
fn count(value: i32, name: &str) -> Result<u64, Fault> {
    u64::try_from(value).map_err(|_| Fault::invalid(name, Rule::AtLeast(0)))
}

fn known(value: Option<i32>, name: &str) -> Result<Option<u64>, Fault> {
    value.map(|value| count(value, name)).transpose()
}

/// The text, if it is not empty and has at most `most` characters.
fn text(value: String, most: usize, name: &str) -> Result<String, Fault> {
    if value.is_empty() || value.chars().count() > most {
        return Err(Fault::invalid(name, Rule::Characters(1, most)));
    }
    Ok(value)
}

impl QueueGaugeInput {
    pub(super) fn parse(self) -> Result<GaugeItem, Fault> {
        let Self { queue, site, waiting, longest_wait_seconds, source_at } = self;
        Ok(GaugeItem {
            queue: queue.parse(),
            site: site.map(SiteKeyInput::parse),
            waiting: Waiting {
                contacts: count(waiting, "waiting")?,
                longest_seconds: count(longest_wait_seconds, "longestWaitSeconds")?,
            },
            source_at: source_at.0,
        })
    }
}

impl AgentStateEventInput {
    pub(super) fn parse(self) -> Result<StateItem, Fault> {
        let Self { event_id, agent, state, reason, source_at, sequence } = self;
        Ok(StateItem {
            event_id: text(event_id, 200, "eventId")?,
            agent: match agent {
                AgentKeyInput::Id(id) => AgentName::Id(id.parse().ok()),
                AgentKeyInput::Number(number) => AgentName::Number(number),
                AgentKeyInput::ExternalId(ExternalIdInput { source, value }) => {
                    AgentName::External(source, value)
                }
            },
            state: state.into(),
            reason: reason.map(|reason| text(reason, 100, "reason")).transpose()?,
            source_at: source_at.0,
            sequence,
        })
    }
}

impl AgentStatesPushInput {
    /// Source and events, each read on its own.
    pub(super) fn parse(self) -> Result<(String, Vec<Result<StateItem, Fault>>), Fault> {
        let Self { source, events } = self;
        let source = text(source, 100, "source")?;
        Ok((source, events.into_iter().map(AgentStateEventInput::parse).collect()))
    }
}

impl IntervalFiguresPushInput {
    /// Source and figures, each read on its own.
    pub(super) fn parse(self) -> Result<(String, Vec<Result<FigureItem, Fault>>), Fault> {
        let Self { source, figures } = self;
        let source = text(source, 100, "source")?;
        Ok((source, figures.into_iter().map(IntervalFiguresInput::parse).collect()))
    }
}

impl IntervalFiguresInput {
    fn parse(self) -> Result<FigureItem, Fault> {
        let Self {
            queue,
            site,
            starts_at: DateTime(starts_at),
            source_at: DateTime(source_at),
            offered,
            answered,
            answered_in_threshold,
            abandoned,
            abandoned_in_threshold,
            abandoned_short,
            wait_seconds,
            talk_seconds,
            hold_seconds,
            after_call_work_seconds,
            handle_seconds,
            threshold_seconds,
            waits,
        } = self;
        let talk = known(talk_seconds, "talkSeconds")?;
        let hold = known(hold_seconds, "holdSeconds")?;
        let work = known(after_call_work_seconds, "afterCallWorkSeconds")?;
        let handle = known(handle_seconds, "handleSeconds")?;
        let threshold = known(threshold_seconds, "thresholdSeconds")?;
        Ok(FigureItem {
            queue: queue.parse(),
            site: site.map(SiteKeyInput::parse),
            starts_at,
            source_at,
            figures: IntervalFigures {
                offered: count(offered, "offered")?,
                answered: known(answered, "answered")?,
                answered_in_threshold: known(answered_in_threshold, "answeredInThreshold")?,
                abandoned: known(abandoned, "abandoned")?,
                abandoned_in_threshold: known(abandoned_in_threshold, "abandonedInThreshold")?,
                abandoned_short: known(abandoned_short, "abandonedShort")?,
                wait_seconds: known(wait_seconds, "waitSeconds")?,
                handle_seconds: handle.or_else(|| Some(talk? + hold? + work?)),
                threshold: threshold
                    .and_then(|seconds| u32::try_from(seconds).ok())
                    .map_or(Threshold::Untold, Threshold::Seconds),
            },
            talk_seconds: talk,
            hold_seconds: hold,
            after_call_work_seconds: work,
            waits: waits.map(|bins| histogram(&bins)).transpose()?,
        })
    }
}

fn histogram(bins: &[WaitBinInput]) -> Result<WaitHistogram, Fault> {
    const MOST: usize = 100;
    if bins.len() > MOST {
        return Err(Fault::invalid("waits", Rule::ItemsAtMost(MOST)));
    }
    let bin = |(at, bin): (usize, &WaitBinInput)| {
        let count = |value: i32, name: &str| count(value, &format!("waits.{at}.{name}"));
        // A bound below 0 does not grow, and is refused with all the others that do not.
        let bound = |seconds: i32| u32::try_from(seconds).unwrap_or_default();
        Ok(WaitBin {
            up_to_seconds: bin.up_to_seconds.map(bound),
            answered: count(bin.answered, "answered")?,
            abandoned: count(bin.abandoned, "abandoned")?,
        })
    };
    let bins: Vec<WaitBin> = bins.iter().enumerate().map(bin).collect::<Result<_, Fault>>()?;
    WaitHistogram::of_bins(&bins)
}
