-- Written by a test from a migrated database; never edited by hand.

-- tables and columns
create table app.agent (
    tenant_id uuid not null,
    id uuid not null,
    number text not null,
    display_name text not null,
    site_id uuid not null,
    team_id uuid,
    post text not null,
    status text not null,
    hired_on date not null,
    left_on date,
    languages text[] not null default '{}'::text[],
    external_ids jsonb not null default '[]'::jsonb,
    version integer not null default 1,
    created_at timestamp with time zone not null,
    updated_at timestamp with time zone not null
);
create table app.agent_private (
    tenant_id uuid not null,
    agent_id uuid not null,
    home_address bytea,
    national_id bytea,
    emergency_contact bytea,
    updated_at timestamp with time zone not null
);
create table app.agent_skill (
    tenant_id uuid not null,
    agent_id uuid not null,
    skill_id uuid not null,
    grade smallint not null,
    valid_until date
);
create table app.agent_state (
    tenant_id uuid not null,
    agent_id uuid not null,
    state text not null,
    reason text,
    since timestamp with time zone not null,
    heard_at timestamp with time zone not null
);
create table app.agent_state_event (
    tenant_id uuid not null,
    source text not null,
    event_id text not null,
    agent_id uuid not null,
    state text not null,
    reason text,
    source_at timestamp with time zone not null,
    sequence bigint not null,
    received_at timestamp with time zone not null
);
create table app.api_client (
    tenant_id uuid not null,
    id uuid not null,
    name text not null,
    scopes text[] not null,
    site_ids uuid[] not null default '{}'::uuid[],
    rate_burst integer,
    rate_restore integer,
    state text not null,
    expires_at timestamp with time zone,
    created_at timestamp with time zone not null
);
create table app.api_key (
    tenant_id uuid not null,
    id uuid not null,
    client_id uuid not null,
    key_hash bytea not null,
    expires_at timestamp with time zone,
    revoked_at timestamp with time zone,
    last_used_at timestamp with time zone,
    created_at timestamp with time zone not null
);
create table app.app_user (
    tenant_id uuid not null,
    id uuid not null,
    email text not null,
    display_name text not null,
    password_hash text,
    state text not null,
    language text,
    agent_id uuid,
    epoch integer not null default 1,
    version integer not null default 1,
    created_at timestamp with time zone not null,
    updated_at timestamp with time zone not null
);
create table app.assignment (
    tenant_id uuid not null,
    id uuid not null,
    agent_id uuid not null,
    post text not null,
    site_id uuid not null,
    team_id uuid,
    superior_user_id uuid,
    reason text not null,
    decision text,
    valid_from timestamp with time zone not null,
    valid_until timestamp with time zone
);
create table app.audit_event (
    tenant_id uuid not null,
    id uuid not null,
    at timestamp with time zone not null,
    actor_id uuid,
    action text not null,
    subject text not null,
    request_id text,
    reason text,
    before jsonb,
    after jsonb,
    rule_version text,
    detail jsonb not null,
    digest bytea not null,
    address text,
    client text
) partition by RANGE (id);
create table app.audit_link (
    tenant_id uuid not null,
    position bigint not null,
    event_id uuid not null,
    hash bytea not null
);
create table app.audit_segment (
    tenant_id uuid not null,
    number bigint not null,
    first_position bigint not null,
    last_position bigint not null,
    previous bytea not null,
    root bytea not null,
    until_at timestamp with time zone not null,
    sealed_at timestamp with time zone not null,
    key_id text not null,
    signature bytea not null
);
create table app.audit_unsealed (
    tenant_id uuid not null,
    event_id uuid not null
);
create table app.availability (
    tenant_id uuid not null,
    id uuid not null,
    agent_id uuid not null,
    available boolean not null,
    label text not null,
    weekdays smallint[],
    local_from time without time zone,
    local_until time without time zone,
    valid_from date,
    valid_until date,
    starts_at timestamp with time zone,
    ends_at timestamp with time zone
);
create table app.contract (
    tenant_id uuid not null,
    id uuid not null,
    agent_id uuid not null,
    kind text not null,
    weekly_min_seconds integer not null,
    weekly_max_seconds integer not null,
    valid_from date not null,
    valid_until date
);
create table app.custom_role (
    tenant_id uuid not null,
    id uuid not null,
    name text not null,
    permissions jsonb not null,
    state text not null,
    version integer not null default 1,
    created_at timestamp with time zone not null,
    updated_at timestamp with time zone not null
);
create table app.demand_event (
    tenant_id uuid not null,
    id uuid not null,
    name text not null,
    kind text not null,
    starts_at timestamp with time zone not null,
    ends_at timestamp with time zone not null,
    queue_ids uuid[] not null,
    volume_uplift numeric(8,4) not null,
    handle_time_uplift numeric(8,4) not null,
    state text not null,
    version integer not null default 1,
    created_at timestamp with time zone not null,
    volume numeric(12,4),
    handle_time_seconds numeric(9,4)
);
create table app.file_entry (
    tenant_id uuid not null,
    id uuid not null,
    file_id uuid not null,
    part text not null,
    kind text not null,
    effective_on date not null,
    recorded_at timestamp with time zone not null,
    recorded_by uuid,
    source text not null,
    payload jsonb not null,
    evidence jsonb not null default '[]'::jsonb,
    corrects_id uuid,
    correction_reason text
);
create table app.file_month (
    tenant_id uuid not null,
    site_id uuid not null,
    month date not null,
    counted_at timestamp with time zone not null
);
create table app.forecast (
    tenant_id uuid not null,
    id uuid not null,
    queue_id uuid not null,
    number integer not null,
    state text not null,
    starts_on date not null,
    days integer not null,
    grain_minutes integer not null,
    method text not null,
    inputs jsonb not null,
    created_by uuid,
    created_at timestamp with time zone not null
);
create table app.forecast_actual (
    tenant_id uuid not null,
    queue_id uuid not null,
    starts_at timestamp with time zone not null,
    local_date date not null,
    forecast_id uuid not null,
    forecast double precision not null,
    actual double precision not null
);
create table app.forecast_point (
    tenant_id uuid not null,
    forecast_id uuid not null,
    starts_at timestamp with time zone not null,
    volume double precision not null,
    handle_time_seconds double precision not null,
    quantiles double precision[] not null
);
create table app.idempotency (
    tenant_id uuid not null,
    subject_id uuid not null,
    key_name bytea not null,
    request_hash bytea not null,
    answer bytea not null,
    created_at timestamp with time zone not null
);
create table app.identity_provider (
    tenant_id uuid not null,
    issuer text not null,
    client_id text not null,
    sealed_secret bytea not null,
    email_domains text[] not null,
    creates_users boolean not null,
    version integer not null default 1,
    created_at timestamp with time zone not null,
    updated_at timestamp with time zone not null,
    trusts_emails boolean not null default false,
    known_by_oid boolean not null default false
);
create table app.interval_figure (
    tenant_id uuid not null,
    queue_id uuid not null,
    site_id uuid,
    starts_at timestamp with time zone not null,
    offered integer not null,
    answered integer,
    answered_in_threshold integer,
    abandoned integer,
    abandoned_in_threshold integer,
    abandoned_short integer,
    wait_seconds bigint,
    talk_seconds bigint,
    hold_seconds bigint,
    acw_seconds bigint,
    handle_seconds bigint,
    threshold_seconds integer,
    quality smallint not null default 0,
    source text not null,
    received_at timestamp with time zone not null,
    waits bigint[]
) partition by RANGE (starts_at);
create table app.job (
    tenant_id uuid not null,
    id uuid not null,
    kind text not null,
    state text not null,
    input jsonb not null,
    rows_done bigint not null default 0,
    rows_total bigint,
    result jsonb,
    failure text,
    requested_by uuid,
    claimed_until timestamp with time zone,
    attempts integer not null default 0,
    created_at timestamp with time zone not null,
    finished_at timestamp with time zone,
    standing jsonb,
    stop_asked_at timestamp with time zone,
    stop_asked_by uuid
);
create table app.kpi_target (
    tenant_id uuid not null,
    id uuid not null,
    kpi_code text not null,
    site_id uuid,
    queue_id uuid,
    target_min numeric,
    target_max numeric,
    critical_min numeric,
    critical_max numeric,
    valid_from date not null,
    created_at timestamp with time zone not null
);
create table app.measure_day (
    tenant_id uuid not null,
    measure text not null,
    local_date date not null,
    site_id uuid,
    queue_id uuid,
    agent_id uuid,
    value numeric not null,
    recorded_at timestamp with time zone not null
);
create table app.notification (
    tenant_id uuid not null,
    id uuid not null,
    user_id uuid not null,
    number bigint not null,
    kind text not null,
    subject text not null,
    params jsonb not null,
    created_at timestamp with time zone not null,
    read_at timestamp with time zone
);
create table app.notification_box (
    tenant_id uuid not null,
    user_id uuid not null,
    last_number bigint not null default 0,
    mail_kinds text[] not null default '{}'::text[]
);
create table app.pattern_assignment (
    tenant_id uuid not null,
    agent_id uuid not null,
    starts_on date not null,
    pattern_id uuid,
    first_week integer not null,
    assigned_by uuid,
    assigned_at timestamp with time zone not null
);
create table app.personal_file (
    tenant_id uuid not null,
    id uuid not null,
    agent_id uuid not null,
    kind text not null,
    created_at timestamp with time zone not null
);
create table app.provider_sign_in (
    tenant_id uuid not null,
    id uuid not null,
    browser_hash bytea not null,
    state_hash bytea not null,
    sealed bytea not null,
    created_at timestamp with time zone not null,
    expires_at timestamp with time zone not null
);
create table app.queue (
    tenant_id uuid not null,
    id uuid not null,
    code text not null,
    name_en text not null,
    name_zh text not null,
    time_zone text not null,
    grain_minutes integer not null,
    skill_id uuid,
    minimum_staff integer not null default 0,
    shrinkage numeric(5,4) not null default 0,
    unplanned_shrinkage numeric(5,4) not null default 0,
    patience_seconds numeric(10,3),
    version integer not null default 1,
    created_at timestamp with time zone not null,
    updated_at timestamp with time zone not null,
    training text,
    lines jsonb
);
create table app.queue_close (
    tenant_id uuid not null,
    queue_id uuid not null,
    local_date date not null,
    closed_at timestamp with time zone not null,
    closes integer not null default 1,
    intervals integer not null,
    flagged_intervals integer not null,
    missing_intervals integer not null,
    is_missing boolean not null,
    forecast_id uuid,
    compared_intervals integer not null,
    forecast double precision not null,
    actual double precision not null,
    absolute_error double precision not null
);
create table app.queue_day (
    tenant_id uuid not null,
    queue_id uuid not null,
    site_id uuid,
    local_date date not null,
    intervals integer not null,
    offered bigint not null,
    answered bigint,
    answered_in_threshold bigint,
    abandoned bigint,
    abandoned_in_threshold bigint,
    abandoned_short bigint,
    wait_seconds bigint,
    talk_seconds bigint,
    hold_seconds bigint,
    acw_seconds bigint,
    handle_seconds bigint,
    threshold_seconds integer,
    closed_at timestamp with time zone,
    waits bigint[],
    method text not null default 'OFFERED'::text
);
create table app.queue_gauge (
    tenant_id uuid not null,
    queue_id uuid not null,
    site_id uuid,
    waiting integer not null,
    longest_wait_seconds integer not null,
    source_at timestamp with time zone not null,
    received_at timestamp with time zone not null
);
create table app.queue_goal (
    tenant_id uuid not null,
    queue_id uuid not null,
    valid_from timestamp with time zone not null,
    service_level numeric(5,2),
    threshold_seconds integer not null,
    method text not null,
    short_abandon_seconds integer not null,
    max_asa_seconds integer,
    max_abandonment numeric(5,2),
    max_occupancy numeric(5,2)
);
create table app.queue_site (
    tenant_id uuid not null,
    queue_id uuid not null,
    site_id uuid not null
);
create table app.queue_week (
    tenant_id uuid not null,
    queue_id uuid not null,
    valid_from date not null,
    bands jsonb not null,
    set_by uuid,
    set_at timestamp with time zone not null
);
create table app.recovery_code (
    tenant_id uuid not null,
    user_id uuid not null,
    code_hash bytea not null,
    created_at timestamp with time zone not null,
    used_at timestamp with time zone
);
create table app.requirement (
    tenant_id uuid not null,
    id uuid not null,
    queue_id uuid not null,
    forecast_id uuid not null,
    model text not null,
    inputs jsonb not null,
    created_by uuid,
    created_at timestamp with time zone not null
);
create table app.requirement_point (
    tenant_id uuid not null,
    requirement_id uuid not null,
    starts_at timestamp with time zone not null,
    on_phone integer not null,
    on_roster integer not null,
    to_schedule integer not null,
    service_level double precision not null,
    occupancy double precision not null,
    decided_by text,
    shrinkage double precision,
    unplanned_shrinkage double precision,
    senior_grade integer,
    seniors_on_phone integer not null default 0,
    seniors_to_schedule integer not null default 0
);
create table app.reserve_agent (
    tenant_id uuid not null,
    agent_id uuid not null,
    valid_from date not null,
    call_order integer,
    reach_seconds integer,
    set_by uuid,
    set_at timestamp with time zone not null
);
create table app.rest_given (
    tenant_id uuid not null,
    agent_id uuid not null,
    earned_on date not null,
    rest_on date not null,
    given_by uuid,
    given_at timestamp with time zone not null
);
create table app.role_assignment (
    tenant_id uuid not null,
    id uuid not null,
    user_id uuid not null,
    role text,
    custom_role_id uuid,
    scope text not null,
    site_id uuid,
    team_id uuid,
    post text,
    valid_from timestamp with time zone not null,
    valid_until timestamp with time zone,
    created_at timestamp with time zone not null
);
create table app.rule_override (
    tenant_id uuid not null,
    change_id uuid not null,
    number integer not null,
    schedule_id uuid not null,
    local_date date not null,
    rule text not null,
    agent_id uuid,
    starts_at timestamp with time zone not null,
    ends_at timestamp with time zone not null,
    violation jsonb not null,
    reason text not null,
    rule_version text
);
create table app.schedule (
    tenant_id uuid not null,
    id uuid not null,
    site_id uuid not null,
    starts_on date not null,
    ends_on date not null,
    state text not null,
    version integer not null default 1,
    seed bigint,
    result jsonb not null default '{}'::jsonb,
    created_by uuid,
    created_at timestamp with time zone not null,
    updated_at timestamp with time zone not null,
    published_at timestamp with time zone,
    base_id uuid,
    name text,
    assumptions jsonb not null default '{}'::jsonb
);
create table app.schedule_change (
    tenant_id uuid not null,
    id uuid not null,
    schedule_id uuid not null,
    version integer not null,
    cause text not null,
    changed_by uuid,
    changed_at timestamp with time zone not null,
    detail jsonb not null
);
create table app.schema_migration (
    name text not null,
    digest bytea not null,
    applied_at timestamp with time zone not null default now()
);
create table app.session (
    tenant_id uuid not null,
    id uuid not null,
    user_id uuid not null,
    refresh_hash bytea not null,
    previous_hash bytea,
    successor bytea,
    address text,
    user_agent text,
    rotated_at timestamp with time zone not null,
    created_at timestamp with time zone not null,
    expires_at timestamp with time zone not null,
    revoked_at timestamp with time zone,
    revoke_reason text,
    proved_at timestamp with time zone
);
create table app.shift (
    tenant_id uuid not null,
    id uuid not null,
    schedule_id uuid not null,
    site_id uuid not null,
    agent_id uuid,
    starts_at timestamp with time zone not null,
    ends_at timestamp with time zone not null,
    local_date date not null,
    activities bytea not null,
    needs jsonb not null default '[]'::jsonb,
    state text not null,
    version integer not null default 1,
    copied_from uuid,
    copied_version integer
);
create table app.shift_change (
    tenant_id uuid not null,
    change_id uuid not null,
    shift_id uuid not null,
    agent_before uuid,
    starts_before timestamp with time zone,
    ends_before timestamp with time zone,
    agent_after uuid,
    starts_after timestamp with time zone,
    ends_after timestamp with time zone,
    activities_before bytea,
    activities_after bytea
);
create table app.shift_pattern (
    tenant_id uuid not null,
    id uuid not null,
    site_id uuid not null,
    name text not null,
    weeks jsonb not null,
    created_by uuid,
    created_at timestamp with time zone not null
);
create table app.shift_swap (
    tenant_id uuid not null,
    id uuid not null,
    state text not null,
    site_id uuid not null,
    proposer_id uuid not null,
    offered_shift_id uuid not null,
    offered_version integer not null,
    audience_agent_id uuid,
    audience_team_ids uuid[] not null default '{}'::uuid[],
    acceptable_windows jsonb not null default '[]'::jsonb,
    counterpart_id uuid,
    return_shift_id uuid,
    note text,
    expires_at timestamp with time zone not null,
    violations jsonb not null default '[]'::jsonb,
    decision jsonb,
    history jsonb not null,
    version integer not null default 1,
    created_at timestamp with time zone not null,
    updated_at timestamp with time zone not null
);
create table app.shift_template_set (
    tenant_id uuid not null,
    site_id uuid not null,
    valid_from date not null,
    templates jsonb not null,
    set_by uuid,
    set_at timestamp with time zone not null
);
create table app.shift_wish (
    tenant_id uuid not null,
    agent_id uuid not null,
    local_date date not null,
    template_code text not null,
    is_wanted boolean not null,
    weight smallint not null,
    set_by uuid,
    set_at timestamp with time zone not null
);
create table app.site (
    tenant_id uuid not null,
    id uuid not null,
    code text not null,
    name_en text not null,
    name_zh text not null,
    time_zone text not null,
    state text not null,
    opening jsonb,
    version integer not null default 1,
    created_at timestamp with time zone not null,
    updated_at timestamp with time zone not null
);
create table app.site_seats (
    tenant_id uuid not null,
    site_id uuid not null,
    valid_from date not null,
    seats integer,
    set_by uuid,
    set_at timestamp with time zone not null
);
create table app.skill (
    tenant_id uuid not null,
    id uuid not null,
    code text not null,
    name_en text not null,
    name_zh text not null,
    created_at timestamp with time zone not null
);
create table app.special_day (
    tenant_id uuid not null,
    site_id uuid not null,
    local_date date not null,
    name text not null,
    closed boolean not null,
    kind text not null default 'USUAL'::text
);
create table app.team (
    tenant_id uuid not null,
    id uuid not null,
    site_id uuid not null,
    code text not null,
    name_en text not null,
    name_zh text not null,
    version integer not null default 1,
    created_at timestamp with time zone not null,
    updated_at timestamp with time zone not null
);
create table app.tenant (
    id uuid not null,
    slug text not null,
    name_en text not null,
    name_zh text not null,
    time_zone text not null,
    language text not null,
    state text not null,
    settings jsonb not null default '{}'::jsonb,
    created_at timestamp with time zone not null
);
create table app.user_identity (
    tenant_id uuid not null,
    issuer text not null,
    subject text not null,
    user_id uuid not null,
    created_at timestamp with time zone not null
);
create table app.user_link (
    tenant_id uuid not null,
    id uuid not null,
    user_id uuid not null,
    kind text not null,
    secret_hash bytea not null,
    created_at timestamp with time zone not null,
    expires_at timestamp with time zone not null,
    used_at timestamp with time zone
);
create table app.user_totp (
    tenant_id uuid not null,
    user_id uuid not null,
    sealed_secret bytea not null,
    confirmed_at timestamp with time zone,
    last_step bigint not null default 0,
    created_at timestamp with time zone not null
);
create table app.work_rules (
    tenant_id uuid not null,
    id uuid not null,
    site_id uuid,
    number integer not null,
    valid_from date not null,
    rules jsonb not null,
    created_by uuid,
    created_at timestamp with time zone not null,
    contract_kind text,
    team_id uuid,
    agent_id uuid
);

