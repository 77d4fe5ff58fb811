//! From history to volumes and handle times per interval.
