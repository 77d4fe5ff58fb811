use std::borrow::Cow;

use crate::fault::Language;

/// Posts of a call centre by code, in English and Chinese.
const TITLES: &[(&str, &str, &str)] = &[
    ("agent", "agent", "客服专员"),
    ("senior_agent", "senior agent", "高级客服专员"),
    ("team_leader", "team leader", "班组长"),
    ("supervisor", "supervisor", "主管"),
    ("trainer", "trainer", "培训师"),
    ("planner", "planner", "排班专员"),
    ("quality_analyst", "quality analyst", "质检专员"),
    ("site_manager", "site manager", "职场经理"),
];

/// What a post is called within a sentence. A company may have posts of its own: those are called by
/// their code, with spaces between the words.
pub(super) fn post_title(code: &str, language: Language) -> Cow<'_, str> {
    match TITLES.iter().find(|(known, ..)| *known == code) {
        Some((_, english, chinese)) => Cow::Borrowed(language.pick(english, chinese)),
        None => Cow::Owned(code.replace('_', " ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_posts_have_a_title_in_both_languages_and_others_their_code() {
        for (code, english, chinese) in TITLES {
            crate::fault::assert_translated(code, english, chinese);
        }
        assert_eq!(post_title("team_leader", Language::Chinese), "班组长");
        assert_eq!(post_title("team_leader", Language::English), "team leader");
        assert_eq!(post_title("night_desk", Language::Chinese), "night desk");
    }
}
