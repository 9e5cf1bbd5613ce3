-- An arrival is a row before it is acknowledged; the messenger's id makes a second delivery harmless.
create table inbox (
  id bigint generated always as identity primary key,
  channel text not null,
  workspace text not null default '',
  event text not null,
  chat text not null,
  body jsonb not null,
  state text not null default 'new' check (state in ('new', 'running', 'done', 'failed')),
  attempts integer not null default 0,
  progress jsonb,
  received_at timestamptz not null,
  settled_at timestamptz
);
create unique index inbox_event on inbox (channel, workspace, event);
create index inbox_open on inbox (chat, id) where state in ('new', 'running');

-- One turn at a time in a chat, across processes.
create table chats (
  chat text primary key,
  owner text,
  lease_until timestamptz not null default '-infinity',
  stop_requested boolean not null default false
);

-- What was said and done, for the next turn's window.
create table exchanges (
  id bigint generated always as identity primary key,
  person text not null,
  chat text not null,
  -- The chat without its thread: a new Slack root inherits from here for a while.
  room text not null,
  trace text not null,
  asked text not null,
  calls jsonb not null default '[]',
  answered text not null,
  at timestamptz not null
);
create index exchanges_chat on exchanges (person, chat, id desc);
create index exchanges_room on exchanges (person, room, id desc);

-- What a button stands for. The messenger carries only the id and the option.
create table choices (
  id text primary key,
  kind text not null check (kind in ('question', 'approval')),
  person text not null,
  address jsonb not null,
  options jsonb not null,
  sent jsonb not null default '[]',
  created_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz
);
