//! The one shape of everything that a user can mend.

mod rule;

use serde::{Deserialize, Serialize};

pub use rule::Rule;

/// Language of a text for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Language {
    /// English.
    #[default]
    English,
    /// Simplified Chinese.
    Chinese,
}

impl Language {
    /// The best match for a BCP 47 tag or an `Accept-Language` list; English when none fits.
    #[must_use]
    pub fn of_tag(tag: &str) -> Self {
        Self::in_list(tag).unwrap_or(Self::English)
    }

    /// The best match for an `Accept-Language` list, by weight and then by order (RFC 9110, 12.5.4);
    /// `None` when none fits.
    #[must_use]
    pub fn in_list(list: &str) -> Option<Self> {
        let mut best: Option<(f32, Self)> = None;
        for range in list.split(',') {
            let mut parts = range.split(';').map(str::trim);
            let language = match parts.next().unwrap_or_default().to_ascii_lowercase() {
                tag if tag.starts_with("zh") => Self::Chinese,
                tag if tag.starts_with("en") => Self::English,
                _ => continue,
            };
            let weight = parts.find_map(|part| part.strip_prefix("q=")?.parse::<f32>().ok());
            let weight = weight.unwrap_or(1.0);
            if weight > 0.0 && best.is_none_or(|(most, _)| weight > most) {
                best = Some((weight, language));
            }
        }
        best.map(|(_, language)| language)
    }

    /// The language's BCP 47 tag.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Chinese => "zh",
        }
    }

    /// The text of the pair that is in this language.
    #[must_use]
    pub fn pick<'a>(self, english: &'a str, chinese: &'a str) -> &'a str {
        match self {
            Self::English => english,
            Self::Chinese => chinese,
        }
    }
}

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $english:literal, $chinese:literal;)*) => {
        /// Stable code of a fault. The list is closed; new values can be added.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum FaultCode {
            $(#[doc = $english] $(#[$doc])* #[serde(rename = $code)] $name,)*
        }

        impl FaultCode {
            /// All codes.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// The code as clients see it.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }

            /// Sentence with `{name}` where a parameter goes.
            const fn template(self, language: Language) -> &'static str {
                match (self, language) {
                    $((Self::$name, Language::English) => $english,
                      (Self::$name, Language::Chinese) => $chinese,)*
                }
            }
        }
    };
}

