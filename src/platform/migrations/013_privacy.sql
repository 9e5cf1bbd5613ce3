-- Records whose personal data was erased here while their system still has it. What synchronisation brings of them is stored without
-- it, until the record itself changes at its source: the source is the truth.
create table erased_records (
  system_name text not null,
  entity_type text not null,
  external_id text not null,
  -- The state that was erased.
  digest text not null,
  -- 'record': everything but its place; 'owner': the owner's name alone.
  part text not null check (part in ('record', 'owner')),
  erased_at timestamptz not null,
  primary key (system_name, entity_type, external_id, part)
);

create function hold_erased_back() returns trigger language plpgsql as $$
declare
  held text;
begin
  for held in
    select part from erased_records
    where system_name = new.system_name and entity_type = new.entity_type and external_id = new.external_id and digest = new.digest
  loop
    if held = 'owner' and new.owner is not null then
      new.owner := new.owner || '{"name": "[erased]"}'::jsonb;
    elsif held = 'record' then
      new.title := '[erased]';
      new.url := null;
      new.keys := null;
      new.fields := '{}'::jsonb;
      new.content := null;
      new.markdown := null;
      new.index_error := null;
    end if;
  end loop;
  return new;
end
$$;
create trigger hold_erased_back before insert or update on system_integrations for each row execute function hold_erased_back();
