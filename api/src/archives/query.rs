use async_graphql::{Context, Object, SimpleObject};
use trunkline_domain::archives::quality::{EvaluationForm as DomainForm, FormItem};

use super::codes::{EvaluationItemKind, EvaluationPolicy};
use crate::graphql::{Decimal, Operation};

/// A version of an evaluation form. A published version never changes.
#[derive(Debug, SimpleObject)]
pub struct EvaluationForm {
    /// Code.
    pub code: String,
    /// Version, from 1.
    pub version: i32,
    /// Name in the caller's language.
    pub name: String,
    /// What a critical error does to the score.
    pub policy: EvaluationPolicy,
    /// Items, in order; their weights add up to 100.
    pub items: Vec<EvaluationFormItem>,
}

/// One question of a form.
#[derive(Debug, SimpleObject)]
pub struct EvaluationFormItem {
    /// Code inside the form, e.g. `2.1`.
    pub code: String,
    /// What is asked, in the caller's language.
    pub text: String,
    /// Share of the score.
    pub weight: Decimal,
    /// What a "no" means.
    pub kind: EvaluationItemKind,
}

impl EvaluationForm {
    fn of(operation: &Operation, form: &DomainForm) -> Self {
        let item = |item: &FormItem| EvaluationFormItem {
            code: item.code.clone(),
            text: operation.say(&item.text_en, &item.text_zh).to_owned(),
            weight: item.weight.into(),
            kind: item.kind.into(),
        };
        Self {
            code: form.code.clone(),
            version: i32::try_from(form.version).unwrap_or(i32::MAX),
            name: operation.say(&form.name_en, &form.name_zh).to_owned(),
            policy: form.policy.into(),
            items: form.items.iter().map(item).collect(),
        }
    }
}

/// Reading what the personal files are written by.
#[derive(Debug, Default)]
pub struct ArchivesQuery;

#[Object]
impl ArchivesQuery {
    /// Forms by which contacts are evaluated.
    async fn evaluation_forms(
        &self,
        ctx: &Context<'_>,
    ) -> async_graphql::Result<Vec<EvaluationForm>> {
        let operation = Operation::root(ctx)?;
        let forms = DomainForm::published().iter();
        Ok(forms.map(|form| EvaluationForm::of(operation, form)).collect())
    }
}
