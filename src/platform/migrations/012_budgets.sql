-- What persons and chats have used up in a day of the company's calendar: "person:anna", "chat:telegram||4711|".
create table usage_days (
  holder text not null,
  day date not null,
  turns bigint not null default 0,
  calls bigint not null default 0,
  tokens bigint not null default 0,
  cost numeric not null default 0,
  -- The admins were told that it is used up.
  alerted boolean not null default false,
  primary key (holder, day)
);

-- Whose turn an arrival is, so that one person's many do not stand in front of another's one.
alter table inbox add column sender text not null default '';
update inbox set sender = channel || ':' || workspace || ':' || coalesce(body #>> '{sender,id}', '') where state in ('new', 'running');
create index inbox_sender on inbox (sender) where state in ('new', 'running');
-- "refused": it came when too many of its sender's were waiting already.
alter table inbox drop constraint inbox_state_check;
alter table inbox add constraint inbox_state_check check (state in ('new', 'running', 'done', 'failed', 'refused'));

-- Somebody's own acts, the newest first; what they did by the command line ("cli:root as anna") is theirs too.
create index audit_events_person on audit_events (regexp_replace(actor, '^.* as ', ''), at desc, id desc);