-- partitions
create table app.audit_event_2027 partition of app.audit_event FOR VALUES FROM ('01a2ce8b-d400-0000-0000-000000000000') TO ('01aa263d-0000-0000-0000-000000000000');
create table app.audit_event_2028 partition of app.audit_event FOR VALUES FROM ('01aa263d-0000-0000-0000-000000000000') TO ('01b18314-8800-0000-0000-000000000000');
create table app.audit_event_2029 partition of app.audit_event FOR VALUES FROM ('01b18314-8800-0000-0000-000000000000') TO ('01b8dac5-b400-0000-0000-000000000000');
create table app.audit_event_2030 partition of app.audit_event FOR VALUES FROM ('01b8dac5-b400-0000-0000-000000000000') TO ('01c03276-e000-0000-0000-000000000000');
create table app.audit_event_2031 partition of app.audit_event FOR VALUES FROM ('01c03276-e000-0000-0000-000000000000') TO ('01c78a28-0c00-0000-0000-000000000000');
create table app.audit_event_2032 partition of app.audit_event FOR VALUES FROM ('01c78a28-0c00-0000-0000-000000000000') TO ('01cee6ff-9400-0000-0000-000000000000');
create table app.audit_event_2033 partition of app.audit_event FOR VALUES FROM ('01cee6ff-9400-0000-0000-000000000000') TO ('01d63eb0-c000-0000-0000-000000000000');
create table app.audit_event_2034 partition of app.audit_event FOR VALUES FROM ('01d63eb0-c000-0000-0000-000000000000') TO ('01dd9661-ec00-0000-0000-000000000000');
create table app.audit_event_2035 partition of app.audit_event FOR VALUES FROM ('01dd9661-ec00-0000-0000-000000000000') TO ('01e4ee13-1800-0000-0000-000000000000');
create table app.audit_event_2036 partition of app.audit_event FOR VALUES FROM ('01e4ee13-1800-0000-0000-000000000000') TO ('01ec4aea-a000-0000-0000-000000000000');
create table app.audit_event_late partition of app.audit_event FOR VALUES FROM ('01ec4aea-a000-0000-0000-000000000000') TO (MAXVALUE);
create table app.audit_event_until_2026 partition of app.audit_event FOR VALUES FROM (MINVALUE) TO ('01a2ce8b-d400-0000-0000-000000000000');
create table app.interval_figure_2027 partition of app.interval_figure FOR VALUES FROM ('2027-01-01 00:00:00+00') TO ('2028-01-01 00:00:00+00');
create table app.interval_figure_2028 partition of app.interval_figure FOR VALUES FROM ('2028-01-01 00:00:00+00') TO ('2029-01-01 00:00:00+00');
create table app.interval_figure_2029 partition of app.interval_figure FOR VALUES FROM ('2029-01-01 00:00:00+00') TO ('2030-01-01 00:00:00+00');
create table app.interval_figure_2030 partition of app.interval_figure FOR VALUES FROM ('2030-01-01 00:00:00+00') TO ('2031-01-01 00:00:00+00');
create table app.interval_figure_2031 partition of app.interval_figure FOR VALUES FROM ('2031-01-01 00:00:00+00') TO ('2032-01-01 00:00:00+00');
create table app.interval_figure_2032 partition of app.interval_figure FOR VALUES FROM ('2032-01-01 00:00:00+00') TO ('2033-01-01 00:00:00+00');
create table app.interval_figure_2033 partition of app.interval_figure FOR VALUES FROM ('2033-01-01 00:00:00+00') TO ('2034-01-01 00:00:00+00');
create table app.interval_figure_2034 partition of app.interval_figure FOR VALUES FROM ('2034-01-01 00:00:00+00') TO ('2035-01-01 00:00:00+00');
create table app.interval_figure_2035 partition of app.interval_figure FOR VALUES FROM ('2035-01-01 00:00:00+00') TO ('2036-01-01 00:00:00+00');
create table app.interval_figure_2036 partition of app.interval_figure FOR VALUES FROM ('2036-01-01 00:00:00+00') TO ('2037-01-01 00:00:00+00');
create table app.interval_figure_late partition of app.interval_figure FOR VALUES FROM ('2037-01-01 00:00:00+00') TO (MAXVALUE);
create table app.interval_figure_until_2026 partition of app.interval_figure FOR VALUES FROM (MINVALUE) TO ('2027-01-01 00:00:00+00');

