-- Organisations and their segments.

create extension if not exists btree_gist;

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
  fingerprints bigint[] not null,
  created bigint not null,
  retired bigint check (retired > created),
  -- Tells when the grace time of a retired segment is over.
  retired_at timestamptz,
  unique (organisation_id, object)
);

create index segments_by_time on segments using gist (organisation_id, signal, time_range);

create index segments_by_fingerprint on segments using gin (fingerprints);
