//! The three personal files: development, quality, performance.
