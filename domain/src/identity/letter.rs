use crate::fault::Language;

/// A letter to a person: about the own account, or with news.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Letter<'a> {
    /// An account was made; the link sets its first password.
    Invitation {
        /// Name of the company in the reader's language.
        company: &'a str,
        /// Where to set the password.
        link: &'a str,
        /// Hours for which the link is good.
        hours: i64,
    },
    /// Somebody, hopefully the reader, forgot the password; the link sets a new one.
    PasswordReset {
        /// Where to set the password.
        link: &'a str,
        /// Hours for which the link is good.
        hours: i64,
    },
    /// The password was changed.
    PasswordChanged,
    /// Signing in asks for a code from now on.
    SecondFactorOn,
    /// Signing in no longer asks for a code.
    SecondFactorOff,
    /// The company's identity provider was set, or set otherwise: it decides who gets in.
    ProviderSet {
        /// Address of the provider.
        issuer: &'a str,
    },
    /// The company's identity provider was taken away.
    ProviderRemoved {
        /// Address of the provider.
        issuer: &'a str,
    },
    /// By which account the identity provider knows the reader was said or forgotten.
    IdentityChanged,
    /// Something of which the reader wants to hear by mail too.
    News {
        /// The sentence, in the reader's language.
        message: &'a str,
        /// Where the reader sees more of it.
        link: &'a str,
    },
}

/// A letter as it is sent: plain text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LetterText {
    /// One line.
    pub subject: String,
    /// Text with line breaks.
    pub body: String,
}

impl Letter<'_> {
    /// Writes the letter to the person called `name`.
    #[must_use]
    pub fn write(&self, name: &str, language: Language) -> LetterText {
        let (subject, text) = match language {
            Language::English => self.english(),
            Language::Chinese => self.chinese(),
        };
        let body = match language {
            Language::English => format!("Hello {name},\n\n{text}\n\nTrunkline\n"),
            Language::Chinese => format!("{name}，您好：\n\n{text}\n\nTrunkline\n"),
        };
        LetterText { subject, body }
    }

    fn english(&self) -> (String, String) {
        const NOT_YOU: &str = "If that was not you, tell your administrator at once.";
        const NOT_EXPECTED: &str = "If nobody of you was meant to do that, look at once: whoever \
                                    controls the provider can sign in as anybody.";
        match self {
            Self::Invitation { company, link, hours } => (
                format!("Your account at {company}"),
                format!(
                    "An account was made for you at {company}. Set your password here within {hours} hours:\n\n{link}"
                ),
            ),
            Self::PasswordReset { link, hours } => (
                "Set a new password".to_owned(),
                format!(
                    "Set a new password here within {hours} hours:\n\n{link}\n\nIf you did not ask for this, do nothing: \
                     your password stays as it is."
                ),
            ),
            Self::PasswordChanged => (
                "Your password was changed".to_owned(),
                format!("Your password was changed, and you were signed out elsewhere. {NOT_YOU}"),
            ),
            Self::SecondFactorOn => (
                "Signing in asks for a code now".to_owned(),
                format!(
                    "From now on, signing in asks for a code of your authenticator app. {NOT_YOU}"
                ),
            ),
            Self::SecondFactorOff => (
                "Signing in asks for no code any more".to_owned(),
                format!("Signing in no longer asks for a code. {NOT_YOU}"),
            ),
            Self::ProviderSet { issuer } => (
                "Your company's identity provider was changed".to_owned(),
                format!(
                    "People of your company sign in by {issuer} from now on, on the terms that stand \
                     in the settings. The audit says who changed them. {NOT_EXPECTED}"
                ),
            ),
            Self::ProviderRemoved { issuer } => (
                "Your company's identity provider was taken away".to_owned(),
                format!(
                    "Nobody of your company signs in by {issuer} any more. The audit says who took \
                     it away. {NOT_EXPECTED}"
                ),
            ),
            Self::IdentityChanged => (
                "Your sign-in by the identity provider was changed".to_owned(),
                format!(
                    "An administrator changed by which account at the identity provider you sign in. {NOT_YOU}"
                ),
            ),
            Self::News { message, link } => (
                (*message).to_owned(),
                format!("{message}\n\n{link}\n\nYou have asked for mails of this kind."),
            ),
        }
    }

    fn chinese(&self) -> (String, String) {
        const NOT_YOU: &str = "如果不是您本人操作，请立即联系管理员。";
        const NOT_EXPECTED: &str =
            "如果这不是你们的安排，请立即检查：控制身份提供方的人可以以任何人的身份登录。";
        match self {
            Self::Invitation { company, link, hours } => (
                format!("您在{company}的账号"),
                format!(
                    "已为您开通{company}的账号。请在 {hours} 小时内通过以下链接设置密码：\n\n{link}"
                ),
            ),
            Self::PasswordReset { link, hours } => (
                "设置新密码".to_owned(),
                format!(
                    "请在 {hours} 小时内通过以下链接设置新密码：\n\n{link}\n\n如果您没有提出此请求，请忽略本邮件，您的密码不会改变。"
                ),
            ),
            Self::PasswordChanged => (
                "您的密码已更改".to_owned(),
                format!("您的密码已更改，其他设备上的登录已退出。{NOT_YOU}"),
            ),
            Self::SecondFactorOn => (
                "登录已启用动态验证码".to_owned(),
                format!("从现在起，登录时需要输入身份验证器中的动态验证码。{NOT_YOU}"),
            ),
            Self::SecondFactorOff => {
                ("登录已关闭动态验证码".to_owned(), format!("登录时不再需要动态验证码。{NOT_YOU}"))
            }
            Self::ProviderSet { issuer } => (
                "贵公司的身份提供方设置已更改".to_owned(),
                format!(
                    "从现在起，贵公司员工通过 {issuer} 登录，具体条件见设置。操作人见审计记录。{NOT_EXPECTED}"
                ),
            ),
            Self::ProviderRemoved { issuer } => (
                "贵公司的身份提供方已移除".to_owned(),
                format!("贵公司员工不能再通过 {issuer} 登录。操作人见审计记录。{NOT_EXPECTED}"),
            ),
            Self::IdentityChanged => (
                "您的身份提供方登录已更改".to_owned(),
                format!("管理员更改了您登录时使用的身份提供方账号。{NOT_YOU}"),
            ),
            Self::News { message, link } => {
                ((*message).to_owned(), format!("{message}\n\n{link}\n\n您已选择接收此类邮件。"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_is_in_the_language_of_its_reader_and_carries_the_link() {
        let link = "https://trunkline.example/account.html#reset=x";
        let letter = Letter::PasswordReset { link, hours: 1 };
        let english = letter.write("Li Na", Language::English);
        let chinese = letter.write("李娜", Language::Chinese);
        assert_eq!(english.subject, "Set a new password");
        assert!(english.body.starts_with("Hello Li Na,\n") && english.body.contains(link));
        assert_eq!(chinese.subject, "设置新密码");
        assert!(chinese.body.starts_with("李娜，您好：\n") && chinese.body.contains(link));
    }
}
