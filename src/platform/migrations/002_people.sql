-- Who Svyaz works for, and how they are known in messengers and systems.
create table people (
  id text primary key check (id ~ '^[a-z0-9][a-z0-9._-]{0,63}$'),
  name text not null,
  email text,
  language text not null default 'ru' check (language in ('ru', 'en')),
  time_zone text,
  roles text[] not null default '{staff}',
  active boolean not null default true,
  created_at timestamptz not null default now()
);
create unique index people_email on people (lower(email)) where email is not null and active;

-- A messenger account, by the messenger's own numeric or opaque id; names are never trusted.
create table accounts (
  channel text not null,
  workspace text not null default '',
  sender text not null,
  person text not null references people (id),
  linked_at timestamptz not null default now(),
  how text not null,
  primary key (channel, workspace, sender)
);

create table invitations (
  code_hash text primary key,
  person text not null references people (id),
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  used_at timestamptz,
  used_by text
);

-- The person's own user in an outside system: "amocrm:user:11".
create table person_links (
  person text not null references people (id),
  system text not null,
  principal text not null,
  linked_at timestamptz not null default now(),
  primary key (person, principal)
);
create unique index person_links_principal on person_links (principal);

-- Who belongs to which group, as the systems say; refreshed on its own.
create table memberships (
  system text not null,
  member text not null,
  of_group text not null,
  primary key (member, of_group)
);
