use jiff::tz::TimeZone;

use super::{
    BrokenRule, News, PeriodNews, PostNews, RefusalNews, RoleName, RoleNews, ShiftChange,
    ShiftNews, SwapNews,
    when::{day, instant, span},
};
use crate::{
    fault::Language,
    id::{AgentId, SiteId},
    requests::SwapRefusalCode,
};

/// For whom the words are made.
#[derive(Debug, Clone)]
pub struct Setting<'a> {
    /// Language of the reader.
    pub language: Language,
    /// Zone of [`News::clock`].
    pub zone: &'a TimeZone,
    /// Name of the colleague that is meant, if the reader may know it.
    pub colleague: Option<&'a str>,
}

/// Whose clock is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clock<'a> {
    /// That of a site.
    Site(SiteId),
    /// That of an IANA zone.
    Zone(&'a str),
}

impl News {
    /// The clock by which its times are read.
    #[must_use]
    pub fn clock(&self) -> Clock<'_> {
        match self {
            Self::ShiftSwapProposed(SwapNews { site, .. })
            | Self::ShiftSwapAccepted(SwapNews { site, .. })
            | Self::ShiftSwapApproved(SwapNews { site, .. })
            | Self::ShiftSwapDenied(SwapNews { site, .. })
            | Self::ShiftSwapRefused(RefusalNews { site, .. })
            | Self::ShiftSwapWithdrawn(SwapNews { site, .. })
            | Self::ShiftSwapExpired(SwapNews { site, .. })
            | Self::SchedulePublished(PeriodNews { site, .. })
            | Self::ShiftChanged(ShiftNews { site, .. })
            | Self::PostChanged(PostNews { site, .. }) => Clock::Site(*site),
            Self::RoleGiven(RoleNews { zone, .. }) | Self::RoleEnded(RoleNews { zone, .. }) => {
                Clock::Zone(zone)
            }
        }
    }

    /// The colleague that is meant, if one is.
    #[must_use]
    pub const fn colleague(&self) -> Option<AgentId> {
        match self {
            Self::ShiftSwapProposed(values)
            | Self::ShiftSwapAccepted(values)
            | Self::ShiftSwapApproved(values)
            | Self::ShiftSwapDenied(values)
            | Self::ShiftSwapWithdrawn(values)
            | Self::ShiftSwapExpired(values) => values.colleague,
            _ => None,
        }
    }

    /// Its values by name, as text: for clients that build a sentence of their own.
    #[must_use]
    pub fn params(&self) -> Vec<(&'static str, String)> {
        let mut params = Vec::new();
        let shift = |span: &crate::time::Span| {
            [("startsAt", span.start().to_string()), ("endsAt", span.end().to_string())]
        };
        match self {
            Self::ShiftSwapProposed(values)
            | Self::ShiftSwapAccepted(values)
            | Self::ShiftSwapApproved(values)
            | Self::ShiftSwapDenied(values)
            | Self::ShiftSwapWithdrawn(values)
            | Self::ShiftSwapExpired(values) => params.extend(shift(&values.shift)),
            Self::ShiftSwapRefused(RefusalNews { shift: span, reason, rule, .. }) => {
                params.extend(shift(span));
                params.push(("reason", reason.as_str().to_owned()));
                if let Some(BrokenRule { rule, figures }) = rule {
                    params.push(("rule", rule.as_str().to_owned()));
                    if let Some((measured, limit)) = figures {
                        params.push(("measured", measured.to_string()));
                        params.push(("limit", limit.to_string()));
                    }
                }
            }
            Self::SchedulePublished(PeriodNews { first, last, .. }) => {
                params.push(("startsOn", first.to_string()));
                params.push(("endsOn", last.to_string()));
            }
            Self::ShiftChanged(ShiftNews { change, before, after, .. }) => {
                params.push(("change", change.as_str().to_owned()));
                params.push(("startedAt", before.start().to_string()));
                params.extend(shift(after));
            }
            Self::RoleGiven(RoleNews { role, at, .. })
            | Self::RoleEnded(RoleNews { role, at, .. }) => {
                let name = match role {
                    RoleName::BuiltIn(role) => role.as_str().to_owned(),
                    RoleName::Own(name) => name.clone(),
                };
                params.extend([("role", name), ("at", at.to_string())]);
            }
            Self::PostChanged(PostNews { post, at, .. }) => {
                params.extend([("post", post.clone()), ("at", at.to_string())]);
            }
        }
        params
    }

    /// The sentence for a person.
    #[must_use]
    pub fn message(&self, setting: &Setting<'_>) -> String {
        match setting.language {
            Language::English => self.english(setting),
            Language::Chinese => self.chinese(setting),
        }
    }

    fn english(&self, setting: &Setting<'_>) -> String {
        let Setting { language, zone, colleague } = setting;
        let who = colleague.unwrap_or("a colleague");
        let when = |shift: &_| span(*shift, zone, *language);
        match self {
            Self::ShiftSwapProposed(SwapNews { shift, .. }) => {
                let who = colleague.unwrap_or("A colleague");
                format!("{who} offers you the shift of {}.", when(shift))
            }
            Self::ShiftSwapAccepted(SwapNews { shift, .. }) => format!(
                "The shift of {} that you offered was taken by {who}. A leader has yet to decide.",
                when(shift)
            ),
            Self::ShiftSwapApproved(SwapNews { shift, .. }) => format!(
                "The swap of the shift of {} with {who} is done: your schedule has changed.",
                when(shift)
            ),
            Self::ShiftSwapDenied(SwapNews { shift, .. }) => {
                format!("The swap of the shift of {} was turned down.", when(shift))
            }
            Self::ShiftSwapRefused(RefusalNews { shift, reason, rule, .. }) => {
                let why = match (reason, rule) {
                    (_, Some(rule)) => broken(rule, *language),
                    (SwapRefusalCode::AlreadyTaken, None) => "a colleague was faster".to_owned(),
                    (SwapRefusalCode::NoticeTooShort, None) => "it is too late for it".to_owned(),
                    (SwapRefusalCode::ShiftSwapDisabled, None) => {
                        "swapping is switched off".to_owned()
                    }
                    (_, None) => "it can no longer be taken".to_owned(),
                };
                format!("You could not take the shift of {}: {why}.", when(shift))
            }
            Self::ShiftSwapWithdrawn(SwapNews { shift, .. }) => {
                format!("The offer of the shift of {} was taken back.", when(shift))
            }
            Self::ShiftSwapExpired(SwapNews { shift, .. }) => {
                format!("The offer of the shift of {} has lapsed.", when(shift))
            }
            Self::SchedulePublished(PeriodNews { first, last, .. }) => format!(
                "Your schedule from {} to {} was published.",
                day(*first, *language),
                day(*last, *language)
            ),
            Self::ShiftChanged(ShiftNews { change, before, after, .. }) => match change {
                ShiftChange::Moved => {
                    format!("Your shift of {} is now {}.", when(before), when(after))
                }
                ShiftChange::Given => format!("You were given the shift of {}.", when(after)),
                ShiftChange::Taken => {
                    format!("The shift of {} is no longer yours.", when(before))
                }
            },
            Self::RoleGiven(RoleNews { role, at, .. }) => format!(
                "You have the role {} from {} on.",
                role.title(*language),
                instant(*at, zone, *language)
            ),
            Self::RoleEnded(RoleNews { role, at, .. }) => format!(
                "Your role {} ends at {}.",
                role.title(*language),
                instant(*at, zone, *language)
            ),
            Self::PostChanged(PostNews { post, at, .. }) => {
                let at = instant(*at, zone, *language);
                format!("From {at} on your post is {}.", post.replace('_', " "))
            }
        }
    }

    fn chinese(&self, setting: &Setting<'_>) -> String {
        let Setting { language, zone, colleague } = setting;
        let who = colleague.unwrap_or("同事");
        let when = |shift: &_| span(*shift, zone, *language);
        match self {
            Self::ShiftSwapProposed(SwapNews { shift, .. }) => {
                format!("{who}向您提出转让班次：{}。", when(shift))
            }
            Self::ShiftSwapAccepted(SwapNews { shift, .. }) => {
                format!("您提出的班次（{}）已由{who}接受，等待班组长审批。", when(shift))
            }
            Self::ShiftSwapApproved(SwapNews { shift, .. }) => {
                format!("您与{who}的换班（{}）已生效，您的班表已更新。", when(shift))
            }
            Self::ShiftSwapDenied(SwapNews { shift, .. }) => {
                format!("换班（{}）未获同意。", when(shift))
            }
            Self::ShiftSwapRefused(RefusalNews { shift, reason, rule, .. }) => {
                let why = match (reason, rule) {
                    (_, Some(rule)) => broken(rule, *language),
                    (SwapRefusalCode::AlreadyTaken, None) => "已被同事抢先".to_owned(),
                    (SwapRefusalCode::NoticeTooShort, None) => "已过截止时间".to_owned(),
                    (SwapRefusalCode::ShiftSwapDisabled, None) => "换班功能已关闭".to_owned(),
                    (_, None) => "该班次已无法接受".to_owned(),
                };
                format!("您未能接受班次（{}）：{why}。", when(shift))
            }
            Self::ShiftSwapWithdrawn(SwapNews { shift, .. }) => {
                format!("换班申请（{}）已撤回。", when(shift))
            }
            Self::ShiftSwapExpired(SwapNews { shift, .. }) => {
                format!("换班申请（{}）已过期。", when(shift))
            }
            Self::SchedulePublished(PeriodNews { first, last, .. }) => {
                format!("您 {} 至 {} 的班表已发布。", day(*first, *language), day(*last, *language))
            }
            Self::ShiftChanged(ShiftNews { change, before, after, .. }) => match change {
                ShiftChange::Moved => {
                    format!("您的班次 {} 已改为 {}。", when(before), when(after))
                }
                ShiftChange::Given => format!("您被安排了班次：{}。", when(after)),
                ShiftChange::Taken => format!("班次 {} 不再由您承担。", when(before)),
            },
            Self::RoleGiven(RoleNews { role, at, .. }) => format!(
                "自 {} 起，您拥有角色：{}。",
                instant(*at, zone, *language),
                role.title(*language)
            ),
            Self::RoleEnded(RoleNews { role, at, .. }) => format!(
                "您的角色“{}”将于 {} 终止。",
                role.title(*language),
                instant(*at, zone, *language)
            ),
            Self::PostChanged(PostNews { post, at, .. }) => {
                format!("自 {} 起，您的岗位为 {post}。", instant(*at, zone, *language))
            }
        }
    }
}

