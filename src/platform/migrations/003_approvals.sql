-- Propose, then do: what was shown is what is written.
create table approvals (
  id text primary key,
  tool text not null,
  operation jsonb not null,
  draft text not null,
  hash text not null,
  asked_by text not null references people (id),
  actor text not null,
  language text not null,
  address jsonb not null,
  trace text not null,
  title text not null,
  lines jsonb not null,
  state text not null default 'waiting'
    check (state in ('waiting', 'rejected', 'expired', 'agreed', 'running', 'done', 'failed', 'unknown')),
  second boolean not null default false,
  agreed_by text[] not null default '{}',
  asked_at timestamptz not null,
  expires_at timestamptz not null,
  agreed_at timestamptz,
  lease_until timestamptz,
  settled_at timestamptz,
  receipt jsonb,
  reason text
);
create index approvals_left on approvals (state) where state in ('agreed', 'running');
