//! How much a document asks for once its fragments are spread out.
//!
//! Each fragment is weighed once and its weight reused, in saturating arithmetic: fragments that
//! spread the next one twice cost as many steps as they have lines, not two to the power of that.

use std::collections::{HashMap, HashSet};

use async_graphql::{
    Name, Pos, Positioned,
    parser::types::{ExecutableDocument, FragmentDefinition, OperationDefinition, Selection},
};

use super::{
    document::DocumentLimits,
    refusal::{ErrorCode, Refusal},
};

/// Recursion steps of one walk. The parser's own bound is of the same size; a chain of fragments
/// must not add up to more.
const MAX_LEVELS: usize = 64;

/// Sums over a selection set with all its fragments spread.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Weight {
    /// Fields of this level.
    pub(super) width: usize,
    /// Fields of all levels, each occurrence counted.
    pub(super) fields: usize,
    /// Aliases of all levels.
    pub(super) aliases: usize,
    /// Directives of all levels.
    pub(super) directives: usize,
    /// Levels of fields below and including this one, `__schema` and `__type` left out.
    pub(super) depth: usize,
    /// The same for `__schema` and `__type`.
    pub(super) introspection_depth: usize,
    /// Levels of selections below, fragments counted: what a walk recurses.
    levels: usize,
}

impl Weight {
    fn add(self, other: Self) -> Self {
        Self {
            width: self.width.saturating_add(other.width),
            fields: self.fields.saturating_add(other.fields),
            aliases: self.aliases.saturating_add(other.aliases),
            directives: self.directives.saturating_add(other.directives),
            depth: self.depth.max(other.depth),
            introspection_depth: self.introspection_depth.max(other.introspection_depth),
            levels: self.levels.max(other.levels),
        }
    }

    /// The same one level further up.
    fn below(self) -> Self {
        Self { levels: self.levels.saturating_add(1), ..self }
    }
}

/// Weighs the operations of one document.
pub(super) struct Scales<'d> {
    fragments: &'d HashMap<Name, Positioned<FragmentDefinition>>,
    weighed: HashMap<&'d str, Weight>,
    open: HashSet<&'d str>,
}

impl<'d> Scales<'d> {
    pub(super) fn new(document: &'d ExecutableDocument) -> Self {
        Self { fragments: &document.fragments, weighed: HashMap::new(), open: HashSet::new() }
    }

    /// Weighs an operation and compares it with the limits.
    ///
    /// # Errors
    /// `QUERY_TOO_DEEP`, `QUERY_TOO_COSTLY`, or `VALIDATION_FAILED` for a cycle of fragments.
    pub(super) fn weigh(
        &mut self,
        operation: &'d Positioned<OperationDefinition>,
        limits: &DocumentLimits,
    ) -> Result<Weight, Refusal> {
        let definition = &operation.node;
        let on_variables: usize = definition
            .variable_definitions
            .iter()
            .map(|variable| variable.node.directives.len())
            .sum();
        let mut weight = self.selections(&definition.selection_set.node.items, 0)?;
        weight.directives =
            weight.directives.saturating_add(definition.directives.len() + on_variables);
        check(&weight, limits).map_err(|refusal| refusal.at(operation.pos))?;
        Ok(weight)
    }

    /// Refuses fragments that no weighed operation spreads.
    pub(super) fn refuse_unused(&self) -> Result<(), Refusal> {
        match self.fragments.iter().find(|(name, _)| !self.weighed.contains_key(name.as_str())) {
            None => Ok(()),
            Some((name, fragment)) => {
                Err(invalid(format!("Fragment \"{name}\" is not used.")).at(fragment.pos))
            }
        }
    }

    fn selections(
        &mut self,
        items: &'d [Positioned<Selection>],
        level: usize,
    ) -> Result<Weight, Refusal> {
        refuse_levels(level)?;
        let mut sum = Weight::default();
        for item in items {
            let mut weight = match &item.node {
                Selection::Field(field) => {
                    let field = &field.node;
                    let below = self.selections(&field.selection_set.node.items, level + 1)?;
                    let depth = below.depth.max(below.introspection_depth).saturating_add(1);
                    let introspects = matches!(field.name.node.as_str(), "__schema" | "__type");
                    Weight {
                        width: 1,
                        fields: below.fields.saturating_add(1),
                        aliases: below.aliases.saturating_add(usize::from(field.alias.is_some())),
                        directives: below.directives,
                        depth: if introspects { 0 } else { depth },
                        introspection_depth: if introspects { depth } else { 0 },
                        levels: below.levels.saturating_add(1),
                    }
                }
                Selection::InlineFragment(inline) => {
                    self.selections(&inline.node.selection_set.node.items, level + 1)?.below()
                }
                Selection::FragmentSpread(spread) => {
                    self.fragment(&spread.node.fragment_name.node, spread.pos, level + 1)?.below()
                }
            };
            weight.directives = weight.directives.saturating_add(item.node.directives().len());
            sum = sum.add(weight);
        }
        Ok(sum)
    }

    fn fragment(&mut self, name: &'d str, pos: Pos, level: usize) -> Result<Weight, Refusal> {
        if let Some(weight) = self.weighed.get(name) {
            // It was weighed where it lay less deep, maybe.
            refuse_levels(level.saturating_add(weight.levels))?;
            return Ok(*weight);
        }
        let Some(fragment) = self.fragments.get(name) else {
            return Err(invalid(format!("Fragment \"{name}\" is not defined.")).at(pos));
        };
        if !self.open.insert(name) {
            return Err(invalid(format!("Fragment \"{name}\" spreads itself.")).at(pos));
        }
        let mut weight = self.selections(&fragment.node.selection_set.node.items, level)?;
        weight.directives = weight.directives.saturating_add(fragment.node.directives.len());
        self.open.remove(name);
        self.weighed.insert(name, weight);
        Ok(weight)
    }
}

fn refuse_levels(level: usize) -> Result<(), Refusal> {
    if level <= MAX_LEVELS {
        return Ok(());
    }
    Err(Refusal::document(
        ErrorCode::QueryTooDeep,
        format!("Selections and fragments nest more than {MAX_LEVELS} levels."),
    ))
}

fn check(weight: &Weight, limits: &DocumentLimits) -> Result<(), Refusal> {
    if weight.depth > limits.depth {
        let message =
            format!("The operation nests {} levels; {} are allowed.", weight.depth, limits.depth);
        return Err(Refusal::document(ErrorCode::QueryTooDeep, message));
    }
    if weight.introspection_depth > limits.introspection_depth {
        let message = format!("Introspection may nest {} levels.", limits.introspection_depth);
        return Err(Refusal::document(ErrorCode::QueryTooDeep, message));
    }
    for (what, count, limit) in [
        ("root fields", weight.width, limits.root_fields),
        ("fields", weight.fields, limits.fields),
        ("aliases", weight.aliases, limits.aliases),
        ("directives", weight.directives, limits.directives),
    ] {
        if count > limit {
            let message = format!("The operation has more than {limit} {what}.");
            return Err(Refusal::document(ErrorCode::QueryTooCostly, message));
        }
    }
    Ok(())
}

fn invalid(message: String) -> Refusal {
    Refusal::document(ErrorCode::ValidationFailed, message)
}
