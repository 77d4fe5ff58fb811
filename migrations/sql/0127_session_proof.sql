-- When the owner of a session last showed who they are: by password, or as the identity provider says.
-- Null = the provider did not say.
alter table app.session
    add column proved_at timestamptz,
    add constraint session_proof check (proved_at <= created_at);
