use trunkline_domain::fault::FaultCode;

use crate::{boot::StartFault, error::AppError};

/// What is wrong, at the options that a person typed: use cases know fields of inputs. Each is a field,
/// its option, and what was typed there, which is named where there is one with this value already;
/// empty = it is not told.
pub(super) fn by_options(error: AppError, options: &[(&str, &str, &str)]) -> StartFault {
    let AppError::Faults(mut faults) = error else { return error.into() };
    for fault in &mut faults {
        let is_taken = fault.code == FaultCode::Duplicate;
        for name in &mut fault.path {
            let typed = options.iter().find(|(field, ..)| *field == name.as_str());
            let Some((_, option, value)) = typed else { continue };
            *name = match *value {
                value if is_taken && !value.is_empty() => format!("{option} {value}"),
                _ => (*option).to_owned(),
            };
        }
    }
    AppError::Faults(faults).into()
}

#[cfg(test)]
mod tests {
    use trunkline_domain::fault::{Fault, Rule};

    use super::*;

    const OPTIONS: &[(&str, &str, &str)] = &[("agentId", "--agent", "7")];

    #[test]
    fn a_fault_names_the_option_with_the_value_that_is_taken_and_not_the_field() {
        let fault = |field| AppError::from(Fault::new(FaultCode::Duplicate).at(field));
        let text = |field| by_options(fault(field), OPTIONS).to_string();
        assert_eq!(text("agentId"), "--agent 7: There is one with this value already.");
        assert_eq!(text("other"), "other: There is one with this value already.");
    }

    #[test]
    fn a_value_that_breaks_a_rule_is_not_repeated() {
        let fault = AppError::from(Fault::invalid("agentId", Rule::CharactersAtMost(3)));
        assert_eq!(by_options(fault, OPTIONS).to_string(), "--agent: at most 3 characters");
    }
}
