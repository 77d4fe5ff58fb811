use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use uuid::Uuid;

/// A place in an ordered list: the sort key of the item there, and its id, which breaks ties.
///
/// Opaque outside: clients hand it back and never read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    /// Sort key as text, in a form that the list's query compares.
    pub key: String,
    /// Id of the item.
    pub id: Uuid,
}

/// The text is no cursor of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a cursor that this list gave")]
pub struct CursorError;

/// First byte of every cursor: the form of the rest.
const FORM: u8 = 1;

impl Cursor {
    /// The text that clients see.
    #[must_use]
    pub fn encode(&self) -> String {
        let mut bytes = Vec::with_capacity(17 + self.key.len());
        bytes.push(FORM);
        bytes.extend_from_slice(self.id.as_bytes());
        bytes.extend_from_slice(self.key.as_bytes());
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Reads a text that a client handed back.
    ///
    /// # Errors
    /// When it is not one of ours.
    pub fn decode(text: &str) -> Result<Self, CursorError> {
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| CursorError)?;
        let (&form, rest) = bytes.split_first().ok_or(CursorError)?;
        if form != FORM || rest.len() < 16 {
            return Err(CursorError);
        }
        let (id, key) = rest.split_at(16);
        Ok(Self {
            id: Uuid::from_slice(id).map_err(|_| CursorError)?,
            key: String::from_utf8(key.to_vec()).map_err(|_| CursorError)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_comes_back_as_it_went_out() {
        let cursor = Cursor { key: "李娜".to_owned(), id: Uuid::from_u128(7) };
        assert_eq!(Cursor::decode(&cursor.encode()), Ok(cursor));
    }

    #[test]
    fn foreign_text_is_refused() {
        for text in ["", "bad cursor", "AQ", "____", "AgAAAAAAAAAAAAAAAAAAAAA"] {
            assert_eq!(Cursor::decode(text), Err(CursorError), "{text}");
        }
    }
}
