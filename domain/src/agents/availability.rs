use crate::{
    fault::{Fault, Rule},
    schedules::{Availability, AvailabilityPattern},
};

/// Whether a statement about when somebody can work can be meant.
///
/// # Errors
/// INVALID_VALUE for every field that cannot.
pub fn check_availability(statement: &Availability) -> Result<(), Vec<Fault>> {
    let mut faults = Vec::new();
    if statement.label.trim().is_empty() || statement.label.chars().count() > 100 {
        faults.push(Fault::invalid("label", Rule::Characters(1, 100)));
    }
    match &statement.pattern {
        AvailabilityPattern::Weekly { weekday, from, until, .. } => {
            if *weekday > 6 {
                faults.push(Fault::invalid("when.weekly.weekdays", Rule::Weekday));
            }
            if from.zip(*until).is_some_and(|(from, until)| until < from) {
                faults.push(Fault::invalid("when.weekly.endsOn", Rule::FirstDayOrLater));
            }
        }
        AvailabilityPattern::Dated(span) => {
            if span.is_empty() {
                faults.push(Fault::invalid("when.once.endsAt", Rule::AfterTheStart));
            }
        }
    }
    if faults.is_empty() { Ok(()) } else { Err(faults) }
}

#[cfg(test)]
mod tests {
    use jiff::{Timestamp, civil};
    use uuid::Uuid;

    use super::*;
    use crate::{id::AvailabilityId, schedules::TimeBand, time::Span};

    #[test]
    fn a_class_that_ends_before_it_begins_is_refused() {
        let class = |until| Availability {
            id: AvailabilityId::from_uuid(Uuid::nil()),
            available: false,
            pattern: AvailabilityPattern::Weekly {
                weekday: 1,
                band: TimeBand { from: civil::time(13, 30, 0, 0), to: civil::time(17, 0, 0, 0) },
                from: Some(civil::date(2026, 3, 1)),
                until: Some(until),
            },
            label: "statistics class".into(),
        };
        assert_eq!(check_availability(&class(civil::date(2026, 6, 30))), Ok(()));
        let faults = check_availability(&class(civil::date(2026, 2, 1))).expect_err("no class");
        assert_eq!(faults[0].path, ["when", "weekly", "endsOn"]);
        let empty = Availability {
            pattern: AvailabilityPattern::Dated(Span::of_seconds(Timestamp::UNIX_EPOCH, 0)),
            label: " ".into(),
            ..class(civil::date(2026, 6, 30))
        };
        assert_eq!(check_availability(&empty).expect_err("two faults").len(), 2);
    }
}
