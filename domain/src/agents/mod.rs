//! Agents with their skills, contracts and posts.
