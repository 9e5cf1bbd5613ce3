-- What web hooks named, a row before it is acknowledged. Bodies are not kept: what they name is read again.
create table webhook_deliveries (
  id bigint generated always as identity primary key,
  system text not null,
  -- The sender's own id of the delivery, or the digest of its body: the same delivery twice is one.
  delivery text not null,
  refs jsonb not null,
  received_at timestamptz not null,
  settled_at timestamptz,
  unique (system, delivery)
);
create index webhook_deliveries_open on webhook_deliveries (system, id) where settled_at is null;

-- What happened to a thing, found by comparing what was stored with what came: once, whichever door it came through.
create table mirror_events (
  id bigint generated always as identity primary key,
  system text not null,
  entity_type text not null,
  external_id text not null,
  event text not null check (event in ('new_lead', 'deal_closed')),
  version text not null,
  found_at timestamptz not null,
  attempts integer not null default 0,
  settled_at timestamptz,
  unique (system, entity_type, external_id, event, version)
);
create index mirror_events_waiting on mirror_events (id) where settled_at is null;

-- Who is told of an event, once each.
create table notices (
  event bigint not null references mirror_events (id) on delete cascade,
  person text not null references people (id),
  state text not null default 'waiting' check (state in ('waiting', 'sent', 'unreachable', 'withheld')),
  lease_until timestamptz not null default '-infinity',
  sent_at timestamptz,
  primary key (event, person)
);

-- When the last calls to a vendor's account may start, oldest first, Unix seconds: what several processes keep a rate by.
create table call_slots (
  account text primary key,
  starts double precision[] not null
);
