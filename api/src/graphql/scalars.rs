//! Scalars that say what they are: instants, dates, wall times, zones, exact numbers.

use async_graphql::{InputValueError, InputValueResult, Scalar, ScalarType, Value};
use jiff::{Timestamp, civil, tz};

fn text(value: &Value) -> Result<&str, String> {
    match value {
        Value::String(text) => Ok(text),
        _ => Err("a string is wanted".to_owned()),
    }
}

/// Declares a scalar that is a string on the wire.
macro_rules! text_scalar {
    ($(#[$doc:meta])* $name:ident($inner:ty), $graphql:literal, $url:literal, $parse:expr, $print:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub struct $name(pub $inner);

        $(#[$doc])*
        #[Scalar(name = $graphql, specified_by_url = $url)]
        impl ScalarType for $name {
            fn parse(value: Value) -> InputValueResult<Self> {
                let parse: fn(&str) -> Result<$inner, String> = $parse;
                text(&value).and_then(parse).map(Self).map_err(InputValueError::custom)
            }

            fn to_value(&self) -> Value {
                let print: fn(&$inner) -> String = $print;
                Value::String(print(&self.0))
            }
        }

        impl From<$inner> for $name {
            fn from(inner: $inner) -> Self {
                Self(inner)
            }
        }
    };
}

text_scalar!(
    /// An instant, RFC 3339, always written in UTC with `Z`, e.g. `2026-11-21T09:30:00Z`.
    DateTime(Timestamp),
    "DateTime",
    "https://scalars.graphql.org/chillicream/date-time.html",
    |text| text
        .parse()
        .map_err(|_| "an instant with its offset is wanted, e.g. 2026-11-21T09:30:00Z".to_owned()),
    Timestamp::to_string
);

text_scalar!(
    /// A calendar date without zone, ISO 8601, e.g. `2026-11-21`.
    Date(civil::Date),
    "Date",
    "https://scalars.graphql.org/chillicream/local-date.html",
    |text| text.parse().map_err(|_| "a date is wanted, e.g. 2026-11-21".to_owned()),
    civil::Date::to_string
);

text_scalar!(
    /// A wall-clock time without zone, `HH:MM` or `HH:MM:SS`.
    LocalTime(civil::Time),
    "LocalTime",
    "https://scalars.graphql.org/chillicream/local-time.html",
    |text| text.parse().map_err(|_| "a time of day is wanted, e.g. 09:30".to_owned()),
    |time| time.strftime("%H:%M:%S").to_string()
);

text_scalar!(
    /// An IANA time zone name, e.g. `Asia/Shanghai`.
    TimeZone(String),
    "TimeZone",
    "https://www.rfc-editor.org/rfc/rfc6557",
    |text| match tz::TimeZone::get(text) {
        Ok(_) => Ok(text.to_owned()),
        Err(_) => Err("an IANA time zone is wanted, e.g. Asia/Shanghai".to_owned()),
    },
    String::clone
);

text_scalar!(
    /// An exact decimal number, written as a string, e.g. `"12.50"`.
    Decimal(rust_decimal::Decimal),
    "Decimal",
    "https://speleotrove.com/decimal/daconvs.html",
    |text| rust_decimal::Decimal::from_str_exact(text)
        .map_err(|_| "a decimal number in a string is wanted, e.g. \"12.50\"".to_owned()),
    rust_decimal::Decimal::to_string
);

text_scalar!(
    /// A BCP 47 language tag, e.g. `zh-CN`.
    LanguageTag(String),
    "LanguageTag",
    "https://www.rfc-editor.org/rfc/rfc5646",
    |text| if (2..=35).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    {
        Ok(text.to_owned())
    } else {
        Err("a language tag is wanted, e.g. zh-CN".to_owned())
    },
    String::clone
);
