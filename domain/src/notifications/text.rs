use jiff::tz::TimeZone;

use super::{
    BrokenRule, InReturn, News, PeriodNews, PostNews, RefusalNews, RoleName, RoleNews, ShiftChange,
    ShiftNews, SwapNews, SwapSide, post_title::post_title,
};
use crate::{
    fault::Language,
    id::{AgentId, SiteId},
    requests::SwapRefusalCode,
    schedules::limit_clause,
    time::Span,
    when::{day, instant, span},
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
            | Self::ShiftSwapAwaitsDecision(SwapNews { site, .. })
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
            | Self::ShiftSwapAwaitsDecision(values)
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
        let shift = |span: &Span| {
            [("startsAt", span.start().to_string()), ("endsAt", span.end().to_string())]
        };
        match self {
            Self::ShiftSwapProposed(values)
            | Self::ShiftSwapAccepted(values)
            | Self::ShiftSwapAwaitsDecision(values)
            | Self::ShiftSwapApproved(values)
            | Self::ShiftSwapDenied(values)
            | Self::ShiftSwapWithdrawn(values)
            | Self::ShiftSwapExpired(values) => {
                params.extend(shift(&values.shift));
                if let InReturn::Shift(back) = values.in_return {
                    params.push(("returnStartsAt", back.start().to_string()));
                    params.push(("returnEndsAt", back.end().to_string()));
                }
                params.push(("side", values.side.as_str().to_owned()));
            }
            Self::ShiftSwapRefused(RefusalNews { shift: span, reason, rule, .. }) => {
                params.extend(shift(span));
                params.push(("reason", reason.as_str().to_owned()));
                if let Some(BrokenRule { rule, figures, bound }) = rule {
                    params.push(("rule", rule.as_str().to_owned()));
                    if let Some((measured, limit)) = figures {
                        params.push(("measured", measured.to_string()));
                        params.push(("limit", limit.to_string()));
                    }
                    params.extend(bound.map(|bound| ("bound", bound.as_str().to_owned())));
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
            Self::ShiftSwapProposed(SwapNews { shift, in_return, .. }) => {
                let who = colleague.unwrap_or("A colleague");
                let back = match in_return {
                    InReturn::Nothing => String::new(),
                    InReturn::Asked => " and asks for one of yours in return".to_owned(),
                    InReturn::Shift(back) => format!(" and asks for that of {}", when(back)),
                };
                format!("{who} offers you the shift of {}{back}.", when(shift))
            }
            Self::ShiftSwapAccepted(values) => format!(
                "{} takes an offer of yours: {}. A leader has yet to decide.",
                colleague.unwrap_or("A colleague"),
                exchanged(values, "you", zone, *language)
            ),
            Self::ShiftSwapAwaitsDecision(values) => format!(
                "A swap waits for your decision: {}.",
                exchanged(values, who, zone, *language)
            ),
            Self::ShiftSwapApproved(values) => format!(
                "The swap with {who} is done: {}. Your schedule has changed.",
                exchanged(values, "you", zone, *language)
            ),
            Self::ShiftSwapDenied(values) => {
                format!(
                    "The swap of the shift of {} was turned down.",
                    both(values, zone, *language)
                )
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
            Self::ShiftSwapWithdrawn(values) => {
                format!(
                    "The offer of the shift of {} was taken back.",
                    both(values, zone, *language)
                )
            }
            Self::ShiftSwapExpired(values) => {
                format!("The offer of the shift of {} has lapsed.", both(values, zone, *language))
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
                format!("From {at} on your post is {}.", post_title(post, *language))
            }
        }
    }

    fn chinese(&self, setting: &Setting<'_>) -> String {
        let Setting { language, zone, colleague } = setting;
        let who = colleague.unwrap_or("同事");
        let when = |shift: &_| span(*shift, zone, *language);
        match self {
            Self::ShiftSwapProposed(SwapNews { shift, in_return, .. }) => {
                let back = match in_return {
                    InReturn::Nothing => String::new(),
                    InReturn::Asked => "，并希望换得您的一个班次".to_owned(),
                    InReturn::Shift(back) => format!("，并希望换得 {}", when(back)),
                };
                format!("{who}向您提出转让班次：{}{back}。", when(shift))
            }
            Self::ShiftSwapAccepted(values) => format!(
                "{who}接受了您的换班：{}。等待班组长审批。",
                exchanged(values, "您", zone, *language)
            ),
            Self::ShiftSwapAwaitsDecision(values) => {
                format!("有换班等待您审批：{}。", exchanged(values, who, zone, *language))
            }
            Self::ShiftSwapApproved(values) => format!(
                "您与{who}的换班已生效：{}。您的班表已更新。",
                exchanged(values, "您", zone, *language)
            ),
            Self::ShiftSwapDenied(values) => {
                format!("换班（{}）未获同意。", both(values, zone, *language))
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
            Self::ShiftSwapWithdrawn(values) => {
                format!("换班申请（{}）已撤回。", both(values, zone, *language))
            }
            Self::ShiftSwapExpired(values) => {
                format!("换班申请（{}）已过期。", both(values, zone, *language))
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
                let (at, post) = (instant(*at, zone, *language), post_title(post, *language));
                format!("自 {at} 起，您的岗位为{post}。")
            }
        }
    }
}

/// What `who` gives and gets: the reader, or for who decides the one who offers.
fn exchanged(values: &SwapNews, who: &str, zone: &TimeZone, language: Language) -> String {
    let SwapNews { shift, in_return, side, .. } = values;
    let shift = span(*shift, zone, language);
    let back = match in_return {
        InReturn::Shift(back) => Some(span(*back, zone, language)),
        InReturn::Nothing | InReturn::Asked => None,
    };
    let (gives, gets) = match side {
        SwapSide::Gives | SwapSide::Decides => (Some(shift), back),
        SwapSide::Takes => (back, Some(shift)),
    };
    let third = if *side == SwapSide::Decides { "s" } else { "" };
    match (language, gives, gets) {
        (Language::English, Some(gives), Some(gets)) => {
            format!("{who} give{third} the shift of {gives} and get{third} that of {gets}")
        }
        (Language::English, Some(gives), None) => format!("{who} give{third} the shift of {gives}"),
        (Language::English, None, Some(gets)) => format!("{who} get{third} the shift of {gets}"),
        (Language::Chinese, Some(gives), Some(gets)) => {
            format!("{who}让出 {gives}，换得 {gets}")
        }
        (Language::Chinese, Some(gives), None) => format!("{who}让出 {gives}"),
        (Language::Chinese, None, Some(gets)) => format!("{who}接下 {gets}"),
        (_, None, None) => String::new(),
    }
}

/// The offered shift, and the one that is given for it.
fn both(values: &SwapNews, zone: &TimeZone, language: Language) -> String {
    let shift = span(values.shift, zone, language);
    match (values.in_return, language) {
        (InReturn::Shift(back), Language::English) => {
            format!("{shift} for that of {}", span(back, zone, language))
        }
        (InReturn::Shift(back), Language::Chinese) => {
            format!("{shift} 换 {}", span(back, zone, language))
        }
        (InReturn::Nothing | InReturn::Asked, _) => shift,
    }
}

/// The rule in the way, with its figures where the reader may know them.
fn broken(broken: &BrokenRule, language: Language) -> String {
    let BrokenRule { rule, figures, bound } = broken;
    let title = rule.title(language);
    let Some((measured, limit)) = figures else {
        return match language {
            Language::English => format!("{title} of your colleague"),
            Language::Chinese => format!("同事的{title}"),
        };
    };
    let (measured, clause) =
        (measured.text(language), limit_clause(*rule, limit, *bound, language));
    match language {
        Language::English => format!("{title}: {measured}, {clause}"),
        Language::Chinese => format!("{title}，实际 {measured}，{clause}"),
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
        schedules::{Bound, Quantity, RuleCode},
        time::instant_of_local,
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

    fn late() -> Span {
        Span::of_seconds(early().start() + jiff::SignedDuration::from_hours(7), 8 * 3600)
    }

    fn swap(side: SwapSide, in_return: InReturn) -> SwapNews {
        let colleague = Some(AgentId::from_uuid(Uuid::from_u128(2)));
        SwapNews { site: site(), shift: early(), in_return, side, colleague }
    }

    #[test]
    fn a_swap_is_told_by_the_clock_of_its_site_in_the_language_of_the_reader() {
        let news = News::ShiftSwapApproved(swap(SwapSide::Gives, InReturn::Shift(late())));
        let named = [
            "The swap with Zhou Wei is done: you give the shift of Wed 4 Mar 07:00–15:00 and get that of Wed 4 Mar 14:00–22:00. Your schedule has changed.",
            "您与Zhou Wei的换班已生效：您让出 3月4日（周三） 07:00–15:00，换得 3月4日（周三） 14:00–22:00。您的班表已更新。",
        ];
        assert_eq!(both(&news, Some("Zhou Wei")), named);
        assert!(both(&news, None)[0].contains("with a colleague"), "no name that is not known");
        let values = [
            ("startsAt", "2026-03-03T23:00:00Z"),
            ("endsAt", "2026-03-04T07:00:00Z"),
            ("returnStartsAt", "2026-03-04T06:00:00Z"),
            ("returnEndsAt", "2026-03-04T14:00:00Z"),
            ("side", "GIVES"),
        ];
        assert_eq!(news.params(), values.map(|(name, value)| (name, value.to_owned())));
    }

    #[test]
    fn each_side_reads_what_it_gives_and_gets() {
        let english = |news: News| both(&news, Some("Li Na"))[0].clone();
        let taker = swap(SwapSide::Takes, InReturn::Shift(late()));
        let words = english(News::ShiftSwapApproved(taker));
        let expected =
            "you give the shift of Wed 4 Mar 14:00–22:00 and get that of Wed 4 Mar 07:00–15:00.";
        assert!(words.contains(expected), "{words}");
        let handed = english(News::ShiftSwapApproved(swap(SwapSide::Takes, InReturn::Nothing)));
        assert!(
            handed.contains("is done: you get the shift of Wed 4 Mar 07:00–15:00."),
            "{handed}"
        );
        let asked = english(News::ShiftSwapProposed(swap(SwapSide::Takes, InReturn::Asked)));
        let expected = "Li Na offers you the shift of Wed 4 Mar 07:00–15:00 and asks for one of yours in return.";
        assert_eq!(asked, expected);
        let waits = swap(SwapSide::Decides, InReturn::Shift(late()));
        let expected = [
            "A swap waits for your decision: Li Na gives the shift of Wed 4 Mar 07:00–15:00 and gets that of Wed 4 Mar 14:00–22:00.",
            "有换班等待您审批：Li Na让出 3月4日（周三） 07:00–15:00，换得 3月4日（周三） 14:00–22:00。",
        ];
        assert_eq!(both(&News::ShiftSwapAwaitsDecision(waits.clone()), Some("Li Na")), expected);
        let lapsed = english(News::ShiftSwapExpired(waits));
        let expected = "The offer of the shift of Wed 4 Mar 07:00–15:00 for that of Wed 4 Mar 14:00–22:00 has lapsed.";
        assert_eq!(lapsed, expected);
    }

    #[test]
    fn a_refusal_says_which_rule_and_by_how_much() {
        let figures = Some((Quantity::Seconds(9 * 3600), Quantity::Seconds(11 * 3600)));
        let refusal = |reason, rule| {
            let (site, shift) = (site(), early());
            both(&News::ShiftSwapRefused(RefusalNews { site, shift, reason, rule }), None)
        };
        let bound = Some(Bound::AtLeast);
        let rule = BrokenRule { rule: RuleCode::MinRest, figures, bound };
        let [english, chinese] = refusal(SwapRefusalCode::RuleViolated, Some(rule));
        assert!(
            english.ends_with(": Rest between two shifts: 9 h, at least 11 h are needed."),
            "{english}"
        );
        assert!(chinese.ends_with("：两班之间的休息，实际 9 h，至少须 11 h。"), "{chinese}");
        let rule = BrokenRule { rule: RuleCode::Availability, figures: None, bound: None };
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
