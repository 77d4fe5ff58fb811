use super::{Code, Names};
use crate::id::SkillId;

/// A kind of work that can be routed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skill {
    /// Its id.
    pub id: SkillId,
    /// Short name, unique in the tenant.
    pub code: Code,
    /// Name.
    pub names: Names,
}
