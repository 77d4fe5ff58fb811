//! What planners know and history does not: events, and other changes laid over a forecast.

use super::model::ForecastPoint;
use super::quantiles::Quantiles;
use crate::time::Span;

/// A promotion, holiday or incident that changes the calls of some queues for a while.
#[derive(Debug, Clone, PartialEq)]
pub struct DemandEvent {
    /// What people call it.
    pub name: String,
    /// When it works.
    pub span: Span,
    /// Names of the queues it works on; every queue when empty.
    pub queues: Vec<String>,
    /// Share of calls added: 0.8 is +80 %, −1 or less is none at all.
    pub volume_uplift: f64,
    /// Share of handle time added.
    pub handle_time_uplift: f64,
    /// Calls of each interval, before the uplift; `None` = as beneath.
    pub volume: Option<f64>,
    /// Seconds a call takes, before the uplift; `None` = as beneath.
    pub handle_time_seconds: Option<f64>,
}

impl DemandEvent {
    fn works_on(&self, queue: &str) -> bool {
        self.queues.is_empty() || self.queues.iter().any(|name| name == queue)
    }

    /// Changes a point by its figures and uplifts. An interval that lies in the event in part is changed in
    /// that proportion.
    fn apply(&self, point: &mut ForecastPoint) {
        let Some(shared) = self.span.intersection(point.span) else { return };
        let part = shared.seconds() as f64 / point.span.seconds() as f64;
        if let Some(volume) = self.volume {
            let mixed = part * volume + (1.0 - part) * point.volume;
            point.quantiles = if point.volume > 0.0 {
                point.quantiles.times(mixed / point.volume)
            } else {
                Quantiles { p025: mixed, p10: mixed, p50: mixed, p90: mixed, p975: mixed }
            };
            point.volume = mixed;
        }
        if let Some(seconds) = self.handle_time_seconds {
            point.handle_time_seconds = part * seconds + (1.0 - part) * point.handle_time_seconds;
        }
        let volume = (1.0 + part * self.volume_uplift).max(0.0);
        point.volume *= volume;
        point.quantiles = point.quantiles.times(volume);
        point.handle_time_seconds *= (1.0 + part * self.handle_time_uplift).max(0.0);
    }
}

/// An event in the stack, switched on or off.
#[derive(Debug, Clone, PartialEq)]
pub struct Modification {
    /// The event.
    pub event: DemandEvent,
    /// Whether it is applied.
    pub on: bool,
}

/// Modifications of a forecast, in the order in which they are applied. The forecast beneath is
/// never changed, so that any of them can be switched off again.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Modifications {
    stack: Vec<Modification>,
}

impl Modifications {
    /// Lays an event on top, switched on, and gives its place.
    pub fn push(&mut self, event: DemandEvent) -> usize {
        self.stack.push(Modification { event, on: true });
        self.stack.len() - 1
    }

    /// Switches the modification at a place; `false` when there is none.
    #[must_use]
    pub fn switch(&mut self, place: usize, on: bool) -> bool {
        let found = self.stack.get_mut(place);
        found.map(|modification| modification.on = on).is_some()
    }

    /// The stack, lowest first.
    #[must_use]
    pub fn stack(&self) -> &[Modification] {
        &self.stack
    }

    /// The forecast of a queue with everything that is switched on. Uplifts multiply.
    #[must_use]
    pub fn apply(&self, queue: &str, base: &[ForecastPoint]) -> Vec<ForecastPoint> {
        let mut points = base.to_vec();
        for Modification { event, on } in &self.stack {
            if *on && event.works_on(queue) {
                points.iter_mut().for_each(|point| event.apply(point));
            }
        }
        points
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    fn at(minutes: i64) -> Timestamp {
        let ten: Timestamp = "2026-11-10T02:00:00Z".parse().expect("instant");
        ten + jiff::SignedDuration::from_mins(minutes)
    }

    fn base() -> Vec<ForecastPoint> {
        [100.0, 110.0, 105.0, 95.0]
            .iter()
            .zip(0..)
            .map(|(volume, slot)| ForecastPoint {
                span: Span::of_seconds(at(30 * slot), 1800),
                volume: *volume,
                quantiles: Quantiles { p50: *volume, ..Quantiles::default() },
                handle_time_seconds: 180.0,
            })
            .collect()
    }

    fn warm_up(span: Span) -> DemandEvent {
        DemandEvent {
            name: "11.11 warm-up".into(),
            span,
            queues: vec!["presale".into()],
            volume_uplift: 0.8,
            handle_time_uplift: 0.1,
            volume: None,
            handle_time_seconds: None,
        }
    }

    fn volumes(points: &[ForecastPoint]) -> Vec<f64> {
        points.iter().map(|point| (point.volume * 1e6).round() / 1e6).collect()
    }

    #[test]
    fn the_warm_up_lifts_volume_and_handle_time() {
        let mut modifications = Modifications::default();
        modifications.push(warm_up(Span::of_seconds(at(0), 7200)));
        let points = modifications.apply("presale", &base());
        assert_eq!(volumes(&points), [180.0, 198.0, 189.0, 171.0]);
        assert!(points.iter().all(|point| (point.handle_time_seconds - 198.0).abs() < 1e-9));
        assert_eq!(points[0].quantiles.p50, 180.0);
    }

    #[test]
    fn a_switched_off_event_leaves_the_forecast_as_it_was() {
        let mut modifications = Modifications::default();
        let place = modifications.push(warm_up(Span::of_seconds(at(0), 7200)));
        assert!(modifications.switch(place, false));
        assert_eq!(modifications.apply("presale", &base()), base());
        assert!(modifications.switch(place, true));
        assert_ne!(modifications.apply("presale", &base()), base());
        assert!(!modifications.switch(7, true));
    }

    #[test]
    fn other_queues_and_other_hours_are_left_alone() {
        let mut modifications = Modifications::default();
        modifications.push(warm_up(Span::of_seconds(at(30), 1800 + 900)));
        assert_eq!(modifications.apply("aftersale", &base()), base());
        let points = modifications.apply("presale", &base());
        assert_eq!(volumes(&points), [100.0, 198.0, 105.0 * 1.4, 95.0]);
    }

    #[test]
    fn a_figure_that_is_set_takes_the_place_of_the_forecast() {
        let mut modifications = Modifications::default();
        let set = DemandEvent {
            volume: Some(60.0),
            handle_time_seconds: Some(200.0),
            volume_uplift: 0.0,
            handle_time_uplift: 0.0,
            ..warm_up(Span::of_seconds(at(0), 1800 + 900))
        };
        modifications.push(set);
        modifications.push(warm_up(Span::of_seconds(at(0), 1800)));
        let points = modifications.apply("presale", &base());
        assert_eq!(volumes(&points), [108.0, 85.0, 105.0, 95.0]);
        assert_eq!(points[0].quantiles.p50, 108.0);
        assert!((points[0].handle_time_seconds - 220.0).abs() < 1e-9);
    }

    #[test]
    fn a_line_that_is_taken_away_has_no_calls() {
        let mut modifications = Modifications::default();
        let closed = DemandEvent { volume_uplift: -2.0, ..warm_up(Span::of_seconds(at(0), 7200)) };
        modifications.push(closed);
        assert_eq!(volumes(&modifications.apply("presale", &base())), [0.0; 4]);
    }
}
