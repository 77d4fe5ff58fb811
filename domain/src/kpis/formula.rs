//! Formulas over sums of measures, parsed once and evaluated exactly.

use std::fmt;

use rust_decimal::Decimal;

use super::{Measure, MeasureSet};

/// Why a text is not a formula.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FormulaError {
    /// A name that is no base measure.
    #[error("`{0}` is not a measure")]
    UnknownMeasure(String),
    /// A number that no decimal holds.
    #[error("`{0}` is not a number")]
    BadNumber(String),
    /// Something else than what may stand here; the rest of the text from that place on.
    #[error("unexpected `{0}`")]
    Unexpected(String),
    /// Parentheses nested deeper than any formula needs.
    #[error("nested too deeply")]
    TooDeep,
}

/// Numbers and measures joined by `+ − × ÷`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Formula {
    /// A constant.
    Number(Decimal),
    /// The sum of a measure.
    Measure(Measure),
    /// Two formulas joined.
    Joined(Box<Self>, Operator, Box<Self>),
}

/// What joins two formulas.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    /// Sum.
    Add,
    /// Difference.
    Subtract,
    /// Product.
    Multiply,
    /// Quotient.
    Divide,
}

impl Formula {
    /// Parses numbers, names of measures, `+ - * /` (usual precedence, left to right) and
    /// parentheses.
    ///
    /// # Errors
    /// [`FormulaError`] with the place or name that is wrong.
    pub fn parse(text: &str) -> Result<Self, FormulaError> {
        let mut parser = Parser { rest: text.trim_start(), depth: 0 };
        let formula = parser.sum()?;
        if parser.rest.is_empty() { Ok(formula) } else { Err(parser.unexpected()) }
    }

    /// The value for sums of measures; `None` when one of them is missing, a denominator is 0 or
    /// the result is beyond what a decimal holds.
    #[must_use]
    pub fn evaluate(&self, sums: &MeasureSet) -> Option<Decimal> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Measure(measure) => sums.get(*measure),
            Self::Joined(left, operator, right) => {
                let (left, right) = (left.evaluate(sums)?, right.evaluate(sums)?);
                match operator {
                    Operator::Add => left.checked_add(right),
                    Operator::Subtract => left.checked_sub(right),
                    Operator::Multiply => left.checked_mul(right),
                    Operator::Divide => left.checked_div(right),
                }
            }
        }
    }
}

impl Formula {
    /// Numerator and denominator of a ratio, without the factor that makes percent of it.
    #[must_use]
    pub fn ratio(&self) -> Option<(&Self, &Self)> {
        let Self::Joined(above, Operator::Divide, below) = self else { return None };
        match above.as_ref() {
            Self::Joined(factor, Operator::Multiply, rest)
                if matches!(factor.as_ref(), Self::Number(_)) =>
            {
                Some((rest, below))
            }
            _ => Some((above, below)),
        }
    }

    /// The measures in it, in order, each once.
    #[must_use]
    pub fn measures(&self) -> Vec<Measure> {
        let mut found = match self {
            Self::Number(_) => Vec::new(),
            Self::Measure(measure) => vec![*measure],
            Self::Joined(left, _, right) => [left.measures(), right.measures()].concat(),
        };
        let mut seen = std::collections::BTreeSet::new();
        found.retain(|measure| seen.insert(*measure));
        found
    }

    const fn is_sum(&self) -> bool {
        matches!(self, Self::Joined(_, Operator::Add | Operator::Subtract, _))
    }

    const fn is_joined(&self) -> bool {
        matches!(self, Self::Joined(..))
    }
}

impl fmt::Display for Formula {
    /// The text that parses to this formula.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (left, operator, right) = match self {
            Self::Number(number) => return write!(f, "{number}"),
            Self::Measure(measure) => return f.write_str(measure.name()),
            Self::Joined(left, operator, right) => (left, operator, right),
        };
        let (sign, binds) = match operator {
            Operator::Add => ('+', false),
            Operator::Subtract => ('-', false),
            Operator::Multiply => ('*', true),
            Operator::Divide => ('/', true),
        };
        // Left to right: what stands on the right and binds no tighter keeps its parentheses.
        let (open, close) = if binds && left.is_sum() { ("(", ")") } else { ("", "") };
        write!(f, "{open}{left}{close} {sign} ")?;
        let bare = !right.is_joined() || !(binds || right.is_sum());
        if bare { write!(f, "{right}") } else { write!(f, "({right})") }
    }
}