/// The rule in the way, with its figures where the reader may know them.
fn broken(broken: &BrokenRule, language: Language) -> String {
    let BrokenRule { rule, figures } = broken;
    let title = rule.title(language);
    match (figures, language) {
        (Some((measured, limit)), Language::English) => {
            format!("{title}: {measured}, the limit is {limit}")
        }
        (Some((measured, limit)), Language::Chinese) => {
            format!("{title}，实际 {measured}，限值 {limit}")
        }
        (None, Language::English) => format!("{title} of your colleague"),
        (None, Language::Chinese) => format!("同事的{title}"),
    }
}

impl RoleName {
    fn title(&self, language: Language) -> &str {
        match self {
            Self::BuiltIn(role) => role.title(language),
            Self::Own(name) => name,
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil;
    use uuid::Uuid;

    use super::*;
    use crate::{
        identity::Role,
        schedules::{Quantity, RuleCode},
        time::{Span, instant_of_local},
    };

    fn shanghai() -> TimeZone {
        TimeZone::get("Asia/Shanghai").expect("zone")
    }

    fn site() -> SiteId {
        SiteId::from_uuid(Uuid::from_u128(1))
    }

    fn early() -> Span {
        let local = civil::date(2026, 3, 4).at(7, 0, 0, 0);
        Span::of_seconds(instant_of_local(local, &shanghai()).0, 8 * 3600)
    }

    fn both(news: &News, colleague: Option<&str>) -> [String; 2] {
        [Language::English, Language::Chinese]
            .map(|language| news.message(&Setting { language, zone: &shanghai(), colleague }))
    }

    #[test]
    fn a_swap_is_told_by_the_clock_of_its_site_in_the_language_of_the_reader() {
        let colleague = Some(AgentId::from_uuid(Uuid::from_u128(2)));
        let news = News::ShiftSwapApproved(SwapNews { site: site(), shift: early(), colleague });
        let named = [
            "The swap of the shift of Wed 4 Mar 07:00–15:00 with Zhou Wei is done: your schedule has changed.",
            "您与Zhou Wei的换班（3月4日（周三） 07:00–15:00）已生效，您的班表已更新。",
        ];
        assert_eq!(both(&news, Some("Zhou Wei")), named);
        assert!(both(&news, None)[0].contains("with a colleague"), "no name that is not known");
        let times = [("startsAt", "2026-03-03T23:00:00Z"), ("endsAt", "2026-03-04T07:00:00Z")];
        assert_eq!(news.params(), times.map(|(name, value)| (name, value.to_owned())));
    }

    #[test]
    fn a_refusal_says_which_rule_and_by_how_much() {
        let figures = Some((Quantity::Seconds(9 * 3600), Quantity::Seconds(11 * 3600)));
        let refusal = |reason, rule| {
            let (site, shift) = (site(), early());
            both(&News::ShiftSwapRefused(RefusalNews { site, shift, reason, rule }), None)
        };
        let rule = BrokenRule { rule: RuleCode::MinRest, figures };
        let [english, chinese] = refusal(SwapRefusalCode::RuleViolated, Some(rule));
        assert!(
            english.ends_with(": Rest between two shifts: 9 h, the limit is 11 h."),
            "{english}"
        );
        assert!(chinese.ends_with("：两班之间的休息，实际 9 h，限值 11 h。"), "{chinese}");
        let rule = BrokenRule { rule: RuleCode::Availability, figures: None };
        let [english, _] = refusal(SwapRefusalCode::RuleViolated, Some(rule));
        assert!(english.ends_with(": Availability of your colleague."), "{english}");
        let [english, chinese] = refusal(SwapRefusalCode::AlreadyTaken, None);
        assert!(
            english.ends_with("a colleague was faster.") && chinese.ends_with("已被同事抢先。")
        );
    }

    #[test]
    fn plans_roles_and_posts_are_told_with_their_days() {
        let (first, last) = (civil::date(2026, 3, 2), civil::date(2026, 3, 29));
        let published = News::SchedulePublished(PeriodNews { site: site(), first, last });
        let expected = [
            "Your schedule from Mon 2 Mar to Sun 29 Mar was published.",
            "您 3月2日（周一） 至 3月29日（周日） 的班表已发布。",
        ];
        assert_eq!(both(&published, None), expected);
        let (change, before) = (ShiftChange::Moved, early());
        let after =
            Span::of_seconds(before.start() + jiff::SignedDuration::from_hours(2), 8 * 3600);
        let moved = News::ShiftChanged(ShiftNews { site: site(), change, before, after });
        let [english, _] = both(&moved, None);
        assert_eq!(english, "Your shift of Wed 4 Mar 07:00–15:00 is now Wed 4 Mar 09:00–17:00.");
        let role = RoleName::BuiltIn(Role::TeamLeader);
        let given = News::RoleGiven(RoleNews {
            role,
            at: before.start(),
            zone: "Asia/Shanghai".to_owned(),
        });
        let expected = [
            "You have the role team leader from Wed 4 Mar 07:00 on.",
            "自 3月4日（周三） 07:00 起，您拥有角色：班组长。",
        ];
        assert_eq!(both(&given, None), expected);
    }
}
