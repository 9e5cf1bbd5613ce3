-- What an admin should know. One row a key, for as long as it was ever raised; it is open while resolved_at is null.
create table alerts (
  key text primary key,
  level text not null check (level in ('warning', 'critical')),
  title text not null,
  text text not null,
  system text,
  raised_at timestamptz not null,
  last_at timestamptz not null,
  times integer not null default 1,
  -- When the admins were last told, and how often: repeats grow rarer.
  told_at timestamptz not null,
  told integer not null default 1,
  resolved_at timestamptz
);

-- What each sink still has to be told. A row a sink, so that one that fails holds up no other.
create table alert_deliveries (
  id bigint generated always as identity primary key,
  sink text not null,
  alert text not null,
  state text not null check (state in ('raised', 'repeated', 'resolved')),
  body jsonb not null,
  created_at timestamptz not null,
  next_at timestamptz not null,
  attempts integer not null default 0,
  error text,
  settled_at timestamptz
);
create index alert_deliveries_due on alert_deliveries (sink, next_at) where settled_at is null;
