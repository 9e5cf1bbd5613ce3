-- Each distinct audience once. A reader opens it when every clause holds one of their principals.
create table acls (
  id bigint generated always as identity primary key,
  digest text not null unique,
  kind text not null check (kind in ('everyone', 'nobody', 'ask', 'clauses')),
  clauses jsonb
);

-- What synchronisation knows of every thing in every system.
create table system_integrations (
  id bigint generated always as identity primary key,
  system_name text not null,
  entity_type text not null,
  external_id text not null,
  internal_id text,
  last_sync timestamptz not null,
  sync_status text not null default 'stored' check (sync_status in ('stored', 'unreadable')),
  title text not null,
  url text,
  version text,
  updated_at timestamptz,
  digest text not null,
  acl_id bigint not null references acls (id),
  owner jsonb,
  keys jsonb,
  relations jsonb not null default '[]',
  fields jsonb not null default '{}',
  -- 'later': the text is read behind the run; 'here': it waits in `markdown`; absent: nobody searches it.
  content text check (content in ('later', 'here')),
  markdown text,
  indexed_digest text,
  index_error text,
  index_attempts integer not null default 0,
  seen_in_run bigint
);
create unique index system_integrations_ref on system_integrations (system_name, entity_type, external_id);
create index system_integrations_waiting on system_integrations (id) where content is not null and indexed_digest is distinct from digest;

create table sync_runs (
  id bigint generated always as identity primary key,
  system text not null,
  kind text not null,
  mode text not null check (mode in ('full', 'since')),
  state text not null default 'running' check (state in ('running', 'done', 'failed')),
  owner text not null,
  lease_until timestamptz not null,
  started_at timestamptz not null,
  ended_at timestamptz,
  seen bigint not null default 0,
  stored bigint not null default 0,
  removed bigint not null default 0,
  unreadable bigint not null default 0,
  in_source bigint,
  error text
);
create index sync_runs_latest on sync_runs (system, kind, id desc);

-- Where the next run of a kind goes on. The mode and the run stand beside it: a full run that was cut off goes on as one.
create table sync_cursors (
  system text not null,
  kind text not null,
  cursor text,
  mode text not null,
  run bigint not null references sync_runs (id),
  as_of timestamptz,
  primary key (system, kind)
);
