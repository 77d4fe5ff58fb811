//! Users, roles, permissions and the scope in which they hold.
