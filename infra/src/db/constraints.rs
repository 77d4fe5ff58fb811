//! What the named constraints of the schema mean to a user.

use trunkline_domain::fault::{Fault, FaultCode};

/// Constraint, code, and the field of the input that broke it.
const MEANINGS: &[(&str, FaultCode, &str)] = &[
    ("tenant_slug_unique", FaultCode::Duplicate, "slug"),
    ("site_code_unique", FaultCode::Duplicate, "code"),
    ("team_code_unique", FaultCode::Duplicate, "code"),
    ("skill_code_unique", FaultCode::Duplicate, "code"),
    ("queue_code_unique", FaultCode::Duplicate, "code"),
    ("app_user_email_unique", FaultCode::Duplicate, "email"),
    ("app_user_agent_unique", FaultCode::Duplicate, "agentId"),
    ("api_client_name_unique", FaultCode::Duplicate, "name"),
    ("user_identity_pkey", FaultCode::Duplicate, "subject"),
    ("user_identity_user_unique", FaultCode::Duplicate, "userId"),
    ("custom_role_name_unique", FaultCode::Duplicate, "name"),
    ("agent_number_unique", FaultCode::Duplicate, "number"),
    ("contract_no_overlap", FaultCode::Overlap, "from"),
    ("assignment_no_overlap", FaultCode::Overlap, "from"),
    ("file_entry_corrects_unique", FaultCode::InvalidState, "correctsId"),
    ("kpi_target_scope_unique", FaultCode::Duplicate, "validFrom"),
    ("schedule_one_published", FaultCode::Overlap, "scheduleId"),
    ("rest_given_pkey", FaultCode::Duplicate, "earnedOn"),
    ("rest_given_day_unique", FaultCode::Duplicate, "restOn"),
    ("shift_pattern_name_unique", FaultCode::Duplicate, "name"),
    ("shift_no_overlap", FaultCode::Overlap, "startsAt"),
    ("shift_swap_offered_running_unique", FaultCode::ShiftSwapAlreadyOpen, "offeredShiftId"),
    ("shift_swap_return_running_unique", FaultCode::ShiftSwapAlreadyOpen, "returnShiftId"),
];

/// The fault that a refusing constraint stands for; `None` = no user can mend it.
pub(super) fn fault_of(constraint: &str) -> Option<Fault> {
    if let Some((_, code, field)) = MEANINGS.iter().find(|(name, ..)| *name == constraint) {
        return Some(Fault::new(*code).at(field).with("field", *field));
    }
    // A foreign key names the table and the field: what it points at is not there for this tenant.
    let field = constraint.strip_suffix("_fkey")?.rsplit('_').next()?;
    Some(Fault::not_found(&format!("{field}Id")))
}
