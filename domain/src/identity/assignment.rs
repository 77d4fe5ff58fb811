use jiff::Timestamp;

use super::Role;
use crate::fault::{Fault, FaultCode, Rule};

/// Whether a person may be given a role for this time; `role` is `None` for one of the tenant's own.
///
/// # Errors
/// INVALID_VALUE at `role` for the role of programs, at `endsAt` when it would never hold.
pub fn check_times(
    role: Option<Role>,
    from: Timestamp,
    until: Option<Timestamp>,
) -> Result<(), Vec<Fault>> {
    let mut faults = Vec::new();
    if role == Some(Role::PartnerClient) {
        faults.push(Fault::invalid("role", Rule::RoleOfPeople));
    }
    if until.is_some_and(|until| until <= from) {
        faults.push(Fault::invalid("endsAt", Rule::AfterTheStart));
    }
    if faults.is_empty() { Ok(()) } else { Err(faults) }
}

/// Whether somebody is left who can administer the tenant, after a change that takes rights away.
/// `administrators` are active users who administer the whole tenant now and without an end.
///
/// # Errors
/// LAST_ADMINISTRATOR at `path` when nobody is.
pub fn check_administered(administrators: i64, path: &str) -> Result<(), Fault> {
    if administrators > 0 { Ok(()) } else { Err(Fault::new(FaultCode::LastAdministrator).at(path)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_gets_no_role_of_programs_and_none_that_never_holds() {
        let from = Timestamp::UNIX_EPOCH;
        assert_eq!(check_times(Some(Role::Planner), from, None), Ok(()));
        assert_eq!(check_times(None, from, None), Ok(()));
        let faults = check_times(Some(Role::PartnerClient), from, Some(from)).expect_err("two");
        assert_eq!(faults.len(), 2);
    }

    #[test]
    fn a_tenant_keeps_somebody_who_administers_it() {
        assert_eq!(check_administered(1, "userId"), Ok(()));
        let fault = check_administered(0, "userId").expect_err("nobody is left");
        assert_eq!((fault.code, fault.path), (FaultCode::LastAdministrator, vec!["userId".into()]));
    }
}
