//! Demand events on their way into a forecast: other roles propose, the planner decides.

use jiff::Timestamp;
use rust_decimal::Decimal;

use super::event::DemandEvent;
use crate::{
    fault::{Fault, FaultCode, Rule},
    id::QueueId,
    time::Span,
};

/// Kind of a demand event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventKind {
    /// Something that makes customers call: its uplift is laid over the forecast.
    Promotion,
    /// A day unlike its weekday: its effect is learned from the last one of the same name.
    Holiday,
    /// Something that went wrong: its uplift is laid over the forecast.
    Incident,
    /// What somebody knows better than the model: figures or uplifts, applied before all others.
    Correction,
}

impl EventKind {
    /// All kinds.
    pub const ALL: [Self; 4] = [Self::Promotion, Self::Holiday, Self::Incident, Self::Correction];

    /// Stable code.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Promotion => "PROMOTION",
            Self::Holiday => "HOLIDAY",
            Self::Incident => "INCIDENT",
            Self::Correction => "CORRECTION",
        }
    }

    /// The kind of a code.
    #[must_use]
    pub fn of_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == code)
    }
}

/// Where a proposal stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventState {
    /// Waits for the planner.
    Proposed,
    /// Changes every forecast that is made from now on.
    Accepted,
    /// Changes nothing.
    Rejected,
}

impl EventState {
    /// All states.
    pub const ALL: [Self; 3] = [Self::Proposed, Self::Accepted, Self::Rejected];

    /// Stable code.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Proposed => "PROPOSED",
            Self::Accepted => "ACCEPTED",
            Self::Rejected => "REJECTED",
        }
    }

    /// The state of a code.
    #[must_use]
    pub fn of_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == code)
    }

    /// The planner's decision. A decision may be changed; the same one again is none.
    ///
    /// # Errors
    /// INVALID_STATE when it was decided so already.
    pub fn decide(self, accept: bool) -> Result<Self, Fault> {
        let decided = if accept { Self::Accepted } else { Self::Rejected };
        if self == decided {
            return Err(Fault::new(FaultCode::InvalidState).with("state", self.as_str()));
        }
        Ok(decided)
    }
}

/// What somebody says about an event.
#[derive(Debug, Clone, PartialEq)]
pub struct RawEvent {
    /// What people call it.
    pub name: String,
    /// Kind.
    pub kind: EventKind,
    /// First instant at which it works.
    pub starts_at: Timestamp,
    /// First instant at which it no longer works.
    pub ends_at: Timestamp,
    /// Queues on which it works; every queue when empty.
    pub queues: Vec<QueueId>,
    /// Share of calls added: 0.8 is +80 %.
    pub volume_uplift: Decimal,
    /// Share of handle time added.
    pub handle_time_uplift: Decimal,
    /// Calls of each interval, before the uplift; only of a correction.
    pub volume: Option<Decimal>,
    /// Seconds a call takes, before the uplift; only of a correction.
    pub handle_time_seconds: Option<Decimal>,
}

/// An event that can be meant.
#[derive(Debug, Clone, PartialEq)]
pub struct KnownEvent {
    /// What people call it.
    pub name: String,
    /// Kind.
    pub kind: EventKind,
    /// When it works.
    pub span: Span,
    /// Queues on which it works, each once; every queue when empty.
    pub queues: Vec<QueueId>,
    /// Share of calls added: 0.8 is +80 %.
    pub volume_uplift: Decimal,
    /// Share of handle time added.
    pub handle_time_uplift: Decimal,
    /// Calls of each interval, before the uplift; `None` = as forecast.
    pub volume: Option<Decimal>,
    /// Seconds a call takes, before the uplift; `None` = as forecast.
    pub handle_time_seconds: Option<Decimal>,
}

/// Longest event in seconds: a leap year.
const LONGEST: i64 = 366 * 86_400;

