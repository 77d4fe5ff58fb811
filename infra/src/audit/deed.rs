use std::fmt::Display;

use serde_json::{Map, json};
use trunkline_domain::agents::covered;

use crate::db::Json;

/// Something that was done, and what it changed. How the thing was before and is after cannot be
/// left out by forgetting it: each way to make a deed asks for its part.
///
/// Names in `before`, `after` and `detail` are those of the API, in camel case, and stay the same for
/// good. Secrets, hashes and what is sealed never stand there; of what only few may read stands
/// [`covered`], which says that it is there.
#[derive(Debug, Clone)]
pub struct Deed<'a> {
    pub(super) action: &'a str,
    pub(super) subject: String,
    pub(super) before: Option<Json>,
    pub(super) after: Option<Json>,
    pub(super) reason: Option<&'a str>,
    pub(super) rule_version: Option<String>,
    pub(super) detail: Json,
}

impl<'a> Deed<'a> {
    /// Something came to be that was not there: `after` is how it is. `action` is what was done, such
    /// as `site.create`, `subject` the id of the thing, as clients see it.
    #[must_use]
    pub fn made(action: &'a str, subject: impl Display, after: Json) -> Self {
        Self { after: Some(after), ..Self::without_change(action, subject) }
    }

    /// Something became another. Of both objects only those fields are kept that differ, and covered
    /// ones, of which nobody sees whether they do.
    #[must_use]
    pub fn changed(action: &'a str, subject: impl Display, before: Json, after: Json) -> Self {
        let (before, after) = differing(before, after);
        Self { before: Some(before), after: Some(after), ..Self::without_change(action, subject) }
    }

    /// Something is no more: `before` is how it was.
    #[must_use]
    pub fn removed(action: &'a str, subject: impl Display, before: Json) -> Self {
        Self { before: Some(before), ..Self::without_change(action, subject) }
    }

    /// Something was read whose reading is told: `detail` says what of it.
    #[must_use]
    pub fn read(action: &'a str, subject: impl Display, detail: Json) -> Self {
        Self { detail, ..Self::without_change(action, subject) }
    }

    /// Something was refused, and all is as before: `detail` says what was tried.
    #[must_use]
    pub fn refused(action: &'a str, subject: impl Display, detail: Json) -> Self {
        Self { detail, ..Self::without_change(action, subject) }
    }

    fn without_change(action: &'a str, subject: impl Display) -> Self {
        Self {
            action,
            subject: subject.to_string(),
            before: None,
            after: None,
            reason: None,
            rule_version: None,
            detail: json!({}),
        }
    }

    /// The same, done for a reason, in the words of who did it.
    #[must_use]
    pub fn because(self, reason: Option<&'a str>) -> Self {
        Self { reason: reason.filter(|text| !text.trim().is_empty()), ..self }
    }

    /// The same, judged by these versions of rules; none = no rules were asked.
    #[must_use]
    pub fn judged_by(self, rules: impl IntoIterator<Item = String>) -> Self {
        let rules: Vec<String> = rules.into_iter().collect();
        let rule_version = (!rules.is_empty()).then(|| rules.join(", "));
        Self { rule_version, ..self }
    }

    /// The same with what else a reader needs to understand it. An object.
    #[must_use]
    pub fn with(self, detail: Json) -> Self {
        Self { detail, ..self }
    }
}

/// The fields of two objects that differ or are covered. Anything else than objects is kept whole.
fn differing(before: Json, after: Json) -> (Json, Json) {
    let (Json::Object(before), Json::Object(after)) = (&before, &after) else {
        return (before, after);
    };
    let cover = covered();
    let differs = |name: &String| {
        let (old, new) = (before.get(name), after.get(name));
        old != new || new.and_then(Json::as_str) == Some(cover)
    };
    let kept = |fields: &Map<String, Json>| {
        let fields = fields.iter().filter(|(name, _)| differs(name));
        Json::Object(fields.map(|(name, value)| (name.clone(), value.clone())).collect())
    };
    (kept(before), kept(after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_change_only_what_differs_is_kept_and_what_is_covered() {
        let before = json!({"name": "Ostsee", "code": "OS", "secret": covered(), "gone": 1});
        let after = json!({"name": "Nordsee", "code": "OS", "secret": covered(), "new": [2]});
        let deed = Deed::changed("site.update", "sit_1", before, after);
        assert_eq!(deed.before, Some(json!({"name": "Ostsee", "secret": "****", "gone": 1})));
        assert_eq!(deed.after, Some(json!({"name": "Nordsee", "secret": "****", "new": [2]})));
    }

    #[test]
    fn an_empty_reason_and_no_rules_are_none() {
        let deed = Deed::made("site.create", "sit_1", json!({})).because(Some(" ")).judged_by([]);
        assert_eq!((deed.reason, deed.rule_version), (None, None));
        let deed = Deed::removed("a.b", "sit_1", json!({}));
        let deed = deed.judged_by(["wrs_1 v2".to_owned(), "wrs_1 v3".to_owned()]);
        assert_eq!(deed.rule_version.as_deref(), Some("wrs_1 v2, wrs_1 v3"));
        assert_eq!((deed.before, deed.after), (Some(json!({})), None));
    }
}
