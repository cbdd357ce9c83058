-- Organisations and their segments.

create extension if not exists btree_gist;
create extension if not exists btree_gin;

create table organisations (
  id bigint generated always as identity primary key,
  name text not null unique,
  -- Taken by every publish and retire; a snapshot is such a number.
  generation bigint not null
);

create table segments (
  id bigint generated always as identity primary key,
  organisation_id bigint not null references organisations,
  signal text not null check (signal in ('metrics', 'logs', 'traces')),
  object text not null,
  -- In the signal's own unit: ms for metrics, ns for logs and traces.
  time_range int8range not null check (not isempty(time_range)),
  -- The high 32 bits of the series hash, signed, both inclusive.
  hash_min integer not null,
  hash_max integer not null check (hash_max >= hash_min),
  rows bigint not null,
  series bigint not null,
  samples bigint not null,
  bytes bigint not null,
  checksum text not null,
  -- json, not jsonb: label names may hold characters that jsonb refuses.
  columns json not null,
  names text[] not null,
  layout integer not null,
  created bigint not null,
  retired bigint check (retired > created),
  -- Tells when the grace time of a retired segment is over.
  retired_at timestamptz,
  unique (organisation_id, object)
);

create index segments_by_time on segments using gist (organisation_id, signal, time_range);

-- Apart from the segments, so that a lookup meets the lists only through their index and never unpacks one.
create table segment_fingerprints (
  segment_id bigint primary key references segments on delete cascade,
  organisation_id bigint not null references organisations,
  fingerprints bigint[] not null
);

-- Hashes do not compress.
alter table segment_fingerprints alter column fingerprints set storage external;

-- Without a list of pending entries, which every lookup would have to read through.
create index segments_by_fingerprint on segment_fingerprints using gin (organisation_id, fingerprints) with (fastupdate = off);