codes! {
    NotFound = "NOT_FOUND", "Nothing the caller can see has this id.", "没有可见的对象使用此标识。";
    InvalidValue = "INVALID_VALUE", "{rule}", "{rule}";
    StaleVersion = "STALE_VERSION",
        "It was changed meanwhile: version {current} is current. Look at it and try again.",
        "内容已被更改：当前版本为 {current}。请查看后重试。";
    InvalidState = "INVALID_STATE", "Its state {state} does not allow this.", "当前状态 {state} 不允许此操作。";
    RuleViolated = "RULE_VIOLATED", "A work rule forbids it; see the violations.", "违反排班规则，详见违规项。";
    ApprovalRequired = "APPROVAL_REQUIRED",
        "Rules ask for somebody's approval: {rules}. Plan otherwise, or name each of them in `overrides` with a reason.",
        "以下规则需要审批：{rules}。请调整排班，或在 overrides 中逐一填写规则和理由。";
    OverrideRefused = "OVERRIDE_REFUSED",
        "No reason lets this rule be broken: {code}. Plan otherwise.", "该规则不允许破例：{code}。请调整排班。";
    ShiftSwapDisabled = "SHIFT_SWAP_DISABLED", "Swapping is switched off here.", "此处已关闭换班。";
    ShiftSwapAlreadyOpen = "SHIFT_SWAP_ALREADY_OPEN",
        "The shift is already part of a running swap.", "该班次已在进行中的换班里。";
    AlreadyTaken = "ALREADY_TAKEN", "A colleague was faster.", "已被同事抢先。";
    AlreadyYours = "ALREADY_YOURS",
        "You have taken it already: there is nothing more to answer.", "您已接下此班，无需再次答复。";
    NoticeTooShort = "NOTICE_TOO_SHORT",
        "It is too late: {limit} before the earlier shift is the deadline.", "已过截止时间：须在较早班次开始前 {limit} 完成。";
    Duplicate = "DUPLICATE", "There is one with this value already.", "已存在相同的值。";
    ImportRefused = "IMPORT_REFUSED",
        "Faulty values: {faults}. Nothing was taken in: mend them, or ask to keep the good rows.",
        "有 {faults} 处错误，未导入任何数据。请更正，或选择仅保留正确的行。";
    TooLittleHistory = "TOO_LITTLE_HISTORY",
        "A forecast needs at least {need} days of history within {memory} days before its start; there are {have}. The history ends on: {until}.",
        "预测至少需要起始日之前 {memory} 天内的 {need} 天历史数据，现有 {have} 天。历史数据截止于：{until}。";
    CredentialsRefused = "CREDENTIALS_REFUSED",
        "Company, e-mail address or password is wrong.", "公司、邮箱或密码不正确。";
    SessionRefused = "SESSION_REFUSED",
        "This refresh token is none, or its session is over. Sign in again.", "刷新令牌无效，或会话已结束，请重新登录。";
    ProviderRefused = "PROVIDER_REFUSED",
        "The identity provider did not let you in here. Begin anew, or ask your administrator.",
        "身份提供方登录未成功，请重新开始，或联系管理员。";
    SecondFactorRequired = "SECOND_FACTOR_REQUIRED",
        "Enter the code of your authenticator app, or a recovery code.", "请输入身份验证器中的验证码，或一个恢复码。";
    SecondFactorRefused = "SECOND_FACTOR_REFUSED",
        "The code is wrong, or was used before. Wait for the next one.", "验证码错误或已被使用，请等待下一个。";
    ReauthenticationRequired = "REAUTHENTICATION_REQUIRED",
        "Show once more who you are: give your password or, if your account has none, sign in anew first.",
        "请再次验证身份：输入您的密码；如果您的账号没有密码，请先重新登录。";
    LinkRefused = "LINK_REFUSED",
        "The link was used before or its time is over. Ask for a new one.", "链接已使用或已过期，请重新获取。";
    RateLimited = "RATE_LIMITED",
        "Too many attempts: try again in {retryAfterSeconds} s.", "尝试次数过多，请在 {retryAfterSeconds} 秒后重试。";
    WeakPassword = "WEAK_PASSWORD",
        "Choose {min} to {max} characters that are hard to guess: some words that do not belong together, without your name, address or company.",
        "请设置 {min} 至 {max} 个字符且不易猜到的密码：使用几个互不相关的词，不要包含您的姓名、邮箱或公司名。";
    Overlap = "OVERLAP", "It overlaps one that is there already.", "与已有的时间段重叠。";
    LimitExceeded = "LIMIT_EXCEEDED", "At most {limit} are taken at once.", "一次最多 {limit} 个。";
    LastAdministrator = "LAST_ADMINISTRATOR",
        "Nobody would be left who administers the company: give somebody else that role first, without an end.",
        "公司将没有管理员：请先将该角色无期限授予他人。";
    SiteRequired = "SITE_REQUIRED",
        "Name the site: what belongs to none is told by who may write at every site of the network.",
        "请注明职场：不属于任何职场的数据，只能由对全网每个职场都有写入权限的调用方提交。";
    Forbidden = "FORBIDDEN", "You have no right to make this change.", "您无权进行此更改。";
}

/// A problem that the user can understand and mend.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// What is wrong.
    pub code: FaultCode,
    /// Where in the input, outermost name first; empty = the request as a whole.
    pub path: Vec<String>,
    /// Codes and numbers to build a sentence from, the same in every language.
    pub params: Vec<(String, String)>,
    /// What the value must be, of an INVALID_VALUE.
    pub rule: Option<Rule>,
}

impl Fault {
    /// A fault of the whole request.
    #[must_use]
    pub const fn new(code: FaultCode) -> Self {
        Self { code, path: Vec::new(), params: Vec::new(), rule: None }
    }

    /// The id at `path` names nothing that the caller can see.
    #[must_use]
    pub fn not_found(path: &str) -> Self {
        Self::new(FaultCode::NotFound).at(path)
    }

