//! What of a person hardly anybody may read: who sees it, and how it is covered.

use std::fmt;

use jiff::Timestamp;

use crate::{
    fault::{Fault, Rule},
    identity::{Permission, Subject, Target, Viewer},
};

/// A field that is covered for most readers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PrivateField {
    /// Where the person lives.
    HomeAddress,
    /// Number of the identity card or passport.
    NationalId,
    /// Whom to call.
    EmergencyContact,
}

impl PrivateField {
    /// All fields.
    pub const ALL: [Self; 3] = [Self::HomeAddress, Self::NationalId, Self::EmergencyContact];

    /// Stable name, as sealed and as the audit tells what was read.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::HomeAddress => "home_address",
            Self::NationalId => "national_id",
            Self::EmergencyContact => "emergency_contact",
        }
    }

    /// Name in the API.
    #[must_use]
    pub const fn api_name(self) -> &'static str {
        match self {
            Self::HomeAddress => "homeAddress",
            Self::NationalId => "nationalId",
            Self::EmergencyContact => "emergencyContact",
        }
    }

    /// Reads what a person says.
    ///
    /// # Errors
    /// INVALID_VALUE at `path`, without the value: an address or contact of 1 to 300 characters, a
    /// number of 6 to 32 letters, digits and hyphens.
    pub fn parse(self, text: &str, path: &str) -> Result<PrivateText, Fault> {
        let text = text.trim();
        let length = text.chars().count();
        match self {
            Self::NationalId => {
                let fits = |it: char| it.is_ascii_alphanumeric() || it == '-';
                if !(6..=32).contains(&length) || !text.chars().all(fits) {
                    return Err(Fault::invalid(path, Rule::IdNumber));
                }
                Ok(PrivateText(text.to_ascii_uppercase()))
            }
            Self::HomeAddress | Self::EmergencyContact => {
                if !(1..=300).contains(&length) {
                    return Err(Fault::invalid(path, Rule::Characters(1, 300)));
                }
                Ok(PrivateText(text.to_owned()))
            }
        }
    }
}

/// A text that no log shows.
#[derive(Clone, PartialEq, Eq)]
pub struct PrivateText(String);

impl PrivateText {
    /// A text that was parsed when it was stored.
    #[must_use]
    pub const fn stored(text: String) -> Self {
        Self(text)
    }

    /// The text itself, for who may read it.
    #[must_use]
    pub fn uncovered(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PrivateText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(COVER)
    }
}

/// What stands in the place of what is covered.
const COVER: &str = "****";

/// How a text is shown that is there and may not be read: no part of it.
#[must_use]
pub const fn covered() -> &'static str {
    COVER
}

/// How much of the private fields of a person somebody sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PrivateView {
    /// All, once they ask for it; each such reading is written down.
    Full,
    /// That there is something.
    Covered,
    /// Nothing, not even whether there is something.
    Nothing,
}

impl Viewer {
    /// What the viewer sees of the private fields of `person`: the person and the office that hires all,
    /// other readers of the development file a cover, everybody else and every program nothing.
    #[must_use]
    pub fn private_view(&self, person: &Target, now: Timestamp) -> PrivateView {
        if matches!(self.subject, Subject::Client(_)) {
            PrivateView::Nothing
        } else if self.sees(Permission::AgentPrivateRead, person, now) {
            PrivateView::Full
        } else if self.sees(Permission::DevelopmentFileRead, person, now) {
            PrivateView::Covered
        } else {
            PrivateView::Nothing
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use uuid::Uuid;

    use super::*;
    use crate::{
        id::Id,
        identity::{Grant, Role, Scope},
    };

    fn id<K>(n: u128) -> Id<K> {
        Id::from_uuid(Uuid::from_u128(n))
    }

    fn viewer(role: Role, scope: Scope) -> Viewer {
        let from = Timestamp::UNIX_EPOCH;
        Viewer {
            subject: Subject::User(id(9)),
            grants: vec![Grant { role, scope, from, until: None }],
            ..Viewer::system(id(1))
        }
    }

    fn seen(viewer: &Viewer) -> PrivateView {
        viewer.private_view(&Target::person(id(1), Some(id(2)), id(3)), Timestamp::UNIX_EPOCH)
    }

    #[test]
    fn the_person_and_hr_see_all_the_line_a_cover_and_others_nothing() {
        use PrivateView::{Covered, Full, Nothing};
        for (role, scope, view) in [
            (Role::Agent, Scope::Own(id(3), id(1)), Full),
            (Role::Agent, Scope::Own(id(4), id(1)), Nothing),
            (Role::Hr, Scope::Tenant, Full),
            (Role::TeamLeader, Scope::Team(id(2), id(1)), Covered),
            (Role::TeamLeader, Scope::Team(id(5), id(1)), Nothing),
            (Role::SiteManager, Scope::Site(id(1)), Covered),
            (Role::Auditor, Scope::Tenant, Covered),
            (Role::Planner, Scope::Site(id(1)), Nothing),
            (Role::HeadOffice, Scope::Tenant, Nothing),
            (Role::QualityAnalyst, Scope::Tenant, Nothing),
            (Role::Finance, Scope::Tenant, Nothing),
            (Role::TenantAdmin, Scope::Tenant, Nothing),
        ] {
            assert_eq!(seen(&viewer(role, scope)), view, "{role:?}");
        }
    }

    #[test]
    fn a_program_sees_nothing_whatever_its_scopes_say() {
        let hr = viewer(Role::Hr, Scope::Tenant);
        let scopes =
            BTreeSet::from([Permission::AgentPrivateRead, Permission::DevelopmentFileRead]);
        let program = Viewer { subject: Subject::Client(id(8)), scopes: Some(scopes), ..hr };
        assert_eq!(seen(&program), PrivateView::Nothing);
    }

    #[test]
    fn a_cover_and_a_log_show_no_part_of_a_number() {
        let number = PrivateField::NationalId.parse(" 11010119900307123x", "nationalId");
        let number = number.expect("a number");
        assert_eq!(number.uncovered(), "11010119900307123X");
        assert_eq!(covered(), "****");
        assert_eq!(format!("{number:?}"), "****");
    }

    #[test]
    fn what_does_not_fit_is_refused_without_repeating_it() {
        let fault = PrivateField::NationalId.parse("12 34 56", "nationalId").expect_err("spaces");
        assert!(!format!("{fault:?}").contains("34"));
        assert!(PrivateField::HomeAddress.parse("  ", "homeAddress").is_err());
        assert!(PrivateField::EmergencyContact.parse(&"x".repeat(301), "it").is_err());
    }
}