-- constraints
alter table app.agent add constraint agent_number_unique UNIQUE (tenant_id, number);
alter table app.agent add constraint agent_pkey PRIMARY KEY (tenant_id, id);
alter table app.agent add constraint agent_site_fkey FOREIGN KEY (tenant_id, site_id) REFERENCES app.site(tenant_id, id);
alter table app.agent add constraint agent_status_known CHECK ((status = ANY (ARRAY['ACTIVE'::text, 'ON_LEAVE'::text, 'TERMINATED'::text])));
alter table app.agent add constraint agent_team_fkey FOREIGN KEY (tenant_id, team_id) REFERENCES app.team(tenant_id, id);
alter table app.agent_private add constraint agent_private_agent_fkey FOREIGN KEY (tenant_id, agent_id) REFERENCES app.agent(tenant_id, id);
alter table app.agent_private add constraint agent_private_pkey PRIMARY KEY (tenant_id, agent_id);
alter table app.agent_skill add constraint agent_skill_agent_fkey FOREIGN KEY (tenant_id, agent_id) REFERENCES app.agent(tenant_id, id);
alter table app.agent_skill add constraint agent_skill_grade_range CHECK (((grade >= 1) AND (grade <= 5)));
alter table app.agent_skill add constraint agent_skill_pkey PRIMARY KEY (tenant_id, agent_id, skill_id);
alter table app.agent_skill add constraint agent_skill_skill_fkey FOREIGN KEY (tenant_id, skill_id) REFERENCES app.skill(tenant_id, id);
alter table app.agent_state add constraint agent_state_agent_fkey FOREIGN KEY (tenant_id, agent_id) REFERENCES app.agent(tenant_id, id);
alter table app.agent_state add constraint agent_state_pkey PRIMARY KEY (tenant_id, agent_id);
alter table app.agent_state_event add constraint agent_state_event_agent_fkey FOREIGN KEY (tenant_id, agent_id) REFERENCES app.agent(tenant_id, id);
alter table app.agent_state_event add constraint agent_state_event_pkey PRIMARY KEY (tenant_id, source, event_id);
alter table app.api_client add constraint api_client_name_unique UNIQUE (tenant_id, name);
alter table app.api_client add constraint api_client_pkey PRIMARY KEY (tenant_id, id);
alter table app.api_client add constraint api_client_rate_complete CHECK (((rate_burst IS NULL) = (rate_restore IS NULL)));
alter table app.api_client add constraint api_client_rate_positive CHECK (((rate_burst > 0) AND (rate_restore > 0)));
alter table app.api_client add constraint api_client_state_known CHECK ((state = ANY (ARRAY['ACTIVE'::text, 'DISABLED'::text])));
alter table app.api_key add constraint api_key_client_fkey FOREIGN KEY (tenant_id, client_id) REFERENCES app.api_client(tenant_id, id) ON DELETE CASCADE;
alter table app.api_key add constraint api_key_pkey PRIMARY KEY (tenant_id, id);
alter table app.app_user add constraint app_user_agent_fkey FOREIGN KEY (tenant_id, agent_id) REFERENCES app.agent(tenant_id, id);
alter table app.app_user add constraint app_user_agent_unique UNIQUE (tenant_id, agent_id);
alter table app.app_user add constraint app_user_email_unique UNIQUE (tenant_id, email);
alter table app.app_user add constraint app_user_pkey PRIMARY KEY (tenant_id, id);
alter table app.app_user add constraint app_user_state_known CHECK ((state = ANY (ARRAY['ACTIVE'::text, 'DISABLED'::text])));
alter table app.assignment add constraint assignment_agent_fkey FOREIGN KEY (tenant_id, agent_id) REFERENCES app.agent(tenant_id, id);
alter table app.assignment add constraint assignment_no_overlap EXCLUDE USING gist (tenant_id WITH =, agent_id WITH =, tstzrange(valid_from, valid_until) WITH &&);
alter table app.assignment add constraint assignment_pkey PRIMARY KEY (tenant_id, id);
alter table app.assignment add constraint assignment_site_fkey FOREIGN KEY (tenant_id, site_id) REFERENCES app.site(tenant_id, id);
alter table app.assignment add constraint assignment_superior_fkey FOREIGN KEY (tenant_id, superior_user_id) REFERENCES app.app_user(tenant_id, id);
alter table app.assignment add constraint assignment_team_fkey FOREIGN KEY (tenant_id, team_id) REFERENCES app.team(tenant_id, id);
alter table app.audit_event add constraint audit_event_pkey PRIMARY KEY (tenant_id, id);
alter table app.audit_link add constraint audit_link_event_unique UNIQUE (tenant_id, event_id);
alter table app.audit_link add constraint audit_link_pkey PRIMARY KEY (tenant_id, "position");
alter table app.audit_segment add constraint audit_segment_pkey PRIMARY KEY (tenant_id, number);
alter table app.audit_unsealed add constraint audit_unsealed_pkey PRIMARY KEY (tenant_id, event_id);
alter table app.availability add constraint availability_agent_fkey FOREIGN KEY (tenant_id, agent_id) REFERENCES app.agent(tenant_id, id);
alter table app.availability add constraint availability_one_kind CHECK ((((weekdays IS NOT NULL) AND (local_from IS NOT NULL) AND (local_until IS NOT NULL) AND (starts_at IS NULL)) OR ((weekdays IS NULL) AND (starts_at IS NOT NULL) AND (ends_at > starts_at))));
alter table app.availability add constraint availability_pkey PRIMARY KEY (tenant_id, id);
alter table app.contract add constraint contract_agent_fkey FOREIGN KEY (tenant_id, agent_id) REFERENCES app.agent(tenant_id, id);
alter table app.contract add constraint contract_no_overlap EXCLUDE USING gist (tenant_id WITH =, agent_id WITH =, daterange(valid_from, valid_until) WITH &&);
alter table app.contract add constraint contract_pkey PRIMARY KEY (tenant_id, id);
alter table app.contract add constraint contract_weekly_order CHECK (((weekly_min_seconds >= 0) AND (weekly_min_seconds <= weekly_max_seconds)));
alter table app.custom_role add constraint custom_role_name_unique UNIQUE (tenant_id, name);
alter table app.custom_role add constraint custom_role_pkey PRIMARY KEY (tenant_id, id);
alter table app.custom_role add constraint custom_role_state_known CHECK ((state = ANY (ARRAY['ACTIVE'::text, 'ARCHIVED'::text])));
alter table app.demand_event add constraint demand_event_pkey PRIMARY KEY (tenant_id, id);
alter table app.demand_event add constraint demand_event_span_order CHECK ((ends_at > starts_at));
alter table app.demand_event add constraint demand_event_state_known CHECK ((state = ANY (ARRAY['PROPOSED'::text, 'ACCEPTED'::text, 'REJECTED'::text])));
alter table app.file_entry add constraint file_entry_correction_complete CHECK (((corrects_id IS NULL) = (correction_reason IS NULL)));
alter table app.file_entry add constraint file_entry_corrects_fkey FOREIGN KEY (tenant_id, corrects_id) REFERENCES app.file_entry(tenant_id, id);
alter table app.file_entry add constraint file_entry_corrects_unique UNIQUE (tenant_id, corrects_id);
alter table app.file_entry add constraint file_entry_file_fkey FOREIGN KEY (tenant_id, file_id) REFERENCES app.personal_file(tenant_id, id);
alter table app.file_entry add constraint file_entry_pkey PRIMARY KEY (tenant_id, id);
alter table app.file_month add constraint file_month_pkey PRIMARY KEY (tenant_id, site_id, month);
alter table app.file_month add constraint file_month_site_fkey FOREIGN KEY (tenant_id, site_id) REFERENCES app.site(tenant_id, id);
alter table app.forecast add constraint forecast_number_unique UNIQUE (tenant_id, queue_id, number);
alter table app.forecast add constraint forecast_pkey PRIMARY KEY (tenant_id, id);
alter table app.forecast add constraint forecast_queue_fkey FOREIGN KEY (tenant_id, queue_id) REFERENCES app.queue(tenant_id, id);
alter table app.forecast add constraint forecast_state_known CHECK ((state = ANY (ARRAY['OPEN'::text, 'FROZEN'::text])));
alter table app.forecast_actual add constraint forecast_actual_forecast_fkey FOREIGN KEY (tenant_id, forecast_id) REFERENCES app.forecast(tenant_id, id);
alter table app.forecast_actual add constraint forecast_actual_pkey PRIMARY KEY (tenant_id, queue_id, starts_at);
alter table app.forecast_actual add constraint forecast_actual_queue_fkey FOREIGN KEY (tenant_id, queue_id) REFERENCES app.queue(tenant_id, id);
alter table app.forecast_point add constraint forecast_point_forecast_fkey FOREIGN KEY (tenant_id, forecast_id) REFERENCES app.forecast(tenant_id, id) ON DELETE CASCADE;
alter table app.forecast_point add constraint forecast_point_pkey PRIMARY KEY (tenant_id, forecast_id, starts_at);
alter table app.idempotency add constraint idempotency_pkey PRIMARY KEY (tenant_id, subject_id, key_name);
alter table app.identity_provider add constraint identity_provider_pkey PRIMARY KEY (tenant_id);
alter table app.identity_provider add constraint identity_provider_some_domain CHECK ((cardinality(email_domains) > 0));
alter table app.interval_figure add constraint interval_figure_counts CHECK (((offered >= 0) AND (answered >= 0) AND (abandoned >= 0)));
alter table app.interval_figure add constraint interval_figure_key UNIQUE NULLS NOT DISTINCT (tenant_id, queue_id, starts_at, site_id);
alter table app.interval_figure add constraint interval_figure_queue_fkey FOREIGN KEY (tenant_id, queue_id) REFERENCES app.queue(tenant_id, id);
alter table app.interval_figure add constraint interval_figure_site_fkey FOREIGN KEY (tenant_id, site_id) REFERENCES app.site(tenant_id, id);
alter table app.interval_figure add constraint interval_figure_waits_bins CHECK ((cardinality(waits) = 26));
alter table app.job add constraint job_pkey PRIMARY KEY (tenant_id, id);
alter table app.job add constraint job_state_known CHECK ((state = ANY (ARRAY['QUEUED'::text, 'RUNNING'::text, 'DONE'::text, 'FAILED'::text, 'CANCELLED'::text])));
alter table app.kpi_target add constraint kpi_target_pkey PRIMARY KEY (tenant_id, id);
alter table app.kpi_target add constraint kpi_target_queue_fkey FOREIGN KEY (tenant_id, queue_id) REFERENCES app.queue(tenant_id, id);
alter table app.kpi_target add constraint kpi_target_scope_unique UNIQUE NULLS NOT DISTINCT (tenant_id, kpi_code, site_id, queue_id, valid_from);
alter table app.kpi_target add constraint kpi_target_site_fkey FOREIGN KEY (tenant_id, site_id) REFERENCES app.site(tenant_id, id);
alter table app.measure_day add constraint measure_day_agent_fkey FOREIGN KEY (tenant_id, agent_id) REFERENCES app.agent(tenant_id, id);
alter table app.measure_day add constraint measure_day_key UNIQUE NULLS NOT DISTINCT (tenant_id, measure, local_date, site_id, queue_id, agent_id);
alter table app.measure_day add constraint measure_day_queue_fkey FOREIGN KEY (tenant_id, queue_id) REFERENCES app.queue(tenant_id, id);
alter table app.measure_day add constraint measure_day_site_fkey FOREIGN KEY (tenant_id, site_id) REFERENCES app.site(tenant_id, id);
alter table app.notification add constraint notification_number_unique UNIQUE (tenant_id, user_id, number);
alter table app.notification add constraint notification_pkey PRIMARY KEY (tenant_id, id);
alter table app.notification add constraint notification_user_fkey FOREIGN KEY (tenant_id, user_id) REFERENCES app.app_user(tenant_id, id) ON DELETE CASCADE;
alter table app.notification_box add constraint notification_box_pkey PRIMARY KEY (tenant_id, user_id);
alter table app.notification_box add constraint notification_box_user_fkey FOREIGN KEY (tenant_id, user_id) REFERENCES app.app_user(tenant_id, id) ON DELETE CASCADE;
alter table app.pattern_assignment add constraint pattern_assignment_agent_fkey FOREIGN KEY (tenant_id, agent_id) REFERENCES app.agent(tenant_id, id);
alter table app.pattern_assignment add constraint pattern_assignment_pattern_fkey FOREIGN KEY (tenant_id, pattern_id) REFERENCES app.shift_pattern(tenant_id, id);
alter table app.pattern_assignment add constraint pattern_assignment_pkey PRIMARY KEY (tenant_id, agent_id, starts_on);
alter table app.pattern_assignment add constraint pattern_assignment_week CHECK ((first_week >= 0));
alter table app.personal_file add constraint personal_file_agent_fkey FOREIGN KEY (tenant_id, agent_id) REFERENCES app.agent(tenant_id, id);
alter table app.personal_file add constraint personal_file_kind_known CHECK ((kind = ANY (ARRAY['DEVELOPMENT'::text, 'QUALITY'::text, 'PERFORMANCE'::text])));
alter table app.personal_file add constraint personal_file_kind_unique UNIQUE (tenant_id, agent_id, kind);
alter table app.personal_file add constraint personal_file_pkey PRIMARY KEY (tenant_id, id);
alter table app.provider_sign_in add constraint provider_sign_in_pkey PRIMARY KEY (tenant_id, id);
alter table app.queue add constraint queue_code_unique UNIQUE (tenant_id, code);
alter table app.queue add constraint queue_grain_known CHECK ((grain_minutes = ANY (ARRAY[5, 15, 30, 60, 1440])));
alter table app.queue add constraint queue_pkey PRIMARY KEY (tenant_id, id);
alter table app.queue add constraint queue_shrinkage_range CHECK (((shrinkage >= (0)::numeric) AND (shrinkage < (1)::numeric)));
alter table app.queue add constraint queue_skill_fkey FOREIGN KEY (tenant_id, skill_id) REFERENCES app.skill(tenant_id, id);
alter table app.queue add constraint queue_training_length CHECK (((length(training) >= 1) AND (length(training) <= 40)));
alter table app.queue add constraint queue_unplanned_shrinkage_range CHECK (((unplanned_shrinkage >= (0)::numeric) AND (unplanned_shrinkage <= shrinkage)));
alter table app.queue_close add constraint queue_close_forecast_fkey FOREIGN KEY (tenant_id, forecast_id) REFERENCES app.forecast(tenant_id, id);
alter table app.queue_close add constraint queue_close_pkey PRIMARY KEY (tenant_id, queue_id, local_date);
alter table app.queue_close add constraint queue_close_queue_fkey FOREIGN KEY (tenant_id, queue_id) REFERENCES app.queue(tenant_id, id);
alter table app.queue_day add constraint queue_day_key UNIQUE NULLS NOT DISTINCT (tenant_id, local_date, queue_id, site_id);
alter table app.queue_day add constraint queue_day_queue_fkey FOREIGN KEY (tenant_id, queue_id) REFERENCES app.queue(tenant_id, id);
alter table app.queue_day add constraint queue_day_site_fkey FOREIGN KEY (tenant_id, site_id) REFERENCES app.site(tenant_id, id);
alter table app.queue_day add constraint queue_day_waits_bins CHECK ((cardinality(waits) = 26));
alter table app.queue_gauge add constraint queue_gauge_key UNIQUE NULLS NOT DISTINCT (tenant_id, queue_id, site_id);
alter table app.queue_gauge add constraint queue_gauge_queue_fkey FOREIGN KEY (tenant_id, queue_id) REFERENCES app.queue(tenant_id, id);
alter table app.queue_gauge add constraint queue_gauge_site_fkey FOREIGN KEY (tenant_id, site_id) REFERENCES app.site(tenant_id, id);
alter table app.queue_goal add constraint queue_goal_abandonment_range CHECK (((max_abandonment > (0)::numeric) AND (max_abandonment < (100)::numeric)));
alter table app.queue_goal add constraint queue_goal_asa_range CHECK ((max_asa_seconds > 0));
alter table app.queue_goal add constraint queue_goal_limited CHECK ((num_nonnulls(service_level, max_asa_seconds, max_abandonment, max_occupancy) > 0));
alter table app.queue_goal add constraint queue_goal_occupancy_range CHECK (((max_occupancy > (0)::numeric) AND (max_occupancy < (100)::numeric)));
alter table app.queue_goal add constraint queue_goal_pkey PRIMARY KEY (tenant_id, queue_id, valid_from);
alter table app.queue_goal add constraint queue_goal_queue_fkey FOREIGN KEY (tenant_id, queue_id) REFERENCES app.queue(tenant_id, id) ON DELETE CASCADE;
alter table app.queue_goal add constraint queue_goal_service_level_range CHECK (((service_level > (0)::numeric) AND (service_level <= (100)::numeric)));
alter table app.queue_site add constraint queue_site_pkey PRIMARY KEY (tenant_id, queue_id, site_id);
alter table app.queue_site add constraint queue_site_queue_fkey FOREIGN KEY (tenant_id, queue_id) REFERENCES app.queue(tenant_id, id) ON DELETE CASCADE;
alter table app.queue_site add constraint queue_site_site_fkey FOREIGN KEY (tenant_id, site_id) REFERENCES app.site(tenant_id, id);
alter table app.queue_week add constraint queue_week_pkey PRIMARY KEY (tenant_id, queue_id, valid_from);
alter table app.queue_week add constraint queue_week_queue_fkey FOREIGN KEY (tenant_id, queue_id) REFERENCES app.queue(tenant_id, id) ON DELETE CASCADE;
alter table app.recovery_code add constraint recovery_code_pkey PRIMARY KEY (tenant_id, user_id, code_hash);
alter table app.recovery_code add constraint recovery_code_user_fkey FOREIGN KEY (tenant_id, user_id) REFERENCES app.app_user(tenant_id, id) ON DELETE CASCADE;
alter table app.requirement add constraint requirement_forecast_fkey FOREIGN KEY (tenant_id, forecast_id) REFERENCES app.forecast(tenant_id, id);
alter table app.requirement add constraint requirement_pkey PRIMARY KEY (tenant_id, id);
alter table app.requirement add constraint requirement_queue_fkey FOREIGN KEY (tenant_id, queue_id) REFERENCES app.queue(tenant_id, id);
alter table app.requirement_point add constraint requirement_point_decided_by_known CHECK ((decided_by = ANY (ARRAY['SERVICE_LEVEL'::text, 'AVERAGE_SPEED_OF_ANSWER'::text, 'ABANDONMENT'::text, 'OCCUPANCY'::text, 'MINIMUM_STAFF'::text, 'SENIORS'::text])));
alter table app.requirement_point add constraint requirement_point_pkey PRIMARY KEY (tenant_id, requirement_id, starts_at);
alter table app.requirement_point add constraint requirement_point_requirement_fkey FOREIGN KEY (tenant_id, requirement_id) REFERENCES app.requirement(tenant_id, id) ON DELETE CASCADE;
alter table app.reserve_agent add constraint reserve_agent_agent_fkey FOREIGN KEY (tenant_id, agent_id) REFERENCES app.agent(tenant_id, id);
alter table app.reserve_agent add constraint reserve_agent_order CHECK ((call_order >= 1));
alter table app.reserve_agent add constraint reserve_agent_pkey PRIMARY KEY (tenant_id, agent_id, valid_from);
alter table app.reserve_agent add constraint reserve_agent_reach CHECK ((reach_seconds >= 0));
alter table app.reserve_agent add constraint reserve_agent_together CHECK (((call_order IS NULL) = (reach_seconds IS NULL)));
alter table app.rest_given add constraint rest_given_agent_fkey FOREIGN KEY (tenant_id, agent_id) REFERENCES app.agent(tenant_id, id);
alter table app.rest_given add constraint rest_given_day_unique UNIQUE (tenant_id, agent_id, rest_on);
alter table app.rest_given add constraint rest_given_pkey PRIMARY KEY (tenant_id, agent_id, earned_on);
alter table app.role_assignment add constraint role_assignment_custom_role_fkey FOREIGN KEY (tenant_id, custom_role_id) REFERENCES app.custom_role(tenant_id, id);
alter table app.role_assignment add constraint role_assignment_pkey PRIMARY KEY (tenant_id, id);
alter table app.role_assignment add constraint role_assignment_post_complete CHECK (((scope = 'POST'::text) = (post IS NOT NULL)));
alter table app.role_assignment add constraint role_assignment_scope_complete CHECK ((((scope = ANY (ARRAY['TENANT'::text, 'OWN'::text])) AND (site_id IS NULL) AND (team_id IS NULL)) OR ((scope = 'SITE'::text) AND (site_id IS NOT NULL) AND (team_id IS NULL)) OR ((scope = 'TEAM'::text) AND (team_id IS NOT NULL)) OR ((scope = 'POST'::text) AND (site_id IS NULL) AND (team_id IS NULL))));
alter table app.role_assignment add constraint role_assignment_site_fkey FOREIGN KEY (tenant_id, site_id) REFERENCES app.site(tenant_id, id);
alter table app.role_assignment add constraint role_assignment_some_role CHECK (((role IS NOT NULL) OR (custom_role_id IS NOT NULL)));
alter table app.role_assignment add constraint role_assignment_team_fkey FOREIGN KEY (tenant_id, team_id) REFERENCES app.team(tenant_id, id);
alter table app.role_assignment add constraint role_assignment_user_fkey FOREIGN KEY (tenant_id, user_id) REFERENCES app.app_user(tenant_id, id) ON DELETE CASCADE;
alter table app.rule_override add constraint rule_override_agent_fkey FOREIGN KEY (tenant_id, agent_id) REFERENCES app.agent(tenant_id, id);
alter table app.rule_override add constraint rule_override_change_fkey FOREIGN KEY (tenant_id, change_id) REFERENCES app.schedule_change(tenant_id, id) ON DELETE CASCADE;
alter table app.rule_override add constraint rule_override_pkey PRIMARY KEY (tenant_id, change_id, number);
alter table app.rule_override add constraint rule_override_reason_length CHECK (((length(reason) >= 3) AND (length(reason) <= 500)));
alter table app.rule_override add constraint rule_override_schedule_fkey FOREIGN KEY (tenant_id, schedule_id) REFERENCES app.schedule(tenant_id, id) ON DELETE CASCADE;
alter table app.rule_override add constraint rule_override_span_order CHECK ((ends_at >= starts_at));
alter table app.schedule add constraint schedule_base_fkey FOREIGN KEY (tenant_id, base_id) REFERENCES app.schedule(tenant_id, id);
alter table app.schedule add constraint schedule_name_length CHECK (((char_length(name) >= 1) AND (char_length(name) <= 80)));
alter table app.schedule add constraint schedule_one_published EXCLUDE USING gist (tenant_id WITH =, site_id WITH =, daterange(starts_on, ends_on, '[]'::text) WITH &&) WHERE ((state = 'PUBLISHED'::text));
alter table app.schedule add constraint schedule_pkey PRIMARY KEY (tenant_id, id);
alter table app.schedule add constraint schedule_site_fkey FOREIGN KEY (tenant_id, site_id) REFERENCES app.site(tenant_id, id);
alter table app.schedule add constraint schedule_span_order CHECK ((ends_on >= starts_on));
alter table app.schedule add constraint schedule_state_known CHECK ((state = ANY (ARRAY['DRAFT'::text, 'PUBLISHED'::text, 'SUPERSEDED'::text])));
alter table app.schedule_change add constraint schedule_change_pkey PRIMARY KEY (tenant_id, id);
alter table app.schedule_change add constraint schedule_change_schedule_fkey FOREIGN KEY (tenant_id, schedule_id) REFERENCES app.schedule(tenant_id, id) ON DELETE CASCADE;
alter table app.schema_migration add constraint schema_migration_pkey PRIMARY KEY (name);
alter table app.session add constraint session_pkey PRIMARY KEY (tenant_id, id);
alter table app.session add constraint session_proof CHECK ((proved_at <= created_at));
alter table app.session add constraint session_user_fkey FOREIGN KEY (tenant_id, user_id) REFERENCES app.app_user(tenant_id, id) ON DELETE CASCADE;
alter table app.shift add constraint shift_agent_fkey FOREIGN KEY (tenant_id, agent_id) REFERENCES app.agent(tenant_id, id);
alter table app.shift add constraint shift_copied_together CHECK (((copied_from IS NULL) = (copied_version IS NULL)));
alter table app.shift add constraint shift_no_overlap EXCLUDE USING gist (tenant_id WITH =, agent_id WITH =, tstzrange(starts_at, ends_at) WITH &&) WHERE ((state = 'PUBLISHED'::text)) DEFERRABLE;
alter table app.shift add constraint shift_pkey PRIMARY KEY (tenant_id, id);
alter table app.shift add constraint shift_schedule_fkey FOREIGN KEY (tenant_id, schedule_id) REFERENCES app.schedule(tenant_id, id) ON DELETE CASCADE;
alter table app.shift add constraint shift_site_fkey FOREIGN KEY (tenant_id, site_id) REFERENCES app.site(tenant_id, id);
alter table app.shift add constraint shift_span_order CHECK (((ends_at > starts_at) AND (ends_at <= (starts_at + '48:00:00'::interval))));
alter table app.shift add constraint shift_state_known CHECK ((state = ANY (ARRAY['DRAFT'::text, 'PUBLISHED'::text, 'SUPERSEDED'::text, 'REMOVED'::text])));
alter table app.shift_change add constraint shift_change_activities CHECK ((((activities_before IS NULL) OR (agent_before IS NOT NULL)) AND ((activities_after IS NULL) OR (agent_after IS NOT NULL))));
alter table app.shift_change add constraint shift_change_change_fkey FOREIGN KEY (tenant_id, change_id) REFERENCES app.schedule_change(tenant_id, id) ON DELETE CASCADE;
alter table app.shift_change add constraint shift_change_pkey PRIMARY KEY (tenant_id, change_id, shift_id);
alter table app.shift_change add constraint shift_change_shift_fkey FOREIGN KEY (tenant_id, shift_id) REFERENCES app.shift(tenant_id, id) ON DELETE CASCADE;
alter table app.shift_change add constraint shift_change_sides CHECK (((num_nulls(agent_before, starts_before, ends_before) = ANY (ARRAY[0, 3])) AND (num_nulls(agent_after, starts_after, ends_after) = ANY (ARRAY[0, 3])) AND (num_nonnulls(agent_before, agent_after) > 0)));
alter table app.shift_pattern add constraint shift_pattern_name_unique UNIQUE (tenant_id, site_id, name);
alter table app.shift_pattern add constraint shift_pattern_pkey PRIMARY KEY (tenant_id, id);
alter table app.shift_pattern add constraint shift_pattern_site_fkey FOREIGN KEY (tenant_id, site_id) REFERENCES app.site(tenant_id, id);
alter table app.shift_swap add constraint shift_swap_audience_fkey FOREIGN KEY (tenant_id, audience_agent_id) REFERENCES app.agent(tenant_id, id);
alter table app.shift_swap add constraint shift_swap_counterpart_fkey FOREIGN KEY (tenant_id, counterpart_id) REFERENCES app.agent(tenant_id, id);
alter table app.shift_swap add constraint shift_swap_offered_fkey FOREIGN KEY (tenant_id, offered_shift_id) REFERENCES app.shift(tenant_id, id);
alter table app.shift_swap add constraint shift_swap_pkey PRIMARY KEY (tenant_id, id);
alter table app.shift_swap add constraint shift_swap_proposer_fkey FOREIGN KEY (tenant_id, proposer_id) REFERENCES app.agent(tenant_id, id);
alter table app.shift_swap add constraint shift_swap_return_fkey FOREIGN KEY (tenant_id, return_shift_id) REFERENCES app.shift(tenant_id, id);
alter table app.shift_swap add constraint shift_swap_site_fkey FOREIGN KEY (tenant_id, site_id) REFERENCES app.site(tenant_id, id);
alter table app.shift_swap add constraint shift_swap_state_known CHECK ((state = ANY (ARRAY['OPEN'::text, 'MATCHED'::text, 'APPROVED'::text, 'DENIED'::text, 'CANCELLED'::text, 'EXPIRED'::text])));
alter table app.shift_template_set add constraint shift_template_set_pkey PRIMARY KEY (tenant_id, site_id, valid_from);
alter table app.shift_template_set add constraint shift_template_set_site_fkey FOREIGN KEY (tenant_id, site_id) REFERENCES app.site(tenant_id, id);
alter table app.shift_wish add constraint shift_wish_agent_fkey FOREIGN KEY (tenant_id, agent_id) REFERENCES app.agent(tenant_id, id);
alter table app.shift_wish add constraint shift_wish_pkey PRIMARY KEY (tenant_id, agent_id, local_date, template_code);
alter table app.shift_wish add constraint shift_wish_weight_range CHECK (((weight >= 1) AND (weight <= 5)));
alter table app.site add constraint site_code_unique UNIQUE (tenant_id, code);
alter table app.site add constraint site_pkey PRIMARY KEY (tenant_id, id);
alter table app.site add constraint site_state_known CHECK ((state = ANY (ARRAY['PLANNED'::text, 'OPEN'::text, 'PAUSED'::text, 'CLOSED'::text])));
alter table app.site_seats add constraint site_seats_pkey PRIMARY KEY (tenant_id, site_id, valid_from);
alter table app.site_seats add constraint site_seats_range CHECK ((seats >= 0));
alter table app.site_seats add constraint site_seats_site_fkey FOREIGN KEY (tenant_id, site_id) REFERENCES app.site(tenant_id, id);
alter table app.skill add constraint skill_code_unique UNIQUE (tenant_id, code);
alter table app.skill add constraint skill_pkey PRIMARY KEY (tenant_id, id);
alter table app.special_day add constraint special_day_kind_known CHECK ((kind = ANY (ARRAY['USUAL'::text, 'REST_DAY'::text, 'PUBLIC_HOLIDAY'::text])));
alter table app.special_day add constraint special_day_pkey PRIMARY KEY (tenant_id, site_id, local_date);
alter table app.special_day add constraint special_day_site_fkey FOREIGN KEY (tenant_id, site_id) REFERENCES app.site(tenant_id, id);
alter table app.team add constraint team_code_unique UNIQUE (tenant_id, site_id, code);
alter table app.team add constraint team_pkey PRIMARY KEY (tenant_id, id);
alter table app.team add constraint team_site_fkey FOREIGN KEY (tenant_id, site_id) REFERENCES app.site(tenant_id, id);
alter table app.tenant add constraint tenant_pkey PRIMARY KEY (id);
alter table app.tenant add constraint tenant_slug_unique UNIQUE (slug);
alter table app.tenant add constraint tenant_state_known CHECK ((state = ANY (ARRAY['ACTIVE'::text, 'SUSPENDED'::text, 'CLOSED'::text])));
alter table app.user_identity add constraint user_identity_pkey PRIMARY KEY (tenant_id, issuer, subject);
alter table app.user_identity add constraint user_identity_user_fkey FOREIGN KEY (tenant_id, user_id) REFERENCES app.app_user(tenant_id, id) ON DELETE CASCADE;
alter table app.user_identity add constraint user_identity_user_unique UNIQUE (tenant_id, issuer, user_id);
alter table app.user_link add constraint user_link_kind_known CHECK ((kind = ANY (ARRAY['INVITATION'::text, 'PASSWORD_RESET'::text])));
alter table app.user_link add constraint user_link_pkey PRIMARY KEY (tenant_id, id);
alter table app.user_link add constraint user_link_user_fkey FOREIGN KEY (tenant_id, user_id) REFERENCES app.app_user(tenant_id, id) ON DELETE CASCADE;
alter table app.user_totp add constraint user_totp_pkey PRIMARY KEY (tenant_id, user_id);
alter table app.user_totp add constraint user_totp_user_fkey FOREIGN KEY (tenant_id, user_id) REFERENCES app.app_user(tenant_id, id) ON DELETE CASCADE;
alter table app.work_rules add constraint work_rules_agent_fkey FOREIGN KEY (tenant_id, agent_id) REFERENCES app.agent(tenant_id, id);
alter table app.work_rules add constraint work_rules_attachment CHECK (((num_nonnulls(team_id, agent_id) = 0) OR ((num_nonnulls(team_id, agent_id) = 1) AND (num_nonnulls(site_id, contract_kind) = 0))));
alter table app.work_rules add constraint work_rules_kind_known CHECK ((contract_kind = ANY (ARRAY['REGULAR'::text, 'PART_TIME'::text, 'DISPATCHED'::text, 'OUTSOURCED'::text, 'INTERN'::text])));
alter table app.work_rules add constraint work_rules_number_unique UNIQUE NULLS NOT DISTINCT (tenant_id, site_id, contract_kind, team_id, agent_id, number);
alter table app.work_rules add constraint work_rules_pkey PRIMARY KEY (tenant_id, id);
alter table app.work_rules add constraint work_rules_site_fkey FOREIGN KEY (tenant_id, site_id) REFERENCES app.site(tenant_id, id);
alter table app.work_rules add constraint work_rules_team_fkey FOREIGN KEY (tenant_id, team_id) REFERENCES app.team(tenant_id, id);

