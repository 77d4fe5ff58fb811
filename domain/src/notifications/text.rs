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
                ShiftChange::Within => format!(
                    "Your shift of {} has other activities in it now; its time stays.",
                    when(after)
                ),
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
                ShiftChange::Within => {
                    format!("您的班次 {} 时间不变，班内安排已调整。", when(after))
                }
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
mod tests;
