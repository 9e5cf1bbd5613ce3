-- What people have asked to be sent by the clock, or told of when it happens. It runs with its owner's rights of the moment.
create table schedules (
  id bigint generated always as identity primary key,
  -- The card it was agreed to by: the same yes makes one row.
  approval text not null unique,
  owner text not null references people (id),
  title text not null,
  -- Absent for a subscription, which is looked at in a rhythm of its own.
  cron text,
  what jsonb not null,
  language text not null,
  address jsonb not null,
  created_at timestamptz not null,
  next_at timestamptz not null,
  -- The moment a delivery that is tried again was due at.
  due_at timestamptz,
  deliveries integer not null default 0,
  -- One process at a time; `attempt` fences one that was paused beyond its lease.
  attempt integer not null default 0,
  lease_until timestamptz,
  paused boolean not null default false,
  failures integer not null default 0,
  -- What a subscription has seen, so that it tells of one thing once.
  seen jsonb
);
create index schedules_due on schedules (next_at);
create index schedules_owner on schedules (owner);
