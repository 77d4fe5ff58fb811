//! A document that may be executed: scanned, parsed, weighed.

use async_graphql::{
    Name, Value,
    parser::{
        self, parse_query,
        types::{
            ExecutableDocument, Field, OperationDefinition, OperationType, Selection, SelectionSet,
        },
    },
};

use super::{
    price::{Bill, PriceList},
    refusal::{ErrorCode, Refusal},
    scan::{ScanLimits, scan},
    weight::Scales,
};

/// What one operation may ask for, with its fragments spread out.
#[derive(Clone, Copy, Debug)]
pub struct DocumentLimits {
    /// Levels of fields.
    pub depth: usize,
    /// Levels of fields under `__schema` and `__type`; ordinary tools ask for 15.
    pub introspection_depth: usize,
    /// Fields of the root, duplicates counted.
    pub root_fields: usize,
    /// Fields in all, duplicates counted.
    pub fields: usize,
    /// Aliases in all.
    pub aliases: usize,
    /// Directives in all.
    pub directives: usize,
    /// Operations of the document.
    pub operations: usize,
}

impl Default for DocumentLimits {
    fn default() -> Self {
        Self {
            depth: 12,
            introspection_depth: 16,
            root_fields: 50,
            fields: 1_000,
            aliases: 30,
            directives: 10,
            operations: 10,
        }
    }
}

/// A parsed document within the limits.
#[derive(Debug)]
pub struct Document {
    text: String,
    parsed: ExecutableDocument,
    bills: Vec<(Option<Name>, Bill)>,
    trusted: bool,
}

impl Document {
    /// Scans, parses and weighs a text.
    ///
    /// # Errors
    /// `PARSE_FAILED`, `VALIDATION_FAILED`, `QUERY_TOO_DEEP` or `QUERY_TOO_COSTLY`.
    pub fn parse(
        text: String,
        scan_limits: &ScanLimits,
        limits: &DocumentLimits,
    ) -> Result<Self, Refusal> {
        scan(&text, scan_limits)?;
        let parsed = parse_query(&text).map_err(|error| refuse_syntax(&error))?;
        if parsed.operations.iter().len() > limits.operations {
            let message = format!("The document has more than {} operations.", limits.operations);
            return Err(Refusal::document(ErrorCode::QueryTooCostly, message));
        }
        let mut scales = Scales::new(&parsed);
        for (_, operation) in parsed.operations.iter() {
            scales.weigh(operation, limits)?;
        }
        scales.refuse_unused()?;
        Ok(Self { text, parsed, bills: Vec::new(), trusted: false })
    }

    /// The same with the prices of its operations.
    pub(super) fn priced(mut self, prices: &PriceList) -> Self {
        let bills =
            self.parsed.operations.iter().map(|(name, operation)| {
                (name.cloned(), prices.bill(&operation.node, &self.parsed))
            });
        self.bills = bills.collect();
        self
    }

    /// The same as one of a manifest.
    pub(super) fn trusted(self) -> Self {
        Self { trusted: true, ..self }
    }

    /// Whether it stands in the manifest that the server was started with.
    #[must_use]
    pub fn is_trusted(&self) -> bool {
        self.trusted
    }

    /// The bill of the operation of that name; without a name, of the only one.
    pub(super) fn bill(&self, name: Option<&str>) -> Option<&Bill> {
        let mut bills = self.bills.iter();
        let named = |own: &Option<Name>| name.is_none() || name == own.as_deref();
        bills.find(|(own, _)| named(own)).map(|(_, bill)| bill)
    }

    /// The text as it was sent.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The syntax tree.
    #[must_use]
    pub fn parsed(&self) -> &ExecutableDocument {
        &self.parsed
    }

    /// The operation of that name; without a name, the only one.
    ///
    /// # Errors
    /// `VALIDATION_FAILED` when there is no such operation or the choice is open.
    pub fn operation(&self, name: Option<&str>) -> Result<Operation<'_>, Refusal> {
        let mut matching = self
            .parsed
            .operations
            .iter()
            .filter(|(own, _)| name.is_none() || name == own.map(|own| own.as_str()));
        match (matching.next(), matching.next()) {
            (Some((own, definition)), None) => Ok(Operation {
                name: own.map(|own| own.as_str()),
                definition: &definition.node,
                document: &self.parsed,
            }),
            (Some(_), Some(_)) => Err(Refusal::document(
                ErrorCode::ValidationFailed,
                "The document has several operations: give `operationName`.",
            )),
            (None, _) => Err(Refusal::document(
                ErrorCode::ValidationFailed,
                "The document has no operation of the name given.",
            )),
        }
    }
}

/// One operation of a document.
#[derive(Clone, Copy, Debug)]
pub struct Operation<'d> {
    name: Option<&'d str>,
    definition: &'d OperationDefinition,
    document: &'d ExecutableDocument,
}

impl<'d> Operation<'d> {
    /// Its name, if it has one.
    #[must_use]
    pub fn name(&self) -> Option<&'d str> {
        self.name
    }

    /// Query, mutation or subscription.
    #[must_use]
    pub fn kind(&self) -> OperationType {
        self.definition.ty
    }

    /// Names of the root fields in order, duplicates included, fragments spread.
    #[must_use]
    pub fn root_fields(&self) -> Vec<&'d str> {
        self.roots().into_iter().map(|field| field.name.node.as_str()).collect()
    }

    /// The root fields in order, duplicates included, fragments spread.
    #[must_use]
    pub fn roots(&self) -> Vec<&'d Field> {
        let mut fields = Vec::new();
        collect_fields(&self.definition.selection_set.node, self.document, &mut fields);
        fields
    }

    /// The value of a variable that is not given.
    #[must_use]
    pub fn variable_default(&self, name: &Name) -> Option<&'d Value> {
        let mut defined = self.definition.variable_definitions.iter();
        defined.find(|it| it.node.name.node == *name).and_then(|it| it.node.default_value())
    }

    /// Whether a root field is `__schema` or `__type`.
    #[must_use]
    pub fn introspects(&self) -> bool {
        self.root_fields().iter().any(|name| matches!(*name, "__schema" | "__type"))
    }

    pub(super) fn selection_set(&self) -> &'d SelectionSet {
        &self.definition.selection_set.node
    }

    pub(super) fn document(&self) -> &'d ExecutableDocument {
        self.document
    }
}

fn collect_fields<'d>(
    set: &'d SelectionSet,
    document: &'d ExecutableDocument,
    fields: &mut Vec<&'d Field>,
) {
    for item in &set.items {
        match &item.node {
            Selection::Field(field) => fields.push(&field.node),
            Selection::InlineFragment(inline) => {
                collect_fields(&inline.node.selection_set.node, document, fields);
            }
            Selection::FragmentSpread(spread) => {
                if let Some(fragment) = document.fragments.get(&spread.node.fragment_name.node) {
                    collect_fields(&fragment.node.selection_set.node, document, fields);
                }
            }
        }
    }
}

fn refuse_syntax(error: &parser::Error) -> Refusal {
    let code = match error {
        parser::Error::Syntax { .. } => ErrorCode::ParseFailed,
        parser::Error::RecursionLimitExceeded => ErrorCode::QueryTooDeep,
        _ => ErrorCode::ValidationFailed,
    };
    let mut refusal = Refusal::document(code, error.to_string());
    refusal.locations.extend(error.positions());
    refusal
}

#[cfg(test)]
#[path = "document_tests.rs"]
mod tests;
