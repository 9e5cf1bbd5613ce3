create extension if not exists vector;
create extension if not exists pg_trgm;

create table passages (
  id bigint generated always as identity primary key,
  entity bigint not null references system_integrations (id) on delete cascade,
  position integer not null,
  heading text not null,
  text text not null,
  -- Copied from the entity, so that both legs of a search filter by it without a join; the trigger below keeps it true.
  acl_id bigint not null,
  system_name text not null,
  words tsvector not null,
  model text,
  embedding vector
);
create index passages_entity on passages (entity);
create index passages_words on passages using gin (words);
create index passages_trigrams on passages using gin ((heading || ' ' || text) gin_trgm_ops);

create function passages_follow_rights() returns trigger language plpgsql as $$
begin
  update passages set acl_id = new.acl_id where entity = new.id;
  return null;
end $$;
create trigger passages_follow_rights after update of acl_id on system_integrations
  for each row when (old.acl_id is distinct from new.acl_id) execute function passages_follow_rights();
