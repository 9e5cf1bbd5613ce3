-- When a pair was put to the admins in their room; absent, it has not been yet.
alter table client_doubts add column told_at timestamptz;
-- How often the systems contradict each other, as the last linking found.
alter table client_linking add column conflicts integer not null default 0;
-- What was linked before nobody counted, so it is looked at once more.
delete from client_linking;
