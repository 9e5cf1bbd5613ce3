-- One client, however many systems know it: the records of `system_integrations` that carry its id in `internal_id`.
create table clients (
  id bigint generated always as identity primary key,
  made_at timestamptz not null
);

-- What an admin has decided of two records, for good. Records are named as the systems name them, so that a decision outlives a row.
-- The smaller name stands first.
create table client_decisions (
  one text not null,
  other text not null,
  verdict text not null check (verdict in ('same', 'different')),
  decided_by text not null,
  decided_at timestamptz not null,
  primary key (one, other),
  check (one < other)
);

-- Pairs that may be one client, for an admin to decide.
create table client_doubts (
  one text not null,
  other text not null,
  reason text not null,
  confidence real not null,
  found_at timestamptz not null,
  primary key (one, other),
  check (one < other)
);

-- What the last linking was made of: while it is the same, there is nothing to link anew.
create table client_linking (
  only_one boolean primary key default true check (only_one),
  made_of text not null
);

create index system_integrations_clients on system_integrations (id) where keys is not null;
create index system_integrations_client on system_integrations (internal_id) where internal_id is not null;
