-- The nodes of the cluster. Whoever has not renewed its lease for limits.nodeLeaseMs is no member, and its row is swept by the others.

create table nodes (
  id text primary key,
  url text not null,
  role text not null check (role in ('query', 'worker', 'all')),
  version text not null,
  threads integer not null,
  -- Work units that it held when it renewed its lease.
  units integer not null,
  -- By the clock of the node.
  started timestamptz not null,
  -- By the clock of the database.
  seen timestamptz not null
);
