-- What the catalog can tell of metrics without a look at an object.

-- Series of a metrics segment by metric name and label pair; null where that is not known.
alter table segments add column series_counts json;

-- What imports have said of metric families, each once. Names may be too long for an index, so the SHA-256 of all four stands for them.
create table metric_descriptions (
  organisation_id bigint not null references organisations,
  digest bytea not null check (length(digest) = 32),
  metric text not null,
  type text not null,
  help text not null,
  unit text not null,
  primary key (organisation_id, digest)
);
