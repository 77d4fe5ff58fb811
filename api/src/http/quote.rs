//! The price of a call before it is executed, and what it came to.
//!
//! - A field costs its weight, times what its multipliers ask for.
//! - Lists right below a field with multipliers come as often as these say: the nodes of a page.
//! - A list of which nobody says how long it is counts as [`USUAL_SIZE`] objects.
//!
//! All sums saturate.

use async_graphql::{Value, Variables};

use super::price::{Asked, Bill, Factor, Item, size_at};

/// Objects in a list without multipliers or assumed size.
const USUAL_SIZE: u64 = 5;

/// What an operation asks for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Quote {
    /// Points.
    pub points: u64,
    /// Objects with a global id.
    pub nodes: u64,
    /// Keys that lead to the field with the highest price of its level, from the root down.
    pub most_expensive_path: String,
}

/// What the variables of a call say of sizes.
#[derive(Debug, Clone, Default)]
pub(super) struct Sizes(Vec<u64>);

#[derive(Clone, Copy, Default)]
struct Sum {
    points: u64,
    nodes: u64,
}

impl Sum {
    fn plus(self, other: Self) -> Self {
        Self {
            points: self.points.saturating_add(other.points),
            nodes: self.nodes.saturating_add(other.nodes),
        }
    }

    fn times(self, factor: u64) -> Self {
        Self {
            points: self.points.saturating_mul(factor),
            nodes: self.nodes.saturating_mul(factor),
        }
    }
}

impl Item {
    /// What its multipliers ask for; `None` without any.
    fn size(&self, sizes: &Sizes) -> Option<u64> {
        let factors = self.factors.iter().map(|factor| match factor {
            Factor::Fixed(size) => *size,
            Factor::Asked(place) => sizes.0.get(*place).copied().unwrap_or(1),
        });
        factors.reduce(u64::saturating_mul)
    }

    /// How often it comes, where the fields around it ask for `rows` of each list, and how many
    /// rows the lists below it have.
    fn shape(&self, sizes: &Sizes, rows: u64) -> (u64, u64) {
        let size = self.size(sizes);
        if self.is_list {
            let assumed = self.assumed_size.map(u64::from);
            (size.or(assumed).unwrap_or(rows), USUAL_SIZE)
        } else {
            (1, size.unwrap_or(USUAL_SIZE))
        }
    }

    fn sum(&self, sizes: &Sizes, rows: u64) -> Sum {
        let (times, rows_below) = self.shape(sizes, rows);
        let units = if self.is_list { 1 } else { self.size(sizes).unwrap_or(1) };
        let own = Sum { points: self.weight.saturating_mul(units), nodes: u64::from(self.is_node) };
        own.plus(sum_of(&self.below, sizes, rows_below)).times(times)
    }

    /// What came of it. An answer that was written directly is taken to be as long as asked for.
    fn came_to(&self, value: Option<&Value>, sizes: &Sizes, rows: u64) -> u64 {
        let (_, rows_below) = self.shape(sizes, rows);
        match value {
            Some(Value::List(values)) => values
                .iter()
                .map(|value| {
                    self.weight.saturating_add(self.below_came_to(value, sizes, rows_below))
                })
                .fold(0, u64::saturating_add),
            Some(object @ Value::Object(fields)) if !self.is_list => {
                let asked = self.size(sizes).unwrap_or(1);
                let lists = self.below.iter().filter(|item| self.is_page && item.is_list);
                let came = lists.filter_map(|item| match fields.get(item.key.as_str()) {
                    Some(Value::List(values)) => Some(values.len() as u64),
                    _ => None,
                });
                let units = came.max().map_or(asked, |came| came.min(asked));
                let own = self.weight.saturating_mul(units);
                own.saturating_add(self.below_came_to(object, sizes, rows_below))
            }
            Some(Value::Null) | None => self.weight,
            Some(_) => self.sum(sizes, rows).points,
        }
    }

    fn below_came_to(&self, value: &Value, sizes: &Sizes, rows: u64) -> u64 {
        came_to(&self.below, value, sizes, rows)
    }
}

fn sum_of(items: &[Item], sizes: &Sizes, rows: u64) -> Sum {
    items.iter().map(|item| item.sum(sizes, rows)).fold(Sum::default(), Sum::plus)
}

fn came_to(items: &[Item], value: &Value, sizes: &Sizes, rows: u64) -> u64 {
    let Value::Object(fields) = value else { return 0 };
    items
        .iter()
        .map(|item| item.came_to(fields.get(item.key.as_str()), sizes, rows))
        .fold(0, u64::saturating_add)
}

impl Bill {
    /// What the variables of a call say of sizes.
    pub(super) fn sizes(&self, variables: &Variables) -> Sizes {
        let size = |Asked { name, path, default }: &Asked| {
            variables.get(name).map_or(*default, |value| size_at(value, path, *default))
        };
        Sizes(self.asked.iter().map(size).collect())
    }

    /// The price at these sizes.
    pub(super) fn quote(&self, sizes: &Sizes) -> Quote {
        let Sum { points, nodes } = sum_of(&self.items, sizes, USUAL_SIZE);
        Quote { points, nodes, most_expensive_path: self.most_expensive_path(sizes) }
    }

    /// What an answer came to, in points.
    pub(super) fn came_to(&self, data: &Value, sizes: &Sizes) -> u64 {
        came_to(&self.items, data, sizes, USUAL_SIZE)
    }

    fn most_expensive_path(&self, sizes: &Sizes) -> String {
        let (mut items, mut rows, mut path) = (&self.items, USUAL_SIZE, String::new());
        loop {
            let priced = items.iter().map(|item| (item.sum(sizes, rows).points, item));
            // The first of equal ones, so that the path is the same every time.
            let dearest = priced.rev().max_by_key(|(points, _)| *points);
            let Some((1.., item)) = dearest else { return path };
            if !path.is_empty() {
                path.push('.');
            }
            path.push_str(&item.key);
            rows = item.shape(sizes, rows).1;
            items = &item.below;
        }
    }
}

#[cfg(test)]
#[path = "quote_tests.rs"]
mod tests;