/// Deepest nesting of parentheses taken: the text may come from outside, the stack is finite.
const MAX_DEPTH: u32 = 32;

struct Parser<'a> {
    rest: &'a str,
    depth: u32,
}

impl<'a> Parser<'a> {
    fn sum(&mut self) -> Result<Formula, FormulaError> {
        let mut left = self.product()?;
        loop {
            let operator = match self.rest.as_bytes().first() {
                Some(b'+') => Operator::Add,
                Some(b'-') => Operator::Subtract,
                _ => return Ok(left),
            };
            self.skip(1);
            left = Formula::Joined(Box::new(left), operator, Box::new(self.product()?));
        }
    }

    fn product(&mut self) -> Result<Formula, FormulaError> {
        let mut left = self.atom()?;
        loop {
            let operator = match self.rest.as_bytes().first() {
                Some(b'*') => Operator::Multiply,
                Some(b'/') => Operator::Divide,
                _ => return Ok(left),
            };
            self.skip(1);
            left = Formula::Joined(Box::new(left), operator, Box::new(self.atom()?));
        }
    }

    fn atom(&mut self) -> Result<Formula, FormulaError> {
        match self.rest.as_bytes().first() {
            Some(b'(') => {
                self.depth += 1;
                if self.depth > MAX_DEPTH {
                    return Err(FormulaError::TooDeep);
                }
                self.skip(1);
                let inner = self.sum()?;
                if !self.rest.starts_with(')') {
                    return Err(self.unexpected());
                }
                self.skip(1);
                self.depth -= 1;
                Ok(inner)
            }
            Some(byte) if byte.is_ascii_digit() => {
                let word = self.word(|c| c.is_ascii_digit() || c == '.');
                word.parse().map(Formula::Number).map_err(|_| FormulaError::BadNumber(word.into()))
            }
            Some(byte) if byte.is_ascii_lowercase() => {
                let word = self.word(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
                let measure = Measure::named(word);
                measure
                    .map(Formula::Measure)
                    .ok_or_else(|| FormulaError::UnknownMeasure(word.into()))
            }
            _ => Err(self.unexpected()),
        }
    }

    fn word(&mut self, belongs: impl Fn(char) -> bool) -> &'a str {
        let end = self.rest.find(|c| !belongs(c)).unwrap_or(self.rest.len());
        let word = &self.rest[..end];
        self.skip(end);
        word
    }

    fn skip(&mut self, bytes: usize) {
        self.rest = self.rest[bytes..].trim_start();
    }

    fn unexpected(&self) -> FormulaError {
        FormulaError::Unexpected(self.rest.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str) -> Option<Decimal> {
        let sums =
            MeasureSet::from_named([("calls_offered", 8.into()), ("calls_answered", 6.into())]);
        Formula::parse(text).expect("formula").evaluate(&sums.expect("measures"))
    }

    #[test]
    fn products_bind_tighter_than_sums_and_both_go_left_to_right() {
        assert_eq!(value("2 + 3 * 4 - 5"), Some(9.into()));
        assert_eq!(value("100 / 5 / 2 * 3"), Some(30.into()));
        assert_eq!(value("(2 + 3) * 4"), Some(20.into()));
        assert_eq!(value("100*calls_answered/calls_offered"), Some(75.into()));
    }

    #[test]
    fn a_zero_denominator_or_a_missing_measure_gives_no_value() {
        assert_eq!(value("calls_answered / (calls_offered - 8)"), None);
        assert_eq!(value("calls_answered / calls_abandoned"), None);
        assert_eq!(value("calls_blocked + calls_answered"), None);
    }

    #[test]
    fn a_result_beyond_decimals_gives_no_value() {
        let big = "9".repeat(28);
        assert_eq!(value(&format!("{big} * {big}")), None);
    }

    #[test]
    fn what_is_wrong_is_named() {
        let error = |text: &str| Formula::parse(text).expect_err("no formula");
        assert_eq!(
            error("calls_offerred / 2"),
            FormulaError::UnknownMeasure("calls_offerred".into())
        );
        assert_eq!(error("1 + * 2"), FormulaError::Unexpected("* 2".into()));
        assert_eq!(error("(1 + 2"), FormulaError::Unexpected(String::new()));
        assert_eq!(error("1.2.3"), FormulaError::BadNumber("1.2.3".into()));
        assert_eq!(error(&"(".repeat(1_000_000)), FormulaError::TooDeep);
    }
}
