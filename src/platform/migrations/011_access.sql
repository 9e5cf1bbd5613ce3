-- Since when the second person's card is out, and who said no.
alter table approvals add column second_asked_at timestamptz;
alter table approvals add column rejected_by text;
create index approvals_waiting_for_second on approvals (expires_at) where second and state = 'waiting';

-- The approval that a second person's button stands for; the button's own id is another one, theirs alone.
alter table choices add column approval text;
create unique index choices_second on choices (approval, person) where approval is not null;

-- A second wall behind the filters that queries bring along. What people are shown is read by this role, and it sees what the
-- principals in `svyaz.principals` (a JSON list) open: without them, nothing. The tables' owner, which is the service, is not held by it.
-- Where the service may not make roles, an administrator makes this one and grants it (docs/access.md); until then the first wall stands alone.
do $$
begin
  create role svyaz_reader nologin;
exception
  when duplicate_object or unique_violation or insufficient_privilege then null;
end $$;
do $$
begin
  execute format('grant svyaz_reader to %I', current_user);
exception
  when undefined_object or insufficient_privilege or invalid_grant_operation then null;
end $$;
do $$
begin
  grant select on acls, system_integrations, passages to svyaz_reader;
exception
  when undefined_object then null;
end $$;

create function svyaz_open_acls() returns bigint[] language sql stable as $$
  with reader as (select nullif(current_setting('svyaz.principals', true), '')::jsonb as principals)
  select coalesce(array_agg(a.id), '{}') from acls a, reader r
  where r.principals is not null and (a.kind in ('everyone', 'ask') or (a.kind = 'clauses' and not exists (
    select 1 from jsonb_array_elements(a.clauses) clause
    where not exists (select 1 from jsonb_array_elements_text(clause) principal where r.principals ? principal))))
$$;

alter table system_integrations enable row level security;
create policy svyaz_readers on system_integrations for select using (acl_id = any ((select svyaz_open_acls())::bigint[]));
alter table passages enable row level security;
create policy svyaz_readers on passages for select using (acl_id = any ((select svyaz_open_acls())::bigint[]));
