//! Forms that every company can score with.

use std::sync::LazyLock;

use super::{EvaluationForm, FormItem, ItemKind, VetoPolicy};

/// Code, English and Chinese text, weight and kind of the items of "Inbound service".
const INBOUND_SERVICE: [(&str, &str, &str, i64, ItemKind); 10] = {
    use ItemKind::{Business, Compliance, Customer, NonCritical};
    [
        ("1.1", "Greeting", "开场问候", 5, NonCritical),
        ("1.2", "Identity check", "身份核实", 10, Compliance),
        ("2.1", "Listens and confirms", "倾听并确认", 10, NonCritical),
        ("2.2", "Right questions", "提问得当", 10, NonCritical),
        ("3.1", "Correct answer", "解答正确", 20, Customer),
        ("3.2", "Complete, with next steps", "完整并说明后续步骤", 15, NonCritical),
        ("4.1", "Record is correct", "记录正确", 10, Business),
        ("4.2", "Rule for hold and transfer", "保持与转接规范", 5, NonCritical),
        ("5.1", "Courtesy and calm", "礼貌与耐心", 10, Customer),
        ("5.2", "Closing", "结束语", 5, NonCritical),
    ]
};

static FORMS: LazyLock<[EvaluationForm; 1]> = LazyLock::new(|| {
    let items = INBOUND_SERVICE.map(|(code, text_en, text_zh, weight, kind)| FormItem {
        code: code.into(),
        text_en: text_en.into(),
        text_zh: text_zh.into(),
        weight: weight.into(),
        kind,
    });
    [EvaluationForm {
        code: "inbound_service".into(),
        version: 3,
        name_en: "Inbound service".into(),
        name_zh: "呼入服务".into(),
        items: items.into(),
        policy: VetoPolicy::Zero,
    }]
});

impl EvaluationForm {
    /// Published forms, newest versions.
    #[must_use]
    pub fn published() -> &'static [Self] {
        &*FORMS
    }

    /// The published form of a code and version, if there is one.
    #[must_use]
    pub fn find(code: &str, version: u32) -> Option<&'static Self> {
        FORMS.iter().find(|form| form.code == code && form.version == version)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_published_form_can_be_published_and_is_found() {
        for form in EvaluationForm::published() {
            assert_eq!(form.check(), Ok(()));
            assert_eq!(EvaluationForm::find(&form.code, form.version), Some(form));
        }
        assert_eq!(EvaluationForm::find("inbound_service", 4), None);
    }
}