-- indexes
CREATE INDEX agent_name_idx ON app.agent USING btree (tenant_id, display_name, id);
CREATE INDEX agent_site_idx ON app.agent USING btree (tenant_id, site_id, display_name, id);
CREATE INDEX agent_state_event_agent_idx ON app.agent_state_event USING btree (tenant_id, agent_id, source_at);
CREATE INDEX agent_updated_idx ON app.agent USING btree (tenant_id, updated_at, id);
CREATE INDEX api_key_client_idx ON app.api_key USING btree (tenant_id, client_id);
CREATE INDEX audit_event_actor_idx ON ONLY app.audit_event USING btree (tenant_id, actor_id, at);
CREATE INDEX audit_event_at_idx ON ONLY app.audit_event USING btree (tenant_id, at, id);
CREATE INDEX audit_event_subject_idx ON ONLY app.audit_event USING btree (tenant_id, subject, at);
CREATE INDEX availability_agent_idx ON app.availability USING btree (tenant_id, agent_id);
CREATE INDEX file_entry_file_idx ON app.file_entry USING btree (tenant_id, file_id, effective_on, id);
CREATE INDEX file_entry_training_idx ON app.file_entry USING btree (tenant_id, file_id) WHERE (kind = 'TRAINING'::text);
CREATE INDEX idempotency_age_idx ON app.idempotency USING btree (tenant_id, created_at);
CREATE INDEX job_waiting_idx ON app.job USING btree (tenant_id, created_at) WHERE (state = ANY (ARRAY['QUEUED'::text, 'RUNNING'::text]));
CREATE INDEX measure_day_date_idx ON app.measure_day USING btree (tenant_id, local_date, measure);
CREATE INDEX notification_age_idx ON app.notification USING btree (tenant_id, created_at);
CREATE INDEX notification_subject_idx ON app.notification USING btree (tenant_id, subject, kind) WHERE (read_at IS NULL);
CREATE INDEX notification_unread_idx ON app.notification USING btree (tenant_id, user_id, number) WHERE (read_at IS NULL);
CREATE INDEX provider_sign_in_expires_idx ON app.provider_sign_in USING btree (tenant_id, expires_at);
CREATE INDEX queue_close_date_idx ON app.queue_close USING btree (tenant_id, local_date);
CREATE INDEX queue_day_open_idx ON app.queue_day USING btree (tenant_id, queue_id, local_date) WHERE (closed_at IS NULL);
CREATE INDEX requirement_queue_idx ON app.requirement USING btree (tenant_id, queue_id, created_at);
CREATE INDEX role_assignment_user_idx ON app.role_assignment USING btree (tenant_id, user_id);
CREATE INDEX rule_override_agent_idx ON app.rule_override USING btree (tenant_id, agent_id, starts_at);
CREATE INDEX rule_override_schedule_idx ON app.rule_override USING btree (tenant_id, schedule_id);
CREATE INDEX schedule_change_schedule_idx ON app.schedule_change USING btree (tenant_id, schedule_id, version);
CREATE INDEX session_end_idx ON app.session USING btree (tenant_id, expires_at);
CREATE INDEX session_user_idx ON app.session USING btree (tenant_id, user_id);
CREATE INDEX shift_agent_idx ON app.shift USING btree (tenant_id, agent_id, starts_at);
CREATE INDEX shift_change_shift_idx ON app.shift_change USING btree (tenant_id, shift_id);
CREATE INDEX shift_schedule_idx ON app.shift USING btree (tenant_id, schedule_id);
CREATE INDEX shift_site_idx ON app.shift USING btree (tenant_id, site_id, starts_at);
CREATE INDEX shift_swap_counterpart_idx ON app.shift_swap USING btree (tenant_id, counterpart_id, created_at);
CREATE UNIQUE INDEX shift_swap_offered_running_unique ON app.shift_swap USING btree (tenant_id, offered_shift_id) WHERE (state = ANY (ARRAY['OPEN'::text, 'MATCHED'::text]));
CREATE INDEX shift_swap_proposer_idx ON app.shift_swap USING btree (tenant_id, proposer_id, created_at);
CREATE UNIQUE INDEX shift_swap_return_running_unique ON app.shift_swap USING btree (tenant_id, return_shift_id) WHERE (state = ANY (ARRAY['OPEN'::text, 'MATCHED'::text]));
CREATE INDEX shift_swap_site_idx ON app.shift_swap USING btree (tenant_id, site_id, created_at);
CREATE INDEX user_identity_user_idx ON app.user_identity USING btree (tenant_id, user_id);
CREATE INDEX user_link_user_idx ON app.user_link USING btree (tenant_id, user_id);
CREATE INDEX work_rules_agent_idx ON app.work_rules USING btree (tenant_id, agent_id) WHERE (agent_id IS NOT NULL);
CREATE INDEX work_rules_team_idx ON app.work_rules USING btree (tenant_id, team_id) WHERE (team_id IS NOT NULL);

