-- Providers such as Microsoft Entra ID, which do not say whether an address is verified: it leads to
-- nobody by itself, unless the tenant says that the directory is its own. And people may be known there
-- by the claim `oid`, which administrators see, instead of `sub`, which they do not.
alter table app.identity_provider
    add column trusts_emails boolean not null default false,
    add column known_by_oid boolean not null default false;
