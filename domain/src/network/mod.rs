//! Tenant, site, team, queue and the settings that hold for them.
