use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{
    fault::{Fault, FaultCode, Rule},
    id::{AgentId, SiteId, TeamId},
};

/// Where an agent stands in working life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum AgentStatus {
    /// Works.
    Active,
    /// Employed, away for long.
    OnLeave,
    /// Has left.
    Terminated,
}

/// A person who handles contacts: the planning profile, without private data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agent {
    /// Its id.
    pub id: AgentId,
    /// Number by which the tenant knows the person; unique in the tenant.
    pub number: String,
    /// Name that colleagues see.
    pub display_name: String,
    /// Own site.
    pub site: SiteId,
    /// Own team.
    pub team: Option<TeamId>,
    /// Code of the post held, such as `agent` or `senior_agent`.
    pub post: String,
    /// Status.
    pub status: AgentStatus,
    /// First day of employment.
    pub hired_on: Date,
    /// Last day of employment.
    pub left_on: Option<Date>,
    /// BCP 47 tags of languages spoken with customers.
    pub languages: Vec<String>,
}

/// What a client says about a new agent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawAgent {
    /// Number, unique in the tenant.
    pub number: String,
    /// Name that colleagues see.
    pub display_name: String,
    /// Site.
    pub site: SiteId,
    /// Team.
    pub team: Option<TeamId>,
    /// Code of the post.
    pub post: String,
    /// First day of employment.
    pub hired_on: Date,
    /// BCP 47 tags.
    pub languages: Vec<String>,
}

/// A new agent whose fields fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAgent(RawAgent);

impl NewAgent {
    /// Reads what a client sent; trims, and brings tags to one form.
    ///
    /// # Errors
    /// One INVALID_VALUE for every field that does not fit, all at once.
    pub fn parse(raw: RawAgent) -> Result<Self, Vec<Fault>> {
        let RawAgent { number, display_name, site, team, post, hired_on, languages } = raw;
        let (number, display_name) = (number.trim().to_owned(), display_name.trim().to_owned());
        let mut faults = Vec::new();
        if number.is_empty() || number.len() > 40 || number.chars().any(char::is_whitespace) {
            faults.push(Fault::invalid("number", Rule::BytesWithoutSpaces(1, 40)));
        }
        if display_name.is_empty() || display_name.chars().count() > 100 {
            faults.push(Fault::invalid("displayName", Rule::Characters(1, 100)));
        }
        if !is_post(&post) {
            faults.push(Fault::invalid("post", Rule::Post));
        }
        let mut tags = Vec::new();
        for (index, tag) in languages.iter().enumerate() {
            match language_tag(tag) {
                Some(tag) if tags.contains(&tag) => {}
                Some(tag) => tags.push(tag),
                None => {
                    faults.push(Fault::invalid(&format!("languages.{index}"), Rule::LanguageTag));
                }
            }
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        let languages = tags;
        Ok(Self(RawAgent { number, display_name, site, team, post, hired_on, languages }))
    }

    /// The agent under its id; active from the first day.
    #[must_use]
    pub fn into_agent(self, id: AgentId) -> Agent {
        let RawAgent { number, display_name, site, team, post, hired_on, languages } = self.0;
        Agent {
            id,
            number,
            display_name,
            site,
            team,
            post,
            status: AgentStatus::Active,
            hired_on,
            left_on: None,
            languages,
        }
    }
}

impl Agent {
    /// Whether the person is employed on `date`; the last day counts.
    #[must_use]
    pub fn is_employed_on(&self, date: Date) -> bool {
        self.hired_on <= date && self.left_on.is_none_or(|left_on| date <= left_on)
    }

    /// Whether the person may be given another post.
    ///
    /// # Errors
    /// INVALID_STATE `TERMINATED` for who has left.
    pub fn check_movable(&self) -> Result<(), Fault> {
        match self.status {
            AgentStatus::Active | AgentStatus::OnLeave => Ok(()),
            AgentStatus::Terminated => {
                Err(Fault::new(FaultCode::InvalidState).with("state", "TERMINATED"))
            }
        }
    }

    /// Whether the person speaks a language: `en` is spoken by who speaks `en-GB`.
    #[must_use]
    pub fn speaks(&self, tag: &str) -> bool {
        let tag = tag.to_ascii_lowercase();
        self.languages.iter().any(|spoken| {
            let spoken = spoken.to_ascii_lowercase();
            spoken == tag || spoken.strip_prefix(&tag).is_some_and(|rest| rest.starts_with('-'))
        })
    }
}

/// Whether a text is the code of a post: lower-case words joined by underscores.
#[must_use]
pub fn is_post(text: &str) -> bool {
    (1..=60).contains(&text.len())
        && text.split('_').all(|word| {
            !word.is_empty()
                && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        })
}

/// Language, and region where given, in the case of BCP 47: `EN-gb` is `en-GB`.
fn language_tag(tag: &str) -> Option<String> {
    let mut parts = tag.trim().split('-');
    let language = parts.next()?.to_ascii_lowercase();
    let mut text = (matches!(language.len(), 2..=3)
        && language.bytes().all(|byte| byte.is_ascii_lowercase()))
    .then_some(language)?;
    for part in parts {
        if !(2..=8).contains(&part.len()) || !part.bytes().all(|it| it.is_ascii_alphanumeric()) {
            return None;
        }
        text.push('-');
        text.push_str(&if part.len() == 2 {
            part.to_ascii_uppercase()
        } else {
            part.to_ascii_lowercase()
        });
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use uuid::Uuid;

    use super::*;

    fn raw() -> RawAgent {
        RawAgent {
            number: " A-1007 ".into(),
            display_name: "Lin Yue".into(),
            site: SiteId::from_uuid(Uuid::from_u128(1)),
            team: None,
            post: "agent".into(),
            hired_on: date(2025, 3, 1),
            languages: vec!["zh".into(), "EN-gb".into(), "en-GB".into()],
        }
    }

    fn agent() -> Agent {
        let id = AgentId::from_uuid(Uuid::from_u128(7));
        NewAgent::parse(raw()).expect("fields that fit").into_agent(id)
    }

    #[test]
    fn fields_are_brought_to_one_form() {
        assert_eq!(agent().number, "A-1007");
        assert_eq!(agent().languages, ["zh", "en-GB"]);
    }

    #[test]
    fn all_faults_are_told_at_once() {
        let faults = NewAgent::parse(RawAgent {
            number: "a b".into(),
            display_name: " ".into(),
            post: "Senior Agent".into(),
            languages: vec!["zh".into(), "english please".into()],
            ..raw()
        })
        .expect_err("four faults");
        let paths: Vec<_> = faults.iter().map(|fault| fault.path.join(".")).collect();
        assert_eq!(paths, ["number", "displayName", "post", "languages.1"]);
    }

    #[test]
    fn who_speaks_a_regional_form_speaks_the_language() {
        assert!(agent().speaks("en"));
        assert!(agent().speaks("EN-GB"));
        assert!(!agent().speaks("en-US"));
        assert!(!agent().speaks("e"));
    }

    #[test]
    fn the_last_day_is_a_day_of_employment() {
        let agent = Agent { left_on: Some(date(2026, 6, 30)), ..agent() };
        assert!(!agent.is_employed_on(date(2025, 2, 28)));
        assert!(agent.is_employed_on(date(2026, 6, 30)));
        assert!(!agent.is_employed_on(date(2026, 7, 1)));
    }
}
