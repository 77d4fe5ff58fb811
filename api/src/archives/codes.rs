//! The closed sets of the files, as the schema shows them.

use async_graphql::Enum;
use trunkline_domain::archives::{
    EntrySource as DomainSource,
    development::{
        CareerKind as DomainCareerKind, RewardKind as DomainRewardKind,
        TrainingKind as DomainTrainingKind,
    },
    performance::{CardGrade as DomainGrade, CardState as DomainCardState},
    quality::{
        Answer as DomainAnswer, EvaluationState as DomainEvaluationState, ItemKind,
        VetoPolicy as DomainPolicy,
    },
};

/// Declares an enum of the schema that is one of the domain.
macro_rules! mirrored {
    ($(#[$doc:meta])* $name:ident = $domain:literal { $($(#[$vdoc:meta])* $variant:ident,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
        #[graphql(remote = $domain)]
        pub enum $name {
            $($(#[$vdoc])* $variant,)*
        }
    };
}

mirrored! {
    /// Where an entry comes from.
    EntrySource = "DomainSource" {
        /// A person wrote it.
        Person,
        /// It came with an import.
        Import,
        /// It follows from something that happened in the system.
        SystemEvent,
    }
}
mirrored! {
    /// A step of working life. New values can be added.
    CareerKind = "DomainCareerKind" {
        /// Start of employment.
        Hire,
        /// End of probation with success.
        Confirmation,
        /// Up the ladder.
        Promotion,
        /// To another site or team.
        Transfer,
        /// Out to another department for a time.
        Rotation,
        /// Back from it.
        Return,
        /// Won an internal competition.
        InternalCompetition,
        /// Down the ladder.
        Demotion,
        /// Away for long.
        LeaveOfAbsence,
        /// End of employment.
        Separation,
    }
}
mirrored! {
    /// Kind of a reward. New values can be added.
    RewardKind = "DomainRewardKind" {
        /// A letter of praise.
        PraiseLetter,
        /// An award for excellence.
        ExcellenceAward,
        /// Best of the month.
        BestOfMonth,
        /// A certificate of honour.
        Certificate,
        /// An honorary title.
        Title,
        /// Money.
        Bonus,
        /// A gift.
        Gift,
        /// A place in a training course.
        TrainingPlace,
    }
}
mirrored! {
    /// Kind of a course that enters the file. New values can be added.
    TrainingKind = "DomainTrainingKind" {
        /// Of people who are new.
        Induction,
        /// Before the end of probation.
        Confirmation,
        /// For the next post.
        Promotion,
        /// For a skill.
        Skill,
        /// Outside of the company.
        External,
    }
}
mirrored! {
    /// Grade of a period, best first.
    CardGrade = "DomainGrade" {
        /// From 95.
        A,
        /// From 85.
        B,
        /// From 70.
        C,
        /// From 60.
        D,
        /// Below.
        E,
    }
}
mirrored! {
    /// Where an evaluation stands. New values can be added.
    EvaluationState = "DomainEvaluationState" {
        /// The contact was drawn.
        Planned,
        /// Being written.
        Draft,
        /// Written; not yet shown to the agent.
        Final,
        /// Shown to the agent.
        Released,
        /// The agent has read it.
        Acknowledged,
        /// The agent has appealed; it counts again when the appeal is decided.
        Appealed,
    }
}
mirrored! {
    /// What a "no" to an item of a form means.
    EvaluationItemKind = "ItemKind" {
        /// It costs points.
        NonCritical,
        /// It failed the customer.
        Customer,
        /// It harmed the business.
        Business,
        /// It broke a rule of law or contract.
        Compliance,
    }
}
mirrored! {
    /// Where a monthly card stands. New values can be added.
    CardState = "DomainCardState" {
        /// Computed.
        Draft,
        /// Confirmed by the leader.
        Confirmed,
        /// Seen by the agent.
        Acknowledged,
        /// The agent has appealed.
        UnderAppeal,
        /// Changed by corrections only.
        Closed,
    }
}
mirrored! {
    /// Answer to an item of a form.
    EvaluationAnswer = "DomainAnswer" {
        /// Fully: the whole weight.
        Yes,
        /// Half of the weight.
        Partly,
        /// Nothing; an error where the item is critical.
        No,
        /// The contact gave no occasion: left out of the score.
        NotApplicable,
    }
}
mirrored! {
    /// What a critical error does to the score of a form.
    EvaluationPolicy = "DomainPolicy" {
        /// The score is 0.
        Zero,
        /// The score is at most 59.
        Cap,
        /// The score stays; the error counts apart.
        Separate,
    }
}
