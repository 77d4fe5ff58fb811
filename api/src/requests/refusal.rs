//! Refusals of the domain as faults of the API.

use trunkline_domain::{
    fault::{Fault, FaultCode},
    requests::SwapRefusal,
};

/// Where the input names what the domain calls so.
const FIELDS: &[(&str, &str)] = &[
    ("swap", "shiftSwapId"),
    ("shift", "offeredShiftId"),
    ("agent", "audience.agentId"),
    ("return_shift", "returnShiftId"),
    ("acceptable_windows", "acceptableWindows"),
];

fn path(name: &str) -> &str {
    FIELDS.iter().find(|(domain, _)| *domain == name).map_or(name, |(_, field)| field)
}

/// The refusal as the payload tells it.
pub(super) fn fault(refusal: &SwapRefusal) -> Fault {
    match refusal {
        SwapRefusal::NotFound { what } => Fault::not_found(path(what)),
        SwapRefusal::OwnSwap => Fault::new(FaultCode::Forbidden).at("shiftSwapId"),
        SwapRefusal::InvalidValue { field, rule } => Fault::invalid(path(field), rule.clone()),
        SwapRefusal::StaleVersion { current } => Fault::new(FaultCode::StaleVersion)
            .at("expectedVersion")
            .with("current", current.to_string()),
        SwapRefusal::InvalidState { state } => {
            Fault::new(FaultCode::InvalidState).with("state", state.as_str())
        }
        SwapRefusal::RuleViolated { .. } => Fault::new(FaultCode::RuleViolated),
        SwapRefusal::ShiftSwapDisabled => Fault::new(FaultCode::ShiftSwapDisabled),
        SwapRefusal::ShiftSwapAlreadyOpen => Fault::new(FaultCode::ShiftSwapAlreadyOpen),
        SwapRefusal::AlreadyTaken => Fault::new(FaultCode::AlreadyTaken),
        SwapRefusal::AlreadyYours => Fault::new(FaultCode::AlreadyYours),
        SwapRefusal::NoticeTooShort { ahead, least } => Fault::new(FaultCode::NoticeTooShort)
            .with("limit", least.to_string())
            .with("measured", ahead.to_string()),
    }
}
