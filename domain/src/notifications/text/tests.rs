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
    assert!(handed.contains("is done: you get the shift of Wed 4 Mar 07:00–15:00."), "{handed}");
    let asked = english(News::ShiftSwapProposed(swap(SwapSide::Takes, InReturn::Asked)));
    let expected =
        "Li Na offers you the shift of Wed 4 Mar 07:00–15:00 and asks for one of yours in return.";
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
    assert!(english.ends_with("a colleague was faster.") && chinese.ends_with("已被同事抢先。"));
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
    let after = Span::of_seconds(before.start() + jiff::SignedDuration::from_hours(2), 8 * 3600);
    let moved = News::ShiftChanged(ShiftNews { site: site(), change, before, after });
    let [english, _] = both(&moved, None);
    assert_eq!(english, "Your shift of Wed 4 Mar 07:00–15:00 is now Wed 4 Mar 09:00–17:00.");
    let change = ShiftChange::Within;
    let within = News::ShiftChanged(ShiftNews { site: site(), change, before, after: before });
    let expected = [
        "Your shift of Wed 4 Mar 07:00–15:00 has other activities in it now; its time stays.",
        "您的班次 3月4日（周三） 07:00–15:00 时间不变，班内安排已调整。",
    ];
    assert_eq!(both(&within, None), expected);
    let role = RoleName::BuiltIn(Role::TeamLeader);
    let given =
        News::RoleGiven(RoleNews { role, at: before.start(), zone: "Asia/Shanghai".to_owned() });
    let expected = [
        "You have the role team leader from Wed 4 Mar 07:00 on.",
        "自 3月4日（周三） 07:00 起，您拥有角色：班组长。",
    ];
    assert_eq!(both(&given, None), expected);
}