-- row-level security
create policy tenant_isolation on app.agent using (tenant_id = app.tid()) with check (tenant_id = app.tid()); -- forced: t
create policy tenant_isolation on app.agent_private using (tenant_id = app.tid()) with check (tenant_id = app.tid()); -- forced: t
create policy tenant_isolation on app.agent_skill using (tenant_id = app.tid()) with check (tenant_id = app.tid()); -- forced: t
create policy tenant_isolation on app.agent_state using (tenant_id = app.tid()) with check (tenant_id = app.tid()); -- forced: t
create policy tenant_isolation on app.agent_state_event using (tenant_id = app.tid()) with check (tenant_id = app.tid()); -- forced: t
create policy tenant_isolation on app.api_client using (tenant_id = app.tid()) with check (tenant_id = app.tid()); -- forced: t
create policy tenant_isolation on app.api_key using (tenant_id = app.tid()) with check (tenant_id = app.tid()); -- forced: t
create policy tenant_isolation on app.app_user using (tenant_id = app.tid()) with check (tenant_id = app.tid()); -- forced: t
create policy tenant_isolation on app.assignment using (tenant_id = app.tid()) with check (tenant_id = app.tid()); -- forced: t
create policy tenant_isolation on app.audit_event using (tenant_id = app.tid()) with check (tenant_id = app.tid()); -- forced: t
create policy tenant_isolation on app.audit_event_2027 using (tenant_id = app.tid()) with check (tenant_id = app.tid()); -- forced: t
create policy tenant_isolation on app.audit_event_2028 using (tenant_id = app.tid()) with check (tenant_id = app.tid()); -- forced: t
create policy tenant_isolation on app.audit_event_2029 using (tenant_id = app.tid()) with check (tenant_id = app.tid()); -- forced: t
create policy tenant_isolation on app.audit_event_2030 using (tenant_id = app.tid()) with check (tenant_id = app.tid()); -- forced: t
create policy tenant_isolation on app.audit_event_2031 using (tenant_id = app.tid()) with check (tenant_id = app.tid()); -- forced: t
create policy tenant_isolation on app.audit_event_2032 using (tenant_id = app.tid()) with check (tenant_id = app.tid()); -- forced: t
create policy tenant_isolation on app.audit_event_2033 using (tenant_id = app.tid()) with check (tenant_id = app.tid()); -- forced: t
create policy tenant_isolation on app.audit_event_2034 using (tenant_id = app.tid()) with check (tenant_id = app.tid()); -- forced: t
create policy tenant_isolation on app.audit_event_2035 using (tenant_id = app.tid()) with check (tenant_id = app.tid()); -- forced: t
create policy tenant_isolation on app.audit_event_2036 using (tenant_id = app.tid()) with check (tenant_id = app.tid()); -- forced: t
create policy tenant_isolation on app.audit_event_late using (tenant_id = app.tid()) with check (tenant_id = app.tid()); -- forced: t
create policy tenant_isolation on app.audit_event_until_2026 using (tenant_id = app.tid()) with check (tenant_id = app.tid()); -- forced: t
create policy tenant_isolation on app.audit_link using (tenant_id = app.tid()) with check (tenant_id = app.tid()); -- forced: t
create policy tenant_isolation on app.audit_segment using (tenant_id = app.tid()) with check (tenant_id = app.tid()); -- forced: t
create policy tenant_isolation on app.audit_unsealed using (tenant_id = app.tid()) with check (tenant_id = app.tid()); -- forced: t
create policy tenant_isolation on app.availability using (tenant_id = app.tid()) with check (tenant_id = app.tid()); -- forced: t
create policy tenant_isolation on app.contract using (tenant_id = app.tid()) with check (tenant_id = app.tid()); -- forced: t
create policy tenant_isolation on app.custom_role using (tenant_id = app.tid()) with check (tenant_id = app.tid()); -- forced: t
create policy tenant_isolation on app.demand_event using (tenant_id = app.tid()) with check (tenant_id = app.tid()); -- forced: t
create policy tenant_isolation on app.file_entry using (tenant_id = app.tid()) with check (tenant_id = app.tid()); -- forced: t
create policy tenant_isolation on app.file_month using (tenant_id = app.tid()) with check (tenant_id = app.tid()); -- forced: t
create policy tenant_isolation on app.forecast using (tenant_id = app.tid()) with check (tenant_id = app.tid()); -- forced: t
create policy tenant_isolation on app.forecast_actual using (tenant_id = app.tid()) with check (tenant_id = app.tid()); -- forced: t
create policy tenant_isolation on app.forecast_point using (tenant_id = app.tid()) with check (tenant_id = app.tid()); -- forced: t
create policy tenant_isolation on app.idempotency using (tenant_id = app.tid()) with check (tenant_id = app.tid()); -- forced: t
create policy tenant_isolation on app.identity_provider using (tenant_id = app.tid()) with check (tenant_id = app.tid()); -- forced: t
create policy tenant_isolation on app.interval_figure using (tenant_id = app.tid()) with check (tenant_id = app.tid()); -- forced: t
create policy tenant_isolation on app.interval_figure_2027 using (tenant_id = app.tid()) with check (tenant_id = app.tid()); -- forced: t
create policy tenant_isolation on app.interval_figure_2028 using (tenant_id = app.tid()) with check (tenant_id = app.tid()); -- forced: t
create policy tenant_isolation on app.interval_figure_2029 using (tenant_id = app.tid()) with check (tenant_id = app.tid()); -- forced: t
create policy tenant_isolation on app.interval_figure_2030 using (tenant_id = app.tid()) with check (tenant_id = app.tid()); -- forced: t
create policy tenant_isolation on app.interval_figure_2031 using (tenant_id = app.tid()) with check (tenant_id = app.tid()); -- forced: t
create policy tenant_isolation on app.interval_figure_2032 using (tenant_id = app.tid()) with check (tenant_id = app.tid()); -- forced: t
create policy tenant_isolation on app.interval_figure_2033 using (tenant_id = app.tid()) with check (tenant_id = app.tid()); -- forced: t
create policy tenant_isolation on app.interval_figure_2034 using (tenant_id = app.tid()) with check (tenant_id = app.tid()); -- forced: t
create policy tenant_isolation on app.interval_figure_2035 using (tenant_id = app.tid()) with check (tenant_id = app.tid()); -- forced: t
create policy tenant_isolation on app.interval_figure_2036 using (tenant_id = app.tid()) with check (tenant_id = app.tid()); -- forced: t
create policy tenant_isolation on app.interval_figure_late using (tenant_id = app.tid()) with check (tenant_id = app.tid()); -- forced: t
create policy tenant_isolation on app.interval_figure_until_2026 using (tenant_id = app.tid()) with check (tenant_id = app.tid()); -- forced: t
create policy tenant_isolation on app.job using (tenant_id = app.tid()) with check (tenant_id = app.tid()); -- forced: t
create policy tenant_isolation on app.kpi_target using (tenant_id = app.tid()) with check (tenant_id = app.tid()); -- forced: t
create policy tenant_isolation on app.measure_day using (tenant_id = app.tid()) with check (tenant_id = app.tid()); -- forced: t
create policy tenant_isolation on app.notification using (tenant_id = app.tid()) with check (tenant_id = app.tid()); -- forced: t
create policy tenant_isolation on app.notification_box using (tenant_id = app.tid()) with check (tenant_id = app.tid()); -- forced: t
create policy tenant_isolation on app.pattern_assignment using (tenant_id = app.tid()) with check (tenant_id = app.tid()); -- forced: t
create policy tenant_isolation on app.personal_file using (tenant_id = app.tid()) with check (tenant_id = app.tid()); -- forced: t
create policy tenant_isolation on app.provider_sign_in using (tenant_id = app.tid()) with check (tenant_id = app.tid()); -- forced: t
create policy tenant_isolation on app.queue using (tenant_id = app.tid()) with check (tenant_id = app.tid()); -- forced: t
create policy tenant_isolation on app.queue_close using (tenant_id = app.tid()) with check (tenant_id = app.tid()); -- forced: t
create policy tenant_isolation on app.queue_day using (tenant_id = app.tid()) with check (tenant_id = app.tid()); -- forced: t
create policy tenant_isolation on app.queue_gauge using (tenant_id = app.tid()) with check (tenant_id = app.tid()); -- forced: t
create policy tenant_isolation on app.queue_goal using (tenant_id = app.tid()) with check (tenant_id = app.tid()); -- forced: t
create policy tenant_isolation on app.queue_site using (tenant_id = app.tid()) with check (tenant_id = app.tid()); -- forced: t
create policy tenant_isolation on app.queue_week using (tenant_id = app.tid()) with check (tenant_id = app.tid()); -- forced: t
create policy tenant_isolation on app.recovery_code using (tenant_id = app.tid()) with check (tenant_id = app.tid()); -- forced: t
create policy tenant_isolation on app.requirement using (tenant_id = app.tid()) with check (tenant_id = app.tid()); -- forced: t
create policy tenant_isolation on app.requirement_point using (tenant_id = app.tid()) with check (tenant_id = app.tid()); -- forced: t
create policy tenant_isolation on app.reserve_agent using (tenant_id = app.tid()) with check (tenant_id = app.tid()); -- forced: t
create policy tenant_isolation on app.rest_given using (tenant_id = app.tid()) with check (tenant_id = app.tid()); -- forced: t
create policy tenant_isolation on app.role_assignment using (tenant_id = app.tid()) with check (tenant_id = app.tid()); -- forced: t
create policy tenant_isolation on app.rule_override using (tenant_id = app.tid()) with check (tenant_id = app.tid()); -- forced: t
create policy tenant_isolation on app.schedule using (tenant_id = app.tid()) with check (tenant_id = app.tid()); -- forced: t
create policy tenant_isolation on app.schedule_change using (tenant_id = app.tid()) with check (tenant_id = app.tid()); -- forced: t
create policy tenant_isolation on app.session using (tenant_id = app.tid()) with check (tenant_id = app.tid()); -- forced: t
create policy tenant_isolation on app.shift using (tenant_id = app.tid()) with check (tenant_id = app.tid()); -- forced: t
create policy tenant_isolation on app.shift_change using (tenant_id = app.tid()) with check (tenant_id = app.tid()); -- forced: t
create policy tenant_isolation on app.shift_pattern using (tenant_id = app.tid()) with check (tenant_id = app.tid()); -- forced: t
create policy tenant_isolation on app.shift_swap using (tenant_id = app.tid()) with check (tenant_id = app.tid()); -- forced: t
create policy tenant_isolation on app.shift_template_set using (tenant_id = app.tid()) with check (tenant_id = app.tid()); -- forced: t
create policy tenant_isolation on app.shift_wish using (tenant_id = app.tid()) with check (tenant_id = app.tid()); -- forced: t
create policy tenant_isolation on app.site using (tenant_id = app.tid()) with check (tenant_id = app.tid()); -- forced: t
create policy tenant_isolation on app.site_seats using (tenant_id = app.tid()) with check (tenant_id = app.tid()); -- forced: t
create policy tenant_isolation on app.skill using (tenant_id = app.tid()) with check (tenant_id = app.tid()); -- forced: t
create policy tenant_isolation on app.special_day using (tenant_id = app.tid()) with check (tenant_id = app.tid()); -- forced: t
create policy tenant_isolation on app.team using (tenant_id = app.tid()) with check (tenant_id = app.tid()); -- forced: t
create policy tenant_isolation on app.tenant using (id = app.tid()) with check (id = app.tid()); -- forced: t
create policy tenant_isolation on app.user_identity using (tenant_id = app.tid()) with check (tenant_id = app.tid()); -- forced: t
create policy tenant_isolation on app.user_link using (tenant_id = app.tid()) with check (tenant_id = app.tid()); -- forced: t
create policy tenant_isolation on app.user_totp using (tenant_id = app.tid()) with check (tenant_id = app.tid()); -- forced: t
create policy tenant_isolation on app.work_rules using (tenant_id = app.tid()) with check (tenant_id = app.tid()); -- forced: t

