//! What values have to be, said in the languages of the readers.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::Language;

macro_rules! rules {
    ($($name:ident $(($($param:ident: $kind:ty),+))? = $english:literal, $chinese:literal;)*) => {
        /// What a value must be. Rules of the same shape share a variant; the sentence names no
        /// field, since the path does.
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
        pub enum Rule {
            $(#[doc = $english] $name $(($($kind),+))?,)*
        }

        impl Rule {
            /// What would do, for a person. Parts of the wire, such as names of fields, codes and
            /// numbers, are the same in every language.
            #[must_use]
            pub fn text(&self, language: Language) -> String {
                match self {
                    $(Self::$name $(($($param),+))? => fill(
                        language.pick($english, $chinese),
                        &[$($((stringify!($param), $param as &dyn fmt::Display)),+)?],
                    ),)*
                }
            }
        }

        /// Name, parameters and the two texts of every rule.
        #[cfg(test)]
        const TEXTS: &[(&str, &[&str], &str, &str)] =
            &[$((stringify!($name), &[$($(stringify!($param)),+)?], $english, $chinese)),*];
    };
}

fn fill(template: &str, params: &[(&str, &dyn fmt::Display)]) -> String {
    params.iter().fold(template.to_owned(), |text, (name, value)| {
        text.replace(&format!("{{{name}}}"), &value.to_string())
    })
}

rules! {
    // Texts.
    Characters(least: usize, most: usize) = "{least} to {most} characters", "{least} 至 {most} 个字符";
    CharactersAtMost(most: usize) = "at most {most} characters", "最多 {most} 个字符";
    BytesWithoutSpaces(least: usize, most: usize) =
        "{least} to {most} bytes without spaces", "{least} 至 {most} 个字节，且不含空格";
    Code = "1 to 40 letters, digits, underscores, hyphens or dots",
        "1 至 40 个字母、数字、下划线、连字符或点";
    Slug = "2 to 40 of the letters a to z, digits and single hyphens between them",
        "2 至 40 个小写字母 a 至 z 或数字，中间可用单个连字符分隔";
    Email = "an e-mail address looks like name@example.com", "邮箱地址的格式应如 name@example.com";
    LanguageTag = "a BCP 47 tag, such as zh or en-GB", "BCP 47 语言标签，例如 zh 或 en-GB";
    TimeZone = "an IANA time zone, such as Asia/Shanghai", "IANA 时区名称，例如 Asia/Shanghai";
    NameInALanguage = "a name in at least one language", "至少用一种语言填写名称";

    // Numbers.
    Between(least: i64, most: i64) = "{least} to {most}", "{least} 至 {most}";
    AtLeast(least: i64) = "{least} or more", "不小于 {least}";
    AtMost(most: i64) = "at most {most}", "不大于 {most}";
    MoreThan(bound: i64) = "more than {bound}", "大于 {bound}";
    MoreThanUpTo(bound: i64, most: i64) = "more than {bound}, at most {most}", "大于 {bound} 且不大于 {most}";
    DecimalsAtMost(most: u32) = "at most {most} decimal places", "最多 {most} 位小数";
    Seconds(least: i64, most: i64) = "{least} to {most} seconds", "{least} 至 {most} 秒";
    SecondsInAll(most: i64) = "at most {most} seconds in all", "合计不超过 {most} 秒";
    Days(least: i64, most: i64) = "{least} to {most} days", "{least} 至 {most} 天";
    Share = "a share from 0 to below 1, such as 0.3", "大于等于 0 且小于 1 的比例，例如 0.3";
    PartOfShrinkage = "a share from 0 to at most `shrinkage`, of which it is a part", "0 至 shrinkage 之间的比例（它是 shrinkage 的一部分）";
    Uplift = "a share from -1 to 20, such as 0.8 for +80 %", "-1 至 20 的比例，例如 0.8 表示增加 80%";
    IntervalSeconds = "300, 900, 1800, 3600 or 86400", "300、900、1800、3600 或 86400 之一";
    IntervalSecondsFrom(least: u32) = "300, 900, 1800, 3600 or 86400, at least the {least} of the queue",
        "300、900、1800、3600 或 86400 之一，且不小于该队列的 {least}";
    NotBelow(other: &'static str) = "not below {other}", "不低于 {other}";
    NotAbove(other: &'static str) = "not above {other}", "不高于 {other}";
    PartOf(whole: u64) = "at most the {whole} of which it is a part", "不超过其所属总数 {whole}";

    // Times.
    LaterThanNow = "later than now", "晚于当前时间";
    NowOrLater = "now or later", "不早于当前时间";
    InThePast = "not in the future: set the clock of the source", "不能晚于当前时间：请校准数据源的时钟";
    BegunBy(begun: jiff::Timestamp) = "an interval that has begun: {begun} or earlier", "已开始的时段：不晚于 {begun}";
    OnGrain(minutes: u16, expected: jiff::Timestamp) =
        "a multiple of {minutes} minutes on the clock of the queue's zone, such as {expected}",
        "按队列所在时区，须为 {minutes} 分钟的整数倍，例如 {expected}";
    AfterTheStart = "after the start", "晚于开始时间";
    AfterTheStartWithin(days: i64) = "after the start, at most {days} days", "晚于开始时间，且不超过 {days} 天";
    BeforeTheEndWithin(days: i64) = "before the end, at most {days} days", "早于结束时间，且不超过 {days} 天";
    FirstDayOrLater = "the first day or later", "不早于首日";
    AfterTheFirstDay = "after the first day", "晚于首日";
    SetsAheadAtMost(most: usize) =
        "today, or a day from which something is set already: at most {most} sets wait for their first day",
        "今天，或已有设置的生效日：尚未生效的设置最多 {most} 套";
    PlannableDay(first: jiff::civil::Date, last: jiff::civil::Date) =
        "a day that can be planned: from {first} to {last}", "可以排班的日期：{first} 至 {last}";
    WholeMinute = "a whole minute", "须为整分钟";
    Monday = "a Monday", "须为星期一";
    Weekday = "1 (Monday) to 7 (Sunday)", "1（星期一）至 7（星期日）";
    Weekdays = "1 to 7 weekdays", "1 至 7 个星期几";

    // Lists and choices.
    NotEmpty = "at least one", "至少一项";
    ItemsAtMost(most: usize) = "at most {most} items", "最多 {most} 项";
    EachOnce = "each only once", "每项只能出现一次";
    OneOf(values: String) = "one of {values}", "下列之一：{values}";
    ExactlyOneOf(first: &'static str, second: &'static str) =
        "exactly one of {first} and {second}", "{first} 与 {second} 必须且只能填写一个";
    OneOrBothOf(first: &'static str, second: &'static str) =
        "give {first}, {second} or both", "请填写 {first}、{second} 或两者";
    AChange = "this or another field that is to change", "请填写此项，或其他要修改的字段";
    TrueOrAnother = "`true`, or another of these fields", "填写 `true`，或改用同组的其他字段";

    // Callers.
    Permission = "a permission, such as schedule:read", "权限代码，例如 schedule:read";
    PermissionOfPrograms = "a permission that programs can have, such as history:read",
        "程序可以拥有的权限，例如 history:read";
    OwnRoleName = "another name than that of a built-in role", "不能与内置角色同名";
    RoleOfPeople = "a role of people; programs get an API client", "人员角色；程序请使用 API 客户端";
    UserWithAgent = "a user with an agent record of its own", "已关联座席档案的用户";

    // Identity providers.
    VisibleAscii(least: usize, most: usize) =
        "{least} to {most} visible characters of ASCII", "{least} 至 {most} 个可见的 ASCII 字符";
    Issuer = "the provider's address as its tokens name it, such as https://id.example.com",
        "身份提供方在令牌中使用的地址，例如 https://id.example.com";
    Domains = "at least one domain, each such as example.com", "至少一个域名，例如 example.com";
    SubjectOfTheProvider(most: usize) = "by what the provider's tokens name the person: 1 to {most} characters",
        "身份提供方令牌中的用户标识：1 至 {most} 个字符";
    SecretOfTheIssuer = "a secret given anew for each issuer", "更换身份提供方时须重新填写密钥";

    // Network and feeds.
    Openings = "at most 28 openings and 400 closed dates", "最多 28 个开放时段和 400 个停业日期";
    OpeningsApart = "openings that do not overlap", "开放时段不能重叠";
    SiteOfTheQueue = "a site that takes contacts of this queue", "受理该队列业务的职场";
    LastBin = "nothing after the bin without a bound", "无上限的区间须为最后一个";
    BinTo(border: u32) =
        "a bin to {border} s before this one: 5, 10, 15, 20, 30, 40, 60, 90, 120, 180, 300 and 600 s part what waits",
        "此前须有止于 {border} 秒的区间：等待时间以 5、10、15、20、30、40、60、90、120、180、300、600 秒为界";
    WaitsWith(figure: &'static str, sum: u64) =
        "waits beside {figure}: they hold {sum}", "填写等待分布时须同时填写 {figure}：分布合计为 {sum}";
    WaitsOf(figure: &'static str, count: u64, sum: u64) =
        "waits that add up to the {count} of {figure}, not to {sum}",
        "等待分布合计须等于 {figure} 的 {count}，现为 {sum}";
    MeasureByDay = "a measure that is not summed from intervals", "不是由时段数据汇总而来的指标";
    JudgedKpi = "a KPI that is judged: this one is a volume", "可设目标的指标：该指标只反映数量";

    // People.
    Post = "a code of lower-case words, such as senior_agent", "由小写单词组成的岗位代码，例如 senior_agent";
    AfterThePostBegan(from: jiff::Timestamp) =
        "after {from}, when the present post began", "晚于现岗位开始的时间 {from}";
    NotHire = "any but HIRE, which only the first post has", "不能为 HIRE：该原因只用于首个岗位";
    AnotherPost = "another post, site, team or superior than now", "岗位、职场、班组或上级中至少一项须与现在不同";
    PrimaryWithoutGap = "from the instant at which the former primary one ends", "须从上一个主岗位结束时开始";
    PrimaryToTheEnd = "the last primary assignment ends when the person leaves, not before",
        "最后一个主岗位须在离职时结束，不能提前结束";
    OnePrimary = "one primary assignment", "须有一个主岗位";
    WeekHoursInOrder = "at least the least hours of a week", "不低于每周最低工时";
    LastDay = "the last day of who has left", "离职人员须填写最后工作日";
    TeamOfTheSite = "a team of the site", "该职场的班组";
    ExternalIds = "at most 20, source and value of 1 to 100 characters",
        "最多 20 个，来源和值各为 1 至 100 个字符";

    // Personal files.
    WeightsOf100(sum: rust_decimal::Decimal) = "weights add up to 100, not {sum}", "权重之和须为 100，现为 {sum}";
    ScaleInOrder = "floor, target and stretch in order, limits outside the range",
        "底线值、目标值、挑战值须依次排列，限值须在该范围之外";
    WithinReach = "what the agent can influence", "座席自身能够影响的指标";
    ItemOfQuality = "at least one item of quality", "至少包含一项质量指标";
    VolumeAtMost(most: i64) = "volume weighs at most {most}", "数量类指标的权重不超过 {most}";
    AnswerTo(item: String) = "an answer to item {item}", "评分项 {item} 须有答案";
    ItemOfTheForm(item: String) = "an item of the form: it has no {item}", "评分表中的项目：没有 {item} 这一项";
    Evaluator = "a person as evaluator", "评分人须为个人";
    CountedByHand = "what no close of a month writes by itself", "不是由月结自动生成的内容";
    PublishedForm = "code and version of a published form; evaluationForms lists them",
        "已发布评分表的代码和版本，见 evaluationForms";
    IdNumber = "6 to 32 letters, digits and hyphens", "6 至 32 个字母、数字或连字符";
    NotAfterTheEntry = "not after the day of the entry", "不晚于该记录的日期";
    CareerStepByHand = "a step that no change of post writes by itself", "不随岗位变动自动记录的发展步骤";
    CorrectedEntry = "the entry that is put right", "须指明被更正的记录";
    ReasonOfCorrection = "a correction says why", "更正须说明原因";
    SameKindOfEntry = "an entry of the same kind as the one put right", "须与被更正的记录类型相同";

    // Planning.
    RuleBounds(rule: &'static str) = "the borders that {rule} has", "{rule} 所支持的上限或下限";
    OnlyOfTheRule(rule: &'static str) = "left out, unless the rule is {rule}", "仅当规则为 {rule} 时可填写";
    RulesTogether = "rules that can be kept together; see contradictions", "能够同时满足的规则，详见矛盾项";
    RuleOfSite(rule: &'static str) =
        "a rule that each person can have otherwise: {rule} is asked of a site as a whole",
        "可以因人而异的规则：{rule} 针对整个职场";
    OneAttachment = "left out: rules are set for one of contractKind, teamId and agentId",
        "须省略：contractKind、teamId 和 agentId 只能指定其一";
    SetForTheNetwork = "left out: it is set for the network only", "须省略：只能为全网设置";
    BoundWeight(weight: &'static str, rule: &'static str) =
        "the weight {weight} or a heavier one: {rule} is bound by the network", "不轻于 {weight} 的级别：{rule} 由全网约束";
    BoundAtLeast(least: i64, rule: &'static str) =
        "a least of {least} or more: {rule} is bound by the network", "下限不小于 {least}：{rule} 由全网约束";
    BoundAtMost(most: i64, rule: &'static str) =
        "a most of {most} or less: {rule} is bound by the network", "上限不大于 {most}：{rule} 由全网约束";
    BoundByNetwork(rule: &'static str) =
        "what the network has, or stricter: {rule} is bound by it", "与全网规则相同或更严格：{rule} 由全网约束";
    SetForASite = "left out: it is set for a site or the network only", "须省略：只能为职场或全网设置";
    NothingToInherit = "left out: rules of a site or the network are laid over no others",
        "须省略：职场或全网的规则没有可沿用的上级规则";
    GoalOnAllDays = "a queue with a service-level goal in force on all days", "所有日期均有生效的服务水平目标的队列";
    StaffableFigure(figure: &'static str, value: String) =
        "a queue that can be staffed: {figure} of {value} is out of range",
        "可以测算人力的队列：{figure} 的值 {value} 超出范围";
    ALimitOfTheGoal = "this or another limit of the goal, such as 80", "填写此项，或目标的其他限值，例如 80";
    PercentInside = "more than 0 and below 100, such as 85", "大于 0 且小于 100，例如 85";
    PatienceFirst =
        "left out while nobody knows how patient the queue's callers are: set patienceSeconds of the queue first, such as 90",
        "队列来电者的耐心未知时不能填写：请先设置该队列的 patienceSeconds，例如 90";
    PatienceToAbandon = "a queue whose patienceSeconds is known, since its goal limits abandonment",
        "目标限制放弃率、因而须已设置 patienceSeconds 的队列";
    PatienceOfTheGoal(from: jiff::Timestamp) =
        "a number, such as 90: the goal of {from} limits abandonment, which only patience foretells",
        "须填写数值，例如 90：{from} 起的目标限制放弃率，只有已知耐心才能预测";
    ClockOnGrain(minutes: u16) =
        "a time of day on the intervals of the queue: a multiple of {minutes} minutes after 00:00",
        "与队列时段对齐的时刻：自 00:00 起 {minutes} 分钟的整数倍";
    AFigureOfTheBand = "this or another figure of the band, such as 2", "填写此项，或该时段的其他数值，例如 2";
    BandApart(earlier: usize) =
        "a time outside of band {earlier} (the first is 0), which says the same figure",
        "不与第 {earlier} 个时段（从 0 起）重叠的时刻：该时段已规定同一数值";
    BesideShrinkage = "given beside `shrinkage`, of which it is a part", "须与 shrinkage 一并填写（它是 shrinkage 的一部分）";
    QueueWithSkill = "left out for a queue that asks for no skill: seniors are told by their grade of it",
        "队列未要求技能时不能填写：资深座席按该技能的等级认定";
    ReachableGoal = "a queue whose goal a number of agents can reach", "目标可由一定人数达成的队列";
    AgentsOrSites = "a number of agents, such as 120, or siteIds whose contracts tell it",
        "须填写 agents，例如 120；或填写 siteIds，由职场的合同计算";
    HoursOrQueues = "a number of neededHours, such as 16000, or queueIds whose requirements tell it",
        "须填写 neededHours，例如 16000；或填写 queueIds，由队列的人力需求计算";
    HoursOfTheMonth(queue: String, month: jiff::civil::Date) =
        "a number of neededHours, such as 16000: queue {queue} has no requirement of a forecast of the whole month from {month}",
        "须填写 neededHours，例如 16000：队列 {queue} 没有覆盖自 {month} 起整月的预测所算出的人力需求";

    UpliftNotLearned = "a share: no event of this name has been seen on these queues yet",
        "须填写比例：这些队列尚未出现过同名事件";
    OnlyOfACorrection = "left out, unless the kind is CORRECTION", "仅当类型为 CORRECTION 时可填写";
    IntervalsNotLonger = "a queue whose intervals are not longer than those of the forecast",
        "时段长度不大于预测时段的队列";

    NothingToKeep = "left out: a job of this kind has nothing to keep before it is done",
        "须省略：此类任务在完成之前没有可保留的结果";
    DayOfTheSchedule = "a day of the schedule", "该排班表所含的日期";
    RoomForTheActivity = "somebody who is on queue for that long at a stretch in these times",
        "在所选时段内有足够长连续在线时间的座席";
    WithinTheShift(from: jiff::Timestamp, to: jiff::Timestamp) =
        "within the shift, which lasts from {from} to {to}", "班次之内：{from} 至 {to}";
    PlacedCategory =
        "BREAK, MEAL, MEETING, TRAINING or OFF_QUEUE_WORK: the rest of the shift is ON_QUEUE, and TIME_OFF and UNAVAILABLE stay",
        "BREAK、MEAL、MEETING、TRAINING 或 OFF_QUEUE_WORK：班次其余时间为 ON_QUEUE，TIME_OFF 与 UNAVAILABLE 保持不变";
    ApartFrom(category: &'static str, from: jiff::Timestamp, to: jiff::Timestamp) =
        "a time apart from {category}, which lasts from {from} to {to}", "不与 {from} 至 {to} 的 {category} 重叠的时间";
    NotAfterTheStartOf(category: &'static str, start: jiff::Timestamp) =
        "{start} or earlier, when {category} in it starts; `activities` can place all but TIME_OFF and UNAVAILABLE elsewhere",
        "不晚于 {start}（班次内的 {category} 届时开始）；除 TIME_OFF 与 UNAVAILABLE 外，可用 activities 另行安排";
    NotBeforeTheEndOf(category: &'static str, end: jiff::Timestamp) =
        "{end} or later, when {category} in it ends; `activities` can place all but TIME_OFF and UNAVAILABLE elsewhere",
        "不早于 {end}（班次内的 {category} 届时结束）；除 TIME_OFF 与 UNAVAILABLE 外，可用 activities 另行安排";
    NoScenario = "a draft that is no what-if scenario of what is published: scheduleScenarioMerge carries such a one into it",
        "不是已发布排班的假设方案的草案：此类方案请用 scheduleScenarioMerge 合并";
    WeekWithShifts = "a week in which somebody works", "有排班的一周";
    OpenScenario = "a what-if scenario that is not merged yet", "尚未合并的假设方案";
    QuarterHour = "a whole quarter of an hour", "须为整刻钟";
    MultipleOf(seconds: i64) = "a multiple of {seconds} seconds, counted from midnight", "自零点起，须为 {seconds} 秒的整数倍";
    ChoicesAtMost(most: usize, count: usize) =
        "at most {most} starts and lengths together, not {count}: fewer templates, or longer steps",
        "开始时间与时长的组合合计不超过 {most} 种，现为 {count} 种：请减少班次模板，或加大步长";
    PausesInOrder = "breaks and meals that have room one after the other before the shift ends",
        "班次结束前能依次安排下的休息与用餐";
    SecondsAtMostBy(most: i64, rule: &'static str) =
        "at most {most} seconds, as the rule {rule} has it", "按规则 {rule}，不超过 {most} 秒";
    SecondsAtLeastBy(least: i64, rule: &'static str) =
        "at least {least} seconds, as the rule {rule} has it", "按规则 {rule}，不少于 {least} 秒";
    TimesBy(from: jiff::civil::Time, to: jiff::civil::Time, rule: &'static str) =
        "a time from {from} to {to}, as the rule {rule} has it", "按规则 {rule}，须在 {from} 至 {to} 之间";
    WorkInARowAtMostBy(most: i64, rule: &'static str) =
        "breaks and meals that leave at most {most} seconds of work in a row, as the rule {rule} has it",
        "休息与用餐须使连续工作不超过 {most} 秒（规则 {rule}）";
    HeadcountsOfAWeek =
        "seven numbers, one for each day from Monday to Sunday, or none", "从星期一到星期日的七个人数，或不填";
    HeadcountsOfOneShift =
        "left out, unless it has one start and one length: make a template of each shift whose people are counted",
        "须省略，除非只有一个开始时间和一种时长：请为每种按人数安排的班次各设一个模板";
    HeadcountsOfTheShifts =
        "REQUIREMENT, or HEADCOUNTS after shiftTemplatesSet has given shifts of these days `headcounts`",
        "须为 REQUIREMENT；或先用 shiftTemplatesSet 为这些日期的班次设置 headcounts，再使用 HEADCOUNTS";
    HeadcountKindsAtMost(most: usize, found: usize) =
        "REQUIREMENT, or HEADCOUNTS with at most {most} shifts planned by number on these days, each start and length of a code counted as one: there are {found}",
        "须为 REQUIREMENT；使用 HEADCOUNTS 时，这些日期按人数安排的班次最多 {most} 种（同一代码的不同开始时间或时长分别计算）：目前有 {found} 种";
    FewerLengths = "fewer lengths that differ in what is paid: a week of them can be put together in too many ways",
        "减少计薪时长各不相同的班次：一周的组合方式过多";
    QueuesAtMost(most: usize, found: usize) =
        "a site of at most {most} queues with a requirement on these days, each grade of seniors counted as one more: it has {found}",
        "当天有人员需求的队列最多 {most} 个的职场（每个资深等级另计一个）：目前有 {found} 个";
    PatternsAtMost(most: usize) = "a site of fewer than {most} patterns", "排班模式少于 {most} 个的职场";
    PatternDays(least: i64, week: usize, owed: i64) =
        "at least {least} weekdays of work in week {week} of the pattern: the contract owes {owed} seconds a week",
        "排班模式第 {week} 周至少须有 {least} 个工作日：合同每周应工作 {owed} 秒";
    PatternShifts(least: i64, week: usize, owed: i64) =
        "shifts of at least {least} seconds in week {week} of the pattern: the contract owes {owed} seconds a week",
        "排班模式第 {week} 周的班次须不少于 {least} 秒：合同每周应工作 {owed} 秒";
    PatternHours(most: i64, week: usize) =
        "an agent whose contract owes at most {most} seconds a week, which is what week {week} of the pattern has room for",
        "合同每周应工作时间不超过 {most} 秒的座席：排班模式第 {week} 周只能安排这么多";
    AgentOfTheSite = "an agent of the site of the pattern", "该排班模式所属职场的座席";
    DayOfTheWeek(monday: jiff::civil::Date) = "a day of the week that begins on {monday}", "{monday} 起一周内的日期";
    OneWishOfADay =
        "one thing that is wanted of a day: a shift, to work, or the day off; what else is not wanted may stand beside it",
        "同一天只能希望一件事：某个班次、上班或休息；不希望的班次可以另外列出";
    AgentOrOwn = "an agent: the caller has no agent record of its own", "须指定座席：调用方没有自己的座席档案";
    EarnedRest = "a day whose work earned a rest that is still owed", "因当日工作而产生且尚未安排补休的日期";
    GivenRest = "a day for which a rest was given", "已安排补休的日期";
    RestWithin(first: jiff::civil::Date, last: jiff::civil::Date) =
        "a day from {first} to {last}", "{first} 至 {last} 之间的日期";
    WorkingDayOfTheCalendar = "a day that is neither a rest day nor a public holiday",
        "既非休息日也非法定节假日的日期";
    RestOfAnotherDay = "a day that is not given for another one yet", "尚未用于其他补休的日期";
    PayFactor = "a factor from 1 to 10, such as 1.5", "1 至 10 的系数，例如 1.5";

    // Swaps.
    NotTheOwnShift = "a colleague: a shift cannot be offered to its own agent", "须为同事：班次不能提供给班次本人";
    NotTheOwnOffer = "an offer of a colleague: the own one is taken back by shiftSwapCancel", "须为同事的换班：本人的换班请用 shiftSwapCancel 撤回";
    WindowAhead = "windows that have a length and end in the future", "时间窗须有长度，且在将来结束";
    ShiftInReturn = "a shift: the offer asks for one in return", "须提供班次：该换班要求以班次交换";
    NothingInReturn = "no shift: the offer asks for nothing in return", "不需要班次：该换班不要求交换";
    ShiftInAWindow = "a shift that lies in a window of the offer", "位于换班所列时间窗内的班次";
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_rule_is_said_in_both_languages() {
        let rule = Rule::Characters(1, 100);
        assert_eq!(rule.text(Language::English), "1 to 100 characters");
        assert_eq!(rule.text(Language::Chinese), "1 至 100 个字符");
    }

    #[test]
    fn every_rule_has_a_chinese_text_of_its_own() {
        let mut said = BTreeSet::new();
        for &(name, params, english, chinese) in TEXTS {
            crate::fault::assert_translated(name, english, chinese);
            assert!(said.insert(english) && said.insert(chinese), "{name} is said twice");
            for param in params {
                let hole = format!("{{{param}}}");
                let holes = |text: &str| text.matches(&hole).count();
                assert_eq!((holes(english), holes(chinese)), (1, 1), "{name}: {hole}");
            }
            let holes = |text: &str| text.matches('{').count();
            assert_eq!((holes(english), holes(chinese)), (params.len(), params.len()), "{name}");
        }
    }
}
