-- What is to be deleted: objects of retired segments, and of imports that have died before they published.

-- Snapshots of earlier generations are gone: rows of segments that they named have been deleted.
alter table organisations add column kept_from bigint not null default 0;

create index segments_by_retirement on segments (retired_at) where retired_at is not null;

-- An import from its first object until it publishes, in the transaction that makes its segments visible, or takes its objects back.
create table imports (
  id text primary key,
  organisation text not null,
  -- When it last announced an object.
  seen timestamptz not null,
  -- Its objects are being deleted: it can publish no more.
  abandoned boolean not null default false
);

create index imports_by_organisation on imports (organisation, seen);

create table import_objects (
  import_id text not null references imports on delete cascade,
  object text not null,
  primary key (import_id, object)
);

-- When some node last did what one of them does for all.
create table chores (
  name text primary key,
  begun timestamptz not null
);
