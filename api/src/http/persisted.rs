//! Documents known by the SHA-256 of their text.
//!
//! One bounded store serves two purposes: a client that sends only a hash (automatic persisted
//! queries, or a manifest's `documentId`) finds its document here, and a text that was seen before
//! is neither parsed nor weighed again.

use std::{collections::HashMap, fmt, sync::Arc};

use moka::sync::Cache;
use sha2::{Digest, Sha256};

use super::{
    document::{Document, DocumentLimits},
    manifest::Manifest,
    price::PriceList,
    refusal::{ErrorCode, Refusal},
    scan::ScanLimits,
};

/// A syntax tree takes about this many times the room of its text.
const TREE_PER_TEXT: usize = 20;

/// SHA-256 of a document's text.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct DocumentHash([u8; 32]);

impl DocumentHash {
    /// The hash of a text.
    #[must_use]
    pub fn of(text: &str) -> Self {
        Self(Sha256::digest(text.as_bytes()).into())
    }

    /// Reads 64 hexadecimal digits.
    #[must_use]
    pub fn from_hex(hex: &str) -> Option<Self> {
        let digits = hex.as_bytes();
        if digits.len() != 64 {
            return None;
        }
        let mut bytes = [0; 32];
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            let high = char::from(pair[0]).to_digit(16)?;
            let low = char::from(pair[1]).to_digit(16)?;
            *byte = u8::try_from(high * 16 + low).ok()?;
        }
        Some(Self(bytes))
    }
}

impl fmt::Debug for DocumentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// The bounded store of parsed documents.
pub struct DocumentStore {
    documents: Cache<DocumentHash, Arc<Document>>,
    /// Those of the manifest stay.
    trusted: HashMap<DocumentHash, Arc<Document>>,
    prices: PriceList,
    scan_limits: ScanLimits,
    limits: DocumentLimits,
}

impl DocumentStore {
    /// A store that holds about `bytes` of memory at most.
    #[must_use]
    pub fn new(bytes: u64, scan_limits: ScanLimits, limits: DocumentLimits) -> Self {
        let weigh = |_: &DocumentHash, document: &Arc<Document>| {
            u32::try_from(document.text().len().saturating_mul(TREE_PER_TEXT)).unwrap_or(u32::MAX)
        };
        let documents = Cache::builder().max_capacity(bytes).weigher(weigh).build();
        let (trusted, prices) = (HashMap::new(), PriceList::default());
        Self { documents, trusted, prices, scan_limits, limits }
    }

    /// The same store with prices and with the documents of a manifest. One that is beyond the
    /// limits is left out and named in the log.
    #[must_use]
    pub fn with(mut self, prices: PriceList, manifest: &Manifest) -> Self {
        self.prices = prices;
        for text in manifest.texts() {
            match Document::parse(text.to_owned(), &self.scan_limits, &self.limits) {
                Ok(document) => {
                    let document = document.priced(&self.prices).trusted();
                    self.trusted.insert(DocumentHash::of(text), Arc::new(document));
                }
                Err(refusal) => {
                    let (hash, why) = (DocumentHash::of(text), refusal.message);
                    tracing::error!(?hash, %why, "a document of the manifest cannot be executed");
                }
            }
        }
        self
    }

    fn known(&self, hash: &DocumentHash) -> Option<Arc<Document>> {
        self.trusted.get(hash).cloned().or_else(|| self.documents.get(hash))
    }

    /// The document of a request that gives a text, a hash, or both; with `remember` a text that is new
    /// is known from then on.
    ///
    /// # Errors
    /// `DOCUMENT_UNKNOWN` (message `PersistedQueryNotFound`, on which clients send the text) for a
    /// hash without text; `VALIDATION_FAILED` when hash and text do not belong together or both
    /// are missing; else what [`Document::parse`] refuses.
    pub fn resolve(
        &self,
        text: Option<String>,
        hash: Option<DocumentHash>,
        remember: bool,
    ) -> Result<Arc<Document>, Refusal> {
        let Some(text) = text.filter(|text| !text.is_empty()) else {
            let Some(hash) = hash else {
                return Err(Refusal::document(
                    ErrorCode::ValidationFailed,
                    "The request has no document.",
                ));
            };
            return self.known(&hash).ok_or_else(|| {
                Refusal::document(ErrorCode::DocumentUnknown, "PersistedQueryNotFound")
            });
        };
        let own = DocumentHash::of(&text);
        if hash.is_some_and(|hash| hash != own) {
            return Err(Refusal::document(
                ErrorCode::ValidationFailed,
                "The hash given is not the hash of the document given.",
            ));
        }
        if let Some(document) = self.known(&own) {
            return Ok(document);
        }
        let document = Document::parse(text, &self.scan_limits, &self.limits)?;
        let document = Arc::new(document.priced(&self.prices));
        if remember {
            self.documents.insert(own, document.clone());
        }
        Ok(document)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn store() -> DocumentStore {
        DocumentStore::new(1 << 20, ScanLimits::default(), DocumentLimits::default())
    }

    #[test]
    fn the_hash_is_sha_256_of_the_text() {
        let hash = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(DocumentHash::from_hex(hash), Some(DocumentHash::of("abc")));
        assert_eq!(format!("{:?}", DocumentHash::of("abc")), hash);
        assert_eq!(DocumentHash::from_hex("ba78"), None);
        assert_eq!(DocumentHash::from_hex(&"x".repeat(64)), None);
    }

    #[test]
    fn a_hash_is_known_after_its_text_was_sent() {
        let store = store();
        let hash = DocumentHash::of("{ a }");
        let refusal = store.resolve(None, Some(hash), true).expect_err("not yet sent");
        assert_eq!(refusal.code, ErrorCode::DocumentUnknown);
        assert_eq!(refusal.message, "PersistedQueryNotFound");
        let sent = store.resolve(Some("{ a }".to_owned()), Some(hash), true).expect("valid");
        let known = store.resolve(None, Some(hash), true).expect("sent before");
        assert!(Arc::ptr_eq(&sent, &known));
    }

    #[test]
    fn a_text_that_is_not_to_be_remembered_is_not_known_after_it_was_sent() {
        let store = store();
        store.resolve(Some("{ a }".to_owned()), None, false).expect("valid");
        assert!(store.resolve(None, Some(DocumentHash::of("{ a }")), true).is_err());
        store.resolve(Some("{ a }".to_owned()), None, true).expect("valid");
        assert!(store.resolve(None, Some(DocumentHash::of("{ a }")), false).is_ok());
    }

    #[test]
    fn a_text_under_a_foreign_hash_is_refused_and_not_kept() {
        let store = store();
        let foreign = DocumentHash::of("{ b }");
        let refusal =
            store.resolve(Some("{ a }".to_owned()), Some(foreign), true).expect_err("foreign");
        assert_eq!(refusal.code, ErrorCode::ValidationFailed);
        assert!(store.resolve(None, Some(foreign), true).is_err());
    }

    #[test]
    fn a_refused_document_is_not_kept() {
        let store = store();
        assert!(store.resolve(Some("{ a".to_owned()), None, true).is_err());
        assert!(store.resolve(None, Some(DocumentHash::of("{ a")), true).is_err());
    }
}
