use super::{Grant, Permission, Role, matrix::reach};
use crate::fault::Fault;

/// Whether a person may be given a role for this time.
///
/// # Errors
/// INVALID_VALUE at `role` for the role of programs, at `endsAt` when it would never hold.
pub fn check_grant(grant: &Grant) -> Result<(), Vec<Fault>> {
    let mut faults = Vec::new();
    if grant.role == Role::PartnerClient {
        faults.push(Fault::invalid("role", "a role of people; programs get an API client"));
    }
    if grant.until.is_some_and(|until| until <= grant.from) {
        faults.push(Fault::invalid("endsAt", "after the first instant"));
    }
    if faults.is_empty() { Ok(()) } else { Err(faults) }
}

/// Reads the scopes of a partner's key: codes of permissions that programs can have at all.
///
/// # Errors
/// INVALID_VALUE at `scopes` without any, at `scopes.N` for each that no program can have.
pub fn client_scopes(codes: &[String]) -> Result<Vec<Permission>, Vec<Fault>> {
    let (mut scopes, mut faults) = (Vec::new(), Vec::new());
    for (at, code) in codes.iter().enumerate() {
        let known = code.parse::<Permission>().ok();
        match known.filter(|scope| reach(Role::PartnerClient, *scope).is_some()) {
            Some(scope) if scopes.contains(&scope) => {}
            Some(scope) => scopes.push(scope),
            None => {
                let rule = "a permission that programs can have, such as history:read";
                faults.push(Fault::invalid(&format!("scopes.{at}"), rule));
            }
        }
    }
    if codes.is_empty() {
        faults.push(Fault::invalid("scopes", "at least one scope"));
    }
    if faults.is_empty() { Ok(scopes) } else { Err(faults) }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::identity::Scope;

    #[test]
    fn a_person_gets_no_role_of_programs_and_none_that_never_holds() {
        let from = Timestamp::UNIX_EPOCH;
        let grant = |role, until| Grant { role, scope: Scope::Tenant, from, until };
        assert_eq!(check_grant(&grant(Role::Planner, None)), Ok(()));
        let faults = check_grant(&grant(Role::PartnerClient, Some(from))).expect_err("two faults");
        assert_eq!(faults.len(), 2);
    }

    #[test]
    fn a_key_has_no_scope_on_personal_files() {
        let codes = ["history:read", "history:read", "quality_file:read", "nonsense"];
        let faults = client_scopes(&codes.map(String::from)).expect_err("two faults");
        let paths: Vec<_> = faults.iter().map(|fault| fault.path.join(".")).collect();
        assert_eq!(paths, ["scopes.2", "scopes.3"]);
        let scopes = client_scopes(&codes[..2].iter().map(ToString::to_string).collect::<Vec<_>>());
        assert_eq!(scopes, Ok(vec![Permission::HistoryRead]));
        assert!(client_scopes(&[]).is_err());
    }
}
