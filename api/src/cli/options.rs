use crate::{boot::StartFault, error::AppError};

/// What is wrong, at the options that a person typed: use cases know fields of inputs. Each pair is a
/// field and its option.
pub(super) fn by_options(error: AppError, options: &[(&str, &str)]) -> StartFault {
    let AppError::Faults(mut faults) = error else { return error.into() };
    for name in faults.iter_mut().flat_map(|fault| &mut fault.path) {
        if let Some((_, option)) = options.iter().find(|(field, _)| *field == name.as_str()) {
            *name = (*option).to_owned();
        }
    }
    AppError::Faults(faults).into()
}

#[cfg(test)]
mod tests {
    use trunkline_domain::fault::{Fault, FaultCode};

    use super::*;

    #[test]
    fn a_fault_names_the_option_and_not_the_field() {
        let fault = |field| AppError::from(Fault::new(FaultCode::Duplicate).at(field));
        let text = |field| by_options(fault(field), &[("agentId", "--agent")]).to_string();
        assert_eq!(text("agentId"), "--agent: There is one with this value already.");
        assert_eq!(text("other"), "other: There is one with this value already.");
    }
}
