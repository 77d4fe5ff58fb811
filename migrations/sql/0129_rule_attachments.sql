-- Work rules are set for the network, a site, a kind of contract in either, a team or one agent. Rules of
-- less than a site hold only what they change.
alter table app.work_rules
    add column contract_kind text,
    add column team_id uuid,
    add column agent_id uuid,
    drop constraint work_rules_number_unique,
    add constraint work_rules_number_unique
        unique nulls not distinct (tenant_id, site_id, contract_kind, team_id, agent_id, number),
    add constraint work_rules_attachment
        check (num_nonnulls(team_id, agent_id) = 0
               or (num_nonnulls(team_id, agent_id) = 1 and num_nonnulls(site_id, contract_kind) = 0)),
    add constraint work_rules_kind_known
        check (contract_kind in ('REGULAR', 'PART_TIME', 'DISPATCHED', 'OUTSOURCED', 'INTERN')),
    add constraint work_rules_team_fkey foreign key (tenant_id, team_id)
        references app.team (tenant_id, id),
    add constraint work_rules_agent_fkey foreign key (tenant_id, agent_id)
        references app.agent (tenant_id, id);
create index work_rules_team_idx on app.work_rules (tenant_id, team_id) where team_id is not null;
create index work_rules_agent_idx on app.work_rules (tenant_id, agent_id) where agent_id is not null;
-- Code of the training that must be passed before an agent takes contacts of the queue, by the entries of
-- the development file. Null = none.
alter table app.queue
    add column training text,
    add constraint queue_training_length check (length(training) between 1 and 40);
-- What every roster asks the development files for.
create index file_entry_training_idx on app.file_entry (tenant_id, file_id) where kind = 'TRAINING';
