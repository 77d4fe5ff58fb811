use async_graphql::{ObjectType, SubscriptionType};

use super::{
    callers::Caller,
    report::{Report, beginning},
    seed::IN_A_FILE,
    suite::Suite,
};

impl<Q, M, S> Suite<Q, M, S>
where
    Q: ObjectType + 'static,
    M: ObjectType + 'static,
    S: SubscriptionType + 'static,
{
    /// Looks for anything of the other company, of another site where the caller's rights end at one, of
    /// personal files where a program asks, and for answers that say nothing.
    pub(super) fn search(
        &self,
        place: &str,
        field: &str,
        caller: &Caller,
        answer: &str,
        report: &mut Report,
    ) {
        let canary = Some(self.other.canary).filter(|canary| answer.contains(canary));
        let mut found = canary.or_else(|| self.ids.foreign_in(answer));
        let mut closed = |canary: &'static str, is_closed: bool| {
            if is_closed && answer.contains(canary) {
                found = found.or(Some(canary));
            }
        };
        closed(self.elsewhere.canary, caller.is_local);
        closed(IN_A_FILE, caller.is_program);
        // A program may know who it is: in which company.
        closed(self.own.canary, caller.may_nothing && field != "viewer");
        if let Some(found) = found {
            report.failures.insert(format!("{place}: shows {found}"));
        }
        report.files += usize::from(answer.contains(IN_A_FILE));
        // A document that is no document, or a defect behind it, would hide the rest.
        if !answer.contains("\"code\":") && answer.contains("\"errors\":") {
            report.failures.insert(format!("{place}: {}", beginning(answer)));
        }
        if answer.contains("\"INTERNAL\"") {
            report.failures.insert(format!("{place}: {}", beginning(answer)));
        }
        report.own_canaries += usize::from(answer.contains(self.own.canary));
    }
}