-- grants
grant insert, select, update on app.agent to trunkline_app;
grant delete, insert, select, update on app.agent_private to trunkline_app;
grant delete, insert, select, update on app.agent_skill to trunkline_app;
grant insert, select, update on app.agent_state to trunkline_app;
grant delete, insert, select on app.agent_state_event to trunkline_app;
grant insert, select, update on app.api_client to trunkline_app;
grant select on app.api_client to trunkline_system;
grant insert, select, update on app.api_key to trunkline_app;
grant select on app.api_key to trunkline_system;
grant insert, select, update on app.app_user to trunkline_app;
grant select on app.app_user to trunkline_system;
grant insert, select, update on app.assignment to trunkline_app;
grant insert, select on app.audit_event to trunkline_app;
grant insert, select on app.audit_link to trunkline_app;
grant insert, select on app.audit_segment to trunkline_app;
grant delete, insert, select on app.audit_unsealed to trunkline_app;
grant delete, insert, select, update on app.availability to trunkline_app;
grant insert, select, update on app.contract to trunkline_app;
grant insert, select, update on app.custom_role to trunkline_app;
grant insert, select, update on app.demand_event to trunkline_app;
grant insert, select on app.file_entry to trunkline_app;
grant insert, select, update on app.file_month to trunkline_app;
grant insert, select on app.forecast to trunkline_app;
grant delete, insert, select, update on app.forecast_actual to trunkline_app;
grant insert, select on app.forecast_point to trunkline_app;
grant delete, insert, select, update on app.idempotency to trunkline_app;
grant delete, insert, select, update on app.identity_provider to trunkline_app;
grant insert, select, update on app.interval_figure to trunkline_app;
grant insert, select, update on app.job to trunkline_app;
grant select, update on app.job to trunkline_system;
grant insert, select, update on app.kpi_target to trunkline_app;
grant delete, insert, select, update on app.measure_day to trunkline_app;
grant delete, insert, select, update on app.notification to trunkline_app;
grant insert, select, update on app.notification_box to trunkline_app;
grant insert, select, update on app.pattern_assignment to trunkline_app;
grant insert, select on app.personal_file to trunkline_app;
grant delete, insert, select on app.provider_sign_in to trunkline_app;
grant insert, select, update on app.queue to trunkline_app;
grant insert, select, update on app.queue_close to trunkline_app;
grant insert, select, update on app.queue_day to trunkline_app;
grant insert, select, update on app.queue_gauge to trunkline_app;
grant insert, select, update on app.queue_goal to trunkline_app;
grant delete, insert, select, update on app.queue_site to trunkline_app;
grant insert, select, update on app.queue_week to trunkline_app;
grant delete, insert, select, update on app.recovery_code to trunkline_app;
grant insert, select on app.requirement to trunkline_app;
grant insert, select on app.requirement_point to trunkline_app;
grant insert, select, update on app.reserve_agent to trunkline_app;
grant delete, insert, select on app.rest_given to trunkline_app;
grant insert, select, update on app.role_assignment to trunkline_app;
grant select on app.role_assignment to trunkline_system;
grant insert, select, update on app.rule_override to trunkline_app;
grant insert, select, update on app.schedule to trunkline_app;
grant insert, select on app.schedule_change to trunkline_app;
grant select on app.schema_migration to trunkline_app;
grant select on app.schema_migration to trunkline_system;
grant delete, insert, select, update on app.session to trunkline_app;
grant delete, insert, select, update on app.shift to trunkline_app;
grant insert, select on app.shift_change to trunkline_app;
grant insert, select on app.shift_pattern to trunkline_app;
grant insert, select, update on app.shift_swap to trunkline_app;
grant insert, select, update on app.shift_template_set to trunkline_app;
grant delete, insert, select on app.shift_wish to trunkline_app;
grant insert, select, update on app.site to trunkline_app;
grant insert, select, update on app.site_seats to trunkline_app;
grant insert, select, update on app.skill to trunkline_app;
grant delete, insert, select, update on app.special_day to trunkline_app;
grant insert, select, update on app.team to trunkline_app;
grant select on app.tenant to trunkline_app;
grant insert, select, update on app.tenant to trunkline_system;
grant delete, insert, select on app.user_identity to trunkline_app;
grant insert, select, update on app.user_link to trunkline_app;
grant delete, insert, select, update on app.user_totp to trunkline_app;
grant insert, select on app.work_rules to trunkline_app;

-- grants of single columns
grant update (state) on app.forecast to trunkline_app;
grant update (name_en, name_zh, time_zone, language, settings) on app.tenant to trunkline_app;