impl KnownEvent {
    /// Reads a proposal.
    ///
    /// # Errors
    /// INVALID_VALUE for every field that does not fit, all at once.
    pub fn parse(raw: RawEvent) -> Result<Self, Vec<Fault>> {
        let RawEvent {
            name,
            kind,
            starts_at,
            ends_at,
            mut queues,
            volume_uplift,
            handle_time_uplift,
            volume,
            handle_time_seconds,
        } = raw;
        let mut faults = Vec::new();
        let name = name.trim().to_owned();
        if !(1..=80).contains(&name.chars().count()) {
            faults.push(Fault::invalid("name", Rule::Characters(1, 80)));
        }
        let span = Span::new(starts_at, ends_at);
        if span.is_none_or(|span| !(1..=LONGEST).contains(&span.seconds())) {
            faults.push(Fault::invalid("endsAt", Rule::AfterTheStartWithin(366)));
        }
        for (path, uplift) in
            [("volumeUplift", volume_uplift), ("handleTimeUplift", handle_time_uplift)]
        {
            if uplift < Decimal::NEGATIVE_ONE || uplift > Decimal::from(20) {
                faults.push(Fault::invalid(path, Rule::Uplift));
            }
        }
        for (path, figure, most) in
            [("volume", volume, 1_000_000), ("handleTimeSeconds", handle_time_seconds, 86_400)]
        {
            let Some(figure) = figure else { continue };
            if kind != EventKind::Correction {
                faults.push(Fault::invalid(path, Rule::OnlyOfACorrection));
            } else if figure.is_sign_negative() || figure > Decimal::from(most) {
                faults.push(Fault::invalid(path, Rule::Between(0, most)));
            }
        }
        if queues.len() > 200 {
            faults.push(Fault::invalid("queueIds", Rule::ItemsAtMost(200)));
        }
        queues.sort_unstable();
        queues.dedup();
        match span {
            Some(span) if faults.is_empty() => Ok(Self {
                name,
                kind,
                span,
                queues,
                volume_uplift,
                handle_time_uplift,
                volume,
                handle_time_seconds,
            }),
            _ => Err(faults),
        }
    }

    /// Whether it works on a queue.
    #[must_use]
    pub fn works_on(&self, queue: QueueId) -> bool {
        self.queues.is_empty() || self.queues.contains(&queue)
    }

    /// The event as it is laid over a forecast of a queue it works on.
    #[must_use]
    pub fn demand(&self) -> DemandEvent {
        let share = |figure: Decimal| f64::try_from(figure).unwrap_or(0.0);
        DemandEvent {
            name: self.name.clone(),
            span: self.span,
            queues: Vec::new(),
            volume_uplift: share(self.volume_uplift),
            handle_time_uplift: share(self.handle_time_uplift),
            volume: self.volume.map(share),
            handle_time_seconds: self.handle_time_seconds.map(share),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw() -> RawEvent {
        RawEvent {
            name: " 11.11 warm-up ".into(),
            kind: EventKind::Promotion,
            starts_at: "2026-11-10T02:00:00Z".parse().expect("instant"),
            ends_at: "2026-11-10T04:00:00Z".parse().expect("instant"),
            queues: Vec::new(),
            volume_uplift: Decimal::new(8, 1),
            handle_time_uplift: Decimal::new(1, 1),
            volume: None,
            handle_time_seconds: None,
        }
    }

    #[test]
    fn a_proposal_tells_all_its_faults_at_once() {
        let event = KnownEvent::parse(raw()).expect("an event");
        assert_eq!((event.name.as_str(), event.demand().volume_uplift), ("11.11 warm-up", 0.8));
        let wrong = RawEvent {
            name: " ".into(),
            ends_at: raw().starts_at,
            volume_uplift: Decimal::from(80),
            ..raw()
        };
        let faults = KnownEvent::parse(wrong).expect_err("three faults");
        let paths: Vec<_> = faults.iter().map(|fault| fault.path[0].as_str()).collect();
        assert_eq!(paths, ["name", "endsAt", "volumeUplift"]);
    }

    #[test]
    fn only_a_correction_sets_figures() {
        let set = RawEvent { volume: Some(Decimal::from(100)), ..raw() };
        let faults = KnownEvent::parse(set.clone()).expect_err("a promotion");
        assert_eq!(faults[0].path, ["volume"]);
        let set = RawEvent { kind: EventKind::Correction, ..set };
        assert_eq!(KnownEvent::parse(set).expect("a correction").demand().volume, Some(100.0));
    }

    #[test]
    fn a_decision_may_be_changed_but_not_repeated() {
        assert_eq!(EventState::Proposed.decide(true), Ok(EventState::Accepted));
        assert_eq!(EventState::Accepted.decide(false), Ok(EventState::Rejected));
        let fault = EventState::Accepted.decide(true).expect_err("no change");
        assert_eq!(fault.code, FaultCode::InvalidState);
    }
}
