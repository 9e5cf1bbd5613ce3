-- How a system's or a person's sign-in stands; the tokens are in the vault. An empty person: the one for everybody.
create table sign_ins (
  system text not null,
  person text not null default '',
  state text not null check (state in ('connected', 'reconnect')),
  since timestamptz not null,
  primary key (system, person)
);

-- Links that were given and not yet used. Of the state only a hash is kept, so the table opens nothing to who reads it.
create table sign_in_links (
  state_hash text primary key,
  system text not null,
  -- Whose sign-in it will be; empty: for everybody.
  person text not null,
  asked_by text not null,
  address jsonb,
  language text not null,
  -- The vendor's page, without the state.
  page text not null,
  redirect_uri text not null,
  verifier text,
  expires_at timestamptz not null,
  used_at timestamptz
);
create index sign_in_links_asker on sign_in_links (asked_by, system);

-- The last question of a chat that could not be answered for want of a sign-in.
create table interrupted_questions (
  chat text primary key,
  person text not null,
  systems text[] not null,
  message jsonb not null,
  at timestamptz not null
);
create index interrupted_questions_person on interrupted_questions (person);