    /// The value at `path` breaks a rule.
    #[must_use]
    pub fn invalid(path: &str, rule: Rule) -> Self {
        Self::of_rule(rule).at(path)
    }

    /// The request as a whole breaks a rule.
    #[must_use]
    pub fn of_rule(rule: Rule) -> Self {
        Self { rule: Some(rule), ..Self::new(FaultCode::InvalidValue) }
    }

    /// The same fault at a place: names separated by dots, from inside `input`.
    #[must_use]
    pub fn at(mut self, path: &str) -> Self {
        self.path = path.split('.').map(str::to_owned).collect();
        self
    }

    /// The same fault with one more parameter.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.params.push((name.to_owned(), value.into()));
        self
    }

    /// Values to build a sentence from, with what the rule says in this language as `rule`.
    #[must_use]
    pub fn params(&self, language: Language) -> Vec<(String, String)> {
        let rule = self.rule.as_ref().map(|rule| ("rule".to_owned(), rule.text(language)));
        rule.into_iter().chain(self.params.iter().cloned()).collect()
    }

    /// The sentence for a person.
    #[must_use]
    pub fn message(&self, language: Language) -> String {
        let template = self.code.template(language).to_owned();
        self.params(language)
            .iter()
            .fold(template, |text, (name, value)| text.replace(&format!("{{{name}}}"), value))
    }
}

impl From<FaultCode> for Fault {
    fn from(code: FaultCode) -> Self {
        Self::new(code)
    }
}

/// That `chinese` says in Chinese what `english` says: it has Chinese characters, and nowhere three
/// words of English in a row. Codes, units and names of parameters stay as they are.
#[cfg(test)]
pub(crate) fn assert_translated(name: &str, english: &str, chinese: &str) {
    let is_han = |letter: char| ('\u{4e00}'..='\u{9fff}').contains(&letter);
    assert!(!english.trim().is_empty() && !english.contains(is_han), "{name}: {english}");
    assert!(chinese.contains(is_han), "{name} is not in Chinese: {chinese}");
    let is_word = |word: &&str| word.len() > 1 && word.bytes().all(|it| it.is_ascii_lowercase());
    for part in chinese.split(is_han) {
        let words = part.split_whitespace().filter(is_word).count();
        assert!(words < 3, "{name} is in English still: {part}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_message_is_in_the_language_of_the_reader() {
        let fault = Fault::new(FaultCode::InvalidState).with("state", "EXPIRED");
        assert_eq!(fault.message(Language::English), "Its state EXPIRED does not allow this.");
        assert_eq!(fault.message(Language::Chinese), "当前状态 EXPIRED 不允许此操作。");
        let fault = Fault::invalid("name", Rule::CharactersAtMost(200));
        assert_eq!(fault.message(Language::English), "at most 200 characters");
        assert_eq!(fault.message(Language::Chinese), "最多 200 个字符");
        assert_eq!(
            fault.params(Language::Chinese),
            [("rule".to_owned(), "最多 200 个字符".to_owned())]
        );
    }

    #[test]
    fn every_code_is_said_in_both_languages() {
        for code in FaultCode::ALL.iter().filter(|code| **code != FaultCode::InvalidValue) {
            let [english, chinese] =
                [Language::English, Language::Chinese].map(|language| code.template(language));
            assert_translated(code.as_str(), english, chinese);
        }
    }

    #[test]
    fn the_language_that_weighs_most_wins_and_of_equals_the_first() {
        assert_eq!(Language::of_tag("fr, zh-CN;q=0.8, en;q=0.7"), Language::Chinese);
        assert_eq!(Language::of_tag("en;q=0.1, zh"), Language::Chinese, "by weight, not by order");
        assert_eq!(Language::of_tag("fr, zh-CN;q=0.8, en"), Language::English);
        assert_eq!(Language::of_tag("zh;q=0, en;q=0.1"), Language::English, "refused");
        assert_eq!(Language::of_tag("en-GB,zh"), Language::English);
        assert_eq!(Language::of_tag("fr"), Language::English);
        assert_eq!(Language::in_list("fr, *;q=0.5"), None);
    }
}
