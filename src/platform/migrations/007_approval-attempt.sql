-- Counts the takings of an approval: whoever holds an earlier one was too slow and has lost it.
alter table approvals add column attempt integer not null default 0;
